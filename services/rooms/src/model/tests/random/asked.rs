//! What is asked of the town, at random.

use dugnad_budget::Steps;
use dugnad_events::{
    AssignmentId, OrganisationId,
    rooms::{
        Application, Claim, Deadline, Handling, Holding, HostDeadline, LettingRules, Pattern,
        Period, Quota, Scope, SeasonApplication, SeasonFigures, SeasonQuota, SeasonRound,
        SeasonSlot, SeasonWish, ShiftRules, Staffing, Unhosted,
    },
};
use proptest::prelude::*;

use super::{
    super::{
        letting::{code, priced},
        *,
    },
    Account, PEOPLE, ROOMS, slots,
};
use crate::{
    allocator::Posed,
    model::{ClashPolicy, SeasonCommand, ShiftCommand, When},
};

/// What is asked, in small numbers so that much of it clashes.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    Book { room: usize, slot: i64, slots: i64, person: usize },
    Move { booking: usize, room: Option<usize>, slot: i64, slots: i64 },
    Cancel { booking: usize },
    Series { room: usize, slot: i64, slots: i64, person: usize, skip: bool },
    CancelSeries { series: usize, from: Option<i64> },
    Part { whole: usize },
    Erase { person: usize },
    Apply { room: usize, slot: i64, slots: i64, chairs: u32, hold: Option<usize> },
    Hold { room: usize, slot: i64, slots: i64 },
    Approve { booking: usize },
    Deny { booking: usize },
    Join { room: usize, slot: i64, slots: i64 },
    Leave { wait: usize },
    Displace { room: usize, slot: i64, slots: i64, chairs: u32 },
    Close { room: usize, slot: i64, slots: i64 },
    Reopen { closure: usize },
    Rules { room: Option<usize>, which: usize },
    Stock { chairs: u32 },
    As { person: usize },
    Wait { minutes: i64 },
    ApproveSeries { series: usize },
    DenySeries { series: usize },
    ShiftRules { which: usize },
    Found { shift: usize, person: usize },
    Lost { host: usize },
    Round,
    ApplyForSeason { person: usize, times: u32, wishes: [bool; 3] },
    Allocate,
    Grant { slot: u32, application: Option<usize> },
    Publish { slot: u32 },
}

pub(super) fn asks() -> impl Strategy<Value = Ask> {
    let (room, slot, slots) = (0..ROOMS.len(), -2..96i64, 1..9i64);
    let when = (slot.clone(), slots);
    let booking = 0..30usize;
    let let_by_rules = prop_oneof![
        8 => (room.clone(), when.clone(), 0..4u32, proptest::option::of(booking)).prop_map(
            |(room, (slot, slots), chairs, hold)| Ask::Apply { room, slot, slots, chairs, hold }
        ),
        4 => (room.clone(), when.clone())
            .prop_map(|(room, (slot, slots))| Ask::Hold { room, slot, slots }),
        6 => (0..4usize).prop_map(|booking| Ask::Approve { booking }),
        3 => (0..4usize).prop_map(|booking| Ask::Deny { booking }),
        6 => (room.clone(), when.clone())
            .prop_map(|(room, (slot, slots))| Ask::Join { room, slot, slots }),
        1 => (0..5usize).prop_map(|wait| Ask::Leave { wait }),
        2 => (room.clone(), when.clone(), 0..4u32).prop_map(
            |(room, (slot, slots), chairs)| Ask::Displace { room, slot, slots, chairs }
        ),
        1 => (room.clone(), when.clone())
            .prop_map(|(room, (slot, slots))| Ask::Close { room, slot, slots }),
        1 => (0..3usize).prop_map(|closure| Ask::Reopen { closure }),
        4 => (proptest::option::of(room.clone()), 0..RULES)
            .prop_map(|(room, which)| Ask::Rules { room, which }),
        1 => (0..9u32).prop_map(|chairs| Ask::Stock { chairs }),
        2 => (0..3usize).prop_map(|person| Ask::As { person }),
    ];
    prop_oneof![
        20 => let_by_rules,
        12 => of_seasons_and_shifts(),
        10 => (room.clone(), when.clone(), 0..3usize)
            .prop_map(|(room, (slot, slots), person)| Ask::Book { room, slot, slots, person }),
        5 => (0..30usize, proptest::option::of(room.clone()), when.clone()).prop_map(
            |(booking, room, (slot, slots))| Ask::Move { booking, room, slot, slots }
        ),
        3 => (0..30usize).prop_map(|booking| Ask::Cancel { booking }),
        2 => (room.clone(), when, 0..3usize, any::<bool>()).prop_map(
            |(room, (slot, slots), person, skip)| Ask::Series { room, slot, slots, person, skip }
        ),
        1 => (0..3usize, proptest::option::of(slot))
            .prop_map(|(series, from)| Ask::CancelSeries { series, from }),
        1 => room.prop_map(|whole| Ask::Part { whole }),
        1 => (0..3usize).prop_map(|person| Ask::Erase { person }),
        1 => (0..120i64).prop_map(|minutes| Ask::Wait { minutes }),
    ]
}

fn of_seasons_and_shifts() -> impl Strategy<Value = Ask> {
    let (person, slot) = (0..PEOPLE.len(), 0..3u32);
    prop_oneof![
        2 => (0..3usize).prop_map(|series| Ask::ApproveSeries { series }),
        1 => (0..3usize).prop_map(|series| Ask::DenySeries { series }),
        3 => (0..SHIFT_RULES).prop_map(|which| Ask::ShiftRules { which }),
        5 => (0..6usize, person.clone()).prop_map(|(shift, person)| Ask::Found { shift, person }),
        2 => (0..6usize).prop_map(|host| Ask::Lost { host }),
        1 => Just(Ask::Round),
        3 => (person, 1..3u32, any::<[bool; 3]>()).prop_map(
            |(person, times, wishes)| Ask::ApplyForSeason { person, times, wishes }
        ),
        2 => Just(Ask::Allocate),
        1 => (slot.clone(), proptest::option::of(0..4usize))
            .prop_map(|(slot, application)| Ask::Grant { slot, application }),
        3 => slot.prop_map(|slot| Ask::Publish { slot }),
    ]
}

pub(super) fn command(account: &Account, town: &Town, ask: &Ask) -> Option<Command> {
    Some(match *ask {
        Ask::ApproveSeries { series } => {
            Command::ApproveSeries { series: *account.series.get(series)? }
        }
        Ask::DenySeries { series } => {
            let reason = String::new();
            Command::DenySeries { series: *account.series.get(series)?, reason }
        }
        Ask::ShiftRules { which } => {
            let (facility, rules) = (FacilityId(id("school")), Box::new(shift_rules(which)));
            Command::Shift(ShiftCommand::SetRules { facility, rules })
        }
        Ask::Found { shift, person: n } => {
            let (shift, revision) = *account.shifts.get(shift)?;
            let assignment = AssignmentId(Uuid::from_u128(town.asked));
            let (need, person) = (shift.need(revision), person(PEOPLE[n]));
            Command::Shift(ShiftCommand::Found { need, assignment, person })
        }
        Ask::Lost { host } => {
            let assignments = vec![*account.hosting.get(host)?];
            Command::Shift(ShiftCommand::Lost { assignments })
        }
        Ask::Round
        | Ask::ApplyForSeason { .. }
        | Ask::Allocate
        | Ask::Grant { .. }
        | Ask::Publish { .. } => Command::Season(season(account, town, ask)?),
        _ => plain(account, ask)?,
    })
}

fn season(account: &Account, town: &Town, ask: &Ask) -> Option<SeasonCommand> {
    if let Ask::Round = ask {
        return Some(SeasonCommand::SetRound { round: None, facts: Box::new(round(town.now)) });
    }
    let round = *account.rounds.last()?;
    Some(match *ask {
        Ask::ApplyForSeason { person, times, wishes } => {
            let wished = (0..3).zip(wishes).filter(|(_, wished)| *wished);
            let wish = |(slot, _)| SeasonWish { slot, second: false };
            let organisation = Some(OrganisationId(id(PEOPLE[person])));
            let facts = SeasonApplication {
                says: Application { organisation, ..Application::default() },
                persons: 10,
                age_group: None,
                times,
                minutes: 60,
                wishes: wished.map(wish).collect(),
            };
            let details = details_of(PEOPLE[person]);
            SeasonCommand::Apply { round, facts: Box::new(facts), details }
        }
        Ask::Allocate => {
            let question = town.state.season_question(town.now, round).ok()?;
            let posed = Posed::of(question).unwrap();
            let answer = posed.solve(&Steps(10_000), &|_| {});
            let (seen, grants) = (posed.revision(), posed.grants(&answer));
            SeasonCommand::Adopt { round, seen, figures: SeasonFigures::default(), grants }
        }
        Ask::Grant { slot, application } => {
            let application = match application {
                None => None,
                Some(n) => Some(*account.applications.get(n)?),
            };
            SeasonCommand::SetGrant { round, slot, application, pinned: true }
        }
        Ask::Publish { slot } => SeasonCommand::PublishGrant { round, slot },
        _ => return None,
    })
}

/// Open for half an hour from now on; two weeks of evenings.
fn round(now: Timestamp) -> SeasonRound {
    let slot = |room: &str, weekday, hour: u16| SeasonSlot {
        room: RoomId(id(room)),
        weekday,
        start: hour * 60,
        minutes: 60,
    };
    SeasonRound {
        name: "Desember".to_owned(),
        opens: now,
        closes: now + jiff::SignedDuration::from_mins(30),
        first: "2026-12-01".parse().unwrap(),
        last: "2026-12-14".parse().unwrap(),
        slots: vec![slot("hall", 1, 18), slot("kitchen", 1, 18), slot("gym", 2, 12)],
        left_out: Vec::new(),
        quotas: vec![SeasonQuota { applicant: None, slots: 2 }],
        bars_direct: true,
    }
}

const SHIFT_RULES: usize = 4;

fn shift_rules(which: usize) -> ShiftRules {
    let then = [Unhosted::Warn, Unhosted::Release, Unhosted::ManualOpening].get(which).copied();
    let heads = 1 + (which % 2) as u32;
    ShiftRules {
        before_minutes: 15,
        after_minutes: 30,
        longest_minutes: 240,
        merge_minutes: 45,
        horizon_days: 60,
        staffing: vec![Staffing { kind: code("host"), heads, required: true }],
        hours: Vec::new(),
        purposes: Vec::new(),
        deadline: then.map(|then| HostDeadline { hours: 1, then }),
    }
}

fn plain(account: &Account, ask: &Ask) -> Option<Command> {
    Some(match *ask {
        Ask::Book { room, slot, slots: n, person } => Command::Book {
            room: room_name(ROOMS[room]),
            span: slots(slot, n),
            details: details_of(PEOPLE[person]),
        },
        Ask::Move { booking, room, slot, slots: n } => Command::Move {
            booking: *account.booked.get(booking)?,
            room: room.map(|room| room_name(ROOMS[room])),
            span: Some(slots(slot, n)),
            seen: None,
            as_staff: false,
        },
        Ask::Cancel { booking } => Command::Cancel {
            booking: *account.booked.get(booking)?,
            reason: String::new(),
            seen: None,
        },
        Ask::Series { room, slot, slots: n, person, skip } => Command::BookSeries {
            room: room_name(ROOMS[room]),
            pattern: Pattern {
                start: oslo().to_datetime(slots(slot, n).start()),
                minutes: u16::try_from(n * 30).unwrap(),
                rrule: "FREQ=HOURLY;INTERVAL=3;COUNT=5".to_owned(),
                exdates: Vec::new(),
            },
            details: details_of(PEOPLE[person]),
            clashes: if skip { ClashPolicy::Skip } else { ClashPolicy::AllOrNothing },
            application: Box::default(),
        },
        Ask::CancelSeries { series, from } => Command::CancelSeries {
            series: *account.series.get(series)?,
            from: from.map(|slot| slots(slot, 1).start()),
            reason: String::new(),
        },
        Ask::Part { whole } => Command::RegisterRoom {
            facility: FacilityId(id("school")),
            parent: Some(RoomId(id(ROOMS[whole]))),
            traits: traits("corner"),
        },
        Ask::Erase { person: n } => Command::ErasePerson { person: person(PEOPLE[n]) },
        Ask::Apply { room, slot, slots: n, chairs, hold } => Command::Apply {
            room: room_name(ROOMS[room]),
            when: When::Span(slots(slot, n)),
            details: details_of("kari"),
            application: application(chairs),
            hold: hold.and_then(|n| account.booked.get(n).copied()),
        },
        Ask::Hold { room, slot, slots: n } => {
            Command::Hold { room: room_name(ROOMS[room]), span: slots(slot, n) }
        }
        Ask::Approve { booking } => Command::Approve { booking: *account.requests.get(booking)? },
        Ask::Deny { booking } => {
            let reason = String::new();
            Command::Deny { booking: *account.requests.get(booking)?, reason }
        }
        Ask::Join { room, slot, slots: n } => {
            Command::JoinWait { room: room_name(ROOMS[room]), span: slots(slot, n) }
        }
        Ask::Leave { wait } => Command::LeaveWait { wait: *account.waits.get(wait)? },
        Ask::Displace { room, slot, slots: n, chairs } => Command::Displace {
            room: room_name(ROOMS[room]),
            when: When::Span(slots(slot, n)),
            details: details_of("ada"),
            application: application(chairs),
            reason: String::new(),
        },
        Ask::Close { room, slot, slots: n } => {
            let (room, span) = (room_name(ROOMS[room]), slots(slot, n));
            Command::CloseRoom { room, span, reason: String::new() }
        }
        Ask::Reopen { closure } => Command::ReopenRoom { closure: *account.closed.get(closure)? },
        Ask::Rules { room, which } => Command::SetLettingRules {
            scope: room.map_or(Scope::Municipality, |n| Scope::Room(RoomId(id(ROOMS[n])))),
            from: "2026-01-01".parse().unwrap(),
            rules: Box::new(rules(which)),
        },
        Ask::Stock { chairs } => Command::SetStock {
            facility: FacilityId(id("school")),
            item: code("chair"),
            count: chairs,
        },
        // What changes nothing by itself, and what is read above.
        _ => return None,
    })
}

fn application(chairs: u32) -> Box<Application> {
    let claim = |count| Claim { item: code("chair"), count };
    let equipment = (chairs > 0).then(|| claim(chairs)).into_iter().collect();
    Box::new(Application { equipment, ..Application::default() })
}

const RULES: usize = 4;

fn rules(which: usize) -> LettingRules {
    let handled = |required, holds| {
        let handling = Some(Handling { required, holds, answer_minutes: 90 });
        let holding = Some(Holding { form_minutes: 20, offer_minutes: 45 });
        LettingRules { handling, holding, ..LettingRules::default() }
    };
    let late = Deadline { hours: 3, per_mille: 333 };
    let quota =
        Quota { applicant: None, period: Period::Day, bookings: Some(4), minutes: Some(900) };
    match which {
        0 => handled(false, false),
        1 => handled(true, false),
        2 => handled(true, true),
        _ => LettingRules {
            cancellation: Some(vec![late]),
            quotas: Some(vec![quota]),
            ..priced(1_001)
        },
    }
}

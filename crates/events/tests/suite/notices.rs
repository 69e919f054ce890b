//! One of each event of notices, and one of each fact that it heard.

use dugnad_events::{
    ActivityId, AssignmentId, BookingId, Code, CodeId, DoorId, FacilityId, MessageId, NeedId,
    NoticeId, OccurrenceId, OrganisationId, RoomId, SeasonApplicationId, SeasonRoundId, ShiftId,
    notices::{
        Answer, CallOutcome, Channel, Event, Fact, Language, Matter, Notice, Outcome, Policy,
        Preference, Quiet, Setback, Text, Urgency, Via, What, Whose, Withdrawal,
    },
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Time};

use super::{id, sealed, span};

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn at() -> Timestamp {
    "2026-12-01T17:00:00Z".parse().unwrap()
}

fn person() -> PersonId {
    PersonId(id(1))
}

fn notice() -> NoticeId {
    NoticeId(id(2))
}

fn quiet() -> Option<Quiet> {
    Some(Quiet { from: Time::constant(22, 0, 0, 0), to: Time::constant(7, 30, 0, 0) })
}

pub(super) fn samples() -> Vec<(&'static str, Event)> {
    let heard = facts().into_iter().map(|(variant, fact)| (variant, Event::Heard { fact }));
    [settings(), sent(), answered()].concat().into_iter().chain(heard).collect()
}

fn settings() -> Vec<(&'static str, Event)> {
    let policy = Policy {
        sender: "Drammen".into(),
        zone: "Europe/Oslo".into(),
        bundle_minutes: 3,
        daily_limit: 5,
        quiet: quiet(),
        remind_minutes: vec![1440, 120],
        duty: vec![person()],
        climb_minutes: 10,
        code_channels: Vec::new(),
    };
    let code_channels = vec![Channel::Sms, Channel::Email];
    let with_codes = Policy { code_channels, ..policy.clone() };
    let text = Text { subject: "S".into(), sms: "{what}".into(), body: "{name}".into() };
    let preference = Preference {
        channel: Some(Channel::Letter),
        language: Language::En,
        large_print: true,
        quiet: quiet(),
    };
    let (template, language, version) = (code("offer"), Language::Nb, 1);
    vec![
        ("", Event::PolicySet { policy }),
        ("with_code_channels", Event::PolicySet { policy: with_codes }),
        ("", Event::TemplateSet { template, language, version, text }),
        ("", Event::PreferenceSet { person: person(), preference, here: true }),
    ]
}

fn made() -> Notice {
    Notice {
        to: Some(person()),
        template: code("offer"),
        about: "offers/1".into(),
        urgency: Urgency::Normal,
        what: Some(What::Kind(code("visit"))),
        span: Some(span()),
        at: at(),
        due: at(),
        until: Some(at()),
        more: [("reason".to_owned(), "COURSE".to_owned())].into(),
        level: 1,
    }
}

fn sent() -> Vec<(&'static str, Event)> {
    let (message, to, notices, at) = (MessageId(id(3)), person(), vec![notice()], at());
    let room = Notice { what: Some(What::Room(RoomId(id(5)))), ..made() };
    let of = |what| Event::Made {
        notice: notice(),
        facts: Box::new(Notice { what: Some(what), ..made() }),
    };
    let tried = |outcome, again| Event::Tried { message, outcome, at, again };
    let channel = Channel::Sms;
    let attempted = Event::Attempted {
        message,
        to,
        notices: notices.clone(),
        channel,
        attempt: 1,
        at,
        until: at,
    };
    vec![
        ("kind", Event::Made { notice: notice(), facts: Box::new(made()) }),
        ("room", Event::Made { notice: notice(), facts: Box::new(room) }),
        ("for", of(What::For { kind: code("guard"), about: "shifts/1".into() })),
        ("named", of(What::Named("occurrences/1".into()))),
        ("ride", of(What::Ride)),
        ("delivery", of(What::Delivery)),
        ("driving", of(What::Driving)),
        ("", Event::Withdrawn { notices: notices.clone(), why: Withdrawal::Over }),
        ("", Event::Postponed { notices: notices.clone(), until: at }),
        ("", attempted),
        ("sent", tried(Outcome::Sent { bucket: Some(7) }, None)),
        ("later", tried(Outcome::Later(Setback::Busy), Some(at))),
        ("never", tried(Outcome::Never(Setback::NoAddress), None)),
        ("", Event::Delivered { message, at }),
        ("", Event::Undelivered { message, at }),
        ("", Event::OnDesk { notices: notices.clone(), why: Setback::Wish, at }),
        ("", Event::Forgotten { notices }),
    ]
}

fn answered() -> Vec<(&'static str, Event)> {
    let (notice, person, at) = (notice(), person(), at());
    let (about, answer, via) = ("offers/1".to_owned(), Answer::Yes, Via::Link);
    let outcome = CallOutcome::LeftMessage;
    vec![
        ("", Event::Called { notice, by: id(4), outcome, at }),
        ("", Event::Answered { notice, person, about, answer, via, at }),
        ("", Event::Climbed { notice, at }),
    ]
}

fn facts() -> Vec<(&'static str, Fact)> {
    let (organisation, need) = (OrganisationId(id(6)), NeedId(id(7)));
    let (facility, room) = (FacilityId(id(8)), RoomId(id(5)));
    let matter = |whose| {
        let (what, span, at) = (Some(What::Room(room)), Some(span()), at());
        let matter = Matter { whose, what, span, own: true, remind: true, at, of: None };
        Fact::Matter { name: "bookings/1".into(), matter: Box::new(matter) }
    };
    let part = match matter(Whose::Person(person())) {
        Fact::Matter { name, matter } => {
            let of = Some("occurrences/1".to_owned());
            Fact::Matter { name, matter: Box::new(Matter { of, ..*matter }) }
        }
        other => other,
    };
    let of_need = |about: &str| {
        let (kind, times) = (code("visit"), vec![span()]);
        Fact::Need { need, kind, times, about: about.to_owned() }
    };
    let person = person();
    let facts = vec![
        ("matter_of_a_person", matter(Whose::Person(person))),
        ("matter_of_an_organisation", matter(Whose::Organisation(organisation))),
        ("matter_of_something", part),
        ("over", Fact::Over { name: "bookings/1".into() }),
        ("need", of_need("")),
        ("need_for", of_need("shifts/1")),
        ("need_over", Fact::NeedOver { need }),
        ("kinds", Fact::Kinds { words: vec![(code("visit"), "Besøk".into(), "Visit".into())] }),
        ("facility", Fact::Facility { facility, name: "Kulturhuset".into() }),
        ("room", Fact::Room { room, facility, name: "Storsalen".into() }),
        ("contacts", Fact::Contacts { organisation, people: vec![person] }),
        ("changed", Fact::Changed { person }),
        ("erased", Fact::Erased { person }),
    ];
    facts.into_iter().chain(of_rooms()).chain(of_others()).collect()
}

fn of_rooms() -> Vec<(&'static str, Fact)> {
    let (shift, door, facility) = (ShiftId(id(9)), DoorId(id(10)), FacilityId(id(8)));
    let (round, application) = (SeasonRoundId(id(11)), SeasonApplicationId(id(12)));
    let assignment = AssignmentId(id(13));
    let start = "2026-12-01T18:00:00".parse().unwrap();
    let door_code = Fact::DoorCode {
        code: CodeId(id(14)),
        door,
        booking: BookingId(id(15)),
        until: at(),
        digits: sealed(),
        works: true,
    };
    let (name, shown_minutes) = ("Nordinngangen".to_owned(), 120);
    let slots = vec![(0, Some(application)), (1, None)];
    let shift_known = Fact::Shift { shift, kind: code("guard"), facility, span: span(), heads: 2 };
    vec![
        ("shift", shift_known),
        ("host", Fact::Host { shift, assignment, comes: true }),
        ("door", Fact::Door { door, name, facility, shown_minutes }),
        ("door_code", door_code),
        ("season_round", Fact::SeasonRound { round, name: "Vinter".into() }),
        ("season_grants", Fact::SeasonGrants { round, all: true, slots }),
        ("season_slot", Fact::SeasonSlot { round, slot: 1, booked: true, skipped: vec![start] }),
        ("route", Fact::Route { shift, stops: 7 }),
    ]
}

fn of_others() -> Vec<(&'static str, Fact)> {
    let (activity, occurrence) = (ActivityId(id(16)), OccurrenceId(id(17)));
    let named = |place: &str| {
        let (title, place) = ("Bingo".to_owned(), place.to_owned());
        Fact::Activity { activity, title, place }
    };
    let held = |room| Fact::Occurrence { occurrence, activity, span: span(), room };
    vec![
        ("activity", named("")),
        ("activity_outside", named("Torget")),
        ("occurrence", held(None)),
        ("occurrence_in_a_room", held(Some(RoomId(id(5))))),
    ]
}

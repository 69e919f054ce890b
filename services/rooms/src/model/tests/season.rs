//! Season allocation: applying, drafts that a person edits, and what is published.

use dugnad_assign::Progress;
use dugnad_budget::Steps;
use dugnad_events::{
    OrganisationId, SeasonApplicationId, SeasonRoundId,
    rooms::{
        Applicant, Application, Handling, LettingRules, Scope, SeasonApplication, SeasonEvent,
        SeasonFigures, SeasonQuota, SeasonRound, SeasonSlot, SeasonWish,
    },
};

use super::{
    letting::{apply, code, rules, says},
    *,
};
use crate::{
    allocator::Posed,
    model::{Name, SeasonCommand, SeasonRefusal, Stage, WhyNot},
};

/// Mondays: the two halves of the hall at six, the whole at eight; the kitchen on Tuesdays at six.
fn slots() -> Vec<SeasonSlot> {
    let slot = |room: &str, weekday, hour: u16| SeasonSlot {
        room: RoomId(id(room)),
        weekday,
        start: hour * 60,
        minutes: 90,
    };
    vec![slot("north", 0, 18), slot("south", 0, 18), slot("hall", 0, 20), slot("kitchen", 1, 18)]
}

fn facts() -> SeasonRound {
    SeasonRound {
        name: "Våren 2027".to_owned(),
        opens: at("2026-11-01T08:00"),
        closes: at("2026-12-01T08:00"),
        first: "2027-01-01".parse().unwrap(),
        last: "2027-02-28".parse().unwrap(),
        slots: slots(),
        left_out: vec!["2027-02-15".parse().unwrap()],
        quotas: Vec::new(),
        bars_direct: true,
    }
}

fn set(facts: SeasonRound) -> Command {
    Command::Season(SeasonCommand::SetRound { round: None, facts: Box::new(facts) })
}

struct Season {
    town: Town,
    round: SeasonRoundId,
}

fn season(facts: SeasonRound, more: impl IntoIterator<Item = Event>) -> Season {
    let mut town = hall_and(more);
    let events = town.when(set(facts)).unwrap();
    let Event::Season(SeasonEvent::RoundSet { round, .. }) = events[0] else {
        panic!("{events:?}")
    };
    Season { town, round }
}

fn asks(club: &str, kind: &str, times: u32, wishes: &[u32]) -> SeasonApplication {
    let organisation = Some(OrganisationId(id(club)));
    let wish = |slot: &u32| SeasonWish { slot: *slot, second: false };
    SeasonApplication {
        says: Application { organisation, ..says(kind) },
        persons: 20,
        age_group: None,
        times,
        minutes: 90,
        wishes: wishes.iter().map(wish).collect(),
    }
}

impl Season {
    fn apply(&mut self, asks: SeasonApplication) -> Outcome {
        let (round, facts) = (self.round, Box::new(asks));
        let details = details_of("kari");
        self.town.when(Command::Season(SeasonCommand::Apply { round, facts, details }))
    }

    fn applied(&mut self, asks: SeasonApplication) -> SeasonApplicationId {
        let events = self.apply(asks).unwrap();
        let Event::Season(SeasonEvent::Applied { application, .. }) = events[0] else {
            panic!("{events:?}")
        };
        application
    }

    fn close(&mut self) {
        self.town.now = at("2026-12-01T08:00");
    }

    /// Allocated as the door does it.
    fn allocate(&mut self) {
        let question = self.town.state.season_question(self.town.now, self.round).unwrap();
        let posed = Posed::of(question).unwrap();
        let answer = posed.solve(&Steps(1_000_000), &|_: Progress| {});
        assert!(answer.is_proved());
        let (round, seen, grants) = (self.round, posed.revision(), posed.grants(&answer));
        let figures = SeasonFigures::default();
        self.ask(SeasonCommand::Adopt { round, seen, figures, grants }).unwrap();
    }

    fn ask(&mut self, command: SeasonCommand) -> Outcome {
        self.town.when(Command::Season(command))
    }

    fn give(&mut self, slot: u32, application: Option<SeasonApplicationId>) -> Outcome {
        let round = self.round;
        self.ask(SeasonCommand::SetGrant { round, slot, application, pinned: true })
    }

    fn publish(&mut self, slot: u32) -> Vec<Event> {
        let round = self.round;
        self.ask(SeasonCommand::PublishGrant { round, slot }).unwrap()
    }

    fn has(&self) -> Vec<(u32, SeasonApplicationId)> {
        let round = self.town.state.season_round(self.round).unwrap();
        let grants = round.draft.as_ref().unwrap().grants.iter();
        grants.map(|(slot, grant)| (*slot, grant.application)).collect()
    }

    fn stage(&self) -> Stage {
        self.town.state.season_round(self.round).unwrap().stage(self.town.now)
    }

    fn why_not(&self, application: SeasonApplicationId, slot: u32) -> WhyNot {
        let unmet = self.town.state.season_unmet(self.town.now, self.round).unwrap();
        let of = unmet.iter().find(|it| (it.application, it.slot) == (application, slot));
        of.unwrap().why
    }
}

fn refused(refusal: SeasonRefusal) -> Outcome {
    Err(Refusal::Season(refusal))
}

fn by_class() -> Event {
    let class =
        |kind: &str| Applicant { kind: code(kind), purposes: Vec::new(), opens_days: Some(30) };
    let applicants = Some(vec![class("children-youth"), class("adults")]);
    rules(Scope::Municipality, LettingRules { applicants, ..LettingRules::default() })
}

#[test]
fn a_round_goes_from_upcoming_to_published() {
    let mut season = season(facts(), []);
    let mut stages = Vec::new();
    for now in ["2026-10-31T08:00", "2026-11-22T08:00"] {
        season.town.now = at(now);
        stages.push(season.stage());
    }
    season.applied(asks("idrettslaget", "youth", 2, &[0, 3]));
    season.close();
    stages.push(season.stage());
    season.allocate();
    stages.push(season.stage());
    season.publish(0);
    stages.push(season.stage());
    season.publish(3);
    let round = season.round;
    season.ask(SeasonCommand::Published { round }).unwrap();
    stages.push(season.stage());

    use Stage::{Allocated, Closed, Open, Published, Publishing, Upcoming};
    assert_eq!(stages, [Upcoming, Open, Closed, Allocated, Publishing, Published]);
}

#[test]
fn slots_over_each_other_are_refused_also_where_one_is_a_part() {
    let mut town = hall_and([]);
    let mut over = facts();
    over.slots[2].start = 19 * 60;
    assert_eq!(town.when(set(over)), refused(SeasonRefusal::SlotsOverlap { one: 0, other: 2 }));

    let mut backwards = facts();
    backwards.closes = backwards.opens;
    let field = "round.application_period";
    assert_refused!(town.when(set(backwards)), Refusal::Invalid { field: of, .. } if *of == field);
    let mut nowhere = facts();
    nowhere.slots[0].room = RoomId(id("nowhere"));
    assert_refused!(town.when(set(nowhere)), Refusal::NotFound(Name::RoomId(_)));
}

#[test]
fn a_round_that_has_opened_cannot_be_written_anew() {
    let mut season = season(facts(), []);
    let round = season.round;
    let again = || SeasonCommand::SetRound {
        round: Some(round),
        facts: Box::new(SeasonRound { bars_direct: false, ..facts() }),
    };

    assert_eq!(season.ask(again()), refused(SeasonRefusal::HasOpened(round)));
    season.town.now = at("2026-10-01T08:00");
    assert!(season.ask(again()).is_ok());
}

#[test]
fn one_applies_while_the_round_is_open_for_what_suits() {
    let quotas = vec![SeasonQuota { applicant: None, slots: 3 }];
    let mut season = season(SeasonRound { quotas, ..facts() }, [by_class()]);
    let youth = |times| asks("idrettslaget", "children-youth", times, &[0, 1]);

    season.applied(youth(2));

    let more = season.apply(youth(2));
    assert_eq!(more, refused(SeasonRefusal::Quota { limit: 3, used: 2 }));
    let long = SeasonApplication { minutes: 120, ..youth(1) };
    let short = SeasonRefusal::SlotTooShort { slot: 0, minutes: 90 };
    assert_eq!(season.apply(long), refused(short));
    let crowd = SeasonApplication { persons: 31, ..youth(1) };
    let small = SeasonRefusal::RoomTooSmall { slot: 0, capacity: 30 };
    assert_eq!(season.apply(crowd), refused(small));
    let stranger = asks("firmaet", "commercial", 1, &[0]);
    assert_refused!(season.apply(stranger), Refusal::Letting(_));
    let nowhere = asks("koret", "adults", 1, &[9]);
    assert_refused!(season.apply(nowhere), Refusal::NotFound(Name::SeasonSlot(_, 9)));
    let twice = asks("koret", "adults", 1, &[0, 0]);
    assert_refused!(season.apply(twice), Refusal::Invalid { field: "application.wishes", .. });
    season.close();
    assert_refused!(season.apply(youth(1)), Refusal::Season(SeasonRefusal::NotOpen { .. }));
}

#[test]
fn an_application_that_was_withdrawn_gets_nothing() {
    let mut season = season(facts(), []);
    let application = season.applied(asks("koret", "adults", 1, &[0]));
    season.town.me = id("another");
    let withdraw = |office| SeasonCommand::Withdraw { application, office };
    assert_refused!(season.ask(withdraw(false)), Refusal::NotYours(_));
    season.ask(withdraw(true)).unwrap();
    assert_eq!(season.ask(withdraw(true)), Ok(Vec::new()));
    season.close();

    season.allocate();

    assert!(season.has().is_empty());
    assert_eq!(season.give(0, Some(application)), refused(SeasonRefusal::NotLive(application)));
}

#[test]
fn classes_go_first_by_the_letting_rules_and_the_other_learns_who_is_in_the_way() {
    let mut season = season(facts(), [by_class()]);
    let choir = season.applied(asks("koret", "adults", 1, &[3]));
    let youth = season.applied(asks("idrettslaget", "children-youth", 1, &[0, 3]));
    let club = season.applied(asks("klubben", "children-youth", 1, &[0]));
    season.close();

    season.allocate();

    assert_eq!(
        season.has(),
        [(0, club), (3, youth)],
        "both of the first class, though choir wished"
    );
    assert_eq!(season.why_not(choir, 3), WhyNot::FirstClass { by: youth });
    assert_eq!(season.why_not(youth, 0), WhyNot::Enough);
}

#[test]
fn a_club_gets_a_second_slot_only_when_nobody_else_would_get_a_first() {
    let mut season = season(facts(), []);
    let strong = season.applied(asks("sterke", "adults", 3, &[3, 0, 1]));
    let weak = season.applied(asks("svake", "adults", 1, &[3]));
    season.close();

    season.allocate();

    assert_eq!(season.has(), [(0, strong), (3, weak)], "though it wished for 3 as much");
    assert_eq!(season.why_not(strong, 3), WhyNot::Fairness { by: weak });
    assert_eq!(season.why_not(strong, 1), WhyNot::Elsewhere { slot: 0 });
}

#[test]
fn what_a_person_pinned_stays_when_it_is_allocated_anew() {
    let mut season = season(facts(), []);
    let one = season.applied(asks("ene", "adults", 1, &[0]));
    let other = season.applied(asks("andre", "adults", 1, &[0, 3]));
    season.close();
    season.allocate();
    assert_eq!(season.has(), [(0, one), (3, other)]);

    season.give(0, None).unwrap();
    season.give(0, Some(other)).unwrap();
    season.give(3, None).unwrap();
    assert_eq!(season.why_not(one, 0), WhyNot::Pinned { by: other });
    season.allocate();

    assert_eq!(season.has(), [(0, other)]);
    let round = season.round;
    season.ask(SeasonCommand::MoveGrant { round, from: 0, to: 2 }).unwrap();
    assert_eq!(season.has(), [(2, other)], "though they never wished for it");
}

#[test]
fn what_a_person_edits_keeps_the_rules() {
    let quotas = vec![SeasonQuota { applicant: None, slots: 2 }];
    let mut season = season(SeasonRound { quotas, ..facts() }, []);
    let club = season.applied(asks("klubben", "adults", 1, &[0]));
    let other = season.applied(asks("andre", "adults", 1, &[1]));
    assert_refused!(season.give(0, Some(club)), Refusal::Season(SeasonRefusal::NoDraft(_)));
    season.close();
    season.allocate();

    let taken = SeasonRefusal::SlotGranted { slot: 1, by: other };
    assert_eq!(season.give(1, Some(club)), refused(taken));
    season.give(1, None).unwrap();
    let clash = SeasonRefusal::TimesClash { application: club, with: 0 };
    assert_eq!(season.give(1, Some(club)), refused(clash));
    season.give(2, Some(club)).unwrap();
    let quota = SeasonRefusal::Quota { limit: 2, used: 2 };
    assert_eq!(season.give(3, Some(club)), refused(quota));
    assert_refused!(season.give(9, None), Refusal::NotFound(Name::SeasonSlot(_, 9)));
}

#[test]
fn a_draft_made_on_another_is_not_adopted() {
    let mut season = season(facts(), []);
    season.applied(asks("klubben", "adults", 1, &[0]));
    let (round, figures, grants) = (season.round, SeasonFigures::default(), Vec::new());
    let adopt = SeasonCommand::Adopt { round, seen: 0, figures, grants };
    assert_refused!(season.ask(adopt.clone()), Refusal::Season(SeasonRefusal::NotClosed { .. }));
    season.close();
    season.allocate();

    let changed = SeasonRefusal::DraftChanged { round, revision: 1 };
    assert_eq!(season.ask(adopt), refused(changed));
}

#[test]
fn a_published_slot_is_a_series_of_the_applicant_with_every_missing_date_and_its_reason() {
    let closed = Event::RoomClosed {
        closure: dugnad_events::ClosureId(id("works")),
        room: RoomId(id("hall")),
        span: span("2027-01-18T00:00/23:00"),
        by: id("someone"),
        reason: "works".to_owned(),
    };
    let party = booked("party", "hall", "2027-01-11T17:00/23:00");
    let handling = Some(Handling { required: true, holds: true, answer_minutes: 60 });
    let by_request = rules(room_scope(), LettingRules { handling, ..LettingRules::default() });
    let mut season = season(facts(), [by_class(), by_request, closed, party]);
    season.town.me = id("applicant");
    season.applied(asks("idrettslaget", "children-youth", 1, &[0]));
    season.close();
    season.town.me = id("clerk");
    season.allocate();

    let events = season.publish(0);

    let Event::SeriesBooked { by, skipped, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!(*by, id("applicant"));
    let why: Vec<_> =
        skipped.iter().map(|it| (it.start.date().to_string(), it.reason.as_str())).collect();
    let missing = [("2027-01-11".to_owned(), "TAKEN"), ("2027-01-18".to_owned(), "ROOM_CLOSED")];
    assert_eq!(why, missing);
    let dates = events
        .iter()
        .filter(|event| matches!(event, Event::Booked { by, .. } if *by == id("applicant")));
    assert_eq!(dates.count(), 8 - 1 - 2, "eight Mondays, one left out, two missing");
    assert_eq!(season.publish(0), [], "asked again, it stays as it is");
    let (round, slot, application) = (season.round, 1, None);
    let edit = SeasonCommand::SetGrant { round, slot, application, pinned: false };
    assert_eq!(season.ask(edit), refused(SeasonRefusal::IsPublished(round)));
}

fn room_scope() -> Scope {
    Scope::Room(RoomId(id("north")))
}

#[test]
fn whoever_is_erased_before_it_is_published_gets_no_series() {
    let mut season = season(facts(), []);
    season.applied(asks("klubben", "adults", 1, &[0]));
    season.close();
    season.allocate();
    let about = season.town.state.season_applications_about(person("kari"));
    assert_eq!(about.len(), 1);
    season.town.when(Command::ErasePerson { person: person("kari") }).unwrap();

    let events = season.publish(0);

    let [Event::Season(SeasonEvent::GrantPublished { series: None, skipped, .. })] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(skipped[0].reason, "PERSON_ERASED");
}

#[test]
fn who_applies_does_not_go_around_the_round_until_it_is_published() {
    let mut season = season(facts(), []);
    season.applied(asks("klubben", "adults", 1, &[0]));
    let directly = |club: &str, when: &str| {
        let organisation = Some(OrganisationId(id(club)));
        apply("hall", when, Application { organisation, ..says("adults") })
    };
    let (within, before) = ("2027-01-05T10:00/11:00", "2026-12-20T10:00/11:00");

    let pending = refused(SeasonRefusal::RoundPending(season.round));
    assert_eq!(season.town.when(directly("klubben", within)), pending);
    assert!(season.town.when(directly("klubben", before)).is_ok());
    assert!(season.town.when(directly("andre", within)).is_ok());
    season.close();
    season.allocate();
    season.publish(0);
    let round = season.round;
    season.ask(SeasonCommand::Published { round }).unwrap();
    assert!(season.town.when(directly("klubben", "2027-01-06T10:00/11:00")).is_ok());
}

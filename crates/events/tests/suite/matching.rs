//! One of each event of matching, and one of each fact that it heard.

use dugnad_events::{
    AgreementId, AssignmentId, Code, NeedId, NoticeId, OfferId, OrganisationId, PlanId, TeamId,
    matching::{
        AgreementFacts, Alarm, Closing, Ending, Event, Fact, GenderWish, Need, Party, Place,
        PlanFigures, PlanOutcome, PlanPart, PlanReason, PlanRule, PlanScope, PlanWay, Policy, Slot,
        Want, Weights, Withdrawal,
    },
    volunteers::{
        self, Ages, CheckRule, Coming, Gender, Giver, Location, Pause, Relation, Representation,
        Requirements, Scope, Team,
    },
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use super::{hours, id, sealed, span};

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn day() -> Date {
    "2026-12-01".parse().unwrap()
}

fn at() -> Timestamp {
    "2026-12-01T17:00:00Z".parse().unwrap()
}

fn person() -> PersonId {
    PersonId(id(1))
}

fn weights() -> Weights {
    Weights { kilometre: 1, interest: 2, language: 3, gender: 4, before: 5, load: 6 }
}

fn rule() -> PlanRule {
    PlanRule { name: "BUSY".into(), text: "comes elsewhere".into() }
}

pub(super) fn samples() -> Vec<(&'static str, Event)> {
    let heard = facts().into_iter().map(|(variant, fact)| (variant, Event::Heard { fact }));
    [data(), asked(), planned()].concat().into_iter().chain(heard).collect()
}

fn data() -> Vec<(&'static str, Event)> {
    let policy = Policy {
        role: Some(code("visitor")),
        organisations_first: true,
        automatic: true,
        open: true,
        at_a_time: 5,
        answer_minutes: 60,
        confirm_minutes: 30,
        late_hours: 24,
        weights: weights(),
    };
    let want = Want {
        skills: vec![code("first-aid")],
        languages: vec![code("ur")],
        min_age: Some(18),
        gender: Some(GenderWish { gender: Gender::Female, strict: true }),
        within_km: Some(10),
        interests: vec![code("chess")],
        rather_languages: vec![code("en")],
        weights: Some(weights()),
    };
    let place = Place {
        area: Some(code("stromso")),
        at: Some(Location { lat: 59_744_000, lon: 10_204_500 }),
    };
    let facts = Need {
        kind: code("visit"),
        receiver: Some(person()),
        heads: 2,
        place: Some(place),
        slots: vec![Slot { windows: vec![span()] }],
        want,
        about: "activities/x".into(),
    };
    let (need, one, other) = (NeedId(id(2)), person(), PersonId(id(3)));
    vec![
        ("", Event::KindSet { kind: code("visit"), policy }),
        ("", Event::ConflictSet { one, other }),
        ("", Event::ConflictLifted { one, other }),
        ("", Event::NeedPosted { need, by: id(4), at: at(), facts, text: Some(sealed()) }),
        ("asked", Event::NeedClosed { need, why: Closing::Asked { reason: code("moved") } }),
        ("erased", Event::NeedClosed { need, why: Closing::ReceiverErased }),
        ("", Event::NeedOver { need, filled: 1, wanted: 2 }),
        (
            "",
            Event::HelpersRefused {
                need,
                about: "occurrences/018f3c2e-8d4a-7b61-9c05-2f6f0c1a9e77".to_owned(),
                reason: "PAST".to_owned(),
                message: "has passed".to_owned(),
            },
        ),
    ]
}

fn asked() -> Vec<(&'static str, Event)> {
    let (need, offer, assignment) = (NeedId(id(2)), OfferId(id(5)), AssignmentId(id(6)));
    let organisation = Party::Organisation(OrganisationId(id(7)));
    let offered = |to, waited| {
        let (at, expires) = (at(), at());
        Event::Offered { offer, need, slot: 1, to, waited, at, expires }
    };
    let withdrawn = |why| Event::OffersWithdrawn { offers: vec![offer], why };
    let ended = |why| Event::Unassigned { assignments: vec![assignment], why };
    let alarmed = |why, day| Event::Alarmed { needs: vec![need], why, at: at(), day };
    let cancelled = Ending::Cancelled { by: id(4), reason: code("ill"), late: true };
    vec![
        ("", Event::AskingStarted { need }),
        ("", Event::AskingStopped { need }),
        ("", Event::Asked { need, again: Some(at()) }),
        ("person", offered(Party::Person(person()), false)),
        ("organisation", offered(organisation, true)),
        ("", Event::Declined { offer, reason: code("none-given") }),
        ("", Event::Expired { offer }),
        ("filled", withdrawn(Withdrawal::Filled)),
        ("closed", withdrawn(Withdrawal::Closed)),
        ("busy", withdrawn(Withdrawal::Busy)),
        ("retracted", withdrawn(Withdrawal::Retracted)),
        ("rule", withdrawn(Withdrawal::Rule("CHECK".into()))),
        ("", Event::Waiting { offer, person: person() }),
        ("", Event::WaitingEnded { offer }),
        (
            "",
            Event::Assigned {
                assignment,
                need,
                slot: 1,
                person: person(),
                by: id(4),
                at: at(),
                offer: Some(offer),
                plan: Some(PlanId(id(8))),
            },
        ),
        ("cancelled", ended(cancelled)),
        ("closed", ended(Ending::Closed)),
        ("rule", ended(Ending::Rule("COURSE".into()))),
        (
            "",
            Event::AnswerRefused {
                notice: NoticeId(id(20)),
                person: person(),
                about: "offers/1".into(),
                reason: "EXPIRED".into(),
            },
        ),
        ("late", alarmed(Alarm::LateCancellation, None)),
        ("broken", alarmed(Alarm::Broken("COURSE".into()), Some(day()))),
    ]
}

fn planned() -> Vec<(&'static str, Event)> {
    let (plan, need) = (PlanId(id(8)), NeedId(id(2)));
    let scope =
        PlanScope { period: span(), kinds: vec![code("visit")], replaces: Some(PlanId(id(9))) };
    let figures =
        PlanFigures { needs: 1, places: 2, filled: 1, people: 3, edges: 4, cost: -5, bound: -6 };
    let reasons =
        || vec![PlanReason { name: "DISTANCE".into(), points: -3, text: "lives 3 km away".into() }];
    let ways = vec![PlanWay { person: person(), rules: vec![rule()] }];
    let open = PlanPart { need, slot: 0, person: None, pinned: false, reasons: vec![], ways };
    let taken = PlanPart {
        need,
        slot: 1,
        person: Some(person()),
        pinned: true,
        reasons: reasons(),
        ways: vec![],
    };
    let outcome = |outcome| Event::PlanPartPublished { plan, part: 1, outcome };
    let person = Some(person());
    vec![
        ("", Event::PlanDrafted { plan, by: id(4), at: at(), scope, based_on: 7, figures }),
        ("", Event::PlanPartsAdded { plan, parts: vec![open, taken] }),
        ("", Event::PlanReady { plan }),
        ("", Event::PlanPartChanged { plan, part: 1, person, reasons: reasons(), anyway: true }),
        ("", Event::PlanPartPinned { plan, part: 1, pinned: true }),
        ("assigned", outcome(PlanOutcome::Assigned(AssignmentId(id(6))))),
        ("offered", outcome(PlanOutcome::Offered(OfferId(id(5))))),
        ("dropped", outcome(PlanOutcome::Dropped(vec![rule()]))),
        ("", Event::PlanPublished { plan }),
        ("", Event::PlanDiscarded { plan }),
    ]
}

fn facts() -> Vec<(&'static str, Fact)> {
    let (person, on, organisation) = (person(), day(), OrganisationId(id(7)));
    let at = Some(Location { lat: 59_744_000, lon: 10_204_500 });
    let requirements = Requirements {
        check: Some(CheckRule { months: Some(36) }),
        courses: vec![code("first-aid")],
        min_age: Some(18),
        confidentiality: true,
        card: true,
    };
    let ages = Some(Ages { reached: 16, coming: vec![Coming { age: 18, on }] });
    let giver = Giver {
        standing: true,
        interests: vec![code("chess")],
        area: Some(code("stromso")),
        reach_km: 12,
        car_seats: Some(4),
        ..Giver::default()
    };
    let representation = Representation {
        relation: Relation::Relative,
        scope: vec![Scope::Needs],
        consented: on,
        until: Some(on),
    };
    let team = Team {
        name: "Bergmogjengen".into(),
        organisation: Some(organisation),
        leader: person,
        members: vec![person],
        size: 1,
    };
    let terms = AgreementFacts {
        organisation,
        kinds: vec![code("visit")],
        areas: vec![code("stromso")],
        from: on,
        until: on,
    };
    let (agreement, representative) = (AgreementId(id(10)), PersonId(id(3)));
    let representation = Some(representation);
    let event = Box::new(volunteers::Event::CheckShown { person, on, to: id(4) });
    vec![
        ("areas", Fact::Areas(vec![(code("stromso"), at)])),
        ("role", Fact::Role { role: code("visitor"), version: 2, requirements }),
        ("person", Fact::Person { person, ages, gender: Some(Gender::Other) }),
        ("giver", Fact::Giver { person, giver: Some(giver) }),
        ("receiver", Fact::Receiver { person, receives: true }),
        ("admitted", Fact::Admitted(person)),
        ("left", Fact::Left { person, on }),
        ("availability", Fact::Availability { person, zone: "Europe/Oslo".into(), hours: hours() }),
        ("pause", Fact::Pause { person, pause: Some(Pause { from: on, until: None }) }),
        ("representative", Fact::Representative { person, representative, representation }),
        ("shown", Fact::Shown { person, event }),
        ("contacts", Fact::Contacts { organisation, people: vec![person] }),
        ("member", Fact::Member { organisation, person, member: true }),
        ("team", Fact::Team { team: TeamId(id(11)), facts: Some(team) }),
        ("agreement", Fact::Agreement { agreement, terms }),
        ("agreement_ended", Fact::AgreementEnded { agreement, on }),
        ("erased", Fact::Erased(person)),
    ]
}

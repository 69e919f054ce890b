//! One of each event of volunteers.

use dugnad_events::{
    AgreementId, Code, ConcernId, FollowUpId, HoursId, NoteId, OrganisationId, SessionId, TeamId,
    UnitId,
    volunteers::{
        Address, Ages, Agreement, Card, CheckRule, Coming, Erasure, Event, Fact, Gender, Giver,
        Hours, Icnpo, List, Location, Membership, OrganisationFacts, Party, Pause, Purpose,
        Receiver, Relation, Representation, Requirements, Retention, Scope, Severity, Team, Term,
    },
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use super::{hours, id, sealed, span};

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn codes(text: &str) -> Vec<Code> {
    text.split(' ').map(code).collect()
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

fn giver() -> Giver {
    Giver {
        standing: true,
        interests: codes("chess walking"),
        skills: codes("first-aid"),
        languages: codes("nb ur"),
        experiences: codes("grief"),
        area: Some(code("stromso")),
        reach_km: 12,
        car_seats: Some(4),
        wants: codes("escort"),
        refuses: codes("cafe-shift"),
        most_a_week: Some(2),
    }
}

fn receiver() -> Receiver {
    Receiver {
        interests: codes("chess"),
        languages: codes("nb"),
        area: Some(code("aassiden")),
        access: codes("ramp"),
        rides: codes("wheelchair-place"),
        unit: Some(UnitId(id(2))),
    }
}

fn ages() -> Ages {
    Ages { reached: 16, coming: vec![Coming { age: 18, on: day() }] }
}

pub(super) fn samples() -> Vec<(&'static str, Event)> {
    [data(), people(), organisations(), shown(), followed_up()].concat()
}

fn data() -> Vec<(&'static str, Event)> {
    let at = Some(Location { lat: 59_744_000, lon: 10_204_500 });
    let area = Term { code: code("stromso"), nb: "Strømsø".into(), en: "Strømsø".into(), at };
    let chess = Term { code: code("chess"), nb: "Sjakk".into(), en: "Chess".into(), at: None };
    let requirements = Requirements {
        check: Some(CheckRule { months: Some(36) }),
        courses: codes("first-aid"),
        min_age: Some(18),
        confidentiality: true,
        card: true,
    };
    let card = Card {
        nb: "Besøksvenn".into(),
        en: "Befriender".into(),
        may: vec!["Gå tur".into()],
        may_not: vec!["Gi medisin".into()],
        supervisor: "Frivilligkoordinator".into(),
    };
    let role = code("visitor");
    let retention = Retention { applicant: Some(90), left: Some(365) };
    vec![
        ("areas", Event::TermsSet { list: List::Areas, terms: vec![area] }),
        ("interests", Event::TermsSet { list: List::Interests, terms: vec![chess] }),
        ("", Event::RoleSet { role, version: 2, requirements, card }),
        ("", Event::RetentionSet { retention }),
    ]
}

fn people() -> Vec<(&'static str, Event)> {
    let (person, on, unit, contact) = (person(), day(), UnitId(id(2)), PersonId(id(3)));
    let representation = Representation {
        relation: Relation::Relative,
        scope: vec![Scope::Details, Scope::Needs, Scope::Activities, Scope::Rides, Scope::Notices],
        consented: on,
        until: Some(on),
    };
    let registered = |ages, gender, giver, receiver| {
        let (by, details) = (id(4), sealed());
        Event::PersonRegistered { person, by, on, details, ages, gender, giver, receiver }
    };
    let (name, area, deputy) =
        ("Bergtunet".to_owned(), Some(code("konnerud")), Some(PersonId(id(5))));
    let (people, about) = (vec![person], "needs/x".to_owned());
    vec![
        ("giver", registered(Some(ages()), Some(Gender::Female), Some(giver()), None)),
        ("receiver", registered(None, None, None, Some(receiver()))),
        (
            "",
            Event::DetailsChanged {
                person,
                details: sealed(),
                ages: None,
                gender: Some(Gender::Other),
            },
        ),
        ("", Event::GiverSet { person, giver: Some(Giver::default()) }),
        ("", Event::ReceiverSet { person, receiver: None }),
        ("", Event::PersonAdmitted { person, on }),
        ("", Event::PersonLeft { person, on }),
        ("", Event::AvailabilitySet { person, zone: "Europe/Oslo".into(), hours: hours() }),
        ("", Event::PauseSet { person, pause: Some(Pause { from: on, until: Some(on) }) }),
        ("back", Event::PauseSet { person, pause: None }),
        ("", Event::SupportSet { person, support: Some(sealed()) }),
        ("", Event::RepresentativeSet { person, representative: contact, representation }),
        ("", Event::RepresentativeEnded { person, representative: contact }),
        ("", Event::UnitSet { unit, name, area, contact, deputy }),
        ("", Event::DetailsRead { people, by: id(4), purpose: Purpose::FollowUp, about }),
        ("", Event::PersonErased { person, why: Erasure::Left }),
    ]
}

fn organisations() -> Vec<(&'static str, Event)> {
    let (organisation, team, agreement) =
        (OrganisationId(id(6)), TeamId(id(7)), AgreementId(id(8)));
    let (person, contact, on) = (person(), PersonId(id(3)), day());
    let facts = OrganisationFacts {
        number: "991825827".into(),
        name: "Strømsø sanitetsforening".into(),
        form: "FLI".into(),
        address: Address {
            lines: vec!["Storgata 1".into()],
            postal_code: "3044".into(),
            town: "DRAMMEN".into(),
            municipality: "3301".into(),
        },
        voluntary: true,
        icnpo: vec![Icnpo { number: "4100".into(), category: "Sosiale tjenester".into() }],
        area: None,
    };
    let at_home = OrganisationFacts { area: Some(code("stromso")), ..facts.clone() };
    let of_team = Team {
        name: "Bergmogjengen".into(),
        organisation: Some(organisation),
        leader: person,
        members: vec![person, contact],
        size: 2,
    };
    let terms = Agreement {
        organisation,
        kinds: codes("cafe-shift"),
        areas: codes("stromso"),
        ours: vec!["Dekker reise".into()],
        theirs: vec!["Stiller hver tirsdag".into()],
        from: on,
        until: on,
        warn_days: 60,
    };
    let membership = Some(Membership { role: code("leader"), since: on });
    vec![
        ("", Event::OrganisationSet { organisation, facts, changed: Vec::new() }),
        ("changed", Event::OrganisationSet { organisation, facts: at_home, changed: facts_all() }),
        ("", Event::OrganisationGone { organisation }),
        ("", Event::ContactSet { organisation, contact, deputy: Some(person) }),
        ("", Event::MemberSet { organisation, person, membership }),
        ("", Event::TeamSet { team, facts: Some(of_team) }),
        ("", Event::AgreementSet { agreement, terms }),
        ("", Event::RenewalDue { agreement }),
        ("", Event::AgreementEnded { agreement, on }),
    ]
}

fn facts_all() -> Vec<Fact> {
    vec![Fact::Name, Fact::Form, Fact::Address, Fact::Voluntary, Fact::Icnpo, Fact::Area]
}

fn shown() -> Vec<(&'static str, Event)> {
    let (person, on, by, session) = (person(), day(), id(4), SessionId(id(9)));
    let (course, role) = (|| code("first-aid"), code("visitor"));
    let (nb, en) = ("Førstehjelp".to_owned(), "First aid".to_owned());
    let party = Party::Supervisor;
    vec![
        ("", Event::CheckShown { person, on, to: by }),
        ("", Event::CheckWithdrawn { person }),
        ("", Event::ConfidentialitySigned { person, on }),
        ("", Event::CourseSet { course: course(), nb, en, months: Some(24) }),
        ("", Event::SessionSet { session, course: course(), span: span(), capacity: 12 }),
        ("", Event::SessionJoined { session, person, joined: true }),
        ("", Event::AttendanceRecorded { session, person, came: true }),
        ("", Event::CertificateIssued { person, course: course(), on, until: Some(on) }),
        ("for_ever", Event::CertificateIssued { person, course: course(), on, until: None }),
        ("", Event::CertificateRevoked { person, course: course() }),
        ("", Event::CardAccepted { person, role, version: 2, party, by }),
    ]
}

fn followed_up() -> Vec<(&'static str, Event)> {
    let (person, on, by) = (person(), day(), id(4));
    let (follow_up, concern, entry, note) =
        (FollowUpId(id(10)), ConcernId(id(11)), HoursId(id(12)), NoteId(id(13)));
    let (role, organisation) = (code("visitor"), Some(OrganisationId(id(6))));
    let given = Hours { day: on, minutes: 90, role, organisation };
    let (severity, text) = (Severity::Harm, sealed());
    let climbs_at = at();
    vec![
        ("", Event::FollowUpPlanned { follow_up, person, due: on, with: by }),
        ("", Event::FollowUpHeld { follow_up, person, on, note: Some(sealed()) }),
        ("", Event::ConcernRaised { concern, about: person, by, severity, text, climbs_at }),
        ("", Event::ConcernTaken { concern, by }),
        ("", Event::ConcernClimbed { concern, level: 1, climbs_at: Some(climbs_at) }),
        ("", Event::ConcernClosed { concern, by }),
        ("", Event::HoursLogged { entry, person, hours: given }),
        ("", Event::HoursStruck { entry, person }),
        ("", Event::Thanked { person, by, on, text: sealed() }),
        ("", Event::NoteWritten { note, about: person, by, text: sealed() }),
    ]
}

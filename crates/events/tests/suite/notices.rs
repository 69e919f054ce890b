//! One of each event of notices, and one of each fact that it heard.

use dugnad_events::{
    Code, FacilityId, MessageId, NeedId, NoticeId, OrganisationId, RoomId,
    notices::{
        Answer, CallOutcome, Channel, Event, Fact, Language, Matter, Notice, Outcome, Policy,
        Preference, Quiet, Setback, Text, Urgency, Via, What, Whose, Withdrawal,
    },
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Time};

use super::{id, span};

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
    };
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
        let matter = Box::new(Matter { whose, what, span, own: true, remind: true, at });
        Fact::Matter { name: "bookings/1".into(), matter }
    };
    let person = person();
    vec![
        ("matter_of_a_person", matter(Whose::Person(person))),
        ("matter_of_an_organisation", matter(Whose::Organisation(organisation))),
        ("over", Fact::Over { name: "bookings/1".into() }),
        ("need", Fact::Need { need, kind: code("visit"), times: vec![span()] }),
        ("need_over", Fact::NeedOver { need }),
        ("kinds", Fact::Kinds { words: vec![(code("visit"), "Besøk".into(), "Visit".into())] }),
        ("facility", Fact::Facility { facility, name: "Kulturhuset".into() }),
        ("room", Fact::Room { room, facility, name: "Storsalen".into() }),
        ("contacts", Fact::Contacts { organisation, people: vec![person] }),
        ("changed", Fact::Changed { person }),
        ("erased", Fact::Erased { person }),
    ]
}

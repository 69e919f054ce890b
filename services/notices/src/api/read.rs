//! Requests taken apart, each field within its bounds.

use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::{
    Code,
    notices::{Answer, CallOutcome, Channel, Language, Policy, Preference, Quiet, Text},
};
use dugnad_proto::notices::v1 as pb;
use dugnad_vault::PersonId;
use jiff::civil::Time;

use crate::model::{MOST_ON_DUTY, MOST_REMINDERS};

/// The longest name of a sender, in characters.
const LONGEST_SENDER: usize = 40;
/// The longest resource name.
const LONGEST_ABOUT: usize = 120;

pub(super) fn person(field: &str, text: &str) -> Result<PersonId, Invalid> {
    field::id(field, text, "people").map(PersonId)
}

pub(super) fn about(text: &str) -> Result<&str, Invalid> {
    field::text("about", text, LONGEST_ABOUT)
}

pub(super) fn policy(policy: Option<&pb::Policy>) -> Result<Policy, Invalid> {
    let policy = field::required("policy", policy)?;
    read_policy(policy).within("policy")
}

fn read_policy(policy: &pb::Policy) -> Result<Policy, Invalid> {
    let zone = field::text("time_zone", &policy.time_zone, 64)?;
    let zone = if zone.is_empty() { Policy::default().zone } else { zone.to_owned() };
    let reminders = field::at_most("reminders", &policy.reminders, MOST_REMINDERS)?;
    let minutes = |(n, minutes): (usize, &i32)| {
        field::within("", *minutes, 15..=20_160).within_item("reminders", n)
    };
    let reminders = reminders.iter().enumerate().map(minutes).collect::<Result<Vec<_>, _>>()?;
    if !reminders.is_sorted_by(|a, b| a > b) {
        return Err(Invalid::new("reminders", "must begin with the longest, each once"));
    }
    let duty = field::at_most("duty", &policy.duty, MOST_ON_DUTY)?;
    let duty = duty.iter().enumerate().map(|(n, it)| person("", it).within_item("duty", n));
    Ok(Policy {
        sender: field::text("sender", &policy.sender, LONGEST_SENDER)?.to_owned(),
        zone,
        bundle_minutes: field::within("bundle_minutes", policy.bundle_minutes, 0..=60)?,
        daily_limit: field::within("daily_limit", policy.daily_limit, 1..=100)?,
        quiet: quiet("quiet_hours", &policy.quiet_hours)?,
        remind_minutes: reminders,
        duty: duty.collect::<Result<_, _>>()?,
        climb_minutes: field::within("climb_minutes", policy.climb_minutes, 1..=1440)?,
        code_channels: code_channels(&policy.door_code_channels)?,
    })
}

/// Those that carry text by themselves, each once.
fn code_channels(channels: &[i32]) -> Result<Vec<Channel>, Invalid> {
    let field = "door_code_channels";
    let mut found = Vec::new();
    for (n, it) in field::at_most(field, channels, 2)?.iter().enumerate() {
        let channel = match pb::Channel::try_from(*it) {
            Ok(pb::Channel::Sms) => Channel::Sms,
            Ok(pb::Channel::Email) => Channel::Email,
            _ => return Err(Invalid::new("", "must be SMS or EMAIL")).within_item(field, n),
        };
        if !found.contains(&channel) {
            found.push(channel);
        }
    }
    Ok(found)
}

/// `HH:MM-HH:MM`; empty: none.
pub(super) fn quiet(field: &str, text: &str) -> Result<Option<Quiet>, Invalid> {
    if text.is_empty() {
        return Ok(None);
    }
    let time = |text: &str| -> Option<Time> {
        let (hour, minute) = text.split_once(':')?;
        let digits = |it: &str| it.len() == 2 && it.bytes().all(|b| b.is_ascii_digit());
        let both = digits(hour) && digits(minute);
        both.then(|| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()).flatten()
    };
    let read = || {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (time(from)?, time(to)?);
        (from != to).then_some(Quiet { from, to })
    };
    let quiet = read().ok_or_else(|| Invalid::new(field, "must be HH:MM-HH:MM of two times"))?;
    Ok(Some(quiet))
}

pub(super) fn preference(preference: &pb::Preference) -> Result<Preference, Invalid> {
    let channel = match pb::Channel::try_from(preference.channel) {
        Ok(pb::Channel::Unspecified) => None,
        Ok(pb::Channel::Sms) => Some(Channel::Sms),
        Ok(pb::Channel::Email) => Some(Channel::Email),
        Ok(pb::Channel::Phone) => Some(Channel::Phone),
        Ok(pb::Channel::Letter) => Some(Channel::Letter),
        Err(_) => return Err(Invalid::new("channel", "is not known")),
    };
    let language = match preference.language.as_str() {
        "" => Language::Nb,
        other => language(other)?,
    };
    let quiet = quiet("quiet_hours", &preference.quiet_hours)?;
    Ok(Preference { channel, language, large_print: preference.large_print, quiet })
}

pub(super) fn language(text: &str) -> Result<Language, Invalid> {
    match text {
        "nb" => Ok(Language::Nb),
        "en" => Ok(Language::En),
        _ => Err(Invalid::new("language", "must be nb or en")),
    }
}

pub(super) fn text(text: &pb::Text) -> Result<(Language, Text), Invalid> {
    let language = language(&text.language)?;
    let (subject, sms, body) = (text.subject.clone(), text.sms.clone(), text.body.clone());
    for (field, text, longest) in
        [("subject", &subject, 150), ("sms", &sms, 480), ("body", &body, 4000)]
    {
        field::label(field, text, longest)?;
    }
    if subject.contains(['\r', '\n']) {
        return Err(Invalid::new("subject", "must be one line"));
    }
    Ok((language, Text { subject, sms, body }))
}

pub(super) fn template(
    template: Option<&pb::Template>,
) -> Result<(Code, Vec<(Language, Text)>), Invalid> {
    let template = field::required("template", template)?;
    let code = field::name("code", &template.code).within("template")?;
    let texts = field::at_most("texts", &template.texts, 2).within("template")?;
    let read = |(n, it)| text(it).within_item("texts", n).within("template");
    Ok((code, texts.iter().enumerate().map(read).collect::<Result<_, _>>()?))
}

/// `None`: nothing was answered.
pub(super) fn answer(value: i32) -> Result<Option<Answer>, Invalid> {
    match pb::AnswerKind::try_from(value) {
        Ok(pb::AnswerKind::Unspecified) => Ok(None),
        Ok(pb::AnswerKind::Yes) => Ok(Some(Answer::Yes)),
        Ok(pb::AnswerKind::No) => Ok(Some(Answer::No)),
        Ok(pb::AnswerKind::Later) => Ok(Some(Answer::Later)),
        Ok(pb::AnswerKind::Cancel) => Ok(Some(Answer::Cancel)),
        Ok(pb::AnswerKind::Seen) => Ok(Some(Answer::Seen)),
        Err(_) => Err(Invalid::new("answer", "is not known")),
    }
}

pub(super) fn outcome(value: i32) -> Result<CallOutcome, Invalid> {
    match pb::CallOutcome::try_from(value) {
        Ok(pb::CallOutcome::Reached) => Ok(CallOutcome::Reached),
        Ok(pb::CallOutcome::LeftMessage) => Ok(CallOutcome::LeftMessage),
        Ok(pb::CallOutcome::NotReached) => Ok(CallOutcome::NotReached),
        Ok(pb::CallOutcome::Dealt) => Ok(CallOutcome::Dealt),
        _ => Err(Invalid::new("outcome", "must say what came of it")),
    }
}

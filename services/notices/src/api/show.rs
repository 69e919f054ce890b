//! Answers put together.

use dugnad_events::{
    NoticeId,
    notices::{
        Answer, CallOutcome, Channel, Outcome, Policy, Preference, Quiet, Setback, Urgency,
        Withdrawal,
    },
};
use dugnad_proto::notices::v1 as pb;
use jiff::Timestamp;

use crate::model::{Kept, Stage, Standing, State, standing, template};

pub(super) fn policy(policy: &Policy) -> pb::Policy {
    let number = |it: u32| i32::try_from(it).unwrap_or(i32::MAX);
    pb::Policy {
        sender: policy.sender.clone(),
        time_zone: policy.zone.clone(),
        bundle_minutes: number(policy.bundle_minutes),
        daily_limit: number(policy.daily_limit),
        quiet_hours: quiet(policy.quiet),
        reminders: policy.remind_minutes.iter().copied().map(number).collect(),
        duty: policy.duty.iter().map(ToString::to_string).collect(),
        climb_minutes: number(policy.climb_minutes),
        door_code_channels: policy.code_channels().iter().map(|it| channel(*it).into()).collect(),
    }
}

fn quiet(quiet: Option<Quiet>) -> String {
    let time = |it: jiff::civil::Time| it.strftime("%H:%M").to_string();
    quiet.map(|it| format!("{}-{}", time(it.from), time(it.to))).unwrap_or_default()
}

pub(super) fn preference(preference: &Preference) -> pb::Preference {
    pb::Preference {
        channel: preference.channel.map_or(0, |it| channel(it).into()),
        language: template::name(preference.language).to_owned(),
        large_print: preference.large_print,
        quiet_hours: quiet(preference.quiet),
    }
}

fn channel(channel: Channel) -> pb::Channel {
    match channel {
        Channel::Sms => pb::Channel::Sms,
        Channel::Email => pb::Channel::Email,
        Channel::Phone => pb::Channel::Phone,
        Channel::Letter => pb::Channel::Letter,
    }
}

pub(super) fn answer(answer: Answer) -> pb::AnswerKind {
    match answer {
        Answer::Yes => pb::AnswerKind::Yes,
        Answer::No => pb::AnswerKind::No,
        Answer::Later => pb::AnswerKind::Later,
        Answer::Cancel => pb::AnswerKind::Cancel,
        Answer::Seen => pb::AnswerKind::Seen,
    }
}

pub(super) fn answers(answers: &[Answer]) -> Vec<i32> {
    answers.iter().map(|it| answer(*it).into()).collect()
}

pub(super) fn setback(setback: Setback) -> &'static str {
    match setback {
        Setback::Wish => "WISH",
        Setback::NoAddress => "NO_ADDRESS",
        Setback::Unknown => "UNKNOWN_PERSON",
        Setback::Away => "PROVIDER_AWAY",
        Setback::Busy => "PROVIDER_BUSY",
        Setback::Refused => "PROVIDER_REFUSED",
        Setback::NoChannel => "NO_CHANNEL",
        Setback::Undelivered => "UNDELIVERED",
        Setback::TooLate => "TOO_LATE",
        Setback::Limit => "DAILY_LIMIT",
        Setback::NobodyOnDuty => "NOBODY_ON_DUTY",
    }
}

fn withdrawal(why: Withdrawal) -> &'static str {
    match why {
        Withdrawal::Over => "OVER",
        Withdrawal::Superseded => "SUPERSEDED",
        Withdrawal::TooLate => "TOO_LATE",
        Withdrawal::Unreachable => "UNREACHABLE",
        Withdrawal::Erased => "ERASED",
    }
}

pub(super) fn urgency(urgency: Urgency) -> pb::Urgency {
    match urgency {
        Urgency::Alarm => pb::Urgency::Alarm,
        Urgency::Urgent => pb::Urgency::Urgent,
        Urgency::Normal => pb::Urgency::Normal,
        Urgency::Info => pb::Urgency::Info,
    }
}

fn time(at: Timestamp) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() })
}

pub(super) fn notice(state: &State, id: NoticeId, kept: &Kept, now: Timestamp) -> pb::Notice {
    let facts = &kept.facts;
    let (stage, reason) = match kept.stage {
        Stage::Queued => (pb::State::Queued, ""),
        Stage::Sending => (pb::State::Sending, ""),
        Stage::Sent => (pb::State::Sent, ""),
        Stage::Delivered => (pb::State::Delivered, ""),
        Stage::Desk(why) => (pb::State::ByTelephone, setback(why)),
        Stage::Told => (pb::State::Told, ""),
        Stage::Withdrawn(why) => (pb::State::Withdrawn, withdrawal(why)),
    };
    let open = match standing(state, id, now) {
        Ok(Standing::Open(open)) => answers(&open),
        _ => Vec::new(),
    };
    pb::Notice {
        name: id.to_string(),
        to: facts.to.map(|it| it.to_string()).unwrap_or_default(),
        template: facts.template.to_string(),
        about: facts.about.clone(),
        urgency: urgency(facts.urgency).into(),
        state: stage.into(),
        reason: reason.to_owned(),
        create_time: time(facts.at),
        due_time: time(kept.due),
        expire_time: facts.until.and_then(time),
        answer: kept.answer.map_or(0, |(it, _)| answer(it).into()),
        answers: open,
        message: message(state, kept),
        calls: kept.calls.iter().map(call).collect(),
    }
}

fn call(call: &crate::model::Call) -> pb::Call {
    let outcome = match call.outcome {
        CallOutcome::Reached => pb::CallOutcome::Reached,
        CallOutcome::LeftMessage => pb::CallOutcome::LeftMessage,
        CallOutcome::NotReached => pb::CallOutcome::NotReached,
        CallOutcome::Dealt => pb::CallOutcome::Dealt,
    };
    pb::Call { outcome: outcome.into(), by: format!("people/{}", call.by), time: time(call.at) }
}

fn message(state: &State, kept: &Kept) -> Option<pb::Message> {
    let id = kept.message?;
    let message = state.messages.get(&id)?;
    let attempt = |it: &crate::model::Attempt| {
        let outcome = match it.outcome {
            None => "",
            Some(Outcome::Sent { .. }) => "SENT",
            Some(Outcome::Later(why) | Outcome::Never(why)) => setback(why),
        };
        pb::Attempt { time: time(it.at), outcome: outcome.to_owned() }
    };
    Some(pb::Message {
        name: id.to_string(),
        channel: channel(message.channel).into(),
        attempts: message.attempts.iter().map(attempt).collect(),
    })
}

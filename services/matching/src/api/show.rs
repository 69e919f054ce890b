//! What the model says, as clients read it.

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId,
    matching::{Alarm, Closing, Ending, Need as Facts, Party, Policy, Want, Weights, Withdrawal},
    volunteers::{Gender, Location},
};
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use crate::model::{
    Alarmed, Answer, Assignment, Missed, Need, NeedStage, Offer, OpenPlace, Ranked, State, Tally,
    Unmet, WhyNot,
};

pub(super) fn instant(at: Timestamp) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
}

fn interval(span: Interval) -> pb::Interval {
    pb::Interval { start: instant(span.start()), end: instant(span.end()) }
}

fn intervals(spans: &[Interval]) -> Vec<pb::Interval> {
    spans.iter().copied().map(interval).collect()
}

fn count(n: impl TryInto<i32>) -> i32 {
    n.try_into().unwrap_or(i32::MAX)
}

fn minutes(minutes: u32) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: i64::from(minutes) * 60, nanos: 0 })
}

fn words(codes: &[Code]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

fn text(code: Option<&Code>) -> String {
    code.map(ToString::to_string).unwrap_or_default()
}

pub(super) fn kind(code: &Code, policy: &Policy) -> pb::Kind {
    pb::Kind {
        code: code.to_string(),
        role: text(policy.role.as_ref()),
        organisations_first: policy.organisations_first,
        automatic: policy.automatic,
        open: policy.open,
        at_a_time: count(policy.at_a_time),
        answer_within: minutes(policy.answer_minutes),
        confirm_within: minutes(policy.confirm_minutes),
        late_within: minutes(policy.late_hours * 60),
        weights: Some(weights(policy.weights)),
    }
}

fn weights(weights: Weights) -> pb::Weights {
    pb::Weights {
        kilometre: weights.kilometre.into(),
        interest: weights.interest.into(),
        language: weights.language.into(),
        gender: weights.gender.into(),
        before: weights.before.into(),
        load: weights.load.into(),
    }
}

fn want(want: &Want) -> pb::Want {
    let gender = |gender: Gender| match gender {
        Gender::Female => pb::Gender::Female,
        Gender::Male => pb::Gender::Male,
        Gender::Other => pb::Gender::Other,
    };
    pb::Want {
        skills: words(&want.skills),
        languages: words(&want.languages),
        min_age: want.min_age.unwrap_or_default().into(),
        gender: want.gender.map_or(0, |wish| gender(wish.gender).into()),
        strict_gender: want.gender.is_some_and(|wish| wish.strict),
        within_km: want.within_km.unwrap_or_default().into(),
        interests: words(&want.interests),
        rather_languages: words(&want.rather_languages),
        weights: want.weights.map(weights),
    }
}

fn location(at: Location) -> pb::Location {
    pb::Location { latitude: f64::from(at.lat) / 1e6, longitude: f64::from(at.lon) / 1e6 }
}

/// A need as it is when it has just been posted.
pub(super) fn posted(
    id: NeedId,
    facts: &Facts,
    at: Timestamp,
    asking: bool,
    text: String,
) -> pb::Need {
    let place = facts.place.as_ref();
    let slot = |slot: &dugnad_events::matching::Slot| pb::need::Slot {
        windows: intervals(&slot.windows),
        ..Default::default()
    };
    pb::Need {
        name: id.to_string(),
        kind: facts.kind.to_string(),
        receiver: facts.receiver.map(|it| it.to_string()).unwrap_or_default(),
        heads: count(facts.heads),
        area: place.and_then(|place| place.area.as_ref()).map_or_else(String::new, Code::to_string),
        location: place.and_then(|place| place.at).map(location),
        times: Vec::new(),
        lasting: None,
        want: Some(want(&facts.want)),
        about: facts.about.clone(),
        text,
        state: pb::NeedState::Open.into(),
        asking,
        slots: facts.slots.iter().map(slot).collect(),
        tally: Some(pb::need::Tally::default()),
        post_time: instant(at),
        close_reason: String::new(),
    }
}

/// A need as it is, without its text.
pub(super) fn need(state: &State, id: NeedId, need: &Need) -> pb::Need {
    let mut shown = posted(id, &need.facts, need.at, need.asking, String::new());
    for (shown, slot) in shown.slots.iter_mut().zip(&need.slots) {
        shown.filled = count(slot.taken.len());
        shown.waiting = count(slot.waiting.len());
        shown.asked = count(slot.open.len());
    }
    let stage = match need.stage() {
        NeedStage::Open => pb::NeedState::Open,
        NeedStage::Filled => pb::NeedState::Filled,
        NeedStage::Over => pb::NeedState::Over,
        NeedStage::Closed => pb::NeedState::Closed,
    };
    shown.state = stage.into();
    shown.tally = Some(tally(state.tally(need)));
    shown.close_reason = match &need.closed {
        Some(Closing::Asked { reason }) => reason.to_string(),
        Some(Closing::ReceiverErased) => "receiver-erased".to_owned(),
        None => String::new(),
    };
    shown
}

fn tally(tally: Tally) -> pb::need::Tally {
    pb::need::Tally {
        asked: count(tally.asked),
        organisations: count(tally.organisations),
        yes: count(tally.yes),
        no: count(tally.no),
        not_answered: count(tally.unanswered),
        open: count(tally.open),
        withdrawn: count(tally.withdrawn),
        waiting: count(tally.waiting),
    }
}

fn exclusion(rule: &WhyNot) -> pb::Exclusion {
    pb::Exclusion { rule: rule.reason().to_owned(), text: rule.to_string(), firm: rule.is_firm() }
}

pub(super) fn candidate(ranked: &Ranked) -> pb::Candidate {
    let reason = |reason: &crate::model::Reason| pb::Reason {
        name: reason.name.to_owned(),
        points: count(reason.points),
        text: reason.text.clone(),
    };
    pb::Candidate {
        person: ranked.person.to_string(),
        score: count(ranked.score),
        reasons: ranked.reasons.iter().map(reason).collect(),
        exclusions: Vec::new(),
    }
}

pub(super) fn missed(missed: &Missed) -> pb::Candidate {
    pb::Candidate {
        person: missed.person.to_string(),
        exclusions: missed.rules.iter().map(exclusion).collect(),
        ..Default::default()
    }
}

pub(super) fn offer(state: &State, id: OfferId, offer: &Offer) -> pb::Offer {
    let (shown, reason) = match &offer.state {
        Answer::Open => (pb::OfferState::Open, String::new()),
        Answer::Accepted => (pb::OfferState::Accepted, String::new()),
        Answer::Waiting(_) => (pb::OfferState::Waiting, String::new()),
        Answer::Declined(reason) => (pb::OfferState::Declined, reason.to_string()),
        Answer::Expired => (pb::OfferState::Expired, String::new()),
        Answer::Withdrawn(Withdrawal::Filled) => (pb::OfferState::Filled, String::new()),
        Answer::Withdrawn(why) => (pb::OfferState::Withdrawn, withdrawal(why)),
    };
    let to = match offer.to {
        Party::Person(person) if state.people.is_erased(person) => String::new(),
        Party::Person(person) => person.to_string(),
        Party::Organisation(organisation) => organisation.to_string(),
    };
    let (kind, windows) = time_of(state, offer.need, offer.slot);
    pb::Offer {
        name: id.to_string(),
        need: offer.need.to_string(),
        slot: count(offer.slot),
        to,
        state: shown.into(),
        waited: offer.waited,
        offer_time: instant(offer.at),
        expire_time: instant(offer.expires),
        reason,
        kind,
        windows,
    }
}

fn withdrawal(why: &Withdrawal) -> String {
    match why {
        Withdrawal::Filled => "FILLED".to_owned(),
        Withdrawal::Closed => "CLOSED".to_owned(),
        Withdrawal::Busy => "BUSY".to_owned(),
        Withdrawal::Retracted => "RETRACTED".to_owned(),
        Withdrawal::Rule(rule) => rule.clone(),
    }
}

fn time_of(state: &State, need: NeedId, slot: u32) -> (String, Vec<pb::Interval>) {
    let Some(need) = state.needs.get(&need) else { return Default::default() };
    let windows = need.facts.slots.get(slot as usize);
    let windows = windows.map(|slot| intervals(&slot.windows)).unwrap_or_default();
    (need.facts.kind.to_string(), windows)
}

pub(super) fn assignment(state: &State, id: AssignmentId, it: &Assignment) -> pb::Assignment {
    let (shown, reason) = match &it.ended {
        None => (pb::AssignmentState::Confirmed, String::new()),
        Some(Ending::Cancelled { reason, .. }) => {
            (pb::AssignmentState::Cancelled, reason.to_string())
        }
        Some(Ending::Closed) => (pb::AssignmentState::Closed, String::new()),
        Some(Ending::Rule(rule)) => (pb::AssignmentState::Broken, rule.clone()),
    };
    let (kind, windows) = time_of(state, it.need, it.slot);
    let name = |person: PersonId| person.to_string();
    pb::Assignment {
        name: id.to_string(),
        need: it.need.to_string(),
        slot: count(it.slot),
        person: it.person.map(name).unwrap_or_default(),
        state: shown.into(),
        reason,
        assign_time: instant(it.at),
        kind,
        windows,
        plan: it.plan.map(|plan| plan.to_string()).unwrap_or_default(),
    }
}

pub(super) fn place(place: &OpenPlace) -> pb::OpenPlace {
    pb::OpenPlace {
        need: place.need.to_string(),
        slot: count(place.slot),
        kind: place.kind.to_string(),
        area: text(place.area.as_ref()),
        windows: intervals(&place.windows),
        offer: place.offer.map(|offer| offer.to_string()).unwrap_or_default(),
    }
}

pub(super) fn alarm(alarm: &Alarmed) -> pb::Alarm {
    let reason = match &alarm.why {
        Alarm::LateCancellation => "LATE_CANCELLATION".to_owned(),
        Alarm::Broken(rule) => rule.clone(),
    };
    pb::Alarm {
        needs: alarm.needs.iter().map(ToString::to_string).collect(),
        reason,
        alarm_time: instant(alarm.at),
        day: alarm.day.map(|day| day.to_string()).unwrap_or_default(),
    }
}

pub(super) fn unmet(unmet: Unmet) -> pb::GetUnmetNeedsResponse {
    let row = |row: crate::model::UnmetRow| pb::get_unmet_needs_response::Row {
        kind: row.kind,
        area: row.area,
        week: row.week,
        wanted: count(row.wanted),
        filled: count(row.filled),
        empty: count(row.empty),
    };
    pb::GetUnmetNeedsResponse {
        rows: unmet.rows.into_iter().map(row).collect(),
        asked: count(unmet.asked),
        organisations_first: count(unmet.organisations_first),
    }
}

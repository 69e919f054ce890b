//! Seasons, as clients read them.

use dugnad_door::local;
use dugnad_events::{
    SeasonRoundId,
    rooms::{SeasonFigures, SeasonQuota, SeasonSlot},
};
use dugnad_proto::rooms::v1 as pb;
use jiff::Timestamp;

use crate::{
    api::{hours, show},
    model::{Grant, Round, SeasonApplied, Stage, State, Unmet},
};

pub(super) fn round(state: &State, round: &Round, now: Timestamp, slots: bool) -> pb::SeasonRound {
    let facts = &round.facts;
    let shown = (0..).zip(&facts.slots).take(if slots { facts.slots.len() } else { 0 });
    pb::SeasonRound {
        name: round.id.to_string(),
        display_name: facts.name.clone(),
        application_period: Some(pb::Interval {
            start: Some(show::timestamp(facts.opens)),
            end: Some(show::timestamp(facts.closes)),
        }),
        first_date: facts.first.to_string(),
        last_date: facts.last.to_string(),
        slots: shown.map(|(n, it)| slot(state, round.id, n, it)).collect(),
        left_out_dates: facts.left_out.iter().map(ToString::to_string).collect(),
        quotas: facts.quotas.iter().map(quota).collect(),
        bars_direct_booking: facts.bars_direct,
        state: stage(round.stage(now)).into(),
        figures: round.draft.as_ref().map(|draft| figures(draft.figures)),
    }
}

fn stage(stage: Stage) -> pb::SeasonRoundState {
    match stage {
        Stage::Upcoming => pb::SeasonRoundState::Upcoming,
        Stage::Open => pb::SeasonRoundState::Open,
        Stage::Closed => pb::SeasonRoundState::Closed,
        Stage::Allocated => pb::SeasonRoundState::Allocated,
        Stage::Publishing => pb::SeasonRoundState::Publishing,
        Stage::Published => pb::SeasonRoundState::Published,
    }
}

fn slot(state: &State, round: SeasonRoundId, number: u32, slot: &SeasonSlot) -> pb::SeasonSlot {
    let room = state.room_name(slot.room).map(|room| room.to_string());
    pb::SeasonSlot {
        name: slot_name(round, number),
        room: room.unwrap_or_default(),
        weekday: i32::from(slot.weekday) + 1,
        hours: Some(hours::show_minutes(slot.start, slot.start + slot.minutes)),
    }
}

fn slot_name(round: SeasonRoundId, number: u32) -> String {
    format!("{round}/slots/{number}")
}

fn quota(quota: &SeasonQuota) -> pb::SeasonQuota {
    pb::SeasonQuota {
        applicant_kind: show::code(quota.applicant.clone()),
        slots: show::count(quota.slots.into()),
    }
}

pub(super) fn figures(figures: SeasonFigures) -> pb::SeasonFigures {
    let SeasonFigures { slots, granted, applications, wishes, cost, bound } = figures;
    let gap = match cost.saturating_sub(bound) {
        0 => 0.0,
        less => less as f64 / cost.unsigned_abs().max(1) as f64,
    };
    pb::SeasonFigures { slots, granted, applications, wishes, cost, bound, gap }
}

pub(super) fn application(applied: SeasonApplied, details: show::Shown) -> pb::SeasonApplication {
    let (purpose, contact) = show::details(details);
    let facts = applied.facts;
    let wish = |wish: &dugnad_events::rooms::SeasonWish| pb::SeasonWish {
        slot: slot_name(applied.round, wish.slot),
        second: wish.second,
    };
    pb::SeasonApplication {
        name: applied.id.to_string(),
        persons: show::count(facts.persons.into()),
        age_group: show::code(facts.age_group),
        times_a_week: show::count(facts.times.into()),
        duration: show::minutes(facts.minutes),
        wishes: facts.wishes.iter().map(wish).collect(),
        application: Some(show::application(facts.says)),
        purpose,
        contact,
        withdrawn: applied.withdrawn,
    }
}

pub(super) fn grant(state: &State, round: &Round, slot: u32, grant: &Grant) -> pb::SeasonGrant {
    let applied = state.season_application(grant.application);
    let wishes = applied.map(|applied| applied.facts.wishes.as_slice()).unwrap_or_default();
    let place = wishes.iter().position(|wish| wish.slot == slot);
    let outcome = grant.outcome.as_ref();
    let skipped = outcome.map(|outcome| outcome.skipped.as_slice()).unwrap_or_default();
    let skipped = skipped.iter().map(|date| pb::SkippedDate {
        start: local::show(date.start),
        reason: date.reason.clone(),
        message: date.message.clone(),
    });
    pb::SeasonGrant {
        slot: slot_name(round.id, slot),
        application: grant.application.to_string(),
        organisation: organisation(applied),
        pinned: grant.pinned,
        place: place.map_or(0, |place| show::count(place as u64 + 1)),
        published: outcome.is_some(),
        series: outcome.and_then(|it| it.series).map(|it| it.to_string()).unwrap_or_default(),
        skipped: skipped.collect(),
    }
}

fn organisation(applied: Option<&SeasonApplied>) -> String {
    let organisation = applied.and_then(SeasonApplied::organisation);
    organisation.map(|it| it.to_string()).unwrap_or_default()
}

pub(super) fn unmet(state: &State, round: SeasonRoundId, unmet: &Unmet) -> pb::UnmetWish {
    let by = unmet.why.by().and_then(|id| state.season_application(id));
    pb::UnmetWish {
        application: unmet.application.to_string(),
        slot: slot_name(round, unmet.slot),
        place: show::count(unmet.place.into()),
        reason: unmet.why.reason().to_owned(),
        by_organisation: organisation(by),
    }
}

//! One of each event of season allocation.

use dugnad_events::{
    RoomId, SeasonApplicationId, SeasonRoundId, SeriesId,
    rooms::{
        SeasonApplication, SeasonEvent, SeasonFigures, SeasonGrant, SeasonQuota, SeasonRound,
        SeasonSlot, SeasonWish, Skipped,
    },
};

use super::{super::id, code, details, terms};

pub(super) fn samples() -> Vec<(&'static str, SeasonEvent)> {
    let (round, application) = (SeasonRoundId(id(20)), SeasonApplicationId(id(21)));
    let figures = SeasonFigures {
        slots: 2,
        granted: 1,
        applications: 1,
        wishes: 2,
        cost: 100_010,
        bound: 100_000,
    };
    let grant = SeasonGrant { slot: 1, application, pinned: true };
    let set = |application| SeasonEvent::GrantSet {
        round,
        revision: 2,
        slot: 1,
        application,
        pinned: true,
    };
    let skipped = vec![Skipped {
        start: "2027-02-16T18:00".parse().unwrap(),
        reason: "TAKEN".to_owned(),
        message: "taken".to_owned(),
    }];
    let series = Some(SeriesId(id(6)));
    vec![
        ("round_set", SeasonEvent::RoundSet { round, facts: Box::new(facts()) }),
        ("applied", applied(round, application)),
        ("withdrawn", SeasonEvent::Withdrawn { application }),
        ("allocated", SeasonEvent::Allocated { round, revision: 1, figures, grants: vec![grant] }),
        ("grant_set", set(Some(application))),
        ("grant_set_to_nobody", set(None)),
        ("grant_published", SeasonEvent::GrantPublished { round, slot: 1, series, skipped }),
        ("published", SeasonEvent::Published { round }),
    ]
}

fn facts() -> SeasonRound {
    let slot = |weekday| SeasonSlot { room: RoomId(id(3)), weekday, start: 1080, minutes: 90 };
    SeasonRound {
        name: "Høsten 2027".to_owned(),
        opens: "2027-03-01T08:00:00Z".parse().unwrap(),
        closes: "2027-04-01T08:00:00Z".parse().unwrap(),
        first: "2027-08-16".parse().unwrap(),
        last: "2027-12-19".parse().unwrap(),
        slots: vec![slot(0), slot(2)],
        left_out: vec!["2027-10-04".parse().unwrap()],
        quotas: vec![SeasonQuota { applicant: Some(code("private")), slots: 2 }],
        bars_direct: true,
    }
}

fn applied(round: SeasonRoundId, application: SeasonApplicationId) -> SeasonEvent {
    let wish = |slot, second| SeasonWish { slot, second };
    let facts = SeasonApplication {
        says: terms().application,
        persons: 18,
        age_group: Some(code("under-12")),
        times: 2,
        minutes: 60,
        wishes: vec![wish(1, false), wish(0, true)],
    };
    SeasonEvent::Applied {
        application,
        round,
        by: id(7),
        facts: Box::new(facts),
        details: details(),
    }
}

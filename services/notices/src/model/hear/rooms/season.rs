//! Season allocation: what an applicant got, and what could not be had.

use std::collections::BTreeMap;

use dugnad_events::{
    SeasonApplicationId, SeasonRoundId,
    notices::{Fact, Matter, Urgency, What, Whose, Withdrawal},
    rooms::SeasonEvent,
};
use dugnad_vault::PersonId;

use super::super::{Steps, Telling, of};

/// The most dates that one notice names.
const MOST_DATES: usize = 10;

pub(super) fn hear(steps: &mut Steps<'_>, event: &SeasonEvent) {
    match event {
        SeasonEvent::RoundSet { round, facts } => {
            steps.fact(Fact::SeasonRound { round: *round, name: facts.name.clone() });
        }
        SeasonEvent::Applied { application, round, by, .. } => {
            let matter = Matter {
                whose: Whose::Person(PersonId(*by)),
                what: Some(What::Named(round.to_string())),
                span: None,
                own: true,
                remind: false,
                at: steps.cx.now,
                of: Some(round.to_string()),
            };
            steps.matter(application, matter);
        }
        SeasonEvent::Withdrawn { application } => {
            steps.over(application);
        }
        SeasonEvent::Allocated { round, grants, .. } => {
            let slots = grants.iter().map(|it| (it.slot, Some(it.application))).collect();
            steps.fact(Fact::SeasonGrants { round: *round, all: true, slots });
        }
        SeasonEvent::GrantSet { round, slot, application, .. } => {
            let slots = vec![(*slot, *application)];
            steps.fact(Fact::SeasonGrants { round: *round, all: false, slots });
        }
        SeasonEvent::GrantPublished { round, slot, series, skipped } => {
            // It is told with all that they got.
            if let Some(series) = series {
                steps.void(series, Withdrawal::Superseded);
            }
            let (round, slot, booked) = (*round, *slot, series.is_some());
            let skipped = skipped.iter().take(MOST_DATES).map(|it| it.start).collect();
            steps.fact(Fact::SeasonSlot { round, slot, booked, skipped });
        }
        SeasonEvent::Published { round } => published(steps, *round),
    }
}

/// Each applicant hears once what they got of what they asked for.
fn published(steps: &mut Steps<'_>, round: SeasonRoundId) {
    let slots = steps.state.known.rounds.get(&round).map(|it| it.slots.clone()).unwrap_or_default();
    for name in steps.state.parts.get(&round.to_string()).cloned().unwrap_or_default() {
        let Ok(application) = name.parse::<SeasonApplicationId>() else { continue };
        let Some(applied) = steps.over(application) else { continue };
        let theirs = || slots.values().filter(|it| it.application == Some(application));
        let got = theirs().filter(|it| it.booked).count();
        let skipped: Vec<_> = theirs().flat_map(|it| &it.skipped).collect();
        let template = match (got, skipped.is_empty()) {
            (0, _) => "season-refused",
            (_, true) => "season-granted",
            (_, false) => "season-granted-partly",
        };
        let dates = skipped.iter().take(MOST_DATES).map(ToString::to_string);
        let dates = dates.collect::<Vec<_>>().join(" ");
        let more: BTreeMap<_, _> =
            [("dates".to_owned(), dates), ("count".to_owned(), got.to_string())].into();
        let telling = of(application, &applied, template);
        steps.tell(applied.whose, Telling { more, urgency: Urgency::Normal, ..telling });
    }
    // Its name is still to be said.
    steps.fact(Fact::SeasonGrants { round, all: true, slots: Vec::new() });
}

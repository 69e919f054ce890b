//! Writing a round: what is let, when, and to whom.

use dugnad_events::{
    SeasonRoundId,
    rooms::{Event, SeasonEvent, SeasonRound, SeasonSlot},
};
use dugnad_ledger::Context;

use super::{
    super::{Name, Refusal as Refused, State, room::Room},
    MOST_SLOTS, Refusal, Stage, event,
};

/// The most rounds of one municipality.
pub const MOST_ROUNDS: usize = 500;
/// The longest season.
pub const LONGEST_SEASON_DAYS: i32 = 400;

pub(super) fn set(
    state: &State,
    cx: &Context,
    id: Option<SeasonRoundId>,
    facts: Box<SeasonRound>,
) -> Result<Vec<Event>, Refused> {
    if let Some(id) = id {
        let known = state.existing_round(id)?;
        if known.stage(cx.now) != Stage::Upcoming {
            return Err(Refusal::HasOpened(id).into());
        }
        if known.facts == *facts {
            return Ok(Vec::new());
        }
    } else if state.seasons.order.len() >= MOST_ROUNDS {
        return Err(Refused::TooMany { what: "season rounds", limit: MOST_ROUNDS });
    }
    in_order(&facts)?;
    apart(state, &facts.slots)?;
    let round = id.unwrap_or_else(|| SeasonRoundId(cx.id(0)));
    Ok(vec![event(SeasonEvent::RoundSet { round, facts })])
}

fn in_order(facts: &SeasonRound) -> Result<(), Refused> {
    let invalid = |field, problem: &str| Err(Refused::Invalid { field, problem: problem.into() });
    if facts.closes <= facts.opens {
        return invalid("round.application_period", "must end after it begins");
    }
    if !(0..LONGEST_SEASON_DAYS)
        .contains(&facts.last.since(facts.first).map_or(-1, |it| it.get_days()))
    {
        return invalid("round.last_date", "must be from the first date to 400 days after it");
    }
    if facts.slots.is_empty() || facts.slots.len() > MOST_SLOTS {
        return invalid("round.slots", "must have 1 to 4000 items");
    }
    Ok(())
}

/// So that slots can be given away one by one. `O(n log n)` and the pairs of one weekday that meet.
fn apart(state: &State, slots: &[SeasonSlot]) -> Result<(), Refused> {
    let mut claims: Vec<(i64, i64, usize, &Room)> = Vec::with_capacity(slots.len());
    for (n, slot) in slots.iter().enumerate() {
        let room = state.rooms.get(slot.room).ok_or(Refused::NotFound(Name::RoomId(slot.room)))?;
        let (before, after) = room.buffers();
        let start = (i64::from(slot.weekday) * 1440 + i64::from(slot.start)) * 60;
        claims.push((start - before, start + i64::from(slot.minutes) * 60 + after, n, room));
    }
    claims.sort_by_key(|(start, _, n, _)| (*start, *n));
    for (at, (_, end, one, room)) in claims.iter().enumerate() {
        let meeting = claims[at + 1..].iter().take_while(|other| other.0 < *end);
        for (_, _, other, beside) in meeting {
            let ix = state.rooms.find(beside.name.room);
            if ix.is_some_and(|ix| room.relatives.contains(&ix)) {
                let (one, other) = (*one.min(other), *one.max(other));
                return Err(Refusal::SlotsOverlap { one, other }.into());
            }
        }
    }
    Ok(())
}

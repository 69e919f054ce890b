//! What is looked for in the catalogue, as the request says it.

use dugnad_calendar::Interval;
use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::activities::Organiser;
use dugnad_proto::activities::v1 as pb;
use jiff::SignedDuration;

use super::{code_if_any, organiser};
use crate::model::{Filter, Stage};

const LONGEST_WORDS: usize = 200;
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(400 * 24);
/// In the filter, whoever else is meant by the empty text.
const MUNICIPALITY: &str = "municipality";

pub(in super::super) fn filter(request: &pb::SearchOccurrencesRequest) -> Result<Filter, Invalid> {
    let span = |it: &pb::Interval| -> Result<Interval, Invalid> {
        field::interval(it.start.as_ref(), it.end.as_ref(), LONGEST_SPAN).within("interval")
    };
    let text = field::text("text", &request.text, LONGEST_WORDS)?.to_lowercase();
    Ok(Filter {
        span: request.interval.as_ref().map(span).transpose()?,
        words: text.split_whitespace().map(str::to_owned).collect(),
        topic: code_if_any("topic", &request.topic)?,
        audience: code_if_any("audience", &request.audience)?,
        area: code_if_any("area", &request.area)?,
        organiser: match request.organiser.as_str() {
            "" => None,
            MUNICIPALITY => Some(Organiser::Municipality),
            name => Some(organiser("organiser", name)?),
        },
        stages: stages(&request.states)?,
        with_places: request.with_places,
        seen_by: None,
    })
}

fn stages(states: &[i32]) -> Result<Vec<Stage>, Invalid> {
    use pb::OccurrenceState as State;
    let stage = |(at, state): (usize, &i32)| match State::try_from(*state) {
        Ok(State::Draft) => Ok(Stage::Draft),
        Ok(State::Arranging) => Ok(Stage::Arranging),
        Ok(State::Confirmed) => Ok(Stage::Confirmed),
        Ok(State::UnderWay) => Ok(Stage::UnderWay),
        Ok(State::Held) => Ok(Stage::Held),
        Ok(State::Cancelled) => Ok(Stage::Cancelled),
        Ok(State::Unspecified) | Err(_) => {
            Err(Invalid::new("", "must be one of the known values")).within_item("states", at)
        }
    };
    field::at_most("states", states, 10)?.iter().enumerate().map(stage).collect()
}

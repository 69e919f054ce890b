//! Bookings as they change, from a position on, each change once.
//!
//! A position is `<commit>.<index>`: the commit's number, and the event's place among all events of
//! the commit, whoever asked for them. It means the same for every filter, so a watcher may resume
//! in the middle of a commit, and with another filter.

use std::{collections::VecDeque, fmt, str::FromStr};

use dugnad_door::{Call, Problem, field, status};
use dugnad_events::{RoomId, rooms::Event};
use dugnad_ledger::{Change, Error};
use dugnad_proto::rooms::v1 as pb;
use futures::{StreamExt as _, stream::BoxStream};
use tonic::{Code, Status};

use super::{Api, changed};
use crate::model::{BookingView, Refusal, State};

/// One event's place in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    commit: u64,
    index: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.commit, self.index)
    }
}

impl FromStr for Position {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = |text: &str| {
            let (commit, index) = text.split_once('.')?;
            Some(Self { commit: commit.parse().ok()?, index: index.parse().ok()? })
        };
        read(text).ok_or("must be the position of an earlier answer, or empty")
    }
}

/// Numbers the events of a commit, which arrives as several changes: one for each who asked.
#[derive(Debug, Default)]
struct Counter(Option<Position>);

impl Counter {
    fn next(&mut self, commit: u64) -> Position {
        let index = match self.0 {
            Some(last) if last.commit == commit => last.index + 1,
            _ => 0,
        };
        *self.0.insert(Position { commit, index })
    }
}

/// Changes that are looked up at once when many are there.
const AT_ONCE: usize = 256;

type Changes = BoxStream<'static, Vec<Result<Change<Event>, Error<Refusal>>>>;

struct Watch {
    api: Api,
    call: Call,
    changes: Changes,
    room: Option<RoomId>,
    after: Option<Position>,
    counter: Counter,
    ready: VecDeque<(Position, BookingView)>,
}

/// Every change after the position that the request names.
pub(super) async fn changes(
    api: Api,
    call: Call,
    request: &pb::WatchBookingsRequest,
) -> Result<BoxStream<'static, Result<pb::WatchBookingsResponse, Status>>, Status> {
    let after = match request.after_position.as_str() {
        "" => None,
        text => Some(field::name::<Position>("after_position", text)?),
    };
    let room = match request.room.as_str() {
        "" => None,
        name => Some(field::name::<dugnad_events::RoomName>("room", name)?.room),
    };
    if let Some(position) = after {
        let last = api.desk.ledger.last(&call.caller.tenant).await;
        not_past_the_end(position, last.map_err(|error| status(&error))?)?;
    }
    // The commit of the position once more, from its start: it may hold changes after it.
    let from = after.map(|position| position.commit.saturating_sub(1));
    let changes = api.desk.ledger.watch(&call.caller.tenant, from).await;
    let changes = changes.map_err(|error| status(&error))?.ready_chunks(AT_ONCE).boxed();
    let (counter, ready) = (Counter::default(), VecDeque::new());
    let watch = Watch { api, call, changes, room, after, counter, ready };
    Ok(futures::stream::try_unfold(watch, Watch::next).boxed())
}

/// A position that is not there yet is of a history that is gone: a backup was restored since.
fn not_past_the_end(position: Position, last: u64) -> Result<(), Problem> {
    if position.commit <= last {
        return Ok(());
    }
    let message = format!(
        "the history ends at {last}, before {position}: an older copy of it was restored. Look at \
         everything anew, and watch from there"
    );
    Err(Problem { code: Code::OutOfRange, reason: "PAST_THE_END", message })
}

impl Watch {
    async fn next(mut self) -> Result<Option<(pb::WatchBookingsResponse, Self)>, Status> {
        loop {
            if let Some((position, booking)) = self.ready.pop_front() {
                let booking = self.api.booking_for(&self.call, booking).await?;
                let position = position.to_string();
                let message = pb::WatchBookingsResponse { booking: Some(booking), position };
                return Ok(Some((message, self)));
            }
            let Some(changes) = self.changes.next().await else { return Ok(None) };
            self.take(changes).await?;
        }
    }

    async fn take(
        &mut self,
        changes: Vec<Result<Change<Event>, Error<Refusal>>>,
    ) -> Result<(), Status> {
        let mut new = Vec::new();
        for change in changes {
            let change = change.map_err(|error| status(&error))?;
            for event in change.events.iter() {
                let position = self.counter.next(change.position);
                let is_new = self.after.is_none_or(|after| position > after);
                if is_new && changed::is_of_booking(event) {
                    new.push((position, event.clone()));
                }
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        // One look, however many changes there are.
        let room = self.room;
        let look = move |state: &State, _| {
            let bookings = new.iter().filter_map(|(position, event)| {
                let booking = changed::after(state, event)?;
                concerns(room, event, &booking).then_some((*position, booking))
            });
            bookings.collect()
        };
        self.ready = self.api.desk.look(&self.call, look).await?;
        Ok(())
    }
}

/// Whether a watcher of `room` must hear of it: also when the booking has just left the room.
fn concerns(room: Option<RoomId>, event: &Event, booking: &BookingView) -> bool {
    let Some(room) = room else { return true };
    let left = matches!(event, Event::Moved { from, .. } if *from == room);
    left || booking.room.room == room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_and_nothing_else_does() {
        let position = Position { commit: 7, index: 2 };

        assert_eq!(position.to_string().parse(), Ok(position));
        for text in ["", "7", "7.", ".2", "7.2.1", "7.-1", "-7.2", "x.y", "99999999999999999999.0"]
        {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_position_past_the_end_is_refused_and_not_waited_for() {
        let position = Position { commit: 7, index: 2 };

        assert_eq!(not_past_the_end(position, 7), Ok(()));
        let refused = not_past_the_end(position, 6).unwrap_err();
        assert_eq!((refused.code, refused.reason), (Code::OutOfRange, "PAST_THE_END"));
    }

    #[test]
    fn events_are_numbered_through_all_changes_of_a_commit() {
        let mut counter = Counter::default();

        let positions: Vec<_> =
            [7, 7, 7, 8, 10, 10].map(|commit| counter.next(commit).to_string()).into();

        assert_eq!(positions, ["7.0", "7.1", "7.2", "8.0", "10.0", "10.1"]);
    }
}

//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::Rule;
use tonic::Code;

use crate::model::Refusal;

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::Stale { .. } => Code::Aborted,
            Self::Invalid { .. } => Code::InvalidArgument,
            _ => Code::FailedPrecondition,
        }
    }

    fn reason(&self) -> &'static str {
        Self::reason(self)
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    fn metadata(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotFound(name) => vec![("name", name.to_string())],
            Self::Stale { booking, revision } => {
                vec![("booking", booking.to_string()), ("etag", revision.to_string())]
            }
            Self::Invalid { field, .. } => vec![("field", (*field).to_owned())],
            Self::Taken { room, by, until } => vec![
                ("room", room.to_string()),
                ("by", by.to_string()),
                ("until", until.to_string()),
            ],
            Self::Closed(closed) => vec![("date", closed.date.to_string())],
            Self::Past { start } => vec![("start", start.to_string())],
            Self::TooFarAhead { until } => vec![("until", until.to_string())],
            Self::TooLong { days } => vec![("days", days.to_string())],
            Self::Over { booking, since } => {
                vec![("booking", booking.to_string()), ("since", since.to_string())]
            }
            Self::Cancelled(booking) => vec![("booking", booking.to_string())],
            Self::PersonErased(person) => vec![("person", person.to_string())],
            Self::SeriesClash { dates } => vec![("dates", dates.len().to_string())],
            Self::NoSuchLocalTime { start } => vec![("start", start.to_string())],
            Self::TooMany { what, limit } => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string())]
            }
        }
    }
}

//! Feeds that calendar programs fetch, and events that came from a calendar file.

use dugnad_vault::PersonId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{BookingId, FeedId, OrganisationId, RoomId, SeriesId};

/// What happened to feeds and imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CalendarEvent {
    /// Somebody got an address for a calendar.
    FeedMade {
        /// Its id.
        feed: FeedId,
        /// Whose bookings it shows.
        of: FeedOf,
        /// Its token's hash: who reads the journal cannot read the feed.
        token: TokenHash,
        /// Who made it: it shows what they may see.
        by: Uuid,
    },
    /// An address leads nowhere any more.
    FeedRevoked {
        /// Which.
        feed: FeedId,
    },
    /// An event of a calendar file was taken; the event of what it became comes just before.
    Imported {
        /// What the file calls it.
        entry: EntryKey,
        /// The file's count of its changes.
        sequence: u32,
        /// What it became.
        became: Became,
    },
}

/// Whose bookings a feed shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FeedOf {
    /// Of a room, its parts and the wholes it belongs to.
    Room(RoomId),
    /// Made for an organisation.
    Organisation(OrganisationId),
    /// Made by a person, or with them as whom to reach.
    Person(PersonId),
}

/// BLAKE3 of a feed's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(#[serde(with = "serde_bytes")] pub [u8; 32]);

/// A keyed digest of a room, a UID and a `RECURRENCE-ID`: a UID may be an address of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryKey(pub Uuid);

/// What an event of a calendar file became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Became {
    /// A booking, or a request for one.
    Booking(BookingId),
    /// A series.
    Series(SeriesId),
}

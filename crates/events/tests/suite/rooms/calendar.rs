//! One of each event of calendars.

use dugnad_events::{
    BookingId, FeedId, OrganisationId, RoomId, SeriesId,
    rooms::{Became, CalendarEvent, EntryKey, FeedOf, TokenHash},
};
use dugnad_vault::PersonId;

use crate::id;

pub(super) fn samples() -> Vec<(&'static str, CalendarEvent)> {
    let (feed, token, by) = (FeedId(id(20)), TokenHash([7; 32]), id(7));
    let made = |of| CalendarEvent::FeedMade { feed, of, token, by };
    let imported =
        |became| CalendarEvent::Imported { entry: EntryKey(id(21)), sequence: 2, became };
    vec![
        ("feed_made", made(FeedOf::Room(RoomId(id(3))))),
        ("feed_made_of_an_organisation", made(FeedOf::Organisation(OrganisationId(id(8))))),
        ("feed_made_of_a_person", made(FeedOf::Person(PersonId(id(1))))),
        ("feed_revoked", CalendarEvent::FeedRevoked { feed }),
        ("imported", imported(Became::Booking(BookingId(id(5))))),
        ("imported_as_a_series", imported(Became::Series(SeriesId(id(6))))),
    ]
}

//! Which bookings there are: those of a room with its parts and wholes, by start, a page at a time.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    BookingFilter, BookingKey, BookingView, Page, State,
    booking::{Booking, LONGEST_BOOKING_DAYS},
    register::Ix,
    room::Room,
};

/// Bookings by start, then age.
type Place = (i64, Ix<Booking>);

impl State {
    /// By start, then age, after the one given (none, if there is no such); `None`: no such room.
    /// `O((size + relatives) log n)` and the cancelled ones that start within the longest booking
    /// before the span.
    pub fn bookings(
        &self,
        filter: &BookingFilter,
        after: Option<BookingKey>,
        size: usize,
    ) -> Option<Page<BookingView, BookingKey>> {
        let (_, room) = self.existing_room(filter.room).ok()?;
        let after = match after.map(|key| (key.start.as_second(), self.bookings.find(key.booking)))
        {
            None => None,
            Some((start, Some(ix))) => Some((start, ix)),
            Some((_, None)) => return Some(Page::empty()),
        };
        let touching = self
            .by_start(room, filter, after)
            .filter(|place| after.is_none_or(|after| *place > after))
            .map(|(_, ix)| &self.bookings[ix])
            .filter(|booking| booking.span.overlaps(&filter.span))
            .map(|booking| self.booking_view(booking));
        Some(Page::of(touching, size, |booking| BookingKey {
            start: booking.span.start(),
            booking: booking.id,
        }))
    }

    /// All that may match, merged from what each relative keeps in order.
    fn by_start<'a>(
        &'a self,
        room: &'a Room,
        filter: &BookingFilter,
        after: Option<Place>,
    ) -> impl Iterator<Item = Place> + 'a {
        let (start, end) = (filter.span.start().as_second(), filter.span.end().as_second());
        let from = after.map_or(start, |(last, _)| last.clamp(start, end));
        let cancelled_from = after.map_or(start - LONGEST_BOOKING_DAYS * 86_400, |(last, _)| last);
        let cancelled_to = if filter.cancelled { end } else { cancelled_from };
        let sources = room.relatives.iter().flat_map(move |ix| {
            let occupancy = &self.rooms[*ix].occupancy;
            let live = occupancy.overlapping(from..end).map(|claim| self.place(claim.by));
            let cancelled = occupancy.cancelled(cancelled_from..cancelled_to.max(cancelled_from));
            let both: [Box<dyn Iterator<Item = Place>>; 2] = [Box::new(live), Box::new(cancelled)];
            both
        });
        merged(sources.collect())
    }

    fn place(&self, ix: Ix<Booking>) -> Place {
        (self.bookings[ix].span.start().as_second(), ix)
    }
}

/// One order out of many.
fn merged<'a>(
    mut sources: Vec<Box<dyn Iterator<Item = Place> + 'a>>,
) -> impl Iterator<Item = Place> + 'a {
    let mut heads: BinaryHeap<Reverse<(Place, usize)>> = sources
        .iter_mut()
        .enumerate()
        .filter_map(|(n, source)| Some(Reverse((source.next()?, n))))
        .collect();
    std::iter::from_fn(move || {
        let Reverse((place, n)) = heads.pop()?;
        heads.extend(sources[n].next().map(|next| Reverse((next, n))));
        Some(place)
    })
}

//! A week as people read it: a line a room, a block a booking, an hour every five columns.

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Style};
use dugnad_proto::rooms::v1::Booking;
use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::{plan::Week, town::Town};

const OPENS: i64 = 8;
const CLOSES: i64 = 23;
const HOUR: i64 = 5;
const LABEL: usize = 17;

/// A booking as it is drawn.
struct Block<'a> {
    room: &'a str,
    what: &'a str,
    weekly: bool,
    /// Columns.
    from: usize,
    to: usize,
}

/// Every day of the week that has a booking, at most 100 columns wide.
pub(super) fn draw(week: &Week, town: &Town, bookings: &[Booking]) -> String {
    let mut text = String::new();
    for day in 0..7 {
        let date = week.monday + day.days();
        let blocks: Vec<_> =
            bookings.iter().filter_map(|booking| block(week, town, date, booking)).collect();
        if !blocks.is_empty() {
            text += &draw_day(town, date, &blocks);
        }
    }
    text
}

fn draw_day(town: &Town, date: Date, blocks: &[Block<'_>]) -> String {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let title = date.strftime("%a %-d %b").to_string();
    let mut text = format!("\n{bold}{title:<LABEL$}{bold:#}{dim}");
    for hour in OPENS..CLOSES {
        text += &format!("{hour:<5}");
    }
    text = text.trim_end().to_owned() + &format!("{dim:#}\n");
    let used: BTreeSet<&str> = blocks.iter().map(|block| block.room).collect();
    for room in town.rooms.iter().filter(|room| used.contains(room.title)) {
        let related = |other: &str| {
            let whole = |title: &str| town.room(title).ok().and_then(|room| room.part_of);
            room.part_of == Some(other) || whole(other) == Some(room.title)
        };
        let label = room.title;
        text += &format!("{label:<LABEL$}{}\n", line(room.title, blocks, related));
    }
    text
}

/// Blocks of the room itself; `░` where the whole or a part of it is taken.
fn line(room: &str, blocks: &[Block<'_>], related: impl Fn(&str) -> bool) -> String {
    let width = ((CLOSES - OPENS) * HOUR) as usize;
    let mut cells: Vec<String> = (0..width)
        .map(|column| if column % HOUR as usize == 0 { "·" } else { " " }.to_owned())
        .collect();
    for block in blocks.iter().filter(|block| related(block.room)) {
        cells[block.from..block.to].fill("░".to_owned());
    }
    for block in blocks.iter().filter(|block| block.room == room) {
        let style = if block.weekly { AnsiColor::Cyan } else { AnsiColor::Green }.on_default();
        let room = (block.to - block.from).saturating_sub(2);
        let what = cut(block.what, room);
        for cell in &mut cells[block.from..block.to] {
            cell.clear();
        }
        cells[block.from] = format!("{style}[{what:<room$}]{style:#}");
    }
    cells.concat().trim_end().to_owned()
}

/// At most `room` characters; what is cut ends with an ellipsis.
fn cut(what: &str, room: usize) -> String {
    if what.chars().count() <= room {
        return what.to_owned();
    }
    what.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

fn block<'a>(week: &Week, town: &'a Town, date: Date, booking: &'a Booking) -> Option<Block<'a>> {
    let interval = booking.interval.as_ref()?;
    let local = |at: Option<prost_types::Timestamp>| {
        Some(Timestamp::from_second(at?.seconds).ok()?.to_zoned(week.zone.clone()).datetime())
    };
    let (start, end) = (local(interval.start)?, local(interval.end)?);
    if start.date() != date {
        return None;
    }
    let column = |hour: i8, minute: i8| {
        let minutes = (i64::from(hour) - OPENS) * 60 + i64::from(minute);
        usize::try_from((minutes * HOUR / 60).clamp(0, (CLOSES - OPENS) * HOUR)).unwrap_or(0)
    };
    let room = town.rooms.iter().find(|room| room.name == booking.room)?.title;
    let (from, to) = (column(start.hour(), start.minute()), column(end.hour(), end.minute()));
    (from < to).then_some(Block {
        room,
        what: &booking.purpose,
        weekly: !booking.series.is_empty(),
        from,
        to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(room: &'static str, what: &'static str, from: usize, to: usize) -> Block<'static> {
        Block { room, what, weekly: false, from, to }
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_block_is_as_long_as_the_booking_and_its_name_is_cut_to_fit() {
        let blocks = [block("a", "Koret", 0, 10), block("a", "Besøksvennene", 10, 15)];

        let line = plain(&line("a", &blocks, |_| false));

        assert!(line.starts_with("[Koret   ][Be…]·    ·"), "{line}");
    }

    #[test]
    fn a_part_shows_when_the_whole_is_taken() {
        let blocks = [block("hall", "Forum", 5, 10), block("north", "Kor", 10, 15)];

        let line = plain(&line("north", &blocks, |other| other == "hall"));

        assert!(line.starts_with("·    ░░░░░[Kor]·"), "{line}");
    }
}

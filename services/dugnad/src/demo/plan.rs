//! What the town's people want in one week: what they get, and what they are told when they do not.

use jiff::{
    Timestamp, ToSpan as _, Zoned,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

use dugnad_proto::rooms::v1::Interval;

/// Hours as a decimal: 17.5 is 17:30.
type Hour = f64;

/// One booking: who, the room, the day from Monday, from, to.
#[derive(Clone, Copy)]
pub(super) struct Once(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) i32,
    pub(super) Hour,
    pub(super) Hour,
);

/// One that comes again: who, the room, its weekdays from Monday, from, length.
#[derive(Clone, Copy)]
pub(super) struct Weekly(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static [i32],
    pub(super) Hour,
    pub(super) Hour,
);

pub(super) const SERIES: &[Weekly] = &[
    Weekly("Dagkafé", "Stua", &[0, 1, 2, 3, 4], 10.0, 3.0),
    Weekly("Håndball", "Storhallen A", &[0, 2], 17.0, 3.0),
    Weekly("Innebandy", "Storhallen B", &[0], 18.0, 2.0),
    Weekly("Turn og trim", "Gymsalen", &[1, 3], 18.0, 2.0),
    Weekly("Seniordans", "Storsalen sør", &[1], 11.0, 2.0),
    Weekly("Mannskoret", "Storsalen nord", &[1], 19.0, 2.5),
    Weekly("Skolekorpset", "Storsalen sør", &[2], 17.5, 2.0),
    Weekly("Språkkafé", "Lesesalen", &[2], 17.0, 1.5),
    Weekly("Lesesirkel", "Bokrommet", &[3], 17.0, 1.5),
    Weekly("Strikkekafé", "Stua", &[3], 18.0, 2.0),
];

/// Wants every Friday or none; Christmas is in the way.
pub(super) const CHESS: Weekly = Weekly("Sjakklubben", "Bokrommet", &[4], 17.0, 2.0);

pub(super) const BOOKINGS: &[Once] = &[
    Once("Frivilligforum", "Storsalen", 2, 10.0, 15.0),
    Once("Ungdomsteateret", "Storsalen nord", 3, 17.0, 20.0),
    Once("Danseskolen", "Storsalen sør", 3, 17.0, 20.0),
    Once("Besøksvenn-kurs", "Bokrommet", 0, 12.0, 14.0),
    Once("Lørdagskonsert", "Storsalen", 5, 18.0, 22.0),
    Once("Seriekamp", "Storhallen", 5, 12.0, 16.0),
    Once("Pensjonistlaget", "Lesesalen", 4, 11.0, 13.0),
];

/// Each is refused, for another reason.
pub(super) const REFUSED: &[Once] = &[
    // A part of the hall is taken.
    Once("Revyen", "Storsalen", 1, 18.0, 22.0),
    // The whole of it is taken.
    Once("Skolekorpset", "Storsalen nord", 2, 12.0, 13.0),
    // It is closed.
    Once("Filmkveld", "Lesesalen", 6, 15.0, 17.0),
];

/// Everybody wants the gym on Friday night.
pub(super) const RACE: Once = Once("Basket", "Gymsalen", 4, 18.0, 20.0);
pub(super) const RACERS: usize = 12;

/// Moved to Thursday, because a relative cannot come on Monday.
pub(super) const MOVED: Once = Once("Pårørendekveld", "Møterom Fjorden", 0, 18.0, 20.0);
pub(super) const MOVED_TO: i32 = 3;

/// Cancelled; the next in line gets the room.
pub(super) const CANCELLED: Once = Once("Julekomité", "Stua", 1, 18.0, 20.0);
pub(super) const INSTEAD: Once = Once("Besøksvennene", "Stua", 1, 18.0, 20.0);

/// The week that is booked.
#[derive(Clone)]
pub(super) struct Week {
    pub(super) monday: Date,
    pub(super) zone: TimeZone,
}

impl Week {
    /// The first whole week after `now`.
    pub(super) fn after(now: &Zoned) -> anyhow::Result<Self> {
        let monday = now.date().nth_weekday(1, Weekday::Monday)?;
        Ok(Self { monday, zone: now.time_zone().clone() })
    }

    pub(super) fn local(&self, day: i32, hour: Hour) -> DateTime {
        let minutes = (hour * 60.0).round() as i64;
        self.monday.at(0, 0, 0, 0) + day.days() + minutes.minutes()
    }

    pub(super) fn interval(&self, day: i32, from: Hour, to: Hour) -> anyhow::Result<Interval> {
        let place = |hour| -> anyhow::Result<_> {
            let instant = self.zone.to_timestamp(self.local(day, hour))?;
            Ok(Some(wire(instant)))
        };
        Ok(Interval { start: place(from)?, end: place(to)? })
    }

    pub(super) fn whole(&self) -> anyhow::Result<Interval> {
        self.interval(0, 0.0, 7.0 * 24.0)
    }

    /// How often a weekly series comes until four weeks after `eve`.
    pub(super) fn weeks_past(&self, eve: Date) -> anyhow::Result<u32> {
        let days = (eve - self.monday).get_days() + 28;
        Ok(u32::try_from(days / 7)?)
    }
}

/// As protobuf has it.
pub(super) fn wire(instant: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: instant.as_second(), nanos: 0 }
}

/// `MO,WE`.
pub(super) fn by_day(days: &[i32]) -> String {
    const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let names = days.iter().filter_map(|day| NAMES.get(usize::try_from(*day).ok()?)).copied();
    names.collect::<Vec<_>>().join(",")
}

//! One of each event of rooms.

#[path = "rooms/calendar.rs"]
mod calendar;
#[path = "rooms/season.rs"]
mod season;
#[path = "rooms/shift.rs"]
mod shift;

use dugnad_calendar::OpeningHours;
use dugnad_events::{
    BookingId, ClosureId, Code, CodeId, DoorId, FacilityId, OccurrenceId, OrganisationId, RoomId,
    SeriesId, WaitId,
    activities::WantId,
    rooms::{
        Access, AccessFrom, Accessibility, Applicant, Application, BookingDetails, Bridge, Cause,
        Charge, Claim, Deadline, Door, DoorEvent, Edition, Event, Fallback, Handling, Holding,
        LettingRules, Lock, Pattern, Per, Period, PriceRow, Quota, Removal, RoomTraits, Said,
        Scope, Skipped, Terms, WaitEnd, Word,
    },
};

use dugnad_vault::{PersonId, Sealed};

use super::{hours, id, sealed, span};

fn details() -> Sealed<BookingDetails> {
    sealed()
}

pub(super) fn samples() -> Vec<(&'static str, Event)> {
    let (facility, hall, part) = (FacilityId(id(2)), RoomId(id(3)), RoomId(id(4)));
    let (booking, series, by) = (BookingId(id(5)), SeriesId(id(6)), id(7));
    let plain = RoomTraits {
        name: "Nordre del".to_owned(),
        capacity: 40,
        equipment: Vec::new(),
        accessibility: Vec::new(),
        minutes_before: 0,
        minutes_after: 0,
        hours: None,
    };
    let rich = RoomTraits {
        name: "Storsalen".to_owned(),
        equipment: vec!["projector".to_owned()],
        accessibility: vec![
            Accessibility::StepFree,
            Accessibility::Lift,
            Accessibility::AccessibleToilet,
            Accessibility::HearingLoop,
            Accessibility::AccessibleParking,
        ],
        minutes_before: 15,
        minutes_after: 30,
        hours: Some(hours()),
        ..plain
    };
    let start = "2026-12-01T18:00".parse().unwrap();
    let pattern = Pattern {
        start,
        minutes: 120,
        rrule: "FREQ=WEEKLY;COUNT=4".to_owned(),
        exdates: vec!["2026-12-15T18:00".parse().unwrap()],
    };
    let skipped = vec![Skipped {
        start,
        reason: "CLOSED".to_owned(),
        message: "closed on 2026-12-01".to_owned(),
    }];
    let (name, zone) = ("Skolen".to_owned(), "Europe/Oslo".to_owned());
    let booked = |details, series| {
        let (room, span) = (hall, span());
        Event::Booked { booking, room, span, by, details, series, terms: None, charge: None }
    };
    let mut samples = vec![
        ("", Event::FacilityRegistered { facility, name, zone, hours: hours() }),
        ("", Event::FacilityHoursSet { facility, hours: OpeningHours::default() }),
        ("whole", Event::RoomRegistered { room: hall, facility, parent: None, traits: rich }),
        ("part", Event::RoomRegistered { room: part, facility, parent: Some(hall), traits: plain }),
        ("", Event::RoomHoursSet { room: hall, hours: hours() }),
        ("alone", booked(Some(details()), None)),
        ("in_a_series", booked(None, Some(series))),
        ("", moved(None, None)),
        ("", cancelled(Cause::Asked, None)),
        ("", Event::SeriesBooked { series, room: hall, pattern, by, details: details(), skipped }),
        ("", Event::PersonErased { person: details().person(), bookings: 3 }),
        ("let", booked_as_let()),
        ("let", moved(Some(terms()), Some(charge(-500)))),
        ("let", cancelled(Cause::Displaced, Some(charge(-2500)))),
        ("unhosted", cancelled(Cause::Unhosted, None)),
    ];
    samples.extend(tentative());
    samples.extend(by_the_municipality());
    samples.extend(calendar::samples().into_iter().map(|(name, it)| (name, Event::Calendar(it))));
    samples.extend(season::samples().into_iter().map(|(name, it)| (name, Event::Season(it))));
    samples.extend(shift::samples().into_iter().map(|(name, it)| (name, Event::Shift(it))));
    samples.extend(of_doors().map(|(step, event)| (step, Event::Door(event))));
    samples
}

fn of_doors() -> [(&'static str, DoorEvent); 15] {
    let (door, code, booking) = (DoorId(id(12)), CodeId(id(13)), BookingId(id(5)));
    let (window, by, at) = (span(), id(7), "2026-11-22T10:00:00Z".parse().unwrap());
    let plain = Door {
        name: "Hovedinngang".to_owned(),
        facility: FacilityId(id(2)),
        rooms: vec![RoomId(id(3))],
        access: Vec::new(),
        lock: None,
    };
    let from = |date: &str, access| AccessFrom { from: date.parse().unwrap(), access };
    let access = vec![from("2026-01-01", Access::Code), from("2026-12-24", Access::Key)];
    let lock = Some(Lock {
        bridge: Bridge::Zigbee2mqtt,
        base: "zigbee2mqtt".to_owned(),
        name: "hall1".to_owned(),
        first_slot: 10,
        last_slot: 29,
        digits: 4,
        lead_minutes: 120,
        margin_minutes: 30,
        shown_minutes: 60,
        one_for_series: true,
    });
    let locked = Door { access, lock, ..plain.clone() };
    let set = |what| DoorEvent::Set { door, what: Box::new(what), by, at };
    let (slot, digits) = (10, sealed());
    let (guards, fallback) = (vec![PersonId(by)], Fallback::Guard);
    [
        ("set.plain", set(plain)),
        ("set.locked", set(locked)),
        ("planned", DoorEvent::Planned { code, door, booking, slot, window, digits }),
        ("kept", DoorEvent::Kept { code, booking, window }),
        ("setting", DoorEvent::Setting { code }),
        ("confirmed", DoorEvent::Confirmed { code, said: Said::Holds }),
        ("lost", DoorEvent::Lost { code }),
        ("removing", DoorEvent::Removing { code, why: Removal::Moved, until: at }),
        ("removed", DoorEvent::Removed { code, word: Word::Person(by) }),
        ("suspended", DoorEvent::Suspended { code, said: Said::Unreadable }),
        ("resumed", DoorEvent::Resumed { code, by }),
        ("back", DoorEvent::Back { code }),
        ("overstayed", DoorEvent::Overstayed { code }),
        ("late", DoorEvent::Late { door, booking, guards, fallback }),
        ("late_over", DoorEvent::LateOver { door, booking }),
    ]
}

fn moved(terms: Option<Terms>, charge: Option<Charge>) -> Event {
    let (booking, from, room) = (BookingId(id(5)), RoomId(id(3)), RoomId(id(4)));
    let terms = terms.map(Box::new);
    Event::Moved { booking, from, room, span: span(), revision: 2, terms, charge }
}

fn cancelled(cause: Cause, charge: Option<Charge>) -> Event {
    Event::Cancelled { booking: BookingId(id(5)), reason: "ill".to_owned(), cause, charge }
}

fn booked_as_let() -> Event {
    Event::Booked {
        booking: BookingId(id(5)),
        room: RoomId(id(3)),
        span: span(),
        by: id(7),
        details: Some(details()),
        series: None,
        terms: Some(Box::new(terms())),
        charge: Some(charge(2500)),
    }
}

fn code(word: &str) -> Code {
    word.parse().unwrap()
}

fn terms() -> Terms {
    let application = Application {
        applicant: Some(code("children-youth")),
        organisation: Some(OrganisationId(id(8))),
        purpose: Some(code("training")),
        adult_in_charge: true,
        accepted_terms: 3,
        equipment: vec![Claim { item: code("chair"), count: 40 }],
    };
    let edition = Edition { known: 4, on: "2026-11-22".parse().unwrap() };
    Terms { edition, application, oere: 2500, vat: Some(code("outside")), kept: 100 }
}

fn charge(oere: i64) -> Charge {
    Charge { at: "2026-11-22T09:00:00.123Z".parse().unwrap(), oere, vat: Some(code("outside")) }
}

/// Holds, requests and waiting lists.
fn tentative() -> Vec<(&'static str, Event)> {
    let (booking, room, by, wait) = (BookingId(id(5)), RoomId(id(3)), id(7), WaitId(id(9)));
    let (span, until) = (span(), "2026-11-22T10:00:00Z".parse().unwrap());
    let held = |wait| Event::Held { booking, room, span, by, until, wait };
    let requested = Event::Requested {
        booking,
        room,
        span,
        by,
        details: Some(details()),
        series: None,
        terms: Box::new(terms()),
        until,
        holds: true,
    };
    let of_a_series = Event::Requested {
        booking,
        room,
        span,
        by,
        details: None,
        series: Some(SeriesId(id(6))),
        terms: Box::new(terms()),
        until,
        holds: false,
    };
    let charge = Some(charge(2500));
    let approved = Event::Approved { booking, room, span, by, revision: 2, charge };
    vec![
        ("form", held(None)),
        ("offer", held(Some(wait))),
        ("", requested),
        ("of_a_series", of_a_series),
        ("", approved),
        ("", Event::WaitBegan { wait, room, span, by }),
        ("", Event::WaitEnded { wait, cause: WaitEnd::RoomClosed }),
    ]
}

/// What staff do to rooms.
fn by_the_municipality() -> Vec<(&'static str, Event)> {
    let (booking, room, by, closure) = (BookingId(id(5)), RoomId(id(3)), id(7), ClosureId(id(10)));
    let (span, reason, facility) = (span(), "water damage".to_owned(), FacilityId(id(2)));
    let displaced = Event::Displaced {
        booking,
        whom: by,
        by: BookingId(id(11)),
        room,
        span,
        instead: vec![span],
    };
    let from = "2027-01-01".parse().unwrap();
    let set = |scope, rules| Event::LettingRulesSet { scope, from, rules: Box::new(rules) };
    vec![
        ("", displaced),
        (
            "",
            Event::VenueRefused {
                want: WantId(id(12)),
                about: OccurrenceId(id(13)),
                reason: "TAKEN".to_owned(),
                message: "is taken".to_owned(),
            },
        ),
        ("", Event::VenueWanted { want: Box::new(super::activities::venue_want()) }),
        ("", Event::VenuesLeft { bookings: vec![booking] }),
        ("", Event::RoomClosed { closure, room, span, by, reason }),
        ("", Event::RoomReopened { closure }),
        ("all", set(Scope::Municipality, rules())),
        ("facility", set(Scope::Facility(facility), LettingRules::default())),
        ("room", set(Scope::Room(room), LettingRules::default())),
        ("", Event::StockSet { facility, item: code("chair"), count: 200 }),
    ]
}

fn rules() -> LettingRules {
    let applicant =
        Applicant { kind: code("private"), purposes: vec![code("party")], opens_days: Some(90) };
    let quota = |period| Quota {
        applicant: Some(code("private")),
        period,
        bookings: Some(2),
        minutes: Some(600),
    };
    let row = |per| PriceRow {
        applicant: Some(code("private")),
        purpose: Some(code("party")),
        weekdays: 0b110_0000,
        from: 480,
        to: 1440,
        oere: 50_000,
        per,
        vat: Some(code("outside")),
    };
    let periods = [Period::Day, Period::Week, Period::Month, Period::Year];
    LettingRules {
        applicants: Some(vec![applicant]),
        lead_minutes: Some(120),
        shortest_minutes: Some(30),
        longest_minutes: Some(480),
        grid_minutes: Some(15),
        horizon_days: Some(365),
        quotas: Some(periods.map(quota).into()),
        adult_in_charge: Some(true),
        terms: Some(3),
        prices: Some(vec![row(Per::Hour), row(Per::Booking)]),
        cancellation: Some(vec![Deadline { hours: 48, per_mille: 500 }]),
        handling: Some(Handling { required: true, holds: true, answer_minutes: 10_080 }),
        holding: Some(Holding { form_minutes: 10, offer_minutes: 720 }),
    }
}

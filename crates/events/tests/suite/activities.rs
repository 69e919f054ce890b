//! One of each event of activities, and of each step of an occurrence.

use dugnad_events::{
    ActivityId, AssignmentId, BookingId, FacilityId, NeedId, NoticeId, OccurrenceId,
    OrganisationId, RoomId, RoomName, SignupId,
    activities::{
        Activity, Event, Fact, Helpers, Notice, Organiser, Origin, Outside, Place, RideWant, Rides,
        Schedule, Venue, VenueWant, VenueWish, WantId, Way, What,
    },
    matching::{Need, Slot, Want},
    rooms::{Accessibility, Application, Cause},
    volunteers::Location,
};
use dugnad_vault::PersonId;

use super::{id, sealed, span};

fn code(word: &str) -> dugnad_events::Code {
    word.parse().unwrap()
}

fn room() -> RoomName {
    RoomName { facility: FacilityId(id(2)), room: RoomId(id(3)) }
}

fn outside() -> Outside {
    let at = Some(Location { lat: 59_740_000, lon: 10_200_000 });
    Outside { place: "Spiralen".to_owned(), at }
}

/// What is wanted of rooms.
pub(super) fn venue_want() -> VenueWant {
    VenueWant {
        want: WantId(id(6)),
        about: OccurrenceId(id(9)),
        by: id(7),
        span: span(),
        wish: wish(),
        not: vec![RoomId(id(3))],
        instead_of: vec![BookingId(id(5))],
        details: sealed(),
    }
}

fn wish() -> VenueWish {
    VenueWish {
        room: Some(room()),
        capacity: 40,
        equipment: vec!["kitchen".to_owned()],
        accessibility: vec![Accessibility::StepFree],
        facilities: vec![FacilityId(id(2))],
        application: Application { applicant: Some(code("elderly")), ..Application::default() },
    }
}

fn facts(venue: Venue) -> Box<Activity> {
    Box::new(Activity {
        title: "Sangkveld".to_owned(),
        text: "Vi synger sammen".to_owned(),
        organiser: Organiser::Organisation(OrganisationId(id(8))),
        venue,
        area: Some(code("bragernes")),
        topics: vec![code("song")],
        audience: vec![code("elderly")],
        capacity: 40,
        helpers: vec![Helpers { kind: code("host"), heads: 1 }],
        rides: Some(Rides { areas: vec![code("bragernes")] }),
        confirm_minutes: 1440,
        asks_before_moving: true,
    })
}

pub(super) fn samples() -> Vec<(&'static str, Event)> {
    let (activity, at) = (ActivityId(id(1)), "2026-11-23T09:00:00Z".parse().unwrap());
    let origin = Origin::Asked { by: id(7) };
    let schedule = Schedule {
        zone: "Europe/Oslo".to_owned(),
        start: "2026-12-01T18:00".parse().unwrap(),
        minutes: 120,
        rrule: "FREQ=WEEKLY;COUNT=4".to_owned(),
        exdates: vec!["2026-12-15T18:00".parse().unwrap()],
    };
    let mut all = vec![
        (
            "",
            Event::ActivityCreated {
                activity,
                origin: origin.clone(),
                at,
                facts: facts(Venue::Room(wish())),
                schedule,
                contact: Some(sealed()),
            },
        ),
        (
            "",
            Event::ActivityChanged {
                activity,
                origin,
                at,
                facts: facts(Venue::Outside(outside())),
                contact: None,
            },
        ),
    ];
    all.push((
        "",
        Event::AnswerRefused {
            notice: NoticeId(id(10)),
            person: PersonId(id(1)),
            about: "signups/1".to_owned(),
            reason: "PAST".to_owned(),
        },
    ));
    all.extend(facts_heard().map(|(name, fact)| (name, Event::Heard { fact })));
    let steps = planning().into_iter().chain(venue()).chain(helpers()).chain(people());
    all.extend(steps.map(|(name, what)| {
        let origin = match name {
            "held" => Origin::Clock,
            "venue_held" => Origin::Heard { service: "rooms".to_owned(), number: 7, index: 1 },
            _ => Origin::Asked { by: id(7) },
        };
        (name, Event::Occurrence { occurrence: OccurrenceId(id(9)), origin, at, what })
    }));
    all
}

fn facts_heard() -> impl Iterator<Item = (&'static str, Fact)> {
    let (person, name) = (PersonId(id(1)), "Kulturhuset".to_owned());
    let (facility, room) = (FacilityId(id(2)), RoomId(id(3)));
    let representative = PersonId(id(4));
    let until = Some("2027-01-01".parse().unwrap());
    [
        ("contacts", Fact::Contacts { organisation: OrganisationId(id(8)), people: vec![person] }),
        ("representative", Fact::Representative { person, representative, may: true, until }),
        ("erased", Fact::Erased(person)),
        ("facility", Fact::Facility { facility, name: name.clone() }),
        ("room", Fact::Room { room, facility, name }),
    ]
    .into_iter()
}

fn planning() -> Vec<(&'static str, What)> {
    let people = vec![PersonId(id(1))];
    let message = "no car is free".to_owned();
    let told = |notice| What::Told { people: people.clone(), notice };
    let until = "2026-11-24T09:00:00Z".parse().unwrap();
    vec![
        ("planned", What::Planned { activity: ActivityId(id(1)), span: span() }),
        ("arranging", What::Arranging),
        ("confirmed", What::Confirmed),
        ("reopened", What::Reopened),
        ("moved", What::Moved { span: span() }),
        ("began", What::Began),
        ("held", What::Held),
        ("cancelled", What::Cancelled { reason: code("ill") }),
        ("told_cancelled", told(Notice::Cancelled { reason: code("ill") })),
        ("told_moved", told(Notice::Moved { from: span() })),
        ("told_venue_changed", told(Notice::VenueChanged)),
        ("told_place_offered", told(Notice::PlaceOffered { until })),
        ("told_place_lapsed", told(Notice::PlaceLapsed)),
        ("told_missing", told(Notice::Missing)),
        ("told_ride_refused", told(Notice::RideRefused { way: Way::Home, message })),
        ("told_venue_proposed", told(Notice::VenueProposed { until })),
        ("unfinished", What::Unfinished { tell: Some(Notice::VenueChanged) }),
        ("finished", What::Finished),
    ]
}

fn venue() -> Vec<(&'static str, What)> {
    let (booking, room) = (BookingId(id(5)), RoomId(id(3)));
    let until = "2026-11-24T09:00:00Z".parse().unwrap();
    let (reason, message) = ("TAKEN".to_owned(), "is taken".to_owned());
    let cause = Cause::RoomClosed;
    vec![
        ("venue_wanted", What::VenueWanted(Box::new(venue_want()))),
        ("venue_released", What::VenueReleased { bookings: vec![booking] }),
        ("venue_requested", What::VenueRequested { booking, room }),
        ("venue_held", What::VenueHeld { booking, room, span: span() }),
        ("venue_proposed", What::VenueProposed { booking, room, span: span(), until }),
        ("venue_lost", What::VenueLost { booking, room, cause, reason: "lekkasje".to_owned() }),
        ("venue_refused", What::VenueRefused { reason, message }),
    ]
}

fn helpers() -> Vec<(&'static str, What)> {
    let (need, assignment) = (NeedId(id(5)), AssignmentId(id(6)));
    let (reason, message) = ("TOO_MANY".to_owned(), "there is room for none".to_owned());
    let posted = Need {
        kind: code("host"),
        receiver: None,
        heads: 1,
        place: None,
        slots: vec![Slot { windows: vec![span()] }],
        want: Want::default(),
        about: OccurrenceId(id(9)).to_string(),
    };
    let wanted = |instead_of| {
        let (want, need, by) = (WantId(id(6)), Box::new(posted.clone()), id(7));
        What::HelpersWanted { want, need, by, instead_of }
    };
    vec![
        ("helpers_wanted", wanted(None)),
        ("helpers_wanted_instead", wanted(Some(need))),
        ("helpers_released", What::HelpersReleased { need }),
        ("helpers_posted", What::HelpersPosted { need }),
        ("helper_came", What::HelperCame { need, assignment }),
        ("helper_left", What::HelperLeft { need, assignment }),
        ("helpers_refused", What::HelpersRefused { need, reason, message }),
    ]
}

fn people() -> Vec<(&'static str, What)> {
    let (signup, person, ride) = (SignupId(id(4)), PersonId(id(1)), WantId(id(6)));
    let until = "2026-11-24T09:00:00Z".parse().unwrap();
    let want = |way, place| RideWant {
        want: ride,
        signup,
        person,
        companion: true,
        way,
        at: span().start(),
        place,
        areas: vec![code("bragernes")],
    };
    let signed = |all| What::SignedUp {
        signup,
        person,
        companion: all,
        ride_there: all,
        ride_home: all,
        waits: all,
    };
    let message = "no car is free".to_owned();
    vec![
        ("ride_wanted_there", What::RideWanted(Box::new(want(Way::There, Place::Room(room()))))),
        (
            "ride_wanted_home",
            What::RideWanted(Box::new(want(Way::Home, Place::Outside(outside())))),
        ),
        ("ride_promised", What::RidePromised { ride }),
        ("ride_refused", What::RideRefused { ride, message }),
        ("rides_released", What::RidesReleased { rides: vec![ride] }),
        ("signed_up", signed(false)),
        ("signed_up_with_all", signed(true)),
        ("withdrawn", What::Withdrawn { signup }),
        ("place_offered", What::PlaceOffered { signup, until }),
        ("place_taken", What::PlaceTaken { signup }),
        ("place_lapsed", What::PlaceLapsed { signup }),
        ("attended", What::Attended { signup, came: true }),
    ]
}

//! What the model says, as clients read it.

use dugnad_calendar::Interval;
use dugnad_events::{
    ActivityId, Code, OccurrenceId, SignupId,
    activities::{Activity as Facts, Organiser, Outside, Venue, VenueWish, Way},
    rooms::{Accessibility, Application},
    volunteers::Location,
};
use dugnad_proto::{activities::v1 as pb, rooms::v1 as rooms};
use jiff::Timestamp;
use uuid::Uuid;

use crate::model::{Activity, Occurrence, Ride, Signup, Stage, Standing, State, VenueState};

pub(super) fn instant(at: Timestamp) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
}

fn interval(span: Interval) -> pb::Interval {
    pb::Interval { start: instant(span.start()), end: instant(span.end()) }
}

pub(super) fn count(n: impl TryInto<i32>) -> i32 {
    n.try_into().unwrap_or(i32::MAX)
}

fn words(codes: &[Code]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

fn text<T: ToString>(it: Option<&T>) -> String {
    it.map(ToString::to_string).unwrap_or_default()
}

pub(super) fn date(occurrence: OccurrenceId, span: Interval) -> pb::Date {
    pb::Date { occurrence: occurrence.to_string(), interval: Some(interval(span)) }
}

pub(super) fn activity(id: ActivityId, facts: &Facts, dates: Vec<pb::Date>) -> pb::Activity {
    let helpers = facts.helpers.iter();
    pb::Activity {
        name: id.to_string(),
        title: facts.title.clone(),
        text: facts.text.clone(),
        organiser: match facts.organiser {
            Organiser::Municipality => String::new(),
            Organiser::Organisation(it) => it.to_string(),
        },
        venue: Some(match &facts.venue {
            Venue::Room(wish) => pb::activity::Venue::Room(wished(wish)),
            Venue::Outside(place) => pb::activity::Venue::Outside(outside(place)),
        }),
        area: text(facts.area.as_ref()),
        topics: words(&facts.topics),
        audience: words(&facts.audience),
        capacity: count(facts.capacity),
        helpers: helpers
            .map(|it| pb::Helpers { kind: it.kind.to_string(), heads: count(it.heads) })
            .collect(),
        rides: facts.rides.as_ref().map(|rides| pb::Rides { areas: words(&rides.areas) }),
        confirm_within: Some(prost_types::Duration {
            seconds: i64::from(facts.confirm_minutes) * 60,
            nanos: 0,
        }),
        dates,
        asks_before_moving: facts.asks_before_moving,
    }
}

fn wished(wish: &VenueWish) -> pb::RoomWish {
    let accessible = |it: &Accessibility| match it {
        Accessibility::StepFree => rooms::Accessibility::StepFree.into(),
        Accessibility::Lift => rooms::Accessibility::Lift.into(),
        Accessibility::AccessibleToilet => rooms::Accessibility::AccessibleToilet.into(),
        Accessibility::HearingLoop => rooms::Accessibility::HearingLoop.into(),
        Accessibility::AccessibleParking => rooms::Accessibility::AccessibleParking.into(),
    };
    let said = wish.application != Application::default();
    pb::RoomWish {
        room: text(wish.room.as_ref()),
        capacity: count(wish.capacity),
        equipment: wish.equipment.clone(),
        accessibility: wish.accessibility.iter().map(accessible).collect(),
        facilities: wish.facilities.iter().map(ToString::to_string).collect(),
        application: said.then(|| application(&wish.application)),
    }
}

fn application(said: &Application) -> rooms::Application {
    let claims = said.equipment.iter();
    rooms::Application {
        applicant_kind: text(said.applicant.as_ref()),
        organisation: text(said.organisation.as_ref()),
        purpose_kind: text(said.purpose.as_ref()),
        adult_in_charge: said.adult_in_charge,
        accepted_terms: count(said.accepted_terms),
        equipment: claims
            .map(|it| rooms::EquipmentClaim { item: it.item.to_string(), count: count(it.count) })
            .collect(),
    }
}

fn outside(place: &Outside) -> pb::Outside {
    let degrees = |millionths: i32| f64::from(millionths) / 1e6;
    let location =
        |at: Location| pb::Location { latitude: degrees(at.lat), longitude: degrees(at.lon) };
    pb::Outside { place: place.place.clone(), location: place.at.map(location) }
}

/// `caller`: who is not in office, and sees what is missing only of what they plan.
pub(super) fn occurrence(
    state: &State,
    caller: Option<Uuid>,
    activity: &Activity,
    occurrence: &Occurrence,
) -> pb::Occurrence {
    let facts = &activity.facts;
    let mut shown = pb::Occurrence {
        name: occurrence.id.to_string(),
        activity: occurrence.activity.to_string(),
        title: facts.title.clone(),
        interval: Some(interval(occurrence.span)),
        state: stage(occurrence.stage).into(),
        reason: text(occurrence.reason.as_ref()),
        place: state.place_in_words(facts, occurrence),
        area: text(facts.area.as_ref()),
        topics: words(&facts.topics),
        audience: words(&facts.audience),
        capacity: count(facts.capacity),
        free: count(facts.capacity.saturating_sub(occurrence.taken())),
        waiting: count(occurrence.queue.len()),
        rides: facts.rides.is_some(),
        ..Default::default()
    };
    if let VenueState::Held { room, .. } = occurrence.venue {
        shown.room = state.room_name(room).map(|it| it.to_string()).unwrap_or_default();
    }
    if caller.is_none_or(|it| state.plans_for(it, facts.organiser)) {
        show_plan(state, facts, occurrence, &mut shown);
    }
    shown
}

/// What only who plans sees.
fn show_plan(state: &State, facts: &Facts, of: &Occurrence, shown: &mut pb::Occurrence) {
    let missing = state.missing(facts, of);
    let in_words: Vec<_> = missing.iter().map(|it| it.words()).collect();
    shown.missing_in_words = in_words.join("; ");
    let missing = missing.iter();
    shown.missing =
        missing.map(|it| pb::Missing { code: it.code().to_owned(), message: it.words() }).collect();
    if let VenueState::Held { booking, .. }
    | VenueState::Proposed { booking, .. }
    | VenueState::Requested { booking, .. } = of.venue
    {
        shown.booking = booking.to_string();
    }
    let helpers = of.helpers.iter().map(|line| pb::HelpersState {
        need: line.need.to_string(),
        kind: line.facts.kind.to_string(),
        heads: count(line.facts.heads),
        come: count(line.came.len()),
        posted: line.posted,
    });
    shown.helpers = helpers.collect();
    shown.rides_state = Some(pb::RidesState {
        wanted: count(of.rides().count()),
        promised: count(of.rides().filter(|ride| ride.promised).count()),
        refused: count(of.rides().filter(|ride| ride.refused.is_some()).count()),
    });
}

fn stage(stage: Stage) -> pb::OccurrenceState {
    match stage {
        Stage::Draft => pb::OccurrenceState::Draft,
        Stage::Arranging => pb::OccurrenceState::Arranging,
        Stage::Confirmed => pb::OccurrenceState::Confirmed,
        Stage::UnderWay => pb::OccurrenceState::UnderWay,
        Stage::Held => pb::OccurrenceState::Held,
        Stage::Cancelled => pb::OccurrenceState::Cancelled,
    }
}

pub(super) fn signup(id: SignupId, occurrence: OccurrenceId, signup: &Signup) -> pb::Signup {
    let (state, until) = match signup.standing {
        Standing::Going => (pb::SignupState::Going, None),
        Standing::Waiting => (pb::SignupState::Waiting, None),
        Standing::Offered { until } => (pb::SignupState::Offered, instant(until)),
        Standing::Withdrawn => (pb::SignupState::Withdrawn, None),
    };
    let attendance = match signup.came {
        None => pb::Attendance::Unspecified,
        Some(true) => pb::Attendance::Came,
        Some(false) => pb::Attendance::StayedAway,
    };
    pb::Signup {
        name: id.to_string(),
        occurrence: occurrence.to_string(),
        person: text(signup.person.as_ref()),
        state: state.into(),
        until,
        companion: signup.wish.companion,
        ride_there: signup.wish.ride_there,
        ride_home: signup.wish.ride_home,
        attendance: attendance.into(),
        at: instant(signup.at),
        rides: signup.rides.iter().map(ride).collect(),
    }
}

fn ride(ride: &Ride) -> pb::SignupRide {
    pb::SignupRide {
        ride: ride.want.ride().to_string(),
        home: ride.way == Way::Home,
        promised: ride.promised,
        refused: ride.refused.clone().unwrap_or_default(),
    }
}

//! Who comes: signed up by themselves, by who speaks for them, or by staff; waiting for a place, and
//! taking one that became free within the time there is.

use dugnad_events::{
    OccurrenceId, SignupId,
    activities::{Event, Notice, Origin, What},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Occurrence, Refusal, Stage, State, act::Act, rides::Ride};

/// The most who wait for one occurrence.
pub const MOST_WAITING: usize = 500;

/// The most who ever sign up for one occurrence, those who withdrew counted.
pub const MOST_SIGNUPS: usize = 10_000;
/// The most dates to come that one person is signed up for.
pub const MOST_OF_A_PERSON: usize = 200;

/// With what somebody comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Somebody comes along.
    pub companion: bool,
    /// They want to be driven there.
    pub ride_there: bool,
    /// They want to be driven home.
    pub ride_home: bool,
}

/// Somebody's part in an occurrence.
#[derive(Clone, Debug, PartialEq)]
pub struct Signup {
    /// Who; `None`: they were erased.
    pub person: Option<PersonId>,
    /// Who signed them up.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
    /// With what.
    pub wish: Wish,
    /// What it is at present.
    pub standing: Standing,
    /// Whether they came, once that was written down.
    pub came: Option<bool>,
    /// What was asked of rides.
    pub rides: Vec<Ride>,
}

/// What a sign-up is at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They have a place.
    Going,
    /// They wait for one.
    Waiting,
    /// One is theirs to take.
    Offered {
        /// Until then.
        until: Timestamp,
    },
    /// They do not come.
    Withdrawn,
}

impl Standing {
    pub(super) fn takes_place(self) -> bool {
        matches!(self, Self::Going | Self::Offered { .. })
    }
}

impl Signup {
    /// How many places it takes.
    #[must_use]
    pub fn seats(&self) -> u32 {
        seats(self.wish)
    }
}

fn seats(wish: Wish) -> u32 {
    1 + u32::from(wish.companion)
}

impl Occurrence {
    pub(super) fn take_signup(&mut self, at: Timestamp, origin: &Origin, what: &What) {
        match what {
            What::SignedUp { signup, person, companion, ride_there, ride_home, waits } => {
                let (companion, ride_there, ride_home) = (*companion, *ride_there, *ride_home);
                let by = match origin {
                    Origin::Asked { by } => *by,
                    _ => Uuid::nil(),
                };
                let standing = if *waits { Standing::Waiting } else { Standing::Going };
                let wish = Wish { companion, ride_there, ride_home };
                let (person, came, rides) = (Some(*person), None, Vec::new());
                let signed = Signup { person, by, at, wish, standing, came, rides };
                self.signups.insert(*signup, signed);
                if *waits {
                    self.queue.push(*signup);
                }
            }
            What::Withdrawn { signup } | What::PlaceLapsed { signup } => {
                self.stands(*signup, Standing::Withdrawn);
            }
            What::PlaceOffered { signup, until } => {
                self.stands(*signup, Standing::Offered { until: *until });
            }
            What::PlaceTaken { signup } => self.stands(*signup, Standing::Going),
            What::Attended { signup, came } => {
                if let Some(signup) = self.signups.get_mut(signup) {
                    signup.came = Some(*came);
                }
            }
            _ => {}
        }
    }

    fn stands(&mut self, id: SignupId, standing: Standing) {
        if let Some(signup) = self.signups.get_mut(&id) {
            signup.standing = standing;
            self.queue.retain(|waits| *waits != id);
        }
    }
}

impl Act<'_> {
    /// Offers places that are free to those who wait: in turn, but a place for one is not kept empty
    /// for two.
    pub(super) fn settle_places(&mut self) {
        if !self.is_arranged() {
            return;
        }
        let mut free = self.facts.capacity.saturating_sub(self.occurrence.taken());
        for id in self.occurrence.queue.clone() {
            let seats = self.occurrence.signups.get(&id).map_or(0, Signup::seats);
            if free == 0 {
                break;
            }
            if seats <= free {
                free -= seats;
                let minutes = SignedDuration::from_mins(self.facts.confirm_minutes.into());
                let until = self.cx.now.saturating_add(minutes).unwrap_or(Timestamp::MAX);
                let until = until.min(self.occurrence.span.start());
                self.say(What::PlaceOffered { signup: id, until });
                self.tell_signup(id, Notice::PlaceOffered { until });
            }
        }
    }

    /// Places that nobody took in time go on to the next.
    pub(super) fn lapse(&mut self) {
        let due = self.occurrence.lapses().filter(|(at, _)| *at <= self.cx.now);
        let due: Vec<_> = due.map(|(_, id)| id).collect();
        for signup in due {
            self.tell_signup(signup, Notice::PlaceLapsed);
            self.say(What::PlaceLapsed { signup });
        }
    }
}

pub(super) fn sign_up(
    state: &State,
    cx: &Context,
    id: OccurrenceId,
    person: PersonId,
    wish: Wish,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let (activity, occurrence) = state.public(id)?;
    state.people.not_erased(person)?;
    if !office {
        state.people.may_sign_up(cx, person)?;
    }
    let (stage, start) = (occurrence.stage, occurrence.span.start());
    if !stage.is_open() {
        return Err(Refusal::NotOpen { occurrence: id, stage });
    }
    if start <= cx.now {
        return Err(Refusal::Past { start });
    }
    if let Some(signup) = occurrence.signup_of(person) {
        return Err(Refusal::SignedUpAlready { person, signup });
    }
    if (wish.ride_there || wish.ride_home) && activity.facts.rides.is_none() {
        return Err(Refusal::NoRides(id));
    }
    if occurrence.signups.len() >= MOST_SIGNUPS {
        return Err(Refusal::TooMany { what: "sign-ups for one date", limit: MOST_SIGNUPS });
    }
    if state.comes_to(person, cx.now) >= MOST_OF_A_PERSON {
        let what = "dates to come that one person is signed up for";
        return Err(Refusal::TooMany { what, limit: MOST_OF_A_PERSON });
    }
    let free = activity.facts.capacity.saturating_sub(occurrence.taken());
    let waits = seats(wish) > free || !occurrence.queue.is_empty();
    if waits && occurrence.queue.len() >= MOST_WAITING {
        return Err(Refusal::TooMany { what: "waiting", limit: MOST_WAITING });
    }
    let mut act = Act::asked(state, cx, activity, occurrence);
    let Wish { companion, ride_there, ride_home } = wish;
    let signup = SignupId(act.id());
    act.say(What::SignedUp { signup, person, companion, ride_there, ride_home, waits });
    Ok(act.settled())
}

pub(super) fn withdraw(
    state: &State,
    cx: &Context,
    id: SignupId,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let (mut act, standing) = of_theirs(state, cx, id, office)?;
    if standing == Standing::Withdrawn {
        return Ok(Vec::new());
    }
    act.still_to_come()?;
    act.say(What::Withdrawn { signup: id });
    Ok(act.settled())
}

pub(super) fn take_place(
    state: &State,
    cx: &Context,
    id: SignupId,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let (mut act, standing) = of_theirs(state, cx, id, office)?;
    act.still_to_come()?;
    match standing {
        Standing::Going => Ok(Vec::new()),
        Standing::Offered { until } if cx.now < until => {
            act.say(What::PlaceTaken { signup: id });
            Ok(act.settled())
        }
        _ => Err(Refusal::NotOffered(id)),
    }
}

/// For the organiser and staff, from the start on.
pub(super) fn attend(
    state: &State,
    cx: &Context,
    id: SignupId,
    came: bool,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let (occurrence, signup) = state.signup(id)?;
    let activity = state.activity_of(occurrence)?;
    state.may_plan(cx, activity.facts.organiser, office, || id.to_string())?;
    if !matches!(occurrence.stage, Stage::UnderWay | Stage::Held) {
        return Err(Refusal::NotBegun(occurrence.id));
    }
    if signup.standing == Standing::Withdrawn {
        return Err(Refusal::NotComing(id));
    }
    if signup.came == Some(came) {
        return Ok(Vec::new());
    }
    let mut act = Act::asked(state, cx, activity, occurrence);
    act.say(What::Attended { signup: id, came });
    Ok(act.settled())
}

impl State {
    /// How many dates to come somebody is signed up for.
    fn comes_to(&self, person: PersonId, now: Timestamp) -> usize {
        let theirs = self.people.signups_of(person).into_iter();
        let to_come =
            theirs.filter_map(|id| self.signup(id).ok()).filter(|(occurrence, signup)| {
                let open = occurrence.stage.is_open() && occurrence.span.start() > now;
                open && signup.standing != Standing::Withdrawn
            });
        to_come.count()
    }
}

/// A decision about a sign-up that is the caller's, or of somebody they speak for.
fn of_theirs<'a>(
    state: &'a State,
    cx: &'a Context,
    id: SignupId,
    office: bool,
) -> Result<(Act<'a>, Standing), Refusal> {
    let (occurrence, signup) = state.signup(id)?;
    let theirs = signup.person.is_some_and(|it| state.people.may_sign_up(cx, it).is_ok());
    if !office && !theirs {
        return Err(Refusal::NotYours(id.to_string()));
    }
    let activity = state.activity_of(occurrence)?;
    Ok((Act::asked(state, cx, activity, occurrence), signup.standing))
}

impl Act<'_> {
    fn still_to_come(&self) -> Result<(), Refusal> {
        let stage = self.occurrence.stage;
        if !stage.is_open() {
            return Err(Refusal::NotToCome { occurrence: self.occurrence.id, stage });
        }
        let start = self.occurrence.span.start();
        if start <= self.cx.now { Err(Refusal::Past { start }) } else { Ok(()) }
    }
}

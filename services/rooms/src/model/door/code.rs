//! One code: from planned to set, and from there to gone.
//!
//! ```text
//!  planned ──▶ setting ──▶ set ──▶ removing ──▶ removed
//!     │           ▲         │         ▲  │          │ back
//!     │           └──lost───┘         │  └▶ failed  ▼
//!     └──▶ failed (never sent)        └──────── removing
//! ```
//! While it is setting or removing it may be suspended: the lock was told so often that a person is
//! to look. *Failed* is gone without ever having worked.

use dugnad_calendar::Interval;
use dugnad_events::{
    CodeId,
    rooms::{Bridge, Digits, DoorEvent, Removal, Said, Word},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;

use super::{
    super::{Name, Refusal as Refused, State, booking::Booking, register::Ix},
    Door, Due, Refusal, Step, TO_REMOVE,
    pass::{Pass, Stage},
};

/// A code, until its slot has another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Code {
    pub(super) id: CodeId,
    pub(super) door: Ix<Door>,
    /// The booking that owns the slot.
    pub(super) booking: Ix<Booking>,
    /// Bookings of the same series that had it before, and are perhaps under way.
    pub(super) earlier: Vec<Ix<Booking>>,
    pub(super) slot: u16,
    pub(super) window: Interval,
    /// `None`: whoever booked was erased, or it is gone.
    pub(super) digits: Option<Sealed<Digits>>,
    pub(super) standing: Standing,
    /// What the lock said last, where a person is to look at it.
    pub(super) suspended: Option<Said>,
    /// Whether it alarmed for being there, or perhaps being there, outside its window.
    pub(super) overstayed: bool,
    /// Whether the lock ever said that it holds it.
    worked: bool,
}

/// How it stands with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Planned,
    Setting,
    Set,
    Removing,
    Removed,
    Failed,
}

impl Code {
    pub(super) fn planned(
        id: CodeId,
        door: Ix<Door>,
        booking: Ix<Booking>,
        slot: u16,
        window: Interval,
        digits: &Sealed<Digits>,
    ) -> Self {
        Self {
            id,
            door,
            booking,
            earlier: Vec::new(),
            slot,
            window,
            digits: Some(digits.clone()),
            standing: Standing::Planned,
            suspended: None,
            overstayed: false,
            worked: false,
        }
    }

    /// Whether it is, or may be, on the lock, or comes onto it.
    pub(super) fn is_live(&self) -> bool {
        !matches!(self.standing, Standing::Removed | Standing::Failed)
    }

    /// Whether it is to be on the lock.
    pub(super) fn is_wanted(&self) -> bool {
        matches!(self.standing, Standing::Planned | Standing::Setting | Standing::Set)
    }

    fn is_settled(&self) -> bool {
        matches!(self.standing, Standing::Set | Standing::Removed | Standing::Failed)
    }

    fn due(&self) -> Option<Timestamp> {
        match self.standing {
            _ if self.is_wanted() => Some(self.window.end() - TO_REMOVE),
            Standing::Removing if !self.overstayed => Some(self.window.end()),
            _ => None,
        }
    }

    pub(super) fn setting(&mut self) {
        self.standing = Standing::Setting;
    }

    pub(super) fn confirmed(&mut self) {
        (self.standing, self.suspended, self.worked) = (Standing::Set, None, true);
    }

    pub(super) fn removed(&mut self) {
        self.standing = if self.worked { Standing::Removed } else { Standing::Failed };
        (self.suspended, self.overstayed, self.digits) = (None, false, None);
    }

    pub(super) fn back(&mut self) {
        (self.standing, self.overstayed) = (Standing::Removing, true);
    }
}

fn existing(state: &State, id: CodeId) -> Result<&Code, Refused> {
    state.doors.codes.get(&id).ok_or(Refused::NotFound(Name::Code(id)))
}

/// What the lock's side tells. What is so already leads to nothing: it may be told twice.
pub(super) fn step(
    state: &State,
    cx: &Context,
    id: CodeId,
    step: Step,
) -> Result<Vec<DoorEvent>, Refused> {
    let code = existing(state, id)?;
    let event = match (step, code.standing) {
        (Step::Setting, Standing::Planned) => DoorEvent::Setting { code: id },
        (Step::Confirmed, Standing::Setting) => {
            DoorEvent::Confirmed { code: id, said: Said::Holds }
        }
        (Step::Lost, Standing::Set) => DoorEvent::Lost { code: id },
        (Step::Gone, Standing::Removing) => DoorEvent::Removed { code: id, word: Word::Lock },
        (Step::Suspended(said), Standing::Setting | Standing::Removing)
            if code.suspended.is_none() =>
        {
            DoorEvent::Suspended { code: id, said }
        }
        (Step::Back, Standing::Removed | Standing::Failed) => DoorEvent::Back { code: id },
        (Step::Setting, Standing::Setting)
        | (Step::Confirmed, Standing::Set)
        | (Step::Gone, Standing::Removed | Standing::Failed)
        | (Step::Suspended(_), Standing::Setting | Standing::Removing) => return Ok(Vec::new()),
        _ => return Err(Refusal::StepPassed(id).into()),
    };
    // A lock is not told to hold what it is about to be told to let go of.
    if step == Step::Setting && cx.now >= code.window.end() - TO_REMOVE {
        return Err(Refusal::StepPassed(id).into());
    }
    Ok(vec![event])
}

pub(super) fn retry(state: &State, cx: &Context, id: CodeId) -> Result<Vec<DoorEvent>, Refused> {
    if existing(state, id)?.suspended.is_none() {
        return Err(Refusal::NotSuspended(id).into());
    }
    Ok(vec![DoorEvent::Resumed { code: id, by: cx.caller.id }])
}

pub(super) fn confirm_gone(
    state: &State,
    cx: &Context,
    id: CodeId,
) -> Result<Vec<DoorEvent>, Refused> {
    if existing(state, id)?.standing != Standing::Removing {
        return Err(Refusal::NotRemoving(id).into());
    }
    Ok(vec![DoorEvent::Removed { code: id, word: Word::Person(cx.caller.id) }])
}

/// That a code is to go: at once if it was never sent.
pub(super) fn goes(code: &Code, why: Removal, now: Timestamp) -> DoorEvent {
    match code.standing {
        Standing::Planned => DoorEvent::Removed { code: code.id, word: Word::NeverSent },
        _ => {
            let until = code.window.end().min(now + TO_REMOVE).max(code.window.start());
            DoorEvent::Removing { code: code.id, why, until }
        }
    }
}

impl State {
    pub(super) fn code_planned(&mut self, code: Code) {
        let (door, booking, id) = (code.door, code.booking, code.id);
        let series = self.bookings[booking].series.map(|ix| self.series[ix].id);
        let of = &mut self.doors.all[door];
        of.drawn = of.drawn.wrapping_add(1);
        let keeps = of.what.lock.as_ref().is_some_and(|lock| lock.one_for_series);
        if let (Some(series), Some(digits), true) = (series, &code.digits, keeps) {
            of.of_series.insert(series, digits.clone());
        }
        if let Some(last) = of.slots.insert(code.slot, id) {
            self.code_forgotten(last);
        }
        self.doors.codes.insert(id, code);
        self.code_index(id);
        self.change_pass(booking, door, |pass| pass.code = Some(id));
    }

    fn code_forgotten(&mut self, id: CodeId) {
        self.code_unindex(id);
        self.doors.codes.remove(&id);
    }

    /// A lock that keeps a window of its own is to be told of the new one.
    pub(super) fn code_kept(&mut self, id: CodeId, booking: Ix<Booking>, window: Interval) {
        let Some(door) = self.doors.codes.get(&id).map(|code| code.door) else { return };
        let lock = self.doors.all[door].what.lock.as_ref();
        let told = lock.is_some_and(|lock| lock.bridge == Bridge::NukiHub);
        self.code_unindex(id);
        if let Some(code) = self.doors.codes.get_mut(&id) {
            let before = std::mem::replace(&mut code.booking, booking);
            code.earlier.retain(|it| *it != booking);
            if before != booking {
                code.earlier.push(before);
            }
            let earlier = std::mem::take(&mut code.earlier);
            let under_way = |ix: &Ix<Booking>| self.bookings[*ix].span.end() > window.start();
            code.earlier = earlier.into_iter().filter(under_way).collect();
            code.window = window;
            if told && code.standing == Standing::Set {
                code.standing = Standing::Setting;
            }
        }
        self.code_index(id);
        self.change_pass(booking, door, |pass| pass.code = Some(id));
        self.pass_follows(id);
    }

    pub(super) fn code_removing(&mut self, id: CodeId, why: Removal, until: Timestamp) {
        let set = |code: &mut Code| {
            code.standing = Standing::Removing;
            code.suspended = None;
            if let Ok(window) = Interval::new(code.window.start(), until) {
                code.window = window;
            }
        };
        self.unlink(id, why == Removal::Over);
        self.change_code(id, set);
    }

    pub(super) fn change_code(&mut self, id: CodeId, change: impl FnOnce(&mut Code)) {
        self.code_unindex(id);
        if let Some(code) = self.doors.codes.get_mut(&id) {
            change(code);
            if !code.is_live() {
                self.unlink(id, false);
            }
        }
        self.code_index(id);
        self.pass_follows(id);
    }

    /// The passes that had the code have it no more.
    fn unlink(&mut self, id: CodeId, over: bool) {
        let Some(code) = self.doors.codes.get(&id) else { return };
        let door = code.door;
        let bookings: Vec<_> = code.earlier.iter().copied().chain([code.booking]).collect();
        for booking in bookings {
            let had = self.doors.passes.get(&(booking, door)).is_some_and(|it| it.code == Some(id));
            let ended = |pass: &Pass| over || pass.stage == Stage::Over;
            if had && self.doors.passes.get(&(booking, door)).is_some_and(ended) {
                self.pass_gone(booking, door);
            } else if had {
                self.change_pass(booking, door, |pass| {
                    pass.code = None;
                    if pass.stage == Stage::Works {
                        pass.stage = Stage::Ahead;
                    }
                });
            }
        }
    }

    /// A pass works when its code does.
    fn pass_follows(&mut self, id: CodeId) {
        let Some(code) = self.doors.codes.get(&id) else { return };
        let (door, works) = (code.door, code.standing == Standing::Set);
        let bookings: Vec<_> = code.earlier.iter().copied().chain([code.booking]).collect();
        for booking in bookings {
            self.change_pass(booking, door, |pass| {
                if pass.code == Some(id) {
                    pass.stage = match pass.stage {
                        Stage::Ahead | Stage::Late if works => Stage::Works,
                        Stage::Works if !works => Stage::Ahead,
                        stage => stage,
                    };
                }
            });
        }
    }

    fn code_index(&mut self, id: CodeId) {
        let Some(code) = self.doors.codes.get(&id) else { return };
        if let Some(due) = code.due() {
            self.doors.due.insert((due, Due::Code(id)));
        }
        if !code.is_settled() {
            self.doors.unsettled.insert(id);
        }
    }

    fn code_unindex(&mut self, id: CodeId) {
        let Some(code) = self.doors.codes.get(&id) else { return };
        if let Some(due) = code.due() {
            self.doors.due.remove(&(due, Due::Code(id)));
        }
        self.doors.unsettled.remove(&id);
    }

    /// Nobody can read them any more. `O(codes)`.
    pub(super) fn digits_dropped(&mut self, person: PersonId) {
        let theirs = |digits: &Sealed<Digits>| digits.person() == person;
        for code in self.doors.codes.values_mut() {
            code.digits = code.digits.take().filter(|digits| !theirs(digits));
        }
        for door in self.doors.all.iter_mut() {
            door.of_series.retain(|_, digits| !theirs(digits));
        }
        self.doors.revision += 1;
    }
}

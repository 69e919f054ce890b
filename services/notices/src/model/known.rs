//! What things are called that notices speak of, and who is concerned by what: heard of other
//! services, and forgotten with what it is about.
//!
//! Public words and ids; what opens a door is sealed under the key of whoever booked.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::Hash,
    str::FromStr,
};

use dugnad_calendar::Interval;
use dugnad_events::{
    ActivityId, AssignmentId, BookingId, Code, CodeId, DoorId, FacilityId, NeedId, OccurrenceId,
    OrganisationId, RoomId, SeasonApplicationId, SeasonRoundId, ShiftId,
    notices::{Fact, What},
    rooms::Digits,
};
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::DateTime};

/// What is known of what others do.
#[derive(Debug, Default)]
pub struct Known {
    /// Needs for help.
    pub needs: HashMap<NeedId, Need>,
    /// What kinds are called: bokmål and English.
    pub kinds: HashMap<Code, (String, String)>,
    /// What buildings are called.
    pub facilities: HashMap<FacilityId, String>,
    /// What rooms are called.
    pub rooms: HashMap<RoomId, (FacilityId, String)>,
    /// Who speaks for organisations.
    pub contacts: HashMap<OrganisationId, Vec<PersonId>>,
    /// Evening shifts.
    pub shifts: HashMap<ShiftId, Shift>,
    /// Doors.
    pub doors: HashMap<DoorId, Door>,
    /// Codes that are, or come, on doors.
    pub codes: HashMap<CodeId, DoorCode>,
    /// What activities are called, and where they are held if not in a room.
    pub activities: HashMap<ActivityId, (String, String)>,
    /// Dates of activities.
    pub occurrences: HashMap<OccurrenceId, Occurrence>,
    /// Rounds of season allocation; their drafts until they are made known.
    pub rounds: HashMap<SeasonRoundId, Round>,
    /// What drivers' shifts do, as digests.
    pub routes: HashMap<ShiftId, u64>,
}

/// A need for help.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// Of what kind.
    pub kind: Code,
    /// The first window of each of its times.
    pub times: Vec<Interval>,
    /// The resource name of what it is for; empty: nothing else.
    pub about: String,
}

impl Need {
    /// What somebody is asked to.
    #[must_use]
    pub fn what(&self) -> What {
        let (kind, about) = (self.kind.clone(), self.about.clone());
        if about.is_empty() { What::Kind(kind) } else { What::For { kind, about } }
    }
}

/// An evening shift.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// What kind of need it is filled as.
    pub kind: Code,
    /// The building.
    pub facility: FacilityId,
    /// When.
    pub span: Interval,
    /// How many come.
    pub heads: u32,
    /// Who comes, by their places in matching.
    pub hosts: BTreeSet<AssignmentId>,
}

impl Shift {
    /// Whether enough come.
    #[must_use]
    pub fn is_hosted(&self) -> bool {
        self.hosts.len() >= self.heads as usize
    }
}

/// A door.
#[derive(Clone, Debug, PartialEq)]
pub struct Door {
    /// Its name.
    pub name: String,
    /// The building.
    pub facility: FacilityId,
    /// A code is told from so many minutes before its booking.
    pub shown_minutes: u16,
}

/// A code on a door.
#[derive(Clone, Debug, PartialEq)]
pub struct DoorCode {
    /// The door.
    pub door: DoorId,
    /// The booking that it serves.
    pub booking: BookingId,
    /// Until when it may be on the lock.
    pub until: Timestamp,
    /// What is keyed in.
    pub digits: Sealed<Digits>,
    /// Whether the lock holds it.
    pub works: bool,
}

/// One date of an activity.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// Of which activity.
    pub activity: ActivityId,
    /// When.
    pub span: Interval,
    /// In which room, if one is known.
    pub room: Option<RoomId>,
}

/// A round of season allocation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    /// What it is called.
    pub name: String,
    /// Its draft.
    pub slots: BTreeMap<u32, Slot>,
}

/// A slot of a season's draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slot {
    /// Who has it.
    pub application: Option<SeasonApplicationId>,
    /// Whether any of its dates is booked.
    pub booked: bool,
    /// Local starts that could not be had.
    pub skipped: Vec<DateTime>,
}

impl Known {
    /// Takes a fact in, if it is one of those kept here.
    pub(super) fn take(&mut self, fact: &Fact) {
        match fact {
            Fact::Need { need, kind, times, about } => {
                let (kind, times, about) = (kind.clone(), times.clone(), about.clone());
                self.needs.insert(*need, Need { kind, times, about });
            }
            Fact::NeedOver { need } => {
                self.needs.remove(need);
            }
            Fact::Kinds { words } => {
                let word = |(code, nb, en): &(Code, String, String)| {
                    (code.clone(), (nb.clone(), en.clone()))
                };
                self.kinds = words.iter().map(word).collect();
            }
            Fact::Facility { facility, name } => {
                self.facilities.insert(*facility, name.clone());
            }
            Fact::Room { room, facility, name } => {
                self.rooms.insert(*room, (*facility, name.clone()));
            }
            Fact::Contacts { organisation, people } => {
                self.contacts.insert(*organisation, people.clone());
            }
            Fact::Activity { activity, title, place } => {
                self.activities.insert(*activity, (title.clone(), place.clone()));
            }
            Fact::Occurrence { occurrence, activity, span, room } => {
                let known = Occurrence { activity: *activity, span: *span, room: *room };
                self.occurrences.insert(*occurrence, known);
            }
            Fact::Route { shift, stops } => {
                self.routes.insert(*shift, *stops);
            }
            other => {
                self.take_of_rooms(other);
            }
        }
    }

    fn take_of_rooms(&mut self, fact: &Fact) {
        match fact {
            Fact::Shift { shift, kind, facility, span, heads } => {
                let hosts = self.shifts.remove(shift).map(|it| it.hosts).unwrap_or_default();
                let (kind, facility, span, heads) = (kind.clone(), *facility, *span, *heads);
                self.shifts.insert(*shift, Shift { kind, facility, span, heads, hosts });
            }
            Fact::Host { shift, assignment, comes } => {
                let Some(known) = self.shifts.get_mut(shift) else { return };
                match comes {
                    true => known.hosts.insert(*assignment),
                    false => known.hosts.remove(assignment),
                };
            }
            Fact::Door { door, name, facility, shown_minutes } => {
                let (name, facility, shown_minutes) = (name.clone(), *facility, *shown_minutes);
                self.doors.insert(*door, Door { name, facility, shown_minutes });
            }
            Fact::DoorCode { code, door, booking, until, digits, works } => {
                let (door, booking, until) = (*door, *booking, *until);
                let digits = digits.clone();
                let known = DoorCode { door, booking, until, digits, works: *works };
                self.codes.insert(*code, known);
            }
            Fact::SeasonRound { round, name } => {
                self.rounds.entry(*round).or_default().name.clone_from(name);
            }
            Fact::SeasonGrants { round, all, slots } => {
                let known = &mut self.rounds.entry(*round).or_default().slots;
                if *all {
                    known.clear();
                }
                for (slot, application) in slots {
                    known.entry(*slot).or_default().application = *application;
                }
            }
            Fact::SeasonSlot { round, slot, booked, skipped } => {
                let round = self.rounds.entry(*round).or_default();
                let known = round.slots.entry(*slot).or_default();
                known.booked = *booked;
                known.skipped.clone_from(skipped);
            }
            _ => {}
        }
    }

    /// Nothing is kept any more of what has this resource name.
    pub(super) fn forget(&mut self, name: &str) {
        let Some((collection, _)) = name.split_once('/') else { return };
        match collection {
            "shifts" => {
                forget(&mut self.shifts, name);
                forget(&mut self.routes, name);
            }
            "codes" => forget(&mut self.codes, name),
            "occurrences" => forget(&mut self.occurrences, name),
            _ => {}
        }
    }

    /// What is sealed for them is kept no longer.
    pub(super) fn erase(&mut self, person: PersonId) {
        self.codes.retain(|_, code| code.digits.person() != person);
    }

    /// The end of a fact's use: it is forgotten some time after that.
    pub(super) fn end(&self, name: &str) -> Option<Timestamp> {
        let of_shift = || Some(self.shifts.get(&name.parse().ok()?)?.span.end());
        let of_code = || Some(self.codes.get(&name.parse().ok()?)?.until);
        let of_occurrence = || Some(self.occurrences.get(&name.parse().ok()?)?.span.end());
        of_shift().or_else(of_code).or_else(of_occurrence)
    }
}

fn forget<K: FromStr + Hash + Eq, V>(map: &mut HashMap<K, V>, name: &str) {
    if let Ok(id) = name.parse() {
        map.remove(&id);
    }
}

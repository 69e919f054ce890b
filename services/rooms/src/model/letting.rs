//! Letting rules (utleiereglement): which hold for a booking, what they say to it, and what it costs.
//!
//! A municipality writes them as documents, each for a [`Scope`] and from a date on. A booking
//! stands under its [`Edition`] for good: the documents known when it was made, of them the latest in
//! force on that day. The nearest scope that has a section wins.

mod price;
mod rules;

use std::collections::{BTreeSet, HashMap};

use dugnad_calendar::Interval;
use dugnad_events::{
    OrganisationId,
    rooms::{Application, Charge, Deadline, Edition, Event, LettingRules, Quota, Scope, Terms},
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use uuid::Uuid;

use super::{
    Name, Refusal, State,
    booking::Booking,
    register::Ix,
    room::{MOST_LEVELS, Room},
};

pub use price::{Price, PricedRow};
pub use rules::Objection;
pub(crate) use rules::word;

/// The most documents of one municipality, all versions counted.
pub const MOST_DOCUMENTS: usize = 10_000;

/// All documents, and what each applicant has under them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Letting {
    documents: HashMap<Scope, Vec<Document>>,
    known: u32,
    /// Live bookings with terms, by start.
    of_applicant: HashMap<Who, BTreeSet<(i64, Ix<Booking>)>>,
}

#[derive(Debug, PartialEq)]
struct Document {
    number: u32,
    from: Date,
    rules: LettingRules,
}

/// Whom a quota counts: the organisation, or whoever asks for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Organisation(OrganisationId),
    Person(Uuid),
}

impl Who {
    fn of(application: &Application, by: Uuid) -> Self {
        application.organisation.map_or(Self::Person(by), Self::Organisation)
    }
}

pub(super) fn set(
    state: &State,
    scope: Scope,
    from: Date,
    rules: Box<LettingRules>,
) -> Result<Vec<Event>, Refusal> {
    match scope {
        Scope::Municipality => {}
        Scope::Facility(id) => drop(state.facilities.existing(id)?),
        Scope::Room(id) if state.room_name(id).is_some() => {}
        Scope::Room(id) => return Err(Refusal::NotFound(Name::RoomId(id))),
    }
    if state.letting.known as usize >= MOST_DOCUMENTS {
        let limit = MOST_DOCUMENTS;
        return Err(Refusal::TooMany { what: "documents of letting rules", limit });
    }
    Ok(vec![Event::LettingRulesSet { scope, from, rules }])
}

/// The documents that hold for a room, the nearest first.
pub(super) struct InForce<'a>([Option<(Scope, &'a LettingRules)>; MOST_LEVELS + 2]);

impl<'a> InForce<'a> {
    fn documents(&self) -> impl Iterator<Item = (Scope, &'a LettingRules)> {
        self.0.iter().map_while(|document| *document)
    }

    /// A section, and whose it is.
    fn scoped<T: ?Sized>(
        &self,
        pick: impl Fn(&'a LettingRules) -> Option<&'a T>,
    ) -> Option<(Scope, &'a T)> {
        self.documents().find_map(|(scope, rules)| Some((scope, pick(rules)?)))
    }

    pub(super) fn section<T: ?Sized>(
        &self,
        pick: impl Fn(&'a LettingRules) -> Option<&'a T>,
    ) -> Option<&'a T> {
        self.scoped(pick).map(|(_, section)| section)
    }

    fn cancellation(&self) -> &'a [Deadline] {
        self.section(|rules| rules.cancellation.as_deref()).unwrap_or_default()
    }
}

/// A span of a room that somebody asks for, as the rules look at it.
pub(super) struct Asked<'a> {
    pub(super) now: Timestamp,
    pub(super) room: &'a Room,
    pub(super) span: Interval,
    pub(super) by: Uuid,
    pub(super) application: &'a Application,
    pub(super) edition: Edition,
    /// Bookings that count no more if this one is made.
    pub(super) gone: &'a [Ix<Booking>],
    /// Asked for together with it.
    pub(super) beside: &'a [Interval],
}

/// The rules that say no, and what it costs where that can be told.
pub(super) struct Opinion {
    pub(super) objections: Vec<Objection>,
    pub(super) price: Price,
}

impl State {
    /// Whether nobody ever wrote a rule.
    pub(super) fn lets_freely(&self) -> bool {
        self.letting.known == 0
    }

    /// The edition of today's rules for a room.
    pub(super) fn edition(&self, now: Timestamp, room: &Room) -> Edition {
        let on = self.facilities.all[room.facility].zone.to_datetime(now).date();
        Edition { known: self.letting.known, on }
    }

    pub(super) fn in_force(&self, room: &Room, edition: Edition) -> InForce<'_> {
        let mut found = [None; MOST_LEVELS + 2];
        if edition.known == 0 {
            return InForce(found);
        }
        let rooms = room.with_wholes().map(|ix| Scope::Room(self.rooms[ix].name.room));
        let wider = [Scope::Facility(room.name.facility), Scope::Municipality];
        let documents = rooms.chain(wider).filter_map(|scope| {
            let all = self.letting.documents.get(&scope)?;
            let known = all.iter().take_while(|it| it.number <= edition.known);
            let latest = known.filter(|it| it.from <= edition.on).max_by_key(|it| it.from)?;
            Some((scope, &latest.rules))
        });
        found.iter_mut().zip(documents).for_each(|(place, document)| *place = Some(document));
        InForce(found)
    }

    /// What the rules say to it: each that would refuse, and the price.
    pub(super) fn opinion(&self, asked: &Asked<'_>, rules: &InForce<'_>) -> Opinion {
        let zone = &self.facilities.all[asked.room.facility].zone;
        let (application, span) = (asked.application, asked.span);
        let start = zone.to_datetime(span.start());
        let mut objections = Vec::new();
        let mut hear = |verdict: Result<(), Objection>| objections.extend(verdict.err());
        if let Some(them) = rules.section(|rules| rules.applicants.as_deref()) {
            hear(rules::who_may_book(them, application));
            hear(rules::booking_opens(them, application, asked.edition.on, start.date()));
        }
        if let Some(minutes) = rules.section(|rules| rules.lead_minutes.as_ref()) {
            hear(rules::lead(*minutes, asked.now, span.start()));
        }
        if let Some(days) = rules.section(|rules| rules.horizon_days.as_ref()) {
            hear(rules::horizon(*days, asked.now, span.end()));
        }
        if let Some(minutes) = rules.section(|rules| rules.shortest_minutes.as_ref()) {
            hear(rules::shortest(*minutes, span));
        }
        if let Some(minutes) = rules.section(|rules| rules.longest_minutes.as_ref()) {
            hear(rules::longest(*minutes, span));
        }
        if let Some(minutes) = rules.section(|rules| rules.grid_minutes.as_ref()) {
            hear(rules::start_grid(*minutes, start.time()));
        }
        if let Some((scope, quotas)) = rules.scoped(|rules| rules.quotas.as_deref()) {
            for quota in quotas.iter().filter(|quota| binds(quota, application)) {
                hear(rules::quota(quota, self.used(asked, scope, quota, start, zone), span));
            }
        }
        if let Some(required) = rules.section(|rules| rules.adult_in_charge.as_ref()) {
            hear(rules::adult_in_charge(*required, application));
        }
        if let Some(version) = rules.section(|rules| rules.terms.as_ref()) {
            hear(rules::terms_accepted(*version, application));
        }
        let list = rules.section(|rules| rules.prices.as_deref()).unwrap_or_default();
        let price = price::price(list, application, zone, span).unwrap_or_else(|hole| {
            hear(Err(hole));
            Price::default()
        });
        Opinion { objections, price }
    }

    /// What the applicant has already of what a quota counts.
    fn used(
        &self,
        asked: &Asked<'_>,
        scope: Scope,
        quota: &Quota,
        start: DateTime,
        zone: &TimeZone,
    ) -> rules::Used {
        let (first, after) = rules::dates(quota.period, start.date());
        let second = |date: Date| {
            let midnight = zone.to_timestamp(date.at(0, 0, 0, 0));
            midnight.unwrap_or(Timestamp::MAX).as_second()
        };
        let (first, after) = (second(first), second(after));
        let who = Who::of(asked.application, asked.by);
        let had = self.letting.of_applicant.get(&who).into_iter();
        let had = had
            .flat_map(|all| all.range((first, Ix::FIRST)..(after, Ix::FIRST)))
            .filter(|(_, ix)| !asked.gone.contains(ix))
            .map(|(_, ix)| &self.bookings[*ix])
            .filter(|booking| self.lies_in(booking, scope))
            .map(|booking| booking.span);
        let beside = asked.beside.iter().copied();
        let beside = beside.filter(|span| (first..after).contains(&span.start().as_second()));
        had.chain(beside).fold(rules::Used::default(), |used, span| rules::Used {
            bookings: used.bookings + 1,
            seconds: used.seconds + span.seconds(),
        })
    }

    fn lies_in(&self, booking: &Booking, scope: Scope) -> bool {
        let room = &self.rooms[booking.room];
        match scope {
            Scope::Municipality => true,
            Scope::Facility(facility) => room.name.facility == facility,
            Scope::Room(id) => room.with_wholes().any(|ix| self.rooms[ix].name.room == id),
        }
    }

    /// What a cancellation now would keep of the price of a booking with these terms.
    pub(super) fn forfeited(&self, booking: &Booking, terms: &Terms, now: Timestamp) -> i64 {
        let rules = self.in_force(&self.rooms[booking.room], terms.edition);
        let kept = price::kept(rules.cancellation(), terms.oere, booking.span.start(), now);
        kept.max(terms.kept)
    }

    /// What is paid back when a booking is given back now; `None`: nothing.
    pub(super) fn refund(&self, booking: &Booking, now: Timestamp) -> Option<Charge> {
        let terms = booking.terms.as_deref()?;
        charge(self.forfeited(booking, terms, now) - terms.oere, terms, now)
    }

    pub(super) fn rules_set(&mut self, scope: Scope, from: Date, rules: &LettingRules) {
        self.letting.known += 1;
        let document = Document { number: self.letting.known, from, rules: rules.clone() };
        self.letting.documents.entry(scope).or_default().push(document);
    }

    /// From now on the booking counts for its applicant.
    pub(super) fn count_for_applicant(&mut self, ix: Ix<Booking>) {
        let booking = &self.bookings[ix];
        let Some(terms) = &booking.terms else { return };
        let who = Who::of(&terms.application, booking.by);
        let place = (booking.span.start().as_second(), ix);
        self.letting.of_applicant.entry(who).or_default().insert(place);
    }

    /// From now on it does not.
    pub(super) fn discount_for_applicant(&mut self, ix: Ix<Booking>) {
        let booking = &self.bookings[ix];
        let Some(terms) = &booking.terms else { return };
        let who = Who::of(&terms.application, booking.by);
        let Some(all) = self.letting.of_applicant.get_mut(&who) else { return };
        all.remove(&(booking.span.start().as_second(), ix));
        if all.is_empty() {
            self.letting.of_applicant.remove(&who);
        }
    }

    /// The rules that a scope has in force on a date, with their version; `None`: none of its own.
    pub fn letting_rules(&self, scope: Scope, on: Date) -> Option<(u32, Date, LettingRules)> {
        let all = self.letting.documents.get(&scope)?;
        let latest = all.iter().filter(|it| it.from <= on).max_by_key(|it| it.from)?;
        Some((latest.number, latest.from, latest.rules.clone()))
    }
}

fn binds(quota: &Quota, application: &Application) -> bool {
    quota.applicant.is_none() || quota.applicant == application.applicant
}

/// `None` if there is nothing to pay.
pub(super) fn charge(oere: i64, terms: &Terms, at: Timestamp) -> Option<Charge> {
    (oere != 0).then(|| Charge { at, oere, vat: terms.vat.clone() })
}

/// When each deadline of a cancellation passes, and what is kept from then on, the earliest first.
pub(super) fn deadlines(rules: &InForce<'_>, oere: i64, start: Timestamp) -> Vec<(Timestamp, i64)> {
    let mut all: Vec<_> = rules
        .cancellation()
        .iter()
        .map(|deadline| price::instant(deadline, start))
        .map(|at| (at, price::kept(rules.cancellation(), oere, start, at)))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Who agrees, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Agreeing {
    pub(super) now: Timestamp,
    pub(super) by: Uuid,
    /// The municipality allocates a season: how far ahead one may book is not asked.
    pub(super) season: bool,
}

impl Agreeing {
    /// Everything that may be agreed about a span, or the first rule that says no.
    pub(super) fn agree(
        self,
        state: &State,
        room: &Room,
        span: Interval,
        application: Application,
        gone: &[Ix<Booking>],
        beside: &[Interval],
    ) -> Result<Terms, Refusal> {
        let Self { now, by, season } = self;
        let edition = state.edition(now, room);
        let asked = Asked { now, room, span, by, application: &application, edition, gone, beside };
        let Opinion { objections, price } = state.opinion(&asked, &state.in_force(room, edition));
        let counts = |objection: &Objection| !(season && objection.is_of_looking_ahead());
        if let Some(objection) = objections.into_iter().find(counts) {
            return Err(Refusal::Letting(objection));
        }
        state.stock.enough(room.name.facility, &application.equipment, span, gone)?;
        Ok(Terms { edition, application, oere: price.oere, vat: price.vat, kept: 0 })
    }
}

impl State {
    /// Whether the rules of a room admit who applies for its season.
    pub(super) fn admits(
        &self,
        now: Timestamp,
        room: &Room,
        says: &Application,
    ) -> Result<(), Objection> {
        let rules = self.in_force(room, self.edition(now, room));
        match rules.section(|rules| rules.applicants.as_deref()) {
            Some(classes) => rules::who_may_book(classes, says),
            None => Ok(()),
        }
    }

    /// The place of the applicant's class in a room's order of priority; `None`: it has none.
    pub(super) fn class_rank(
        &self,
        now: Timestamp,
        room: &Room,
        says: &Application,
    ) -> Option<u32> {
        let rules = self.in_force(room, self.edition(now, room));
        let classes = rules.section(|rules| rules.applicants.as_deref())?;
        let (rank, _) = rules::class(classes, says)?;
        u32::try_from(rank).ok()
    }
}

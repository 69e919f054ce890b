//! Invariant 6, for a month of bookings that move and go, on locks that lose, delay, repeat, lie and
//! are away for a day, with a keeper that is killed now and then. `DUGNAD_SEED=<seed>` replays a run.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::{
    BookingId, CodeId, DoorId, RoomName,
    rooms::{
        Access, AccessFrom, BookingDetails, Bridge, Door, DoorEvent, Event, Lock, Pattern,
        RoomTraits,
    },
};
use dugnad_harness::{
    locks::{Format, LockFaults, SimLock, SimLocks},
    sim::{Faults, Seeded, SimJournal},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller, Clock, Config, Error, Ledger, RequestId, Secrets};
use dugnad_rooms::{
    Rooms,
    doors::{Keeper, Pace},
    model::{
        ClashPolicy, Command, State,
        door::{self, AlarmView, Alarming, CodeState, CodeView, TO_REMOVE},
    },
};
use dugnad_vault::{Master, PersonId, Vault};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Between two looks at everything.
const TICK: SignedDuration = SignedDuration::from_secs(30);
const DAYS: i64 = 30;
const LEAD: i64 = 90;
const MARGIN: i64 = 15;
const HOUR: i64 = 3_600;

/// A clock that the test sets: milliseconds since the first day.
#[derive(Default)]
struct Simulated(AtomicI64);

impl Clock for Simulated {
    fn now(&self) -> Timestamp {
        first_day() + SignedDuration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[async_trait]
impl Secrets for Simulated {
    async fn digest_key(&self, _tenant: &Tenant) -> Result<[u8; 32], String> {
        Ok([7; 32])
    }
}

/// 2026-12-01T06:00:00Z.
fn first_day() -> Timestamp {
    Timestamp::from_second(1_796_104_800).unwrap()
}

fn pace() -> Pace {
    Pace::of(SignedDuration::from_secs(60))
}

/// When a booking may have a code on its lock, by the test's own books.
struct Held {
    room: usize,
    span: Interval,
    /// Windows of before it moved or went, each cut to what removing may take.
    allowed: Vec<Interval>,
    live: bool,
    by: Uuid,
}

struct Month {
    journal: SimJournal,
    ledger: Ledger<Rooms>,
    vault: Vault,
    tenant: Tenant,
    clock: Arc<Simulated>,
    keeper: Keeper,
    locks: SimLocks,
    rooms: Vec<RoomName>,
    doors: Vec<DoorId>,
    booked: BTreeMap<BookingId, Held>,
    random: Seeded,
    erased: Vec<Uuid>,
    /// The digits of codes, opened once.
    digits: BTreeMap<CodeId, String>,
    seen: Seen,
    _dir: tempfile::TempDir,
}

/// What happened, so that it can be shown that something did.
#[derive(Debug, Default)]
struct Seen {
    ticks: u64,
    on_locks: u64,
    began: u64,
    opened: u64,
    by_hand: u64,
    overstayed: u64,
    killed: u64,
    cancelled: u64,
    moved: u64,
}

fn lock(n: usize) -> Lock {
    let nuki = n == 3;
    Lock {
        bridge: if nuki { Bridge::NukiHub } else { Bridge::Zigbee2mqtt },
        base: if nuki { "nuki".to_owned() } else { "zigbee2mqtt".to_owned() },
        name: if nuki { String::new() } else { format!("hall{n}") },
        first_slot: 2,
        last_slot: 7,
        digits: if nuki { 6 } else { 4 },
        lead_minutes: u16::try_from(LEAD).unwrap(),
        margin_minutes: u16::try_from(MARGIN).unwrap(),
        shown_minutes: 60,
        one_for_series: n == 0,
    }
}

impl Month {
    async fn begin(seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let secrets = dir.path().join("secrets");
        let vault = Vault::embedded(&dir.path().join("keys"), &secrets, &Master::Made).await;
        let (vault, _) = vault.unwrap();
        let clock = Arc::new(Simulated::default());
        let mut config = Config::new(clock.clone());
        config.clock = clock.clone();
        let journal = SimJournal::new(seed, Faults::NONE);
        let ledger = Ledger::open(Arc::new(journal.clone()), config);
        let tenant = Tenant::new("drammen").unwrap();
        let keeper = Keeper::new(ledger.clone(), vault.clone(), tenant.clone(), pace(), seed);
        let faults = LockFaults { lost: 12, twice: 8, slow_ms: 29_000, lies: 10 };
        let day = 24 * HOUR * 1000;
        let at = |days: i64| days * day + 11 * HOUR * 1000;
        let locks = (0..4).map(|n| {
            let format = if n == 3 { Format::NukiHub } else { Format::Zigbee2mqtt };
            let topic = if n == 3 {
                "drammen/nuki".to_owned()
            } else {
                format!("drammen/zigbee2mqtt/hall{n}")
            };
            let away = vec![at(5 + n)..at(6 + n), at(14 + n)..at(14 + n) + 3 * HOUR * 1000];
            SimLock::new(&topic, format).away(away, n == 2)
        });
        let locks = SimLocks::new(locks.collect(), seed, faults);
        let (random, seen) = (Seeded::new(seed), Seen::default());
        let (rooms, doors, booked) = (Vec::new(), Vec::new(), BTreeMap::new());
        let (erased, digits) = (Vec::new(), BTreeMap::new());
        let mut month = Self {
            journal,
            ledger,
            vault,
            tenant,
            clock,
            keeper,
            locks,
            rooms,
            doors,
            booked,
            random,
            erased,
            digits,
            seen,
            _dir: dir,
        };
        month.build().await;
        month
    }

    async fn build(&mut self) {
        let (name, zone) = ("Skolen".to_owned(), "Europe/Oslo".to_owned());
        let hours = OpeningHours::default();
        let events = self.ask(Command::RegisterFacility { name, zone, hours }).await.unwrap();
        let Event::FacilityRegistered { facility, .. } = events[0] else { unreachable!() };
        for n in 0..4 {
            let traits = RoomTraits {
                name: format!("Sal {n}"),
                capacity: 10,
                equipment: Vec::new(),
                accessibility: Vec::new(),
                minutes_before: 0,
                minutes_after: 0,
                hours: None,
            };
            let register = Command::RegisterRoom { facility, parent: None, traits };
            let events = self.ask(register).await.unwrap();
            let Event::RoomRegistered { room, .. } = events[0] else { unreachable!() };
            self.rooms.push(RoomName { facility, room });
            let from = "2026-01-01".parse().unwrap();
            let what = Door {
                name: format!("Dør {n}"),
                facility,
                rooms: vec![room],
                access: vec![AccessFrom { from, access: Access::Code }],
                lock: Some(lock(n)),
            };
            let set = door::Command::Set { door: None, what: Box::new(what) };
            let events = self.ask(Command::Door(set)).await.unwrap();
            let Event::Door(DoorEvent::Set { door, .. }) = events[0] else { unreachable!() };
            self.doors.push(door);
        }
    }

    async fn ask(&mut self, command: Command) -> Result<Vec<Event>, String> {
        self.ask_as(Uuid::from_u128(1), command).await
    }

    async fn ask_as(&mut self, by: Uuid, command: Command) -> Result<Vec<Event>, String> {
        let now = self.clock.now();
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.random.draw().to_be_bytes());
        let millis = u64::try_from(now.as_millisecond()).unwrap();
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
        let ask = Ask { request_id: RequestId::new(id).unwrap(), command };
        let caller = Caller { tenant: self.tenant.clone(), id: by };
        match self.ledger.execute(&caller, ask, None).await {
            Ok(accepted) => Ok(accepted.events.to_vec()),
            Err(Error::Refused(refusal)) => Err(refusal.reason().to_owned()),
            Err(other) => panic!("{other}"),
        }
    }

    fn below(&mut self, bound: i64) -> i64 {
        i64::try_from(self.random.below(u64::try_from(bound).unwrap())).unwrap()
    }

    async fn details(&self, by: Uuid) -> dugnad_vault::Sealed<BookingDetails> {
        let key = self.vault.key("drammen", PersonId(by)).await.unwrap();
        key.seal(b"x", &BookingDetails::default())
    }

    /// Somebody who was not erased.
    fn somebody(&mut self) -> Uuid {
        loop {
            let by = Uuid::from_u128(100 + u128::from(self.random.below(40)));
            if !self.erased.contains(&by) {
                return by;
            }
        }
    }

    /// Books the day: some far ahead of their start, some just before it.
    async fn book_some(&mut self) {
        for _ in 0..10 {
            let (room, by) = (usize::try_from(self.below(4)).unwrap(), self.somebody());
            let span = self.some_span();
            let details = self.details(by).await;
            let book = Command::Book { room: self.rooms[room], span, details };
            let Ok(events) = self.ask_as(by, book).await else { continue };
            let Event::Booked { booking, .. } = events[0] else { unreachable!() };
            let allowed = vec![window(span)];
            self.booked.insert(booking, Held { room, span, allowed, live: true, by });
        }
    }

    fn some_span(&mut self) -> Interval {
        let ahead = 600 + self.below(20 * HOUR);
        let start = self.clock.now().as_second() + ahead;
        let start = start - start % 900;
        let end = start + 1800 + 900 * self.below(10);
        let at = |second| Timestamp::from_second(second).unwrap();
        Interval::new(at(start), at(end)).unwrap()
    }

    /// Every day, in the room whose lock has one code for a series.
    async fn book_series(&mut self) {
        let by = Uuid::from_u128(99);
        let pattern = Pattern {
            start: "2026-12-02T17:00".parse().unwrap(),
            minutes: 60,
            rrule: "FREQ=DAILY;COUNT=40;BYHOUR=17,18".to_owned(),
            exdates: Vec::new(),
        };
        let series = Command::BookSeries {
            room: self.rooms[0],
            pattern,
            details: self.details(by).await,
            clashes: ClashPolicy::Skip,
            application: Box::default(),
        };
        for event in self.ask_as(by, series).await.unwrap() {
            let Event::Booked { booking, span, .. } = event else { continue };
            let held = Held { room: 0, span, allowed: vec![window(span)], live: true, by };
            self.booked.insert(booking, held);
        }
    }

    async fn change_something(&mut self) {
        let now = self.clock.now();
        let soon = now + SignedDuration::from_hours(3);
        let near: Vec<_> = self
            .booked
            .iter()
            .filter(|(_, it)| it.live && it.span.end() > now && it.span.start() < soon)
            .map(|(id, _)| *id)
            .collect();
        if near.is_empty() {
            return;
        }
        let booking =
            near[usize::try_from(self.below(i64::try_from(near.len()).unwrap())).unwrap()];
        if self.below(2) == 0 {
            let cancel = Command::Cancel { booking, reason: String::new(), seen: None };
            if self.ask(cancel).await.is_ok() {
                self.seen.cancelled += 1;
                let held = self.booked.get_mut(&booking).unwrap();
                held.live = false;
                held.cut(now);
            }
        } else {
            let (room, span) = (usize::try_from(self.below(4)).unwrap(), self.some_span());
            let to = self.rooms[room];
            let moving = Command::Move {
                booking,
                room: Some(to),
                span: Some(span),
                seen: None,
                as_staff: false,
            };
            if self.ask(moving).await.is_ok() {
                self.seen.moved += 1;
                let held = self.booked.get_mut(&booking).unwrap();
                held.cut(now);
                held.allowed.push(window(span));
                (held.room, held.span) = (room, span);
            }
        }
    }

    async fn erase_somebody(&mut self) {
        let now = self.clock.now();
        let by = self.somebody();
        self.erased.push(by);
        self.ask(Command::ErasePerson { person: PersonId(by) }).await.unwrap();
        self.vault.forget("drammen", PersonId(by)).await.unwrap();
        for held in self.booked.values_mut().filter(|held| held.by == by) {
            held.cut(now);
            held.live = false;
        }
    }

    /// One tick: what the locks said arrives, what is wanted is sent, and all is looked at.
    async fn tick(&mut self) {
        let before = self.clock.now();
        let millis = i64::try_from(TICK.as_millis()).unwrap();
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
        // So that the ledger's timers come too.
        tokio::time::sleep(TICK.unsigned_abs()).await;
        let now = self.clock.now();
        let since = now.as_millisecond() - first_day().as_millisecond();
        let said = self.locks.advance(since);
        let messages = self.keeper.hear(now, &said).await.unwrap();
        self.send(now, messages);
        let messages = self.keeper.look(now).await.unwrap();
        self.send(now, messages);
        self.check(before, now).await;
    }

    fn send(&mut self, now: Timestamp, messages: Vec<dugnad_rooms::doors::Message>) {
        let now = now.as_millisecond() - first_day().as_millisecond();
        for message in messages {
            self.locks.send(now, &message.topic, &message.payload);
        }
    }

    async fn look(&self) -> (Vec<Vec<CodeView>>, Vec<AlarmView>) {
        self.look_at(&self.ledger).await
    }

    async fn look_at(&self, ledger: &Ledger<Rooms>) -> (Vec<Vec<CodeView>>, Vec<AlarmView>) {
        let doors = self.doors.clone();
        let look = move |state: &State, _| {
            let codes = doors.iter().map(|door| state.codes(*door).unwrap()).collect();
            (codes, state.door_alarms(1000))
        };
        ledger.query(&self.tenant, None, look).await.unwrap()
    }

    /// Invariant 9: another process that reads the journal from its start sees the same.
    async fn replays(&self) {
        let mut config = Config::new(self.clock.clone());
        config.clock = self.clock.clone();
        let other = Ledger::open(Arc::new(self.journal.clone()), config);
        let work = |state: &State, now| format!("{:?}", state.door_work(now).codes);
        let here = (self.look().await, self.ledger.query(&self.tenant, None, work).await.unwrap());
        let there =
            (self.look_at(&other).await, other.query(&self.tenant, None, work).await.unwrap());
        assert_eq!(here, there);
        other.shutdown().await;
    }

    async fn check(&mut self, before: Timestamp, now: Timestamp) {
        self.seen.ticks += 1;
        let (codes, alarms) = self.look().await;
        self.holds_invariant_6(now, &codes, &alarms).await;
        self.opens_in_time(before, now, &codes, &alarms);
    }

    async fn holds_invariant_6(
        &mut self,
        now: Timestamp,
        codes: &[Vec<CodeView>],
        alarms: &[AlarmView],
    ) {
        let overstayed: Vec<CodeId> = alarms
            .iter()
            .filter_map(|alarm| match &alarm.what {
                Alarming::Overstayed(code) => Some(code.id),
                _ => None,
            })
            .collect();
        self.seen.overstayed += overstayed.len() as u64;
        for (n, lock) in self.locks.locks().iter().enumerate() {
            assert_eq!(lock.holds()[&1], "staff", "no slot but ours is touched");
            if n == 3 {
                // It knows itself until when a code opens.
                continue;
            }
            for (slot, digits) in lock.holds().iter().filter(|(slot, _)| **slot != 1) {
                self.seen.on_locks += 1;
                let code = codes[n].iter().find(|code| code.slot == *slot);
                let code = code.unwrap_or_else(|| panic!("{now}: nobody knows of {slot} on {n}"));
                if overstayed.contains(&code.id) {
                    continue;
                }
                let held = &self.booked[&code.booking];
                let mut others = self.booked.values().filter(|it| it.by == held.by && it.room == n);
                let within = |it: &Held| {
                    it.allowed.iter().any(|when| when.start() <= now && now <= when.end())
                };
                let series = n == 0 && others.any(within);
                assert!(
                    within(held) || series,
                    "{now}: invariant 6: {digits} in slot {slot} of lock {n}, no alarm: {code:?}"
                );
                if let Some(sealed) = &code.digits
                    && !self.digits.contains_key(&code.id)
                    && let Some(known) = self.vault.open("drammen", sealed).await.unwrap().known()
                {
                    self.digits.insert(code.id, known.reveal().to_owned());
                }
                let known = self.digits.get(&code.id).unwrap_or(digits);
                assert_eq!(known, digits, "{now}: another's digits in {slot}");
            }
            let mut all: Vec<_> = lock.holds().values().collect();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), lock.holds().len(), "{now}: one code twice on lock {n}");
        }
    }

    /// A booking that begins can be entered by its code, or somebody knows to open.
    fn opens_in_time(
        &mut self,
        before: Timestamp,
        now: Timestamp,
        codes: &[Vec<CodeView>],
        alarms: &[AlarmView],
    ) {
        let begin = self.booked.iter().filter(|(_, held)| {
            held.live && before < held.span.start() && held.span.start() <= now
        });
        for (id, held) in begin {
            let mut own = codes[held.room].iter().filter(|code| {
                code.state == CodeState::Set
                    && self.booked[&code.booking].by == held.by
                    && code.window.start() <= now
                    && now <= code.window.end()
            });
            let on_lock = self.locks.locks()[held.room].holds();
            let opens = own.any(|code| on_lock.contains_key(&code.slot));
            let late = alarms
                .iter()
                .any(|alarm| matches!(&alarm.what, Alarming::Late(booking, ..) if booking == id));
            assert!(
                opens || late,
                "{now}: {id} begins, neither code nor alarm: {:?} {:?}",
                held.span,
                codes[held.room]
            );
            self.seen.began += 1;
            self.seen.opened += u64::from(opens);
            self.seen.by_hand += u64::from(late);
        }
    }
}

impl Held {
    /// What is on the lock has so long to go.
    fn cut(&mut self, now: Timestamp) {
        let until = now + TO_REMOVE;
        for when in &mut self.allowed {
            if let Ok(cut) = Interval::new(when.start(), when.end().min(until)) {
                *when = cut;
            }
        }
    }
}

fn window(span: Interval) -> Interval {
    let minutes = SignedDuration::from_mins;
    Interval::new(span.start() - minutes(LEAD), span.end() + minutes(MARGIN)).unwrap()
}

async fn a_month(seed: u64) -> Seen {
    let mut month = Month::begin(seed).await;
    month.book_series().await;
    let ticks = DAYS * 24 * HOUR / TICK.as_secs();
    for tick in 0..ticks {
        if tick % (12 * HOUR / TICK.as_secs()) == 0 {
            month.book_some().await;
        }
        if month.below(500) == 0 {
            month.change_something().await;
        }
        if month.below(4_000) == 0 {
            month.seen.killed += 1;
            let (ledger, vault) = (month.ledger.clone(), month.vault.clone());
            let seed = month.random.draw();
            month.keeper = Keeper::new(ledger, vault, month.tenant.clone(), pace(), seed);
        }
        if month.below(20_000) == 0 {
            month.erase_somebody().await;
        }
        month.tick().await;
        if tick % (5 * 24 * HOUR / TICK.as_secs()) == 1_234 {
            month.replays().await;
        }
    }
    // What is left is over, and everything works again: it all goes.
    month.locks.heal();
    for _ in 0..(40 * HOUR / TICK.as_secs()) {
        month.tick().await;
    }
    let (_, alarms) = month.look().await;
    assert_eq!(alarms, [], "no alarm is left");
    for lock in month.locks.locks() {
        assert_eq!(lock.holds().len(), 1, "{} holds nothing of ours", lock.topic());
    }
    assert!(month.locks.struck() > 1_000, "{}", month.locks.struck());
    month.seen
}

#[tokio::test(start_paused = true)]
async fn for_a_month_of_faults_a_code_is_on_a_door_only_in_its_window_or_it_alarms() {
    let seed = std::env::var("DUGNAD_SEED").map_or(6, |seed| seed.parse().unwrap());

    let seen = a_month(seed).await;

    println!("{seen:?}");
    assert!(seen.began > 200 && seen.opened * 10 > seen.began * 7, "{seen:?}");
    assert!(seen.overstayed > 0 && seen.by_hand > 0 && seen.killed > 5, "{seen:?}");
}

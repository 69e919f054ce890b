//! Keeps one municipality's locks as its ledger wants them: looks what is wanted, draws digits, and
//! tells the ledger what was done. What is to be sent is given to whoever holds the connection.

use std::collections::{BTreeSet, HashMap};

use dugnad_events::{
    BookingId, CodeId, DoorId,
    rooms::{Digits, Said},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller, Error, Ledger, RequestId};
use dugnad_vault::{Opened, Sealed, Vault};
use jiff::Timestamp;
use uuid::{Builder, Uuid};

use super::{
    Pace,
    bridge::{Bridge, Message, Order, bridge},
    draw::draw,
    reconciler::{Act, Reconciler},
};
use crate::model::{
    Command, Refusal, Rooms, State,
    door::{self, CodeState, Draw, LockKey, Step, Work},
};

/// Who tells the ledger what the locks said.
const LOCKS: Uuid = Uuid::from_u128(0x646f_6f72_7300_4000_8000_0000_0000_0001);

/// What is recorded leads to more that is to be done; in so many rounds at once.
const ROUNDS: usize = 4;

/// One municipality's locks.
pub struct Keeper {
    ledger: Ledger<Rooms>,
    vault: Vault,
    tenant: Tenant,
    reconciler: Reconciler,
    bridges: HashMap<DoorId, Box<dyn Bridge>>,
    topics: HashMap<String, DoorId>,
    /// As codes and doors were when last looked at, and when the clock brings more.
    seen: Option<(u64, Option<Timestamp>)>,
    generation: Option<u64>,
    /// For the ids of what the ledger is told.
    random: fastrand::Rng,
}

impl Keeper {
    /// Nothing is known of the locks at first. `seed` spreads the pauses and makes the request ids: no
    /// two keepers may have the same.
    #[must_use]
    pub fn new(ledger: Ledger<Rooms>, vault: Vault, tenant: Tenant, pace: Pace, seed: u64) -> Self {
        Self {
            ledger,
            vault,
            tenant,
            reconciler: Reconciler::new(pace, seed),
            bridges: HashMap::new(),
            topics: HashMap::new(),
            seen: None,
            generation: None,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// The topics that the locks speak on.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(String::as_str)
    }

    /// Goes up when there are other topics.
    pub fn generation(&self) -> Option<u64> {
        self.generation
    }

    /// Does what is wanted and due at `now`, and gives what is to be sent. `O(what is to be done)`.
    ///
    /// # Errors
    /// If the ledger is away: nothing is known then, and it is to be looked again.
    pub async fn look(&mut self, now: Timestamp) -> Result<Vec<Message>, Error<Refusal>> {
        let mut messages = Vec::new();
        for _ in 0..ROUNDS {
            if let Some((work, locks)) = self.work().await? {
                self.seen = Some((work.revision, work.next));
                if let Some(locks) = locks {
                    self.take_locks(work.generation, locks);
                }
                self.give_codes(now, work.draws, work.keeps).await?;
                self.reconciler.want(now, work.codes);
            }
            let acts = self.reconciler.due(now);
            if acts.is_empty() {
                break;
            }
            self.perform(now, acts, &mut messages).await?;
        }
        Ok(messages)
    }

    /// What a lock said on `topic`, at `now`; gives what is to be sent.
    ///
    /// # Errors
    /// As [`Keeper::look`]; the lock is asked again.
    pub async fn hear(
        &mut self,
        now: Timestamp,
        topic: &str,
        payload: &[u8],
    ) -> Result<Vec<Message>, Error<Refusal>> {
        let Some(door) = self.topics.get(topic).copied() else { return Ok(Vec::new()) };
        let Some(bridge) = self.bridges.get(&door) else { return Ok(Vec::new()) };
        let acts = self.reconciler.hear(now, door, bridge.hear(topic, payload));
        let mut messages = Vec::new();
        if !acts.is_empty() {
            self.perform(now, acts, &mut messages).await?;
        }
        Ok(messages)
    }

    /// What is wanted, if that may be something else than when it was last looked.
    async fn work(&self) -> Result<Option<(Work, Option<Vec<LockKey>>)>, Error<Refusal>> {
        let (seen, generation) = (self.seen, self.generation);
        let look = move |state: &State, now: Timestamp| {
            let same = |(revision, next): (u64, Option<Timestamp>)| {
                revision == state.doors_revision() && next.is_none_or(|next| now < next)
            };
            if seen.is_some_and(same) {
                return None;
            }
            let work = state.door_work(now);
            let locks = (generation != Some(work.generation)).then(|| state.locks());
            Some((work, locks))
        };
        self.ledger.query(&self.tenant, None, look).await
    }

    fn take_locks(&mut self, generation: u64, locks: Vec<LockKey>) {
        let tenant = self.tenant.as_str();
        let bridges = locks.iter().map(|lock| (lock.door, bridge(tenant, lock)));
        self.bridges = bridges.collect();
        let topics = self.bridges.iter();
        let topics =
            topics.flat_map(|(door, it)| it.listens().into_iter().map(|topic| (topic, *door)));
        self.topics = topics.collect();
        self.reconciler.locks(self.bridges.iter().map(|(door, it)| (*door, it.reads_first())));
        self.generation = Some(generation);
    }

    async fn give_codes(
        &mut self,
        now: Timestamp,
        draws: Vec<Draw>,
        keeps: Vec<(DoorId, BookingId)>,
    ) -> Result<(), Error<Refusal>> {
        let mut commands: Vec<_> = keeps
            .into_iter()
            .map(|(door, booking)| door::Command::Keep { door, booking })
            .collect();
        for wanted in draws {
            if let Some(digits) = self.digits(&wanted).await {
                let Draw { door, booking, drawn, .. } = wanted;
                commands.push(door::Command::Plan { door, booking, digits, drawn });
            }
        }
        self.tell(now, commands).await
    }

    /// Digits that no other code on the door has; those of the series, where they may be had again.
    async fn digits(&self, wanted: &Draw) -> Option<Sealed<Digits>> {
        let mut others = BTreeSet::new();
        for code in &wanted.live {
            others.insert(self.open(code).await?.reveal().to_owned());
        }
        if let Some(again) = &wanted.again
            && self.open(again).await.is_some_and(|digits| !others.contains(digits.reveal()))
        {
            return Some(again.clone());
        }
        let digits = draw(wanted.bridge, wanted.digits, &others)?;
        let key = self.vault.key(self.tenant.as_str(), wanted.by).await;
        let context = (wanted.door, wanted.booking, wanted.drawn);
        let context = format!("{} {} {}", context.0, context.1, context.2);
        key.ok().map(|key| key.seal(context.as_bytes(), &digits))
    }

    async fn open(&self, sealed: &Sealed<Digits>) -> Option<Digits> {
        let opened = self.vault.open(self.tenant.as_str(), sealed).await;
        opened.ok().and_then(Opened::known)
    }

    async fn perform(
        &mut self,
        now: Timestamp,
        acts: Vec<Act>,
        messages: &mut Vec<Message>,
    ) -> Result<(), Error<Refusal>> {
        let mut steps = Vec::new();
        let mut unasked = Vec::new();
        for act in acts {
            match act {
                Act::Set { work, known } => {
                    let Some(sealed) = &work.digits else { continue };
                    let Some(digits) = self.open(sealed).await else { continue };
                    let (slot, window) = (work.slot, work.window);
                    let order = Order::Set { slot, digits: &digits, window, known: &known };
                    messages.extend(self.order(work.door, order));
                }
                Act::Clear { door, slot, known } => {
                    messages.extend(self.order(door, Order::Clear { slot, known: &known }));
                }
                Act::Read { door, slot } => messages.extend(self.order(door, Order::Read { slot })),
                Act::Step { code, step } => steps.push((code, step)),
                Act::Unasked { door, slot, said } => unasked.push((door, slot, said)),
            }
        }
        steps.extend(self.surprises(unasked).await?);
        let step = |(code, step)| door::Command::Step { code, step };
        self.tell(now, steps.into_iter().map(step).collect()).await
    }

    fn order(&self, door: DoorId, order: Order<'_>) -> Vec<Message> {
        self.bridges.get(&door).map(|bridge| bridge.tell(order)).unwrap_or_default()
    }

    /// Codes that are there again, or are not there any more, though nobody asked.
    async fn surprises(
        &self,
        unasked: Vec<(DoorId, u16, Said)>,
    ) -> Result<Vec<(CodeId, Step)>, Error<Refusal>> {
        if unasked.is_empty() {
            return Ok(Vec::new());
        }
        let look = move |state: &State, _| {
            let surprise = |(door, slot, said): &(DoorId, u16, Said)| {
                let (code, is) = state.code_in_slot(*door, *slot)?;
                match (is, said) {
                    (CodeState::Removed | CodeState::Failed, Said::Holds | Said::Disabled) => {
                        Some((code, Step::Back))
                    }
                    (CodeState::Set, Said::Empty | Said::Disabled) => Some((code, Step::Lost)),
                    _ => None,
                }
            };
            unasked.iter().filter_map(surprise).collect()
        };
        self.ledger.query(&self.tenant, None, look).await
    }

    /// What is refused is no longer so: the next look says what is.
    async fn tell(
        &mut self,
        now: Timestamp,
        commands: Vec<door::Command>,
    ) -> Result<(), Error<Refusal>> {
        if commands.is_empty() {
            return Ok(());
        }
        self.seen = None;
        let caller = Caller { tenant: self.tenant.clone(), id: LOCKS };
        let asks = commands.into_iter().map(|command| {
            let command = Command::Door(command);
            Ask { request_id: request_id(now, &mut self.random), command }
        });
        let asks = asks.collect();
        for outcome in self.ledger.execute_many(&caller, asks, None).await? {
            match outcome {
                Ok(_) => {}
                Err(Error::Refused(refusal)) => {
                    tracing::debug!(tenant = %self.tenant, "not recorded: {refusal}");
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

/// An intent of `now`, by the ledger's clock and not the machine's.
fn request_id(now: Timestamp, random: &mut fastrand::Rng) -> RequestId {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let id = Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
    RequestId::new(id).expect("it was made as a UUIDv7")
}

//! Carries out what is due: claims messages, asks the register how their readers are reached,
//! hands them to a provider, and records what came of it.
//!
//! A claim is on disk before anything leaves, and so is the outcome before the next claim. If the
//! process dies in between, the claim runs out and the message is tried again under the same key.
//! Several processes may send for one municipality: a message is claimed by one of them at a
//! time.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use dugnad_events::{
    MessageId, NoticeId,
    notices::{Channel, Event, Outcome, Setback},
};
use dugnad_journal::{Journal, Service, Tenant};
use dugnad_ledger::{Ask, Caller, Ledger, Model as _, RequestId};
use dugnad_vault::{PersonId, Vault};
use futures::StreamExt as _;
use tokio::{sync::Notify, task::JoinSet, time::timeout};
use uuid::{NoContext, Uuid, uuid};

use crate::{
    channel::Channels,
    contacts::{Contact, Contacts, MOST_AT_ONCE},
    model::{Command, Notices},
    render::{self, Answers, Draft},
    token::Keys,
};

/// Stands for this service where it asks others, and in the record of who read what.
pub const CALLER: Uuid = uuid!("7b0d3a52-53c5-4f0c-9a53-0c3a2c9f6d12");

/// Messages of one claim: all are sent at once.
const AT_ONCE: usize = 32;
/// Claims that are sent side by side, for one municipality.
const SIDE_BY_SIDE: usize = 4;
/// No provider is waited for longer; well within a claim's time.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the clock is looked at when nothing changes, and for new municipalities.
const LOOK: Duration = Duration::from_secs(1);

/// What sending needs to know of where it runs.
#[derive(Clone, Default)]
pub struct Settings {
    /// Where people reach the links, such as `https://frivillig.drammen.kommune.no`; empty: there
    /// are no links.
    pub public_url: String,
    /// Whether people can reply to text messages.
    pub replies: bool,
    /// What delivery reports and replies are signed with; empty: none are taken.
    pub secret: String,
}

/// How people are reached, for as long as they are written to.
type Reached = HashMap<PersonId, Contact>;

/// Sends what is due, for every municipality.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    ledger: Ledger<Notices>,
    vault: Vault,
    contacts: Arc<dyn Contacts>,
    channels: Channels,
    settings: Settings,
}

impl Sender {
    /// Nothing is sent before [`Sender::run`].
    #[must_use]
    pub fn new(
        ledger: Ledger<Notices>,
        vault: Vault,
        contacts: Arc<dyn Contacts>,
        channels: Channels,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner { ledger, vault, contacts, channels, settings }))
    }

    /// Sends for ever, for each municipality in the journal and those that come.
    ///
    /// # Panics
    /// If the model's name is no service's.
    pub async fn run(self, journal: Arc<dyn Journal>) {
        let service =
            Service::new(Notices::SERVICE).expect("a model's SERVICE is a service's name");
        let mut known = HashSet::new();
        let mut tenants = JoinSet::new();
        loop {
            // A journal that is away is asked again.
            for partition in journal.partitions(&service).await.unwrap_or_default() {
                if known.insert(partition.tenant.clone()) {
                    tenants.spawn(self.clone().serve(partition.tenant));
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn serve(self, tenant: Tenant) {
        let changed = Arc::new(Notify::new());
        let mut wakes = JoinSet::new();
        wakes.spawn(wake(self.0.ledger.clone(), tenant.clone(), changed.clone()));
        loop {
            if let Err(why) = self.send_due(&tenant).await {
                tracing::warn!(%tenant, why, "notices wait");
                tokio::time::sleep(LOOK).await;
            }
            // Whether by a change or by the clock: it is looked at again.
            let _ = timeout(LOOK, changed.notified()).await;
        }
    }

    /// Sends all that is due now; how many messages were tried.
    ///
    /// # Errors
    /// Why it cannot be known, or recorded.
    pub async fn send_due(&self, tenant: &Tenant) -> Result<usize, String> {
        let mut sent = 0;
        loop {
            let (asked, known) = self.learn(tenant).await?;
            let some = (0..SIDE_BY_SIDE).map(|_| self.send_some(tenant, &known));
            let results = futures::future::join_all(some).await;
            let tried = results.into_iter().sum::<Result<usize, String>>()?;
            if tried == 0 && asked == 0 {
                return Ok(sent);
            }
            sent += tried;
        }
    }

    /// Asks the register how some want to be told of whom that is not known: how many were asked
    /// about, and how they are reached. Each is read once if they are written to at once.
    async fn learn(&self, tenant: &Tenant) -> Result<(usize, Reached), String> {
        let look = |state: &_, now| crate::model::State::unheard(state, now, MOST_AT_ONCE);
        let people = self.0.ledger.query(tenant, None, look).await;
        let people = people.map_err(|error| error.to_string())?;
        if people.is_empty() {
            return Ok((0, Reached::new()));
        }
        let known = self.0.contacts.contacts(tenant, &people).await?;
        let asked = people.len();
        let learnt = people
            .into_iter()
            .map(|person| (person, known.get(&person).map(|contact| contact.preference.clone())));
        self.execute(tenant, Command::Learn(learnt.collect())).await?;
        Ok((asked, known))
    }

    async fn send_some(&self, tenant: &Tenant, known: &Reached) -> Result<usize, String> {
        let events = self.execute(tenant, Command::Claim { most: AT_ONCE }).await?;
        let claimed = events.iter().filter_map(|event| match event {
            Event::Attempted { message, .. } => Some(*message),
            _ => None,
        });
        let claimed: Vec<MessageId> = claimed.collect();
        if claimed.is_empty() {
            // What went elsewhere, such as to the desk, was progress too.
            return Ok(usize::from(!events.is_empty()));
        }
        let keys = keys(&self.0.vault, tenant).await?;
        let mut drafts = self.drafts(tenant, claimed.clone()).await?;
        let unread = drafts.iter().map(|it| it.to).filter(|it| !known.contains_key(it));
        let unread: HashSet<PersonId> = unread.collect();
        let contacts = match unread.is_empty() {
            true => Reached::new(),
            false => {
                let unread: Vec<_> = unread.into_iter().collect();
                self.0.contacts.contacts(tenant, &unread).await?
            }
        };
        let keys = &keys;
        for draft in &mut drafts {
            self.open_codes(tenant, draft).await?;
        }
        let tried = drafts.iter().map(|draft| {
            let contact = known.get(&draft.to).or_else(|| contacts.get(&draft.to));
            async move { (draft.key, self.send(tenant, keys, draft, contact).await) }
        });
        let results: Vec<_> = futures::future::join_all(tried).await;
        for (_, outcome) in &results {
            metrics::counter!("dugnad_notices_attempts_total", "outcome" => label(outcome))
                .increment(1);
        }
        self.execute(tenant, Command::Record(results)).await?;
        Ok(claimed.len())
    }

    /// Messages as they read at this moment: of what is over since they were claimed nothing is
    /// left.
    async fn drafts(&self, tenant: &Tenant, claimed: Vec<MessageId>) -> Result<Vec<Draft>, String> {
        let look = move |state: &_, now| {
            let drafts = claimed.iter().filter_map(|id| render::draft(state, *id, now));
            drafts.collect::<Vec<_>>()
        };
        self.0.ledger.query(tenant, None, look).await.map_err(|error| error.to_string())
    }

    /// What opens a door is in memory from here until it was handed over.
    async fn open_codes(&self, tenant: &Tenant, draft: &mut Draft) -> Result<(), String> {
        for part in &mut draft.parts {
            let Some(sealed) = &part.sealed else { continue };
            let opened = self.0.vault.open(tenant.as_str(), sealed).await;
            part.digits = opened.map_err(|error| error.to_string())?.known();
        }
        Ok(())
    }

    async fn send(
        &self,
        tenant: &Tenant,
        keys: &Keys,
        draft: &Draft,
        contact: Option<&Contact>,
    ) -> Outcome {
        let Some(contact) = contact else { return Outcome::Never(Setback::Unknown) };
        let Some(provider) = self.0.channels.of(draft.channel) else {
            return Outcome::Never(Setback::NoChannel);
        };
        let link = |notice| link(&self.0.settings, tenant, keys, notice);
        let answers = Answers { link: &link, replies: self.0.settings.replies };
        let Some(outgoing) = render::outgoing(draft, contact, &answers) else {
            return Outcome::Never(Setback::NoAddress);
        };
        let bucket = (draft.channel == Channel::Sms).then(|| keys.bucket(&outgoing.to));
        match timeout(PATIENCE, provider.send(&outgoing)).await {
            Ok(Ok(())) => Outcome::Sent { bucket },
            Ok(Err(failure)) => failure.into(),
            Err(_) => Outcome::Later(Setback::Away),
        }
    }

    async fn execute(&self, tenant: &Tenant, command: Command) -> Result<Arc<[Event]>, String> {
        execute(&self.0.ledger, tenant, command).await
    }
}

/// Asks in the name of this service.
pub(crate) async fn execute(
    ledger: &Ledger<Notices>,
    tenant: &Tenant,
    command: Command,
) -> Result<Arc<[Event]>, String> {
    let caller = Caller { tenant: tenant.clone(), id: CALLER };
    let request_id = request_id(ledger, tenant).await?;
    let accepted = ledger.execute(&caller, Ask { request_id, command }, None).await;
    accepted.map(|it| it.events).map_err(|error| error.to_string())
}

/// By the ledger's own clock, which is not this machine's in a test.
pub(crate) async fn request_id(
    ledger: &Ledger<Notices>,
    tenant: &Tenant,
) -> Result<RequestId, String> {
    let now = ledger.query(tenant, None, |_, now| now).await.map_err(|error| error.to_string())?;
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    let id = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos));
    RequestId::new(id).map_err(|error| error.to_string())
}

pub(crate) async fn keys(vault: &Vault, tenant: &Tenant) -> Result<Keys, String> {
    let secret = vault.digest_key(tenant.as_str()).await.map_err(|error| error.to_string())?;
    Ok(Keys::of(&secret))
}

pub(crate) fn link(settings: &Settings, tenant: &Tenant, keys: &Keys, notice: NoticeId) -> String {
    if settings.public_url.is_empty() {
        return String::new();
    }
    let base = settings.public_url.trim_end_matches('/');
    format!("{base}/a/{tenant}/{}", keys.token(tenant, notice))
}

async fn wake(ledger: Ledger<Notices>, tenant: Tenant, changed: Arc<Notify>) {
    loop {
        if let Ok(mut changes) = ledger.watch(&tenant, None).await {
            changed.notify_one();
            while let Some(Ok(_)) = changes.next().await {
                changed.notify_one();
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Later(_) => "later",
        Outcome::Never(_) => "never",
    }
}

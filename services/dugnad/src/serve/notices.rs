//! The notices service in this process: its ways out, its links, and the register that it asks
//! how people are reached, here or in another process.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use dugnad_journal::Tenant;
use dugnad_ledger::{Ledger, Model as _, StateDigest};
use dugnad_notices::{
    CALLER, Channels, Contact, Contacts, Gateway, Notices, Sender, Settings, Sms, Smtp,
};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use dugnad_volunteers::Holdings;
use futures::future::BoxFuture;
use tonic::{Status, service::RoutesBuilder};

use super::services::{Ground, Running};

/// How people are told.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Telling people (notices)")]
#[group(id = "notices")]
pub(super) struct Args {
    /// The mail server: smtps://USER:PASSWORD@HOST, or smtp://HOST:587?tls=required. Without it
    /// no e-mail is sent: people are told by SMS, or stand on the desk's list.
    #[arg(long, env = "DUGNAD_SMTP", value_name = "URL", hide_env_values = true)]
    smtp: Option<String>,
    /// The address that e-mails come from; replies to it are read by nobody here.
    #[arg(
        long,
        env = "DUGNAD_SMTP_FROM",
        value_name = "ADDRESS",
        default_value = "dugnad@localhost"
    )]
    smtp_from: String,
    /// A JSON file that says how the SMS gateway is called, with {to}, {text}, {from} and {key}
    /// in their places: {"url": "https://…/send", "headers": {"content-type": "application/json",
    /// "authorization": "Bearer …"}, "body":
    /// "{\"to\":\"{to}\",\"text\":\"{text}\",\"id\":\"{key}\"}", "from": "Drammen", "replies":
    /// true, "secret": "…"}. With a secret, delivery reports and replies are taken at
    /// /sms/MUNICIPALITY/report and /sms/MUNICIPALITY/in of --http, signed with HMAC-SHA256 in
    /// x-signature. Keep it as you keep a password.
    #[arg(long, env = "DUGNAD_SMS", value_name = "FILE")]
    sms: Option<PathBuf>,
}

impl Args {
    fn channels(&self) -> Result<(Channels, Option<Gateway>)> {
        let mut channels = Channels::default();
        if let Some(url) = &self.smtp {
            channels.email = Some(Box::new(Smtp::new(url, &self.smtp_from).context("--smtp")?));
        }
        let Some(path) = &self.sms else { return Ok((channels, None)) };
        let json = std::fs::read_to_string(path).context("--sms")?;
        let gateway = Gateway::read(&json).context("--sms")?;
        channels.sms = Some(Box::new(Sms::new(gateway.clone()).context("--sms")?));
        Ok((channels, Some(gateway)))
    }
}

/// The running service.
pub(super) struct Telling {
    ledger: Ledger<Notices>,
    ground: Ground,
    contacts: Arc<dyn Contacts>,
    sender: Sender,
    settings: Settings,
}

impl Telling {
    /// `origin`: how people reach where links are answered; without it messages hold none.
    pub(super) fn start(
        ledger: Ledger<Notices>,
        ground: Ground,
        contacts: Arc<dyn Contacts>,
        args: &Args,
        origin: Option<String>,
    ) -> Result<Self> {
        let (channels, gateway) = args.channels()?;
        let (replies, secret) = gateway.map(|it| (it.replies, it.secret)).unwrap_or_default();
        let settings = Settings { public_url: origin.unwrap_or_default(), replies, secret };
        let (vault, asked) = (ground.vault.clone(), contacts.clone());
        let sender = Sender::new(ledger.clone(), vault, asked, channels, settings.clone());
        Ok(Self { ledger, ground, contacts, sender, settings })
    }
}

#[async_trait]
impl Running for Telling {
    fn add_doors(&self, routes: &mut RoutesBuilder, _others: &[Arc<dyn Holdings>]) {
        let (ledger, vault) = (self.ledger.clone(), self.ground.vault.clone());
        routes.add_service(dugnad_notices::service(ledger, vault, self.contacts.clone()));
    }

    fn holdings(&self) -> Option<Arc<dyn Holdings>> {
        Some(Arc::new(Held(self.ledger.clone())))
    }

    fn background(&self) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(self.sender.clone().run(self.ground.journal.clone())))
    }

    fn pages(&self, _origin: &str) -> Option<axum::Router> {
        let (ledger, vault) = (self.ledger.clone(), self.ground.vault.clone());
        Some(dugnad_notices::web(ledger, vault, self.contacts.clone(), self.settings.clone()))
    }

    async fn load(&self) -> Result<()> {
        Ok(self.ledger.load_all().await?)
    }

    async fn digests(&self) -> Result<Vec<StateDigest>> {
        Ok(self.ledger.digests().await?)
    }

    async fn finish(&self) {
        self.ledger.shutdown().await;
    }
}

struct Held(Ledger<Notices>);

#[async_trait]
impl Holdings for Held {
    fn service(&self) -> &'static str {
        Notices::SERVICE
    }

    async fn held(&self, tenant: &Tenant, person: PersonId) -> Result<serde_json::Value, Status> {
        dugnad_notices::held(&self.0, tenant, person).await
    }
}

/// The register in this process.
pub(super) struct Register {
    pub(super) ledger: Ledger<dugnad_volunteers::Volunteers>,
    pub(super) ground: Ground,
}

#[async_trait]
impl Contacts for Register {
    async fn contacts(
        &self,
        tenant: &Tenant,
        people: &[PersonId],
    ) -> Result<HashMap<PersonId, Contact>, String> {
        let vault = &self.ground.vault;
        let found = dugnad_volunteers::contacts(&self.ledger, vault, tenant, people, CALLER).await;
        Ok(reached(found.map_err(|status| status.message().to_owned())?))
    }
}

/// As the register shows people, by who they are.
pub(super) fn reached(people: Vec<pb::Person>) -> HashMap<PersonId, Contact> {
    let one = |person: pb::Person| {
        let id = person.name.strip_prefix("people/")?.parse().ok()?;
        Some((PersonId(id), Contact::from(person.details?)))
    };
    people.into_iter().filter_map(one).collect()
}

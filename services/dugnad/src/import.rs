//! `dugnad import`: what others know: registers into the register of a municipality, and maps.
//!
//! Organisations: a gRPC client like any other: the file is read and judged here, all of it, before anything is
//! sent. A batch whose outcome is not known is sent again with the same request id, and importing the
//! same file again changes nothing, so that whatever was cut short is simply run again.

mod report;
pub(crate) mod roads;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use dugnad_journal::Tenant;
use dugnad_proto::volunteers::v1::{
    Address, IcnpoCategory, ImportOrganisationsRequest, ImportOrganisationsResponse,
    RegisteredOrganisation, organisations_service_client::OrganisationsServiceClient,
    registered_organisation::Categories,
};
use dugnad_volunteers::{
    model::organisations::Imported,
    register::{Fault, LONGEST_FILE, Reader, Register},
};
use indicatif::{ProgressBar, ProgressStyle};
use tonic::Code;
use uuid::Uuid;

use crate::{
    client::{Called, Caller, called, request_id},
    solving::read_at_most,
};
use report::Outcome;

/// What one call takes.
const MOST_OF_A_BATCH: usize = 500;

/// A batch is one commit, which has a limit.
const LARGEST_BATCH: usize = 512 * 1024;

/// How long one batch may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A batch whose outcome is not known is sent so many times.
const TRIES: u32 = 5;

/// The importer itself, where nobody says who else it is.
const IMPORTER: &str = "5f0a6c52-6a5e-4d7b-9b0c-1d2f3a4b5c6d";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Organisations from Enhetsregisteret and Frivillighetsregisteret, as those serve them in JSON.
    #[command(after_help = EXAMPLES)]
    Organisations(Files),
    /// Roads from an extract of OpenStreetMap, prepared and kept for rides.
    #[command(after_help = roads::EXAMPLES)]
    Roads(roads::Args),
}

const EXAMPLES: &str = "\
A file holds pages (`_embedded`), a list, one entry, or one of these a line. What both registers say
about one number is merged, so give the files of both together. Sole proprietorships are left out.
Importing the same again changes nothing.

Examples:
  dugnad import organisations --tenant drammen enheter.json frivillige-organisasjoner.json
  curl 'https://data.brreg.no/enhetsregisteret/api/enheter?kommunenummer=3301&size=1000' |
    dugnad import organisations --tenant drammen -";

#[derive(Debug, clap::Args)]
struct Files {
    /// JSON of the registers; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The municipality.
    #[arg(long, env = "DUGNAD_TENANT", value_name = "NAME", value_parser = tenant)]
    tenant: String,
    /// Where `dugnad serve` listens.
    #[arg(
        long,
        env = "DUGNAD_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:7070"
    )]
    server: String,
    /// Who imports, as the journal keeps it.
    #[arg(long, env = "DUGNAD_CALLER", value_name = "UUID", default_value = IMPORTER)]
    caller: Uuid,
    /// The whole report as JSON instead of its first lines.
    #[arg(long)]
    json: bool,
}

fn tenant(text: &str) -> Result<String, String> {
    Tenant::new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

pub(crate) async fn run(args: Args) -> Result<()> {
    match args.command {
        Command::Organisations(files) => organisations(files).await,
        Command::Roads(args) => roads::run(&args),
    }
}

async fn organisations(args: Files) -> Result<()> {
    let began = Instant::now();
    let register = read(&args.files)?;
    let mut client = connect(&args.server, &args.tenant, args.caller)?;
    let mut outcome = Outcome::of(&register);
    let bar = bar(register.organisations.len() as u64);
    for organisations in batches(register.organisations) {
        let sent = organisations.len() as u64;
        let answer = send(&mut client, organisations).await.with_context(|| {
            format!("stopped after {} organisations; run it again to go on", bar.position())
        })?;
        outcome.add(answer);
        bar.inc(sent);
    }
    bar.finish_and_clear();
    outcome.seconds = began.elapsed().as_secs_f64();
    if args.json { outcome.json() } else { outcome.table() }
}

fn read(files: &[PathBuf]) -> Result<Register> {
    let mut reader = Reader::default();
    for path in files {
        let file = read_at_most(path, LONGEST_FILE as u64)?;
        if let Err(faults) = reader.read(&file) {
            let lines: Vec<_> = faults.iter().map(Fault::to_string).collect();
            bail!("{}: nothing was imported\n  {}", path.display(), lines.join("\n  "));
        }
    }
    Ok(reader.finish())
}

/// So that no call has too many, nor is too large.
pub(crate) fn batches(organisations: Vec<Imported>) -> Vec<Vec<RegisteredOrganisation>> {
    let mut batches = Vec::new();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    for organisation in organisations.into_iter().map(message) {
        let more = prost::Message::encoded_len(&organisation);
        if batch.len() == MOST_OF_A_BATCH || bytes + more > LARGEST_BATCH && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += more;
        batch.push(organisation);
    }
    batches.extend((!batch.is_empty()).then_some(batch));
    batches
}

fn message(one: Imported) -> RegisteredOrganisation {
    let Imported { facts, categorised, gone } = one;
    let icnpo = facts.icnpo.into_iter();
    let icnpo = icnpo.map(|icnpo| IcnpoCategory { number: icnpo.number, category: icnpo.category });
    RegisteredOrganisation {
        number: facts.number,
        display_name: facts.name,
        form: facts.form,
        address: Some(Address {
            lines: facts.address.lines,
            postal_code: facts.address.postal_code,
            town: facts.address.town,
            municipality: facts.address.municipality,
        }),
        voluntary: facts.voluntary,
        categories: categorised.then(|| Categories { icnpo: icnpo.collect() }),
        gone,
    }
}

/// The register of organisations, as one who imports into it calls it.
pub(crate) type Client = OrganisationsServiceClient<Called>;

/// A client of the server at `url`.
pub(crate) fn connect(url: &str, tenant: &str, id: Uuid) -> Result<Client> {
    let caller = Caller::new(tenant, id, "coordinator")?;
    Ok(Client::new(called(url, &caller, PATIENCE)?))
}

/// The same request, until its outcome is known.
pub(crate) async fn send(
    client: &mut Client,
    organisations: Vec<RegisteredOrganisation>,
) -> Result<ImportOrganisationsResponse> {
    let request = ImportOrganisationsRequest { organisations, request_id: request_id() };
    let mut tried = 1;
    loop {
        match client.import_organisations(request.clone()).await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status) if status.code() == Code::Unavailable && tried < TRIES => {
                tokio::time::sleep(Duration::from_millis(200) * tried).await;
                tried += 1;
            }
            Err(status) => bail!("{}", status.message()),
        }
    }
}

/// How many were sent; only on a terminal.
fn bar(organisations: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{pos}/{len} organisations {bar:30} {elapsed}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(organisations).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(length: usize) -> Imported {
        let facts = dugnad_events::volunteers::OrganisationFacts {
            name: "x".repeat(length),
            ..Default::default()
        };
        Imported { facts, categorised: false, gone: false }
    }

    #[test]
    fn no_batch_has_too_many_or_is_too_large_and_nothing_is_left_out() {
        let sizes = |organisations| batches(organisations).iter().map(Vec::len).collect::<Vec<_>>();

        assert_eq!(sizes(vec![]), [0; 0]);
        assert_eq!(sizes(vec![named(10); 1400]), [500, 500, 400]);
        assert_eq!(sizes(vec![named(200_000); 5]), [2, 2, 1]);
        assert_eq!(sizes(vec![named(LARGEST_BATCH); 2]), [1, 1]);
    }
}

//! `dugnad import organisations` as people run it, against a server on either journal.

#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_harness::{Caller, Organisations};
use dugnad_proto::volunteers::v1::ListOrganisationsRequest;
use dugnad_scenarios::{On, World};
use serde_json::{Value, json};

/// As many as a town has, each with a number that checks.
const ORGANISATIONS: usize = 1_400;

fn numbers() -> impl Iterator<Item = String> {
    (80_000_000_u32..).filter_map(|eight| {
        let digits = eight.to_string();
        let weighted = digits.bytes().zip([3, 2, 7, 6, 5, 4, 3, 2]);
        let left = weighted.map(|(b, weight)| u32::from(b - b'0') * weight).sum::<u32>() % 11;
        // Where it would be ten there is no number.
        let check = (11 - left) % 11;
        (check < 10).then(|| format!("{digits}{check}"))
    })
}

/// What Enhetsregisteret says of the town.
fn units() -> Vec<Value> {
    let unit = |(n, number): (usize, String)| {
        json!({
            "organisasjonsnummer": number,
            "navn": format!("LILLEVIK FORENING {n}"),
            "organisasjonsform": {"kode": "FLI", "beskrivelse": "Forening/lag/innretning"},
            "forretningsadresse": {
                "adresse": [format!("Storgata {n}")], "postnummer": "3044",
                "poststed": "LILLEVIK", "kommunenummer": "3301", "landkode": "NO"
            },
            "registrertIFrivillighetsregisteret": true,
            "konkurs": false
        })
    };
    numbers().take(ORGANISATIONS).enumerate().map(unit).collect()
}

fn page(units: &[Value]) -> String {
    json!({"_embedded": {"enheter": units}, "page": {"totalElements": units.len()}}).to_string()
}

/// Runs the command on a file of this content: whether it went well, and what it said.
async fn import(world: &World, content: &str, more: &[&str]) -> (bool, String) {
    let file = world.server.dir().join("enheter.json");
    std::fs::write(&file, content).unwrap();
    let (file, url) = (file.display().to_string(), world.server.url().unwrap());
    let args = ["import", "organisations", "--tenant", "lillevik", "--server", &url, &file];
    let (status, said) = world.server.dugnad(&[&args[..], more].concat()).await.unwrap();
    (status.success(), said)
}

async fn a_town_is_imported_once(on: On) {
    // Given what the register says of a town,
    let world = World::start(on).await;
    let mut units = units();

    // when it is imported, and again, and again when it has changed,
    let (first, said_first) = import(&world, &page(&units), &[]).await;
    let (again, said_again) = import(&world, &page(&units), &[]).await;
    units[7]["navn"] = "ET NYTT NAVN".into();
    units[8]["slettedato"] = "2026-11-01".into();
    let (later, said_later) = import(&world, &page(&units), &["--json"]).await;

    // then each time what changed is told, and the register holds it.
    assert!(first && again && later, "{said_first}{said_again}{said_later}");
    assert!(
        said_first.contains("1 400 organisations: 1 400 new, 0 changed, 0 gone, 0 as they were"),
        "{said_first}"
    );
    assert!(said_first.contains("and 1 380 more"), "{said_first}");
    assert!(said_again.starts_with("nothing changed: 1 400 organisations"), "{said_again}");
    let report: Value = serde_json::from_str(&said_later).unwrap();
    let counts = ["new", "changed", "gone", "unchanged"].map(|what| report[what].as_u64().unwrap());
    assert_eq!(counts, [0, 1, 1, 1398]);
    assert_eq!(report["changes"][0]["fields"], json!(["display_name"]));
    let called = world.server.called(&Caller::new("lillevik")).unwrap();
    let request = ListOrganisationsRequest { text: "nytt navn".to_owned(), ..Default::default() };
    let found = Organisations::new(called).list_organisations(request).await.unwrap().into_inner();
    assert_eq!(found.organisations.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_a_town_again_changes_nothing_on_the_embedded_journal() {
    a_town_is_imported_once(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_a_town_again_changes_nothing_on_nats() {
    a_town_is_imported_once(On::Nats).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_fault_names_the_entry_and_the_field_and_nothing_of_it_is_imported() {
    let world = World::start(On::Sqlite).await;
    let mut units = units();
    units[17]["organisasjonsnummer"] = "123456789".into();

    let (went_well, said) = import(&world, &page(&units), &[]).await;

    assert!(!went_well);
    assert!(said.contains("enheter[17].organisasjonsnummer: must be nine digits"), "{said}");
    let called = world.server.called(&Caller::new("lillevik")).unwrap();
    let mut organisations = Organisations::new(called);
    let found = organisations.list_organisations(ListOrganisationsRequest::default()).await;
    assert!(found.unwrap().into_inner().organisations.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_listens_the_import_says_so() {
    let world = World::start(On::Sqlite).await;
    let file = world.server.dir().join("enheter.json");
    std::fs::write(&file, page(&units())).unwrap();
    let file = file.display().to_string();
    let nobody = "http://127.0.0.1:1";

    let args = ["import", "organisations", "--tenant", "lillevik", "--server", nobody, &file];
    let (status, said) = world.server.dugnad(&args).await.unwrap();

    assert!(!status.success());
    assert!(said.contains("stopped after 0 organisations; run it again to go on"), "{said}");
}

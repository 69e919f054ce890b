//! Attests, the export and erasure, through the door.

use dugnad_proto::volunteers::v1 as pb;

use crate::{
    asking::*,
    town::{Town, name, refused},
};

fn attest(town: &Town, who: &str) -> pb::CreateAttestRequest {
    pb::CreateAttestRequest {
        person: name(who),
        start_date: "2026-01-01".to_owned(),
        end_date: "2026-12-31".to_owned(),
        request_id: town.id(),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_attest_says_what_was_done_and_that_the_name_was_read_for_it_is_recorded() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    set_role(&town, "gå tur", pb::Requirements::default()).await;
    let mut kari = own(&town, "kari");
    kari.log_hours(hours(&town, "kari", TODAY, 90)).await.unwrap();
    let before = town.reads("kari").await.len();

    let own = kari.create_attest(attest(&town, "kari")).await.unwrap().into_inner();
    let request = pb::CreateAttestRequest {
        municipality: "Øvre Eiker kommune".to_owned(),
        ..attest(&town, "kari")
    };
    let by_cora = coordinator(&town).create_attest(request).await.unwrap().into_inner();

    let said: serde_json::Value = serde_json::from_str(&own.json).unwrap();
    assert_eq!(said["name"], "Kari Nordmann");
    assert_eq!((&said["municipality"], &said["minutes"]), (&"Drammen".into(), &90.into()));
    assert_eq!(said["roles"][0]["nb"], "Besøksvenn");
    assert!(own.pdf.starts_with(b"%PDF-") && own.pdf.trim_ascii_end().ends_with(b"%%EOF"));
    assert!(by_cora.json.contains("Øvre Eiker kommune"));
    let reads = town.reads("kari").await;
    let new = &reads[..reads.len() - before];
    let said: Vec<_> = new.iter().map(|read| (read.purpose(), read.about.as_str())).collect();
    assert_eq!(said, [(pb::Purpose::Export, "attest"), (pb::Purpose::Own, "attest")]);
}

#[tokio::test]
async fn what_standing_holds_is_in_the_export_and_gone_after_the_erasure() {
    let town = Town::open().await;
    town.volunteer("kari").await;
    let (person, text) = (name("kari"), "Tusen takk!".to_owned());
    let thank = pb::ThankRequest { person, text, request_id: town.id() };
    own(&town, "rut").thank(thank).await.unwrap();
    let export = pb::ExportPersonRequest { person: name("kari") };
    let exported = town.themselves("kari").export_person(export).await.unwrap().into_inner();
    assert!(exported.json.contains("Tusen takk!"), "{}", exported.json);

    let erase = pb::ErasePersonRequest { person: name("kari"), request_id: town.id() };
    town.coordinator().erase_person(erase).await.unwrap();

    let request = pb::GetStandingRequest { person: name("kari") };
    let standing = coordinator(&town).get_standing(request).await;
    assert_eq!(refused(standing).1, "PERSON_ERASED");
    let request = pb::ListThanksRequest { person: name("kari"), ..Default::default() };
    assert_eq!(refused(coordinator(&town).list_thanks(request).await).1, "PERSON_ERASED");
    let outcome = coordinator(&town).create_attest(attest(&town, "kari")).await;
    assert_eq!(refused(outcome).1, "PERSON_ERASED");
}

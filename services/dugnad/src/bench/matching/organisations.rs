//! Organisations as Enhetsregisteret serves them, made up, and imported as `dugnad import` does it.

use anyhow::{Result, anyhow, ensure};
use dugnad_volunteers::register::{Fault, Reader};
use serde_json::json;

use crate::import;

/// A page of so many, in JSON.
pub(super) fn register(count: usize) -> String {
    let numbers = (81_000_000..).filter_map(number).take(count).enumerate();
    let entries = numbers.map(|(n, number)| {
        json!({
            "organisasjonsnummer": number,
            "navn": format!("MÅLELAG {n}"),
            "organisasjonsform": {"kode": "FLI", "beskrivelse": "Forening/lag/innretning"},
            "forretningsadresse": {
                "land": "Norge",
                "landkode": "NO",
                "postnummer": format!("30{:02}", n % 60),
                "poststed": "DRAMMEN",
                "adresse": [format!("Målegata {n}")],
                "kommune": "DRAMMEN",
                "kommunenummer": "3301",
            },
            "registrertIFrivillighetsregisteret": n % 3 != 0,
            "konkurs": false,
        })
    });
    json!({"_embedded": {"enheter": entries.collect::<Vec<_>>()}}).to_string()
}

/// Eight digits with their check digit, by eleven; `None` where there is none.
pub(crate) fn number(eight: u32) -> Option<String> {
    let text = eight.to_string();
    let digits = text.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip([3, 2, 7, 6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => None,
        check => Some(format!("{text}{check}")),
    }
}

/// How many are new.
pub(super) async fn import(client: &mut import::Client, text: &str) -> Result<usize> {
    let mut reader = Reader::default();
    reader.read(text.as_bytes()).map_err(|faults| {
        anyhow!("{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let register = reader.finish();
    let all = register.organisations.len();
    let mut new = 0;
    for batch in import::batches(register.organisations) {
        new += import::send(client, batch).await?.new.unsigned_abs() as usize;
    }
    ensure!(new == all, "{new} of {all} organisations are new");
    Ok(new)
}

//! Files as the registers serve them, and files that somebody broke.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// As GET /enhetsregisteret/api/enheter answers, links and the like left out.
fn unit(number: &str, name: &str) -> Value {
    json!({
        "organisasjonsnummer": number,
        "navn": name,
        "organisasjonsform": {"kode": "FLI", "beskrivelse": "Forening", "_links": {}},
        "forretningsadresse": {
            "land": "Norge", "landkode": "NO", "postnummer": "3048", "poststed": "DRAMMEN",
            "adresse": ["Bergmoveien 1"], "kommune": "DRAMMEN", "kommunenummer": "3301"
        },
        "registreringsdatoEnhetsregisteret": "2007-10-15",
        "registrertIFrivillighetsregisteret": true,
        "konkurs": false,
        "telefon": "32 00 00 00",
        "_links": {"self": {"href": "https://example.no"}}
    })
}

/// As GET /frivillighetsregisteret/api/frivillige-organisasjoner answers.
fn voluntary(number: &str, icnpo: &str) -> Value {
    json!({
        "respons_klasse": "FrivilligOrganisasjonInnfoert",
        "organisasjonsnummer": number,
        "frivilligOrganisasjonsstatus": "AKTIV",
        "kontonummer": "12345678901",
        "innfoertDato": "2009-03-01",
        "icnpoKategorier": [
            {"icnpoNummer": "10100", "kategori": "ICNPOKategori.annet", "rekkefoelge": 2},
            {"icnpoNummer": icnpo, "navn": null, "kategori": "ICNPOKategori.sosialeTjenester",
             "rekkefoelge": 1}
        ],
        "grasrotandel": {"deltarI": true}
    })
}

const CHOIR: &str = "991825827";
const CORPS: &str = "974760673";

fn read(files: &[String]) -> Result<Register, Vec<Fault>> {
    let mut reader = Reader::default();
    for file in files {
        reader.read(file.as_bytes())?;
    }
    Ok(reader.finish())
}

fn one(value: Value) -> Result<Register, Vec<Fault>> {
    read(&[value.to_string()])
}

fn faults(value: Value) -> String {
    let faults = one(value).unwrap_err();
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_page_a_list_one_entry_and_lines_say_the_same() {
    let (choir, corps) = (unit(CHOIR, "KORET"), unit(CORPS, "KORPSET"));
    let page = json!({"_embedded": {"enheter": [choir, corps]}, "page": {"size": 2}});
    let expected = one(page.clone()).unwrap();

    assert_eq!(expected.organisations.len(), 2);
    assert_eq!(one(json!([choir, corps])).unwrap(), expected);
    assert_eq!(read(&[format!("{choir}\n{corps}\n")]).unwrap(), expected);
    assert_eq!(read(&[choir.to_string(), corps.to_string()]).unwrap(), expected);
    let pretty = serde_json::to_string_pretty(&page).unwrap();
    assert_eq!(read(&[format!("\u{feff}\n{pretty}\n\n")]).unwrap(), expected);
    let pages = [choir, corps].map(|unit| json!({"_embedded": {"enheter": [unit]}}).to_string());
    assert_eq!(read(&[pages.join("\n")]).unwrap(), expected);
    assert_eq!(read(&[String::new()]).unwrap(), Register::default());
}

#[test]
fn an_entry_is_read_with_what_we_keep_and_nothing_else() {
    let register = one(unit(CHOIR, "KORET")).unwrap();

    let facts = &register.organisations[0].facts;
    assert_eq!((facts.number.as_str(), facts.name.as_str()), (CHOIR, "KORET"));
    assert_eq!((facts.form.as_str(), facts.voluntary), ("FLI", true));
    let address = &facts.address;
    assert_eq!(address.lines, ["Bergmoveien 1"]);
    assert_eq!((address.postal_code.as_str(), address.town.as_str()), ("3048", "DRAMMEN"));
    assert_eq!(address.municipality, "3301");
    assert!(!register.organisations[0].categorised);
    assert!(!format!("{register:?}").contains("32 00 00 00"));
}

#[test]
fn the_two_registers_are_merged_by_number_whichever_comes_first() {
    let (unit, voluntary) = (unit(CHOIR, "KORET"), voluntary(CHOIR, "4100"));
    let embedded = json!({"enheter": [unit], "frivilligeOrganisasjoner": [voluntary]});
    let expected = one(json!({"_embedded": embedded})).unwrap();

    assert_eq!(read(&[voluntary.to_string(), unit.to_string()]).unwrap(), expected);
    assert_eq!(read(&[unit.to_string(), voluntary.to_string()]).unwrap(), expected);
    let [Imported { facts, categorised: true, gone: false }] = &expected.organisations[..] else {
        panic!("{expected:?}")
    };
    let icnpo = facts.icnpo.iter().map(|icnpo| (icnpo.number.as_str(), icnpo.category.as_str()));
    assert_eq!(icnpo.collect::<Vec<_>>(), [("4100", "sosialeTjenester"), ("10100", "annet")]);
}

#[test]
fn an_entry_without_a_unit_has_no_name_and_is_counted() {
    let register = one(json!([voluntary(CHOIR, "4100"), unit(CORPS, "KORPSET")])).unwrap();

    assert_eq!((register.organisations.len(), register.nameless), (1, 1));
}

#[test]
fn who_left_the_register_of_voluntary_organisations_is_voluntary_no_more() {
    let left = json!({
        "respons_klasse": "FrivilligOrganisasjonSlettet", "organisasjonsnummer": CHOIR
    });
    let mut silent = unit(CHOIR, "KORET");
    silent.as_object_mut().unwrap().remove("registrertIFrivillighetsregisteret");

    let register = one(json!([silent, left])).unwrap();

    assert!(!register.organisations[0].facts.voluntary);
}

#[test]
fn one_that_was_struck_off_is_gone() {
    let mut struck = unit(CHOIR, "KORET");
    struck["slettedato"] = "2026-10-01".into();
    struck["respons_klasse"] = "SlettetEnhet".into();

    let register = one(struck).unwrap();

    assert!(register.organisations[0].gone);
}

#[test]
fn a_sole_proprietorship_is_left_out_and_its_name_with_it() {
    let mut sole = unit(CHOIR, "KARI NORDMANN");
    sole["organisasjonsform"]["kode"] = "ENK".into();

    let register = one(json!([sole, unit(CORPS, "KORPSET")])).unwrap();

    assert_eq!((register.organisations.len(), register.sole_proprietorships), (1, 1));
    assert!(!format!("{register:?}").contains("KARI"));
}

#[test]
fn of_an_address_in_care_of_a_person_only_the_town_is_kept() {
    let mut at_home = unit(CHOIR, "KORET");
    at_home["forretningsadresse"]["adresse"] = json!(["c/o Kari Nordmann", "Storgata 1"]);

    let register = one(at_home).unwrap();

    assert_eq!(register.in_care_of, 1);
    assert!(register.organisations[0].facts.address.lines.is_empty());
    assert_eq!(register.organisations[0].facts.address.town, "DRAMMEN");
}

/// What goes wrong in an entry.
type Breaking = fn(&mut Value);

#[test]
fn a_fault_names_the_entry_and_the_field() {
    let broken = |change: Breaking| {
        let mut unit = unit(CHOIR, "KORET");
        change(&mut unit);
        faults(
            json!({"_embedded": {"enheter": [crate::register::tests::unit(CORPS, "KORPSET"), unit]}}),
        )
    };
    let cases: [(Breaking, &str); 10] = [
        (
            |unit| unit["organisasjonsnummer"] = "991825828".into(),
            "enheter[1].organisasjonsnummer: must be nine digits with the right check digit",
        ),
        (
            |unit| unit["organisasjonsnummer"] = 991_825_827.into(),
            "enheter[1].organisasjonsnummer: invalid type: integer `991825827`, expected a string",
        ),
        (
            |unit| unit["organisasjonsnummer"] = Value::Null,
            "enheter[1].organisasjonsnummer: is missing",
        ),
        (|unit| unit["navn"] = Value::Null, "enheter[1].navn: is missing"),
        (|unit| unit["navn"] = " ".into(), "enheter[1].navn: must not be empty"),
        (
            |unit| unit["navn"] = "x".repeat(201).into(),
            "enheter[1].navn: must have at most 200 characters",
        ),
        (
            |unit| unit["organisasjonsform"]["kode"] = "fli".into(),
            "enheter[1].organisasjonsform.kode: must be a code such as FLI",
        ),
        (
            |unit| unit["forretningsadresse"]["kommunenummer"] = "30".into(),
            "enheter[1].forretningsadresse.kommunenummer: must be four digits",
        ),
        (
            |unit| unit["forretningsadresse"]["adresse"] = json!(["a\u{0}"]),
            "enheter[1].forretningsadresse.adresse[0]: must not hold control characters",
        ),
        (
            |unit| unit["icnpoKategorier"] = json!([{"icnpoNummer": "4"}]),
            "enheter[1].icnpoKategorier[0].icnpoNummer: must be four or five digits",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(broken(change), expected);
    }
}

#[test]
fn a_fault_is_found_in_whatever_it_is_packed_in() {
    let bad = json!({"organisasjonsnummer": "1", "navn": "X"});
    let problem = "organisasjonsnummer: must be nine digits with the right check digit";
    let good = unit(CHOIR, "KORET");

    assert_eq!(faults(bad.clone()), problem);
    assert_eq!(faults(json!([good, bad])), format!("[1].{problem}"));
    let lines = read(&[format!("{good}\n\n{bad}\n")]).unwrap_err();
    assert_eq!(lines[0].to_string(), format!("line 3 {problem}"));
    let pages = read(&[format!("{good}\n[{good}, {bad}]")]).unwrap_err();
    assert_eq!(pages[0].to_string(), format!("line 2 [1].{problem}"));
}

#[test]
fn all_faults_are_told_at_once_up_to_a_number_and_nothing_is_taken() {
    let bad = json!({"organisasjonsnummer": "1"});
    let mut reader = Reader::default();

    let many = json!(vec![bad.clone(); 1000]).to_string();
    let faults = reader.read(many.as_bytes()).unwrap_err();
    let few = json!([bad, unit(CHOIR, "KORET"), bad]).to_string();
    let two = reader.read(few.as_bytes()).unwrap_err();

    assert_eq!((faults.len(), two.len()), (MOST_FAULTS, 2));
    assert_eq!(reader.finish(), Register::default());
}

#[test]
fn what_is_something_else_is_refused() {
    assert_eq!(faults(json!(5)), "must be a page, a list or an entry of the register");
    assert_eq!(
        faults(json!({"_embedded": {"underenheter": []}})),
        "_embedded: must hold `enheter` or `frivilligeOrganisasjoner`"
    );
    let mut reader = Reader::default();
    let not_text = reader.read(b"[\xff]").unwrap_err();
    assert!(not_text[0].to_string().starts_with("the file is no UTF-8"), "{not_text:?}");
    let cut = reader.read(br#"{"organisasjonsnummer": "#).unwrap_err();
    assert!(cut[0].to_string().starts_with("no JSON: "), "{cut:?}");
    let deep = "[".repeat(1_000_000);
    assert!(reader.read(deep.as_bytes()).is_err());
    let nested = format!("{{\"x\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(reader.read(nested.as_bytes()).is_err(), "without a number");
}

#[test]
fn one_file_has_so_many_entries_at_most() {
    let entry = json!({"organisasjonsnummer": CHOIR, "navn": "X"}).to_string();
    let file = vec![entry.as_str(); MOST_ENTRIES + 1].join("\n");

    let faults = Reader::default().read(file.as_bytes()).unwrap_err();

    assert_eq!(faults[0].to_string(), "there are more than 200000 entries");
}

proptest! {
    /// Nothing panics, and whatever is taken has a number that checks.
    #[test]
    fn a_broken_file_is_refused_or_read_but_never_breaks_us(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
        lines in any::<bool>(),
    ) {
        let (unit, voluntary) = (unit(CHOIR, "KORET"), voluntary(CORPS, "4100"));
        let page = json!({"_embedded": {"enheter": [unit], "frivilligeOrganisasjoner": [voluntary]}});
        let mut file = page.to_string().into_bytes();
        if lines {
            file = format!("{unit}\n{voluntary}\n{page}").into_bytes();
        }
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(cut.index(file.len() * 4).max(1));
        let mut reader = Reader::default();
        match reader.read(&file) {
            Ok(()) => for one in reader.finish().organisations {
                prop_assert!(is_number(&one.facts.number));
            },
            Err(faults) => prop_assert!(!faults.is_empty() && faults.len() <= MOST_FAULTS + 1),
        }
    }

    /// The check digit catches any one digit that is wrong.
    #[test]
    fn a_number_with_one_digit_wrong_is_no_number(at in 0..9usize, by in 1..10u8) {
        let mut wrong = CHOIR.as_bytes().to_vec();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        prop_assert!(!is_number(std::str::from_utf8(&wrong).unwrap()));
    }
}

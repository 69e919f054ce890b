//! The attest, read back by a reader of PDF that shares no code with the writer.

use std::collections::HashMap;

use dugnad_events::volunteers::Card;
use jiff::civil::date;

use super::*;
use crate::model::standing::Course;

fn work() -> Work {
    let card = |nb: &str, en: &str| Card { nb: nb.into(), en: en.into(), ..Card::default() };
    let course = |nb: &str, en: &str| Course { nb: nb.into(), en: en.into(), months: None };
    Work {
        since: Some(date(2023, 5, 17)),
        years: 3,
        minutes: 61 * 60 + 30,
        roles: vec![
            (card("Besøksvenn", "Visiting friend"), 60 * 60),
            (card("Sjåfør", "Driver"), 90),
        ],
        courses: vec![(course("Førstehjelp", "First aid"), date(2026, 3, 1))],
        thanks: 2,
        today: date(2026, 11, 22),
    }
}

fn attest(name: &str) -> Attest {
    let (from, to) = (date(2026, 1, 1), date(2026, 11, 22));
    let municipality = "Øvre Eiker kommune".to_owned();
    Attest { name: name.to_owned(), municipality, from, to, work: work() }
}

/// The text of each page, a line each; letters by the document's own account of its codes.
fn read(pdf: &[u8]) -> Vec<Vec<String>> {
    let letters = letters(pdf);
    let shown = |content: &[u8]| {
        let parts = strings(content).into_iter();
        parts.map(|codes| codes.iter().map(|code| letters[code]).collect()).collect()
    };
    let pages: Vec<Vec<String>> =
        streams(pdf).into_iter().filter(|it| find(it, b"begincmap").is_none()).map(shown).collect();
    let count = format!("/Count {}", pages.len());
    assert!(find(pdf, count.as_bytes()).is_some(), "{count} in the page tree");
    assert_cross_reference(pdf);
    pages
}

/// Every object lies where the table at the end says.
fn assert_cross_reference(pdf: &[u8]) {
    let text = String::from_utf8_lossy(&pdf[pdf.len() - 60..]).into_owned();
    let at: usize =
        text.split("startxref\n").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    let table = std::str::from_utf8(&pdf[at..]).unwrap();
    let rows = table.lines().skip(2).take_while(|row| row.ends_with(['n', 'f', ' ']));
    let mut objects = 0;
    for (n, row) in rows.enumerate().filter(|(_, row)| row.contains(" n")) {
        let offset: usize = row[..10].parse().unwrap();
        assert!(pdf[offset..].starts_with(format!("{n} 0 obj").as_bytes()), "{n}");
        objects += 1;
    }
    assert!(objects >= 8, "{objects}");
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|it| it == what)
}

fn streams(pdf: &[u8]) -> Vec<&[u8]> {
    let mut rest = pdf;
    let mut found = Vec::new();
    while let Some(start) = find(rest, b"stream\n") {
        rest = &rest[start + 7..];
        let end = find(rest, b"endstream").unwrap();
        found.push(&rest[..end]);
        rest = &rest[end + 9..];
    }
    found
}

/// The strings that a content stream shows, in hexadecimal or in parentheses.
fn strings(content: &[u8]) -> Vec<Vec<u8>> {
    let shown = content.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b" Tj"));
    let string = |line: &[u8]| {
        let inside = &line[1..line.len() - 4];
        if line[0] == b'<' {
            let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
            return inside.chunks(2).map(|it| pair(it).unwrap()).collect();
        }
        unescaped(inside)
    };
    shown.map(string).collect()
}

/// Without backslashes: a letter, or three octal digits.
fn unescaped(inside: &[u8]) -> Vec<u8> {
    let mut bytes = inside.iter().copied();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next().unwrap() {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 8,
                b'f' => 12,
                digit @ b'0'..=b'3' => {
                    let next = |_| bytes.next().unwrap();
                    let [second, third] = [1, 2].map(next);
                    (digit - b'0') * 64 + (second - b'0') * 8 + third - b'0'
                }
                itself => itself,
            },
            byte => byte,
        });
    }
    plain
}

/// What letter each code is, by the document's map.
fn letters(pdf: &[u8]) -> HashMap<u8, char> {
    let map = streams(pdf).into_iter().find(|it| find(it, b"begincmap").is_some()).unwrap();
    let map = std::str::from_utf8(map).unwrap();
    let mut letters = HashMap::new();
    for line in map.lines() {
        let number = |text: &str| u32::from_str_radix(text, 16).ok();
        let mut parts = line.split(['<', '>', ' ']).filter(|it| !it.is_empty()).map(number);
        let read = (parts.next().flatten(), parts.next().flatten(), parts.next().flatten());
        match read {
            (Some(code), Some(letter), None) => {
                letters.insert(u8::try_from(code).unwrap(), char::from_u32(letter).unwrap());
            }
            (Some(first), Some(last), Some(letter)) if last < 256 => {
                for code in first..=last {
                    let letter = char::from_u32(letter + code - first).unwrap();
                    letters.insert(u8::try_from(code).unwrap(), letter);
                }
            }
            _ => {}
        }
    }
    letters
}

#[test]
fn an_attest_says_who_did_what_in_bokmal_on_one_page() {
    let pdf = attest("Bjørg Åse Ærlig").pdf(Language::Bokmal);

    let pages = read(&pdf);

    assert!(pdf.starts_with(b"%PDF-1."));
    let [page] = &pages[..] else { panic!("{pages:?}") };
    assert_eq!(
        page,
        &[
            "Øvre Eiker kommune",
            "Attest for frivillig innsats",
            "Bjørg Åse Ærlig",
            "Fra 1.1.2026 til 22.11.2026 bidro Bjørg Åse Ærlig med 61 timer 30 min.",
            "Frivillig siden 17.5.2023: 3 hele år.",
            "Takket 2 ganger i perioden.",
            "Oppgaver",
            "Besøksvenn",
            "60 timer",
            "Sjåfør",
            "1 time 30 min",
            "Gjennomført opplæring",
            "Førstehjelp",
            "1.3.2026",
            "Øvre Eiker kommune, 22.11.2026",
        ]
    );
}

#[test]
fn an_attest_can_be_had_in_english() {
    let pages = read(&attest("Ola Nordmann").pdf(Language::English));

    let page = pages.concat();
    assert_eq!(page[1], "Certificate of voluntary work");
    assert_eq!(
        page[3],
        "From 1 January 2026 to 22 November 2026, Ola Nordmann gave 61 hours 30 min."
    );
    assert!(page.contains(&"Visiting friend".to_owned()), "{page:?}");
}

#[test]
fn letters_beyond_norwegian_are_named_and_can_be_read_back() {
    let name = "Áŋŋá Čárájávri Łukasz đŧ";

    let pages = read(&attest(name).pdf(Language::Bokmal));

    assert_eq!(pages[0][2], name);
}

#[test]
fn a_letter_goes_by_the_name_that_fonts_know_it_by() {
    let names = ['č', 'Ŋ', 'Ł', 'ı', 'I', 'İ', '\u{4E00}'].map(letters::glyph);

    assert_eq!(names, ["ccaron", "Eng", "Lslash", "dotlessi", "uni0049", "uni0130", "uni4E00"]);
}

#[test]
fn what_has_no_place_in_the_font_is_a_question_mark_and_no_fault() {
    let many: String = ('\u{4E00}'..'\u{4E40}').collect();

    let pages = read(&attest(&many).pdf(Language::Bokmal));

    let said = pages[0].concat();
    assert!(said.contains('\u{4E00}') && said.contains('?') && !said.contains('\u{4E3F}'));
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let bytes = || attest("Kari").pdf(Language::Bokmal);

    assert_eq!(bytes(), bytes());
}

#[test]
fn many_roles_take_several_pages_and_a_long_name_several_lines() {
    let mut attest = attest(&"Lang ".repeat(40));
    attest.work.roles = vec![attest.work.roles[0].clone(); 120];

    let pages = read(&attest.pdf(Language::Bokmal));

    assert!(pages.len() >= 3, "{}", pages.len());
    let roles = pages.concat().into_iter().filter(|line| line == "Besøksvenn").count();
    assert_eq!(roles, 120);
}

#[test]
fn the_json_says_the_same_to_programs() {
    let said: serde_json::Value = serde_json::from_str(&attest("Bjørg").json()).unwrap();

    let expected = serde_json::json!({
        "name": "Bjørg",
        "municipality": "Øvre Eiker kommune",
        "from": "2026-01-01",
        "to": "2026-11-22",
        "date": "2026-11-22",
        "since": "2023-05-17",
        "years": 3,
        "minutes": 3690,
        "roles": [
            { "nb": "Besøksvenn", "en": "Visiting friend", "minutes": 3600 },
            { "nb": "Sjåfør", "en": "Driver", "minutes": 90 },
        ],
        "courses": [{ "nb": "Førstehjelp", "en": "First aid", "date": "2026-03-01" }],
        "thanks": 2,
    });
    assert_eq!(said, expected);
}

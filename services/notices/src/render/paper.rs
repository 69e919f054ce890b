//! The desk's list on paper: rows for a spreadsheet, and letters.

use std::collections::HashMap;

use dugnad_vault::PersonId;

use super::{Answers, Fields, Part, clean, escape, words};
use crate::contacts::Contact;
use dugnad_events::notices::Language;

/// A row of the desk's list.
pub(crate) struct Row {
    pub(crate) to: Option<PersonId>,
    pub(super) urgency: &'static str,
    pub(super) sender: String,
    pub(super) language: Language,
    pub(super) large: bool,
    pub(super) part: Part,
}

impl Row {
    fn words(&self, contact: &Contact) -> (String, String) {
        let none = |_| String::new();
        let answers = Answers { link: &none, replies: false };
        let (language, alone) = (self.language, false);
        let name = clean(&contact.name);
        let fields =
            Fields { sender: &self.sender, name: &name, answers: &answers, language, alone };
        let text = &self.part.text;
        (self.part.fill(&text.subject, &fields), self.part.fill(&text.body, &fields))
    }
}

/// With a line of headings; a cell that a spreadsheet would take for a formula is quoted as text.
pub(crate) fn csv(rows: &[Row], contacts: &HashMap<PersonId, Contact>) -> String {
    let mut out = "urgency,name,phone,address,until,subject,text,notice\r\n".to_owned();
    for row in rows {
        let contact = row.to.and_then(|it| contacts.get(&it)).cloned().unwrap_or_default();
        let (subject, body) = row.words(&contact);
        let cells = [
            row.urgency,
            &contact.name,
            &contact.phone,
            &contact.address,
            &row.part.until,
            &subject,
            &body,
            &row.part.notice.to_string(),
        ];
        out.push_str(&cells.map(cell).join(","));
        out.push_str("\r\n");
    }
    out
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// A page each, to be put into an envelope.
pub(crate) fn letters(rows: &[Row], contacts: &HashMap<PersonId, Contact>) -> String {
    let mut out = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><style>\
                   article{break-after:page;font:12pt/1.5 sans-serif;max-width:40em}\
                   article.large{font-size:20pt}address{white-space:pre-line}\
                   </style></head><body>\n"
        .to_owned();
    for row in rows {
        let Some(contact) = row.to.and_then(|it| contacts.get(&it)) else { continue };
        let (subject, body) = row.words(contact);
        let size = if row.large { " class=\"large\"" } else { "" };
        let paragraphs = body.split("\n\n").filter(|it| !it.trim().is_empty());
        let body: String = paragraphs.map(|it| format!("<p>{}</p>\n", escape(it))).collect();
        out.push_str(&format!(
            "<article{size} dir=\"auto\"><address>{}\n{}</address>\n<h1>{}</h1>\n{body}<p>{}</p>\
             <p>{}</p></article>\n",
            escape(&clean(&contact.name)),
            escape(&contact.address),
            escape(&subject),
            escape(words::by_telephone(row.language)),
            escape(&row.sender),
        ));
    }
    out.push_str("</body></html>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_formula_stays_a_name() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("Kari \"K\" Nordmann"), "\"Kari \"\"K\"\" Nordmann\"");
    }
}

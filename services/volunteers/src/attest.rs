//! An attest (bekreftelse på frivillig innsats): what a volunteer did, for them to show to others.
//! As JSON for programs and as PDF for people. Pure: the same facts give the same bytes.

mod letters;
mod pdf;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde_json::json;

use crate::model::standing::Work;

/// What an attest says.
#[derive(Clone, Debug)]
pub(crate) struct Attest {
    pub(crate) name: String,
    pub(crate) municipality: String,
    /// The first day of the span.
    pub(crate) from: Date,
    /// The last day of the span.
    pub(crate) to: Date,
    pub(crate) work: Work,
}

/// What it is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Bokmal,
    English,
}

impl Attest {
    /// For programs.
    pub(crate) fn json(&self) -> String {
        let work = &self.work;
        let roles = work.roles.iter();
        let roles = roles
            .map(|(card, minutes)| json!({ "nb": card.nb, "en": card.en, "minutes": minutes }));
        let courses = work.courses.iter();
        let courses = courses.map(|(it, on)| json!({ "nb": it.nb, "en": it.en, "date": on }));
        json!({
            "name": self.name,
            "municipality": self.municipality,
            "from": self.from,
            "to": self.to,
            "date": work.today,
            "since": work.since,
            "years": work.years,
            "minutes": work.minutes,
            "roles": roles.collect::<Vec<_>>(),
            "courses": courses.collect::<Vec<_>>(),
            "thanks": work.thanks,
        })
        .to_string()
    }

    /// For people.
    pub(crate) fn pdf(&self, language: Language) -> Vec<u8> {
        pdf::write(self, language)
    }
}

//! Dates, times and short sentences in bokmål and English.

use dugnad_calendar::Interval;
use dugnad_events::notices::{Language, Policy};
use jiff::{Zoned, civil::Weekday};

use crate::model::local;

const DAYS_NB: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const DAYS_EN: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS_NB: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn date(at: &Zoned, language: Language) -> String {
    let day = usize::from(at.weekday().since(Weekday::Monday).unsigned_abs());
    let month = usize::from(at.month().unsigned_abs()) - 1;
    match language {
        Language::Nb => format!("{} {}. {}", DAYS_NB[day], at.day(), MONTHS_NB[month]),
        Language::En => format!("{} {} {}", DAYS_EN[day], at.day(), MONTHS_EN[month]),
    }
}

fn time(at: &Zoned, language: Language) -> String {
    let dot = if language == Language::Nb { '.' } else { ':' };
    format!("{:02}{dot}{:02}", at.hour(), at.minute())
}

/// `tirsdag 24. november kl. 18.00`.
pub(crate) fn moment(at: &Zoned, language: Language) -> String {
    let at_ = if language == Language::Nb { "kl." } else { "at" };
    format!("{} {at_} {}", date(at, language), time(at, language))
}

/// `tirsdag 24. november kl. 18.00–20.00`; over midnight with both days.
pub(crate) fn span(policy: &Policy, span: Interval, language: Language) -> String {
    let (start, end) = (local(policy, span.start()), local(policy, span.end()));
    let end = if start.date() == end.date() {
        format!("-{}", time(&end, language))
    } else {
        format!(" - {}", moment(&end, language))
    };
    format!("{}{end}", moment(&start, language))
}

/// What has no word of its own.
pub(super) fn something(language: Language) -> &'static str {
    match language {
        Language::Nb => "et oppdrag",
        Language::En => "a task",
    }
}

/// How to answer.
pub(super) fn reply(short: bool, link: &str, language: Language) -> String {
    match (language, short, link.is_empty()) {
        (Language::Nb, true, true) => "Svar 1 for ja, 2 for nei.".to_owned(),
        (Language::Nb, true, false) => format!("Svar 1 for ja, 2 for nei, eller {link} ."),
        (Language::Nb, false, true) => String::new(),
        (Language::Nb, false, false) => format!("Svar her: {link} ."),
        (Language::En, true, true) => "Reply 1 for yes, 2 for no.".to_owned(),
        (Language::En, true, false) => format!("Reply 1 for yes, 2 for no, or {link} ."),
        (Language::En, false, true) => String::new(),
        (Language::En, false, false) => format!("Answer here: {link} ."),
    }
}

/// In a letter, which has no link.
pub(super) fn by_telephone(language: Language) -> &'static str {
    match language {
        Language::Nb => "Ring oss om du lurer på noe eller vil svare.",
        Language::En => "Call us if you have questions or want to answer.",
    }
}

/// The subject of several notices in one.
pub(super) fn many(count: usize, sender: &str, language: Language) -> String {
    match language {
        Language::Nb => format!("{count} beskjeder fra {sender}"),
        Language::En => format!("{count} messages from {sender}"),
    }
}

/// A rule's name in words; a name that is not known here stays as it is.
pub(super) fn reason(code: &str, language: Language) -> String {
    let (nb, en) = match code {
        "EXPIRED" | "PAST" => ("tiden var ute", "the time was over"),
        "NOT_OFFERED" | "NEED_CLOSED" => ("det er ikke lenger aktuelt", "it is no longer needed"),
        "FULL" => ("alle plasser er tatt", "all places are taken"),
        "BUSY" => ("du er satt opp på noe annet da", "you are expected elsewhere then"),
        "LATE_CANCELLATION" => ("noen måtte melde avbud", "somebody had to cancel"),
        "CHECK" | "COURSE" | "CARD" | "CONFIDENTIALITY" | "AGE" => (
            "noe som rollen krever, mangler eller er utløpt",
            "something that the role asks for is missing or has run out",
        ),
        other => (other, other),
    };
    match language {
        Language::Nb => nb.to_owned(),
        Language::En => en.to_owned(),
    }
}

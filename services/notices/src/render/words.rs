//! Dates, times and short sentences in bokmål and English.

use dugnad_calendar::Interval;
use dugnad_events::notices::{Language, Policy};
use jiff::{
    Zoned,
    civil::{Date, DateTime, Weekday},
};

use crate::model::{local, zone};

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

/// A ride, where no more is to be said of it.
pub(super) fn ride(language: Language) -> &'static str {
    if language == Language::Nb { "Skyss" } else { "Ride" }
}

/// Something that is brought.
pub(super) fn delivery(language: Language) -> &'static str {
    if language == Language::Nb { "Levering" } else { "Delivery" }
}

/// Hours of driving.
pub(super) fn driving(language: Language) -> &'static str {
    if language == Language::Nb { "Kjøring" } else { "Driving" }
}

/// A round of season allocation.
pub(super) fn season(language: Language) -> &'static str {
    if language == Language::Nb { "sesongtildelingen" } else { "the season's allocation" }
}

/// In place of what opens a door, where that may not stand.
pub(super) fn code_elsewhere(language: Language) -> &'static str {
    if language == Language::Nb { "(står på Min side)" } else { "(on your page)" }
}

/// Local dates, and starts, as `;`-separated words.
pub(super) fn dates(policy: &Policy, list: &str, language: Language) -> String {
    let word = |text: &str| -> Option<String> {
        if let Ok(start) = text.parse::<DateTime>().and_then(|it| it.to_zoned(zone(policy)))
            && text.contains('T')
        {
            return Some(moment(&start, language));
        }
        let day = text.parse::<Date>().ok()?.to_zoned(zone(policy)).ok()?;
        Some(date(&day, language))
    };
    list.split(' ').filter_map(word).collect::<Vec<_>>().join("; ")
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
        "EXPIRED" | "PAST" | "NOT_TO_COME" => ("tiden var ute", "the time was over"),
        "NOT_OFFERED" | "NEED_CLOSED" => ("det er ikke lenger aktuelt", "it is no longer needed"),
        "FULL" => ("alle plasser er tatt", "all places are taken"),
        "BUSY" => ("du er satt opp på noe annet da", "you are expected elsewhere then"),
        "LATE" => ("bilen er forsinket", "the vehicle is late"),
        "PLAN_CHANGED" => ("ruta er lagt om", "the way was changed"),
        "VEHICLE_OUT" => ("bilen er ute av drift", "the vehicle is out of service"),
        "DRIVER_ILL" => ("sjåføren er syk", "the driver is ill"),
        "DRIVER_GONE" => ("sjåføren er borte", "the driver is not there"),
        "SHIFT_CLOSED" => ("kjøringen er avlyst", "the shift was closed"),
        "NO_VEHICLE" | "NO_CAPACITY" => ("ingen bil er ledig", "no vehicle is free"),
        "RIDE_NOT_OPEN" => ("turen er i gang eller over", "the ride is under way or over"),
        "NO_HOST" => ("ingen ennå; bestillingene står", "nothing yet; the bookings stand"),
        "RELEASED" => ("bestillingene er avlyst", "the bookings were cancelled"),
        "MANUAL_OPENING" => (
            "noen fra kommunen må låse opp og igjen",
            "somebody of the municipality must open and lock",
        ),
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

//! Name and how to be reached.

use dugnad_calendar::LocalWindow;
use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::volunteers::{Ages, Contact, Details, Gender};
use dugnad_ledger::RequestId;
use dugnad_proto::volunteers::v1 as pb;
use jiff::{Timestamp, civil::Date};

use super::{LONGEST_NAME, unknown};
use crate::model::today;

/// Characters of remarks.
const LONGEST_REMARKS: usize = 2000;

/// Characters of an e-mail address, by RFC 5321.
const LONGEST_EMAIL: usize = 254;
/// Characters of an address.
const LONGEST_ADDRESS: usize = 400;
/// The day on which the request was made: the same when it is repeated.
fn day_of(id: RequestId) -> Date {
    today(Timestamp::from_millisecond(id.millis()).unwrap_or(Timestamp::MAX))
}

/// Details, with what of them is known in clear.
pub(in crate::api::people) struct ReadDetails {
    pub(in crate::api::people) details: Details,
    pub(in crate::api::people) ages: Option<Ages>,
    pub(in crate::api::people) gender: Option<Gender>,
}

/// The field `details`, as asked with `id`.
pub(in crate::api::people) fn details(
    details: Option<&pb::Details>,
    id: RequestId,
    reachable: bool,
) -> Result<ReadDetails, Invalid> {
    let details = field::required("details", details)?;
    read_details(details, id, reachable).within("details")
}

fn read_details(
    details: &pb::Details,
    id: RequestId,
    reachable: bool,
) -> Result<ReadDetails, Invalid> {
    let name = field::label("display_name", &details.display_name, LONGEST_NAME)?.to_owned();
    let phone = phone(&details.phone)?;
    let email = email(&details.email)?;
    let address = field::text("address", &details.address, LONGEST_ADDRESS)?.to_owned();
    if reachable && phone.is_empty() && email.is_empty() && address.trim().is_empty() {
        return Err(Invalid::new("phone", "must not be empty where e-mail and address are"));
    }
    let today = day_of(id);
    let born = match details.born.as_str() {
        "" => None,
        text => Some(local::born("born", text)?),
    };
    if born.is_some_and(|born| born > today) {
        return Err(Invalid::new("born", "must not lie in the future"));
    }
    let remarks = field::text("remarks", &details.remarks, LONGEST_REMARKS)?.to_owned();
    let contact = contact(details)?;
    let read = Details { name, phone, email, address, born, contact, remarks };
    let ages = born.map(|born| Ages::of(born, today));
    Ok(ReadDetails { details: read, ages, gender: gender(details.gender)? })
}

fn contact(details: &pb::Details) -> Result<Contact, Invalid> {
    let channel = match pb::Channel::try_from(details.channel) {
        Ok(pb::Channel::Unspecified) => "",
        Ok(pb::Channel::Sms) => "sms",
        Ok(pb::Channel::Email) => "email",
        Ok(pb::Channel::Phone) => "phone",
        Ok(pb::Channel::Letter) => "letter",
        Err(_) => return Err(unknown("channel")),
    };
    if !matches!(details.language.as_str(), "" | "nb" | "en") {
        return Err(Invalid::new("language", "must be nb or en"));
    }
    Ok(Contact {
        channel: channel.to_owned(),
        language: details.language.clone(),
        large_print: details.large_print,
        quiet: quiet(&details.quiet_hours)?,
    })
}

/// `HH:MM-HH:MM`, over midnight too.
fn quiet(text: &str) -> Result<String, Invalid> {
    // Either end opens a window until the end of the day; so 24:00 is no time here.
    let time = |text: &str| LocalWindow::parse(text, "24:00").is_ok();
    let fits = text.split_once('-').is_some_and(|(from, to)| time(from) && time(to) && from != to);
    if text.is_empty() || fits {
        return Ok(text.to_owned());
    }
    Err(Invalid::new("quiet_hours", "must have the form HH:MM-HH:MM"))
}

fn phone(text: &str) -> Result<String, Invalid> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let plain = rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    if text.is_empty() || (plain && (3..=15).contains(&digits) && text.len() <= 30) {
        return Ok(text.trim().to_owned());
    }
    Err(Invalid::new("phone", "must be 3 to 15 digits, with spaces and a leading + if wanted"))
}

fn email(text: &str) -> Result<String, Invalid> {
    let email = field::text("email", text, LONGEST_EMAIL)?;
    let plain = !email.contains(|c: char| c.is_whitespace() || c == '<' || c == '>');
    let parts = email.rsplit_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty());
    if email.is_empty() || (plain && parts) {
        return Ok(email.to_owned());
    }
    Err(Invalid::new("email", "must have the form somebody@somewhere"))
}

fn gender(value: i32) -> Result<Option<Gender>, Invalid> {
    match pb::Gender::try_from(value) {
        Ok(pb::Gender::Unspecified) => Ok(None),
        Ok(pb::Gender::Female) => Ok(Some(Gender::Female)),
        Ok(pb::Gender::Male) => Ok(Some(Gender::Male)),
        Ok(pb::Gender::Other) => Ok(Some(Gender::Other)),
        Err(_) => Err(unknown("gender")),
    }
}

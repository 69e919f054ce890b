//! A person as the register shows them, as somebody to be reached.

use dugnad_events::notices::{Channel, Language, Preference};
use dugnad_proto::volunteers::v1 as pb;

use super::read;
use crate::contacts::Contact;

impl From<pb::Details> for Contact {
    fn from(details: pb::Details) -> Self {
        let channel = match details.channel() {
            pb::Channel::Unspecified => None,
            pb::Channel::Sms => Some(Channel::Sms),
            pb::Channel::Email => Some(Channel::Email),
            pb::Channel::Phone => Some(Channel::Phone),
            pb::Channel::Letter => Some(Channel::Letter),
        };
        let language = if details.language == "en" { Language::En } else { Language::Nb };
        let preference = Preference {
            channel,
            language,
            large_print: details.large_print,
            // The register lets through what has this form alone.
            quiet: read::quiet("quiet_hours", &details.quiet_hours).ok().flatten(),
        };
        Self {
            name: details.display_name,
            phone: details.phone,
            email: details.email,
            address: details.address,
            preference,
        }
    }
}

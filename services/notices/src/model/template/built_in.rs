//! The kinds of notices there are, and the words that come with the program: a file a language, in
//! `templates/`.
//!
//! Nothing in them says what somebody needs help with beyond the municipality's own word for it,
//! and nothing that was said in words about anybody can get into them.
//!
//! In a file each kind begins with `# ` and its name; then come the subject, the text message, an
//! empty line, and the body.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    Calendar::{self, Cancelled, Holds, Nothing},
    Kind,
};
use dugnad_events::notices::{
    Answer::{self, Cancel, Later, No, Seen, Yes},
    Language, Text,
};

const NONE: &[Answer] = &[];

type Words = HashMap<&'static str, Text>;

static NB: LazyLock<Words> = LazyLock::new(|| read(include_str!("../../../templates/nb.txt")));
static EN: LazyLock<Words> = LazyLock::new(|| read(include_str!("../../../templates/en.txt")));

/// The words of a kind; a test holds that there are some.
pub(super) fn words(code: &str, language: Language) -> Option<&'static Text> {
    match language {
        Language::Nb => NB.get(code),
        Language::En => EN.get(code),
    }
}

/// What a file has in it, by the kinds' names.
pub(super) fn read(file: &'static str) -> Words {
    let kind = |section: &'static str| {
        let (code, rest) = section.split_once('\n')?;
        let (subject, rest) = rest.split_once('\n')?;
        let (sms, body) = rest.split_once("\n\n")?;
        let [subject, sms, body] = [subject, sms, body.trim_end()].map(str::to_owned);
        Some((code, Text { subject, sms, body }))
    };
    file.strip_prefix("# ").into_iter().flat_map(|it| it.split("\n# ")).filter_map(kind).collect()
}

const fn kind(code: &'static str, asks: &'static [Answer], calendar: Calendar) -> Kind {
    Kind { code, asks, calendar }
}

pub(super) const KINDS: &[Kind] = &[
    kind("offer", &[Yes, No, Later], Nothing),
    kind("offer-filled", NONE, Nothing),
    kind("offer-withdrawn", NONE, Nothing),
    kind("waiting", NONE, Nothing),
    kind("assigned", &[Cancel, Seen], Holds),
    kind("given-back", NONE, Cancelled),
    kind("unassigned", NONE, Cancelled),
    kind("need-alarm", &[Seen], Nothing),
    kind("answer-refused", NONE, Nothing),
    kind("booked", NONE, Holds),
    kind("booked-series", NONE, Nothing),
    kind("requested", NONE, Nothing),
    kind("approved", NONE, Holds),
    kind("denied", NONE, Nothing),
    kind("lapsed", NONE, Nothing),
    kind("moved", NONE, Holds),
    kind("cancelled", NONE, Cancelled),
    kind("room-closed", NONE, Cancelled),
    kind("unhosted", NONE, Cancelled),
    kind("displaced", NONE, Cancelled),
    kind("room-free", &[Seen], Nothing),
    kind("reminder", &[Cancel, Seen], Nothing),
    kind("concern", &[Seen], Nothing),
    kind("renewal", &[Seen], Nothing),
    kind("shift-moved", &[Cancel, Seen], Holds),
    kind("shift-unhosted", &[Seen], Nothing),
    kind("manual-opening", NONE, Nothing),
    kind("shift-handover", &[Seen], Nothing),
    kind("shift-taken-over", NONE, Nothing),
    kind("door-code", NONE, Nothing),
    kind("door-changed", NONE, Nothing),
    kind("door-by-hand", NONE, Nothing),
    kind("door-late", &[Seen], Nothing),
    kind("door-stuck", &[Seen], Nothing),
    kind("door-overstayed", &[Seen], Nothing),
    kind("season-granted", NONE, Nothing),
    kind("season-granted-partly", NONE, Nothing),
    kind("season-refused", NONE, Nothing),
    kind("ride-promised", &[Cancel, Seen], Holds),
    kind("ride-changed", &[Cancel, Seen], Holds),
    kind("ride-late", &[Cancel, Seen], Holds),
    kind("ride-longer", &[Cancel, Seen], Nothing),
    kind("ride-off", NONE, Cancelled),
    kind("ride-lost", &[Seen], Nothing),
    kind("ride-cancelled", NONE, Cancelled),
    kind("ride-no-show", NONE, Nothing),
    kind("ride-stranded", &[Seen], Nothing),
    kind("ride-refused", NONE, Nothing),
    kind("order-ended", NONE, Nothing),
    kind("delivery-changed", NONE, Nothing),
    kind("delivery-off", NONE, Nothing),
    kind("delivery-cancelled", NONE, Nothing),
    kind("delivery-missed", NONE, Nothing),
    kind("drive", &[Seen], Holds),
    kind("drive-changed", &[Seen], Nothing),
    kind("drive-off", &[Seen], Cancelled),
    kind("drive-out", &[Seen], Nothing),
    kind("drive-without-vehicle", &[Seen], Nothing),
    kind("signed-up", &[Cancel], Holds),
    kind("invited", &[Cancel, Seen], Holds),
    kind("signed-off", NONE, Cancelled),
    kind("place-offered", &[Yes, No], Nothing),
    kind("place-lapsed", NONE, Nothing),
    kind("activity-moved", &[Cancel, Seen], Holds),
    kind("activity-venue", &[Cancel, Seen], Holds),
    kind("activity-cancelled", NONE, Cancelled),
    kind("ride-none", NONE, Nothing),
    kind("venue-proposed", &[Seen], Nothing),
    kind("activity-missing", &[Seen], Nothing),
    kind("reply-unclear", NONE, Nothing),
    kind("reply-late", NONE, Nothing),
];

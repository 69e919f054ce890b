//! The words of notices: those that come with the program, and the municipality's own in their
//! place.
//!
//! A template is plain text with `{fields}`, and nothing else: no conditions, no loops, so that
//! whoever writes one can see what comes out, and nothing that a field holds can become part of
//! it. It is checked when it is set. A subject line and a text message lie open on a screen: only
//! fields that say nothing about anybody may stand in them.

mod built_in;
mod sms;

use dugnad_events::{
    Code,
    notices::{Answer, Event, Language, Notice, Text},
};

use super::{Refusal, State};

pub use sms::{Segments, segments};

/// Every language that texts are written in.
pub const LANGUAGES: [Language; 2] = [Language::Nb, Language::En];
/// The longest subject line, in characters.
pub const LONGEST_SUBJECT: usize = 150;
/// The longest text message as written, in characters.
pub const LONGEST_SMS: usize = 480;
/// The longest body, in characters.
pub const LONGEST_BODY: usize = 4000;

/// Fields that may stand anywhere.
pub const OPEN_FIELDS: [&str; 7] = ["sender", "what", "when", "until", "link", "reply", "count"];
/// Fields for the body alone.
pub const BODY_FIELDS: [&str; 5] = ["name", "reason", "before", "instead", "dates"];
/// What opens a door: in no subject, and in no other kind of notice than that.
pub const CODE_FIELD: &str = "code";

/// A kind of notice.
#[derive(Debug)]
pub struct Kind {
    /// Its name.
    pub code: &'static str,
    /// What can be answered; none: nothing is asked.
    pub asks: &'static [Answer],
    /// Whether a calendar is told of it.
    pub calendar: Calendar,
}

/// What a calendar is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// Nothing.
    Nothing,
    /// It is then.
    Holds,
    /// It is not.
    Cancelled,
}

/// All kinds of notices.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    built_in::KINDS
}

/// The kind with this code.
#[must_use]
pub fn kind(code: &Code) -> Option<&'static Kind> {
    kinds().iter().find(|it| it.code == code.as_str())
}

/// What a notice of this kind asks.
#[must_use]
pub fn answers(code: &Code) -> &'static [Answer] {
    kind(code).map_or(&[], |it| it.asks)
}

/// Whether it asks for a decision: of no use once the time to answer is over.
pub(super) fn asks(code: &Code) -> bool {
    answers(code).contains(&Answer::Yes)
}

/// The code of a built-in kind.
pub(super) fn code(code: &'static str) -> Code {
    code.parse().expect("the codes of built-in kinds are codes")
}

impl Kind {
    /// The words that come with the program.
    #[must_use]
    pub fn text(&self, language: Language) -> Text {
        built_in::words(self.code, language).cloned().unwrap_or_default()
    }
}

impl State {
    /// The words in force, with their version; 0: those that come with the program.
    #[must_use]
    pub fn text(&self, template: &Code, language: Language) -> Option<(u32, Text)> {
        let own = self.texts.get(&(template.clone(), language)).cloned();
        own.or_else(|| Some((0, kind(template)?.text(language))))
    }
}

pub(super) fn set(
    state: &State,
    template: Code,
    texts: Vec<(Language, Text)>,
) -> Result<Vec<Event>, Refusal> {
    let invalid = |field, problem: String| Refusal::Invalid { field, problem };
    let Some(kind) = kind(&template) else {
        return Err(invalid("template", format!("there is no kind of notice `{template}`")));
    };
    for language in LANGUAGES {
        match texts.iter().filter(|(it, _)| *it == language).count() {
            1 => {}
            0 => return Err(invalid("texts", format!("misses the language {}", name(language)))),
            _ => return Err(invalid("texts", format!("has {} twice", name(language)))),
        }
    }
    let mut events = Vec::new();
    for (language, text) in texts {
        check(kind, &text)
            .map_err(|problem| invalid("texts", format!("{}: {problem}", name(language))))?;
        let (version, before) = state.text(&template, language).unwrap_or_default();
        if before != text {
            let (template, version) = (template.clone(), version.saturating_add(1));
            events.push(Event::TemplateSet { template, language, version, text });
        }
    }
    Ok(events)
}

/// As the proto writes it.
#[must_use]
pub fn name(language: Language) -> &'static str {
    match language {
        Language::Nb => "nb",
        Language::En => "en",
    }
}

/// What is wrong with a text, if anything is.
///
/// # Errors
/// Names the part and the field that it does not know.
pub fn check(kind: &Kind, text: &Text) -> Result<(), String> {
    let code = Some(CODE_FIELD).filter(|_| kind.code == Notice::DOOR_CODE);
    let sms: Vec<_> = OPEN_FIELDS.into_iter().chain(code).collect();
    let body: Vec<_> = sms.iter().copied().chain(BODY_FIELDS).collect();
    let parts = [
        ("subject", &text.subject, &OPEN_FIELDS[..], LONGEST_SUBJECT),
        ("sms", &text.sms, &sms, LONGEST_SMS),
        ("body", &text.body, &body, LONGEST_BODY),
    ];
    for (part, words, fields, longest) in parts {
        if words.trim().is_empty() {
            return Err(format!("{part} must not be empty"));
        }
        if words.chars().count() > longest {
            return Err(format!("{part} must have at most {longest} characters"));
        }
        for piece in pieces(words) {
            match piece {
                Piece::Words(words) if words.contains(['{', '}']) => {
                    return Err(format!("{part} has a brace that belongs to no field"));
                }
                Piece::Field(field) if body.contains(&field) && !fields.contains(&field) => {
                    let allowed = if field == CODE_FIELD { "message" } else { "body" };
                    return Err(format!(
                        "{part} lies open for all to see: `{{{field}}}` may stand in the {allowed} \
                         alone"
                    ));
                }
                Piece::Field(field) if !fields.contains(&field) => {
                    let known = fields.join(", ");
                    return Err(format!(
                        "{part} has an unknown field `{{{field}}}`; known are {known}"
                    ));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

enum Piece<'a> {
    Words(&'a str),
    Field(&'a str),
}

/// A text in pieces; a brace without its other stays part of the words.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((field, after)) = after.split_once('}') else { break };
        pieces.extend([Piece::Words(before), Piece::Field(field)]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// A text with its fields filled in, each once: what a field holds is not read again.
#[must_use]
pub fn fill(text: &str, field: impl Fn(&str) -> String) -> String {
    let filled = pieces(text).into_iter().map(|piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Field(name) => field(name),
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sms: &str) -> Text {
        Text { subject: "S".to_owned(), sms: sms.to_owned(), body: "{name}: {reason}".to_owned() }
    }

    #[test]
    fn every_text_that_comes_with_the_program_passes_its_own_check() {
        for kind in kinds() {
            for language in LANGUAGES {
                let text = kind.text(language);
                check(kind, &text).unwrap_or_else(|no| panic!("{} {language:?}: {no}", kind.code));
            }
            assert!(kind.code.parse::<Code>().is_ok());
        }
    }

    #[test]
    fn no_words_that_come_with_the_program_are_of_a_kind_that_there_is_not() {
        for file in [include_str!("../../templates/nb.txt"), include_str!("../../templates/en.txt")]
        {
            let read = built_in::read(file);
            let unknown: Vec<_> =
                read.keys().filter(|code| !kinds().iter().any(|it| it.code == **code)).collect();
            assert!(unknown.is_empty(), "{unknown:?}");
            assert_eq!(file.matches("\n# ").count() + 1, read.len(), "one is there twice, or cut");
        }
    }

    #[test]
    fn what_opens_a_door_stands_in_its_own_kind_alone_and_never_in_a_subject() {
        let with = |part: &str, words: &str| {
            let mut text = Text { subject: "S".into(), sms: "s".into(), body: "b".into() };
            match part {
                "subject" => text.subject = words.to_owned(),
                _ => text.sms = words.to_owned(),
            }
            text
        };
        let of = |code: &str| kinds().iter().find(|it| it.code == code).unwrap();

        let elsewhere = check(of("booked"), &with("sms", "{code}")).unwrap_err();
        let subject = check(of("door-code"), &with("subject", "{code}")).unwrap_err();

        assert!(elsewhere.contains("unknown field `{code}`"), "{elsewhere}");
        assert!(subject.contains("subject lies open"), "{subject}");
        assert_eq!(check(of("door-code"), &with("sms", "{code}")), Ok(()));
    }

    #[test]
    fn an_unknown_field_is_named_and_so_is_a_missing_language() {
        let state = State::default();
        let offer = || code("offer");
        let set = |texts| set(&state, offer(), texts).unwrap_err().to_string();

        let unknown = set(vec![(Language::Nb, text("{hvem}")), (Language::En, text("x"))]);
        let missing = set(vec![(Language::Nb, text("x"))]);
        let brace = check(kind(&offer()).unwrap(), &text("{what")).unwrap_err();

        assert!(unknown.contains("nb: sms has an unknown field `{hvem}`"), "{unknown}");
        assert_eq!(missing, "texts: misses the language en");
        assert!(brace.contains("brace"), "{brace}");
    }

    #[test]
    fn what_may_say_something_about_somebody_stands_in_the_body_alone() {
        let kind = kind(&code("offer")).unwrap();
        let open = check(kind, &text("{reason}")).unwrap_err();

        assert!(open.contains("lies open for all to see"), "{open}");
        assert_eq!(check(kind, &text("{what} {when}")), Ok(()));
    }

    #[test]
    fn what_a_field_holds_is_not_read_as_a_field() {
        let filled = fill("Hei {name}!", |_| "{link}".to_owned());

        assert_eq!(filled, "Hei {link}!");
    }
}

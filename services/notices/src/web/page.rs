//! The pages behind a link: a question with buttons, thanks, or why not. Plain HTML without
//! scripts.

use dugnad_events::notices::{Answer, Language};

use super::Page;
use crate::{model::Refusal, model::template, render::escape};

/// As it stands in the path.
fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Later => "later",
        Answer::Cancel => "cancel",
        Answer::Seen => "seen",
    }
}

pub(super) fn read(text: &str) -> Option<Answer> {
    let all = [Answer::Yes, Answer::No, Answer::Later, Answer::Cancel, Answer::Seen];
    all.into_iter().find(|it| word(*it) == text)
}

fn label(answer: Answer, language: Language) -> &'static str {
    let (nb, en) = match answer {
        Answer::Yes => ("Ja, jeg kan", "Yes, I can"),
        Answer::No => ("Nei, jeg kan ikke", "No, I cannot"),
        Answer::Later => ("Spør meg igjen senere", "Ask me again later"),
        Answer::Cancel => ("Jeg kan ikke likevel", "I cannot after all"),
        Answer::Seen => ("Jeg har sett det", "I have seen it"),
    };
    if language == Language::Nb { nb } else { en }
}

fn page(language: Language, title: &str, body: &str) -> String {
    let lang = template::name(language);
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:1.25rem/1.5 sans-serif;max-width:34em;margin:2em auto;padding:0 1em}}\
         button{{font:inherit;padding:.6em 1.2em;margin:.3em .6em .3em 0;min-height:44px}}</style>\
         </head><body><main><h1>{title}</h1>\n{body}</main></body></html>\n"
    )
}

fn paragraphs(words: &[String]) -> String {
    words.iter().map(|it| format!("<p>{}</p>\n", escape(it))).collect()
}

pub(super) fn ask(of: &Page, path: &str) -> String {
    let button = |answer: &Answer| {
        let (word, label) = (word(*answer), label(*answer, of.language));
        format!("<form method=\"post\" action=\"{path}/{word}\"><button>{label}</button></form>\n")
    };
    let buttons: String = of.answers.iter().map(button).collect();
    page(of.language, &of.sender, &(paragraphs(&of.words) + &buttons))
}

pub(super) fn thanks(of: &Page, answer: Answer) -> String {
    let text = match (of.language, answer) {
        (Language::Nb, Answer::Later) => "Takk! Vi spør deg igjen om noen timer.",
        (Language::En, Answer::Later) => "Thank you! We ask you again in some hours.",
        (Language::Nb, Answer::Yes) => "Takk! Vi bekrefter så snart det er avklart.",
        (Language::En, Answer::Yes) => "Thank you! We confirm as soon as it is settled.",
        (Language::Nb, _) => "Takk, det er notert.",
        (Language::En, _) => "Thank you, that is noted.",
    };
    let words: Vec<_> = of.words.iter().cloned().chain([text.to_owned()]).collect();
    page(of.language, &of.sender, &paragraphs(&words))
}

pub(super) fn refused(of: &Page, refusal: &Refusal) -> String {
    page(of.language, &of.sender, &paragraphs(&[why(refusal, of.language)]))
}

/// Why nothing can be answered, in words.
pub(super) fn why(refusal: &Refusal, language: Language) -> String {
    let (nb, en) = match refusal {
        Refusal::AlreadyAnswered { .. } => (
            "Du har svart på dette før. Har noe endret seg, så ring oss.",
            "You have answered this before. If something has changed, call us.",
        ),
        Refusal::Over(_) => (
            "Dette er ikke lenger aktuelt. Du trenger ikke å gjøre noe.",
            "This is no longer needed. You need not do anything.",
        ),
        Refusal::TooLate { .. } => (
            "Takk for svaret! Fristen er dessverre ute, så ingenting er avtalt.",
            "Thank you for your answer! The time to answer is over, so nothing was agreed.",
        ),
        Refusal::NameWhoComes(_) => {
            ("Logg inn og si hvem som kommer fra dere.", "Sign in and say who comes of you.")
        }
        _ => ("Her trengs det ikke noe svar.", "No answer is needed here."),
    };
    (if language == Language::Nb { nb } else { en }).to_owned()
}

pub(super) fn nothing() -> String {
    let text = [
        "Her er det ingenting. Lenken kan være gammel eller ufullstendig.".to_owned(),
        "There is nothing here. The link may be old or incomplete.".to_owned(),
    ];
    page(Language::Nb, "Ingenting her", &paragraphs(&text))
}

pub(super) fn away() -> String {
    let text = [
        "Vi får ikke svart akkurat nå. Prøv igjen om litt.".to_owned(),
        "We cannot answer just now. Please try again shortly.".to_owned(),
    ];
    page(Language::Nb, "Prøv igjen", &paragraphs(&text))
}

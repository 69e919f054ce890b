//! A message in words: templates filled with what holds now, in the reader's language and local
//! time.
//!
//! What a person wrote, such as a name, is cut to a bearable length and freed of control and
//! direction marks, so that it stays one field of one line wherever it stands.

mod calendar;
mod names;
mod paper;
mod words;

use dugnad_calendar::Interval;
use dugnad_events::{
    MessageId, NoticeId,
    notices::{Answer, Channel, Language, Policy, Preference, Text, Urgency},
    rooms::Digits,
};
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;

use crate::{
    channel::Outgoing,
    contacts::Contact,
    model::{Standing, State, local, standing, template},
};

pub(crate) use paper::{csv, letters};

/// The longest name, in characters.
const LONGEST_FIELD: usize = 80;

/// A message before it is known to whom it goes.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) key: MessageId,
    pub(crate) to: PersonId,
    pub(crate) channel: Channel,
    preference: Preference,
    sender: String,
    pub(crate) parts: Vec<Part>,
    at: Timestamp,
}

/// One notice of it.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) notice: NoticeId,
    about: String,
    text: Text,
    what: String,
    when: String,
    until: String,
    before: String,
    instead: String,
    reason: String,
    dates: String,
    count: String,
    /// What opens a door, as it is kept; opened when it is sent, and nowhere else.
    pub(crate) sealed: Option<Sealed<Digits>>,
    /// The same, opened.
    pub(crate) digits: Option<Digits>,
    span: Option<Interval>,
    calendar: template::Calendar,
    pub(crate) open: Vec<Answer>,
}

/// What links and replies look like here.
pub(crate) struct Answers<'a> {
    /// The link that answers a notice; none if there is nowhere to answer.
    pub(crate) link: &'a (dyn Fn(NoticeId) -> String + Sync),
    /// Whether a text message can be replied to.
    pub(crate) replies: bool,
}

/// A claimed message as it reads now; `None` if nothing of it holds any more.
pub(crate) fn draft(state: &State, key: MessageId, now: Timestamp) -> Option<Draft> {
    let message = state.messages.get(&key)?;
    let preference = state.preference(message.to).cloned().unwrap_or_default();
    let language = preference.language;
    let holds = message.notices.iter().filter(|id| !state.is_over(**id));
    let parts: Vec<_> = holds.filter_map(|id| part(state, *id, language, now)).collect();
    let sender = sender(&state.policy);
    let (to, channel) = (message.to, message.channel);
    (!parts.is_empty()).then_some(Draft { key, to, channel, preference, sender, parts, at: now })
}

/// Whom it comes from.
pub(crate) fn sender(policy: &Policy) -> String {
    if policy.sender.is_empty() { "Dugnad".to_owned() } else { clean(&policy.sender) }
}

/// A notice in words, but for whom it is to.
pub(crate) fn part(
    state: &State,
    id: NoticeId,
    language: Language,
    now: Timestamp,
) -> Option<Part> {
    let facts = &state.notices.get(&id)?.facts;
    let (_, text) = state.text(&facts.template, language)?;
    let policy = &state.policy;
    let more = |field: &str| facts.more.get(field).cloned().unwrap_or_default();
    let moment = |at: Timestamp| words::moment(&local(policy, at), language);
    let listed = |text: String| {
        let times = text.split(' ').filter_map(|it| it.parse().ok()).map(moment);
        times.collect::<Vec<_>>().join("; ")
    };
    let open = match standing(state, id, now) {
        Ok(Standing::Open(answers)) => answers,
        _ => Vec::new(),
    };
    Some(Part {
        notice: id,
        about: facts.about.clone(),
        text,
        what: names::what(state, facts.what.as_ref(), language),
        when: facts.span.map(|it| words::span(policy, it, language)).unwrap_or_default(),
        until: facts.until.map(moment).unwrap_or_default(),
        before: listed(more("before")),
        instead: listed(more("instead")),
        reason: words::reason(&more("reason"), language),
        dates: words::dates(policy, &more("dates"), language),
        count: more("count"),
        sealed: facts.is_door_code().then(|| code(state, &more("of"))).flatten(),
        digits: None,
        span: facts.span,
        calendar: template::kind(&facts.template)?.calendar,
        open,
    })
}

fn code(state: &State, name: &str) -> Option<Sealed<Digits>> {
    Some(state.known.codes.get(&name.parse().ok()?)?.digits.clone())
}

/// A notice as a row of the desk's list.
pub(crate) fn row(state: &State, id: NoticeId, now: Timestamp) -> Option<paper::Row> {
    let facts = &state.notices.get(&id)?.facts;
    let preference = facts.to.and_then(|to| state.preference(to)).cloned().unwrap_or_default();
    let urgency = match facts.urgency {
        Urgency::Alarm => "alarm",
        Urgency::Urgent => "urgent",
        Urgency::Normal | Urgency::Info => "normal",
    };
    Some(paper::Row {
        to: facts.to,
        urgency,
        sender: sender(&state.policy),
        language: preference.language,
        large: preference.large_print,
        part: part(state, id, preference.language, now)?,
    })
}

/// What a notice would read like with other words; nobody's name is in it.
pub(crate) fn preview(
    state: &State,
    id: NoticeId,
    text: &Text,
    language: Language,
    now: Timestamp,
) -> Option<Text> {
    let part = part(state, id, language, now)?;
    let sender = sender(&state.policy);
    let link = |_| "https://example.org/a/drammen/0123456789abcdefghijklmnopqrstuvwxy".to_owned();
    let answers = Answers { link: &link, replies: true };
    let fields =
        Fields { sender: &sender, name: "Kari Nordmann", answers: &answers, language, alone: true };
    let [subject, sms, body] =
        [&text.subject, &text.sms, &text.body].map(|text| part.fill(text, &fields));
    Some(Text { subject, sms, body })
}

impl Part {
    pub(crate) fn fill(&self, text: &str, fields: &Fields<'_>) -> String {
        let filled = template::fill(text, |field| match field {
            "sender" => fields.sender.to_owned(),
            "name" => fields.name.to_owned(),
            "what" => self.what.clone(),
            "when" => self.when.clone(),
            "until" => self.until.clone(),
            "before" => self.before.clone(),
            "instead" => self.instead.clone(),
            "dates" => self.dates.clone(),
            "count" => self.count.clone(),
            "code" => self.code(fields.language),
            "reason" => self.reason.clone(),
            "link" => (fields.answers.link)(self.notice),
            "reply" => self.reply(fields),
            _ => String::new(),
        });
        squeeze(&filled)
    }

    /// On paper, on a page and in a preview nothing opens a door.
    fn code(&self, language: Language) -> String {
        let closed = || words::code_elsewhere(language).to_owned();
        self.digits.as_ref().map_or_else(closed, |it| it.reveal().to_owned())
    }

    fn reply(&self, fields: &Fields<'_>) -> String {
        let link = (fields.answers.link)(self.notice);
        let short = fields.answers.replies && fields.alone && self.open.contains(&Answer::Yes);
        words::reply(short, &link, fields.language)
    }

    pub(crate) fn when(&self) -> &str {
        &self.when
    }

    pub(crate) fn text(&self) -> &Text {
        &self.text
    }
}

/// What a message says to everyone, and who reads it.
pub(crate) struct Fields<'a> {
    pub(crate) sender: &'a str,
    pub(crate) name: &'a str,
    pub(crate) answers: &'a Answers<'a>,
    pub(crate) language: Language,
    /// Whether nothing else stands in the message, so that a bare "1" says which question it
    /// answers.
    pub(crate) alone: bool,
}

/// The message to somebody; `None` if there is no address to send it to on its channel.
pub(crate) fn outgoing(
    draft: &Draft,
    contact: &Contact,
    answers: &Answers<'_>,
) -> Option<Outgoing> {
    let to = match draft.channel {
        Channel::Email => Some(contact.email.trim().to_owned()).filter(|it| !it.is_empty())?,
        _ => crate::contacts::digits(&contact.phone)?,
    };
    let language = draft.preference.language;
    let name = clean(&contact.name);
    let questions = draft.parts.iter().filter(|it| it.open.contains(&Answer::Yes)).count();
    let fields =
        Fields { sender: &draft.sender, name: &name, answers, language, alone: questions == 1 };
    let each = |of: fn(&Text) -> &str| -> Vec<String> {
        draft.parts.iter().map(|part| part.fill(of(&part.text), &fields)).collect()
    };
    let subjects = each(|it| &it.subject);
    let subject = match &subjects[..] {
        [only] => only.clone(),
        many => words::many(many.len(), &draft.sender, language),
    };
    let text = match draft.channel {
        Channel::Sms => each(|it| &it.sms).join("\n\n"),
        _ => format!("{}\n\n{}\n", each(|it| &it.body).join("\n\n---\n\n"), draft.sender),
    };
    Some(Outgoing {
        key: draft.key,
        to,
        name: name.clone(),
        sender: draft.sender.clone(),
        subject: one_line(&subject),
        html: html(&text, language, draft.preference.large_print),
        text,
        calendar: calendar(draft),
    })
}

fn calendar(draft: &Draft) -> Option<String> {
    let told = draft.parts.iter().filter_map(|part| {
        let cancelled = match part.calendar {
            template::Calendar::Nothing => return None,
            template::Calendar::Holds => false,
            template::Calendar::Cancelled => true,
        };
        Some(calendar::Entry { uid: &part.about, span: part.span?, title: &part.what, cancelled })
    });
    let told: Vec<_> = told.collect();
    (!told.is_empty()).then(|| calendar::write(&told, draft.at))
}

/// The plain text as a page: paragraphs, and links that can be followed.
pub(crate) fn html(text: &str, language: Language, large: bool) -> String {
    let size = if large { "24px" } else { "16px" };
    let line = |line: &str| match line.split_whitespace().next() {
        Some(url) if url == line.trim() && is_link(url) => {
            let url = escape(url);
            format!("<a href=\"{url}\">{url}</a>")
        }
        _ => escape(line),
    };
    let paragraph = |text: &str| {
        let lines: Vec<_> = text.lines().map(line).collect();
        format!("<p>{}</p>\n", lines.join("<br>\n"))
    };
    let body: String =
        text.split("\n\n").filter(|it| !it.trim().is_empty()).map(paragraph).collect();
    let lang = template::name(language);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"></head>\n\
         <body dir=\"auto\" style=\"font:{size}/1.5 sans-serif;max-width:40em\">\n{body}</body></html>\n"
    )
}

fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// As text in HTML, also between double quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// One line of bearable length without control and direction marks; what is written from right to
/// left is kept apart, so that it does not turn the words around it.
pub(crate) fn clean(text: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let visible: String = visible.filter(|c| !turns(c)).collect();
    let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cut: String = words.chars().take(LONGEST_FIELD).collect();
    if cut.len() < words.len() {
        cut.push('…');
    }
    let from_the_right = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    if cut.contains(from_the_right) { format!("\u{2068}{cut}\u{2069}") } else { cut }
}

fn one_line(text: &str) -> String {
    text.split(['\r', '\n']).collect::<Vec<_>>().join(" ")
}

/// Empty fields leave no gaps.
fn squeeze(text: &str) -> String {
    let line = |line: &str| {
        let words = line.split(' ').filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
        words.replace(" .", ".").replace(" ,", ",").replace(",,", ",").replace(",.", ".")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_stays_one_field_of_one_line() {
        let evil = clean("Eve\r\nBcc: all@example.org\u{0}");
        let long = clean(&"æ".repeat(10_000));
        let turned = clean("\u{202e}evE\u{2066} Ås");
        let hebrew = clean("שלום");

        assert_eq!(evil, "Eve Bcc: all@example.org");
        assert_eq!(long.chars().count(), LONGEST_FIELD + 1);
        assert_eq!(turned, "evE Ås");
        assert_eq!(hebrew, "\u{2068}שלום\u{2069}", "it does not turn the words around it");
    }

    #[test]
    fn a_page_shows_links_as_links_and_everything_else_as_text() {
        let page = html("<b>Hei</b>\nhttps://x/a?b=\"c\n\njavascript:x", Language::Nb, true);

        assert!(page.contains("&lt;b&gt;Hei&lt;/b&gt;<br>"), "{page}");
        assert!(page.contains("<a href=\"https://x/a?b=&quot;c\">"), "{page}");
        assert!(page.contains("<p>javascript:x</p>") && page.contains("24px"), "{page}");
    }
}

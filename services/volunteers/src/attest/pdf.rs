//! The attest on paper: A4, in the Helvetica that every reader has, as many pages as it takes.
//!
//! Source: ISO 32000-1. No font is embedded and no time is written but the attest's own day, so the
//! bytes depend on the facts alone.

use jiff::civil::Date;
use pdf_writer::{
    Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{SystemInfo, UnicodeCmap},
};

use super::{
    Attest, Language,
    letters::{self, Letters},
};

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 72.0;
const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// A line of one kind, not yet wrapped.
enum Line {
    Title(String),
    Heading(&'static str),
    Text(String),
    Item(String, String),
    Gap,
}

pub(super) fn write(attest: &Attest, language: Language) -> Vec<u8> {
    let mut letters = Letters::default();
    let pages = paginate(&lines(attest, language), &mut letters);
    document(&pages, &letters, language, title(language))
}

fn title(language: Language) -> &'static str {
    match language {
        Language::Bokmal => "Attest for frivillig innsats",
        Language::English => "Certificate of voluntary work",
    }
}

fn lines(attest: &Attest, language: Language) -> Vec<Line> {
    let (nb, work) = (language == Language::Bokmal, &attest.work);
    let say = |bokmal: &'static str, english: &'static str| if nb { bokmal } else { english };
    let mut lines = vec![
        Line::Text(attest.municipality.clone()),
        Line::Gap,
        Line::Title(title(language).to_owned()),
        Line::Title(attest.name.clone()),
        Line::Gap,
        Line::Text(sentence(attest, language)),
    ];
    if let Some(since) = work.since {
        let since = day(since, language);
        let years = work.years;
        lines.push(Line::Text(match (nb, years) {
            (true, 0) => format!("Frivillig siden {since}."),
            (true, _) => format!("Frivillig siden {since}: {years} hele år."),
            (false, 0) => format!("A volunteer since {since}."),
            (false, 1) => format!("A volunteer since {since}: 1 whole year."),
            (false, _) => format!("A volunteer since {since}: {years} whole years."),
        }));
    }
    if work.thanks > 0 {
        let times = work.thanks;
        lines.push(Line::Text(match (nb, times) {
            (true, 1) => "Takket 1 gang i perioden.".to_owned(),
            (true, _) => format!("Takket {times} ganger i perioden."),
            (false, 1) => "Thanked once in this time.".to_owned(),
            (false, _) => format!("Thanked {times} times in this time."),
        }));
    }
    if !work.roles.is_empty() {
        lines.push(Line::Heading(say("Oppgaver", "Roles")));
    }
    for (card, minutes) in &work.roles {
        let name = if nb { &card.nb } else { &card.en };
        lines.push(Line::Item(name.clone(), hours(*minutes, language)));
    }
    if !work.courses.is_empty() {
        lines.push(Line::Heading(say("Gjennomført opplæring", "Courses passed")));
    }
    for (course, on) in &work.courses {
        let name = if nb { &course.nb } else { &course.en };
        lines.push(Line::Item(name.clone(), day(*on, language)));
    }
    lines.push(Line::Gap);
    let today = day(work.today, language);
    lines.push(Line::Text(format!("{}, {today}", attest.municipality)));
    lines
}

fn sentence(attest: &Attest, language: Language) -> String {
    let (from, to) = (day(attest.from, language), day(attest.to, language));
    let hours = hours(attest.work.minutes, language);
    match language {
        Language::Bokmal => format!("Fra {from} til {to} bidro {} med {hours}.", attest.name),
        Language::English => format!("From {from} to {to}, {} gave {hours}.", attest.name),
    }
}

fn day(date: Date, language: Language) -> String {
    match language {
        Language::Bokmal => date.strftime("%-d.%-m.%Y").to_string(),
        Language::English => date.strftime("%-d %B %Y").to_string(),
    }
}

fn hours(minutes: u32, language: Language) -> String {
    let (whole, rest) = (minutes / 60, minutes % 60);
    let minutes = if rest == 0 { String::new() } else { format!(" {rest} min") };
    match language {
        Language::Bokmal if whole == 1 => format!("1 time{minutes}"),
        Language::Bokmal => format!("{whole} timer{minutes}"),
        Language::English if whole == 1 => format!("1 hour{minutes}"),
        Language::English => format!("{whole} hours{minutes}"),
    }
}

/// The content of each page, from the top.
struct Pages<'a> {
    letters: &'a mut Letters,
    done: Vec<Content>,
    now: Content,
    y: f32,
}

fn paginate(lines: &[Line], letters: &mut Letters) -> Vec<Vec<u8>> {
    let (now, y) = (Content::new(), HEIGHT - MARGIN);
    let mut pages = Pages { letters, done: Vec::new(), now, y };
    let whole = WIDTH - 2.0 * MARGIN;
    for line in lines {
        match line {
            Line::Title(text) => pages.put(BOLD, 20.0, text, whole),
            Line::Heading(text) => {
                pages.y -= 14.0;
                pages.put(BOLD, 12.0, text, whole);
            }
            Line::Text(text) => pages.put(PLAIN, 11.0, text, whole),
            Line::Item(left, right) => pages.item(left, right, whole),
            Line::Gap => pages.y -= 22.0,
        }
    }
    let Pages { mut done, now, .. } = pages;
    done.push(now);
    done.into_iter().map(|content| content.finish().into_vec()).collect()
}

impl Pages<'_> {
    /// Wrapped, one line under the other.
    fn put(&mut self, font: Name<'_>, size: f32, text: &str, wide: f32) {
        for line in wrapped(text, size, wide) {
            self.advance(size);
            self.show(font, size, MARGIN, &line);
        }
    }

    /// The right part stands on the first line of the left one.
    fn item(&mut self, left: &str, right: &str, whole: f32) {
        const SIZE: f32 = 11.0;
        let aside = letters::width(right, SIZE) + 18.0;
        for (n, line) in wrapped(left, SIZE, whole - aside).iter().enumerate() {
            self.advance(SIZE);
            self.show(PLAIN, SIZE, MARGIN, line);
            if n == 0 {
                self.show(PLAIN, SIZE, MARGIN + whole - aside + 18.0, right);
            }
        }
    }

    fn advance(&mut self, size: f32) {
        self.y -= size * 1.45;
        if self.y < MARGIN {
            self.done.push(std::mem::replace(&mut self.now, Content::new()));
            self.y = HEIGHT - MARGIN - size;
        }
    }

    fn show(&mut self, font: Name<'_>, size: f32, x: f32, text: &str) {
        let codes = self.letters.codes(text);
        let (now, y) = (&mut self.now, self.y);
        now.begin_text().set_font(font, size).next_line(x, y).show(Str(&codes)).end_text();
    }
}

/// Broken between words, or within one that is too long for a line.
fn wrapped(text: &str, size: f32, wide: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let now = lines.last_mut().expect("never empty");
        let longer = if now.is_empty() { word.to_owned() } else { format!("{now} {word}") };
        if letters::width(&longer, size) <= wide {
            *now = longer;
            continue;
        }
        if !now.is_empty() {
            lines.push(String::new());
        }
        for letter in word.chars() {
            let now = lines.last_mut().expect("never empty");
            if !now.is_empty() && letters::width(&format!("{now}{letter}"), size) > wide {
                lines.push(String::from(letter));
            } else {
                now.push(letter);
            }
        }
    }
    lines
}

fn document(pages: &[Vec<u8>], letters: &Letters, language: Language, title: &str) -> Vec<u8> {
    let [catalog, tree, plain, bold, unicode, info] = [1, 2, 3, 4, 5, 6].map(Ref::new);
    let ids = |n: usize| {
        let first = i32::try_from(7 + 2 * n).unwrap_or(i32::MAX - 1);
        (Ref::new(first), Ref::new(first + 1))
    };
    let mut pdf = Pdf::new();
    let lang = if language == Language::Bokmal { "nb-NO" } else { "en-GB" };
    pdf.catalog(catalog).pages(tree).lang(TextStr(lang));
    pdf.document_info(info).title(TextStr(title));
    let kids = (0..pages.len()).map(|n| ids(n).0);
    pdf.pages(tree).count(i32::try_from(pages.len()).unwrap_or(i32::MAX)).kids(kids);
    for (n, content) in pages.iter().enumerate() {
        let (page, stream) = ids(n);
        let mut page = pdf.page(page);
        page.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(stream);
        page.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
        page.finish();
        pdf.stream(stream, content);
    }
    for (id, name) in [(plain, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
        font(&mut pdf, id, Name(name), unicode, letters);
    }
    let cmap = cmap(letters);
    pdf.cmap(unicode, &cmap);
    pdf.finish()
}

fn font(pdf: &mut Pdf, id: Ref, name: Name<'_>, unicode: Ref, letters: &Letters) {
    let mut font = pdf.type1_font(id);
    font.base_font(name).to_unicode(unicode);
    let others: Vec<String> = letters.others().iter().copied().map(letters::glyph).collect();
    let mut encoding = font.encoding_custom();
    encoding.base_encoding(Name(b"WinAnsiEncoding"));
    if !others.is_empty() {
        let names = others.iter().map(|glyph| Name(glyph.as_bytes()));
        encoding.differences().consecutive(1, names);
    }
}

/// What letter each code is, so that the text can be searched and read aloud.
fn cmap(letters: &Letters) -> Vec<u8> {
    let info = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };
    let mut cmap = UnicodeCmap::<u8>::new(Name(b"Letters"), info);
    let others = letters.others().iter().copied();
    for (code, letter) in (1..).zip(others).chain(letters::all()) {
        cmap.pair(code, letter);
    }
    cmap.finish().into_vec()
}

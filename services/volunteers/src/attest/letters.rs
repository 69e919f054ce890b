//! Letters in the one-byte codes of a built-in PDF font: WinAnsi (all of Norwegian), and up to 31
//! others of a document, such as those of Northern Sami, in the places of the control codes.
//!
//! Source: ISO 32000-1, annex D (WinAnsiEncoding) and 9.6.6 (differences); glyph names after the
//! Adobe Glyph List; widths of Helvetica after Adobe's font metrics.

/// 0x80 to 0x9F of WinAnsi; the others are as in Latin-1.
const HIGH: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8A),
    ('‹', 0x8B),
    ('Œ', 0x8C),
    ('Ž', 0x8E),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9A),
    ('›', 0x9B),
    ('œ', 0x9C),
    ('ž', 0x9E),
    ('Ÿ', 0x9F),
];

/// Letters of names in Norway that have a glyph name of their own.
const NAMED: [(char, &str); 8] = [
    ('Č', "Ccaron"),
    ('č', "ccaron"),
    ('Đ', "Dcroat"),
    ('đ', "dcroat"),
    ('Ŋ', "Eng"),
    ('ŋ', "eng"),
    ('Ŧ', "Tbar"),
    ('ŧ', "tbar"),
];

/// 0x20 to 0x7E, in thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

const MOST_OTHERS: usize = 31;

/// The letters of one document that WinAnsi has not, in the order they came.
#[derive(Default)]
pub(super) struct Letters(Vec<char>);

impl Letters {
    /// The codes of a text. What there is no place for any more becomes a question mark.
    pub(super) fn codes(&mut self, text: &str) -> Vec<u8> {
        text.chars().map(|letter| win_ansi(letter).unwrap_or_else(|| self.other(letter))).collect()
    }

    fn other(&mut self, letter: char) -> u8 {
        let place = self.0.iter().position(|it| *it == letter).unwrap_or_else(|| {
            if self.0.len() < MOST_OTHERS {
                self.0.push(letter);
            }
            self.0.iter().position(|it| *it == letter).unwrap_or(MOST_OTHERS)
        });
        u8::try_from(place + 1).ok().filter(|code| *code < b' ').unwrap_or(b'?')
    }

    /// Those from code 1 on.
    pub(super) fn others(&self) -> &[char] {
        &self.0
    }
}

/// Every code of WinAnsi with its letter.
pub(super) fn all() -> impl Iterator<Item = (u8, char)> {
    let plain = (0x20..=0x7E).chain(0xA0..=0xFF).map(|code: u8| (code, char::from(code)));
    plain.chain(HIGH.into_iter().map(|(letter, code)| (code, letter)))
}

fn win_ansi(letter: char) -> Option<u8> {
    let high = || HIGH.iter().find(|(it, _)| *it == letter).map(|(_, code)| *code);
    match u8::try_from(u32::from(letter)) {
        Ok(code @ (0x20..=0x7E | 0xA0..=0xFF)) => Some(code),
        // Tabs and line breaks are no letters.
        Ok(0..=0x1F) => Some(b' '),
        _ => high(),
    }
}

/// The name by which a reader finds the letter in whatever font it has.
pub(super) fn glyph(letter: char) -> String {
    let named = NAMED.iter().find(|(it, _)| *it == letter);
    named.map_or_else(|| format!("uni{:04X}", u32::from(letter)), |(_, name)| (*name).to_owned())
}

/// At least as wide as the text is, in points.
pub(super) fn width(text: &str, size: f32) -> f32 {
    let of = |letter: char| {
        let at = u32::from(letter).checked_sub(0x20).and_then(|at| usize::try_from(at).ok());
        let plain = at.and_then(|at| WIDTHS.get(at)).copied();
        plain.unwrap_or(if letter.is_lowercase() { 667 } else { 1000 })
    };
    text.chars().map(|letter| f32::from(of(letter))).sum::<f32>() * size / 1000.0
}

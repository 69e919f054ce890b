//! Letters in the one-byte codes of a built-in PDF font: WinAnsi (all of Norwegian), and up to 31
//! others of a document, such as those of Northern Sami, in the places of the control codes.
//!
//! Source: ISO 32000-1, annex D (WinAnsiEncoding) and 9.6.6 (differences); glyph names after the
//! Adobe Glyph List; widths of Helvetica after Adobe's font metrics.

/// 0x80 to 0x9F of WinAnsi, with a dot for codes without a letter; the others are as in Latin-1.
const HIGH: &str = "€·‚ƒ„…†‡ˆ‰Š‹Œ·Ž··‘’“”•–—˜™š›œ·žŸ";

/// Letters of names that are common in Norway (Northern Sami, Polish, Baltic, Romanian, Turkish,
/// Czech, Hungarian) by the names that fonts know them by; a capital's begins with a capital.
#[rustfmt::skip]
const NAMED: [(char, &str); 37] = [
    ('č', "ccaron"), ('đ', "dcroat"), ('ŋ', "eng"), ('ŧ', "tbar"),
    ('ą', "aogonek"), ('ć', "cacute"), ('ę', "eogonek"), ('ł', "lslash"),
    ('ń', "nacute"), ('ś', "sacute"), ('ź', "zacute"), ('ż', "zdotaccent"),
    ('ė', "edotaccent"), ('į', "iogonek"), ('ū', "umacron"), ('ų', "uogonek"),
    ('ā', "amacron"), ('ē', "emacron"), ('ģ', "gcommaaccent"), ('ī', "imacron"),
    ('ķ', "kcommaaccent"), ('ļ', "lcommaaccent"), ('ņ', "ncommaaccent"), ('ă', "abreve"),
    ('ș', "scommaaccent"), ('ț', "tcommaaccent"), ('ğ', "gbreve"), ('ı', "dotlessi"),
    ('ş', "scedilla"), ('ď', "dcaron"), ('ě', "ecaron"), ('ň', "ncaron"),
    ('ř', "rcaron"), ('ť', "tcaron"), ('ů', "uring"), ('ő', "ohungarumlaut"),
    ('ű', "uhungarumlaut"),
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
    plain.chain((0x80..).zip(HIGH.chars()).filter(|(_, letter)| *letter != '·'))
}

fn win_ansi(letter: char) -> Option<u8> {
    let high = || (0x80..).zip(HIGH.chars()).find(|(_, it)| *it == letter).map(|(code, _)| code);
    match u8::try_from(u32::from(letter)) {
        Ok(code @ (0x20..=0x7E | 0xA0..=0xFF)) => Some(code),
        // Tabs and line breaks are no letters.
        Ok(0..=0x1F) => Some(b' '),
        _ => high(),
    }
}

/// The name by which a reader finds the letter in whatever font it has.
pub(super) fn glyph(letter: char) -> String {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match NAMED.iter().find(|(it, _)| *it == lower) {
        Some((_, name)) if letter == lower => (*name).to_owned(),
        Some((_, name)) if lower.to_uppercase().eq([letter]) => {
            name[..1].to_uppercase() + &name[1..]
        }
        _ => format!("uni{:04X}", u32::from(letter)),
    }
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

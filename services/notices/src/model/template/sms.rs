//! How many parts a text message is sent, and paid, as: GSM 03.38 and its extension table, else
//! UCS-2.

/// One septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Two septets each.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How a text message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// Whether every character is of the GSM alphabet; else each takes two bytes or four.
    pub gsm7: bool,
    /// How many parts.
    pub count: usize,
}

/// The parts of a text. A character that takes two units may not be cut in two, which is not
/// counted here: a part more in the rarest case.
#[must_use]
pub fn segments(text: &str) -> Segments {
    let septets = text.chars().try_fold(0, |sum, c| {
        let width = if BASIC.contains(c) { 1 } else { usize::from(EXTENDED.contains(c)) * 2 };
        (width > 0).then_some(sum + width)
    });
    let (units, one, many) = match septets {
        Some(septets) => (septets, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    let count = if units <= one { 1 } else { units.div_ceil(many) };
    Segments { gsm7: septets.is_some(), count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norwegian_is_of_the_gsm_alphabet_and_a_single_other_letter_is_not() {
        assert_eq!(segments(&"æ".repeat(160)), Segments { gsm7: true, count: 1 });
        assert_eq!(segments(&"æ".repeat(161)), Segments { gsm7: true, count: 2 });
        assert_eq!(segments(&"€".repeat(80)), Segments { gsm7: true, count: 1 });
        assert_eq!(segments(&"€".repeat(81)), Segments { gsm7: true, count: 2 });
        assert_eq!(segments("Sámi á"), Segments { gsm7: false, count: 1 });
        assert_eq!(segments(&"á".repeat(71)), Segments { gsm7: false, count: 2 });
        assert_eq!(segments(&"😀".repeat(35)), Segments { gsm7: false, count: 1 });
        assert_eq!(segments(&"😀".repeat(36)), Segments { gsm7: false, count: 2 });
        assert_eq!(segments(&"a".repeat(307)), Segments { gsm7: true, count: 3 });
    }
}

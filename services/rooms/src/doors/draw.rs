//! Digits, drawn from the operating system's randomness.

use std::collections::BTreeSet;

use dugnad_events::rooms::{Bridge, Digits};

/// How often a draw is repeated that may not be.
const MOST_DRAWS: usize = 1_000;

/// Digits that the lock takes, that nobody guesses first, and that are none of `others`. `None`: there
/// is no randomness, or hardly anything left to draw.
pub(super) fn draw(bridge: Bridge, digits: u8, others: &BTreeSet<String>) -> Option<Digits> {
    (0..MOST_DRAWS)
        .map_while(|_| text(bridge, digits))
        .find(|text| may_be(bridge, text) && !others.contains(text))
        .map(Digits::new)
}

fn text(bridge: Bridge, digits: u8) -> Option<String> {
    (0..digits).map(|_| digit(bridge)).collect()
}

/// A nuki keypad has no 0.
fn digit(bridge: Bridge) -> Option<char> {
    let first = if bridge == Bridge::NukiHub { b'1' } else { b'0' };
    let of = b'9' - first + 1;
    // Bytes past the last whole multiple would favour the lower digits.
    let fair = u8::MAX - u8::MAX % of;
    let mut byte = [u8::MAX];
    while byte[0] >= fair {
        getrandom::fill(&mut byte).ok()?;
    }
    Some(char::from(first + byte[0] % of))
}

/// What a lock takes, and neither 1111 nor 1234.
fn may_be(bridge: Bridge, text: &str) -> bool {
    let steps: BTreeSet<_> =
        text.as_bytes().windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
    let plain = steps.len() == 1 && steps.iter().all(|step| step.abs() <= 1);
    !plain && (bridge != Bridge::NukiHub || !text.starts_with("12"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_what_the_lock_takes_and_nobody_tries_first() {
        for _ in 0..2_000 {
            let nuki = draw(Bridge::NukiHub, 6, &BTreeSet::new()).unwrap();
            let zigbee = draw(Bridge::Zigbee2mqtt, 4, &BTreeSet::new()).unwrap();

            assert_eq!((nuki.reveal().len(), zigbee.reveal().len()), (6, 4));
            assert!(!nuki.reveal().contains('0') && !nuki.reveal().starts_with("12"));
            assert!(may_be(Bridge::Zigbee2mqtt, zigbee.reveal()));
        }
        for plain in ["1111", "1234", "9876", "0000"] {
            assert!(!may_be(Bridge::Zigbee2mqtt, plain), "{plain}");
        }
    }

    #[test]
    fn nothing_is_drawn_that_another_has() {
        let all = (0..10_000).map(|n| format!("{n:04}"));
        let others: BTreeSet<_> = all.filter(|text| text != "0429" && text != "1111").collect();

        let drawn = (0..200).find_map(|_| draw(Bridge::Zigbee2mqtt, 4, &others)).unwrap();

        assert_eq!(drawn.reveal(), "0429");
        assert_eq!(format!("{drawn:?}"), "Digits(..)");
    }
}

//! The forms of a register's numbers and codes; the door and the file are held to the same.

/// Whether a text is an organisation number (organisasjonsnummer): nine digits of which the last is
/// the check digit. The first eight, weighted 3, 2, 7, 6, 5, 4, 3, 2, and the check digit sum to a
/// multiple of eleven; no digit does where the check would be ten.
pub(crate) fn is_number(text: &str) -> bool {
    const WEIGHTS: [u32; 9] = [3, 2, 7, 6, 5, 4, 3, 2, 1];
    let digits = text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit());
    let weighted = text.bytes().zip(WEIGHTS).map(|(b, weight)| u32::from(b - b'0') * weight);
    digits && weighted.sum::<u32>() % 11 == 0
}

/// A legal form's code, such as `FLI`; may be empty.
pub(crate) fn is_form(text: &str) -> bool {
    text.len() <= 8 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// A municipality's number (kommunenummer); may be empty.
pub(crate) fn is_municipality(text: &str) -> bool {
    text.is_empty() || text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// An ICNPO number, such as `4100`.
pub(crate) fn is_icnpo(text: &str) -> bool {
    matches!(text.len(), 4 | 5) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a line of an address says in whose care: what follows is a person's name.
pub(crate) fn in_care_of(line: &str) -> bool {
    let line = line.trim_start().to_lowercase();
    ["c/o", "v/", "att:", "att.", "ved "].iter().any(|start| line.starts_with(start))
        || line.contains(" c/o ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_nine_digits_and_the_right_check_digit() {
        for number in ["991825827", "974760673", "932384469", "889640782"] {
            assert!(is_number(number), "{number}");
        }
        for text in ["991825828", "99182582", "9918258270", "99182582x", "", "٩٩١٨٢٥٨٢٧"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn where_the_check_would_be_ten_no_digit_makes_a_number() {
        let ten = (10_000_000..10_001_000).map(|n| n.to_string()).find(|n| weighted(n) % 11 == 1);
        let ten = ten.unwrap();
        assert!((0..=9).all(|check| !is_number(&format!("{ten}{check}"))), "{ten}");
    }

    fn weighted(eight: &str) -> u32 {
        let weights = [3, 2, 7, 6, 5, 4, 3, 2];
        eight.bytes().zip(weights).map(|(b, weight)| u32::from(b - b'0') * weight).sum()
    }

    #[test]
    fn a_line_in_care_of_somebody_is_known_by_how_it_begins() {
        for line in ["c/o Kari Nordmann", "C/O KARI", " v/Ola Hansen", "Att: Per", "Ved Ola"] {
            assert!(in_care_of(line), "{line}");
        }
        for line in ["Storgata 1", "Vedveien 3", "Cornelius vei 2", "Postboks 12 Vika"] {
            assert!(!in_care_of(line), "{line}");
        }
    }
}

//! Local dates as text: one form, so that equal dates are equal texts.

use std::ops::RangeInclusive;

use dugnad_door::Invalid;
use jiff::civil::Date;

/// `YYYY-MM-DD`, in the years 2000 to 2199.
pub(super) fn date(field: &str, text: &str) -> Result<Date, Invalid> {
    within(field, text, 2000..=2199)
}

/// A date of birth: `YYYY-MM-DD`, from 1900 on.
pub(super) fn born(field: &str, text: &str) -> Result<Date, Invalid> {
    within(field, text, 1900..=2199)
}

/// As [`date`]; empty text is none.
pub(super) fn maybe(field: &str, text: &str) -> Result<Option<Date>, Invalid> {
    if text.is_empty() { Ok(None) } else { date(field, text).map(Some) }
}

fn within(field: &str, text: &str, years: RangeInclusive<i16>) -> Result<Date, Invalid> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, byte)| match i {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date = shaped.then(|| text.parse().ok()).flatten();
    date.filter(|date: &Date| years.contains(&date.year())).ok_or_else(|| {
        let (first, last) = (years.start(), years.end());
        Invalid::new(field, format!("must be a date YYYY-MM-DD of the years {first} to {last}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_form_is_taken() {
        assert_eq!(date("d", "2028-02-29").unwrap().to_string(), "2028-02-29");
        assert_eq!(born("d", "1931-05-17").unwrap().to_string(), "1931-05-17");
        assert_eq!(maybe("d", ""), Ok(None));
        for text in [
            "",
            "2026-2-1",
            "2026-02-30",
            "17.05.2026",
            "20260517",
            "2026-05-17T10",
            "1999-12-31",
            "2200-01-01",
            "2026–05-1",
            "+026-05-17",
        ] {
            assert_eq!(date("d", text).unwrap_err().field(), "d", "{text}");
        }
        assert!(born("d", "1899-12-31").is_err());
    }
}

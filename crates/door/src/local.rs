//! Local dates and times as text: one form each, so that equal times are equal texts.

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};

use crate::Invalid;

/// What is planned or happened lies in these.
const YEARS: RangeInclusive<i16> = 2000..=2199;

/// `YYYY-MM-DD`, in the years 2000 to 2199.
///
/// # Errors
/// If it has another form, or is no such day.
pub fn date(field: &str, text: &str) -> Result<Date, Invalid> {
    within(field, text, YEARS)
}

/// As [`date`]; empty text is none.
///
/// # Errors
/// As [`date`].
pub fn maybe_date(field: &str, text: &str) -> Result<Option<Date>, Invalid> {
    if text.is_empty() { Ok(None) } else { date(field, text).map(Some) }
}

/// A date of birth: `YYYY-MM-DD`, in the years 1900 to 2199.
///
/// # Errors
/// As [`date`].
pub fn born(field: &str, text: &str) -> Result<Date, Invalid> {
    within(field, text, 1900..=2199)
}

/// `YYYY-MM-DDTHH:MM`, in the years 2000 to 2199.
///
/// # Errors
/// If it has another form, or is no such time.
pub fn date_time(field: &str, text: &str) -> Result<DateTime, Invalid> {
    shaped(text, b"0000-00-00T00:00")
        .and_then(|text| text.parse().ok())
        .filter(|at: &DateTime| YEARS.contains(&at.year()))
        .ok_or_else(|| {
            let problem = "must be a local time YYYY-MM-DDTHH:MM of the years 2000 to 2199";
            Invalid::new(field, problem)
        })
}

/// Writes what [`date_time`] reads.
#[must_use]
pub fn show(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

fn within(field: &str, text: &str, years: RangeInclusive<i16>) -> Result<Date, Invalid> {
    let date = shaped(text, b"0000-00-00").and_then(|text| text.parse().ok());
    date.filter(|date: &Date| years.contains(&date.year())).ok_or_else(|| {
        let (first, last) = (years.start(), years.end());
        Invalid::new(field, format!("must be a date YYYY-MM-DD of the years {first} to {last}"))
    })
}

/// The date library reads other forms too, such as that of ISO weeks.
fn shaped<'a>(text: &'a str, shape: &[u8]) -> Option<&'a str> {
    let fits = |(byte, like): (u8, &u8)| match like {
        b'0' => byte.is_ascii_digit(),
        _ => byte == *like,
    };
    (text.len() == shape.len() && text.bytes().zip(shape).all(fits)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_reads_back() {
        let text = "2026-03-29T02:30";

        assert_eq!(show(date_time("t", text).unwrap()), text);
        assert_eq!(date("t", "2028-02-29").unwrap().to_string(), "2028-02-29");
        assert_eq!(born("t", "1931-05-17").unwrap().to_string(), "1931-05-17");
        assert_eq!(maybe_date("t", ""), Ok(None));
    }

    #[test]
    fn only_one_form_is_taken() {
        for text in [
            "",
            "2026-03-29",
            "2026-03-29 02:30",
            "2026-03-29t02:30",
            "20260329T02:30:0",
            "2026-W13-7T02:30",
            "2026-02-29T02:30",
            "2026-03-29T24:00",
            "2026-03-29T02:60",
            "1999-12-31T23:59",
            "2200-01-01T00:00",
            "２026-03-29T02:3",
        ] {
            assert_eq!(date_time("t", text).unwrap_err().field(), "t", "{text}");
        }
        for text in [
            "",
            "2026-3-29",
            "29.03.2026",
            "20260517",
            "2026-02-30",
            "2026-W13-7",
            "1999-12-31",
            "2200-01-01",
            "2026-03-29Z",
            "2026–05-1",
            "+026-05-17",
        ] {
            assert_eq!(date("t", text).unwrap_err().field(), "t", "{text}");
        }
        assert!(born("t", "1899-12-31").is_err());
    }
}

//! Resource names: `collection/{uuid}/collection/{uuid}`.

use uuid::Uuid;

use crate::Invalid;

/// Reads the ids out of a name such as `facilities/{uuid}/rooms/{uuid}`, given its collections in
/// order. Allocates nothing unless it fails.
///
/// # Errors
/// Names `field` and the form that is wanted.
///
/// ```
/// let name = "bookings/6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10";
/// let [booking] = dugnad_door::name::parse("name", name, ["bookings"]).unwrap();
/// assert_eq!(booking.to_string(), name["bookings/".len()..]);
/// ```
pub fn parse<const N: usize>(
    field: &str,
    name: &str,
    collections: [&'static str; N],
) -> Result<[Uuid; N], Invalid> {
    ids(name, collections).ok_or_else(|| {
        let form = collections.map(|collection| format!("{collection}/{{uuid}}")).join("/");
        Invalid::new(field, format!("must have the form {form}"))
    })
}

fn ids<const N: usize>(name: &str, collections: [&'static str; N]) -> Option<[Uuid; N]> {
    let mut ids = [Uuid::nil(); N];
    let mut parts = name.split('/');
    for (id, collection) in ids.iter_mut().zip(collections) {
        if parts.next()? != collection {
            return None;
        }
        *id = self::uuid(parts.next()?)?;
    }
    parts.next().is_none().then_some(ids)
}

/// Only the form with hyphens: the others that the standard knows would give one thing two names.
fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// Reads one UUID that stands alone.
///
/// # Errors
/// Names `field`.
pub(crate) fn one(field: &str, text: &str) -> Result<Uuid, Invalid> {
    uuid(text).ok_or_else(|| Invalid::new(field, "must be a UUID"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10";
    const B: &str = "018f6f0e-7d55-7c1b-9d0e-3b6a5d3f2a10";

    #[test]
    fn a_name_gives_its_ids_in_order() {
        let name = format!("facilities/{A}/rooms/{B}");

        let [facility, room] = parse("room", &name, ["facilities", "rooms"]).unwrap();

        assert_eq!((facility.to_string().as_str(), room.to_string().as_str()), (A, B));
    }

    #[test]
    fn any_other_form_is_refused_with_the_form_that_is_wanted() {
        let simple = A.replace('-', "");
        for name in [
            String::new(),
            "facilities".to_owned(),
            format!("facilities/{A}"),
            format!("facilities/{A}/rooms"),
            format!("facilities/{A}/rooms/"),
            format!("facilities/{A}/rooms/{B}/"),
            format!("/facilities/{A}/rooms/{B}"),
            format!("rooms/{A}/facilities/{B}"),
            format!("facilities/{simple}/rooms/{B}"),
            format!("facilities/{{{A}}}/rooms/{B}"),
            format!("facilities/{A}/rooms/{}", "ø".repeat(18)),
            "/".repeat(100_000),
        ] {
            let invalid = parse("room", &name, ["facilities", "rooms"]).unwrap_err();

            assert_eq!(
                invalid.to_string(),
                "room must have the form facilities/{uuid}/rooms/{uuid}"
            );
        }
    }
}

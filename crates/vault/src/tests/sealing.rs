//! Sealing and opening.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::person;
use crate::{PersonKey, Sealed, VaultError};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Contact {
    name: String,
    phone: Option<String>,
}

fn contact() -> Contact {
    Contact { name: "Kari Nordmann".into(), phone: Some("+47 99 99 99 99".into()) }
}

#[test]
fn what_is_sealed_opens_and_shows_nothing_before() {
    let key = PersonKey::new(person(1), &[7; 32]);

    let sealed = key.seal(b"booking", &contact());

    assert_eq!(key.open(&sealed), Ok(contact()));
    assert_eq!(sealed.person(), person(1));
    assert!(!sealed.sealed.windows(4).any(|part| part == b"Kari"));
    assert!(!format!("{sealed:?}").contains("Kari"));
}

#[test]
fn the_same_key_context_and_value_give_the_same_bytes_and_no_other_do() {
    let key = PersonKey::new(person(1), &[7; 32]);
    let sealed = key.seal(b"booking", &contact());

    assert_eq!(key.seal(b"booking", &contact()), sealed);
    assert_ne!(key.seal(b"bookinh", &contact()), sealed);
    assert_ne!(key.seal(b"booking", &Contact { phone: None, ..contact() }), sealed);
    assert_ne!(PersonKey::new(person(1), &[8; 32]).seal(b"booking", &contact()), sealed);
    let other = PersonKey::new(person(2), &[7; 32]).seal(b"booking", &contact());
    assert_ne!(other.sealed, sealed.sealed);
}

#[test]
fn another_key_another_person_and_another_type_do_not_open_it() {
    let key = PersonKey::new(person(1), &[7; 32]);
    let sealed = key.seal(b"", &contact());
    let damaged = |opened: Result<Contact, VaultError>| {
        assert!(matches!(opened, Err(VaultError::Damaged(_))), "{opened:?}");
    };

    damaged(PersonKey::new(person(1), &[8; 32]).open(&sealed));
    damaged(PersonKey::new(person(2), &[7; 32]).open(&sealed));
    damaged(key.open(&Sealed::new(person(1), key.seal(b"", &42u32).sealed)));
    damaged(key.open(&Sealed::new(person(1), vec![0; 2 * 1024 * 1024].into())));
}

#[test]
fn the_journal_keeps_a_person_and_bytes() {
    let sealed = PersonKey::new(person(1), &[7; 32]).seal(b"", &contact());

    let bytes = rmp_serde::to_vec_named(&sealed).unwrap();

    assert_eq!(rmp_serde::from_slice::<Sealed<Contact>>(&bytes).unwrap(), sealed);
    // Two names, an id as 16 bytes and the sealed bytes as bytes: no array of numbers.
    assert!(bytes.len() < sealed.sealed.len() + 16 + 24, "{} bytes", bytes.len());
}

/// These bytes lie in journals for ever.
#[test]
fn a_field_sealed_by_the_first_version_opens() {
    let key = PersonKey::new(person(1), &[7; 32]);
    let golden = hex::decode(include_str!("golden/sealed.hex").trim()).unwrap();

    assert_eq!(hex::encode(&key.seal(b"booking", &contact()).sealed), hex::encode(&golden));
    assert_eq!(key.open(&Sealed::new(person(1), golden.into())), Ok(contact()));
}

proptest! {
    #[test]
    fn no_bytes_make_opening_panic_and_a_changed_bit_is_seen(
        junk in prop::collection::vec(any::<u8>(), 0..200),
        bit in 0usize..500,
    ) {
        let key = PersonKey::new(person(1), &[7; 32]);
        prop_assert!(key.open::<Contact>(&Sealed::new(person(1), junk.into())).is_err());

        let mut sealed = key.seal(b"", &contact());
        let bit = bit % (sealed.sealed.len() * 8);
        sealed.sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(key.open(&sealed).is_err());
    }
}

//! What rmp-serde writes is read as rmp-serde reads it; anything else is an error, never a panic.

use std::collections::BTreeMap;

use proptest::{collection, option, prelude::*};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use uuid::Uuid;

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct New(u32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Happened {
    Nothing,
    Said(String),
    Moved(i32, u64),
    Met {
        who: New,
        #[serde(default)]
        when: Option<i64>,
        notes: Vec<Happened>,
    },
}

/// One of each kind of thing that a record may hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    id: Uuid,
    #[serde(with = "serde_bytes")]
    sealed: Vec<u8>,
    sign: char,
    small: (i8, u8, i16, u16),
    wide: (i64, u64),
    share: (f32, f64),
    unit: Unit,
    nested: Option<Option<bool>>,
    counts: BTreeMap<String, u32>,
    events: Vec<Happened>,
}

/// The same, of which an older build knows little.
#[derive(Debug, PartialEq, Deserialize)]
struct Older {
    small: (i8, u8, i16, u16),
    #[serde(default)]
    gone: Vec<u8>,
}

fn happened() -> impl Strategy<Value = Happened> {
    let leaf = prop_oneof![
        Just(Happened::Nothing),
        ".{0,40}".prop_map(Happened::Said),
        any::<(i32, u64)>().prop_map(|(by, at)| Happened::Moved(by, at)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let met = (any::<u32>(), any::<Option<i64>>(), collection::vec(inner, 0..3));
        met.prop_map(|(who, when, notes)| Happened::Met { who: New(who), when, notes })
    })
}

fn record() -> impl Strategy<Value = Record> {
    let plain = (any::<u128>(), any::<Vec<u8>>(), any::<char>(), any::<(i8, u8, i16, u16)>());
    let numbers = (any::<(i64, u64)>(), any::<(f32, f64)>());
    let nested = option::of(any::<bool>()).prop_map(|inner| inner.map(Some));
    let counts = collection::btree_map(".{0,8}", any::<u32>(), 0..20);
    let all = (plain, numbers, nested, counts, collection::vec(happened(), 0..20));
    all.prop_map(|((id, sealed, sign, small), (wide, share), nested, counts, events)| {
        let id = Uuid::from_u128(id);
        Record { id, sealed, sign, small, wide, share, unit: Unit, nested, counts, events }
    })
}

proptest! {
    #[test]
    fn a_record_is_read_as_it_was_written(record in record()) {
        let bytes = rmp_serde::to_vec_named(&record).unwrap();

        prop_assert_eq!(&from_slice::<Record>(&bytes).unwrap(), &record);
        prop_assert_eq!(from_slice::<Older>(&bytes).unwrap().small, record.small);
        from_slice::<IgnoredAny>(&bytes).unwrap();
    }

    #[test]
    fn a_record_that_was_cut_is_an_error(record in record(), at in any::<prop::sample::Index>()) {
        let bytes = rmp_serde::to_vec_named(&record).unwrap();

        let cut = &bytes[..at.index(bytes.len())];

        prop_assert!(from_slice::<Record>(cut).is_err());
    }

    #[test]
    fn a_byte_that_was_changed_never_ends_in_a_panic(
        record in record(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = rmp_serde::to_vec_named(&record).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;

        // What it says may still be a record: then it is the one that rmp-serde reads, too.
        if let Ok(read) = from_slice::<Record>(&bytes) {
            let other = rmp_serde::from_slice::<Record>(&bytes).unwrap();
            prop_assert_eq!(format!("{read:?}"), format!("{other:?}"));
        }
    }
}

#[test]
fn lists_within_lists_end_somewhere_and_promised_lengths_cost_nothing() {
    #[derive(Debug, Deserialize)]
    struct Deep(#[allow(dead_code, reason = "never read back")] Vec<Deep>);

    let deep = [vec![0x91; 100_000], vec![0x90]].concat();
    assert!(matches!(from_slice::<Deep>(&deep), Err(Error::DepthLimitExceeded)));
    from_slice::<IgnoredAny>(&deep).unwrap();
    // Four thousand million items, of which none comes.
    assert!(from_slice::<Vec<u64>>(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_err());
    assert!(from_slice::<IgnoredAny>(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_err());
}

#[test]
fn what_is_no_such_thing_says_what_was_wanted() {
    let said = |bytes: &[u8]| from_slice::<Older>(bytes).unwrap_err().to_string();

    let small = rmp_serde::to_vec_named(&BTreeMap::from([("small", "much")])).unwrap();
    let wanted = "invalid type: string \"much\", expected a tuple of size 4";
    assert_eq!(said(&small), wanted);
    assert_eq!(said(&[0x80]), "missing field `small`");
}

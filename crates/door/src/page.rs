//! Paging after AIP-158: a size with a ceiling, and a token that only this query understands.
//!
//! A token is the key that the next page starts after, bound to a digest of the query. It is no
//! secret and no authority: a made-up one at most starts the list elsewhere.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Invalid;

/// What a size of 0 means.
pub const USUAL: usize = 50;
/// What a larger size is cut to.
pub const MOST: usize = 1000;

/// A page ends before its messages come to more, whatever its size: clients take 4 MiB by default.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// Keys are ids, times and short texts: nothing of ours comes near.
const LONGEST_TOKEN: usize = 2048;

#[derive(Serialize, Deserialize)]
struct Token<K> {
    query: [u8; 8],
    after: K,
}

/// The field `page_size`.
///
/// # Errors
/// If it is negative.
pub fn size(asked: i32) -> Result<usize, Invalid> {
    match usize::try_from(asked) {
        Ok(0) => Ok(USUAL),
        Ok(size) => Ok(size.min(MOST)),
        Err(_) => Err(Invalid::new("page_size", "must not be negative")),
    }
}

/// The field `page_token`: the key that the page starts after; `None` for the first page. `query` is
/// everything that must stay the same from page to page, with the call's name.
///
/// # Errors
/// If the token is of another query, or none of ours.
pub fn after<K: DeserializeOwned>(
    token: &str,
    query: &impl Serialize,
) -> Result<Option<K>, Invalid> {
    if token.is_empty() {
        return Ok(None);
    }
    let read: Option<Token<K>> = (token.len() <= LONGEST_TOKEN)
        .then(|| URL_SAFE_NO_PAD.decode(token).ok())
        .flatten()
        .and_then(|bytes| rmp_serde::from_slice(&bytes).ok());
    let read = read.ok_or_else(|| {
        Invalid::new("page_token", "must be the next_page_token of an earlier answer, or empty")
    })?;
    if read.query != digest(query) {
        return Err(Invalid::new("page_token", "is of a query with other fields"));
    }
    Ok(Some(read.after))
}

/// A page of messages, each with its key, and the token of the page after it: empty on the last.
/// `more` is the key that the next page starts after if all of `items` fit, `None` if nothing is
/// left then. There is always at least one item, unless there is none at all.
pub fn of<M: prost::Message, K: Serialize>(
    items: Vec<(K, M)>,
    more: Option<K>,
    query: &impl Serialize,
) -> (Vec<M>, String) {
    let mut bytes = 0;
    let mut messages = Vec::with_capacity(items.len());
    let mut last = None;
    for (key, message) in items {
        bytes += message.encoded_len();
        if let Some(last) = last.filter(|_| bytes > MOST_BYTES) {
            return (messages, token(&last, query));
        }
        messages.push(message);
        last = Some(key);
    }
    (messages, more.map_or_else(String::new, |key| token(&key, query)))
}

fn token(after: &impl Serialize, query: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(packed(&Token { query: digest(query), after }))
}

fn digest(query: &impl Serialize) -> [u8; 8] {
    let hash = blake3::hash(&packed(query));
    std::array::from_fn(|i| hash.as_bytes()[i])
}

fn packed(value: &impl Serialize) -> Vec<u8> {
    // Only a map without a length or a type's own `Serialize` can fail here; no key is either.
    rmp_serde::to_vec(value).expect("keys and queries are plain values")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_usual_and_a_most() {
        assert_eq!(size(0), Ok(50));
        assert_eq!(size(1), Ok(1));
        assert_eq!(size(1000), Ok(1000));
        assert_eq!(size(i32::MAX), Ok(1000));
        assert_eq!(size(-1).unwrap_err().field(), "page_size");
    }

    #[test]
    fn a_token_leads_on_from_where_the_page_ended() {
        let query = ("ListRooms", "facilities/-");

        let token = token(&("Aulaen", 7), &query);

        assert_eq!(after(&token, &query), Ok(Some(("Aulaen".to_owned(), 7))));
        assert_eq!(after::<(String, i32)>("", &query), Ok(None));
    }

    #[test]
    fn a_page_that_would_burst_a_message_ends_early_and_goes_on_from_there() {
        let wide = "x".repeat(MOST_BYTES / 2);
        let items = vec![(1, wide.clone()), (2, wide.clone()), (3, wide)];

        let (messages, next) = of(items, Some(9), &"query");

        assert_eq!(messages.len(), 1, "each has a little more than its text");
        assert_eq!(after(&next, &"query"), Ok(Some(1)));
    }

    #[test]
    fn a_page_holds_one_item_however_large_and_the_last_page_has_no_token() {
        let (messages, next) = of(vec![(1, "x".repeat(MOST_BYTES * 2))], None, &"query");

        assert_eq!((messages.len(), next.as_str()), (1, ""));
        assert_eq!(of::<String, i32>(vec![], None, &"query"), (vec![], String::new()));
    }

    #[test]
    fn a_page_that_fits_goes_on_from_where_the_list_says() {
        let (messages, next) =
            of(vec![(1, "a".to_owned()), (2, "b".to_owned())], Some(2), &"query");

        assert_eq!(messages, ["a", "b"]);
        assert_eq!(after(&next, &"query"), Ok(Some(2)));
    }

    #[test]
    fn a_token_of_another_query_is_refused() {
        let token = token(&1, &("ListRooms", "facilities/-"));

        let outcome = after::<i32>(&token, &("ListBookings", "facilities/-"));

        assert_eq!(outcome.unwrap_err().to_string(), "page_token is of a query with other fields");
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let other_key = token(&"text", &"query");
        let long = "A".repeat(1_000_000);
        for token in ["!", "AAAA", "é", &other_key, &long] {
            assert_eq!(after::<i32>(token, &"query").unwrap_err().field(), "page_token");
        }
    }
}

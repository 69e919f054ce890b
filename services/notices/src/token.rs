//! Links that answer without signing in: which notice, and a proof that it was we who wrote so.
//!
//! The proof is a keyed digest (BLAKE3, 80 bits) under a secret of the municipality, over the
//! municipality and the notice. A link is good for what its notice asks and as long as that can
//! be answered, once; all that is the model's to say.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use dugnad_events::NoticeId;
use dugnad_journal::Tenant;
use uuid::Uuid;

/// Bytes of the proof: an attacker asks over the network, one guess a call.
const PROOF: usize = 10;

/// A municipality's key for links, and for looking replies up by number.
pub(crate) struct Keys {
    links: [u8; 32],
    numbers: [u8; 32],
}

impl Keys {
    /// From the tenant's secret.
    pub(crate) fn of(secret: &[u8; 32]) -> Self {
        Self {
            links: blake3::derive_key("dugnad notices: links that answer", secret),
            numbers: blake3::derive_key("dugnad notices: replies by number", secret),
        }
    }

    pub(crate) fn token(&self, tenant: &Tenant, notice: NoticeId) -> String {
        let id = notice.0.as_bytes();
        let proof = self.proof(tenant, id);
        URL_SAFE_NO_PAD.encode([&id[..], &proof[..]].concat())
    }

    /// The notice, if the token is one of ours for this municipality.
    pub(crate) fn read(&self, tenant: &Tenant, token: &str) -> Option<NoticeId> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, proof) = bytes.split_at_checked(16)?;
        let id = id.try_into().ok()?;
        // Digests compare in constant time.
        let given: [u8; PROOF] = proof.try_into().ok()?;
        let same = equal(&given, &self.proof(tenant, &id));
        same.then(|| NoticeId(Uuid::from_bytes(id)))
    }

    fn proof(&self, tenant: &Tenant, id: &[u8; 16]) -> [u8; PROOF] {
        let mut hasher = blake3::Hasher::new_keyed(&self.links);
        hasher.update(id).update(tenant.as_str().as_bytes());
        std::array::from_fn(|i| hasher.finalize().as_bytes()[i])
    }

    /// A part of the number's digest that some hundred numbers share, so that it names nobody.
    pub(crate) fn bucket(&self, digits: &str) -> u16 {
        let hash = blake3::keyed_hash(&self.numbers, digits.as_bytes());
        u16::from_be_bytes([hash.as_bytes()[0], hash.as_bytes()[1]])
    }
}

/// In a time that does not depend on where they differ.
fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_its_notice_and_municipality_and_a_forged_one_for_nothing() {
        let keys = Keys::of(&[7; 32]);
        let [drammen, bergen] = ["drammen", "bergen"].map(|it| Tenant::new(it).unwrap());
        let notice = NoticeId(Uuid::from_u128(9));

        let token = keys.token(&drammen, notice);

        assert_eq!(keys.read(&drammen, &token), Some(notice));
        assert_eq!(keys.read(&bergen, &token), None);
        assert_eq!(Keys::of(&[8; 32]).read(&drammen, &token), None);
        let other = keys.token(&drammen, NoticeId(Uuid::max()));
        let grafted = format!("{}{}", &other[..21], &token[21..]);
        for forged in ["", "x", &token[..30], &grafted, &format!("{token}AA")] {
            assert_eq!(keys.read(&drammen, forged), None, "{forged}");
        }
    }
}

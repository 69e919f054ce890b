//! The tokens of feeds: `{tenant}-{40 hexadecimal digits}`.

use std::fmt;

use dugnad_events::rooms::TokenHash;
use dugnad_journal::Tenant;
use dugnad_ledger::RequestId;
use uuid::Uuid;

/// 160 bits.
const BYTES: usize = 20;

/// Opens a feed to whoever has it. Has no `Debug`, so that no log can hold one.
pub(super) struct Token {
    tenant: Tenant,
    secret: [u8; BYTES],
}

impl Token {
    /// As random as the tenant's key, and the same for the same request of the same caller.
    pub(super) fn draw(tenant: Tenant, key: &[u8; 32], caller: Uuid, request: RequestId) -> Self {
        let key = blake3::derive_key("dugnad rooms: tokens of calendar feeds", key);
        let mut drawn = blake3::Hasher::new_keyed(&key);
        drawn.update(caller.as_bytes()).update(request.uuid().as_bytes());
        let mut secret = [0; BYTES];
        drawn.finalize_xof().fill(&mut secret);
        Self { tenant, secret }
    }

    /// `None`: it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (tenant, digits) = text.rsplit_once('-')?;
        let mut secret = [0; BYTES];
        // One spelling: two would be two addresses.
        let lower = !digits.bytes().any(|byte| byte.is_ascii_uppercase());
        hex::decode_to_slice(digits, &mut secret).ok().filter(|()| lower)?;
        Some(Self { tenant: Tenant::new(tenant).ok()?, secret })
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// What the journal may know of it.
    pub(super) fn hash(&self) -> TokenHash {
        TokenHash(*blake3::hash(&self.secret).as_bytes())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.tenant, hex::encode(self.secret))
    }
}

/// The municipality that a token names, whether there is such a feed or not; `None`: it is no token.
#[must_use]
pub fn tenant_of(token: &str) -> Option<Tenant> {
    Token::read(token).map(|token| token.tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_another_request_another_caller_or_another_key_give_another() {
        let tenant = || Tenant::new("nordre-follo").unwrap();
        let (caller, request) = (Uuid::now_v7(), RequestId::new(Uuid::now_v7()).unwrap());
        let token = Token::draw(tenant(), &[1; 32], caller, request);

        let again = Token::read(&token.to_string()).unwrap();

        assert_eq!((again.hash(), again.tenant.as_str()), (token.hash(), "nordre-follo"));
        let other = RequestId::new(Uuid::now_v7()).unwrap();
        for other in [
            Token::draw(tenant(), &[1; 32], caller, other),
            Token::draw(tenant(), &[1; 32], Uuid::now_v7(), request),
            Token::draw(tenant(), &[2; 32], caller, request),
        ] {
            assert_ne!(other.hash(), token.hash());
        }
    }

    #[test]
    fn what_has_another_form_is_no_token() {
        let digits = "0123456789abcdef0123456789abcdef01234567";
        assert!(tenant_of(&format!("drammen-{digits}")).is_some());
        for text in ["", "drammen", digits, &format!("-{digits}"), &format!("Drammen-{digits}")] {
            assert_eq!(tenant_of(text), None, "{text}");
        }
        let (short, upper) = (&digits[1..], digits.to_uppercase());
        for digits in [short, &upper, &format!("{digits}0"), "é"] {
            assert_eq!(tenant_of(&format!("drammen-{digits}")), None, "{digits}");
        }
    }
}

//! Secrets that are shown once, of which only hashes are stored; and the text of an API key: `atd_` + id + `_` + secret
//! + `_` + checksum.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    kernel::id::{ApiKeyId, Id, Kind},
    platform::{ids::Ids, journal::hex},
};

const PREFIX: &str = "atd_";
/// The kind of locator under which keys are found.
pub const LOCATOR: &str = "api_key";

/// A secret of 256 random bits, in hexadecimal.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new secret.
    pub fn issue(ids: &Ids) -> Self {
        Self(hex(&ids.bytes::<32>()))
    }

    /// A secret as presented.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text to show, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it: its SHA-256. A fast hash is right for 256 random bits.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(&self.0))
    }

    /// Whether the stored hash is this secret's, in constant time.
    pub fn matches(&self, stored: &str) -> bool {
        self.hash().as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

/// What a credential is found by, before its tenant is known.
pub fn locator<K: Kind>(id: Id<K>) -> String {
    hex(&Sha256::digest(id.uuid().as_bytes()))
}

/// A key as presented: well-formed, not yet known to be anybody's.
#[derive(Clone)]
pub struct Token {
    /// Which key it claims to be.
    pub id: ApiKeyId,
    /// Its secret part.
    pub secret: Secret,
}

impl Token {
    /// A new key's text for this id.
    pub fn issue(ids: &Ids, id: ApiKeyId) -> Self {
        Self { id, secret: Secret::issue(ids) }
    }

    /// Reads a key; a typing error is found by the checksum, without asking the database.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(PREFIX)?.split('_');
        let (id, secret, sum) = (parts.next()?, parts.next()?, parts.next()?);
        let id = ApiKeyId::from_uuid(Uuid::try_parse(id).ok()?);
        let token = Self { id, secret: Secret::presented(secret) };
        (parts.next().is_none() && token.reveal() == text && token.checksum() == sum).then_some(token)
    }

    /// The text to show, once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}_{}", self.id.uuid().simple(), self.secret.0, self.checksum())
    }

    fn checksum(&self) -> String {
        let digest =
            Sha256::new().chain_update(self.id.uuid().as_bytes()).chain_update(&self.secret.0).finalize();
        hex(&digest[..4])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::Instant;

    #[test]
    fn a_key_reads_back_and_a_typing_error_does_not() {
        let ids = Ids::seeded(1);
        let token = Token::issue(&ids, ids.id(Instant::from_micros(0)));
        let text = token.reveal();
        assert!(Token::parse(&text).is_some_and(|read| read.secret.matches(&token.secret.hash())));
        for n in 4..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[n] = if wrong[n] == b'0' { b'1' } else { b'0' };
            assert!(Token::parse(&String::from_utf8(wrong).unwrap()).is_none(), "position {n}");
        }
    }
}

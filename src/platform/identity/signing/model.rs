//! A signing key, and when it is published, signs and retires.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::prelude::*;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::EncodingKey;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::store::signing_keys;
use crate::{
    kernel::{
        error::{Error, Result},
        time::Instant,
    },
    platform::{ids::Ids, secrets::Vault},
};

/// How long readers may keep the published keys, in seconds.
pub(in crate::platform) const JWKS_MAX_AGE: u32 = 300;
/// How long a new key is published before it signs, in seconds: twice as long as readers keep what they read.
pub(super) const LEAD: i64 = 600;
/// The longest life of an access token, in seconds.
pub const MAX_LIFETIME: i64 = 3600;
/// How far two clocks may differ, in seconds.
pub(super) const SKEW: i64 = 30;

/// A key that signs access tokens. Its private half is sealed.
#[derive(Clone, Debug, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub struct SigningKey {
    /// Its name in a token's header: the RFC 7638 thumbprint of its public half.
    pub kid: String,
    /// Counts the keys: 1, 2, 3 … Two processes that rotate at once want the same number, and one of them gets it.
    pub generation: i32,
    /// The public half, as `x` of its JWK.
    #[serde(skip)]
    pub public_key: String,
    #[serde(skip)]
    pub(super) sealed_key: String,
    /// When it was made and published.
    pub created_at: Instant,
    /// When it begins to sign.
    pub signs_from: Instant,
    /// When it is no longer published, and nothing that it signed is valid; null while it has no successor.
    pub retires_at: Option<Instant>,
}

/// A public key as RFC 8037 writes it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Jwk {
    /// The key type.
    #[schema(max_length = 8, example = "OKP")]
    pub kty: &'static str,
    /// The curve.
    #[schema(max_length = 8, example = "Ed25519")]
    pub crv: &'static str,
    /// The key's name.
    #[schema(max_length = 64, example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    pub kid: String,
    /// What it is for: signatures.
    #[serde(rename = "use")]
    #[schema(max_length = 8, example = "sig")]
    pub purpose: &'static str,
    /// The algorithm.
    #[schema(max_length = 8, example = "EdDSA")]
    pub alg: &'static str,
    /// The public key, in base64url.
    #[schema(max_length = 64, example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
}

/// The public keys that check access tokens (RFC 7517).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Jwks {
    /// The keys that sign, will sign or did sign what may still be valid.
    #[schema(max_items = 100)]
    pub keys: Vec<Jwk>,
}

impl SigningKey {
    /// A new key of this generation.
    ///
    /// # Errors
    /// Without a master key.
    pub(super) fn make(
        vault: &Vault,
        ids: &Ids,
        generation: i32,
        created_at: Instant,
        signs_from: Instant,
    ) -> Result<Self> {
        let private = ed25519_dalek::SigningKey::from_bytes(&ids.bytes());
        let public_key = URL_SAFE_NO_PAD.encode(private.verifying_key().as_bytes());
        let kid = thumbprint(&public_key);
        let der = private.to_pkcs8_der().map_err(|e| Error::internal(e.to_string()))?;
        let sealed_key = vault.seal(ids, &place(&kid), der.as_bytes())?;
        Ok(Self { kid, generation, public_key, sealed_key, created_at, signs_from, retires_at: None })
    }

    /// Whether what it signed may be valid, and it is published.
    pub(super) fn published(&self, now: Instant) -> bool {
        self.retires_at.is_none_or(|end| now < end)
    }

    /// Its private half.
    ///
    /// # Errors
    /// Without the master key that sealed it.
    pub(super) fn private(&self, vault: &Vault) -> Result<EncodingKey> {
        Ok(EncodingKey::from_ed_der(&vault.open(&place(&self.kid), &self.sealed_key)?))
    }

    /// Its public half, as published.
    pub(super) fn jwk(&self) -> Jwk {
        let (kid, x) = (self.kid.clone(), self.public_key.clone());
        Jwk { kty: "OKP", crv: "Ed25519", kid, purpose: "sig", alg: "EdDSA", x }
    }
}

/// The key that signs now: the newest of those that have begun to.
pub(super) fn signer(keys: &[SigningKey], now: Instant) -> Option<&SigningKey> {
    let signing = keys.iter().filter(|key| key.signs_from <= now && key.published(now));
    signing.max_by_key(|key| key.generation)
}

/// Whether the newest key is so many seconds old that it wants a successor; also where there is none at all.
pub(super) fn is_due(newest: Option<&SigningKey>, rotate_after: i64, now: Instant) -> bool {
    newest.is_none_or(|key| key.created_at.plus_seconds(rotate_after) <= now)
}

fn place(kid: &str) -> String {
    format!("signing_key:{kid}")
}

/// RFC 7638 over the members that RFC 8037 requires.
fn thumbprint(x: &str) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(thumbprint(x), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_newest_that_has_begun_signs() {
        let vault: Vault =
            "00000000000000000000000000000000000000000000000000000000000000aa".parse().unwrap();
        let at = |seconds: i64| Instant::from_micros(0).plus_seconds(seconds);
        let make = |generation, from| {
            SigningKey::make(&vault, &Ids::seeded(1), generation, at(0), at(from)).unwrap()
        };
        let mut keys = [make(1, 0), make(2, 600)];
        let generation = |keys: &[SigningKey], now| signer(keys, at(now)).map(|key| key.generation);
        assert_eq!((generation(&keys, 599), generation(&keys, 600)), (Some(1), Some(2)));
        keys[1].retires_at = Some(at(700));
        assert_eq!(generation(&keys, 700), Some(1), "a retired key signs nothing");
        assert_eq!(generation(&[], 0), None);
        assert!(is_due(None, 100, at(0)) && is_due(Some(&keys[1]), 100, at(100)));
        assert!(!is_due(Some(&keys[1]), 100, at(99)));
    }
}

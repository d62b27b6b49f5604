//! A provider's public keys (RFC 7517): which of them can be trusted with what. Pure.

use std::fmt;

use async_graphql::SimpleObject;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    model::SigningAlgorithm,
    token::{Refusal, Token},
};

/// Bytes of a key's id or algorithm at the most.
const MAX_NAME: usize = 255;
/// Keys of one provider at the most; the rest is not looked at.
pub const MAX_KEYS: usize = 100;
/// An RSA key's bits: below, it can be broken; above, checking a signature takes long.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A key as published.
#[derive(Debug, Deserialize)]
struct Jwk {
    #[serde(default)]
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// A key that can check signatures.
struct Key {
    kid: Option<String>,
    fits: &'static [SigningAlgorithm],
    alg: Option<String>,
    key: DecodingKey,
}

/// A published key, and whether it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PublishedKey {
    /// Its id at the provider.
    #[schema(max_length = 255)]
    pub kid: Option<String>,
    /// Its type, such as `RSA`.
    #[schema(max_length = 64, example = "RSA")]
    pub kty: String,
    /// Why it is not used; null where it is.
    #[schema(max_length = 255)]
    pub problem: Option<String>,
}

/// Why there is no key for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// None has this id, or fits the algorithm. A newer set may.
    Unknown,
    /// The token names no key, and several would fit.
    Several,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the provider publishes no key with the token's kid that fits its alg",
            Self::Several => "the token names no kid, and the provider has several keys that fit its alg",
        })
    }
}

/// The keys of one provider.
pub struct KeySet {
    usable: Vec<Key>,
    /// Every published key, the unusable too.
    pub published: Vec<PublishedKey>,
}

impl KeySet {
    /// Reads a JWK Set. Keys that cannot be used are left out, as RFC 7517, section 5 has it.
    ///
    /// # Errors
    /// A message when it is not a JWK Set.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let set: Value = serde_json::from_slice(bytes).map_err(|_| "the key set is not JSON".to_owned())?;
        let keys = set["keys"].as_array().ok_or("the key set has no array \"keys\"")?;
        let mut all = Self { usable: Vec::new(), published: Vec::new() };
        for one in keys.iter().take(MAX_KEYS) {
            all.add(one);
        }
        Ok(all)
    }

    fn add(&mut self, one: &Value) {
        let shown = |field: &str| one[field].as_str().map(|text| text.chars().take(64).collect::<String>());
        let read = Jwk::deserialize(one).map_err(|_| "it is not a key").and_then(usable);
        let problem = read.as_ref().err().map(|told| (*told).to_owned());
        self.published.push(PublishedKey {
            kid: shown("kid"),
            kty: shown("kty").unwrap_or_default(),
            problem,
        });
        self.usable.extend(read.ok());
    }

    /// The key for a token.
    ///
    /// # Errors
    /// When there is none, or which one is not said.
    fn find(&self, kid: Option<&str>, algorithm: SigningAlgorithm) -> Result<&DecodingKey, Missing> {
        let mut fitting = self.usable.iter().filter(|key| {
            key.fits.contains(&algorithm)
                && key.alg.as_ref().is_none_or(|alg| alg == algorithm.as_str())
                && (kid.is_none() || key.kid.as_deref() == kid)
        });
        match (fitting.next(), fitting.next()) {
            (None, _) => Err(Missing::Unknown),
            (Some(one), None) => Ok(&one.key),
            _ => Err(Missing::Several),
        }
    }

    /// Whether a newer set could help with this token.
    pub fn lacks(&self, token: &Token<'_>, algorithm: SigningAlgorithm) -> bool {
        matches!(self.find(token.kid(), algorithm), Err(Missing::Unknown))
    }

    /// Checks a token's signature.
    ///
    /// # Errors
    /// [`Refusal::Key`] or [`Refusal::Signature`].
    pub fn verify(&self, token: &Token<'_>, algorithm: SigningAlgorithm) -> Result<(), Refusal> {
        let key = self.find(token.kid(), algorithm).map_err(Refusal::Key)?;
        let (signed, signature) = token.signed();
        match crypto::verify(signature, signed.as_bytes(), key, of(algorithm)) {
            Ok(true) => Ok(()),
            _ => Err(Refusal::Signature),
        }
    }
}

fn of(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Rs256 => Algorithm::RS256,
        SigningAlgorithm::Ps256 => Algorithm::PS256,
        SigningAlgorithm::Es256 => Algorithm::ES256,
        SigningAlgorithm::Eddsa => Algorithm::EdDSA,
    }
}

fn usable(jwk: Jwk) -> Result<Key, &'static str> {
    let long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > MAX_NAME);
    if long(&jwk.kid) || long(&jwk.alg) {
        return Err("its kid or alg is too long");
    }
    if jwk.purpose.as_ref().is_some_and(|purpose| purpose != "sig") {
        return Err("its use is not sig");
    }
    if jwk.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify")) {
        return Err("its key_ops have no verify");
    }
    let (fits, key) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => rsa(&jwk)?,
        ("EC", Some("P-256")) => ec(&jwk)?,
        ("OKP", Some("Ed25519")) => ed(&jwk)?,
        ("EC" | "OKP", _) => return Err("its curve is neither P-256 nor Ed25519"),
        _ => return Err("its type is none of RSA, EC and OKP"),
    };
    Ok(Key { kid: jwk.kid, fits, alg: jwk.alg, key })
}

type Fitting = (&'static [SigningAlgorithm], DecodingKey);

fn rsa(jwk: &Jwk) -> Result<Fitting, &'static str> {
    let (n, e) = (bytes(jwk.n.as_ref())?, bytes(jwk.e.as_ref())?);
    let leading = n.iter().take_while(|byte| **byte == 0).count();
    let bits = n.get(leading).map_or(0, |first| (n.len() - leading) * 8 - first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        return Err("an RSA key must have 2048 to 4096 bits");
    }
    let fits = &[SigningAlgorithm::Rs256, SigningAlgorithm::Ps256];
    Ok((fits, DecodingKey::from_rsa_raw_components(&n, &e)))
}

fn ec(jwk: &Jwk) -> Result<Fitting, &'static str> {
    let (Some(x), Some(y)) = (&jwk.x, &jwk.y) else { return Err("it has no point") };
    if bytes(Some(x))?.len() != 32 || bytes(Some(y))?.len() != 32 {
        return Err("its point is not one of P-256");
    }
    let key = DecodingKey::from_ec_components(x, y).map_err(|_| "its point cannot be read")?;
    Ok((&[SigningAlgorithm::Es256], key))
}

fn ed(jwk: &Jwk) -> Result<Fitting, &'static str> {
    let x = bytes(jwk.x.as_ref())?;
    if x.len() != 32 {
        return Err("its point is not one of Ed25519");
    }
    Ok((&[SigningAlgorithm::Eddsa], DecodingKey::from_ed_der(&x)))
}

fn bytes(text: Option<&String>) -> Result<Vec<u8>, &'static str> {
    let text = text.ok_or("a part of it is missing")?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "a part of it is not base64url")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(length: usize, first: u8) -> String {
        let mut bytes = vec![7; length];
        bytes[0] = first;
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn rsa(kid: &str, bytes: usize) -> Value {
        json!({ "kty": "RSA", "kid": kid, "n": text(bytes, 0x80), "e": "AQAB" })
    }

    fn ec(kid: &str, curve: &str) -> Value {
        json!({ "kty": "EC", "kid": kid, "crv": curve, "x": text(32, 1), "y": text(32, 2) })
    }

    fn set(keys: &[Value]) -> KeySet {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn keys_that_cannot_be_trusted_are_left_out_and_told() {
        let with = |mut key: Value, field: &str, value: Value| {
            key[field] = value;
            key
        };
        for (key, problem) in [
            (rsa("1", 255), "2048 to 4096"),
            (with(rsa("1", 256), "n", json!(text(256, 0x7f))), "2048 to 4096"),
            (with(rsa("1", 257), "n", json!(text(257, 0))), "2048 to 4096"),
            (rsa("1", 513), "2048 to 4096"),
            (with(rsa("1", 256), "use", json!("enc")), "use"),
            (with(rsa("1", 256), "key_ops", json!(["encrypt"])), "key_ops"),
            (with(rsa("1", 256), "e", json!("=")), "base64url"),
            (json!({ "kty": "RSA", "kid": "1" }), "missing"),
            (ec("1", "P-384"), "curve"),
            (ec("1", "secp256k1"), "curve"),
            (with(ec("1", "P-256"), "x", json!(text(31, 1))), "P-256"),
            (json!({ "kty": "OKP", "kid": "1", "crv": "X25519", "x": text(32, 1) }), "curve"),
            (json!({ "kty": "OKP", "kid": "1", "crv": "Ed25519", "x": text(33, 1) }), "Ed25519"),
            (json!({ "kty": "oct", "kid": "1", "k": "c2VjcmV0" }), "type"),
            (json!("key"), "not a key"),
        ] {
            let set = set(std::slice::from_ref(&key));
            let told = set.published[0].problem.clone().unwrap_or_default();
            assert!(told.contains(problem) && set.usable.is_empty(), "{key}: {told}");
        }
        let good = set(&[with(rsa("1", 256), "use", json!("sig")), ec("2", "P-256")]);
        assert!(good.usable.len() == 2 && good.published.iter().all(|key| key.problem.is_none()));
    }

    #[test]
    fn a_key_is_found_by_its_id_and_what_it_fits() {
        use SigningAlgorithm::{Eddsa, Es256, Ps256, Rs256};
        let mut bound = rsa("bound", 256);
        bound["alg"] = json!("PS256");
        let set = set(&[rsa("a", 256), ec("a", "P-256"), bound]);
        let find = |kid: Option<&str>, algorithm| set.find(kid, algorithm).map(|_| ());
        assert_eq!(find(Some("a"), Rs256), Ok(()));
        assert_eq!(find(Some("a"), Es256), Ok(()));
        assert_eq!(find(Some("a"), Eddsa), Err(Missing::Unknown));
        assert_eq!(find(Some("b"), Rs256), Err(Missing::Unknown));
        assert_eq!(find(Some("bound"), Ps256), Ok(()));
        assert_eq!(find(Some("bound"), Rs256), Err(Missing::Unknown), "a key's own alg binds it");
        assert_eq!(find(None, Es256), Ok(()), "the only one that fits needs no name");
        assert_eq!(find(None, Ps256), Err(Missing::Several));
    }

    #[test]
    fn what_is_no_key_set_is_told() {
        for wrong in ["", "<html>", "{}", r#"{"keys": {}}"#] {
            assert!(KeySet::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

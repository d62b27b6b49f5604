//! A token of somebody else's: read, and held against what its provider was registered with. Pure: no key, no clock.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{keys::Missing, model::SigningAlgorithm};
use crate::kernel::time::Instant;

/// A token's bytes at the most.
pub const MAX_TOKEN: usize = 16 * 1024;
/// How far two clocks may be apart, in seconds.
const SKEW: i64 = 60;
/// Audiences of one token that are looked at.
const MAX_AUDIENCES: usize = 20;
/// Types that access tokens (RFC 9068) and ID tokens come with; most providers say `JWT` or nothing.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "id+jwt"];

/// Why a token is refused. Told to its tenant's owner and to the log; whoever sends it learns only that it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has more than [`MAX_TOKEN`] bytes.
    TooLong,
    /// It is not three parts of base64url, or header and claims are not JSON objects.
    Malformed(&'static str),
    /// `alg` is `none`, symmetric, unknown or not one of the provider's.
    Algorithm(String),
    /// `typ` is that of another kind of token.
    Type(String),
    /// `crit` demands something.
    Critical,
    /// It is bound to a key (`cnf`), which a bearer does not prove to have.
    Bound,
    /// It tells of events (`events`): a logout or security event token.
    Events,
    /// `iss` is another's.
    Issuer,
    /// `aud` is missing or another's.
    Audience,
    /// `exp` is missing.
    Endless,
    /// `exp` is past.
    Expired,
    /// `nbf` or `iat` lies in the future.
    Early(&'static str),
    /// The claim of the subject is missing or too long.
    Subject(&'static str),
    /// The provider has no key for it.
    Key(Missing),
    /// The signature is not that key's.
    Signature,
    /// The provider's keys cannot be had; its reason is in the text.
    NoKeys(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the token has more than {MAX_TOKEN} bytes"),
            Self::Malformed(what) => write!(f, "the token is not a signed JWT: {what}"),
            Self::Algorithm(alg) => {
                write!(f, "alg is {alg:?}, which is not one of this provider's algorithms")
            }
            Self::Type(typ) => write!(f, "typ is {typ:?}, which is neither an access token nor an ID token"),
            Self::Critical => f.write_str("crit demands an extension that is not known here"),
            Self::Bound => f.write_str("cnf binds the token to a key; send one that is not bound"),
            Self::Events => f.write_str("events make it a logout or security event token"),
            Self::Issuer => f.write_str("iss is not this provider's issuer"),
            Self::Audience => f.write_str("aud does not name this provider's audience"),
            Self::Endless => f.write_str("exp is missing"),
            Self::Expired => f.write_str("exp is past"),
            Self::Early(claim) => write!(f, "{claim} lies in the future"),
            Self::Subject(claim) => write!(f, "{claim} must be a text of 1 to 255 characters"),
            Self::Key(missing) => missing.fmt(f),
            Self::Signature => f.write_str("the signature is not made with the key that the token names"),
            Self::NoKeys(told) => write!(f, "the provider's keys cannot be had: {told}"),
        }
    }
}

/// `jku`, `jwk`, `x5u` and `x5c` are not even read: a token does not say which keys to trust.
#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    typ: Option<Value>,
    kid: Option<Value>,
    crit: Option<Value>,
}

/// A token as presented: well-formed, not yet anybody's word.
#[derive(Debug)]
pub struct Token<'a> {
    header: Header,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Token<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// When it is too long or not a signed JWT.
    pub fn parse(text: &'a str) -> Result<Self, Refusal> {
        if text.len() > MAX_TOKEN {
            return Err(Refusal::TooLong);
        }
        let parts = Refusal::Malformed("it has not three parts");
        let (signed, signature) = text.rsplit_once('.').ok_or(parts.clone())?;
        let (header, claims) = signed.split_once('.').ok_or(parts.clone())?;
        if claims.contains('.') {
            return Err(parts);
        }
        Ok(Self {
            header: decoded(header).ok_or(Refusal::Malformed("its header cannot be read"))?,
            claims: decoded(claims).ok_or(Refusal::Malformed("its claims cannot be read"))?,
            signed,
            signature,
        })
    }

    /// Its issuer, as it says.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// Its audiences, as it says.
    pub fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).take(MAX_AUDIENCES).collect(),
            _ => Vec::new(),
        }
    }

    /// Its claims.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The key it says it was signed with.
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_ref().map(|kid| kid.as_str().unwrap_or_default())
    }

    /// What was signed, and its signature in base64url.
    pub fn signed(&self) -> (&str, &str) {
        (self.signed, self.signature)
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// Everything but the signature.
    ///
    /// # Errors
    /// With the first thing that is wrong.
    pub fn check(
        &self,
        issuer: &str,
        audience: &str,
        algorithms: &[SigningAlgorithm],
        now: Instant,
    ) -> Result<SigningAlgorithm, Refusal> {
        let algorithm = self.algorithm(algorithms)?;
        self.check_kind()?;
        if self.issuer() != Some(issuer) {
            return Err(Refusal::Issuer);
        }
        if !self.audiences().contains(&audience) {
            return Err(Refusal::Audience);
        }
        self.check_times(now)?;
        Ok(algorithm)
    }

    /// Names are compared exactly (RFC 7515, 4.1.1), so that `NONE` is no algorithm either.
    fn algorithm(&self, allowed: &[SigningAlgorithm]) -> Result<SigningAlgorithm, Refusal> {
        let named = allowed.iter().copied().find(|one| one.as_str() == self.header.alg);
        named.ok_or_else(|| Refusal::Algorithm(self.header.alg.chars().take(40).collect()))
    }

    fn check_kind(&self) -> Result<(), Refusal> {
        if self.header.crit.is_some() {
            return Err(Refusal::Critical);
        }
        if let Some(typ) = &self.header.typ {
            let said = typ.as_str().unwrap_or_default().to_ascii_lowercase();
            if !TYPES.contains(&said.strip_prefix("application/").unwrap_or(&said)) {
                return Err(Refusal::Type(said.chars().take(40).collect()));
            }
        }
        if self.claims.contains_key("cnf") {
            return Err(Refusal::Bound);
        }
        if self.claims.contains_key("events") { Err(Refusal::Events) } else { Ok(()) }
    }

    fn check_times(&self, now: Instant) -> Result<(), Refusal> {
        let now = now.micros() / 1_000_000;
        if self.seconds("exp")?.ok_or(Refusal::Endless)? <= now - SKEW {
            return Err(Refusal::Expired);
        }
        for claim in ["nbf", "iat"] {
            if self.seconds(claim)?.is_some_and(|at| at > now + SKEW) {
                return Err(Refusal::Early(claim));
            }
        }
        Ok(())
    }

    /// A moment in seconds since 1970; fractions (RFC 7519, 2) are cut off.
    #[expect(clippy::cast_possible_truncation, reason = "within the bounds just checked")]
    fn seconds(&self, claim: &'static str) -> Result<Option<i64>, Refusal> {
        let wrong = Refusal::Malformed("a moment is not a number of seconds");
        match self.claims.get(claim) {
            None => Ok(None),
            Some(value) => match value.as_f64() {
                Some(at) if (0.0..=253_402_300_799.0).contains(&at) => Ok(Some(at as i64)),
                _ => Err(wrong),
            },
        }
    }
}

fn decoded<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_764_000_000;
    const ISSUER: &str = "https://idp.example.com";

    fn good() -> (Value, Value) {
        let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "1" });
        let claims = json!({
            "iss": ISSUER, "aud": "attestd", "sub": "7", "exp": NOW + 300, "nbf": NOW, "iat": NOW,
        });
        (header, claims)
    }

    fn text(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(header), part(claims))
    }

    fn check(header: &Value, claims: &Value) -> Result<SigningAlgorithm, Refusal> {
        let text = text(header, claims);
        let now = Instant::from_micros(NOW * 1_000_000);
        let algorithms = [SigningAlgorithm::Es256, SigningAlgorithm::Eddsa];
        Token::parse(&text)?.check(ISSUER, "attestd", &algorithms, now)
    }

    /// The good token with one field of its header or its claims set, or removed by null.
    fn with(part: usize, field: &str, value: Value) -> Result<SigningAlgorithm, Refusal> {
        let (mut header, mut claims) = good();
        let part = if part == 0 { &mut header } else { &mut claims };
        match value {
            Value::Null => drop(part.as_object_mut().unwrap().remove(field)),
            value => part[field] = value,
        }
        check(&header, &claims)
    }

    #[test]
    fn what_real_providers_send_is_taken() {
        for typ in [json!("JWT"), json!("jwt"), json!("at+jwt"), json!("application/at+JWT"), Value::Null] {
            assert_eq!(with(0, "typ", typ.clone()), Ok(SigningAlgorithm::Es256), "{typ}");
        }
        assert_eq!(with(0, "alg", json!("EdDSA")), Ok(SigningAlgorithm::Eddsa));
        for (claim, value) in [
            ("aud", json!(["other", "attestd"])),
            ("nbf", Value::Null),
            ("iat", Value::Null),
            ("exp", json!(NOW - 59)),
            ("nbf", json!(NOW + 60)),
            ("iat", json!(NOW + 60)),
            ("exp", json!(f64::from(300) + 1_764_000_000.5)),
        ] {
            assert!(with(1, claim, value.clone()).is_ok(), "{claim} {value}");
        }
        for field in ["jku", "jwk", "x5u", "x5c"] {
            assert!(with(0, field, json!("https://evil.example.com")).is_ok(), "{field} is not looked at");
        }
    }

    #[test]
    fn what_is_hostile_is_refused_by_name() {
        let algorithm = |alg: &str| Refusal::Algorithm(alg.to_owned());
        let typ = |typ: &str| Refusal::Type(typ.to_owned());
        for (part, field, value, refusal) in [
            (0, "alg", json!("none"), algorithm("none")),
            (0, "alg", json!("NONE"), algorithm("NONE")),
            (0, "alg", json!(""), algorithm("")),
            (0, "alg", json!("HS256"), algorithm("HS256")),
            (0, "alg", json!("RS256"), algorithm("RS256")),
            (0, "alg", json!("es256"), algorithm("es256")),
            (0, "typ", json!("logout+jwt"), typ("logout+jwt")),
            (0, "typ", json!("dpop+jwt"), typ("dpop+jwt")),
            (0, "typ", json!("secevent+jwt"), typ("secevent+jwt")),
            (0, "typ", json!("oauth-authz-req+jwt"), typ("oauth-authz-req+jwt")),
            (0, "typ", json!("token-introspection+jwt"), typ("token-introspection+jwt")),
            (0, "typ", json!(7), typ("")),
            (0, "crit", json!(["exp"]), Refusal::Critical),
            (0, "crit", json!([]), Refusal::Critical),
            (1, "cnf", json!({ "jkt": "x" }), Refusal::Bound),
            (1, "events", json!({}), Refusal::Events),
            (1, "iss", json!("https://idp.example.com/"), Refusal::Issuer),
            (1, "iss", Value::Null, Refusal::Issuer),
            (1, "iss", json!([ISSUER]), Refusal::Issuer),
            (1, "aud", json!("other"), Refusal::Audience),
            (1, "aud", json!("ATTESTD"), Refusal::Audience),
            (1, "aud", json!([]), Refusal::Audience),
            (1, "aud", json!({ "attestd": true }), Refusal::Audience),
            (1, "aud", Value::Null, Refusal::Audience),
            (1, "exp", Value::Null, Refusal::Endless),
            (1, "exp", json!(NOW - 60), Refusal::Expired),
            (1, "exp", json!("9999999999"), Refusal::Malformed("a moment is not a number of seconds")),
            (1, "exp", json!(1e300), Refusal::Malformed("a moment is not a number of seconds")),
            (1, "nbf", json!(-1), Refusal::Malformed("a moment is not a number of seconds")),
            (1, "nbf", json!(NOW + 61), Refusal::Early("nbf")),
            (1, "iat", json!(NOW + 61), Refusal::Early("iat")),
        ] {
            assert_eq!(with(part, field, value.clone()), Err(refusal), "{field} {value}");
        }
    }

    #[test]
    fn what_is_no_signed_jwt_is_refused() {
        let (header, claims) = good();
        let whole = text(&header, &claims);
        let parts: Vec<_> = whole.split('.').collect();
        for wrong in [
            String::new(),
            "a.b".to_owned(),
            parts[..2].join("."),
            format!("{whole}.more.parts"),
            format!("{}=.{}.c2ln", parts[0], parts[1]),
            format!("{}.{}.c2ln", parts[0], URL_SAFE_NO_PAD.encode("[1]")),
            format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode("{}"), parts[1]),
            format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","alg":"none"}"#), parts[1]),
        ] {
            assert!(matches!(Token::parse(&wrong), Err(Refusal::Malformed(_))), "{wrong}");
        }
        assert_eq!(Token::parse(&"x".repeat(MAX_TOKEN + 1)).unwrap_err(), Refusal::TooLong);
    }
}

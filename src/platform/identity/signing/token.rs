//! The form of an access token: a JWT after RFC 9068, signed with EdDSA. Checked as RFC 8725 asks: one algorithm, one
//! type, our own keys alone, and nothing that the token itself says about keys.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::model::SKEW;
use crate::kernel::{
    error::{Error, Result},
    id::{OauthClientId, TenantId},
    time::Instant,
};

const TYPE: &str = "at+jwt";

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// Whom it acts for: the client itself.
    pub sub: OauthClientId,
    /// Who is to accept it.
    pub aud: String,
    /// The client that asked for it.
    pub client_id: OauthClientId,
    /// The client's tenant.
    pub tenant: TenantId,
    /// What it may do, separated by blanks; all that the client may where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it begins, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// When it ends.
    pub exp: i64,
    /// Its own name.
    pub jti: String,
}

/// Whose token a text says it is, before anything of it is believed; none where it is no JWT.
pub fn issuer(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let claims = jsonwebtoken::dangerous::insecure_decode::<Issuer>(text).ok()?.claims;
    Some(claims.iss)
}

/// Which key a token names, where its header is one of ours.
pub(super) fn kid(text: &str) -> Option<String> {
    let header = jsonwebtoken::decode_header(text).ok()?;
    let ours = header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE) && header.crit.is_none();
    header.kid.filter(|_| ours)
}

pub(super) fn sign(kid: &str, key: &EncodingKey, claims: &Claims) -> Result<String> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(kid.to_owned());
    jsonwebtoken::encode(&header, claims, key).map_err(Error::internal)
}

/// What the token says, where this key signed it, for us, and it is valid now.
pub(super) fn check(text: &str, public_key: &str, issuer: &str, now: Instant) -> Option<Claims> {
    let key = DecodingKey::from_ed_components(public_key).ok()?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_issuer(&[issuer]);
    rules.set_audience(&[issuer]);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    // The library would ask the machine's clock.
    rules.validate_exp = false;
    let claims: Claims = jsonwebtoken::decode(text, &key, &rules).ok()?.claims;
    let begun = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
    let now = now.micros().div_euclid(1_000_000);
    let in_time = now < claims.exp.saturating_add(SKEW) && begun <= now + SKEW;
    (in_time && claims.sub == claims.client_id).then_some(claims)
}

//! From claims to a person and a role. Pure.

use serde_json::{Map, Value};

use super::{
    model::{ClaimPath, IdentityProvider, RoleRule, SubjectClaim},
    token::Refusal,
};
use crate::{
    kernel::text::Title,
    platform::{access::Role, identity::members::Email},
};

/// A subject's characters at the most (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT: usize = 255;

/// Whom a verified token speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who it is at the provider, for ever.
    pub subject: String,
    /// The person's address, where the token has one.
    pub email: Option<Email>,
    /// Whether the provider vouches for the address (`email_verified`).
    pub email_verified: bool,
    /// The name, where the token has one.
    pub name: Option<Title>,
    /// What the claims make of it; none where they give no role.
    pub role: Option<Role>,
}

impl Identity {
    /// Reads the claims as the provider was registered.
    ///
    /// # Errors
    /// [`Refusal::Subject`].
    pub fn read(claims: &Map<String, Value>, provider: &IdentityProvider) -> Result<Self, Refusal> {
        let subject = subject(claims, provider.subject_claim)
            .ok_or(Refusal::Subject(provider.subject_claim.as_str()))?;
        let text = |path: &str| claim(claims, path).and_then(Value::as_str);
        Ok(Self {
            subject: subject.to_owned(),
            email: text(provider.email_claim.as_str())
                .and_then(|text| text.parse().ok())
                .filter(Email::plausible),
            // It speaks of the claim "email" and of no other (OpenID Connect Core, 5.1).
            email_verified: provider.email_claim.as_str() == "email"
                && verified(claims.get("email_verified")),
            name: text(provider.name_claim.as_str()).and_then(|text| text.parse().ok()),
            role: role(claims, provider),
        })
    }

    /// What to call the member: its name, address or subject.
    pub fn shown_name(&self) -> Title {
        let said = self.name.as_ref().map(Title::as_str).or(self.email.as_ref().map(Email::as_str));
        let said: String = said.unwrap_or(&self.subject).chars().take(200).collect();
        said.parse().unwrap_or_else(|_| "Without a name".parse().expect("it is a title"))
    }
}

/// The subject under this claim, where it is one.
pub fn subject(claims: &Map<String, Value>, claim: SubjectClaim) -> Option<&str> {
    let text = claims.get(claim.as_str())?.as_str()?;
    let plain = crate::kernel::text::fault(text, 1, MAX_SUBJECT).is_none();
    plain.then_some(text)
}

/// Some providers send the word.
fn verified(value: Option<&Value>) -> bool {
    value.is_some_and(|value| value == &Value::Bool(true) || value == "true")
}

/// The claim of this name, or, where there is none, the one that the dots lead to.
fn claim<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let mut parts = path.split('.');
    let first = claims.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// The first rule whose value is among the claim's.
fn role(claims: &Map<String, Value>, provider: &IdentityProvider) -> Option<Role> {
    let path = provider.role_claim.as_ref().map(ClaimPath::as_str);
    let value = path.and_then(|path| claim(claims, path));
    // These two are lists of words (RFC 9068, 2.2.3); any other text is one value.
    let words = matches!(path, Some("scope" | "scp"));
    let has = |rule: &&RoleRule| match value {
        Some(Value::String(one)) if words => one.split(' ').any(|word| word == rule.value.as_str()),
        Some(Value::String(one)) => one == rule.value.as_str(),
        Some(Value::Array(many)) => many.iter().any(|one| one == rule.value.as_str()),
        _ => false,
    };
    provider.role_rules.iter().find(has).map(|rule| rule.role).or(provider.default_role)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::identity::providers::model::tests::provider;

    fn read(claims: Value, change: impl FnOnce(&mut IdentityProvider)) -> Result<Identity, Refusal> {
        let mut provider = provider();
        change(&mut provider);
        Identity::read(claims.as_object().unwrap(), &provider)
    }

    fn role_of(claims: Value, claim: &str) -> Option<Role> {
        let mut claims = claims;
        claims["sub"] = json!("7");
        read(claims, |provider| provider.role_claim = Some(claim.parse().unwrap())).unwrap().role
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let several = json!({ "groups": ["readers", "leads"] });
        assert_eq!(role_of(several, "groups"), Some(Role::Manager), "in the order of the rules");
        assert_eq!(role_of(json!({ "groups": ["readers"] }), "groups"), Some(Role::Viewer));
        assert_eq!(role_of(json!({ "groups": "readers" }), "groups"), Some(Role::Viewer));
        assert_eq!(role_of(json!({ "scope": "openid readers" }), "scope"), Some(Role::Viewer));
        assert_eq!(role_of(json!({ "groups": "not readers" }), "groups"), None, "the whole value");
        assert_eq!(role_of(json!({ "groups": ["Readers", "x"] }), "groups"), None, "exactly as written");
        assert_eq!(role_of(json!({ "groups": { "readers": true } }), "groups"), None);
        assert_eq!(role_of(json!({}), "groups"), None);
    }

    #[test]
    fn a_claim_is_found_by_its_name_or_its_path() {
        let nested = json!({ "realm_access": { "roles": ["readers"] } });
        assert_eq!(role_of(nested, "realm_access.roles"), Some(Role::Viewer));
        let dotted = json!({ "https://acme.example/roles": ["readers"] });
        assert_eq!(role_of(dotted, "https://acme.example/roles"), Some(Role::Viewer));
    }

    #[test]
    fn whoever_fits_no_rule_gets_the_default_or_nothing() {
        let claims = json!({ "sub": "7", "groups": ["x"] });
        let found = read(claims, |provider| provider.default_role = Some(Role::Viewer)).unwrap();
        assert_eq!(found.role, Some(Role::Viewer));
    }

    #[test]
    fn a_subject_is_needed() {
        for claims in
            [json!({}), json!({ "sub": 7 }), json!({ "sub": "" }), json!({ "sub": "x".repeat(256) })]
        {
            assert_eq!(read(claims, |_| ()).unwrap_err(), Refusal::Subject("sub"));
        }
        let found =
            read(json!({ "sub": "1", "oid": "2" }), |provider| provider.subject_claim = SubjectClaim::Oid);
        assert_eq!(found.unwrap().subject, "2");
    }

    #[test]
    fn what_names_a_person_is_taken_where_it_can_be() {
        let found = read(
            json!({ "sub": "7", "email": "lead@acme.example", "email_verified": "true", "name": "Compliance lead" }),
            |_| (),
        );
        let found = found.unwrap();
        assert!(found.email_verified && found.shown_name().as_str() == "Compliance lead");
        let other = json!({ "sub": "7", "upn": "lead@acme.example", "email_verified": true });
        let found = read(other, |provider| provider.email_claim = "upn".parse().unwrap()).unwrap();
        assert!(found.email.is_some() && !found.email_verified, "it speaks of the claim email");
        let found = read(json!({ "sub": "7", "email": "no address", "name": "" }), |_| ()).unwrap();
        assert_eq!((found.email.clone(), found.name.clone(), found.shown_name().as_str()), (None, None, "7"));
    }
}

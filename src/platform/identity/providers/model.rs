//! An identity provider.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use reqwest::Url as WebUrl;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::store::identity_providers;
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{IdentityProviderId, TenantId},
        page::SortOrder,
        patch,
        text::{ShortCode, Title, Url},
        time::Instant,
    },
    platform::{
        access::{Role, Scopes},
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        identity::credentials::check_terms,
        journal::Recorded,
    },
    text_enum,
};

text_enum! {
    /// How a provider may sign (RFC 7518, RFC 8037). Symmetric algorithms and `none` are not there to be chosen.
    SigningAlgorithm {
        /// RSA, PKCS #1 v1.5, SHA-256.
        #[graphql(name = "RS256")]
        Rs256 = "RS256",
        /// RSA, PSS, SHA-256.
        #[graphql(name = "PS256")]
        Ps256 = "PS256",
        /// ECDSA, P-256, SHA-256.
        #[graphql(name = "ES256")]
        Es256 = "ES256",
        /// Ed25519.
        #[graphql(name = "EDDSA")]
        Eddsa = "EdDSA",
    }
}

text_enum! {
    /// Who becomes a member.
    Provisioning {
        /// Whoever brings a token whose claims give a role; at each token the claims say which.
        JustInTime = "just_in_time",
        /// Whoever accepted an invitation, with the role of the member that it made.
        InvitedOnly = "invited_only",
    }
}

text_enum! {
    /// The claim that says who somebody is, for ever. An address is not: it may be another's tomorrow.
    SubjectClaim {
        /// What OpenID Connect has for it.
        Sub = "sub",
        /// The object id of Microsoft Entra ID, whose `sub` differs from application to application.
        Oid = "oid",
    }
}

bounded_text! {
    /// What a token's `aud` must name: the client id or resource identifier that stands for this service.
    Audience: 1..=512, like "https://attestd.example.com/acme";
    /// The name of a claim, or the path to it with dots.
    ClaimPath: 1..=200, like "realm_access.roles";
}

impl ClaimPath {
    fn of(text: &str) -> Self {
        text.parse().expect("it is a claim's name")
    }
}

/// Rules of one provider at the most.
pub const MAX_RULES: usize = 50;
/// Roles that claims may give. An owner is made by name, and an auditor's access ends on a day: both are invited.
pub const MAPPED: [Role; 4] = [Role::Manager, Role::Contributor, Role::Viewer, Role::Integration];

/// A role for whoever has a value in the role claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "RoleRuleInput")]
pub struct RoleRule {
    /// The value, exactly.
    pub value: Title,
    /// The role: manager, contributor, viewer or integration.
    pub role: Role,
}

fn example() -> Value {
    json!({
        "name": "Company directory", "issuer": "https://login.example.com/acme",
        "audience": "https://attestd.example.com/acme", "algorithms": ["RS256", "ES256"],
        "role_claim": "groups", "default_role": "viewer",
        "role_rules": [{ "value": "compliance-leads", "role": "manager" }],
    })
}

/// An OpenID provider of the tenant's own, whose tokens let people and programs in.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = identity_providers, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(example = example)]
pub struct IdentityProvider {
    /// Its id.
    pub id: IdentityProviderId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// Its name, unique in the tenant.
    pub name: Title,
    /// Its issuer identifier, exactly as it says itself; set once.
    pub issuer: Url,
    /// What its tokens' `aud` must name; one tenant of the whole service can prove it with the issuer; set once.
    pub audience: Audience,
    /// Since when a token proves issuer and audience to be the tenant's; null before, when its tokens let nobody in.
    pub proven_at: Option<Instant>,
    /// How it may sign.
    #[schema(value_type = Vec<SigningAlgorithm>, max_items = 4)]
    pub algorithms: Doc<Vec<SigningAlgorithm>>,
    /// The claim that says who somebody is; set once.
    pub subject_claim: SubjectClaim,
    /// The claim with the address.
    pub email_claim: ClaimPath,
    /// The claim with the name.
    pub name_claim: ClaimPath,
    /// The claim whose values the rules look for; null where nobody has a rule.
    pub role_claim: Option<ClaimPath>,
    /// Which value gives which role; the first that fits decides.
    #[schema(value_type = Vec<RoleRule>, max_items = 50)]
    pub role_rules: Doc<Vec<RoleRule>>,
    /// The role of whoever fits no rule; null where they are refused.
    pub default_role: Option<Role>,
    /// Who becomes a member.
    pub provisioning: Provisioning,
    /// What its tokens may do, below the role; empty for all of it.
    #[schema(value_type = Vec<ShortCode>, max_items = 50, example = json!(["controls:read"]))]
    pub scopes: Scopes,
    /// Whether its tokens are taken at all.
    pub enabled: bool,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was registered.
    pub created_at: Instant,
}

impl Recorded for IdentityProvider {
    const RESOURCE: &'static str = "identity_provider";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl IdentityProvider {
    /// Checks what must hold between the fields.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let wrong =
            "must be an https URL without user, query and fragment, exactly as the provider writes it";
        faults.when(!is_issuer(self.issuer.as_str()), "/issuer", wrong);
        self.check_algorithms(&mut faults);
        self.check_rules(&mut faults);
        check_terms(&self.scopes, None, self.created_at, &mut faults);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    fn check_algorithms(&self, faults: &mut Faults) {
        faults.when(self.algorithms.is_empty(), "/algorithms", "must name at least one");
        for (n, one) in self.algorithms.iter().enumerate() {
            faults.when(self.algorithms[..n].contains(one), format!("/algorithms/{n}"), "is given twice");
        }
    }

    fn check_rules(&self, faults: &mut Faults) {
        let rules = &self.role_rules;
        faults.when(rules.len() > MAX_RULES, "/role_rules", format!("must have at most {MAX_RULES} items"));
        let unread = !rules.is_empty() && self.role_claim.is_none();
        faults.when(unread, "/role_claim", "must name the claim in which the rules look");
        for (n, rule) in rules.iter().enumerate().take(MAX_RULES) {
            let again = rules[..n].iter().any(|other| other.value == rule.value);
            faults.when(again, format!("/role_rules/{n}/value"), "has a rule before");
            check_role(Some(rule.role), format!("/role_rules/{n}/role"), faults);
        }
        check_role(self.default_role, "/default_role".to_owned(), faults);
        let nobody =
            self.provisioning == Provisioning::JustInTime && rules.is_empty() && self.default_role.is_none();
        faults.when(nobody, "/provisioning", "just_in_time lets nobody in without a rule or a default_role");
    }

    /// The roles that it can give.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.role_rules.iter().map(|rule| rule.role).chain(self.default_role)
    }
}

fn check_role(role: Option<Role>, at: String, faults: &mut Faults) {
    let unmapped = role.is_some_and(|role| !MAPPED.contains(&role));
    let names = MAPPED.map(Role::as_str).join(", ");
    faults.when(unmapped, at, format!("must be one of {names}; owners and auditors are invited"));
}

/// OpenID Connect Discovery 1.0, section 3. Without TLS it may be only where the operator allows it, when it is used.
fn is_issuer(text: &str) -> bool {
    let plain = |url: WebUrl| {
        let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        ["http", "https"].contains(&url.scheme())
            && url.host_str().is_some()
            && bare
            && url.password().is_none()
    };
    WebUrl::parse(text).is_ok_and(plain) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A provider to register.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewIdentityProvider {
    /// Its name, unique in the tenant.
    pub name: Title,
    /// Its issuer identifier, exactly as it says itself.
    pub issuer: Url,
    /// What its tokens' `aud` must name: of your own, so that no other organisation has tokens for it.
    pub audience: Audience,
    /// How it may sign.
    #[schema(min_items = 1, max_items = 4)]
    pub algorithms: Vec<SigningAlgorithm>,
    /// The claim that says who somebody is; `sub` unless said.
    #[serde(default)]
    pub subject_claim: Option<SubjectClaim>,
    /// The claim with the address; `email` unless said.
    #[serde(default)]
    pub email_claim: Option<ClaimPath>,
    /// The claim with the name; `name` unless said.
    #[serde(default)]
    pub name_claim: Option<ClaimPath>,
    /// The claim whose values the rules look for.
    #[serde(default)]
    pub role_claim: Option<ClaimPath>,
    /// Which value gives which role; the first that fits decides.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 50)]
    pub role_rules: Vec<RoleRule>,
    /// The role of whoever fits no rule; they are refused unless said.
    #[serde(default)]
    pub default_role: Option<Role>,
    /// Who becomes a member; only the invited unless said.
    #[serde(default)]
    pub provisioning: Option<Provisioning>,
    /// What its tokens may do, below the role; all of it unless said.
    #[serde(default)]
    #[graphql(default)]
    #[schema(value_type = Vec<ShortCode>, max_items = 50, example = json!(["controls:read"]))]
    pub scopes: Vec<String>,
    /// Whether its tokens are taken at all; they are unless said.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewIdentityProvider {
    /// The provider to store.
    pub fn into_provider(
        self,
        tenant_id: TenantId,
        id: IdentityProviderId,
        now: Instant,
    ) -> IdentityProvider {
        IdentityProvider {
            id,
            tenant_id,
            name: self.name,
            issuer: self.issuer,
            audience: self.audience,
            proven_at: None,
            algorithms: Doc(self.algorithms),
            subject_claim: self.subject_claim.unwrap_or(SubjectClaim::Sub),
            email_claim: self.email_claim.unwrap_or_else(|| ClaimPath::of("email")),
            name_claim: self.name_claim.unwrap_or_else(|| ClaimPath::of("name")),
            role_claim: self.role_claim,
            role_rules: Doc(self.role_rules),
            default_role: self.default_role,
            provisioning: self.provisioning.unwrap_or(Provisioning::InvitedOnly),
            scopes: Doc(self.scopes),
            enabled: self.enabled.unwrap_or(true),
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a provider. Issuer, audience and the subject's claim stay: with others, old members would be new people.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "enabled": false }))]
pub struct IdentityProviderPatch {
    /// Its name.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// How it may sign, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, min_items = 1, max_items = 4)]
    pub algorithms: Option<Vec<SigningAlgorithm>>,
    /// The claim with the address.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub email_claim: Option<ClaimPath>,
    /// The claim with the name.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name_claim: Option<ClaimPath>,
    /// The claim whose values the rules look for; null for none.
    #[schema(value_type = Option<ClaimPath>)]
    pub role_claim: MaybeUndefined<ClaimPath>,
    /// Which value gives which role, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 50)]
    pub role_rules: Option<Vec<RoleRule>>,
    /// The role of whoever fits no rule; null to refuse them.
    #[schema(value_type = Option<Role>)]
    pub default_role: MaybeUndefined<Role>,
    /// Who becomes a member.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub provisioning: Option<Provisioning>,
    /// What its tokens may do, below the role; empty for all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(value_type = Vec<ShortCode>, nullable = false, max_items = 50)]
    pub scopes: Option<Vec<String>>,
    /// Whether its tokens are taken at all.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub enabled: Option<bool>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl IdentityProviderPatch {
    /// Applies the patch.
    pub fn apply(self, provider: &mut IdentityProvider) {
        patch::set(&mut provider.name, self.name);
        patch::set(&mut provider.algorithms, self.algorithms.map(Doc));
        patch::set(&mut provider.email_claim, self.email_claim);
        patch::set(&mut provider.name_claim, self.name_claim);
        patch::set_or_clear(&mut provider.role_claim, self.role_claim);
        patch::set(&mut provider.role_rules, self.role_rules.map(Doc));
        patch::set_or_clear(&mut provider.default_role, self.default_role);
        patch::set(&mut provider.provisioning, self.provisioning);
        patch::set(&mut provider.scopes, self.scopes.map(Doc));
        patch::set(&mut provider.enabled, self.enabled);
        patch::set(&mut provider.external_refs, self.external_refs.map(Doc));
    }
}

/// Which providers to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct IdentityProviderFilter {
    /// The provider with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum IdentityProviderSort {
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, backwards.
    #[serde(rename = "-name")]
    NameDescending,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for IdentityProviderSort {
    const DEFAULT: Self = Self::Name;
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{kernel::error::Error, platform::ids::Ids};

    /// A provider with two rules on `groups`.
    pub fn provider() -> IdentityProvider {
        let input: NewIdentityProvider = serde_json::from_value(json!({
            "name": "Directory", "issuer": "https://idp.example.com/acme", "audience": "attestd",
            "algorithms": ["RS256", "ES256"], "role_claim": "groups", "provisioning": "just_in_time",
            "role_rules": [{ "value": "leads", "role": "manager" }, { "value": "readers", "role": "viewer" }],
        }))
        .unwrap();
        let (ids, now) = (Ids::seeded(1), Instant::from_micros(0));
        input.into_provider(ids.id(now), ids.id(now), now)
    }

    fn faults(change: impl FnOnce(&mut IdentityProvider)) -> Vec<String> {
        let mut provider = provider();
        change(&mut provider);
        let told = provider.validate().err();
        told.iter().flat_map(Error::faults).map(|fault| fault.pointer.clone()).collect()
    }

    #[test]
    fn an_issuer_is_a_plain_url() {
        for issuer in [
            "https://idp.example.com",
            "https://idp.example.com/",
            "https://idp:8443/a/b",
            "http://127.0.0.1:1/x",
        ] {
            assert!(faults(|provider| provider.issuer = issuer.parse().unwrap()).is_empty(), "{issuer}");
        }
        for issuer in [
            "idp.example.com",
            "ftp://idp.example.com",
            "https://idp.example.com?x=1",
            "https://idp.example.com#x",
            "https://user@idp.example.com",
            "https://",
            "https://idp.example.com/a b",
        ] {
            assert_eq!(faults(|provider| provider.issuer = issuer.parse().unwrap()), ["/issuer"], "{issuer}");
        }
    }

    #[test]
    fn rules_are_held_to_what_claims_may_give() {
        let rule = |value: &str, role| RoleRule { value: value.parse().unwrap(), role };
        let with = |rules: Vec<RoleRule>| faults(|provider| provider.role_rules = Doc(rules));
        assert_eq!(with(vec![rule("a", Role::Viewer), rule("a", Role::Manager)]), ["/role_rules/1/value"]);
        assert_eq!(with(vec![rule("a", Role::Owner)]), ["/role_rules/0/role"]);
        assert_eq!(with(vec![rule("a", Role::Auditor)]), ["/role_rules/0/role"]);
        assert_eq!(with(Vec::new()), ["/provisioning"]);
        assert_eq!(faults(|provider| provider.default_role = Some(Role::Owner)), ["/default_role"]);
        assert_eq!(faults(|provider| provider.role_claim = None), ["/role_claim"]);
        assert_eq!(faults(|provider| provider.algorithms = Doc(Vec::new())), ["/algorithms"]);
        let many = (0..=MAX_RULES).map(|n| rule(&n.to_string(), Role::Viewer)).collect();
        assert_eq!(with(many), ["/role_rules"]);
    }
}

//! A trial of a provider: what it answers now, and what would become of a token.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::keys::PublishedKey;
use crate::{bounded_text, platform::access::Role};

bounded_text! {
    /// A token to try.
    TrialToken: 1..=16384, like "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI3In0.c2ln";
}

/// What to check of a provider, and what proves it to be the tenant's.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({}))]
pub struct Trial {
    /// A token of the provider, to see whether it would be taken and what it would give. The first that is genuine
    /// proves issuer and audience to be the tenant's. It is not kept.
    pub token: Option<TrialToken>,
}

/// What a provider answers now.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Checked {
    /// Whether its keys can be had and one of them can be used.
    pub ok: bool,
    /// Why not, or why a genuine token proves nothing; null where all is well.
    #[schema(max_length = 2000)]
    pub problem: Option<String>,
    /// Whether issuer and audience are proved to be the tenant's, by this token or an earlier one. Until then its tokens
    /// let nobody in.
    pub proven: bool,
    /// Where its keys are.
    #[schema(max_length = 2000)]
    pub jwks_uri: Option<String>,
    /// The keys that it publishes.
    #[schema(max_items = 100)]
    pub keys: Vec<PublishedKey>,
    /// What would become of the token that was sent; null where none was.
    pub token: Option<Tried>,
}

/// What would become of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Tried {
    /// Whether it is genuine and meant for here.
    pub accepted: bool,
    /// Why it is refused, or gives nothing; null where all is well.
    #[schema(max_length = 2000)]
    pub problem: Option<String>,
    /// Whom it speaks of.
    #[schema(max_length = 255)]
    pub subject: Option<String>,
    /// The address in it.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The role that its claims give.
    pub role: Option<Role>,
}

//! An OAuth client.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::oauth_clients;
use crate::{
    kernel::{
        error::{Faults, Result},
        id::{MemberId, OauthClientId, TenantId},
        page::SortOrder,
        text::{ShortCode, Title},
        time::Instant,
    },
    platform::{
        access::{Scopes, scope_names},
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        identity::{credentials::check_terms, token::Secret},
        journal::{Recorded, ShownOnce},
    },
};

/// An OAuth client, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable)]
#[schema(example = json!({ "name": "Trust portal" }))]
#[diesel(table_name = oauth_clients, treat_none_as_default_value = false)]
#[graphql(complex)]
pub struct OauthClient {
    /// Its id: the `client_id` that it sends.
    pub id: OauthClientId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The machine account it acts for.
    pub member_id: MemberId,
    /// What it is for.
    pub name: Title,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) secret_hash: String,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) previous_secret_hash: Option<String>,
    /// When the secret before the last rotation stops working; null where there was no rotation.
    pub previous_secret_ends_at: Option<Instant>,
    /// What its tokens may do at the most, below its member's role; empty for all of it.
    #[schema(value_type = Vec<ShortCode>, max_items = 50, example = json!(["controls:read"]))]
    pub scopes: Scopes,
    /// When it ends, with every token that it has; null for never.
    pub expires_at: Option<Instant>,
    /// When it or one of its tokens was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_used_at: Option<Instant>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// When it was created.
    pub created_at: Instant,
}

impl OauthClient {
    /// Whether this is its secret, or the one before while that still works.
    pub fn accepts(&self, secret: &Secret, now: Instant) -> bool {
        let overlaps = self.previous_secret_ends_at.is_some_and(|end| now < end);
        let previous = self.previous_secret_hash.as_deref().filter(|_| overlaps);
        secret.matches(&self.secret_hash) || previous.is_some_and(|hash| secret.matches(hash))
    }

    /// Whether a token of it may have this scope.
    pub fn may_ask_for(&self, scope: &str) -> bool {
        scope_names().contains(scope)
            && (self.scopes.is_empty() || self.scopes.iter().any(|own| own == scope))
    }
}

impl Recorded for OauthClient {
    const RESOURCE: &'static str = "oauth_client";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        None
    }
}

/// An OAuth client with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct IssuedClient {
    /// The `client_secret` to send to `POST /v1/oauth/token`; null in a replayed answer.
    #[schema(max_length = 120)]
    pub secret: Option<String>,
    /// Its facts.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: OauthClient,
}

impl ShownOnce for IssuedClient {
    fn redacted(&self) -> Self {
        Self { secret: None, ..self.clone() }
    }
}

/// An OAuth client to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Trust portal" }))]
pub struct NewOauthClient {
    /// The machine account it acts for.
    pub member_id: MemberId,
    /// What it is for.
    pub name: Title,
    /// What its tokens may do at the most, below its member's role; all of it unless said.
    #[serde(default)]
    #[graphql(default)]
    #[schema(value_type = Vec<ShortCode>, max_items = 50, example = json!(["controls:read"]))]
    pub scopes: Vec<String>,
    /// When it ends; never unless said.
    #[serde(default)]
    pub expires_at: Option<Instant>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewOauthClient {
    /// Checks scopes, end and references.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, now: Instant) -> Result<()> {
        let mut faults = Faults::default();
        check_terms(&self.scopes, self.expires_at, now, &mut faults);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// The client to store.
    pub fn into_client(
        self,
        tenant_id: TenantId,
        id: OauthClientId,
        secret: &Secret,
        now: Instant,
    ) -> OauthClient {
        OauthClient {
            id,
            tenant_id,
            member_id: self.member_id,
            name: self.name,
            secret_hash: secret.hash(),
            previous_secret_hash: None,
            previous_secret_ends_at: None,
            scopes: Doc(self.scopes),
            expires_at: self.expires_at,
            last_used_at: None,
            external_refs: Doc(self.external_refs),
            created_at: now,
        }
    }
}

/// Which clients to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OauthClientFilter {
    /// Clients of one member.
    pub member: Option<MemberId>,
    /// The client with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum OauthClientSort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for OauthClientSort {
    const DEFAULT: Self = Self::Oldest;
}

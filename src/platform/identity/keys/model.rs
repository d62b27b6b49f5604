//! An API key.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::api_keys;
use crate::{
    kernel::{
        id::{ApiKeyId, MemberId, TenantId},
        page::SortOrder,
        text::{ShortCode, Title},
        time::Instant,
    },
    platform::{
        access::Scopes,
        journal::{Recorded, ShownOnce},
    },
};

/// An API key, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable)]
#[schema(example = json!({ "name": "Ticket bot" }))]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
#[graphql(complex)]
pub struct ApiKey {
    /// Its id; also the visible part of the key.
    pub id: ApiKeyId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The member it acts for.
    pub member_id: MemberId,
    /// What it is for.
    pub name: Title,
    #[serde(skip)]
    #[graphql(skip)]
    pub(in crate::platform) secret_hash: String,
    /// What it may do, below its member's role; empty for all of it.
    #[schema(value_type = Vec<ShortCode>, max_items = 50, example = json!(["controls:read"]))]
    pub scopes: Scopes,
    /// When it ends; null for never.
    pub expires_at: Option<Instant>,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_used_at: Option<Instant>,
    /// When it was issued.
    pub created_at: Instant,
}

impl Recorded for ApiKey {
    const RESOURCE: &'static str = "api_key";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        None
    }
}

/// A key with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct IssuedKey {
    /// The key to send as `Authorization: Bearer …`; null in a replayed answer.
    #[schema(max_length = 120)]
    pub key: Option<String>,
    /// Its facts.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: ApiKey,
}

impl ShownOnce for IssuedKey {
    fn redacted(&self) -> Self {
        Self { key: None, ..self.clone() }
    }
}

/// A key to issue.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Ticket bot" }))]
pub struct NewApiKey {
    /// The member it acts for.
    pub member_id: MemberId,
    /// What it is for.
    pub name: Title,
    /// What it may do, below its member's role; all of it unless said.
    #[serde(default)]
    #[graphql(default)]
    #[schema(value_type = Vec<ShortCode>, max_items = 50, example = json!(["controls:read"]))]
    pub scopes: Vec<String>,
    /// When it ends; never unless said.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

/// Which keys to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyFilter {
    /// Keys of one member.
    pub member: Option<MemberId>,
}

/// The order of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum ApiKeySort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for ApiKeySort {
    const DEFAULT: Self = Self::Oldest;
}

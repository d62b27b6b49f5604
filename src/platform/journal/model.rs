//! A journal entry and the questions asked of the journal.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{EventType, store::journal};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::TenantId,
        page::SortOrder,
        text::ShortCode,
        time::Instant,
    },
    platform::db::Doc,
};

/// One change of one resource.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable)]
#[diesel(table_name = journal)]
pub struct JournalEntry {
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The entry's number: 1, 2, 3 … without a gap in each tenant.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When it was recorded.
    pub at: Instant,
    /// Who: a member's id, `operator` or `system`.
    #[schema(max_length = 64)]
    pub actor: String,
    /// With which credential: the id of an API key, an OAuth client or an identity provider, `operator` or `system`.
    #[schema(max_length = 64)]
    pub credential: String,
    /// The request that did it.
    #[schema(max_length = 128)]
    pub request_id: String,
    /// What happened.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub event: EventType,
    /// The kind of resource.
    #[schema(max_length = 64, example = "control")]
    pub resource_kind: String,
    /// The resource's id.
    #[schema(max_length = 64)]
    pub resource_id: String,
    /// The resource's version after the change; null where the resource has none.
    #[schema(minimum = 1)]
    pub version: Option<i32>,
    /// The resource's stored facts after the change; null when it was deleted.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Doc<Value>>,
    /// SHA-256 over salt and payload, in hexadecimal: what the verifiable log will cover.
    #[schema(max_length = 64)]
    pub commitment: String,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) salt: String,
}

/// Which entries to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct JournalFilter {
    /// Entries of one resource (`ctl_…`) or of one kind of resource (`control`).
    #[param(inline)]
    pub resource: Option<ShortCode>,
    /// Entries by one actor: a member's id, `operator` or `system`.
    #[param(inline)]
    pub actor: Option<ShortCode>,
    /// Entries of one type.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    #[param(rename = "type", inline)]
    pub event: Option<EventType>,
    /// Entries recorded at this instant or later.
    pub since: Option<Instant>,
    /// Entries recorded before this instant.
    pub until: Option<Instant>,
}

impl JournalFilter {
    /// Refuses what cannot match.
    ///
    /// # Errors
    /// [`Code::Unprocessable`] when `since` is not before `until`.
    pub fn validate(&self) -> Result<()> {
        match (self.since, self.until) {
            (Some(since), Some(until)) if since >= until => {
                Err(Error::at(Code::Unprocessable, "until", "must be later than since"))
            }
            _ => Ok(()),
        }
    }
}

/// The order of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum JournalSort {
    /// Newest first.
    #[serde(rename = "-seq")]
    Newest,
    /// Oldest first.
    #[serde(rename = "seq")]
    Oldest,
}

impl SortOrder for JournalSort {
    const DEFAULT: Self = Self::Newest;
}

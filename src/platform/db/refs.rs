//! References to other systems: every resource carries some, and a list can be asked for the one that has it.

use std::collections::HashSet;

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Doc, TenantTx};
use crate::{
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{Id, Kind},
        text::{self, ExternalId, SystemName, Url},
    },
    on_each,
};

/// The resource's name in another system, such as an issue key in a tracker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ExternalRefInput")]
pub struct ExternalRef {
    /// The other system.
    #[schema(example = "jira")]
    pub system: SystemName,
    /// The resource's identifier there; unique per system and kind of resource.
    #[schema(example = "SEC-142")]
    pub id: ExternalId,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://issues.example.com/browse/SEC-142")]
    pub url: Option<Url>,
}

/// The references of a resource, as stored on its row.
pub type ExternalRefs = Doc<Vec<ExternalRef>>;

/// References of one resource at the most.
pub const MAX_REFS: usize = 20;

/// Characters of a [`RefQuery`] at the most: a system's name, a colon and an id.
const MAX_QUERY: usize = 64 + 1 + 255;

/// Checks a resource's references.
pub fn validate(refs: &[ExternalRef], faults: &mut Faults) {
    validate_at("", refs, faults);
}

/// As [`validate`], for a resource that stands at this place of the body.
pub fn validate_at(at: &str, refs: &[ExternalRef], faults: &mut Faults) {
    if refs.len() > MAX_REFS {
        faults.when(true, format!("{at}/external_refs"), format!("must have at most {MAX_REFS} items"));
        return;
    }
    for (n, one) in refs.iter().enumerate() {
        let again = refs[..n].iter().any(|other| other.system == one.system && other.id == one.id);
        faults.when(again, format!("{at}/external_refs/{n}"), "names the same system and id twice");
        // `external_ref=system:id` ends the system at the first colon.
        let colon = one.system.as_str().contains(':');
        faults.when(colon, format!("{at}/external_refs/{n}/system"), "must not contain a colon");
    }
}

/// A reference to look for, written `system:id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefQuery {
    system: String,
    id: String,
}

impl RefQuery {
    /// Whether it is one of these: for a list that lies in memory.
    pub fn is_among(&self, refs: &[ExternalRef]) -> bool {
        refs.iter().any(|one| one.system.as_str() == self.system && one.id.as_str() == self.id)
    }
}

impl std::str::FromStr for RefQuery {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::at(Code::InvalidParameter, "external_ref", "must be written system:id");
        let plain = text::fault(text, 1, MAX_QUERY).is_none();
        let parts = text.split_once(':').filter(|(system, id)| plain && !system.is_empty() && !id.is_empty());
        let (system, id) = parts.ok_or_else(wrong)?;
        Ok(Self { system: system.to_owned(), id: id.to_owned() })
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    external_refs (tenant_id, resource_kind, system, external_id) {
        tenant_id -> Uid,
        resource_kind -> Text,
        system -> Text,
        external_id -> Text,
        resource_id -> Uid,
    }
}

/// Makes `refs` the references of a resource in the index that finds it, in place of those it had.
///
/// # Errors
/// [`Code::AlreadyExists`] when another resource of this kind has one of them.
pub async fn replace<K: Kind>(tx: &mut TenantTx, id: Id<K>, refs: &[ExternalRef]) -> Result<()> {
    clear(tx, id).await?;
    note(tx, id, refs).await
}

/// Puts a new resource's references into that index. In one order for all writers: two that name the same references
/// wait for each other and do not deadlock.
///
/// # Errors
/// [`Code::AlreadyExists`] when another resource of this kind has one of them.
pub async fn note<K: Kind>(tx: &mut TenantTx, id: Id<K>, refs: &[ExternalRef]) -> Result<()> {
    note_at(tx, "", id, refs).await
}

/// As [`note`], for a resource that stands at this place of the body.
///
/// # Errors
/// As [`note`].
pub async fn note_at<K: Kind>(tx: &mut TenantTx, at: &str, id: Id<K>, refs: &[ExternalRef]) -> Result<()> {
    use crate::kernel::error::Explain;
    let tenant = tx.tenant();
    let mut ordered: Vec<_> = refs.iter().enumerate().collect();
    ordered.sort_by_key(|(_, one)| (one.system.as_str(), one.id.as_str()));
    for (n, one) in ordered {
        on_each!(tx, |conn| {
            diesel::insert_into(external_refs::table)
                .values((
                    external_refs::tenant_id.eq(tenant),
                    external_refs::resource_kind.eq(K::PREFIX),
                    external_refs::system.eq(&one.system),
                    external_refs::external_id.eq(&one.id),
                    external_refs::resource_id.eq(id),
                ))
                .execute(conn)
                .await
        })
        .or_taken(&format!("{at}/external_refs/{n}"), "another resource of this kind has this reference")?;
    }
    Ok(())
}

/// Forgets a resource's references, before it is deleted.
///
/// # Errors
/// When the database fails.
pub async fn clear<K: Kind>(tx: &mut TenantTx, id: Id<K>) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            external_refs::table
                .filter(external_refs::tenant_id.eq(tenant))
                .filter(external_refs::resource_kind.eq(K::PREFIX))
                .filter(external_refs::resource_id.eq(id)),
        )
        .execute(conn)
        .await
    })?;
    Ok(())
}

/// As [`clear`], of many; one statement. Hold or remove their rows first, as an update does.
///
/// # Errors
/// When the database fails.
pub async fn clear_all<K: Kind>(tx: &mut TenantTx, ids: &[Id<K>]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            external_refs::table
                .filter(external_refs::tenant_id.eq(tenant))
                .filter(external_refs::resource_kind.eq(K::PREFIX))
                .filter(external_refs::resource_id.eq_any(ids.iter().copied())),
        )
        .execute(conn)
        .await
    })?;
    Ok(())
}

/// The resource of this kind that carries the reference.
///
/// # Errors
/// When the database fails.
pub async fn carrier<K: Kind>(
    tx: &mut TenantTx,
    system: &SystemName,
    id: &ExternalId,
) -> Result<Option<Id<K>>> {
    find(tx, system.as_str(), id.as_str()).await
}

/// The resources of this kind that carry one of these references, each a system and an id; one statement.
///
/// # Errors
/// When the database fails.
pub async fn carriers<K: Kind>(tx: &mut TenantTx, refs: &[(&str, &str)]) -> Result<Vec<Id<K>>> {
    if refs.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant();
    let rows: Vec<(String, String, Id<K>)> = on_each!(tx, |conn| {
        external_refs::table
            .filter(external_refs::tenant_id.eq(tenant))
            .filter(external_refs::resource_kind.eq(K::PREFIX))
            .filter(external_refs::system.eq_any(refs.iter().map(|one| one.0)))
            .filter(external_refs::external_id.eq_any(refs.iter().map(|one| one.1)))
            .select((external_refs::system, external_refs::external_id, external_refs::resource_id))
            .load(conn)
            .await
    })?;
    let asked: HashSet<(&str, &str)> = refs.iter().copied().collect();
    let carries = |(system, id, _): &(String, String, Id<K>)| asked.contains(&(system.as_str(), id.as_str()));
    Ok(rows.into_iter().filter(carries).map(|(_, _, id)| id).collect())
}

async fn find<K: Kind>(tx: &mut TenantTx, system: &str, id: &str) -> Result<Option<Id<K>>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        external_refs::table
            .find((tenant, K::PREFIX, system, id))
            .select(external_refs::resource_id)
            .first(conn)
            .await
            .optional()
    })?)
}

/// The one resource that a filter's reference names, where it names one; an id that nothing has, where nothing
/// carries it.
///
/// # Errors
/// When it is not written `system:id`, or the database fails.
pub async fn asked<K: Kind>(tx: &mut TenantTx, reference: Option<&String>) -> Result<Option<Id<K>>> {
    match reference {
        Some(text) => {
            let asked: RefQuery = text.parse()?;
            let found = find(tx, &asked.system, &asked.id).await?;
            Ok(Some(found.unwrap_or(Id::from_uuid(Uuid::nil()))))
        }
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_are_one_fault() {
        let same = ExternalRef { system: "hr".parse().unwrap(), id: "1".parse().unwrap(), url: None };
        let faults = |count: usize| {
            let mut faults = Faults::default();
            validate(&vec![same.clone(); count], &mut faults);
            faults.into_result().unwrap_err().faults().len()
        };
        assert_eq!((faults(MAX_REFS), faults(MAX_REFS + 1)), (MAX_REFS - 1, 1));
    }
}

//! The table of approved versions. Its rows are written once and never changed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    content::Content,
    model::{VersionFilter, VersionHead, VersionRow, VersionSort, VersionView},
};
use crate::{
    counted,
    kernel::{
        error::{Error, Explain, Result},
        id::{ApplicabilityVersionId, StatementOfApplicabilityId},
        page::PageRequest,
    },
    keyset, on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Uid};
    applicability_versions (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        statement_id -> Uid,
        number -> Integer,
        label -> Text,
        approved_by -> Uid,
        approved_on -> Date,
        digest -> Text,
        content -> Text,
        created_at -> Instant,
    }
}

/// What is said of an id that is no approved version's.
pub const NO_VERSION: &str =
    "is no approved version here; GET /v1/statements-of-applicability/{id}/versions lists them";
const LABEL_TAKEN: &str = "another version of this statement has this label";

/// Keeps a version for good.
pub(super) async fn freeze(tx: &mut TenantTx, row: &VersionRow) -> Result<()> {
    let insert = diesel::insert_into(applicability_versions::table).values(row);
    on_each!(tx, |conn| insert.execute(conn).await).or_taken("/label", LABEL_TAKEN)?;
    Ok(())
}

/// An approved version, for what refers to one by its id; none where there is no such one.
///
/// # Errors
/// When the database fails.
pub async fn approved_version(tx: &mut TenantTx, id: ApplicabilityVersionId) -> Result<Option<VersionHead>> {
    let tenant = tx.tenant();
    let one = applicability_versions::table.find((tenant, id));
    Ok(on_each!(tx, |conn| one.select(VersionHead::as_select()).first(conn).await.optional())?)
}

/// Those of these approved versions that there are, each told whether a later one holds. Two statements, none for none.
///
/// # Errors
/// When the database fails.
pub async fn approved_versions(
    tx: &mut TenantTx,
    ids: &[ApplicabilityVersionId],
) -> Result<Vec<VersionView>> {
    use applicability_versions as versions;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant();
    let heads: Vec<VersionHead> = on_each!(tx, |conn| {
        versions::table
            .filter(versions::tenant_id.eq(tenant))
            .filter(versions::id.eq_any(ids.iter().copied()))
            .select(VersionHead::as_select())
            .load(conn)
            .await
    })?;
    let statements: Vec<_> = heads.iter().map(|head| head.statement_id).collect();
    let numbers: Vec<(StatementOfApplicabilityId, i32)> = on_each!(tx, |conn| {
        versions::table
            .filter(versions::tenant_id.eq(tenant))
            .filter(versions::statement_id.eq_any(statements.iter().copied()))
            .select((versions::statement_id, versions::number))
            .load(conn)
            .await
    })?;
    let latest = |head: &VersionHead| {
        let own = numbers.iter().filter(|(statement, _)| *statement == head.statement_id);
        own.map(|(_, number)| *number).max()
    };
    Ok(heads.into_iter().map(|head| (latest(&head), head)).map(|(latest, head)| head.among(latest)).collect())
}

/// An approved version of a statement with what it says.
pub(in crate::program::applicability) async fn version(
    tx: &mut TenantTx,
    statement: StatementOfApplicabilityId,
    number: i32,
) -> Result<Option<(VersionHead, Content)>> {
    use applicability_versions as versions;
    let tenant = tx.tenant();
    let one = versions::table
        .filter(versions::tenant_id.eq(tenant))
        .filter(versions::statement_id.eq(statement))
        .filter(versions::number.eq(number));
    let found: Option<(VersionHead, String)> = on_each!(tx, |conn| {
        one.select((VersionHead::as_select(), versions::content)).first(conn).await.optional()
    })?;
    let Some((head, text)) = found else { return Ok(None) };
    Ok(Some((head, serde_json::from_str(&text).map_err(Error::internal)?)))
}

macro_rules! fitting {
    ($query:expr, $tenant:expr, $statement:expr, $filter:expr) => {{
        let mut query = $query
            .filter(applicability_versions::tenant_id.eq($tenant))
            .filter(applicability_versions::statement_id.eq($statement))
            .into_boxed();
        if let Some(day) = $filter.approved_before {
            query = query.filter(applicability_versions::approved_on.le(day));
        }
        if let Some(day) = $filter.approved_after {
            query = query.filter(applicability_versions::approved_on.ge(day));
        }
        query
    }};
}

/// The approved versions of a statement on a page, and how many there are where that is asked for.
pub(super) async fn versions(
    tx: &mut TenantTx,
    statement: StatementOfApplicabilityId,
    filter: &VersionFilter,
    page: &PageRequest<VersionSort>,
) -> Result<(Vec<VersionHead>, Option<i64>)> {
    use applicability_versions as versions;
    type SovId = ApplicabilityVersionId;
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = versions::table.select(VersionHead::as_select());
        let query = fitting!(query, tenant, statement, filter);
        match page.sort {
            VersionSort::Latest => keyset!(query, page, desc, versions::number => i32, versions::id => SovId),
            VersionSort::Earliest => {
                keyset!(query, page, asc, versions::number => i32, versions::id => SovId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, fitting!(versions::table.count(), tenant, statement, filter));
    Ok((rows, total))
}

//! The table of the contents that evidence has and had.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::{
    counted,
    kernel::{
        error::Result,
        id::{EvidenceId, MemberId, TenantId},
        page::PageRequest,
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::{Doc, TenantTx},
        files::Sum,
    },
    program::evidence::{
        content::EvidenceContent,
        model::Evidence,
        review::{EvidenceVersion, EvidenceVersionSort},
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    evidence_versions (tenant_id, evidence_id, number) {
        tenant_id -> Uid,
        evidence_id -> Uid,
        number -> Integer,
        content -> Json,
        sha256 -> Nullable<Text>,
        uploaded_at -> Instant,
        uploaded_by -> Uid,
    }
}

/// A content as stored.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence_versions)]
struct VersionRow {
    tenant_id: TenantId,
    evidence_id: EvidenceId,
    number: i32,
    content: Doc<EvidenceContent>,
    sha256: Option<String>,
    uploaded_at: Instant,
    uploaded_by: MemberId,
}

impl From<VersionRow> for EvidenceVersion {
    fn from(row: VersionRow) -> Self {
        let VersionRow { evidence_id, number, content, uploaded_at, uploaded_by, .. } = row;
        let content_path = content.file.as_ref().map(|_| Self::path(evidence_id, number));
        Self { evidence_id, number, content: content.0, uploaded_at, uploaded_by, content_path }
    }
}

/// Keeps the row's content as a version of its own.
pub(in crate::program::evidence) async fn add(tx: &mut TenantTx, row: &Evidence) -> Result<()> {
    let (Some(content), Some(uploaded_at), Some(uploaded_by)) =
        (&row.content, row.uploaded_at, row.uploaded_by)
    else {
        return Ok(());
    };
    let row = VersionRow {
        tenant_id: tx.tenant(),
        evidence_id: row.id,
        number: row.content_version,
        sha256: content.sha256().map(str::to_owned),
        content: content.clone(),
        uploaded_at,
        uploaded_by,
    };
    on_each!(tx, |conn| diesel::insert_into(evidence_versions::table).values(&row).execute(conn).await)?;
    Ok(())
}

/// Forgets the contents of a piece of evidence, before it is removed.
pub(in crate::program::evidence) async fn forget(tx: &mut TenantTx, id: EvidenceId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        let versions = evidence_versions::table.filter(evidence_versions::tenant_id.eq(tenant));
        diesel::delete(versions.filter(evidence_versions::evidence_id.eq(id))).execute(conn).await
    })?;
    Ok(())
}

/// One content; none where the evidence never had it.
pub(in crate::program::evidence) async fn get(
    tx: &mut TenantTx,
    id: EvidenceId,
    number: i32,
) -> Result<Option<EvidenceVersion>> {
    let tenant = tx.tenant();
    let row: Option<VersionRow> = on_each!(tx, |conn| {
        evidence_versions::table
            .find((tenant, id, number))
            .select(VersionRow::as_select())
            .first(conn)
            .await
            .optional()
    })?;
    Ok(row.map(EvidenceVersion::from))
}

/// A page of the contents of one piece of evidence.
pub(in crate::program::evidence) async fn page(
    tx: &mut TenantTx,
    id: EvidenceId,
    page: &PageRequest<EvidenceVersionSort>,
) -> Result<(Vec<EvidenceVersion>, Option<i64>)> {
    use evidence_versions as all;
    let tenant = tx.tenant();
    let rows: Vec<VersionRow> = on_each!(tx, |conn| {
        let query = all::table
            .select(VersionRow::as_select())
            .filter(all::tenant_id.eq(tenant).and(all::evidence_id.eq(id)))
            .into_boxed();
        match page.sort {
            EvidenceVersionSort::Newest => keyset!(query, page, desc, all::number => i32, all::number => i32),
            EvidenceVersionSort::Oldest => keyset!(query, page, asc, all::number => i32, all::number => i32),
        }
        .load(conn)
        .await
    })?;
    let total =
        counted!(tx, page, all::table.filter(all::tenant_id.eq(tenant).and(all::evidence_id.eq(id))).count());
    Ok((rows.into_iter().map(EvidenceVersion::from).collect(), total))
}

/// The files among these that some content names.
pub(in crate::program::evidence) async fn named(tx: &mut TenantTx, sums: &[Sum]) -> Result<Vec<String>> {
    let tenant = tx.tenant();
    let asked: Vec<String> = sums.iter().map(ToString::to_string).collect();
    let found: Vec<Option<String>> = on_each!(tx, |conn| {
        evidence_versions::table
            .filter(evidence_versions::tenant_id.eq(tenant))
            .filter(evidence_versions::sha256.eq_any(asked))
            .select(evidence_versions::sha256)
            .load(conn)
            .await
    })?;
    Ok(found.into_iter().flatten().collect())
}

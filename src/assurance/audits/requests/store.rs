//! The tables of evidence requests.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{EvidenceRequest, EvidenceRequestFilter, EvidenceRequestSort};
use crate::{
    catalog::uses,
    counted,
    kernel::{
        error::{Explain, Result},
        id::{AuditId, ControlId, EvidenceId, EvidenceRequestId, EvidenceRequestKind},
        page::PageRequest,
        time::Date,
    },
    keyset, links, on_each,
    platform::{
        db::{TenantTx, refs},
        held,
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    evidence_requests (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        audit_id -> Uid,
        item -> Text,
        detail -> Text,
        due_on -> Date,
        assignee_id -> Nullable<Uid>,
        controls -> Json,
        requirements -> Json,
        status -> Text,
        evidence -> Json,
        note -> Text,
        provided_by -> Nullable<Uid>,
        provided_at -> Nullable<Instant>,
        provided_on -> Nullable<Date>,
        decided_by -> Nullable<Uid>,
        decided_at -> Nullable<Instant>,
        reason -> Nullable<Text>,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

links! {
    link_controls: evidence_request_controls(request_id: EvidenceRequestId, control_id: ControlId),
    "/controls", "is not a control of this tenant; GET /v1/controls lists them"
}
links! {
    link_evidence: evidence_request_evidence(request_id: EvidenceRequestId, evidence_id: EvidenceId),
    "/evidence", "is no evidence of this tenant; GET /v1/evidence lists it"
}

diesel::allow_tables_to_appear_in_same_query!(evidence_requests, evidence_request_controls);

const NO_ASSIGNEE: &str = "is not a member of this tenant; GET /v1/members lists them";

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $only:expr) => {{
        use evidence_requests as asked;
        let mut query = $query.filter(asked::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(asked::audit_id.eq_any(own.iter().copied()));
        }
        if let Some(audit) = $filter.audit {
            query = query.filter(asked::audit_id.eq(audit));
        }
        if let Some(status) = $filter.status {
            query = query.filter(asked::status.eq(status));
        }
        if let Some(assignee) = $filter.assignee {
            query = query.filter(asked::assignee_id.eq(assignee));
        }
        if let Some(control) = $filter.control {
            let linked = evidence_request_controls::table
                .select(evidence_request_controls::request_id)
                .filter(evidence_request_controls::tenant_id.eq($tenant))
                .filter(evidence_request_controls::control_id.eq(control));
            query = query.filter(asked::id.eq_any(linked));
        }
        if let Some(day) = $filter.due_before {
            query = query.filter(asked::due_on.le(day));
        }
        if let Some(only) = $only {
            query = query.filter(asked::id.eq::<EvidenceRequestId>(only));
        }
        query
    }};
}

crate::walked!(EvidenceRequestKind, evidence_requests);

impl Stored for EvidenceRequest {
    type Kind = EvidenceRequestKind;
    type Filter = EvidenceRequestFilter;
    type Sort = EvidenceRequestSort;

    async fn find(tx: &mut TenantTx, id: EvidenceRequestId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let found: Option<Self> = on_each!(tx, |conn| {
            evidence_requests::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?;
        Ok(found.filter(|row| tx.sees(Some(row.audit))))
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[EvidenceRequestId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        let mut found: Vec<Self> = on_each!(tx, |conn| {
            evidence_requests::table
                .filter(evidence_requests::tenant_id.eq(tenant))
                .filter(evidence_requests::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?;
        found.retain(|row| tx.sees(Some(row.audit)));
        Ok(found)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &EvidenceRequestFilter,
        page: &PageRequest<EvidenceRequestSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        use evidence_requests as asked;
        let (tenant, own) = (tx.tenant(), tx.engaged());
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(asked::table.select(Self::as_select()), tenant, own, filter, only);
            match page.sort {
                EvidenceRequestSort::Soonest => {
                    keyset!(query, page, asc, asked::due_on => Date, asked::id => EvidenceRequestId)
                }
                EvidenceRequestSort::Latest => {
                    keyset!(query, page, desc, asked::due_on => Date, asked::id => EvidenceRequestId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(asked::table.count(), tenant, own, filter, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(evidence_requests::table).values(row).execute(conn).await)
            .or_missing("/assignee", NO_ASSIGNEE)?;
        link(tx, row).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(
                evidence_requests::table.find((tenant, row.id)).filter(evidence_requests::version.eq(seen)),
            )
            .set(row)
            .returning(Self::as_returning())
            .get_result(conn)
            .await
            .optional()
        })
        .or_missing("/assignee", NO_ASSIGNEE)?;
        if updated.is_some() {
            link(tx, row).await?;
        }
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        use evidence_requests as asked;
        let (tenant, id) = (tx.tenant(), row.id);
        held::hold_at(tx, row.id, row.version).await?;
        link_controls(tx, id, &[]).await?;
        link_evidence(tx, id, &[]).await?;
        uses::clear(tx, &id.to_string()).await?;
        refs::clear(tx, id).await?;
        on_each!(tx, |conn| diesel::delete(asked::table.find((tenant, id))).execute(conn).await)
            .or_in_use("something still refers to the evidence request")?;
        Ok(())
    }
}

async fn link(tx: &mut TenantTx, row: &EvidenceRequest) -> Result<()> {
    link_controls(tx, row.id, &row.controls).await?;
    link_evidence(tx, row.id, &row.evidence).await?;
    uses::replace(tx, &row.id.to_string(), &row.requirements).await?;
    refs::replace(tx, row.id, &row.external_refs).await
}

/// The requests of these audits.
pub async fn of_audits(tx: &mut TenantTx, all: &[AuditId]) -> Result<Vec<EvidenceRequest>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        evidence_requests::table
            .filter(evidence_requests::tenant_id.eq(tenant))
            .filter(evidence_requests::audit_id.eq_any(all.iter().copied()))
            .select(EvidenceRequest::as_select())
            .load(conn)
            .await
    })?)
}

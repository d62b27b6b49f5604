//! The tables of findings.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    facts::{FindingFact, Raised},
    model::{Finding, FindingFilter, FindingGrade, FindingSort, FindingState},
};
use crate::{
    catalog::{RequirementRef, uses},
    counted,
    kernel::{
        error::{Explain, Result},
        id::{AuditId, ControlId, EvidenceId, FindingId, FindingKind},
        page::PageRequest,
        time::{Date, Instant},
    },
    keyset, links, on_each,
    platform::{
        db::{TenantTx, firsts, nth, refs},
        held,
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    findings (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        title -> Text,
        reference -> Nullable<Text>,
        grade -> Text,
        audit_id -> Nullable<Uid>,
        raised_on -> Date,
        statement -> Text,
        clause -> Nullable<Text>,
        controls -> Json,
        requirements -> Json,
        owner_id -> Nullable<Uid>,
        evidence -> Json,
        correction -> Text,
        extent -> Text,
        root_cause -> Text,
        whys -> Json,
        response -> Text,
        stated_due -> Nullable<Date>,
        verification -> Nullable<Json>,
        checks -> Json,
        external_refs -> Json,
        stage -> Text,
        plan_accepted_on -> Nullable<Date>,
        implemented_on -> Nullable<Date>,
        deadlines -> Json,
        plan_due_on -> Date,
        due_on -> Date,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    finding_requirements (tenant_id, requirement, framework, finding_id) {
        tenant_id -> Uid,
        requirement -> Text,
        framework -> Text,
        finding_id -> Uid,
    }
}

links! {
    link_controls: finding_controls(finding_id: FindingId, control_id: ControlId),
    "/controls", "is not a control of this tenant; GET /v1/controls lists them"
}
links! {
    link_evidence: finding_evidence(finding_id: FindingId, evidence_id: EvidenceId),
    "/evidence", "is no evidence of this tenant; GET /v1/evidence lists it"
}

diesel::allow_tables_to_appear_in_same_query!(
    findings,
    finding_controls,
    finding_evidence,
    finding_requirements
);

const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";
const SETTLED: [FindingState; 2] = [FindingState::Verified, FindingState::Closed];

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $day:expr, $only:expr) => {{
        let mut query = $query.filter(findings::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(findings::audit_id.eq_any(own.iter().copied()));
        }
        if let Some(grade) = $filter.grade {
            query = query.filter(findings::grade.eq(grade));
        }
        // Compares as the engine does when the finding is read.
        match $filter.state {
            Some(FindingState::PlanDue) => {
                query = query
                    .filter(findings::stage.eq(FindingState::Open))
                    .filter(findings::plan_due_on.lt($day));
            }
            Some(FindingState::Open) => {
                query = query
                    .filter(findings::stage.eq(FindingState::Open))
                    .filter(findings::plan_due_on.ge($day));
            }
            Some(stage) => query = query.filter(findings::stage.eq(stage)),
            None => {}
        }
        match $filter.overdue {
            Some(true) => {
                query = query.filter(findings::due_on.lt($day)).filter(findings::stage.ne_all(SETTLED));
            }
            Some(false) => {
                query = query.filter(findings::due_on.ge($day).or(findings::stage.eq_any(SETTLED)));
            }
            None => {}
        }
        if let Some(day) = $filter.due_before {
            query = query.filter(findings::due_on.le(day));
        }
        if let Some(audit) = $filter.audit {
            query = query.filter(findings::audit_id.eq(audit));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(findings::owner_id.eq(owner));
        }
        if let Some(control) = $filter.control {
            let linked = finding_controls::table
                .select(finding_controls::finding_id)
                .filter(finding_controls::tenant_id.eq($tenant))
                .filter(finding_controls::control_id.eq(control));
            query = query.filter(findings::id.eq_any(linked));
        }
        if $filter.requirement.is_some() || $filter.framework.is_some() {
            let mut named = finding_requirements::table
                .select(finding_requirements::finding_id)
                .filter(finding_requirements::tenant_id.eq($tenant))
                .into_boxed();
            if let Some(requirement) = &$filter.requirement {
                named = named.filter(finding_requirements::requirement.eq(requirement));
            }
            if let Some(framework) = &$filter.framework {
                named = named.filter(finding_requirements::framework.eq(framework));
            }
            query = query.filter(findings::id.eq_any(named));
        }
        if let Some(only) = $only {
            query = query.filter(findings::id.eq::<FindingId>(only));
        }
        query
    }};
}

crate::walked!(FindingKind, findings);

impl Stored for Finding {
    type Kind = FindingKind;
    type Filter = FindingFilter;
    type Sort = FindingSort;

    async fn find(tx: &mut TenantTx, id: FindingId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let found: Option<Self> = on_each!(tx, |conn| {
            findings::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?;
        Ok(found.filter(|row| tx.sees(row.audit)))
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[FindingId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        let mut found: Vec<Self> = on_each!(tx, |conn| {
            findings::table
                .filter(findings::tenant_id.eq(tenant))
                .filter(findings::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?;
        found.retain(|row| tx.sees(row.audit));
        Ok(found)
    }

    /// The filter tells the day: see [`service::list`](super::service::list).
    async fn page(
        tx: &mut TenantTx,
        filter: &FindingFilter,
        page: &PageRequest<FindingSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        let (tenant, own, day) = (tx.tenant(), tx.engaged(), filter.as_of.unwrap_or(Date::MIN));
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(findings::table.select(Self::as_select()), tenant, own, filter, day, only);
            match page.sort {
                FindingSort::Newest => {
                    keyset!(query, page, desc, findings::created_at => Instant, findings::id => FindingId)
                }
                FindingSort::Oldest => {
                    keyset!(query, page, asc, findings::created_at => Instant, findings::id => FindingId)
                }
                FindingSort::Soonest => {
                    keyset!(query, page, asc, findings::due_on => Date, findings::id => FindingId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(findings::table.count(), tenant, own, filter, day, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(findings::table).values(row).execute(conn).await)
            .or_missing("/owner", NO_OWNER)?;
        link(tx, row).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let updated = put(tx, row, seen).await?;
        if updated.is_some() {
            link(tx, row).await?;
        }
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let (tenant, id) = (tx.tenant(), row.id);
        held::hold_at(tx, row.id, row.version).await?;
        link_controls(tx, id, &[]).await?;
        link_evidence(tx, id, &[]).await?;
        forget_requirements(tx, id).await?;
        uses::clear(tx, &id.to_string()).await?;
        refs::clear(tx, id).await?;
        on_each!(tx, |conn| diesel::delete(findings::table.find((tenant, id))).execute(conn).await)
            .or_in_use("the finding has corrective actions; remove those first")?;
        Ok(())
    }
}

/// Writes the row alone, where it still has the version seen.
pub(super) async fn put(tx: &mut TenantTx, row: &Finding, seen: i32) -> Result<Option<Finding>> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(findings::table.find((tenant, row.id)).filter(findings::version.eq(seen)))
            .set(row)
            .returning(Finding::as_returning())
            .get_result(conn)
            .await
            .optional()
    })
    .or_missing("/owner", NO_OWNER)
}

async fn link(tx: &mut TenantTx, row: &Finding) -> Result<()> {
    link_controls(tx, row.id, &row.controls).await?;
    link_evidence(tx, row.id, &row.evidence).await?;
    uses::replace(tx, &row.id.to_string(), &row.requirements).await?;
    forget_requirements(tx, row.id).await?;
    let tenant = tx.tenant();
    for RequirementRef { framework, id } in row.requirements.iter() {
        on_each!(tx, |conn| {
            diesel::insert_into(finding_requirements::table)
                .values((
                    finding_requirements::tenant_id.eq(tenant),
                    finding_requirements::requirement.eq(id),
                    finding_requirements::framework.eq(framework),
                    finding_requirements::finding_id.eq(row.id),
                ))
                .execute(conn)
                .await
        })?;
    }
    refs::replace(tx, row.id, &row.external_refs).await
}

async fn forget_requirements(tx: &mut TenantTx, id: FindingId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        let own = finding_requirements::table.filter(finding_requirements::tenant_id.eq(tenant));
        diesel::delete(own.filter(finding_requirements::finding_id.eq(id))).execute(conn).await
    })?;
    Ok(())
}

/// Writes what follows from actions and audits. Not counted as a change of the finding: its facts stay.
pub(super) async fn settle(tx: &mut TenantTx, row: &Finding) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(findings::table.find((tenant, row.id)))
            .set((
                findings::stage.eq(row.stage),
                findings::plan_accepted_on.eq(row.plan_accepted_on),
                findings::implemented_on.eq(row.implemented_on),
                findings::deadlines.eq(&row.deadlines),
                findings::plan_due_on.eq(row.plan_due_on),
                findings::due_on.eq(row.due_on),
            ))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// The findings of these audits, oldest first.
pub(super) async fn rows_of_audits(tx: &mut TenantTx, all: &[AuditId]) -> Result<Vec<Finding>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        findings::table
            .filter(findings::tenant_id.eq(tenant))
            .filter(findings::audit_id.eq_any(all.iter().copied()))
            .order((findings::audit_id, findings::created_at, findings::id))
            .select(Finding::as_select())
            .load(conn)
            .await
    })?)
}

/// The oldest findings of these audits, oldest first, so many of each.
pub(super) async fn oldest(tx: &mut TenantTx, audits: &[AuditId], each: u32) -> Result<Vec<Finding>> {
    let tenant = tx.tenant();
    let rows: Vec<(Finding, i64)> = on_each!(tx, |conn| {
        let all = findings::table
            .filter(findings::tenant_id.eq(tenant))
            .filter(findings::audit_id.eq_any(audits.iter().copied()))
            .select((Finding::as_select(), nth(findings::audit_id, (findings::created_at, findings::id))));
        firsts(all, each).load(conn).await
    })?;
    Ok(rows.into_iter().map(|(finding, _)| finding).collect())
}

/// What others read of the findings of these audits.
pub(super) async fn of_audits(tx: &mut TenantTx, all: &[AuditId]) -> Result<Vec<FindingFact>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        findings::table
            .filter(findings::tenant_id.eq(tenant))
            .filter(findings::audit_id.eq_any(all.iter().copied()))
            .order((findings::audit_id, findings::created_at, findings::id))
            .select(FindingFact::as_select())
            .load(conn)
            .await
    })?)
}

/// Nonconformities, oldest first and so many at the most.
pub(super) async fn nonconformities(tx: &mut TenantTx, most: i64) -> Result<Vec<Raised>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        findings::table
            .filter(findings::tenant_id.eq(tenant))
            .filter(findings::grade.eq_any([FindingGrade::Major, FindingGrade::Minor]))
            .order((findings::created_at, findings::id))
            .select((findings::id, findings::audit_id))
            .limit(most)
            .load(conn)
            .await
    })?)
}

/// The majors that are not verified.
pub(super) async fn open_majors(tx: &mut TenantTx) -> Result<Vec<Raised>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        findings::table
            .filter(findings::tenant_id.eq(tenant))
            .filter(findings::grade.eq(FindingGrade::Major))
            .filter(findings::stage.ne_all(SETTLED))
            .order((findings::created_at, findings::id))
            .select((findings::id, findings::audit_id))
            .load(conn)
            .await
    })?)
}

/// The pending findings of these audits.
pub(super) async fn pending_of(tx: &mut TenantTx, all: &[AuditId]) -> Result<Vec<Finding>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        findings::table
            .filter(findings::tenant_id.eq(tenant))
            .filter(findings::audit_id.eq_any(all.iter().copied()))
            .filter(findings::stage.ne_all(SETTLED))
            .select(Finding::as_select())
            .load(conn)
            .await
    })?)
}

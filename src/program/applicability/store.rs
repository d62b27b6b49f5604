//! The tables of statements of applicability.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    entry::{Entry, EntryKey},
    model::{StatementOfApplicability, StatementOfApplicabilityFilter, StatementOfApplicabilitySort, iso},
    sheet::Material,
};
use crate::{
    catalog::FrameworkKey,
    counted,
    kernel::{
        error::{Explain, Result},
        id::{StatementOfApplicabilityId, StatementOfApplicabilityKind},
        page::PageRequest,
        patch,
        text::Title,
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::{TenantTx, refs},
        held,
        room::Stored,
    },
    program::{
        controls::{ControlLine, controls, naming},
        risks::{RiskLine, risks},
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    statements_of_applicability (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        framework -> Text,
        scope -> Text,
        owner_id -> Nullable<Uid>,
        draft_number -> Integer,
        approved -> Nullable<Json>,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    applicability_entries (tenant_id, statement_id, item) {
        tenant_id -> Uid,
        statement_id -> Uid,
        item -> Text,
        control_id -> Nullable<Uid>,
        decision -> Text,
        reasons -> Json,
        exclusion -> Nullable<Text>,
        controls -> Json,
        note -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    applicability_entry_controls (tenant_id, statement_id, item, control_id) {
        tenant_id -> Uid,
        statement_id -> Uid,
        item -> Text,
        control_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    applicability_entry_risks (tenant_id, statement_id, item, risk_id) {
        tenant_id -> Uid,
        statement_id -> Uid,
        item -> Text,
        risk_id -> Uid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(applicability_entries, controls);
diesel::allow_tables_to_appear_in_same_query!(applicability_entry_controls, controls);
diesel::allow_tables_to_appear_in_same_query!(applicability_entry_risks, risks);

const NAME_TAKEN: &str = "another statement of applicability has this name";
const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";
const NO_CONTROL: &str = "is no control here; GET /v1/controls lists them";
const NO_RISK: &str = "is no risk here; GET /v1/risks lists them";
const KEPT: &str = "the statement has approved versions, which are kept";

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(statements_of_applicability::tenant_id.eq($tenant)).into_boxed();
        if let Some(framework) = &$filter.framework {
            query = query.filter(statements_of_applicability::framework.eq(framework));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(statements_of_applicability::owner_id.eq(owner));
        }
        if let Some(only) = $only {
            query = query.filter(statements_of_applicability::id.eq::<StatementOfApplicabilityId>(only));
        }
        query
    }};
}

crate::held!(StatementOfApplicabilityKind, statements_of_applicability);

impl Stored for StatementOfApplicability {
    type Kind = StatementOfApplicabilityKind;
    type Filter = StatementOfApplicabilityFilter;
    type Sort = StatementOfApplicabilitySort;

    async fn find(tx: &mut TenantTx, id: StatementOfApplicabilityId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let one = statements_of_applicability::table.find((tenant, id));
        Ok(on_each!(tx, |conn| one.select(Self::as_select()).first(conn).await.optional())?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[StatementOfApplicabilityId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            statements_of_applicability::table
                .filter(statements_of_applicability::tenant_id.eq(tenant))
                .filter(statements_of_applicability::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &StatementOfApplicabilityFilter,
        page: &PageRequest<StatementOfApplicabilitySort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        use StatementOfApplicabilitySort as Sort;
        use statements_of_applicability as soa;
        type SoaId = StatementOfApplicabilityId;
        let tenant = tx.tenant();
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(soa::table.select(Self::as_select()), tenant, filter, only);
            match page.sort {
                Sort::Name => keyset!(query, page, asc, soa::name => Title, soa::id => SoaId),
                Sort::NameDescending => keyset!(query, page, desc, soa::name => Title, soa::id => SoaId),
                Sort::Oldest => keyset!(query, page, asc, soa::created_at => Instant, soa::id => SoaId),
                Sort::Newest => keyset!(query, page, desc, soa::created_at => Instant, soa::id => SoaId),
            }
            .load(conn)
            .await
        })?;
        Ok((rows, counted!(tx, page, matching!(soa::table.count(), tenant, filter, only))))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let insert = diesel::insert_into(statements_of_applicability::table).values(row);
        on_each!(tx, |conn| insert.execute(conn).await)
            .or_taken("/name", NAME_TAKEN)
            .or_missing("/owner", NO_OWNER)?;
        refs::replace(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(
                statements_of_applicability::table
                    .find((tenant, row.id))
                    .filter(statements_of_applicability::version.eq(seen)),
            )
            .set(row)
            .returning(Self::as_returning())
            .get_result(conn)
            .await
            .optional()
        })
        .or_taken("/name", NAME_TAKEN)
        .or_missing("/owner", NO_OWNER)?;
        if updated.is_some() {
            refs::replace(tx, row.id, &row.external_refs).await?;
        }
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        held::hold_at(tx, row.id, row.version).await?;
        forget_links(tx, row.id, None).await?;
        let tenant = tx.tenant();
        on_each!(tx, |conn| {
            diesel::delete(
                applicability_entries::table
                    .filter(applicability_entries::tenant_id.eq(tenant))
                    .filter(applicability_entries::statement_id.eq(row.id)),
            )
            .execute(conn)
            .await
        })?;
        refs::clear(tx, row.id).await?;
        let one = diesel::delete(statements_of_applicability::table.find((tenant, row.id)));
        on_each!(tx, |conn| one.execute(conn).await).or_in_use(KEPT)?;
        Ok(())
    }
}

/// A statement of Annex A that has an approved version; the newest where there are several.
///
/// # Errors
/// When the database fails.
pub async fn approved_statement(tx: &mut TenantTx) -> Result<Option<StatementOfApplicabilityId>> {
    use statements_of_applicability as soa;
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        soa::table
            .filter(soa::tenant_id.eq(tenant))
            .filter(soa::framework.eq(iso()))
            .filter(soa::approved.is_not_null())
            .order((soa::created_at.desc(), soa::id))
            .select(soa::id)
            .first(conn)
            .await
            .optional()
    })?)
}

/// What was said of one control.
pub(super) async fn entry(
    tx: &mut TenantTx,
    statement: StatementOfApplicabilityId,
    key: &EntryKey,
) -> Result<Option<Entry>> {
    let tenant = tx.tenant();
    let one = applicability_entries::table.find((tenant, statement, key));
    Ok(on_each!(tx, |conn| one.select(Entry::as_select()).first(conn).await.optional())?)
}

/// How many controls of the tenant's own a statement lists.
pub(super) async fn own_count(tx: &mut TenantTx, statement: StatementOfApplicabilityId) -> Result<i64> {
    use applicability_entries as entries;
    let tenant = tx.tenant();
    let own = entries::table
        .filter(entries::tenant_id.eq(tenant))
        .filter(entries::statement_id.eq(statement))
        .filter(entries::control_id.is_not_null());
    Ok(on_each!(tx, |conn| own.count().get_result(conn).await)?)
}

/// Writes an entry where it still has the version seen; 0 where there was none.
///
/// # Errors
/// 412 where it has not; 422 with the place of a control or a risk that is not there.
pub(super) async fn write(tx: &mut TenantTx, entry: &Entry, seen: i32) -> Result<()> {
    use applicability_entries as entries;
    let (tenant, statement) = (tx.tenant(), entry.statement_id);
    let written = match seen {
        // Whoever was first made the row: it conflicts, and nothing is written.
        0 => on_each!(tx, |conn| {
            diesel::insert_into(entries::table).values(entry).on_conflict_do_nothing().execute(conn).await
        }),
        _ => on_each!(tx, |conn| {
            diesel::update(
                entries::table.find((tenant, statement, &entry.id)).filter(entries::version.eq(seen)),
            )
            .set(entry)
            .execute(conn)
            .await
        }),
    };
    patch::met(written.or_missing("/control", NO_CONTROL)?, seen)?;
    forget_links(tx, statement, Some(&entry.id)).await?;
    link(tx, entry).await
}

/// Removes an entry where it still has the version seen.
pub(super) async fn remove_entry(tx: &mut TenantTx, entry: &Entry) -> Result<()> {
    use applicability_entries as entries;
    let (tenant, statement) = (tx.tenant(), entry.statement_id);
    forget_links(tx, statement, Some(&entry.id)).await?;
    let one = entries::table.find((tenant, statement, &entry.id)).filter(entries::version.eq(entry.version));
    let gone = on_each!(tx, |conn| diesel::delete(one).execute(conn).await)?;
    patch::met(gone, entry.version)
}

async fn link(tx: &mut TenantTx, entry: &Entry) -> Result<()> {
    use applicability_entry_controls as to_controls;
    use applicability_entry_risks as to_risks;
    let (tenant, statement, item) = (tx.tenant(), entry.statement_id, &entry.id);
    let mut named: Vec<_> = entry.controls.iter().enumerate().collect();
    // In one order for all writers, as with references.
    named.sort_by_key(|(_, control)| control.uuid());
    for (n, control) in named {
        let row = (
            to_controls::tenant_id.eq(tenant),
            to_controls::statement_id.eq(statement),
            to_controls::item.eq(item),
            to_controls::control_id.eq(control),
        );
        on_each!(tx, |conn| diesel::insert_into(to_controls::table).values(row).execute(conn).await)
            .or_missing(&format!("/controls/{n}"), NO_CONTROL)?;
    }
    let reasons = entry.reasons.iter().enumerate();
    let of = reasons.flat_map(|(n, one)| one.risks.iter().enumerate().map(move |(m, risk)| (n, m, risk)));
    let mut named: Vec<_> = of.collect();
    named.sort_by_key(|(.., risk)| risk.uuid());
    for (n, m, risk) in named {
        let row = (
            to_risks::tenant_id.eq(tenant),
            to_risks::statement_id.eq(statement),
            to_risks::item.eq(item),
            to_risks::risk_id.eq(risk),
        );
        on_each!(tx, |conn| diesel::insert_into(to_risks::table).values(row).execute(conn).await)
            .or_missing(&format!("/reasons/{n}/risks/{m}"), NO_RISK)?;
    }
    Ok(())
}

/// Forgets what finds the entries of a statement, or one of them.
async fn forget_links(
    tx: &mut TenantTx,
    statement: StatementOfApplicabilityId,
    only: Option<&EntryKey>,
) -> Result<()> {
    use applicability_entry_controls as to_controls;
    use applicability_entry_risks as to_risks;
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        let mut of = diesel::delete(to_controls::table)
            .filter(to_controls::tenant_id.eq(tenant))
            .filter(to_controls::statement_id.eq(statement))
            .into_boxed();
        if let Some(key) = only {
            of = of.filter(to_controls::item.eq(key));
        }
        of.execute(conn).await
    })?;
    on_each!(tx, |conn| {
        let mut of = diesel::delete(to_risks::table)
            .filter(to_risks::tenant_id.eq(tenant))
            .filter(to_risks::statement_id.eq(statement))
            .into_boxed();
        if let Some(key) = only {
            of = of.filter(to_risks::item.eq(key));
        }
        of.execute(conn).await
    })?;
    Ok(())
}

/// Everything that the entries of a statement rest on, in a fixed number of queries.
pub(super) async fn material(
    tx: &mut TenantTx,
    statement: StatementOfApplicabilityId,
    framework: &FrameworkKey,
) -> Result<Material> {
    use applicability_entries as entries;
    use applicability_entry_controls as to_controls;
    use applicability_entry_risks as to_risks;
    let tenant = tx.tenant();
    let of = entries::table.filter(entries::tenant_id.eq(tenant)).filter(entries::statement_id.eq(statement));
    let said: Vec<Entry> = on_each!(tx, |conn| of.select(Entry::as_select()).load(conn).await)?;
    let own: Vec<(EntryKey, ControlLine)> = on_each!(tx, |conn| {
        of.inner_join(controls::table.on(
            controls::tenant_id.eq(entries::tenant_id).and(controls::id.nullable().eq(entries::control_id)),
        ))
        .select((entries::item, ControlLine::as_select()))
        .load(conn)
        .await
    })?;
    let named: Vec<(EntryKey, ControlLine)> = on_each!(tx, |conn| {
        to_controls::table
            .inner_join(controls::table.on(
                controls::tenant_id.eq(to_controls::tenant_id).and(controls::id.eq(to_controls::control_id)),
            ))
            .filter(to_controls::tenant_id.eq(tenant))
            .filter(to_controls::statement_id.eq(statement))
            .select((to_controls::item, ControlLine::as_select()))
            .load(conn)
            .await
    })?;
    let risks: Vec<(EntryKey, RiskLine)> = on_each!(tx, |conn| {
        to_risks::table
            .inner_join(
                risks::table
                    .on(risks::tenant_id.eq(to_risks::tenant_id).and(risks::id.eq(to_risks::risk_id))),
            )
            .filter(to_risks::tenant_id.eq(tenant))
            .filter(to_risks::statement_id.eq(statement))
            .select((to_risks::item, RiskLine::as_select()))
            .load(conn)
            .await
    })?;
    let naming = naming(tx, framework).await?;
    Ok(Material { said, own, named, naming, risks })
}

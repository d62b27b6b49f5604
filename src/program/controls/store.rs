//! The controls' tables.

use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    engine::Count,
    model::{Control, ControlFilter, ControlLine, ControlSort, ControlStatus},
    proposals::Satisfies,
};
use crate::{
    catalog::{FrameworkKey, Mapping, RequirementId, RequirementRef, uses},
    counted,
    kernel::{
        error::{Explain, Result},
        id::{ControlId, ControlKind, MemberId},
        page::PageRequest,
        text::{ShortCode, Title},
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::{TenantTx, refs},
        held,
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    controls (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        code -> Text,
        title -> Text,
        description -> Text,
        owner_id -> Nullable<Uid>,
        status -> Text,
        kind -> Nullable<Text>,
        frequency -> Nullable<Text>,
        automation -> Nullable<Text>,
        freshness_days -> Nullable<Integer>,
        requirements -> Json,
        topics -> Json,
        aspects -> Json,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    control_requirements (tenant_id, requirement, framework, control_id) {
        tenant_id -> Uid,
        requirement -> Text,
        framework -> Text,
        control_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    control_tags (tenant_id, tag, control_id) {
        tenant_id -> Uid,
        tag -> Text,
        control_id -> Uid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(controls, control_requirements, control_tags);
diesel::allow_columns_to_appear_in_same_group_by_clause!(control_requirements::requirement, controls::status);

const CODE_TAKEN: &str = "another control has this code";
const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(controls::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(controls::id.eq_any(own.iter().copied()));
        }
        if let Some(status) = $filter.status {
            query = query.filter(controls::status.eq(status));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(controls::owner_id.eq(owner));
        }
        if let Some(kind) = $filter.kind {
            query = query.filter(controls::kind.eq(kind));
        }
        if $filter.requirement.is_some() || $filter.framework.is_some() {
            let mut named = control_requirements::table
                .select(control_requirements::control_id)
                .filter(control_requirements::tenant_id.eq($tenant))
                .into_boxed();
            if let Some(requirement) = &$filter.requirement {
                named = named.filter(control_requirements::requirement.eq(requirement));
            }
            if let Some(framework) = &$filter.framework {
                named = named.filter(control_requirements::framework.eq(framework));
            }
            query = query.filter(controls::id.eq_any(named));
        }
        let topic = $filter.topic.map(|one| one.as_str());
        for tag in [topic, $filter.aspect.map(|one| one.as_str())].into_iter().flatten() {
            let tagged = control_tags::table
                .select(control_tags::control_id)
                .filter(control_tags::tenant_id.eq($tenant))
                .filter(control_tags::tag.eq(tag));
            query = query.filter(controls::id.eq_any(tagged));
        }
        if let Some(only) = $only {
            query = query.filter(controls::id.eq::<ControlId>(only));
        }
        query
    }};
}

crate::walked!(ControlKind, controls);

impl Stored for Control {
    type Kind = ControlKind;
    type Filter = ControlFilter;
    type Sort = ControlSort;

    async fn find(tx: &mut TenantTx, id: ControlId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        if tx.own_controls().is_some_and(|own| !own.contains(&id)) {
            return Ok(None);
        }
        Ok(on_each!(tx, |conn| {
            controls::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[ControlId]) -> Result<Vec<Self>> {
        let (tenant, own) = (tx.tenant(), tx.own_controls());
        let seen = ids.iter().copied().filter(|id| own.as_ref().is_none_or(|own| own.contains(id)));
        let seen: Vec<_> = seen.collect();
        Ok(on_each!(tx, |conn| {
            controls::table
                .filter(controls::tenant_id.eq(tenant))
                .filter(controls::id.eq_any(seen))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &ControlFilter,
        page: &PageRequest<ControlSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        let (tenant, own) = (tx.tenant(), tx.own_controls());
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(controls::table.select(Self::as_select()), tenant, own, filter, only);
            match page.sort {
                ControlSort::Code => {
                    keyset!(query, page, asc, controls::code => ShortCode, controls::id => ControlId)
                }
                ControlSort::CodeDescending => {
                    keyset!(query, page, desc, controls::code => ShortCode, controls::id => ControlId)
                }
                ControlSort::Oldest => {
                    keyset!(query, page, asc, controls::created_at => Instant, controls::id => ControlId)
                }
                ControlSort::Newest => {
                    keyset!(query, page, desc, controls::created_at => Instant, controls::id => ControlId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(controls::table.count(), tenant, own, filter, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(controls::table).values(row).execute(conn).await)
            .or_taken("/code", CODE_TAKEN)
            .or_missing("/owner", NO_OWNER)?;
        uses::note(tx, &row.id.to_string(), &row.requirements).await?;
        index(tx, row).await?;
        refs::note(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(controls::table.find((tenant, row.id)).filter(controls::version.eq(seen)))
                .set(row)
                .returning(Self::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_taken("/code", CODE_TAKEN)
        .or_missing("/owner", NO_OWNER)?;
        if updated.is_none() {
            return Ok(None);
        }
        forget(tx, row.id).await?;
        uses::replace(tx, &row.id.to_string(), &row.requirements).await?;
        index(tx, row).await?;
        refs::replace(tx, row.id, &row.external_refs).await?;
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let tenant = tx.tenant();
        held::hold_at(tx, row.id, row.version).await?;
        forget(tx, row.id).await?;
        uses::clear(tx, &row.id.to_string()).await?;
        refs::clear(tx, row.id).await?;
        on_each!(tx, |conn| diesel::delete(controls::table.find((tenant, row.id))).execute(conn).await)
            .or_in_use(
                "the control has tests or evidence, treats risks or stands in a statement of applicability; remove \
                 those first, or retire it",
            )?;
        Ok(())
    }
}

/// Writes down what finds the control: its requirements, topics and aspects.
async fn index(tx: &mut TenantTx, row: &Control) -> Result<()> {
    let (tenant, id) = (tx.tenant(), row.id);
    let topics = row.topics.iter().map(|one| one.as_str());
    for tag in topics.chain(row.aspects.iter().map(|one| one.as_str())) {
        on_each!(tx, |conn| {
            diesel::insert_into(control_tags::table)
                .values((
                    control_tags::tenant_id.eq(tenant),
                    control_tags::tag.eq(tag),
                    control_tags::control_id.eq(id),
                ))
                .execute(conn)
                .await
        })?;
    }
    for one in row.requirements.iter() {
        on_each!(tx, |conn| {
            diesel::insert_into(control_requirements::table)
                .values((
                    control_requirements::tenant_id.eq(tenant),
                    control_requirements::requirement.eq(&one.id),
                    control_requirements::framework.eq(&one.framework),
                    control_requirements::control_id.eq(id),
                ))
                .execute(conn)
                .await
        })?;
    }
    Ok(())
}

async fn forget(tx: &mut TenantTx, id: ControlId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            control_tags::table
                .filter(control_tags::tenant_id.eq(tenant))
                .filter(control_tags::control_id.eq(id)),
        )
        .execute(conn)
        .await?;
        diesel::delete(
            control_requirements::table
                .filter(control_requirements::tenant_id.eq(tenant))
                .filter(control_requirements::control_id.eq(id)),
        )
        .execute(conn)
        .await
    })?;
    Ok(())
}

/// The controls among these whose evidence ages, with the days that it may.
///
/// # Errors
/// When the database fails.
pub async fn freshness(tx: &mut TenantTx, ids: &[ControlId]) -> Result<Vec<(ControlId, i32)>> {
    let tenant = tx.tenant();
    let rows: Vec<(ControlId, Option<i32>)> = on_each!(tx, |conn| {
        controls::table
            .filter(controls::tenant_id.eq(tenant))
            .filter(controls::id.eq_any(ids.iter().copied()))
            .select((controls::id, controls::freshness_days))
            .load(conn)
            .await
    })?;
    Ok(rows.into_iter().filter_map(|(id, days)| Some((id, days?))).collect())
}

/// The controls that name a requirement of this framework, each with the requirement, in no order.
///
/// # Errors
/// When the database fails.
pub async fn naming(
    tx: &mut TenantTx,
    framework: &FrameworkKey,
) -> Result<Vec<(RequirementId, ControlLine)>> {
    use control_requirements as req;
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        req::table
            .inner_join(
                controls::table
                    .on(controls::tenant_id.eq(req::tenant_id).and(controls::id.eq(req::control_id))),
            )
            .filter(req::tenant_id.eq(tenant))
            .filter(req::framework.eq(framework))
            .select((req::requirement, ControlLine::as_select()))
            .load(conn)
            .await
    })?)
}

/// The controls that are in use or under way and satisfy a counterpart of these mappings.
pub(super) async fn satisfying(tx: &mut TenantTx, mappings: &[Mapping]) -> Result<Vec<Satisfies>> {
    use control_requirements as req;
    let tenant = tx.tenant();
    let wanted: HashSet<_> = mappings.iter().map(|one| &one.counterpart).collect();
    let frameworks: BTreeSet<_> = wanted.iter().map(|one| &one.framework).collect();
    let rows: Vec<(FrameworkKey, RequirementId, ControlId, ShortCode, Title, ControlStatus)> =
        on_each!(tx, |conn| {
            req::table
                .inner_join(
                    controls::table
                        .on(controls::tenant_id.eq(req::tenant_id).and(controls::id.eq(req::control_id))),
                )
                .filter(req::tenant_id.eq(tenant))
                .filter(req::framework.eq_any(frameworks.iter().copied()))
                .filter(controls::status.ne(ControlStatus::Retired))
                .select((
                    req::framework,
                    req::requirement,
                    controls::id,
                    controls::code,
                    controls::title,
                    controls::status,
                ))
                .load(conn)
                .await
        })?;
    let named = |(framework, id, control, code, title, status)| Satisfies {
        requirement: RequirementRef { framework, id },
        control,
        code,
        title,
        status,
    };
    Ok(rows.into_iter().map(named).filter(|one| wanted.contains(&one.requirement)).collect())
}

/// How many controls in each status name each requirement of a framework.
pub(super) async fn counts(tx: &mut TenantTx, framework: &FrameworkKey) -> Result<Vec<Count>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        control_requirements::table
            .inner_join(
                controls::table.on(controls::tenant_id
                    .eq(control_requirements::tenant_id)
                    .and(controls::id.eq(control_requirements::control_id))),
            )
            .filter(control_requirements::tenant_id.eq(tenant))
            .filter(control_requirements::framework.eq(framework))
            .group_by((control_requirements::requirement, controls::status))
            .select((control_requirements::requirement, controls::status, diesel::dsl::count_star()))
            .load::<(RequirementId, ControlStatus, i64)>(conn)
            .await
    })?)
}

/// A control that is in use or under way, and a requirement that it names.
#[derive(Clone, Debug, Queryable)]
pub struct Answer {
    /// The requirement.
    pub requirement: RequirementId,
    /// The control.
    pub control: ControlId,
    /// Its code.
    pub code: ShortCode,
    /// Its title.
    pub title: Title,
    /// The member who answers for it.
    pub owner: Option<MemberId>,
    /// How far it has come.
    pub status: ControlStatus,
}

/// The controls that answer the requirements of a framework, each once for each of them, by code.
///
/// # Errors
/// When the database fails.
pub async fn answering(tx: &mut TenantTx, framework: &FrameworkKey) -> Result<Vec<Answer>> {
    use control_requirements as req;
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        req::table
            .inner_join(
                controls::table
                    .on(controls::tenant_id.eq(req::tenant_id).and(controls::id.eq(req::control_id))),
            )
            .filter(req::tenant_id.eq(tenant))
            .filter(req::framework.eq(framework))
            .filter(controls::status.ne(ControlStatus::Retired))
            .order((controls::code, req::requirement))
            .select((
                req::requirement,
                controls::id,
                controls::code,
                controls::title,
                controls::owner_id,
                controls::status,
            ))
            .load(conn)
            .await
    })?)
}

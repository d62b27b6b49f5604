//! The tables of frameworks of a tenant's own.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{OwnFramework, OwnMapping, OwnRequirement};
use crate::{
    catalog::model::{FrameworkKey, RequirementId, RequirementRef},
    kernel::{
        error::{Explain, Result},
        id::{CustomFrameworkId, CustomRequirementId, RequirementMappingId},
        patch,
        text::Title,
    },
    on_each,
    platform::db::{TenantTx, refs},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    custom_frameworks (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        key -> Text,
        name -> Text,
        description -> Text,
        outcome -> Text,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    custom_requirements (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        framework_id -> Uid,
        framework -> Text,
        code -> Text,
        title -> Text,
        description -> Text,
        category -> Nullable<Text>,
        position -> Integer,
        topics -> Json,
        aspects -> Json,
        external_refs -> Json,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    requirement_mappings (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        from_framework -> Text,
        from_requirement -> Text,
        from_id -> Nullable<Uid>,
        to_framework -> Text,
        to_requirement -> Text,
        to_id -> Nullable<Uid>,
        relationship -> Text,
        rationale -> Text,
        external_refs -> Json,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    requirement_uses (tenant_id, requirement_id, used_by) {
        tenant_id -> Uid,
        requirement_id -> Uid,
        used_by -> Text,
    }
}

const KEY_TAKEN: &str = "another framework has this key";
const ID_TAKEN: &str = "another requirement of the framework has this id";
const IN_USE: &str = "a control names it or a requirement of it; GET /v1/controls?framework=… lists them";

/// A tenant's own frameworks, which are few, by key.
pub async fn frameworks(tx: &mut TenantTx) -> Result<Vec<OwnFramework>> {
    let tenant = tx.tenant();
    let mut all: Vec<OwnFramework> = on_each!(tx, |conn| {
        custom_frameworks::table
            .filter(custom_frameworks::tenant_id.eq(tenant))
            .select(OwnFramework::as_select())
            .load(conn)
            .await
    })?;
    all.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(all)
}

/// How many requirements each group of each framework has, in the order of its first one.
pub async fn groups(tx: &mut TenantTx) -> Result<Vec<(FrameworkKey, Option<Title>, i64)>> {
    use custom_requirements as req;
    let tenant = tx.tenant();
    let first = diesel::dsl::min(req::position);
    let mut all: Vec<(FrameworkKey, Option<Title>, i64, Option<i32>)> = on_each!(tx, |conn| {
        req::table
            .filter(req::tenant_id.eq(tenant))
            .group_by((req::framework, req::category))
            .select((req::framework, req::category, diesel::dsl::count_star(), first))
            .load(conn)
            .await
    })?;
    all.sort_by_key(|one| one.3);
    Ok(all.into_iter().map(|(framework, group, count, _)| (framework, group, count)).collect())
}

/// The tenant's own framework in this row.
pub(super) async fn framework_at(tx: &mut TenantTx, row: CustomFrameworkId) -> Result<Option<OwnFramework>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        custom_frameworks::table
            .find((tenant, row))
            .select(OwnFramework::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// One of the tenant's own frameworks.
pub async fn framework(tx: &mut TenantTx, key: &FrameworkKey) -> Result<Option<OwnFramework>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        custom_frameworks::table
            .filter(custom_frameworks::tenant_id.eq(tenant))
            .filter(custom_frameworks::key.eq(key))
            .select(OwnFramework::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// A framework's requirements, in its order.
pub async fn requirements(tx: &mut TenantTx, framework: CustomFrameworkId) -> Result<Vec<OwnRequirement>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        custom_requirements::table
            .filter(custom_requirements::tenant_id.eq(tenant))
            .filter(custom_requirements::framework_id.eq(framework))
            .order((custom_requirements::position, custom_requirements::code))
            .select(OwnRequirement::as_select())
            .load(conn)
            .await
    })?)
}

/// How many requirements a framework has, and the place of the last.
pub(super) async fn extent(tx: &mut TenantTx, framework: CustomFrameworkId) -> Result<(i64, Option<i32>)> {
    use custom_requirements as req;
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        req::table
            .filter(req::tenant_id.eq(tenant))
            .filter(req::framework_id.eq(framework))
            .select((diesel::dsl::count_star(), diesel::dsl::max(req::position)))
            .get_result(conn)
            .await
    })?)
}

/// The requirement of this framework in this row.
pub(super) async fn requirement_at(
    tx: &mut TenantTx,
    framework: CustomFrameworkId,
    row: CustomRequirementId,
) -> Result<Option<OwnRequirement>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        custom_requirements::table
            .find((tenant, row))
            .filter(custom_requirements::framework_id.eq(framework))
            .select(OwnRequirement::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// The tenant's own requirements among these.
pub async fn named(tx: &mut TenantTx, all: &[RequirementRef]) -> Result<Vec<OwnRequirement>> {
    let tenant = tx.tenant();
    let own = || all.iter().filter(|one| one.framework.is_own());
    if own().next().is_none() {
        return Ok(Vec::new());
    }
    let rows: Vec<OwnRequirement> = on_each!(tx, |conn| {
        custom_requirements::table
            .filter(custom_requirements::tenant_id.eq(tenant))
            .filter(custom_requirements::framework.eq_any(own().map(|one| &one.framework)))
            .filter(custom_requirements::code.eq_any(own().map(|one| &one.id)))
            .select(OwnRequirement::as_select())
            .load(conn)
            .await
    })?;
    let asked = |row: &OwnRequirement| own().any(|one| one.framework == row.framework && one.id == row.id);
    Ok(rows.into_iter().filter(asked).collect())
}

/// One of the tenant's own requirements.
pub(super) async fn requirement(
    tx: &mut TenantTx,
    framework: &FrameworkKey,
    id: &RequirementId,
) -> Result<Option<OwnRequirement>> {
    let at = RequirementRef { framework: framework.clone(), id: id.clone() };
    Ok(named(tx, &[at]).await?.pop())
}

pub(super) async fn insert_framework(tx: &mut TenantTx, row: &OwnFramework) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(custom_frameworks::table).values(row).execute(conn).await)
        .or_taken("/key", KEY_TAKEN)?;
    refs::note(tx, row.row, &row.external_refs).await
}

/// Writes the row where it still has the version seen.
pub(super) async fn update_framework(tx: &mut TenantTx, row: &OwnFramework, seen: i32) -> Result<()> {
    write_framework(tx, row, seen).await?;
    refs::replace(tx, row.row, &row.external_refs).await
}

async fn write_framework(tx: &mut TenantTx, row: &OwnFramework, seen: i32) -> Result<()> {
    let tenant = tx.tenant();
    let met = on_each!(tx, |conn| {
        diesel::update(
            custom_frameworks::table.find((tenant, row.row)).filter(custom_frameworks::version.eq(seen)),
        )
        .set(row)
        .execute(conn)
        .await
    })?;
    patch::met(met, seen)
}

/// Removes a framework with these requirements and mappings, which are its own.
pub(super) async fn delete_framework(
    tx: &mut TenantTx,
    row: &OwnFramework,
    requirements: &[OwnRequirement],
    mappings: &[OwnMapping],
) -> Result<()> {
    let (tenant, id) = (tx.tenant(), row.row);
    // Locks the row before what hangs on it, in the order of an update.
    let held = OwnFramework { version: row.version + 1, ..row.clone() };
    write_framework(tx, &held, row.version).await?;
    delete_mappings(tx, mappings).await?;
    on_each!(tx, |conn| {
        diesel::delete(
            custom_requirements::table
                .filter(custom_requirements::tenant_id.eq(tenant))
                .filter(custom_requirements::framework_id.eq(id)),
        )
        .execute(conn)
        .await
    })
    .or_in_use(IN_USE)?;
    on_each!(tx, |conn| diesel::delete(custom_frameworks::table.find((tenant, id))).execute(conn).await)?;
    // After their rows, in the order of an update.
    let named = requirements.iter().filter(|one| !one.external_refs.is_empty());
    let named: Vec<_> = named.map(|one| one.row).collect();
    refs::clear_all(tx, &named).await?;
    refs::clear(tx, id).await
}

async fn delete_mappings(tx: &mut TenantTx, all: &[OwnMapping]) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            requirement_mappings::table
                .filter(requirement_mappings::tenant_id.eq(tenant))
                .filter(requirement_mappings::id.eq_any(all.iter().map(|one| one.id))),
        )
        .execute(conn)
        .await
    })?;
    let named: Vec<_> = all.iter().filter(|one| !one.external_refs.is_empty()).map(|one| one.id).collect();
    refs::clear_all(tx, &named).await
}

pub(super) async fn insert_requirement(tx: &mut TenantTx, row: &OwnRequirement, at: &str) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(custom_requirements::table).values(row).execute(conn).await)
        .or_taken(&format!("{at}/id"), ID_TAKEN)?;
    refs::note_at(tx, at, row.row, &row.external_refs).await
}

/// Writes the row where it still has the version seen.
pub(super) async fn update_requirement(tx: &mut TenantTx, row: &OwnRequirement, seen: i32) -> Result<()> {
    write_requirement(tx, row, seen).await?;
    refs::replace(tx, row.row, &row.external_refs).await
}

async fn write_requirement(tx: &mut TenantTx, row: &OwnRequirement, seen: i32) -> Result<()> {
    let tenant = tx.tenant();
    let met = on_each!(tx, |conn| {
        diesel::update(
            custom_requirements::table.find((tenant, row.row)).filter(custom_requirements::version.eq(seen)),
        )
        .set(row)
        .execute(conn)
        .await
    })?;
    patch::met(met, seen)
}

/// Removes a requirement with these mappings, which are its own.
pub(super) async fn delete_requirement(
    tx: &mut TenantTx,
    row: &OwnRequirement,
    mappings: &[OwnMapping],
) -> Result<()> {
    let (tenant, id) = (tx.tenant(), row.row);
    let held = OwnRequirement { version: row.version + 1, ..row.clone() };
    write_requirement(tx, &held, row.version).await?;
    delete_mappings(tx, mappings).await?;
    refs::clear(tx, id).await?;
    on_each!(tx, |conn| diesel::delete(custom_requirements::table.find((tenant, id))).execute(conn).await)
        .or_in_use(IN_USE)?;
    Ok(())
}

/// The mappings of the tenant's own that a framework takes part in, with one other or with all; in no order.
pub async fn mappings(
    tx: &mut TenantTx,
    key: &FrameworkKey,
    to: Option<&FrameworkKey>,
) -> Result<Vec<OwnMapping>> {
    use requirement_mappings as map;
    let tenant = tx.tenant();
    let mut all = Vec::new();
    macro_rules! side {
        ($own:expr, $other:expr) => {
            on_each!(tx, |conn| {
                let mut query = map::table
                    .filter(map::tenant_id.eq(tenant))
                    .filter($own.eq(key))
                    .select(OwnMapping::as_select())
                    .into_boxed();
                if let Some(to) = to {
                    query = query.filter($other.eq(to));
                }
                query.load::<OwnMapping>(conn).await
            })?
        };
    }
    all.extend(side!(map::from_framework, map::to_framework));
    all.extend(side!(map::to_framework, map::from_framework));
    Ok(all)
}

/// How many mappings of the tenant's own a framework takes part in.
pub(super) async fn mapped(tx: &mut TenantTx, key: &FrameworkKey) -> Result<i64> {
    use requirement_mappings as map;
    let tenant = tx.tenant();
    macro_rules! of {
        ($side:expr) => {
            on_each!(tx, |conn| {
                map::table
                    .filter(map::tenant_id.eq(tenant))
                    .filter($side.eq(key))
                    .count()
                    .get_result::<i64>(conn)
                    .await
            })?
        };
    }
    let (forwards, backwards) = (of!(map::from_framework), of!(map::to_framework));
    Ok(forwards + backwards)
}

/// The mappings of the tenant's own that these requirements take part in.
pub(super) async fn mappings_of(tx: &mut TenantTx, rows: &[CustomRequirementId]) -> Result<Vec<OwnMapping>> {
    use requirement_mappings as map;
    let tenant = tx.tenant();
    let ids = || rows.iter().copied().map(Some);
    Ok(on_each!(tx, |conn| {
        map::table
            .filter(map::tenant_id.eq(tenant))
            .filter(map::from_id.eq_any(ids()).or(map::to_id.eq_any(ids())))
            .order(map::id)
            .select(OwnMapping::as_select())
            .load(conn)
            .await
    })?)
}

pub(super) async fn mapping(tx: &mut TenantTx, id: RequirementMappingId) -> Result<Option<OwnMapping>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        requirement_mappings::table
            .find((tenant, id))
            .select(OwnMapping::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

pub(super) async fn insert_mapping(tx: &mut TenantTx, row: &OwnMapping) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(requirement_mappings::table).values(row).execute(conn).await)
        .or_taken("/counterpart", "the two are mapped already; remove that mapping to make another")
        .or_missing("/counterpart", "a requirement was removed meanwhile")?;
    refs::note(tx, row.id, &row.external_refs).await
}

/// Writes the row where it still has the version seen.
pub(super) async fn update_mapping(tx: &mut TenantTx, row: &OwnMapping, seen: i32) -> Result<()> {
    use requirement_mappings as map;
    let tenant = tx.tenant();
    let met = on_each!(tx, |conn| {
        diesel::update(map::table.find((tenant, row.id)).filter(map::version.eq(seen)))
            .set(row)
            .execute(conn)
            .await
    })?;
    patch::met(met, seen)?;
    refs::replace(tx, row.id, &row.external_refs).await
}

pub(super) async fn delete_mapping(tx: &mut TenantTx, row: &OwnMapping) -> Result<()> {
    let tenant = tx.tenant();
    let as_read = requirement_mappings::table
        .find((tenant, row.id))
        .filter(requirement_mappings::version.eq(row.version));
    let gone = on_each!(tx, |conn| diesel::delete(as_read).execute(conn).await)?;
    patch::met(gone, row.version)?;
    refs::clear(tx, row.id).await
}

/// Notes that something names these requirements of the tenant's own.
pub(super) async fn use_all(tx: &mut TenantTx, by: &str, rows: &[CustomRequirementId]) -> Result<()> {
    let tenant = tx.tenant();
    for row in rows {
        on_each!(tx, |conn| {
            diesel::insert_into(requirement_uses::table)
                .values((
                    requirement_uses::tenant_id.eq(tenant),
                    requirement_uses::requirement_id.eq(row),
                    requirement_uses::used_by.eq(by),
                ))
                .execute(conn)
                .await
        })
        .or_missing("/requirements", "a requirement was removed meanwhile")?;
    }
    Ok(())
}

/// Forgets what something names.
pub(super) async fn use_none(tx: &mut TenantTx, by: &str) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            requirement_uses::table
                .filter(requirement_uses::tenant_id.eq(tenant))
                .filter(requirement_uses::used_by.eq(by)),
        )
        .execute(conn)
        .await
    })?;
    Ok(())
}

//! The tables of systems.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{System, SystemFilter, SystemSort};
use crate::{
    catalog::FrameworkKey,
    counted,
    kernel::{
        error::{Explain, Result},
        id::{SystemId, SystemKind},
        page::PageRequest,
        text::Title,
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
    systems (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        kind -> Text,
        status -> Text,
        description -> Text,
        owner_id -> Nullable<Uid>,
        location_id -> Nullable<Uid>,
        criticality -> Nullable<Text>,
        components -> Json,
        data_handled -> Json,
        in_scope_of -> Json,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    system_frameworks (tenant_id, framework, system_id) {
        tenant_id -> Uid,
        framework -> Text,
        system_id -> Uid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(systems, system_frameworks);

const NAME_TAKEN: &str = "another system has this name";
const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(systems::tenant_id.eq($tenant)).into_boxed();
        if let Some(kind) = $filter.kind {
            query = query.filter(systems::kind.eq(kind));
        }
        if let Some(status) = $filter.status {
            query = query.filter(systems::status.eq(status));
        }
        if let Some(criticality) = $filter.criticality {
            query = query.filter(systems::criticality.eq(criticality));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(systems::owner_id.eq(owner));
        }
        if let Some(location) = $filter.location {
            query = query.filter(systems::location_id.eq(location));
        }
        if let Some(framework) = &$filter.framework {
            let named = system_frameworks::table
                .select(system_frameworks::system_id)
                .filter(system_frameworks::tenant_id.eq($tenant))
                .filter(system_frameworks::framework.eq(framework));
            query = query.filter(systems::id.eq_any(named));
        }
        if let Some(only) = $only {
            query = query.filter(systems::id.eq::<SystemId>(only));
        }
        query
    }};
}

crate::held!(SystemKind, systems);

impl Stored for System {
    type Kind = SystemKind;
    type Filter = SystemFilter;
    type Sort = SystemSort;

    async fn find(tx: &mut TenantTx, id: SystemId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            systems::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[SystemId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            systems::table
                .filter(systems::tenant_id.eq(tenant))
                .filter(systems::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &SystemFilter,
        page: &PageRequest<SystemSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        let tenant = tx.tenant();
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(systems::table.select(Self::as_select()), tenant, filter, only);
            match page.sort {
                SystemSort::Name => {
                    keyset!(query, page, asc, systems::name => Title, systems::id => SystemId)
                }
                SystemSort::NameDescending => {
                    keyset!(query, page, desc, systems::name => Title, systems::id => SystemId)
                }
                SystemSort::Oldest => {
                    keyset!(query, page, asc, systems::created_at => Instant, systems::id => SystemId)
                }
                SystemSort::Newest => {
                    keyset!(query, page, desc, systems::created_at => Instant, systems::id => SystemId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(systems::table.count(), tenant, filter, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(systems::table).values(row).execute(conn).await)
            .or_taken("/name", NAME_TAKEN)
            .or_missing("/owner", NO_OWNER)?;
        index_frameworks(tx, row.id, &row.in_scope_of).await?;
        refs::note(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(systems::table.find((tenant, row.id)).filter(systems::version.eq(seen)))
                .set(row)
                .returning(Self::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_taken("/name", NAME_TAKEN)
        .or_missing("/owner", NO_OWNER)?;
        if updated.is_none() {
            return Ok(None);
        }
        forget_frameworks(tx, row.id).await?;
        index_frameworks(tx, row.id, &row.in_scope_of).await?;
        refs::replace(tx, row.id, &row.external_refs).await?;
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let tenant = tx.tenant();
        held::hold_at(tx, row.id, row.version).await?;
        forget_frameworks(tx, row.id).await?;
        refs::clear(tx, row.id).await?;
        on_each!(tx, |conn| diesel::delete(systems::table.find((tenant, row.id))).execute(conn).await)
            .or_in_use("something still refers to the system; remove that first, or retire the system")?;
        Ok(())
    }
}

async fn index_frameworks(tx: &mut TenantTx, id: SystemId, all: &[FrameworkKey]) -> Result<()> {
    let tenant = tx.tenant();
    for key in all {
        on_each!(tx, |conn| {
            diesel::insert_into(system_frameworks::table)
                .values((
                    system_frameworks::tenant_id.eq(tenant),
                    system_frameworks::framework.eq(key),
                    system_frameworks::system_id.eq(id),
                ))
                .execute(conn)
                .await
        })?;
    }
    Ok(())
}

async fn forget_frameworks(tx: &mut TenantTx, id: SystemId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            system_frameworks::table
                .filter(system_frameworks::tenant_id.eq(tenant))
                .filter(system_frameworks::system_id.eq(id)),
        )
        .execute(conn)
        .await
    })?;
    Ok(())
}

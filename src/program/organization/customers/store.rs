//! The tables of what customers ask for.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{
    CustomerRequirement, CustomerRequirementFilter, CustomerRequirementSort, CustomerRequirementStatus,
};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::{CustomerRequirementId, CustomerRequirementKind},
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
    customer_requirements (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        customer -> Text,
        asks -> Json,
        due -> Nullable<Date>,
        status -> Text,
        met_on -> Nullable<Date>,
        contract -> Nullable<Text>,
        promises -> Json,
        description -> Text,
        owner_id -> Nullable<Uid>,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    customer_requirement_frameworks (tenant_id, framework, customer_requirement_id) {
        tenant_id -> Uid,
        framework -> Text,
        customer_requirement_id -> Uid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(customer_requirements, customer_requirement_frameworks);

const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(customer_requirements::tenant_id.eq($tenant)).into_boxed();
        if let Some(status) = $filter.status {
            query = query.filter(customer_requirements::status.eq(status));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(customer_requirements::owner_id.eq(owner));
        }
        if let Some(customer) = &$filter.customer {
            query = query.filter(customer_requirements::customer.eq(customer));
        }
        if let Some(day) = $filter.due_before {
            query = query.filter(customer_requirements::due.le(day));
        }
        if let Some(framework) = &$filter.framework {
            let named = customer_requirement_frameworks::table
                .select(customer_requirement_frameworks::customer_requirement_id)
                .filter(customer_requirement_frameworks::tenant_id.eq($tenant))
                .filter(customer_requirement_frameworks::framework.eq(framework));
            query = query.filter(customer_requirements::id.eq_any(named));
        }
        if let Some(only) = $only {
            query = query.filter(customer_requirements::id.eq::<CustomerRequirementId>(only));
        }
        query
    }};
}

crate::walked!(CustomerRequirementKind, customer_requirements);

impl Stored for CustomerRequirement {
    type Kind = CustomerRequirementKind;
    type Filter = CustomerRequirementFilter;
    type Sort = CustomerRequirementSort;

    async fn find(tx: &mut TenantTx, id: CustomerRequirementId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            customer_requirements::table
                .find((tenant, id))
                .select(Self::as_select())
                .first(conn)
                .await
                .optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[CustomerRequirementId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            customer_requirements::table
                .filter(customer_requirements::tenant_id.eq(tenant))
                .filter(customer_requirements::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &CustomerRequirementFilter,
        page: &PageRequest<CustomerRequirementSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        let tenant = tx.tenant();
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query =
                matching!(customer_requirements::table.select(Self::as_select()), tenant, filter, only);
            match page.sort {
                CustomerRequirementSort::Customer => {
                    keyset!(query, page, asc, customer_requirements::customer => Title, customer_requirements::id => CustomerRequirementId)
                }
                CustomerRequirementSort::CustomerDescending => {
                    keyset!(query, page, desc, customer_requirements::customer => Title, customer_requirements::id => CustomerRequirementId)
                }
                CustomerRequirementSort::Oldest => {
                    keyset!(query, page, asc, customer_requirements::created_at => Instant, customer_requirements::id => CustomerRequirementId)
                }
                CustomerRequirementSort::Newest => {
                    keyset!(query, page, desc, customer_requirements::created_at => Instant, customer_requirements::id => CustomerRequirementId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(customer_requirements::table.count(), tenant, filter, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(customer_requirements::table)
            .values(row)
            .execute(conn)
            .await)
        .or_missing("/owner", NO_OWNER)?;
        index_frameworks(tx, row).await?;
        refs::note(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(
                customer_requirements::table
                    .find((tenant, row.id))
                    .filter(customer_requirements::version.eq(seen)),
            )
            .set(row)
            .returning(Self::as_returning())
            .get_result(conn)
            .await
            .optional()
        })
        .or_missing("/owner", NO_OWNER)?;
        if updated.is_none() {
            return Ok(None);
        }
        forget_frameworks(tx, row.id).await?;
        index_frameworks(tx, row).await?;
        refs::replace(tx, row.id, &row.external_refs).await?;
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let tenant = tx.tenant();
        held::hold_at(tx, row.id, row.version).await?;
        forget_frameworks(tx, row.id).await?;
        refs::clear(tx, row.id).await?;
        on_each!(tx, |conn| diesel::delete(customer_requirements::table.find((tenant, row.id)))
            .execute(conn)
            .await)
        .or_in_use(
            "something still refers to the requirement; remove that first, or decline the requirement",
        )?;
        Ok(())
    }
}

async fn index_frameworks(tx: &mut TenantTx, row: &CustomerRequirement) -> Result<()> {
    let tenant = tx.tenant();
    // A customer may ask for both kinds of one framework's reports.
    let keys: BTreeSet<_> = row.asks.iter().filter_map(|ask| ask.framework.as_ref()).collect();
    for key in keys {
        on_each!(tx, |conn| {
            diesel::insert_into(customer_requirement_frameworks::table)
                .values((
                    customer_requirement_frameworks::tenant_id.eq(tenant),
                    customer_requirement_frameworks::framework.eq(key),
                    customer_requirement_frameworks::customer_requirement_id.eq(row.id),
                ))
                .execute(conn)
                .await
        })?;
    }
    Ok(())
}

async fn forget_frameworks(tx: &mut TenantTx, id: CustomerRequirementId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            customer_requirement_frameworks::table
                .filter(customer_requirement_frameworks::tenant_id.eq(tenant))
                .filter(customer_requirement_frameworks::customer_requirement_id.eq(id)),
        )
        .execute(conn)
        .await
    })?;
    Ok(())
}

/// The requirements that are neither met nor declined, by customer; `most` of them.
pub(super) async fn open(tx: &mut TenantTx, most: i64) -> Result<Vec<CustomerRequirement>> {
    let tenant = tx.tenant();
    let open = [CustomerRequirementStatus::Open, CustomerRequirementStatus::Agreed];
    Ok(on_each!(tx, |conn| {
        customer_requirements::table
            .filter(customer_requirements::tenant_id.eq(tenant))
            .filter(customer_requirements::status.eq_any(open))
            .order((customer_requirements::customer, customer_requirements::id))
            .limit(most)
            .select(CustomerRequirement::as_select())
            .load(conn)
            .await
    })?)
}

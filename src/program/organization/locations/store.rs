//! The table of locations.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Location, LocationFilter, LocationSort};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::{LocationId, LocationKind},
        page::PageRequest,
        patch,
        text::Title,
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::{TenantTx, refs},
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    locations (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        kind -> Text,
        address -> Text,
        country -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        persons -> Nullable<Integer>,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

const NAME_TAKEN: &str = "another location has this name";

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(locations::tenant_id.eq($tenant)).into_boxed();
        if let Some(kind) = $filter.kind {
            query = query.filter(locations::kind.eq(kind));
        }
        if let Some(country) = &$filter.country {
            query = query.filter(locations::country.eq(country));
        }
        if let Some(only) = $only {
            query = query.filter(locations::id.eq::<LocationId>(only));
        }
        query
    }};
}

impl Stored for Location {
    type Kind = LocationKind;
    type Filter = LocationFilter;
    type Sort = LocationSort;

    async fn find(tx: &mut TenantTx, id: LocationId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            locations::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[LocationId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            locations::table
                .filter(locations::tenant_id.eq(tenant))
                .filter(locations::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &LocationFilter,
        page: &PageRequest<LocationSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        let tenant = tx.tenant();
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(locations::table.select(Self::as_select()), tenant, filter, only);
            match page.sort {
                LocationSort::Name => {
                    keyset!(query, page, asc, locations::name => Title, locations::id => LocationId)
                }
                LocationSort::NameDescending => {
                    keyset!(query, page, desc, locations::name => Title, locations::id => LocationId)
                }
                LocationSort::Oldest => {
                    keyset!(query, page, asc, locations::created_at => Instant, locations::id => LocationId)
                }
                LocationSort::Newest => {
                    keyset!(query, page, desc, locations::created_at => Instant, locations::id => LocationId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(locations::table.count(), tenant, filter, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(locations::table).values(row).execute(conn).await)
            .or_taken("/name", NAME_TAKEN)?;
        refs::note(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(locations::table.find((tenant, row.id)).filter(locations::version.eq(seen)))
                .set(row)
                .returning(Self::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_taken("/name", NAME_TAKEN)?;
        if updated.is_none() {
            return Ok(None);
        }
        refs::replace(tx, row.id, &row.external_refs).await?;
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let tenant = tx.tenant();
        let as_read = locations::table.find((tenant, row.id)).filter(locations::version.eq(row.version));
        let gone = on_each!(tx, |conn| diesel::delete(as_read).execute(conn).await)
            .or_in_use("systems stand at this location; GET /v1/systems?location=… lists them")?;
        patch::met(gone, row.version)?;
        refs::clear(tx, row.id).await
    }
}

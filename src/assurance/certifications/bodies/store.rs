//! The table of certification bodies.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{BodySort, CertificationBody, CertificationBodyFilter};
use crate::{
    kernel::{
        error::{Explain, Result},
        id::CertificationBodyId,
        page::PageRequest,
        patch,
        text::Title,
        time::Instant,
    },
    keyset, on_each,
    platform::db::{TenantTx, refs},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    certification_bodies (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        website -> Nullable<Text>,
        register_url -> Nullable<Text>,
        accreditations -> Json,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

const NAME_TAKEN: &str = "another certification body has this name";

pub(super) async fn insert(tx: &mut TenantTx, body: &CertificationBody) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(certification_bodies::table).values(body).execute(conn).await)
        .or_taken("/name", NAME_TAKEN)?;
    refs::replace(tx, body.id, &body.external_refs).await
}

pub(super) async fn get(tx: &mut TenantTx, id: CertificationBodyId) -> Result<Option<CertificationBody>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        certification_bodies::table
            .find((tenant, id))
            .select(CertificationBody::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// The bodies with these ids, in no order.
pub(super) async fn by_ids(tx: &mut TenantTx, ids: &[CertificationBodyId]) -> Result<Vec<CertificationBody>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        certification_bodies::table
            .filter(certification_bodies::tenant_id.eq(tenant))
            .filter(certification_bodies::id.eq_any(ids.iter().copied()))
            .select(CertificationBody::as_select())
            .load(conn)
            .await
    })?)
}

pub(super) async fn update(
    tx: &mut TenantTx,
    body: &CertificationBody,
    seen: i32,
) -> Result<Option<CertificationBody>> {
    let tenant = tx.tenant();
    let updated = on_each!(tx, |conn| {
        diesel::update(
            certification_bodies::table
                .find((tenant, body.id))
                .filter(certification_bodies::version.eq(seen)),
        )
        .set(body)
        .returning(CertificationBody::as_returning())
        .get_result(conn)
        .await
        .optional()
    })
    .or_taken("/name", NAME_TAKEN)?;
    if updated.is_none() {
        return Ok(None);
    }
    refs::replace(tx, body.id, &body.external_refs).await?;
    Ok(updated)
}

pub(super) async fn delete(tx: &mut TenantTx, id: CertificationBodyId, seen: i32) -> Result<()> {
    use certification_bodies as cbo;
    let tenant = tx.tenant();
    let gone = on_each!(tx, |conn| {
        diesel::delete(cbo::table.find((tenant, id)).filter(cbo::version.eq(seen))).execute(conn).await
    })
    .or_in_use("certificates name this body; GET /v1/certifications?certification_body=… lists them")?;
    patch::met(gone, seen)?;
    refs::clear(tx, id).await
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $only:expr) => {{
        let mut query = $query.filter(certification_bodies::tenant_id.eq($tenant)).into_boxed();
        if let Some(only) = $only {
            query = query.filter(certification_bodies::id.eq::<CertificationBodyId>(only));
        }
        query
    }};
}

/// The rows of a page, and how many match where that is asked for.
pub(super) async fn page(
    tx: &mut TenantTx,
    filter: &CertificationBodyFilter,
    page: &PageRequest<BodySort>,
) -> Result<(Vec<CertificationBody>, Option<i64>)> {
    use certification_bodies as cbo;
    let tenant = tx.tenant();
    let only: Option<CertificationBodyId> = match &filter.external_ref {
        Some(text) => Some(refs::find(tx, &text.parse()?).await?),
        None => None,
    };
    let rows = on_each!(tx, |conn| {
        let query = matching!(cbo::table.select(CertificationBody::as_select()), tenant, only);
        match page.sort {
            BodySort::Name => keyset!(query, page, asc, cbo::name => Title, cbo::id => CertificationBodyId),
            BodySort::NameDescending => {
                keyset!(query, page, desc, cbo::name => Title, cbo::id => CertificationBodyId)
            }
            BodySort::Oldest => {
                keyset!(query, page, asc, cbo::created_at => Instant, cbo::id => CertificationBodyId)
            }
            BodySort::Newest => {
                keyset!(query, page, desc, cbo::created_at => Instant, cbo::id => CertificationBodyId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = if page.count {
        Some(on_each!(tx, |conn| matching!(cbo::table.count(), tenant, only).get_result(conn).await)?)
    } else {
        None
    };
    Ok((rows, total))
}

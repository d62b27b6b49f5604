//! The table of certification bodies.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Accreditation, BodySort, CertificationBody, CertificationBodyFilter};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::{CertificationBodyId, CertificationBodyKind},
        page::PageRequest,
        patch,
        text::Title,
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::{
        db::{Doc, TenantTx, refs},
        room::Stored,
    },
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

/// The bodies of which an accreditation began or ended after a day, up to today. One statement.
///
/// # Errors
/// When the database fails.
pub async fn turned(tx: &mut TenantTx, since: Date, today: Date) -> Result<Vec<CertificationBodyId>> {
    let tenant = tx.tenant();
    let all: Vec<(CertificationBodyId, Doc<Vec<Accreditation>>)> = on_each!(tx, |conn| {
        certification_bodies::table
            .filter(certification_bodies::tenant_id.eq(tenant))
            .order(certification_bodies::id)
            .select((certification_bodies::id, certification_bodies::accreditations))
            .load(conn)
            .await
    })?;
    let turned = |one: &Accreditation| one.turns().any(|day| since < day && day <= today);
    let turned = all.into_iter().filter(|(_, accreditations)| accreditations.iter().any(turned));
    Ok(turned.map(|(id, _)| id).collect())
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

impl Stored for CertificationBody {
    type Kind = CertificationBodyKind;
    type Filter = CertificationBodyFilter;
    type Sort = BodySort;

    async fn insert(tx: &mut TenantTx, body: &CertificationBody) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(certification_bodies::table)
            .values(body)
            .execute(conn)
            .await)
        .or_taken("/name", NAME_TAKEN)?;
        refs::note(tx, body.id, &body.external_refs).await
    }

    async fn find(tx: &mut TenantTx, id: CertificationBodyId) -> Result<Option<CertificationBody>> {
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

    async fn by_ids(tx: &mut TenantTx, ids: &[CertificationBodyId]) -> Result<Vec<CertificationBody>> {
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

    async fn update(
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

    async fn page(
        tx: &mut TenantTx,
        filter: &CertificationBodyFilter,
        page: &PageRequest<BodySort>,
    ) -> Result<(Vec<CertificationBody>, Option<i64>)> {
        use certification_bodies as cbo;
        let tenant = tx.tenant();
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(cbo::table.select(CertificationBody::as_select()), tenant, only);
            match page.sort {
                BodySort::Name => {
                    keyset!(query, page, asc, cbo::name => Title, cbo::id => CertificationBodyId)
                }
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
        let total = counted!(tx, page, matching!(cbo::table.count(), tenant, only));
        Ok((rows, total))
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        use certification_bodies as cbo;
        let tenant = tx.tenant();
        let as_read = cbo::table.find((tenant, row.id)).filter(cbo::version.eq(row.version));
        let gone = on_each!(tx, |conn| diesel::delete(as_read).execute(conn).await).or_in_use(
            "certificates name this body; GET /v1/certifications?certification_body=… lists them",
        )?;
        patch::met(gone, row.version)?;
        refs::clear(tx, row.id).await
    }
}

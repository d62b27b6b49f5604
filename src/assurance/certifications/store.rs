//! The tables of certificates and their events.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    bodies::CertificationBody,
    defaults::Defaults,
    engine::Evaluations,
    log::{CertificationEvent, VoidReason},
    model::{CertificationFilter, CertificationSort, Dossier, Facts},
};
use crate::{
    assurance::audits,
    counted,
    kernel::{
        error::{Explain, Result},
        id::{
            ApplicabilityVersionId, CertificationBodyId, CertificationEventId, CertificationId,
            CertificationKind,
        },
        page::PageRequest,
        time::{Date, Instant},
    },
    keyset, links, on_each,
    platform::{
        db::{TenantTx, refs},
        held,
        room::Stored,
        sole,
    },
    program::{
        applicability::{self, VersionView},
        isms,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    certifications (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        body_id -> Uid,
        number -> Nullable<Text>,
        revision -> Nullable<Text>,
        standard -> Text,
        edition -> Text,
        legal_entity -> Text,
        address -> Text,
        scope -> Text,
        sites -> Json,
        settings -> Nullable<Json>,
        soa_version -> Nullable<Text>,
        soa_version_id -> Nullable<Uid>,
        document_digest -> Nullable<Text>,
        register_url -> Nullable<Text>,
        external_refs -> Json,
        said -> Json,
        expires_on -> Date,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    certification_events (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        certification_id -> Uid,
        sequence -> Integer,
        event -> Text,
        effective_on -> Date,
        audit -> Nullable<Json>,
        printed -> Nullable<Json>,
        details -> Nullable<Json>,
        reason -> Nullable<Text>,
        contradicts -> Json,
        recorded_at -> Instant,
        voided_at -> Nullable<Instant>,
        void_reason -> Nullable<Text>,
        version -> Integer,
    }
}

crate::walked!(CertificationKind, certifications);

links! {
    link_version: certification_statements(certification_id: CertificationId, version_id: ApplicabilityVersionId),
    "/soa_version_id", "is no approved version of a Statement of Applicability here"
}

const NUMBER_TAKEN: &str = "another certificate of this certification body has this number";
pub(super) const NO_BODY: &str = "is no certification body here; GET /v1/certification-bodies lists them";

pub(super) async fn insert(tx: &mut TenantTx, facts: &Facts) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(certifications::table).values(facts).execute(conn).await)
        .or_taken("/number", NUMBER_TAKEN)
        .or_missing("/certification_body", NO_BODY)?;
    link_version(tx, facts.id, facts.soa_version_id.as_slice()).await?;
    refs::note(tx, facts.id, &facts.external_refs).await
}

pub(super) async fn append(tx: &mut TenantTx, event: &CertificationEvent) -> Result<()> {
    on_each!(tx, |conn| {
        diesel::insert_into(certification_events::table).values(event).execute(conn).await
    })?;
    Ok(())
}

/// Stores that an event does not stand.
pub(super) async fn void(
    tx: &mut TenantTx,
    id: CertificationEventId,
    at: Instant,
    reason: &VoidReason,
) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(certification_events::table.find((tenant, id)))
            .set((
                certification_events::voided_at.eq(Some(at)),
                certification_events::void_reason.eq(Some(reason)),
                certification_events::version.eq(certification_events::version + 1),
            ))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// Gives an event another place in its log.
pub(super) async fn reorder(tx: &mut TenantTx, id: CertificationEventId, sequence: i32) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(certification_events::table.find((tenant, id)))
            .set(certification_events::sequence.eq(sequence))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// A certificate with its whole log.
pub(super) async fn get(tx: &mut TenantTx, id: CertificationId) -> Result<Option<Dossier>> {
    let tenant = tx.tenant();
    if tx.own_certifications().is_some_and(|own| !own.contains(&id)) {
        return Ok(None);
    }
    let facts: Option<Facts> = on_each!(tx, |conn| {
        certifications::table.find((tenant, id)).select(Facts::as_select()).first(conn).await.optional()
    })?;
    let Some(facts) = facts else { return Ok(None) };
    Ok(with_logs(tx, vec![facts]).await?.pop())
}

/// Adds the logs, the bodies' accreditations, the audits with their findings, and the tenant's default settings, each in
/// one statement. What dates follow from beside these is read where dates are told: see [`evaluations`].
async fn with_logs(tx: &mut TenantTx, all: Vec<Facts>) -> Result<Vec<Dossier>> {
    let tenant = tx.tenant();
    let ids: Vec<_> = all.iter().map(|facts| facts.id).collect();
    let events: Vec<CertificationEvent> = on_each!(tx, |conn| {
        certification_events::table
            .filter(certification_events::tenant_id.eq(tenant))
            .filter(certification_events::certification_id.eq_any(ids))
            .order((certification_events::certification_id, certification_events::sequence))
            .select(CertificationEvent::as_select())
            .load(conn)
            .await
    })?;
    let mut logs: HashMap<CertificationId, Vec<CertificationEvent>> = HashMap::new();
    for event in events {
        logs.entry(event.certification_id).or_default().push(event);
    }
    let served: Vec<_> = all.iter().map(|facts| facts.id).collect();
    let audits = audits::completed_of(tx, &served).await?;
    let default_settings = sole::known::<Defaults>(tx).await?.settings.0;
    let with_log = |facts: Facts| Dossier {
        events: logs.remove(&facts.id).unwrap_or_default(),
        accreditations: HashMap::new(),
        audits: audits.iter().filter(|audit| audit.certification == Some(facts.id)).cloned().collect(),
        statement_versions: Vec::new(),
        default_settings: default_settings.clone(),
        facts,
    };
    let mut dossiers: Vec<_> = all.into_iter().map(with_log).map(Dossier::recalled).collect();
    name(tx, &mut dossiers).await?;
    Ok(dossiers)
}

/// Adds the accreditations of the bodies, and the versions of Statements of Applicability, that these ever named.
pub(super) async fn name(tx: &mut TenantTx, dossiers: &mut [Dossier]) -> Result<()> {
    let mut ids: Vec<_> = dossiers.iter().flat_map(Dossier::bodies).collect();
    ids.sort_unstable_by_key(|id| id.uuid());
    ids.dedup();
    let bodies = CertificationBody::by_ids(tx, &ids).await?;
    let bodies: HashMap<_, _> = bodies.into_iter().map(|body| (body.id, body.accreditations.0)).collect();
    let named: Vec<_> = dossiers.iter().flat_map(Dossier::statements).collect();
    let versions = applicability::approved_versions(tx, &named).await?;
    for dossier in dossiers {
        let accreditations = |body: CertificationBodyId| Some((body, bodies.get(&body)?.clone()));
        dossier.accreditations = dossier.bodies().into_iter().filter_map(accreditations).collect();
        let statements = dossier.statements();
        let is_named = |one: &&VersionView| one.id.is_some_and(|id| statements.contains(&id));
        dossier.statement_versions = versions.iter().filter(is_named).cloned().collect();
    }
    Ok(())
}

/// When the organisation audited its system itself, for no certificate in particular, and reviewed it: what the dates and
/// the grant of every certificate hang on. Two statements.
pub(super) async fn evaluations(tx: &mut TenantTx) -> Result<Evaluations> {
    Ok(Evaluations {
        internal_audits: audits::internal_days(tx).await?,
        management_reviews: isms::review_days(tx).await?,
    })
}

/// Which certificates to read together.
#[derive(Clone, Copy)]
pub(super) enum Which<'a> {
    /// Every one.
    Every,
    /// Those with these ids, as far as there are such.
    These(&'a [CertificationId]),
    /// Those of a certification body.
    Of(CertificationBodyId),
}

/// These certificates with their logs, expiring soonest first.
pub(super) async fn all(tx: &mut TenantTx, which: Which<'_>) -> Result<Vec<Dossier>> {
    if matches!(which, Which::These([])) {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant();
    let facts: Vec<Facts> = on_each!(tx, |conn| {
        let query = certifications::table
            .select(Facts::as_select())
            .filter(certifications::tenant_id.eq(tenant))
            .order((certifications::expires_on, certifications::id))
            .into_boxed();
        match which {
            Which::Every => query,
            Which::These(ids) => query.filter(certifications::id.eq_any(ids.iter().copied())),
            Which::Of(body) => query.filter(certifications::body_id.eq(body)),
        }
        .load(conn)
        .await
    })?;
    with_logs(tx, facts).await
}

/// The certificates that take the tenant's default settings, with their logs. Their rows are held until the transaction
/// ends, in the order of their ids.
pub(super) async fn hold_by_default(tx: &mut TenantTx) -> Result<Vec<Dossier>> {
    let tenant = tx.tenant();
    let ids: Vec<CertificationId> = on_each!(tx, |conn| {
        certifications::table
            .filter(certifications::tenant_id.eq(tenant))
            .filter(certifications::settings.is_null())
            .order(certifications::id)
            .select(certifications::id)
            .load(conn)
            .await
    })?;
    held::hold_all(tx, &ids).await?;
    all(tx, Which::These(&ids)).await
}

/// Counts a certificate's version up, and holds its row until the transaction ends.
pub(super) async fn count_up(tx: &mut TenantTx, id: CertificationId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(certifications::table.find((tenant, id)))
            .set(certifications::version.eq(certifications::version + 1))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// Holds the rows of all certificates until the transaction ends, in the order of their ids.
pub(super) async fn hold_all(tx: &mut TenantTx) -> Result<()> {
    let tenant = tx.tenant();
    let ids: Vec<CertificationId> = on_each!(tx, |conn| {
        certifications::table
            .filter(certifications::tenant_id.eq(tenant))
            .order(certifications::id)
            .select(certifications::id)
            .load(conn)
            .await
    })?;
    held::hold_all(tx, &ids).await
}

/// Stores the last valid day that the events tell: not a change of the certificate, but what lists ask for.
pub(super) async fn redate(tx: &mut TenantTx, id: CertificationId, expires_on: Date) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(certifications::table.find((tenant, id)))
            .set(certifications::expires_on.eq(expires_on))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// Stores the facts, whose row is held.
pub(super) async fn update(tx: &mut TenantTx, facts: &Facts) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(certifications::table.find((tenant, facts.id))).set(facts).execute(conn).await
    })
    .or_taken("/number", NUMBER_TAKEN)
    .or_missing("/certification_body", NO_BODY)?;
    Ok(())
}

/// Finds a certificate by the references that it carries, in place of those that it carried before.
pub(super) async fn refer(tx: &mut TenantTx, facts: &Facts) -> Result<()> {
    refs::replace(tx, facts.id, &facts.external_refs).await
}

/// Holds the version that a certificate names, in place of the one that it named before.
pub(super) async fn name_version(tx: &mut TenantTx, facts: &Facts) -> Result<()> {
    link_version(tx, facts.id, facts.soa_version_id.as_slice()).await
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(certifications::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(certifications::id.eq_any(own.iter().copied()));
        }
        if let Some(body) = $filter.certification_body {
            query = query.filter(certifications::body_id.eq(body));
        }
        if let Some(standard) = &$filter.standard {
            query = query.filter(certifications::standard.eq(standard));
        }
        if let Some(number) = &$filter.number {
            query = query.filter(certifications::number.eq(number));
        }
        if let Some(day) = $filter.expires_before {
            query = query.filter(certifications::expires_on.le(day));
        }
        if let Some(day) = $filter.expires_after {
            query = query.filter(certifications::expires_on.ge(day));
        }
        if let Some(only) = $only {
            query = query.filter(certifications::id.eq::<CertificationId>(only));
        }
        query
    }};
}

/// The certificates of a page with their logs, and how many match where that is asked for.
pub(super) async fn page(
    tx: &mut TenantTx,
    filter: &CertificationFilter,
    page: &PageRequest<CertificationSort>,
) -> Result<(Vec<Dossier>, Option<i64>)> {
    use certifications as crt;
    let (tenant, own) = (tx.tenant(), tx.own_certifications());
    let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
    let rows: Vec<Facts> = on_each!(tx, |conn| {
        let query = matching!(crt::table.select(Facts::as_select()), tenant, own, filter, only);
        match page.sort {
            CertificationSort::ExpiresFirst => {
                keyset!(query, page, asc, crt::expires_on => Date, crt::id => CertificationId)
            }
            CertificationSort::ExpiresLast => {
                keyset!(query, page, desc, crt::expires_on => Date, crt::id => CertificationId)
            }
            CertificationSort::Oldest => {
                keyset!(query, page, asc, crt::created_at => Instant, crt::id => CertificationId)
            }
            CertificationSort::Newest => {
                keyset!(query, page, desc, crt::created_at => Instant, crt::id => CertificationId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(crt::table.count(), tenant, own, filter, only));
    Ok((with_logs(tx, rows).await?, total))
}

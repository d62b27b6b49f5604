//! The tables of the management system's records: one body of queries for every kind.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::{
    editions::{EditionStatus, Life},
    parts,
    record::{IsmsSort, Named, Record, RecordId, Target, next_due, row_of},
    shape::{Asked, Asks, Shape},
};
use crate::{
    counted,
    kernel::{
        error::{Code, Error, Explain, Result},
        id::{
            AuditId, AuditProgrammeId, ControlId, Id, IsmsRecordId, IsmsRecordKind, MemberId, RiskId,
            TenantId,
        },
        page::PageRequest,
        text::{ShortCode, Title},
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::{
        db::{Doc, TenantTx, refs},
        held,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    isms_records (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        kind -> Text,
        code -> Nullable<Text>,
        title -> Text,
        status -> Text,
        owner_id -> Nullable<Uid>,
        next_due -> Date,
        facts -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    isms_links (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        record_id -> Uid,
        member_id -> Nullable<Uid>,
        control_id -> Nullable<Uid>,
        risk_id -> Nullable<Uid>,
        other_id -> Nullable<Uid>,
    }
}

// Only to see which audits a programme's planned ones are: audits read programmes, and not the other way round.
diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    audits (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        status -> Text,
        ended_on -> Nullable<Date>,
        programme_id -> Nullable<Uid>,
        programme_audit -> Nullable<Integer>,
    }
}

crate::held!(IsmsRecordKind, isms_records);

/// A record as its row has it.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = isms_records, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    tenant_id: TenantId,
    id: IsmsRecordId,
    kind: String,
    code: Option<ShortCode>,
    title: Title,
    status: String,
    owner_id: Option<MemberId>,
    next_due: Date,
    facts: Doc<Value>,
    version: i32,
    created_at: Instant,
}

impl Row {
    fn of<R: Record>(tenant_id: TenantId, record: &R) -> Result<Self> {
        let core = record.core();
        Ok(Self {
            tenant_id,
            id: IsmsRecordId::from_uuid(core.id),
            kind: R::NAME.to_owned(),
            code: record.code().cloned(),
            title: core.title.clone(),
            status: record.status().to_owned(),
            owner_id: core.owner,
            next_due: next_due(record),
            facts: Doc(serde_json::to_value(record).map_err(Error::internal)?),
            version: core.version,
            created_at: core.created_at,
        })
    }

    fn record<R: Record>(self) -> Result<R> {
        let mut record: R = serde_json::from_value(self.facts.0).map_err(Error::internal)?;
        let head = record.parts();
        *head.id = Id::from_uuid(self.id.uuid());
        (*head.version, *head.created_at) = (self.version, self.created_at);
        Ok(record)
    }
}

const CODE_TAKEN: &str = "another record of this kind has this number";
const NO_MEMBER: &str = "is not a member of this tenant; GET /v1/members lists them";
const NO_CONTROL: &str = "is no control here; GET /v1/controls lists them";
const NO_RISK: &str = "is no risk here; GET /v1/risks lists them";
const NO_RECORD: &str = "is no such record here";

macro_rules! matching {
    ($query:expr, $tenant:expr, $kind:expr, $asked:expr, $only:expr) => {{
        let mut query = $query
            .filter(isms_records::tenant_id.eq($tenant))
            .filter(isms_records::kind.eq($kind))
            .into_boxed();
        if let Some(status) = $asked.status {
            query = query.filter(isms_records::status.eq(status));
        }
        if let Some(owner) = $asked.owner {
            query = query.filter(isms_records::owner_id.eq(owner));
        }
        // The last day of the calendar stands for no date.
        if let Some(day) = $asked.due_before {
            query = query.filter(isms_records::next_due.le(day)).filter(isms_records::next_due.lt(Date::MAX));
        }
        if let Some(day) = $asked.due_after {
            query = query.filter(isms_records::next_due.ge(day)).filter(isms_records::next_due.lt(Date::MAX));
        }
        if let Some(only) = $only {
            query = query.filter(isms_records::id.eq::<IsmsRecordId>(only));
        }
        query
    }};
}

/// One record of this kind.
pub(super) async fn find<R: Record>(tx: &mut TenantTx, id: RecordId<R>) -> Result<Option<R>> {
    row(tx, R::NAME, row_of(id)).await?.map(Row::record).transpose()
}

/// The records of this kind with these ids.
pub(super) async fn by_ids<R: Record>(tx: &mut TenantTx, ids: &[RecordId<R>]) -> Result<Vec<R>> {
    let ids: Vec<_> = ids.iter().copied().map(row_of).collect();
    let rows = rows_with(tx, R::NAME, &ids).await?;
    rows.into_iter().map(Row::record).collect()
}

/// The records of a page, and how many match where that is asked for.
pub(super) async fn page<R: Record>(
    tx: &mut TenantTx,
    filter: &<R as Shape>::Filter,
    page: &PageRequest<IsmsSort>,
) -> Result<(Vec<R>, Option<i64>)> {
    let asked = filter.asked();
    let only: Option<RecordId<R>> = refs::asked(tx, asked.external_ref).await?;
    let (rows, total) = rows(tx, R::NAME, &asked, only.map(row_of), page).await?;
    Ok((rows.into_iter().map(Row::record).collect::<Result<_>>()?, total))
}

/// Adds a record and what hangs on it.
pub(super) async fn insert<R: Record>(tx: &mut TenantTx, record: &R) -> Result<()> {
    let row = Row::of(tx.tenant(), record)?;
    on_each!(tx, |conn| diesel::insert_into(isms_records::table).values(&row).execute(conn).await)
        .or_taken("/number", CODE_TAKEN)
        .or_missing("/owner", NO_MEMBER)?;
    link(tx, row.id, record.names()).await?;
    refs::note(tx, RecordId::<R>::from_uuid(row.id.uuid()), record.core().external_refs).await
}

/// Writes a record where it still has the version seen.
pub(super) async fn update<R: Record>(tx: &mut TenantTx, record: &R, seen: i32) -> Result<Option<R>> {
    let row = Row::of(tx.tenant(), record)?;
    if !replace(tx, &row, seen).await? {
        return Ok(None);
    }
    unlink(tx, row.id).await?;
    let names = named(tx, record, row.id).await?;
    link(tx, row.id, names).await?;
    refs::replace(tx, RecordId::<R>::from_uuid(row.id.uuid()), record.core().external_refs).await?;
    Ok(Some(record.clone()))
}

/// What a record names, and what the edition names to which the draft of the next one may go back.
async fn named<R: Record>(tx: &mut TenantTx, record: &R, row: IsmsRecordId) -> Result<Vec<Named>> {
    let mut names = record.names();
    if let Some(Life { status: EditionStatus::Draft, number, .. }) = record.life()
        && number > 1
        && let Some(part) = parts::store::edition(tx, row, number - 1).await?
    {
        names.extend(part.read::<R>()?.names());
    }
    Ok(names)
}

/// Removes a record at its version, and what hangs on it.
pub(super) async fn remove<R: Record>(tx: &mut TenantTx, record: &R) -> Result<()> {
    let core = record.core();
    let id = IsmsRecordId::from_uuid(core.id);
    held::hold_at(tx, id, core.version).await?;
    unlink(tx, id).await?;
    refs::clear(tx, RecordId::<R>::from_uuid(core.id)).await?;
    drop_row(tx, id).await
}

async fn row(tx: &mut TenantTx, kind: &str, id: IsmsRecordId) -> Result<Option<Row>> {
    let tenant = tx.tenant();
    let one = isms_records::table.find((tenant, id)).filter(isms_records::kind.eq(kind));
    Ok(on_each!(tx, |conn| one.select(Row::as_select()).first(conn).await.optional())?)
}

async fn rows_with(tx: &mut TenantTx, kind: &str, ids: &[IsmsRecordId]) -> Result<Vec<Row>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        isms_records::table
            .filter(isms_records::tenant_id.eq(tenant))
            .filter(isms_records::id.eq_any(ids.iter().copied()))
            .filter(isms_records::kind.eq(kind))
            .select(Row::as_select())
            .load(conn)
            .await
    })?)
}

async fn rows(
    tx: &mut TenantTx,
    kind: &str,
    asked: &Asked<'_>,
    only: Option<IsmsRecordId>,
    page: &PageRequest<IsmsSort>,
) -> Result<(Vec<Row>, Option<i64>)> {
    use isms_records as records;
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = matching!(records::table.select(Row::as_select()), tenant, kind, asked, only);
        match page.sort {
            IsmsSort::Title => {
                keyset!(query, page, asc, records::title => Title, records::id => IsmsRecordId)
            }
            IsmsSort::TitleDescending => {
                keyset!(query, page, desc, records::title => Title, records::id => IsmsRecordId)
            }
            IsmsSort::Soonest => {
                keyset!(query, page, asc, records::next_due => Date, records::id => IsmsRecordId)
            }
            IsmsSort::Latest => {
                keyset!(query, page, desc, records::next_due => Date, records::id => IsmsRecordId)
            }
            IsmsSort::Oldest => {
                keyset!(query, page, asc, records::created_at => Instant, records::id => IsmsRecordId)
            }
            IsmsSort::Newest => {
                keyset!(query, page, desc, records::created_at => Instant, records::id => IsmsRecordId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(records::table.count(), tenant, kind, asked, only));
    Ok((rows, total))
}

/// Every record of this kind that stands like this.
pub(super) async fn all<R: Record>(tx: &mut TenantTx, status: &str) -> Result<Vec<R>> {
    all_of(tx, &[status]).await
}

/// Every record of this kind that stands like one of these, those of the first one first. One statement.
pub(super) async fn all_of<R: Record>(tx: &mut TenantTx, statuses: &[&str]) -> Result<Vec<R>> {
    let tenant = tx.tenant();
    let mut rows: Vec<Row> = on_each!(tx, |conn| {
        isms_records::table
            .filter(isms_records::tenant_id.eq(tenant))
            .filter(isms_records::kind.eq(R::NAME))
            .filter(isms_records::status.eq_any(statuses.iter().copied()))
            .order((isms_records::created_at, isms_records::id))
            .select(Row::as_select())
            .load(conn)
            .await
    })?;
    rows.sort_by_key(|row| statuses.iter().position(|one| *one == row.status));
    rows.into_iter().map(Row::record).collect()
}

/// The audits that say which planned one of this programme they are: each with its number, and its last day once it was
/// held.
pub(super) async fn audits_of(
    tx: &mut TenantTx,
    programme: AuditProgrammeId,
) -> Result<Vec<(AuditId, i32, Option<Date>)>> {
    let tenant = tx.tenant();
    let rows: Vec<(AuditId, Option<i32>, String, Option<Date>)> = on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::programme_id.eq(programme))
            .order(audits::id)
            .select((audits::id, audits::programme_audit, audits::status, audits::ended_on))
            .load(conn)
            .await
    })?;
    let held = |status: String, day: Option<Date>| day.filter(|_| status == "completed");
    let named =
        rows.into_iter().filter_map(|(id, number, status, day)| Some((id, number?, held(status, day))));
    Ok(named.collect())
}

/// Writes a row where it still has the version seen.
async fn replace(tx: &mut TenantTx, row: &Row, seen: i32) -> Result<bool> {
    let tenant = tx.tenant();
    let as_seen = isms_records::table.find((tenant, row.id)).filter(isms_records::version.eq(seen));
    let met = on_each!(tx, |conn| diesel::update(as_seen).set(row).execute(conn).await)
        .or_taken("/number", CODE_TAKEN)
        .or_missing("/owner", NO_MEMBER)?;
    Ok(met > 0)
}

/// The next ids of this kind after this one, in order.
pub(super) async fn after<R: Record>(
    tx: &mut TenantTx,
    last: RecordId<R>,
    most: i64,
) -> Result<Vec<RecordId<R>>> {
    let (tenant, last) = (tx.tenant(), row_of(last));
    let rows: Vec<IsmsRecordId> = on_each!(tx, |conn| {
        isms_records::table
            .filter(isms_records::tenant_id.eq(tenant))
            .filter(isms_records::kind.eq(R::NAME))
            .filter(isms_records::id.gt(last))
            .order(isms_records::id)
            .limit(most)
            .select(isms_records::id)
            .load(conn)
            .await
    })?;
    Ok(rows.into_iter().map(|id| RecordId::<R>::from_uuid(id.uuid())).collect())
}

/// Stores the next day that lists compare, and nothing that anybody said.
pub(super) async fn redate<R: Record>(tx: &mut TenantTx, record: &R) -> Result<()> {
    let (tenant, id) = (tx.tenant(), IsmsRecordId::from_uuid(record.core().id));
    let next = next_due(record);
    on_each!(tx, |conn| {
        diesel::update(isms_records::table.find((tenant, id)))
            .set(isms_records::next_due.eq(next))
            .execute(conn)
            .await
    })?;
    Ok(())
}

async fn drop_row(tx: &mut TenantTx, id: IsmsRecordId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| diesel::delete(isms_records::table.find((tenant, id))).execute(conn).await)
        .or_in_use("something still refers to the record, or it has measurements, which are kept")?;
    Ok(())
}

async fn unlink(tx: &mut TenantTx, record: IsmsRecordId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        let own = isms_links::table
            .filter(isms_links::tenant_id.eq(tenant))
            .filter(isms_links::record_id.eq(record));
        diesel::delete(own).execute(conn).await
    })?;
    Ok(())
}

/// Links a record with what it names, in one order for all writers, so that two that name the same rows wait for each
/// other and do not deadlock. What leads nowhere is told at its place.
async fn link(tx: &mut TenantTx, record: IsmsRecordId, mut names: Vec<Named>) -> Result<()> {
    let tenant = tx.tenant();
    names.sort_by_key(|one| one.what.uuid());
    names.dedup_by_key(|one| one.what.uuid());
    for (n, Named { at, what }) in names.into_iter().enumerate() {
        if let Target::Record(kind, id) = what
            && row(tx, kind, id).await?.is_none()
        {
            return Err(Error::at(Code::Unprocessable, at, NO_RECORD));
        }
        let (member, control, risk, other) = what.columns();
        let link = (
            isms_links::tenant_id.eq(tenant),
            isms_links::id
                .eq(IsmsRecordId::from_uuid(Uuid::new_v5(&record.uuid(), n.to_string().as_bytes()))),
            isms_links::record_id.eq(record),
            isms_links::member_id.eq(member),
            isms_links::control_id.eq(control),
            isms_links::risk_id.eq(risk),
            isms_links::other_id.eq(other),
        );
        on_each!(tx, |conn| diesel::insert_into(isms_links::table).values(link).execute(conn).await)
            .or_missing(&at, what.missing())?;
    }
    Ok(())
}

type Columns = (Option<MemberId>, Option<ControlId>, Option<RiskId>, Option<IsmsRecordId>);

impl Target {
    fn uuid(self) -> Uuid {
        match self {
            Self::Member(id) => id.uuid(),
            Self::Control(id) => id.uuid(),
            Self::Risk(id) => id.uuid(),
            Self::Record(_, id) => id.uuid(),
        }
    }

    fn columns(self) -> Columns {
        match self {
            Self::Member(id) => (Some(id), None, None, None),
            Self::Control(id) => (None, Some(id), None, None),
            Self::Risk(id) => (None, None, Some(id), None),
            Self::Record(_, id) => (None, None, None, Some(id)),
        }
    }

    const fn missing(self) -> &'static str {
        match self {
            Self::Member(_) => NO_MEMBER,
            Self::Control(_) => NO_CONTROL,
            Self::Risk(_) => NO_RISK,
            Self::Record(..) => NO_RECORD,
        }
    }
}

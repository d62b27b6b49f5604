//! The table of what hangs on records. An edition is written once and never changed; of a measurement only that it was
//! voided.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{EDITION, EditionSort, MEASUREMENT, ObjectiveMeasurementSort};
use crate::{
    counted,
    kernel::{
        error::{Error, Explain, Result},
        id::{IsmsRecordId, MemberId, TenantId},
        page::PageRequest,
        time::Date,
    },
    keyset, on_each,
    platform::db::{Doc, TenantTx},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    isms_parts (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        record_id -> Uid,
        kind -> Text,
        number -> Integer,
        on_day -> Date,
        member_id -> Uid,
        facts -> Json,
        version -> Integer,
    }
}

/// An approved edition, or a measurement.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = isms_parts)]
pub struct Part {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: IsmsRecordId,
    /// What it hangs on.
    pub record_id: IsmsRecordId,
    /// Which of the two.
    pub kind: String,
    /// The edition's number; of a measurement, how many there were before it, and one.
    pub number: i32,
    /// The day of the approval or the measurement.
    pub on_day: Date,
    /// Who approved or measured.
    pub member_id: MemberId,
    /// All of it.
    pub facts: Doc<Value>,
    /// 1; 2 once a measurement is voided.
    pub version: i32,
}

impl Part {
    /// All of it, as what it is.
    pub fn read<T: DeserializeOwned>(self) -> Result<T> {
        serde_json::from_value(self.facts.0).map_err(Error::internal)
    }
}

const NO_MEMBER: &str = "is not a member of this tenant; GET /v1/members lists them";

/// Keeps a part; `at` is where the input names the member.
pub async fn insert(tx: &mut TenantTx, part: &Part, at: &str) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(isms_parts::table).values(part).execute(conn).await)
        .or_missing(at, NO_MEMBER)?;
    Ok(())
}

/// An approved edition of a record.
pub async fn edition(tx: &mut TenantTx, record: IsmsRecordId, number: i32) -> Result<Option<Part>> {
    let tenant = tx.tenant();
    let one = isms_parts::table
        .filter(isms_parts::tenant_id.eq(tenant))
        .filter(isms_parts::record_id.eq(record))
        .filter(isms_parts::kind.eq(EDITION))
        .filter(isms_parts::number.eq(number));
    Ok(on_each!(tx, |conn| one.select(Part::as_select()).first(conn).await.optional())?)
}

/// A measurement of an objective.
pub async fn measurement(tx: &mut TenantTx, record: IsmsRecordId, id: IsmsRecordId) -> Result<Option<Part>> {
    let tenant = tx.tenant();
    let one = isms_parts::table
        .find((tenant, id))
        .filter(isms_parts::record_id.eq(record))
        .filter(isms_parts::kind.eq(MEASUREMENT));
    Ok(on_each!(tx, |conn| one.select(Part::as_select()).first(conn).await.optional())?)
}

/// The latest measurement of an objective that was not voided: of one day, the one recorded last.
pub async fn latest(tx: &mut TenantTx, record: IsmsRecordId) -> Result<Option<Part>> {
    let tenant = tx.tenant();
    let standing = isms_parts::table
        .filter(isms_parts::tenant_id.eq(tenant))
        .filter(isms_parts::record_id.eq(record))
        .filter(isms_parts::kind.eq(MEASUREMENT))
        .filter(isms_parts::version.eq(1))
        .order((isms_parts::on_day.desc(), isms_parts::number.desc()));
    Ok(on_each!(tx, |conn| standing.select(Part::as_select()).first(conn).await.optional())?)
}

/// Voids a measurement, where that has not been done; answers whether it was.
pub async fn void<T: Serialize>(tx: &mut TenantTx, id: IsmsRecordId, facts: &T) -> Result<bool> {
    let tenant = tx.tenant();
    let facts = Doc(serde_json::to_value(facts).map_err(Error::internal)?);
    let standing = isms_parts::table.find((tenant, id)).filter(isms_parts::version.eq(1));
    let met = on_each!(tx, |conn| {
        diesel::update(standing)
            .set((isms_parts::facts.eq(&facts), isms_parts::version.eq(2)))
            .execute(conn)
            .await
    })?;
    Ok(met > 0)
}

macro_rules! of_record {
    ($query:expr, $tenant:expr, $record:expr, $kind:expr) => {
        $query
            .filter(isms_parts::tenant_id.eq($tenant))
            .filter(isms_parts::record_id.eq($record))
            .filter(isms_parts::kind.eq($kind))
            .into_boxed()
    };
}

/// The approved editions of a record on a page, and how many there are where that is asked for.
pub async fn editions(
    tx: &mut TenantTx,
    record: IsmsRecordId,
    page: &PageRequest<EditionSort>,
) -> Result<(Vec<Part>, Option<i64>)> {
    use isms_parts as parts;
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = of_record!(parts::table.select(Part::as_select()), tenant, record, EDITION);
        match page.sort {
            EditionSort::Latest => {
                keyset!(query, page, desc, parts::number => i32, parts::id => IsmsRecordId)
            }
            EditionSort::Earliest => {
                keyset!(query, page, asc, parts::number => i32, parts::id => IsmsRecordId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, of_record!(parts::table.count(), tenant, record, EDITION));
    Ok((rows, total))
}

/// The measurements of an objective on a page, and how many there are where that is asked for.
pub async fn measurements(
    tx: &mut TenantTx,
    record: IsmsRecordId,
    page: &PageRequest<ObjectiveMeasurementSort>,
) -> Result<(Vec<Part>, Option<i64>)> {
    use isms_parts as parts;
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = of_record!(parts::table.select(Part::as_select()), tenant, record, MEASUREMENT);
        match page.sort {
            ObjectiveMeasurementSort::Newest => {
                keyset!(query, page, desc, parts::on_day => Date, parts::id => IsmsRecordId)
            }
            ObjectiveMeasurementSort::Oldest => {
                keyset!(query, page, asc, parts::on_day => Date, parts::id => IsmsRecordId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, of_record!(parts::table.count(), tenant, record, MEASUREMENT));
    Ok((rows, total))
}

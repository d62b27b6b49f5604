//! The table of engagements.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::{
    kernel::{
        error::Result,
        id::{AuditId, MemberId},
        time::Date,
    },
    on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    engagements (tenant_id, member_id, audit_id) {
        tenant_id -> Uid,
        member_id -> Uid,
        audit_id -> Uid,
        until -> Date,
    }
}

/// Every engagement of a member, ended ones too, with its last day.
pub(super) async fn of_member(tx: &mut TenantTx, member: MemberId) -> Result<Vec<(AuditId, Date)>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        engagements::table
            .filter(engagements::tenant_id.eq(tenant))
            .filter(engagements::member_id.eq(member))
            .select((engagements::audit_id, engagements::until))
            .load(conn)
            .await
    })?)
}

/// Makes these the members who are bound to an audit, each until its last day. For whoever is no longer among them the
/// engagement has ended.
///
/// # Errors
/// When the database fails.
pub async fn bind(tx: &mut TenantTx, audit: AuditId, all: &[(MemberId, Date)]) -> Result<()> {
    let tenant = tx.tenant();
    let named: Vec<MemberId> = all.iter().map(|(member, _)| *member).collect();
    on_each!(tx, |conn| {
        let over = engagements::table
            .filter(engagements::tenant_id.eq(tenant))
            .filter(engagements::audit_id.eq(audit))
            .filter(engagements::member_id.ne_all(named.iter().copied()));
        diesel::update(over).set(engagements::until.eq(Date::MIN)).execute(conn).await
    })?;
    let mut ordered: Vec<_> = all.to_vec();
    // In one order for all writers, as with references.
    ordered.sort_by_key(|(member, _)| member.uuid());
    for (member, until) in ordered {
        on_each!(tx, |conn| {
            diesel::insert_into(engagements::table)
                .values((
                    engagements::tenant_id.eq(tenant),
                    engagements::member_id.eq(member),
                    engagements::audit_id.eq(audit),
                    engagements::until.eq(until),
                ))
                .on_conflict((engagements::tenant_id, engagements::member_id, engagements::audit_id))
                .do_update()
                .set(engagements::until.eq(until))
                .execute(conn)
                .await
        })?;
    }
    Ok(())
}

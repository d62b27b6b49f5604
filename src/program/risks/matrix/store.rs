//! The table of risk matrices.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::RiskMatrix;
use crate::{kernel::error::Result, on_each, platform::db::TenantTx};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    risk_matrices (tenant_id) {
        tenant_id -> Uid,
        likelihood -> Json,
        impact -> Json,
        levels -> Json,
        appetite -> Integer,
        version -> Integer,
    }
}

/// The tenant's matrix: its own, or the one that every tenant starts with.
pub(in crate::program::risks) async fn get(tx: &mut TenantTx) -> Result<RiskMatrix> {
    let tenant = tx.tenant();
    let own = on_each!(tx, |conn| {
        risk_matrices::table.find(tenant).select(RiskMatrix::as_select()).first(conn).await.optional()
    })?;
    Ok(own.unwrap_or_else(|| RiskMatrix::first(tenant)))
}

/// The tenant's matrix, held until the transaction ends: a risk that is estimated in its steps and a matrix that loses
/// some of them wait for each other. The row is made where there is none yet, so that there is something to hold.
pub(in crate::program::risks) async fn hold(tx: &mut TenantTx) -> Result<RiskMatrix> {
    let first = RiskMatrix::first(tx.tenant());
    Ok(on_each!(tx, |conn| {
        diesel::insert_into(risk_matrices::table)
            .values(&first)
            .on_conflict(risk_matrices::tenant_id)
            .do_update()
            .set(risk_matrices::version.eq(risk_matrices::version))
            .returning(RiskMatrix::as_returning())
            .get_result(conn)
            .await
    })?)
}

/// Stores the matrix, whose row is held.
pub(super) async fn update(tx: &mut TenantTx, matrix: &RiskMatrix) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(risk_matrices::table.find(tenant))
            .set((
                risk_matrices::likelihood.eq(&matrix.likelihood),
                risk_matrices::impact.eq(&matrix.impact),
                risk_matrices::levels.eq(&matrix.levels),
                risk_matrices::appetite.eq(matrix.appetite),
                risk_matrices::version.eq(matrix.version),
            ))
            .execute(conn)
            .await
    })?;
    Ok(())
}

//! What names requirements of the tenant's own: such a requirement has to be there, and stays while something names
//! it.

use super::store;
use crate::{
    catalog::model::RequirementRef,
    kernel::error::{Faults, Result},
    platform::db::TenantTx,
};

/// Makes `named` the requirements that a resource names; those of built-in frameworks need no note.
///
/// # Errors
/// 422 with every requirement of the tenant's own that is not there.
pub async fn replace(tx: &mut TenantTx, by: &str, named: &[RequirementRef]) -> Result<()> {
    store::use_none(tx, by).await?;
    note(tx, by, named).await
}

/// As [`replace`], for a resource that is new.
///
/// # Errors
/// As [`replace`].
pub async fn note(tx: &mut TenantTx, by: &str, named: &[RequirementRef]) -> Result<()> {
    let found = store::named(tx, named).await?;
    let mut faults = Faults::default();
    for (n, one) in named.iter().enumerate().filter(|(_, one)| one.framework.is_own()) {
        let known = found.iter().any(|row| row.framework == one.framework && row.id == one.id);
        faults.when(!known, format!("/requirements/{n}"), RequirementRef::UNKNOWN);
    }
    faults.into_result()?;
    // In one order for all writers: two that name the same do not wait for each other in turn.
    let mut rows: Vec<_> = found.iter().map(|row| row.row).collect();
    rows.sort_by_key(|row| row.uuid());
    store::use_all(tx, by, &rows).await
}

/// Forgets a resource, before it is deleted.
///
/// # Errors
/// When the database fails.
pub async fn clear(tx: &mut TenantTx, by: &str) -> Result<()> {
    store::use_none(tx, by).await
}

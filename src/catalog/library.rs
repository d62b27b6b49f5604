//! Every framework that a tenant sees: the built-in ones, which lie in memory, and its own.

use std::borrow::Cow;

use super::{
    custom::store,
    data::{catalog, groups},
    model::{Framework, FrameworkKey, Group, Requirement, RequirementKind, RequirementRef},
};
use crate::{
    kernel::error::Result,
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
    },
};

/// A framework with its requirements; none where there is no such one.
///
/// # Errors
/// When the database fails.
pub async fn framework(tx: &mut TenantTx, key: &FrameworkKey) -> Result<Option<Cow<'static, Framework>>> {
    if let Some(built_in) = catalog().framework(key.as_str()) {
        return Ok(Some(Cow::Borrowed(built_in)));
    }
    if !key.is_own() {
        return Ok(None);
    }
    let Some(own) = store::framework(tx, key).await? else { return Ok(None) };
    let rows = store::requirements(tx, own.row()).await?;
    let requirements: Vec<_> = rows.into_iter().map(|row| row.shown()).collect();
    Ok(Some(Cow::Owned(own.shown(groups(&requirements), requirements))))
}

/// Every framework, the built-in ones first; the tenant's own without their requirements.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<Framework>> {
    let mut found = catalog().frameworks.clone();
    let counted = store::groups(tx).await?;
    for own in store::frameworks(tx).await? {
        let of = counted.iter().filter(|(key, ..)| *key == own.key);
        let kind = RequirementKind::Custom;
        let groups =
            of.map(|(_, group, count)| Group { kind, group: group.clone(), count: *count }).collect();
        found.push(own.shown(groups, Vec::new()));
    }
    Ok(found)
}

/// The requirements that these references name, in no order; what does not exist is left out.
///
/// # Errors
/// When the caller may not read frameworks.
pub async fn named(ctx: &Ctx, all: &[RequirementRef]) -> Result<Vec<Requirement>> {
    let permit = ctx.may(Action::FrameworkRead)?;
    let mut found: Vec<_> = all.iter().filter_map(|one| catalog().requirement(one).cloned()).collect();
    if all.iter().any(|one| one.framework.is_own()) {
        let own = store::named(&mut *permit.read().await?, all).await?;
        found.extend(own.into_iter().map(|row| row.shown()));
    }
    Ok(found)
}

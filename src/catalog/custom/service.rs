//! Frameworks of a tenant's own: who may create, change and remove them, their requirements and mappings.

use super::{
    model::{
        FrameworkPatch, MAX_FRAMEWORKS, MAX_MAPPINGS, MAX_REQUIREMENTS, NewFramework, NewMapping,
        NewRequirement, OwnFramework, OwnMapping, OwnRequirement, RequirementPatch,
    },
    store,
};
use crate::{
    catalog::{
        catalog,
        library::{self, framework},
        model::{Framework, FrameworkKey, Mapping, Requirement, RequirementId, RequirementRef},
    },
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{CustomRequirementId, RequirementMappingId},
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx},
        db::{Doc, TenantTx},
        journal::{EventType, Write},
    },
};

const READ_ONLY: &str = "is built in and read-only; create a framework of your own, whose key begins with x-";

/// Creates a framework with its first requirements.
///
/// # Errors
/// When the caller may not, a value is taken or does not fit, or the tenant has too many.
pub async fn create(ctx: &Ctx, input: NewFramework) -> Result<Framework> {
    let permit = ctx.may(Action::FrameworkCreate)?;
    let new = OwnFramework {
        row: ctx.id(),
        tenant_id: ctx.caller().tenant,
        key: input.key,
        name: input.name,
        description: input.description,
        outcome: input.outcome,
        version: 1,
        created_at: ctx.now(),
    };
    new.validate()?;
    let requirements = first_requirements(ctx, &new, input.requirements)?;
    let mut tx = permit.write().await?;
    if store::frameworks(&mut tx).await?.len() as i64 >= MAX_FRAMEWORKS {
        let detail = format!("a tenant has at most {MAX_FRAMEWORKS} frameworks of its own");
        return Err(Error::new(Code::Conflict, detail));
    }
    store::insert_framework(&mut tx, &new).await?;
    tx.record(EventType::FrameworkCreated, &new)?;
    for (n, one) in requirements.iter().enumerate() {
        store::insert_requirement(&mut tx, one, &format!("/requirements/{n}")).await?;
        tx.record(EventType::RequirementCreated, one)?;
    }
    let shown = shown(&mut tx, &new.key).await?;
    tx.commit(shown).await
}

fn first_requirements(ctx: &Ctx, of: &OwnFramework, all: Vec<NewRequirement>) -> Result<Vec<OwnRequirement>> {
    let mut faults = Faults::default();
    if all.len() > MAX_REQUIREMENTS {
        faults.when(true, "/requirements", format!("must have at most {MAX_REQUIREMENTS} items"));
        faults.into_result()?;
        return Ok(Vec::new());
    }
    let mut made: Vec<OwnRequirement> = Vec::new();
    for (n, new) in all.into_iter().enumerate() {
        let at = format!("/requirements/{n}");
        let one = requirement(ctx, of, new, i32::try_from(n).unwrap_or_default());
        one.validate(&at, &mut faults);
        faults.when(made.iter().any(|other| other.id == one.id), format!("{at}/id"), "is used twice");
        made.push(one);
    }
    faults.into_result()?;
    Ok(made)
}

fn requirement(ctx: &Ctx, of: &OwnFramework, new: NewRequirement, next: i32) -> OwnRequirement {
    OwnRequirement {
        row: ctx.id(),
        tenant_id: of.tenant_id,
        framework_id: of.row,
        framework: of.key.clone(),
        id: new.id,
        title: new.title,
        description: new.description,
        group: new.group,
        position: new.position.unwrap_or(next),
        topics: Doc(new.topics),
        aspects: Doc(new.aspects),
        version: 1,
    }
}

/// Changes a framework. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, there is no such one, it is built in, or it has changed since.
pub async fn update(
    ctx: &Ctx,
    key: &FrameworkKey,
    expected: Expected,
    patch: FrameworkPatch,
) -> Result<Framework> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    let before = own(&mut tx, key).await?;
    let mut after = before.clone();
    patch.apply(&mut after);
    expected.check(before.version)?;
    if after == before {
        return shown(&mut tx, key).await;
    }
    after.version += 1;
    store::update_framework(&mut tx, &after, before.version).await?;
    tx.record(EventType::FrameworkUpdated, &after)?;
    let shown = shown(&mut tx, key).await?;
    tx.commit(shown).await
}

/// Removes a framework with its requirements and their mappings.
///
/// # Errors
/// When the caller may not, there is no such one, it is built in, it has changed since, or something names one of its
/// requirements.
pub async fn delete(ctx: &Ctx, key: &FrameworkKey, expected: Expected) -> Result<()> {
    let permit = ctx.may(Action::FrameworkDelete)?;
    let mut tx = permit.write().await?;
    let framework = own(&mut tx, key).await?;
    expected.check(framework.version)?;
    let requirements = store::requirements(&mut tx, framework.row).await?;
    let rows: Vec<_> = requirements.iter().map(|one| one.row).collect();
    let unmapped = record_unmapped(&mut tx, &rows).await?;
    store::delete_framework(&mut tx, &framework, &unmapped).await?;
    requirements.iter().for_each(|one| tx.record_deleted(EventType::RequirementDeleted, one));
    tx.record_deleted(EventType::FrameworkDeleted, &framework);
    tx.commit(()).await
}

/// Journals that the mappings of these requirements go with them, and tells which.
async fn record_unmapped(tx: &mut Write, rows: &[CustomRequirementId]) -> Result<Vec<RequirementMappingId>> {
    let mappings = store::mappings_of(tx, rows).await?;
    mappings.iter().for_each(|one| tx.record_deleted(EventType::RequirementMappingDeleted, one));
    Ok(mappings.into_iter().map(|one| one.id).collect())
}

/// One requirement of any framework.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one.
pub async fn get_requirement(ctx: &Ctx, key: &FrameworkKey, id: &RequirementId) -> Result<Requirement> {
    let at = RequirementRef { framework: key.clone(), id: id.clone() };
    let found = library::named(ctx, std::slice::from_ref(&at)).await?.pop();
    found.ok_or_else(|| Error::not_found(format!("requirement {id} of {key}")))
}

/// Adds a requirement, after the last unless it says where.
///
/// # Errors
/// When the caller may not, the framework is built in or full, or a value is taken or does not fit.
pub async fn add_requirement(ctx: &Ctx, key: &FrameworkKey, input: NewRequirement) -> Result<Requirement> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    let framework = own(&mut tx, key).await?;
    let there = store::requirements(&mut tx, framework.row).await?;
    if there.len() >= MAX_REQUIREMENTS {
        let detail = format!("a framework has at most {MAX_REQUIREMENTS} requirements");
        return Err(Error::new(Code::Conflict, detail));
    }
    let next = there.last().map_or(0, |last| last.position + 1);
    let new = requirement(ctx, &framework, input, next);
    let mut faults = Faults::default();
    new.validate("", &mut faults);
    faults.into_result()?;
    store::insert_requirement(&mut tx, &new, "").await?;
    tx.record(EventType::RequirementCreated, &new)?;
    tx.commit(new.shown()).await
}

/// Changes a requirement. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, there is no such one, it is built in, or it has changed since.
pub async fn update_requirement(
    ctx: &Ctx,
    key: &FrameworkKey,
    id: &RequirementId,
    expected: Expected,
    patch: RequirementPatch,
) -> Result<Requirement> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    let before = own_requirement(&mut tx, key, id).await?;
    let mut after = before.clone();
    patch.apply(&mut after);
    let mut faults = Faults::default();
    after.validate("", &mut faults);
    faults.into_result()?;
    expected.check(before.version)?;
    if after == before {
        return Ok(before.shown());
    }
    after.version += 1;
    store::update_requirement(&mut tx, &after, before.version).await?;
    tx.record(EventType::RequirementUpdated, &after)?;
    tx.commit(after.shown()).await
}

/// Removes a requirement with its mappings.
///
/// # Errors
/// When the caller may not, there is no such one, it is built in, it has changed since, or something names it.
pub async fn delete_requirement(
    ctx: &Ctx,
    key: &FrameworkKey,
    id: &RequirementId,
    expected: Expected,
) -> Result<()> {
    let permit = ctx.may(Action::FrameworkDelete)?;
    let mut tx = permit.write().await?;
    let requirement = own_requirement(&mut tx, key, id).await?;
    expected.check(requirement.version)?;
    let unmapped = record_unmapped(&mut tx, &[requirement.row]).await?;
    store::delete_requirement(&mut tx, &requirement, &unmapped).await?;
    tx.record_deleted(EventType::RequirementDeleted, &requirement);
    tx.commit(()).await
}

/// One mapping of the tenant's own, read from this framework.
///
/// # Errors
/// When the caller may not read frameworks or the framework has no such mapping.
pub async fn get_mapping(ctx: &Ctx, key: &FrameworkKey, id: RequirementMappingId) -> Result<Mapping> {
    let permit = ctx.may(Action::FrameworkRead)?;
    let found = store::mapping(&mut *permit.read().await?, id).await?;
    found.and_then(|one| one.read_from(key)).ok_or_else(|| Error::not_found(id))
}

/// Maps a requirement onto one of another framework; one of the two at least is the tenant's own.
///
/// # Errors
/// When the caller may not, a requirement does not exist, both are built in, or the two are mapped already.
pub async fn add_mapping(ctx: &Ctx, key: &FrameworkKey, input: NewMapping) -> Result<Mapping> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    if framework(&mut tx, key).await?.is_none() {
        return Err(Error::not_found(format!("framework {key}")));
    }
    let one = RequirementRef { framework: key.clone(), id: input.requirement };
    let sides = [(one, "/requirement"), (input.counterpart, "/counterpart")];
    let [from, to] = &sides;
    if from.0.framework == to.0.framework {
        return Err(Error::at(Code::Unprocessable, "/counterpart/framework", "must be another framework"));
    }
    if !from.0.framework.is_own() && !to.0.framework.is_own() {
        let detail = "the mappings between built-in frameworks are read-only; one side must be your own";
        return Err(Error::new(Code::Conflict, detail));
    }
    let mut rows = Vec::new();
    for (side, at) in &sides {
        rows.push(there(&mut tx, side, at).await?);
    }
    if store::mappings(&mut tx, key, None).await?.len() as i64 >= MAX_MAPPINGS {
        let detail = format!("a framework has at most {MAX_MAPPINGS} mappings of your own");
        return Err(Error::new(Code::Conflict, detail));
    }
    // Kept in one direction, so that the same two are not mapped twice.
    let forwards = from.0 <= to.0;
    let ([from, to], [from_id, to_id]) =
        if forwards { ([from, to], [rows[0], rows[1]]) } else { ([to, from], [rows[1], rows[0]]) };
    let mapping = OwnMapping {
        id: ctx.id(),
        tenant_id: ctx.caller().tenant,
        from_framework: from.0.framework.clone(),
        from_requirement: from.0.id.clone(),
        from_id,
        to_framework: to.0.framework.clone(),
        to_requirement: to.0.id.clone(),
        to_id,
        relationship: if forwards { input.relationship } else { input.relationship.inverted() },
        rationale: input.rationale,
        version: 1,
    };
    store::insert_mapping(&mut tx, &mapping).await?;
    tx.record(EventType::RequirementMappingCreated, &mapping)?;
    let read = mapping.read_from(key).ok_or_else(|| Error::internal("a mapping is of its framework"))?;
    tx.commit(read).await
}

/// Removes a mapping of the tenant's own.
///
/// # Errors
/// When the caller may not, or the framework has no such mapping.
pub async fn delete_mapping(
    ctx: &Ctx,
    key: &FrameworkKey,
    id: RequirementMappingId,
    expected: Expected,
) -> Result<()> {
    let permit = ctx.may(Action::FrameworkDelete)?;
    let mut tx = permit.write().await?;
    let found = store::mapping(&mut tx, id).await?;
    let found =
        found.filter(|one| one.clone().read_from(key).is_some()).ok_or_else(|| Error::not_found(id))?;
    expected.check(found.version)?;
    store::delete_mapping(&mut tx, &found).await?;
    tx.record_deleted(EventType::RequirementMappingDeleted, &found);
    tx.commit(()).await
}

/// The row of a side that is the tenant's own; none of one that is built in.
async fn there(tx: &mut TenantTx, side: &RequirementRef, at: &str) -> Result<Option<CustomRequirementId>> {
    let unknown = || Error::at(Code::Unprocessable, at, RequirementRef::UNKNOWN);
    if side.framework.is_own() {
        let found = store::requirement(tx, &side.framework, &side.id).await?;
        return Ok(Some(found.ok_or_else(unknown)?.row));
    }
    catalog().requirement(side).map(|_| None).ok_or_else(unknown)
}

/// A framework that may be changed.
async fn own(tx: &mut TenantTx, key: &FrameworkKey) -> Result<OwnFramework> {
    if catalog().framework(key.as_str()).is_some() {
        return Err(Error::new(Code::Conflict, format!("{key} {READ_ONLY}")));
    }
    store::framework(tx, key).await?.ok_or_else(|| Error::not_found(format!("framework {key}")))
}

/// A requirement that may be changed.
async fn own_requirement(
    tx: &mut TenantTx,
    key: &FrameworkKey,
    id: &RequirementId,
) -> Result<OwnRequirement> {
    own(tx, key).await?;
    let found = store::requirement(tx, key, id).await?;
    found.ok_or_else(|| Error::not_found(format!("requirement {id} of {key}")))
}

async fn shown(tx: &mut TenantTx, key: &FrameworkKey) -> Result<Framework> {
    let found = framework(tx, key).await?;
    Ok(found.ok_or_else(|| Error::not_found(format!("framework {key}")))?.into_owned())
}

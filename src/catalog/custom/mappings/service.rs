//! Mappings of a tenant's own: who may add, change and remove them.

use super::model::{
    MAX_MAPPINGS, MappingBatch, MappingChange, MappingOperation, MappingPatch, MappingPut, MappingRemoval,
    NewMapping, OwnMapping,
};
use crate::{
    catalog::{
        catalog,
        custom::store,
        model::{FrameworkKey, Mapping, RequirementRef},
    },
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{CustomRequirementId, RequirementMappingId},
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx},
        batch::{self, BatchResult, CHANGED, CREATED, Done, ItemOutcome, PUT, REMOVED, Task},
        db::{Doc, TenantTx, refs},
        journal::{EventType, Write},
    },
};

const FIXED: &str = "stays as it is; remove the mapping to map others";

/// One mapping of the tenant's own, read from this framework.
///
/// # Errors
/// When the caller may not read frameworks or the framework has no such mapping.
pub async fn get(ctx: &Ctx, key: &FrameworkKey, id: RequirementMappingId) -> Result<Mapping> {
    let permit = ctx.may(Action::FrameworkRead)?;
    let found = find(&mut *permit.read().await?, key, id).await?;
    read(found, key)
}

/// Maps a requirement onto one of another framework; one of the two at least is the tenant's own.
///
/// # Errors
/// When the caller may not, a requirement does not exist, both are built in, or the two are mapped already.
pub async fn create(ctx: &Ctx, key: &FrameworkKey, input: NewMapping) -> Result<Mapping> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    exists(&mut tx, key).await?;
    let mapping = add(&mut tx, ctx, key, input).await?;
    let read = read(mapping, key)?;
    tx.commit(read).await
}

/// Changes what is said of a mapping. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, the framework has no such mapping, or it has changed since.
pub async fn update(
    ctx: &Ctx,
    key: &FrameworkKey,
    id: RequirementMappingId,
    expected: Expected,
    patch: MappingPatch,
) -> Result<Mapping> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    let before = find(&mut tx, key, id).await?;
    let mut after = before.clone();
    patch.apply(&mut after, key);
    match change(&mut tx, &before, after, expected).await? {
        Some(after) => tx.commit(read(after, key)?).await,
        None => read(before, key),
    }
}

/// Removes a mapping of the tenant's own.
///
/// # Errors
/// When the caller may not, the framework has no such mapping, or it has changed since.
pub async fn delete(
    ctx: &Ctx,
    key: &FrameworkKey,
    id: RequirementMappingId,
    expected: Expected,
) -> Result<()> {
    let permit = ctx.may(Action::FrameworkDelete)?;
    let mut tx = permit.write().await?;
    let mapping = find(&mut tx, key, id).await?;
    remove(&mut tx, &mapping, expected).await?;
    tx.commit(()).await
}

/// Does many things to the mappings of a framework in one transaction, in their order. What is refused is told and
/// leaves nothing.
///
/// # Errors
/// As [`batch::run`]; when there is no such framework.
pub async fn batch(ctx: &Ctx, key: &FrameworkKey, input: MappingBatch) -> Result<BatchResult> {
    batch::bounded(&input.items)?;
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    exists(&mut tx, key).await?;
    let manner = input.manner();
    let within = |operation| Within { key: key.clone(), operation };
    let tasks = input.items.into_iter().map(within).collect();
    batch::each(ctx, tx, manner, tasks).await
}

/// One thing to do to the mappings of a framework, read from it.
struct Within {
    key: FrameworkKey,
    operation: MappingOperation,
}

impl Task for Within {
    fn places(&self) -> (&'static str, &'static str) {
        match self.operation {
            MappingOperation::Create(_) => CREATED,
            MappingOperation::Update(_) => CHANGED,
            MappingOperation::Put(_) => PUT,
            MappingOperation::Delete(_) => REMOVED,
        }
    }

    async fn perform(self, tx: &mut Write, ctx: &Ctx) -> Result<Done> {
        let Self { key, operation } = self;
        match operation {
            MappingOperation::Create(new) => create_one(tx, ctx, &key, new).await,
            MappingOperation::Update(MappingChange { id, version, patch }) => {
                let before = find(tx, &key, id).await?;
                let mut after = before.clone();
                patch.apply(&mut after, &key);
                told(tx, &before, after, version.into()).await
            }
            MappingOperation::Put(one) => put(tx, ctx, &key, one).await,
            MappingOperation::Delete(MappingRemoval { id, version }) => {
                ctx.may(Action::FrameworkDelete)?;
                let mapping = find(tx, &key, id).await?;
                remove(tx, &mapping, version.into()).await?;
                Ok(Done::of(ItemOutcome::Deleted, &mapping))
            }
        }
    }
}

async fn create_one(tx: &mut Write, ctx: &Ctx, key: &FrameworkKey, new: NewMapping) -> Result<Done> {
    let mapping = add(tx, ctx, key, new).await?;
    Ok(Done::of(ItemOutcome::Created, &mapping))
}

/// Where a mapping of other frameworks carries the reference, that is found taken.
async fn put(tx: &mut Write, ctx: &Ctx, key: &FrameworkKey, one: MappingPut) -> Result<Done> {
    let MappingPut { external_ref, mut resource } = one;
    external_ref.note(&mut resource.external_refs);
    let known: Option<RequirementMappingId> =
        refs::carrier(tx, &external_ref.system, &external_ref.id).await?;
    let known = match known {
        Some(id) => store::mapping(tx, id).await?,
        None => None,
    };
    let shown = known.clone().and_then(|one| one.read_from(key));
    let Some((before, shown)) = known.zip(shown) else { return create_one(tx, ctx, key, resource).await };
    let mut faults = Faults::default();
    faults.when(shown.requirement != resource.requirement, "/requirement", FIXED);
    faults.when(shown.counterpart != resource.counterpart, "/counterpart", FIXED);
    faults.into_result()?;
    let said = MappingPatch {
        relationship: Some(resource.relationship),
        rationale: Some(resource.rationale),
        external_refs: Some(resource.external_refs),
    };
    let mut after = before.clone();
    said.apply(&mut after, key);
    told(tx, &before, after, Expected::Any).await
}

async fn told(tx: &mut Write, before: &OwnMapping, after: OwnMapping, expected: Expected) -> Result<Done> {
    Ok(match change(tx, before, after, expected).await? {
        Some(after) => Done::of(ItemOutcome::Updated, &after),
        None => Done::of(ItemOutcome::Unchanged, before),
    })
}

async fn add(tx: &mut Write, ctx: &Ctx, key: &FrameworkKey, input: NewMapping) -> Result<OwnMapping> {
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
        rows.push(there(tx, side, at).await?);
    }
    if store::mapped(tx, key).await? >= MAX_MAPPINGS {
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
        external_refs: Doc(input.external_refs),
        version: 1,
    };
    checked(&mapping)?;
    store::insert_mapping(tx, &mapping).await?;
    tx.record(EventType::RequirementMappingCreated, &mapping)?;
    Ok(mapping)
}

/// None where nothing changed.
async fn change(
    tx: &mut Write,
    before: &OwnMapping,
    mut after: OwnMapping,
    expected: Expected,
) -> Result<Option<OwnMapping>> {
    checked(&after)?;
    expected.check(before.version)?;
    if after == *before {
        return Ok(None);
    }
    after.version += 1;
    store::update_mapping(tx, &after, before.version).await?;
    tx.record(EventType::RequirementMappingUpdated, &after)?;
    Ok(Some(after))
}

async fn remove(tx: &mut Write, mapping: &OwnMapping, expected: Expected) -> Result<()> {
    expected.check(mapping.version)?;
    store::delete_mapping(tx, mapping).await?;
    tx.record_deleted(EventType::RequirementMappingDeleted, mapping);
    Ok(())
}

fn checked(mapping: &OwnMapping) -> Result<()> {
    let mut faults = Faults::default();
    refs::validate(&mapping.external_refs, &mut faults);
    faults.into_result()
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

async fn exists(tx: &mut TenantTx, key: &FrameworkKey) -> Result<()> {
    let there = catalog().framework(key.as_str()).is_some() || store::framework(tx, key).await?.is_some();
    if there { Ok(()) } else { Err(Error::not_found(format!("framework {key}"))) }
}

async fn find(tx: &mut TenantTx, key: &FrameworkKey, id: RequirementMappingId) -> Result<OwnMapping> {
    let found = store::mapping(tx, id).await?;
    found.filter(|one| one.clone().read_from(key).is_some()).ok_or_else(|| Error::not_found(id))
}

fn read(mapping: OwnMapping, key: &FrameworkKey) -> Result<Mapping> {
    mapping.read_from(key).ok_or_else(|| Error::internal("a mapping is of its framework"))
}

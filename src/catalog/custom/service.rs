//! Frameworks of a tenant's own: who may create, change and remove them.

use super::{
    OwnMapping, OwnRequirement,
    model::{
        FrameworkBatch, FrameworkChange, FrameworkOperation, FrameworkPatch, FrameworkPut, FrameworkRemoval,
        MAX_FRAMEWORKS, NewFramework, OwnFramework,
    },
    requirements::service::{as_told, first_of},
    store,
};
use crate::{
    catalog::{
        catalog,
        library::framework,
        model::{Framework, FrameworkKey},
    },
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{CustomFrameworkId, CustomRequirementId},
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx},
        batch::{self, BatchResult, CHANGED, CREATED, Done, ItemOutcome, PUT, REMOVED, Task},
        db::{Doc, TenantTx, refs},
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
    let (new, requirements) = made(ctx, input)?;
    let mut tx = permit.write().await?;
    add(&mut tx, &new, &requirements).await?;
    let shown = shown(&mut tx, &new.key).await?;
    tx.commit(shown).await
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
    let changed = change(&mut tx, &before, after, expected).await?;
    let shown = shown(&mut tx, key).await?;
    if changed.is_some() { tx.commit(shown).await } else { Ok(shown) }
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
    remove(&mut tx, &framework, expected).await?;
    tx.commit(()).await
}

/// Does many things to frameworks in one transaction, in their order. What is refused is told and leaves nothing.
///
/// # Errors
/// As [`batch::run`].
pub async fn batch(ctx: &Ctx, input: FrameworkBatch) -> Result<BatchResult> {
    batch::bounded(&input.items)?;
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let tx = permit.write().await?;
    batch::each(ctx, tx, input.manner(), input.items).await
}

impl Task for FrameworkOperation {
    fn places(&self) -> (&'static str, &'static str) {
        match self {
            Self::Create(_) => CREATED,
            Self::Update(_) => CHANGED,
            Self::Put(_) => PUT,
            Self::Delete(_) => REMOVED,
        }
    }

    async fn perform(self, tx: &mut Write, ctx: &Ctx) -> Result<Done> {
        match self {
            Self::Create(new) => create_one(tx, ctx, new).await,
            Self::Update(FrameworkChange { id, version, patch }) => {
                let before = own(tx, &id).await?;
                let mut after = before.clone();
                patch.apply(&mut after);
                told(tx, &before, after, version.into()).await
            }
            Self::Put(one) => put(tx, ctx, one).await,
            Self::Delete(FrameworkRemoval { id, version }) => {
                ctx.may(Action::FrameworkDelete)?;
                let framework = own(tx, &id).await?;
                remove(tx, &framework, version.into()).await?;
                Ok(Done::of(ItemOutcome::Deleted, &framework))
            }
        }
    }
}

async fn create_one(tx: &mut Write, ctx: &Ctx, new: NewFramework) -> Result<Done> {
    ctx.may(Action::FrameworkCreate)?;
    let (new, requirements) = made(ctx, new)?;
    add(tx, &new, &requirements).await?;
    Ok(Done::of(ItemOutcome::Created, &new))
}

/// What a framework is beside its requirements is said anew. Those are resources of their own: the ones that it lists
/// have to be there as they are said, and the others stay.
async fn put(tx: &mut Write, ctx: &Ctx, one: FrameworkPut) -> Result<Done> {
    let FrameworkPut { external_ref: key, mut resource } = one;
    key.note(&mut resource.external_refs);
    let known: Option<CustomFrameworkId> = refs::carrier(tx, &key.system, &key.id).await?;
    let known = match known {
        Some(row) => store::framework_at(tx, row).await?,
        None => None,
    };
    let Some(before) = known else { return create_one(tx, ctx, resource).await };
    let mut faults = Faults::default();
    let kept = resource.key == before.key;
    faults.when(!kept, "/key", "stays as it is; remove the framework to make one with another key");
    if !resource.requirements.is_empty() {
        let there = store::requirements(tx, before.row).await?;
        as_told(&before, &there, resource.requirements, &mut faults);
    }
    faults.into_result()?;
    let after = OwnFramework {
        name: resource.name,
        description: resource.description,
        outcome: resource.outcome,
        external_refs: Doc(resource.external_refs),
        ..before.clone()
    };
    told(tx, &before, after, Expected::Any).await
}

async fn told(
    tx: &mut Write,
    before: &OwnFramework,
    after: OwnFramework,
    expected: Expected,
) -> Result<Done> {
    Ok(match change(tx, before, after, expected).await? {
        Some(after) => Done::of(ItemOutcome::Updated, &after),
        None => Done::of(ItemOutcome::Unchanged, before),
    })
}

/// The framework that is asked for, and its first requirements.
fn made(ctx: &Ctx, input: NewFramework) -> Result<(OwnFramework, Vec<OwnRequirement>)> {
    let new = OwnFramework {
        row: ctx.id(),
        tenant_id: ctx.caller().tenant,
        key: input.key,
        name: input.name,
        description: input.description,
        outcome: input.outcome,
        external_refs: Doc(input.external_refs),
        version: 1,
        created_at: ctx.now(),
    };
    new.validate()?;
    let requirements = first_of(ctx, &new, input.requirements)?;
    Ok((new, requirements))
}

async fn add(tx: &mut Write, new: &OwnFramework, requirements: &[OwnRequirement]) -> Result<()> {
    if store::frameworks(tx).await?.len() as i64 >= MAX_FRAMEWORKS {
        let detail = format!("a tenant has at most {MAX_FRAMEWORKS} frameworks of its own");
        return Err(Error::new(Code::Conflict, detail));
    }
    store::insert_framework(tx, new).await?;
    tx.record(EventType::FrameworkCreated, new)?;
    for (n, one) in requirements.iter().enumerate() {
        store::insert_requirement(tx, one, &format!("/requirements/{n}")).await?;
        tx.record(EventType::RequirementCreated, one)?;
    }
    Ok(())
}

/// None where nothing changed.
async fn change(
    tx: &mut Write,
    before: &OwnFramework,
    mut after: OwnFramework,
    expected: Expected,
) -> Result<Option<OwnFramework>> {
    after.validate()?;
    expected.check(before.version)?;
    if after == *before {
        return Ok(None);
    }
    after.version += 1;
    store::update_framework(tx, &after, before.version).await?;
    tx.record(EventType::FrameworkUpdated, &after)?;
    Ok(Some(after))
}

async fn remove(tx: &mut Write, framework: &OwnFramework, expected: Expected) -> Result<()> {
    expected.check(framework.version)?;
    let requirements = store::requirements(tx, framework.row).await?;
    let rows: Vec<_> = requirements.iter().map(|one| one.row).collect();
    let unmapped = record_unmapped(tx, &rows).await?;
    store::delete_framework(tx, framework, &requirements, &unmapped).await?;
    requirements.iter().for_each(|one| tx.record_deleted(EventType::RequirementDeleted, one));
    tx.record_deleted(EventType::FrameworkDeleted, framework);
    Ok(())
}

/// Journals that the mappings of these requirements go with them, and tells which.
pub(super) async fn record_unmapped(tx: &mut Write, rows: &[CustomRequirementId]) -> Result<Vec<OwnMapping>> {
    let mappings = store::mappings_of(tx, rows).await?;
    mappings.iter().for_each(|one| tx.record_deleted(EventType::RequirementMappingDeleted, one));
    Ok(mappings)
}

/// A framework that may be changed.
pub(super) async fn own(tx: &mut TenantTx, key: &FrameworkKey) -> Result<OwnFramework> {
    if catalog().framework(key.as_str()).is_some() {
        return Err(Error::new(Code::Conflict, format!("{key} {READ_ONLY}")));
    }
    store::framework(tx, key).await?.ok_or_else(|| Error::not_found(format!("framework {key}")))
}

async fn shown(tx: &mut TenantTx, key: &FrameworkKey) -> Result<Framework> {
    let found = framework(tx, key).await?;
    Ok(found.ok_or_else(|| Error::not_found(format!("framework {key}")))?.into_owned())
}

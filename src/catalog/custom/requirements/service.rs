//! Requirements of a tenant's own frameworks: who may add, change and remove them.

use super::model::{
    MAX_REQUIREMENTS, NewRequirement, OwnRequirement, RequirementBatch, RequirementChange,
    RequirementOperation, RequirementPatch, RequirementPut, RequirementRemoval,
};
use crate::{
    catalog::{
        custom::{
            OwnFramework,
            service::{own, record_unmapped},
            store,
        },
        library,
        model::{FrameworkKey, Requirement, RequirementId, RequirementRef},
    },
    kernel::{
        error::{Code, Error, Faults, Result},
        id::CustomRequirementId,
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx},
        batch::{self, BatchResult, CHANGED, CREATED, Done, ItemOutcome, PUT, REMOVED, Task},
        db::{TenantTx, refs},
        journal::{EventType, Write},
    },
};

const UNTOLD: &str =
    "is not so in the framework; POST /v1/frameworks/{key}/requirements:batch changes its requirements";

/// One requirement of any framework.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one.
pub async fn get(ctx: &Ctx, key: &FrameworkKey, id: &RequirementId) -> Result<Requirement> {
    let at = RequirementRef { framework: key.clone(), id: id.clone() };
    let found = library::named(ctx, std::slice::from_ref(&at)).await?.pop();
    found.ok_or_else(|| Error::not_found(format!("requirement {id} of {key}")))
}

/// Adds a requirement, after the last unless it says where.
///
/// # Errors
/// When the caller may not, the framework is built in or full, or a value is taken or does not fit.
pub async fn create(ctx: &Ctx, key: &FrameworkKey, input: NewRequirement) -> Result<Requirement> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    let framework = own(&mut tx, key).await?;
    let new = add(&mut tx, ctx, &framework, input).await?;
    tx.commit(new.shown()).await
}

/// Changes a requirement. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, there is no such one, it is built in, or it has changed since.
pub async fn update(
    ctx: &Ctx,
    key: &FrameworkKey,
    id: &RequirementId,
    expected: Expected,
    patch: RequirementPatch,
) -> Result<Requirement> {
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    own(&mut tx, key).await?;
    let before = find(&mut tx, key, id).await?;
    let mut after = before.clone();
    patch.apply(&mut after);
    match change(&mut tx, &before, after, expected).await? {
        Some(after) => tx.commit(after.shown()).await,
        None => Ok(before.shown()),
    }
}

/// Removes a requirement with its mappings.
///
/// # Errors
/// When the caller may not, there is no such one, it is built in, it has changed since, or something names it.
pub async fn delete(ctx: &Ctx, key: &FrameworkKey, id: &RequirementId, expected: Expected) -> Result<()> {
    let permit = ctx.may(Action::FrameworkDelete)?;
    let mut tx = permit.write().await?;
    own(&mut tx, key).await?;
    let requirement = find(&mut tx, key, id).await?;
    remove(&mut tx, &requirement, expected).await?;
    tx.commit(()).await
}

/// Does many things to the requirements of a framework in one transaction, in their order. What is refused is told and
/// leaves nothing.
///
/// # Errors
/// As [`batch::run`]; when there is no such framework, or it is built in.
pub async fn batch(ctx: &Ctx, key: &FrameworkKey, input: RequirementBatch) -> Result<BatchResult> {
    batch::bounded(&input.items)?;
    let permit = ctx.may(Action::FrameworkUpdate)?;
    let mut tx = permit.write().await?;
    let framework = own(&mut tx, key).await?;
    let manner = input.manner();
    let within = |operation| Within { framework: framework.clone(), operation };
    let tasks = input.items.into_iter().map(within).collect();
    batch::each(ctx, tx, manner, tasks).await
}

/// One thing to do to the requirements of a framework.
struct Within {
    framework: OwnFramework,
    operation: RequirementOperation,
}

impl Task for Within {
    fn places(&self) -> (&'static str, &'static str) {
        match self.operation {
            RequirementOperation::Create(_) => CREATED,
            RequirementOperation::Update(_) => CHANGED,
            RequirementOperation::Put(_) => PUT,
            RequirementOperation::Delete(_) => REMOVED,
        }
    }

    async fn perform(self, tx: &mut Write, ctx: &Ctx) -> Result<Done> {
        let Self { framework, operation } = self;
        match operation {
            RequirementOperation::Create(new) => create_one(tx, ctx, &framework, new).await,
            RequirementOperation::Update(RequirementChange { id, version, patch }) => {
                let before = find(tx, &framework.key, &id).await?;
                let mut after = before.clone();
                patch.apply(&mut after);
                told(tx, &before, after, version.into()).await
            }
            RequirementOperation::Put(one) => put(tx, ctx, &framework, one).await,
            RequirementOperation::Delete(RequirementRemoval { id, version }) => {
                ctx.may(Action::FrameworkDelete)?;
                let requirement = find(tx, &framework.key, &id).await?;
                remove(tx, &requirement, version.into()).await?;
                Ok(Done::of(ItemOutcome::Deleted, &requirement))
            }
        }
    }
}

async fn create_one(tx: &mut Write, ctx: &Ctx, of: &OwnFramework, new: NewRequirement) -> Result<Done> {
    let new = add(tx, ctx, of, new).await?;
    Ok(Done::of(ItemOutcome::Created, &new))
}

/// Where a requirement of another framework carries the reference, that is found taken.
async fn put(tx: &mut Write, ctx: &Ctx, of: &OwnFramework, one: RequirementPut) -> Result<Done> {
    let RequirementPut { external_ref: key, mut resource } = one;
    key.note(&mut resource.external_refs);
    let known: Option<CustomRequirementId> = refs::carrier(tx, &key.system, &key.id).await?;
    let known = match known {
        Some(row) => store::requirement_at(tx, of.row(), row).await?,
        None => None,
    };
    let Some(before) = known else { return create_one(tx, ctx, of, resource).await };
    let mut faults = Faults::default();
    let kept = resource.id == before.id;
    faults.when(!kept, "/id", "stays as it is; remove the requirement to make one with another id");
    faults.into_result()?;
    // What says no place stays where it is.
    let mut after = resource.into_requirement(of, before.row, before.position);
    after.version = before.version;
    told(tx, &before, after, Expected::Any).await
}

async fn told(
    tx: &mut Write,
    before: &OwnRequirement,
    after: OwnRequirement,
    expected: Expected,
) -> Result<Done> {
    Ok(match change(tx, before, after, expected).await? {
        Some(after) => Done::of(ItemOutcome::Updated, &after),
        None => Done::of(ItemOutcome::Unchanged, before),
    })
}

async fn add(tx: &mut Write, ctx: &Ctx, of: &OwnFramework, input: NewRequirement) -> Result<OwnRequirement> {
    let (count, last) = store::extent(tx, of.row()).await?;
    if count >= MAX_REQUIREMENTS as i64 {
        let detail = format!("a framework has at most {MAX_REQUIREMENTS} requirements");
        return Err(Error::new(Code::Conflict, detail));
    }
    let new = input.into_requirement(of, ctx.id(), last.map_or(0, |last| last + 1));
    checked(&new)?;
    store::insert_requirement(tx, &new, "").await?;
    tx.record(EventType::RequirementCreated, &new)?;
    Ok(new)
}

/// None where nothing changed.
async fn change(
    tx: &mut Write,
    before: &OwnRequirement,
    mut after: OwnRequirement,
    expected: Expected,
) -> Result<Option<OwnRequirement>> {
    checked(&after)?;
    expected.check(before.version)?;
    if after == *before {
        return Ok(None);
    }
    after.version += 1;
    store::update_requirement(tx, &after, before.version).await?;
    tx.record(EventType::RequirementUpdated, &after)?;
    Ok(Some(after))
}

async fn remove(tx: &mut Write, requirement: &OwnRequirement, expected: Expected) -> Result<()> {
    expected.check(requirement.version)?;
    let unmapped = record_unmapped(tx, &[requirement.row]).await?;
    store::delete_requirement(tx, requirement, &unmapped).await?;
    tx.record_deleted(EventType::RequirementDeleted, requirement);
    Ok(())
}

fn checked(requirement: &OwnRequirement) -> Result<()> {
    let mut faults = Faults::default();
    requirement.validate("", &mut faults);
    faults.into_result()
}

/// The requirements that come with a new framework, in their order.
pub(in crate::catalog::custom) fn first_of(
    ctx: &Ctx,
    of: &OwnFramework,
    all: Vec<NewRequirement>,
) -> Result<Vec<OwnRequirement>> {
    let mut faults = Faults::default();
    if all.len() > MAX_REQUIREMENTS {
        faults.when(true, "/requirements", format!("must have at most {MAX_REQUIREMENTS} items"));
        faults.into_result()?;
        return Ok(Vec::new());
    }
    let mut made: Vec<OwnRequirement> = Vec::new();
    for (n, new) in all.into_iter().enumerate() {
        let at = format!("/requirements/{n}");
        let one = new.into_requirement(of, ctx.id(), i32::try_from(n).unwrap_or_default());
        one.validate(&at, &mut faults);
        faults.when(made.iter().any(|other| other.id == one.id), format!("{at}/id"), "is used twice");
        made.push(one);
    }
    faults.into_result()?;
    Ok(made)
}

/// Notes each requirement that is not there as it is said.
pub(in crate::catalog::custom) fn as_told(
    of: &OwnFramework,
    there: &[OwnRequirement],
    said: Vec<NewRequirement>,
    faults: &mut Faults,
) {
    for (n, one) in said.into_iter().enumerate() {
        let known = there.iter().find(|known| known.id == one.id);
        let same = known.is_some_and(|known| {
            let said = one.into_requirement(of, known.row, known.position);
            OwnRequirement { version: known.version, ..said } == *known
        });
        faults.when(!same, format!("/requirements/{n}"), UNTOLD);
    }
}

async fn find(tx: &mut TenantTx, key: &FrameworkKey, id: &RequirementId) -> Result<OwnRequirement> {
    let found = store::requirement(tx, key, id).await?;
    found.ok_or_else(|| Error::not_found(format!("requirement {id} of {key}")))
}

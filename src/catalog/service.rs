//! Reading the catalog, with what a tenant has added to it.

use std::borrow::Cow;

use super::{
    catalog,
    custom::store,
    engine,
    library::{self, framework},
    model::{
        Comparison, Framework, FrameworkFilter, FrameworkKey, FrameworkOrder, Gaps, Mapping, MappingFilter,
        Placed, Requirement, RequirementFilter,
    },
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        page::{Page, PageRequest},
    },
    platform::{
        access::{Action, Ctx},
        db::{
            TenantTx,
            refs::{ExternalRef, RefQuery},
        },
    },
};

/// Every framework, the built-in ones first.
///
/// # Errors
/// When the caller may not read frameworks, or the filter names a reference that is not one.
pub async fn list(
    ctx: &Ctx,
    filter: &FrameworkFilter,
    page: &PageRequest<FrameworkOrder>,
) -> Result<Page<Framework>> {
    let permit = ctx.may(Action::FrameworkRead)?;
    let carries = carrying(filter.external_ref.as_ref())?;
    let all = library::all(&mut *permit.read().await?).await?;
    paged(all.into_iter().filter(|one| carries(&one.external_refs)).collect(), page)
}

/// Whether something carries the reference that a filter names; anything does where it names none.
fn carrying(reference: Option<&String>) -> Result<impl Fn(&[ExternalRef]) -> bool> {
    let asked = reference.map(|text| text.parse::<RefQuery>()).transpose()?;
    Ok(move |refs: &[ExternalRef]| asked.as_ref().is_none_or(|asked| asked.is_among(refs)))
}

/// One framework.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one.
pub async fn get(ctx: &Ctx, key: &FrameworkKey) -> Result<Cow<'static, Framework>> {
    let permit = ctx.may(Action::FrameworkRead)?;
    find(&mut *permit.read().await?, key).await
}

async fn find(tx: &mut TenantTx, key: &FrameworkKey) -> Result<Cow<'static, Framework>> {
    framework(tx, key).await?.ok_or_else(|| Error::not_found(format!("framework {key}")))
}

/// A page of a framework's requirements, in its own order.
///
/// # Errors
/// When the caller may not read frameworks, there is no such one, or the filter names a reference that is not one.
pub async fn requirements(
    ctx: &Ctx,
    key: &FrameworkKey,
    filter: &RequirementFilter,
    page: &PageRequest<FrameworkOrder>,
) -> Result<Page<Requirement>> {
    let framework = get(ctx, key).await?;
    let carries = carrying(filter.external_ref.as_ref())?;
    let wanted = |one: &&Requirement| {
        carries(&one.external_refs)
            && filter.kind.is_none_or(|kind| one.kind == kind)
            && filter.group.as_ref().is_none_or(|group| one.group.as_ref() == Some(group))
            && filter.topic.is_none_or(|topic| one.topics.contains(&topic))
            && filter.aspect.is_none_or(|aspect| one.aspects.contains(&aspect))
    };
    paged(framework.requirements.iter().filter(wanted).cloned().collect(), page)
}

/// A page of a framework's mappings onto others, in its own order.
///
/// # Errors
/// When the caller may not read frameworks, there is no such one, or the filter names a reference that is not one; 422
/// when `to` is none.
pub async fn mappings(
    ctx: &Ctx,
    key: &FrameworkKey,
    filter: &MappingFilter,
    page: &PageRequest<FrameworkOrder>,
) -> Result<Page<Mapping>> {
    let permit = ctx.may(Action::FrameworkRead)?;
    let carries = carrying(filter.external_ref.as_ref())?;
    let mut tx = permit.read().await?;
    let from = find(&mut tx, key).await?;
    let mut all = match &filter.to {
        Some(to) => {
            let to = named(&mut tx, "to", to).await?;
            engine::crosswalk(catalog(), &from, &to)
        }
        None => engine::crosswalks(catalog(), &from),
    };
    all.extend(own(&mut tx, key, filter.to.as_ref()).await?);
    let wanted = |one: &Mapping| {
        carries(&one.external_refs) && filter.requirement.as_ref().is_none_or(|id| one.requirement == *id)
    };
    paged(engine::in_order(&from, all).into_iter().filter(wanted).collect(), page)
}

/// Every mapping of a framework onto others, in its own order.
///
/// # Errors
/// When the database fails.
pub async fn outward(tx: &mut TenantTx, from: &Framework) -> Result<Vec<Mapping>> {
    let mut all = engine::crosswalks(catalog(), from);
    all.extend(own(tx, &from.key, None).await?);
    Ok(engine::in_order(from, all))
}

/// The mappings of the tenant's own, read from a framework.
async fn own(tx: &mut TenantTx, from: &FrameworkKey, to: Option<&FrameworkKey>) -> Result<Vec<Mapping>> {
    let rows = store::mappings(tx, from, to).await?;
    let mut all: Vec<_> = rows.into_iter().filter_map(|row| row.read_from(from)).collect();
    all.sort_by(|one, other| one.counterpart.cmp(&other.counterpart));
    Ok(all)
}

/// Every mapping of one framework onto another.
async fn between(tx: &mut TenantTx, from: &Framework, to: &Framework) -> Result<Vec<Mapping>> {
    let mut all = engine::crosswalk(catalog(), from, to);
    all.extend(own(tx, &from.key, Some(&to.key)).await?);
    Ok(all)
}

/// What of a framework has no counterpart in another.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one; 422 when `to` is none or the same.
pub async fn gaps(ctx: &Ctx, key: &FrameworkKey, to: &FrameworkKey) -> Result<Gaps> {
    let permit = ctx.may(Action::FrameworkRead)?;
    let mut tx = permit.read().await?;
    let from = find(&mut tx, key).await?;
    let to = other(&mut tx, &from, "to", to).await?;
    Ok(engine::gaps(&between(&mut tx, &from, &to).await?, &from, &to))
}

/// Two frameworks side by side.
///
/// # Errors
/// When the caller may not read frameworks; 422 when one does not exist or both are the same.
pub async fn compare(ctx: &Ctx, left: &FrameworkKey, right: &FrameworkKey) -> Result<Comparison> {
    let permit = ctx.may(Action::FrameworkRead)?;
    let mut tx = permit.read().await?;
    let left = named(&mut tx, "left", left).await?;
    let right = other(&mut tx, &left, "right", right).await?;
    if left.custom || right.custom {
        let there = between(&mut tx, &left, &right).await?;
        return Ok(engine::contrast(&left, &right, &there));
    }
    Ok(engine::compare(catalog(), &left, &right))
}

async fn named(tx: &mut TenantTx, parameter: &str, key: &FrameworkKey) -> Result<Cow<'static, Framework>> {
    let detail = "is not a framework; GET /v1/frameworks lists them";
    framework(tx, key).await?.ok_or_else(|| Error::at(Code::Unprocessable, parameter, detail))
}

async fn other(
    tx: &mut TenantTx,
    than: &Framework,
    parameter: &str,
    key: &FrameworkKey,
) -> Result<Cow<'static, Framework>> {
    let found = named(tx, parameter, key).await?;
    if found.key == than.key {
        return Err(Error::at(Code::Unprocessable, parameter, "must be another framework"));
    }
    Ok(found)
}

/// A page of what is short enough to be read whole.
fn paged<T: Placed>(all: Vec<T>, page: &PageRequest<FrameworkOrder>) -> Result<Page<T>> {
    let start = match page.after::<String, String>()? {
        Some(last) => all.iter().position(|row| row.place() == last).map_or(all.len(), |at| at + 1),
        None => 0,
    };
    let total = page.count.then_some(all.len() as i64);
    let rows = all.into_iter().skip(start).take(page.fetch() as usize).collect();
    Ok(page.page(rows, total, Placed::place))
}

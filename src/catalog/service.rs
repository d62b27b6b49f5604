//! Reading the catalog.

use super::{
    catalog, engine,
    model::{
        Comparison, Framework, FrameworkKey, FrameworkOrder, Gaps, Mapping, MappingFilter, Placed,
        Requirement, RequirementFilter,
    },
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        page::{Page, PageRequest},
    },
    platform::access::{Action, Ctx},
};

/// Every framework.
///
/// # Errors
/// When the caller may not read frameworks.
pub fn list(ctx: &Ctx, page: &PageRequest<FrameworkOrder>) -> Result<Page<Framework>> {
    ctx.may(Action::FrameworkRead)?;
    paged(catalog().frameworks.clone(), page)
}

/// One framework.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one.
pub fn get(ctx: &Ctx, key: &FrameworkKey) -> Result<&'static Framework> {
    ctx.may(Action::FrameworkRead)?;
    find(key)
}

fn find(key: &FrameworkKey) -> Result<&'static Framework> {
    catalog().framework(key.as_str()).ok_or_else(|| Error::not_found(format!("framework {key}")))
}

/// A page of a framework's requirements, in its own order.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one.
pub fn requirements(
    ctx: &Ctx,
    key: &FrameworkKey,
    filter: &RequirementFilter,
    page: &PageRequest<FrameworkOrder>,
) -> Result<Page<Requirement>> {
    let wanted = |one: &&Requirement| {
        filter.kind.is_none_or(|kind| one.kind == kind)
            && filter.group.as_ref().is_none_or(|group| one.group.as_ref() == Some(group))
    };
    paged(get(ctx, key)?.requirements.iter().filter(wanted).cloned().collect(), page)
}

/// A page of a framework's mappings onto others, in its own order.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one; 422 when `to` is none.
pub fn mappings(
    ctx: &Ctx,
    key: &FrameworkKey,
    filter: &MappingFilter,
    page: &PageRequest<FrameworkOrder>,
) -> Result<Page<Mapping>> {
    let from = get(ctx, key)?;
    let others: Vec<&Framework> = match &filter.to {
        Some(to) => vec![named("to", to)?],
        None => catalog().frameworks.iter().collect(),
    };
    let wanted = |one: &Mapping| filter.requirement.as_ref().is_none_or(|id| one.requirement == *id);
    let all = others.into_iter().flat_map(|to| engine::mappings(catalog(), from, to));
    paged(all.filter(wanted).collect(), page)
}

/// What of a framework has no counterpart in another.
///
/// # Errors
/// When the caller may not read frameworks or there is no such one; 422 when `to` is none or the same.
pub fn gaps(ctx: &Ctx, key: &FrameworkKey, to: &FrameworkKey) -> Result<Gaps> {
    let from = get(ctx, key)?;
    Ok(engine::gaps(catalog(), from, other(from, "to", to)?))
}

/// Two frameworks side by side.
///
/// # Errors
/// When the caller may not read frameworks; 422 when one does not exist or both are the same.
pub fn compare(ctx: &Ctx, left: &FrameworkKey, right: &FrameworkKey) -> Result<Comparison> {
    ctx.may(Action::FrameworkRead)?;
    let left = named("left", left)?;
    Ok(engine::compare(catalog(), left, other(left, "right", right)?))
}

fn named(parameter: &str, key: &FrameworkKey) -> Result<&'static Framework> {
    let detail = "is not a framework; GET /v1/frameworks lists them";
    catalog().framework(key.as_str()).ok_or_else(|| Error::at(Code::Unprocessable, parameter, detail))
}

fn other(than: &Framework, parameter: &str, key: &FrameworkKey) -> Result<&'static Framework> {
    let found = named(parameter, key)?;
    if found.key == than.key {
        return Err(Error::at(Code::Unprocessable, parameter, "must be another framework"));
    }
    Ok(found)
}

/// A page of what lies in memory.
fn paged<T: Placed>(all: Vec<T>, page: &PageRequest<FrameworkOrder>) -> Result<Page<T>> {
    let start = match page.after::<String, String>()? {
        Some(last) => all.iter().position(|row| row.place() == last).map_or(all.len(), |at| at + 1),
        None => 0,
    };
    let total = page.count.then_some(all.len() as i64);
    let rows = all.into_iter().skip(start).take(page.fetch() as usize).collect();
    Ok(page.page(rows, total, Placed::place))
}

//! Members: who may add, change and remove them.

use super::{
    model::{Member, MemberFilter, MemberPatch, MemberSort, NewMember},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::MemberId,
        page::{Page, PageRequest},
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx, Role},
        diary,
        journal::{EventType, Write},
    },
};

/// A page of members.
///
/// # Errors
/// When the caller may not read members.
pub async fn list(ctx: &Ctx, filter: &MemberFilter, page: &PageRequest<MemberSort>) -> Result<Page<Member>> {
    let permit = ctx.may(Action::MemberRead)?;
    store::page(&mut *permit.read().await?, filter, page).await
}

/// One member.
///
/// # Errors
/// When the caller may not read members or there is no such one.
pub async fn get(ctx: &Ctx, id: MemberId) -> Result<Member> {
    let permit = ctx.may(Action::MemberRead)?;
    let found = store::get(&mut *permit.read().await?, id).await?;
    found.ok_or_else(|| Error::not_found(id))
}

/// The members with these ids, in no order; those that do not exist are left out.
///
/// # Errors
/// When the caller may not read members.
pub async fn by_ids(ctx: &Ctx, ids: &[MemberId]) -> Result<Vec<Member>> {
    let permit = ctx.may(Action::MemberRead)?;
    store::by_ids(&mut *permit.read().await?, ids).await
}

/// Adds a member.
///
/// # Errors
/// When the caller may not, the role is above the caller's own, or a value is taken.
pub async fn create(ctx: &Ctx, input: NewMember) -> Result<Member> {
    let permit = ctx.may(Action::MemberCreate)?;
    may_grant(ctx, input.role)?;
    let member = input.into_member(ctx.caller().tenant, ctx.id(), ctx.now());
    member.validate()?;
    let mut tx = permit.write().await?;
    let member = add(&mut tx, member).await?;
    tx.commit(member).await
}

/// Adds a member inside a write that has been authorised.
///
/// # Errors
/// When a value is taken.
pub async fn add(tx: &mut Write, member: Member) -> Result<Member> {
    store::insert(tx, &member).await?;
    tx.record(EventType::MemberCreated, &member)?;
    Ok(member)
}

/// Changes a member.
///
/// # Errors
/// When the caller may not, either role is above the caller's own, it is the last owner, it has changed since, or a
/// value is taken.
pub async fn update(ctx: &Ctx, id: MemberId, expected: Expected, patch: MemberPatch) -> Result<Member> {
    let permit = ctx.may(Action::MemberUpdate)?;
    let mut tx = permit.write().await?;
    let mut member = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    may_grant(ctx, member.role)?;
    let owned = member.owns(ctx.today());
    patch.apply(&mut member);
    may_grant(ctx, member.role)?;
    member.validate()?;
    if owned && !member.owns(ctx.today()) {
        keep_an_owner(ctx, &mut tx).await?;
    }
    expected.check(member.version)?;
    let seen = member.version;
    member.version += 1;
    let member = store::update(&mut tx, &member, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::MemberUpdated, &member)?;
    tx.commit(member).await
}

/// Removes a member that nothing refers to.
///
/// # Errors
/// When the caller may not, it is the last owner, something still refers to it, or it has changed since.
pub async fn delete(ctx: &Ctx, id: MemberId, expected: Expected) -> Result<()> {
    let permit = ctx.may(Action::MemberDelete)?;
    let mut tx = permit.write().await?;
    let member = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    if member.owns(ctx.today()) {
        keep_an_owner(ctx, &mut tx).await?;
    }
    expected.check(member.version)?;
    diary::release(&mut tx, id).await?;
    if !store::delete(&mut tx, &member).await? {
        return Err(patch::stale(member.version + 1));
    }
    tx.record_deleted(EventType::MemberDeleted, &member);
    tx.commit(()).await
}

/// Refuses to take away the last owner: nobody could manage the tenant after that.
async fn keep_an_owner(ctx: &Ctx, tx: &mut Write) -> Result<()> {
    if store::lock_owners(tx, ctx.today()).await? > 1 {
        return Ok(());
    }
    Err(Error::new(Code::Conflict, "this is the last owner; make another member an owner first"))
}

/// Nobody hands out, or touches, more than they have.
///
/// # Errors
/// [`Code::Forbidden`] when the role allows something that the caller's does not.
pub fn may_grant(ctx: &Ctx, role: Role) -> Result<()> {
    let own = ctx.caller().role;
    if own.covers(role) {
        Ok(())
    } else {
        Err(Error::new(Code::Forbidden, format!("the role {role} may do things that {own} may not")))
    }
}

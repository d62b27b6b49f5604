//! Members: their rules.

use serde_json::{Value, json};

use super::{
    model::{Member, MemberPatch, MemberSort, NewMember},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::MemberKind,
        time::Date,
    },
    platform::{
        access::{Action, Ctx, Role},
        db::TenantTx,
        diary,
        identity::{invitations, providers},
        journal::{EventType, Write},
        room::{Actions, Head, Room, Stored, Told},
    },
};

impl Room for Member {
    type New = NewMember;
    type Patch = MemberPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::MemberRead,
        create: Action::MemberCreate,
        update: Action::MemberUpdate,
        delete: Action::MemberDelete,
    };
    const TOLD: Told = Told {
        created: EventType::MemberCreated,
        updated: EventType::MemberUpdated,
        deleted: EventType::MemberDeleted,
    };

    fn head(&mut self) -> Head<'_, MemberKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewMember, ctx: &Ctx) -> Self {
        input.into_member(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: MemberPatch) {
        patch.apply(self);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }

    /// Roles above the caller's own are not touched, and the last owner stays.
    async fn guard(tx: &mut Write, ctx: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        before.into_iter().chain(after).try_for_each(|member| may_grant(ctx, member.role))?;
        if let (Some(before), Some(after)) = (before, after)
            && before.role != after.role
        {
            may_hand_out(ctx, after.role)?;
        }
        if before.zip(after).is_some_and(|(before, after)| before.kind != after.kind) {
            return Err(Error::at(
                Code::Unprocessable,
                "/kind",
                "cannot change: a person and a machine are two members",
            ));
        }
        let owns = |member: Option<&Self>| member.is_some_and(|member| member.owns(ctx.today()));
        if owns(before) && !owns(after) {
            keep_an_owner(ctx, tx).await?;
        }
        match (before, after) {
            (Some(member), None) => {
                invitations::forget_member(tx, member.id).await?;
                providers::forget_member(tx, member.id).await?;
                diary::release(tx, member.id).await
            }
            _ => Ok(()),
        }
    }

    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(_: MemberSort) -> impl Fn(&Self) -> (Value, String) {
        |member| (json!(member.created_at), member.id.to_string())
    }
}

/// Adds a member inside a write that has been authorised.
///
/// # Errors
/// When a value is taken.
pub async fn add(tx: &mut Write, member: Member) -> Result<Member> {
    Member::insert(tx, &member).await?;
    tx.record(EventType::MemberCreated, &member)?;
    Ok(member)
}

/// Gives a member another role inside a write that has been authorised; none where it has changed since.
///
/// # Errors
/// When the database fails.
pub async fn set_role(tx: &mut Write, member: &Member, role: Role) -> Result<Option<Member>> {
    let changed = Member { role, version: member.version + 1, ..member.clone() };
    let changed = Member::update(tx, &changed, member.version).await?;
    if let Some(changed) = &changed {
        tx.record(EventType::MemberUpdated, changed)?;
    }
    Ok(changed)
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

/// A credential with scopes lets nobody in who could do more than it can.
///
/// # Errors
/// [`Code::Forbidden`], as [`may_grant`]; also when the role has a scope that the caller's credential has not.
pub fn may_hand_out(ctx: &Ctx, role: Role) -> Result<()> {
    may_grant(ctx, role)?;
    let own = &ctx.caller().scopes;
    let allowed = Action::ALL.iter().filter(|action| role.allows(**action)).map(|action| action.scope());
    let wider = allowed.into_iter().any(|scope| !own.iter().any(|one| one == scope));
    if own.is_empty() || !wider {
        return Ok(());
    }
    let told = format!("the role {role} may do things that this credential's scopes do not allow");
    Err(Error::new(Code::Forbidden, told))
}

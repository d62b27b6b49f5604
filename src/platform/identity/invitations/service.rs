//! Inviting, taking back, and accepting.

use super::{
    model::{
        Acceptance, Invitation, InvitationFilter, InvitationSort, InvitationState, InvitationView,
        IssuedInvitation, NewInvitation,
    },
    store,
    token::Token,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{InvitationId, MemberId},
        page::{Page, PageRequest},
        time::Instant,
    },
    platform::{
        access::{Action, Ctx},
        identity::{
            members::{self, Member},
            providers::{self, Visitor, VisitorCtx},
        },
        journal::{EventType, Write},
    },
};

const NO_INVITATION: &str = "is no invitation of the organisation whose identity provider you come from";
const MEMBER_ALREADY: &str =
    "you are a member here already; the invitation is still open for whom it is meant";
const OTHER_ADDRESS: &str =
    "the invitation is for another address than the one that your provider vouches for";
const UNPROVED: &str = "a member has the invited address, and your provider does not vouch (email_verified) that it is \
    yours; ask an owner to invite another address";
const MORE: &str = "the member with the invited address may do more than the invitation gives; ask for one with that \
    member's role";

/// A page of invitations.
///
/// # Errors
/// When the caller may not read invitations.
pub async fn list(
    ctx: &Ctx,
    filter: &InvitationFilter,
    page: &PageRequest<InvitationSort>,
) -> Result<Page<InvitationView>> {
    let permit = ctx.may(Action::InvitationRead)?;
    let (rows, total) = store::page(&mut *permit.read().await?, filter, page).await?;
    let shown = rows.into_iter().map(|one| one.at(ctx.now())).collect();
    Ok(page.page(shown, total, |one: &InvitationView| (one.facts.created_at, one.facts.id.to_string())))
}

/// One invitation, without its token.
///
/// # Errors
/// When the caller may not read invitations or there is no such one.
pub async fn get(ctx: &Ctx, id: InvitationId) -> Result<InvitationView> {
    let permit = ctx.may(Action::InvitationRead)?;
    let found = store::get(&mut *permit.read().await?, id).await?;
    Ok(found.ok_or_else(|| Error::not_found(id))?.at(ctx.now()))
}

/// Invites a person.
///
/// # Errors
/// When the caller may not, or the role is above the caller's own.
pub async fn create(ctx: &Ctx, input: NewInvitation) -> Result<IssuedInvitation> {
    let permit = ctx.may(Action::InvitationCreate)?;
    members::service::may_hand_out(ctx, input.role)?;
    let mut tx = permit.write().await?;
    // After the claim: a repeated request gets its kept answer, even when the invitation has expired since.
    input.validate(ctx.now())?;
    let token = Token::issue(ctx.ids(), ctx.id());
    let facts = input.into_invitation(ctx.caller().tenant, token.id, token.secret.hash(), ctx.now());
    store::insert(&mut tx, &facts).await?;
    tx.record(EventType::InvitationCreated, &facts)?;
    tx.commit_secret(IssuedInvitation { token: Some(token.reveal()), facts: facts.at(ctx.now()) }).await
}

/// Takes an invitation back.
///
/// # Errors
/// When the caller may not, its role is above the caller's own, there is no such one, or it is not open.
pub async fn revoke(ctx: &Ctx, id: InvitationId) -> Result<()> {
    let permit = ctx.may(Action::InvitationRevoke)?;
    let mut tx = permit.write().await?;
    let found = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    members::service::may_grant(ctx, found.role)?;
    if !store::revoke(&mut tx, id, ctx.now()).await? {
        let state = found.state(ctx.now());
        return Err(Error::new(Code::Conflict, format!("the invitation is {state} and no longer open")));
    }
    tx.record(EventType::InvitationRevoked, &Invitation { revoked_at: Some(ctx.now()), ..found })?;
    tx.commit(()).await
}

/// Makes a visitor a member, by an invitation. Where a member has the invited address, the visitor is that member from
/// now on.
///
/// # Errors
/// When the token is not an open invitation, or is for somebody else.
pub async fn accept(ctx: &VisitorCtx, input: Acceptance) -> Result<Member> {
    let presented = Token::parse(input.token.as_str());
    let (invitation, holder) = meant(ctx, presented.as_ref()).await?;
    let id = holder.as_ref().map_or_else(|| ctx.id(), |member| member.id);
    // The write begins with the kept answer of an earlier request, if there is one.
    let mut tx = ctx.write(id).await?;
    let invitation = open(presented, invitation, tx.now())?;
    may_accept(&ctx.visitor, &invitation, holder.as_ref())?;
    let member = match holder {
        Some(member) => member,
        None => {
            let new = invitation.member().into_member(tx.tenant(), id, tx.now());
            members::service::add(&mut tx, new).await?
        }
    };
    enter(&mut tx, &ctx.visitor, invitation, member.id).await?;
    tx.commit(member).await
}

/// The invitation that is presented, and the member that has its address.
async fn meant(ctx: &VisitorCtx, presented: Option<&Token>) -> Result<(Option<Invitation>, Option<Member>)> {
    let Some(presented) = presented else { return Ok((None, None)) };
    let mut tx = ctx.read().await?;
    let Some(invitation) = store::get(&mut tx, presented.id).await? else { return Ok((None, None)) };
    let holder = store::holder(&mut tx, &invitation.email).await?;
    Ok((Some(invitation), holder))
}

fn open(presented: Option<Token>, invitation: Option<Invitation>, now: Instant) -> Result<Invitation> {
    let unknown = || Error::at(Code::Unprocessable, "/token", NO_INVITATION);
    let (presented, found) = presented.zip(invitation).ok_or_else(unknown)?;
    if !presented.secret.matches(&found.secret_hash) {
        return Err(unknown());
    }
    match found.state(now) {
        InvitationState::Pending => Ok(found),
        state => Err(Error::new(Code::Conflict, format!("the invitation is {state}; ask for another"))),
    }
}

/// Whether an invitation is this visitor's. To become an existing member takes more than to become a new one.
fn may_accept(visitor: &Visitor, invitation: &Invitation, holder: Option<&Member>) -> Result<()> {
    if visitor.known.is_some() {
        return Err(Error::new(Code::Conflict, MEMBER_ALREADY));
    }
    let vouched = visitor.identity.email.as_ref().filter(|_| visitor.identity.email_verified);
    if vouched.is_some_and(|email| !invitation.is_for(email)) {
        return Err(Error::new(Code::Forbidden, OTHER_ADDRESS));
    }
    let Some(holder) = holder else { return Ok(()) };
    if vouched.is_none() {
        return Err(Error::new(Code::Forbidden, UNPROVED));
    }
    // Whoever invited could not have given more.
    if invitation.role.covers(holder.role) { Ok(()) } else { Err(Error::new(Code::Conflict, MORE)) }
}

async fn enter(tx: &mut Write, visitor: &Visitor, invitation: Invitation, member: MemberId) -> Result<()> {
    let now = tx.now();
    providers::link(tx, &visitor.link_to(member, false, now)).await?;
    if !store::accept(tx, invitation.id, member, now).await? {
        return Err(Error::new(Code::Conflict, "the invitation is no longer open"));
    }
    let accepted = Invitation { accepted_at: Some(now), accepted_by: Some(member), ..invitation };
    tx.record(EventType::InvitationAccepted, &accepted)
}

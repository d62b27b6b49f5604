//! Creating, rotating and revoking OAuth clients.

use super::{
    model::{IssuedClient, NewOauthClient, OauthClient, OauthClientFilter, OauthClientSort},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::OauthClientId,
        page::{Page, PageRequest},
    },
    platform::{
        access::{Action, Ctx},
        identity::{
            credentials::{Rotation, future_holder, holder, live, within_own_scopes},
            members::MemberKind,
            tenants::add_locator,
            token::{self, Secret},
        },
        journal::EventType,
    },
};

/// The kind of locator under which clients are found.
pub const LOCATOR: &str = "oauth_client";

/// A page of clients, without their secrets.
///
/// # Errors
/// When the caller may not read clients.
pub async fn list(
    ctx: &Ctx,
    filter: &OauthClientFilter,
    page: &PageRequest<OauthClientSort>,
) -> Result<Page<OauthClient>> {
    let permit = ctx.may(Action::OauthClientRead)?;
    store::page(&mut *permit.read().await?, filter, page).await
}

/// One client, without its secret.
///
/// # Errors
/// When the caller may not read clients or there is no such one.
pub async fn get(ctx: &Ctx, id: OauthClientId) -> Result<OauthClient> {
    let permit = ctx.may(Action::OauthClientRead)?;
    let found = store::get(&mut *permit.read().await?, id).await?;
    found.ok_or_else(|| Error::not_found(id))
}

/// Creates a client for a machine account.
///
/// # Errors
/// When the caller may not, the member is a person or its role above the caller's, a scope is unknown or given twice,
/// or a reference is taken.
pub async fn create(ctx: &Ctx, input: NewOauthClient) -> Result<IssuedClient> {
    let permit = ctx.may(Action::OauthClientCreate)?;
    within_own_scopes(ctx, &input.scopes)?;
    let mut tx = permit.write().await?;
    // After the claim: a repeated request gets its kept answer, even when the client has ended since.
    input.validate(ctx.now())?;
    let member = future_holder(ctx, &mut tx, input.member_id).await?;
    if member.kind != MemberKind::Machine {
        return Err(Error::at(Code::Unprocessable, "/member_id", "must be a machine account, not a person"));
    }
    let secret = Secret::issue(ctx.ids());
    let facts = input.into_client(tx.tenant(), ctx.id(), &secret, ctx.now());
    store::insert(&mut tx, &facts).await?;
    add_locator(&mut tx, LOCATOR, &token::locator(facts.id)).await?;
    tx.record(EventType::OauthClientCreated, &facts)?;
    tx.commit_secret(issued(&secret, facts)).await
}

/// Gives a client a new secret; the one before works on for the overlap, and an older one no longer.
///
/// # Errors
/// When the caller may not, there is no such client, it may do more than the caller's own credential, it has ended, or
/// the overlap is too long.
pub async fn rotate(ctx: &Ctx, id: OauthClientId, rotation: Rotation) -> Result<IssuedClient> {
    let permit = ctx.may(Action::OauthClientRotate)?;
    rotation.validate()?;
    let mut tx = permit.write().await?;
    let old = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    holder(ctx, &mut tx, old.member_id).await?;
    within_own_scopes(ctx, &old.scopes)?;
    if !live(old.expires_at, ctx.now()) {
        return Err(Error::new(Code::Conflict, "the client has ended; create a new one"));
    }
    let secret = Secret::issue(ctx.ids());
    let seen = old.secret_hash.clone();
    let facts = OauthClient {
        secret_hash: secret.hash(),
        previous_secret_hash: Some(seen.clone()),
        previous_secret_ends_at: Some(rotation.ends_at(ctx.now(), old.expires_at)),
        ..old
    };
    if !store::set_secrets(&mut tx, &facts, &seen).await? {
        return Err(Error::new(Code::Conflict, "the client was rotated or revoked meanwhile; read it again"));
    }
    tx.record(EventType::OauthClientRotated, &facts)?;
    tx.commit_secret(issued(&secret, facts)).await
}

/// Revokes a client at once, with every token that it has.
///
/// # Errors
/// When the caller may not or there is no such client.
pub async fn revoke(ctx: &Ctx, id: OauthClientId) -> Result<()> {
    let permit = ctx.may(Action::OauthClientRevoke)?;
    let mut tx = permit.write().await?;
    let client = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    holder(ctx, &mut tx, client.member_id).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Error::not_found(id));
    }
    tx.record_deleted(EventType::OauthClientRevoked, &client);
    tx.commit(()).await
}

fn issued(secret: &Secret, facts: OauthClient) -> IssuedClient {
    IssuedClient { secret: Some(secret.reveal().to_owned()), facts }
}

//! Issuing, rotating and revoking keys.

use super::{
    model::{ApiKey, ApiKeyFilter, ApiKeySort, IssuedKey, NewApiKey},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Faults, Result},
        id::ApiKeyId,
        page::{Page, PageRequest},
        time::Instant,
    },
    platform::{
        access::{Action, Ctx},
        db::Doc,
        identity::{
            credentials::{Rotation, check_terms, future_holder, holder, live, within_own_scopes},
            members::Member,
            tenants::add_locator,
            token::{self, Token},
        },
        ids::Ids,
        journal::{EventType, Write},
    },
};

/// A page of keys, without their secrets.
///
/// # Errors
/// When the caller may not read keys.
pub async fn list(ctx: &Ctx, filter: &ApiKeyFilter, page: &PageRequest<ApiKeySort>) -> Result<Page<ApiKey>> {
    let permit = ctx.may(Action::ApiKeyRead)?;
    store::page(&mut *permit.read().await?, filter, page).await
}

/// One key, without its secret.
///
/// # Errors
/// When the caller may not read keys or there is no such one.
pub async fn get(ctx: &Ctx, id: ApiKeyId) -> Result<ApiKey> {
    let permit = ctx.may(Action::ApiKeyRead)?;
    let found = store::get(&mut *permit.read().await?, id).await?;
    found.ok_or_else(|| Error::not_found(id))
}

/// Issues a key for a member.
///
/// # Errors
/// When the caller may not, the member's role is above the caller's, or a scope is unknown or given twice.
pub async fn create(ctx: &Ctx, input: NewApiKey) -> Result<IssuedKey> {
    let permit = ctx.may(Action::ApiKeyCreate)?;
    within_own_scopes(ctx, &input.scopes)?;
    let mut tx = permit.write().await?;
    // After the claim: a repeated request gets its kept answer, even when the key has ended since.
    validate(&input.scopes, input.expires_at, ctx.now())?;
    let member = future_holder(ctx, &mut tx, input.member_id).await?;
    let name = input.name.as_str();
    let issued = issue_for(&mut tx, ctx.ids(), member, name, input.scopes, input.expires_at).await?;
    tx.commit_secret(issued).await
}

/// Issues a key's successor; the old key works on for the overlap.
///
/// # Errors
/// When the caller may not, there is no such key, it may do more than the caller's own, it has ended, or the overlap
/// is too long.
pub async fn rotate(ctx: &Ctx, id: ApiKeyId, rotation: Rotation) -> Result<IssuedKey> {
    let permit = ctx.may(Action::ApiKeyRotate)?;
    rotation.validate()?;
    let mut tx = permit.write().await?;
    let (old, member) = owned(ctx, &mut tx, id).await?;
    within_own_scopes(ctx, &old.scopes)?;
    if !live(old.expires_at, ctx.now()) {
        return Err(Error::new(Code::Conflict, "the key has ended; issue a new one"));
    }
    let end = rotation.ends_at(ctx.now(), old.expires_at);
    require(store::end_at(&mut tx, id, end).await?, id)?;
    tx.record(EventType::ApiKeyRotated, &ApiKey { expires_at: Some(end), ..old.clone() })?;
    let issued =
        issue_for(&mut tx, ctx.ids(), member, old.name.as_str(), old.scopes.0, old.expires_at).await?;
    tx.commit_secret(issued).await
}

/// Revokes a key at once.
///
/// # Errors
/// When the caller may not or there is no such key.
pub async fn revoke(ctx: &Ctx, id: ApiKeyId) -> Result<()> {
    let permit = ctx.may(Action::ApiKeyRevoke)?;
    let mut tx = permit.write().await?;
    let (key, _) = owned(ctx, &mut tx, id).await?;
    require(store::delete(&mut tx, id).await?, id)?;
    tx.record_deleted(EventType::ApiKeyRevoked, &key);
    tx.commit(()).await
}

/// A key that was there when it was read may be gone when it is written.
fn require(written: bool, id: ApiKeyId) -> Result<()> {
    if written { Ok(()) } else { Err(Error::not_found(id)) }
}

async fn owned(ctx: &Ctx, tx: &mut Write, id: ApiKeyId) -> Result<(ApiKey, Member)> {
    let key = store::get(tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    let member = holder(ctx, tx, key.member_id).await?;
    Ok((key, member))
}

/// Checks scopes and expiry.
///
/// # Errors
/// [`Code::Unprocessable`] with every fault.
pub fn validate(scopes: &[String], expires_at: Option<Instant>, now: Instant) -> Result<()> {
    let mut faults = Faults::default();
    check_terms(scopes, expires_at, now, &mut faults);
    faults.into_result()
}

/// Issues a key inside a write that has been authorised.
///
/// # Errors
/// When the database fails.
pub async fn issue_for(
    tx: &mut Write,
    ids: &Ids,
    member: Member,
    name: &str,
    scopes: Vec<String>,
    expires_at: Option<Instant>,
) -> Result<IssuedKey> {
    let token = Token::issue(ids, ids.id(tx.now()));
    let facts = ApiKey {
        id: token.id,
        tenant_id: tx.tenant(),
        member_id: member.id,
        name: name.parse().map_err(Error::internal)?,
        secret_hash: token.secret.hash(),
        scopes: Doc(scopes),
        expires_at,
        last_used_at: None,
        created_at: tx.now(),
    };
    store::insert(tx, &facts).await?;
    add_locator(tx, token::LOCATOR, &token::locator(token.id)).await?;
    tx.record(EventType::ApiKeyCreated, &facts)?;
    Ok(IssuedKey { key: Some(token.reveal()), facts })
}

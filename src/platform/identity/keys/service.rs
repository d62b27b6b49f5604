//! Issuing, rotating and revoking keys.

use super::{
    model::{ApiKey, ApiKeyFilter, ApiKeySort, IssuedKey, NewApiKey, Rotation},
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
        access::{Action, Ctx, scope_names},
        db::Doc,
        identity::{
            members::{self, Member},
            tenants::add_locator,
            token::{self, Token},
        },
        ids::Ids,
        journal::{EventType, Write},
        room::Stored,
    },
};

/// How long a rotated key still works, in seconds, unless said: a day.
const OVERLAP: u32 = 24 * 60 * 60;
/// The longest overlap, in seconds: thirty days.
const MAX_OVERLAP: u32 = 30 * 24 * 60 * 60;
/// Scopes of one key at the most.
const MAX_SCOPES: usize = 50;

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
    let member = Member::find(&mut tx, input.member_id)
        .await?
        .ok_or_else(|| Error::at(Code::Unprocessable, "/member_id", "there is no such member"))?;
    members::service::may_grant(ctx, member.role)?;
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
    let overlap = rotation.overlap_seconds.unwrap_or(OVERLAP);
    let mut faults = Faults::default();
    faults.when(overlap > MAX_OVERLAP, "/overlap_seconds", format!("must be at most {MAX_OVERLAP}"));
    faults.into_result()?;
    let mut tx = permit.write().await?;
    let old = owned(ctx, &mut tx, id).await?;
    within_own_scopes(ctx, &old.scopes)?;
    if !old.live(ctx.now()) {
        return Err(Error::new(Code::Conflict, "the key has ended; issue a new one"));
    }
    let (member, _) = members_of(&mut tx, &old).await?;
    let end = ctx.now().plus_seconds(overlap.into());
    let end = old.expires_at.map_or(end, |own| own.min(end));
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
    let key = owned(ctx, &mut tx, id).await?;
    require(store::delete(&mut tx, id).await?, id)?;
    tx.record_deleted(EventType::ApiKeyRevoked, &key);
    tx.commit(()).await
}

/// A key that was there when it was read may be gone when it is written.
fn require(written: bool, id: ApiKeyId) -> Result<()> {
    if written { Ok(()) } else { Err(Error::not_found(id)) }
}

async fn owned(ctx: &Ctx, tx: &mut Write, id: ApiKeyId) -> Result<ApiKey> {
    let key = store::get(tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    let (_, role) = members_of(tx, &key).await?;
    members::service::may_grant(ctx, role)?;
    Ok(key)
}

async fn members_of(tx: &mut Write, key: &ApiKey) -> Result<(Member, crate::platform::access::Role)> {
    let member = Member::find(tx, key.member_id).await?.ok_or_else(|| Error::not_found(key.member_id))?;
    let role = member.role;
    Ok((member, role))
}

/// Checks scopes and expiry.
///
/// # Errors
/// [`Code::Unprocessable`] with every scope that is unknown or given twice.
pub fn validate(scopes: &[String], expires_at: Option<Instant>, now: Instant) -> Result<()> {
    let known = scope_names();
    let names = known.iter().copied().collect::<Vec<_>>().join(", ");
    let mut faults = Faults::default();
    faults.when(scopes.len() > MAX_SCOPES, "/scopes", format!("must have at most {MAX_SCOPES} items"));
    for (n, scope) in scopes.iter().enumerate().take(MAX_SCOPES) {
        let unknown = !known.contains(scope.as_str());
        faults.when(unknown, format!("/scopes/{n}"), format!("must be one of {names}"));
        faults.when(scopes[..n].contains(scope), format!("/scopes/{n}"), "is given twice");
    }
    faults.when(expires_at.is_some_and(|end| end <= now), "/expires_at", "must lie in the future");
    faults.into_result()
}

/// A narrowed credential cannot make a wider one.
fn within_own_scopes(ctx: &Ctx, scopes: &[String]) -> Result<()> {
    let own = &ctx.caller().scopes;
    let wider = !own.is_empty() && (scopes.is_empty() || scopes.iter().any(|scope| !own.contains(scope)));
    if wider {
        return Err(Error::new(Code::Forbidden, "a credential with scopes can only issue keys within them"));
    }
    Ok(())
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
        secret_hash: token.secret_hash(),
        scopes: Doc(scopes),
        expires_at,
        last_used_at: None,
        created_at: tx.now(),
    };
    store::insert(tx, &facts).await?;
    add_locator(tx, token::LOCATOR, &Token::locator(token.id)).await?;
    tx.record(EventType::ApiKeyCreated, &facts)?;
    Ok(IssuedKey { key: Some(token.reveal()), facts })
}

//! Creating tenants (the operator) and their settings (their owner).

use super::{
    model::{Founded, NewTenant, Tenant, TenantPatch, TenantSort},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::TenantId,
        page::{Page, PageRequest},
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx, OperatorCtx, Role, Services},
        diary,
        identity::{
            keys,
            members::{self, Member, NewMember},
        },
        journal::{EventType, Write},
    },
};

/// The kind of locator that leads from an idempotency key to the tenant founded under it: the answer is kept inside
/// that tenant, and the next request does not know which it is.
const FOUNDING: &str = "founding";
const AUDITOR_WITHOUT_END: &str = "an auditor's access must end: say when";

/// Creates a tenant with its first owner and that owner's key.
///
/// # Errors
/// When the slug is taken or the time zone unknown; a kept answer when the request's idempotency key was used before.
pub async fn create(ctx: &OperatorCtx, input: NewTenant) -> Result<Founded> {
    input.validate()?;
    founded_before(ctx).await?;
    match found(ctx, input).await {
        // A duplicate of this very request may have been first.
        Err(error) if error.code() == Code::AlreadyExists => founded_before(ctx).await.and(Err(error)),
        outcome => outcome,
    }
}

/// Beginning a write in the tenant founded under the same key ends in the kept answer.
async fn founded_before(ctx: &OperatorCtx) -> Result<()> {
    let Some(sent) = &ctx.idempotency else { return Ok(()) };
    let tenant = store::locate(&mut ctx.services.db.system().await?, FOUNDING, &sent.key_hash()).await?;
    match tenant {
        Some(tenant) => ctx.write(tenant).await.map(drop),
        None => Ok(()),
    }
}

async fn found(ctx: &OperatorCtx, input: NewTenant) -> Result<Founded> {
    let now = ctx.services.clock.now();
    let tenant = Tenant {
        id: ctx.services.ids.id(now),
        slug: input.slug,
        name: input.name,
        time_zone: match input.time_zone {
            Some(zone) => zone,
            None => "UTC".parse().map_err(Error::internal)?,
        },
        version: 1,
        created_at: now,
    };
    let mut tx = ctx.write(tenant.id).await?;
    store::insert(&mut tx, &tenant).await?;
    if let Some(sent) = &ctx.idempotency {
        store::point_locator(&mut tx, FOUNDING, &sent.key_hash()).await?;
    }
    diary::begin(&mut tx).await?;
    tx.record(EventType::TenantCreated, &tenant)?;
    let owner = add(ctx, &mut tx, machine("First owner", Role::Owner)?).await?;
    let owner_key =
        keys::service::issue_for(&mut tx, &ctx.services.ids, owner, "First owner key", vec![], None).await?;
    tx.commit_secret(Founded { tenant, owner_key }).await
}

/// A new key for a new machine account in a tenant: the command line's way in.
///
/// # Errors
/// When there is no such tenant, a scope is unknown, or an auditor's key has no end.
pub async fn create_key(
    ctx: &OperatorCtx,
    slug: &str,
    role: Role,
    scopes: Vec<String>,
    expires_at: Option<crate::kernel::time::Instant>,
) -> Result<keys::IssuedKey> {
    let mut system = ctx.services.db.system().await?;
    let tenant = store::find_by_slug(&mut system, slug).await?.ok_or_else(|| Error::not_found(slug))?;
    drop(system);
    keys::service::validate(&scopes, expires_at, ctx.services.clock.now())?;
    let mut tx = ctx.write(tenant.id).await?;
    let mut input = machine(&format!("Command-line {role}"), role)?;
    if role == Role::Auditor {
        let end =
            expires_at.ok_or_else(|| Error::at(Code::Unprocessable, "--expires", AUDITOR_WITHOUT_END))?;
        input.access_ends_on = Some(end.date_in(tenant.zone()));
    }
    let member = add(ctx, &mut tx, input).await?;
    let key =
        keys::service::issue_for(&mut tx, &ctx.services.ids, member, "Command-line key", scopes, expires_at)
            .await?;
    tx.commit(key).await
}

fn machine(name: &str, role: Role) -> Result<NewMember> {
    Ok(NewMember::machine(name.parse().map_err(Error::internal)?, role))
}

async fn add(ctx: &OperatorCtx, tx: &mut Write, input: NewMember) -> Result<Member> {
    let member = input.into_member(tx.tenant(), ctx.services.ids.id(tx.now()), tx.now());
    member.validate()?;
    members::service::add(tx, member).await
}

/// A page of all tenants.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &OperatorCtx, page: &PageRequest<TenantSort>) -> Result<Page<Tenant>> {
    store::page(&mut ctx.services.db.system().await?, page).await
}

/// All tenants, for the service's own upkeep.
///
/// # Errors
/// When the database fails.
pub async fn all(services: &Services) -> Result<Vec<Tenant>> {
    store::all(&mut services.db.system().await?).await
}

/// One tenant, for the operator.
///
/// # Errors
/// When there is none.
pub async fn find(ctx: &OperatorCtx, id: TenantId) -> Result<Tenant> {
    store::find(&mut ctx.services.db.system().await?, id).await?.ok_or_else(|| Error::not_found(id))
}

/// Changes a tenant, as the operator.
///
/// # Errors
/// When there is none, it has changed since, or the time zone is unknown.
pub async fn update_any(
    ctx: &OperatorCtx,
    id: TenantId,
    expected: Expected,
    patch: TenantPatch,
) -> Result<Tenant> {
    patch.validate()?;
    change(ctx.write(id).await?, expected, patch).await
}

/// The caller's own tenant.
///
/// # Errors
/// When the caller may not read it.
pub async fn get(ctx: &Ctx) -> Result<Tenant> {
    let permit = ctx.may(Action::TenantRead)?;
    let found = store::get(&mut *permit.read().await?).await?;
    found.ok_or_else(|| Error::not_found(ctx.caller().tenant))
}

/// Changes the caller's own tenant.
///
/// # Errors
/// When the caller may not, it has changed since, or the time zone is unknown.
pub async fn update(ctx: &Ctx, expected: Expected, patch: TenantPatch) -> Result<Tenant> {
    let permit = ctx.may(Action::TenantUpdate)?;
    patch.validate()?;
    change(permit.write().await?, expected, patch).await
}

async fn change(mut tx: Write, expected: Expected, patch: TenantPatch) -> Result<Tenant> {
    let id = tx.tenant();
    let mut tenant = store::get(&mut tx).await?.ok_or_else(|| Error::not_found(id))?;
    expected.check(tenant.version)?;
    patch::set(&mut tenant.name, patch.name);
    patch::set(&mut tenant.time_zone, patch.time_zone);
    let seen = tenant.version;
    tenant.version += 1;
    let tenant = store::update(&mut tx, &tenant, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::TenantUpdated, &tenant)?;
    tx.commit(tenant).await
}

//! From a header to a caller. Unknown, revoked, expired and ended all get one answer.

use super::{
    clients::{self, OauthClient},
    credentials::live,
    engagements, keys,
    members::Member,
    providers, signing,
    tenants::{self, Tenant},
    token::{self, Token},
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{ApiKeyId, TenantId},
        time::Instant,
    },
    platform::{
        access::{Caller, Credential, Services},
        db::{Statements, TenantTx},
    },
};

/// A credential's last use is noted once in so many seconds, so that reading does not become writing.
const TOUCH_EVERY: i64 = 60;

/// The one answer to every credential that does not work.
pub fn refused() -> Error {
    let detail = "a valid API key or access token is needed: Authorization: Bearer …";
    Error::new(Code::Unauthenticated, detail)
}

/// The caller behind whatever was presented: an API key, an access token of ours, or a token of a tenant's own OpenID
/// provider. Its form and its issuer tell which.
///
/// # Errors
/// [`Code::Unauthenticated`] for everything that does not work.
pub async fn caller(services: &Services, presented: &str, request_id: &str) -> Result<Proved> {
    match signing::issuer(presented) {
        None => api_key(services, presented).await,
        Some(issuer) if issuer == services.tokens.options().issuer => access_token(services, presented).await,
        Some(_) => Ok((providers::external_token(services, presented, request_id).await?, None)),
    }
}

/// A caller, and the snapshot of its tenant in which its credential was proved.
type Proved = (Caller, Option<TenantTx>);

async fn api_key(services: &Services, presented: &str) -> Result<Proved> {
    let presented = Token::parse(presented).ok_or_else(refused)?;
    let mut tx = at_home(services, presented.id).await?;
    let (key, member, tenant) = keys::credential(&mut tx, presented.id).await?.ok_or_else(refused)?;
    let now = services.clock.now();
    if !presented.secret.matches(&key.secret_hash) || !live(key.expires_at, now) {
        return Err(refused());
    }
    let credential = Credential::ApiKey(key.id);
    let mut caller = admit(&tenant, &member, credential, key.scopes.0, now)?;
    caller.engaged = engagements::now(&mut tx, &tenant, &member, now).await?;
    note_use(services, &caller, key.last_used_at, now);
    Ok((caller, Some(tx)))
}

/// A read of the tenant that a key belongs to. To which is remembered, since it never changes; whether the key still
/// works is not.
async fn at_home(services: &Services, key: ApiKeyId) -> Result<TenantTx> {
    if let Some(tenant) = services.homes.of(key) {
        return services.db.read(tenant, &Statements::default()).await;
    }
    let mut tx = services.db.system().await?;
    let located = tenants::locate(&mut tx, token::LOCATOR, &token::locator(key)).await?;
    let tenant = located.ok_or_else(refused)?;
    services.homes.note(key, tenant);
    tx.enter(tenant).await
}

/// The token says who; the database says, in this moment, whether that still holds.
async fn access_token(services: &Services, presented: &str) -> Result<Proved> {
    let claims = services.tokens.check(services, presented).await?.ok_or_else(refused)?;
    let mut tx = services.db.read(claims.tenant, &Statements::default()).await?;
    let (client, member, tenant) = clients::credential(&mut tx, claims.sub).await?.ok_or_else(refused)?;
    let now = services.clock.now();
    if !live(client.expires_at, now) {
        return Err(refused());
    }
    let scopes = narrowed(&client, claims.scope.as_deref()).ok_or_else(refused)?;
    let mut caller = admit(&tenant, &member, Credential::OauthClient(client.id), scopes, now)?;
    caller.engaged = engagements::now(&mut tx, &tenant, &member, now).await?;
    note_use(services, &caller, client.last_used_at, now);
    Ok((caller, Some(tx)))
}

/// The client's scopes as the token narrows them; none where nothing is left, since no scopes would mean all.
fn narrowed(client: &OauthClient, asked: Option<&str>) -> Option<Vec<String>> {
    let Some(asked) = asked else { return Some(client.scopes.0.clone()) };
    let left: Vec<_> =
        asked.split(' ').filter(|scope| client.may_ask_for(scope)).map(str::to_owned).collect();
    (!left.is_empty()).then_some(left)
}

/// The member as a caller, while its access lasts; bound to no engagement yet.
///
/// # Errors
/// [`Code::Unauthenticated`] when its access has ended.
pub(super) fn admit(
    tenant: &Tenant,
    member: &Member,
    credential: Credential,
    scopes: Vec<String>,
    now: Instant,
) -> Result<Caller> {
    let zone = tenant.zone();
    if member.access_ends_on.is_some_and(|last| now.date_in(zone) > last) {
        return Err(refused());
    }
    Ok(Caller {
        tenant: tenant.id,
        time_zone: zone,
        member: member.id,
        role: member.role,
        credential,
        scopes,
        engaged: None,
    })
}

/// Not journalled: a use changes no compliance fact.
pub(super) fn note_use(services: &Services, caller: &Caller, last: Option<Instant>, now: Instant) {
    if last.is_none_or(|last| last.plus_seconds(TOUCH_EVERY) <= now) {
        services.runtime.spawn(touch(services.clone(), caller.tenant, caller.credential, now));
    }
}

async fn touch(services: Services, tenant: TenantId, credential: Credential, now: Instant) {
    let noted = async {
        let mut tx = services.db.write(tenant, &Statements::default()).await?;
        match credential {
            Credential::ApiKey(id) => keys::touch(&mut tx, id, now).await?,
            Credential::OauthClient(id) => clients::touch(&mut tx, id, now).await?,
            // A provider keeps no count of its tokens.
            Credential::External(_) => return Ok(()),
        }
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(?error, %credential, "the credential's last use was not noted");
    }
}

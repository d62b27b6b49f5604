//! From a header to a caller. Unknown, revoked, expired and ended all get one answer.

use super::{
    keys,
    members::Member,
    tenants,
    token::{self, Token},
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        time::Instant,
    },
    platform::{
        access::{Caller, Credential, Services},
        db::Statements,
    },
};

/// A key's last use is noted once in so many seconds, so that reading does not become writing.
const TOUCH_EVERY: i64 = 60;

/// The one answer to every credential that does not work.
pub fn refused() -> Error {
    Error::new(Code::Unauthenticated, "a valid API key is needed: Authorization: Bearer atd_…")
}

/// The caller behind an API key.
///
/// # Errors
/// [`Code::Unauthenticated`] for every key that does not work.
pub async fn api_key(services: &Services, presented: &str) -> Result<Caller> {
    let presented = Token::parse(presented).ok_or_else(refused)?;
    let hash = Token::locator(presented.id);
    let mut tx = services.db.system().await?;
    let tenant = tenants::locate(&mut tx, token::LOCATOR, &hash).await?.ok_or_else(refused)?;
    let mut tx = tx.enter(tenant).await?;
    let (key, member, tenant) = keys::credential(&mut tx, presented.id).await?.ok_or_else(refused)?;
    let now = services.clock.now();
    if !presented.matches(&key.secret_hash) || !key.live(now) || !in_time(&member, now, tenant.zone()) {
        return Err(refused());
    }
    if key.last_used_at.is_none_or(|last| last.plus_seconds(TOUCH_EVERY) <= now) {
        services.runtime.spawn(note_use(services.clone(), tenant.id, key.id, now));
    }
    Ok(Caller {
        tenant: tenant.id,
        time_zone: tenant.zone(),
        member: member.id,
        role: member.role,
        credential: Credential::ApiKey(key.id),
        scopes: key.scopes.0,
    })
}

fn in_time(member: &Member, now: Instant, zone: chrono_tz::Tz) -> bool {
    member.access_ends_on.is_none_or(|last| now.date_in(zone) <= last)
}

/// Not journalled: a use changes no compliance fact.
async fn note_use(
    services: Services,
    tenant: crate::kernel::id::TenantId,
    key: crate::kernel::id::ApiKeyId,
    now: Instant,
) {
    let noted = async {
        let mut tx = services.db.write(tenant, &Statements::default()).await?;
        keys::touch(&mut tx, key, now).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(?error, %key, "the key's last use was not noted");
    }
}

//! A client's id and secret for a short-lived access token. Not journalled: it changes no compliance fact, and what
//! is done with the token is.

use super::grant::{Grant, GrantError, Granted, Refused, invalid_client};
use crate::{
    kernel::{error::Result, id::OauthClientId},
    platform::{
        access::{Action, Credential, Role, Services},
        identity::{
            authenticate::{admit, note_use},
            clients::{self, OauthClient},
            credentials::live,
            signing::{Claims, Jwks},
            tenants,
            token::{Secret, locator},
        },
    },
};

const UNKNOWN_SCOPE: &str = "a scope is unknown, given twice, or more than the client has";

/// Gives a client a token.
///
/// # Errors
/// [`Refused`]: every client that does not work gets one answer.
pub async fn grant(services: &Services, grant: Grant) -> Result<Granted, Refused> {
    let id: OauthClientId = grant.client_id.parse().map_err(|_| invalid_client())?;
    let mut tx = services.db.system().await?;
    let tenant = tenants::locate(&mut tx, clients::service::LOCATOR, &locator(id)).await?;
    let mut tx = tx.enter(tenant.ok_or_else(invalid_client)?).await?;
    let found = clients::credential(&mut tx, id).await?;
    drop(tx);
    let (client, member, tenant) = found.ok_or_else(invalid_client)?;
    let now = services.clock.now();
    if !client.accepts(&Secret::presented(&grant.client_secret), now) || !live(client.expires_at, now) {
        return Err(invalid_client());
    }
    let credential = Credential::OauthClient(client.id);
    let caller = admit(&tenant, &member, credential, Vec::new(), now).map_err(|_| invalid_client())?;
    let scope = scope(&client, grant.scopes)?;
    let lifetime = services.tokens.options().lifetime;
    let issuer = services.tokens.options().issuer.clone();
    let issued = now.micros().div_euclid(1_000_000);
    let claims = Claims {
        iss: issuer.clone(),
        aud: issuer,
        sub: client.id,
        client_id: client.id,
        tenant: tenant.id,
        scope: scope.clone(),
        iat: issued,
        nbf: None,
        exp: issued + lifetime,
        jti: services.ids.request().simple().to_string(),
    };
    let access_token = services.tokens.sign(services, &claims).await?;
    note_use(services, &caller, client.last_used_at, now);
    let scope = scope.unwrap_or_else(|| everything(member.role));
    Ok(Granted { access_token, token_type: "Bearer", expires_in: lifetime, scope })
}

/// The keys that check our tokens.
///
/// # Errors
/// When they cannot be read.
pub async fn keys(services: &Services) -> Result<Jwks> {
    services.tokens.published(services).await
}

/// What the token is narrowed to; none where it may do all that the client's member may.
fn scope(client: &OauthClient, asked: Option<Vec<String>>) -> Result<Option<String>, Refused> {
    let Some(asked) = asked else {
        return Ok((!client.scopes.is_empty()).then(|| client.scopes.join(" ")));
    };
    // What is known is few, so that comparing each with each is little.
    let known = asked.len() <= Action::ALL.len() && asked.iter().all(|scope| client.may_ask_for(scope));
    let twice = || asked.iter().enumerate().any(|(n, scope)| asked[..n].contains(scope));
    if !known || twice() {
        return Err(Refused::Grant(GrantError::InvalidScope, UNKNOWN_SCOPE));
    }
    Ok(Some(asked.join(" ")))
}

/// The scopes of all that a role allows.
fn everything(role: Role) -> String {
    let mut all: Vec<_> =
        Action::ALL.iter().filter(|action| role.allows(**action)).map(|a| a.scope()).collect();
    all.sort_unstable();
    all.dedup();
    all.join(" ")
}

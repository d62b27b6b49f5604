//! Identity providers: their rules, and checking one.

use serde_json::{Value, json};

use super::{
    claims::Identity,
    discovery::{Published, discover},
    model::{IdentityProvider, IdentityProviderPatch, IdentityProviderSort, NewIdentityProvider},
    store,
    token::{Refusal, Token},
    trial::{Checked, Trial, Tried},
};
use crate::{
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{IdentityProviderId, IdentityProviderKind},
        time::{Date, Instant},
    },
    platform::{
        access::{Action, Ctx, Permit},
        db::TenantTx,
        held,
        identity::{credentials::within_own_scopes, members},
        journal::{EventType, Write},
        room::{self, Actions, Head, Room, Told},
    },
};

/// Providers of one tenant at the most: every process keeps the keys of each.
const MAX_PROVIDERS: i64 = 20;

impl Room for IdentityProvider {
    type New = NewIdentityProvider;
    type Patch = IdentityProviderPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::IdentityProviderRead,
        create: Action::IdentityProviderCreate,
        update: Action::IdentityProviderUpdate,
        delete: Action::IdentityProviderDelete,
    };
    const TOLD: Told = Told {
        created: EventType::IdentityProviderCreated,
        updated: EventType::IdentityProviderUpdated,
        deleted: EventType::IdentityProviderDeleted,
    };

    fn head(&mut self) -> Head<'_, IdentityProviderKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewIdentityProvider, ctx: &Ctx) -> Self {
        input.into_provider(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: IdentityProviderPatch) {
        patch.apply(self);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }

    /// Nobody lets others do more than they may: neither by a role nor by scopes.
    async fn guard(tx: &mut Write, ctx: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        if before.is_none() && store::count(tx).await? >= MAX_PROVIDERS {
            let told = format!(
                "an organisation has {MAX_PROVIDERS} identity providers at the most; delete one first"
            );
            return Err(Error::new(Code::Conflict, told));
        }
        for provider in [before, after].into_iter().flatten() {
            provider.roles().try_for_each(|role| members::service::may_grant(ctx, role))?;
        }
        match after {
            Some(provider) => {
                within_own_scopes(ctx, &provider.scopes)?;
                reachable(ctx, provider)
            }
            None => Ok(()),
        }
    }

    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(sort: IdentityProviderSort) -> impl Fn(&Self) -> (Value, String) {
        move |provider| {
            let key = match sort {
                IdentityProviderSort::Name | IdentityProviderSort::NameDescending => json!(provider.name),
                IdentityProviderSort::Oldest | IdentityProviderSort::Newest => json!(provider.created_at),
            };
            (key, provider.id.to_string())
        }
    }
}

/// What the rules for calls forbid in any case is told at once; where its name leads is seen when it is called.
fn reachable(ctx: &Ctx, provider: &IdentityProvider) -> Result<()> {
    let url = reqwest::Url::parse(provider.issuer.as_str()).map_err(Error::internal)?;
    let told = ctx.services().outbound.check(&url).err().map(|told| told.to_string());
    let mut faults = Faults::default();
    faults.when(told.is_some(), "/issuer", told.unwrap_or_default());
    faults.into_result()
}

/// Asks a provider for its keys now, and tries a token on them. The first genuine one that the tenant shows proves that
/// it can have such tokens issued: from then on, and not before, they lead to it.
///
/// # Errors
/// When the caller may not or there is no such provider; what is wrong with the provider is in the answer.
pub async fn check(ctx: &Ctx, id: IdentityProviderId, trial: Trial) -> Result<Checked> {
    let permit = ctx.may(Action::IdentityProviderUpdate)?;
    let provider = room::found::<IdentityProvider>(&mut *permit.read().await?, id).await?;
    // No connection is held while somebody else is asked.
    ctx.refresh().await;
    let services = ctx.services();
    let found = discover(&services.outbound, provider.issuer.as_str()).await;
    let token = trial.token.as_ref().map(|token| tried(token.as_str(), &provider, found.as_ref(), ctx.now()));
    let genuine = token.as_ref().is_some_and(|token| token.accepted);
    let mut checked = match &found {
        Ok(found) => told(found, token),
        Err(problem) => {
            let problem = Some(shown(problem));
            Checked { ok: false, problem, proven: false, jwks_uri: None, keys: Vec::new(), token }
        }
    };
    checked.proven = provider.proven_at.is_some();
    let mut edition = (id, provider.version);
    if genuine && !checked.proven {
        (checked, edition.1) = prove(ctx, &permit, id, checked).await?;
    }
    if let Ok(found) = found {
        services.trust.keep(edition, found, ctx.now());
    }
    Ok(checked)
}

/// Answers with the version of the provider as well.
async fn prove(
    ctx: &Ctx,
    permit: &Permit<'_>,
    id: IdentityProviderId,
    mut checked: Checked,
) -> Result<(Checked, i32)> {
    let mut tx = permit.write().await?;
    // Whoever checks it at the same moment waits, and finds it proved.
    held::hold(&mut tx, id).await?;
    let before = room::found::<IdentityProvider>(&mut tx, id).await?;
    let seen = before.version;
    checked.proven = true;
    if before.proven_at.is_some() {
        return Ok((checked, seen));
    }
    let after = IdentityProvider { proven_at: Some(ctx.now()), version: seen + 1, ..before };
    match store::prove(&mut tx, &after, seen).await {
        Ok(()) => {
            tx.record(EventType::IdentityProviderProven, &after)?;
            Ok((tx.commit(checked).await?, after.version))
        }
        Err(taken) if taken.code() == Code::AlreadyExists => {
            (checked.proven, checked.problem) = (false, Some(store::PROVEN.to_owned()));
            Ok((checked, seen))
        }
        Err(error) => Err(error),
    }
}

fn told(found: &Published, token: Option<Tried>) -> Checked {
    let keys = found.keys.published.clone();
    let ok = keys.iter().any(|key| key.problem.is_none());
    let problem = (!ok).then(|| "it publishes no key that can be used".to_owned());
    Checked { ok, problem, proven: false, jwks_uri: Some(shown(&found.jwks_uri)), keys, token }
}

fn shown(text: &str) -> String {
    text.chars().take(2000).collect()
}

/// What would become of a token.
fn tried(
    text: &str,
    provider: &IdentityProvider,
    found: std::result::Result<&Published, &String>,
    now: Instant,
) -> Tried {
    let refused = |told: String| Tried { problem: Some(told), ..Tried::default() };
    let identity = match genuine(text, provider, found, now) {
        Ok(identity) => identity,
        Err(refusal) => return refused(refusal.to_string()),
    };
    let nobody = "its claims give no role: no rule fits and there is no default_role";
    Tried {
        accepted: true,
        problem: identity.role.is_none().then(|| nobody.to_owned()),
        subject: Some(identity.subject),
        email: identity.email.map(|email| email.to_string()),
        role: identity.role,
    }
}

fn genuine(
    text: &str,
    provider: &IdentityProvider,
    found: std::result::Result<&Published, &String>,
    now: Instant,
) -> std::result::Result<Identity, Refusal> {
    let token = Token::parse(text)?;
    let (issuer, audience) = (provider.issuer.as_str(), provider.audience.as_str());
    let algorithm = token.check(issuer, audience, &provider.algorithms, now)?;
    let identity = Identity::read(token.claims(), provider)?;
    let found = found.map_err(|problem| Refusal::NoKeys(problem.clone()))?;
    found.keys.verify(&token, algorithm)?;
    Ok(identity)
}

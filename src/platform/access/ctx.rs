//! The per-request context: who calls, for which tenant, when, in which request; and the way to a connection.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tracing::Instrument;

use super::{Action, Role, Seen};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{ApiKeyId, AuditId, IdentityProviderId, MemberId, OauthClientId, TenantId},
        time::{Clock, Date, Instant},
    },
    platform::{
        db::{Db, Linked, Statements, TenantTx},
        files::Files,
        identity::{Homes, providers::Trust, signing::Tokens},
        ids::Ids,
        journal::{Follower, Idempotency, Origin, Write},
        outbound::Outbound,
        secrets::Vault,
    },
};

/// Time may run out while the database commits, and its word is then lost.
const OUT_OF_TIME: &str = "the request took too long and it is not known whether its change was made; \
    repeat it with the same Idempotency-Key, or read the resource again first";

/// What every request shares.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The evidence store.
    pub files: Files,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where ids and secrets come from.
    pub ids: Arc<Ids>,
    /// The multi-thread runtime on which use cases run.
    pub runtime: tokio::runtime::Handle,
    /// How long a use case may take.
    pub timeout: Duration,
    /// Seals secrets that have to be read again.
    pub vault: Vault,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// The way to call others.
    pub outbound: Outbound,
    /// The tenants of API keys that were seen lately.
    pub homes: Homes,
    /// The keys of tenants' own identity providers.
    pub trust: Trust,
    /// Who brings up to date what is derived from what a write changes.
    pub followers: &'static [Follower],
    /// Who tells what of other rooms belongs to an audit.
    pub linked: Links,
}

/// Tells what of other rooms belongs to audits. The roof knows who does: rooms do not know who links to them.
pub type Links = for<'a> fn(&'a mut TenantTx, &'a [AuditId]) -> BoxFuture<'a, Result<Linked>>;

impl Services {
    /// A snapshot of a tenant's rows for the service's own upkeep, which shows them to nobody; none where there is no
    /// such tenant.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when no connection becomes free in time.
    pub async fn upkeep(&self, tenant: TenantId) -> Result<Option<TenantTx>> {
        let mut tx = self.db.read(tenant, &Statements::default()).await?;
        Ok(crate::platform::identity::tenants::here(&mut tx).await?.then_some(tx))
    }

    /// A write of the service's own, in no request: what time changes. `occasion` stands in the place of a request's id.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when no connection becomes free in time.
    pub async fn write_on(&self, occasion: String, tenant: TenantId) -> Result<Write> {
        let system = || "system".to_owned();
        let origin = Origin {
            actor: system(),
            credential: system(),
            claimant: system(),
            request_id: occasion,
            at: self.clock.now(),
            idempotency: None,
        };
        let tx = self.db.write(tenant, &Statements::default()).await?;
        Write::begin(tx, origin, self.ids.clone(), self.followers).await
    }
}

/// What a caller proved itself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// An API key.
    ApiKey(ApiKeyId),
    /// An access token of an OAuth client.
    OauthClient(OauthClientId),
    /// A token of the tenant's own identity provider.
    External(IdentityProviderId),
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiKey(id) => id.fmt(f),
            Self::OauthClient(id) => id.fmt(f),
            Self::External(id) => id.fmt(f),
        }
    }
}

/// Who calls: a member, through a credential.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant that the credential belongs to.
    pub tenant: TenantId,
    /// The tenant's time zone: "today" is a date there.
    pub time_zone: chrono_tz::Tz,
    /// The member behind the credential.
    pub member: MemberId,
    /// The member's role.
    pub role: Role,
    /// The credential itself.
    pub credential: Credential,
    /// The credential's scopes; empty for all that the role allows.
    pub scopes: Vec<String>,
    /// The audits that the member is bound to: it sees nothing else. None for one that is not bound.
    pub engaged: Option<Arc<[AuditId]>>,
}

impl Caller {
    /// Whose idempotency keys count: many people come in by one provider, so there it is the member too.
    fn claimant(&self) -> String {
        match self.credential {
            Credential::External(provider) => format!("{provider}/{}", self.member),
            own => own.to_string(),
        }
    }

    fn may(&self, action: Action) -> bool {
        let scoped = self.scopes.is_empty() || self.scopes.iter().any(|scope| scope == action.scope());
        scoped && self.role.allows(action) && (self.engaged.is_none() || action.is_of_an_engagement())
    }
}

struct Inner {
    services: Services,
    caller: Caller,
    request_id: String,
    now: Instant,
    idempotency: Option<Idempotency>,
    statements: Statements,
    shared: Option<Arc<Mutex<Option<TenantTx>>>>,
    seen: Seen,
}

/// The context of one request inside a tenant.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

impl Ctx {
    /// The context of a REST request.
    pub fn new(
        services: Services,
        caller: Caller,
        request_id: String,
        idempotency: Option<Idempotency>,
        statements: Statements,
    ) -> Self {
        let now = services.clock.now();
        Self(Arc::new(Inner {
            services,
            caller,
            request_id,
            now,
            idempotency,
            statements,
            shared: None,
            seen: Seen::default(),
        }))
    }

    /// Lets the first read go on in the snapshot in which the credential was proved.
    pub(in crate::platform) fn going_on_in(self, tx: TenantTx) -> Self {
        self.0.seen.keep(tx, self.0.services.runtime.clone());
        self
    }

    /// The same request, whose reads all see one snapshot: for GraphQL, where one request asks many questions.
    pub fn with_one_snapshot(&self) -> Self {
        let inner = &self.0;
        Self(Arc::new(Inner {
            services: inner.services.clone(),
            caller: inner.caller.clone(),
            request_id: inner.request_id.clone(),
            now: inner.now,
            idempotency: None,
            statements: inner.statements.clone(),
            shared: Some(Arc::default()),
            seen: Seen::default(),
        }))
    }

    /// Ends the snapshot, so that what is read next sees what was just written.
    pub async fn refresh(&self) {
        if let Some(shared) = &self.0.shared {
            shared.lock().await.take();
        }
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// The moment of the request.
    pub fn now(&self) -> Instant {
        self.0.now
    }

    /// Today in the tenant's time zone.
    pub fn today(&self) -> Date {
        self.0.now.date_in(self.0.caller.time_zone)
    }

    /// A fresh id.
    pub fn id<K: crate::kernel::id::Kind>(&self) -> crate::kernel::id::Id<K> {
        self.0.services.ids.id(self.0.now)
    }

    /// What every request shares, for what is no query.
    pub(in crate::platform) fn services(&self) -> &Services {
        &self.0.services
    }

    /// Where ids and secrets come from.
    pub fn ids(&self) -> &Ids {
        &self.0.services.ids
    }

    /// The request's id.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Authorises; there is no other way to a connection.
    ///
    /// # Errors
    /// [`Code::Forbidden`] when the role or the credential's scopes do not allow the action.
    pub fn may(&self, action: Action) -> Result<Permit<'_>> {
        let caller = &self.0.caller;
        if caller.may(action) {
            Ok(Permit(self, action))
        } else if caller.engaged.is_some() && !action.is_of_an_engagement() {
            let detail = format!(
                "{} is not for an auditor who is bound to an audit: such a credential sees its engagement alone",
                action.name()
            );
            Err(Error::new(Code::Forbidden, detail))
        } else {
            Err(Error::new(
                Code::Forbidden,
                format!(
                    "{} needs the scope {} and a role that has it; this credential's role is {}",
                    action.name(),
                    action.scope(),
                    self.0.caller.role
                ),
            ))
        }
    }

    /// Refuses a caller who is bound to an audit: what comes now tells of more than that.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for such a caller.
    pub fn unbound(&self) -> Result<()> {
        match self.0.caller.engaged {
            None => Ok(()),
            Some(_) => {
                let detail = "this tells of more than an auditor who is bound to an audit may see";
                Err(Error::new(Code::Forbidden, detail))
            }
        }
    }

    /// Runs a use case that moves a file's bytes, which may take long: each step has its own bound, and what it does
    /// beside that runs [`in_time`](Self::in_time).
    ///
    /// # Errors
    /// The use case's own; [`Code::Internal`] when it panicked.
    pub async fn stream<T, F, Fut>(&self, use_case: F) -> Result<T>
    where
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let running = self.0.services.runtime.spawn(use_case(self.clone()).in_current_span());
        running.await.unwrap_or_else(|panic| Err(Error::internal(panic)))
    }

    /// Does a part of a use case within the time that a whole one may take.
    ///
    /// # Errors
    /// The part's own; [`Code::Unavailable`] when time ran out.
    pub async fn in_time<T>(&self, part: impl Future<Output = Result<T>>) -> Result<T> {
        let limited = tokio::time::timeout(self.0.services.timeout, part).await;
        limited.unwrap_or_else(|_| Err(Error::new(Code::Unavailable, OUT_OF_TIME)))
    }

    /// Runs a use case on the multi-thread runtime, within the time allowed. A client that goes away does not cut
    /// it in half: whatever it had begun is finished or rolled back there.
    ///
    /// # Errors
    /// The use case's own; [`Code::Unavailable`] when time ran out; [`Code::Internal`] when it panicked.
    pub async fn run<T, F, Fut>(&self, use_case: F) -> Result<T>
    where
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        run(&self.0.services, use_case(self.clone())).await
    }
}

/// Runs what belongs to no caller as [`Ctx::run`] runs a use case.
///
/// # Errors
/// As [`Ctx::run`].
pub(in crate::platform) async fn run<T: Send + 'static>(
    services: &Services,
    use_case: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let limited = tokio::time::timeout(services.timeout, use_case);
    match services.runtime.spawn(limited.in_current_span()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Error::new(Code::Unavailable, OUT_OF_TIME)),
        Err(panic) => Err(Error::internal(panic)),
    }
}

/// Leave to do one thing, and the way to a connection.
pub struct Permit<'a>(&'a Ctx, Action);

impl Permit<'_> {
    /// The evidence store.
    pub fn files(&self) -> Files {
        self.0.0.services.files.clone()
    }

    /// A snapshot of the tenant's rows; of a bound caller's, those of its engagement.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when no connection becomes free in time.
    pub async fn read(&self) -> Result<Reading> {
        let mut tx = self.snapshot().await?;
        let Inner { services, caller, .. } = &*self.0.0;
        if let Some(audits) =
            caller.engaged.as_ref().filter(|_| self.1.is_of_what_is_linked() && !tx.is_linked())
        {
            let linked = (services.linked)(&mut tx, audits).await?;
            tx.link(linked);
        }
        Ok(tx)
    }

    async fn snapshot(&self) -> Result<Reading> {
        let Inner { services, caller, statements, shared, seen, .. } = &*self.0.0;
        if let Some(tx) = seen.take(statements) {
            return Ok(Reading::Own(tx.engaged_in(caller.engaged.clone())));
        }
        let begin = async || -> Result<TenantTx> {
            let tx = services.db.read(caller.tenant, statements).await?;
            Ok(tx.engaged_in(caller.engaged.clone()))
        };
        let Some(shared) = shared else {
            return Ok(Reading::Own(begin().await?));
        };
        let mut guard = shared.clone().lock_owned().await;
        if guard.is_none() {
            *guard = Some(begin().await?);
        }
        Ok(Reading::Shared(guard))
    }

    /// A transaction that may write the tenant's rows.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when no connection becomes free in time; a kept answer when the request's idempotency
    /// key was used before.
    pub async fn write(&self) -> Result<Write> {
        let Inner { services, caller, statements, request_id, now, idempotency, .. } = &*self.0.0;
        let origin = Origin {
            actor: caller.member.to_string(),
            credential: caller.credential.to_string(),
            claimant: caller.claimant(),
            request_id: request_id.clone(),
            at: *now,
            idempotency: idempotency.clone(),
        };
        let tx = services.db.write(caller.tenant, statements).await?.engaged_in(caller.engaged.clone());
        Write::begin(tx, origin, services.ids.clone(), services.followers).await
    }
}

/// A read transaction: the request's own, or the snapshot it shares.
pub enum Reading {
    /// Ended when dropped.
    Own(TenantTx),
    /// Given back when dropped. Never held across a data loader's await: the loader needs it too.
    Shared(OwnedMutexGuard<Option<TenantTx>>),
}

impl Deref for Reading {
    type Target = TenantTx;

    fn deref(&self) -> &TenantTx {
        match self {
            Self::Own(tx) => tx,
            Self::Shared(guard) => guard.as_ref().expect("opened before it was lent"),
        }
    }
}
impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut TenantTx {
        match self {
            Self::Own(tx) => tx,
            Self::Shared(guard) => guard.as_mut().expect("opened before it was lent"),
        }
    }
}

/// The context of the operator's requests: manages tenants and sees nothing inside them.
#[derive(Clone)]
pub struct OperatorCtx {
    /// What every request shares.
    pub services: Services,
    /// The request's id.
    pub request_id: String,
    /// The key that makes a repeated request harmless.
    pub idempotency: Option<Idempotency>,
}

impl OperatorCtx {
    /// Runs a use case as [`Ctx::run`] does.
    ///
    /// # Errors
    /// As [`Ctx::run`].
    pub async fn run<T, F, Fut>(&self, use_case: F) -> Result<T>
    where
        F: FnOnce(OperatorCtx) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        run(&self.services, use_case(self.clone())).await
    }

    /// A write inside one tenant, as the operator: to create it and its first member.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when no connection becomes free in time.
    pub(in crate::platform) async fn write(&self, tenant: TenantId) -> Result<Write> {
        let origin = Origin {
            actor: "operator".to_owned(),
            credential: "operator".to_owned(),
            claimant: "operator".to_owned(),
            request_id: self.request_id.clone(),
            at: self.services.clock.now(),
            idempotency: self.idempotency.clone(),
        };
        let tx = self.services.db.write(tenant, &Statements::default()).await?;
        Write::begin(tx, origin, self.services.ids.clone(), self.services.followers).await
    }
}

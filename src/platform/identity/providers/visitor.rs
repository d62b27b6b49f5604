//! The context of a request by somebody whom an identity provider vouches for and who may be no member yet.

use super::admit::Visitor;
use crate::{
    kernel::{
        error::Result,
        id::{Id, Kind, MemberId},
        time::Instant,
    },
    platform::{
        access::{Services, run},
        db::{Statements, TenantTx},
        journal::{Idempotency, Origin, Write},
    },
};

/// Who comes, for which tenant, when, in which request.
#[derive(Clone)]
pub struct VisitorCtx {
    services: Services,
    /// Who comes.
    pub visitor: Visitor,
    request_id: String,
    idempotency: Option<Idempotency>,
    now: Instant,
}

impl VisitorCtx {
    /// The context of a REST request.
    pub fn new(
        services: Services,
        visitor: Visitor,
        request_id: String,
        idempotency: Option<Idempotency>,
    ) -> Self {
        let now = services.clock.now();
        Self { services, visitor, request_id, idempotency, now }
    }

    /// A fresh id.
    pub fn id<K: Kind>(&self) -> Id<K> {
        self.services.ids.id(self.now)
    }

    /// Runs a use case as [`Ctx::run`](crate::platform::access::Ctx::run) does.
    ///
    /// # Errors
    /// As there.
    pub async fn run<T, F, Fut>(&self, use_case: F) -> Result<T>
    where
        F: FnOnce(VisitorCtx) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        run(&self.services, use_case(self.clone())).await
    }

    /// A snapshot of the tenant's rows.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::kernel::error::Code::Unavailable) when no connection becomes free in time.
    pub(in crate::platform) async fn read(&self) -> Result<TenantTx> {
        self.services.db.read(self.visitor.tenant.id, &Statements::default()).await
    }

    /// A write in the name of the member that the visitor becomes.
    ///
    /// # Errors
    /// As [`read`](Self::read); a kept answer when the request's idempotency key was used before.
    pub(in crate::platform) async fn write(&self, member: MemberId) -> Result<Write> {
        let provider = self.visitor.provider.id;
        let origin = Origin {
            actor: member.to_string(),
            credential: provider.to_string(),
            claimant: format!("{provider}#{}", self.visitor.identity.subject),
            request_id: self.request_id.clone(),
            at: self.now,
            idempotency: self.idempotency.clone(),
        };
        let tx = self.services.db.write(self.visitor.tenant.id, &Statements::default()).await?;
        Write::begin(tx, origin, self.services.ids.clone(), self.services.followers).await
    }
}

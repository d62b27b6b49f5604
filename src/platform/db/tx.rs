//! Transactions: a tenant's, the only way to a tenant's rows, and the system's, for the few tables outside tenants.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use super::{Conn, Db, Statements, lease::Lease};
use crate::kernel::{
    error::{Code, Error, Result},
    id::{AttestationId, AuditId, CertificationId, ControlId, EvidenceId, TenantId},
};

/// A tenant's transaction. Dropped, it rolls back.
pub struct TenantTx {
    lease: Lease,
    tenant: TenantId,
    engaged: Option<Arc<[AuditId]>>,
    linked: Option<Arc<Linked>>,
}

/// What beside them belongs to the audits that a caller is bound to.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    /// Controls that are sampled, asked about or found wanting.
    pub controls: Vec<ControlId>,
    /// Evidence that was given, or that findings and corrective actions rest on.
    pub evidence: Vec<EvidenceId>,
    /// Certificates that they serve.
    pub certifications: Vec<CertificationId>,
    /// Engagements that they serve.
    pub attestations: Vec<AttestationId>,
}

impl TenantTx {
    /// Whose rows this transaction sees.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The same for a caller who is bound to these audits.
    pub(in crate::platform) fn engaged_in(mut self, audits: Option<Arc<[AuditId]>>) -> Self {
        self.engaged = audits;
        self
    }

    /// The audits that the caller is bound to, and sees alone; none for a caller who is not bound.
    pub fn engaged(&self) -> Option<Arc<[AuditId]>> {
        self.engaged.clone()
    }

    /// Whether the caller may see what belongs to this audit, or to none.
    pub fn sees(&self, audit: Option<AuditId>) -> bool {
        self.engaged.as_ref().is_none_or(|all| audit.is_some_and(|audit| all.contains(&audit)))
    }

    /// Lets a bound caller see what is linked to its audits.
    pub(in crate::platform) fn link(&mut self, linked: Linked) {
        self.linked = Some(Arc::new(linked));
    }

    /// Whether it was told what is linked to the audits of a bound caller.
    pub(in crate::platform) fn is_linked(&self) -> bool {
        self.linked.is_some()
    }

    /// The controls that a bound caller sees alone; none for a caller who is not bound.
    pub fn own_controls(&self) -> Option<Vec<ControlId>> {
        self.own(|linked| &linked.controls)
    }

    /// The evidence that a bound caller sees alone; none for a caller who is not bound.
    pub fn own_evidence(&self) -> Option<Vec<EvidenceId>> {
        self.own(|linked| &linked.evidence)
    }

    /// The certificates that a bound caller sees alone; none for a caller who is not bound.
    pub fn own_certifications(&self) -> Option<Vec<CertificationId>> {
        self.own(|linked| &linked.certifications)
    }

    /// The attestations that a bound caller sees alone; none for a caller who is not bound.
    pub fn own_attestations(&self) -> Option<Vec<AttestationId>> {
        self.own(|linked| &linked.attestations)
    }

    fn own<T: Clone>(&self, of: impl Fn(&Linked) -> &Vec<T>) -> Option<Vec<T>> {
        let linked = self.linked.as_ref().map(|linked| of(linked).clone());
        self.engaged.as_ref().map(|_| linked.unwrap_or_default())
    }

    /// The engine's connection and what begins the transaction, where the next query is the first; for
    /// [`on_each!`](crate::on_each).
    pub fn opening(&mut self) -> (&mut Conn, Option<String>) {
        self.lease.opening()
    }

    /// Counts what it does from here on for another request.
    pub(in crate::platform) fn count_for(&mut self, statements: &Statements) {
        self.lease.count_for(statements);
    }

    async fn commit(mut self) -> Result<()> {
        self.lease.run("COMMIT").await?;
        self.lease.give_back();
        Ok(())
    }
}

/// A tenant's transaction that may write. The journal alone can commit it: see
/// [`Write`](crate::platform::journal::Write).
pub struct WriteTx(TenantTx);

impl WriteTx {
    /// Makes the writes last.
    ///
    /// # Errors
    /// When the database refuses; nothing is written then.
    pub(in crate::platform) async fn commit(self) -> Result<()> {
        self.0.commit().await
    }

    /// The same for a caller who is bound to these audits.
    pub(in crate::platform) fn engaged_in(self, audits: Option<Arc<[AuditId]>>) -> Self {
        Self(self.0.engaged_in(audits))
    }

    /// Runs a statement that moves within the transaction, such as a savepoint.
    ///
    /// # Errors
    /// When the database refuses.
    pub(in crate::platform) async fn run(&mut self, sql: &str) -> Result<()> {
        self.0.lease.run(sql).await
    }
}

impl Deref for WriteTx {
    type Target = TenantTx;

    fn deref(&self) -> &TenantTx {
        &self.0
    }
}
impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut TenantTx {
        &mut self.0
    }
}

/// A transaction over the tables that lie outside tenants: the register of tenants and the locators. Under
/// row-level security it sees no tenant's rows.
pub struct SystemTx(Lease);

impl SystemTx {
    /// Goes on as a read of this tenant's rows, which has just been found: one transaction for both.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::platform) async fn enter(mut self, tenant: TenantId) -> Result<TenantTx> {
        if let Conn::Postgres(_) = self.conn() {
            self.0.run(&of_tenant(tenant)).await?;
        }
        Ok(TenantTx { lease: self.0, tenant, engaged: None, linked: None })
    }

    /// The engine's connection and what begins the transaction, where the next query is the first; for
    /// [`on_each!`](crate::on_each).
    pub fn opening(&mut self) -> (&mut Conn, Option<String>) {
        self.0.opening()
    }

    /// The engine's connection, for a question that needs no transaction.
    pub(super) fn conn(&mut self) -> &mut Conn {
        self.0.conn()
    }
}

/// A transaction that may write the tables outside tenants. Dropped, it rolls back.
pub struct SystemWrite(SystemTx);

impl SystemWrite {
    /// Makes the writes last.
    ///
    /// # Errors
    /// When the database refuses; nothing is written then.
    pub(in crate::platform) async fn commit(mut self) -> Result<()> {
        self.0.0.run("COMMIT").await?;
        self.0.0.give_back();
        Ok(())
    }
}

impl Deref for SystemWrite {
    type Target = SystemTx;

    fn deref(&self) -> &SystemTx {
        &self.0
    }
}
impl DerefMut for SystemWrite {
    fn deref_mut(&mut self) -> &mut SystemTx {
        &mut self.0
    }
}

impl Db {
    /// A snapshot of a tenant's rows, that cannot write.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::kernel::error::Code::Unavailable) when no connection becomes free in time.
    pub(in crate::platform) async fn read(
        &self,
        tenant: TenantId,
        statements: &Statements,
    ) -> Result<TenantTx> {
        let mut lease = Lease::new(self.reader().await?, statements.clone());
        lease.begin(begin_postgres(SNAPSHOT, tenant), "BEGIN").await?;
        Ok(TenantTx { lease, tenant, engaged: None, linked: None })
    }

    /// A transaction that may write a tenant's rows.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::kernel::error::Code::Unavailable) when no connection becomes free in time.
    pub(in crate::platform) async fn write(
        &self,
        tenant: TenantId,
        statements: &Statements,
    ) -> Result<WriteTx> {
        let mut lease = Lease::new(self.writer().await?, statements.clone());
        lease.begin(begin_postgres("BEGIN", tenant), "BEGIN IMMEDIATE").await?;
        Ok(WriteTx(TenantTx { lease, tenant, engaged: None, linked: None }))
    }

    /// A read of the tables outside tenants.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::kernel::error::Code::Unavailable) when no connection becomes free in time.
    pub(in crate::platform) async fn system(&self) -> Result<SystemTx> {
        let mut lease = Lease::new(self.reader().await?, Statements::default());
        // One snapshot, for whoever enters a tenant from here.
        lease.begin(SNAPSHOT.to_owned(), "BEGIN").await?;
        Ok(SystemTx(lease))
    }

    /// A write of the tables outside tenants.
    ///
    /// # Errors
    /// [`Code::Unavailable`](crate::kernel::error::Code::Unavailable) when no connection becomes free in time.
    pub(in crate::platform) async fn system_write(&self) -> Result<SystemWrite> {
        let mut lease = Lease::new(self.writer().await?, Statements::default());
        lease.begin("BEGIN".to_owned(), "BEGIN IMMEDIATE").await?;
        Ok(SystemWrite(SystemTx(lease)))
    }
}

/// A snapshot that cannot write.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The tenant is a literal `SET LOCAL` in the batch of BEGIN: one round trip, and carried to Citus workers, which
/// `set_config()` is not. A UUID holds nothing to quote.
fn begin_postgres(begin: &str, tenant: TenantId) -> String {
    format!("{begin}; {}", of_tenant(tenant))
}

fn of_tenant(tenant: TenantId) -> String {
    format!("SET LOCAL attestd.tenant = '{}'", tenant.uuid())
}

impl Db {
    /// Refuses a PostgreSQL role that row-level security does not bind.
    ///
    /// # Errors
    /// When the role is a superuser or may bypass row-level security.
    pub async fn refuse_bypass(&self) -> Result<()> {
        use diesel::{dsl::sql, sql_types::Bool};
        use diesel_async::RunQueryDsl;
        let mut tx = self.system().await?;
        let Conn::Postgres(conn) = tx.conn() else { return Ok(()) };
        let bypasses: bool = diesel::select(sql::<Bool>(
            "(SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)",
        ))
        .get_result(&mut **conn)
        .await?;
        if bypasses {
            let detail = "the database role bypasses row-level security; connect as an ordinary role";
            return Err(Error::new(Code::Forbidden, detail));
        }
        Ok(())
    }
}

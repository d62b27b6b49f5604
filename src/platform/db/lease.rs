//! A connection on loan, that can never go back to the pool with a transaction open or a statement half done.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use deadpool::managed::Object;
use diesel::connection::{DebugQuery, Instrumentation, InstrumentationEvent};
use diesel_async::{AsyncConnection, SimpleAsyncConnection};

use super::{Conn, connect::tls};
use crate::kernel::error::Result;

/// Counts the statements of one request; both engines report through diesel's instrumentation.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<(AtomicU32, AtomicU32)>);

impl Statements {
    /// Statements started so far, transaction control included.
    pub fn count(&self) -> u32 {
        self.0.0.load(Ordering::SeqCst)
    }

    fn in_flight(&self) -> bool {
        self.0.0.load(Ordering::SeqCst) != self.0.1.load(Ordering::SeqCst)
    }
}

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                tell(query);
                self.0.0.fetch_add(1, Ordering::SeqCst)
            }
            InstrumentationEvent::FinishQuery { .. } => self.0.1.fetch_add(1, Ordering::SeqCst),
            _ => 0,
        };
    }
}

/// Tells the statement to whoever traces `attestd::sql`, without its values: they may be secrets.
fn tell(query: &dyn DebugQuery) {
    if tracing::enabled!(target: "attestd::sql", tracing::Level::TRACE) {
        let text = query.to_string();
        let sql = text.split(" -- binds:").next().unwrap_or_default();
        tracing::trace!(target: "attestd::sql", %sql);
    }
}

/// A connection on loan.
pub(super) struct Lease {
    conn: Option<Conn>,
    statements: Statements,
    /// What begins its transaction, where the first query is to say it.
    begin: Option<String>,
}

impl Lease {
    pub(super) fn new(mut conn: Conn, statements: Statements) -> Self {
        count(&mut conn, statements.clone());
        Self { conn: Some(conn), statements, begin: None }
    }

    /// Begins a transaction with the first query in it; on SQLite at once, since who reads there waits for nobody, and who
    /// writes is to wait before anything else is held.
    pub(super) async fn begin(&mut self, postgres: String, sqlite: &str) -> Result<()> {
        match self.conn() {
            Conn::Postgres(_) => self.begin = Some(postgres),
            Conn::Sqlite(conn) => conn.batch_execute(sqlite).await?,
        }
        Ok(())
    }

    /// The connection, and what is still to be said before the next query.
    pub(super) fn opening(&mut self) -> (&mut Conn, Option<String>) {
        let begin = self.begin.take();
        (self.conn(), begin)
    }

    /// Runs what moves within the transaction or ends it, where there is one by now.
    pub(super) async fn run(&mut self, sql: &str) -> Result<()> {
        let begin = self.begin.take();
        let said = begin.map(|begin| format!("{begin}; {sql}"));
        let sql = said.as_deref().unwrap_or(sql);
        match self.conn() {
            Conn::Postgres(conn) => conn.batch_execute(sql).await,
            Conn::Sqlite(conn) => conn.batch_execute(sql).await,
        }
        .map_err(Into::into)
    }

    pub(super) fn conn(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("a lease holds its connection until it is returned")
    }

    /// Counts for another request from here on.
    pub(super) fn count_for(&mut self, statements: &Statements) {
        self.statements = statements.clone();
        count(self.conn(), statements.clone());
    }

    /// Gives the connection back; only after its transaction has ended.
    pub(super) fn give_back(mut self) {
        self.conn.take();
    }
}

impl Drop for Lease {
    /// An idle connection is rolled back and kept; one cut off in a statement is cancelled and closed, because
    /// nobody can tell what it will still do. Either way no lock outlives the lease.
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        if self.begin.is_some() {
            // Nothing was said: there is no transaction.
            return count(&mut conn, Statements::default());
        }
        // What ends the lease is not the request's: counted, it would race with the answer.
        count(&mut conn, Statements::default());
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if self.statements.in_flight() => {
                runtime.spawn(cancel(conn));
            }
            Ok(runtime) => {
                runtime.spawn(roll_back(conn));
            }
            Err(_) => close(conn),
        }
    }
}

fn count(conn: &mut Conn, statements: Statements) {
    match conn {
        Conn::Postgres(c) => c.set_instrumentation(statements),
        Conn::Sqlite(c) => c.set_instrumentation(statements),
    }
}

async fn roll_back(mut conn: Conn) {
    let done = match &mut conn {
        Conn::Postgres(c) => c.batch_execute("ROLLBACK").await,
        Conn::Sqlite(c) => c.batch_execute("ROLLBACK").await,
    };
    if done.is_err() {
        close(conn);
    }
}

/// PostgreSQL does not look at a closed socket while it waits for a lock, and keeps its own locks meanwhile.
async fn cancel(conn: Conn) {
    if let Conn::Postgres(c) = &conn {
        let token = c.cancel_token();
        if let Err(cause) = token.cancel_query(tls()).await {
            tracing::warn!(%cause, "a statement that nobody waits for could not be cancelled");
        }
    }
    close(conn);
}

fn close(conn: Conn) {
    match conn {
        Conn::Postgres(c) => drop(Object::take(c)),
        Conn::Sqlite(c) => drop(Object::take(c)),
    }
}

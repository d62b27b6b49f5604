//! Storage on two engines: SQLite and PostgreSQL behind one body of queries.

mod begun;
mod connect;
mod doc;
mod firsts;
mod lease;
mod links;
mod migrate;
pub mod refs;
pub mod sql;
mod tx;

use futures_util::future::BoxFuture;

pub use begun::begun;
pub use connect::{Conn, Db, Engine, Lite, Options, PoolStatus};
pub use doc::Doc;
pub use firsts::{firsts, nth};
pub use lease::Statements;
pub use migrate::{SchemaState, migrate, revert_and_migrate, schema_state};
pub use tx::{Linked, SystemTx, SystemWrite, TenantTx, WriteTx};

/// How many rows match, where the page asks for it.
#[macro_export]
macro_rules! counted {
    ($tx:expr, $page:expr, $query:expr) => {
        if $page.count { Some($crate::on_each!($tx, |conn| $query.get_result(conn).await)?) } else { None }
    };
}

/// Expands one written body in each engine's arm; `$c` is the engine's own connection.
///
/// Each arm's future is boxed: else every future above it is proved [`Send`] through the whole type of its query,
/// which took most of the time of a build.
#[macro_export]
macro_rules! on_each {
    ($tx:expr, |$c:ident| $body:expr) => {
        match $tx.opening() {
            ($crate::platform::db::Conn::Postgres(conn), begin) => {
                let mut shared = &**conn;
                let $c = &mut shared;
                let body = $crate::platform::db::boxed(async { $body });
                $crate::platform::db::begun(&**conn, begin, body).await
            }
            ($crate::platform::db::Conn::Sqlite(conn), _) => {
                let $c = &mut **conn;
                $crate::platform::db::boxed(async { $body }).await
            }
        }
    };
}

/// What a body of queries becomes, without the types of its queries.
pub fn boxed<'a, T>(body: impl Future<Output = T> + Send + 'a) -> BoxFuture<'a, T> {
    Box::pin(body)
}

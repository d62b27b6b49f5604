//! Storage on two engines: SQLite and PostgreSQL behind one body of queries.

mod connect;
mod doc;
mod lease;
mod links;
mod migrate;
pub mod refs;
pub mod sql;
mod tx;

pub use connect::{Conn, Db, Engine, Lite, Options, PoolStatus};
pub use doc::Doc;
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
#[macro_export]
macro_rules! on_each {
    ($tx:expr, |$c:ident| $body:expr) => {
        match $tx.conn() {
            $crate::platform::db::Conn::Postgres(conn) => {
                let $c = &mut **conn;
                $body
            }
            $crate::platform::db::Conn::Sqlite(conn) => {
                let $c = &mut **conn;
                $body
            }
        }
    };
}

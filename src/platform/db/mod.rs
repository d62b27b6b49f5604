//! Storage on two engines: SQLite and PostgreSQL behind one body of queries.

mod connect;
mod doc;
mod lease;
mod migrate;
pub mod refs;
pub mod sql;
mod tx;

pub use connect::{Conn, Db, Engine, Lite, Options, PoolStatus};
pub use doc::Doc;
pub use lease::Statements;
pub use migrate::{SchemaState, migrate, revert_and_migrate, schema_state};
pub use tx::{SystemTx, TenantTx, WriteTx};

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

//! Embedded migrations: two trees of the same names, one per engine.

use std::{collections::HashSet, error::Error};

use diesel::{dsl::sql, migration::MigrationSource, prelude::*, sql_types::Bool};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db};
use crate::on_each;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How a database's schema stands to this binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// Every migration of this binary is applied; perhaps newer ones too.
    Serves,
    /// So many migrations are missing.
    Behind(usize),
}

/// Applies what is missing and names it.
///
/// # Errors
/// When the database cannot be reached or refuses a migration; that migration is rolled back.
pub async fn migrate(db: &Db) -> Outcome<Vec<String>> {
    match db.writer().await? {
        Conn::Postgres(conn) => run(&mut AsyncMigrationHarness::new(conn), POSTGRES),
        Conn::Sqlite(conn) => run(&mut AsyncMigrationHarness::new(conn), SQLITE),
    }
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Compares the applied migrations with this binary's.
///
/// # Errors
/// When the database cannot be reached.
pub async fn schema_state(db: &Db) -> Outcome<SchemaState> {
    let applied = applied(db).await?;
    // The other tree has the same names.
    let own = MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES)?;
    let missing = own.iter().filter(|one| !applied.contains(&one.name().version().to_string())).count();
    Ok(if missing == 0 { SchemaState::Serves } else { SchemaState::Behind(missing) })
}

/// The versions applied. Only reads: diesel's own question creates its table, which the role that serves may not.
async fn applied(db: &Db) -> Outcome<HashSet<String>> {
    let mut tx = db.system().await?;
    if let Conn::Postgres(conn) = tx.conn() {
        let there = sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
        if !diesel::select(there).get_result::<bool>(&mut **conn).await? {
            return Ok(HashSet::new());
        }
    }
    let versions: Vec<String> = on_each!(tx, |conn| {
        __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn).await
    })?;
    Ok(versions.into_iter().collect())
}

/// Reverts every migration and applies it again: for the tests of the down scripts.
///
/// # Errors
/// When a script fails.
pub async fn revert_and_migrate(db: &Db) -> Outcome<()> {
    match db.writer().await? {
        Conn::Postgres(conn) => there_and_back(&mut AsyncMigrationHarness::new(conn), || POSTGRES),
        Conn::Sqlite(conn) => there_and_back(&mut AsyncMigrationHarness::new(conn), || SQLITE),
    }
}

fn run<DB: diesel::backend::Backend>(
    harness: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Outcome<Vec<String>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    Ok(harness.run_pending_migrations(source)?.iter().map(ToString::to_string).collect())
}

fn there_and_back<DB: diesel::backend::Backend>(
    harness: &mut impl MigrationHarness<DB>,
    source: impl Fn() -> EmbeddedMigrations,
) -> Outcome<()>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    harness.revert_all_migrations(source())?;
    harness.run_pending_migrations(source())?;
    Ok(())
}

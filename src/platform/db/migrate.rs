//! Embedded migrations: two trees of the same names, one per engine.

use std::error::Error;

use diesel::migration::MigrationSource;
use diesel_async::AsyncMigrationHarness;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db};

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

/// Compares the applied migrations with this binary's.
///
/// # Errors
/// When the database cannot be reached.
pub async fn schema_state(db: &Db) -> Outcome<SchemaState> {
    let missing = match db.writer().await? {
        Conn::Postgres(conn) => missing(&mut AsyncMigrationHarness::new(conn), POSTGRES)?,
        Conn::Sqlite(conn) => missing(&mut AsyncMigrationHarness::new(conn), SQLITE)?,
    };
    Ok(if missing == 0 { SchemaState::Serves } else { SchemaState::Behind(missing) })
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

fn missing<DB: diesel::backend::Backend>(
    harness: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Outcome<usize>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    Ok(harness.pending_migrations(source)?.len())
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

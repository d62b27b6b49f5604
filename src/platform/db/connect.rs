//! Opening the two engines and their pools.

use std::{sync::LazyLock, time::Duration};

use deadpool::managed::{self, Manager, PoolBuilder};
use diesel::{ConnectionError, ConnectionResult, SqliteConnection};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
    sync_connection_wrapper::SyncConnectionWrapper,
};
use futures_util::FutureExt;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    kernel::error::{Code, Error, Result, with_causes},
    platform::tls::client_config,
};

/// A SQLite connection that runs on the blocking pool.
pub type Lite = SyncConnectionWrapper<SqliteConnection>;

/// A pooled connection to one of the two engines.
pub enum Conn {
    /// PostgreSQL.
    Postgres(Object<AsyncPgConnection>),
    /// SQLite.
    Sqlite(Object<Lite>),
}

/// Which engine a database runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// PostgreSQL, for production.
    Postgres,
    /// SQLite, embedded.
    Sqlite,
}

/// How full a pool is.
pub struct PoolStatus {
    /// Which of the database's pools.
    pub name: &'static str,
    /// Connections that it may hold.
    pub max: usize,
    /// Connections that it holds.
    pub open: usize,
    /// Those of them that are idle.
    pub available: usize,
    /// Callers that wait for one.
    pub waiting: usize,
}

impl PoolStatus {
    fn of(name: &'static str, status: managed::Status) -> Self {
        let managed::Status { max_size: max, size: open, available, waiting } = status;
        Self { name, max, open, available, waiting }
    }
}

/// How to open a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Connections to PostgreSQL at the most.
    pub pool_size: usize,
    /// How long a request waits for a connection before it is told to come back.
    pub wait: Duration,
    /// How long PostgreSQL may work on one statement; zero for as long as it takes.
    pub statement_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { pool_size: 10, wait: Duration::from_secs(2), statement_timeout: Duration::from_secs(15) }
    }
}

/// A database: pools of connections to one engine.
#[derive(Clone)]
pub enum Db {
    /// PostgreSQL.
    Postgres(Pool<AsyncPgConnection>),
    /// SQLite: one writer behind a fair queue, four readers.
    Sqlite {
        /// The one connection that may write.
        writer: Pool<Lite>,
        /// Connections that may only read.
        readers: Pool<Lite>,
    },
}

const SQLITE_READERS: usize = 4;

impl Db {
    /// Opens pools; no connection is made until one is needed. `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// A message for the operator when the URL names neither engine or its query cannot be read.
    pub fn open(url: &str, options: &Options) -> std::result::Result<Self, String> {
        match Engine::of(url)? {
            Engine::Postgres => Ok(Self::Postgres(postgres_pool(url, options)?)),
            Engine::Sqlite => {
                let path = sqlite_path(url);
                Ok(Self::Sqlite {
                    writer: sqlite_pool(path, 1, "", options)?,
                    readers: sqlite_pool(path, SQLITE_READERS, "PRAGMA query_only = ON;", options)?,
                })
            }
        }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite { .. } => Engine::Sqlite,
        }
    }

    /// How full its pools are.
    pub fn pools(&self) -> Vec<PoolStatus> {
        match self {
            Self::Postgres(pool) => vec![PoolStatus::of("postgres", pool.status())],
            Self::Sqlite { writer, readers } => {
                vec![PoolStatus::of("writer", writer.status()), PoolStatus::of("readers", readers.status())]
            }
        }
    }

    pub(super) async fn reader(&self) -> Result<Conn> {
        match self {
            Self::Postgres(pool) => pool.get().await.map(Conn::Postgres).map_err(busy),
            Self::Sqlite { readers, .. } => readers.get().await.map(Conn::Sqlite).map_err(busy),
        }
    }

    pub(super) async fn writer(&self) -> Result<Conn> {
        match self {
            Self::Postgres(pool) => pool.get().await.map(Conn::Postgres).map_err(busy),
            Self::Sqlite { writer, .. } => writer.get().await.map(Conn::Sqlite).map_err(busy),
        }
    }
}

impl Engine {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// Which engine a URL names.
    ///
    /// # Errors
    /// A message for the operator when it names neither.
    pub fn of(url: &str) -> std::result::Result<Self, String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres)
        } else if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else {
            Err("must start with postgres:// or sqlite:".to_owned())
        }
    }
}

fn sqlite_path(url: &str) -> &str {
    let path = url.trim_start_matches("sqlite:");
    path.strip_prefix("//").unwrap_or(path)
}

fn busy<E: std::error::Error + Send + Sync + 'static>(cause: managed::PoolError<E>) -> Error {
    match cause {
        managed::PoolError::Backend(cause) => {
            Error::new(Code::Unavailable, "the database cannot be reached").with_cause(cause)
        }
        _ => Error::new(Code::Unavailable, "no database connection became free in time").with_cause(cause),
    }
}

fn postgres_pool(url: &str, options: &Options) -> std::result::Result<Pool<AsyncPgConnection>, String> {
    let timeout = options.statement_timeout.as_millis();
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url: &str| connect_postgres(url.to_owned(), timeout).boxed());
    let manager = AsyncDieselConnectionManager::new_with_config(url, config);
    build(Pool::builder(manager).max_size(options.pool_size), options)
}

async fn connect_postgres(url: String, timeout: u128) -> ConnectionResult<AsyncPgConnection> {
    let bad = |cause: &(dyn std::error::Error + 'static)| ConnectionError::BadConnection(with_causes(cause));
    let (client, connection) = tokio_postgres::connect(&url, tls()).await.map_err(|e| bad(&e))?;
    let mut conn = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    conn.batch_execute(&format!(
        "SET TIME ZONE 'UTC'; SET statement_timeout = {timeout}; SET lock_timeout = {timeout}; \
         SET idle_in_transaction_session_timeout = {}",
        timeout * 2
    ))
    .await
    .map_err(|e| bad(&e))?;
    Ok(conn)
}

/// TLS as PostgreSQL is spoken to; the system's certificates are read once.
pub(super) fn tls() -> MakeRustlsConnect {
    static CONFIG: LazyLock<rustls::ClientConfig> = LazyLock::new(|| client_config(&[]));
    MakeRustlsConnect::new(CONFIG.clone())
}

fn sqlite_pool(
    path: &str,
    size: usize,
    more: &'static str,
    options: &Options,
) -> std::result::Result<Pool<Lite>, String> {
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |path: &str| connect_sqlite(path.to_owned(), more).boxed());
    let manager = AsyncDieselConnectionManager::new_with_config(path, config);
    build(Pool::builder(manager).max_size(size), options)
}

async fn connect_sqlite(path: String, more: &'static str) -> ConnectionResult<Lite> {
    let mut conn = Lite::establish(&path).await?;
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
         PRAGMA foreign_keys = ON; {more}"
    ))
    .await
    .map_err(|e| ConnectionError::BadConnection(e.to_string()))?;
    Ok(conn)
}

fn build<M: Manager>(
    builder: PoolBuilder<M>,
    options: &Options,
) -> std::result::Result<managed::Pool<M>, String> {
    builder
        .runtime(deadpool::Runtime::Tokio1)
        .wait_timeout(Some(options.wait))
        .create_timeout(Some(options.wait))
        .build()
        .map_err(|e| e.to_string())
}

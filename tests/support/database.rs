//! A fresh, migrated database for one test, gone when the test ends. PostgreSQL's are cloned from one template.

use std::{path::PathBuf, thread};

use attestd::platform::{
    db::{Db, Engine, Options, migrate},
    ids::Ids,
};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// The ordinary role that owns the tests' databases: a superuser would bypass row-level security.
pub const ROLE: &str = "attestd_test";
/// Keeps test binaries that start together from making the template twice.
const LOCK: i64 = 0x61_7474;

/// A database, dropped with this value.
pub struct Database {
    /// How to open it.
    pub url: String,
    home: Home,
}

enum Home {
    Folder(PathBuf),
    Server(String),
}

impl Database {
    /// With every migration applied.
    pub async fn migrated(engine: Engine) -> Self {
        match engine {
            Engine::Postgres => Self::on_server(&format!("TEMPLATE {}", template().await)).await,
            Engine::Sqlite => {
                let made = Self::empty(engine).await;
                migrate(&open(&made.url)).await.unwrap();
                made
            }
        }
    }

    /// Without a single table.
    pub async fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Postgres => Self::on_server("").await,
            Engine::Sqlite => {
                let folder = std::env::temp_dir().join(fresh_name());
                std::fs::create_dir_all(&folder).unwrap();
                let url = format!("sqlite:{}", folder.join("db.sqlite").display());
                Self { url, home: Home::Folder(folder) }
            }
        }
    }

    async fn on_server(made_from: &str) -> Self {
        let (admin, name) = (admin().await, fresh_name());
        ensure_role(&admin).await;
        admin.batch_execute(&format!("CREATE DATABASE {name} OWNER {ROLE} {made_from}")).await.unwrap();
        Self { url: url_of(ROLE, &name), home: Home::Server(name) }
    }

    /// The same database as a role that row-level security does not bind.
    pub fn superuser_url(&self) -> Option<String> {
        match &self.home {
            Home::Server(name) => Some(url_of("postgres", name)),
            Home::Folder(_) => None,
        }
    }
}

impl Drop for Database {
    /// On a thread of its own, so that it also happens while a failed test unwinds.
    fn drop(&mut self) {
        match std::mem::replace(&mut self.home, Home::Folder(PathBuf::new())) {
            Home::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Home::Server(name) => {
                let drop_it = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let done = thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.unwrap().block_on(async { admin().await.batch_execute(&drop_it).await })
                });
                drop(done.join());
            }
        }
    }
}

/// The server's superuser.
pub async fn admin() -> Client {
    connect(&server()).await
}

/// A plain connection, past attestd's own pools.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn fresh_name() -> String {
    format!("attestd_{}", Ids::System.request().simple())
}

#[expect(clippy::disallowed_methods, reason = "the test command says where its server is")]
fn server() -> String {
    std::env::var("ATTESTD_TEST_POSTGRES").expect("ATTESTD_TEST_POSTGRES names a server: run ./scripts/test")
}

/// The URL of a database on the tests' server, as this role.
pub fn url_of(role: &str, database: &str) -> String {
    let server = server();
    let host = server.split('@').nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    format!("postgres://{role}@{host}/{database}")
}

fn open(url: &str) -> Db {
    Db::open(url, &Options { pool_size: 1, ..Options::default() }).unwrap()
}

async fn ensure_role(admin: &Client) {
    // Two that start together may both try; the second finds the first one's role.
    let make = format!(
        "DO $$ BEGIN CREATE ROLE {ROLE} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    admin.batch_execute(&make).await.unwrap();
}

/// The migrated template: one per version of the schema, made by whoever needs it first and kept on the server.
async fn template() -> &'static str {
    static MADE: OnceCell<String> = OnceCell::const_new();
    MADE.get_or_init(make_template).await
}

async fn make_template() -> String {
    let (admin, name) = (admin().await, format!("attestd_template_{}", schema_hash()));
    admin.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})")).await.unwrap();
    ensure_role(&admin).await;
    let whole = "SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate";
    if admin.query_opt(whole, &[&name]).await.unwrap().is_none() {
        // One that an interrupted run left half made is no template yet.
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {name} OWNER {ROLE}")).await.unwrap();
        migrate(&open(&url_of(ROLE, &name))).await.unwrap();
        let leave = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1";
        admin.query(leave, &[&name]).await.unwrap();
        admin.batch_execute(&format!("ALTER DATABASE {name} IS_TEMPLATE true")).await.unwrap();
    }
    admin.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})")).await.unwrap();
    name
}

fn schema_hash() -> String {
    let trees = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
    let mut folders: Vec<_> = std::fs::read_dir(trees).unwrap().map(|one| one.unwrap().path()).collect();
    folders.sort();
    let digest = folders.iter().fold(Sha256::new(), |digest, folder| {
        let name = folder.file_name().unwrap().as_encoded_bytes();
        digest.chain_update(name).chain_update(std::fs::read(folder.join("up.sql")).unwrap())
    });
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

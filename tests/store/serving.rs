//! Which databases the service refuses, and what it says.

use std::process::{Command, Output};

use crate::support::{database::url_of, *};

/// `attestd tenant create`, which opens a database exactly as `serve` does.
fn tenant_create(url: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attestd"));
    command.args(["tenant", "create", "--slug", "acme", "--name", "Acme", "--database-url", url]);
    command.output().unwrap()
}

fn refused(url: &str, says: &str) {
    let output = tenant_create(url);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(says), "{told}");
}

fn served(url: &str) {
    let output = tenant_create(url);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let founded: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(founded["owner_key"]["key"].as_str().unwrap().starts_with("atd_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_walls_do_not_bind_is_refused() {
    let database = Database::migrated(Engine::Postgres).await;
    refused(&database.superuser_url().unwrap(), "bypasses row-level security");
    let (admin, name) = (database::admin().await, format!("bypass_{}", std::process::id()));
    admin.batch_execute(&format!("CREATE ROLE {name} LOGIN BYPASSRLS IN ROLE attestd_test")).await.unwrap();
    let path = database.url.rsplit('/').next().unwrap().to_owned();
    let outcome = std::panic::catch_unwind(|| refused(&url_of(&name, &path), "bypasses row-level security"));
    admin.batch_execute(&format!("DROP ROLE {name}")).await.unwrap();
    outcome.unwrap();
    served(&database.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_create_nothing_serves_what_its_owner_migrated() {
    let database = Database::migrated(Engine::Postgres).await;
    let path = database.url.rsplit('/').next().unwrap().to_owned();
    let (admin, name) = (database::admin().await, format!("app_{}", std::process::id()));
    admin.batch_execute(&format!("CREATE ROLE {name} LOGIN")).await.unwrap();
    let mut sql = Sql::unbound(&database).await;
    let rights = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public";
    sql.run(&format!("GRANT {rights} TO {name}")).await.unwrap();
    let outcome = std::panic::catch_unwind(|| served(&url_of(&name, &path)));
    sql.run(&format!("DROP OWNED BY {name}")).await.unwrap();
    admin.batch_execute(&format!("DROP ROLE {name}")).await.unwrap();
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_behind_is_refused_and_the_command_named() {
    let empty = Database::empty(Engine::Postgres).await;
    refused(&empty.url, "attestd migrate");
    let database = Database::migrated(Engine::Postgres).await;
    let mut sql = Sql::unbound(&database).await;
    let last = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    sql.run(last).await.unwrap();
    refused(&database.url, "1 migration");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_migrated_on_start() {
    served(&Database::empty(Engine::Sqlite).await.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_ahead_serves() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::migrated(engine).await;
        let ahead = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')";
        Sql::unbound(&database).await.run(ahead).await.unwrap();
        served(&database.url);
    }
}

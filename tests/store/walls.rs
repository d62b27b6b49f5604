//! PostgreSQL's row-level security: a transaction sees the rows of the tenant that it names, and no others.

use crate::support::*;

/// Two tenants with one of everything, and the id of each as PostgreSQL writes it.
async fn two_worlds(app: &TestApp, sql: &mut Sql) -> (String, String) {
    let (a, b) = (World::of(app, "a").await, World::of(app, "b").await);
    for table in sql.tenant_tables().await {
        for world in [&a, &b] {
            let rows = format!("SELECT count(*) FROM {table} WHERE tenant_id = '{}'", uuid(world));
            assert!(sql.number(&rows).await > 0, "World::of puts nothing into {table}: add its line");
        }
    }
    (uuid(&a), uuid(&b))
}

fn uuid(world: &World) -> String {
    world.id("ten").trim_start_matches("ten_").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tenant_table_forces_row_level_security() {
    let database = Database::migrated(Engine::Postgres).await;
    let mut sql = Sql::unbound(&database).await;
    for table in sql.tenant_tables().await {
        let forced = format!(
            "SELECT count(*) FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid \
             WHERE c.oid = '{table}'::regclass AND c.relrowsecurity AND c.relforcerowsecurity"
        );
        assert_eq!(sql.number(&forced).await, 1, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_sees_the_tenant_it_names() {
    let app = TestApp::start(Engine::Postgres).await;
    let mut all = Sql::unbound(&app.database).await;
    let (a, b) = two_worlds(&app, &mut all).await;
    let mut bound = Sql::ordinary(&app.database).await;
    for table in all.tenant_tables().await {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(bound.number(&count).await, 0, "{table} without a tenant");
        bound.run(&format!("BEGIN; SET LOCAL attestd.tenant = '{a}'")).await.unwrap();
        let own = all.number(&format!("{count} WHERE tenant_id = '{a}'")).await;
        assert_eq!(bound.number(&count).await, own, "{table}: all of its own");
        assert_eq!(bound.number(&format!("{count} WHERE tenant_id = '{b}'")).await, 0, "{table}");
        bound.run("COMMIT").await.unwrap();
        assert_eq!(bound.number(&count).await, 0, "{table}: the setting ends with the transaction");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_cannot_write_another_tenants_rows() {
    let app = TestApp::start(Engine::Postgres).await;
    let mut all = Sql::unbound(&app.database).await;
    let (a, b) = two_worlds(&app, &mut all).await;
    let mut bound = Sql::ordinary(&app.database).await;
    for table in all.tenant_tables().await {
        let row = format!("SELECT to_json(t) FROM {table} t WHERE tenant_id = '{b}' LIMIT 1");
        let row = all.column(&row).await[0].replace('\'', "''");
        let theirs = all.column(&format!("SELECT to_json(t) FROM {table} t WHERE tenant_id = '{b}'")).await;
        for (attempt, wall) in [
            (format!("INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, '{row}')"), true),
            (format!("UPDATE {table} SET tenant_id = '{b}'"), true),
            (format!("UPDATE {table} SET tenant_id = tenant_id WHERE tenant_id = '{b}'"), false),
            (format!("DELETE FROM {table} WHERE tenant_id = '{b}'"), false),
        ] {
            bound.run(&format!("BEGIN; SET LOCAL attestd.tenant = '{a}'")).await.unwrap();
            let outcome = bound.run(&attempt).await;
            bound.run("COMMIT").await.unwrap();
            let refused = outcome.as_ref().is_err_and(|told| told.starts_with("42501"));
            assert_eq!(refused, wall, "{attempt}: {outcome:?}");
        }
        let after = all.column(&format!("SELECT to_json(t) FROM {table} t WHERE tenant_id = '{b}'")).await;
        assert_eq!(after, theirs, "{table}");
    }
}

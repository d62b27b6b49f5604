//! Foreign keys name the tenant on both sides, so that a reference to another tenant's row is impossible.

use crate::support::*;

on_both!(no_reference_crosses_tenants);

#[tokio::test(flavor = "multi_thread")]
async fn every_reference_names_the_tenant_and_has_an_index() {
    let database = Database::migrated(Engine::Sqlite).await;
    let shape = Sql::unbound(&database).await.shape().await;
    let mut seen = 0;
    for (table, shape) in &shape {
        for key in &shape.foreign_keys {
            let what = format!("{table} {key:?}");
            assert_eq!((key.from[0].as_str(), key.to[0].as_str()), ("tenant_id", "tenant_id"), "{what}");
            assert_eq!(
                key.on_delete, "NO ACTION",
                "{what}: deletion is refused while something refers to the row"
            );
            let wanted = format!("({}", key.from.join(", "));
            let indexed = shape
                .indexes
                .iter()
                .any(|index| index.contains(&format!("{wanted})")) || index.contains(&format!("{wanted},")));
            assert!(indexed, "{what} has no index among {:?}", shape.indexes);
            seen += 1;
        }
    }
    assert!(seen > 3);
}

mod scenario {
    use super::*;

    pub async fn no_reference_crosses_tenants(app: &TestApp) {
        let (a, b) = (World::of(app, "a").await, World::of(app, "b").await);
        let mut sql = Sql::unbound(&app.database).await;
        let literal = |world: &World| {
            let hex = world.id("ten").trim_start_matches("ten_").to_owned();
            if app.engine() == Engine::Sqlite { format!("x'{hex}'") } else { format!("'{hex}'") }
        };
        let (a, b) = (literal(&a), literal(&b));
        for (table, shape) in sql.shape().await {
            for key in &shape.foreign_keys {
                let (from, to) = (&key.from[1], &key.to[1]);
                let cross = format!(
                    "UPDATE {table} SET {from} = (SELECT {to} FROM {} WHERE tenant_id = {b} LIMIT 1) WHERE tenant_id = {a}",
                    key.table
                );
                let own = cross.replace(&b, &a);
                let own = sql.run(&own).await;
                assert!(own.is_ok(), "{table}.{from}: {own:?}");
                let refused = sql.run(&cross).await.expect_err(&cross).to_lowercase();
                assert!(refused.contains("foreign key"), "{cross}: {refused}");
            }
        }
    }
}

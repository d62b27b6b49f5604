//! The two trees of migrations make the same schema.

use std::{collections::BTreeSet, path::Path};

use attestd::platform::db::{Db, Options, revert_and_migrate};

use crate::support::*;

on_both!(what_is_stored_lives_through_a_release);

/// The first migration after a release that people have data of.
const SINCE: &str = "2026-12-01-000016";

fn names(tree: &str) -> BTreeSet<String> {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(tree);
    let folders = std::fs::read_dir(tree).unwrap().map(|one| one.unwrap().path());
    folders
        .map(|folder| {
            assert!(folder.join("up.sql").exists() && folder.join("down.sql").exists(), "{folder:?}");
            folder.file_name().unwrap().to_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn both_trees_have_the_same_names() {
    assert_eq!(names("sqlite"), names("postgres"));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_have_the_same_tables_columns_indexes_and_references() {
    let (lite, post) = (Database::migrated(Engine::Sqlite).await, Database::migrated(Engine::Postgres).await);
    let lite = Sql::unbound(&lite).await.shape().await;
    let post = Sql::unbound(&post).await.shape().await;
    assert!(lite.len() > 5);
    for (table, shape) in &lite {
        assert_eq!(Some(shape), post.get(table), "{table}: SQLite has what is on the left");
    }
    assert_eq!(lite.keys().collect::<Vec<_>>(), post.keys().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_go_down_and_up_again() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::migrated(engine).await;
        let before = Sql::unbound(&database).await.shape().await;
        let db = Db::open(&database.url, &Options::default()).unwrap();
        revert_and_migrate(&db).await.unwrap();
        assert_eq!(Sql::unbound(&database).await.shape().await, before, "{engine:?}");
    }
}

mod scenario {
    use super::*;

    /// Runs a migration's script as the service's own role does, which names no tenant.
    async fn step(sql: &mut Sql, name: &str, way: &str) {
        let tree = if sql.engine() == Engine::Sqlite { "sqlite" } else { "postgres" };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(tree).join(name).join(way);
        let script = std::fs::read_to_string(script).unwrap();
        let done = sql.run(&format!("BEGIN; {script}; COMMIT")).await;
        assert!(done.is_ok(), "{name}/{way}: {done:?}");
    }

    pub async fn what_is_stored_lives_through_a_release(app: &TestApp) {
        World::of(app, "acme").await;
        let tree = if app.engine() == Engine::Sqlite { "sqlite" } else { "postgres" };
        let later: Vec<_> = names(tree).into_iter().filter(|name| name.as_str() >= SINCE).collect();
        assert!(later.len() > 3);
        let (mut sql, mut seen) = (Sql::ordinary(&app.database).await, Sql::unbound(&app.database).await);
        let kept = [
            "audits",
            "audit_controls",
            "audit_members",
            "engagements",
            "findings",
            "evidence",
            "milestones",
        ];
        let mut before = Vec::new();
        for table in kept {
            before.push(seen.number(&format!("SELECT count(*) FROM {table}")).await);
        }
        assert!(before.iter().all(|rows| *rows > 0), "{before:?}");
        for name in later.iter().rev() {
            step(&mut sql, name, "down.sql").await;
        }
        for name in &later {
            step(&mut sql, name, "up.sql").await;
        }
        for (table, rows) in kept.into_iter().zip(before) {
            assert_eq!(seen.number(&format!("SELECT count(*) FROM {table}")).await, rows, "{table}");
        }
        let reports = "SELECT count(*) FROM evidence JOIN attestations ON attestations.report_evidence_id = evidence.id";
        assert!(seen.number(reports).await > 0);
        assert_eq!(
            seen.number(&format!("{reports} WHERE NOT restricted")).await,
            0,
            "a report is restricted"
        );
        let reminded = "SELECT count(*) FROM milestones WHERE resource_kind = 'certification'";
        let whole = format!("{reminded} AND CAST(remind_days AS text) = '[90, 30, 7]'");
        assert_eq!(seen.number(&whole).await, seen.number(reminded).await, "each in the usual way");
        if app.engine() == Engine::Sqlite {
            let broken = seen.column("SELECT \"table\" FROM pragma_foreign_key_check").await;
            assert_eq!(broken, [""; 0], "what referred to a table that was made anew still does");
        }
    }
}

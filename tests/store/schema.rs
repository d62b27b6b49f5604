//! The two trees of migrations make the same schema.

use std::{collections::BTreeSet, path::Path};

use attestd::platform::db::{Db, Options, revert_and_migrate};

use crate::support::*;

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

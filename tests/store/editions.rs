//! What it costs to find that a diary needs no rewriting.

use attestd::calendar::midnight;

use crate::{
    support::{Engine, TestApp},
    watch::{SqlLog, watched},
};

#[test]
fn sqlite() {
    watched(Engine::Sqlite, a_diary_of_this_edition_costs_one_question);
}

#[test]
fn postgres() {
    watched(Engine::Postgres, a_diary_of_this_edition_costs_one_question);
}

async fn a_diary_of_this_edition_costs_one_question(engine: Engine, log: SqlLog) {
    let app = TestApp::start(engine).await;
    app.tenant("acme").await;
    midnight::pass(&app.services).await.unwrap();
    log.begun();
    midnight::pass(&app.services).await.unwrap();
    // Which tenants there are, of which edition its diary is, what is not told yet, and whether an accreditation turned: no
    // write.
    assert_eq!(log.begun(), 4);
    midnight::pass(&app.services).await.unwrap();
    let asked = log.take();
    assert_eq!(asked.iter().filter(|sql| sql.contains("diary_editions")).count(), 1, "{asked:#?}");
    let others = ["controls", "risks", "evidence", "isms_records", "certifications", "attestations"];
    assert!(!asked.iter().any(|sql| others.iter().any(|table| sql.contains(table))), "{asked:#?}");
}

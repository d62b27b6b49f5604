//! How many rows are read: of a page of what is due, where a tenant has three hundred certificates and twenty thousand
//! dates, and of a list inside a list.

use crate::{
    support::{
        diary::{A, context, due, expect},
        *,
    },
    watch::{SqlLog, watched},
};

/// Dates of the tenant.
const DATES: i64 = 20_000;
/// Rows of a page, and one that tells whether there are more.
const PAGE: i64 = 51;

/// PostgreSQL alone tells how many rows each step of a plan gave; that SQLite goes by the same indexes, `scale` shows.
#[test]
fn a_page_of_what_is_due_reads_as_many_rows_as_it_shows() {
    watched(Engine::Postgres, pages_read_what_they_show);
}

async fn pages_read_what_they_show(engine: Engine, log: SqlLog) {
    let app = TestApp::start(engine).await;
    let key = app.tenant("acme").await;
    let tenant = app.read(&key, "/v1/tenant").await["id"].as_str().unwrap().to_owned();
    expect(&context(&app, &key).await, &A, &[due("date", None, "2026-01-01", None)]).await.unwrap();
    let mut sql = Sql::unbound(&app.database).await;
    grow(&mut sql).await;
    let mut bound = Sql::ordinary(&app.database).await;
    bound.as_tenant(&tenant).await;
    let tenant = format!("'{}'", tenant.trim_start_matches("ten_"));
    let last = "'2027-01-01'".to_owned();
    for (asked, values) in [
        ("", vec![tenant.clone(), PAGE.to_string()]),
        ("&sort=-due", vec![tenant.clone(), PAGE.to_string()]),
        ("&due_before=2027-01-01", vec![tenant.clone(), last.clone(), PAGE.to_string()]),
        ("&kind=certification", vec![tenant.clone(), "'certification'".to_owned(), PAGE.to_string()]),
        ("&resource=crt_7", vec![tenant.clone(), "'crt_7'".to_owned(), PAGE.to_string()]),
    ] {
        app.read(&key, "/v1/tenant").await;
        log.take();
        let page = app.read(&key, &format!("/v1/milestones?limit=50{asked}")).await;
        assert_eq!(page["data"].as_array().unwrap().len(), 50, "{asked}");
        let statements = log.take();
        let [statement] =
            &statements.iter().filter(|sql| sql.contains("FROM \"milestones\"")).collect::<Vec<_>>()[..]
        else {
            panic!("{asked}: {statements:#?}")
        };
        let rows = read(&mut bound, statement, &values).await;
        assert_eq!(rows, PAGE, "{asked}: {statement}");
    }
}

/// Tests of each control.
const TESTS: i64 = 400;

/// A list inside a list has as many rows come from the database as are shown, however long it is.
#[test]
fn a_nested_list_answers_the_rows_that_it_shows() {
    watched(Engine::Postgres, nested_lists_answer_what_they_show);
}

async fn nested_lists_answer_what_they_show(engine: Engine, log: SqlLog) {
    let app = TestApp::start(engine).await;
    let key = app.tenant("acme").await;
    let tenant = app.read(&key, "/v1/tenant").await["id"].as_str().unwrap().to_owned();
    let mut controls = Vec::new();
    for code in ["C-1", "C-2"] {
        let control = app.created(&key, "/v1/controls", json!({ "code": code, "title": code })).await;
        let id = control["id"].as_str().unwrap().to_owned();
        let test = json!({ "kind": "design", "procedure": "Read it", "result": "passed",
                           "performed_on": "2020-01-01" });
        app.created(&key, &format!("/v1/controls/{id}/tests"), test).await;
        controls.push(id.trim_start_matches("ctl_").to_owned());
    }
    let copy = format!(
        "INSERT INTO control_tests SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), \
         'performed_on', date '2020-01-01' + n))).* FROM control_tests t, generate_series(1, {TESTS} - 1) n"
    );
    Sql::unbound(&app.database).await.run(&copy).await.unwrap();
    log.take();
    let told = app.ask(&key, "{ controls { nodes { tests(first: 3) { performedOn } } } }").await;
    for control in told["data"]["controls"]["nodes"].as_array().unwrap() {
        assert_eq!(texts(&control["tests"], "performedOn"), ["2021-02-03", "2021-02-02", "2021-02-01"]);
    }
    let statements = log.take();
    let of_tests: Vec<_> = statements.iter().filter(|sql| sql.contains("FROM \"control_tests\"")).collect();
    let [statement] = &of_tests[..] else { panic!("{statements:#?}") };
    let mut bound = Sql::ordinary(&app.database).await;
    bound.as_tenant(&tenant).await;
    let tenant = format!("'{}'", tenant.trim_start_matches("ten_"));
    let values = [tenant, format!("'{{{}}}'", controls.join(",")), "3".to_owned()];
    let plan = plan(&mut bound, statement, &values).await;
    assert_eq!(plan["Actual Rows"].as_f64(), Some(6.0), "{statement}: {plan:#}");
}

/// Copies the one date so that three hundred certificates have twenty thousand.
async fn grow(sql: &mut Sql) {
    let copy = format!(
        "INSERT INTO milestones SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), \
         'code', 'date_' || n, 'resource_id', 'crt_' || n % 300, 'due', date '2026-01-01' + n % 1000))).* \
         FROM milestones m, generate_series(1, {DATES} - 1) n; ANALYZE milestones"
    );
    sql.run(&copy).await.unwrap();
    assert_eq!(sql.number("SELECT count(*) FROM milestones").await, DATES);
}

/// The rows that a statement reads from tables, those that a filter drops included.
async fn read(sql: &mut Sql, statement: &str, values: &[String]) -> i64 {
    rows_of(&plan(sql, statement, values).await)
}

/// How PostgreSQL answered a statement, with the rows and blocks that each step took.
pub async fn plan(sql: &mut Sql, statement: &str, values: &[String]) -> Value {
    sql.run(&format!("PREPARE asked AS {statement}")).await.unwrap();
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked({})", values.join(", "));
    let told = sql.column(&explain).await.join("\n");
    sql.run("DEALLOCATE asked").await.unwrap();
    let mut told: Value = serde_json::from_str(&told).unwrap();
    told[0]["Plan"].take()
}

fn rows_of(step: &Value) -> i64 {
    let number = |name: &str| step[name].as_i64().unwrap_or(0);
    let own = if step["Relation Name"].is_null() {
        0
    } else {
        number("Actual Rows") + number("Rows Removed by Filter")
    };
    let below = step["Plans"].as_array().into_iter().flatten();
    own + below.map(rows_of).sum::<i64>()
}

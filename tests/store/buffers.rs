//! What a page of what is due costs beside one of a plain list: the blocks of storage that its statement touches, where a
//! tenant has three hundred certificates and twenty thousand dates.

use crate::{
    reads::plan,
    support::{
        diary::{A, context, due, expect},
        *,
    },
    watch::{SqlLog, watched},
};

/// Dates in force, and as many controls.
const ROWS: i64 = 20_000;
/// Dates that are no longer in force.
const CANCELLED: i64 = 2_000;
/// Resources among those with dates that are certificates.
const CERTIFICATES: i64 = 300;
/// A page of dates costs at most so many times what one of controls does.
const TIMES: i64 = 3;

/// PostgreSQL alone counts the blocks.
#[test]
fn a_page_of_what_is_due_costs_no_more_than_three_plain_pages() {
    watched(Engine::Postgres, pages_cost_alike);
}

async fn pages_cost_alike(engine: Engine, log: SqlLog) {
    let app = TestApp::start(engine).await;
    let key = app.tenant("acme").await;
    let tenant = app.read(&key, "/v1/tenant").await["id"].as_str().unwrap().to_owned();
    let mut owners = vec![app.first_member(&key).await];
    for name in ["Ticket bot", "Build bot"] {
        let member = json!({ "kind": "machine", "name": name, "role": "contributor" });
        let member = app.created(&key, "/v1/members", member).await;
        owners.push(member["id"].as_str().unwrap().to_owned());
    }
    expect(&context(&app, &key).await, &A, &[due("date", None, "2026-01-01", None)]).await.unwrap();
    app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Access is reviewed" })).await;
    let mut sql = Sql::unbound(&app.database).await;
    grow_dates(&mut sql, &owners).await;
    grow_controls(&mut sql, &owners).await;
    let mut bound = Sql::ordinary(&app.database).await;
    bound.as_tenant(&tenant).await;
    let today = &NOW[..10];
    let given = vec![
        ("\"tenant_id\"", quoted(&tenant)),
        ("\"due\"", format!("'{today}'")),
        ("\"window_opens\"", format!("'{today}'")),
        ("\"done_on\"", "'9999-12-31'".to_owned()),
        ("\"resource_kind\"", "'finding'".to_owned()),
        ("\"owner_id\"", quoted(&owners[1])),
        ("LIMIT", "51".to_owned()),
    ];
    let mut lists = Lists { app, key, log, bound, given };
    let plain = lists.page("controls", "").await;
    for asked in [
        String::new(),
        "&sort=-due".to_owned(),
        format!("&due_before={today}"),
        format!("&due_after={today}"),
        "&kind=finding".to_owned(),
        format!("&kind=finding&due_after={today}"),
        format!("&owner={}", owners[1]),
        format!("&owner={}&due_after={today}", owners[1]),
        "&state=done".to_owned(),
        "&state=overdue".to_owned(),
        "&state=open".to_owned(),
        "&state=overdue&state=open".to_owned(),
    ] {
        let page = lists.page("milestones", &asked).await;
        assert_eq!(page.statements, plain.statements, "{asked}: nothing else is asked for");
        let (cost, beside) = (page.blocks, plain.blocks);
        assert!(cost <= TIMES * beside, "{asked}: {cost} blocks beside {beside}: {:#}", page.plan);
    }
}

/// The lists of a tenant, whose statements are asked again.
struct Lists {
    app: TestApp,
    key: String,
    log: SqlLog,
    bound: Sql,
    /// What a value stands for in a statement, by what is written before it.
    given: Vec<(&'static str, String)>,
}

/// What a page took.
struct Taken {
    /// Statements of the whole request.
    statements: usize,
    /// Blocks that the page's own statement touched, in memory or not.
    blocks: i64,
    /// How that was answered.
    plan: Value,
}

impl Lists {
    /// Asks the service for fifty rows, and the database how it finds them.
    async fn page(&mut self, list: &str, asked: &str) -> Taken {
        self.log.take();
        let page = self.app.read(&self.key, &format!("/v1/{list}?limit=50{asked}")).await;
        assert_eq!(page["data"].as_array().unwrap().len(), 50, "{list} {asked}");
        let statements = self.log.take();
        let from = format!("FROM \"{list}\"");
        let [statement] = &statements.iter().filter(|sql| sql.contains(&from)).collect::<Vec<_>>()[..] else {
            panic!("{list} {asked}: {statements:#?}")
        };
        let values = self.values(statement);
        let plan = plan(&mut self.bound, statement, &values).await;
        assert_eq!(plan["Actual Rows"].as_f64(), Some(51.0), "{statement}: {plan:#}");
        let blocks = |name: &str| plan[name].as_i64().unwrap();
        let blocks = blocks("Shared Hit Blocks") + blocks("Shared Read Blocks");
        Taken { statements: statements.len(), blocks, plan }
    }

    /// The values of a statement: each by the column that is named last before it.
    fn values(&self, statement: &str) -> Vec<String> {
        let mut before: Vec<_> = statement.split(" $").collect();
        before.pop();
        let value = |text: &&str| {
            let last = self.given.iter().max_by_key(|one| text.rfind(one.0)).unwrap();
            last.1.clone()
        };
        before.iter().map(value).collect()
    }
}

/// An id as it stands in the database.
fn quoted(id: &str) -> String {
    format!("'{}'", id.split_once('_').unwrap().1)
}

/// One of the three owners by turns, and mostly nobody: what only a filter could find would be far apart.
fn owner(owners: &[String]) -> String {
    let ids: Vec<_> = owners.iter().map(|id| id.trim_start_matches("mem_")).collect();
    format!("('{{{}}}'::uuid[])[n % 11 + 1]", ids.join(","))
}

/// Writes dates over six years, of all kinds and states, in another order than they are due. The divisors share no factor,
/// so that what is taken by turns is mixed.
async fn grow_dates(sql: &mut Sql, owners: &[String]) {
    let (today, owner) = (&NOW[..10], owner(owners));
    let copy = format!(
        "INSERT INTO milestones (tenant_id, id, resource_kind, resource_id, code, cycle, title, window_opens, due, \
         done_on, assumed, rule, inputs, owner_id, cancelled_at, version) \
         SELECT m.tenant_id, md5(n::text)::uuid, \
         CASE WHEN n % 10 < 3 THEN 'certification' ELSE (ARRAY['control', 'risk', 'evidence', 'finding', 'audit', \
         'policy', 'attestation'])[n % 10 - 2] END, \
         CASE WHEN n % 10 < 3 THEN 'crt_' || (n / 10 * 3 + n % 10) % ({CERTIFICATES} - 1) \
         ELSE 'one_' || n % 997 END, \
         (ARRAY['surveillance_1', 'surveillance_2', 'recertification', 'expiry', 'review', 'test', 'plan'])[n % 7 + 1], \
         m.cycle, m.title, CASE n % 3 WHEN 0 THEN d.due - 14 WHEN 1 THEN d.due - 90 END, d.due, \
         CASE WHEN d.due < date '{today}' AND n % 23 > 0 THEN d.due END, m.assumed, m.rule, m.inputs, {owner}, \
         CASE WHEN n >= {ROWS} THEN timestamptz '2026-11-01 00:00Z' END, m.version \
         FROM milestones m, generate_series(1, {ROWS} + {CANCELLED} - 1) n, \
         LATERAL (SELECT date '2024-01-01' + n * 7919 % 2179 AS due) d; ANALYZE milestones"
    );
    sql.run(&copy).await.unwrap();
    assert_eq!(sql.number("SELECT count(*) FROM milestones WHERE cancelled_at IS NULL").await, ROWS);
    let certificates =
        "SELECT count(DISTINCT resource_id) FROM milestones WHERE resource_kind = 'certification'";
    assert_eq!(sql.number(certificates).await, CERTIFICATES);
}

/// Writes as many controls, in another order than that of their codes: rows that lie together share blocks.
async fn grow_controls(sql: &mut Sql, owners: &[String]) {
    let owner = owner(owners);
    let copy = format!(
        "INSERT INTO controls (tenant_id, id, code, title, description, owner_id, status, requirements, topics, \
         aspects, external_refs, version, created_at) \
         SELECT c.tenant_id, md5(n::text)::uuid, 'C-' || lpad((n * 7919 % {ROWS})::text, 5, '0'), c.title, \
         c.description, {owner}, c.status, c.requirements, c.topics, c.aspects, c.external_refs, c.version, \
         c.created_at + n * interval '1 minute' \
         FROM controls c, generate_series(1, {ROWS} - 1) n; ANALYZE controls"
    );
    sql.run(&copy).await.unwrap();
    assert_eq!(sql.number("SELECT count(*) FROM controls").await, ROWS);
}

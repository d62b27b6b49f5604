//! Two hundred tenants, one of them large: every list answers with as many statements as for a small tenant, and each
//! statement finds its rows by an index, in the order asked for.

use std::collections::HashSet;

use crate::{
    support::{
        operations::{Operation, document, resolved},
        *,
    },
    watch::{SqlLog, watched},
};

/// Rows of the large tenant, in each of its tables.
const LARGE: usize = 5_000;
/// The other tenants, with their rows in each table.
const OTHERS: (usize, usize) = (200, 20);

/// Certificates of the large tenant.
const CERTIFICATES: usize = 300;

/// Filters that find their rows, few, by another index than the one of the order: what they find is sorted.
const SORTED: [&str; 37] = [
    "list_milestones code",
    "list_applicability_versions approved_after",
    "list_applicability_versions approved_before",
    "topic",
    "aspect",
    "control",
    "risk",
    "level",
    "above_appetite",
    "review_before",
    "acceptance_state",
    "external_ref",
    "requirement",
    "framework",
    "since",
    "until",
    "certification_body",
    "standard",
    "number",
    "expires_before",
    "expires_after",
    "customer",
    "list_customer_requirements due_before",
    "list_findings due_before",
    "list_findings overdue",
    "list_audits member",
    "list_attestations scope",
    "list_attestations report",
    "list_attestations state",
    "list_attestations currency",
    "list_attestations covers",
    "list_attestations system",
    "list_attestation_tests criterion",
    "list_attestation_tests result",
    "recipient",
    "list_policies due_before",
    "list_policies due_after",
];

/// Records of the management system are of many kinds, all in one table and found by one statement: there are many
/// policies, and few of the others, which may be sorted.
const FEW: [&str; 12] = [
    "list_documents ",
    "list_objectives ",
    "list_management_reviews ",
    "list_context_issues ",
    "list_climate_decisions ",
    "list_interested_parties ",
    "list_scope_statements ",
    "list_risk_assessments ",
    "list_treatment_plans ",
    "list_competence_records ",
    "list_audit_programmes ",
    "list_improvements ",
];

#[test]
fn sqlite() {
    watched(Engine::Sqlite, every_list_scales);
}

#[test]
fn postgres() {
    watched(Engine::Postgres, every_list_scales);
}

/// A read goes on in the transaction that proved the credential. A write does not: its body may take its time to come,
/// and holds no connection meanwhile.
async fn a_read_begins_once(app: &TestApp, world: &World, log: &SqlLog) {
    let key = &world.key;
    app.read(key, "/v1/controls").await;
    log.begun();
    app.read(key, "/v1/controls").await;
    let read = log.begun();
    app.created(key, "/v1/controls", json!({ "code": "ONE-MORE", "title": "One more" })).await;
    assert_eq!((read, log.begun()), (1, 2));
}

async fn every_list_scales(engine: Engine, log: SqlLog) {
    let app = TestApp::start(engine).await;
    let (large, small) = (World::of(&app, "large").await, World::of(&app, "small").await);
    let mut sql = Sql::unbound(&app.database).await;
    a_read_begins_once(&app, &small, &log).await;
    grow(&mut sql, &large).await;
    let mut bound = Sql::ordinary(&app.database).await;
    bound.as_tenant(large.id("ten")).await;
    let (mut seen, mut breaches) = (HashSet::new(), Vec::new());
    for list in Operation::all().iter().filter(|one| one.query.iter().any(|(name, _)| name == "limit")) {
        for (asked, there) in questions(list, &large).into_iter().zip(questions(list, &small)) {
            let (statements, next) = page(&app, &log, list, &large, &asked).await;
            let (fewer, _) = page(&app, &log, list, &small, &there).await;
            assert_eq!(statements.len(), fewer.len(), "{} {asked}: {statements:#?}", list.id);
            for statement in statements.into_iter().chain(next).filter(|one| seen.insert(one.clone())) {
                breaches.extend(breach(&mut bound, &statement, &format!("{} {asked}", list.id)).await);
            }
        }
    }
    assert!(seen.len() > 80, "{}", seen.len());
    assert!(breaches.is_empty(), "{}", breaches.join("\n\n"));
}

/// Each order alone, each filter with each order, each with a count, and the second page of each.
fn questions(list: &Operation, world: &World) -> Vec<String> {
    let described = &document()["paths"][&list.path]["get"]["parameters"];
    let words = |name: &str| -> Vec<String> {
        let one = described.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
        let schema = resolved(&one["schema"]);
        let schema = if schema["type"] == "array" { resolved(&schema["items"]) } else { schema };
        schema["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    };
    let mut filters = vec![String::new()];
    for (name, prefix) in &list.query {
        if ["limit", "cursor", "sort", "count"].contains(&name.as_str()) {
            continue;
        }
        filters.extend(
            values(name, prefix.as_deref(), words(name), world)
                .iter()
                .map(|value| format!("&{name}={value}")),
        );
    }
    let sorts = words("sort");
    assert!(!sorts.is_empty(), "{} has an order", list.id);
    let each = |filter: &String| {
        sorts.iter().map(|sort| format!("sort={sort}{filter}&limit=10")).collect::<Vec<_>>()
    };
    filters.iter().flat_map(each).flat_map(|one| [one.clone(), format!("{one}&count=true")]).collect()
}

/// What to ask a filter for. A new filter adds its line here.
fn values(name: &str, prefix: Option<&str>, words: Vec<String>, world: &World) -> Vec<String> {
    let one = |value: &str| vec![value.to_owned()];
    match (name, prefix) {
        _ if !words.is_empty() => words,
        (_, Some(prefix)) => one(world.id(prefix)),
        ("requirement", _) => one("CC6.1"),
        ("framework", _) => one("soc2-2017"),
        ("external_ref", _) => vec![format!("jira:{}", world.made["ten"]["slug"].as_str().unwrap())],
        ("category", _) => one("Suppliers"),
        ("level", _) => one("high"),
        ("above_appetite", _) => vec!["true".to_owned(), "false".to_owned()],
        ("review_before", _) => one("2026-12-31"),
        ("covers", _) => one("2026-01-01..2026-12-31"),
        ("customer", _) => one("Customer"),
        ("country", _) => one("DE"),
        ("standard", _) => one("ISO%2FIEC%2027001"),
        ("email", _) => one(world.made["inv"]["email"].as_str().unwrap()),
        ("number", _) => one(world.made["crt"]["number"].as_str().unwrap()),
        ("implemented", _) => vec!["true".to_owned(), "false".to_owned()],
        ("approved_before", _) => one("2030-01-01"),
        ("approved_after", _) => one("2026-01-01"),
        ("expires_before", _) => one("2030-01-01"),
        ("expires_after", _) => one("2026-01-01"),
        ("kind", _) => one("certification"),
        ("resource", _) => vec![world.id("ctl").to_owned(), "control".to_owned()],
        ("actor", _) => one(world.id("mem")),
        ("since", _) => one("2026-11-24T00:00:00Z"),
        ("until", _) => one("2026-11-25T00:00:00Z"),
        ("due_before", _) => one("2027-06-01"),
        ("due_after", _) => one("2026-12-01"),
        ("code", _) => one("surveillance_1"),
        ("planned_before", _) => one("2027-01-01"),
        ("planned_after", _) => one("2026-12-01"),
        ("overdue", _) => vec!["true".to_owned(), "false".to_owned()],
        ("scope", _) => one("Cloud%20platform"),
        ("criterion", _) => one("CC6.1"),
        ("recipient", _) => one("Customer"),
        // The day for which states are told, the catalog's own filters: no rows to find.
        ("as_of" | "known_at" | "to" | "group", _) => Vec::new(),
        _ => panic!("{name} has no line in tests/store/scale.rs"),
    }
}

/// The statements of a page, and those of the one after it where there is one.
async fn page(
    app: &TestApp,
    log: &SqlLog,
    list: &Operation,
    world: &World,
    asked: &str,
) -> (Vec<String>, Vec<String>) {
    let url = format!("{}?{asked}", list.url(world));
    log.take();
    let first = app.read(list.key(world), &url).await;
    let statements = log.take();
    let Some(cursor) = first["next_cursor"].as_str() else { return (statements, Vec::new()) };
    app.read(list.key(world), &format!("{url}&cursor={cursor}")).await;
    let next = log.take();
    assert_eq!(next.len(), statements.len(), "{url}: the second page");
    (statements, next)
}

/// The plan, where a table is read from end to end, or rows are sorted that an index could give in order. The register of
/// tenants is small and no tenant's.
async fn breach(sql: &mut Sql, statement: &str, what: &str) -> Option<String> {
    let plan = sql.plan(statement).await;
    // A filter of one list alone is written with the list before it.
    let one = SORTED.iter().any(|name| {
        let (list, name) = name.split_once(' ').unwrap_or(("", name));
        what.starts_with(list) && what.contains(&format!("&{name}="))
    });
    // What belongs to the rows of a page is sorted within the page.
    let few = FEW.iter().any(|list| what.starts_with(list));
    let sorted = one || few || what.starts_with("list_tenants") || statement.contains("= ANY(");
    let wrong = |step: &String| {
        let whole = match sql.engine() {
            Engine::Sqlite => step.starts_with("SCAN ") && !step.starts_with("SCAN tenants"),
            Engine::Postgres => step.contains("Seq Scan") && !step.contains("Seq Scan on tenants"),
        };
        let sorts =
            step.contains("USE TEMP B-TREE") || (step.contains("Sort  (") && !step.contains("Incremental"));
        whole || (sorts && !sorted)
    };
    plan.iter().any(wrong).then(|| format!("{what}:\n{statement}\n{plan:#?}"))
}

/// Fills the tables of the large tenant, and of many others.
async fn grow(sql: &mut Sql, large: &World) {
    for (table, changed) in [
        ("locators", vec![("hash", "'h' || #")]),
        ("tenants", vec![("id", "ID"), ("slug", "'t' || #")]),
        (
            "members",
            vec![
                ("id", "ID"),
                ("email", "'m' || # || '@example'"),
                ("created_at", "created_at + STEP"),
                ("role", "PICK(owner,manager,contributor,viewer)"),
                ("kind", "PICK(person,machine)"),
            ],
        ),
        (
            "identity_providers",
            vec![
                ("id", "ID"),
                ("name", "'P' || #"),
                ("audience", "'a' || #"),
                ("created_at", "created_at + STEP"),
            ],
        ),
        (
            "invitations",
            vec![("id", "ID"), ("email", "'e' || # || '@example'"), ("created_at", "created_at + STEP")],
        ),
        ("identities", vec![("subject", "'s' || #")]),
        ("api_keys", vec![("id", "ID"), ("created_at", "created_at + STEP")]),
        ("oauth_clients", vec![("id", "ID"), ("created_at", "created_at + STEP")]),
        (
            "controls",
            vec![
                ("id", "ID"),
                ("code", "'C' || #"),
                ("created_at", "created_at + STEP"),
                ("status", "PICK(not_started,planned,partial,implemented,retired)"),
                ("kind", "PICK(preventive,detective,corrective)"),
            ],
        ),
        ("custom_frameworks", vec![("id", "ID"), ("key", "'x-' || #")]),
        (
            "custom_requirements",
            vec![("id", "ID"), ("framework_id", "ID"), ("framework", "'x-' || #"), ("code", "'9.' || #")],
        ),
        (
            "requirement_mappings",
            vec![
                ("id", "ID"),
                ("from_requirement", "'9.' || #"),
                ("from_id", "ID"),
                ("to_requirement", "'9.' || #"),
            ],
        ),
        ("requirement_uses", vec![("requirement_id", "ID")]),
        ("control_tags", vec![("control_id", "ID"), ("tag", "PICK(access_control,process,people)")]),
        ("control_requirements", vec![("control_id", "ID"), ("requirement", "PICK(CC6.1,CC6.2,CC6.3)")]),
        ("control_tests", vec![("id", "ID"), ("result", "PICK(passed,failed)")]),
        (
            "risks",
            vec![
                ("id", "ID"),
                ("code", "'R' || #"),
                ("created_at", "created_at + STEP"),
                ("category", "PICK(Suppliers,Access,People)"),
                ("status", "PICK(identified,assessed,in_treatment,monitored,closed)"),
                ("treatment", "PICK(modify,retain,avoid,share)"),
                ("score", "# % 26"),
            ],
        ),
        ("risk_controls", vec![("risk_id", "ID")]),
        ("risk_matrices", vec![]),
        (
            "statements_of_applicability",
            vec![("id", "ID"), ("name", "'S' || #"), ("created_at", "created_at + STEP")],
        ),
        ("applicability_entries", vec![("statement_id", "ID")]),
        ("applicability_entry_controls", vec![("statement_id", "ID")]),
        ("applicability_entry_risks", vec![("statement_id", "ID")]),
        ("applicability_versions", vec![("id", "ID"), ("number", "# + 10"), ("label", "'v' || #")]),
        (
            "isms_records",
            vec![
                ("id", "ID"),
                ("code", "'D' || #"),
                ("title", "'Record ' || #"),
                ("created_at", "created_at + STEP"),
                ("status", "PICK(draft,approved,retired)"),
            ],
        ),
        ("isms_links", vec![("id", "ID"), ("record_id", "ID")]),
        ("isms_parts", vec![("id", "ID"), ("record_id", "ID"), ("number", "# + 10")]),
        (
            "evidence",
            vec![
                ("id", "ID"),
                ("created_at", "created_at + STEP"),
                ("kind", "PICK(file,link,statement,record)"),
                ("review", "PICK(draft,submitted,accepted,rejected)"),
            ],
        ),
        ("evidence_versions", vec![("evidence_id", "ID"), ("sha256", "'s' || #")]),
        ("evidence_controls", vec![("evidence_id", "ID")]),
        ("evidence_risks", vec![("evidence_id", "ID")]),
        ("evidence_requirements", vec![("evidence_id", "ID"), ("requirement", "PICK(CC6.1,CC6.2,CC6.3)")]),
        (
            "milestones",
            vec![
                ("id", "ID"),
                ("resource_kind", "PICK(certification,control,evidence,finding,risk)"),
                ("code", "PICK(surveillance_1,surveillance_2,expiry)"),
                ("resource_id", "'crt_' || #"),
            ],
        ),
        ("external_refs", vec![("external_id", "'x' || #")]),
        (
            "locations",
            vec![
                ("id", "ID"),
                ("name", "'Place ' || #"),
                ("created_at", "created_at + STEP"),
                ("kind", "PICK(office,data_center,cloud_region,remote,plant,other)"),
                ("country", "PICK(DE,FR,IE)"),
            ],
        ),
        (
            "systems",
            vec![
                ("id", "ID"),
                ("name", "'System ' || #"),
                ("created_at", "created_at + STEP"),
                ("kind", "PICK(service,application,infrastructure,data_store,process,vendor)"),
                ("status", "PICK(planned,live,retired)"),
                ("criticality", "PICK(low,medium,high,critical)"),
            ],
        ),
        ("system_frameworks", vec![("system_id", "ID")]),
        (
            "customer_requirements",
            vec![
                ("id", "ID"),
                ("customer", "'Customer ' || #"),
                ("created_at", "created_at + STEP"),
                ("status", "PICK(open,agreed,met,declined)"),
            ],
        ),
        ("customer_requirement_frameworks", vec![("customer_requirement_id", "ID")]),
        (
            "certification_bodies",
            vec![("id", "ID"), ("name", "'Body ' || #"), ("created_at", "created_at + STEP")],
        ),
        ("certification_settings", vec![]),
        ("certifications", vec![("id", "ID"), ("number", "'X-' || #"), ("created_at", "created_at + STEP")]),
        ("certification_events", vec![("id", "ID"), ("certification_id", "ID")]),
        (
            "audits",
            vec![
                ("id", "ID"),
                ("kind", "PICK(internal,stage_1,stage_2,surveillance,recertification,special,supplier)"),
                ("status", "PICK(planned,in_progress,completed,cancelled,voided)"),
                ("programme_audit", "#"),
            ],
        ),
        ("engagements", vec![("audit_id", "ID")]),
        ("evidence_requests", vec![("id", "ID"), ("status", "PICK(open,provided,accepted,returned)")]),
        ("evidence_request_controls", vec![("request_id", "ID")]),
        ("evidence_request_evidence", vec![("request_id", "ID")]),
        ("audit_controls", vec![("audit_id", "ID")]),
        ("audit_members", vec![("audit_id", "ID")]),
        (
            "findings",
            vec![
                ("id", "ID"),
                ("created_at", "created_at + STEP"),
                ("grade", "PICK(major,minor,opportunity,observation,exception)"),
                ("stage", "PICK(open,plan_accepted,implemented,verified,closed,reopened)"),
            ],
        ),
        ("finding_controls", vec![("finding_id", "ID")]),
        ("finding_evidence", vec![("finding_id", "ID")]),
        ("finding_requirements", vec![("finding_id", "ID"), ("requirement", "PICK(CC6.1,CC6.2,CC6.3)")]),
        ("corrective_actions", vec![("id", "ID"), ("created_at", "created_at + STEP")]),
        ("corrective_action_evidence", vec![("action_id", "ID")]),
        (
            "attestations",
            vec![
                ("id", "ID"),
                ("name", "'SOC 2 ' || #"),
                ("scope", "'Scope ' || #"),
                ("created_at", "created_at + STEP"),
                ("state", "PICK(planning,window_open,issued,cancelled)"),
            ],
        ),
        ("attestation_systems", vec![("attestation_id", "ID")]),
        ("attestation_events", vec![("id", "ID"), ("attestation_id", "ID")]),
        ("attestation_tests", vec![("id", "ID"), ("created_at", "created_at + STEP")]),
        ("attestation_releases", vec![("id", "ID"), ("recipient", "'Customer ' || #")]),
        ("journal", vec![("seq", "# + 1000"), ("resource_id", "'ctl_' || #")]),
    ] {
        fill(sql, table, &changed, large).await;
    }
    if sql.engine() == Engine::Postgres {
        sql.run("ANALYZE").await.unwrap();
    }
}

/// Copies the large tenant's row many times, changed in some columns.
async fn fill(sql: &mut Sql, table: &str, changed: &[(&str, &str)], large: &World) {
    let lite = sql.engine() == Engine::Sqlite;
    let columns = sql.columns(table).await;
    let names: Vec<_> = columns.iter().map(|name| name.trim_end_matches(" null").to_owned()).collect();
    let own = large.id("ten").trim_start_matches("ten_");
    let (own, uuid) = match lite {
        true => (format!("x'{own}'"), "unhex(printf('%032x', #))"),
        false => (format!("'{own}'::uuid"), "lpad(to_hex(#), 32, '0')::uuid"),
    };
    let step = if lite { "#" } else { "# * interval '1 microsecond'" };
    let (tenants, rows) = OTHERS;
    let few = table.starts_with("certification") || table.starts_with("attestation");
    let large_rows = if few { CERTIFICATES } else { LARGE };
    // One row to a tenant.
    let single = ["risk_matrices", "certification_settings"].contains(&table);
    let large_rows = if single { 0 } else { large_rows };
    let total = if single || table == "tenants" { tenants } else { large_rows + tenants * rows };
    let value = |name: &str| -> String {
        let expression = match changed.iter().find(|(one, _)| *one == name) {
            _ if name == "tenant_id" => {
                let other = uuid.replace('#', &format!("(# % {tenants} + 1)"));
                format!("CASE WHEN # <= {large_rows} THEN t.tenant_id ELSE {other} END")
            }
            Some((_, "ID")) => uuid.to_owned(),
            Some((_, expression)) => pick(expression),
            // Only the large tenant's own members can be referred to.
            None if ["owner_id", "assignee_id", "tester_id", "accepted_by", "location_id", "system_id"]
                .contains(&name)
                && columns.contains(&format!("{name} null")) =>
            {
                format!("CASE WHEN # <= {large_rows} AND # % 10 = 0 THEN t.{name} END")
            }
            None => format!("t.{name}"),
        };
        expression.replace("STEP", step).replace('#', "s.n")
    };
    let values: Vec<_> = names.iter().map(|name| value(name)).collect();
    let numbers = if lite {
        format!("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {total})")
    } else {
        format!("WITH s(n) AS (SELECT generate_series(1, {total})::int)")
    };
    let key = if table == "tenants" { "id" } else { "tenant_id" };
    let kind = if table == "isms_records" { "kind = 'policy'" } else { "true" };
    let insert = format!(
        "INSERT INTO {table} ({}) {numbers} SELECT {} FROM s, (SELECT * FROM {table} WHERE {key} = {own} AND {kind} LIMIT 1) t WHERE true",
        names.join(", "),
        values.join(", ")
    );
    let unbound = if lite { "PRAGMA foreign_keys = OFF" } else { "SET session_replication_role = replica" };
    sql.run(unbound).await.unwrap();
    sql.run(&insert).await.unwrap_or_else(|told| panic!("{told}\n{insert}"));
}

/// `PICK(a,b)` takes the words by turns.
fn pick(expression: &str) -> String {
    let Some(words) = expression.strip_prefix("PICK(").and_then(|rest| rest.strip_suffix(')')) else {
        return expression.to_owned();
    };
    let words: Vec<_> = words.split(',').collect();
    let cases: String =
        words.iter().enumerate().map(|(n, word)| format!(" WHEN {n} THEN '{word}'")).collect();
    format!("CASE # % {}{cases} END", words.len())
}

//! What customers ask for, and the dates that it makes due.

use crate::support::*;

on_both!(
    requirements_live_and_are_journalled,
    requirements_are_found_by_what_they_ask_for,
    wrong_requirements_are_refused_whole,
    a_requirement_is_due_until_it_is_met_or_declined,
    graphql_shows_who_answers_in_one_statement,
);

const LIST: &str = "/v1/customer-requirements";

fn requirement(customer: &str, asks: Value) -> Value {
    json!({ "customer": customer, "asks": asks })
}

fn at(one: &Value) -> String {
    format!("{LIST}/{}", one["id"].as_str().unwrap())
}

async fn customers(app: &TestApp, key: &str, query: &str) -> Vec<String> {
    let page = app.read(key, &format!("{LIST}?{query}")).await;
    texts(&page["data"], "customer").into_iter().map(str::to_owned).collect()
}

async fn due(app: &TestApp, key: &str) -> Vec<Value> {
    let page = app.read(key, "/v1/milestones?code=customer_requirement_due").await;
    page["data"].as_array().unwrap().clone()
}

mod scenario {
    use super::*;

    pub async fn requirements_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let new = json!({
            "customer": "Example Retail Inc.", "asks": [{ "framework": "soc2-2017", "report": "type_2" }],
            "due": "2027-03-31", "status": "agreed", "contract": "MSA-2026-114, annex 3", "owner": owner,
            "promises": [{ "notify_on": "suspension", "within_days": 5, "text": "In writing" }],
            "external_refs": [{ "system": "crm", "id": "C-7" }],
        });
        let one = app.created(&key, LIST, new).await;
        assert_eq!((&one["version"], &one["met_on"]), (&json!(1), &json!(null)));
        assert_eq!(one["asks"], json!([{ "framework": "soc2-2017", "report": "type_2", "other": null }]));
        let more = json!({ "promises": [{ "notify_on": "breach", "within_days": 0 }], "contract": null });
        let changed = app.changed(&key, &at(&one), more).await;
        assert_eq!(changed["promises"], json!([{ "notify_on": "breach", "within_days": 0, "text": "" }]));
        assert_eq!((&changed["version"], &changed["contract"]), (&json!(2), &json!(null)));
        let stale = [("if-match", "\"1.x\"")];
        let stale = app.call_with(Method::DELETE, &at(&one), &key, None, &stale).await;
        assert_eq!(stale.status(), 412);
        app.deleted(&key, &at(&one)).await;
        let trail = json!(app.events(&key, "customer_requirement").await);
        let told =
            ["customer_requirement.created", "customer_requirement.updated", "customer_requirement.deleted"];
        assert_eq!(texts(&trail, "type"), told);
        assert_eq!(due(app, &key).await.len(), 0, "what is removed is due no more");
    }

    pub async fn requirements_are_found_by_what_they_ask_for(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let (iso, soc2) = (json!({ "framework": "iso27001-2022" }), json!({ "framework": "soc2-2017" }));
        let second = json!({ "framework": "soc2-2017", "report": "type_2" });
        let mut both = requirement("Both", json!([iso, soc2, second]));
        (both["due"], both["owner"]) = (json!("2027-01-31"), json!(owner));
        let mut met = requirement("Met", json!([iso]));
        (met["status"], met["met_on"], met["due"]) = (json!("met"), json!("2026-11-01"), json!("2027-06-30"));
        let mut other = requirement("Other", json!([{ "other": "PCI DSS attestation" }]));
        other["external_refs"] = json!([{ "system": "crm", "id": "9" }]);
        for new in [both, met, other] {
            app.created(&key, LIST, new).await;
        }
        for (query, found) in [
            ("".to_owned(), vec!["Both", "Met", "Other"]),
            ("sort=-customer".to_owned(), vec!["Other", "Met", "Both"]),
            ("sort=-created_at".to_owned(), vec!["Other", "Met", "Both"]),
            ("framework=soc2-2017".to_owned(), vec!["Both"]),
            ("framework=iso27001-2022".to_owned(), vec!["Both", "Met"]),
            ("framework=iso27001-2022&status=open".to_owned(), vec!["Both"]),
            ("due_before=2027-01-31".to_owned(), vec!["Both"]),
            ("due_before=2027-01-30".to_owned(), vec![]),
            ("due_before=2027-12-31&sort=created_at".to_owned(), vec!["Both", "Met"]),
            ("customer=Met".to_owned(), vec!["Met"]),
            (format!("owner={owner}"), vec!["Both"]),
            ("external_ref=crm:9".to_owned(), vec!["Other"]),
        ] {
            assert_eq!(customers(app, &key, &query).await, found, "{query}");
        }
    }

    pub async fn wrong_requirements_are_refused_whole(app: &TestApp) {
        let key = app.tenant("acme").await;
        let with = |field: &str, value: Value| {
            let mut new = requirement("X", json!([{ "framework": "soc2-2017" }]));
            new[field] = value;
            new
        };
        for (new, at) in [
            (with("asks", json!([])), "/asks"),
            (with("asks", json!([{}])), "/asks/0"),
            (with("asks", json!([{ "framework": "soc2-2017", "other": "x" }])), "/asks/0"),
            (with("asks", json!([{ "framework": "pci" }])), "/asks/0/framework"),
            (with("asks", json!([{ "framework": "iso27001-2022", "report": "type_1" }])), "/asks/0/report"),
            (with("asks", json!([{ "other": "x", "report": "type_1" }])), "/asks/0/report"),
            (with("asks", json!([{ "other": "x" }, { "other": "x" }])), "/asks/1"),
            (
                with("promises", json!([{ "notify_on": "breach", "within_days": 366 }])),
                "/promises/0/within_days",
            ),
            (with("status", json!("met")), "/met_on"),
            (with("met_on", json!("2026-11-01")), "/met_on"),
            (with("owner", json!(format!("mem_{}", "0".repeat(32)))), "/owner"),
        ] {
            let refused = app.refused(Method::POST, LIST, &key, Some(new.clone()), 422).await;
            assert_eq!(pointer(&refused), at, "{new}");
        }
        let mut ahead = with("status", json!("met"));
        ahead["met_on"] = json!("2026-11-25");
        assert_eq!(pointer(&app.refused(Method::POST, LIST, &key, Some(ahead), 422).await), "/met_on");
        let wrong = with("promises", json!([{ "notify_on": "sunrise" }]));
        app.refused(Method::POST, LIST, &key, Some(wrong), 400).await;
        assert_eq!(customers(app, &key, "").await, Vec::<String>::new());
    }

    pub async fn a_requirement_is_due_until_it_is_met_or_declined(app: &TestApp) {
        let key = app.tenant("acme").await;
        let one =
            app.created(&key, LIST, requirement("Acme Shops", json!([{ "framework": "soc2-2017" }]))).await;
        assert_eq!(due(app, &key).await.len(), 0, "no day is set");
        app.changed(&key, &at(&one), json!({ "due": "2026-12-31", "contract": "MSA-1" })).await;
        let set = due(app, &key).await;
        assert_eq!(set.len(), 1);
        let (rule, resource) = (&set[0]["rule"], &set[0]["resource"]);
        assert_eq!((&rule["basis"], &rule["clause"]), (&json!("contract"), &json!("MSA-1")));
        assert_eq!((&resource["kind"], &resource["id"]), (&json!("customer_requirement"), &one["id"]));
        assert_eq!((&set[0]["due"], &set[0]["state"]), (&json!("2026-12-31"), &json!("open")));
        app.changed(&key, &at(&one), json!({ "due": "2026-11-20" })).await;
        let moved = due(app, &key).await;
        assert_eq!(
            (&moved[0]["id"], &moved[0]["state"]),
            (&set[0]["id"], &json!("overdue")),
            "it keeps its id"
        );
        app.changed(&key, &at(&one), json!({ "status": "met", "met_on": "2026-11-22" })).await;
        let met = due(app, &key).await;
        assert_eq!((&met[0]["state"], &met[0]["days_late"]), (&json!("done"), &json!(2)));
        app.changed(&key, &at(&one), json!({ "status": "declined", "met_on": null })).await;
        assert_eq!(due(app, &key).await.len(), 0);
    }

    pub async fn graphql_shows_who_answers_in_one_statement(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let fields =
            "customer owner { name } asks { framework report other } promises { notifyOn withinDays }";
        let query = json!({ "query": format!("{{ customerRequirements {{ nodes {{ {fields} }} }} }}") });
        let mut counts = Vec::new();
        for n in 1..=6 {
            let mut new = requirement(
                &format!("Customer {n}"),
                json!([{ "framework": "soc2-2017", "report": "type_1" }]),
            );
            new["owner"] = json!(owner);
            app.created(&key, LIST, new).await;
            if n == 1 || n == 6 {
                let answer = app.call(Method::POST, "/graphql", &key, Some(query.clone())).await;
                counts.push(statements(&answer));
                let answer: Value = answer.json().await.unwrap();
                let nodes = &answer["data"]["customerRequirements"]["nodes"];
                assert_eq!(nodes.as_array().map(Vec::len), Some(n), "{answer}");
                assert!(nodes[n - 1]["owner"]["name"].is_string(), "{answer}");
                assert_eq!(nodes[0]["asks"][0]["report"], "TYPE_1", "{answer}");
            }
        }
        assert_eq!(counts[0], counts[1]);
    }
}

//! Advice on frameworks: where its inputs come from, and what it answers.

use crate::support::*;

on_both!(
    what_is_left_out_comes_from_what_is_stored,
    a_question_goes_before_what_is_stored,
    each_way_says_why,
    asking_writes_nothing_and_is_not_kept,
    wrong_questions_are_refused,
    who_may_ask,
    graphql_answers_the_same,
);

const ADVISE: &str = "/v1/frameworks/advise";

async fn ask(app: &TestApp, key: &str, question: Value) -> Value {
    let answer = app.call(Method::POST, ADVISE, key, Some(question)).await;
    let (status, told) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert_eq!(status, 200, "{told}");
    told
}

fn goals(advice: &Value) -> Vec<&str> {
    texts(&advice["recommendations"][0]["steps"], "goal")
}

fn source<'a>(advice: &'a Value, input: &str) -> &'a str {
    let inputs = advice["inputs"].as_array().unwrap();
    inputs.iter().find(|one| one["input"] == input).unwrap()["source"].as_str().unwrap()
}

async fn profile(app: &TestApp, key: &str) {
    let saas = json!({
        "industry": "saas", "regions": ["north_america"], "data_handled": ["customer_confidential"], "size": 40,
        "needs_public_certificate": false,
    });
    app.changed(key, "/v1/organization", saas).await;
}

async fn require(app: &TestApp, key: &str, customer: &str, asks: Value, due: Value) -> Value {
    let new = json!({ "customer": customer, "asks": asks, "due": due });
    app.created(key, "/v1/customer-requirements", new).await
}

mod scenario {
    use super::*;

    pub async fn what_is_left_out_comes_from_what_is_stored(app: &TestApp) {
        let key = app.tenant("acme").await;
        let nothing = ask(app, &key, json!({})).await;
        assert!(
            nothing["inputs"].as_array().unwrap().iter().all(|one| one["source"] == "absent"),
            "{nothing}"
        );
        assert!(texts(&nothing["warnings"], "code").contains(&"little_is_known"));
        assert_eq!(nothing["unknown"].as_array().unwrap().len(), 8);
        profile(app, &key).await;
        let soon = require(
            app,
            &key,
            "Shop",
            json!([{ "framework": "soc2-2017" }, { "other": "PCI DSS" }]),
            json!("2027-01-24"),
        )
        .await;
        let advice = ask(app, &key, json!({})).await;
        assert_eq!(goals(&advice), ["soc2_type1", "soc2_type2"], "{advice}");
        for (input, from) in [
            ("asks", "customer_requirements"),
            ("industry", "profile"),
            ("regions", "profile"),
            ("data_handled", "profile"),
            ("needs_public_certificate", "profile"),
            ("size", "profile"),
            ("deadline", "absent"),
            ("held", "absent"),
        ] {
            assert_eq!(source(&advice, input), from, "{input}");
        }
        let answers = &advice["recommendations"][0]["answers"];
        assert_eq!(
            (&answers[0]["customer"], &answers[0]["answered_by"]),
            (&json!("Shop"), &json!("soc2_type1"))
        );
        assert_eq!(answers.as_array().unwrap().len(), 1);
        assert!(texts(&advice["warnings"], "code").contains(&"not_weighed"));
        let path = format!("/v1/customer-requirements/{}", soon["id"].as_str().unwrap());
        app.changed(&key, &path, json!({ "status": "declined" })).await;
        let advice = ask(app, &key, json!({})).await;
        assert_eq!((source(&advice, "asks"), goals(&advice)), ("absent", vec!["soc2_type2"]));
        let other = app.tenant("other").await;
        assert_eq!(
            source(&ask(app, &other, json!({})).await, "industry"),
            "absent",
            "each tenant has its own"
        );
    }

    pub async fn a_question_goes_before_what_is_stored(app: &TestApp) {
        let key = app.tenant("acme").await;
        profile(app, &key).await;
        require(app, &key, "Shop", json!([{ "framework": "soc2-2017", "report": "type_2" }]), json!(null))
            .await;
        let question = json!({
            "asks": [], "industry": "manufacturing", "regions": ["europe"], "data_handled": ["none"], "size": 900,
            "needs_public_certificate": true,
        });
        let advice = ask(app, &key, question).await;
        assert_eq!(goals(&advice), ["iso27001"]);
        for input in ["asks", "industry", "regions", "data_handled", "needs_public_certificate", "size"] {
            assert_eq!(source(&advice, input), "request", "{input}");
        }
        assert_eq!(advice["recommendations"][0]["answers"], json!([]), "an empty list says that nobody asks");
    }

    pub async fn each_way_says_why(app: &TestApp) {
        let key = app.tenant("acme").await;
        let asks = json!([
            { "framework": "iso27001-2022", "customer": "Clinic", "due": "2028-01-31" },
            { "framework": "soc2-2017", "report": "type_2", "customer": "Shop" },
        ]);
        let question = json!({ "asks": asks, "industry": "saas", "regions": ["europe", "north_america"],
                               "needs_public_certificate": true });
        let advice = ask(app, &key, question).await;
        assert_eq!((&advice["weights"], &advice["as_of"]), (&json!("2026-11"), &json!("2026-11-24")));
        let ways = advice["recommendations"].as_array().unwrap();
        assert_eq!(goals(&advice), ["iso27001", "soc2_type2"]);
        let mut last = i64::MAX;
        for (n, way) in ways.iter().enumerate() {
            let reasons = way["reasons"].as_array().unwrap();
            let sum: i64 = reasons.iter().map(|one| one["contribution"].as_i64().unwrap()).sum();
            assert_eq!(
                (way["score"].as_i64(), way["rank"].as_u64()),
                (Some(sum), Some(n as u64 + 1)),
                "{way}"
            );
            assert!(sum <= last && reasons.len() == 9, "{way}");
            assert!(reasons.iter().all(|one| one["comparison"]["dimension"].is_string()), "{way}");
            assert!(reasons.iter().all(|one| !one["sentence"].as_str().unwrap().is_empty()), "{way}");
            last = sum;
        }
        let shared = &ways[0]["shared_evidence"];
        assert_eq!((&shared["from"], &shared["to"]), (&json!("iso27001-2022"), &json!("soc2-2017")));
        let gaps = app.read(&key, "/v1/frameworks/soc2-2017/mappings/gaps?to=iso27001-2022").await;
        let without = gaps["requirements"].as_array().unwrap().len() as i64;
        assert_eq!(
            (&shared["requirements"], &shared["with_counterpart"]),
            (&json!(61), &json!(61 - without))
        );
        let outcomes = texts(&ways[0]["steps"], "outcome");
        assert_eq!(outcomes, ["certification", "attestation"]);
        let codes = texts(&advice["warnings"], "code");
        for code in ["soc2_is_a_report", "soc2_report_is_restricted", "type_2_needs_its_window", "optional"] {
            assert!(codes.contains(&code), "{code} in {codes:?}");
        }
        assert!(!advice.to_string().to_lowercase().contains("soc 2 certif"), "{advice}");
        let unknown = texts(&advice["unknown"], "input");
        assert_eq!(unknown, ["data_handled", "deadline", "size", "held"]);
    }

    pub async fn asking_writes_nothing_and_is_not_kept(app: &TestApp) {
        let key = app.tenant("acme").await;
        profile(app, &key).await;
        let before = Sql::unbound(&app.database).await.everything().await;
        let sent = [("idempotency-key", "one")];
        for (question, first) in [
            (json!({ "industry": "saas" }), "soc2_type2"),
            (json!({ "regions": ["europe"], "industry": "government" }), "iso27001"),
        ] {
            let answer = app.call_with(Method::POST, ADVISE, &key, Some(question), &sent).await;
            assert_eq!(answer.status(), 200, "the key is ignored, so another question is no mismatch");
            assert!(
                answer.headers().get("idempotency-replayed").is_none()
                    && answer.headers().get("etag").is_none()
            );
            assert_eq!(answer.headers()["cache-control"], "no-store");
            assert_eq!(goals(&answer.json::<Value>().await.unwrap())[0], first);
        }
        let long = "x".repeat(300);
        let ignored = [("idempotency-key", long.as_str())];
        let answer = app.call_with(Method::POST, ADVISE, &key, Some(json!({})), &ignored).await;
        assert_eq!(answer.status(), 200, "what is ignored is not judged");
        assert_eq!(Sql::unbound(&app.database).await.everything().await, before);
        let got = app.call(Method::GET, ADVISE, &key, None).await;
        assert_eq!((got.status().as_u16(), got.headers()["allow"].to_str().unwrap()), (405, "POST"));
    }

    pub async fn wrong_questions_are_refused(app: &TestApp) {
        let key = app.tenant("acme").await;
        for (question, at) in [
            (json!({ "asks": [{ "framework": "pci" }] }), "/asks/0/framework"),
            (json!({ "asks": [{ "framework": "iso27001-2022", "report": "type_1" }] }), "/asks/0/report"),
            (json!({ "regions": ["europe", "europe"] }), "/regions/1"),
            (json!({ "data_handled": ["none", "health_data"] }), "/data_handled"),
            (json!({ "held": ["iso27001", "iso27001"] }), "/held/1"),
            (json!({ "size": 0 }), "/size"),
        ] {
            let refused = app.refused(Method::POST, ADVISE, &key, Some(question.clone()), 422).await;
            assert_eq!(pointer(&refused), at, "{question}");
        }
        app.refused(Method::POST, ADVISE, &key, Some(json!({ "industry": "mining" })), 400).await;
    }

    pub async fn who_may_ask(app: &TestApp) {
        let key = app.tenant("acme").await;
        for role in ["viewer", "auditor", "integration"] {
            let one = app.key_as(&key, role).await;
            ask(app, &one, json!({})).await;
        }
        let member = app.first_member(&key).await;
        let narrow = json!({ "member_id": member, "name": "Narrow", "scopes": ["frameworks:read"] });
        let narrow = app.created(&key, "/v1/api-keys", narrow).await;
        let refused =
            app.refused(Method::POST, ADVISE, narrow["key"].as_str().unwrap(), Some(json!({})), 403).await;
        assert!(refused["detail"].as_str().unwrap().contains("advice:read"), "it tells of the profile");
    }

    pub async fn graphql_answers_the_same(app: &TestApp) {
        let key = app.tenant("acme").await;
        profile(app, &key).await;
        let rest = ask(app, &key, json!({ "held": ["soc2_type1"] })).await;
        let query = "query($input: FrameworkQuestion!) { adviseFramework(input: $input) {
            recommendations { title score steps { goal typicalOn } reasons { factor contribution sentence } }
            unknown { input wouldChange thenFirst } } }";
        let told = app.ask_with(&key, query, json!({ "input": { "held": ["SOC_2_TYPE_1"] } })).await;
        let told = &told["data"]["adviseFramework"];
        let (ways, same) =
            (told["recommendations"].as_array().unwrap(), rest["recommendations"].as_array().unwrap());
        assert_eq!(ways.len(), same.len());
        for (one, other) in ways.iter().zip(same) {
            assert_eq!((&one["title"], &one["score"]), (&other["title"], &other["score"]));
            assert_eq!(texts(&one["reasons"], "sentence"), texts(&other["reasons"], "sentence"));
            assert_eq!(texts(&one["steps"], "typicalOn"), texts(&other["steps"], "typical_on"));
        }
        assert!(ways.iter().all(|one| !one["title"].as_str().unwrap().contains("Type I,")), "it is held");
        let wrong = json!({ "input": { "size": 0 } });
        let refused = app.ask_with(&key, query, wrong).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "unprocessable");
        let bare = app.ask(&key, "{ adviseFramework { weights asOf } }").await;
        assert_eq!(bare["data"]["adviseFramework"]["weights"], "2026-11");
    }
}

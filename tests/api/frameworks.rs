//! The catalog and the comparison of its frameworks.

use crate::support::*;

on_both!(
    frameworks_and_requirements_are_listed,
    mappings_read_from_both_sides_and_gaps_are_told,
    frameworks_are_compared,
    graphql_reads_the_catalog,
);

mod scenario {
    use super::*;

    pub async fn frameworks_and_requirements_are_listed(app: &TestApp) {
        let key = app.tenant("acme").await;
        let all = app.read(&key, "/v1/frameworks").await;
        assert_eq!(all["data"][0]["key"], "iso27001-2022");
        assert_eq!(all["data"][1]["outcome"], "attestation");
        let about = app
            .read(&key, "/v1/frameworks/iso27001-2022/requirements?topic=cryptography&aspect=technology")
            .await;
        assert_eq!(texts(&about["data"], "id"), ["A.8.24"]);
        assert_eq!(about["data"][0]["topics"], json!(["cryptography"]));
        let people =
            app.read(&key, "/v1/frameworks/iso27001-2022/requirements?group=People&count=true&limit=3").await;
        assert_eq!((&people["total"], &people["data"][0]["id"]), (&json!(8), &json!("A.6.1")));
        let cursor = people["next_cursor"].as_str().unwrap();
        let at = format!(
            "/v1/frameworks/iso27001-2022/requirements?group=People&count=true&limit=3&cursor={cursor}"
        );
        assert_eq!(app.read(&key, &at).await["data"][0]["id"], "A.6.4");
        let foreign = format!("/v1/frameworks/soc2-2017/requirements?cursor={cursor}");
        assert_eq!(app.call(Method::GET, &foreign, &key, None).await.status(), 400);
        assert_eq!(app.call(Method::GET, "/v1/frameworks/iso27001-2013", &key, None).await.status(), 404);
    }

    pub async fn mappings_read_from_both_sides_and_gaps_are_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let there = app.read(&key, "/v1/frameworks/iso27001-2022/mappings?requirement=A.5.1").await;
        let first = &there["data"][0];
        let back = format!(
            "/v1/frameworks/soc2-2017/mappings?to=iso27001-2022&requirement={}",
            first["counterpart"]["id"].as_str().unwrap()
        );
        let back = app.read(&key, &back).await;
        assert!(
            back["data"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["counterpart"]["id"] == "A.5.1" && one["rationale"] == first["rationale"])
        );
        let gaps = app.read(&key, "/v1/frameworks/soc2-2017/mappings/gaps?to=iso27001-2022").await;
        let mapped = app.read(&key, "/v1/frameworks/soc2-2017/mappings?limit=200").await;
        for gap in gaps["requirements"].as_array().unwrap() {
            assert!(mapped["data"].as_array().unwrap().iter().all(|one| one["requirement"] != gap["id"]));
        }
        for wrong in ["soc2-2017", "pci"] {
            let at = format!("/v1/frameworks/soc2-2017/mappings/gaps?to={wrong}");
            assert_eq!(app.call(Method::GET, &at, &key, None).await.status(), 422);
        }
    }

    pub async fn frameworks_are_compared(app: &TestApp) {
        let key = app.tenant("acme").await;
        let compared = app.read(&key, "/v1/frameworks/compare?left=soc2-2017&right=iso27001-2022").await;
        let all = compared["dimensions"].as_array().unwrap();
        assert_eq!(all.len(), 36);
        let row = |name: &str| all.iter().find(|one| one["dimension"] == name).unwrap();
        assert_eq!(row("Validity")["right"]["text"], "Three years");
        assert!(row("Surveillance")["left"].is_null());
        for wrong in ["left=soc2-2017&right=soc2-2017", "left=pci&right=soc2-2017"] {
            let at = format!("/v1/frameworks/compare?{wrong}");
            let refused = app.call(Method::GET, &at, &key, None).await;
            assert_eq!(refused.status(), 422);
        }
        let missing = app.call(Method::GET, "/v1/frameworks/compare?left=soc2-2017", &key, None).await;
        assert_eq!(missing.status(), 400);
    }

    pub async fn graphql_reads_the_catalog(app: &TestApp) {
        let key = app.tenant("acme").await;
        let query = r#"{
            framework(key: "soc2-2017") {
                name
                requirements(filter: { group: "privacy" }, first: 2) { totalCount nodes { id } }
                mappings(filter: { requirement: "CC6.1" }) { nodes { counterpart { id requirement { title } } } }
                gaps(to: "iso27001-2022") { requirements { id } }
            }
            compareFrameworks(left: "iso27001-2022", right: "soc2-2017") { dimensions { dimension } }
        }"#;
        let answer = app.ask(&key, query).await;
        let framework = &answer["data"]["framework"];
        assert_eq!(framework["requirements"]["totalCount"], 18, "{answer}");
        assert!(framework["mappings"]["nodes"][0]["counterpart"]["requirement"]["title"].is_string());
        assert_eq!(answer["data"]["compareFrameworks"]["dimensions"].as_array().unwrap().len(), 36);
        let rest = app.read(&key, "/v1/frameworks/soc2-2017/mappings/gaps?to=iso27001-2022").await;
        let ids =
            |all: &Value| all.as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&framework["gaps"]["requirements"]), ids(&rest["requirements"]));
    }
}

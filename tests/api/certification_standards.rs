//! ISO/IEC 17021-1 gives every management system the same cycle: certificates of other standards than ISO/IEC 27001 live it
//! with the same dates, and without what ISO/IEC 27006-1 asks beside it.

use crate::support::*;

on_both!(other_standards_live_the_same_cycle);

/// Standards with an edition of each.
const STANDARDS: [(&str, &str); 4] =
    [("ISO/IEC 27701", "2025"), ("ISO/IEC 42001", "2023"), ("ISO 22301", "2019"), ("ISO 9001", "2015")];

/// As of which day what is due by when: after the grant, and after the renewal.
const DUE: [(&str, &str, &str); 8] = [
    ("2026-03-10", "surveillance_1", "2027-03-10"),
    ("2026-03-10", "surveillance_2", "2028-03-10"),
    ("2026-03-10", "recertification_audit", "2028-12-10"),
    ("2026-03-10", "expiry", "2029-03-10"),
    ("2026-03-10", "restoration_limit", "2029-09-10"),
    ("2029-02-20", "surveillance_1", "2030-03-10"),
    ("2029-02-20", "surveillance_2", "2031-03-10"),
    ("2029-02-20", "expiry", "2032-03-10"),
];

/// What happens to each of them, how it stands after that, and until when it is valid.
fn life() -> [(Value, &'static str, Value); 9] {
    let (first, second) = (json!("2029-03-10"), json!("2032-03-10"));
    let stage_2 =
        json!({ "type": "stage_2_completed", "started_on": "2026-02-16", "ended_on": "2026-02-20" });
    let suspended =
        json!({ "type": "suspended", "effective_on": "2027-11-04", "reason": "No audit was allowed" });
    [
        (json!({ "type": "stage_1_completed", "ended_on": "2025-12-10" }), "stage_1_done", Value::Null),
        (stage_2, "stage_2_done", Value::Null),
        (json!({ "type": "granted", "effective_on": "2026-03-10" }), "active", first.clone()),
        (json!({ "type": "surveillance_completed", "ended_on": "2027-02-16" }), "active", first.clone()),
        (suspended, "suspended", first.clone()),
        (json!({ "type": "suspension_lifted", "effective_on": "2028-01-20" }), "active", first.clone()),
        (json!({ "type": "surveillance_completed", "ended_on": "2028-02-15" }), "active", first.clone()),
        (json!({ "type": "recertification_audit_completed", "ended_on": "2028-12-05" }), "active", first),
        (json!({ "type": "recertified", "effective_on": "2029-02-20" }), "active", second),
    ]
}

/// Applies for a certificate of this standard at a body that is accredited for it; its path.
async fn applied(app: &TestApp, key: &str, (standard, edition): (&str, &str)) -> String {
    let accreditation = json!({ "accreditation_body": "Example Accreditation Service", "scope": standard,
        "granted_on": "2010-01-01" });
    let body = json!({ "name": format!("Body for {standard}"), "accreditations": [accreditation] });
    let body = app.created(key, "/v1/certification-bodies", body).await["id"].clone();
    let new = json!({ "certification_body": body, "standard": standard, "edition": edition,
        "legal_entity": "Example Cloud GmbH", "scope": "Operation of the cloud platform",
        "applied_on": "2025-10-01" });
    let certificate = app.created(key, "/v1/certifications", new).await;
    assert_eq!(certificate["status"], "application", "{standard}");
    format!("/v1/certifications/{}", certificate["id"].as_str().unwrap())
}

mod scenario {
    use super::*;

    pub async fn other_standards_live_the_same_cycle(app: &TestApp) {
        app.clock.at("2025-10-01T12:00:00Z");
        let key = app.tenant("acme").await;
        let mut certificates = Vec::new();
        for standard in STANDARDS {
            certificates.push((standard.0, applied(app, &key, standard).await));
        }
        for (event, status, expires_on) in life() {
            let day = event["ended_on"].as_str().or_else(|| event["effective_on"].as_str()).unwrap();
            app.clock.at(&format!("{day}T12:00:00Z"));
            for (standard, at) in &certificates {
                app.created(&key, &format!("{at}/events"), event.clone()).await;
                let told = app.read(&key, at).await;
                assert_eq!(
                    (&told["status"], &told["validity"]["expires_on"]),
                    (&json!(status), &expires_on),
                    "{standard} on {day}"
                );
                let flags: &[&str] = if status == "suspended" { &["marks_must_not_be_used"] } else { &[] };
                assert_eq!(texts(&told["flags"], "code"), flags, "{standard} on {day}: {told}");
            }
        }
        for (standard, at) in &certificates {
            assert_eq!(app.read(&key, at).await["validity"]["cycle"], 2, "{standard}");
            for (as_of, code, due) in DUE {
                let all = app.read(&key, &format!("{at}/milestones?as_of={as_of}")).await;
                let rows = all["data"].as_array().unwrap().iter().filter(|one| one["code"] == code);
                let last = rows.filter_map(|one| one["due"].as_str()).max();
                assert_eq!(last, Some(due), "{code} of {standard} on {as_of}");
            }
        }
    }
}

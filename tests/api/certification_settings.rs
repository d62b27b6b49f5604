//! The tenant's default settings for certificates, what takes them, and the reminders that follow.

use crate::support::*;

on_both!(
    a_default_is_there_from_the_first_read,
    a_default_is_changed_under_its_version,
    certificates_without_settings_take_the_default,
    reminders_follow_the_settings,
    wrong_reminders_are_refused_at_their_place,
    a_plan_takes_the_default,
);

const SETTINGS: &str = "/v1/certification-settings";

/// The settings that every tenant starts with.
fn usual() -> Value {
    json!({
        "expiry_convention": "same_day", "first_surveillance": "decision", "later_surveillance": "prior_expiry",
        "late_return": "new_cycle", "reminder_days": [90, 30, 7],
    })
}

fn with(mut one: Value, more: Value) -> Value {
    one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    one
}

async fn send(app: &TestApp, key: &str, seen: &str, patch: Value) -> (u16, Value) {
    let answer = app.call_with(Method::PATCH, SETTINGS, key, Some(patch), &[("if-match", seen)]).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn body(app: &TestApp, key: &str) -> Value {
    app.created(key, "/v1/certification-bodies", json!({ "name": "CB" })).await["id"].clone()
}

/// A certificate whose grant says nothing of its expiry.
fn granted(body: &Value, settings: Value) -> Value {
    json!({
        "certification_body": body, "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "Operation of the cloud platform", "applied_on": "2024-10-01",
        "settings": settings,
        "events": [
            { "type": "stage_1_completed", "ended_on": "2024-12-10" },
            { "type": "stage_2_completed", "ended_on": "2025-02-20" },
            { "type": "granted", "effective_on": "2025-03-10", "acknowledge": ["A-06"],
              "reason": "Internal audits and management reviews are kept elsewhere" },
        ],
    })
}

async fn entered(app: &TestApp, key: &str, new: Value) -> String {
    let made = app.created(key, "/v1/certifications", new).await;
    format!("/v1/certifications/{}", made["id"].as_str().unwrap())
}

/// What the diary has for a certificate under this code.
async fn due(app: &TestApp, key: &str, at: &str, code: &str) -> Value {
    let id = at.rsplit('/').next().unwrap();
    let found = app.read(key, &format!("/v1/milestones?resource={id}&code={code}")).await;
    found["data"][0].clone()
}

mod scenario {
    use super::*;

    pub async fn a_default_is_there_from_the_first_read(app: &TestApp) {
        let key = app.tenant("acme").await;
        let first = app.call(Method::GET, SETTINGS, &key, None).await;
        let etag = first.headers()["etag"].to_str().unwrap().to_owned();
        assert!(etag.starts_with("\"0."), "{etag}");
        let first: Value = first.json().await.unwrap();
        assert_eq!(first, with(usual(), json!({ "version": 0 })));
        assert_eq!(app.events(&key, "certification_settings").await.len(), 0, "reading writes nothing");
        let (status, changed) = send(app, &key, &etag, json!({ "late_return": "prior_cycle" })).await;
        assert_eq!(
            (status, &changed),
            (200, &with(usual(), json!({ "late_return": "prior_cycle", "version": 1 })))
        );
        assert_eq!(app.read(&key, SETTINGS).await, changed);
        let other = app.tenant("other").await;
        assert_eq!(app.read(&other, SETTINGS).await, first, "each tenant has its own");
    }

    pub async fn a_default_is_changed_under_its_version(app: &TestApp) {
        let key = app.tenant("acme").await;
        let patch = json!({ "reminder_days": [120, 60, 14] });
        let unsaid = app.call(Method::PATCH, SETTINGS, &key, Some(patch.clone())).await;
        assert_eq!(unsaid.status(), 428);
        assert_eq!(send(app, &key, "\"0.x\"", patch.clone()).await.0, 200);
        assert_eq!(
            send(app, &key, "\"0.x\"", json!({ "reminder_days": [] })).await.0,
            412,
            "it has moved on"
        );
        let (status, same) = send(app, &key, "\"1.x\"", patch).await;
        assert_eq!((status, &same["version"]), (200, &json!(1)), "what changes nothing writes nothing");
        let many: Vec<_> = (1..=11).collect();
        for (days, at) in [
            (json!([0]), "/reminder_days/0"),
            (json!([30, 367]), "/reminder_days/1"),
            (json!([30, 7, 30]), "/reminder_days/2"),
            (json!(many), "/reminder_days"),
        ] {
            let (status, told) = send(app, &key, "\"1.x\"", json!({ "reminder_days": days })).await;
            assert_eq!((status, pointer(&told)), (422, at), "{days}");
        }
        for wrong in [
            json!({ "reminder_days": null }),
            json!({ "expiry_convention": "never" }),
            json!({ "reminders": [1] }),
        ] {
            assert_eq!(send(app, &key, "\"1.x\"", wrong.clone()).await.0, 400, "{wrong}");
        }
        let viewer = app.key_as(&key, "viewer").await;
        assert_eq!(app.read(&viewer, SETTINGS).await, same);
        assert_eq!(send(app, &viewer, "\"1.x\"", json!({ "reminder_days": [1] })).await.0, 403);
        let trail = app.events(&key, "certification_settings").await;
        assert_eq!(texts(&json!(trail), "type"), ["certification_settings.updated"]);
        assert_eq!(trail[0]["after"], same);

        let query = "mutation { updateCertificationSettings(expectedVersion: 1,
            input: { expiryConvention: DAY_BEFORE, reminderDays: [] }) { version expiryConvention reminderDays } }";
        let told = app.ask(&key, query).await;
        let changed = json!({ "version": 2, "expiryConvention": "DAY_BEFORE", "reminderDays": [] });
        assert_eq!(told["data"]["updateCertificationSettings"], changed);
        let told = app.ask(&key, query).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "stale_version");
        let wrong = query.replace("[]", "[500]").replace("Version: 1", "Version: 2");
        let told = app.ask(&key, &wrong).await;
        assert_eq!(told["errors"][0]["extensions"]["errors"][0]["pointer"], "/reminder_days/0");
        let told = app.ask(&key, "{ certificationSettings { version lateReturn reminderDays } }").await;
        assert_eq!(
            told["data"]["certificationSettings"],
            json!({ "version": 2, "lateReturn": "NEW_CYCLE", "reminderDays": [] })
        );
    }

    pub async fn certificates_without_settings_take_the_default(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key).await;
        let takes = entered(app, &key, granted(&cb, Value::Null)).await;
        let own = entered(app, &key, granted(&cb, usual())).await;
        let before = (app.read(&key, &takes).await, app.read(&key, &own).await);
        for one in [&before.0, &before.1] {
            assert_eq!(one["validity"]["expires_on"], "2028-03-10");
            assert_eq!(one["applied_settings"], usual());
        }
        assert_eq!((&before.0["settings"], &before.1["settings"]), (&Value::Null, &usual()));

        let stricter = json!({ "expiry_convention": "day_before", "first_surveillance": "stage_2_last_day" });
        let (status, _) = send(app, &key, "\"0.x\"", stricter.clone()).await;
        assert_eq!(status, 200);
        let after = app.read(&key, &takes).await;
        assert_eq!(after["validity"]["expires_on"], "2028-03-09");
        assert_eq!(after["applied_settings"], with(usual(), stricter));
        assert_eq!((&after["settings"], &after["version"]), (&Value::Null, &before.0["version"]));
        assert_eq!(due(app, &key, &takes, "surveillance_1").await["due"], "2026-02-20", "the diary follows");
        assert_eq!(due(app, &key, &takes, "expiry").await["due"], "2028-03-09");
        assert_eq!(app.read(&key, &own).await, before.1, "it has its own");
        assert_eq!(due(app, &key, &own, "expiry").await["due"], "2028-03-10");
        let earlier = app.read(&key, "/v1/certifications?expires_before=2028-03-09").await;
        assert_eq!(texts(&earlier["data"], "id"), [after["id"].as_str().unwrap()], "lists follow too");
        let told = app.read(&key, "/v1/journal?limit=1&sort=-seq").await;
        assert_eq!(told["data"][0]["type"], "certification_settings.updated", "its facts did not change");

        // One that is entered from now on, and one that gives its own up.
        let later = entered(app, &key, granted(&cb, Value::Null)).await;
        assert_eq!(due(app, &key, &later, "expiry").await["due"], "2028-03-09");
        app.changed(&key, &own, json!({ "settings": null })).await;
        assert_eq!(due(app, &key, &own, "expiry").await["due"], "2028-03-09");
        let query =
            "{ certifications { nodes { settings { lateReturn } appliedSettings { expiryConvention } } } }";
        let told = app.ask(&key, query).await;
        let nodes = told["data"]["certifications"]["nodes"].as_array().unwrap().clone();
        assert_eq!(nodes.len(), 3);
        for node in nodes {
            let wanted = json!({ "settings": null, "appliedSettings": { "expiryConvention": "DAY_BEFORE" } });
            assert_eq!(node, wanted);
        }
        let other = app.tenant("other").await;
        let theirs = body(app, &other).await;
        let theirs = entered(app, &other, granted(&theirs, Value::Null)).await;
        assert_eq!(app.read(&other, &theirs).await["validity"]["expires_on"], "2028-03-10");
    }

    pub async fn reminders_follow_the_settings(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key).await;
        let takes = entered(app, &key, granted(&cb, Value::Null)).await;
        let own = with(usual(), json!({ "reminder_days": [10, 20] }));
        let own = entered(app, &key, granted(&cb, own)).await;
        let reminders = async |at: &str| due(app, &key, at, "expiry").await["reminders"].clone();
        assert_eq!(reminders(&takes).await, json!(["2027-12-11", "2028-02-09", "2028-03-03"]));
        assert_eq!(reminders(&own).await, json!(["2028-02-19", "2028-02-29"]));
        send(app, &key, "*", json!({ "reminder_days": [1] })).await;
        assert_eq!(reminders(&takes).await, json!(["2028-03-09"]));
        assert_eq!(reminders(&own).await, json!(["2028-02-19", "2028-02-29"]), "it has its own");
        let all = app.read(&key, &format!("{takes}/milestones")).await;
        let id = takes.rsplit('/').next().unwrap();
        let diary = app.read(&key, &format!("/v1/milestones?resource={id}")).await;
        assert_eq!(all["data"], diary["data"], "the diary says the same");
        let query = "{ milestones(filter: { code: \"expiry\" }) { nodes { reminders } } }";
        let told = app.ask(&key, query).await;
        let nodes = &told["data"]["milestones"]["nodes"];
        assert!(
            nodes.as_array().unwrap().contains(&json!({ "reminders": ["2028-02-19", "2028-02-29"] })),
            "{told}"
        );
        let asked =
            json!({ "customer": "Customer", "asks": [{ "framework": "soc2-2017" }], "due": "2027-06-30" });
        app.created(&key, "/v1/customer-requirements", asked).await;
        let others = app.read(&key, "/v1/milestones?kind=customer_requirement").await;
        assert_eq!(others["data"][0]["reminders"], json!([]), "nobody asked for any");
    }

    pub async fn wrong_reminders_are_refused_at_their_place(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key).await;
        let settings = |days: Value| with(usual(), json!({ "reminder_days": days }));
        let wrong = granted(&cb, settings(json!([7, 7])));
        let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(wrong), 422).await;
        assert_eq!(pointer(&refused), "/settings/reminder_days/1");
        // What was said before there were reminders still reads.
        let mut unsaid = usual();
        unsaid.as_object_mut().unwrap().remove("reminder_days");
        let at = entered(app, &key, granted(&cb, unsaid)).await;
        assert_eq!(app.read(&key, &at).await["settings"], usual());
        let wrong = json!({ "settings": settings(json!([0])) });
        let refused = app.refused(Method::PATCH, &at, &key, Some(wrong), 422).await;
        assert_eq!(pointer(&refused), "/settings/reminder_days/0");
        let plan = json!({ "certifications": [{ "settings": settings(json!([400])) }] });
        let refused = app.refused(Method::POST, "/v1/plans:simulate", &key, Some(plan), 422).await;
        assert_eq!(pointer(&refused), "/certifications/0/settings/reminder_days/0");
    }

    pub async fn a_plan_takes_the_default(app: &TestApp) {
        let key = app.tenant("acme").await;
        let days = json!({ "from": "2027-06-14", "to": "2027-06-14" });
        let new = json!({ "wishes": [{ "type": "granted", "days": days }] });
        let own = with(new.clone(), json!({ "settings": usual() }));
        let expiries = async || {
            let plan = json!({ "as_of": "2027-01-04", "certifications": [new, own] });
            let told = app.call(Method::POST, "/v1/plans:simulate", &key, Some(plan)).await;
            let told: Value = told.json().await.unwrap();
            let expiry = |n: usize| told["certifications"][n]["validity"]["expires_on"].clone();
            (expiry(0), expiry(1))
        };
        assert_eq!(expiries().await, (json!("2033-06-14"), json!("2033-06-14")));
        send(app, &key, "*", json!({ "expiry_convention": "day_before" })).await;
        assert_eq!(expiries().await, (json!("2033-06-13"), json!("2033-06-14")));
    }
}

//! An auditor who is bound to an audit sees that engagement alone, until the day it ends.

use crate::support::*;

on_both!(
    a_bound_auditor_sees_its_engagement_alone,
    an_engagement_ends_with_its_last_day,
    who_is_left_out_does_not_see_more,
    only_auditors_are_bound,
    a_bound_auditor_keeps_its_list,
    what_an_engagement_names_is_seen,
    a_restricted_file_is_for_whom_an_engagement_names_it,
);

struct Audited {
    key: String,
    auditor: String,
    member: Value,
    own: String,
    other: String,
}

fn id(at: &str) -> &str {
    at.rsplit('/').next().unwrap()
}

/// Two audits, each with a finding, an action and an evidence request; an auditor bound to the first.
async fn audited(app: &TestApp) -> Audited {
    let key = app.tenant("acme").await;
    let auditor = app.key_as(&key, "auditor").await;
    let member = app.read(&key, "/v1/members?role=auditor").await["data"][0]["id"].clone();
    let mut audits = Vec::new();
    for title in ["Own", "Other"] {
        let audit = json!({ "kind": "internal", "title": title, "planned_start": "2026-12-14" });
        let audit = app.created(&key, "/v1/audits", audit).await["id"].clone();
        let finding = json!({ "title": title, "grade": "minor", "statement": "S", "audit": audit });
        let finding = app.created(&key, "/v1/findings", finding).await["id"].clone();
        app.created(&key, "/v1/corrective-actions", json!({ "finding": finding, "title": title })).await;
        let asked = json!({ "audit": audit, "item": title, "due_on": "2026-12-07" });
        app.created(&key, "/v1/evidence-requests", asked).await;
        audits.push(format!("/v1/audits/{}", audit.as_str().unwrap()));
    }
    let own_finding = json!({ "title": "Nobody's", "grade": "minor", "statement": "S" });
    app.created(&key, "/v1/findings", own_finding).await;
    let bound = json!({ "auditors": [{ "member": member, "until": "2026-12-20" }] });
    app.changed(&key, &audits[0], bound).await;
    let (other, own) = (audits.pop().unwrap(), audits.pop().unwrap());
    Audited { key, auditor, member, own, other }
}

const LISTS: [(&str, &str); 4] = [
    ("audits", "title"),
    ("findings", "title"),
    ("corrective-actions", "title"),
    ("evidence-requests", "item"),
];

mod scenario {
    use super::*;

    pub async fn a_bound_auditor_sees_its_engagement_alone(app: &TestApp) {
        let Audited { key, auditor, own, other, .. } = audited(app).await;
        for (list, name) in LISTS {
            let all = app.read(&key, &format!("/v1/{list}")).await["data"].clone();
            let page = app.read(&auditor, &format!("/v1/{list}?count=true")).await;
            assert_eq!((texts(&page["data"], name), &page["total"]), (vec!["Own"], &json!(1)), "{list}");
            for one in all.as_array().unwrap() {
                let at = format!("/v1/{list}/{}", one["id"].as_str().unwrap());
                let status = app.call(Method::GET, &at, &auditor, None).await.status();
                assert_eq!(status, if one[name] == "Own" { 200 } else { 404 }, "{at}");
            }
        }
        assert_eq!(
            app.read(&auditor, &format!("/v1/findings?audit={}", id(&other))).await["data"],
            json!([])
        );
        for elsewhere in [
            "/v1/risks",
            "/v1/frameworks/soc2-2017/coverage",
            "/v1/frameworks/soc2-2017/proposals",
            "/v1/members",
            "/v1/journal",
            "/v1/milestones",
            "/v1/certifications",
            "/v1/tenant",
            "/v1/frameworks",
        ] {
            let told = app.refused(Method::GET, elsewhere, &auditor, None, 403).await;
            assert!(told["detail"].as_str().unwrap().contains("bound to an audit"), "{told}");
        }
        let graph = "{ audits { nodes { title findings(first: 9) { title correctiveActions(first: 9) { title } } } } findings { totalCount } }";
        let told = app.ask(&auditor, graph).await;
        assert_eq!(
            told["data"],
            json!({ "audits": { "nodes": [{ "title": "Own", "findings": [
                { "title": "Own", "correctiveActions": [{ "title": "Own" }] }
            ] }] }, "findings": { "totalCount": 1 } }),
            "{told}"
        );
        let document = format!("{{ audit(id: \"{}\") {{ title }} }}", id(&other));
        assert_eq!(app.ask(&auditor, &document).await["errors"][0]["extensions"]["code"], "not_found");
        let risks = app.ask(&auditor, "{ risks { totalCount } }").await;
        assert_eq!(risks["errors"][0]["extensions"]["code"], "forbidden");
        let unbound = app.key_as(&key, "auditor").await;
        assert_eq!(app.read(&unbound, "/v1/audits?count=true").await["total"], 2);
        app.read(&unbound, "/v1/controls").await;
        app.refused(Method::PATCH, &own, &auditor, Some(json!({ "title": "Mine" })), 403).await;
    }

    pub async fn an_engagement_ends_with_its_last_day(app: &TestApp) {
        let Audited { key, auditor, member, own, other } = audited(app).await;
        app.clock.forward(26 * 24 * 3600);
        app.read(&auditor, &own).await;
        app.clock.forward(24 * 3600);
        let over = app.refused(Method::GET, &own, &auditor, None, 401).await;
        assert_eq!(over["code"], "unauthenticated");
        app.refused(Method::GET, "/v1/controls", &auditor, None, 401).await;
        let later = json!({ "auditors": [{ "member": member, "until": "2027-01-31" }] });
        app.changed(&key, &other, later.clone()).await;
        let page = app.read(&auditor, "/v1/audits").await;
        assert_eq!(texts(&page["data"], "title"), ["Other"], "the first engagement is over");
        app.changed(&key, &own, later).await;
        assert_eq!(app.read(&auditor, "/v1/audits?count=true").await["total"], 2);
    }

    pub async fn who_is_left_out_does_not_see_more(app: &TestApp) {
        let Audited { key, auditor, own, member, .. } = audited(app).await;
        app.changed(&key, &own, json!({ "auditors": [] })).await;
        app.refused(Method::GET, &own, &auditor, None, 401).await;
        app.refused(Method::GET, "/v1/controls", &auditor, None, 401).await;
        let bare = json!({ "kind": "internal", "title": "Bare", "planned_start": "2026-12-14",
                           "auditors": [{ "member": member, "until": "2026-12-20" }] });
        let bare = app.created(&key, "/v1/audits", bare).await;
        let bare = format!("/v1/audits/{}", bare["id"].as_str().unwrap());
        assert_eq!(texts(&app.read(&auditor, "/v1/audits").await["data"], "title"), ["Bare"]);
        app.changed(&key, &bare, json!({ "auditors": [] })).await;
        let gone = app.refused(Method::DELETE, &bare, &key, None, 409).await;
        assert_eq!(gone["code"], "in_use", "an engagement is not forgotten");
    }

    pub async fn only_auditors_are_bound(app: &TestApp) {
        let Audited { key, member, own, .. } = audited(app).await;
        let owner = app.first_member(&key).await;
        let until = "2026-12-20";
        for (auditors, place) in [
            (json!([{ "member": owner, "until": until }]), "/auditors/0/member"),
            (json!([{ "member": format!("mem_{}", "0".repeat(32)), "until": until }]), "/auditors/0/member"),
            (
                json!([{ "member": member, "until": until }, { "member": member, "until": until }]),
                "/auditors/1",
            ),
        ] {
            let refused =
                app.refused(Method::PATCH, &own, &key, Some(json!({ "auditors": auditors })), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        let contributor = app.key_as(&key, "contributor").await;
        app.changed(&contributor, &own, json!({ "title": "Own audit" })).await;
    }

    pub async fn a_bound_auditor_keeps_its_list(app: &TestApp) {
        let Audited { key, auditor, own, other, .. } = audited(app).await;
        let ask = |audit: &str| json!({ "audit": id(audit), "item": "Backups", "due_on": "2026-12-07" });
        let made = app.created(&auditor, "/v1/evidence-requests", ask(&own)).await;
        let refused =
            app.refused(Method::POST, "/v1/evidence-requests", &auditor, Some(ask(&other)), 422).await;
        assert_eq!(pointer(&refused), "/audit");
        let at = format!("/v1/evidence-requests/{}", made["id"].as_str().unwrap());
        app.stepped_with(&key, &format!("{at}/provide"), json!({ "note": "See there" })).await;
        assert_eq!(app.stepped(&auditor, &format!("{at}/accept")).await["status"], "accepted");
        let foreign = app.read(&key, &format!("/v1/evidence-requests?audit={}", id(&other))).await;
        let foreign = format!("/v1/evidence-requests/{}", foreign["data"][0]["id"].as_str().unwrap());
        app.stepped_with(&key, &format!("{foreign}/provide"), json!({ "note": "See there" })).await;
        app.refused(Method::POST, &format!("{foreign}/accept"), &auditor, None, 404).await;
    }

    pub async fn what_an_engagement_names_is_seen(app: &TestApp) {
        let Audited { key, auditor, own, other, .. } = audited(app).await;
        let (mut controls, mut evidence) = (Vec::new(), Vec::new());
        for code in ["SAMPLED", "FOUND", "ASKED", "OTHER", "NONE"] {
            let control = app.created(&key, "/v1/controls", json!({ "code": code, "title": code })).await;
            controls.push(control["id"].clone());
            let piece =
                json!({ "kind": "statement", "title": code, "content": { "statement": "So it is." } });
            evidence.push(app.created(&key, "/v1/evidence", piece).await["id"].clone());
        }
        app.changed(&key, &own, json!({ "controls": [controls[0]] })).await;
        app.changed(&key, &other, json!({ "controls": [controls[3]] })).await;
        let of_own = async |list: &str| {
            let page = app.read(&key, &format!("/v1/{list}?audit={}", id(&own))).await;
            format!("/v1/{list}/{}", page["data"][0]["id"].as_str().unwrap())
        };
        let (finding, request) = (of_own("findings").await, of_own("evidence-requests").await);
        app.changed(&key, &finding, json!({ "controls": [controls[1]], "evidence": [evidence[1]] })).await;
        app.changed(&key, &request, json!({ "controls": [controls[2]] })).await;
        app.stepped_with(&key, &format!("{request}/provide"), json!({ "evidence": [evidence[2]] })).await;
        let action = json!({ "finding": id(&finding), "title": "Do it", "evidence": [evidence[0]] });
        app.created(&key, "/v1/corrective-actions", action).await;
        let page = app.read(&auditor, "/v1/controls?count=true").await;
        assert_eq!(
            (texts(&page["data"], "code"), &page["total"]),
            (vec!["ASKED", "FOUND", "SAMPLED"], &json!(3))
        );
        let page = app.read(&auditor, "/v1/evidence?count=true&sort=created_at").await;
        assert_eq!(
            (texts(&page["data"], "title"), &page["total"]),
            (vec!["SAMPLED", "FOUND", "ASKED"], &json!(3))
        );
        for n in 0..5 {
            let (control, piece) = (controls[n].as_str().unwrap(), evidence[n].as_str().unwrap());
            for at in [
                format!("/v1/controls/{control}"),
                format!("/v1/controls/{control}/tests"),
                format!("/v1/evidence/{piece}"),
                format!("/v1/evidence/{piece}/versions"),
            ] {
                let status = app.call(Method::GET, &at, &auditor, None).await.status();
                assert_eq!(status, if n < 3 { 200 } else { 404 }, "{at}");
            }
        }
        let graph = "{ findings { nodes { controls { code } } } controls { nodes { code tests { id } evidence { title } } } }";
        let told = app.ask(&auditor, graph).await;
        assert_eq!(told["data"]["findings"]["nodes"][0]["controls"], json!([{ "code": "FOUND" }]), "{told}");
        assert_eq!(texts(&told["data"]["controls"]["nodes"], "code"), ["ASKED", "FOUND", "SAMPLED"]);
        let control = controls[0].as_str().unwrap();
        let wider = json!({ "audit": id(&own), "item": "More", "due_on": "2026-12-07", "controls": [controls[0], controls[4]] });
        let wider = app.refused(Method::POST, "/v1/evidence-requests", &auditor, Some(wider), 422).await;
        assert_eq!(pointer(&wider), "/controls/1", "it does not widen what it sees");
        let window = "from=2026-01-01&to=2026-06-30";
        app.refused(
            Method::GET,
            &format!("/v1/controls/{control}/evidence-coverage?{window}"),
            &auditor,
            None,
            403,
        )
        .await;
        app.refused(
            Method::PATCH,
            &format!("/v1/controls/{control}"),
            &auditor,
            Some(json!({ "title": "X" })),
            403,
        )
        .await;
    }

    pub async fn a_restricted_file_is_for_whom_an_engagement_names_it(app: &TestApp) {
        let Audited { key, auditor, own, .. } = audited(app).await;
        let unbound = app.key_as(&key, "viewer").await;
        let mut files = Vec::new();
        for title in ["Named", "Not named"] {
            let file = json!({ "kind": "file", "title": title, "restricted": true });
            let file = app.created(&key, "/v1/evidence", file).await["id"].clone();
            let at = format!("/v1/evidence/{}/content", file.as_str().unwrap());
            let path = format!("{at}?filename=report.txt");
            let sent = app.upload(&key, &path, b"It is so.", &[("if-match", "*")]).await;
            assert_eq!(sent.status(), 200);
            files.push((file, at));
        }
        let finding =
            app.read(&key, &format!("/v1/findings?audit={}", id(&own))).await["data"][0]["id"].clone();
        let finding = format!("/v1/findings/{}", finding.as_str().unwrap());
        app.changed(&key, &finding, json!({ "evidence": [files[0].0] })).await;
        let read = async |key: &str, at: &str| app.call(Method::GET, at, key, None).await.status().as_u16();
        assert_eq!(read(&auditor, &files[0].1).await, 200, "its engagement names it");
        assert_eq!(read(&auditor, &files[1].1).await, 404);
        assert_eq!(read(&unbound, &files[0].1).await, 403);
    }
}

//! An auditor who is bound to an audit sees that engagement alone, until the day it ends.

use crate::support::*;

on_both!(
    a_bound_auditor_sees_its_engagement_alone,
    an_engagement_ends_with_its_last_day,
    who_is_left_out_does_not_see_more,
    only_auditors_are_bound,
    a_bound_auditor_keeps_its_list,
    what_an_engagement_names_is_seen,
    newer_evidence_hides_none_of_its_own,
    what_its_audits_serve_is_seen,
    what_its_audits_serve_is_seen_until_they_end,
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

/// A certificate and an attestation of each of two names, each served by an audit; an auditor who is bound to the audits of
/// the first, to the fieldwork until December and to the surveillance until January.
struct Served {
    key: String,
    auditor: String,
    member: Value,
    attestations: Vec<String>,
    certifications: Vec<String>,
    fieldworks: Vec<String>,
}

async fn served(app: &TestApp) -> Served {
    let key = app.tenant("acme").await;
    let auditor = app.key_as(&key, "auditor").await;
    let member = app.read(&key, "/v1/members?role=auditor").await["data"][0]["id"].clone();
    let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await["id"].clone();
    let bound = |own: bool, until: &str| match own {
        true => json!([{ "member": member, "until": until }]),
        false => json!([]),
    };
    let (mut attestations, mut certifications, mut fieldworks) = (Vec::new(), Vec::new(), Vec::new());
    for name in ["Own", "Other"] {
        let engagement = json!({ "name": name, "report": "type_2", "scope": name });
        let engagement = app.created(&key, "/v1/attestations", engagement).await["id"].clone();
        let certificate = json!({
            "certification_body": body, "number": name, "standard": "ISO/IEC 27001", "edition": "2022",
            "legal_entity": name, "scope": "Everything",
            "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
        });
        let certificate = app.created(&key, "/v1/certifications", certificate).await["id"].clone();
        let fieldwork = json!({ "kind": "soc2_fieldwork", "title": name, "planned_start": "2026-12-14",
                                "attestation": engagement, "auditors": bound(name == "Own", "2026-12-20") });
        let fieldwork = app.created(&key, "/v1/audits", fieldwork).await["id"].clone();
        let surveillance = json!({ "kind": "surveillance", "title": name, "planned_start": "2026-12-14",
                                   "certification": certificate, "auditors": bound(name == "Own", "2027-01-31") });
        app.created(&key, "/v1/audits", surveillance).await;
        attestations.push(engagement.as_str().unwrap().to_owned());
        certifications.push(certificate.as_str().unwrap().to_owned());
        fieldworks.push(fieldwork.as_str().unwrap().to_owned());
    }
    Served { key, auditor, member, attestations, certifications, fieldworks }
}

/// What is served, the field with its name, what of it is shown, and what is not.
const SERVED: [(&str, &str, &[&str], &[&str]); 2] = [
    (
        "attestations",
        "name",
        &["", "/events", "/timeline", "/timeline.svg", "/coverage"],
        &["/milestones", "/tests", "/releases"],
    ),
    (
        "certifications",
        "legal_entity",
        &["", "/events", "/explain", "/timeline", "/timeline.svg"],
        &["/milestones"],
    ),
];

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
            "/v1/certification-bodies",
            "/v1/certification-settings",
            "/v1/attestations/coverage?from=2026-01-01&to=2026-12-31",
            "/v1/readiness?for=soc2_type2",
            "/v1/timelines",
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

    pub async fn newer_evidence_hides_none_of_its_own(app: &TestApp) {
        let Audited { key, auditor, own, .. } = audited(app).await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Leavers" })).await;
        let control = control["id"].clone();
        app.changed(&key, &own, json!({ "controls": [control] })).await;
        let piece = |title: &str| {
            json!({ "kind": "statement", "title": title, "controls": [control],
                    "content": { "statement": "So it is." } })
        };
        let given = app.created(&key, "/v1/evidence", piece("Given")).await["id"].clone();
        let page = app.read(&key, &format!("/v1/findings?audit={}", id(&own))).await;
        let finding = format!("/v1/findings/{}", page["data"][0]["id"].as_str().unwrap());
        app.changed(&key, &finding, json!({ "evidence": [given] })).await;
        let newer: Vec<_> = (0..20).map(|_| json!({ "create": piece("Newer") })).collect();
        let told = app.stepped_with(&key, "/v1/evidence:batch", json!({ "items": newer })).await;
        assert_eq!(told["refused"], 0, "{told}");
        let shown = async |key: &str| {
            let told = app.ask(key, "{ controls { nodes { evidence { title } } } }").await;
            let shown = texts(&told["data"]["controls"]["nodes"][0]["evidence"], "title");
            shown.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(shown(&key).await, ["Newer"; 20], "the newest alone");
        assert_eq!(shown(&auditor).await, ["Given"]);
    }

    pub async fn what_its_audits_serve_is_seen(app: &TestApp) {
        let Served { key, auditor, attestations, fieldworks, .. } = served(app).await;
        for (list, name, shown, hidden) in SERVED {
            let all = app.read(&key, &format!("/v1/{list}")).await["data"].clone();
            let page = app.read(&auditor, &format!("/v1/{list}?count=true")).await;
            assert_eq!((texts(&page["data"], name), &page["total"]), (vec!["Own"], &json!(1)), "{list}");
            for one in all.as_array().unwrap() {
                let id = one["id"].as_str().unwrap();
                let nowhere = format!("{}{}", &id[..4], "0".repeat(32));
                for below in shown {
                    let at = format!("/v1/{list}/{id}{below}");
                    if one[name] == "Own" {
                        assert_eq!(app.call(Method::GET, &at, &auditor, None).await.status(), 200, "{at}");
                        continue;
                    }
                    let told = app.refused(Method::GET, &at, &auditor, None, 404).await;
                    let at = format!("/v1/{list}/{nowhere}{below}");
                    let unknown = app.refused(Method::GET, &at, &auditor, None, 404).await;
                    let detail = told["detail"].as_str().unwrap().replace(id, &nowhere);
                    assert_eq!(
                        (&told["code"], &json!(detail)),
                        (&unknown["code"], &unknown["detail"]),
                        "{at}"
                    );
                }
                for below in hidden {
                    let at = format!("/v1/{list}/{id}{below}");
                    let told = app.refused(Method::GET, &at, &auditor, None, 403).await;
                    assert!(told["detail"].as_str().unwrap().contains("bound to an audit"), "{told}");
                }
            }
        }
        let graph = "{ attestations { totalCount nodes { name } } certifications { totalCount nodes { legalEntity } } }";
        let told = app.ask(&auditor, graph).await;
        assert_eq!(
            told["data"],
            json!({ "attestations": { "totalCount": 1, "nodes": [{ "name": "Own" }] },
                    "certifications": { "totalCount": 1, "nodes": [{ "legalEntity": "Own" }] } }),
            "{told}"
        );
        let code = |told: &Value| told["errors"][0]["extensions"]["code"].clone();
        for (n, wanted) in [(0, Value::Null), (1, json!("not_found"))] {
            let id = &attestations[n];
            let graph = format!(
                "{{ attestation(id: \"{id}\") {{ name }} attestationCoverage(id: \"{id}\") {{ relevant }} \
                 attestationEvents(attestationId: \"{id}\") {{ totalCount }} attestationTimeline(id: \"{id}\") {{ title }} }}"
            );
            let told = app.ask(&auditor, &graph).await;
            assert_eq!(code(&told), wanted, "{told}");
        }
        for beside in [
            "{ reportCoverage(from: \"2026-01-01\", to: \"2026-12-31\") { coveredDays } }",
            "{ attestations { nodes { milestones { code } } } }",
            "{ certifications { nodes { milestones { code } } } }",
        ] {
            assert_eq!(code(&app.ask(&auditor, beside).await), "forbidden", "{beside}");
        }
        let unbound = app.key_as(&key, "auditor").await;
        assert_eq!(app.read(&unbound, "/v1/attestations?count=true").await["total"], 2);

        // Another's fieldwork for the same report is no part of this engagement.
        let beside = json!({ "kind": "soc2_fieldwork", "title": "Beside", "planned_start": "2026-12-14",
                             "attestation": attestations[0] });
        let beside = app.created(&key, "/v1/audits", beside).await["id"].clone();
        for (title, audit) in [("Own", &json!(fieldworks[0])), ("Beside", &beside)] {
            let new = json!({ "title": title, "grade": "exception", "statement": "S", "audit": audit });
            app.created(&key, "/v1/findings", new).await;
        }
        let at = format!("/v1/attestations/{}/coverage", attestations[0]);
        assert_eq!(texts(&app.read(&auditor, &at).await["findings"], "title"), ["Own"]);
        assert_eq!(app.read(&key, &at).await["findings"].as_array().unwrap().len(), 2);
    }

    pub async fn what_its_audits_serve_is_seen_until_they_end(app: &TestApp) {
        let Served { key, auditor, member, attestations, certifications, fieldworks } = served(app).await;
        let status = async |at: &str| app.call(Method::GET, at, &auditor, None).await.status().as_u16();
        let attestation = format!("/v1/attestations/{}", attestations[0]);
        let certification = format!("/v1/certifications/{}", certifications[0]);
        let list = "/v1/attestations?count=true";
        let asked = async || {
            let answer = app.call(Method::GET, list, &auditor, None).await;
            (statements(&answer), answer.json::<Value>().await.unwrap()["total"].clone())
        };
        assert_eq!((status(&attestation).await, status(&certification).await), (200, 200));
        let (one, total) = asked().await;
        assert_eq!(total, 1);
        let more = json!({ "auditors": [{ "member": member, "until": "2026-12-20" }] });
        app.changed(&key, &format!("/v1/audits/{}", fieldworks[1]), more).await;
        assert_eq!(asked().await, (one, json!(2)), "as many statements for two");
        app.clock.forward(27 * 24 * 3600);
        assert_eq!((status(&attestation).await, status(&certification).await), (404, 200));
        assert_eq!(asked().await.1, 0, "the fieldwork is over");
        app.clock.forward(42 * 24 * 3600);
        assert_eq!((status(&certification).await, status(list).await), (401, 401));
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

//! What time changes is written down at midnight: each turn of each date once, in order.

use attestd::calendar::midnight;
use futures_util::future::join_all;

use crate::support::{
    diary::{A, B, context, due, expect, remind},
    *,
};

on_both!(
    each_turn_is_told_once_and_anew_where_the_date_moves,
    what_was_missed_is_told_day_by_day,
    several_processes_tell_a_day_once,
    what_is_written_down_late_is_only_told_to_be_late,
    what_is_done_or_no_longer_due_is_not_told,
    each_reminder_is_told_once_and_anew_where_the_date_moves,
    reminders_that_were_missed_are_told_day_by_day,
    several_processes_tell_a_reminder_once,
    reminders_that_are_past_or_of_what_is_done_are_not_told,
    a_certificate_is_reminded_of_as_its_settings_say,
    a_day_begins_where_the_tenant_is,
    more_than_one_write_holds_is_told_whole,
    a_certificate_lapses_step_by_step,
    evidence_and_acceptances_run_out,
);

/// What a pass at this moment leaves in the journal, of all that only time changed.
async fn told_at(app: &TestApp, key: &str, moment: &str) -> Vec<Value> {
    app.clock.at(moment);
    midnight::pass(&app.services).await.unwrap();
    told(app, key).await
}

async fn told(app: &TestApp, key: &str) -> Vec<Value> {
    let trail = app.read(key, "/v1/journal?sort=seq&limit=200&actor=system").await;
    trail["data"].as_array().unwrap().clone()
}

/// Each entry in short: its type, what is due, and the midnight of which it tells.
fn short(entries: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |one: &Value| {
        let (kind, code, day) = (text(&one["type"]), text(&one["after"]["code"]), text(&one["request_id"]));
        format!("{kind} {code} {}", day.strip_prefix("midnight-").unwrap())
    };
    entries.iter().map(line).collect()
}

fn types(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|one| one["type"].as_str().unwrap()).collect()
}

mod scenario {
    use super::*;

    pub async fn each_turn_is_told_once_and_anew_where_the_date_moves(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        expect(&ctx, &A, &[due("plan", Some("2026-11-26"), "2026-11-28", None)]).await.unwrap();
        let lengths = [
            ("2026-11-25T23:59:59Z", 0),
            ("2026-11-26T00:00:00Z", 1),
            ("2026-11-26T00:15:00Z", 1),
            ("2026-11-27T12:00:00Z", 1),
            ("2026-11-28T00:00:00Z", 2),
            ("2026-11-29T00:00:00Z", 3),
            ("2026-11-30T00:00:00Z", 3),
        ];
        for (moment, length) in lengths {
            assert_eq!(told_at(app, &key, moment).await.len(), length, "at {moment}");
        }
        let entries = told(app, &key).await;
        let first = [
            "milestone.opened plan 2026-11-26",
            "milestone.due plan 2026-11-28",
            "milestone.overdue plan 2026-11-29",
        ];
        assert_eq!(short(&entries), first);
        let one = app.read(&key, "/v1/milestones").await["data"][0].clone();
        for entry in &entries {
            assert_eq!((&entry["resource_id"], &entry["actor"]), (&one["id"], &json!("system")));
            assert_eq!(entry["after"]["resource"], json!({ "kind": "certification", "id": A.0 }));
        }

        // Its window stays open; what moved is told anew, under the same id.
        expect(&ctx, &A, &[due("plan", Some("2026-11-26"), "2026-12-05", None)]).await.unwrap();
        let entries = told_at(app, &key, "2026-12-07T00:00:00Z").await;
        assert_eq!(
            short(&entries)[3..],
            ["milestone.due plan 2026-12-05", "milestone.overdue plan 2026-12-06"]
        );
        assert!(entries.iter().all(|entry| entry["resource_id"] == one["id"]));
    }

    pub async fn what_was_missed_is_told_day_by_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        expect(&ctx, &A, &[due("audit", Some("2026-11-27"), "2026-11-28", None)]).await.unwrap();
        expect(&ctx, &B, &[due("review", None, "2026-11-27", None)]).await.unwrap();
        let entries = told_at(app, &key, "2027-02-01T03:00:00Z").await;
        let days = [
            "milestone.opened audit 2026-11-27",
            "milestone.due review 2026-11-27",
            "milestone.due audit 2026-11-28",
            "milestone.overdue review 2026-11-28",
            "milestone.overdue audit 2026-11-29",
        ];
        assert_eq!(short(&entries), days);
        assert!(entries.iter().all(|entry| entry["at"] == "2027-02-01T03:00:00Z"), "when it was told");
    }

    pub async fn several_processes_tell_a_day_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let codes: Vec<_> = (0..30).map(|n| format!("code_{n}")).collect();
        let dues: Vec<_> = codes.iter().map(|code| due(code, None, "2026-11-25", None)).collect();
        expect(&ctx, &A, &dues).await.unwrap();
        app.clock.at("2026-11-26T00:00:00Z");
        let (_, other) = app.sibling();
        let passes = (0..6).map(|n| midnight::pass(if n % 2 == 0 { &app.services } else { &other }));
        assert!(join_all(passes).await.iter().all(Result::is_ok));
        // Where two met in the database, one gave way; what it left is told by the next.
        let mut entries = short(&told_at(app, &key, "2026-11-26T00:15:00Z").await);
        entries.sort();
        entries.dedup();
        assert_eq!(entries.len(), 60);
        assert_eq!(told(app, &key).await.len(), 60);
    }

    pub async fn what_is_written_down_late_is_only_told_to_be_late(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let late = due("late", Some("2026-01-01"), "2026-03-01", None);
        let open = due("open", Some("2026-11-01"), "2026-12-31", None);
        expect(&ctx, &A, &[late, open]).await.unwrap();
        let entries = told_at(app, &key, "2026-11-25T00:00:00Z").await;
        assert_eq!(
            short(&entries),
            ["milestone.overdue late 2026-03-02", "milestone.opened open 2026-11-01"]
        );
    }

    pub async fn what_is_done_or_no_longer_due_is_not_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let done = due("done", Some("2026-11-25"), "2026-11-26", Some("2026-11-20"));
        expect(&ctx, &A, &[done, due("gone", Some("2026-11-25"), "2026-11-26", None)]).await.unwrap();
        expect(&ctx, &A, &[due("done", Some("2026-11-25"), "2026-11-26", Some("2026-11-20"))]).await.unwrap();
        assert_eq!(told_at(app, &key, "2026-12-01T00:00:00Z").await, Vec::<Value>::new());
    }

    pub async fn each_reminder_is_told_once_and_anew_where_the_date_moves(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let plan = |on: &str| [due("plan", None, on, None)];
        remind(&ctx, &A, &plan("2026-12-31"), &[7, 30]).await.unwrap();
        let lengths = [
            ("2026-11-30T23:59:59Z", 0),
            ("2026-12-01T00:00:00Z", 1),
            ("2026-12-01T00:15:00Z", 1),
            ("2026-12-23T12:00:00Z", 1),
            ("2026-12-24T00:00:00Z", 2),
            ("2026-12-30T00:00:00Z", 2),
        ];
        for (moment, length) in lengths {
            assert_eq!(told_at(app, &key, moment).await.len(), length, "at {moment}");
        }
        let first = ["milestone.approaching plan 2026-12-01", "milestone.approaching plan 2026-12-24"];
        assert_eq!(short(&told(app, &key).await), first);

        // Other days for the same date: what was told of it is not told again.
        let ctx = context(app, &key).await;
        remind(&ctx, &A, &plan("2026-12-31"), &[30, 7, 1]).await.unwrap();
        assert_eq!(
            short(&told_at(app, &key, "2026-12-30T00:15:00Z").await)[2..],
            ["milestone.approaching plan 2026-12-30"]
        );
        remind(&ctx, &A, &plan("2027-01-31"), &[30, 7]).await.unwrap();
        let entries = told_at(app, &key, "2027-01-25T00:00:00Z").await;
        assert_eq!(
            short(&entries)[3..],
            ["milestone.approaching plan 2027-01-01", "milestone.approaching plan 2027-01-24"]
        );
        assert!(entries.iter().all(|entry| entry["resource_id"] == entries[0]["resource_id"]));
    }

    pub async fn reminders_that_were_missed_are_told_day_by_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        remind(&ctx, &A, &[due("audit", None, "2026-12-05", None)], &[8, 1]).await.unwrap();
        remind(&ctx, &B, &[due("review", None, "2026-12-04", None)], &[7, 2]).await.unwrap();
        let entries = told_at(app, &key, "2027-02-01T03:00:00Z").await;
        let days = [
            "milestone.approaching audit 2026-11-27",
            "milestone.approaching review 2026-11-27",
            "milestone.approaching review 2026-12-02",
            "milestone.approaching audit 2026-12-04",
            "milestone.due review 2026-12-04",
            "milestone.due audit 2026-12-05",
            "milestone.overdue review 2026-12-05",
            "milestone.overdue audit 2026-12-06",
        ];
        let mut told = short(&entries);
        // Two of one day and kind stand in the order of their ids.
        told[..2].sort();
        assert_eq!(told, days);
    }

    pub async fn several_processes_tell_a_reminder_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let codes: Vec<_> = (0..30).map(|n| format!("code_{n}")).collect();
        let dues: Vec<_> = codes.iter().map(|code| due(code, None, "2026-12-05", None)).collect();
        remind(&ctx, &A, &dues, &[10, 9, 3]).await.unwrap();
        app.clock.at("2026-11-26T00:00:00Z");
        let (_, other) = app.sibling();
        let passes = (0..6).map(|n| midnight::pass(if n % 2 == 0 { &app.services } else { &other }));
        assert!(join_all(passes).await.iter().all(Result::is_ok));
        let mut entries = short(&told_at(app, &key, "2026-11-26T00:15:00Z").await);
        assert_eq!(entries.len(), 60);
        entries.sort();
        entries.dedup();
        assert_eq!(entries.len(), 60);
        assert!(entries.iter().all(|one| one.ends_with("2026-11-25") || one.ends_with("2026-11-26")));
    }

    pub async fn reminders_that_are_past_or_of_what_is_done_are_not_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let done = due("done", None, "2026-12-10", Some("2026-11-20"));
        let (soon, gone) = (due("soon", None, "2026-12-01", None), due("gone", None, "2026-12-10", None));
        remind(&ctx, &A, &[done.clone(), soon.clone(), gone], &[30, 8, 7, 2]).await.unwrap();
        remind(&ctx, &A, &[done, soon], &[30, 8, 7, 2]).await.unwrap();
        let today = ["milestone.approaching soon 2026-11-24"];
        assert_eq!(short(&told_at(app, &key, "2026-11-25T00:00:00Z").await), today);
        assert_eq!(
            short(&told_at(app, &key, "2026-11-30T00:00:00Z").await)[1..],
            ["milestone.approaching soon 2026-11-29"]
        );
        // What is taken back as done waits for the reminders that are left.
        let ctx = context(app, &key).await;
        let again = due("done", None, "2026-12-10", None);
        remind(&ctx, &A, &[again], &[30, 8, 7, 2]).await.unwrap();
        assert_eq!(
            short(&told_at(app, &key, "2026-12-09T00:00:00Z").await)[2..],
            [
                "milestone.approaching done 2026-12-02",
                "milestone.approaching done 2026-12-03",
                "milestone.approaching done 2026-12-08",
            ]
        );
    }

    pub async fn a_certificate_is_reminded_of_as_its_settings_say(app: &TestApp) {
        let key = app.tenant("acme").await;
        let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
        let new = json!({ "certification_body": body["id"], "standard": "ISO/IEC 27001", "edition": "2022",
            "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform", "number": "ISMS-1",
            "printed": { "decision_on": "2024-03-10", "expires_on": "2027-03-10" } });
        app.created(&key, "/v1/certifications", new).await;
        let reminded = async |moment: &str| {
            let entries = short(&told_at(app, &key, moment).await);
            let of = |one: &String| one.starts_with("milestone.approaching expiry");
            entries.into_iter().filter(of).collect::<Vec<_>>()
        };
        assert_eq!(reminded("2026-12-09T00:00:00Z").await, [""; 0]);
        let first = "milestone.approaching expiry 2026-12-10";
        assert_eq!(reminded("2026-12-10T00:00:00Z").await, [first]);
        app.changed(&key, "/v1/certification-settings", json!({ "reminder_days": [90, 60] })).await;
        assert_eq!(
            reminded("2027-03-09T00:00:00Z").await,
            [first, "milestone.approaching expiry 2027-01-09"],
            "the days of the new default, none of the old"
        );
    }

    pub async fn a_day_begins_where_the_tenant_is(app: &TestApp) {
        let east = json!({ "slug": "east", "name": "East", "time_zone": "Pacific/Auckland" });
        let east = app.created(OPERATOR, "/v1/tenants", east).await["owner_key"]["key"].clone();
        let (east, west) = (east.as_str().unwrap().to_owned(), app.tenant("west").await);
        for key in [&east, &west] {
            let ctx = context(app, key).await;
            expect(&ctx, &A, &[due("plan", Some("2026-11-26"), "2026-12-31", None)]).await.unwrap();
        }
        // 1 a.m. of the 26th in Auckland, noon of the 25th in Greenwich.
        assert_eq!(told_at(app, &east, "2026-11-25T12:00:00Z").await.len(), 1);
        assert_eq!(told(app, &west).await.len(), 0);
        assert_eq!(told_at(app, &west, "2026-11-26T00:00:00Z").await.len(), 1);
        assert_eq!(told(app, &east).await.len(), 1);
    }

    pub async fn more_than_one_write_holds_is_told_whole(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let codes: Vec<_> = (0..501).map(|n| format!("code_{n}")).collect();
        let dues: Vec<_> = codes.iter().map(|code| due(code, None, "2026-11-25", None)).collect();
        expect(&ctx, &A, &dues).await.unwrap();
        app.clock.at("2026-11-25T00:00:00Z");
        midnight::pass(&app.services).await.unwrap();
        let counted = app.read(&key, "/v1/journal?type=milestone.due&count=true").await;
        assert_eq!(counted["total"], 501);
    }

    pub async fn a_certificate_lapses_step_by_step(app: &TestApp) {
        let key = app.tenant("acme").await;
        let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
        let new = |number: &str| {
            json!({ "certification_body": body["id"], "standard": "ISO/IEC 27001", "edition": "2022",
                "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform", "number": number,
                "printed": { "decision_on": "2024-03-10", "expires_on": "2027-03-10" } })
        };
        let lapses = app.created(&key, "/v1/certifications", new("ISMS-1")).await;
        let kept = app.created(&key, "/v1/certifications", new("ISMS-2")).await;
        app.clock.at("2027-03-01T12:00:00Z");
        let renewed = json!({ "type": "recertified", "effective_on": "2027-03-01", "acknowledge": ["A-15", "A-16", "A-17"],
            "reason": "Only the decision is entered.", "details": { "expires_on": "2030-03-10" } });
        let at = format!("/v1/certifications/{}/events", kept["id"].as_str().unwrap());
        app.created(&key, &at, renewed).await;
        let lapsed = async |moment: &str| {
            told_at(app, &key, moment).await;
            let events = app.events(&key, "certification").await;
            let by_time: Vec<_> = events.into_iter().filter(|one| one["actor"] == "system").collect();
            assert!(by_time.iter().all(|one| one["resource_id"] == lapses["id"]), "{by_time:?}");
            short(&by_time)
        };
        assert_eq!(lapsed("2027-03-10T00:00:00Z").await, [""; 0]);
        let both = ["certification.expired - 2027-03-11", "certification.restorable - 2027-03-11"];
        assert_eq!(lapsed("2027-03-11T00:00:00Z").await, both);
        assert_eq!(lapsed("2027-09-10T00:00:00Z").await, both);
        assert_eq!(lapsed("2027-09-11T00:00:00Z").await[2..], ["certification.closed - 2027-09-11"]);
        let one = app.read(&key, &format!("/v1/certifications/{}", lapses["id"].as_str().unwrap())).await;
        assert_eq!((&one["status"], &one["version"]), (&json!("closed"), &lapses["version"]));
    }

    pub async fn evidence_and_acceptances_run_out(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = json!({ "code": "AC-01", "title": "Reviews", "freshness_days": 90 });
        let control = app.created(&key, "/v1/controls", control).await;
        let evidence = json!({ "kind": "statement", "title": "A review", "content": { "statement": "They were reviewed." },
            "controls": [control["id"]], "covers_from": "2026-07-01", "covers_to": "2026-09-30", "valid_until": "2027-01-31" });
        app.created(&key, "/v1/evidence", evidence).await;
        let risk =
            json!({ "code": "R-1", "title": "Hosting fails", "residual": { "likelihood": 3, "impact": 4 } });
        let risk = app.created(&key, "/v1/risks", risk).await;
        let accept = json!({ "until": "2026-12-31", "reason": "A second supplier would cost more" });
        let at = format!("/v1/risks/{}/acceptance", risk["id"].as_str().unwrap());
        app.created(&key, &at, accept).await;
        let ends = async |moment: &str| {
            let entries = told_at(app, &key, moment).await;
            let ends = |kind: &&str| !kind.starts_with("milestone.");
            types(&entries).into_iter().filter(ends).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(ends("2026-12-29T00:00:00Z").await, [""; 0]);
        assert_eq!(ends("2026-12-30T00:00:00Z").await, ["evidence.went_stale"]);
        assert_eq!(ends("2027-01-01T00:00:00Z").await[1..], ["risk.acceptance_lapsed"]);
        assert_eq!(ends("2027-02-01T00:00:00Z").await[2..], ["evidence.expired"]);
        let last = app.events(&key, risk["id"].as_str().unwrap()).await;
        assert_eq!(last.last().unwrap()["after"]["acceptance"]["until"], "2026-12-31");
    }
}

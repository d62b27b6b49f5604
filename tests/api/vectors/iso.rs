//! Certificates: `tests/vectors/iso27001-cycle.json`.

use attestd::kernel::time::Date;

use super::{Api, Call, Surface, day, rules, vectors};
use crate::support::*;

/// Enters every vector and compares what it expects.
pub(super) async fn hold(app: &TestApp, surface: Surface) {
    // Facts may not lie in the future: all of it has happened by then.
    app.clock.at("2035-06-01T12:00:00Z");
    for vector in vectors(include_str!("../../vectors/iso27001-cycle.json")) {
        let api = Api::of(app, surface, &vector).await;
        let case = Case::of(&api, &vector).await;
        let told = case.told(&case.entered(&case.steps, &[]).await).await;
        for (name, expected) in vector["expect"].as_object().unwrap() {
            let found = match told.of(name) {
                Some(found) => found,
                None => case.tried(&told, name, expected).await,
            };
            assert_eq!(found, *expected, "{} {name}", vector["id"]);
        }
    }
}

/// What happened to a certificate.
enum Step {
    /// An event of its own.
    Event(Value),
    /// A recertification audit with its last day, and the day on which its major nonconformity was verified.
    Audit(Date, Option<Date>),
}

impl Step {
    fn on(&self) -> Date {
        match self {
            Self::Event(event) => day(event.get("ended_on").unwrap_or(&event["effective_on"])),
            Self::Audit(on, _) => *on,
        }
    }
}

fn audit(kind: &str, on: Date) -> Step {
    Step::Event(json!({ "type": kind, "ended_on": on }))
}

fn decided(kind: &str, on: Date) -> Value {
    json!({ "type": kind, "effective_on": on })
}

/// A vector that is to be entered.
struct Case<'a> {
    api: &'a Api<'a>,
    given: &'a Value,
    body: String,
    applied_on: Date,
    /// In the order of their days; the last is what the vector is about.
    steps: Vec<Step>,
}

impl<'a> Case<'a> {
    async fn of(api: &'a Api<'a>, vector: &'a Value) -> Self {
        let given = &vector["given"];
        let decision = match &given["prior_expiry"] {
            Value::Null => day(&given["decision"]),
            expiry => day(expiry).minus_months(36),
        };
        let body = body(api, "Example Certification Body", &given["ab_withdrawn"]).await;
        // No grant without them.
        let evaluated_on = decision.minus_days(60).to_string();
        api.app.audited_internally(&api.key, &evaluated_on, None).await;
        api.app.reviewed(&api.key, &evaluated_on).await;
        let mut steps = vec![
            audit("stage_1_completed", decision.minus_days(90)),
            audit("stage_2_completed", decision.minus_days(30)),
            Step::Event(decided("granted", decision)),
        ];
        for (name, value) in given.as_object().unwrap() {
            // What stands for no step of the certificate is entered with it, or tried afterwards.
            if ["decision", "prior_expiry", "edition", "ab_withdrawn", "attempt", "major_nc_verified"]
                .contains(&name.as_str())
            {
                continue;
            }
            steps.extend(step(api, given, name, day(value), decision).await);
        }
        steps.sort_by_key(Step::on);
        Self { api, given, body, applied_on: decision.minus_days(180), steps }
    }

    /// The id of a certificate with these steps, whose last says this as well.
    async fn entered(&self, steps: &[Step], details: &[(&str, &Value)]) -> String {
        let edition = self.given["edition"].as_str().unwrap_or("2022");
        let new = json!({
            "certification_body": self.body, "standard": "ISO/IEC 27001", "edition": edition,
            "legal_entity": "Example Cloud GmbH", "scope": "Operation of the cloud platform",
            "applied_on": self.applied_on,
        });
        let call = Call {
            path: "/v1/certifications",
            mutation: "registerCertification",
            input: "NewCertification",
            with: "",
            answer: "id",
        };
        let id = self.api.enter(call, &new).await["id"].as_str().unwrap().to_owned();
        for (n, step) in steps.iter().enumerate() {
            match step {
                Step::Event(event) => {
                    let mut event = event.clone();
                    for (name, value) in details.iter().filter(|_| n + 1 == steps.len()) {
                        event["details"][*name] = (*value).clone();
                    }
                    let told = self.record(&id, &event, false).await;
                    told.unwrap_or_else(|problem| panic!("{event}: {problem}"));
                }
                Step::Audit(on, verified_on) => self.audited(&id, *on, *verified_on).await,
            }
        }
        id
    }

    async fn record(&self, id: &str, event: &Value, dry_run: bool) -> Result<Value, Value> {
        let path = format!("/v1/certifications/{id}/events{}", if dry_run { "?dry_run=true" } else { "" });
        let with = format!(", certificationId: \"{id}\", dryRun: {dry_run}");
        let call = Call {
            path: &path,
            mutation: "recordCertificationEvent",
            input: "NewCertificationEvent",
            with: &with,
            answer: "id type",
        };
        self.api.send(call, event).await
    }

    /// Plans and completes a recertification audit; enters its major nonconformity, and that it was verified.
    async fn audited(&self, id: &str, on: Date, verified_on: Option<Date>) {
        let audit = json!({ "kind": "recertification", "title": "Recertification audit", "planned_start": on,
                            "certification": id });
        let audit = self.made("/v1/audits", "createAudit", "NewAudit", &audit).await;
        let major = json!({ "title": "No internal audit", "grade": "major", "statement": "None was held.",
                            "audit": audit["id"], "raised_on": on });
        let done = json!({ "started_on": on, "ended_on": on, "conclusion": "positive" });
        self.step("/v1/audits", "complete", "completeAudit", "AuditCompletion", &audit, &done).await;
        if let Some(on) = verified_on {
            let major = self.made("/v1/findings", "createFinding", "NewFinding", &major).await;
            let verified = json!({ "by": "Lead auditor", "on": on });
            let (mutation, input) = ("verifyFinding", "NewFindingVerification");
            self.step("/v1/findings", "verify", mutation, input, &major, &verified).await;
        }
    }

    async fn made(&self, path: &str, mutation: &str, input: &str, new: &Value) -> Value {
        self.api.enter(Call { path, mutation, input, with: "", answer: "id version" }, new).await
    }

    async fn step(&self, at: &str, word: &str, mutation: &str, input: &str, of: &Value, body: &Value) {
        let id = of["id"].as_str().unwrap();
        let path = format!("{at}/{id}/{word}");
        let with = format!(", id: \"{id}\", expectedVersion: {}", of["version"]);
        self.api.enter(Call { path: &path, mutation, input, with: &with, answer: "id" }, body).await;
    }

    /// The certificate on a day; today unless given.
    async fn read(&self, id: &str, as_of: Option<&str>) -> Value {
        let (query, argument) = match as_of {
            Some(on) => (format!("?as_of={on}"), format!(", asOf: \"{on}\"")),
            None => (String::new(), String::new()),
        };
        let fields = "status issue validity { decisionOn expiresOn restorableUntil expiryConvention }
            usablePeriods { from to } gaps { from to days }";
        let path = format!("/v1/certifications/{id}{query}");
        self.api.read(&path, "certification", &format!("id: \"{id}\"{argument}"), fields).await
    }

    async fn told(&self, id: &str) -> Told<'a> {
        let (certificate, milestones) = (self.read(id, None).await, self.api.milestones(id).await);
        Told { id: id.to_owned(), given: self.given, certificate, milestones }
    }

    /// What is expected where only a question or another write tells it.
    async fn tried(&self, told: &Told<'_>, name: &str, expected: &Value) -> Value {
        match name {
            "status_on" => {
                let mut states = json!({});
                for on in expected.as_object().unwrap().keys() {
                    states[on] = self.read(&told.id, Some(on)).await["status"].clone();
                }
                states
            }
            "status" => self.unless_suspended(&told.id).await,
            "valid_from_min" => self.earliest(expected).await,
            "if_basis_is_decision" => {
                let id = self.entered(&self.steps, &[("expires_on", expected)]).await;
                let validity = self.read(&id, None).await["validity"].clone();
                assert_eq!(validity["expiry_convention"], "same_day", "it is counted from the decision");
                validity["expires_on"].clone()
            }
            "restore" | "needs" => {
                let attempt = decided("restored_after_expiry", day(&self.given["attempt"]));
                let Err(problem) = self.record(&told.id, &attempt, true).await else {
                    return json!("accepted");
                };
                assert_eq!(rules(&problem), ["A-20"]);
                let breach = &problem["breaches"][0];
                assert_eq!(breach["instead"], "reinstated_after_stage_2");
                let needed = expected.as_str().unwrap().split(" before ").next().unwrap();
                let said = name == "restore" || breach["reason"].as_str().unwrap().contains(needed);
                if said {
                    json!(if name == "restore" { "refused" } else { expected.as_str().unwrap() })
                } else {
                    problem
                }
            }
            _ => panic!("no check for {name}"),
        }
    }

    /// What it is on the day of its last step, and what the body's suspension makes of that.
    async fn unless_suspended(&self, id: &str) -> Value {
        let on = self.steps.last().unwrap().on();
        let status = async || self.read(id, Some(&on.to_string())).await["status"].clone();
        let before = status().await;
        let mut event = decided("suspended", on);
        event["reason"] = json!("No audit was held in time");
        self.record(id, &event, false).await.unwrap_or_else(|problem| panic!("{event}: {problem}"));
        assert_eq!(status().await, "suspended");
        json!(format!("{} unless the CB records a suspension", before.as_str().unwrap()))
    }

    /// The last step may say to be effective from this day on, and not from the day before.
    async fn earliest(&self, expected: &Value) -> Value {
        let Some((Step::Event(last), before)) = self.steps.split_last() else {
            panic!("no event comes last")
        };
        let id = self.entered(before, &[]).await;
        let from = async |on: Date| {
            let mut event = last.clone();
            event["details"]["valid_from"] = json!(on);
            self.record(&id, &event, true).await
        };
        let early = from(day(expected).minus_days(1)).await.expect_err("it is too early");
        assert_eq!(rules(&early), ["A-08"]);
        from(day(expected)).await.map_or_else(|problem| problem, |_| expected.clone())
    }
}

/// The steps that a given day stands for.
async fn step(api: &Api<'_>, given: &Value, name: &str, on: Date, decision: Date) -> Vec<Step> {
    let one = match name {
        "surveillance_end" | "s1" | "s2" | "audit_end" => audit("surveillance_completed", on),
        "recert_audit" => audit("recertification_audit_completed", on),
        "recert_audit_end" => Step::Audit(on, given.get("major_nc_verified").map(day)),
        "recert_decision" => {
            let late = decision.plus_months(36) < on;
            let decision =
                Step::Event(decided(if late { "restored_after_expiry" } else { "recertified" }, on));
            // No renewal without an audit: where none is given it was held a month before.
            let held = ["recert_audit", "recert_audit_end"].iter().any(|name| given.get(*name).is_some());
            let assumed = audit("recertification_audit_completed", on.minus_months(1));
            return if held { vec![decision] } else { vec![assumed, decision] };
        }
        "suspended" => {
            let mut event = decided("suspended", on);
            event["reason"] = json!("No audit was held in time");
            Step::Event(event)
        }
        "restored" => Step::Event(decided("suspension_lifted", on)),
        "transfer_decision" => {
            let mut event = decided("transferred_in", on);
            event["details"] = json!({ "certification_body": body(api, "Another body", &Value::Null).await });
            Step::Event(event)
        }
        "scope_reduced" => {
            let mut event = decided("scope_changed", on);
            event["details"] = json!({ "change": "reduced", "scope": "Operation alone" });
            Step::Event(event)
        }
        _ => panic!("no way to enter {name}"),
    };
    vec![one]
}

/// The id of a new certification body, which lost its accreditation on this day.
async fn body(api: &Api<'_>, name: &str, lost_on: &Value) -> String {
    let mut accreditation = json!({ "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001",
                                    "granted_on": "2010-01-01" });
    if !lost_on.is_null() {
        (accreditation["lost_on"], accreditation["loss"]) = (lost_on.clone(), json!("withdrawn"));
    }
    let call = Call {
        path: "/v1/certification-bodies",
        mutation: "createCertificationBody",
        input: "NewCertificationBody",
        with: "",
        answer: "id",
    };
    let made = api.enter(call, &json!({ "name": name, "accreditations": [accreditation] })).await;
    made["id"].as_str().unwrap().to_owned()
}

/// What a surface tells of a certificate.
struct Told<'a> {
    id: String,
    given: &'a Value,
    certificate: Value,
    milestones: Vec<Value>,
}

impl Told<'_> {
    /// What is told under a name that vectors expect; none where it takes more than reading.
    fn of(&self, name: &str) -> Option<Value> {
        let validity = &self.certificate["validity"];
        let gaps = self.certificate["gaps"].as_array().unwrap();
        let usable = self.certificate["usable_periods"].as_array().unwrap();
        Some(match name {
            "s1_due" => self.first("surveillance_1")["due"].clone(),
            "s2_due" | "s2_due_once_s1_is_held" => self.first("surveillance_2")["due"].clone(),
            "s2_calendar_backstop" => input(self.first("surveillance_2"), "calendar_bound"),
            "s2_target" => input(self.first("surveillance_2"), "target"),
            "recert_plan" => self.first("recertification_plan")["due"].clone(),
            "recert_decision_due" => self.first("recertification_decision")["due"].clone(),
            "restore_until" => self.first("restoration_limit")["due"].clone(),
            "suspension_review_by" => self.first("suspension_review_1")["due"].clone(),
            "transfer_by" => self.first("transfer")["due"].clone(),
            "edition_end" => self.first("edition_end")["due"].clone(),
            "overdue_from" => self.first("surveillance_1")["overdue_from"].clone(),
            "days_late" => self.first("surveillance_1")["days_late"].clone(),
            "rule_12_months" => self.in_time("surveillance_1", "met", "breach"),
            "programme" => self.in_time("surveillance_2", "in time", "late"),
            "next_s1_target" | "next_cycle_s1_target" => input(self.next("surveillance_1"), "target"),
            "next_s2_target" => input(self.next("surveillance_2"), "target"),
            "next_cycle_s1_due" => self.next("surveillance_1")["due"].clone(),
            "calendar" => self.calendar(),
            "expires_on" | "expires_on_new" => validity["expires_on"].clone(),
            "cycle_start" => validity["decision_on"].clone(),
            "restorable" => json!(!validity["restorable_until"].is_null()),
            "gap" => days(gaps.first()?),
            "gap_days" => gaps.iter().map(|gap| gap["days"].as_i64().unwrap()).sum::<i64>().into(),
            "certificate_usable" => usable.iter().map(days).collect(),
            "usable_through" => usable.last()?["to"].clone(),
            "version" => self.certificate["issue"].clone(),
            year => {
                let held =
                    &self.first(&format!("calendar_{}", year.strip_prefix("calendar_year_")?))["done_on"];
                json!(if held.is_null() { "breach" } else { "met" })
            }
        })
    }

    fn of_cycles(&self, code: &str) -> Vec<&Value> {
        let mut all: Vec<_> = self.milestones.iter().filter(|one| one["code"] == code).collect();
        all.sort_by_key(|one| one["cycle"].as_i64());
        assert!(!all.is_empty(), "no {code} in {:?}", self.milestones);
        all
    }

    /// The milestone in the first cycle that has it.
    fn first(&self, code: &str) -> &Value {
        self.of_cycles(code)[0]
    }

    /// The milestone in the cycle after the first.
    fn next(&self, code: &str) -> &Value {
        let last = *self.of_cycles(code).last().unwrap();
        assert_eq!(last["cycle"], 2, "{last}");
        last
    }

    fn in_time(&self, code: &str, yes: &str, no: &str) -> Value {
        json!(if self.first(code)["days_late"] == 0 { yes } else { no })
    }

    /// By which audit each calendar year is met.
    fn calendar(&self) -> Value {
        let audits = [("s1", "s1"), ("s2", "s2"), ("recertification audit", "recert_audit")];
        let met = |one: &Value| {
            let year = one["code"].as_str().unwrap().strip_prefix("calendar_")?.to_owned();
            let (word, _) = audits.iter().find(|(_, name)| self.given[*name] == one["done_on"])?;
            Some((year, json!(format!("met by {word}"))))
        };
        let done = self.milestones.iter().filter(|one| !one["done_on"].is_null());
        Value::Object(done.filter_map(met).collect())
    }
}

/// What went into a date.
fn input(milestone: &Value, name: &str) -> Value {
    let inputs = milestone["inputs"].as_array().unwrap();
    let found = inputs.iter().find(|input| input["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {milestone}"))["value"].clone()
}

/// The first and the last of days in a row.
fn days(row: &Value) -> Value {
    json!([row["from"], row["to"]])
}

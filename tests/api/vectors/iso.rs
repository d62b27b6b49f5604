//! Certificates: `tests/vectors/iso27001-cycle.json`, and further vectors of its shape.

mod given;
mod steps;
mod told;

use attestd::kernel::time::Date;

use super::{Api, Call, IN_THE_END, Surface, day, rules, vectors};
use crate::support::*;
use given::Given;
use steps::{ACTIONS, Step, What};
use told::{Outcomes, Told};

const FILES: [&str; 2] = [
    include_str!("../../vectors/iso27001-cycle.json"),
    include_str!("../../vectors/more-iso27001-cycle.json"),
];

/// Enters every vector and compares what it expects.
pub(super) async fn hold(app: &TestApp, surface: Surface) {
    let mut wrong = Vec::new();
    for vector in vectors(&FILES) {
        let given = Given::of(&vector);
        app.clock.at(&given.starts_at().unwrap_or_else(|| IN_THE_END.to_owned()));
        let api = Api::of(app, surface, &vector).await;
        let case = Case::of(&api, &given).await;
        let told = case.told().await;
        for (name, expected) in given.expect {
            let found = match told.of(name, expected) {
                Some(found) => found,
                None => case.asked(&told, name, expected).await,
            };
            if found != *expected {
                wrong.push(format!("{} {name}: {found} where {expected} is expected", given.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A vector that is to be entered.
struct Case<'a> {
    api: &'a Api<'a>,
    given: &'a Given<'a>,
    body: String,
    /// What is entered, in the order in which it is; the last is what the vector is about.
    steps: Vec<Step>,
    /// What is only tried, each under the name of its action.
    attempts: Vec<(&'static str, Value)>,
}

impl<'a> Case<'a> {
    async fn of(api: &'a Api<'a>, given: &'a Given<'a>) -> Self {
        let own = body(api, "Example Certification Body", given.lost()).await;
        let other = body(api, "Another body", None).await;
        if let Some(on) = given.evaluated_on() {
            // No grant without them.
            api.app.audited_internally(&api.key, &on.to_string(), None).await;
            api.app.reviewed(&api.key, &on.to_string()).await;
        }
        let (refused, steps): (Vec<Step>, Vec<Step>) =
            given.steps(&other).into_iter().partition(|step| given.refuses(step).is_some());
        let attempts = refused.into_iter().filter_map(|step| Some((given.refuses(&step)?, step.event()?)));
        let attempts = attempts.chain(given.attempts(&other)).collect();
        Self { api, given, body: own, steps, attempts }
    }

    /// The id of a certificate with these steps, whose last says this as well. `n` tells certificates of a vector apart.
    async fn entered(&self, n: usize, steps: &[Step], details: &[(&str, &Value)]) -> String {
        let call = Call {
            path: "/v1/certifications",
            mutation: "registerCertification",
            input: "NewCertification",
            with: "",
            answer: "id",
        };
        let new = self.given.certificate(&self.body, n);
        let id = self.api.enter(call, &new).await["id"].as_str().unwrap().to_owned();
        for (place, step) in steps.iter().enumerate() {
            let details = if place + 1 == steps.len() { details } else { &[] };
            self.recorded_in_time(step);
            let told = self.take(&id, step, details).await;
            let refused = told.err().filter(|_| !step.assumed);
            assert!(refused.is_none(), "{}: {} is refused: {refused:?}", self.given.id, step.key);
        }
        self.api.app.clock.at(IN_THE_END);
        id
    }

    /// Where the vector tells what was known when, each step is recorded on its day.
    fn recorded_in_time(&self, step: &Step) {
        if self.given.starts_at().is_some() {
            self.api.app.clock.at(&format!("{}T12:00:00Z", step.recorded_on));
        }
    }

    async fn take(&self, id: &str, step: &Step, details: &[(&str, &Value)]) -> Result<Value, Value> {
        if let What::Audit(kind, Some(verified_on)) = step.what {
            self.audited(id, step, kind, verified_on).await;
            return Ok(Value::Null);
        }
        let mut event = step.event().expect("an audit without a major is an event");
        for (name, value) in details {
            event["details"][*name] = (*value).clone();
        }
        self.given.acknowledge(step, &mut event);
        self.record(id, &event, false).await
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

    /// Plans and completes an audit; enters its major nonconformity, and that it was verified where it was.
    async fn audited(&self, id: &str, step: &Step, kind: &str, verified_on: Option<Date>) {
        let audit = json!({ "kind": kind, "title": format!("The {kind} audit"), "planned_start": step.first,
                            "certification": id });
        let audit = self.made("/v1/audits", "createAudit", "NewAudit", &audit).await;
        let major = json!({ "title": "No internal audit", "grade": "major", "statement": "None was held.",
                            "audit": audit["id"], "raised_on": step.on });
        let done = json!({ "started_on": step.first, "ended_on": step.on, "conclusion": "positive" });
        self.step("/v1/audits", "complete", "completeAudit", "AuditCompletion", &audit, &done).await;
        let major = self.made("/v1/findings", "createFinding", "NewFinding", &major).await;
        if let Some(on) = verified_on {
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

    /// Enters it all, tries what is only tried, and reads what came of it.
    async fn told(&self) -> Told<'_> {
        let id = self.entered(0, &self.steps, &[]).await;
        let mut outcomes = Outcomes::new();
        for (action, event) in &self.attempts {
            outcomes.insert(*action, self.record(&id, event, true).await);
        }
        for (action, _, keys) in ACTIONS {
            if self.steps.iter().any(|step| keys.contains(&step.key)) {
                outcomes.entry(action).or_insert(Ok(Value::Null));
            }
        }
        let (as_of, known_at) = (self.given.text("as_of"), self.given.text("known_at"));
        let now = match as_of.or(known_at) {
            None => self.api.milestones(&id).await,
            Some(_) => told::milestones(self.api, &id, as_of, known_at).await,
        };
        let renewed_on = self.steps.iter().filter(|step| step.renews()).map(|step| step.on).min();
        let before = match renewed_on.map(|on| on.minus_days(1).to_string()) {
            None => now.clone(),
            Some(on) => told::milestones(self.api, &id, Some(&on), known_at).await,
        };
        let certificate = told::read(self.api, &id, as_of, known_at).await;
        Told { id, given: self.given, certificate, now, before, outcomes }
    }

    /// What is expected where only a question or another write tells it.
    async fn asked(&self, told: &Told<'_>, name: &str, expected: &Value) -> Value {
        let known_at = self.given.text("known_at");
        match name {
            "status_on" => {
                let mut states = json!({});
                for on in expected.as_object().unwrap().keys() {
                    states[on] = told::read(self.api, &told.id, Some(on), known_at).await["status"].clone();
                }
                states
            }
            "status" if expected.as_str().is_some_and(|text| text.ends_with(UNLESS)) => {
                self.unless_suspended().await
            }
            "status" => {
                let on = self.given.text("as_of").map_or_else(|| self.last().to_string(), str::to_owned);
                told::read(self.api, &told.id, Some(&on), known_at).await["status"].clone()
            }
            "valid_from_min" => self.earliest(expected).await,
            "if_basis_is_decision" => {
                let id = self.entered(1, &self.steps, &[("expires_on", expected)]).await;
                let validity = told::read(self.api, &id, None, None).await["validity"].clone();
                assert_eq!(validity["expiry_convention"], "same_day", "it is counted from the decision");
                validity["expires_on"].clone()
            }
            _ => panic!("{}: nothing tells {name}", self.given.id),
        }
    }

    /// The day of the last step.
    fn last(&self) -> Date {
        self.steps.last().map_or_else(|| self.given.begins(), |step| step.on)
    }

    /// What it is on the day of its last step, and what the body's suspension makes of that.
    async fn unless_suspended(&self) -> Value {
        let (id, on) = (self.entered(2, &self.steps, &[]).await, self.last());
        let status = async || {
            let told = told::read(self.api, &id, Some(&on.to_string()), None).await;
            told["status"].as_str().unwrap().to_owned()
        };
        let before = status().await;
        let event = json!({ "type": "suspended", "effective_on": on, "reason": "No audit was held in time" });
        self.record(&id, &event, false).await.unwrap_or_else(|problem| panic!("{event}: {problem}"));
        assert_eq!(status().await, "suspended");
        json!(format!("{before}{UNLESS}"))
    }

    /// The last step may say to be effective from this day on, and not from the day before.
    async fn earliest(&self, expected: &Value) -> Value {
        let (last, before) = self.steps.split_last().expect("a step comes last");
        let id = self.entered(3, before, &[]).await;
        let from = async |on: Date| {
            let mut event = last.event().expect("an event comes last");
            event["details"]["valid_from"] = json!(on);
            self.record(&id, &event, true).await
        };
        let early = from(day(expected).minus_days(1)).await.expect_err("it is too early");
        assert_eq!(rules(&early), ["A-08"]);
        from(day(expected)).await.map_or_else(|problem| problem, |_| expected.clone())
    }
}

/// What becomes of a status is for the certification body to decide.
const UNLESS: &str = " unless the CB records a suspension";

/// The id of a new certification body, which lost its accreditation so on this day.
async fn body(api: &Api<'_>, name: &str, lost: Option<(&str, Date)>) -> String {
    let mut accreditation = json!({ "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001",
                                    "granted_on": "2010-01-01" });
    if let Some((loss, on)) = lost {
        (accreditation["lost_on"], accreditation["loss"]) = (json!(on), json!(loss));
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

//! What a surface tells of reports, under the names that vectors expect.

use attestd::kernel::time::Date;

use super::super::{Api, rules, said};
use super::given::Given;
use crate::support::*;

/// What a report says of itself, as vectors call it and as the API does.
static FIELDS: [(&str, &str); 11] = [
    ("end", "covers_to"),
    ("covers_from", "covers_from"),
    ("covers_to", "covers_to"),
    ("report_date", "report_date"),
    ("ageing_from", "ageing_from"),
    ("current_through", "current_through"),
    ("stale_from", "stale_from"),
    ("bridge_max", "bridge_limit"),
    ("bridged_through", "bridged_through"),
    ("opinion", "opinion"),
    ("state", "state"),
];

/// What is told of all reports together.
static TOTALS: [(&str, &str); 4] = [
    ("days", "covered_days"),
    ("covered_days", "covered_days"),
    ("bridged_days", "bridged_days"),
    ("not_started_days", "not_started_days"),
];

/// What is told of the second report after the first.
static BETWEEN: [&str; 4] = ["continuous", "scope_changed", "categories_added", "categories_removed"];

/// What a surface tells of what was entered.
pub(super) struct Told<'a> {
    pub given: &'a Given<'a>,
    pub ids: Vec<String>,
    pub refused: Vec<Value>,
    pub reports: Vec<Value>,
    /// What the first makes due.
    pub due: Vec<Value>,
    pub coverage: Value,
}

impl Told<'_> {
    /// What is told under a name that vectors expect.
    pub(super) fn of(&self, name: &str, expected: &Value) -> Value {
        let field = |table: &[(&'static str, &'static str)]| {
            table.iter().find(|&&(known, _)| known == name).map(|&(_, at)| at)
        };
        if let Some(at) = field(&FIELDS) {
            return self.report(0)[at].clone();
        }
        if let Some(at) = field(&TOTALS) {
            return self.coverage[at].clone();
        }
        let between = &self.coverage["transitions"][0];
        if BETWEEN.contains(&name) {
            return between[name].clone();
        }
        match name {
            "accepted" => json!(self.refused.is_empty()),
            "rejected" | "refused" | "reason" => self.reason(expected),
            "rule" => said(&self.rules(), expected),
            "rules" => json!(self.rules()),
            "instead" => {
                self.refused.first().map_or(Value::Null, |one| one["breaches"][0]["instead"].clone())
            }
            "warning" | "notice" => self.noticed(name, expected),
            "covers" if !self.given.letters().is_empty() => self.bridged(),
            "covers" => self.covers(0),
            "next" => self.covers(1),
            "next_start" => self.next_start(),
            "gap_days" if self.given.is_many() => self.coverage["gap_days"].clone(),
            "gap" | "gap_days" if self.carved_out() => self.subservice(name),
            "gap_days" => between["gap_days"].clone(),
            "gap" => days(&between["gap"]),
            "gaps" => self.gaps(),
            "overlap" => days(&between["overlap"]),
            "overlap_days" => json!(between["overlap"]["days"].as_i64().unwrap_or(0)),
            "subservice_gap" | "subservice_gap_days" => self.subservice(&name["subservice_".len()..]),
            "intervals" => intervals(&self.coverage["intervals"], expected),
            "coverage_on" => self.coverage_on(expected),
            "parts" => self.parts(expected),
            "criteria_count" => json!(self.report(0)["criteria"].as_array().map(Vec::len)),
            _ => panic!("{}: nothing tells {name}", self.given.id),
        }
    }

    /// A report by its number from 0; null where it was refused.
    fn report(&self, n: usize) -> &Value {
        self.reports.get(n).unwrap_or(&Value::Null)
    }

    fn covers(&self, n: usize) -> Value {
        let report = self.report(n);
        json!([report["covers_from"], report["covers_to"]])
    }

    /// The days that letters speak of; null where they speak of none.
    fn bridged(&self) -> Value {
        let mut intervals = self.coverage["intervals"].as_array().into_iter().flatten();
        days(intervals.rfind(|one| one["state"] == "bridged").unwrap_or(&Value::Null))
    }

    fn next_start(&self) -> Value {
        let next = self.due.iter().find(|one| one["code"] == "next_window");
        next.map_or(Value::Null, |one| one["due"].clone())
    }

    fn gaps(&self) -> Value {
        let transitions = self.coverage["transitions"].as_array().unwrap().iter();
        transitions.map(|one| days(&one["gap"])).filter(|gap| !gap.is_null()).collect()
    }

    fn carved_out(&self) -> bool {
        self.given.has("subservice")
    }

    /// The first days on which the vendor has no report of its own, or how many they are.
    fn subservice(&self, name: &str) -> Value {
        let gap = &self.coverage["subservice_gaps"][0];
        if name == "gap" { days(gap) } else { json!(gap["days"].as_i64().unwrap_or(0)) }
    }

    /// How these days stand.
    fn coverage_on(&self, expected: &Value) -> Value {
        let intervals = self.coverage["intervals"].as_array().unwrap();
        let on = |day: &String| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let holds = |one: &&Value| text(&one["from"]) <= *day && *day <= text(&one["to"]);
            (day.clone(), intervals.iter().find(holds).map_or(Value::Null, |one| one["state"].clone()))
        };
        Value::Object(expected.as_object().unwrap().keys().map(on).collect())
    }

    /// The days of these categories, which not every report addresses.
    fn parts(&self, expected: &Value) -> Value {
        let parts = self.coverage["parts"].as_array().unwrap();
        let of = |(category, expected): (&String, &Value)| {
            let part = parts.iter().find(|one| one["category"] == *category);
            (category.clone(), part.map_or(Value::Null, |part| intervals(&part["intervals"], expected)))
        };
        Value::Object(expected.as_object().unwrap().iter().map(of).collect())
    }

    /// The rules that something is refused by, or else those that are noticed.
    fn rules(&self) -> Vec<&str> {
        let notices = &self.report(0)["notices"];
        if self.refused.is_empty() && notices.is_array() {
            return texts(notices, "rule");
        }
        self.refused.iter().flat_map(rules).collect()
    }

    /// Whether something is refused, or why, as it is expected; null where nothing is.
    fn reason(&self, expected: &Value) -> Value {
        if expected.is_boolean() {
            return json!(!self.refused.is_empty());
        }
        let reasons: Vec<_> = self.refused.iter().flat_map(|one| texts(&one["breaches"], "reason")).collect();
        let told = expected.as_str().is_some_and(|text| reasons.iter().any(|reason| reason.contains(text)));
        match told {
            true => expected.clone(),
            false if reasons.is_empty() => Value::Null,
            false => json!(reasons),
        }
    }

    /// Whether something is unusual at this level, or what, by its rule or in words; null where nothing is.
    fn noticed(&self, level: &str, expected: &Value) -> Value {
        let all = self.report(0)["notices"].as_array().into_iter().flatten();
        let found: Vec<_> = all.filter(|one| one["level"] == level).collect();
        let says = |text: &str| {
            let detail = |one: &Value| one["detail"].as_str().is_some_and(|detail| detail.contains(text));
            found.iter().any(|one| one["rule"] == text || detail(one))
        };
        match expected {
            Value::Bool(_) => json!(!found.is_empty()),
            Value::String(text) if says(text) => expected.clone(),
            _ if found.is_empty() => Value::Null,
            _ => json!(found),
        }
    }
}

/// Days in a row, as rows or as objects, whichever is expected; those that stand alike are one, whoever covers them.
fn intervals(told: &Value, expected: &Value) -> Value {
    let mut joined: Vec<Value> = Vec::new();
    for one in told.as_array().unwrap() {
        match joined.last_mut().filter(|last| last["state"] == one["state"]) {
            Some(last) => last["to"] = one["to"].clone(),
            None => joined.push(json!({ "state": one["state"], "from": one["from"], "to": one["to"] })),
        }
    }
    if expected[0].is_object() {
        return json!(joined);
    }
    joined.iter().map(|one| json!([one["state"], one["from"], one["to"]])).collect()
}

/// The first and the last of days; null where there are none.
fn days(row: &Value) -> Value {
    if row.is_null() { Value::Null } else { json!([row["from"], row["to"]]) }
}

/// An attestation on a day; as it stands unless given.
pub(super) async fn read(api: &Api<'_>, id: &str, as_of: Option<&str>) -> Value {
    let fields =
        "state currency opinion criteria reportDate coversFrom coversTo ageingFrom currentThrough staleFrom
        bridgeLimit bridgedThrough notices { rule level detail }";
    let (query, argument) = match as_of {
        Some(on) => (format!("?as_of={on}"), format!(", asOf: \"{on}\"")),
        None => (String::new(), String::new()),
    };
    let path = format!("/v1/attestations/{id}{query}");
    api.read(&path, "attestation", &format!("id: \"{id}\"{argument}"), fields).await
}

/// How the reports cover these days.
pub(super) async fn coverage(api: &Api<'_>, from: Date, to: Date) -> Value {
    let path = format!("/v1/attestations/coverage?from={from}&to={to}");
    let fields = "coveredDays bridgedDays gapDays notStartedDays intervals { state from to }
        transitions { gapDays gap { from to } overlap { from to days } continuous scopeChanged categoriesAdded
            categoriesRemoved }
        parts { category intervals { state from to } } subserviceGaps { from to days }";
    api.read(&path, "reportCoverage", &format!("from: \"{from}\", to: \"{to}\""), fields).await
}

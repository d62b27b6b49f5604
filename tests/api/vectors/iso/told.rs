//! What a surface tells of a certificate, under the names that vectors expect.

use std::collections::BTreeMap;

use super::super::{Api, DUE, rules, said};
use super::given::Given;
use crate::support::*;

/// What came of each action that was tried or entered: the problem where it is refused.
pub(super) type Outcomes = BTreeMap<&'static str, Result<Value, Value>>;

/// What is due, as vectors call it, and its code.
static CODES: [(&str, &str); 13] = [
    ("s1", "surveillance_1"),
    ("s2", "surveillance_2"),
    ("recert_plan", "recertification_plan"),
    ("recert_audit", "recertification_audit"),
    ("recert_majors", "recertification_majors"),
    ("recert_decision", "recertification_decision"),
    ("restore", "restoration_limit"),
    ("suspension_review", "suspension_review_1"),
    ("transfer", "transfer"),
    ("edition", "edition_end"),
    ("stage2", "stage_2"),
    ("stage2_majors", "majors_of_stage_2"),
    ("first", "surveillance_1"),
];

/// A word, and how what it stands for is read of a milestone.
type Reading = (&'static str, fn(&Value) -> Value);

/// What is read of it, by the end of the name.
static READINGS: [Reading; 13] = [
    ("", |one| one["due"].clone()),
    ("due", |one| one["due"].clone()),
    ("by", |one| one["due"].clone()),
    ("until", |one| one["due"].clone()),
    ("end", |one| one["due"].clone()),
    ("due_once_s1_is_held", |one| one["due"].clone()),
    ("target", |one| input(one, "target")),
    ("calendar_backstop", |one| input(one, "calendar_bound")),
    ("window", |one| one["window_opens"].clone()),
    ("done_on", |one| one["done_on"].clone()),
    ("days_late", |one| one["days_late"].clone()),
    ("overdue_from", |one| one["overdue_from"].clone()),
    ("rule", |one| one["rule"]["id"].clone()),
];

/// What a certificate says of itself, and where.
static FIELDS: [(&str, &str); 17] = [
    ("expires_on", "/validity/expires_on"),
    ("expires_on_new", "/validity/expires_on"),
    ("cycle_start", "/validity/decision_on"),
    ("cycle", "/validity/cycle"),
    ("valid_from", "/validity/valid_from"),
    ("extended_until", "/validity/extended_until"),
    ("expiry_convention", "/validity/expiry_convention"),
    ("original_certification", "/validity/original_certification_on"),
    ("restorable_until", "/validity/restorable_until"),
    ("assumed", "/validity/assumed"),
    ("version", "/issue"),
    ("issue", "/issue"),
    ("edition", "/edition"),
    ("scope", "/scope"),
    ("marks_may_be_used", "/marks_may_be_used"),
    ("days_to_expiry", "/days_to_expiry"),
    ("covered_sites", "/covered_sites"),
];

/// Audits by which a calendar year is met, as vectors give and call them.
static MET_BY: [(&str, &str); 7] = [
    ("s1", "s1"),
    ("s2", "s2"),
    ("recert_audit", "recertification audit"),
    ("recert_audit_end", "recertification audit"),
    ("surveillance_end", "surveillance"),
    ("surveillance", "surveillance"),
    ("audit_end", "surveillance"),
];

/// What a surface tells of a certificate.
pub(super) struct Told<'a> {
    pub id: String,
    pub given: &'a Given<'a>,
    pub certificate: Value,
    /// What is due at the moment that is asked about.
    pub now: Vec<Value>,
    /// What was due before another cycle began: of a cycle that is over, only what was done stays.
    pub before: Vec<Value>,
    pub outcomes: Outcomes,
}

impl Told<'_> {
    /// What is told under a name that vectors expect; none where it takes more than reading.
    pub(super) fn of(&self, name: &str, expected: &Value) -> Option<Value> {
        if let Some(outcome) = self.outcomes.get(name) {
            return Some(json!(if outcome.is_ok() { "accepted" } else { "refused" }));
        }
        if let Some((_, at)) = FIELDS.iter().find(|(field, _)| *field == name) {
            return Some(self.certificate.pointer(at).cloned().unwrap_or_default());
        }
        let gaps = self.certificate["gaps"].as_array().unwrap();
        let usable = self.certificate["usable_periods"].as_array().unwrap();
        Some(match name {
            "rule" => said(&rules(self.refusal()), expected),
            "rules" => json!(rules(self.refusal())),
            "instead" => self.instead(expected),
            "needs" | "reason" => self.reason(expected),
            "overdue_from" | "days_late" => self.late_one()[name].clone(),
            "rule_12_months" => self.in_time("surveillance_1", "met", "breach"),
            "programme" => self.in_time("surveillance_2", "in time", "late"),
            "calendar" => self.calendar(expected),
            "restorable" => json!(!self.certificate["validity"]["restorable_until"].is_null()),
            "gap" => gaps.first().map(days).unwrap_or_default(),
            "gap_days" => gaps.iter().map(|gap| gap["days"].as_i64().unwrap()).sum::<i64>().into(),
            "certificate_usable" => usable.iter().map(days).collect(),
            "usable_through" => usable.last().map(|days| days["to"].clone()).unwrap_or_default(),
            "flags" => self.flags(expected),
            _ => {
                return match name.strip_prefix("calendar_year_") {
                    Some(year) => Some(json!(self.year(year))),
                    None => self.due(name),
                };
            }
        })
    }

    /// A date, and what belongs to it: `s1_due`, `next_s2_target`, `recert_audit_window`.
    fn due(&self, name: &str) -> Option<Value> {
        let later = name.strip_prefix("next_cycle_").or(name.strip_prefix("next_"));
        let own = later.unwrap_or(name);
        let reading = |stem: &str| {
            let rest = own.strip_prefix(stem)?;
            let rest = if rest.is_empty() { Some(rest) } else { rest.strip_prefix('_') };
            READINGS.iter().find(|(word, _)| Some(*word) == rest).map(|(_, read)| *read)
        };
        let (code, read) = CODES.iter().find_map(|&(stem, code)| Some((code, reading(stem)?)))?;
        Some(read(if later.is_some() { self.next(code) } else { self.first(code) }))
    }

    /// The milestone in the first cycle that has it; null where none has.
    fn first(&self, code: &str) -> &Value {
        let of = |one: &&Value| one["code"] == code;
        self.before.iter().filter(of).min_by_key(|one| one["cycle"].as_i64()).unwrap_or(&Value::Null)
    }

    /// The milestone in a cycle after the first; null where there is none.
    fn next(&self, code: &str) -> &Value {
        let of = |one: &&Value| one["code"] == code;
        let last = self.now.iter().filter(of).max_by_key(|one| one["cycle"].as_i64());
        last.filter(|one| one["cycle"] != self.first(code)["cycle"]).unwrap_or(&Value::Null)
    }

    /// The surveillance that was late: the second, where it was held late, or was late on the day asked about, and the first
    /// was in time.
    fn late_one(&self) -> &Value {
        let late = |code: &str| self.first(code)["days_late"].as_i64().is_some_and(|days| days > 0);
        let counts = !self.first("surveillance_2")["done_on"].is_null() || self.given.day("as_of").is_some();
        let second = !late("surveillance_1") && counts && late("surveillance_2");
        self.first(if second { "surveillance_2" } else { "surveillance_1" })
    }

    fn in_time(&self, code: &str, yes: &str, no: &str) -> Value {
        json!(if self.first(code)["days_late"] == 0 { yes } else { no })
    }

    /// How a calendar year stands: with an audit, without one so far or for good, or with none that has to be.
    fn year(&self, year: &str) -> &'static str {
        let code = format!("calendar_{year}");
        let found = self.before.iter().chain(&self.now).find(|one| one["code"] == code);
        let first = input(self.first("surveillance_1"), "target");
        let put_off = self.given.day("postponed_until").is_some();
        match found {
            None if put_off && first.as_str().is_some_and(|day| day.starts_with(year)) => "waived",
            None => "exempt",
            Some(one) => match one["state"].as_str() {
                Some("done") => "met",
                Some("overdue") => "breach",
                _ => "open",
            },
        }
    }

    /// By which audit each of these calendar years is met.
    fn calendar(&self, expected: &Value) -> Value {
        let told = |year: &String| {
            let code = format!("calendar_{year}");
            let found = self.before.iter().chain(&self.now).find(|one| one["code"] == code);
            let by = |one: &Value| {
                let on = |key: &str| self.given.day(key).map(|day| json!(day));
                let (_, audit) =
                    MET_BY.iter().find(|&&(key, _)| on(key).as_ref() == Some(&one["done_on"]))?;
                Some(format!("met by {audit}"))
            };
            let told = found.and_then(by).unwrap_or_else(|| self.year(year).to_owned());
            (year.clone(), json!(told))
        };
        Value::Object(expected.as_object().unwrap().keys().map(told).collect())
    }

    /// Those flags that are expected, where they are there; all of them where they are not, and where none is expected.
    fn flags(&self, expected: &Value) -> Value {
        let flags = texts(&self.certificate["flags"], "code");
        let wanted = expected.as_array().unwrap();
        let there = |one: &Value| one.as_str().is_some_and(|code| flags.contains(&code));
        if !wanted.is_empty() && wanted.iter().all(there) { expected.clone() } else { json!(flags) }
    }

    /// The problem with what is refused.
    fn refusal(&self) -> &Value {
        let refused = self.outcomes.values().find_map(|outcome| outcome.as_ref().err());
        refused.unwrap_or_else(|| panic!("{}: nothing is refused", self.given.id))
    }

    /// What would be accepted instead; until when, where that is expected.
    fn instead(&self, expected: &Value) -> Value {
        let instead = self.refusal()["breaches"][0]["instead"].as_str().unwrap();
        let event = instead.split(", until ").next().unwrap();
        if *expected == event { json!(event) } else { json!(instead) }
    }

    fn reason(&self, expected: &Value) -> Value {
        let reasons = texts(&self.refusal()["breaches"], "reason");
        // What follows is not the API's to say in these words.
        let needed = expected.as_str().unwrap().split(" before ").next().unwrap();
        let told = reasons.iter().any(|reason| reason.contains(needed));
        if told { expected.clone() } else { json!(reasons) }
    }
}

/// The certificate on a day, by what was known then; as it stands unless given.
pub(super) async fn read(api: &Api<'_>, id: &str, as_of: Option<&str>, known_at: Option<&str>) -> Value {
    let (query, arguments) = moment(as_of, known_at);
    let fields = "status issue edition scope marksMayBeUsed daysToExpiry coveredSites
        validity { cycle originalCertificationOn decisionOn validFrom expiresOn extendedUntil expiryConvention
            restorableUntil assumed }
        usablePeriods { from to } gaps { from to days } flags { code }";
    let path = format!("/v1/certifications/{id}{query}");
    api.read(&path, "certification", &format!("id: \"{id}\"{arguments}"), fields).await
}

/// What the certificate makes due on a day, by what was known then.
pub(super) async fn milestones(
    api: &Api<'_>,
    id: &str,
    as_of: Option<&str>,
    known_at: Option<&str>,
) -> Vec<Value> {
    let (query, arguments) = moment(as_of, known_at);
    let path = format!("/v1/certifications/{id}/milestones{query}");
    let fields = format!("milestones {{ {DUE} }}");
    let told = api.read(&path, "certification", &format!("id: \"{id}\"{arguments}"), &fields).await;
    let rows = told.get("data").or(told.get("milestones"));
    rows.and_then(Value::as_array).unwrap_or_else(|| panic!("{told}")).clone()
}

/// A moment as REST's query and as GraphQL's arguments.
fn moment(as_of: Option<&str>, known_at: Option<&str>) -> (String, String) {
    let named = [("as_of", "asOf", as_of), ("known_at", "knownAt", known_at)];
    let given = named.into_iter().filter_map(|(rest, graphql, value)| Some((rest, graphql, value?)));
    let (mut query, mut arguments) = (String::new(), String::new());
    for (rest, graphql, value) in given {
        query += &format!("{}{rest}={value}", if query.is_empty() { "?" } else { "&" });
        arguments += &format!(", {graphql}: \"{value}\"");
    }
    (query, arguments)
}

/// What went into a date; null where there is no such.
fn input(milestone: &Value, name: &str) -> Value {
    let mut inputs = milestone["inputs"].as_array().into_iter().flatten();
    inputs.find(|input| input["name"] == name).map_or(Value::Null, |input| input["value"].clone())
}

/// The first and the last of days in a row.
fn days(row: &Value) -> Value {
    json!([row["from"], row["to"]])
}

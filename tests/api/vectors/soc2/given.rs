//! What a vector gives of reports, letters and scopes.

use attestd::kernel::time::Date;
use serde_json::Map;

use super::super::day;
use crate::support::*;

/// What is given of a report: its days first.
const OF_A_REPORT: [&str; 13] = [
    "period",
    "start",
    "end",
    "months",
    "period_end",
    "as_of",
    "report_date",
    "counted_from",
    "categories",
    "security_off_reason",
    "scope",
    "subservice",
    "recalled_on",
];

/// What else is given: letters, further reports, the days that are asked about; a scope; tests of an engagement.
const BESIDE: [&str; 13] = [
    "signed_on",
    "covers_through",
    "letters",
    "then_months",
    "a",
    "b",
    "reports",
    "from",
    "to",
    "criteria",
    "not_relevant",
    "exceptions",
    "criteria_not_met",
];

/// What a vector gives.
pub(super) struct Given<'a> {
    pub id: &'a str,
    pub expect: &'a Map<String, Value>,
    all: &'a Value,
}

impl<'a> Given<'a> {
    pub(super) fn of(vector: &'a Value) -> Self {
        let id = vector["id"].as_str().unwrap_or_else(|| panic!("no id in {vector}"));
        let expect = vector["expect"].as_object().unwrap_or_else(|| panic!("{id} expects nothing"));
        let given = Self { id, expect, all: &vector["given"] };
        given.know(given.all, &[&OF_A_REPORT, &BESIDE]);
        given
    }

    /// Refuses a name that is in none of these tables.
    fn know(&self, given: &Value, tables: &[&[&str]]) {
        for name in given.as_object().unwrap_or_else(|| panic!("{}: {given} has no names", self.id)).keys() {
            let known = tables.iter().any(|table| table.contains(&name.as_str()));
            assert!(known, "{}: no way to enter {name}", self.id);
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all.get(name).is_some()
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        self.all.get(name).map_or(0, |number| number.as_u64().unwrap())
    }

    /// Whether a scope is given, and no days.
    pub(super) fn is_scope(&self) -> bool {
        self.has("categories") && !OF_A_REPORT[..6].iter().any(|name| self.has(name))
    }

    /// Whether any number of reports is given, and not one after another.
    pub(super) fn is_many(&self) -> bool {
        self.has("reports")
    }

    /// What an engagement addresses. Where security is off, a reason is given, unless the vector says otherwise.
    pub(super) fn scope(&self) -> Value {
        let mut scope = addressed(self.all);
        for name in ["criteria", "not_relevant"] {
            if let Some(value) = self.all.get(name) {
                scope[name] = value.clone();
            }
        }
        scope
    }

    /// The reports, in the order in which they are given.
    pub(super) fn reports(&self) -> Vec<Report> {
        let listed = self.all["reports"].as_array().into_iter().flatten();
        let each: Vec<&Value> =
            ["a", "b"].iter().filter_map(|name| self.all.get(name)).chain(listed).collect();
        if !each.is_empty() {
            return each.into_iter().map(|one| self.report(one)).collect();
        }
        let first = self.report(self.all);
        let then = self.all.get("then_months").map(|months| {
            let start = first.last.plus_days(1);
            self.report(&json!({ "start": start, "months": months }))
        });
        std::iter::once(first).chain(then).collect()
    }

    fn report(&self, given: &Value) -> Report {
        if given.is_array() {
            return self.report(&json!({ "period": given }));
        }
        self.know(given, &[&OF_A_REPORT, &BESIDE]);
        let of = |name: &str| given.get(name).map(day);
        let [start, last] = match &given["period"] {
            Value::Array(days) => [day(&days[0]), day(&days[1])],
            _ => match (of("start"), of("as_of"), of("period_end")) {
                (Some(start), ..) => [start, of("end").unwrap_or_else(|| start.period_end(months(given)))],
                (None, Some(on), _) => [on, on],
                // A year, unless the vector says more.
                (None, None, Some(end)) => [end.plus_days(1).minus_months(12), end],
                _ => panic!("{}: no days of a report in {given}", self.id),
            },
        };
        let signed = self.letters().iter().map(|(signed_on, _)| *signed_on).min();
        // A letter comes after a report.
        let usual = signed.map_or(Date::MAX, |on| on.minus_days(1)).min(last.plus_days(45));
        let counted_from = match given["counted_from"].as_str() {
            Some("issue_date" | "report_date") => "report_date",
            _ => "period_end",
        };
        Report {
            kind: if of("as_of").is_some() { "type_1" } else { "type_2" },
            window: match given.get("months") {
                Some(months) => json!({ "start": start, "months": months }),
                None => json!({ "start": start, "end": last }),
            },
            start,
            last,
            report_date: of("report_date").unwrap_or(usual.max(last.plus_days(1))),
            counted_from,
            addresses: addressed(given),
            scope: given["scope"].as_str().unwrap_or("Cloud platform").to_owned(),
            subservices: given.get("subservice").map(subservice).into_iter().collect(),
            recalled_on: of("recalled_on"),
        }
    }

    /// The bridge letters: the day of each signature, and the last day that it speaks of.
    pub(super) fn letters(&self) -> Vec<(Date, Date)> {
        let listed = self.all["letters"].as_array().into_iter().flatten();
        let one = Some(self.all).filter(|all| all.get("covers_through").is_some());
        let dated = |letter: &Value| (day(&letter["signed_on"]), day(&letter["covers_through"]));
        one.into_iter().chain(listed).map(dated).collect()
    }

    /// The days that are asked about; unless said those of all reports, and a month after the last letter. None of a scope.
    pub(super) fn window(&self) -> Option<(Date, Date)> {
        if self.is_scope() {
            return None;
        }
        let (reports, letters) = (self.reports(), self.letters());
        let after = letters.iter().map(|(_, through)| through.plus_days(31));
        let from = reports.iter().map(|one| one.start).min()?;
        let to = reports.iter().map(|one| one.last).chain(after).max()?;
        let said = |name: &str| self.all.get(name).map(day);
        Some((said("from").unwrap_or(from), said("to").unwrap_or(to)))
    }
}

/// A report that is to be entered.
pub(super) struct Report {
    pub kind: &'static str,
    /// The period as it is given: by its months, or by its last day.
    pub window: Value,
    pub start: Date,
    pub last: Date,
    pub report_date: Date,
    pub counted_from: &'static str,
    /// The categories, as the API takes them.
    pub addresses: Value,
    /// The scope's name.
    pub scope: String,
    pub subservices: Vec<Value>,
    pub recalled_on: Option<Date>,
}

fn months(given: &Value) -> u32 {
    let months = given["months"].as_u64().and_then(|months| u32::try_from(months).ok());
    months.unwrap_or_else(|| panic!("no end and no months in {given}"))
}

/// The categories; security unless others are given, and off for a reason.
fn addressed(given: &Value) -> Value {
    let categories = given.get("categories").cloned().unwrap_or_else(|| json!(["security"]));
    let off = !categories.as_array().unwrap().iter().any(|category| category == "security");
    let why = || if off { json!("Customers ask for these alone") } else { Value::Null };
    let why = given.get("security_off_reason").cloned().unwrap_or_else(why);
    json!({ "categories": categories, "security_off_reason": why })
}

/// A vendor whose part is carved out, with the days of its own reports.
fn subservice(given: &Value) -> Value {
    let days = given.get("period").unwrap_or(given);
    let reports = given.get("reports").cloned().unwrap_or_else(|| json!([days]));
    let reports = reports.as_array().unwrap().iter().map(|days| json!({ "from": days[0], "to": days[1] }));
    json!({ "name": "Example Hosting", "method": "carve_out", "expected_controls": ["It guards its data centres"],
            "reports": reports.collect::<Vec<_>>() })
}

//! What a vector gives of a certificate, and how that is entered.

use attestd::kernel::time::Date;
use serde_json::Map;

use super::super::day;
use super::steps::{ACTIONS, AUDITS, EVENTS, Step, What};
use crate::support::*;

/// What is given and is no step by itself.
static FACTS: [&str; 23] = [
    "decision",
    "valid_from",
    "expires_on",
    "printed_expiry",
    "prior_expiry",
    "original_certification",
    "edition",
    "standard",
    "sites",
    "settings",
    "ab_withdrawn",
    "ab_suspended",
    "ab_expired",
    "ab_ceased",
    "attempt",
    "surveillances",
    "major_nc_verified",
    // The days on which something was put off, and what a transition leads to.
    "extended",
    "postponed",
    "to_edition",
    // The moment that is asked about.
    "as_of",
    "known_at",
    "acknowledge",
];

/// The settings as vectors call them, and as the API does.
static SETTINGS: [(&str, &str); 7] = [
    ("expiry_convention", "expiry_convention"),
    ("s1_anchor", "first_surveillance"),
    ("first_surveillance", "first_surveillance"),
    ("later_surveillance", "later_surveillance"),
    ("next_s1_anchor", "later_surveillance"),
    ("late_return_basis", "late_return"),
    ("late_return", "late_return"),
];

/// How an accreditation is lost, as vectors call it.
static LOSSES: [&str; 4] = ["withdrawn", "suspended", "expired", "ceased"];

/// What a vector gives.
pub(super) struct Given<'a> {
    pub id: &'a str,
    pub expect: &'a Map<String, Value>,
    all: &'a Map<String, Value>,
}

impl<'a> Given<'a> {
    pub(super) fn of(vector: &'a Value) -> Self {
        let id = vector["id"].as_str().unwrap_or_else(|| panic!("no id in {vector}"));
        let given = Self { id, expect: part(vector, "expect"), all: part(vector, "given") };
        for name in given.all.keys() {
            assert!(known(name.strip_suffix("_recorded").unwrap_or(name)), "{id}: no way to enter {name}");
        }
        given
    }

    fn has(&self, name: &str) -> bool {
        self.all.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.all.get(name).and_then(Value::as_str)
    }

    /// A day that is given, of several the last.
    pub(super) fn day(&self, name: &str) -> Option<Date> {
        self.days(name).map(|days| days.1)
    }

    fn days(&self, name: &str) -> Option<(Date, Date)> {
        self.all.get(name).filter(|value| !value.is_null()).map(days)
    }

    fn first_of(&self, names: &[&str]) -> Option<Date> {
        names.iter().find_map(|name| self.day(name))
    }

    /// Whether another cycle begins, or would.
    fn renews(&self) -> bool {
        ["recert_decision", "reinstated", "attempt"].iter().any(|name| self.has(name))
    }

    /// Whether it is entered as one that is held already, with what it prints.
    fn is_held(&self) -> bool {
        let printed = ["prior_expiry", "printed_expiry", "original_certification"];
        let begun = self.first_of(&["decision", "stage2", "stage2_last_day"]);
        begun.is_none() || printed.iter().any(|name| self.has(name))
    }

    /// Whether what is held is a later cycle, after that expiry.
    fn is_later(&self) -> bool {
        self.has("decision") && self.has("prior_expiry") && !self.renews()
    }

    /// The day with which the first cycle that is entered begins, or an application that came to no decision ends.
    pub(super) fn begins(&self) -> Date {
        let printed = self.day("valid_from").filter(|_| !self.renews());
        let ended = || self.first_of(&["prior_expiry", "printed_expiry"]).map(|last| last.minus_months(36));
        let begins = self.day("decision").or(printed).or_else(ended).or_else(|| self.stage_2());
        begins.unwrap_or_else(|| panic!("{}: nothing says when it begins", self.id))
    }

    fn stage_2(&self) -> Option<Date> {
        self.first_of(&["stage2", "stage2_last_day"])
    }

    /// The last valid day of the cycle that is entered first.
    fn expiry(&self) -> Date {
        let later = |prior: Date| if self.is_later() { prior.plus_months(36) } else { prior };
        let own = self.day("expires_on").filter(|_| !self.renews());
        let printed = self.day("printed_expiry").or(own).or_else(|| self.day("prior_expiry").map(later));
        printed.unwrap_or_else(|| match self.settings()["expiry_convention"] == "day_before" {
            true => self.begins().period_end(36),
            false => self.begins().plus_months(36),
        })
    }

    /// How its dates are counted; null for the usual way.
    fn settings(&self) -> Value {
        let beside = self.all.iter().filter(|(name, _)| SETTINGS.iter().any(|(known, _)| known == name));
        let own = self.all.get("settings").and_then(Value::as_object).into_iter().flatten();
        let mut settings = Value::Null;
        for (name, value) in own.chain(beside) {
            let known = SETTINGS.iter().find(|(known, _)| known == name);
            let (_, ours) = known.unwrap_or_else(|| panic!("{}: no setting {name}", self.id));
            if settings.is_null() {
                settings = json!({ "expiry_convention": "same_day", "first_surveillance": "decision",
                                   "later_surveillance": "prior_expiry", "late_return": "new_cycle" });
            }
            settings[*ours] =
                if value == "stage2_last_day" { json!("stage_2_last_day") } else { value.clone() };
        }
        settings
    }

    /// The certificate to enter; `n` tells those of a vector apart.
    pub(super) fn certificate(&self, body: &str, n: usize) -> Value {
        let named = |site: &Value| if site.is_string() { json!({ "name": site }) } else { site.clone() };
        let sites = self.all.get("sites").and_then(Value::as_array);
        let mut new = json!({
            "certification_body": body, "standard": self.text("standard").unwrap_or("ISO/IEC 27001"),
            "edition": self.text("edition").unwrap_or("2022"), "legal_entity": "Example Cloud GmbH",
            "scope": "Operation of the cloud platform", "settings": self.settings(),
            "sites": sites.into_iter().flatten().map(named).collect::<Vec<_>>(),
        });
        if self.is_held() {
            new["number"] = json!(format!("ISMS-{n}"));
            new["printed"] = self.printed();
        } else {
            new["applied_on"] = json!(self.stages().0.minus_days(90));
        }
        new
    }

    fn printed(&self) -> Value {
        let valid_from = self.day("valid_from").filter(|_| !self.renews());
        let unsaid = || valid_from.is_none().then(|| self.begins());
        json!({
            "decision_on": self.day("decision").or_else(unsaid), "valid_from": valid_from,
            "expires_on": self.expiry(), "original_certification_on": self.day("original_certification"),
            "prior_expires_on": self.day("prior_expiry").filter(|_| self.is_later()),
        })
    }

    /// The last days of stage 1 and of stage 2 of an application: three and one month before the decision unless given.
    fn stages(&self) -> (Date, Date) {
        let given = self.stage_2().filter(|on| self.is_initial(*on));
        let stage_2 = given.unwrap_or_else(|| self.begins().minus_days(30));
        (self.day("stage1").unwrap_or_else(|| stage_2.minus_days(60)), stage_2)
    }

    fn is_initial(&self, on: Date) -> bool {
        !self.is_held() && self.day("decision").is_none_or(|decision| on <= decision)
    }

    /// When the organisation evaluated its system itself, before a stage 2.
    pub(super) fn evaluated_on(&self) -> Option<Date> {
        (!self.is_held()).then(|| self.stages().1.minus_days(30))
    }

    /// How and when its body lost its accreditation.
    pub(super) fn lost(&self) -> Option<(&'static str, Date)> {
        LOSSES.into_iter().find_map(|loss| Some((loss, self.day(&format!("ab_{loss}"))?)))
    }

    /// When everything begins to be recorded on its day, in a vector that tells what was known when.
    pub(super) fn starts_at(&self) -> Option<String> {
        self.has("known_at").then(|| format!("{}T06:00:00Z", self.begins()))
    }

    /// What happened, in the order in which it is recorded; to `other` goes what is transferred.
    pub(super) fn steps(&self, other: &str) -> Vec<Step> {
        let mut all = if self.is_held() { Vec::new() } else { self.application() };
        for (key, kind) in AUDITS {
            let held = self.days(key).filter(|(_, on)| !kind.starts_with("stage") || !self.is_initial(*on));
            all.extend(held.map(|days| self.step(key, days, What::Audit(kind, None))));
        }
        let many = self.all.get("surveillances").and_then(Value::as_array).into_iter().flatten();
        all.extend(many.map(|one| self.step("surveillances", days(one), What::Audit("surveillance", None))));
        all.extend(self.assumed());
        self.raise(&mut all);
        for (key, kind) in EVENTS {
            let Some(on) = self.event_day(key) else { continue };
            let kind = if key == "recert_decision" { self.renewal(on) } else { kind };
            all.push(self.step(key, (on, on), What::Event(self.event(kind, key, on, other))));
        }
        all.sort_by_key(|step| (step.recorded_on, step.on));
        all
    }

    fn step(&self, key: &'static str, (first, on): (Date, Date), what: What) -> Step {
        let recorded_on = self.day(&format!("{key}_recorded")).unwrap_or_else(|| on.max(self.begins()));
        Step { key, first, on, what, assumed: false, recorded_on }
    }

    /// Both stages, and the grant where there was one.
    fn application(&self) -> Vec<Step> {
        let (stage_1, stage_2) = self.stages();
        let audit = |key, on, kind| self.step(key, (on, on), What::Audit(kind, None));
        let granted = self.day("decision").map(|on| {
            let event = self.event("granted", "decision", on, "");
            self.step("decision", (on, on), What::Event(event))
        });
        let stages = [audit("stage1", stage_1, "stage_1"), audit("stage2", stage_2, "stage_2")];
        stages.into_iter().chain(granted).collect()
    }

    /// The audits that decisions rest on where the vector names none; null says that there was none.
    fn assumed(&self) -> Vec<Step> {
        let asks = |names: [&str; 2]| names.iter().any(|name| self.expect.contains_key(*name));
        let tried = || self.day("attempt").filter(|_| asks(["recertify", "restore"]));
        let renewed = self.day("recert_decision").or_else(tried);
        let renewed = renewed.filter(|_| !self.has("recert_audit") && !self.has("recert_audit_end"));
        let anew = self.day("reinstated").filter(|_| self.stage_2().is_none_or(|on| self.is_initial(on)));
        let audit = |key, kind, on: Date| {
            let on = on.minus_months(1);
            Step { assumed: true, ..self.step(key, (on, on), What::Audit(kind, None)) }
        };
        let renewed = renewed.map(|on| audit("recert_audit", "recertification", on));
        renewed.into_iter().chain(anew.map(|on| audit("stage2", "stage_2", on))).collect()
    }

    /// The major nonconformity that a vector gives is one of the last audit that can have found it.
    fn raise(&self, steps: &mut [Step]) {
        let of_stage_2 = self.expect.contains_key("stage2_majors_by");
        let kinds: &[&str] = match (of_stage_2, self.has("major_nc_verified")) {
            (true, _) => &["stage_2"],
            (false, true) => &["recertification", "surveillance", "stage_2"],
            (false, false) => return,
        };
        let verified_on = if self.has("major_nc_verified") { "major_nc_verified" } else { "decision" };
        let verified_on = self.day(verified_on);
        let of = |kind: &str| {
            steps.iter().rposition(|step| matches!(step.what, What::Audit(one, _) if one == kind))
        };
        let found = kinds.iter().find_map(|kind| of(kind));
        let step = &mut steps[found.unwrap_or_else(|| panic!("{}: no audit has the major", self.id))];
        if let What::Audit(_, major) = &mut step.what {
            *major = Some(verified_on);
        }
    }

    /// The day on which an event took effect, which for what is put off is not the day that is given.
    fn event_day(&self, key: &str) -> Option<Date> {
        // Said of a suspension, it is the part and no day.
        if key == "suspended_part" && self.has("suspended") {
            return None;
        }
        let on = self.day(key)?;
        Some(match key {
            "extended_until" => self.day("extended").unwrap_or_else(|| self.expiry().minus_days(30)),
            "postponed_until" => self.day("postponed").unwrap_or_else(|| self.begins().plus_months(11)),
            _ => on,
        })
    }

    /// What a decision to renew is, on this day.
    fn renewal(&self, on: Date) -> &'static str {
        let last = self.day("extended_until").unwrap_or_else(|| self.expiry());
        let late = last < on && !self.expect.contains_key("recertify");
        if late || self.expect.contains_key("restore") { "restored_after_expiry" } else { "recertified" }
    }

    fn event(&self, kind: &str, key: &str, on: Date, other: &str) -> Value {
        let mut event = json!({ "type": kind, "effective_on": on });
        let details = match key {
            "suspended" if self.has("suspended_part") => json!({ "part": self.text("suspended_part") }),
            "suspended_part" => json!({ "part": "One part of it" }),
            "scope_reduced" => json!({ "change": "reduced", "scope": "Operation alone" }),
            "scope_extended" => json!({ "change": "extended", "scope": "Operation and development" }),
            "transfer_decision" => json!({ "certification_body": other }),
            "transition" | "transition_decision" => {
                json!({ "edition": self.text("to_edition").unwrap_or("2022") })
            }
            "extended_until" | "postponed_until" => json!({ "until": self.day(key) }),
            "decision" | "recert_decision" | "reinstated" => self.said(),
            _ => Value::Null,
        };
        if details.as_object().is_some_and(|said| !said.is_empty()) {
            event["details"] = details;
        }
        let reasoned = ["suspended", "withdrawn", "refused", "expiry_extended", "surveillance_postponed"];
        if reasoned.contains(&kind) {
            event["reason"] = json!("As the certification body told");
        }
        event
    }

    /// What a decision that begins a cycle prints.
    fn said(&self) -> Value {
        let names = ["valid_from", "expires_on"];
        let said = names.iter().filter_map(|name| Some(((*name).to_owned(), self.all.get(*name)?.clone())));
        Value::Object(said.collect())
    }

    /// Which action of those that are to be refused a step is.
    pub(super) fn refuses(&self, step: &Step) -> Option<&'static str> {
        let refused = |action: &str| self.expect.get(action).is_some_and(|outcome| outcome == "refused");
        let found = ACTIONS.iter().find(|&&(action, _, keys)| refused(action) && keys.contains(&step.key));
        found.map(|(action, ..)| *action)
    }

    /// The actions that are tried on a day, by what is expected of them.
    pub(super) fn attempts(&self, other: &str) -> Vec<(&'static str, Value)> {
        let Some(on) = self.day("attempt") else { return Vec::new() };
        let asked = ACTIONS.iter().filter(|&&(action, ..)| self.expect.contains_key(action));
        asked.map(|&(action, kind, keys)| (action, self.event(kind, keys[0], on, other))).collect()
    }

    /// Notes the rules that are known to speak against a step: those that the vector acknowledges, or else that audits
    /// against an edition that ends were held all the same.
    pub(super) fn acknowledge(&self, step: &Step, event: &mut Value) {
        let ended = self.text("edition") == Some("2013");
        let decided = ["decision", "recert_decision"].contains(&step.key);
        let known = match self.all.get("acknowledge") {
            Some(rules) => rules.clone(),
            None if ended && decided && !self.expect.contains_key("grant") => json!(["A-51"]),
            None => return,
        };
        event["acknowledge"] = known;
        if event["reason"].is_null() {
            event["reason"] = json!("It was decided all the same");
        }
    }
}

fn known(name: &str) -> bool {
    FACTS.contains(&name)
        || AUDITS.iter().chain(&EVENTS).any(|(key, _)| *key == name)
        || SETTINGS.iter().any(|(key, _)| *key == name)
}

fn part<'a>(vector: &'a Value, name: &str) -> &'a Map<String, Value> {
    vector[name].as_object().unwrap_or_else(|| panic!("no {name} in {vector}"))
}

/// The first and the last day of what is given as a day or as both.
fn days(given: &Value) -> (Date, Date) {
    match given.as_array().map(Vec::as_slice) {
        Some([first, last]) => (day(first), day(last)),
        Some(_) => panic!("{given} is no first and last day"),
        None => (day(given), day(given)),
    }
}

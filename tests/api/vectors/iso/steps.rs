//! What can happen to a certificate, as vectors call it and as the API does.

use attestd::kernel::time::Date;

use crate::support::*;

/// Audits that are given, and their kinds.
pub(super) static AUDITS: [(&str, &str); 10] = [
    ("stage1", "stage_1"),
    ("stage2", "stage_2"),
    ("stage2_last_day", "stage_2"),
    ("surveillance_end", "surveillance"),
    ("surveillance", "surveillance"),
    ("s1", "surveillance"),
    ("s2", "surveillance"),
    ("audit_end", "surveillance"),
    ("recert_audit", "recertification"),
    ("recert_audit_end", "recertification"),
];

/// Events that are given, and their types.
pub(super) static EVENTS: [(&str, &str); 15] = [
    ("suspended", "suspended"),
    ("suspended_part", "suspended"),
    ("restored", "suspension_lifted"),
    ("withdrawn", "withdrawn"),
    ("refused", "refused"),
    ("transfer_decision", "transferred_in"),
    ("transferred_out", "transferred_out"),
    ("scope_reduced", "scope_changed"),
    ("scope_extended", "scope_changed"),
    ("transition", "transitioned"),
    ("transition_decision", "transitioned"),
    ("extended_until", "expiry_extended"),
    ("postponed_until", "surveillance_postponed"),
    ("recert_decision", "recertified"),
    ("reinstated", "reinstated_after_stage_2"),
];

/// What may be `refused` or `accepted`: an action, the event that it is, and what gives it. One that is to be refused is
/// only tried, in its place among all the rest.
pub(super) static ACTIONS: [(&str, &str, &[&str]); 12] = [
    ("grant", "granted", &["decision"]),
    ("recertify", "recertified", &["recert_decision"]),
    ("restore", "restored_after_expiry", &["recert_decision"]),
    ("reinstate", "reinstated_after_stage_2", &["reinstated"]),
    ("transfer", "transferred_in", &["transfer_decision"]),
    ("suspend", "suspended", &["suspended"]),
    ("lift", "suspension_lifted", &["restored"]),
    ("withdraw", "withdrawn", &["withdrawn"]),
    ("scope_change", "scope_changed", &["scope_extended", "scope_reduced"]),
    ("transition", "transitioned", &["transition_decision", "transition"]),
    ("extend", "expiry_extended", &["extended_until"]),
    ("postpone", "surveillance_postponed", &["postponed_until"]),
];

/// What happened.
pub(super) enum What {
    /// An audit of this kind; with a major nonconformity where that is told, and the day on which it was verified.
    Audit(&'static str, Option<Option<Date>>),
    /// Anything else, as it is sent.
    Event(Value),
}

/// Something that happened to a certificate.
pub(super) struct Step {
    /// What gives it.
    pub key: &'static str,
    /// The first day of an audit.
    pub first: Date,
    /// Its day, of an audit the last.
    pub on: Date,
    pub what: What,
    /// Whether the vector does not say so, and it is entered as far as the rules let it.
    pub assumed: bool,
    /// The day on which it is recorded.
    pub recorded_on: Date,
}

impl Step {
    /// Whether it begins another cycle.
    pub(super) fn renews(&self) -> bool {
        ["recert_decision", "reinstated"].contains(&self.key)
    }

    /// The event that it is; none for an audit that is entered as such, for its findings.
    pub(super) fn event(&self) -> Option<Value> {
        let kind = match &self.what {
            What::Event(event) => return Some(event.clone()),
            What::Audit(_, Some(_)) => return None,
            What::Audit("recertification", None) => "recertification_audit_completed".to_owned(),
            What::Audit(kind, None) => format!("{kind}_completed"),
        };
        Some(json!({ "type": kind, "started_on": self.first, "ended_on": self.on }))
    }
}

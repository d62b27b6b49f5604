//! What an organisation does itself to evaluate its management system.

use super::{TestApp, Value, json};

/// What a management review considers and results in, beside its decisions.
const PARTS: [&str; 11] = [
    "earlier_actions",
    "issue_changes",
    "party_changes",
    "nonconformities",
    "measurements",
    "audit_results",
    "objectives",
    "feedback",
    "risks",
    "improvements",
    "changes_needed",
];

/// A complete management review of this day.
pub fn review(on: &str) -> Value {
    let mut new = json!({ "title": format!("Review of {on}"), "planned_on": on, "held_on": on,
        "decisions": [{ "text": "Go on" }] });
    for part in PARTS {
        new[part] = json!("none");
    }
    new
}

impl TestApp {
    /// A completed internal audit of this day; its path.
    pub async fn audited_internally(&self, key: &str, on: &str, certification: Option<&str>) -> String {
        let new = json!({ "kind": "internal", "title": format!("Internal audit of {on}"), "planned_start": on,
            "certification": certification });
        let audit = self.created(key, "/v1/audits", new).await["id"].as_str().unwrap().to_owned();
        let at = format!("/v1/audits/{audit}");
        let done = json!({ "ended_on": on, "conclusion": "positive" });
        self.stepped_with(key, &format!("{at}/complete"), done).await;
        at
    }

    /// A complete management review of this day; its path.
    pub async fn reviewed(&self, key: &str, on: &str) -> String {
        let path = "/v1/isms/management-reviews";
        let id = self.created(key, path, review(on)).await["id"].as_str().unwrap().to_owned();
        format!("{path}/{id}")
    }
}

//! What is asked before an audit, and what is missing.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    kernel::{id::AttestationId, text::ShortCode, time::Date},
    platform::diary::RuleRef,
    text_enum,
};

text_enum! {
    /// What to be ready for.
    ReadinessGoal {
        /// The stage 2 audit of a first certification.
        Stage2 = "stage2",
        /// A surveillance audit.
        Surveillance = "surveillance",
        /// A recertification audit.
        Recertification = "recertification",
        /// A SOC 2 Type I report.
        Soc2Type1 = "soc2_type1",
        /// A SOC 2 Type II report.
        Soc2Type2 = "soc2_type2",
    }
}

/// What to be ready for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadinessFor {
    /// What to be ready for.
    #[serde(rename = "for")]
    #[param(rename = "for", inline)]
    pub goal: ReadinessGoal,
    /// The SOC 2 engagement; the newest of its type that is still to report unless given.
    #[serde(default)]
    pub attestation: Option<AttestationId>,
    /// The day for which it is judged, today or later; today unless given. What will be more than a year old by then is
    /// told as missing.
    #[serde(default)]
    pub as_of: Option<Date>,
}

/// Where to see to something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ReadinessFix {
    /// The path of the API, with `{id}` for what the caller has to choose.
    #[schema(max_length = 200, example = "/v1/isms/scope-statements")]
    pub path: String,
    /// What to do there.
    #[schema(max_length = 500, example = "Write the scope and approve it.")]
    pub hint: String,
}

/// Something that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ReadinessItem {
    /// The rule that asks for it.
    pub rule: RuleRef,
    /// What is asked.
    #[schema(max_length = 200, example = "The scope is approved")]
    pub title: String,
    /// Whether it is there.
    pub met: bool,
    /// What was found, or what is missing.
    #[schema(max_length = 2000, example = "no scope statement is approved")]
    pub detail: String,
    /// What answers it, by id.
    #[schema(value_type = Vec<ShortCode>, max_items = 1000, example = json!([]))]
    pub records: Vec<String>,
    /// Where to see to it.
    pub fix: ReadinessFix,
}

/// What is asked before an audit or a report, and what of it is missing.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "for": "stage2", "ready": false, "missing": 3, "attestation": null }))]
pub struct Readiness {
    /// What to be ready for.
    #[serde(rename = "for")]
    #[graphql(name = "for")]
    pub goal: ReadinessGoal,
    /// The SOC 2 engagement that was looked at; null for a certificate, or where there is none.
    #[graphql(name = "attestationId")]
    pub attestation: Option<AttestationId>,
    /// The day for which it is judged.
    pub as_of: Date,
    /// Whether nothing is missing.
    pub ready: bool,
    /// How many of the items are missing.
    #[schema(minimum = 0)]
    pub missing: i32,
    /// Everything that is asked, what is missing first.
    #[schema(max_items = 50)]
    pub items: Vec<ReadinessItem>,
}

impl Readiness {
    /// What is missing of these items.
    pub fn of(
        goal: ReadinessGoal,
        attestation: Option<AttestationId>,
        as_of: Date,
        mut items: Vec<ReadinessItem>,
    ) -> Self {
        items.sort_by_key(|item| item.met);
        let missing = items.iter().filter(|item| !item.met).count();
        let missing = i32::try_from(missing).unwrap_or(i32::MAX);
        Self { goal, attestation, as_of, ready: missing == 0, missing, items }
    }
}

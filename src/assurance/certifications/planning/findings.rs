//! What a plan assumes of findings that are still open.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    assurance::{
        certifications::engine::Terms,
        findings::{FindingFact, FindingGrade},
    },
    kernel::{id::FindingId, text::Title, time::Date},
    text_enum,
};

text_enum! {
    /// What a plan takes open findings to come to.
    FindingAssumption default ClosedByDue {
        /// They stay open.
        Open = "open",
        /// Plans are accepted and findings verified on the days by which that is due; what is overdue, on the first day of the
        /// plan.
        ClosedByDue = "closed_by_due",
    }
}

/// A finding that is open, and what a plan takes it to come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "title": "No internal audit", "grade": "major", "plan_accepted_on": "2026-12-31",
    "verified_on": "2027-03-01" }))]
pub struct AssumedFinding {
    /// The finding.
    #[graphql(name = "findingId")]
    pub finding: FindingId,
    /// What it is called.
    pub title: Title,
    /// How much it weighs.
    pub grade: FindingGrade,
    /// When its plan is accepted.
    pub plan_accepted_on: Option<Date>,
    /// When it is verified.
    pub verified_on: Option<Date>,
}

impl From<&FindingFact> for AssumedFinding {
    fn from(fact: &FindingFact) -> Self {
        Self {
            finding: fact.id,
            title: fact.title.clone(),
            grade: fact.grade,
            plan_accepted_on: fact.plan_accepted_on,
            verified_on: fact.settled_on(Date::MAX),
        }
    }
}

/// Takes what is open to be closed by when that is due, from a day on; tells of which findings that was assumed.
pub(super) fn close(terms: &mut Terms, from: Date) -> Vec<AssumedFinding> {
    let standing = terms.audits.iter_mut().filter(|audit| audit.voided_at.is_none());
    let mut told = Vec::new();
    for finding in standing.flat_map(|audit| &mut audit.findings) {
        if let Some(closed) = finding.closed_by_due(from) {
            told.push(AssumedFinding::from(&closed));
            *finding = closed;
        }
    }
    told
}

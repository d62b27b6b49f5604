//! Exceptions that fieldwork found: findings of that grade of the audits that serve an engagement. Pure.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    assurance::{
        attestations::scope::SOC2,
        findings::{FindingState, FindingView},
    },
    catalog::RequirementId,
    kernel::{
        id::{AuditId, ControlId, FindingId},
        text::{Prose, Title},
        time::Date,
    },
    program::controls::Answer,
};

/// An exception that fieldwork found, entered as a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "title": "A leaver kept an account", "state": "open", "criteria": ["CC6.3"] }))]
pub struct FieldworkException {
    /// The finding.
    pub id: FindingId,
    /// The fieldwork that raised it.
    #[graphql(name = "auditId")]
    pub audit: AuditId,
    /// What it is called.
    pub title: Title,
    /// How it stands.
    pub state: FindingState,
    /// The day on which it was raised.
    pub raised_on: Date,
    /// The controls that it is about.
    #[schema(max_items = 100)]
    #[graphql(name = "controlIds")]
    pub controls: Vec<ControlId>,
    /// The criteria that it is against: those that it names, or else those that its controls answer.
    #[schema(max_items = 100)]
    pub criteria: Vec<RequirementId>,
    /// What management answers to it, apart from the practitioner's words (D-08); null where it says nothing.
    pub management_response: Option<Prose>,
}

impl FieldworkException {
    /// What a finding of an audit tells, where controls answer criteria as these do.
    pub fn of(finding: FindingView, answers: &[Answer]) -> Option<Self> {
        let FindingView { facts, state, .. } = finding;
        let controls = facts.controls.0;
        let named = facts.requirements.0.into_iter().filter(|one| one.framework.as_str() == SOC2);
        let mut criteria: Vec<_> = named.map(|one| one.id).collect();
        if criteria.is_empty() {
            let own = answers.iter().filter(|one| controls.contains(&one.control));
            criteria = own.map(|one| one.requirement.clone()).collect();
            criteria.sort();
            criteria.dedup();
        }
        Some(Self {
            id: facts.id,
            audit: facts.audit?,
            title: facts.title,
            state,
            raised_on: facts.raised_on,
            controls,
            criteria,
            management_response: Some(facts.response).filter(|text| !text.as_str().is_empty()),
        })
    }
}

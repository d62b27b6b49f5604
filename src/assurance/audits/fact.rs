//! A completed audit as the fact that the engine of a certificate or of an engagement reads.

use super::{
    life::{Acknowledgement, AuditConclusion},
    model::{Audit, AuditKind},
    store,
};
use crate::{
    assurance::findings::{self, FindingFact},
    kernel::{
        error::Result,
        id::{AttestationId, AuditId, CertificationId},
        text::Title,
        time::{Date, Instant},
    },
    platform::{db::TenantTx, diary::Moment},
};

/// An audit that was recorded as completed, voided or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFact {
    /// Its id.
    pub id: AuditId,
    /// The certificate that it serves.
    pub certification: Option<CertificationId>,
    /// What it was for.
    pub kind: AuditKind,
    /// Its first day.
    pub started_on: Date,
    /// Its last day, which is the one that counts (convention A.3.5).
    pub ended_on: Date,
    /// Those from outside who audited, by name.
    pub team: Vec<Title>,
    /// What it came to.
    pub conclusion: AuditConclusion,
    /// When it was recorded as completed.
    pub recorded_at: Instant,
    /// When it was voided; none while it stands.
    pub voided_at: Option<Instant>,
    /// Rules that it is known to contradict, and why.
    pub acknowledged: Option<Acknowledgement>,
    /// What it found.
    pub findings: Vec<FindingFact>,
}

impl AuditFact {
    /// The fact as it stood on record at a moment, with what it had found by then; none where it was not recorded yet.
    pub fn known(&self, moment: Moment) -> Option<Self> {
        moment.knows(self.recorded_at).then(|| Self {
            voided_at: self.voided_at.filter(|at| moment.knows(*at)),
            findings: self.findings.iter().filter_map(|one| one.known(moment)).collect(),
            ..self.clone()
        })
    }

    /// The fact in an audit; none where it was never completed.
    fn of(audit: Audit) -> Option<Self> {
        let auditors = audit.team.iter().filter(|one| one.audits());
        let team = auditors.filter_map(|one| one.name.clone()).collect();
        Some(Self {
            id: audit.id,
            certification: audit.certification,
            kind: audit.kind,
            started_on: audit.started_on?,
            ended_on: audit.ended_on?,
            team,
            conclusion: audit.conclusion?,
            recorded_at: audit.completed_at?,
            voided_at: audit.voided_at,
            acknowledged: audit.acknowledged.map(|one| one.0),
            findings: Vec::new(),
        })
    }
}

/// The audits of these certificates that were recorded as completed, voided ones too, by their last day; for a use case
/// that has been authorised. Two statements.
///
/// # Errors
/// When the database fails.
pub async fn completed_of(tx: &mut TenantTx, certifications: &[CertificationId]) -> Result<Vec<AuditFact>> {
    let rows = store::completed_of(tx, certifications).await?;
    let mut facts: Vec<_> = rows.into_iter().filter_map(AuditFact::of).collect();
    facts.sort_by_key(|fact| (fact.ended_on, fact.recorded_at, fact.id.uuid()));
    let ids: Vec<_> = facts.iter().map(|fact| fact.id).collect();
    for finding in findings::of_audits(tx, &ids).await? {
        if let Some(fact) = facts.iter_mut().find(|fact| Some(fact.id) == finding.audit) {
            fact.findings.push(finding);
        }
    }
    Ok(facts)
}

/// Fieldwork for a SOC 2 report that was recorded as completed, voided or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fieldwork {
    /// The audit.
    pub audit: AuditId,
    /// The engagement that it serves.
    pub attestation: AttestationId,
    /// Its first day.
    pub started_on: Date,
    /// When it was recorded as completed.
    pub recorded_at: Instant,
    /// When it was voided; none while it stands.
    pub voided_at: Option<Instant>,
    /// Rules that it is known to contradict, and why.
    pub acknowledged: Option<Acknowledgement>,
}

impl Fieldwork {
    /// The fieldwork in an audit; none where it was never completed, or serves no engagement.
    fn of(audit: Audit) -> Option<Self> {
        Some(Self {
            audit: audit.id,
            attestation: audit.attestation?,
            started_on: audit.started_on?,
            recorded_at: audit.completed_at?,
            voided_at: audit.voided_at,
            acknowledged: audit.acknowledged.map(|one| one.0),
        })
    }
}

/// The fieldwork of these engagements that was recorded as completed, voided too, by its first day; for a use case that
/// has been authorised. One statement.
///
/// # Errors
/// When the database fails.
pub async fn fieldwork_of(tx: &mut TenantTx, attestations: &[AttestationId]) -> Result<Vec<Fieldwork>> {
    let rows = store::fieldwork_of(tx, attestations).await?;
    let mut held: Vec<_> = rows.into_iter().filter_map(Fieldwork::of).collect();
    held.sort_by_key(|one| (one.started_on, one.recorded_at, one.audit.uuid()));
    Ok(held)
}

//! A release that knows other rules computes other dates: the diary that an earlier one wrote is written anew.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::{
    assurance::{
        attestations,
        audits::{Audit, requests::EvidenceRequest},
        certifications,
        findings::{Finding, actions::CorrectiveAction},
    },
    kernel::{error::Result, id::TenantId, time::Date},
    platform::{access::Services, diary, journal::Write, room},
    program::{
        controls::Control,
        evidence::Evidence,
        isms::{
            AuditProgramme, ClimateDecision, CompetenceRecord, ContextIssue, Document, Improvement,
            InterestedParty, ManagementReview, Objective, Policy, RiskAssessment, ScopeStatement,
            TreatmentPlan,
        },
        organization::customers::CustomerRequirement,
        risks::Risk,
    },
};

/// Brings the dates of the next resources of a kind after this one up to date, on a day. Answers the last of them where
/// there are more.
type Step = for<'a> fn(&'a mut Write, Uuid, Date) -> BoxFuture<'a, Result<Option<Uuid>>>;

macro_rules! room {
    ($room:ty) => {
        |tx, last, _| Box::pin(room::redate::<$room>(tx, last))
    };
}

/// Every kind of resource that has dates. What follows from others comes after them.
const KINDS: [Step; 23] = [
    room!(Control),
    room!(Risk),
    room!(CustomerRequirement),
    room!(Policy),
    room!(Document),
    room!(Objective),
    room!(ManagementReview),
    room!(ContextIssue),
    room!(ClimateDecision),
    room!(InterestedParty),
    room!(ScopeStatement),
    room!(RiskAssessment),
    room!(TreatmentPlan),
    room!(CompetenceRecord),
    room!(AuditProgramme),
    room!(Improvement),
    room!(Evidence),
    room!(Audit),
    room!(EvidenceRequest),
    room!(CorrectiveAction),
    room!(Finding),
    |tx, last, today| Box::pin(certifications::redate(tx, last, today)),
    |tx, last, today| Box::pin(attestations::redate(tx, last, today)),
];

/// Writes a tenant's diary anew where it is behind, some resources in one write, and journals what moved. Each write holds
/// its resources for itself, and finds nothing to do where another process was faster; cut off, it is done from the start by
/// the next pass.
///
/// # Errors
/// When the database fails.
pub async fn rewrite(services: &Services, tenant: TenantId, today: Date) -> Result<()> {
    let Some(mut tx) = services.upkeep(tenant).await? else { return Ok(()) };
    if !diary::is_behind(&mut tx).await? {
        return Ok(());
    }
    drop(tx);
    for step in KINDS {
        let mut next = Some(Uuid::nil());
        while let Some(last) = next {
            let mut tx = services.write_on(format!("diary-{}", diary::EDITION), tenant).await?;
            // Another process may have come to the end.
            if !diary::rewrite(&mut tx).await? {
                return Ok(());
            }
            next = step(&mut tx, last, today).await?;
            tx.settle().await?;
            if !tx.is_unchanged() {
                tx.commit(()).await?;
            }
        }
    }
    diary::note(services, tenant).await
}

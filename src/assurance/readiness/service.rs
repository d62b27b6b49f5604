//! Asking what is missing.

use super::{
    engine::{InternalAudit, Standing, asked, item},
    model::{Readiness, ReadinessFor, ReadinessGoal, ReadinessItem},
    rules::EXAMPLES,
};
use crate::{
    assurance::{attestations, audits, findings},
    catalog::advice::ReportType,
    kernel::{
        error::{Code, Error, Result},
        id::{AuditId, FindingId},
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        diary::{AtMoment, Rule},
    },
    program::{applicability, isms},
};

/// What is asked before an audit or a report, and what of it is missing today, or will be on a later day.
///
/// # Errors
/// When the caller may not read the management system's records, audits, findings and Statements of Applicability, or for
/// a SOC 2 report attestations; when there is no such engagement, or it is named for an audit of a management system or is
/// of the other type; when the day is over.
pub async fn readiness(ctx: &Ctx, asked_for: ReadinessFor) -> Result<Readiness> {
    let moment = AtMoment { as_of: asked_for.as_of, known_at: None }.moment(ctx.today());
    let day = moment.as_of.day;
    if moment.as_of.past {
        let detail =
            "must not be before today: records are judged as they are; GET /v1/journal tells what they were";
        return Err(Error::at(Code::Unprocessable, "as_of", detail));
    }
    let report = match asked_for.goal {
        ReadinessGoal::Soc2Type1 => ReportType::Type1,
        ReadinessGoal::Soc2Type2 => ReportType::Type2,
        goal => {
            if asked_for.attestation.is_some() {
                let detail = "must not be given for an audit of a management system";
                return Err(Error::at(Code::Unprocessable, "attestation", detail));
            }
            // It tells of all of these.
            for action in [Action::AuditRead, Action::FindingRead, Action::ApplicabilityRead] {
                ctx.may(action)?;
            }
            let permit = ctx.may(Action::IsmsRead)?;
            let standing = standing(&mut *permit.read().await?).await?;
            return Ok(Readiness::of(goal, None, day, asked(goal, &standing, day)));
        }
    };
    let looked = attestations::service::readiness(ctx, report, asked_for.attestation, moment).await?;
    let (id, items) = match looked {
        Some((id, all)) => (Some(id), all.iter().map(|one| of_report(&id.to_string(), one)).collect()),
        None => (None, vec![no_engagement()]),
    };
    Ok(Readiness::of(asked_for.goal, id, day, items))
}

/// Nonconformities among which some of the management system are looked for.
const SEARCHED: i64 = 500;

async fn standing(tx: &mut TenantTx) -> Result<Standing> {
    let (nonconformities, open_majors) = findings::tally(tx, SEARCHED).await?;
    let of_audits: Vec<_> =
        nonconformities.iter().chain(&open_majors).filter_map(|(_, audit)| *audit).collect();
    let looked_at = audits::of_the_system(tx, &of_audits).await?;
    let own = |all: Vec<findings::Raised>| -> Vec<FindingId> {
        let here = |audit: &Option<AuditId>| audit.is_none_or(|audit| looked_at.contains(&audit));
        all.into_iter().filter(|(_, audit)| here(audit)).map(|(id, _)| id).collect()
    };
    let mut nonconformities = own(nonconformities);
    nonconformities.truncate(EXAMPLES);
    let internal = audits::completed_internal(tx).await?;
    Ok(Standing {
        tally: isms::tally(tx).await?,
        statement: applicability::approved_statement(tx).await?,
        internal_audits: internal
            .iter()
            .map(|(id, on, sampled)| InternalAudit::of(*id, *on, sampled))
            .collect(),
        nonconformities,
        open_majors: own(open_majors),
    })
}

fn of_report(id: &str, asked: &attestations::Asked) -> ReadinessItem {
    let found = match &asked.lacks {
        None => Ok(Vec::new()),
        Some(breach) => Err(format!("{}; wanted: {}", breach.reason, breach.instead)),
    };
    let path = match asked.at {
        attestations::SeenTo::Event(_) => format!("/v1/attestations/{id}/events"),
        attestations::SeenTo::Facts => format!("/v1/attestations/{id}"),
        attestations::SeenTo::Controls => "/v1/controls".to_owned(),
    };
    let hint = match asked.at {
        attestations::SeenTo::Event(event) => format!("Record {event}."),
        attestations::SeenTo::Facts => "Change the engagement (PATCH).".to_owned(),
        attestations::SeenTo::Controls => {
            "Give each criterion a control, and each control its owner and its status.".to_owned()
        }
    };
    item(asked.rule.cite(), asked.title, found, (&path, &hint))
}

fn no_engagement() -> ReadinessItem {
    let rule: &Rule = attestations::ENGAGEMENT;
    let found = Err("no engagement of this type is still to report".to_owned());
    let fix = ("/v1/attestations", "Create the engagement, with its type and scope.");
    item(rule.cite(), "There is an engagement", found, fix)
}

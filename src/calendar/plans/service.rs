//! Simulating a plan.

use super::model::{
    CertificationPlan, EngagementPlan, NewPlan, SimulatedAttestation, SimulatedCertification, SimulatedPlan,
};
use crate::{
    assurance::{
        attestations::{self, EngagementPlanner},
        certifications::{
            self, CertificationEventDetails, CertificationPlanner, CycleSettings, bodies::CertificationBody,
            defaults,
        },
    },
    kernel::{
        error::{Error, Faults, Result},
        id::{ApplicabilityVersionId, CertificationBodyId},
    },
    platform::{
        access::{Action, Ctx},
        diary::{AtMoment, Moment},
        room,
    },
    program::applicability,
};

/// What a plan comes to: each step with the days on which the rules permit it. Nothing is written.
///
/// # Errors
/// When the caller may not simulate plans or may not read what the plan names, the plan does not fit together, or names
/// something that is not there.
pub async fn simulate(ctx: &Ctx, plan: NewPlan) -> Result<SimulatedPlan> {
    let permit = ctx.may(Action::PlanSimulate)?;
    let moment = AtMoment { as_of: plan.as_of, known_at: None }.moment(ctx.today());
    plan.validate(moment.as_of.day)?;
    let mut base = Base::of(ctx, &plan).await?;
    if plan.certifications.iter().any(CertificationPlan::takes_default) {
        base.settings = defaults::service::known(&mut *permit.read().await?).await?.settings.0;
    }
    // It only computes, and for a large plan too long for a thread that serves others too.
    tokio::task::spawn_blocking(move || base.simulate(&plan, moment)).await.map_err(Error::internal)
}

/// What the plan's certificates and attestations are, as they are stored.
struct Base {
    certificates: Vec<certifications::Dossier>,
    evaluations: certifications::Evaluations,
    engagements: Vec<attestations::Dossier>,
    /// How the dates of certificates are counted that are not there yet.
    settings: CycleSettings,
}

impl Base {
    async fn of(ctx: &Ctx, plan: &NewPlan) -> Result<Self> {
        let mut base = Self {
            certificates: Vec::new(),
            evaluations: certifications::Evaluations::default(),
            engagements: Vec::new(),
            settings: CycleSettings::default(),
        };
        let ids: Vec<_> = plan.certifications.iter().filter_map(|one| one.certification).collect();
        if !ids.is_empty() {
            (base.certificates, base.evaluations) = certifications::dates::to_plan(ctx, &ids).await?;
        }
        let ids: Vec<_> = plan.attestations.iter().filter_map(|one| one.attestation).collect();
        if !ids.is_empty() {
            base.engagements = attestations::service::to_plan(ctx, &ids).await?;
        }
        let mut faults = Faults::default();
        for (n, one) in plan.certifications.iter().enumerate() {
            let missing = one.certification.is_some() && base.certificate(one).is_none();
            let detail = "is no certificate here; GET /v1/certifications lists them";
            faults.when(missing, format!("/certifications/{n}/certification"), detail);
        }
        for (n, one) in plan.attestations.iter().enumerate() {
            let missing = one.attestation.is_some() && base.engagement(one).is_none();
            let detail = "is no attestation here; GET /v1/attestations lists them";
            faults.when(missing, format!("/attestations/{n}/attestation"), detail);
        }
        bodies_are_there(ctx, plan, &mut faults).await?;
        versions_are_there(ctx, plan, &mut faults).await?;
        faults.into_result()?;
        Ok(base)
    }

    fn certificate(&self, plan: &CertificationPlan) -> Option<&certifications::Dossier> {
        self.certificates.iter().find(|dossier| Some(dossier.facts.id) == plan.certification)
    }

    fn engagement(&self, plan: &EngagementPlan) -> Option<&attestations::Dossier> {
        self.engagements.iter().find(|dossier| Some(dossier.facts.id) == plan.attestation)
    }

    fn simulate(&self, plan: &NewPlan, moment: Moment) -> SimulatedPlan {
        let day = moment.as_of.day;
        let certificate = |one: &CertificationPlan| {
            let planner = match self.certificate(one) {
                Some(dossier) => CertificationPlanner::of(dossier, &self.evaluations, moment),
                None => CertificationPlanner::new(
                    one.standard(),
                    one.edition(),
                    one.settings.clone().unwrap_or_else(|| self.settings.clone()),
                    day,
                ),
            };
            SimulatedCertification::new(one.certification, planner.simulate(&one.events, &one.wished()))
        };
        let engagement = |one: &EngagementPlan| {
            let planner = match (self.engagement(one), one.report) {
                (Some(dossier), _) => EngagementPlanner::of(dossier, moment),
                (None, report) => EngagementPlanner::new(report?, day),
            };
            Some(SimulatedAttestation::new(one.attestation, planner.simulate(&one.events, &one.wished())))
        };
        SimulatedPlan::of(
            day,
            plan.certifications.iter().map(certificate).collect(),
            plan.attestations.iter().filter_map(engagement).collect(),
        )
    }
}

/// What the events of a plan name in their details, each with its place.
fn named<T>(plan: &NewPlan, name: &str, of: fn(&CertificationEventDetails) -> Option<T>) -> Vec<(String, T)> {
    let mut named = Vec::new();
    for (n, one) in plan.certifications.iter().enumerate() {
        for (m, event) in one.events.iter().enumerate() {
            let at = || format!("/certifications/{n}/events/{m}/details/{name}");
            named.extend(event.details.as_ref().and_then(of).map(|id| (at(), id)));
        }
    }
    named
}

/// Notes the certification bodies to which a certificate is to move and which are not there.
async fn bodies_are_there(ctx: &Ctx, plan: &NewPlan, faults: &mut Faults) -> Result<()> {
    let named = named(plan, "certification_body", |said| said.certification_body);
    if named.is_empty() {
        return Ok(());
    }
    let ids: Vec<CertificationBodyId> = named.iter().map(|(_, body)| *body).collect();
    let known = room::by_ids::<CertificationBody>(ctx, &ids).await?;
    for (at, body) in named {
        let missing = !known.iter().any(|one| one.facts.id == body);
        faults.when(missing, at, "is no certification body here; GET /v1/certification-bodies lists them");
    }
    Ok(())
}

/// Notes the versions of a Statement of Applicability that a certificate is to name and that are not there.
async fn versions_are_there(ctx: &Ctx, plan: &NewPlan, faults: &mut Faults) -> Result<()> {
    let named = named(plan, "soa_version_id", |said| said.soa_version_id);
    if named.is_empty() {
        return Ok(());
    }
    let ids: Vec<ApplicabilityVersionId> = named.iter().map(|(_, version)| *version).collect();
    let known = applicability::versions_of(ctx, &ids).await?;
    for (at, version) in named {
        let missing = !known.iter().any(|one| one.id == Some(version));
        faults.when(missing, at, applicability::NO_VERSION);
    }
    Ok(())
}

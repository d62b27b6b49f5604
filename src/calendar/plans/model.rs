//! A plan as it is asked for, and what it comes to.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    assurance::{
        attestations::{
            AttestationEventType, AttestationState, EngagementPlanner, EngagementWish, FollowingReport,
            NewAttestationEvent, PlannedEngagement,
        },
        certifications::{
            AssumedFinding, CertificationEventType, CertificationPlanner, CertificationStatus, CycleSettings,
            FindingAssumption, NewCertificationEvent, PlannedCertification, Validity,
        },
    },
    catalog::advice::ReportType,
    kernel::{
        error::{Faults, Result},
        id::{AttestationId, CertificationId},
        patch,
        text::{ShortCode, Title},
        time::Date,
    },
    platform::diary::{HORIZON_MONTHS, PlanDays, PlanStep, Timeline, Wish},
};

/// Certificates, and attestations, of one plan at the most.
const MAX_SUBJECTS: usize = 10;
/// Events of one subject at the most.
const MAX_EVENTS: usize = 30;
/// Wishes of one subject at the most.
const MAX_WISHES: usize = 20;

const UNWISHED: &str = "cannot be wished: give it under events, on its day";
const FAR: &str = "must be within six years of the first day of the plan";

/// A plan to simulate: what is to happen on some day, and what is wished within some days.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "as_of": "2027-01-04",
    "certifications": [{
        "standard": "ISO/IEC 27001", "edition": "2022", "events": [],
        "wishes": [{ "type": "stage_2_completed", "days": { "week": "2027-W20" } }],
    }],
    "attestations": [{
        "report": "type_2", "events": [],
        "wishes": [{ "type": "window_opened", "days": { "from": "2027-07-01" }, "months": 6 }],
    }],
}))]
pub struct NewPlan {
    /// The first day of the plan; today in the tenant's time zone unless given. What is wished before it is judged from it
    /// on.
    #[serde(default)]
    pub as_of: Option<Date>,
    /// The day by which everything begins that is planned: further cycles of a certificate, and one report of twelve months
    /// after another, each whole. Without it the cycle that stands, or comes first, and one report; within six years of the
    /// first day.
    #[serde(default)]
    pub until: Option<Date>,
    /// What is assumed of what is still open.
    #[serde(default, deserialize_with = "patch::object_or_null")]
    #[schema(nullable = true)]
    pub assume: Option<PlanAssumptions>,
    /// Certificates to plan for.
    #[serde(default, deserialize_with = "patch::objects")]
    #[graphql(default)]
    #[schema(max_items = 10)]
    pub certifications: Vec<CertificationPlan>,
    /// Attestations to plan for.
    #[serde(default, deserialize_with = "patch::objects")]
    #[graphql(default)]
    #[schema(max_items = 10)]
    pub attestations: Vec<EngagementPlan>,
}

/// What a plan assumes of what is still open on its first day.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "findings": "closed_by_due" }))]
pub struct PlanAssumptions {
    /// Of findings that would stand in the way of a decision: `closed_by_due` unless said.
    #[graphql(default)]
    pub findings: FindingAssumption,
}

/// What is planned for a certificate: one that is there, or one that is not there yet.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct CertificationPlan {
    /// The certificate, which goes on from what has happened to it by the first day of the plan; null for one that is not
    /// there yet.
    #[serde(default)]
    pub certification: Option<CertificationId>,
    /// Of one that is not there yet: the management system standard, ISO/IEC 27001 unless said.
    #[serde(default)]
    pub standard: Option<Title>,
    /// Of one that is not there yet: the standard's edition, 2022 unless said.
    #[serde(default)]
    pub edition: Option<ShortCode>,
    /// Of one that is not there yet: how its dates are counted; null for the tenant's default.
    #[serde(default)]
    #[schema(nullable = true)]
    pub settings: Option<CycleSettings>,
    /// What is to happen on some day; `registered_existing` is no step of a plan.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 30)]
    pub events: Vec<NewCertificationEvent>,
    /// What is wished within some days.
    #[serde(default, deserialize_with = "patch::objects")]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub wishes: Vec<CertificationWish>,
}

/// Something wished for a certificate.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct CertificationWish {
    /// What is to happen: an audit, or `granted`, `recertified`, `restored_after_expiry` or `reinstated_after_stage_2`.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub event: CertificationEventType,
    /// Within which days: the first of them that is permitted is taken.
    #[serde(deserialize_with = "patch::object")]
    pub days: PlanDays,
}

/// What is planned for an attestation: one that is there, or one that is not there yet.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct EngagementPlan {
    /// The attestation, which goes on from what has happened to it by the first day of the plan; null for one that is not
    /// there yet.
    #[serde(default)]
    pub attestation: Option<AttestationId>,
    /// Of one that is not there yet: the kind of report that it leads to.
    #[serde(default)]
    pub report: Option<ReportType>,
    /// What is to happen on some day; `register_issued_report` is no step of a plan.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 30)]
    pub events: Vec<NewAttestationEvent>,
    /// What is wished within some days.
    #[serde(default, deserialize_with = "patch::objects")]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub wishes: Vec<AttestationWish>,
}

/// Something wished for an attestation.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct AttestationWish {
    /// What is to happen: `readiness_done`, `as_of_set`, `window_opened`, `evidence_checked`, `window_closed`,
    /// `fieldwork_started`, `assertion_signed` or `issued`.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub event: AttestationEventType,
    /// Within which days: the first of them that is permitted is taken.
    #[serde(deserialize_with = "patch::object")]
    pub days: PlanDays,
    /// How many months the period has, of `window_opened`; 12 unless said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 36)]
    pub months: Option<i32>,
}

impl NewPlan {
    /// Checks all that can be told without looking anything up, of a plan that begins on this day.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, as_of: Date) -> Result<()> {
        let mut faults = Faults::default();
        let before = self.until.is_some_and(|until| until < as_of);
        faults.when(before, "/until", "must not be before the first day of the plan");
        let far = self.until.is_some_and(|until| until > as_of.plus_months(HORIZON_MONTHS));
        faults.when(far, "/until", FAR);
        let none = self.certifications.is_empty() && self.attestations.is_empty();
        let detail = "must have a certificate to plan for, or else attestations an attestation";
        faults.when(none, "/certifications", detail);
        for (at, one) in each("/certifications", &self.certifications, MAX_SUBJECTS, &mut faults) {
            one.validate(&at, as_of, &mut faults);
        }
        for (at, one) in each("/attestations", &self.attestations, MAX_SUBJECTS, &mut faults) {
            one.validate(&at, as_of, &mut faults);
        }
        faults.into_result()
    }

    /// What is assumed of findings.
    pub fn findings(&self) -> FindingAssumption {
        self.assume.unwrap_or_default().findings
    }
}

/// The items of a list, each with its place; of too many, which is a fault, the first.
fn each<'a, T>(at: &str, items: &'a [T], most: usize, faults: &mut Faults) -> Vec<(String, &'a T)> {
    faults.when(items.len() > most, at, format!("must have at most {most} items"));
    items.iter().take(most).enumerate().map(|(n, item)| (format!("{at}/{n}"), item)).collect()
}

impl CertificationPlan {
    /// The standard of one that is not there yet.
    pub fn standard(&self) -> &str {
        self.standard.as_ref().map_or("ISO/IEC 27001", Title::as_str)
    }

    /// The edition of one that is not there yet.
    pub fn edition(&self) -> &str {
        self.edition.as_ref().map_or("2022", ShortCode::as_str)
    }

    /// Whether its dates are counted by the tenant's default settings.
    pub fn takes_default(&self) -> bool {
        self.certification.is_none() && self.settings.is_none()
    }

    /// The wishes, as they are planned for.
    pub fn wished(&self) -> Vec<Wish<CertificationEventType>> {
        self.wishes.iter().filter_map(|one| wish(&one.days, one.event)).collect()
    }

    fn validate(&self, at: &str, as_of: Date, faults: &mut Faults) {
        let there = self.certification.is_some();
        for (name, said) in [
            ("standard", self.standard.is_some()),
            ("edition", self.edition.is_some()),
            ("settings", self.settings.is_some()),
        ] {
            let detail = "must be left out: the certificate has its own";
            faults.when(there && said, format!("{at}/{name}"), detail);
        }
        if let Some(settings) = &self.settings {
            settings.check(&format!("{at}/settings"), faults);
        }
        for (at, event) in each(&format!("{at}/events"), &self.events, MAX_EVENTS, faults) {
            CertificationPlanner::check(&at, event, as_of, faults);
        }
        for (at, one) in each(&format!("{at}/wishes"), &self.wishes, MAX_WISHES, faults) {
            let unwished = !CertificationPlanner::takes_wish(one.event);
            faults.when(unwished, format!("{at}/type"), UNWISHED);
            check_days(&at, &one.days, as_of, faults);
        }
    }
}

impl EngagementPlan {
    /// The wishes, as they are planned for.
    pub fn wished(&self) -> Vec<Wish<EngagementWish>> {
        let of = |one: &AttestationWish| {
            let months = one.months.unwrap_or(EngagementWish::MONTHS);
            wish(&one.days, EngagementWish { event: one.event, months })
        };
        self.wishes.iter().filter_map(of).collect()
    }

    fn validate(&self, at: &str, as_of: Date, faults: &mut Faults) {
        let (there, said) = (self.attestation.is_some(), self.report.is_some());
        let both = "must be left out: the attestation has its own";
        faults.when(there && said, format!("{at}/report"), both);
        faults.when(!there && !said, format!("{at}/report"), "must be given, or else attestation");
        for (at, event) in each(&format!("{at}/events"), &self.events, MAX_EVENTS, faults) {
            EngagementPlanner::check(&at, event, as_of, faults);
        }
        for (at, one) in each(&format!("{at}/wishes"), &self.wishes, MAX_WISHES, faults) {
            let unwished = !EngagementPlanner::takes_wish(one.event);
            faults.when(unwished, format!("{at}/type"), UNWISHED);
            check_days(&at, &one.days, as_of, faults);
            let most = EngagementWish::MAX_MONTHS;
            let misplaced = one.months.is_some() && one.event != AttestationEventType::WindowOpened;
            let odd = one.months.is_some_and(|months| !(1..=most).contains(&months));
            faults.when(misplaced, format!("{at}/months"), "goes with window_opened alone");
            faults.when(odd && !misplaced, format!("{at}/months"), format!("must be from 1 to {most}"));
        }
    }
}

fn wish<E>(days: &PlanDays, event: E) -> Option<Wish<E>> {
    days.bounds().map(|(from, to)| Wish { event, from, to })
}

/// Plans look so far ahead and no further.
fn check_days(at: &str, days: &PlanDays, as_of: Date, faults: &mut Faults) {
    let at = format!("{at}/days");
    days.validate(&at, faults);
    let far = days.bounds().is_some_and(|(_, last)| last > as_of.plus_months(HORIZON_MONTHS));
    let name = match (&days.week, days.to) {
        (Some(_), _) => "week",
        (None, Some(_)) => "to",
        (None, None) => "from",
    };
    faults.when(far, format!("{at}/{name}"), FAR);
}

/// What a plan comes to.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "as_of": "2027-01-04", "permitted": true }))]
pub struct SimulatedPlan {
    /// The first day of the plan.
    pub as_of: Date,
    /// Whether no rule speaks against any of its steps.
    pub permitted: bool,
    /// The certificates, in the order in which they were asked for.
    #[schema(max_items = 10)]
    pub certifications: Vec<SimulatedCertification>,
    /// The attestations, in the order in which they were asked for.
    #[schema(max_items = 10)]
    pub attestations: Vec<SimulatedAttestation>,
}

/// What a plan comes to for a certificate.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "certification": null, "title": "ISO/IEC 27001 2022, a new certificate", "status": "active" }))]
pub struct SimulatedCertification {
    /// The certificate; null for one that is not there yet.
    #[graphql(name = "certificationId")]
    pub certification: Option<CertificationId>,
    /// Which certificate it is, for people.
    #[schema(max_length = 500)]
    pub title: String,
    /// What is to happen, in order: what was given, what was wished, and what has to come beside it.
    #[schema(max_items = 200)]
    pub steps: Vec<PlanStep>,
    /// How it stands after the last step.
    pub status: CertificationStatus,
    /// The three-year cycle that holds after the last step; null before one begins.
    pub validity: Option<Validity>,
    /// What was assumed of findings that are open; left out where nothing was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub assumed_findings: Vec<AssumedFinding>,
    /// Its life as of the day of the last step.
    pub timeline: Timeline,
}

/// What a plan comes to for an attestation.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "attestation": null, "title": "SOC 2 Type II, a new engagement", "state": "issued" }))]
pub struct SimulatedAttestation {
    /// The attestation; null for one that is not there yet.
    #[graphql(name = "attestationId")]
    pub attestation: Option<AttestationId>,
    /// Which engagement it is, for people.
    #[schema(max_length = 500)]
    pub title: String,
    /// What is to happen, in order: what was given, what was wished, and what has to come beside it.
    #[schema(max_items = 200)]
    pub steps: Vec<PlanStep>,
    /// How far it has come after the last of its own steps.
    pub state: AttestationState,
    /// The reports that follow its own, in order; left out where the plan has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub following: Vec<FollowingReport>,
    /// Its life and the reports that follow, as of the day of the last step.
    pub timeline: Timeline,
}

impl SimulatedPlan {
    /// What it comes to for all of them.
    pub fn of(
        as_of: Date,
        certifications: Vec<SimulatedCertification>,
        attestations: Vec<SimulatedAttestation>,
    ) -> Self {
        let steps = certifications.iter().flat_map(|one| &one.steps);
        let reports = attestations.iter().flat_map(|one| &one.following);
        let steps = steps.chain(attestations.iter().flat_map(|one| &one.steps));
        let mut steps = steps.chain(reports.flat_map(|report| &report.steps));
        let permitted = steps.all(|step| step.breaches.is_empty());
        Self { as_of, permitted, certifications, attestations }
    }
}

impl SimulatedCertification {
    /// What was planned for this certificate.
    pub fn new(certification: Option<CertificationId>, planned: PlannedCertification) -> Self {
        let PlannedCertification { title, steps, status, validity, assumed_findings, timeline } = planned;
        Self { certification, title, steps, status, validity, assumed_findings, timeline }
    }
}

impl SimulatedAttestation {
    /// What was planned for this attestation.
    pub fn new(attestation: Option<AttestationId>, planned: PlannedEngagement) -> Self {
        let PlannedEngagement { title, steps, state, following, timeline } = planned;
        Self { attestation, title, steps, state, following, timeline }
    }
}

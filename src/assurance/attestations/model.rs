//! An attestation engagement: what it is about, and how it stands on a day.

use async_graphql::SimpleObject;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    description::{Subservice, SystemDescription, UserControl, validate_subservices, validate_user_controls},
    engine::{
        Ages, AttestationNotice, AttestationState, CountedFromDay, Life, ReportCurrency, Terms, bridge_limit,
        contradictions,
    },
    facts::{BridgeLetter, ManagementAssertion, Opinion, PartOpinion, Recall, ReportWindow, ServiceAuditor},
    input::AttestationSort,
    log::{AttestationEvent, AttestationEventType},
    scope::{NotRelevant, TrustCategory, Why},
    store::attestations,
};
use crate::{
    assurance::audits::Fieldwork,
    bounded_text,
    catalog::{RequirementId, advice::ReportType},
    kernel::{
        error::{Faults, Result},
        id::{AttestationId, EvidenceId, SystemId, TenantId},
        text::{Prose, Title},
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        diary::Moment,
        journal::Recorded,
    },
    program::evidence::Period,
};

bounded_text! {
    /// The name of a scope: reports of one scope follow each other.
    ScopeName: 1..=200, like "Cloud platform";
}

/// Systems of one engagement at the most.
pub const MAX_SYSTEMS: usize = 100;

/// What is intended, until it happens: the day or the period of which the report will speak.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    SimpleObject,
    async_graphql::InputObject,
)]
#[serde(deny_unknown_fields, default)]
#[graphql(input_name = "AttestationPlanInput")]
#[schema(example = json!({ "as_of": null, "window": null }))]
pub struct AttestationPlan {
    /// The day of which a Type I report will speak.
    pub as_of: Option<Date>,
    /// The period of which a Type II report will speak.
    #[schema(nullable = true)]
    pub window: Option<ReportWindow>,
}

impl AttestationPlan {
    /// The days intended.
    pub fn days(&self) -> Option<Period> {
        let window = self.window.as_ref().and_then(|one| Period::new(one.start, one.last()));
        window.or(self.as_of.and_then(|day| Period::new(day, day)))
    }
}

/// What an engagement is, for the API's description.
pub(super) fn example() -> Value {
    json!({
        "name": "SOC 2 Type II 2026", "report": "type_2", "scope": "Cloud platform", "counted_from": "period_end",
        "systems": [], "description": {}, "subservices": [], "user_controls": [], "report_evidence": null,
        "plan": { "as_of": null, "window": null }, "external_refs": [],
    })
}

/// What is stored of an engagement beside its events.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = attestations, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = AttestationFacts, example = example)]
#[graphql(name = "AttestationFacts")]
pub struct Facts {
    /// Its id.
    pub id: AttestationId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// What it is called.
    pub name: Title,
    /// The kind of report that it leads to.
    pub report: ReportType,
    /// The scope that it belongs to; its reports follow each other.
    pub scope: ScopeName,
    /// Where the system ends.
    pub boundary: Prose,
    /// The systems that it speaks of.
    #[schema(value_type = Vec<SystemId>, max_items = 100)]
    #[graphql(name = "systemIds")]
    pub systems: Doc<Vec<SystemId>>,
    /// What is intended.
    #[schema(value_type = AttestationPlan)]
    pub plan: Doc<AttestationPlan>,
    /// From which day readers count how old the report is.
    pub counted_from: CountedFromDay,
    /// The system's description.
    #[schema(value_type = SystemDescription)]
    pub description: Doc<SystemDescription>,
    /// Vendors whose controls are needed.
    #[schema(value_type = Vec<Subservice>, max_items = 100)]
    pub subservices: Doc<Vec<Subservice>>,
    /// What customers have to do: complementary user entity controls.
    #[schema(value_type = Vec<UserControl>, max_items = 100)]
    pub user_controls: Doc<Vec<UserControl>>,
    /// The report itself, as a piece of evidence.
    #[diesel(column_name = report_evidence_id)]
    #[graphql(name = "reportEvidenceId")]
    pub report_evidence: Option<EvidenceId>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Kept for lists: what the events tell today.
    #[serde(skip)]
    #[graphql(skip)]
    #[diesel(embed)]
    pub(super) listed: Listed,
    /// Counts its changes and events.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
}

/// What lists compare, as the events tell it; [`Date::MAX`] for never.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = attestations)]
pub struct Listed {
    /// How far it has come.
    pub state: AttestationState,
    /// The first day that the report speaks of.
    pub covers_from: Date,
    /// The last.
    pub covers_to: Date,
    /// The day that the report bears.
    pub report_date: Date,
    /// The first day on which it is ageing.
    pub ageing_from: Date,
    /// The first day on which it is stale.
    pub stale_from: Date,
}

impl Listed {
    /// Of an engagement at this point of its life.
    pub fn of(life: &Life, terms: &Terms<'_>) -> Self {
        let (covers, ages) = (life.covers(), life.ages(terms));
        Self {
            state: life.state(),
            covers_from: covers.map_or(Date::MAX, |covers| covers.from),
            covers_to: covers.map_or(Date::MAX, |covers| covers.to),
            report_date: life.standing().map_or(Date::MAX, |one| one.report_date),
            ageing_from: ages.map_or(Date::MAX, |ages| ages.ageing_from),
            stale_from: ages.map_or(Date::MAX, |ages| ages.stale_from),
        }
    }
}

/// Everything that is stored of an engagement: its facts and its event log.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AttestationDossier)]
pub struct Dossier {
    /// What it is beside its events.
    #[serde(flatten)]
    pub facts: Facts,
    /// What happened to it, in the order recorded.
    #[schema(max_items = 200)]
    pub events: Vec<AttestationEvent>,
    /// The completed fieldwork that serves it.
    #[serde(skip)]
    pub fieldwork: Vec<Fieldwork>,
}

impl Recorded for Dossier {
    const RESOURCE: &'static str = "attestation";

    fn resource_id(&self) -> String {
        self.facts.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.facts.version)
    }
}

impl Facts {
    /// What the engine looks at.
    pub fn terms(&self) -> Terms<'_> {
        Terms {
            report: self.report,
            counted_from: self.counted_from,
            plan: self.plan.days(),
            description: &self.description,
        }
    }

    /// Checks bounds and form.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        faults.once_each("/systems", &self.systems, MAX_SYSTEMS);
        let AttestationPlan { as_of, window } = &*self.plan;
        let (one, two) = (self.report == ReportType::Type1, self.report == ReportType::Type2);
        faults.when(two && as_of.is_some(), "/plan/as_of", "goes with a Type I report alone (D-04)");
        faults.when(one && window.is_some(), "/plan/window", "goes with a Type II report alone (D-05)");
        if let Some(window) = window {
            window.validate("/plan/window", &mut faults);
        }
        self.description.validate(&mut faults);
        validate_subservices(&self.subservices, &mut faults);
        validate_user_controls(&self.user_controls, &mut faults);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }
}

impl Dossier {
    /// Its events, and its completed fieldwork as such where that was not entered as an event: what the engine reads for a
    /// moment.
    pub fn log(&self, moment: Moment) -> Vec<AttestationEvent> {
        let started = |one: &AttestationEvent| one.event == AttestationEventType::FieldworkStarted;
        let entered = self.events.iter().any(|one| started(one) && one.holds(moment));
        let held = self.fieldwork.iter().filter(|_| !entered);
        let held = held.map(|one| AttestationEvent::of_fieldwork(one, &self.facts));
        self.events.iter().cloned().chain(held).collect()
    }

    /// The life that they tell for a moment.
    pub fn life(&self, moment: Moment) -> Life {
        Life::of(&self.log(moment), moment)
    }

    /// The engagement at a moment.
    pub fn on(self, moment: Moment) -> Attestation {
        let log = self.log(moment);
        let (life, terms) = (Life::of(&log, moment), self.facts.terms());
        let (day, covers, ages) = (moment.as_of.day, life.covers(), life.ages(&terms));
        let mut notices = life.notices(&terms, &self.facts.subservices, &self.facts.user_controls, day);
        notices.extend(contradictions(&log, moment));
        let end = life.standing().and(life.window).map(|window| window.to);
        let of = |tell: fn(Ages) -> Date| ages.map(tell);
        let scope = life.scope.clone().unwrap_or_default();
        let in_scope = life.scope.iter().flat_map(|one| one.in_scope());
        Attestation {
            as_of: day,
            known_at: moment.known_at,
            state: life.state(),
            currency: ages.map(|ages| ages.on(day)),
            criteria: in_scope.map(|one| one.id.clone()).collect(),
            categories: scope.categories,
            security_off_reason: scope.security_off_reason,
            not_relevant: scope.not_relevant,
            covers_from: covers.map(|covers| covers.from),
            covers_to: covers.map(|covers| covers.to),
            report_date: life.report.as_ref().map(|one| one.report_date),
            opinion: life.report.as_ref().map(|one| one.opinion),
            parts: life.report.as_ref().map(|one| one.parts.clone()).unwrap_or_default(),
            ageing_from: of(|ages| ages.ageing_from),
            current_through: of(|ages| ages.current_through),
            stale_from: of(|ages| ages.stale_from),
            bridge_limit: end.map(bridge_limit),
            bridged_through: life.bridged().map(|bridged| bridged.to),
            registered: life.registered,
            notices,
            auditor: life.auditor,
            assertion: life.assertion,
            bridges: life.bridges,
            recall: life.recall.map(|(_, recall)| recall),
            facts: self.facts,
            events: self.events,
        }
    }
}

/// An engagement, and how it stands on a day.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({
    "state": "issued", "currency": "current", "criteria": ["CC1.1"], "security_off_reason": null, "known_at": null,
    "covers_from": "2025-10-01", "covers_to": "2026-09-30", "report_date": "2026-11-12", "opinion": "unqualified",
    "ageing_from": "2027-07-01", "current_through": "2027-09-30", "stale_from": "2027-10-01",
    "bridge_limit": "2026-12-31", "bridged_through": null, "recall": null,
}))]
#[graphql(complex)]
pub struct Attestation {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Facts,
    /// The day for which everything below is told.
    pub as_of: Date,
    /// The instant by which it had been recorded; null for all that is recorded.
    pub known_at: Option<Instant>,
    /// How far it has come.
    pub state: AttestationState,
    /// How readers take the report; null without one that stands.
    pub currency: Option<ReportCurrency>,
    /// The categories addressed.
    #[schema(max_items = 5)]
    pub categories: Vec<TrustCategory>,
    /// Why security is none of them.
    pub security_off_reason: Option<Why>,
    /// The criteria in scope: the common ones, and all of each category (D-01).
    #[schema(max_items = 61)]
    pub criteria: Vec<RequirementId>,
    /// Criteria among them that were judged not relevant.
    #[schema(max_items = 61)]
    pub not_relevant: Vec<NotRelevant>,
    /// Who reports.
    pub auditor: Option<ServiceAuditor>,
    /// The first day that the report speaks of: of its period, or the one day of Type I.
    pub covers_from: Option<Date>,
    /// The last.
    pub covers_to: Option<Date>,
    /// What management signed.
    pub assertion: Option<ManagementAssertion>,
    /// The day that the report bears.
    pub report_date: Option<Date>,
    /// The opinion as a whole.
    pub opinion: Option<Opinion>,
    /// The opinion on each part.
    #[schema(max_items = 3)]
    pub parts: Vec<PartOpinion>,
    /// Whether the report was entered when it was already held.
    pub registered: bool,
    /// The bridge letters after the period.
    #[schema(max_items = 200)]
    pub bridges: Vec<BridgeLetter>,
    /// The last day that a bridge letter customarily speaks of.
    pub bridge_limit: Option<Date>,
    /// The last day that a bridge letter does speak of.
    pub bridged_through: Option<Date>,
    /// The first day on which the report is ageing.
    pub ageing_from: Option<Date>,
    /// The last day on which it is current.
    pub current_through: Option<Date>,
    /// The first day on which it is stale.
    pub stale_from: Option<Date>,
    /// Why it was recalled, and who knows.
    pub recall: Option<Recall>,
    /// What is unusual about it.
    #[schema(max_items = 1000)]
    pub notices: Vec<AttestationNotice>,
    /// What happened to it, in the order recorded; voided events too.
    #[serde(skip)]
    pub(super) events: Vec<AttestationEvent>,
}

impl Attestation {
    /// Where an engagement stands in a list of this order: its sort key and id.
    pub(super) fn place(sort: AttestationSort) -> impl Fn(&Self) -> (Value, String) {
        use AttestationSort::{Earliest, Latest, Name, Newest, Oldest};
        move |one| {
            let key = match sort {
                Earliest | Latest => json!(one.facts.listed.covers_to),
                Name => json!(one.facts.name),
                Oldest | Newest => json!(one.facts.created_at),
            };
            (key, one.facts.id.to_string())
        }
    }
}

//! What creates, changes and finds an engagement.

use async_graphql::{Enum, InputObject, MaybeUndefined};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    description::{Subservice, SystemDescription, SystemDescriptionPatch, UserControl},
    engine::{AttestationState, CountedFromDay, Life, ReportCurrency},
    facts::PrintedReport,
    log::NewAttestationEvent,
    model::{AttestationPlan, Facts, Listed, ScopeName, example},
};
use crate::{
    batch,
    catalog::advice::ReportType,
    kernel::{
        error::Result,
        id::{AttestationId, EvidenceId, SystemId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, Title},
        time::{Date, Instant},
    },
    platform::{
        access::Ctx,
        db::{Doc, refs::ExternalRef},
    },
    program::evidence::Period,
};

/// An engagement to enter: one that begins, or with `printed` a report that is already held.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewAttestation {
    /// What it is called.
    pub name: Title,
    /// The kind of report that it leads to.
    pub report: ReportType,
    /// The scope that it belongs to.
    pub scope: ScopeName,
    /// Where the system ends.
    #[serde(default)]
    #[graphql(default)]
    pub boundary: Prose,
    /// The systems that it speaks of.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub systems: Vec<SystemId>,
    /// What is intended.
    #[serde(default, deserialize_with = "patch::object")]
    #[graphql(default)]
    pub plan: AttestationPlan,
    /// From which day readers count how old the report is; from the period's end unless said.
    #[serde(default)]
    #[graphql(default)]
    pub counted_from: CountedFromDay,
    /// The system's description.
    #[serde(default, deserialize_with = "patch::object")]
    #[graphql(default)]
    pub description: SystemDescription,
    /// Vendors whose controls are needed.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub subservices: Vec<Subservice>,
    /// What customers have to do: complementary user entity controls.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub user_controls: Vec<UserControl>,
    /// The report itself, as a piece of evidence.
    #[serde(default)]
    pub report_evidence: Option<EvidenceId>,
    /// What the report prints that is already held.
    #[serde(default)]
    #[schema(nullable = true, example = json!(null))]
    pub printed: Option<PrintedReport>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewAttestation {
    /// The facts to store, and what the report prints that is already held.
    pub fn into_facts(
        self,
        tenant_id: TenantId,
        id: AttestationId,
        now: Instant,
    ) -> (Facts, Option<PrintedReport>) {
        let never = Listed {
            state: Life::default().state(),
            covers_from: Date::MAX,
            covers_to: Date::MAX,
            report_date: Date::MAX,
            ageing_from: Date::MAX,
            stale_from: Date::MAX,
        };
        let facts = Facts {
            id,
            tenant_id,
            name: self.name,
            report: self.report,
            scope: self.scope,
            boundary: self.boundary,
            systems: Doc(self.systems),
            plan: Doc(self.plan),
            counted_from: self.counted_from,
            description: Doc(self.description),
            subservices: Doc(self.subservices),
            user_controls: Doc(self.user_controls),
            report_evidence: self.report_evidence,
            external_refs: Doc(self.external_refs),
            listed: never,
            version: 1,
            created_at: now,
        };
        (facts, self.printed)
    }
}

/// An engagement as an input describes it, which is right by itself.
pub struct Described {
    /// What it is beside its events.
    pub facts: Facts,
    /// The registration of a report that is already held.
    pub registration: Option<NewAttestationEvent>,
}

impl Described {
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn of(ctx: &Ctx, input: NewAttestation) -> Result<Self> {
        let (facts, printed) = input.into_facts(ctx.caller().tenant, ctx.id(), ctx.now());
        facts.validate()?;
        let registration = printed.map(NewAttestationEvent::registration);
        if let Some(event) = &registration {
            event.validate("", ctx.today())?;
        }
        Ok(Self { facts, registration })
    }
}

/// A change of what an engagement is beside its events. The kind of report stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct AttestationPatch {
    /// What it is called.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// The scope that it belongs to.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub scope: Option<ScopeName>,
    /// Where the system ends.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub boundary: Option<Prose>,
    /// The systems that it speaks of, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub systems: Option<Vec<SystemId>>,
    /// What is intended, all of it.
    #[serde(deserialize_with = "patch::present_object")]
    #[schema(nullable = false)]
    pub plan: Option<AttestationPlan>,
    /// From which day readers count how old the report is.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub counted_from: Option<CountedFromDay>,
    /// The system's description, part by part.
    #[serde(deserialize_with = "patch::present_object")]
    #[schema(nullable = false)]
    pub description: Option<SystemDescriptionPatch>,
    /// Vendors whose controls are needed, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub subservices: Option<Vec<Subservice>>,
    /// What customers have to do, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub user_controls: Option<Vec<UserControl>>,
    /// The report itself, as a piece of evidence; null where it is not kept here.
    #[schema(value_type = Option<EvidenceId>)]
    pub report_evidence: MaybeUndefined<EvidenceId>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl AttestationPatch {
    /// Applies the patch.
    pub fn apply(self, facts: &mut Facts) {
        patch::set(&mut facts.name, self.name);
        patch::set(&mut facts.scope, self.scope);
        patch::set(&mut facts.boundary, self.boundary);
        patch::set(&mut facts.systems, self.systems.map(Doc));
        patch::set(&mut facts.plan, self.plan.map(Doc));
        patch::set(&mut facts.counted_from, self.counted_from);
        if let Some(description) = self.description {
            description.apply(&mut facts.description.0);
        }
        patch::set(&mut facts.subservices, self.subservices.map(Doc));
        patch::set(&mut facts.user_controls, self.user_controls.map(Doc));
        patch::set_or_clear(&mut facts.report_evidence, self.report_evidence);
        patch::set(&mut facts.external_refs, self.external_refs.map(Doc));
    }
}

/// Which engagements to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AttestationFilter {
    /// Engagements that lead to this kind of report.
    #[param(inline)]
    pub report: Option<ReportType>,
    /// Engagements of this scope.
    #[param(inline)]
    pub scope: Option<ScopeName>,
    /// Engagements that have come this far, by all that is recorded.
    #[param(inline)]
    pub state: Option<AttestationState>,
    /// Engagements with a report, issued by the day asked about, that readers take so on it, by all that is recorded.
    #[param(inline)]
    pub currency: Option<ReportCurrency>,
    /// Engagements whose report speaks of some day of this period.
    #[param(inline)]
    pub covers: Option<Period>,
    /// Engagements that speak of this system.
    #[param(inline)]
    pub system: Option<SystemId>,
    /// The engagement with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
    /// The day for which everything is told; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
    /// Told by what had been recorded by this instant; by all that is recorded unless given.
    pub known_at: Option<Instant>,
}

/// The order of engagements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum AttestationSort {
    /// By the last day that the report speaks of, those without one first, then latest first.
    #[serde(rename = "-covers_to")]
    Latest,
    /// By the last day that the report speaks of, earliest first.
    #[serde(rename = "covers_to")]
    Earliest,
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for AttestationSort {
    const DEFAULT: Self = Self::Latest;
}

/// The order of an engagement's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum AttestationEventSort {
    /// In the order recorded.
    #[serde(rename = "sequence")]
    First,
    /// Recorded last first.
    #[serde(rename = "-sequence")]
    Last,
}

impl SortOrder for AttestationEventSort {
    const DEFAULT: Self = Self::First;
}

batch! {
    AttestationBatch, AttestationOperation { NewAttestation, AttestationChange(AttestationId, AttestationPatch), put AttestationPut }
}

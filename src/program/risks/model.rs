//! A risk.

use async_graphql::{InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    acceptance::Acceptance,
    matrix::MAX_STEPS,
    rating::{Basis, Rating},
    store::risks,
};
use crate::{
    batch, bounded_text,
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{ControlId, MemberId, RiskId, SystemId, TenantId},
        patch,
        text::{Prose, ShortCode, Title},
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
    text_enum,
};

text_enum! {
    /// How far a risk has come.
    RiskStatus default Identified {
        /// It is written down.
        Identified = "identified",
        /// Likelihood and impact are estimated.
        Assessed = "assessed",
        /// Its treatment is decided and under way.
        InTreatment = "in_treatment",
        /// Its treatment is done; what is left is watched.
        Monitored = "monitored",
        /// It is gone. It stays in the register and out of the heat map.
        Closed = "closed",
    }
}

text_enum! {
    /// What is done about a risk, in the words of ISO/IEC 27005.
    RiskTreatment {
        /// Controls make it less likely or less harmful.
        Modify = "modify",
        /// It is kept as it is, knowingly.
        Retain = "retain",
        /// What it comes from is given up.
        Avoid = "avoid",
        /// Others bear a part of it, such as an insurer or a supplier.
        Share = "share",
    }
}

text_enum! {
    /// What of information a risk touches.
    SecurityProperty {
        /// Who may know it.
        Confidentiality = "confidentiality",
        /// That it is right and whole.
        Integrity = "integrity",
        /// That it is there when needed.
        Availability = "availability",
    }
}

bounded_text! {
    /// What kind of risk it is, in the tenant's own words.
    RiskCategory: 1..=64, like "Suppliers";
}

/// Controls of one risk at the most.
pub const MAX_CONTROLS: usize = 100;

/// A risk, as stored.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = risks, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = RiskFacts)]
#[graphql(name = "RiskFacts")]
pub struct Risk {
    /// Its id.
    pub id: RiskId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The tenant's own short code, unique in the tenant.
    #[schema(example = "R-07")]
    pub code: ShortCode,
    /// What may happen, in a sentence.
    #[schema(example = "A supplier of hosting fails for days")]
    pub title: Title,
    /// What may happen, at length.
    pub description: Prose,
    /// What kind of risk it is.
    pub category: Option<RiskCategory>,
    /// What is at risk, in words.
    #[schema(example = "Customers' records")]
    pub asset: Option<Title>,
    /// The system or service at risk.
    #[diesel(column_name = system_id)]
    #[graphql(name = "systemId")]
    pub system: Option<SystemId>,
    /// What may cause it.
    #[schema(example = "A fire or a flood at the supplier's site")]
    pub threat: Prose,
    /// What lets it happen.
    #[schema(example = "Everything runs in one region")]
    pub vulnerability: Prose,
    /// What of information it touches.
    #[schema(value_type = Vec<SecurityProperty>, max_items = 3)]
    pub affects: Doc<Vec<SecurityProperty>>,
    /// The risk's owner: the member who answers for it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// The estimate before treatment; null while there is none.
    #[schema(value_type = Option<Rating>)]
    pub inherent: Option<Doc<Rating>>,
    /// The estimate after treatment; null while there is none.
    #[schema(value_type = Option<Rating>)]
    pub residual: Option<Doc<Rating>>,
    /// What is done about it; null while that is not decided.
    pub treatment: Option<RiskTreatment>,
    /// What is done, by whom and by when.
    #[schema(example = "Replicate to a second region by the end of the quarter")]
    pub treatment_plan: Prose,
    /// The controls that treat it.
    #[schema(value_type = Vec<ControlId>, max_items = 100)]
    #[graphql(name = "controlIds")]
    pub controls: Doc<Vec<ControlId>>,
    /// The day by which it is looked at again.
    pub review_on: Option<Date>,
    /// How far it has come.
    pub status: RiskStatus,
    /// Who accepted what is left of it; null where nobody has.
    #[schema(value_type = Option<Acceptance>)]
    pub acceptance: Option<Doc<Acceptance>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) score: i32,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) highest_likelihood: i32,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) highest_impact: i32,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) accepted_by: Option<MemberId>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) accepted_on: Option<Date>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) accepted_until: Option<Date>,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Recorded for Risk {
    const RESOURCE: &'static str = "risk";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Risk {
    /// The estimate that counts today: after treatment, or before it where that is all there is.
    pub fn rating(&self) -> Option<(Basis, Rating)> {
        let residual = self.residual.as_ref().map(|rating| (Basis::Residual, rating.0));
        residual.or_else(|| self.inherent.as_ref().map(|rating| (Basis::Inherent, rating.0)))
    }

    /// Refuses what is closed.
    ///
    /// # Errors
    /// [`Code::Conflict`].
    pub(super) fn open(&self) -> Result<()> {
        match self.status {
            RiskStatus::Closed => Err(Error::new(Code::Conflict, "the risk is closed; open it again first")),
            _ => Ok(()),
        }
    }

    /// Checks bounds and what is named twice.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let most = i32::try_from(MAX_STEPS).unwrap_or(i32::MAX);
        self.within((most, most), &mut faults);
        no_twins(&self.affects, "/affects", SecurityProperty::ALL.len(), &mut faults);
        no_twins(&self.controls, "/controls", MAX_CONTROLS, &mut faults);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// Notes the steps of its estimates that a matrix of this size does not have.
    pub(super) fn within(&self, size: (i32, i32), faults: &mut Faults) {
        for (at, rating) in [("/inherent", &self.inherent), ("/residual", &self.residual)] {
            if let Some(rating) = rating {
                rating.within(size, at, faults);
            }
        }
    }

    /// Says again in columns, for filters and orders, what the estimates and the acceptance say. The score of what is
    /// not estimated is 0.
    pub(super) fn index(&mut self) {
        let both = [&self.inherent, &self.residual];
        let highest = |step: fn(&Rating) -> i32| both.into_iter().flatten().map(|one| step(one)).max();
        self.highest_likelihood = highest(|rating| rating.likelihood).unwrap_or(0);
        self.highest_impact = highest(|rating| rating.impact).unwrap_or(0);
        self.score = self.rating().map_or(0, |(_, rating)| rating.score());
        self.accepted_by = self.acceptance.as_ref().map(|one| one.by);
        self.accepted_on = self.acceptance.as_ref().map(|one| one.on);
        self.accepted_until = self.acceptance.as_ref().map(|one| one.until);
    }
}

fn no_twins<T: PartialEq>(all: &[T], at: &str, most: usize, faults: &mut Faults) {
    if all.len() > most {
        // What is far too many is not looked at one by one.
        faults.when(true, at, format!("must have at most {most} items"));
        return;
    }
    for (n, one) in all.iter().enumerate() {
        faults.when(all[..n].contains(one), format!("{at}/{n}"), "is named twice");
    }
}

/// A risk to write down.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewRisk {
    /// The tenant's own short code, unique in the tenant.
    #[schema(example = "R-07")]
    pub code: ShortCode,
    /// What may happen, in a sentence.
    #[schema(example = "A supplier of hosting fails for days")]
    pub title: Title,
    /// What may happen, at length.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
    /// What kind of risk it is, in the tenant's own words.
    #[serde(default)]
    pub category: Option<RiskCategory>,
    /// What is at risk, in words.
    #[serde(default)]
    #[schema(example = "Customers' records")]
    pub asset: Option<Title>,
    /// The system or service at risk.
    #[serde(default)]
    pub system: Option<SystemId>,
    /// What may cause it.
    #[serde(default)]
    #[graphql(default)]
    #[schema(example = "A fire or a flood at the supplier's site")]
    pub threat: Prose,
    /// What lets it happen.
    #[serde(default)]
    #[graphql(default)]
    #[schema(example = "Everything runs in one region")]
    pub vulnerability: Prose,
    /// What of information it touches.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 3)]
    pub affects: Vec<SecurityProperty>,
    /// The risk's owner: the member who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// The estimate before treatment.
    #[serde(default)]
    pub inherent: Option<Rating>,
    /// The estimate after treatment.
    #[serde(default)]
    pub residual: Option<Rating>,
    /// What is done about it.
    #[serde(default)]
    pub treatment: Option<RiskTreatment>,
    /// What is done, by whom and by when.
    #[serde(default)]
    #[graphql(default)]
    #[schema(example = "Replicate to a second region by the end of the quarter")]
    pub treatment_plan: Prose,
    /// The controls that treat it.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub controls: Vec<ControlId>,
    /// The day by which it is looked at again.
    #[serde(default)]
    pub review_on: Option<Date>,
    /// How far it has come; identified unless said.
    #[serde(default)]
    #[graphql(default)]
    pub status: RiskStatus,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewRisk {
    /// The risk to store.
    pub fn into_risk(self, tenant_id: TenantId, id: RiskId, now: Instant) -> Risk {
        let mut risk = Risk {
            id,
            tenant_id,
            code: self.code,
            title: self.title,
            description: self.description,
            category: self.category,
            asset: self.asset,
            system: self.system,
            threat: self.threat,
            vulnerability: self.vulnerability,
            affects: Doc(self.affects),
            owner: self.owner,
            inherent: self.inherent.map(Doc),
            residual: self.residual.map(Doc),
            treatment: self.treatment,
            treatment_plan: self.treatment_plan,
            controls: Doc(self.controls),
            review_on: self.review_on,
            status: self.status,
            acceptance: None,
            external_refs: Doc(self.external_refs),
            score: 0,
            highest_likelihood: 0,
            highest_impact: 0,
            accepted_by: None,
            accepted_on: None,
            accepted_until: None,
            version: 1,
            created_at: now,
        };
        risk.index();
        risk
    }
}

/// A change of a risk.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct RiskPatch {
    /// The tenant's own short code.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub code: Option<ShortCode>,
    /// What may happen, in a sentence.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// What may happen, at length.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// What kind of risk it is; null where that is not said.
    #[schema(value_type = Option<RiskCategory>)]
    pub category: MaybeUndefined<RiskCategory>,
    /// What is at risk, in words; null where that is not said.
    #[schema(value_type = Option<Title>)]
    pub asset: MaybeUndefined<Title>,
    /// The system or service at risk; null for none.
    #[schema(value_type = Option<SystemId>)]
    pub system: MaybeUndefined<SystemId>,
    /// What may cause it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub threat: Option<Prose>,
    /// What lets it happen.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub vulnerability: Option<Prose>,
    /// What of information it touches, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 3)]
    pub affects: Option<Vec<SecurityProperty>>,
    /// The risk's owner; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// The estimate before treatment; null for none.
    #[schema(value_type = Option<Rating>)]
    pub inherent: MaybeUndefined<Rating>,
    /// The estimate after treatment; null for none.
    #[schema(value_type = Option<Rating>)]
    pub residual: MaybeUndefined<Rating>,
    /// What is done about it; null where that is not decided.
    #[schema(value_type = Option<RiskTreatment>)]
    pub treatment: MaybeUndefined<RiskTreatment>,
    /// What is done, by whom and by when.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub treatment_plan: Option<Prose>,
    /// The controls that treat it, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub controls: Option<Vec<ControlId>>,
    /// The day by which it is looked at again; null for never.
    #[schema(value_type = Option<Date>)]
    pub review_on: MaybeUndefined<Date>,
    /// How far it has come.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub status: Option<RiskStatus>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl RiskPatch {
    /// Applies the patch.
    pub fn apply(self, risk: &mut Risk) {
        patch::set(&mut risk.code, self.code);
        patch::set(&mut risk.title, self.title);
        patch::set(&mut risk.description, self.description);
        patch::set_or_clear(&mut risk.category, self.category);
        patch::set_or_clear(&mut risk.asset, self.asset);
        patch::set_or_clear(&mut risk.system, self.system);
        patch::set(&mut risk.threat, self.threat);
        patch::set(&mut risk.vulnerability, self.vulnerability);
        patch::set(&mut risk.affects, self.affects.map(Doc));
        patch::set_or_clear(&mut risk.owner, self.owner);
        patch::set_or_clear(&mut risk.inherent, self.inherent.map_value(Doc));
        patch::set_or_clear(&mut risk.residual, self.residual.map_value(Doc));
        patch::set_or_clear(&mut risk.treatment, self.treatment);
        patch::set(&mut risk.treatment_plan, self.treatment_plan);
        patch::set(&mut risk.controls, self.controls.map(Doc));
        patch::set_or_clear(&mut risk.review_on, self.review_on);
        patch::set(&mut risk.status, self.status);
        patch::set(&mut risk.external_refs, self.external_refs.map(Doc));
        risk.index();
    }
}

batch! {
    Risk, RiskBatch, RiskOperation { NewRisk, RiskChange(RiskPatch), RiskPut, RiskRemoval(RiskId) }
}

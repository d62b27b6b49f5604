//! A certification body.

use async_graphql::MaybeUndefined;
use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::store::certification_bodies;
use crate::{
    batch,
    kernel::{
        error::{Faults, Result},
        id::{CertificationBodyId, TenantId},
        page::SortOrder,
        patch,
        text::{ShortCode, Title, Url},
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
    /// How an accreditation came to an end before its time.
    AccreditationLoss {
        /// The accreditation body suspended it.
        Suspended = "suspended",
        /// The accreditation body withdrew it.
        Withdrawn = "withdrawn",
        /// It ran out and was not renewed.
        Expired = "expired",
        /// The certification body stopped trading.
        Ceased = "ceased",
    }
}

/// Accreditations of one body at the most.
pub const MAX_ACCREDITATIONS: usize = 50;

/// An accreditation of a certification body (ISO/IEC 17021-1, for an ISMS with ISO/IEC 27006-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "AccreditationInput")]
#[schema(example = json!({
    "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001", "number": "EAS-ZM-0001",
    "recognition": "IAF MLA", "granted_on": "2020-01-01", "valid_until": "2029-12-31", "lost_on": null, "loss": null,
}))]
pub struct Accreditation {
    /// The accreditation body that granted it.
    pub accreditation_body: Title,
    /// What it may certify.
    pub scope: Title,
    /// Its number at the accreditation body.
    #[serde(default)]
    pub number: Option<ShortCode>,
    /// The arrangement under which others recognise it, as text: the arrangements change their names.
    #[serde(default)]
    pub recognition: Option<Title>,
    /// Its first day.
    pub granted_on: Date,
    /// Its last day, as granted; null where none is set.
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// The first day without it, where it was lost before its time.
    #[serde(default)]
    pub lost_on: Option<Date>,
    /// How it was lost.
    #[serde(default)]
    pub loss: Option<AccreditationLoss>,
}

impl Accreditation {
    /// Whether it is in force on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.granted_on <= day
            && self.valid_until.is_none_or(|last| day <= last)
            && self.lost_on.is_none_or(|lost| day < lost)
    }

    /// The first day on which it is in force, and where it ends, the first on which it is not any more.
    pub(super) fn turns(&self) -> impl Iterator<Item = Date> {
        let ran_out = self.valid_until.map(|last| last.plus_days(1));
        std::iter::once(self.granted_on).chain(self.lost_on.into_iter().chain(ran_out).min())
    }

    fn validate(&self, at: &str, faults: &mut Faults) {
        let ends_first = self.valid_until.is_some_and(|last| last < self.granted_on);
        faults.when(ends_first, format!("{at}/valid_until"), "must not be before granted_on");
        let lost_first = self.lost_on.is_some_and(|lost| lost < self.granted_on);
        faults.when(lost_first, format!("{at}/lost_on"), "must not be before granted_on");
        let half = self.lost_on.is_some() != self.loss.is_some();
        faults.when(half, format!("{at}/loss"), "must be given together with lost_on");
    }
}

/// What a certification body may say, for the API's description.
fn example() -> Value {
    json!({
        "name": "Example Certification Body", "website": "https://cb.example.com",
        "register_url": "https://cb.example.com/register",
    })
}

/// Who issues certificates, as stored.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = certification_bodies, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = CertificationBodyFacts, example = example)]
#[graphql(name = "CertificationBodyFacts")]
pub struct CertificationBody {
    /// Its id.
    pub id: CertificationBodyId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// Its name, unique in the tenant.
    pub name: Title,
    /// Its own site.
    pub website: Option<Url>,
    /// Its public register of certificates.
    pub register_url: Option<Url>,
    /// Its accreditations, past ones too.
    #[schema(value_type = Vec<Accreditation>, max_items = 50)]
    pub accreditations: Doc<Vec<Accreditation>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Recorded for CertificationBody {
    const RESOURCE: &'static str = "certification_body";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl CertificationBody {
    /// Checks what must hold between the fields.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let many = self.accreditations.len() > MAX_ACCREDITATIONS;
        faults.when(many, "/accreditations", format!("must have at most {MAX_ACCREDITATIONS} items"));
        for (n, one) in self.accreditations.iter().enumerate() {
            one.validate(&format!("/accreditations/{n}"), &mut faults);
        }
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// The body as it stands on a day.
    pub fn on(self, day: Date) -> BodyView {
        let accredited = self.accreditations.iter().any(|one| one.holds_on(day));
        BodyView { facts: self, as_of: day, accredited }
    }
}

/// Who issues certificates, and how it stands on a day. A body without accreditation is recorded and flagged.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = CertificationBody)]
#[graphql(name = "CertificationBody")]
pub struct BodyView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: CertificationBody,
    /// The day for which `accredited` is told.
    pub as_of: Date,
    /// Whether any of its accreditations is in force on that day.
    pub accredited: bool,
}

/// A certification body to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewCertificationBody {
    /// Its name, unique in the tenant.
    pub name: Title,
    /// Its own site.
    #[serde(default)]
    pub website: Option<Url>,
    /// Its public register of certificates.
    #[serde(default)]
    pub register_url: Option<Url>,
    /// Its accreditations, past ones too.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 50)]
    pub accreditations: Vec<Accreditation>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewCertificationBody {
    /// The body to store.
    pub fn into_body(self, tenant_id: TenantId, id: CertificationBodyId, now: Instant) -> CertificationBody {
        CertificationBody {
            id,
            tenant_id,
            name: self.name,
            website: self.website,
            register_url: self.register_url,
            accreditations: Doc(self.accreditations),
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a certification body.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct CertificationBodyPatch {
    /// Its name.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// Its own site; null for none.
    #[schema(value_type = Option<Url>)]
    pub website: MaybeUndefined<Url>,
    /// Its public register of certificates; null for none.
    #[schema(value_type = Option<Url>)]
    pub register_url: MaybeUndefined<Url>,
    /// Its accreditations, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 50)]
    pub accreditations: Option<Vec<Accreditation>>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl CertificationBodyPatch {
    /// Applies the patch.
    pub fn apply(self, body: &mut CertificationBody) {
        patch::set(&mut body.name, self.name);
        patch::set_or_clear(&mut body.website, self.website);
        patch::set_or_clear(&mut body.register_url, self.register_url);
        patch::set(&mut body.accreditations, self.accreditations.map(Doc));
        patch::set(&mut body.external_refs, self.external_refs.map(Doc));
    }
}

/// Which certification bodies to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CertificationBodyFilter {
    /// The body with this reference, written `system:id`.
    #[param(max_length = 320, pattern = "^[^:]+:.+$")]
    pub external_ref: Option<String>,
    /// The day for which `accredited` is told; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
}

/// The order of certification bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[schema(as = CertificationBodySort)]
#[graphql(name = "CertificationBodySort")]
pub enum BodySort {
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, backwards.
    #[serde(rename = "-name")]
    NameDescending,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for BodySort {
    const DEFAULT: Self = Self::Name;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn an_accreditation_holds_from_its_first_day_until_it_is_lost() {
        let one = Accreditation {
            accreditation_body: "AB".parse().unwrap(),
            scope: "ISO/IEC 27001".parse().unwrap(),
            number: None,
            recognition: None,
            granted_on: day("2020-01-01"),
            valid_until: Some(day("2027-12-31")),
            lost_on: Some(day("2026-06-30")),
            loss: Some(AccreditationLoss::Withdrawn),
        };
        for (on, holds) in
            [("2019-12-31", false), ("2020-01-01", true), ("2026-06-29", true), ("2026-06-30", false)]
        {
            assert_eq!(one.holds_on(day(on)), holds, "{on}");
        }
        let renewed = Accreditation { lost_on: None, loss: None, ..one };
        assert!(renewed.holds_on(day("2027-12-31")) && !renewed.holds_on(day("2028-01-01")));
    }
}

batch! {
    CertificationBody, CertificationBodyBatch, CertificationBodyOperation { NewCertificationBody, CertificationBodyChange(CertificationBodyPatch), CertificationBodyPut, CertificationBodyRemoval(CertificationBodyId) }
}

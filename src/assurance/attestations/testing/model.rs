//! A test of a control in an examination.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::attestation_tests;
use crate::{
    assurance::attestations::all_criteria,
    bounded_text,
    catalog::RequirementId,
    kernel::{
        error::{Faults, Result},
        id::{AttestationId, AttestationTestId, ControlId, TenantId},
        page::SortOrder,
        patch,
        time::Instant,
    },
    platform::journal::Recorded,
    text_enum,
};

text_enum! {
    /// What a practitioner's test found.
    AttestationTestResult {
        /// No exception was noted.
        NoExceptions = "no_exceptions",
        /// Something deviated.
        Exceptions = "exceptions",
        /// It could not be tested: nothing had happened that the control acts on.
        NotTested = "not_tested",
    }
}

bounded_text! {
    /// What the practitioner did to find out.
    ExaminationProcedure: 1..=8000, like "Inspected the access reviews of a sample of quarters.";
    /// What deviated, in the practitioner's words.
    ExaminationException: 1..=4000, like "One of 12 leavers sampled kept an account for three days.";
    /// What management says to it, in its own words.
    ManagementResponse: 1..=4000, like "Removal now follows from the leaver's last day by itself.";
}

/// A test of a control in an examination.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = attestation_tests, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(example = json!({ "result": "no_exceptions", "exception": null, "management_response": null }))]
pub struct AttestationTest {
    /// Its id.
    pub id: AttestationTestId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The engagement.
    pub attestation_id: AttestationId,
    /// The control.
    #[diesel(column_name = control_id)]
    #[graphql(name = "controlId")]
    pub control: ControlId,
    /// The criterion for which it was tested.
    #[schema(example = "CC6.2")]
    pub criterion: RequirementId,
    /// What was done.
    pub procedure: ExaminationProcedure,
    /// What was found.
    pub result: AttestationTestResult,
    /// What deviated; the practitioner's text.
    pub exception: Option<ExaminationException>,
    /// What management says to it; no part of the practitioner's text.
    pub management_response: Option<ManagementResponse>,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was recorded.
    pub created_at: Instant,
}

impl Recorded for AttestationTest {
    const RESOURCE: &'static str = "attestation_test";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl AttestationTest {
    /// Checks what must hold between the fields.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let known = all_criteria().iter().any(|one| one.id == self.criterion);
        let unknown = "is no criterion; GET /v1/frameworks/soc2-2017/requirements lists them";
        faults.when(!known, "/criterion", unknown);
        let noted = self.result == AttestationTestResult::Exceptions;
        faults.when(noted && self.exception.is_none(), "/exception", "must say what deviated");
        faults.when(!noted && self.exception.is_some(), "/result", "must be exceptions, with an exception");
        let alone = self.management_response.is_some() && self.exception.is_none();
        faults.when(alone, "/management_response", "answers an exception, and there is none");
        faults.into_result()
    }

    /// Where a test stands in a list: its age and id.
    pub(super) fn place(&self) -> (Instant, String) {
        (self.created_at, self.id.to_string())
    }
}

/// A test to record.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "result": "no_exceptions", "exception": null, "management_response": null }))]
pub struct NewAttestationTest {
    /// The control.
    pub control: ControlId,
    /// The criterion for which it was tested.
    #[schema(example = "CC6.2")]
    pub criterion: RequirementId,
    /// What was done.
    pub procedure: ExaminationProcedure,
    /// What was found.
    pub result: AttestationTestResult,
    /// What deviated; the practitioner's text.
    #[serde(default)]
    pub exception: Option<ExaminationException>,
    /// What management says to it.
    #[serde(default)]
    pub management_response: Option<ManagementResponse>,
}

impl NewAttestationTest {
    /// The test to store.
    pub fn into_test(
        self,
        tenant_id: TenantId,
        attestation_id: AttestationId,
        id: AttestationTestId,
        now: Instant,
    ) -> AttestationTest {
        AttestationTest {
            id,
            tenant_id,
            attestation_id,
            control: self.control,
            criterion: self.criterion,
            procedure: self.procedure,
            result: self.result,
            exception: self.exception,
            management_response: self.management_response,
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a test.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct AttestationTestPatch {
    /// The criterion for which it was tested.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, example = "CC6.2")]
    pub criterion: Option<RequirementId>,
    /// What was done.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub procedure: Option<ExaminationProcedure>,
    /// What was found.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub result: Option<AttestationTestResult>,
    /// What deviated; null where nothing did.
    #[schema(value_type = Option<ExaminationException>, example = json!(null))]
    pub exception: MaybeUndefined<ExaminationException>,
    /// What management says to it; null where it says nothing.
    #[schema(value_type = Option<ManagementResponse>, example = json!(null))]
    pub management_response: MaybeUndefined<ManagementResponse>,
}

impl AttestationTestPatch {
    /// Applies the patch.
    pub fn apply(self, test: &mut AttestationTest) {
        patch::set(&mut test.criterion, self.criterion);
        patch::set(&mut test.procedure, self.procedure);
        patch::set(&mut test.result, self.result);
        patch::set_or_clear(&mut test.exception, self.exception);
        patch::set_or_clear(&mut test.management_response, self.management_response);
    }
}

/// Which tests of an examination to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AttestationTestFilter {
    /// Tests of this control.
    #[param(inline)]
    pub control: Option<ControlId>,
    /// Tests for this criterion.
    #[param(inline)]
    pub criterion: Option<RequirementId>,
    /// Tests that found this.
    #[param(inline)]
    pub result: Option<AttestationTestResult>,
}

/// The order of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum AttestationTestSort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for AttestationTestSort {
    const DEFAULT: Self = Self::Oldest;
}

//! A test of a control.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::control_tests;
use crate::{
    batch, bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{ControlId, ControlTestId, MemberId, TenantId},
        page::SortOrder,
        patch,
        text::Prose,
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
    /// What a test asks.
    ControlTestKind {
        /// Is it there, and was it put in place as described?
        Existence = "existence_and_implementation",
        /// Would it meet its purpose, if it worked as described?
        Design = "design",
        /// Did it work throughout a period?
        Operating = "operating_effectiveness",
    }
}

text_enum! {
    /// What a test found.
    ControlTestResult {
        /// The control did what it should.
        Passed = "passed",
        /// It did, but for the exceptions listed.
        PassedWithExceptions = "passed_with_exceptions",
        /// It did not.
        Failed = "failed",
    }
}

bounded_text! {
    /// What was done to find out.
    Procedure: 1..=8000, like "Compared the list of leavers with the accounts still active.";
    /// One deviation that a test found.
    TestException: 1..=2000, like "One account was still active three days after its owner had left.";
}

/// Exceptions of one test at the most.
pub const MAX_EXCEPTIONS: usize = 100;

/// A test of a control: a dated record of what was tried and found.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = control_tests, treat_none_as_null = true, treat_none_as_default_value = false)]
#[graphql(complex)]
#[schema(example = json!({ "population": "Leavers of the third quarter" }))]
pub struct ControlTest {
    /// Its id.
    pub id: ControlTestId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The control that was tested.
    pub control_id: ControlId,
    /// What it asks.
    pub kind: ControlTestKind,
    /// What was done.
    pub procedure: Procedure,
    /// From what the sample was drawn.
    pub population: Prose,
    /// How many items the population has.
    #[schema(minimum = 0, example = 40)]
    pub population_size: Option<i32>,
    /// How many of them were looked at.
    #[schema(minimum = 0, example = 12)]
    pub sample_size: Option<i32>,
    /// What was found.
    pub result: ControlTestResult,
    /// Each deviation found.
    #[schema(value_type = Vec<TestException>, max_items = 100)]
    pub exceptions: Doc<Vec<TestException>>,
    /// The member who tested.
    #[diesel(column_name = tester_id)]
    #[graphql(name = "testerId")]
    pub tester: Option<MemberId>,
    /// The day of the test; of its last day, where it took several.
    pub performed_on: Date,
    /// When it should be repeated.
    pub next_due: Option<Date>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its corrections.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was recorded.
    pub created_at: Instant,
}

impl Recorded for ControlTest {
    const RESOURCE: &'static str = "control_test";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl ControlTest {
    /// Checks what must hold between the fields, on this day.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        faults.when(self.performed_on > today, "/performed_on", "must not be in the future");
        let again_first = self.next_due.is_some_and(|due| due <= self.performed_on);
        faults.when(again_first, "/next_due", "must be later than performed_on");
        self.validate_sample(&mut faults);
        self.validate_exceptions(&mut faults);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// Where a test stands in a list: its day and id.
    pub(super) fn place(&self) -> (Date, String) {
        (self.performed_on, self.id.to_string())
    }

    fn validate_sample(&self, faults: &mut Faults) {
        let negative = |size: Option<i32>| size.is_some_and(|size| size < 0);
        faults.when(negative(self.population_size), "/population_size", "must not be negative");
        faults.when(negative(self.sample_size), "/sample_size", "must not be negative");
        let larger = matches!((self.sample_size, self.population_size), (Some(s), Some(p)) if s > p);
        faults.when(larger, "/sample_size", "must not be larger than population_size");
    }

    fn validate_exceptions(&self, faults: &mut Faults) {
        let count = self.exceptions.len();
        let too_many = format!("must have at most {MAX_EXCEPTIONS} items");
        faults.when(count > MAX_EXCEPTIONS, "/exceptions", too_many);
        let (clean, noted) = (
            self.result == ControlTestResult::Passed,
            self.result == ControlTestResult::PassedWithExceptions,
        );
        faults.when(
            clean && count > 0,
            "/result",
            "must be passed_with_exceptions or failed, with exceptions",
        );
        faults.when(noted && count == 0, "/exceptions", "must list what passed_with_exceptions speaks of");
    }
}

/// A test to record.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "population": "Leavers of the third quarter" }))]
pub struct NewControlTest {
    /// What it asks.
    pub kind: ControlTestKind,
    /// What was done.
    pub procedure: Procedure,
    /// From what the sample was drawn.
    #[serde(default)]
    #[graphql(default)]
    pub population: Prose,
    /// How many items the population has.
    #[serde(default)]
    #[schema(minimum = 0, example = 40)]
    pub population_size: Option<i32>,
    /// How many of them were looked at.
    #[serde(default)]
    #[schema(minimum = 0, example = 12)]
    pub sample_size: Option<i32>,
    /// What was found.
    pub result: ControlTestResult,
    /// Each deviation found.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub exceptions: Vec<TestException>,
    /// The member who tested.
    #[serde(default)]
    pub tester: Option<MemberId>,
    /// The day of the test; of its last day, where it took several.
    pub performed_on: Date,
    /// When it should be repeated.
    #[serde(default)]
    pub next_due: Option<Date>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewControlTest {
    /// The test to store.
    pub fn into_test(
        self,
        tenant_id: TenantId,
        control_id: ControlId,
        id: ControlTestId,
        now: Instant,
    ) -> ControlTest {
        ControlTest {
            id,
            tenant_id,
            control_id,
            kind: self.kind,
            procedure: self.procedure,
            population: self.population,
            population_size: self.population_size,
            sample_size: self.sample_size,
            result: self.result,
            exceptions: Doc(self.exceptions),
            tester: self.tester,
            performed_on: self.performed_on,
            next_due: self.next_due,
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A correction of a test.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "population": "Leavers of the third quarter" }))]
pub struct ControlTestPatch {
    /// What it asks.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub kind: Option<ControlTestKind>,
    /// What was done.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub procedure: Option<Procedure>,
    /// From what the sample was drawn.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub population: Option<Prose>,
    /// How many items the population has; null where nobody counted.
    #[schema(value_type = Option<i32>, minimum = 0)]
    pub population_size: MaybeUndefined<i32>,
    /// How many of them were looked at; null where nobody counted.
    #[schema(value_type = Option<i32>, minimum = 0)]
    pub sample_size: MaybeUndefined<i32>,
    /// What was found.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub result: Option<ControlTestResult>,
    /// Each deviation found, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub exceptions: Option<Vec<TestException>>,
    /// The member who tested; null where none of the members did.
    #[schema(value_type = Option<MemberId>)]
    pub tester: MaybeUndefined<MemberId>,
    /// The day of the test.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub performed_on: Option<Date>,
    /// When it should be repeated; null for never.
    #[schema(value_type = Option<Date>)]
    pub next_due: MaybeUndefined<Date>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl ControlTestPatch {
    /// Applies the patch.
    pub fn apply(self, test: &mut ControlTest) {
        patch::set(&mut test.kind, self.kind);
        patch::set(&mut test.procedure, self.procedure);
        patch::set(&mut test.population, self.population);
        patch::set_or_clear(&mut test.population_size, self.population_size);
        patch::set_or_clear(&mut test.sample_size, self.sample_size);
        patch::set(&mut test.result, self.result);
        patch::set(&mut test.exceptions, self.exceptions.map(Doc));
        patch::set_or_clear(&mut test.tester, self.tester);
        patch::set(&mut test.performed_on, self.performed_on);
        patch::set_or_clear(&mut test.next_due, self.next_due);
        patch::set(&mut test.external_refs, self.external_refs.map(Doc));
    }
}

/// Which tests of a control to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ControlTestFilter {
    /// Tests that ask this.
    #[param(inline)]
    pub kind: Option<ControlTestKind>,
    /// Tests that found this.
    #[param(inline)]
    pub result: Option<ControlTestResult>,
    /// The test with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum ControlTestSort {
    /// Newest first.
    #[serde(rename = "-performed_on")]
    Newest,
    /// Oldest first.
    #[serde(rename = "performed_on")]
    Oldest,
}

impl SortOrder for ControlTestSort {
    const DEFAULT: Self = Self::Newest;
}

batch! {
    ControlTestBatch, ControlTestOperation {
        NewControlTest, ControlTestChange(ControlTestId, ControlTestPatch),
        put ControlTestPut, delete ControlTestRemoval
    }
}

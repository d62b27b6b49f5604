//! What each kind of event tells: the auditor, the window, the assertion, the report, the bridge letter.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scope::{AttestationScope, Why};
use crate::{
    kernel::{
        error::Faults,
        text::{Prose, Title},
        time::Date,
    },
    text_enum,
};

text_enum! {
    /// The standard under which a practitioner reports.
    AttestationStandard {
        /// AT-C section 205 of the AICPA.
        AtC205 = "at_c_205",
        /// CSAE 3000 of Canada.
        Csae3000 = "csae_3000",
        /// ISAE 3000 of the IAASB.
        Isae3000 = "isae_3000",
    }
}

text_enum! {
    /// What a practitioner concludes (D-07).
    Opinion {
        /// Without reservation.
        Unqualified = "unqualified",
        /// But for something that is material and not pervasive.
        Qualified = "qualified",
        /// Something is material and pervasive.
        Adverse = "adverse",
        /// No opinion could be formed.
        Disclaimer = "disclaimer",
    }
}

text_enum! {
    /// What an opinion is about.
    OpinionPart {
        /// Whether the description is fairly presented.
        Description = "description",
        /// Whether the controls are suitably designed.
        Design = "design",
        /// Whether they operated effectively throughout the period; of Type II alone.
        Operation = "operation",
    }
}

/// Months that a window may have at the most.
pub const MAX_MONTHS: i32 = 36;

/// The firm that reports, and what allows it to (D-15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ServiceAuditorInput")]
#[schema(example = json!({ "firm": "Example Assurance LLP", "jurisdiction": "New York", "standard": "at_c_205",
    "licence": "CPA-0001", "peer_reviewed_on": "2024-09-30", "independence_confirmed": true }))]
pub struct ServiceAuditor {
    /// The firm.
    pub firm: Title,
    /// Its licence.
    #[serde(default)]
    #[schema(example = "CPA-0001")]
    pub licence: Option<Title>,
    /// Where it is licensed: a country, or a state of one.
    #[serde(default)]
    #[schema(example = "New York")]
    pub jurisdiction: Option<Title>,
    /// The standard under which it reports.
    #[serde(default)]
    pub standard: Option<AttestationStandard>,
    /// When its practice was last reviewed by peers.
    #[serde(default)]
    pub peer_reviewed_on: Option<Date>,
    /// Whether it confirmed that it is independent.
    #[serde(default)]
    #[graphql(default)]
    pub independence_confirmed: bool,
}

impl ServiceAuditor {
    /// What D-15 wants and is not recorded.
    pub fn lacks(&self) -> Vec<&'static str> {
        [
            (self.licence.is_none(), "licence"),
            (self.jurisdiction.is_none(), "jurisdiction"),
            (self.standard.is_none(), "standard"),
            (self.peer_reviewed_on.is_none(), "peer_reviewed_on"),
            (!self.independence_confirmed, "independence_confirmed"),
        ]
        .into_iter()
        .filter_map(|(lacking, name)| lacking.then_some(name))
        .collect()
    }
}

/// The period of a Type II report: its first day, and either its months or its last day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ReportWindowInput")]
#[schema(example = json!({ "start": "2025-10-01", "months": 12, "end": null }))]
pub struct ReportWindow {
    /// The first day.
    pub start: Date,
    /// How many months it has.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 36, example = 12)]
    pub months: Option<i32>,
    /// The last day; in answers always there.
    #[serde(default)]
    pub end: Option<Date>,
}

impl ReportWindow {
    /// The last day: the engagement's own, or that of so many months (convention A.3.7).
    pub fn last(&self) -> Date {
        let months = self.months.and_then(|months| u32::try_from(months).ok());
        self.end.or(months.map(|months| self.start.period_end(months))).unwrap_or(self.start)
    }

    /// The same with its last day written out.
    pub fn settled(self) -> Self {
        Self { end: Some(self.last()), ..self }
    }

    /// Checks that it has one end.
    pub fn validate(&self, at: &str, faults: &mut Faults) {
        let one = self.months.is_some() != self.end.is_some();
        faults.when(!one, format!("{at}/months"), "must be given, or else end, and not both");
        let odd = self.months.is_some_and(|months| !(1..=MAX_MONTHS).contains(&months));
        faults.when(odd, format!("{at}/months"), format!("must be from 1 to {MAX_MONTHS}"));
        let end = self.end.filter(|_| self.months.is_none());
        let backwards = end.is_some_and(|end| end < self.start);
        faults.when(backwards, format!("{at}/end"), "must not be before start");
        let most = self.start.plus_months(MAX_MONTHS.unsigned_abs());
        let far = end.is_some_and(|end| end > most);
        faults.when(far, format!("{at}/end"), format!("must be within {MAX_MONTHS} months of start"));
    }
}

/// What management asserts in writing (D-09).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ManagementAssertionInput")]
pub struct ManagementAssertion {
    /// Who signed, by function.
    #[schema(example = "Chief executive")]
    pub signed_by: Title,
    /// The day of the signature.
    pub signed_on: Date,
}

/// The opinion on one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "PartOpinionInput")]
pub struct PartOpinion {
    /// The part.
    pub part: OpinionPart,
    /// The opinion on it.
    pub opinion: Opinion,
    /// What a reservation rests on, in the practitioner's words.
    #[serde(default)]
    #[graphql(default)]
    pub basis: Prose,
}

/// A report as its practitioner issued it. The practitioner decides; this is what was decided (D-07, D-08).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "IssuedReportInput")]
pub struct IssuedReport {
    /// The day that the report bears.
    pub report_date: Date,
    /// The opinion as a whole.
    pub opinion: Opinion,
    /// The opinion on each part.
    #[schema(max_items = 3)]
    pub parts: Vec<PartOpinion>,
}

/// A bridge letter: management's own word about the days after a period, without assurance (D-18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "BridgeLetterInput")]
pub struct BridgeLetter {
    /// The last day that it speaks of.
    pub covers_through: Date,
    /// The day of the signature.
    pub signed_on: Date,
    /// Who signed, by function.
    #[schema(example = "Chief executive")]
    pub signed_by: Title,
    /// What changed since the period.
    #[serde(default)]
    #[graphql(default)]
    pub changes: Prose,
    /// Whether it reminds of the complementary user entity controls.
    #[serde(default)]
    #[graphql(default)]
    pub reminds_of_user_controls: bool,
}

/// Why a report was recalled, and who knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "RecallInput")]
pub struct Recall {
    /// The facts that were found after the report date.
    pub reason: Why,
    /// The day on which everybody on the release log was told.
    #[serde(default)]
    pub release_list_notified_on: Option<Date>,
}

/// What a report prints that is already held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "PrintedReportInput")]
pub struct PrintedReport {
    /// What it addresses.
    pub scope: AttestationScope,
    /// Who issued it.
    pub auditor: ServiceAuditor,
    /// The day that it speaks of; of Type I.
    #[serde(default)]
    pub as_of: Option<Date>,
    /// The period that it speaks of; of Type II.
    #[serde(default)]
    #[schema(nullable = true)]
    pub window: Option<ReportWindow>,
    /// The day that it bears.
    pub report_date: Date,
    /// The opinion as a whole.
    pub opinion: Opinion,
    /// The opinion on each part.
    #[schema(max_items = 3)]
    pub parts: Vec<PartOpinion>,
}

impl PrintedReport {
    /// The report itself.
    pub fn report(&self) -> IssuedReport {
        IssuedReport { report_date: self.report_date, opinion: self.opinion, parts: self.parts.clone() }
    }
}

/// Checks the opinions on the parts.
pub fn validate_parts(parts: &[PartOpinion], at: &str, faults: &mut Faults) {
    let named: Vec<_> = parts.iter().map(|one| one.part).collect();
    faults.once_each(&format!("{at}/parts"), &named, OpinionPart::ALL.len());
}

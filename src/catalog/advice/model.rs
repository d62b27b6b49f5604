//! A question for advice, and the answer.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    facts::{AdviceInput, AdviceSource, Want},
    words::{DataKind, Goal, Industry, Region, ReportType},
};
use crate::{
    catalog::{
        FrameworkKey, catalog,
        model::{Dimension, Outcome},
    },
    kernel::{
        error::{Faults, Result},
        text::Title,
        time::Date,
    },
    text_enum,
};

/// Asks of one question at the most.
pub const MAX_ASKS: usize = 200;
/// The most persons that an organisation may count.
pub const MAX_SIZE: i32 = 10_000_000;

/// What a customer asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct CustomerAsk {
    /// The framework.
    #[schema(example = "soc2-2017")]
    pub framework: FrameworkKey,
    /// The kind of report, where that is said; of SOC 2 alone.
    #[serde(default)]
    pub report: Option<ReportType>,
    /// By when, where that is said.
    #[serde(default)]
    pub due: Option<Date>,
    /// Who asks, where that is said.
    #[serde(default)]
    pub customer: Option<Title>,
}

/// Notes what is wrong with an ask for a framework and a kind of report, at a pointer.
pub fn check_ask(at: &str, framework: &FrameworkKey, report: Option<ReportType>, faults: &mut Faults) {
    let known = catalog().framework(framework.as_str());
    faults.when(
        known.is_none(),
        format!("{at}/framework"),
        "is not a framework; GET /v1/frameworks lists them",
    );
    let certificate = known.is_some_and(|one| one.outcome == Outcome::Certification);
    faults.when(
        certificate && report.is_some(),
        format!("{at}/report"),
        "must be left out: this framework ends in a certificate",
    );
}

/// A question for advice. What is left out comes from the organisation's profile and its open customer requirements.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({
    "asks": [{ "framework": "soc2-2017", "due": "2027-02-28", "customer": "Example Retail Inc." }],
    "industry": "saas", "regions": ["north_america"], "data_handled": ["customer_confidential"],
    "needs_public_certificate": false, "size": 40,
}))]
pub struct FrameworkQuestion {
    /// What customers ask for; an empty list says that none does.
    #[schema(max_items = 200)]
    pub asks: Option<Vec<CustomerAsk>>,
    /// The line of business.
    pub industry: Option<Industry>,
    /// Where customers are.
    #[schema(max_items = 7)]
    pub regions: Option<Vec<Region>>,
    /// Which data is handled; `none` stands alone.
    #[schema(max_items = 8)]
    pub data_handled: Option<Vec<DataKind>>,
    /// Whether a certificate is needed that anybody may see.
    pub needs_public_certificate: Option<bool>,
    /// The day by which something must be in hand. Asks bring their own.
    pub deadline: Option<Date>,
    /// How many persons work there.
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub size: Option<i32>,
    /// What there is already: a valid certificate, a report that readers still take.
    #[schema(max_items = 3)]
    pub held: Option<Vec<Goal>>,
}

impl FrameworkQuestion {
    /// Checks bounds, lists and what is asked for.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let asks = self.asks.as_deref().unwrap_or_default();
        if asks.len() > MAX_ASKS {
            faults.when(true, "/asks", format!("must have at most {MAX_ASKS} items"));
        } else {
            for (n, ask) in asks.iter().enumerate() {
                check_ask(&format!("/asks/{n}"), &ask.framework, ask.report, &mut faults);
            }
        }
        faults.once_each("/regions", self.regions.as_deref().unwrap_or_default(), Region::ALL.len());
        faults.once_each("/held", self.held.as_deref().unwrap_or_default(), Goal::ALL.len());
        DataKind::check("/data_handled", self.data_handled.as_deref().unwrap_or_default(), &mut faults);
        let fits = self.size.is_none_or(|size| (1..=MAX_SIZE).contains(&size));
        faults.when(!fits, "/size", format!("must be from 1 to {MAX_SIZE} persons"));
        faults.into_result()
    }
}

text_enum! {
    /// What advice weighs.
    AdviceFactor {
        /// What customers ask for, and whether it can be there in time.
        CustomerRequirements = "customer_requirements",
        /// The line of business.
        Industry = "industry",
        /// Where customers are.
        Geography = "geography",
        /// Which data is handled.
        DataHandled = "data_handled",
        /// The need for a certificate that anybody may see.
        PublicCertificate = "public_certificate",
        /// Whether something is in hand by the deadline.
        Deadline = "deadline",
        /// The number of persons.
        Size = "size",
        /// What the outcome says by itself.
        Assurance = "assurance",
        /// What it costs to get there; counts against.
        Effort = "effort",
    }
}

text_enum! {
    /// Whether an outcome is there by the day it is wanted.
    AdviceTiming {
        /// By the usual lead time.
        InTime = "in_time",
        /// By the fastest lead time alone.
        Tight = "tight",
        /// Not even by the fastest lead time.
        Late = "late",
        /// No day is set.
        Undated = "undated",
        /// It is no part of this recommendation.
        Unanswered = "unanswered",
    }
}

text_enum! {
    /// What a reader of advice must know beside the ranking.
    AdviceCaution {
        /// SOC 2 ends in a report, not in a certificate.
        Soc2IsAReport = "soc2_is_a_report",
        /// A SOC 2 report goes to specified parties alone.
        Soc2ReportIsRestricted = "soc2_report_is_restricted",
        /// A Type II report needs its window.
        Type2NeedsItsWindow = "type_2_needs_its_window",
        /// Neither framework is a duty unless a contract or a law says so.
        Optional = "optional",
        /// The first recommendation leaves a customer waiting.
        NotInTime = "not_in_time",
        /// Card data has a standard of its own.
        CardDataHasItsOwnStandard = "card_data_has_its_own_standard",
        /// Something was asked for that advice does not weigh.
        NotWeighed = "not_weighed",
        /// Next to nothing is known of the organisation.
        LittleIsKnown = "little_is_known",
        /// All that advice could recommend is there already.
        NothingLeft = "nothing_left",
    }
}

/// An input of advice, with the place it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AdviceInputUsed {
    /// Which.
    pub input: AdviceInput,
    /// Its value, as text; null where it is not known.
    #[schema(max_length = 2000, example = "north_america, europe")]
    pub value: Option<String>,
    /// Where it came from.
    pub source: AdviceSource,
}

/// Why a factor counts as it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AdviceReason {
    /// The factor.
    pub factor: AdviceFactor,
    /// The input it weighed, as text; null where it is not known.
    #[schema(max_length = 2000, example = "saas")]
    pub input: Option<String>,
    /// Where the input came from.
    pub source: AdviceSource,
    /// How much the factor may count, in points; of customer requirements for each ask.
    #[schema(minimum = 0)]
    pub weight: i64,
    /// How much it counts here. The contributions of all factors sum to the score.
    pub contribution: i64,
    /// The reason in a sentence.
    #[schema(max_length = 2000, example = "Customers in North America ask for SOC 2 first.")]
    pub sentence: String,
    /// The point of the comparison it rests on: ISO/IEC 27001 on the left, SOC 2 on the right.
    pub comparison: Option<Dimension>,
}

/// How a recommendation answers an ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AdviceAnswer {
    /// Who asks, where that is said.
    pub customer: Option<Title>,
    /// What for.
    #[schema(max_length = 100, example = "a SOC 2 report")]
    pub wanted: String,
    /// By when, where that is said.
    pub due: Option<Date>,
    /// What answers it first; null where nothing does.
    pub answered_by: Option<Goal>,
    /// Whether that is there by then.
    pub timing: AdviceTiming,
}

/// One step of a recommendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AdviceStep {
    /// What it aims at.
    pub goal: Goal,
    /// The framework behind it.
    pub framework: FrameworkKey,
    /// What it ends in.
    pub outcome: Outcome,
    /// What it is made of.
    #[schema(max_length = 500)]
    pub made_of: String,
    /// The day it can be there at the fastest.
    pub fastest_on: Date,
    /// The day it is usually there.
    pub typical_on: Date,
}

/// What the work on one framework brings for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct SharedEvidence {
    /// The framework that comes first, or is there.
    pub from: FrameworkKey,
    /// The framework that comes later.
    pub to: FrameworkKey,
    /// How many requirements the later one has.
    #[schema(minimum = 0)]
    pub requirements: i64,
    /// How many of them have a counterpart in the first. It tells what evidence may be used again, and proves nothing.
    #[schema(minimum = 0)]
    pub with_counterpart: i64,
}

/// A way to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AdviceRecommendation {
    /// Its place, from 1.
    #[schema(minimum = 1)]
    pub rank: i64,
    /// The way in words.
    #[schema(max_length = 200, example = "SOC 2 Type I, then SOC 2 Type II")]
    pub title: String,
    /// Its points: the sum of its reasons' contributions.
    pub score: i64,
    /// Its steps, in order.
    #[schema(max_items = 3)]
    pub steps: Vec<AdviceStep>,
    /// Why, factor by factor.
    #[schema(max_items = 20)]
    pub reasons: Vec<AdviceReason>,
    /// How it answers each ask.
    #[schema(max_items = 4000)]
    pub answers: Vec<AdviceAnswer>,
    /// What the work on the first framework brings for the second; null where there is one framework alone.
    pub shared_evidence: Option<SharedEvidence>,
}

/// Something to know beside the ranking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AdviceWarning {
    /// Which.
    pub code: AdviceCaution,
    /// What it means here.
    #[schema(max_length = 2000)]
    pub detail: String,
}

/// An input that is not known, and whether it matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AdviceUnknown {
    /// Which.
    pub input: AdviceInput,
    /// Whether some value of it would put another recommendation first.
    pub would_change: bool,
    /// Such a value, as text; null where none would.
    #[schema(max_length = 200, example = "true")]
    pub such_as: Option<String>,
    /// The recommendation that would then be first; null where none would.
    #[schema(max_length = 200, example = "ISO/IEC 27001")]
    pub then_first: Option<String>,
}

/// Advice: ways to go, best first, with their reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Advice {
    /// The version of the table of weights.
    #[schema(max_length = 32, example = "2026-11")]
    pub weights: String,
    /// The day from which lead times are counted.
    pub as_of: Date,
    /// What was known, and from where.
    #[schema(max_items = 20)]
    pub inputs: Vec<AdviceInputUsed>,
    /// The ways to go, best first; empty where all is there already.
    #[schema(max_items = 20)]
    pub recommendations: Vec<AdviceRecommendation>,
    /// What to know beside the ranking.
    #[schema(max_items = 20)]
    pub warnings: Vec<AdviceWarning>,
    /// What is not known, and whether it matters.
    #[schema(max_items = 20)]
    pub unknown: Vec<AdviceUnknown>,
}

impl CustomerAsk {
    /// What advice weighs of it; none for a framework that it does not weigh.
    pub fn want(&self) -> Option<Want> {
        Want::of(&self.framework, self.report)
    }
}

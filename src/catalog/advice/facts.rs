//! What advice goes by: each input with the place it came from.

use super::words::{DataKind, Goal, Industry, Region, ReportType};
use crate::{
    catalog::{
        FrameworkKey,
        data::{ISO, SOC2},
    },
    kernel::{text::Title, time::Date},
    text_enum,
};

text_enum! {
    /// Where an input of advice came from.
    AdviceSource {
        /// The question itself.
        Request = "request",
        /// The organisation's profile.
        Profile = "profile",
        /// The customer requirements that are not settled yet.
        CustomerRequirements = "customer_requirements",
        /// The table of weights, the same for every organisation.
        Table = "table",
        /// Nowhere: it is not known.
        Absent = "absent",
    }
}

text_enum! {
    /// What advice asks about an organisation.
    AdviceInput {
        /// What customers ask for, by when.
        Asks = "asks",
        /// Its line of business.
        Industry = "industry",
        /// Where its customers are.
        Regions = "regions",
        /// Which data it handles.
        DataHandled = "data_handled",
        /// Whether it needs a certificate that anybody may see.
        NeedsPublicCertificate = "needs_public_certificate",
        /// The day by which something must be in hand.
        Deadline = "deadline",
        /// How many persons work for it.
        Size = "size",
        /// What it has already.
        Held = "held",
    }
}

/// A value, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// The value; none, or an empty list, where nothing is known.
    pub value: T,
    /// Where it came from.
    pub source: AdviceSource,
}

impl<T: Default> Default for Known<T> {
    fn default() -> Self {
        Self { value: T::default(), source: AdviceSource::Absent }
    }
}

impl<T> Known<T> {
    /// A value with the place it came from.
    pub fn new(value: T, source: AdviceSource) -> Self {
        Self { value, source }
    }
}

/// What a customer wants, as far as advice weighs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Want {
    /// A certificate against ISO/IEC 27001.
    Iso27001,
    /// A SOC 2 report of either type.
    Soc2,
    /// A SOC 2 Type I report.
    Soc2Type1,
    /// A SOC 2 Type II report.
    Soc2Type2,
}

impl Want {
    /// What is wanted under this framework; none for one that advice does not weigh.
    pub fn of(framework: &FrameworkKey, report: Option<ReportType>) -> Option<Self> {
        match (framework.as_str(), report) {
            (ISO, _) => Some(Self::Iso27001),
            (SOC2, None) => Some(Self::Soc2),
            (SOC2, Some(ReportType::Type1)) => Some(Self::Soc2Type1),
            (SOC2, Some(ReportType::Type2)) => Some(Self::Soc2Type2),
            _ => None,
        }
    }

    /// Its name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Iso27001 => "an ISO/IEC 27001 certificate",
            Self::Soc2 => "a SOC 2 report",
            Self::Soc2Type1 => "a SOC 2 Type I report",
            Self::Soc2Type2 => "a SOC 2 Type II report",
        }
    }
}

/// One ask of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Who asks, where that is said.
    pub customer: Option<Title>,
    /// What for.
    pub want: Want,
    /// By when, where that is said.
    pub due: Option<Date>,
}

/// Everything that advice goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What customers ask for.
    pub asks: Known<Vec<Ask>>,
    /// The line of business.
    pub industry: Known<Option<Industry>>,
    /// Where customers are.
    pub regions: Known<Vec<Region>>,
    /// Which data is handled.
    pub data_handled: Known<Vec<DataKind>>,
    /// Whether a certificate is needed that anybody may see.
    pub needs_public_certificate: Known<Option<bool>>,
    /// The day by which something must be in hand.
    pub deadline: Known<Option<Date>>,
    /// How many persons work there.
    pub size: Known<Option<i32>>,
    /// What there is already.
    pub held: Known<Vec<Goal>>,
    /// Asks for what advice does not weigh.
    pub unweighed: usize,
}

impl Facts {
    /// Where an input came from.
    pub fn source(&self, input: AdviceInput) -> AdviceSource {
        match input {
            AdviceInput::Asks => self.asks.source,
            AdviceInput::Industry => self.industry.source,
            AdviceInput::Regions => self.regions.source,
            AdviceInput::DataHandled => self.data_handled.source,
            AdviceInput::NeedsPublicCertificate => self.needs_public_certificate.source,
            AdviceInput::Deadline => self.deadline.source,
            AdviceInput::Size => self.size.source,
            AdviceInput::Held => self.held.source,
        }
    }

    /// An input's value as text; none where it is not known.
    pub fn text(&self, input: AdviceInput) -> Option<String> {
        let known = self.source(input) != AdviceSource::Absent;
        known.then(|| match input {
            AdviceInput::Asks => self.asks.value.len().to_string(),
            AdviceInput::Industry => one(self.industry.value),
            AdviceInput::Regions => words(&self.regions.value),
            AdviceInput::DataHandled => words(&self.data_handled.value),
            AdviceInput::NeedsPublicCertificate => one(self.needs_public_certificate.value),
            AdviceInput::Deadline => one(self.deadline.value),
            AdviceInput::Size => one(self.size.value),
            AdviceInput::Held => words(&self.held.value),
        })
    }
}

fn one<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn words<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

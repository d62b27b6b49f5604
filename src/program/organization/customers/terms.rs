//! What is asked for, and what is promised beside it.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    catalog::{
        FrameworkKey,
        advice::{ReportType, check_ask},
    },
    kernel::{
        error::Faults,
        text::{Prose, Title},
    },
    text_enum,
};

/// Asks of one requirement at the most.
pub const MAX_ASKS: usize = 20;
/// Promises of one requirement at the most.
pub const MAX_PROMISES: usize = 50;
/// The longest time to keep a promise, in days.
pub const MAX_DAYS: i32 = 365;

/// What a customer asks for: a framework of the catalog, or something else in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "FrameworkAskInput")]
#[schema(example = json!({ "framework": "soc2-2017", "report": "type_2", "other": null }))]
pub struct FrameworkAsk {
    /// The framework; null where it is something else.
    #[serde(default)]
    pub framework: Option<FrameworkKey>,
    /// The kind of report, where the customer says so; of SOC 2 alone.
    #[serde(default)]
    pub report: Option<ReportType>,
    /// Something else, in words; null where it is a framework.
    #[serde(default)]
    pub other: Option<Title>,
}

text_enum! {
    /// What a promise waits for.
    PromiseEvent {
        /// A certificate is suspended.
        Suspension = "suspension",
        /// A certificate is withdrawn.
        Withdrawal = "withdrawal",
        /// A certificate expires.
        Expiry = "expiry",
        /// The scope of a certificate or a report changes.
        ScopeChange = "scope_change",
        /// A new report or certificate is issued.
        ReportIssue = "report_issue",
        /// A report has a qualified or an adverse opinion.
        QualifiedOpinion = "qualified_opinion",
        /// Data is breached.
        Breach = "breach",
        /// A subservice organisation or another vendor changes.
        VendorChange = "vendor_change",
        /// Something else, told by the text.
        Other = "other",
    }
}

/// What the organisation promises a customer: to tell, or to do, something when something happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "PromiseInput")]
#[schema(example = json!({
    "notify_on": "suspension", "within_days": 5, "text": "Notify in writing within 5 days of a suspension",
}))]
pub struct Promise {
    /// What it waits for.
    pub notify_on: PromiseEvent,
    /// Days within which it is kept, from the day it happens; null where none is set.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 365, example = 5)]
    pub within_days: Option<i32>,
    /// The promise in words.
    #[serde(default)]
    #[graphql(default)]
    pub text: Prose,
}

/// Notes what is wrong with the asks of a requirement.
pub(super) fn check_asks(asks: &[FrameworkAsk], faults: &mut Faults) {
    faults.when(asks.is_empty(), "/asks", "must name at least one thing that is asked for");
    faults.once_each("/asks", asks, MAX_ASKS);
    for (n, ask) in asks.iter().take(MAX_ASKS).enumerate() {
        let at = format!("/asks/{n}");
        let one = ask.framework.is_some() != ask.other.is_some();
        faults.when(!one, &at, "must have either a framework or, in words, something other");
        let alone = ask.report.is_some() && ask.framework.is_none();
        faults.when(alone, format!("{at}/report"), "must stand with a framework");
        if let Some(framework) = &ask.framework {
            check_ask(&at, framework, ask.report, faults);
        }
    }
}

/// Notes what is wrong with the promises of a requirement.
pub(super) fn check_promises(promises: &[Promise], faults: &mut Faults) {
    faults.once_each("/promises", promises, MAX_PROMISES);
    for (n, promise) in promises.iter().take(MAX_PROMISES).enumerate() {
        let fits = promise.within_days.is_none_or(|days| (0..=MAX_DAYS).contains(&days));
        let at = format!("/promises/{n}/within_days");
        faults.when(!fits, at, format!("must be from 0 to {MAX_DAYS} days"));
    }
}

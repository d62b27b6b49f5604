//! The diary: what is due. A room computes the dates that follow from a resource's facts and hands them to the
//! transaction that writes the facts: `tx.expect(&resource, &dues)`. Lists, reminders, feeds and the portal read them
//! here, so that no room reaches up to the calendar.
//!
//! The dates are not journalled one by one: they follow from facts that are, and can be computed from them again.
//! What a person adds (an owner, a planned day) is a fact of its own and is journalled as `milestone.updated`. Where it is
//! the rules that changed, with a release, the diary is rewritten, and each date that moved is journalled.

mod drawing;
mod editions;
mod graphql;
mod model;
mod moment;
mod plan;
mod rule;
mod store;
mod timeline;
mod turns;
mod write;

pub use editions::{EDITION, begin, is_behind, note, rewrite};
pub use model::{
    AsOf, Due, Entry, Milestone, MilestoneFilter, MilestoneResource, MilestoneSort, MilestoneState, OnDay,
    RuleBasis, RuleInput, RuleRef,
};
pub use moment::{AtMoment, Moment, Noted};
pub use plan::{
    ASSUMED, HORIZON_MONTHS, Placed, PlanBound, PlanDays, PlanOrigin, PlanStep, Plannable, Simulated, WISHED,
    Week, Wish, first_permitted, place_in_day, simulate,
};
pub use rule::Rule;
pub use store::{get, milestones, of_resources, page, release, update};
pub use timeline::{Timeline, TimelineEntry, TimelineEntryKind, TimelineSpan, TimelineSpanKind};
pub use turns::{Turn, Turned, claim, untold};
pub use write::picture;

//! Evidence that is the report of an engagement: read here, written by the engagements' own room alone.

mod store;

pub(super) use store::reported_by;

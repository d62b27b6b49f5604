//! When a control was last performed, as its evidence shows.

mod store;

use std::collections::HashMap;

use super::engine;
use crate::{
    kernel::{error::Result, id::ControlId},
    platform::db::TenantTx,
    program::controls::testing::Operated,
};

/// The newest evidence of each of these controls and the last day that it shows, which is never after the one on which it
/// came. What is empty or rejected shows nothing. One statement.
pub(super) async fn newest(
    tx: &mut TenantTx,
    controls: &[ControlId],
) -> Result<HashMap<ControlId, Operated>> {
    let mut newest: HashMap<ControlId, Operated> = HashMap::new();
    for (control, evidence, covers_to, collected_at, uploaded_at) in store::dated(tx, controls).await? {
        let shown = engine::counted(covers_to, collected_at, uploaded_at);
        let (Some((day, _)), Some(came)) = (shown, uploaded_at) else { continue };
        let one = Operated { evidence, on: day.min(came.date_in(chrono_tz::UTC)) };
        let rank = |one: &Operated| (one.on, one.evidence.uuid());
        let last = newest.entry(control).or_insert(one);
        if rank(last) < rank(&one) {
            *last = one;
        }
    }
    Ok(newest)
}

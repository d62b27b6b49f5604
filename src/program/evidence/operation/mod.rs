//! When a control was last performed, as its evidence shows.

mod store;

use super::engine;
use crate::{
    kernel::{error::Result, id::ControlId},
    platform::db::TenantTx,
    program::controls::testing::Operated,
};

/// The newest evidence of a control and the last day that it shows, which is never after the one on which it came. What
/// is empty or rejected shows nothing.
pub(super) async fn newest(tx: &mut TenantTx, control: ControlId) -> Result<Option<Operated>> {
    let shown = |(evidence, covers_to, collected_at, uploaded_at): store::Dated| {
        let (day, _) = engine::counted(covers_to, collected_at, uploaded_at)?;
        Some(Operated { evidence, on: day.min(uploaded_at?.date_in(chrono_tz::UTC)) })
    };
    let all = store::dated(tx, control).await?;
    Ok(all.into_iter().filter_map(shown).max_by_key(|one| (one.on, one.evidence.uuid())))
}

//! The order of the events of one day.

use std::{cmp::Reverse, mem};

use super::{input::NewCertificationEvent, model::Dossier, store};
use crate::{
    kernel::error::{Code, Error, Result},
    platform::journal::Write,
};

const UNKNOWN: &str = "is no event of this certificate on the same day; GET …/events lists them";

/// The sequence of an event to come: the next, or where it took effect before another, that one's. Those of the day from that
/// one on then take the sequence of the one after them, the last of them the next.
///
/// # Errors
/// [`Code::Unprocessable`] where that one is no event of this certificate on the same day.
pub async fn sequence(tx: &mut Write, dossier: &mut Dossier, new: &NewCertificationEvent) -> Result<i32> {
    let mut free = dossier.events.iter().map(|event| event.sequence).max().unwrap_or(0) + 1;
    let Some(before) = new.before else { return Ok(free) };
    let day = new.effective_on();
    let events = dossier.events.iter_mut();
    let mut of_day: Vec<_> = events.filter(|event| Some(event.effective_on) == day).collect();
    let place = of_day.iter().find(|event| event.id == before).map(|event| event.sequence);
    let place = place.ok_or_else(|| Error::at(Code::Unprocessable, "/before", UNKNOWN))?;
    of_day.retain(|event| event.sequence >= place);
    // From the last on: no two ever have the same.
    of_day.sort_by_key(|event| Reverse(event.sequence));
    for event in of_day {
        store::reorder(tx, event.id, free).await?;
        free = mem::replace(&mut event.sequence, free);
    }
    Ok(free)
}

//! Midnight: what only time changes, written down. When a day begins in a tenant's time zone, each date that turns then
//! is journalled, once, with what follows from it: a reminder comes, a window opens, a day is due, a day is over, a
//! certificate expires. Feeds and reminders live on these entries. Accreditations that begin or run out by themselves have the
//! dates of their certificates told anew.
//!
//! What is already told stands with each date, so nothing is lost when no process runs at that hour, and nothing is told
//! twice when several do: the days that were missed are told one by one, in order.
//!
//! Before its days are told, the diary of a tenant that an earlier release wrote is written anew.

mod accreditations;
mod consequences;
mod pass;
mod rewriting;

pub use pass::{keep, pass};

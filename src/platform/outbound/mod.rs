//! Every HTTP call that the service makes on a tenant's behalf. A tenant names the place, so the place is never inside
//! the operator's own network unless the operator's allow-list says so: checked after the name was looked up, on the
//! very addresses that are then connected to. HTTPS alone, no redirects, no proxy, no cookies, bounded in time and
//! size.

mod address;
mod allow;
mod client;
mod resolve;
#[cfg(test)]
mod tests;

pub use address::special;
pub use allow::Allow;
pub use client::{Answer, Failure, Options, Outbound};
pub use resolve::{Lookup, SystemLookup};

//! Every content that a piece of evidence has and had. What was once sent stays as it was.

mod store;

pub(super) use store::{add, forget, get, named, page};

//! Words that several kinds of record share.

use crate::{bounded_text, text_enum};

bounded_text! {
    /// A few paragraphs of a record.
    RecordText: 1..=8000, like "The platform, the teams that build and run it, and the two offices.";
}

text_enum! {
    /// Whether a record still counts.
    RecordStatus default Current {
        /// It does.
        Current = "current",
        /// It does not any more.
        Retired = "retired",
    }
}

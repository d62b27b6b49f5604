//! The life of an evidence request: open, provided, accepted or returned. Pure.

use async_graphql::InputObject;
use serde::Deserialize;
use utoipa::ToSchema;

use super::model::EvidenceRequest;
use crate::{
    bounded_text,
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{EvidenceId, MemberId},
        text::Prose,
        time::{Date, Instant},
    },
    platform::db::Doc,
    text_enum,
};

text_enum! {
    /// How far an evidence request is.
    RequestStatus {
        /// Somebody is asked for it.
        Open = "open",
        /// Evidence was given; the auditor is to look at it.
        Provided = "provided",
        /// The auditor has what was asked for.
        Accepted = "accepted",
        /// The auditor gave it back: something else is needed.
        Returned = "returned",
    }
}

bounded_text! {
    /// Why evidence was given back.
    ReturnReason: 1..=2000, like "It shows June only; the audit looks at the whole year.";
}

/// Pieces of evidence given to one request at the most.
const MAX_EVIDENCE: usize = 100;

/// What is given to a request.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "The reviews of all four quarters" }))]
pub struct EvidenceProvision {
    /// The evidence, all of it.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub evidence: Vec<EvidenceId>,
    /// What to say of it; needed where no evidence is given.
    #[serde(default)]
    #[graphql(default)]
    pub note: Prose,
}

/// Why evidence is given back.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct EvidenceReturn {
    /// Why, and what is needed instead.
    pub reason: ReturnReason,
}

impl EvidenceRequest {
    fn must_be(&self, wanted: &[RequestStatus], done: &str) -> Result<()> {
        if wanted.contains(&self.status) {
            return Ok(());
        }
        let words: Vec<_> = wanted.iter().map(|one| one.as_str()).collect();
        let detail = format!("it is {}; only what is {} can be {done}", self.status, words.join(" or "));
        Err(Error::new(Code::Conflict, detail))
    }

    /// Takes what is given; what was given before is replaced.
    ///
    /// # Errors
    /// [`Code::Conflict`] when it was accepted; [`Code::Unprocessable`] where nothing is given.
    pub fn provide(
        &mut self,
        given: EvidenceProvision,
        by: MemberId,
        now: Instant,
        today: Date,
    ) -> Result<()> {
        self.must_be(&[RequestStatus::Open, RequestStatus::Provided, RequestStatus::Returned], "provided")?;
        let mut faults = Faults::default();
        let nothing = given.evidence.is_empty() && given.note.as_str().trim().is_empty();
        faults.when(nothing, "/evidence", "must name evidence, or else note must say something");
        faults.once_each("/evidence", &given.evidence, MAX_EVIDENCE);
        faults.into_result()?;
        self.status = RequestStatus::Provided;
        self.evidence = Doc(given.evidence);
        self.note = given.note;
        (self.provided_by, self.provided_at, self.provided_on) = (Some(by), Some(now), Some(today));
        (self.decided_by, self.decided_at, self.reason) = (None, None, None);
        Ok(())
    }

    /// Accepts what was given, or gives it back for a reason.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless another member has given something.
    pub fn decide(&mut self, by: MemberId, now: Instant, back: Option<ReturnReason>) -> Result<()> {
        let (status, word) = match back {
            None => (RequestStatus::Accepted, "accepted"),
            Some(_) => (RequestStatus::Returned, "returned"),
        };
        self.must_be(&[RequestStatus::Provided], word)?;
        if self.provided_by == Some(by) {
            let detail = "the member who provided it may not judge it; the auditor does";
            return Err(Error::new(Code::Conflict, detail));
        }
        self.status = status;
        (self.decided_by, self.decided_at, self.reason) = (Some(by), Some(now), back);
        Ok(())
    }
}

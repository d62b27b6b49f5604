//! The review of a piece of evidence: draft, submitted, accepted or rejected, and by whom. Pure.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    content::EvidenceContent,
    model::{Evidence, Replaced},
    store::evidence,
};
use crate::{
    bounded_text,
    kernel::{
        error::{Code, Error, Result},
        id::{EvidenceId, MemberId},
        page::SortOrder,
        time::{Date, Instant},
    },
    platform::db::Doc,
    text_enum,
};

text_enum! {
    /// How far a review is.
    ReviewState {
        /// It is being put together.
        Draft = "draft",
        /// Somebody else is to look at it.
        Submitted = "submitted",
        /// It counts.
        Accepted = "accepted",
        /// It does not, for the reason given.
        Rejected = "rejected",
    }
}

text_enum! {
    /// How a file compares with the digest that was computed when it came.
    VerificationOutcome {
        /// It is there, byte for byte.
        Match = "match",
        /// It is there, and is another.
        Mismatch = "mismatch",
        /// It is not there.
        Missing = "missing",
    }
}

bounded_text! {
    /// Why a piece of evidence was rejected.
    ReviewReason: 1..=2000, like "It shows June only; the control asks for the whole quarter.";
}

/// How far the review of a piece of evidence is.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    ToSchema,
    SimpleObject,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = evidence, treat_none_as_null = true, treat_none_as_default_value = false)]
#[graphql(name = "EvidenceReview")]
#[schema(as = EvidenceReview)]
pub struct Review {
    /// How far it is.
    #[diesel(column_name = review)]
    pub state: ReviewState,
    /// The member who submitted it.
    pub submitted_by: Option<MemberId>,
    /// When it was submitted.
    pub submitted_at: Option<Instant>,
    /// The member who accepted or rejected it.
    pub reviewed_by: Option<MemberId>,
    /// When it was accepted or rejected.
    pub reviewed_at: Option<Instant>,
    /// Why it was rejected.
    #[diesel(column_name = review_reason)]
    pub reason: Option<ReviewReason>,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            state: ReviewState::Draft,
            submitted_by: None,
            submitted_at: None,
            reviewed_by: None,
            reviewed_at: None,
            reason: None,
        }
    }
}

/// A rejection.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// Why.
    pub reason: ReviewReason,
}

/// How a file compared with its digest when it was read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[graphql(name = "EvidenceVerification")]
#[schema(as = EvidenceVerification)]
pub struct Verification {
    /// The content version that was read.
    #[schema(minimum = 1)]
    pub content_version: i32,
    /// How it compared.
    pub outcome: VerificationOutcome,
    /// When it was read.
    pub at: Instant,
    /// The member who asked.
    pub by: MemberId,
}

/// One content that a piece of evidence has or had.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct EvidenceVersion {
    /// The evidence.
    pub evidence_id: EvidenceId,
    /// Which content: 1, 2, 3 …
    #[schema(minimum = 1)]
    pub number: i32,
    /// What it held.
    pub content: EvidenceContent,
    /// When it came here.
    pub uploaded_at: Instant,
    /// The member who sent it.
    pub uploaded_by: MemberId,
    /// Where its bytes are, if it is a file.
    #[schema(max_length = 200)]
    pub content_path: Option<String>,
}

/// The order of contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum EvidenceVersionSort {
    /// The newest first.
    #[serde(rename = "-number")]
    Newest,
    /// The oldest first.
    #[serde(rename = "number")]
    Oldest,
}

impl SortOrder for EvidenceVersionSort {
    const DEFAULT: Self = Self::Newest;
}

impl EvidenceVersion {
    /// Where one stands in a list.
    pub(super) fn place(&self) -> (i32, String) {
        (self.number, self.number.to_string())
    }

    /// The path of a file's bytes.
    pub fn path(id: EvidenceId, number: i32) -> String {
        format!("/v1/evidence/{id}/versions/{number}/content")
    }
}

/// Earlier contents whose days stay in the diary.
const MAX_REPLACED: usize = 20;

impl Evidence {
    /// Takes this content as its next version, and goes back to being a draft.
    pub fn renew(&mut self, content: EvidenceContent, by: MemberId, now: Instant, today: Date) {
        if self.content_version > 0 {
            let Self { content_version: number, expires_on, fresh_until, .. } = *self;
            self.replaced.0.push(Replaced { number, expires_on, fresh_until, on: today });
            let over = self.replaced.len().saturating_sub(MAX_REPLACED);
            self.replaced.0.drain(..over);
        }
        self.content = Some(Doc(content));
        self.content_version += 1;
        self.uploaded_at = Some(now);
        self.uploaded_by = Some(by);
        self.review = Review::default();
    }

    /// Hands it in for review.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless it is a draft with content.
    pub fn submit(&mut self, by: MemberId, now: Instant) -> Result<()> {
        self.must_be(&[ReviewState::Draft], "submitted")?;
        if self.content.is_none() {
            return Err(Error::new(Code::Conflict, "it has no content yet; there is nothing to review"));
        }
        self.review = Review {
            state: ReviewState::Submitted,
            submitted_by: Some(by),
            submitted_at: Some(now),
            ..Review::default()
        };
        Ok(())
    }

    /// Makes it a draft again.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless it was submitted or rejected.
    pub fn withdraw(&mut self) -> Result<()> {
        self.must_be(&[ReviewState::Submitted, ReviewState::Rejected], "withdrawn")?;
        self.review = Review::default();
        Ok(())
    }

    /// Accepts it, or rejects it for a reason.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless somebody else has submitted it.
    pub fn judge(&mut self, by: MemberId, now: Instant, rejection: Option<ReviewReason>) -> Result<()> {
        let word = if rejection.is_some() { "rejected" } else { "accepted" };
        self.must_be(&[ReviewState::Submitted], word)?;
        if self.review.submitted_by == Some(by) {
            let detail = "the member who submitted it may not review it; ask another one";
            return Err(Error::new(Code::Conflict, detail));
        }
        self.review.state = if rejection.is_some() { ReviewState::Rejected } else { ReviewState::Accepted };
        if rejection.is_none() {
            self.accepted_version = Some(self.content_version);
        }
        self.review.reviewed_by = Some(by);
        self.review.reviewed_at = Some(now);
        self.review.reason = rejection;
        Ok(())
    }

    fn must_be(&self, wanted: &[ReviewState], done: &str) -> Result<()> {
        let state = self.review.state;
        if wanted.contains(&state) {
            return Ok(());
        }
        let words: Vec<_> = wanted.iter().map(|one| one.as_str()).collect();
        let detail = format!("it is {state}; only what is {} can be {done}", words.join(" or "));
        Err(Error::new(Code::Conflict, detail))
    }
}

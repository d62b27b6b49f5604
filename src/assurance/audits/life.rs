//! The life of an audit: planned, in progress, completed or cancelled; a completed one can be voided. Pure.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::model::{Audit, AuditKind};
use crate::{
    bounded_text,
    kernel::{
        error::{Code, Error, Faults, Result},
        text::{Prose, ShortCode, Title},
        time::{Date, Instant},
    },
    platform::db::Doc,
    text_enum,
};

text_enum! {
    /// How far an audit is.
    AuditStatus {
        /// It will be held.
        Planned = "planned",
        /// It is being held.
        InProgress = "in_progress",
        /// It was held, and concluded.
        Completed = "completed",
        /// It will not be held.
        Cancelled = "cancelled",
        /// It was recorded as completed by mistake.
        Voided = "voided",
    }
}

text_enum! {
    /// What an audit came to.
    AuditConclusion {
        /// The team recommends what the audit was for.
        Positive = "positive",
        /// It does not.
        Negative = "negative",
        /// Stage 1: stage 2 can be held.
        Ready = "ready",
        /// Stage 1: it cannot yet.
        NotReady = "not_ready",
    }
}

impl AuditConclusion {
    /// Whether it is one of a stage 1.
    const fn is_of_stage_1(self) -> bool {
        matches!(self, Self::Ready | Self::NotReady)
    }
}

bounded_text! {
    /// Why a rule is not kept, or an audit is cancelled or voided.
    AuditReason: 1..=2000, like "The certification body granted a postponement in writing.";
}

/// Rules of one acknowledgement at the most.
const MAX_RULES: usize = 20;
/// The longest audit, in days.
const MAX_DAYS: i64 = 366;

/// Rules that are known to be contradicted, and why: a fact is stored all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = AuditAcknowledgement)]
#[graphql(name = "AuditAcknowledgement")]
pub struct Acknowledgement {
    /// The rules' ids.
    #[schema(max_items = 20)]
    pub rules: Vec<ShortCode>,
    /// Why.
    pub reason: AuditReason,
}

fn example() -> Value {
    json!({ "started_on": "2026-02-10", "ended_on": "2026-02-12", "conclusion": "positive" })
}

/// What an audit came to.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct AuditCompletion {
    /// Its first day; the day on which it was started unless given, or else its last day.
    #[serde(default)]
    pub started_on: Option<Date>,
    /// Its last day, which is the one that counts.
    pub ended_on: Date,
    /// What it came to.
    pub conclusion: AuditConclusion,
    /// The same in words.
    #[serde(default)]
    #[graphql(default)]
    pub summary: Prose,
    /// Rules that it is known to contradict. Needs a reason.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub acknowledge: Vec<ShortCode>,
    /// Why it contradicts them.
    #[serde(default)]
    pub reason: Option<AuditReason>,
}

impl AuditCompletion {
    fn validate(&self, audit: &Audit, first: Date, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        faults.when(self.ended_on > today, "/ended_on", "must not be in the future");
        faults.when(first > self.ended_on, "/started_on", "must not be after ended_on");
        let long = self.ended_on.days_since(first) >= MAX_DAYS;
        faults.when(long, "/started_on", format!("must be within {MAX_DAYS} days of ended_on"));
        let stage_1 = audit.kind == AuditKind::Stage1;
        let words = if stage_1 { "ready or not_ready" } else { "positive or negative" };
        let fits = self.conclusion.is_of_stage_1() == stage_1;
        faults.when(!fits, "/conclusion", format!("must be {words} for an audit of this kind"));
        faults.once_each("/acknowledge", &self.acknowledge, MAX_RULES);
        let half = self.acknowledge.is_empty() == self.reason.is_some();
        faults.when(half, "/reason", "must be given together with acknowledge");
        faults.into_result()
    }
}

/// The beginning of an audit.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "started_on": "2026-02-10" }))]
pub struct AuditStart {
    /// Its first day; today unless given.
    pub started_on: Option<Date>,
}

/// Why an audit ends without a conclusion.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct AuditEnd {
    /// Why.
    #[schema(example = "Entered twice")]
    pub reason: AuditReason,
}

/// What differs in next year's audit.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "planned_start": "2027-02-09", "planned_end": "2027-02-11" }))]
pub struct AuditCopy {
    /// Its first day.
    pub planned_start: Date,
    /// Its last day; the same unless given.
    #[serde(default)]
    pub planned_end: Option<Date>,
    /// What it is called; as the one before unless given.
    #[serde(default)]
    pub title: Option<Title>,
}

impl Audit {
    /// Whether it was neither held nor called off.
    pub fn is_ahead(&self) -> bool {
        matches!(self.status, AuditStatus::Planned | AuditStatus::InProgress)
    }

    fn must_be(&self, wanted: &[AuditStatus], done: &str) -> Result<()> {
        if wanted.contains(&self.status) {
            return Ok(());
        }
        let words: Vec<_> = wanted.iter().map(|one| one.as_str()).collect();
        let detail = format!("it is {}; only what is {} can be {done}", self.status, words.join(" or "));
        Err(Error::new(Code::Conflict, detail))
    }

    /// Begins it.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless it is planned; [`Code::Unprocessable`] for a day to come.
    pub fn start(&mut self, new: &AuditStart, today: Date) -> Result<()> {
        self.must_be(&[AuditStatus::Planned], "started")?;
        let on = new.started_on.unwrap_or(today);
        if on > today {
            return Err(Error::at(Code::Unprocessable, "/started_on", "must not be in the future"));
        }
        self.status = AuditStatus::InProgress;
        self.started_on = Some(on);
        Ok(())
    }

    /// Concludes it.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless it is planned or in progress; [`Code::Unprocessable`] for days or a conclusion that do
    /// not fit.
    pub fn complete(&mut self, new: AuditCompletion, now: Instant, today: Date) -> Result<()> {
        self.must_be(&[AuditStatus::Planned, AuditStatus::InProgress], "completed")?;
        let first = new.started_on.or(self.started_on).unwrap_or(new.ended_on);
        new.validate(self, first, today)?;
        self.status = AuditStatus::Completed;
        self.started_on = Some(first);
        self.ended_on = Some(new.ended_on);
        self.conclusion = Some(new.conclusion);
        self.summary = new.summary;
        self.completed_at = Some(now);
        self.acknowledged = new.reason.map(|reason| Doc(Acknowledgement { rules: new.acknowledge, reason }));
        Ok(())
    }

    /// Calls it off.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless it is planned or in progress.
    pub fn cancel(&mut self, end: AuditEnd) -> Result<()> {
        self.must_be(&[AuditStatus::Planned, AuditStatus::InProgress], "cancelled")?;
        self.status = AuditStatus::Cancelled;
        self.end_reason = Some(end.reason);
        Ok(())
    }

    /// Says that it never happened so.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless it is completed.
    pub fn void(&mut self, end: AuditEnd, now: Instant) -> Result<()> {
        self.must_be(&[AuditStatus::Completed], "voided")?;
        self.status = AuditStatus::Voided;
        self.voided_at = Some(now);
        self.end_reason = Some(end.reason);
        Ok(())
    }

    /// What the next one takes from this one: everything but its days, what came of it, and what it alone serves.
    pub fn again(&self, copy: AuditCopy, now: Instant) -> Self {
        Self {
            title: copy.title.unwrap_or_else(|| self.title.clone()),
            planned_start: copy.planned_start,
            planned_end: copy.planned_end.unwrap_or(copy.planned_start),
            attestation: None,
            programme: None,
            programme_audit: None,
            started_on: None,
            ended_on: None,
            auditors: Doc::default(),
            agenda: Doc::default(),
            status: AuditStatus::Planned,
            conclusion: None,
            summary: Prose::default(),
            completed_at: None,
            acknowledged: None,
            voided_at: None,
            end_reason: None,
            external_refs: Doc::default(),
            version: 1,
            created_at: now,
            ..self.clone()
        }
    }
}

//! How a finding was judged: verified by the body that raised it, effective or not, reopened. Pure.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Finding, FindingGrade, FindingState};
use crate::{
    bounded_text,
    kernel::{
        error::{Code, Error, Result},
        id::MemberId,
        text::{Prose, Title},
        time::{Date, Instant},
    },
    platform::{db::Doc, diary::Moment},
};

bounded_text! {
    /// Why a finding is open again.
    ReopeningReason: 1..=2000, like "The sample of July shows the same gap.";
}

/// Checks of a finding at the most.
const MAX_CHECKS: usize = 50;

/// That correction and corrective action were verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct FindingVerification {
    /// The day.
    pub on: Date,
    /// Who verified it: an auditor of the certification body, or of the organisation.
    pub by: Title,
    /// What was seen.
    pub note: Prose,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// How the effect of what was done was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct FindingCheck {
    /// The day.
    pub on: Date,
    /// Whether it was effective; otherwise the finding is open again.
    pub effective: bool,
    /// What was seen, or why it is open again.
    pub note: Prose,
    /// The member who judged.
    #[graphql(name = "byId")]
    pub by: MemberId,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The verification that it took back, which stood until then; null where none did.
    pub took_back: Option<FindingVerification>,
}

/// The verification that stood by what counts of the record: whatever a check took back that does not count.
pub fn verified_by<'a>(
    now: Option<&'a FindingVerification>,
    checks: &'a [FindingCheck],
    counts: impl Fn(Instant, Date) -> bool,
) -> Option<&'a FindingVerification> {
    let later = checks.iter().filter(|check| !counts(check.recorded_at, check.on));
    let taken_back = later.filter_map(|check| check.took_back.as_ref());
    taken_back.chain(now).find(|one| counts(one.recorded_at, one.on))
}

/// A verification to record.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(name = "NewFindingVerification")]
#[schema(as = NewFindingVerification, example = json!({ "by": "Lead auditor of the certification body" }))]
pub struct NewVerification {
    /// The day; today unless given.
    #[serde(default)]
    pub on: Option<Date>,
    /// Who verified it.
    pub by: Title,
    /// What was seen.
    #[serde(default)]
    #[graphql(default)]
    pub note: Prose,
}

/// A check of the effect to record.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(name = "NewFindingCheck")]
#[schema(as = NewFindingCheck, example = json!({ "effective": true }))]
pub struct NewCheck {
    /// The day; today unless given.
    #[serde(default)]
    pub on: Option<Date>,
    /// Whether what was done is effective; otherwise the finding is open again.
    pub effective: bool,
    /// What was seen.
    #[serde(default)]
    #[graphql(default)]
    pub note: Prose,
}

/// To reopen what was verified or closed too early.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct FindingReopening {
    /// Why.
    pub reason: ReopeningReason,
}

/// Who judges, when.
pub struct Judge {
    /// The member.
    pub by: MemberId,
    /// The moment.
    pub at: Instant,
    /// The day.
    pub today: Date,
}

impl Judge {
    fn day(&self, given: Option<Date>, finding: &Finding) -> Result<Date> {
        let on = given.unwrap_or(self.today);
        let fault = match on {
            _ if on > self.today => "must not be in the future",
            _ if on < finding.raised_on => "must not be before the finding was raised",
            _ => return Ok(on),
        };
        Err(Error::at(Code::Unprocessable, "/on", fault))
    }
}

impl Finding {
    /// Verified it is, once what was planned is done. `undone` corrective actions are not.
    ///
    /// # Errors
    /// [`Code::Conflict`] when it is verified or closed already, or an action is not implemented.
    pub fn verify(&mut self, new: NewVerification, judge: &Judge, undone: usize) -> Result<()> {
        if !self.is_pending() {
            let detail = format!("it is {} already; reopen it first", self.stage);
            return Err(Error::new(Code::Conflict, detail));
        }
        self.must_be_done(undone)?;
        let on = judge.day(new.on, self)?;
        let verification = FindingVerification { on, by: new.by, note: new.note, recorded_at: judge.at };
        self.verification = Some(Doc(verification));
        Ok(())
    }

    /// Closed it is where what was done is effective, and open again where it is not.
    ///
    /// # Errors
    /// [`Code::Conflict`] when it is closed already, or nothing is done that could have an effect.
    pub fn judge(&mut self, new: NewCheck, judge: &Judge, undone: usize) -> Result<()> {
        if self.stage == FindingState::Closed {
            return Err(Error::new(Code::Conflict, "it is closed already; reopen it first"));
        }
        let nonconformity = matches!(self.grade, FindingGrade::Major | FindingGrade::Minor);
        let done = matches!(self.stage, FindingState::Implemented | FindingState::Verified);
        if nonconformity && !done {
            let detail = "nothing has been done about it whose effect could be judged; enter a corrective action \
                and when it was implemented, or its verification";
            return Err(Error::new(Code::Conflict, detail));
        }
        self.must_be_done(undone)?;
        let on = judge.day(new.on, self)?;
        self.note_check(FindingCheck {
            on,
            effective: new.effective,
            note: new.note,
            by: judge.by,
            recorded_at: judge.at,
            took_back: None,
        })
    }

    /// Open it is again.
    ///
    /// # Errors
    /// [`Code::Conflict`] unless it was verified or closed.
    pub fn reopen(&mut self, new: &FindingReopening, judge: &Judge) -> Result<()> {
        if self.is_pending() {
            return Err(Error::new(
                Code::Conflict,
                format!("it is {}; there is nothing to reopen", self.stage),
            ));
        }
        self.note_check(FindingCheck {
            on: judge.today,
            effective: false,
            note: new.reason.as_str().parse().map_err(Error::internal)?,
            by: judge.by,
            recorded_at: judge.at,
            took_back: None,
        })
    }

    /// The finding as it had been judged at a moment.
    pub fn judged_at(mut self, moment: Moment) -> Self {
        let counts = |recorded_at: Instant, on: Date| moment.tells(recorded_at, None, on);
        let verified = verified_by(self.verification.as_deref(), &self.checks, counts);
        self.verification = verified.cloned().map(Doc);
        self.checks.0.retain(|check| counts(check.recorded_at, check.on));
        self
    }

    fn must_be_done(&self, undone: usize) -> Result<()> {
        if undone == 0 {
            return Ok(());
        }
        let detail =
            format!("{undone} of its corrective actions are not implemented; say when each was, first");
        Err(Error::new(Code::Conflict, detail))
    }

    fn note_check(&mut self, mut check: FindingCheck) -> Result<()> {
        if self.checks.len() >= MAX_CHECKS {
            let detail = format!("a finding is judged {MAX_CHECKS} times at the most; raise it anew");
            return Err(Error::new(Code::Conflict, detail));
        }
        if !check.effective {
            check.took_back = self.verification.take().map(|one| one.0);
        }
        self.checks.0.push(check);
        Ok(())
    }
}

//! What others read of a finding: a certificate asks which majors are open, and which minors have an accepted plan.

use diesel::prelude::*;

use super::{
    judged::{FindingCheck, FindingVerification, verified_by},
    model::{FindingGrade, FindingState},
    store::findings,
};
use crate::{
    kernel::{
        id::{AuditId, FindingId},
        text::{Prose, Title},
        time::{Date, Instant},
    },
    platform::{db::Doc, diary::Moment},
};

/// A finding, and the audit that raised it; none where the organisation found it by itself.
pub type Raised = (FindingId, Option<AuditId>);

/// What is known of a finding of an audit.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = findings)]
pub struct FindingFact {
    /// Its id.
    pub id: FindingId,
    /// The audit that raised it.
    #[diesel(column_name = audit_id)]
    pub audit: Option<AuditId>,
    /// What it is called.
    pub title: Title,
    /// How much it weighs.
    pub grade: FindingGrade,
    /// The day on which it was raised.
    pub raised_on: Date,
    /// When it was entered.
    #[diesel(column_name = created_at)]
    pub recorded_at: Instant,
    /// How far it is; never `plan_due`, which hangs on the day.
    pub stage: FindingState,
    /// When the body had accepted the plans of all its corrective actions.
    pub plan_accepted_on: Option<Date>,
    /// When those plans are due; [`Date::MAX`] where nothing says so.
    pub plan_due_on: Date,
    /// When it is to be verified; [`Date::MAX`] where nothing says so.
    pub due_on: Date,
    /// That it was verified; none while it is open or open again.
    pub verification: Option<Doc<FindingVerification>>,
    /// How the effect of what was done was judged.
    pub checks: Doc<Vec<FindingCheck>>,
}

impl FindingFact {
    /// The finding as it had been judged by what was recorded at a moment; none where it was not recorded yet. Its title,
    /// its grade and the plans of its corrective actions are told as they are.
    pub fn known(&self, moment: Moment) -> Option<Self> {
        let known = |recorded_at: Instant, _: Date| moment.knows(recorded_at);
        let verified = verified_by(self.verification.as_deref(), &self.checks, known);
        moment.knows(self.recorded_at).then(|| Self {
            verification: verified.cloned().map(Doc),
            checks: Doc(self
                .checks
                .iter()
                .filter(|check| moment.knows(check.recorded_at))
                .cloned()
                .collect()),
            ..self.clone()
        })
    }

    /// The day from which, as it stood on a day, nothing more was to be done about it: verified, or closed without that;
    /// none where it was open then.
    pub fn settled_on(&self, day: Date) -> Option<Date> {
        let verified = verified_by(self.verification.as_deref(), &self.checks, |_, on| on <= day);
        let last = self.checks.iter().rfind(|check| check.on <= day);
        verified.map(|one| one.on).or(last.filter(|check| check.effective).map(|check| check.on))
    }

    /// The same once its plan is accepted and it is verified, each on the day by which that is due, or on a day where that is
    /// later; none where it is settled, or nothing says by when.
    pub fn closed_by_due(&self, from: Date) -> Option<Self> {
        if self.settled_on(Date::MAX).is_some() || self.due_on == Date::MAX {
            return None;
        }
        let on = self.due_on.max(from);
        let (by, note) = ("To be verified".parse().ok()?, Prose::default());
        let verification = FindingVerification { on, by, note, recorded_at: self.recorded_at };
        let accepted = self.plan_due_on.max(from).min(on);
        Some(Self {
            plan_accepted_on: self.plan_accepted_on.or(Some(accepted)),
            verification: Some(Doc(verification)),
            ..self.clone()
        })
    }
}

//! Which event a rule speaks against, why, and what would be accepted instead.

use super::{
    super::{
        log::{CertificationEvent, CertificationEventType as Type, ScopeChange},
        rules::RULES,
    },
    periods,
    state::{Phase, State, Terms},
    status::CertificationStatus as Status,
};
use crate::{
    assurance::audits::AuditConclusion,
    kernel::{error::Breach, time::Date},
    platform::diary::Rule,
};

/// A rule that speaks against an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The rule.
    pub rule: &'static Rule,
    /// Why it speaks against the event.
    pub detail: String,
    /// What would be accepted instead, and until when.
    pub instead: Option<(Type, Option<Date>)>,
}

impl From<&Objection> for Breach {
    fn from(objection: &Objection) -> Self {
        let instead = match objection.instead {
            Some((event, Some(until))) => format!("{event}, until {until}"),
            Some((event, None)) => event.to_string(),
            None => "nothing on that day".to_owned(),
        };
        objection.rule.against(objection.detail.clone(), instead)
    }
}

/// What speaks against an event, by the state in which it finds the certificate.
pub fn objections(state: &State, event: &CertificationEvent) -> Vec<Objection> {
    let mut all = Court { state, event, status: state.status(event.effective_on), found: Vec::new() };
    all.judge();
    all.found
}

/// What speaks against a transfer, by the accreditation of the body that it leaves.
pub fn of_body(state: &State, terms: &Terms, event: &CertificationEvent) -> Option<Objection> {
    let day = event.effective_on;
    let leaves = matches!(event.event, Type::TransferredIn | Type::TransferredOut);
    if !leaves || periods::accredited(terms, day) {
        return None;
    }
    let Some(lost) = periods::accreditation_lost(terms, day) else {
        let detail = "its certification body has no accreditation on record".to_owned();
        return Some(Objection { rule: &RULES.transfers, detail, instead: Some((Type::Applied, None)) });
    };
    let last = state.cycle_on(day).map_or(Date::MAX, |cycle| cycle.last_day());
    let by = lost.plus_months(RULES.transfer).min(last);
    let detail =
        format!("its certification body lost its accreditation on {lost}; a transfer was complete by {by}");
    let late = Objection { rule: &RULES.lost_accreditation, detail, instead: Some((Type::Applied, None)) };
    (by < day).then_some(late)
}

struct Court<'a> {
    state: &'a State,
    event: &'a CertificationEvent,
    status: Status,
    found: Vec<Objection>,
}

impl Court<'_> {
    fn judge(&mut self) {
        self.effective();
        match self.event.event {
            Type::RegisteredExisting => {}
            Type::Applied => self.applied(),
            Type::Stage1Completed => self.staged(),
            Type::Stage2Completed => self.stage_2(),
            Type::Granted => self.granted(),
            Type::Refused => self.decided(),
            Type::SurveillanceCompleted => {
                self.only_in(&[Status::Active, Status::SuspendedInPart, Status::Suspended])
            }
            Type::RecertificationAuditCompleted => self.only_in(&[
                Status::Active,
                Status::SuspendedInPart,
                Status::Suspended,
                Status::ExpiredRestorable,
            ]),
            Type::Suspended => self.only_in(&[Status::Active, Status::SuspendedInPart]),
            Type::SuspensionLifted => self.only_in(&[Status::Suspended, Status::SuspendedInPart]),
            Type::Withdrawn => self.only_in(&[
                Status::Active,
                Status::SuspendedInPart,
                Status::Suspended,
                Status::ExpiredRestorable,
                Status::Closed,
                Status::EditionEnded,
            ]),
            Type::ScopeChanged => self.scope_changed(),
            Type::Recertified => self.recertified(),
            Type::RestoredAfterExpiry => self.restored(),
            Type::ReinstatedAfterStage2 => self.reinstated(),
            Type::TransferredIn | Type::TransferredOut => self.transferred(),
            Type::Transitioned => self.transitioned(),
            Type::ExpiryExtended => self.extended(),
            Type::SurveillancePostponed => self.postponed(),
        }
    }

    fn object(&mut self, rule: &'static Rule, detail: String, instead: Option<(Type, Option<Date>)>) {
        self.found.push(Objection { rule, detail, instead });
    }

    /// An audit before anything else is known of the certificate was held before it was entered here.
    fn is_history(&self) -> bool {
        self.event.event.is_audit() && self.state.phase == Phase::Unknown && self.state.cycles.is_empty()
    }

    fn only_in(&mut self, allowed: &[Status]) {
        if allowed.contains(&self.status) || self.is_history() {
            return;
        }
        let words: Vec<_> = allowed.iter().map(|status| status.as_str()).collect();
        let (event, status, day) = (self.event.event, self.status, self.event.effective_on);
        let detail = format!("{event} follows on {}; on {day} the certificate is {status}", words.join(", "));
        let instead = self.way_back();
        self.object(&RULES.state_machine, detail, instead);
    }

    /// What leads back from where it stands.
    fn way_back(&self) -> Option<(Type, Option<Date>)> {
        let day = self.event.effective_on;
        match self.status {
            Status::Suspended => {
                Some((Type::SuspensionLifted, self.state.cycle_on(day).map(|one| one.last_day())))
            }
            Status::ExpiredRestorable => Some((
                Type::RestoredAfterExpiry,
                self.state.cycle_on(day).and_then(|one| self.state.restorable_until(one)),
            )),
            Status::Closed => Some((Type::ReinstatedAfterStage2, None)),
            Status::EditionEnded | Status::Withdrawn | Status::Refused => Some((Type::Applied, None)),
            _ => None,
        }
    }

    fn effective(&mut self) {
        let on = self.event.effective_on;
        let printed = self.event.printed.as_deref().and_then(|printed| printed.valid_from);
        if self.event.says().valid_from.or(printed).is_some_and(|from| from < on) {
            let detail = format!("it cannot be effective before its decision of {on}");
            self.object(&RULES.effective, detail, None);
        }
    }

    fn applied(&mut self) {
        let held =
            self.status.usable() || matches!(self.status, Status::Suspended | Status::ExpiredRestorable);
        if held {
            let detail = format!("it is {}: a certificate that is held is renewed", self.status);
            let instead = self.way_back().or(Some((Type::Recertified, None)));
            self.object(&RULES.state_machine, detail, instead);
        }
    }

    /// The stages lead to a certificate, or back to one that has expired; a refused application, and a certificate that is
    /// over for good, are behind them (A.4).
    fn staged(&mut self) {
        let over = [Status::Refused, Status::Withdrawn, Status::TransferredOut, Status::EditionEnded];
        if over.contains(&self.status) && !self.state.applying() {
            let detail = format!("it is {}: an audit of this kind follows on a new application", self.status);
            self.object(&RULES.state_machine, detail, Some((Type::Applied, None)));
        }
    }

    fn stage_2(&mut self) {
        self.staged();
        let on = self.event.effective_on;
        let since = self.state.anew_since.unwrap_or(Date::MIN);
        let stage_1 = self.state.stage_1.iter().rfind(|days| since <= days.ended_on && days.ended_on <= on);
        let instead = Some((Type::Stage1Completed, None));
        match stage_1 {
            _ if !self.state.applying() => {}
            None => self.object(&RULES.stages, format!("no stage 1 was completed by {on}"), instead),
            Some(days) if days.conclusion == Some(AuditConclusion::NotReady) => {
                let detail =
                    format!("the stage 1 of {} found that it is not ready for stage 2", days.ended_on);
                self.object(&RULES.stages_apart, detail, instead);
            }
            Some(_) => {}
        }
    }

    fn granted(&mut self) {
        self.decided();
        self.edition_open(self.state.stage_2_by(self.event.effective_on));
    }

    /// An application is decided on after its stage 2, also one that was made after a certificate was over (A.4).
    fn decided(&mut self) {
        let over = [Status::Closed, Status::Withdrawn, Status::TransferredOut, Status::EditionEnded];
        let anew = over.contains(&self.status) && self.state.phase == Phase::Stage2Done;
        if !anew {
            self.only_in(&[Status::Stage2Done]);
        }
    }

    /// Initial and recertification audits against an edition that ends are no longer held: the audit counts on which
    /// the decision rests, or else the decision's day.
    fn edition_open(&mut self, audited_on: Option<Date>) {
        let on = audited_on.unwrap_or(self.event.effective_on);
        let Some(end) = self.state.edition_end().filter(|end| end.last_audit_day() < on) else { return };
        let (edition, last, ends) = (end.edition, end.last_audit_day(), end.last_day());
        let detail = format!("audits against the edition of {edition} ended on {last}; this one was on {on}");
        let moves = self.status.usable() && self.event.effective_on <= ends;
        let instead = match self.event.event {
            // What is granted to another edition is a certificate of its own, with a record of its own.
            Type::Granted => None,
            _ if moves => Some((Type::Transitioned, Some(ends))),
            _ => Some((Type::Applied, None)),
        };
        self.object(&RULES.edition_audits, detail, instead);
    }

    /// Nothing of an edition comes back after its end.
    fn edition_over(&mut self) {
        let detail = "its edition has ended: it counts as a new client".to_owned();
        self.object(&RULES.edition_over, detail, Some((Type::Applied, None)));
    }

    fn scope_changed(&mut self) {
        let reduced = self.event.says().change == Some(ScopeChange::Reduced);
        if reduced {
            self.only_in(&[Status::Active, Status::SuspendedInPart, Status::Suspended]);
        } else if self.status == Status::Suspended {
            let detail = "a suspended certificate can be reduced and not extended".to_owned();
            let instead = self.way_back();
            self.object(&RULES.scope, detail, instead);
        } else {
            self.only_in(&[Status::Active, Status::SuspendedInPart]);
        }
    }

    fn recertified(&mut self) {
        let on = self.event.effective_on;
        let held = [Status::Active, Status::SuspendedInPart, Status::Suspended];
        match (self.state.cycle_on(on), self.status) {
            (_, Status::EditionEnded) => return self.edition_over(),
            (Some(cycle), Status::ExpiredRestorable | Status::Closed) => {
                let last = cycle.last_day();
                let detail =
                    format!("it expired on {last}; without a decision by then validity is not extended");
                let instead = self.way_back();
                self.object(&RULES.not_extended, detail, instead);
            }
            _ => self.only_in(&held),
        }
        self.audited();
        self.edition_open(self.state.recertification_by(on).map(|days| days.ended_on));
    }

    /// A renewal rests on a recertification audit of the cycle that ends.
    fn audited(&mut self) {
        let on = self.event.effective_on;
        if !self.state.cycles.is_empty() && self.state.recertification_by(on).is_none() {
            let detail = format!("no recertification audit of this cycle was completed by {on}");
            self.object(&RULES.recertification, detail, Some((Type::RecertificationAuditCompleted, None)));
        }
    }

    fn restored(&mut self) {
        let on = self.event.effective_on;
        match (self.status, self.state.cycle_on(on)) {
            (Status::ExpiredRestorable, _) => self.audited(),
            (Status::Closed, Some(cycle)) => {
                let until = cycle.last_day().plus_months(RULES.restoration);
                let detail = format!(
                    "it could be restored until {until}; now at least a stage 2 audit is needed before any decision"
                );
                self.object(&RULES.restored, detail, Some((Type::ReinstatedAfterStage2, None)));
            }
            (Status::EditionEnded, _) => self.edition_over(),
            (status, Some(cycle)) if status.usable() || status == Status::Suspended => {
                let last = cycle.last_day();
                let detail = format!("it is valid until {last}");
                self.object(&RULES.restored, detail, Some((Type::Recertified, Some(last))));
            }
            _ => self.only_in(&[Status::ExpiredRestorable]),
        }
    }

    fn reinstated(&mut self) {
        let on = self.event.effective_on;
        match self.status {
            Status::Closed => {}
            Status::EditionEnded => return self.edition_over(),
            _ => return self.only_in(&[Status::Closed]),
        }
        let Some(last) = self.state.cycle_on(on).map(|cycle| cycle.last_day()) else { return };
        let anew = self.state.stage_2_by(on).filter(|&audit| last < audit);
        self.edition_open(anew);
        if anew.is_none() {
            let detail = format!("no stage 2 was completed after its expiry on {last}");
            self.object(&RULES.restored, detail, Some((Type::Stage2Completed, None)));
        }
    }

    fn transferred(&mut self) {
        match self.status {
            Status::Active => {}
            Status::Suspended | Status::SuspendedInPart => {
                let detail = "a suspended certificate does not transfer".to_owned();
                self.object(&RULES.suspended_stays, detail, Some((Type::SuspensionLifted, None)));
            }
            status => {
                let detail = format!("only a valid certificate transfers; it is {status}");
                let instead = self.way_back();
                self.object(&RULES.transfers, detail, instead);
            }
        }
    }

    fn transitioned(&mut self) {
        let on = self.event.effective_on;
        match self.state.edition_end().filter(|end| end.last_day() < on) {
            Some(end) => {
                let detail = format!("the edition of {} ended on {}", end.edition, end.last_day());
                self.object(&RULES.edition_over, detail, Some((Type::Applied, None)));
            }
            None => self.only_in(&[Status::Active, Status::SuspendedInPart]),
        }
    }

    fn extended(&mut self) {
        self.only_in(&[Status::Active, Status::SuspendedInPart]);
        let Some(cycle) = self.state.cycle_on(self.event.effective_on) else { return };
        let (last, most) = (cycle.last_day(), cycle.expires_on.plus_months(RULES.extraordinary));
        let Some(until) = self.event.says().until else { return };
        if until > most {
            let detail = format!("{until} is more than six months after the expiry of {}", cycle.expires_on);
            self.object(&RULES.extension, detail, Some((Type::ExpiryExtended, Some(most))));
        } else if until <= last {
            let detail = format!("{until} is no later than its expiry of {last}: nothing is put off");
            let instead = (last < most).then_some((Type::ExpiryExtended, Some(most)));
            self.object(&RULES.extension, detail, instead);
        }
    }

    fn postponed(&mut self) {
        self.only_in(&[Status::Active, Status::SuspendedInPart]);
        let Some(cycle) = self.state.cycle_on(self.event.effective_on) else { return };
        let due = cycle.first_due();
        let (by, most) = (cycle.postponed_until.unwrap_or(due), due.plus_months(RULES.extraordinary));
        let Some(until) = self.event.says().until else { return };
        if until > most {
            let detail = format!("{until} is more than six months after {due}");
            self.object(&RULES.postponement, detail, Some((Type::SurveillancePostponed, Some(most))));
        } else if until <= by {
            let detail = format!("{until} is no later than {by}, when it is due: nothing is put off");
            let instead = (by < most).then_some((Type::SurveillancePostponed, Some(most)));
            self.object(&RULES.postponement, detail, instead);
        }
    }
}

//! What a certificate makes due (domain rules A.5): each date in one step from the day that its rule names.

use super::{
    super::{log::AuditDays, rules::RULES},
    evaluations::{EvaluationDays, before_audits},
    majors, periods,
    state::{Interrupted, Phase, State, Terms},
    validity::Validity,
};
use crate::{
    assurance::audits::{AuditFact, AuditKind},
    kernel::time::Date,
    platform::{
        db::Doc,
        diary::{Due, Rule, RuleInput, RuleRef},
    },
};

/// Everything that is due, of every cycle; what the organisation does itself where its evaluations are given. What was not
/// done in a cycle that is over is due no more.
pub fn all(state: &State, terms: &Terms, evaluations: Option<&EvaluationDays>, day: Date) -> Vec<Due> {
    let mut dues = application(state, terms, evaluations, day);
    for cycle in cycles(state) {
        let mut own = cycle.dues();
        own.push(cycle.majors(terms, day));
        own.extend(before_audits(&own, Some(cycle.validity.anchor.begins), evaluations, day));
        dues.extend(own);
    }
    let last = state.cycles.last().map_or(0, |cycle| cycle.cycle);
    dues.retain(|due| due.done_on.is_some() || due.cycle == last);
    dues.extend(suspensions(state));
    if let Some(validity) = state.cycles.last() {
        dues.extend(edition_end(state, validity));
        dues.extend(transfer(terms, validity, day));
    }
    let over = state.interruptions.iter().any(|one| one.until.is_none() && !one.suspends());
    dues.retain(|due| !over || due.done_on.is_some());
    dues
}

/// What every cycle made due, done or not, until the next began.
pub fn of_cycles(state: &State) -> Vec<Due> {
    let own = cycles(state).flat_map(|cycle| {
        let ends = cycle.next.map(|next| next.anchor.begins);
        let due_by_then = move |due: &Due| due.done_on.is_some() || ends.is_none_or(|ends| due.due < ends);
        cycle.dues().into_iter().filter(due_by_then)
    });
    own.collect()
}

fn cycles(state: &State) -> impl Iterator<Item = Cycle<'_>> {
    let numbered = state.cycles.iter().enumerate();
    numbered.map(|(n, validity)| Cycle::of(state, validity, state.cycles.get(n + 1)))
}

/// What an application makes due: stage 2, what comes before it, and the majors that it found.
fn application(state: &State, terms: &Terms, evaluations: Option<&EvaluationDays>, day: Date) -> Vec<Due> {
    // A stage 2 after the grant is of another beginning.
    let granted = state.cycles.first().map_or(Date::MAX, |cycle| cycle.anchor.begins);
    // What was held for an application that was refused is no part of the one after it.
    let since = state.anew_since.filter(|on| *on <= granted).unwrap_or(Date::MIN);
    let last_days = |held: &[AuditDays]| {
        held.iter().map(|days| days.ended_on).filter(|on| since <= *on).collect::<Vec<_>>()
    };
    let mut stages_2 = last_days(&state.stage_2);
    stages_2.retain(|on| *on <= granted);
    let stage_2 = stages_2.first().copied();
    let before = |on: &Date| stage_2.is_none_or(|stage_2| *on <= stage_2);
    let stage_1 = last_days(&state.stage_1).into_iter().rfind(before);
    let Some(stage_1) = stage_1.filter(|_| state.phase != Phase::Unknown) else { return Vec::new() };
    let by = stage_1.plus_months(RULES.between_stages);
    let rule = RULES.stages_apart.by_convention();
    let stage_2_due = Due {
        window_opens: Some(stage_1.plus_days(1)),
        done_on: stage_2,
        ..dated(0, "stage_2", "Stage 2 audit", by, rule, &[("stage_1_last_day", stage_1)])
    };
    let mut dues = vec![stage_2_due];
    dues.extend(before_audits(&dues, None, evaluations, day));
    // Another stage 2 takes the place of one whose majors took too long.
    dues.extend(stages_2.last().and_then(|on| stage_2_majors(terms, *on, day)));
    // Nothing is left to do of what was refused.
    dues.retain(|due| due.done_on.is_some() || state.phase != Phase::Refused);
    dues
}

/// By when the majors of stage 2 are verified; none where it found none.
fn stage_2_majors(terms: &Terms, held: Date, day: Date) -> Option<Due> {
    let done_on =
        majors::verified(terms, |audit| audit.kind == AuditKind::Stage2 && audit.ended_on == held, day)?;
    let by = held.plus_months(RULES.stage_2_majors);
    let (title, rule) = ("The majors of stage 2 are verified", RULES.another_stage_2.cite());
    Some(Due { done_on, ..dated(0, "majors_of_stage_2", title, by, rule, &[("stage_2_last_day", held)]) })
}

/// One cycle, with the audits that were held in it and what came after it.
struct Cycle<'a> {
    validity: &'a Validity,
    surveillance: Vec<Date>,
    recertification: Vec<Date>,
    next: Option<&'a Validity>,
    restorable_until: Option<Date>,
}

impl<'a> Cycle<'a> {
    fn of(state: &State, validity: &'a Validity, next: Option<&'a Validity>) -> Self {
        let begins = validity.anchor.begins;
        let within = |day: &Date| begins <= *day && next.is_none_or(|next| *day < next.anchor.begins);
        let days = |all: &[AuditDays]| all.iter().map(|days| days.ended_on).filter(within).collect();
        Self {
            validity,
            surveillance: days(&state.surveillance),
            recertification: days(&state.recertification),
            next,
            restorable_until: state.restorable_until(validity),
        }
    }

    fn dues(&self) -> Vec<Due> {
        let mut dues = self.surveillances();
        dues.extend(self.calendar_years());
        dues.extend(self.recertifications());
        dues.extend(self.endings());
        dues
    }

    fn surveillances(&self) -> Vec<Due> {
        let mut before = Vec::new();
        let nth = |(n, months): (usize, u32)| {
            let held = self.nth_surveillance(n, before.last().copied());
            let bound = self.validity.calendar_bound(&before, &self.audits_before(held));
            let due = surveillance(self.validity, n, months, bound, held);
            // A surveillance still to come is taken to be in time.
            before.push(held.unwrap_or(due.due));
            due
        };
        let all = RULES.surveillance.into_iter().enumerate().map(nth);
        // Where the certificate expires first, that surveillance will not be.
        all.filter(|due| due.done_on.is_some() || due.due <= self.validity.last_day()).collect()
    }

    /// The audits of the cycle before a day, in order; all of them where there is none.
    fn audits_before(&self, day: Option<Date>) -> Vec<Date> {
        let all = self.surveillance.iter().chain(&self.recertification).copied();
        let mut held: Vec<_> = all.filter(|&on| day.is_none_or(|day| on < day)).collect();
        held.sort_unstable();
        held
    }

    /// The first surveillance is the first that was held; the next, the first after it that lies beyond the first
    /// year.
    fn nth_surveillance(&self, n: usize, before: Option<Date>) -> Option<Date> {
        let year = n.checked_sub(1).map(|n| self.validity.anchor.on.plus_months(RULES.surveillance[n]));
        let mut held = self.surveillance.iter().copied();
        held.find(|&day| before.is_none_or(|before| before < day) && year.is_none_or(|year| year < day))
    }

    fn calendar_years(&self) -> Vec<Due> {
        let validity = self.validity;
        let audits = || self.surveillance.iter().chain(&self.recertification).copied();
        let first = validity.anchor.begins.year_end().plus_days(1);
        let years = std::iter::successors(Some(first), |year| Some(year.year_end().plus_days(1)));
        let last = validity.last_day();
        let in_cycle = years.take_while(|year| year.year_end() <= last && year.year_end() < Date::MAX);
        // Where the first surveillance was put off, the year in which it was due is waived.
        let waived = validity.postponed_until.map(|_| validity.first_due().year());
        let check = |year: Date| Due {
            window_opens: Some(year),
            assumed: validity.decision_on.is_none(),
            done_on: audits().filter(|audit| audit.year() == year.year()).min(),
            ..due(
                validity,
                &format!("calendar_{}", year.year()),
                &format!("An audit in {}", year.year()),
                year.year_end(),
                RULES.calendar_year.cite(),
                &[("cycle_begins_on", validity.anchor.begins)],
            )
        };
        in_cycle.filter(|year| Some(year.year()) != waived).map(check).collect()
    }

    fn recertifications(&self) -> Vec<Due> {
        let last = self.validity.last_day();
        let inputs = [("expires_on", self.validity.expires_on), ("last_valid_day", last)];
        let window = Some(last.minus_months(RULES.recertification_window));
        let practice = RULES.recertification.by_convention();
        let audit = self.recertification.first().copied();
        let of = |code, title, by, rule| due(self.validity, code, title, by, rule, &inputs);
        let planned_by = last.minus_months(RULES.recertification_planned);
        // Once the audit is held nothing is left to plan.
        let plan = audit
            .is_none()
            .then(|| of("recertification_plan", "Recertification is planned", planned_by, practice.clone()));
        let audited_by = last.minus_months(RULES.recertification_audited);
        let audited = of("recertification_audit", "Recertification audit", audited_by, practice);
        let decided =
            of("recertification_decision", "Recertification decision", last, RULES.recertification.cite());
        let renewed = self.next.and_then(|next| next.decision_on).filter(|&on| on <= last);
        let rest = [
            Due { window_opens: window, done_on: audit, ..audited },
            Due { window_opens: window, done_on: renewed, ..decided },
        ];
        plan.into_iter().chain(rest).collect()
    }

    /// By when the majors of the recertification audit are verified: on its last day where it found none.
    fn majors(&self, terms: &Terms, day: Date) -> Due {
        let last = self.validity.last_day();
        let begins = self.validity.anchor.begins;
        let ends = self.next.map_or(Date::MAX, |next| next.anchor.begins);
        let of_this = |audit: &AuditFact| {
            audit.kind == AuditKind::Recertification && begins <= audit.ended_on && audit.ended_on < ends
        };
        let held = self.recertification.first().copied();
        let done_on = held.and_then(|held| majors::verified(terms, of_this, day).unwrap_or(Some(held)));
        let (title, rule) =
            ("The majors of recertification are verified", RULES.recertification_majors.cite());
        let inputs = [("expires_on", self.validity.expires_on), ("last_valid_day", last)];
        Due { done_on, ..due(self.validity, "recertification_majors", title, last, rule, &inputs) }
    }

    fn endings(&self) -> Vec<Due> {
        let validity = self.validity;
        let last = validity.last_day();
        let rule: &Rule = match (validity.extended_until, validity.anchor.carries_on) {
            (Some(_), _) => &RULES.extension,
            (None, true) => &RULES.kept_anniversary,
            (None, false) => &RULES.cycle_begins,
        };
        let inputs = [("expires_on", validity.expires_on)];
        let expiry = Due {
            window_opens: Some(last),
            ..due(validity, "expiry", "The certificate expires", last, rule.cite(), &inputs)
        };
        let restored = self.next.and_then(|next| next.decision_on).filter(|&on| on > last);
        // Its edition may end before the six months are over.
        let by_edition = self.restorable_until != validity.restorable_until;
        let limit = if by_edition { &RULES.edition_over } else { &RULES.restored };
        let restoration = self.restorable_until.map(|until| Due {
            window_opens: Some(last.plus_days(1)),
            done_on: restored,
            ..due(
                validity,
                "restoration_limit",
                "Last day to restore the certificate",
                until,
                limit.cite(),
                &[("last_valid_day", last)],
            )
        });
        std::iter::once(expiry).chain(restoration).collect()
    }
}

fn surveillance(validity: &Validity, n: usize, months: u32, bound: Date, held: Option<Date>) -> Due {
    let (name, on) = validity.anchor.of_surveillance(n);
    let begins = validity.anchor.begins;
    let target = on.plus_months(months);
    let postponed = validity.postponed_until.filter(|_| n == 0);
    let by = postponed.unwrap_or(target.min(bound));
    let window = on.plus_months(months - RULES.surveillance_window);
    let latest_window = by.minus_months(RULES.surveillance_window);
    let (code, title) =
        [("surveillance_1", "First surveillance audit"), ("surveillance_2", "Second surveillance audit")][n];
    let inputs = [(name, on), ("cycle_begins_on", begins), ("target", target), ("calendar_bound", bound)];
    let rule = match postponed {
        Some(_) => RULES.postponement.cite(),
        None => surveillance_rule(validity, n, bound < target),
    };
    Due {
        window_opens: Some(if window <= by { window } else { latest_window }),
        done_on: held,
        assumed: validity.assumed,
        ..due(validity, code, title, by, rule, &inputs)
    }
}

fn surveillance_rule(validity: &Validity, n: usize, by_calendar: bool) -> Doc<RuleRef> {
    match (by_calendar, validity.anchor.carries_on, n) {
        (true, ..) => RULES.calendar_year.cite(),
        // Twelve months after stage 2 are stricter than the text (A.3.9).
        (false, false, 0) if validity.anchor.stage_2.is_some() => RULES.first_surveillance.by_convention(),
        (false, false, 0) => RULES.first_surveillance.cite(),
        (false, false, _) => RULES.yearly_surveillance.cite(),
        // In later cycles only the calendar year is normative (A.3.10).
        (false, true, _) => RULES.yearly_surveillance.by_convention(),
    }
}

/// By when each suspension is resolved.
fn suspensions(state: &State) -> Vec<Due> {
    let suspended = state.interruptions.iter().filter(|one| one.suspends());
    let over = |one: &Interrupted| {
        let ended = state.interruptions.iter().filter(|other| !other.suspends() && other.from >= one.from);
        one.until.into_iter().chain(ended.map(|other| other.from)).min()
    };
    let review = |(n, one): (usize, &Interrupted)| {
        let validity = state.cycle_on(one.from).or(state.cycles.last())?;
        let by = one.from.plus_months(RULES.suspension);
        let code = format!("suspension_review_{}", n + 1);
        let inputs = [("suspended_on", one.from)];
        Some(Due {
            done_on: over(one),
            ..due(validity, &code, "The suspension is resolved", by, RULES.suspension_limit.cite(), &inputs)
        })
    };
    suspended.enumerate().filter_map(review).collect()
}

fn edition_end(state: &State, validity: &Validity) -> Option<Due> {
    let end = state.edition_end()?;
    let title = format!("The edition of {} ends", end.edition);
    let inputs = [("cycle_begins_on", validity.anchor.begins)];
    Some(due(validity, "edition_end", &title, end.last_day(), RULES.edition_end.cite(), &inputs))
}

/// By when a certificate has left a body that lost its accreditation.
fn transfer(terms: &Terms, validity: &Validity, day: Date) -> Option<Due> {
    let lost = periods::accreditation_lost(terms, day)?;
    let by = lost.plus_months(RULES.transfer).min(validity.last_day());
    let inputs = [("accreditation_lost_on", lost), ("expires_on", validity.expires_on)];
    let title = "The certificate has moved to an accredited body";
    Some(due(validity, "transfer", title, by, RULES.lost_accreditation.cite(), &inputs))
}

fn due(
    validity: &Validity,
    code: &str,
    title: &str,
    due: Date,
    rule: Doc<RuleRef>,
    inputs: &[(&str, Date)],
) -> Due {
    dated(validity.cycle, code, title, due, rule, inputs)
}

/// A date of a cycle, or with 0 of an application.
fn dated(cycle: i32, code: &str, title: &str, due: Date, rule: Doc<RuleRef>, inputs: &[(&str, Date)]) -> Due {
    let input = |&(name, value): &(&str, Date)| RuleInput { name: name.to_owned(), value: value.to_string() };
    Due {
        code: code.to_owned(),
        cycle,
        title: title.to_owned(),
        window_opens: None,
        due,
        done_on: None,
        assumed: false,
        rule,
        inputs: Doc(inputs.iter().map(input).collect()),
    }
}

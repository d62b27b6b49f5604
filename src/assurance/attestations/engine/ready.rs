//! What a report asks for, and what of it an engagement lacks: the guards of the events that lead to it, all at once.

use super::{
    AttestationState, Life, Terms,
    guards::{Around, addressed, described, engaged, opened, practitioner, ready},
    notices::unsettled,
};
use crate::{
    assurance::attestations::{
        description::{Subservice, UserControl},
        log::AttestationEventType as Type,
        rules::RULES,
    },
    catalog::advice::ReportType,
    kernel::{error::Breach, time::Date},
    platform::diary::Rule,
};

/// Where something is seen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenTo {
    /// By recording an event of the engagement.
    Event(Type),
    /// By changing what the engagement says.
    Facts,
    /// At the controls.
    Controls,
}

/// Something that a report asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The rule that asks for it.
    pub rule: &'static Rule,
    /// What is asked.
    pub title: &'static str,
    /// Where it is seen to.
    pub at: SeenTo,
    /// Why it is not there; none where it is.
    pub lacks: Option<Breach>,
}

impl Life {
    /// Whether it is still to report.
    pub fn is_to_report(&self) -> bool {
        use AttestationState as State;
        !matches!(self.state(), State::Issued | State::Recalled | State::Cancelled)
    }

    /// Everything that its report asks for.
    pub fn asked(
        &self,
        terms: &Terms<'_>,
        around: &Around,
        (subservices, user_controls): (&[Subservice], &[UserControl]),
        day: Date,
    ) -> Vec<Asked> {
        let mut all = vec![
            Asked {
                rule: &RULES.categories,
                title: "It is settled what is addressed",
                at: SeenTo::Event(Type::ScopeSet),
                lacks: self.unaddressed(),
            },
            Asked {
                rule: &RULES.practitioner,
                title: "A practitioner is engaged",
                at: SeenTo::Event(Type::AuditorEngaged),
                lacks: engaged(self).or_else(|| self.auditor.as_ref().and_then(practitioner)),
            },
            Asked {
                rule: &RULES.relevance,
                title: "Each criterion has a control with an owner",
                at: SeenTo::Controls,
                lacks: ready(self, around).into_iter().next(),
            },
            Asked {
                rule: &RULES.description,
                title: "The description has all its parts",
                at: SeenTo::Facts,
                lacks: described(terms).or_else(|| self.unexplained(terms)),
            },
        ];
        all.extend(asked_of_others(terms, subservices, user_controls));
        all.extend(self.asked_of_days(terms, around, day));
        all.push(Asked {
            rule: &RULES.assertion,
            title: "Management has signed its assertion",
            at: SeenTo::Event(Type::AssertionSigned),
            lacks: self
                .assertion
                .is_none()
                .then(|| RULES.assertion.against("management has signed no assertion", "assertion_signed")),
        });
        all
    }

    fn unclosed(&self, end: Date, day: Date) -> Option<Breach> {
        self.closed_on.is_none().then(|| match end < day {
            true => RULES.type_2.against(format!("the period ended on {end}"), "window_closed"),
            false => {
                let instead = format!("window_closed from {} on", end.plus_days(1));
                RULES.type_2.against(format!("the period runs until {end}"), instead)
            }
        })
    }

    fn unexplained(&self, terms: &Terms<'_>) -> Option<Breach> {
        self.hides_what_is_waived(terms).then(|| {
            let reason = "DC 8 says none, and criteria are judged not relevant";
            RULES.description.against(reason, "a text for DC 8, or every criterion relevant")
        })
    }

    fn unaddressed(&self) -> Option<Breach> {
        match &self.scope {
            Some(scope) => addressed(scope).into_iter().next(),
            None => Some(RULES.categories.against("it is not settled what is addressed", "scope_set")),
        }
    }

    /// What hangs on the day, or the period, that the report speaks of.
    fn asked_of_days(&self, terms: &Terms<'_>, around: &Around, day: Date) -> Vec<Asked> {
        let unset = self.covers().is_none();
        match terms.report {
            ReportType::Type1 => vec![Asked {
                rule: &RULES.type_1,
                title: "The day of the report is settled",
                at: SeenTo::Event(Type::AsOfSet),
                lacks: unset.then(|| {
                    RULES.type_1.against("it is not settled of which day the report speaks", "as_of_set")
                }),
            }],
            ReportType::Type2 => vec![
                Asked {
                    rule: &RULES.type_2,
                    title: "The controls are in place",
                    at: SeenTo::Controls,
                    lacks: self.unaddressed().or_else(|| {
                        opened(self, terms, around).into_iter().find(|one| one.rule == RULES.type_2.id)
                    }),
                },
                Asked {
                    rule: &RULES.type_2,
                    title: "The period has begun",
                    at: SeenTo::Event(Type::WindowOpened),
                    lacks: unset.then(|| RULES.type_2.against("no period is open", "window_opened")),
                },
                Asked {
                    rule: &RULES.type_2,
                    title: "The period is over",
                    at: SeenTo::Event(Type::WindowClosed),
                    lacks: self.covers().map_or_else(
                        || Some(RULES.type_2.against("no period is open", "window_opened first")),
                        |covers| self.unclosed(covers.to, day),
                    ),
                },
            ],
        }
    }
}

/// What the description says of others: those who serve the organisation, and those whom it serves.
fn asked_of_others(
    terms: &Terms<'_>,
    subservices: &[Subservice],
    user_controls: &[UserControl],
) -> [Asked; 2] {
    let unsettled = subservices.iter().find_map(unsettled);
    let denied = |part: i32, listed: usize, what: &str, rule: &Rule| {
        let wrong = listed > 0 && terms.description.says_none(part);
        wrong.then(|| {
            let reason = format!("DC {part} says none, and {what} are listed");
            rule.against(reason, format!("a text for DC {part}, or none listed"))
        })
    };
    [
        Asked {
            rule: &RULES.subservices,
            title: "Subservice organisations are described by their method",
            at: SeenTo::Facts,
            lacks: unsettled
                .map(|why| RULES.subservices.against(why, "the controls expected, or its own assertion"))
                .or_else(|| denied(7, subservices.len(), "subservice organisations", &RULES.subservices)),
        },
        Asked {
            rule: &RULES.user_controls,
            title: "Controls of user entities are described",
            at: SeenTo::Facts,
            lacks: denied(6, user_controls.len(), "user entity controls", &RULES.user_controls),
        },
    ]
}

//! A rule of a rule table: what a date, a status or a refusal rests on.

use super::model::{RuleBasis, RuleRef};
use crate::{kernel::error::Breach, platform::db::Doc};

/// A rule. A room's table names each of its own once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id in the rule set.
    pub id: &'static str,
    /// Where it is written.
    pub clause: &'static str,
    /// What it rests on.
    pub basis: RuleBasis,
    /// Whether it was seen in a restatement of its source.
    pub source_checked: bool,
    /// The edition of the rule table.
    pub rule_set: &'static str,
}

impl Rule {
    /// The rule as a milestone cites it.
    pub fn cite(&self) -> Doc<RuleRef> {
        self.cite_as(self.basis)
    }

    /// The rule where its number is common practice and not in its text.
    pub fn by_convention(&self) -> Doc<RuleRef> {
        self.cite_as(RuleBasis::Convention)
    }

    /// What it has against something, and what it would take instead.
    pub fn against(&self, reason: impl Into<String>, instead: impl Into<String>) -> Breach {
        Breach {
            rule: self.id.to_owned(),
            clause: self.clause.to_owned(),
            reason: reason.into(),
            instead: instead.into(),
        }
    }

    fn cite_as(&self, basis: RuleBasis) -> Doc<RuleRef> {
        Doc(RuleRef {
            id: self.id.to_owned(),
            clause: self.clause.to_owned(),
            basis,
            source_checked: self.source_checked,
            rule_set: self.rule_set.to_owned(),
        })
    }
}

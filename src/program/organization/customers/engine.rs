//! The date that a customer's requirement makes due. Pure.

use super::model::{CustomerRequirement, CustomerRequirementStatus};
use crate::platform::{
    db::Doc,
    diary::{Due, RuleBasis, RuleInput, RuleRef},
};

/// What is due, in one word.
pub(super) const CODE: &str = "customer_requirement_due";

impl CustomerRequirement {
    /// Its date: none where no day is set, or where it was declined.
    pub(super) fn due_dates(&self) -> Vec<Due> {
        let due = self.due.filter(|_| self.status != CustomerRequirementStatus::Declined);
        let rule = RuleRef {
            id: "customer_requirement".to_owned(),
            clause: self.contract.as_ref().unwrap_or(&self.customer).to_string(),
            basis: RuleBasis::Contract,
            source_checked: true,
            rule_set: "own".to_owned(),
        };
        let input = |name: &str, value: String| RuleInput { name: name.to_owned(), value };
        due.map(|due| Due {
            code: CODE.to_owned(),
            cycle: 1,
            title: "What a customer asks for is due".to_owned(),
            window_opens: None,
            due,
            done_on: self.met_on,
            assumed: false,
            rule: Doc(rule),
            inputs: Doc(vec![
                input("customer", self.customer.to_string()),
                input("due", due.to_string()),
                input("status", self.status.to_string()),
            ]),
        })
        .into_iter()
        .collect()
    }
}

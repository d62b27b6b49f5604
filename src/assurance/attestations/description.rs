//! The description of the system (DC section 200) and whom it names: subservice organisations and user entities.

use async_graphql::{InputObject, MaybeUndefined, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scope::{MAX_CRITERIA, all};
use crate::{
    bounded_text,
    catalog::RequirementId,
    kernel::{
        error::Faults,
        patch,
        text::{Prose, ShortCode, Title},
        time::Date,
    },
    text_enum,
};

bounded_text! {
    /// One part of the description.
    DescriptionText: 1..=20000, like "The platform in which customers keep their records, and its API.";
    /// What somebody else is expected to do.
    ExpectedControl: 1..=2000, like "Administrators of the customer remove accounts of leavers.";
}

/// Parts that a description has (DC 1 to DC 9).
pub const PARTS: i32 = 9;
/// Parts that may say that there is nothing to tell.
const MAY_BE_NONE: [i32; 4] = [4, 6, 7, 8];
/// Subservice organisations of one description at the most.
const MAX_SUBSERVICES: usize = 100;
/// Expectations of one list at the most.
const MAX_EXPECTED: usize = 100;
/// Report periods of one subservice organisation at the most.
const MAX_REPORTS: usize = 50;

macro_rules! parts {
    ($($(#[doc = $doc:literal])+ $field:ident = $number:literal;)+) => {
        /// The system's description. A part that is null is not written yet.
        #[derive(
            Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject,
        )]
        #[serde(deny_unknown_fields, default)]
        #[graphql(input_name = "SystemDescriptionInput")]
        pub struct SystemDescription {
            $($(#[doc = $doc])+ pub $field: Option<DescriptionText>,)+
            /// Parts that say that there is nothing to tell, by number: 4, 6, 7 and 8 may.
            #[graphql(default)]
            #[schema(max_items = 4)]
            pub none: Vec<i32>,
        }

        /// A change of a description: what is absent stays, null takes a part back.
        #[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, InputObject)]
        #[serde(deny_unknown_fields, default)]
        pub struct SystemDescriptionPatch {
            $($(#[doc = $doc])+ #[schema(value_type = Option<DescriptionText>)] pub $field: MaybeUndefined<DescriptionText>,)+
            /// Parts that say that there is nothing to tell, all of them.
            #[serde(deserialize_with = "patch::present")]
            #[schema(nullable = false, max_items = 4)]
            pub none: Option<Vec<i32>>,
        }

        impl SystemDescriptionPatch {
            /// Applies the patch.
            pub fn apply(self, description: &mut SystemDescription) {
                $(patch::set_or_clear(&mut description.$field, self.$field);)+
                patch::set(&mut description.none, self.none);
            }
        }

        impl SystemDescription {
            /// The text of a part.
            fn part(&self, number: i32) -> Option<&DescriptionText> {
                match number { $($number => self.$field.as_ref(),)+ _ => None }
            }
        }
    };
}

parts! {
    /// DC 1: the services provided.
    dc_1 = 1;
    /// DC 2: the principal service commitments and system requirements.
    dc_2 = 2;
    /// DC 3: the components: infrastructure, software, people, procedures and data.
    dc_3 = 3;
    /// DC 4: incidents.
    dc_4 = 4;
    /// DC 5: the criteria and the controls that meet them.
    dc_5 = 5;
    /// DC 6: complementary user entity controls.
    dc_6 = 6;
    /// DC 7: subservice organisations.
    dc_7 = 7;
    /// DC 8: criteria that are not relevant, and why.
    dc_8 = 8;
    /// DC 9: significant changes during the period (Type II).
    dc_9 = 9;
}

impl SystemDescription {
    /// Whether a part says that there is nothing to tell.
    pub fn says_none(&self, number: i32) -> bool {
        self.none.contains(&number) && self.part(number).is_none()
    }

    /// Whether anything is written.
    pub fn is_begun(&self) -> bool {
        (1..=PARTS).any(|number| self.part(number).is_some())
    }

    /// The parts up to this one that are neither written nor said to be none.
    pub fn missing(&self, last: i32) -> Vec<i32> {
        (1..=last).filter(|&number| self.part(number).is_none() && !self.says_none(number)).collect()
    }

    /// Checks which parts may be none.
    pub fn validate(&self, faults: &mut Faults) {
        let at = "/description/none";
        faults.once_each(at, &self.none, MAY_BE_NONE.len());
        for (n, number) in self.none.iter().take(MAY_BE_NONE.len()).enumerate() {
            let wrong = !MAY_BE_NONE.contains(number);
            faults.when(wrong, format!("{at}/{n}"), "must be 4, 6, 7 or 8: the other parts have text (D-11)");
            let both = !wrong && self.part(*number).is_some();
            faults.when(
                both,
                format!("{at}/{n}"),
                format!("has text: set dc_{number} to null, or leave it out here"),
            );
        }
    }
}

text_enum! {
    /// How a description treats a subservice organisation (D-12).
    SubserviceMethod {
        /// Its controls are left out; those expected of it are listed, and it is watched.
        CarveOut = "carve_out",
        /// Its controls are described and tested, and it gives its own assertion.
        Inclusive = "inclusive",
    }
}

/// Days that a subservice organisation's own report covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "SubserviceReportInput")]
pub struct SubserviceReport {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// A vendor whose controls are needed to meet the criteria.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "SubserviceInput")]
#[schema(example = json!({ "name": "Example Hosting", "method": "carve_out" }))]
pub struct Subservice {
    /// Its name.
    pub name: Title,
    /// What it does for the system.
    #[serde(default)]
    #[graphql(default)]
    pub services: Prose,
    /// How the description treats it.
    pub method: SubserviceMethod,
    /// The controls expected of it: complementary subservice organisation controls.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub expected_controls: Vec<ExpectedControl>,
    /// When it signed its own assertion; of the inclusive method.
    #[serde(default)]
    pub assertion_signed_on: Option<Date>,
    /// What its own reports cover.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 50)]
    pub reports: Vec<SubserviceReport>,
}

/// What a customer has to do for the criteria to be met: a complementary user entity control (D-13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "UserControlInput")]
pub struct UserControl {
    /// Its code in the report.
    pub code: ShortCode,
    /// What is expected.
    pub text: ExpectedControl,
    /// The criteria that need it.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 61)]
    pub criteria: Vec<RequirementId>,
}

/// Checks the subservice organisations of a description.
pub fn validate_subservices(all: &[Subservice], faults: &mut Faults) {
    let names: Vec<_> = all.iter().map(|one| &one.name).collect();
    faults.once_each("/subservices", &names, MAX_SUBSERVICES);
    for (n, one) in all.iter().take(MAX_SUBSERVICES).enumerate() {
        let at = format!("/subservices/{n}");
        let most = one.expected_controls.len() > MAX_EXPECTED;
        faults.when(
            most,
            format!("{at}/expected_controls"),
            format!("must have at most {MAX_EXPECTED} items"),
        );
        let most = one.reports.len() > MAX_REPORTS;
        faults.when(most, format!("{at}/reports"), format!("must have at most {MAX_REPORTS} items"));
        for (m, report) in one.reports.iter().take(MAX_REPORTS).enumerate() {
            faults.when(report.to < report.from, format!("{at}/reports/{m}/to"), "must not be before from");
        }
        let misplaced = one.assertion_signed_on.is_some() && one.method == SubserviceMethod::CarveOut;
        faults.when(misplaced, format!("{at}/assertion_signed_on"), "goes with the inclusive method alone");
    }
}

/// Checks what is expected of user entities.
pub fn validate_user_controls(list: &[UserControl], faults: &mut Faults) {
    let codes: Vec<_> = list.iter().map(|one| &one.code).collect();
    faults.once_each("/user_controls", &codes, MAX_EXPECTED);
    for (n, one) in list.iter().take(MAX_EXPECTED).enumerate() {
        let at = format!("/user_controls/{n}/criteria");
        faults.once_each(&at, &one.criteria, MAX_CRITERIA);
        for (m, id) in one.criteria.iter().take(MAX_CRITERIA).enumerate() {
            let known = all().iter().any(|criterion| criterion.id == *id);
            faults.when(!known, format!("{at}/{m}"), "is no criterion of soc2-2017");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_text_or_none_or_missing() {
        let text = || Some("text".parse().unwrap());
        let mut description = SystemDescription {
            dc_1: text(),
            dc_2: text(),
            dc_3: text(),
            dc_5: text(),
            none: vec![4, 6],
            ..SystemDescription::default()
        };
        assert_eq!(description.missing(PARTS), [7, 8, 9]);
        description.none = vec![4, 6, 7, 8];
        assert_eq!((description.missing(8), description.missing(PARTS)), (vec![], vec![9]));
        let wrong = |none: Vec<i32>| {
            let mut faults = Faults::default();
            SystemDescription { none, ..description.clone() }.validate(&mut faults);
            faults.into_result().is_err()
        };
        assert!(!wrong(vec![4, 6, 7, 8]) && wrong(vec![1]) && wrong(vec![4, 4]));
    }
}

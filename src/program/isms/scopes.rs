//! The scope of the management system (ISO/IEC 27001:2022 4.3), in approved editions.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    context::ContextIssue,
    editions::{self, EditionApproval, EditionInForce, EditionStatus, Life, editioned},
    parties::InterestedParty,
    record::{Named, Record, as_stored, room},
    rules::{self, Lacks},
    shape::record,
    texts::RecordText,
};
use crate::{
    batch,
    kernel::{
        error::{Fault, Faults},
        id::{ContextIssueId, InterestedPartyId, ScopeStatementId},
        text::{Prose, Title},
        time::Date,
    },
    platform::{diary::Due, journal::EventType, room::Told},
};

/// An interface with, or a dependency on, what others do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ScopeInterfaceInput")]
pub struct ScopeInterface {
    /// With whom.
    #[schema(example = "Cloud provider")]
    pub with: Title,
    /// What lies with them, and what with the organisation.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
}

/// Interfaces, issues and parties of one scope at the most.
const MOST: usize = 100;

record! {
    /// The scope of the management system, with the edition that is worked on or holds.
    #[graphql(complex)]
    ScopeStatement: ScopeStatementKind, ScopeStatementId, NewScopeStatement, ScopeStatementPatch,
    ScopeStatementFilter(EditionStatus) {
        /// What it is called.
        #[schema(example = "Scope of the management system")]
        title;
        must {
            /// The boundaries: what lies inside, and what does not.
            boundaries: RecordText,
        }
        may {
            /// To what the management system applies: services, sites, people, information.
            applicability: RecordText,
            /// The day by which it is looked at again; 12 months after the approval unless said.
            review_on: Date,
        }
        refs {}
        with {
            /// Interfaces with, and dependencies on, what others do.
            #[schema(max_items = 100)]
            interfaces: Vec<ScopeInterface>,
            /// The issues that were considered.
            #[schema(max_items = 100)]
            issues: Vec<ContextIssueId>,
            /// The interested parties whose requirements were considered.
            #[schema(max_items = 100)]
            parties: Vec<InterestedPartyId>,
        }
        kept {
            /// How far the edition has come that is worked on.
            status: EditionStatus = EditionStatus::Draft,
            /// The number of the edition that is worked on; of the one that holds, while none is.
            #[schema(minimum = 1)]
            edition: i32 = 1,
            /// Who approved this edition; null while it is a draft.
            approval: Option<EditionApproval> = None,
            /// The edition that holds; null where none does.
            in_force: Option<EditionInForce> = None,
        }
    }
}

editioned!(
    ScopeStatement,
    ScopeStatementApproved,
    ScopeStatementRevised,
    ScopeStatementDraftDiscarded,
    ScopeStatementRetired
);

room!(ScopeStatement, ScopeStatementKind);

impl Record for ScopeStatement {
    const NAME: &'static str = "scope_statement";
    const EVENTS: Told = Told {
        created: EventType::ScopeStatementCreated,
        updated: EventType::ScopeStatementUpdated,
        deleted: EventType::ScopeStatementDeleted,
    };
    const LIVING: &'static [&'static str] = &["review_on"];
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn life(&self) -> Option<Life> {
        Some(Life { status: self.status, number: self.edition, in_force: self.in_force })
    }
    fn faults(&self, _: Date, faults: &mut Faults) {
        let many = self.interfaces.len() > MOST;
        faults.when(many, "/interfaces", format!("must have at most {MOST} items"));
        faults.once_each("/issues", &self.issues, MOST);
        faults.once_each("/parties", &self.parties, MOST);
    }
    fn dates(&self) -> Vec<Due> {
        let said = ("scope_review", "Review of the scope", &rules::SCOPE_IS_SET);
        editions::review(said, &self.title, self.in_force, self.review_on).into_iter().collect()
    }
    fn names(&self) -> Vec<Named> {
        let issues = self.issues.iter().enumerate();
        let issues = issues.map(|(n, id)| Named::record::<ContextIssue>(format!("/issues/{n}"), *id));
        let parties = self.parties.iter().enumerate();
        let parties = parties.map(|(n, id)| Named::record::<InterestedParty>(format!("/parties/{n}"), *id));
        issues.chain(parties).collect()
    }
}

impl ScopeStatement {
    /// A scope considers issues, parties and where it ends.
    fn lacking(&self, _: &EditionApproval, faults: &mut Vec<Fault>) {
        let (mut lacks, rule) = (Lacks(faults), &rules::SCOPE_IS_SET);
        lacks.when(
            self.applicability.is_none(),
            "/applicability",
            rule,
            "say to what the management system applies",
        );
        lacks.when(self.issues.is_empty(), "/issues", rule, "name the issues that were considered (4.1)");
        lacks.when(
            self.parties.is_empty(),
            "/parties",
            rule,
            "name the parties whose requirements were considered (4.2)",
        );
    }
}

batch! {
    ScopeStatement, ScopeStatementBatch, ScopeStatementOperation { NewScopeStatement, ScopeStatementChange(ScopeStatementPatch), ScopeStatementPut, ScopeStatementRemoval(ScopeStatementId) }
}

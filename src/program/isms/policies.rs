//! Policies (ISO/IEC 27001:2022 5.2, A.5.1): the information security policy and those of single topics.

use super::{
    editions::{self, EditionApproval, EditionInForce, EditionStatus, Life, editioned},
    record::{Record, as_stored, room},
    rules::{self, Lacks, not_yet},
    shape::record,
};
use crate::{
    batch, bounded_text,
    catalog::Topic,
    kernel::{
        error::{Code, Error, Fault, Faults, Result},
        id::PolicyId,
        text::Url,
        time::Date,
    },
    platform::{
        diary::Due,
        journal::{EventType, Write},
        room::Told,
    },
    text_enum,
};

bounded_text! {
    /// What a policy says.
    PolicyText: 1..=100000, like "We protect the information that customers entrust to us.";
}

text_enum! {
    /// Which policy it is.
    PolicyLevel default TopicSpecific {
        /// The information security policy of the organisation (ISO/IEC 27001:2022 5.2).
        InformationSecurity = "information_security",
        /// A policy of one topic (ISO/IEC 27001:2022 A.5.1).
        TopicSpecific = "topic_specific",
    }
}

record! {
    /// A policy, with the edition that is worked on or holds.
    #[graphql(complex)]
    Policy: PolicyKind, PolicyId, NewPolicy, PolicyPatch, PolicyFilter(EditionStatus) {
        /// What it is called.
        #[schema(example = "Information security policy")]
        title;
        must {}
        may {
            /// What it says. There is a text, a link or both.
            text: PolicyText,
            /// Where it can be read.
            link: Url,
            /// What it is about.
            topic: Topic,
            /// The day on which it was communicated within the organisation.
            communicated_on: Date,
            /// The day by which it is looked at again; 12 months after the approval unless said.
            review_on: Date,
        }
        refs {}
        with {
            /// Which policy it is: of one topic, unless said.
            level: PolicyLevel,
            /// Whether it has objectives, or a framework for setting them.
            frames_objectives: bool,
            /// Whether it commits to meeting the requirements that apply.
            commits_to_requirements: bool,
            /// Whether it commits to improving the management system.
            commits_to_improvement: bool,
            /// Whether interested parties can have it, as appropriate.
            available_to_parties: bool,
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

editioned!(Policy, PolicyApproved, PolicyRevised, PolicyDraftDiscarded, PolicyRetired);

room!(Policy, PolicyKind);

impl Record for Policy {
    const NAME: &'static str = "policy";
    const EVENTS: Told = Told {
        created: EventType::PolicyCreated,
        updated: EventType::PolicyUpdated,
        deleted: EventType::PolicyDeleted,
    };
    const LIVING: &'static [&'static str] = &["communicated_on", "available_to_parties", "review_on"];
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn life(&self) -> Option<Life> {
        Some(Life { status: self.status, number: self.edition, in_force: self.in_force })
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        let nowhere = self.text.is_none() && self.link.is_none();
        faults.when(nowhere, "/text", "must be given, or link says where the policy can be read");
        not_yet("/communicated_on", self.communicated_on, today, faults);
    }

    fn dates(&self) -> Vec<Due> {
        let said = ("policy_review", "Review of a policy", &rules::POLICY_IS_REVIEWED);
        editions::review(said, &self.title, self.in_force, self.review_on).into_iter().collect()
    }

    /// Which policy it is was approved with its first edition.
    async fn ripple(_: &mut Write, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        match (before, after) {
            (Some(before), Some(after)) if before.edition > 1 && before.level != after.level => {
                let detail = "the level of a policy that was approved stays; enter another policy";
                Err(Error::at(Code::Conflict, "/level", detail))
            }
            _ => Ok(()),
        }
    }
}

impl Policy {
    /// The information security policy has what clause 5.2 asks for.
    fn lacking(&self, approval: &EditionApproval, faults: &mut Vec<Fault>) {
        if self.level != PolicyLevel::InformationSecurity {
            return;
        }
        let (mut lacks, rule) = (Lacks(faults), &rules::POLICY_COMMITS);
        lacks.when(
            !self.frames_objectives,
            "/frames_objectives",
            rule,
            "it needs objectives, or a framework for them",
        );
        lacks.when(
            !self.commits_to_requirements,
            "/commits_to_requirements",
            rule,
            "it needs this commitment",
        );
        lacks.when(!self.commits_to_improvement, "/commits_to_improvement", rule, "it needs this commitment");
        let told = "top management establishes it: say what the approver is at the organisation";
        lacks.when(approval.position.is_none(), "/position", rule, told);
    }
}

batch! {
    Policy, PolicyBatch, PolicyOperation { NewPolicy, PolicyChange(PolicyPatch), PolicyPut, PolicyRemoval(PolicyId) }
}

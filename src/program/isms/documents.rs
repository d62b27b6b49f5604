//! Controlled documents (ISO/IEC 27001:2022 7.5): what they are, where they lie, and how they are kept.

use super::{
    editions::{self, EditionApproval, EditionInForce, EditionStatus, Life, editioned},
    record::{Record, as_stored, room},
    rules::{self, Lacks},
    shape::record,
};
use crate::{
    batch, bounded_text,
    catalog::{RequirementId, RequirementKind, catalog},
    kernel::{
        error::{Fault, Faults},
        id::DocumentId,
        text::{Prose, ShortCode, Title, Url},
        time::Date,
    },
    platform::{diary::Due, journal::EventType, room::Told},
};

bounded_text! {
    /// How a document is handled: who may read it, where it is stored, how long it is kept, how it is destroyed.
    DocumentHandling: 1..=500, like "Seven years after it was superseded";
}

/// The standard whose clauses documents answer.
const STANDARD: &str = "iso27001-2022";
/// Clauses of one document at the most.
const MOST: usize = 30;

record! {
    /// A controlled document, with the edition that is worked on or holds.
    #[graphql(complex)]
    Document: DocumentKind, DocumentId, NewDocument, DocumentPatch, DocumentFilter(EditionStatus) {
        /// What it is called.
        #[schema(example = "Risk assessment method")]
        title;
        must {
            /// The number by which it is identified, unique in the tenant.
            #[schema(example = "ISMS-D-07")]
            number: ShortCode,
        }
        may {
            /// Its format and medium.
            #[schema(example = "PDF, electronic")]
            format: Title,
            /// Where it can be read.
            link: Url,
            /// Who may read it, and who may change it.
            #[schema(example = "All staff read; the security team writes")]
            access: DocumentHandling,
            /// Where it is stored, and how it stays legible.
            #[schema(example = "The document store, backed up daily")]
            storage: DocumentHandling,
            /// How long it is kept.
            retention: DocumentHandling,
            /// What becomes of it after that.
            #[schema(example = "Deleted from the store and its backups")]
            disposal: DocumentHandling,
            /// The day by which it is looked at again; 12 months after the approval unless said.
            review_on: Date,
        }
        refs {}
        with {
            /// What it is for.
            description: Prose,
            /// Whether it comes from outside, such as a standard or a customer's rules.
            external_origin: bool,
            /// The clauses of ISO/IEC 27001:2022 that it answers. They may be said of an approved edition too.
            #[schema(max_items = 30, example = json!(["10.2"]))]
            clauses: Vec<RequirementId>,
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

editioned!(Document, DocumentApproved, DocumentRevised, DocumentDraftDiscarded, DocumentRetired);

room!(Document, DocumentKind);

impl Record for Document {
    const NAME: &'static str = "document";
    const EVENTS: Told = Told {
        created: EventType::DocumentCreated,
        updated: EventType::DocumentUpdated,
        deleted: EventType::DocumentDeleted,
    };
    const LIVING: &'static [&'static str] = &["review_on", "clauses"];
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn code(&self) -> Option<&ShortCode> {
        Some(&self.number)
    }
    fn life(&self) -> Option<Life> {
        Some(Life { status: self.status, number: self.edition, in_force: self.in_force })
    }
    fn faults(&self, _: Date, faults: &mut Faults) {
        faults.once_each("/clauses", &self.clauses, MOST);
        for (n, id) in self.clauses.iter().enumerate().take(MOST) {
            let told = "is no clause; GET /v1/frameworks/iso27001-2022/requirements?kind=clause lists them";
            faults.when(!is_clause(id), format!("/clauses/{n}"), told);
        }
    }
    fn dates(&self) -> Vec<Due> {
        let said = ("document_review", "Review of a document", &rules::DOCUMENT_IS_SUITABLE);
        editions::review(said, &self.title, self.in_force, self.review_on).into_iter().collect()
    }
}

fn is_clause(id: &RequirementId) -> bool {
    let known = catalog().framework(STANDARD).into_iter().flat_map(|standard| &standard.requirements);
    known.filter(|one| one.kind == RequirementKind::Clause).any(|one| one.id == *id)
}

impl Document {
    /// Whether an edition of it holds, and it answers this clause.
    pub fn answers(&self, clause: &str) -> bool {
        self.in_force.is_some() && self.clauses.iter().any(|id| id.as_str() == clause)
    }

    /// What is approved is suitable and controlled: it has a format, and is somewhere, for somebody and for a time.
    fn lacking(&self, _: &EditionApproval, faults: &mut Vec<Fault>) {
        let mut lacks = Lacks(faults);
        let (suitable, controlled) = (&rules::DOCUMENT_IS_SUITABLE, &rules::DOCUMENT_IS_CONTROLLED);
        lacks.when(self.format.is_none(), "/format", suitable, "say its format and medium");
        let nowhere = self.storage.is_none() && self.link.is_none();
        lacks.when(nowhere, "/storage", controlled, "say where it is stored, or link to it");
        lacks.when(
            self.access.is_none(),
            "/access",
            controlled,
            "say who may read it, and who may change it",
        );
        lacks.when(self.retention.is_none(), "/retention", controlled, "say how long it is kept");
        lacks.when(self.disposal.is_none(), "/disposal", controlled, "say what becomes of it after that");
    }
}

batch! {
    Document, DocumentBatch, DocumentOperation { NewDocument, DocumentChange(DocumentPatch), DocumentPut, DocumentRemoval(DocumentId) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_stored_before_there_were_clauses_is_read() {
        let stored = json!({
            "id": format!("doc_{}", "0".repeat(32)), "title": "Method", "number": "D-01", "description": "",
            "external_origin": false, "status": "draft", "edition": 1, "external_refs": [], "version": 1,
            "created_at": "2026-11-24T09:00:00Z",
        });
        let read: Document = serde_json::from_value(stored).unwrap();
        assert!(read.clauses.is_empty() && !read.answers("10.2"));
    }
}

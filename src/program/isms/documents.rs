//! Controlled documents (ISO/IEC 27001:2022 7.5): what they are, where they lie, and how they are kept.

use super::{
    editions::{self, EditionApproval, EditionInForce, EditionStatus, Life, editioned},
    record::{Record, as_stored, room},
    rules::{self, Lacks},
    shape::record,
};
use crate::{
    batch, bounded_text,
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
    const LIVING: &'static [&'static str] = &["review_on"];
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
    fn faults(&self, _: Date, _: &mut Faults) {}
    fn dates(&self) -> Vec<Due> {
        let said = ("document_review", "Review of a document", &rules::DOCUMENT_IS_SUITABLE);
        editions::review(said, &self.title, self.in_force, self.review_on).into_iter().collect()
    }
}

impl Document {
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

//! Controlled documents over GraphQL.

use super::{editions, owned, resolvers};
use crate::{
    kernel::id::DocumentId,
    program::isms::documents::{Document, DocumentBatch, DocumentFilter, DocumentPatch, NewDocument},
};

owned!(Document, |one| one.owner);

resolvers! {
    Document as Document, DocumentId, NewDocument, DocumentPatch, DocumentFilter, DocumentBatch;
    query DocumentQuery {
        /// Controlled documents, each with the edition that is worked on or holds.
        documents
        /// One controlled document.
        document
    }
    mutation DocumentMutation {
        /// Enters a controlled document, as a draft of its first edition.
        create_document
        /// Changes a controlled document. An approved edition stays as it is.
        update_document
        /// Removes a controlled document that was never approved.
        delete_document
        /// Changes many at once, in one transaction.
        batch_documents
    }
}

editions! {
    Document, DocumentId;
    query DocumentEditionQuery {
        /// The approved editions of a controlled document.
        document_editions
        /// A controlled document as it was approved.
        document_edition
    }
    mutation DocumentEditionMutation {
        /// Approves the draft of a controlled document.
        approve_document
        /// Opens the next edition of a controlled document, as a draft.
        revise_document
        /// Throws away the draft of a later edition of a controlled document.
        discard_document_draft
        /// Retires a controlled document.
        retire_document
    }
}

//! Controlled documents over REST.

use super::{editions, operations};
use crate::{
    kernel::id::DocumentId,
    program::isms::documents::{Document, DocumentBatch, DocumentFilter, DocumentPatch, NewDocument},
};

operations! {
    Document as Document, DocumentId, NewDocument, DocumentPatch, DocumentFilter, DocumentBatch;
    "/v1/isms/documents" {
        /// List controlled documents
        ///
        /// Each with the edition that is worked on or holds, where it lies and how it is kept.
        list_documents
        /// Enter a controlled document
        ///
        /// As a draft of its first edition, under a number of its own.
        create_document
    }
    "/v1/isms/documents/{id}" {
        /// Get a controlled document
        ///
        /// The edition that is worked on, or the one that holds while none is; `in_force` tells which one holds.
        get_document
        /// Change a controlled document
        ///
        /// A merge patch: what is absent stays, null clears. An approved edition stays as it is, but for who answers for it,
        /// when it is reviewed and its references: open the next edition to change the rest.
        update_document
        /// Remove a controlled document
        ///
        /// For one that was never approved; what was approved is retired.
        delete_document
    }
    "/v1/isms/documents:batch" {
        /// Change many controlled documents at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
        /// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
        batch_documents
    }
}

editions! {
    Document, DocumentId;
    "/v1/isms/documents/{id}/approve" {
        /// Approve a controlled document
        ///
        /// Freezes the draft as an edition, which supersedes the one before. It needs what ISO/IEC 27001:2022 7.5 asks for:
        /// a format, a place, who may read it, how long it is kept and what becomes of it then; 409 names what is missing.
        approve_document
    }
    "/v1/isms/documents/{id}/revise" {
        /// Revise a controlled document
        ///
        /// Opens the next edition, as a draft that says what the approved one says. That one holds until the draft is
        /// approved.
        revise_document
    }
    "/v1/isms/documents/{id}/discard-draft" {
        /// Throw away the draft of a controlled document
        ///
        /// For the draft of a later edition: the record says again, word for word, what was approved last, and is
        /// approved, or retired where it was. Its owner, its references and its review stay as they are
        /// now. The draft of a first edition is removed with the record.
        discard_document_draft
    }
    "/v1/isms/documents/{id}/retire" {
        /// Retire a controlled document
        ///
        /// Its last edition holds no more, and none takes its place; a draft of the next one is dropped. Its
        /// editions stay readable.
        retire_document
    }
    "/v1/isms/documents/{id}/editions" {
        /// List the editions of a controlled document
        ///
        /// Those that were approved: the one that holds, and those that it superseded.
        list_document_editions
    }
    "/v1/isms/documents/{id}/editions/{number}" {
        /// Get an edition of a controlled document
        ///
        /// The document as it was approved. Nothing in it changes any more.
        get_document_edition
    }
}

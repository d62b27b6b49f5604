//! What an event changes, told when it is recorded, or only tried.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    engine::{CertificationFlag, CertificationStatus, Validity},
    log::CertificationEvent,
    model::Certification,
};
use crate::platform::diary::Milestone;

/// How a certificate stands today.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = CertificationStanding)]
#[graphql(name = "CertificationStanding")]
pub struct Standing {
    /// How it stands.
    pub status: CertificationStatus,
    /// The three-year cycle; null before it begins.
    pub validity: Option<Validity>,
    /// What to look at.
    #[schema(max_items = 300)]
    pub flags: Vec<CertificationFlag>,
    /// Everything that is due.
    #[schema(max_items = 1000)]
    pub milestones: Vec<Milestone>,
}

impl Standing {
    /// What of a certificate is compared.
    pub fn of(certificate: Certification, milestones: Vec<Milestone>) -> Self {
        let Certification { status, validity, flags, .. } = certificate;
        Self { status, validity, flags, milestones }
    }
}

/// An event, and what it changed or would change.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct RecordedCertificationEvent {
    /// The event.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub event: CertificationEvent,
    /// Whether it was only tried: nothing was written.
    pub dry_run: bool,
    /// How the certificate stood today without it.
    pub before: Standing,
    /// How it stands today with it.
    pub after: Standing,
}

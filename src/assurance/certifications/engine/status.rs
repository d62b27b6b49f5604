//! How a certificate stands on a day, in our words and in those of public registers.

use crate::{platform::journal::EventType, text_enum};

text_enum! {
    /// How a certificate stands on a day.
    CertificationStatus {
        /// Nothing holds yet on that day.
        NotYetValid = "not_yet_valid",
        /// The organisation has applied.
        Application = "application",
        /// Stage 1 is done.
        Stage1Done = "stage_1_done",
        /// Stage 2 is done; the decision is open.
        Stage2Done = "stage_2_done",
        /// Certification was refused.
        Refused = "refused",
        /// It is valid.
        Active = "active",
        /// A part of its scope is suspended; the rest is valid.
        SuspendedInPart = "suspended_in_part",
        /// It is suspended: temporarily invalid.
        Suspended = "suspended",
        /// It has expired and can still be restored.
        ExpiredRestorable = "expired_restorable",
        /// It has expired, and only a new stage 2 leads back.
        Closed = "closed",
        /// The edition that it was audited against has ended.
        EditionEnded = "edition_ended",
        /// The certification body withdrew it.
        Withdrawn = "withdrawn",
        /// Another certification body took it over under a record of its own.
        TransferredOut = "transferred_out",
        /// Its registration was voided: it had been entered by mistake.
        Voided = "voided",
    }
}

text_enum! {
    /// The status in the words of public registers (IAF CertSearch).
    PublicStatus {
        /// active, suspended_in_part
        Active = "Active",
        /// not_yet_valid, application, stage_1_done, stage_2_done, refused, voided
        Inactive = "Inactive",
        /// suspended
        Suspended = "Suspended",
        /// transferred_out
        Cancelled = "Cancelled",
        /// withdrawn
        Withdrawn = "Withdrawn",
        /// expired_restorable, closed, edition_ended
        Expired = "Expired",
    }
}

impl CertificationStatus {
    /// The word of public registers for it.
    pub fn public(self) -> PublicStatus {
        match self {
            Self::Active | Self::SuspendedInPart => PublicStatus::Active,
            Self::NotYetValid
            | Self::Application
            | Self::Stage1Done
            | Self::Stage2Done
            | Self::Refused
            | Self::Voided => PublicStatus::Inactive,
            Self::Suspended => PublicStatus::Suspended,
            Self::TransferredOut => PublicStatus::Cancelled,
            Self::Withdrawn => PublicStatus::Withdrawn,
            Self::ExpiredRestorable | Self::Closed | Self::EditionEnded => PublicStatus::Expired,
        }
    }

    /// Whether the certification may be promoted and its marks used, at least for a part of the scope.
    pub fn usable(self) -> bool {
        matches!(self, Self::Active | Self::SuspendedInPart)
    }

    /// What the journal tells when time alone leads here from another status.
    pub fn reached_from(self, before: Self) -> Vec<EventType> {
        let over = |status| matches!(status, Self::ExpiredRestorable | Self::Closed | Self::EditionEnded);
        if self == before || !over(self) {
            return Vec::new();
        }
        let expired = Some(EventType::CertificationExpired).filter(|_| !over(before));
        let then = match self {
            Self::ExpiredRestorable => Some(EventType::CertificationRestorable),
            Self::Closed => Some(EventType::CertificationClosed),
            _ => None,
        };
        expired.into_iter().chain(then).collect()
    }

    /// Whether a certificate was held that may not be promoted now.
    pub fn lapsed(self) -> bool {
        matches!(
            self,
            Self::Suspended
                | Self::ExpiredRestorable
                | Self::Closed
                | Self::EditionEnded
                | Self::Withdrawn
                | Self::TransferredOut
        )
    }
}

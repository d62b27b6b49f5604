//! An invitation.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::invitations;
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{InvitationId, MemberId, TenantId},
        page::SortOrder,
        text::Title,
        time::{Date, Instant},
    },
    platform::{
        access::Role,
        identity::members::{Email, MemberKind, NewMember},
        journal::{Recorded, ShownOnce},
    },
    text_enum,
};

/// How long an invitation is open, in seconds, unless said: a week.
const OPEN: i64 = 7 * 24 * 60 * 60;
/// The longest it may be: thirty days.
const MAX_OPEN: i64 = 30 * 24 * 60 * 60;

text_enum! {
    /// What has become of an invitation.
    InvitationState {
        /// It can be accepted.
        Pending = "pending",
        /// Somebody became a member by it.
        Accepted = "accepted",
        /// It was not accepted in time.
        Expired = "expired",
        /// It was taken back.
        Revoked = "revoked",
    }
}

bounded_text! {
    /// The text of an invitation, as it was shown once.
    InvitationToken: 1..=200, like "ati_0198b2a4c6d87e10a1b2c3d4e5f60718_5f1d…";
}

/// An invitation, as stored.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable)]
#[schema(as = InvitationFacts, example = json!({ "email": "lead@example.com", "name": "Compliance lead", "role": "manager" }))]
#[graphql(name = "InvitationFacts")]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// Whom it is for.
    pub email: Email,
    /// The name that the member will have.
    pub name: Title,
    /// What the member may do.
    pub role: Role,
    /// The last day of the member's access; null for no end.
    pub access_ends_on: Option<Date>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) secret_hash: String,
    /// Until when it can be accepted.
    pub expires_at: Instant,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// The member that accepted it; null again once that member is removed.
    pub accepted_by: Option<MemberId>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

impl Recorded for Invitation {
    const RESOURCE: &'static str = "invitation";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        None
    }
}

impl Invitation {
    /// What has become of it.
    pub fn state(&self, now: Instant) -> InvitationState {
        match (self.accepted_at, self.revoked_at) {
            (Some(_), _) => InvitationState::Accepted,
            (_, Some(_)) => InvitationState::Revoked,
            _ if self.expires_at <= now => InvitationState::Expired,
            _ => InvitationState::Pending,
        }
    }

    /// As it is shown at a moment.
    pub fn at(self, now: Instant) -> InvitationView {
        InvitationView { state: self.state(now), facts: self }
    }

    /// The member that it makes.
    pub fn member(&self) -> NewMember {
        NewMember {
            kind: MemberKind::Person,
            name: self.name.clone(),
            email: Some(self.email.clone()),
            role: self.role,
            access_ends_on: self.access_ends_on,
            external_refs: Vec::new(),
        }
    }

    /// Whether it is for this address. Providers write addresses in capitals as they like.
    pub fn is_for(&self, email: &Email) -> bool {
        self.email.as_str().to_lowercase() == email.as_str().to_lowercase()
    }
}

/// An invitation, and what has become of it.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = Invitation)]
#[graphql(name = "Invitation")]
pub struct InvitationView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Invitation,
    /// What has become of it by now.
    pub state: InvitationState,
}

/// An invitation with its token, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct IssuedInvitation {
    /// The token to give to the person; null in a replayed answer.
    #[schema(max_length = 200)]
    pub token: Option<String>,
    /// Its facts.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: InvitationView,
}

impl ShownOnce for IssuedInvitation {
    fn redacted(&self) -> Self {
        Self { token: None, ..self.clone() }
    }
}

/// A person to invite.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "lead@example.com", "name": "Compliance lead", "role": "manager" }))]
pub struct NewInvitation {
    /// Whom it is for.
    pub email: Email,
    /// The name that the member will have.
    pub name: Title,
    /// What the member may do; at most what the caller may do.
    pub role: Role,
    /// The last day of the member's access; required for an auditor.
    #[serde(default)]
    pub access_ends_on: Option<Date>,
    /// Until when it can be accepted, at most thirty days from now; a week from now unless said.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

impl NewInvitation {
    /// The invitation to store.
    pub fn into_invitation(
        self,
        tenant_id: TenantId,
        id: InvitationId,
        hash: String,
        now: Instant,
    ) -> Invitation {
        Invitation {
            id,
            tenant_id,
            email: self.email,
            name: self.name,
            role: self.role,
            access_ends_on: self.access_ends_on,
            secret_hash: hash,
            expires_at: self.expires_at.unwrap_or_else(|| now.plus_seconds(OPEN)),
            accepted_at: None,
            accepted_by: None,
            revoked_at: None,
            created_at: now,
        }
    }

    /// Checks what must hold between the fields.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, now: Instant) -> Result<()> {
        let mut faults = Faults::default();
        faults.when(!self.email.plausible(), "/email", "must be an e-mail address");
        let endless_auditor = self.role == Role::Auditor && self.access_ends_on.is_none();
        faults.when(endless_auditor, "/access_ends_on", "an auditor's access must end on a date");
        let open = |end: Instant| now < end && end <= now.plus_seconds(MAX_OPEN);
        let odd = !self.expires_at.is_none_or(open);
        faults.when(odd, "/expires_at", "must lie in the future, at most thirty days from now");
        faults.into_result()
    }
}

/// The acceptance of an invitation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The invitation's token.
    pub token: InvitationToken,
}

/// Which invitations to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct InvitationFilter {
    /// Invitations for one address, as it was written.
    pub email: Option<Email>,
}

/// The order of invitations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum InvitationSort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for InvitationSort {
    const DEFAULT: Self = Self::Oldest;
}

//! The text of an invitation: `ati_` + id + `_` + secret. Shown once; only the secret's hash is stored.

use uuid::Uuid;

use crate::{
    kernel::id::InvitationId,
    platform::{identity::token::Secret, ids::Ids},
};

const PREFIX: &str = "ati_";

/// An invitation as presented: well-formed, not yet known to be one.
pub struct Token {
    /// Which invitation it claims to be.
    pub id: InvitationId,
    /// Its secret part.
    pub secret: Secret,
}

impl Token {
    /// A new invitation's text for this id.
    pub fn issue(ids: &Ids, id: InvitationId) -> Self {
        Self { id, secret: Secret::issue(ids) }
    }

    /// Reads an invitation.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.trim().strip_prefix(PREFIX)?.split_once('_')?;
        let id = InvitationId::from_uuid(Uuid::try_parse(id).ok()?);
        Some(Self { id, secret: Secret::presented(secret) })
    }

    /// The text to show, once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}", self.id.uuid().simple(), self.secret.reveal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::Instant;

    #[test]
    fn an_invitation_reads_back_and_another_does_not_match() {
        let ids = Ids::seeded(1);
        let token = Token::issue(&ids, ids.id(Instant::from_micros(0)));
        let read = Token::parse(&token.reveal()).unwrap();
        assert!(read.id == token.id && read.secret.matches(&token.secret.hash()));
        assert!(!Token::issue(&ids, token.id).secret.matches(&token.secret.hash()));
        for wrong in ["", "ati_", "ati_x_y", "atd_00000000000000000000000000000000_x", &token.reveal()[..36]]
        {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
    }
}

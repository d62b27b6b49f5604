//! What API keys and OAuth clients have in common: a member, scopes within the issuer's own, an end, and rotation with
//! overlap.

use async_graphql::InputObject;
use serde::Deserialize;
use utoipa::ToSchema;

use super::members::{self, Member};
use crate::{
    kernel::{
        error::{Code, Error, Faults, Result},
        id::MemberId,
        time::Instant,
    },
    platform::{
        access::{Ctx, scope_names},
        db::TenantTx,
        room::Stored,
    },
};

/// How long a rotated secret still works, in seconds, unless said: a day.
const OVERLAP: u32 = 24 * 60 * 60;
/// The longest overlap, in seconds: thirty days.
const MAX_OVERLAP: u32 = 30 * 24 * 60 * 60;
/// Scopes of one credential at the most.
const MAX_SCOPES: usize = 50;

/// How to rotate a credential.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct Rotation {
    /// How long the old secret still works, in seconds; a day unless said, at most thirty days.
    #[schema(minimum = 0, maximum = 2_592_000, example = 86_400)]
    pub overlap_seconds: Option<u32>,
}

impl Rotation {
    /// Checks the overlap.
    ///
    /// # Errors
    /// [`Code::Unprocessable`] when it is too long.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let long = self.overlap() > MAX_OVERLAP;
        faults.when(long, "/overlap_seconds", format!("must be at most {MAX_OVERLAP}"));
        faults.into_result()
    }

    /// When the old secret of a credential that ends at `own` stops working.
    pub fn ends_at(&self, now: Instant, own: Option<Instant>) -> Instant {
        let end = now.plus_seconds(self.overlap().into());
        own.map_or(end, |own| own.min(end))
    }

    fn overlap(&self) -> u32 {
        self.overlap_seconds.unwrap_or(OVERLAP)
    }
}

/// Whether a credential that ends then still works.
pub fn live(expires_at: Option<Instant>, now: Instant) -> bool {
    expires_at.is_none_or(|end| now < end)
}

/// Notes what is wrong with scopes and expiry.
pub fn check_terms(scopes: &[String], expires_at: Option<Instant>, now: Instant, faults: &mut Faults) {
    let known = scope_names();
    let names = known.iter().copied().collect::<Vec<_>>().join(", ");
    faults.when(scopes.len() > MAX_SCOPES, "/scopes", format!("must have at most {MAX_SCOPES} items"));
    for (n, scope) in scopes.iter().enumerate().take(MAX_SCOPES) {
        let unknown = !known.contains(scope.as_str());
        faults.when(unknown, format!("/scopes/{n}"), format!("must be one of {names}"));
        faults.when(scopes[..n].contains(scope), format!("/scopes/{n}"), "is given twice");
    }
    faults.when(!live(expires_at, now), "/expires_at", "must lie in the future");
}

/// A narrowed credential cannot make a wider one.
///
/// # Errors
/// [`Code::Forbidden`] when a scope is not among the caller's own.
pub fn within_own_scopes(ctx: &Ctx, scopes: &[String]) -> Result<()> {
    let own = &ctx.caller().scopes;
    let wider = !own.is_empty() && (scopes.is_empty() || scopes.iter().any(|scope| !own.contains(scope)));
    if wider {
        let detail = "a credential with scopes can only issue credentials within them";
        return Err(Error::new(Code::Forbidden, detail));
    }
    Ok(())
}

/// The member that a new credential is to act for.
///
/// # Errors
/// [`Code::Unprocessable`] when there is no such member; [`Code::Forbidden`] when its role is above the caller's.
pub async fn future_holder(ctx: &Ctx, tx: &mut TenantTx, id: MemberId) -> Result<Member> {
    let missing = || Error::at(Code::Unprocessable, "/member_id", "there is no such member");
    let member = Member::find(tx, id).await?.ok_or_else(missing)?;
    members::service::may_grant(ctx, member.role)?;
    Ok(member)
}

/// The member that a credential acts for.
///
/// # Errors
/// [`Code::Forbidden`] when its role is above the caller's.
pub async fn holder(ctx: &Ctx, tx: &mut TenantTx, id: MemberId) -> Result<Member> {
    let member = Member::find(tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    members::service::may_grant(ctx, member.role)?;
    Ok(member)
}

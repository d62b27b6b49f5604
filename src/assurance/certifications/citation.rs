//! The version of the Statement of Applicability that a certificate names.

use super::{log::CertificationEvent, model::Facts};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::ApplicabilityVersionId,
        text::ShortCode,
    },
    platform::db::TenantTx,
    program::applicability::{self, NO_VERSION},
};

/// Where the facts name an approved version, they cite it by its label. `said` is the label in the same request.
///
/// # Errors
/// [`Code::Unprocessable`] when there is no such version, or its label is another one.
pub async fn cite(tx: &mut TenantTx, facts: &mut Facts, said: Option<&ShortCode>) -> Result<()> {
    if let Some(id) = facts.soa_version_id {
        facts.soa_version = Some(label(tx, id, said, "").await?);
    }
    Ok(())
}

/// The same for what an event names.
///
/// # Errors
/// As [`cite`].
pub async fn cite_in(tx: &mut TenantTx, event: &mut CertificationEvent) -> Result<()> {
    let Some(details) = event.details.as_mut() else { return Ok(()) };
    if let Some(id) = details.soa_version_id {
        let said = details.0.soa_version.take();
        details.0.soa_version = Some(label(tx, id, said.as_ref(), "/details").await?);
    }
    Ok(())
}

async fn label(
    tx: &mut TenantTx,
    id: ApplicabilityVersionId,
    said: Option<&ShortCode>,
    at: &str,
) -> Result<ShortCode> {
    let version = applicability::approved_version(tx, id).await?;
    let missing = || Error::at(Code::Unprocessable, format!("{at}/soa_version_id"), NO_VERSION);
    let label: ShortCode = version.ok_or_else(missing)?.label.as_str().parse().map_err(Error::internal)?;
    if said.is_some_and(|said| *said != label) {
        let detail = format!("must be {label}, which is the label of that version, or be left out");
        return Err(Error::at(Code::Unprocessable, format!("{at}/soa_version"), detail));
    }
    Ok(label)
}

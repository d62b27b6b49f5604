//! The statement of applicability of the cloud company: an approved version, and a draft that has moved on.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{input, programme::rows};
use crate::{
    kernel::{
        error::{Error, Result},
        id::{ApplicabilityVersionId, ControlId, MemberId, RiskId, StatementOfApplicabilityId},
        patch::Expected,
    },
    platform::{access::Ctx, room},
    program::applicability::{self, StatementOfApplicability},
};

#[derive(Deserialize)]
struct Row {
    entry: String,
    decision: String,
    /// The kind of a reason beside risks; none where there is no such one.
    reason: String,
    risks: String,
    /// Controls beside those that name the entry among their requirements.
    controls: String,
    /// What the reason rests on, or why the control is excluded.
    text: String,
}

/// Enters the statement, approves it, and changes the draft. The version that the certificate names.
///
/// # Errors
/// When the database fails, the table names a risk that is not there, or the statement cannot be approved.
pub async fn enter(
    ctx: &Ctx,
    lead: MemberId,
    controls: &HashMap<String, ControlId>,
    risks: &HashMap<String, RiskId>,
) -> Result<ApplicabilityVersionId> {
    let new = json!({
        "name": "Example Cloud platform", "owner": lead,
        "scope": "Development, operation and support of the Example Cloud platform",
        "external_refs": [{ "system": "tracker", "id": "COMP-21" }],
    });
    let id = room::create::<StatementOfApplicability>(ctx, input(new)?).await?.id;
    let table = rows::<Row>(include_str!("cloud-applicability.csv"))?;
    let items: Vec<_> = table.iter().map(|row| item(row, controls, risks)).collect::<Result<_>>()?;
    let told =
        applicability::batch_entries(ctx, id, input(json!({ "atomic": true, "items": items }))?).await?;
    if told.refused > 0 {
        return Err(Error::internal("an entry of the demo's statement was refused"));
    }
    own(ctx, id, controls).await?;
    let approved_on = ctx.today().minus_days(60);
    let note = "Approved in the management review";
    let version = json!({ "label": "3.1", "approver": lead, "approved_on": approved_on, "note": note });
    let approved = applicability::approve(ctx, id, input(version)?).await?.version.id;
    let change = json!({ "note": "Staff may use their own telephones from next quarter on; the control covers them then" });
    let key = "A.8.1".parse().map_err(|_| Error::internal("A.8.1 is a key"))?;
    applicability::update_entry(ctx, id, &key, Expected::Any, input(change)?).await?;
    approved.ok_or_else(|| Error::internal("what was approved is no draft"))
}

fn item(row: &Row, controls: &HashMap<String, ControlId>, risks: &HashMap<String, RiskId>) -> Result<Value> {
    let patch = match row.decision.as_str() {
        "excluded" => json!({ "decision": "excluded", "exclusion": row.text }),
        _ => json!({
            "decision": row.decision, "reasons": reasons(row, risks)?, "controls": all(&row.controls, controls)?,
        }),
    };
    Ok(json!({ "entry": row.entry, "patch": patch }))
}

fn reasons(row: &Row, risks: &HashMap<String, RiskId>) -> Result<Vec<Value>> {
    let named = all(&row.risks, risks)?;
    let risk = (!named.is_empty()).then(|| json!({ "kind": "risk", "risks": named }));
    let other = (!row.reason.is_empty()).then(|| json!({ "kind": row.reason, "text": row.text }));
    Ok(risk.into_iter().chain(other).collect())
}

/// What these codes stand for.
fn all<T: Copy>(codes: &str, known: &HashMap<String, T>) -> Result<Vec<T>> {
    let find = |code: &str| known.get(code).copied().ok_or_else(|| Error::internal(format!("no {code}")));
    codes.split_whitespace().map(find).collect()
}

/// What is necessary and in no Annex A: a clause asks for it, and customers do.
async fn own(ctx: &Ctx, id: StatementOfApplicabilityId, controls: &HashMap<String, ControlId>) -> Result<()> {
    let control = *controls.get("GV-03").ok_or_else(|| Error::internal("no control GV-03"))?;
    let reasons =
        json!([{ "kind": "business", "text": "Customers ask who at the top answers for security" }]);
    applicability::add_entry(ctx, id, input(json!({ "control": control, "reasons": reasons }))?)
        .await
        .map(drop)
}

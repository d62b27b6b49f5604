//! A framework of the cloud company's own: what its largest customer has written into the contract.

use serde_json::{Value, json};

use super::input;
use crate::{
    catalog::{
        FrameworkKey,
        custom::{mappings, service},
    },
    kernel::error::{Error, Result},
    platform::access::Ctx,
};

const KEY: &str = "x-customer-schedule";
/// Id, title and group.
const REQUIREMENTS: [(&str, &str, &str); 8] = [
    ("1.1", "Accounts are reviewed every quarter", "Access"),
    ("1.2", "Administrators sign in with hardware keys", "Access"),
    ("2.1", "Data stays within the European Union", "Data"),
    ("2.2", "Data is erased within thirty days of the end", "Data"),
    ("3.1", "A suspected breach is told within two days", "Incidents"),
    ("3.2", "A lost or suspended certificate is told within five days", "Incidents"),
    ("4.1", "A new subcontractor is announced a month ahead", "Suppliers"),
    ("4.2", "The customer may audit once a year", "Suppliers"),
];
/// Requirement, framework, its requirement, relationship and reason.
const MAPPINGS: [(&str, &str, &str, &str, &str); 7] = [
    ("1.1", "iso27001-2022", "A.5.18", "subset", "The standard asks for reviews at planned intervals"),
    ("1.1", "soc2-2017", "CC6.2", "subset", "The criterion asks for access to be removed as well"),
    ("1.2", "iso27001-2022", "A.8.5", "subset", "Hardware keys are one way of secure authentication"),
    ("2.2", "iso27001-2022", "A.8.10", "subset", "The standard sets no number of days"),
    ("3.1", "iso27001-2022", "A.5.24", "intersects", "Telling customers is one part of the plan"),
    ("3.1", "soc2-2017", "CC7.4", "intersects", "Telling customers is one part of the response"),
    ("4.1", "iso27001-2022", "A.5.22", "intersects", "Both watch changes of suppliers"),
];

/// Enters the framework and its mappings.
///
/// # Errors
/// When the database fails.
pub async fn enter_schedule(ctx: &Ctx) -> Result<()> {
    let requirement =
        |(id, title, group): &(&str, &str, &str)| json!({ "id": id, "title": title, "group": group });
    let requirements: Vec<Value> = REQUIREMENTS.iter().map(requirement).collect();
    let new = json!({
        "key": KEY, "name": "Security schedule of our largest customer", "requirements": requirements,
        "description": "Annex 4 of the contract, as it stands since its last renewal.",
        "external_refs": [{ "system": "contracts", "id": "MSA-114" }],
    });
    service::create(ctx, input(new)?).await?;
    let key: FrameworkKey = KEY.parse().map_err(Error::internal)?;
    for (requirement, framework, id, relationship, rationale) in MAPPINGS {
        let mapping = json!({
            "requirement": requirement, "counterpart": { "framework": framework, "id": id },
            "relationship": relationship, "rationale": rationale,
        });
        mappings::service::create(ctx, &key, input(mapping)?).await?;
    }
    Ok(())
}

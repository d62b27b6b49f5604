//! What the demo organisations are: their profiles, locations and systems.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{input, programme::People};
use crate::{
    kernel::{
        error::Result,
        id::{LocationId, MemberId, SystemId},
        patch::Expected,
    },
    platform::{access::Ctx, room, sole},
    program::organization::{
        customers::CustomerRequirement, locations::Location, profile::Organization, systems::System,
    },
};

/// The systems of an organisation, by their names.
pub type Systems = HashMap<String, SystemId>;

/// Enters what the cloud company is.
///
/// # Errors
/// When the database fails.
pub async fn enter_cloud(ctx: &Ctx, people: &People) -> Result<Systems> {
    let profile = json!({
        "legal_name": "Example Cloud GmbH", "industry": "saas", "regions": ["europe", "north_america"],
        "data_handled": ["personal_data", "customer_confidential"], "size": 120, "needs_public_certificate": true,
        "description": "Workflow software that companies use as a service", "website": "https://cloud.example.com",
    });
    enter_profile(ctx, profile).await?;
    let office = json!({
        "name": "Head office", "kind": "office", "address": "1 Example Street, 10115 Berlin", "country": "DE",
        "time_zone": "Europe/Berlin", "persons": 80, "external_refs": [{ "system": "facilities", "id": "B1" }],
    });
    let engineering = json!({
        "name": "Engineering", "kind": "office", "address": "2 Example Road, Dublin 2", "country": "IE",
        "time_zone": "Europe/Dublin", "persons": 40,
    });
    let region = json!({ "name": "Frankfurt region", "kind": "cloud_region", "country": "DE", "persons": 0 });
    enter_location(ctx, office).await?;
    enter_location(ctx, engineering).await?;
    let region = enter_location(ctx, region).await?;
    let systems = enter_systems(ctx, cloud_systems(people, region)).await?;
    for new in cloud_requirements(ctx, people) {
        room::create::<CustomerRequirement>(ctx, input(new)?).await?;
    }
    Ok(systems)
}

fn cloud_requirements(ctx: &Ctx, people: &People) -> [Value; 2] {
    let today = ctx.today();
    [
        json!({
            "customer": "Example Retail Inc.", "asks": [{ "framework": "soc2-2017", "report": "type_2" }],
            "due": today.plus_months(14), "status": "agreed", "contract": "MSA-114, annex 3", "owner": people.lead,
            "promises": [
                { "notify_on": "suspension", "within_days": 5, "text": "In writing, of any suspension of a certificate" },
                { "notify_on": "breach", "within_days": 2 },
                { "notify_on": "report_issue", "within_days": 30, "text": "A copy of each report" },
            ],
            "external_refs": [{ "system": "crm", "id": "ACC-114", "url": "https://crm.example.com/ACC-114" }],
        }),
        json!({
            "customer": "Example Bank AG", "asks": [{ "framework": "iso27001-2022" }], "status": "met",
            "due": today.minus_months(20), "met_on": today.minus_months(21), "contract": "Framework agreement 7",
            "promises": [{ "notify_on": "withdrawal", "within_days": 1 }], "owner": people.lead,
        }),
    ]
}

fn cloud_systems(people: &People, region: LocationId) -> [Value; 4] {
    [
        json!({
            "name": "Example Cloud platform", "kind": "service", "owner": people.engineering, "location": region,
            "criticality": "critical", "data_handled": ["personal_data", "customer_confidential"],
            "description": "What customers sign in to and keep their records in",
            "in_scope_of": ["iso27001-2022", "soc2-2017"],
            "components": {
                "infrastructure": "Three availability zones of a cloud provider, one region",
                "software": "The web application, its API, the job runner",
                "people": "Engineering on call, support, customers' administrators",
                "procedures": "Change management, incident response, backup and restore",
                "data": "Customers' records, their users' accounts, logs",
            },
            "external_refs": [{ "system": "cmdb", "id": "SVC-1", "url": "https://cmdb.example.com/SVC-1" }],
        }),
        json!({
            "name": "Customer database", "kind": "data_store", "owner": people.engineering, "location": region,
            "criticality": "critical", "data_handled": ["personal_data", "customer_confidential"],
            "description": "Customers' records, encrypted at rest", "in_scope_of": ["iso27001-2022", "soc2-2017"],
        }),
        json!({
            "name": "Single sign-on", "kind": "vendor", "owner": people.lead, "criticality": "high",
            "data_handled": ["personal_data"], "description": "A vendor's service through which everybody signs in",
            "in_scope_of": ["iso27001-2022", "soc2-2017"],
        }),
        json!({
            "name": "Payroll", "kind": "process", "owner": people.people, "criticality": "medium",
            "data_handled": ["personal_data", "financial_data"], "in_scope_of": ["iso27001-2022"],
        }),
    ]
}

/// Enters what the health company is.
///
/// # Errors
/// When the database fails.
pub async fn enter_health(ctx: &Ctx, lead: MemberId) -> Result<Systems> {
    let profile = json!({
        "legal_name": "Example Health GmbH", "industry": "healthcare", "regions": ["europe"],
        "data_handled": ["health_data", "personal_data"], "size": 35,
        "description": "Software with which clinics plan and document care",
    });
    enter_profile(ctx, profile).await?;
    let office = json!({
        "name": "Vienna office", "kind": "office", "address": "3 Example Lane, 1010 Wien", "country": "AT",
        "time_zone": "Europe/Vienna", "persons": 35,
    });
    let office = enter_location(ctx, office).await?;
    let records = json!({
        "name": "Care records", "kind": "service", "owner": lead, "location": office, "criticality": "critical",
        "data_handled": ["health_data", "personal_data"], "in_scope_of": ["iso27001-2022"],
    });
    let systems = enter_systems(ctx, [records]).await?;
    let clinics = json!({
        "customer": "Example Clinics", "asks": [{ "framework": "iso27001-2022" }, { "other": "Accessibility statement" }],
        "due": ctx.today().plus_months(12), "owner": lead,
    });
    room::create::<CustomerRequirement>(ctx, input(clinics)?).await?;
    Ok(systems)
}

async fn enter_systems(ctx: &Ctx, all: impl IntoIterator<Item = Value>) -> Result<Systems> {
    let mut entered = Systems::new();
    for new in all {
        let system = room::create::<System>(ctx, input(new)?).await?;
        entered.insert(system.name.to_string(), system.id);
    }
    Ok(entered)
}

async fn enter_profile(ctx: &Ctx, profile: Value) -> Result<()> {
    sole::update::<Organization>(ctx, Expected::Any, input(profile)?).await?;
    Ok(())
}

async fn enter_location(ctx: &Ctx, location: Value) -> Result<LocationId> {
    Ok(room::create::<Location>(ctx, input(location)?).await?.id)
}

//! Tenants with controls and risks, made through the API.

use reqwest::Client;
use serde_json::{Value, json};

use crate::{Args, Outcome, server::OPERATOR};

/// Items of one batch.
const BATCH: u32 = 500;
/// One risk, with a review date in the diary, for so many controls.
const CONTROLS_OF_A_RISK: u32 = 10;

/// A tenant as the scenarios need it.
#[derive(Clone)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its owner's key.
    pub key: String,
    /// Ids of some of its controls.
    pub controls: Vec<String>,
}

/// What was seeded.
pub struct Seeded {
    /// The tenants.
    pub tenants: Vec<Tenant>,
    /// A page of fifty controls, as the service answers it.
    pub page: Vec<u8>,
}

/// Fills an empty service.
pub async fn fill(address: &str, args: &Args) -> Outcome<Seeded> {
    let client = Client::new();
    let mut tenants = Vec::new();
    for n in 0..args.tenants {
        let made = post(
            &client,
            address,
            OPERATOR,
            "/v1/tenants",
            json!({ "slug": format!("tenant-{n}"), "name": format!("Tenant {n}") }),
        )
        .await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let key = text(&made["owner_key"]["key"]);
        let owner = text(&made["owner_key"]["member_id"]);
        let controls =
            create(&client, address, &key, "/v1/controls:batch", args.rows, |n| control(n, &owner)).await?;
        let risks = args.rows / CONTROLS_OF_A_RISK;
        create(&client, address, &key, "/v1/risks:batch", risks, |n| risk(n, &owner)).await?;
        tenants.push(Tenant { id: text(&made["id"]), key, controls });
    }
    let page = client.get(format!("http://{address}/v1/controls?limit=50")).bearer_auth(&tenants[0].key);
    let page = page.send().await?.error_for_status()?.bytes().await?.to_vec();
    Ok(Seeded { tenants, page })
}

/// A control as an organisation has it.
pub fn control(n: u32, owner: &str) -> Value {
    let status = ["implemented", "partial", "planned", "not_started"][(n % 4) as usize];
    json!({
        "code": format!("C-{n:06}"), "title": format!("Access to system {n} is reviewed"), "owner": owner,
        "description": "The owner of the system looks at every account, its rights and its last use, and has taken away \
                        what is no longer needed. The review is kept as evidence.",
        "status": status, "kind": "detective", "frequency": "quarterly", "freshness_days": 90,
        "requirements": [
            { "framework": "iso27001-2022", "id": "A.5.18" }, { "framework": "soc2-2017", "id": "CC6.2" },
        ],
    })
}

fn risk(n: u32, owner: &str) -> Value {
    json!({
        "code": format!("R-{n:05}"), "title": format!("Accounts of system {n} outlive their holders"), "owner": owner,
        "inherent": { "likelihood": 3, "impact": 4 }, "residual": { "likelihood": 1 + n % 3, "impact": 3 },
        "treatment": "modify", "status": "in_treatment", "review_on": format!("2027-{:02}-{:02}", 1 + n % 12, 1 + n % 28),
    })
}

/// Creates so many, and answers the ids of the first ones.
async fn create(
    client: &Client,
    address: &str,
    key: &str,
    path: &str,
    count: u32,
    item: impl Fn(u32) -> Value,
) -> Outcome<Vec<String>> {
    let mut ids = Vec::new();
    for start in (0..count).step_by(BATCH as usize) {
        let items: Vec<_> = (start..count.min(start + BATCH)).map(|n| json!({ "create": item(n) })).collect();
        let told = post(client, address, key, path, json!({ "items": items, "atomic": true })).await?;
        let results = told["items"].as_array().cloned().unwrap_or_default();
        ids.extend(results.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)));
    }
    if ids.len() == count as usize {
        Ok(ids)
    } else {
        Err(format!("{path} made {} of {count}", ids.len()).into())
    }
}

async fn post(client: &Client, address: &str, key: &str, path: &str, body: Value) -> Outcome<Value> {
    let answer = client.post(format!("http://{address}{path}")).bearer_auth(key).json(&body).send().await?;
    let (status, told) = (answer.status(), answer.json::<Value>().await?);
    if status.is_success() { Ok(told) } else { Err(format!("{path}: {told}").into()) }
}

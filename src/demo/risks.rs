//! The risks of a demo organisation and its matrix, from tables that read like a spreadsheet.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input,
    organization::Systems,
    programme::{People, rows},
};
use crate::{
    kernel::{
        error::{Error, Result},
        id::{ControlId, RiskId},
        patch::Expected,
        time::Date,
    },
    platform::{access::Ctx, room, sole},
    program::risks::{self, Risk, matrix::RiskMatrix},
};

#[derive(Deserialize)]
struct Row {
    code: String,
    title: String,
    category: String,
    asset: String,
    /// The system's name; none where no one system is at risk.
    system: String,
    threat: String,
    vulnerability: String,
    affects: String,
    owner: String,
    /// Likelihood and impact, written `3x5`.
    inherent: String,
    residual: String,
    treatment: Option<String>,
    plan: String,
    controls: String,
    /// Days from today.
    review_in: Option<u64>,
    status: String,
    /// Days since the acceptance and days until its end, written `20/345`.
    accepted: String,
}

/// Enters every risk of the table; answers each code's id.
///
/// # Errors
/// When the database fails or the table names a system or a control that is not there.
pub async fn enter_risks(
    ctx: &Ctx,
    people: &People,
    systems: &Systems,
    controls: &HashMap<String, ControlId>,
    table: &str,
) -> Result<HashMap<String, RiskId>> {
    let mut entered = HashMap::new();
    for row in rows::<Row>(table)? {
        let risk = room::create::<Risk>(ctx, input(risk(ctx, people, systems, controls, &row)?)?).await?;
        accept(ctx, risk.facts.id, &row.accepted).await?;
        entered.insert(row.code, risk.facts.id);
    }
    Ok(entered)
}

fn risk(
    ctx: &Ctx,
    people: &People,
    systems: &Systems,
    controls: &HashMap<String, ControlId>,
    row: &Row,
) -> Result<Value> {
    let system = match row.system.as_str() {
        "" => None,
        name => Some(*systems.get(name).ok_or_else(|| Error::internal(format!("no system {name}")))?),
    };
    let known =
        |code: &str| controls.get(code).copied().ok_or_else(|| Error::internal(format!("no control {code}")));
    let treated_by: Vec<ControlId> = row.controls.split_whitespace().map(known).collect::<Result<_>>()?;
    Ok(json!({
        "code": row.code, "title": row.title, "category": row.category, "asset": row.asset,
        "system": system,
        "threat": row.threat, "vulnerability": row.vulnerability,
        "affects": row.affects.split(' ').collect::<Vec<_>>(), "owner": people.named(&row.owner),
        "inherent": rating(&row.inherent)?, "residual": rating(&row.residual)?,
        "treatment": row.treatment, "treatment_plan": row.plan, "controls": treated_by,
        "review_on": row.review_in.map(|days| ctx.today().plus_days(days)), "status": row.status,
    }))
}

fn rating(text: &str) -> Result<Option<Value>> {
    let Some((likelihood, impact)) = text.split_once('x') else { return Ok(None) };
    let step = |text: &str| text.parse::<i32>().map_err(Error::internal);
    Ok(Some(json!({ "likelihood": step(likelihood)?, "impact": step(impact)? })))
}

async fn accept(ctx: &Ctx, risk: RiskId, accepted: &str) -> Result<()> {
    let Some((ago, ahead)) = accepted.split_once('/') else { return Ok(()) };
    let new = json!({
        "on": days(ctx, ago)?.1, "until": days(ctx, ahead)?.0,
        "reason": "What is left costs less than what would lower it further",
    });
    risks::service::accept(ctx, risk, input(new)?).await?;
    Ok(())
}

/// The day so many days from today, and the day as long ago.
fn days(ctx: &Ctx, text: &str) -> Result<(Date, Date)> {
    let count: i64 = text.parse().map_err(Error::internal)?;
    let (ahead, ago) =
        (ctx.today().plus_days(count.unsigned_abs()), ctx.today().minus_days(count.unsigned_abs()));
    Ok(if count < 0 { (ago, ahead) } else { (ahead, ago) })
}

/// What the steps mean in five by five.
///
/// # Errors
/// When the database fails.
pub async fn explain_matrix(ctx: &Ctx) -> Result<()> {
    let patch = json!({
        "likelihood": [
            step("Rare", "Less than once in ten years"), step("Unlikely", "Once in three to ten years"),
            step("Possible", "Once in one to three years"), step("Likely", "About once a year"),
            step("Almost certain", "Several times a year"),
        ],
        "impact": [
            step("Negligible", "Less than EUR 5,000, no customer notices"), step("Minor", "Up to EUR 50,000"),
            step("Moderate", "Up to EUR 250,000, or some customers are affected"),
            step("Major", "Up to EUR 1 million, or a duty to notify"),
            step("Severe", "More, or the company itself is in danger"),
        ],
    });
    sole::update::<RiskMatrix>(ctx, Expected::Any, input(patch)?).await?;
    Ok(())
}

/// A smaller matrix, four by four, in the words of an organisation that has just begun.
///
/// # Errors
/// When the database fails.
pub async fn shrink_matrix(ctx: &Ctx) -> Result<()> {
    let patch = json!({
        "likelihood": [
            step("Hardly ever", ""), step("Now and then", ""), step("Every year", ""), step("Every month", ""),
        ],
        "impact": [
            step("Small", "A nuisance"), step("Noticeable", "Work stands still for hours"),
            step("Serious", "Patients wait"), step("Grave", "Patients or their data are harmed"),
        ],
        "levels": [
            { "key": "green", "label": "Green", "color": "#a5d6a7", "from_score": 1 },
            { "key": "yellow", "label": "Yellow", "color": "#fff59d", "from_score": 4 },
            { "key": "red", "label": "Red", "color": "#c62828", "from_score": 9 },
        ],
        "appetite": 6,
    });
    sole::update::<RiskMatrix>(ctx, Expected::Any, input(patch)?).await?;
    Ok(())
}

fn step(label: &str, description: &str) -> Value {
    json!({ "label": label, "description": description })
}

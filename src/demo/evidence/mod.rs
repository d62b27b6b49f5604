//! Evidence of the cloud company: files, a link, a record and a statement; accepted, handed in, and going stale.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input,
    programme::{found, rows},
};
use crate::{
    kernel::{
        error::{Error, Result},
        id::ControlId,
        patch::Expected,
    },
    platform::{
        access::Ctx,
        files::{Announced, Chunks},
        room,
    },
    program::evidence::{Evidence, EvidenceView, put_file, service},
};

#[derive(Deserialize)]
struct Row {
    kind: String,
    title: String,
    description: String,
    control: Option<String>,
    requirement: String,
    source: Option<String>,
    covers_days: u64,
    days_ago: u64,
    valid_days: Option<u64>,
    content: String,
    review: String,
}

/// Enters the table: the engineer collects and hands in, the owner accepts.
///
/// # Errors
/// When the database or the evidence store fails, or the table names what is not there.
pub async fn enter(owner: &Ctx, engineer: &Ctx, controls: &HashMap<String, ControlId>) -> Result<()> {
    for row in rows::<Row>(include_str!("table.csv"))? {
        let made = room::create::<Evidence>(engineer, input(facts(engineer, controls, &row)?)?).await?;
        let made = if row.kind == "file" { file(engineer, made, &row.content).await? } else { made };
        if row.review == "draft" {
            continue;
        }
        let id = made.facts.id;
        service::submit(engineer, id, Expected::Any).await?;
        if row.review == "accepted" {
            service::accept(owner, id, Expected::Any).await?;
        }
    }
    Ok(())
}

fn facts(ctx: &Ctx, controls: &HashMap<String, ControlId>, row: &Row) -> Result<Value> {
    let last = ctx.today().minus_days(row.days_ago);
    let unknown = |code: &String| Error::internal(format!("no control {code}"));
    let control =
        row.control.as_ref().map(|code| controls.get(code).ok_or_else(|| unknown(code))).transpose()?;
    let content = match row.kind.as_str() {
        "link" => json!({ "url": row.content }),
        "statement" => json!({ "statement": row.content }),
        "record" => {
            json!({ "record": serde_json::from_str::<Value>(&row.content).map_err(Error::internal)? })
        }
        _ => Value::Null,
    };
    Ok(json!({
        "kind": row.kind, "title": row.title, "description": row.description, "owner": ctx.caller().member,
        "source": row.source, "covers_from": last.minus_days(row.covers_days - 1), "covers_to": last,
        "valid_until": row.valid_days.map(|days| last.plus_days(days)), "content": content,
        "controls": control.into_iter().collect::<Vec<_>>(), "requirements": [found(&row.requirement)?],
    }))
}

async fn file(ctx: &Ctx, made: EvidenceView, name: &str) -> Result<EvidenceView> {
    let (media_type, bytes) = match name {
        "access-review.csv" => ("text/csv", include_str!("access-review.csv")),
        "restore-test.txt" => ("text/plain", include_str!("restore-test.txt")),
        "pentest-summary.txt" => ("text/plain", include_str!("pentest-summary.txt")),
        _ => return Err(Error::internal(format!("no file {name}"))),
    };
    let announced = Announced {
        name: Some(name.to_owned()),
        media_type: media_type.to_owned(),
        length: Some(bytes.len() as u64),
        sum: None,
    };
    put_file(ctx, made.facts.id, Expected::Any, announced, Chunks::whole(bytes.as_bytes().into())).await
}

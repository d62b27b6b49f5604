//! The controls of a demo organisation and their tests, from tables that read like a spreadsheet.

use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::input;
use crate::{
    catalog::{MAX_TOPICS, Requirement, RequirementRef, catalog},
    kernel::{
        error::{Error, Result},
        id::{ControlId, MemberId},
    },
    platform::{access::Ctx, room},
    program::controls::{Control as Stored, testing},
};

/// Who owns the controls.
pub struct People {
    /// Who runs the programme.
    pub lead: MemberId,
    /// Who runs engineering.
    pub engineering: MemberId,
    /// Who runs the people team.
    pub people: MemberId,
}

impl People {
    /// Who goes by this word in the tables.
    pub fn named(&self, name: &str) -> MemberId {
        match name {
            "engineering" => self.engineering,
            "people" => self.people,
            _ => self.lead,
        }
    }
}

#[derive(Deserialize)]
struct Control {
    code: String,
    title: String,
    kind: String,
    frequency: String,
    automation: String,
    status: String,
    owner: String,
    freshness_days: Option<i32>,
    requirements: String,
}

#[derive(Deserialize)]
struct Test {
    control: String,
    kind: String,
    procedure: String,
    population: String,
    population_size: Option<i32>,
    sample_size: Option<i32>,
    result: String,
    exception: Option<String>,
    days_ago: u64,
    repeat_after_days: u64,
}

/// Enters every control of the table; answers each code's id.
///
/// # Errors
/// When the database fails or the table names what is not in the catalog.
pub async fn enter_controls(ctx: &Ctx, people: &People, table: &str) -> Result<HashMap<String, ControlId>> {
    let mut entered = HashMap::new();
    for row in rows::<Control>(table)? {
        let requirements: Vec<_> = row.requirements.split(' ').map(found).collect::<Result<_>>()?;
        let new = json!({
            "code": row.code, "title": row.title, "kind": row.kind, "frequency": row.frequency,
            "automation": row.automation, "status": row.status, "owner": people.named(&row.owner),
            "freshness_days": row.freshness_days, "requirements": requirements,
            "topics": tags(&requirements, |one| &one.topics), "aspects": tags(&requirements, |one| &one.aspects),
        });
        let control = room::create::<Stored>(ctx, input(new)?).await?;
        entered.insert(row.code, control.id);
    }
    Ok(entered)
}

/// What a control is about: what its requirements are about.
fn tags<T: Copy + PartialEq>(of: &[RequirementRef], tags: fn(&Requirement) -> &Vec<T>) -> Vec<T> {
    let all = of.iter().filter_map(|one| catalog().requirement(one)).flat_map(tags);
    let once = all.fold(Vec::new(), |mut seen, tag| {
        if !seen.contains(tag) {
            seen.push(*tag);
        }
        seen
    });
    once.into_iter().take(MAX_TOPICS).collect()
}

/// The requirement with this id, in whichever framework has it.
pub fn found(id: &str) -> Result<RequirementRef> {
    // Those of a framework of one's own are written with its key before them.
    if let Some((framework, id)) = id.split_once('/') {
        return input(json!({ "framework": framework, "id": id }));
    }
    let candidates = ["iso27001-2022", "soc2-2017"].into_iter();
    let read = |framework: &str| input::<RequirementRef>(json!({ "framework": framework, "id": id }));
    let all: Vec<_> = candidates.map(read).collect::<Result<_>>()?;
    let known = all.into_iter().find(|one| catalog().requirement(one).is_some());
    known.ok_or_else(|| Error::internal(format!("no framework has {id}")))
}

/// Records every test of the table.
///
/// # Errors
/// When the database fails or the table names a control that is not there.
pub async fn enter_tests(
    ctx: &Ctx,
    people: &People,
    controls: &HashMap<String, ControlId>,
    table: &str,
) -> Result<()> {
    for row in rows::<Test>(table)? {
        let unknown = || Error::internal(format!("no control {}", row.control));
        let control = *controls.get(&row.control).ok_or_else(unknown)?;
        testing::service::record(ctx, control, input(test(ctx, people, &row))?).await?;
    }
    Ok(())
}

fn test(ctx: &Ctx, people: &People, row: &Test) -> Value {
    let performed_on = ctx.today().minus_days(row.days_ago);
    json!({
        "kind": row.kind, "procedure": row.procedure, "population": row.population,
        "population_size": row.population_size, "sample_size": row.sample_size, "result": row.result,
        "exceptions": row.exception.iter().collect::<Vec<_>>(), "tester": people.lead,
        "performed_on": performed_on, "next_due": performed_on.plus_days(row.repeat_after_days),
    })
}

/// The rows of a table.
///
/// # Errors
/// When one does not read.
pub fn rows<T: DeserializeOwned>(table: &str) -> Result<Vec<T>> {
    csv::Reader::from_reader(table.as_bytes())
        .into_deserialize()
        .collect::<std::result::Result<_, _>>()
        .map_err(Error::internal)
}

//! The project's test vectors, every one of them, through the public API: what a vector gives is entered over REST or over
//! GraphQL, and each value that it expects is compared with what that surface answers. Another vector of their shape is
//! tried without a new line: what it may give and expect stands in tables, and a name that is in none of them fails.

mod iso;
mod soc2;

use std::collections::BTreeSet;

use crate::support::*;

on_both!(
    every_certificate_holds_over_rest,
    every_certificate_holds_over_graphql,
    every_report_holds_over_rest,
    every_report_holds_over_graphql,
);

mod scenario {
    use super::*;

    pub async fn every_certificate_holds_over_rest(app: &TestApp) {
        iso::hold(app, Surface::Rest).await;
    }

    pub async fn every_certificate_holds_over_graphql(app: &TestApp) {
        iso::hold(app, Surface::Graphql).await;
    }

    pub async fn every_report_holds_over_rest(app: &TestApp) {
        soc2::hold(app, Surface::Rest).await;
    }

    pub async fn every_report_holds_over_graphql(app: &TestApp) {
        soc2::hold(app, Surface::Graphql).await;
    }
}

/// The surface that is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Surface {
    Rest,
    Graphql,
}

/// One tenant's view of one surface. What goes in and comes out is spelled as in REST.
struct Api<'a> {
    app: &'a TestApp,
    key: String,
    surface: Surface,
}

/// A write: where it is posted, and the mutation that does the same.
struct Call<'a> {
    path: &'a str,
    mutation: &'a str,
    /// The type of the mutation's input.
    input: &'a str,
    /// The mutation's other arguments, each after a comma.
    with: &'a str,
    /// The fields that it is to answer.
    answer: &'a str,
}

impl<'a> Api<'a> {
    /// A tenant of its own for a vector.
    async fn of(app: &'a TestApp, surface: Surface, vector: &Value) -> Self {
        let slug = vector["id"].as_str().unwrap().to_lowercase();
        Self { app, key: app.tenant(&slug).await, surface }
    }

    /// The answer, or the problem that the body is refused with.
    async fn send(&self, call: Call<'_>, body: &Value) -> Result<Value, Value> {
        if self.surface == Surface::Rest {
            let sent = [("if-match", "*")];
            let body = Some(body.clone());
            let answer = self.app.call_with(Method::POST, call.path, &self.key, body, &sent).await;
            let well = answer.status().is_success();
            let told = answer.json().await.unwrap();
            return if well { Ok(told) } else { Err(told) };
        }
        let Call { mutation, input, with, answer, .. } = call;
        let document =
            format!("mutation($input: {input}!) {{ {mutation}(input: $input{with}) {{ {answer} }} }}");
        let told = self.app.ask_with(&self.key, &document, json!({ "input": as_graphql(body) })).await;
        match told["errors"].get(0) {
            None => Ok(as_rest(&told["data"][mutation])),
            Some(error) => {
                let mut problem = error["extensions"].clone();
                problem["detail"] = error["message"].clone();
                Err(problem)
            }
        }
    }

    /// The answer to what is not refused.
    async fn enter(&self, call: Call<'_>, body: &Value) -> Value {
        self.send(call, body).await.unwrap_or_else(|problem| panic!("{body}: {problem}"))
    }

    /// What is at a path, or what a query answers with these arguments and fields.
    async fn read(&self, path: &str, query: &str, arguments: &str, fields: &str) -> Value {
        if self.surface == Surface::Rest {
            return self.app.read(&self.key, path).await;
        }
        let told = self.app.ask(&self.key, &format!("{{ {query}({arguments}) {{ {fields} }} }}")).await;
        assert!(told["errors"].is_null(), "{told}");
        as_rest(&told["data"][query])
    }

    /// What the diary has of a resource.
    async fn milestones(&self, resource: &str) -> Vec<Value> {
        let path = format!("/v1/milestones?resource={resource}&limit=200");
        let arguments = format!("filter: {{ resource: \"{resource}\" }}, first: 200");
        let told = self.read(&path, "milestones", &arguments, &format!("nodes {{ {DUE} }}")).await;
        let rows = told.get("data").or(told.get("nodes"));
        rows.and_then(Value::as_array).unwrap_or_else(|| panic!("{told}")).clone()
    }
}

/// Facts may not lie in the future: by then all of a vector has happened.
const IN_THE_END: &str = "2035-06-01T12:00:00Z";

/// What is asked of a milestone.
const DUE: &str =
    "code cycle due doneOn daysLate overdueFrom windowOpens state rule { id } inputs { name value }";

/// The vectors of these files, each with an id of its own.
fn vectors(files: &[&str]) -> Vec<Value> {
    let of = |text: &&str| serde_json::from_str::<Vec<Value>>(text).unwrap();
    let all: Vec<Value> = files.iter().flat_map(of).collect();
    let ids: BTreeSet<_> = all.iter().map(|one| one["id"].as_str()).collect();
    assert_eq!(ids.len(), all.len(), "each vector has an id of its own");
    all
}

/// A day that a vector gives.
fn day(given: &Value) -> attestd::kernel::time::Date {
    given.as_str().unwrap_or_else(|| panic!("{given} is no day")).parse().unwrap()
}

/// The rules that a problem names.
fn rules(problem: &Value) -> Vec<&str> {
    assert_eq!(problem["code"], "rule_breached", "{problem}");
    texts(&problem["breaches"], "rule")
}

/// The one of these words that is expected, where it is among them; or else all of them.
fn said(words: &[&str], expected: &Value) -> Value {
    let there = words.iter().any(|word| expected == word);
    if there { expected.clone() } else { json!(words.join(", ")) }
}

/// Fields whose values are words of an enum: `type_2` in REST, `TYPE_2` in GraphQL.
const WORDS: [&str; 26] = [
    "type",
    "status",
    "state",
    "kind",
    "change",
    "loss",
    "grade",
    "conclusion",
    "report",
    "standard",
    "categories",
    "opinion",
    "part",
    "result",
    "expiry_convention",
    "first_surveillance",
    "later_surveillance",
    "late_return",
    "code",
    "level",
    "currency",
    "category",
    "categories_added",
    "categories_removed",
    "counted_from",
    "method",
];

/// As GraphQL spells what REST takes.
fn as_graphql(value: &Value) -> Value {
    let camel = |name: &str| {
        let mut parts = name.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
    };
    respelled(value, &camel, &|name| WORDS.contains(&name), &str::to_uppercase)
}

/// As REST spells what GraphQL answers.
fn as_rest(value: &Value) -> Value {
    respelled(value, &snake, &|name| WORDS.contains(&snake(name).as_str()), &str::to_lowercase)
}

fn snake(name: &str) -> String {
    let letter = |c: char| if c.is_uppercase() { format!("_{}", c.to_lowercase()) } else { c.to_string() };
    name.chars().map(letter).collect()
}

/// The value with its fields and its enums' words spelled in another way.
fn respelled(
    value: &Value,
    field: &dyn Fn(&str) -> String,
    is_word: &dyn Fn(&str) -> bool,
    word: &dyn Fn(&str) -> String,
) -> Value {
    match value {
        Value::Array(all) => all.iter().map(|one| respelled(one, field, is_word, word)).collect(),
        Value::Object(all) => {
            let each = all.iter().map(|(name, one)| {
                let one = if is_word(name) { worded(one, word) } else { one.clone() };
                (field(name), respelled(&one, field, is_word, word))
            });
            Value::Object(each.collect())
        }
        other => other.clone(),
    }
}

/// The word or the words; text that is no word stays.
fn worded(value: &Value, word: &dyn Fn(&str) -> String) -> Value {
    let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match value {
        Value::String(text) if is_word(text) => json!(word(text)),
        Value::Array(all) => all.iter().map(|one| worded(one, word)).collect(),
        other => other.clone(),
    }
}

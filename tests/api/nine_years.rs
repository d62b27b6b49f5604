//! Nine years of one company through the public API, step by step: what it did to manage its information security, what its
//! certification bodies decided, and what was refused.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::support::*;

on_both!(nine_years_of_one_company);

/// The script, year by year.
const YEARS: [&str; 11] = [
    include_str!("../golden/nine_years/2024.json"),
    include_str!("../golden/nine_years/2025.json"),
    include_str!("../golden/nine_years/2026.json"),
    include_str!("../golden/nine_years/2027.json"),
    include_str!("../golden/nine_years/2028.json"),
    include_str!("../golden/nine_years/2029.json"),
    include_str!("../golden/nine_years/2030.json"),
    include_str!("../golden/nine_years/2031.json"),
    include_str!("../golden/nine_years/2032.json"),
    include_str!("../golden/nine_years/2033.json"),
    include_str!("../golden/nine_years/2034.json"),
];

/// One write, on the day on which it is made: accepted unless it says otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The day, which is today for it.
    on: String,
    /// The path that is written to, in one of three ways; `$name` stands for the id of what the step of that name made.
    post: Option<String>,
    patch: Option<String>,
    delete: Option<String>,
    /// What is sent; `$name` as in the path.
    body: Option<Value>,
    /// The name of what it makes.
    #[serde(rename = "as")]
    name: Option<String>,
    /// The API key that it is sent with, by the name of the step that made it; the first owner's unless given.
    by: Option<String>,
    /// The rule that speaks against it, or else the code of the refusal: answered with 409.
    refused: Option<String>,
    /// Where its first fault is: answered with 422.
    fault: Option<String>,
    /// How the certificate stands on a day, by all that is recorded or `known on` a day.
    #[serde(default)]
    then: BTreeMap<String, String>,
    /// What the certificate is flagged with on a day, among others; nothing at all where the list is empty.
    #[serde(default)]
    flags: BTreeMap<String, Vec<String>>,
    /// When something of the certificate is due, as told on the step's day.
    #[serde(default)]
    due: BTreeMap<String, String>,
}

impl Step {
    fn request(&self) -> (Method, &str) {
        match (&self.post, &self.patch, &self.delete) {
            (Some(path), None, None) => (Method::POST, path.as_str()),
            (None, Some(path), None) => (Method::PATCH, path.as_str()),
            (None, None, Some(path)) => (Method::DELETE, path.as_str()),
            _ => panic!("a step on {} writes in one way", self.on),
        }
    }

    /// Whether something is written.
    fn writes(&self) -> bool {
        let tried = self.post.as_ref().is_some_and(|path| path.ends_with("?dry_run=true"));
        self.refused.is_none() && self.fault.is_none() && !tried
    }
}

/// What the named steps made.
type Made = BTreeMap<String, Value>;

/// The id that a `$name` stands for; any other word as it is.
fn meant<'a>(made: &'a Made, word: &'a str) -> &'a str {
    match word.strip_prefix('$') {
        Some(name) => made[name]["id"].as_str().unwrap(),
        None => word,
    }
}

fn fill(made: &Made, body: &mut Value) {
    match body {
        Value::String(word) => *word = meant(made, word).to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(made, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill(made, field)),
        _ => {}
    }
}

/// The company, as far as the script has come.
struct Company<'a> {
    app: &'a TestApp,
    key: String,
    made: Made,
}

impl Company<'_> {
    async fn play(&mut self, step: &Step) {
        self.app.clock.at(&format!("{}T12:00:00Z", step.on));
        let before = if step.writes() { Value::Null } else { self.certificate("").await };
        let (method, path) = step.request();
        let path = path.split('/').map(|word| meant(&self.made, word)).collect::<Vec<_>>().join("/");
        let mut body = step.body.clone();
        if let Some(body) = &mut body {
            fill(&self.made, body);
        }
        let own = || self.key.clone();
        let key =
            step.by.as_ref().map_or_else(own, |name| self.made[name]["key"].as_str().unwrap().to_owned());
        let about = format!("{}: {method} {path} {}", step.on, json!(body));
        let answer = self.app.call_with(method, &path, &key, body, &[("if-match", "*")]).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        let told: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        match (&step.refused, &step.fault) {
            (Some(why), _) => {
                let rule = &told["breaches"][0]["rule"];
                let why_not = if rule.is_null() { &told["code"] } else { rule };
                assert_eq!((status.as_u16(), why_not), (409, &json!(why)), "{about}: {text}");
            }
            (None, Some(at)) => {
                let seen = &told["errors"][0]["pointer"];
                assert_eq!((status.as_u16(), seen), (422, &json!(at)), "{about}: {text}");
            }
            (None, None) => assert!(status.is_success(), "{about}: {status} {text}"),
        }
        if !step.writes() {
            assert_eq!(self.certificate("").await, before, "{about}: nothing is written");
        } else if let Some(name) = &step.name {
            self.made.insert(name.clone(), told);
        }
        self.answers(step, &about).await;
    }

    /// Asks what the step says that would be told.
    async fn answers(&self, step: &Step, about: &str) {
        for (asked, wanted) in &step.then {
            let query = match asked.split_once(" known on ") {
                Some((day, known)) => format!("?as_of={day}&known_at={known}T23:59:59Z"),
                None => format!("?as_of={asked}"),
            };
            assert_eq!(self.certificate(&query).await["status"], json!(wanted), "{about}: on {asked}");
        }
        for (day, wanted) in &step.flags {
            let certificate = self.certificate(&format!("?as_of={day}")).await;
            let seen = texts(&certificate["flags"], "code");
            assert!(wanted.iter().all(|flag| seen.contains(&flag.as_str())), "{about}: on {day} {seen:?}");
            assert_eq!(wanted.is_empty(), seen.is_empty(), "{about}: on {day} {seen:?}");
        }
        for (code, wanted) in &step.due {
            let listed = self.certificate(&format!("/milestones?as_of={}", step.on)).await;
            let of_code = |one: &&Value| one["code"] == json!(code);
            let seen: Vec<_> = listed["data"].as_array().unwrap().iter().filter(of_code).collect();
            let due = seen.iter().any(|one| one["due"] == json!(wanted));
            assert!(due, "{about}: {code} is due on {wanted}, and not {seen:?}");
        }
    }

    /// What is told below the certificate's path; null before there is one.
    async fn certificate(&self, below: &str) -> Value {
        match self.made.get("certificate") {
            Some(one) => {
                let id = one["id"].as_str().unwrap();
                self.app.read(&self.key, &format!("/v1/certifications/{id}{below}")).await
            }
            None => Value::Null,
        }
    }
}

/// A story as the golden file writes it: the summary, and a line for each step with its rules.
fn written(story: &Value) -> String {
    let line = |step: &Value| {
        let (on, text) = (step["on"].as_str().unwrap(), step["text"].as_str().unwrap());
        format!("{on} {text} [{}]\n", texts(&step["rules"], "id").join(", "))
    };
    let lines: String = story["steps"].as_array().unwrap().iter().map(line).collect();
    format!("{}\n{lines}", story["summary"].as_str().unwrap())
}

mod scenario {
    use super::*;

    /// From the application to the third renewal, with what can go wrong in between; in the end the story is told as the
    /// golden file says, which a person can check against the rules.
    pub async fn nine_years_of_one_company(app: &TestApp) {
        let of_year = |year| serde_json::from_str::<Vec<Step>>(year).unwrap();
        let steps: Vec<Step> = YEARS.into_iter().flat_map(of_year).collect();
        assert!(steps.len() >= 200, "{}", steps.len());
        assert!(steps.is_sorted_by_key(|step| &step.on), "told in the order in which it was done");
        app.clock.at("2024-10-01T08:00:00Z");
        let mut company = Company { app, key: app.tenant("acme").await, made: Made::new() };
        for step in &steps {
            company.play(step).await;
        }
        app.clock.at("2035-06-01T12:00:00Z");
        let told = written(&company.certificate("/explain").await);
        let golden = include_str!("../golden/nine_years.txt");
        assert_eq!(
            told, golden,
            "compare it with the rules, then write tests/golden/nine_years.txt anew:\n{told}"
        );
        let id = company.made["certificate"]["id"].as_str().unwrap();
        let query = format!(
            "{{ certificationStory(id: \"{id}\") {{ summary steps {{ on text rules {{ id }} }} }} }}"
        );
        let answer = app.ask(&company.key, &query).await;
        assert_eq!(written(&answer["data"]["certificationStory"]), golden, "GraphQL tells the same story");
    }
}

//! What is asked of the service.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    Outcome, drive,
    seed::{Seeded, Tenant, control},
    server::{Log, Server},
};

/// The names of all scenarios.
pub const NAMES: [&str; 7] = ["list", "filtered", "get", "create", "graphql", "milestones", "not_modified"];
/// Requests whose statements are counted, after as many that warm up.
const COUNTED: u64 = 20;

/// The body of a request.
pub type Body = Full<Bytes>;
type Ask = dyn Fn(u64) -> Request<Body> + Send + Sync;
type AskOf = dyn Fn(&Tenant, u64) -> Request<Body> + Send + Sync;

/// One kind of request, asked again and again.
#[derive(Clone)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What a right answer has.
    pub expected: StatusCode,
    ask: Arc<Ask>,
}

impl Scenario {
    /// The n-th request.
    pub fn request(&self, n: u64) -> Request<Body> {
        (self.ask)(n)
    }
}

/// The scenario of this name, or all.
pub fn chosen(name: &str, seeded: &Seeded) -> Outcome<Vec<Scenario>> {
    let names: Vec<_> = NAMES.into_iter().filter(|one| name == "all" || name == *one).collect();
    if names.is_empty() {
        return Err(format!("there is no scenario {name}; there are all, {}", NAMES.join(", ")).into());
    }
    Ok(names.into_iter().map(|name| scenario(name, seeded)).collect())
}

fn scenario(name: &'static str, seeded: &Seeded) -> Scenario {
    let (expected, ask): (_, Box<AskOf>) = match name {
        "list" => (StatusCode::OK, Box::new(|tenant, _| get(tenant, "/v1/controls?limit=50", None))),
        "filtered" => (
            StatusCode::OK,
            Box::new(|tenant, _| get(tenant, "/v1/controls?limit=50&status=implemented", None)),
        ),
        "milestones" => (StatusCode::OK, Box::new(|tenant, _| get(tenant, "/v1/milestones?limit=50", None))),
        "get" => (StatusCode::OK, Box::new(|tenant, n| get(tenant, &one_control(tenant, n), None))),
        "not_modified" => {
            (StatusCode::NOT_MODIFIED, Box::new(|tenant, n| get(tenant, &one_control(tenant, n), Some("*"))))
        }
        "graphql" => (StatusCode::OK, Box::new(|tenant, _| post(tenant, "/graphql", &nested()))),
        _ => {
            // Codes have to differ between the runs on one database.
            let run = AtomicU32::new(0);
            let made = move |tenant: &Tenant, n: u64| {
                let mut body = control(u32::try_from(n % 1_000_000).unwrap_or_default(), "");
                body["code"] = json!(format!("N-{}-{n}", run.fetch_add(1, Ordering::Relaxed)));
                body["owner"] = Value::Null;
                post(tenant, "/v1/controls", &body)
            };
            (StatusCode::CREATED, Box::new(made))
        }
    };
    let tenants = seeded.tenants.clone();
    let ask = Arc::new(move |n: u64| {
        let count = tenants.len() as u64;
        ask(&tenants[usize::try_from(n % count).unwrap_or_default()], n / count)
    });
    Scenario { name, expected, ask }
}

fn one_control(tenant: &Tenant, n: u64) -> String {
    let place = usize::try_from(n.wrapping_mul(7919) % tenant.controls.len() as u64).unwrap_or_default();
    format!("/v1/controls/{}", tenant.controls[place])
}

fn nested() -> Value {
    json!({ "query": "{ controls(first: 20) { nodes { code title owner { name } risks { code level } \
                      requirements { framework id } } pageInfo { hasNextPage } } }" })
}

fn get(tenant: &Tenant, path: &str, seen: Option<&str>) -> Request<Body> {
    let mut request =
        Request::builder().method(Method::GET).uri(path).header(header::AUTHORIZATION, bearer(tenant));
    if let Some(seen) = seen {
        request = request.header(header::IF_NONE_MATCH, seen);
    }
    request.body(Body::default()).expect("it is a request")
}

fn post(tenant: &Tenant, path: &str, body: &Value) -> Request<Body> {
    let request =
        Request::builder().method(Method::POST).uri(path).header(header::AUTHORIZATION, bearer(tenant));
    let request = request.header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_string())).expect("it is a request")
}

fn bearer(tenant: &Tenant) -> String {
    format!("Bearer {}", tenant.key)
}

/// SQL statements of one request, transaction control and authentication included.
pub async fn statements(database: &str, scenario: &Scenario) -> Outcome<f64> {
    let server = Server::start(database, Log::Statements)?;
    let mut connection = drive::Connection::to(&server.address, scenario).await?;
    for n in 0..COUNTED {
        connection.ask(n).await?;
    }
    let before = server.statements()?;
    for n in 0..COUNTED {
        connection.ask(n).await?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    Ok((server.statements()? - before) as f64 / COUNTED as f64)
}

//! What there is at which path, used to answer 405 and to refuse unknown parameters. Paths are compared as the
//! router compares them: percent-decoded.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, ParameterIn, PathItem},
};

use super::{openapi::EFFECT_FREE, respond};
use crate::kernel::error::{Code, Error, Result};

/// Each path's methods, and what is known of each operation.
#[derive(Clone, Debug, Default)]
pub struct Routes(Vec<(Vec<String>, Methods)>);

/// What is known of each method; none where it is no operation of the document.
type Methods = BTreeMap<String, Option<Known>>;

/// What is known of an operation.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Its query parameters.
    parameters: BTreeSet<String>,
    /// Whether it only asks a question, whatever its method.
    effect_free: bool,
    /// Whether its success is 201.
    creates: bool,
}

impl Routes {
    /// Reads the document.
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(path, item)| (segments(path), methods(item))).collect())
    }

    /// The same with paths that are not in the document.
    pub fn with(mut self, pages: &[(&str, &[&str])]) -> Self {
        let methods = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), None)).collect();
        self.0.extend(pages.iter().map(|(path, names)| (segments(path), methods(names))));
        self
    }

    fn find(&self, path: &str) -> Option<&Methods> {
        let asked = segments(path);
        let fits = |pattern: &[String]| {
            let same = |(part, seen): (&String, &String)| {
                part == seen || (part.starts_with('{') && !seen.is_empty())
            };
            pattern.len() == asked.len() && pattern.iter().zip(&asked).all(same)
        };
        self.0
            .iter()
            .filter(|(pattern, _)| fits(pattern))
            .min_by_key(|(pattern, _)| variables(pattern))
            .map(|r| &r.1)
    }

    /// 405 with `Allow`, where the path is known and does not take the method. A path of its own, such as
    /// `/v1/risks/heatmap`, is never taken for one with an id.
    pub(super) fn refused(&self, method: &Method, path: &str) -> Option<HttpResponse> {
        let methods = self.find(path)?;
        (!methods.contains_key(method.as_str())).then(|| not_allowed(method, methods))
    }

    fn operation(&self, method: &Method, path: &str) -> Option<&Known> {
        self.find(path)?.get(method.as_str())?.as_ref()
    }

    /// Whether the operation only asks a question, whatever its method.
    pub fn is_effect_free(&self, method: &Method, path: &str) -> bool {
        self.operation(method, path).is_some_and(|known| known.effect_free)
    }

    /// Whether POST makes something new at this path: its answer is a 201 then, and a 200 otherwise.
    pub fn creates(&self, path: &str) -> bool {
        self.operation(&Method::POST, path).is_none_or(|known| known.creates)
    }

    /// Refuses query parameters that the operation does not have.
    ///
    /// # Errors
    /// [`Code::UnknownParameter`] naming the first.
    pub fn check_query(&self, method: &Method, path: &str, query: &str) -> Result<()> {
        let Some(Known { parameters: known, .. }) = self.operation(method, path) else { return Ok(()) };
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
        match pairs.into_iter().find(|(name, _)| !known.contains(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let takes = match known.len() {
                    0 => "this operation takes none".to_owned(),
                    _ => format!("known here: {}", known.iter().cloned().collect::<Vec<_>>().join(", ")),
                };
                Err(Error::at(Code::UnknownParameter, name, format!("unknown parameter; {takes}")))
            }
        }
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

fn variables(pattern: &[String]) -> usize {
    pattern.iter().filter(|part| part.starts_with('{')).count()
}

fn methods(item: &PathItem) -> Methods {
    let all = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    all.into_iter().filter_map(|(name, op)| Some((name.to_owned(), Some(known(op.as_ref()?))))).collect()
}

fn known(operation: &Operation) -> Known {
    let all = operation.parameters.iter().flatten();
    let parameters = all.filter_map(|one| match one {
        RefOr::T(one) if one.parameter_in == ParameterIn::Query => Some(one.name.clone()),
        _ => None,
    });
    let marked = operation.extensions.as_ref().and_then(|all| all.get(EFFECT_FREE));
    Known {
        creates: operation.responses.responses.contains_key("201"),
        parameters: parameters.collect(),
        effect_free: marked.is_some_and(|mark| mark == true),
    }
}

/// Answers what no route took: 405 with `Allow` for a known path, else 404.
pub async fn fallback(request: HttpRequest) -> HttpResponse {
    let routes = request.app_data::<web::Data<Routes>>();
    let refused = routes.and_then(|routes| routes.refused(request.method(), request.match_info().as_str()));
    refused.unwrap_or_else(|| respond(&Error::not_found("resource at this path")))
}

fn not_allowed(method: &Method, methods: &Methods) -> HttpResponse {
    let mut allow: Vec<&str> = methods.keys().map(String::as_str).collect();
    if allow.contains(&"GET") {
        allow.push("HEAD");
    }
    let allow = allow.join(", ");
    let detail = format!("{method} is not one of {allow}");
    let mut response = respond(&Error::new(Code::MethodNotAllowed, detail));
    if let Ok(value) = header::HeaderValue::from_str(&allow) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

//! What there is at which path, used to answer 405 and to refuse unknown parameters. Paths are compared as the
//! router compares them: percent-decoded.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use matchit::Router;
use percent_encoding::percent_decode_str;
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, ParameterIn, PathItem},
};

use super::{openapi::EFFECT_FREE, respond};
use crate::kernel::error::{Code, Error, Result};

/// What there is at each path. A path of its own, such as `/v1/risks/heatmap`, is never taken for one with an id.
#[derive(Clone, Debug, Default)]
pub struct Routes(Router<Place>);

/// What there is at one path: its methods, and what is known of each; none where it is no operation of the document.
#[derive(Clone, Debug, Default)]
pub struct Place(BTreeMap<String, Option<Known>>);

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
    /// Reads the document, and pages that are not in it.
    ///
    /// # Errors
    /// When two of their paths cannot be told apart.
    pub fn of(document: &OpenApi, pages: &[(&str, &[&str])]) -> Result<Self> {
        let mut routes = Router::new();
        for (path, item) in &document.paths.paths {
            routes.insert(path, methods(item)).map_err(Error::internal)?;
        }
        for (path, names) in pages {
            let place = Place(names.iter().map(|name| ((*name).to_owned(), None)).collect());
            routes.insert(*path, place).map_err(Error::internal)?;
        }
        Ok(Self(routes))
    }

    /// What there is at a path; none where there is nothing.
    pub fn at(&self, path: &str) -> Option<&Place> {
        self.0.at(path).ok().map(|found| found.value)
    }
}

impl Place {
    /// 405 with `Allow`, where it does not take the method.
    pub(super) fn refused(&self, method: &Method) -> Option<HttpResponse> {
        (!self.0.contains_key(method.as_str())).then(|| not_allowed(method, self))
    }

    fn operation(&self, method: &Method) -> Option<&Known> {
        self.0.get(method.as_str())?.as_ref()
    }

    /// Whether the operation only asks a question, whatever its method.
    pub fn is_effect_free(&self, method: &Method) -> bool {
        self.operation(method).is_some_and(|known| known.effect_free)
    }

    /// Whether POST makes something new here: its answer is a 201 then, and a 200 otherwise.
    pub fn creates(&self) -> bool {
        self.operation(&Method::POST).is_none_or(|known| known.creates)
    }

    /// Refuses query parameters that the operation does not have.
    ///
    /// # Errors
    /// [`Code::UnknownParameter`] naming the first.
    pub fn check_query(&self, method: &Method, query: &str) -> Result<()> {
        let Some(Known { parameters: known, .. }) = self.operation(method) else { return Ok(()) };
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

fn methods(item: &PathItem) -> Place {
    let all = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    Place(
        all.into_iter().filter_map(|(name, op)| Some((name.to_owned(), Some(known(op.as_ref()?))))).collect(),
    )
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

/// Whether a path begins with one of these words, below `/v1`; decoded, as the router compares it.
pub fn begins(path: &str, words: &[&str]) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy();
    let below = path.strip_prefix("/v1/").or_else(|| path.strip_prefix('/')).unwrap_or_default();
    below.split(['/', ':']).next().is_some_and(|word| words.contains(&word))
}

/// Answers what no route took: 405 with `Allow` for a known path, else 404.
pub async fn fallback(request: HttpRequest) -> HttpResponse {
    let routes = request.app_data::<web::Data<Routes>>();
    let place = routes.and_then(|routes| routes.at(request.match_info().as_str()));
    let refused = place.and_then(|place| place.refused(request.method()));
    refused.unwrap_or_else(|| respond(&Error::not_found("resource at this path")))
}

fn not_allowed(method: &Method, place: &Place) -> HttpResponse {
    let mut allow: Vec<&str> = place.0.keys().map(String::as_str).collect();
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

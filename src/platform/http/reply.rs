//! Answers: 201 with its Location, 200 with its ETag (or 304) or without, pages with their Link, 204.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, Responder,
    body::BoxBody,
    http::{StatusCode, header},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    kernel::{
        error::{Error, Result},
        page::Page,
    },
    platform::journal::{ShownOnce, hex},
};

const JSON: &str = "application/json";

/// 201: something was created.
pub struct Created<T>(pub T);
/// 201: something was created, and its secret is shown this once.
pub struct Issued<T>(pub T);
/// 200: a resource as it is now; 304 when the caller has it already.
pub struct Fresh<T>(pub T);
/// 200: what anybody may read and keep for so many seconds; 304 when the caller has it already.
pub struct Public<T>(pub T, pub u32);
/// 200: a page of a list.
pub struct Listed<T>(pub Page<T>);
/// 200: an answer to a question, kept by nobody: without an ETag, and not to be cached.
pub struct Answered<T>(pub T);
/// 204: it is gone.
pub struct Gone;

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        answer(serde_json::to_string(&self.0).map(|body| created(body, None, request)))
    }
}

impl<T: ShownOnce> Responder for Issued<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let kept = serde_json::to_string(&self.0.redacted());
        let body = serde_json::to_string(&self.0);
        answer(kept.and_then(|kept| body.map(|body| created(body, Some(&kept), request))))
    }
}

impl<T: Serialize> Responder for Fresh<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        answer(serde_json::to_string(&self.0).map(|body| fresh(body, request)))
    }
}

impl<T: Serialize> Responder for Public<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let cache = header::HeaderValue::try_from(format!("public, max-age={}", self.1));
        answer(serde_json::to_string(&self.0).map(|body| {
            let mut response = fresh(body, request);
            if let Ok(cache) = cache {
                response.headers_mut().insert(header::CACHE_CONTROL, cache);
            }
            response
        }))
    }
}

impl<T: Serialize> Responder for Listed<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        answer(serde_json::to_string(&self.0).map(|body| {
            // A page has no version of its own.
            let mut response = fresh_text(request, JSON, 0, body);
            let next = self.0.next_cursor.as_deref().and_then(|cursor| link(request, cursor).ok());
            if let Some(next) = next {
                response.headers_mut().insert(header::LINK, next);
            }
            response
        }))
    }
}

impl<T: Serialize> Responder for Answered<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self.0)
    }
}

impl Responder for Gone {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// An answer kept under an idempotency key: as it was the first time, marked.
pub(super) fn replayed(kept: &str, anew: bool, request: &HttpRequest) -> HttpResponse {
    let kept = kept.to_owned();
    let mut response = if anew { created(kept, None, request) } else { fresh(kept, request) };
    response.headers_mut().insert(
        header::HeaderName::from_static("idempotency-replayed"),
        header::HeaderValue::from_static("true"),
    );
    response
}

fn answer(built: serde_json::Result<HttpResponse>) -> HttpResponse {
    built.unwrap_or_else(|cause| super::respond(&Error::internal(cause)))
}

/// What an answer says of itself, read from its text. What has no id of its own is known by its key.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    id: Value,
    key: Value,
    version: Value,
    number: Value,
}

impl Head {
    /// Nothing, of an answer that is no object.
    fn of(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    fn version(&self) -> i64 {
        self.version.as_i64().unwrap_or(0)
    }

    fn name(&self) -> Option<&str> {
        self.id.as_str().or(self.key.as_str())
    }
}

/// The ETag covers what is kept of the answer, so that a replay has the same: all of it, unless said.
fn created(body: String, kept: Option<&str>, request: &HttpRequest) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(StatusCode::CREATED);
    response.content_type(JSON);
    let head = Head::of(&body);
    response.insert_header((header::ETAG, etag(head.version(), kept.unwrap_or(&body))));
    if let Some(location) = located(request.match_info().as_str(), &head) {
        response.insert_header((header::LOCATION, location));
    }
    response.body(body)
}

/// A version is known by its number.
fn located(path: &str, head: &Head) -> Option<String> {
    if path.ends_with("/versions") {
        return head.number.as_i64().map(|number| format!("{path}/{number}"));
    }
    head.name().map(|id| location(path, id))
}

/// A sub-action such as `/v1/api-keys/{id}/rotate` makes a sibling of what it acts on, and one such as
/// `/v1/risks/{id}/acceptance` changes what it acts on. An accepted invitation makes a member.
fn location(path: &str, id: &str) -> String {
    if path == "/v1/invitations/accept" {
        return format!("/v1/members/{id}");
    }
    if let Some((list, _)) = path.split_once(&format!("/{id}/")) {
        return format!("{list}/{id}");
    }
    let path =
        path.strip_suffix("/rotate").and_then(|path| path.rsplit_once('/')).map_or(path, |(list, _)| list);
    format!("{path}/{id}")
}

fn fresh(body: String, request: &HttpRequest) -> HttpResponse {
    let version = Head::of(&body).version();
    fresh_text(request, JSON, version, body)
}

/// What a resource is at this version, in this media type; 304 when the caller has it already.
pub(super) fn fresh_text(
    request: &HttpRequest,
    media: &'static str,
    version: i64,
    text: String,
) -> HttpResponse {
    let etag = etag(version, &text);
    // What was changed is told, whatever the caller has: If-None-Match is a question of reading (RFC 9110, 13.1.2).
    let known = request.method().is_safe()
        && request.headers().get_all(header::IF_NONE_MATCH).any(|sent| names(sent, &etag));
    let mut response =
        HttpResponseBuilder::new(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if known { response.finish() } else { response.content_type(media).body(text) }
}

fn names(sent: &header::HeaderValue, etag: &str) -> bool {
    let sent = sent.to_str().unwrap_or_default();
    sent.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == etag)
}

/// `"7.<hash>"`: derived fields change without the version, so a validator needs both.
fn etag(version: i64, text: &str) -> String {
    format!("\"{version}.{}\"", hex(&Sha256::digest(text)[..8]))
}

fn link(request: &HttpRequest, cursor: &str) -> Result<header::HeaderValue> {
    let mut pairs: Vec<(String, String)> =
        serde_html_form::from_str(request.query_string()).map_err(Error::internal)?;
    pairs.retain(|(name, _)| name != "cursor");
    pairs.push(("cursor".to_owned(), cursor.to_owned()));
    let query = serde_html_form::to_string(&pairs).map_err(Error::internal)?;
    format!("<{}?{query}>; rel=\"next\"", request.path()).parse().map_err(Error::internal)
}

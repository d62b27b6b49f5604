//! What surrounds every request: its id, HEAD, security headers, strict parameters, idempotency keys.

use actix_web::{
    Error as ActixError, FromRequest, HttpMessage, HttpRequest,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use super::{
    body, reply,
    routes::{Place, Routes},
    upload::{Holding, Unread},
};
use crate::{
    kernel::error::{Code, Error},
    platform::{
        access::Services,
        db::Statements,
        journal::{Idempotency, hex},
    },
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The token endpoint.
pub(super) const TOKENS: &str = "/v1/oauth/token";

/// The request's id: the caller's own, where it is plain, or a fresh one.
#[derive(Clone)]
pub(super) struct RequestId(String);

impl RequestId {
    pub(super) fn of(request: &HttpRequest) -> String {
        request.extensions().get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

/// Marks a HEAD that is answered from GET: its body is not sent, so it need not be made.
#[derive(Clone, Copy)]
pub(super) struct Headed;

/// Whether answers tell how many SQL statements they took, in `Server-Timing`.
#[derive(Clone, Copy)]
pub struct Diagnostics(pub bool);

impl Diagnostics {
    pub(super) fn of(request: &HttpRequest) -> Statements {
        request.extensions().get::<Statements>().cloned().unwrap_or_default()
    }
}

/// Gives the request its id, answers HEAD from GET, and puts the headers on that every answer has.
///
/// # Errors
/// Never of its own.
pub async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, ActixError> {
    let id = request_id(&request);
    let statements = Statements::default();
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(statements.clone());
    if request.method() == Method::HEAD {
        request.extensions_mut().insert(Headed);
        request.head_mut().method = Method::GET;
    }
    let told = request.app_data::<web::Data<Diagnostics>>().is_some_and(|on| on.0);
    // Whatever is logged on the way carries the request's id.
    let span =
        tracing::info_span!("request", request_id = id, method = %request.method(), path = request.path());
    let mut response = next.call(request).instrument(span.clone()).await?;
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), "answered"));
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    if told && let Ok(value) = HeaderValue::from_str(&format!("sql;desc={}", statements.count())) {
        headers.insert(HeaderName::from_static("server-timing"), value);
    }
    harden(headers);
    let unread = response.request().extensions_mut().remove::<Unread>();
    Ok(match unread {
        Some(unread) => response
            .map_into_boxed_body()
            .map_body(|_, body| BoxBody::new(Holding::new(body, unread)))
            .map_into_right_body(),
        None => response.map_into_left_body(),
    })
}

fn request_id(request: &ServiceRequest) -> String {
    let sent = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    match (sent.filter(plain), request.app_data::<web::Data<Services>>()) {
        (Some(sent), _) => sent.to_owned(),
        (None, Some(services)) => services.ids.request().simple().to_string(),
        (None, None) => String::new(),
    }
}

fn harden(headers: &mut header::HeaderMap) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      frame-ancestors 'none'; base-uri 'none'";
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
}

/// Refuses a method that the path does not take and parameters that the operation does not have, reads the idempotency key of a POST with an effect, and
/// gives the answer kept under it.
///
/// # Errors
/// Never of its own: what it refuses is answered.
pub async fn idempotency(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, ActixError> {
    let routes = request.app_data::<web::Data<Routes>>().cloned();
    let place = routes.as_ref().and_then(|routes| routes.at(request.match_info().as_str()));
    if let Some(refused) = place.and_then(|place| place.refused(request.method())) {
        return Ok(request.into_response(refused).map_into_right_body());
    }
    if let Err(error) = prepare(&mut request, place).await {
        return Ok(request.error_response(error).map_into_right_body());
    }
    let response = next.call(request).await?;
    let error = response.response().error().and_then(|error| error.as_error::<Error>());
    match error.and_then(Error::replayed) {
        Some(replay) => {
            let request = response.request();
            let again = reply::replayed(&replay.0, place.is_none_or(Place::creates), request);
            Ok(response.into_response(again).map_into_right_body())
        }
        None => Ok(response.map_into_left_body()),
    }
}

/// Refuses unknown parameters, a key that is no key and a body over the limit.
async fn prepare(request: &mut ServiceRequest, place: Option<&Place>) -> Result<(), Error> {
    let path = request.match_info().as_str();
    let mut effect_free = false;
    if let Some(place) = place {
        place.check_query(request.method(), request.query_string())?;
        effect_free = place.is_effect_free(request.method());
    }
    let sent = request.headers().get("idempotency-key").cloned();
    // Every token is a new one, whatever is repeated.
    let heard =
        request.method() == Method::POST && path.starts_with("/v1/") && !effect_free && path != TOKENS;
    let Some(sent) = sent.filter(|_| heard) else {
        return Ok(());
    };
    let key = sent.to_str().ok().filter(|key| is_token(key)).ok_or_else(|| {
        Error::at(Code::InvalidParameter, "Idempotency-Key", "must be 1 to 255 visible ASCII characters")
    })?;
    let fingerprint = fingerprint(request).await?;
    request.extensions_mut().insert(Idempotency { key: key.to_owned(), fingerprint });
    Ok(())
}

fn is_token(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Reads the body, and puts it back for the handler.
async fn fingerprint(request: &mut ServiceRequest) -> Result<String, Error> {
    let (http, payload) = request.parts_mut();
    let stream =
        web::Payload::from_request(http, payload).await.map_err(|e| Error::internal(e.to_string()))?;
    let bytes = body::collect(stream).await?;
    let digest = Sha256::new()
        .chain_update(request.method().as_str())
        .chain_update(request.uri().to_string())
        .chain_update([0])
        .chain_update(&bytes)
        .finalize();
    request.set_payload(actix_web::dev::Payload::from(bytes));
    Ok(hex(&digest))
}

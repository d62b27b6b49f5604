//! Cross-origin requests: pages of the origins in the settings may call the API from a browser.

use actix_cors::{Cors, CorsError};
use actix_web::{
    Error as ActixError,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::{Condition, Next},
};

use super::respond;
use crate::kernel::error::{Code, Error};

/// Seconds for which a browser may remember that it may call: an hour.
const REMEMBERED: usize = 60 * 60;

/// Answers preflight requests and marks what the pages of these origins may read; does nothing without origins.
pub fn cors(origins: &[String]) -> Condition<Cors> {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT])
        .allowed_headers([header::IF_MATCH, header::IF_NONE_MATCH])
        .allowed_headers(["idempotency-key", "x-request-id"])
        .expose_headers(["etag", "location", "link", "retry-after", "x-request-id", "idempotency-replayed"])
        .expose_headers(["ratelimit", "ratelimit-policy"])
        .max_age(REMEMBERED);
    Condition::new(!origins.is_empty(), origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin)))
}

/// Tells a refused preflight as a problem, as every other error is told.
///
/// # Errors
/// Never of its own.
pub async fn refuse_origin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, ActixError> {
    let response = next.call(request).await?;
    let refused = response.response().error().and_then(|error| error.as_error::<CorsError>());
    let Some(refused) = refused.map(ToString::to_string) else {
        return Ok(response.map_into_left_body());
    };
    let problem = respond(&Error::at(Code::InvalidParameter, "Origin", refused));
    Ok(response.into_response(problem).map_into_right_body())
}

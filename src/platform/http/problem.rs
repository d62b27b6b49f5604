//! Errors as RFC 9457 problems.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::error::{Breach, Code, Error, Fault};

/// An error, as `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A page about this kind of error.
    #[serde(rename = "type")]
    #[schema(max_length = 200, example = "/docs/errors/not_found")]
    pub kind: String,
    /// The short summary, the same for every occurrence.
    #[schema(max_length = 200)]
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time.
    #[schema(max_length = 4000)]
    pub detail: String,
    /// The stable code, the same in GraphQL's `extensions.code`.
    #[schema(max_length = 64, example = "not_found")]
    pub code: String,
    /// Each place where the input is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub errors: Vec<Fault>,
    /// Each rule that speaks against it, with what it would take instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub breaches: Vec<Breach>,
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let code = error.code();
        Self {
            kind: format!("/docs/errors/{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: shown(error.detail(), 4000),
            code: code.as_str().to_owned(),
            errors: error.faults().iter().take(1000).map(shown_fault).collect(),
            breaches: error.breaches().iter().take(20).map(shown_breach).collect(),
        }
    }
}

/// What a caller sent may be told back to it, within the schema's bounds.
fn shown(text: &str, most: usize) -> String {
    text.chars().take(most).map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn shown_fault(fault: &Fault) -> Fault {
    Fault { pointer: shown(&fault.pointer, 2000), detail: shown(&fault.detail, 2000) }
}

fn shown_breach(breach: &Breach) -> Breach {
    let (reason, instead) = (shown(&breach.reason, 2000), shown(&breach.instead, 2000));
    Breach { reason, instead, ..breach.clone() }
}

/// The response to an error; its cause goes to the log.
pub fn respond(error: &Error) -> HttpResponse {
    if let Some(cause) = error.cause() {
        tracing::error!(code = error.code().as_str(), cause = ?cause, "request failed");
    }
    let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponseBuilder::new(status);
    response.content_type("application/problem+json");
    match error.code() {
        Code::Unauthenticated => response.insert_header((header::WWW_AUTHENTICATE, "Bearer")),
        Code::Unavailable => response.insert_header((header::RETRY_AFTER, "1")),
        _ => &mut response,
    };
    response.body(serde_json::to_string(&Problem::from(error)).unwrap_or_default())
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        respond(self)
    }
}

/// The page about each code, at `/docs/errors/{code}`.
#[actix_web::get("/docs/errors/{code}")]
pub(super) async fn error_page(request: HttpRequest) -> Result<HttpResponse, Error> {
    let name = request.match_info().query("code");
    let code = Code::ALL.iter().find(|code| code.as_str() == name).ok_or_else(|| Error::not_found("page"))?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "{} ({})\n\n{}\n\nWhat to do: {}\n",
        code.as_str(),
        code.status(),
        code.title(),
        code.remedy()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_back_keeps_the_bounds_of_the_schema() {
        let error =
            Error::at(Code::UnknownParameter, "x\0".to_owned() + &"y".repeat(5000), "unknown parameter");
        let problem = Problem::from(&error);
        assert!(problem.errors[0].pointer.starts_with("x\u{FFFD}y"));
        assert_eq!((problem.detail.chars().count(), problem.errors[0].pointer.chars().count()), (4000, 2000));
    }
}

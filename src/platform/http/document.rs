//! What can be had as JSON, as a page to print or as a table: the caller says which, by `format` or by `Accept`.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::Payload,
    http::header::{self, Accept, Header, HeaderValue},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{Schema, Type},
    },
};

use super::{Fresh, Query, reply};
use crate::{
    kernel::error::{Error, Result},
    text_enum,
};

text_enum! {
    /// How a document is written.
    Format {
        /// JSON.
        Json = "json",
        /// A page to read and print.
        Html = "html",
        /// A table for a spreadsheet.
        Csv = "csv",
    }
}

/// Which form of a document is asked for.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AskedFormat {
    /// How it is written; as `Accept` says unless given, and JSON where that says nothing.
    #[param(inline)]
    pub format: Option<Format>,
}

/// The form that a request wants.
pub struct InFormat(pub Format);

impl FromRequest for InFormat {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let asked = Query::<AskedFormat>::from_request(request, payload).into_inner();
        ready(asked.map(|asked| Self(asked.0.format.unwrap_or_else(|| accepted(request)))))
    }
}

/// The first form that `Accept` names; JSON where it names none, as everywhere.
fn accepted(request: &HttpRequest) -> Format {
    let ranked = Accept::parse(request).map(|accept| accept.ranked()).unwrap_or_default();
    let known = |media: &mime::Mime| match (media.type_(), media.subtype()) {
        (mime::TEXT, mime::HTML) => Some(Format::Html),
        (mime::TEXT, mime::CSV) => Some(Format::Csv),
        (mime::APPLICATION | mime::STAR, mime::JSON | mime::STAR) => Some(Format::Json),
        _ => None,
    };
    ranked.iter().find_map(known).unwrap_or(Format::Json)
}

/// 200: a document in the form asked for; 304 when the caller has it already.
pub enum Document<T> {
    /// As JSON.
    Json(T),
    /// As a page, with its style sheet, which is all that the page may load.
    Page(String, &'static str),
    /// As a table, with the name of its file.
    Table(String, String),
}

impl<T: Serialize> Responder for Document<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = match self {
            Self::Json(body) => Fresh(body).respond_to(request),
            Self::Page(text, style) => page(request, text, style),
            Self::Table(text, name) => table(request, text, &name),
        };
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
        response
    }
}

fn page(request: &HttpRequest, text: String, style: &str) -> HttpResponse {
    let mut response = reply::fresh_text(request, "text/html; charset=utf-8", 0, text);
    let hash = STANDARD.encode(Sha256::digest(style));
    // It may look as it does and do nothing else: no script, no form, nothing loaded.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; sandbox"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn table(request: &HttpRequest, text: String, name: &str) -> HttpResponse {
    let mut response = reply::fresh_text(request, "text/csv; charset=utf-8", 0, text);
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    if let Ok(saved) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, saved);
    }
    response
}

/// A page or a table, as the API's description has it.
pub struct Text;

impl utoipa::PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(10_000_000)).into()
    }
}
impl utoipa::ToSchema for Text {}

/// A cell that no spreadsheet takes for a formula.
pub fn cell(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn accept_says_which_form() {
        for (accept, format) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format::Html),
            ("text/csv", Format::Csv),
            ("application/json, text/html;q=0.5", Format::Json),
            ("text/html;q=0.5, application/json", Format::Json),
            ("*/*", Format::Json),
            ("image/png", Format::Json),
        ] {
            let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
            assert_eq!(accepted(&request), format, "{accept}");
        }
        assert_eq!(accepted(&TestRequest::default().to_http_request()), Format::Json);
    }

    #[test]
    fn a_cell_is_no_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("a=1"), "a=1");
    }
}

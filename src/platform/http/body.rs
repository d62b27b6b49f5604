//! Bodies, JSON and forms: bounded, strict, and told where they are wrong.

use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::kernel::error::{Code, Error, Result};

/// A JSON body's bytes at the most.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media = check_media(request);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            media?;
            let payload = payload.await.map_err(|e| Error::internal(e.to_string()))?;
            let bytes = collect(payload).await?;
            parse(&bytes).map(Self)
        })
    }
}

/// A form, as `application/x-www-form-urlencoded`: its pairs in order.
pub struct Form(pub Vec<(String, String)>);

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let fits = media(request).is_some_and(|media| media == "application/x-www-form-urlencoded");
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !fits {
                let detail = "the body must be application/x-www-form-urlencoded";
                return Err(Error::new(Code::UnsupportedMediaType, detail));
            }
            let payload = payload.await.map_err(|e| Error::internal(e.to_string()))?;
            let bytes = collect(payload).await?;
            let pairs = serde_html_form::from_bytes(&bytes);
            pairs.map(Self).map_err(|_| Error::new(Code::InvalidRequest, "the body is not a form"))
        })
    }
}

/// Reads a whole body within the limit.
pub(super) async fn collect(payload: web::Payload) -> Result<web::Bytes> {
    let too_large = || Error::new(Code::TooLarge, format!("the body may have {BODY_LIMIT} bytes at most"));
    payload
        .to_bytes_limited(BODY_LIMIT)
        .await
        .map_err(|_| too_large())?
        .map_err(|_| Error::new(Code::InvalidRequest, "the body could not be read"))
}

fn check_media(request: &HttpRequest) -> Result<()> {
    match media(request).as_deref() {
        Some("application/json" | "application/merge-patch+json") => Ok(()),
        _ => Err(Error::new(Code::UnsupportedMediaType, "the body must be application/json")),
    }
}

/// The body's media type, without its parameters.
fn media(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get("content-type")?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Reads JSON and names the place where it does not fit. A whole number may be written `3.0`, as JSON Schema has it.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let refused = match strict(bytes) {
        Ok(value) => return Ok(value),
        Err(refused) => refused,
    };
    let Ok(mut value) = serde_json::from_slice::<Value>(bytes) else { return Err(refused) };
    if whole_numbers(&mut value) { strict(value.to_string().as_bytes()) } else { Err(refused) }
}

fn strict<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // serde would take a list for an object whose fields come in order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Error::new(Code::InvalidRequest, "the body must be a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        let detail = error.into_inner().to_string();
        Error::at(Code::InvalidRequest, pointer, without_position(&detail))
    })?;
    json.end().map_err(|_| Error::new(Code::InvalidRequest, "something follows the JSON value"))?;
    Ok(value)
}

/// Writes `3.0` as `3`, everywhere; tells whether there was one.
fn whole_numbers(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => match whole(number) {
            Some(whole) => {
                *number = whole.into();
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |found, item| whole_numbers(item) | found),
        Value::Object(fields) => fields.values_mut().fold(false, |found, field| whole_numbers(field) | found),
        _ => false,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
fn whole(number: &serde_json::Number) -> Option<i64> {
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0)?;
    (float.abs() < 9_007_199_254_740_992.0).then_some(float as i64)
}

/// serde_json's line and column say nothing that the pointer does not say better.
fn without_position(detail: &str) -> &str {
    detail.rsplit_once(" at line ").map_or(detail, |(text, _)| text)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        days: i32,
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        assert_eq!(parse::<Sample>(br#"{"days": 90.0}"#).unwrap(), Sample { days: 90 });
        let refused = parse::<Sample>(br#"{"days": 90.5}"#).unwrap_err();
        assert_eq!(refused.faults()[0].pointer, "/days");
    }

    #[test]
    fn a_list_is_no_object() {
        assert!(parse::<Sample>(b" [90]").unwrap_err().to_string().contains("must be a JSON object"));
    }

    #[test]
    fn what_is_wrong_beside_a_whole_number_is_still_told() {
        let refused = parse::<Sample>(br#"{"days": 90.0, "weeks": 1}"#).unwrap_err();
        assert_eq!(refused.faults()[0].pointer, "/weeks");
    }
}

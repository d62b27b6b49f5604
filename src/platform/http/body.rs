//! JSON bodies: bounded, strict, and told where they are wrong.

use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

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
    match request.headers().get("content-type").and_then(|value| value.to_str().ok()) {
        Some(value) if is_json(value) => Ok(()),
        _ => Err(Error::new(Code::UnsupportedMediaType, "the body must be application/json")),
    }
}

fn is_json(value: &str) -> bool {
    let media = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || media == "application/merge-patch+json"
}

/// Reads JSON and names the place where it does not fit.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        let detail = error.into_inner().to_string();
        Error::at(Code::InvalidRequest, pointer, without_position(&detail))
    })?;
    json.end().map_err(|_| Error::new(Code::InvalidRequest, "something follows the JSON value"))?;
    Ok(value)
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

//! A file in a request's body: passed on as it comes, never collected.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::{BodySize, BoxBody, MessageBody},
    dev::Payload,
    http::header::{self, ContentDisposition, HeaderMap},
    web,
};
use futures_util::StreamExt;

use super::digest;
use crate::{
    kernel::error::{Code, Error, Result},
    platform::{
        access::Ctx,
        files::{Announced, Chunks, chunks},
    },
};

/// A file that is being sent.
pub struct Upload {
    /// What is said of it.
    pub told: Announced,
    body: web::Payload,
    request: HttpRequest,
}

/// A body that nobody wanted to the end. While it lives the rest is not read, and the connection is closed behind the
/// answer; dropped early, actix would read all of a chunked body to keep the connection.
pub(super) struct Unread {
    _body: web::Payload,
}

/// An answer to a request whose body was not read to its end.
pub(super) struct Holding {
    body: BoxBody,
    _unread: Unread,
}

impl Holding {
    pub(super) fn new(body: BoxBody, unread: Unread) -> Self {
        Self { body, _unread: unread }
    }
}

impl MessageBody for Holding {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<web::Bytes, Self::Error>>> {
        self.body.as_pin_mut().poll_next(task)
    }
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let told = told(request.headers());
        let body = web::Payload::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let body = body.await.map_err(|e| Error::internal(e.to_string()))?;
            Ok(Self { told: told?, body, request })
        })
    }
}

impl Upload {
    /// Runs a use case that takes the body. Where it ends early, the rest of the body is not read; where the client goes
    /// away, it sees a body that was cut.
    ///
    /// # Errors
    /// The use case's own.
    pub async fn hand_to<T, F, Fut>(self, ctx: &Ctx, use_case: F) -> Result<T>
    where
        F: FnOnce(Ctx, Announced, Chunks) -> Fut,
        Fut: Future<Output = Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let Self { told, mut body, request } = self;
        let (mut passed, received) = chunks();
        let mut taken = pin!(ctx.stream(|ctx| use_case(ctx, told, received)));
        let passing = async {
            let mut going = passed.wanted().await;
            while going {
                going = match body.next().await {
                    Some(Ok(chunk)) => passed.pass(Some(chunk)).await,
                    Some(Err(_)) => false,
                    None => {
                        passed.pass(None).await;
                        false
                    }
                };
            }
            // A body that was cut goes without saying that this was all.
            drop(passed);
        };
        let outcome = tokio::select! {
            done = &mut taken => done,
            _ = passing => taken.await,
        };
        request.extensions_mut().insert(Unread { _body: body });
        outcome
    }
}

fn told(headers: &HeaderMap) -> Result<Announced> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let detail = "send the file itself, without Content-Encoding: what is kept is what was sent";
        return Err(Error::new(Code::UnsupportedMediaType, detail));
    }
    if headers.contains_key(header::CONTENT_RANGE) {
        // RFC 9110, 14.5: a server that takes no partial PUT says so.
        return Err(Error::at(
            Code::InvalidParameter,
            "Content-Range",
            "must not be sent: a file is sent whole",
        ));
    }
    Ok(Announced {
        name: name(headers)?,
        media_type: text(header::CONTENT_TYPE).map_or_else(|| Ok(UNKNOWN.to_owned()), media_type)?,
        length: text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        sum: digest::promised(headers)?,
    })
}

/// Bytes of which nothing is said.
const UNKNOWN: &str = "application/octet-stream";

fn media_type(sent: &str) -> Result<String> {
    let parsed: mime::Mime = sent.parse().map_err(|_| {
        Error::at(Code::InvalidParameter, "Content-Type", "must be a media type like text/csv; charset=utf-8")
    })?;
    let essence = parsed.essence_str();
    let charset = parsed.get_param(mime::CHARSET).map(|set| format!("{essence}; charset={set}"));
    let whole = charset.unwrap_or_else(|| essence.to_owned());
    // A wild card is none, and a longer one is nobody's.
    if whole.contains('*') || parsed.subtype().as_str().is_empty() || whole.len() > 127 {
        return Err(Error::at(Code::InvalidParameter, "Content-Type", "must name one media type"));
    }
    Ok(whole)
}

/// The file's name: `filename*` is better than `filename` (RFC 6266, 4.3).
fn name(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(header::CONTENT_DISPOSITION) else { return Ok(None) };
    let wrong = || {
        let like = "must be like attachment; filename=\"report.pdf\"; filename*=UTF-8''report.pdf";
        Error::at(Code::Unprocessable, "Content-Disposition", like)
    };
    let sent = ContentDisposition::from_raw(value).map_err(|_| wrong())?;
    let extended = sent.get_filename_ext().map(|name| String::from_utf8_lossy(&name.value).into_owned());
    Ok(extended.or_else(|| sent.get_filename().map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(name: header::HeaderName, value: &str) -> Result<Announced> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        told(&headers)
    }

    #[test]
    fn a_name_is_read_as_the_rfc_has_it() {
        for (sent, name) in [
            ("attachment; filename=\"a b.csv\"", Some("a b.csv")),
            ("attachment; filename=\"x.csv\"; filename*=UTF-8''%E2%82%AC.csv", Some("€.csv")),
            ("attachment", None),
        ] {
            assert_eq!(read(header::CONTENT_DISPOSITION, sent).unwrap().name.as_deref(), name, "{sent}");
        }
        assert!(read(header::CONTENT_DISPOSITION, "attachment; filename").is_err());
    }

    #[test]
    fn a_media_type_keeps_its_character_set_and_nothing_else() {
        for (sent, kept) in [
            ("text/csv; charset=UTF-8; header=present", "text/csv; charset=utf-8"),
            ("Application/PDF", "application/pdf"),
        ] {
            assert_eq!(read(header::CONTENT_TYPE, sent).unwrap().media_type, kept);
        }
        for wrong in ["csv", "text/", "*/*", "text/html\t<script>"] {
            assert!(read(header::CONTENT_TYPE, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_whole_plain_file_is_refused() {
        let code = |name, value| read(name, value).unwrap_err().code();
        assert_eq!(code(header::CONTENT_ENCODING, "gzip"), Code::UnsupportedMediaType);
        assert_eq!(code(header::CONTENT_RANGE, "bytes 0-1/2"), Code::InvalidParameter);
    }
}

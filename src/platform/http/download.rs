//! A file as an answer: whole or in part, streamed, and so that a browser never runs it in our origin.

use std::{
    future::{Ready, ready},
    ops::Range,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, Responder,
    body::{BoxBody, SizedStream},
    dev::Payload,
    http::{
        StatusCode,
        header::{
            self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue, HeaderMap,
            HeaderName, Range as Ranges,
        },
    },
};
use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};

use super::{digest, edge::Headed, respond};
use crate::{
    kernel::error::{Code, Error, Result},
    platform::files::Sum,
};

/// A file to answer with.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// What its sender said it is.
    pub media_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sum: Sum,
}

/// What a request wants of a file.
#[derive(Clone, Debug)]
pub struct Wanted {
    range: Option<Ranges>,
    if_range: Option<String>,
    if_none_match: Vec<String>,
    headed: bool,
}

/// What it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Some of it.
    Some(Range<u64>),
    /// Nothing: it has it.
    Known,
    /// Nothing: there is no such part.
    Outside,
}

impl FromRequest for Wanted {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let wanted = Self::of(request.headers(), request.extensions().get::<Headed>().is_some());
        ready(Ok(wanted))
    }
}

impl Wanted {
    fn of(headers: &HeaderMap, headed: bool) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let known = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
        Self {
            // A range that cannot be read, and several at once, are answered with the whole (RFC 9110, 14.2).
            range: text(header::RANGE).and_then(|range| range.parse().ok()),
            if_range: text(header::IF_RANGE).map(str::to_owned),
            if_none_match: known.flat_map(|all| all.split(',')).map(|one| one.trim().to_owned()).collect(),
            headed,
        }
    }

    /// The part of this file that is wanted.
    pub fn part(&self, stored: &Stored) -> Part {
        let tag = stored.tag();
        let known = |one: &String| one == "*" || one.trim_start_matches("W/") == tag;
        if self.if_none_match.iter().any(known) {
            return Part::Known;
        }
        // Strong comparison (RFC 9110, 13.1.5): a date or another tag wants the whole.
        let Some(Ranges::Bytes(ranges)) =
            self.range.as_ref().filter(|_| self.if_range.as_ref().is_none_or(|one| *one == tag))
        else {
            return Part::Whole;
        };
        match ranges.as_slice() {
            [one] => match one.to_satisfiable_range(stored.size) {
                Some((from, to)) => Part::Some(from..to + 1),
                None => Part::Outside,
            },
            _ => Part::Whole,
        }
    }

    /// The bytes that the answer needs: none for HEAD, or where there is nothing to send.
    pub fn bytes(&self, part: &Part, stored: &Stored) -> Option<Option<Range<u64>>> {
        match part {
            _ if self.headed => None,
            Part::Whole if stored.size == 0 => None,
            Part::Whole => Some(None),
            Part::Some(range) => Some(Some(range.clone())),
            Part::Known | Part::Outside => None,
        }
    }
}

/// The answer.
pub struct Download {
    /// The file.
    pub stored: Stored,
    /// What of it.
    pub part: Part,
    /// The bytes, where any are to be sent.
    pub bytes: Option<BoxStream<'static, Result<Bytes>>>,
}

impl Stored {
    /// A strong validator: the digest.
    fn tag(&self) -> String {
        format!("\"{}\"", self.sum)
    }

    /// The media type to answer with: what a browser would run, if it ever opened it, is bytes of an unknown kind.
    fn harmless(&self) -> String {
        let known: Option<mime::Mime> = self.media_type.parse().ok();
        let active = |kind: &mime::Mime| {
            let (top, sub) = (kind.type_().as_str(), kind.subtype().as_str());
            let text = top == "text" && !["plain", "csv", "markdown"].contains(&sub);
            let runs = ["html", "xhtml", "xml", "script", "svg", "wasm", "shockwave"];
            text || kind.suffix().is_some_and(|one| one == "xml")
                || ["multipart", "message"].contains(&top)
                || runs.iter().any(|word| sub.contains(word))
        };
        match known.filter(|kind| !active(kind)) {
            Some(kind) if kind.type_() == mime::TEXT && kind.get_param(mime::CHARSET).is_none() => {
                format!("{kind}; charset=utf-8")
            }
            Some(kind) => kind.to_string(),
            None => mime::APPLICATION_OCTET_STREAM.to_string(),
        }
    }

    /// Always an attachment, with a name in ASCII for old readers and the true one beside it (RFC 6266, RFC 8187).
    fn disposition(&self) -> ContentDisposition {
        let plain = |c: char| if c.is_ascii_graphic() && !"\"\\%;".contains(c) { c } else { '_' };
        let name = DispositionParam::Filename(self.name.chars().map(plain).collect());
        let value = self.name.clone().into_bytes();
        let extended = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value };
        let parameters = vec![name, DispositionParam::FilenameExt(extended)];
        ContentDisposition { disposition: DispositionType::Attachment, parameters }
    }

    fn describe(&self, response: &mut HttpResponseBuilder) {
        response
            .insert_header((header::ETAG, self.tag()))
            .insert_header((header::ACCEPT_RANGES, "bytes"))
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
            .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
        if let Some(digest) = digest::value(self.sum) {
            response.insert_header((digest::REPR_DIGEST, digest));
        }
    }
}

impl Responder for Download {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let Self { stored, part, bytes } = self;
        let size = stored.size;
        if part == Part::Outside {
            return outside(size);
        }
        let status = match part {
            Part::Known => StatusCode::NOT_MODIFIED,
            Part::Some(_) => StatusCode::PARTIAL_CONTENT,
            Part::Whole | Part::Outside => StatusCode::OK,
        };
        let mut response = HttpResponseBuilder::new(status);
        stored.describe(&mut response);
        let length = match &part {
            Part::Some(range) => {
                let told = format!("bytes {}-{}/{size}", range.start, range.end - 1);
                response.insert_header((header::CONTENT_RANGE, told));
                range.end - range.start
            }
            Part::Known => return response.finish(),
            Part::Whole | Part::Outside => {
                // The digest of the content of a part is another.
                if let Some(digest) = digest::value(stored.sum) {
                    response.insert_header((digest::CONTENT_DIGEST, digest));
                }
                size
            }
        };
        response.insert_header(stored.disposition()).content_type(stored.harmless());
        let bytes = bytes.unwrap_or_else(|| stream::empty().boxed());
        response.body(SizedStream::new(length, bytes))
    }
}

fn outside(size: u64) -> HttpResponse {
    let error = Error::new(Code::RangeNotSatisfiable, format!("the file has {size} bytes"));
    let mut response = respond(&error);
    if let Ok(value) = format!("bytes */{size}").parse() {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn stored(media_type: &str) -> Stored {
        Stored {
            name: "report.csv".to_owned(),
            media_type: media_type.to_owned(),
            size: 10,
            sum: Sum([0xab; 32]),
        }
    }

    fn part(sent: &[(HeaderName, &str)]) -> Part {
        let each = sent.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        Wanted::of(&each.collect(), false).part(&stored("text/csv"))
    }

    #[test]
    fn one_range_is_a_part_and_everything_else_the_whole() {
        for (sent, wanted) in [
            ("bytes=0-3", Part::Some(0..4)),
            ("bytes=4-", Part::Some(4..10)),
            ("bytes=-3", Part::Some(7..10)),
            ("bytes=-30", Part::Some(0..10)),
            ("bytes=9-99", Part::Some(9..10)),
            ("bytes=10-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=0-1,4-5", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("bytes=x", Part::Whole),
        ] {
            assert_eq!(part(&[(header::RANGE, sent)]), wanted, "{sent}");
        }
    }

    #[test]
    fn a_range_holds_only_while_the_file_is_the_same() {
        let (tag, range) = (stored("text/csv").tag(), (header::RANGE, "bytes=0-3"));
        assert_eq!(part(&[range.clone(), (header::IF_RANGE, &tag)]), Part::Some(0..4));
        assert_eq!(part(&[range.clone(), (header::IF_RANGE, &format!("W/{tag}"))]), Part::Whole);
        assert_eq!(part(&[range.clone(), (header::IF_RANGE, "Wed, 25 Nov 2026 00:00:00 GMT")]), Part::Whole);
        assert_eq!(part(&[range, (header::IF_NONE_MATCH, &format!("\"x\", W/{tag}"))]), Part::Known);
    }

    #[test]
    fn what_a_browser_would_run_is_bytes_of_an_unknown_kind() {
        for active in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/javascript",
            "application/javascript",
            "application/xml",
            "text/xml",
            "text/css",
            "multipart/related",
            "message/rfc822",
            "application/x-shockwave-flash",
            "nonsense",
        ] {
            assert_eq!(stored(active).harmless(), "application/octet-stream", "{active}");
        }
        assert_eq!(stored("text/csv").harmless(), "text/csv; charset=utf-8");
        assert_eq!(stored("text/plain; charset=utf-16").harmless(), "text/plain; charset=utf-16");
        for inert in ["image/png", "application/pdf", "application/zip"] {
            assert_eq!(stored(inert).harmless(), inert);
        }
    }

    #[test]
    fn a_name_stays_inside_its_quotes() {
        let named =
            |name: &str| Stored { name: name.to_owned(), ..stored("text/csv") }.disposition().to_string();
        assert_eq!(
            named("a\"; x=\\€.csv"),
            "attachment; filename=\"a___x=__.csv\"; filename*=UTF-8''a%22%3B%20x=%5C%E2%82%AC.csv"
        );
    }
}

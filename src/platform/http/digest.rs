//! Digest fields (RFC 9530): `sha-256=:BASE64:`.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    kernel::error::{Code, Error, Result},
    platform::files::Sum,
};

pub(super) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
pub(super) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// The SHA-256 that the sender promises, in either field.
///
/// # Errors
/// [`Code::Unprocessable`] when a field is there and has no SHA-256, and [`Code::DigestMismatch`] when two differ.
pub(super) fn promised(headers: &HeaderMap) -> Result<Option<Sum>> {
    let mut promised = None;
    for name in [CONTENT_DIGEST, REPR_DIGEST] {
        for value in headers.get_all(&name) {
            let sum = value.to_str().ok().and_then(sha_256).ok_or_else(|| {
                Error::at(Code::Unprocessable, name.as_str(), "must have sha-256=:BASE64: of 32 bytes")
            })?;
            if promised.is_some_and(|other| other != sum) {
                return Err(Error::new(
                    Code::DigestMismatch,
                    "Content-Digest and Repr-Digest promise different bytes",
                ));
            }
            promised = Some(sum);
        }
    }
    Ok(promised)
}

/// The dictionary's member `sha-256`, a byte sequence (RFC 9651, 3.2 and 3.3.5). Other algorithms are passed over.
fn sha_256(field: &str) -> Option<Sum> {
    let of = |member: &str| {
        let (name, value) = member.trim().split_once('=')?;
        let text = value.strip_prefix(':')?.strip_suffix(':')?;
        if name != "sha-256" {
            return None;
        }
        STANDARD.decode(text).ok()?.try_into().ok().map(Sum)
    };
    field.split(',').find_map(of)
}

/// The field's value for a SHA-256.
pub(super) fn value(sum: Sum) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("sha-256=:{}:", STANDARD.encode(sum.0))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Result<Option<Sum>> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_DIGEST, HeaderValue::from_str(field).unwrap());
        promised(&headers)
    }

    #[test]
    fn the_sha_256_is_found_among_others() {
        // Of the empty body, RFC 9530's own kind of example.
        let empty = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
        let sum = read(empty).unwrap().unwrap();
        assert_eq!(sum.0[..4], [0xe3, 0xb0, 0xc4, 0x42]);
        assert_eq!(read(&format!("sha-512=:AAAA:, {empty}")).unwrap(), Some(sum));
        assert_eq!(value(sum).unwrap(), empty);
        assert_eq!(promised(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn a_field_without_one_is_refused() {
        for wrong in ["", "sha-512=:AAAA:", "sha-256=AAAA", "sha-256=:AAAA:", "sha-256=:!:", "sha-256"] {
            assert_eq!(read(wrong).unwrap_err().code(), Code::Unprocessable, "{wrong}");
        }
    }

    #[test]
    fn two_fields_must_agree() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_DIGEST, value(Sum([1; 32])).unwrap());
        headers.insert(REPR_DIGEST, value(Sum([2; 32])).unwrap());
        assert_eq!(promised(&headers).unwrap_err().code(), Code::DigestMismatch);
    }
}

//! What a client sends to the token endpoint, and what it is told: RFC 6749, sections 2.3.1, 4.4 and 5. Pure.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{kernel::error::Error, text_enum};

text_enum! {
    /// Why no token is given (RFC 6749, 5.2).
    GrantError {
        /// A parameter is missing, given twice or malformed.
        InvalidRequest = "invalid_request",
        /// The client is not known, or its secret is not right.
        InvalidClient = "invalid_client",
        /// Only `client_credentials` is.
        UnsupportedGrantType = "unsupported_grant_type",
        /// A scope is unknown, or more than the client has.
        InvalidScope = "invalid_scope",
    }
}

/// A client's request for a token, well formed.
#[derive(Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which client it says it is.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The scopes asked for; none for all that the client has.
    pub scopes: Option<Vec<String>>,
}

/// No token: the grant's own reason, or another error of the service.
#[derive(Debug)]
pub enum Refused {
    /// As OAuth tells it.
    Grant(GrantError, &'static str),
    /// As every other operation tells it.
    Other(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// A refusal, as RFC 6749 has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// Why.
    pub error: GrantError,
    /// What happened this time.
    #[schema(max_length = 400, example = "grant_type must be client_credentials")]
    pub error_description: String,
}

/// An access token, as RFC 6749 has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Granted {
    /// The token to send as `Authorization: Bearer …`.
    #[schema(
        max_length = 4000,
        example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6Ii4uLiJ9.e30.c2lnbmF0dXJl"
    )]
    pub access_token: String,
    /// How to send it: always `Bearer`.
    #[schema(max_length = 8, example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until it ends.
    #[schema(minimum = 60, maximum = 3600, example = 900)]
    pub expires_in: i64,
    /// What it may do, separated by blanks.
    #[schema(max_length = 4000, example = "controls:read controls:write")]
    pub scope: String,
}

/// The one answer to every client that does not work.
pub fn invalid_client() -> Refused {
    Refused::Grant(
        GrantError::InvalidClient,
        "the client is not known, its secret is not right, or it has ended",
    )
}

fn invalid(told: &'static str) -> Refused {
    Refused::Grant(GrantError::InvalidRequest, told)
}

/// Reads the form and the `Authorization` header. Parameters that nobody knows are ignored (RFC 6749, 3.2), and those
/// without a value are as if left out.
///
/// # Errors
/// The first thing that is wrong.
pub fn read(form: &[(String, String)], authorization: Option<&str>) -> Result<Grant, Refused> {
    let parameter = |name: &str| -> Result<Option<&str>, Refused> {
        let mut all = form.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        match (all.next(), all.next()) {
            (_, Some(_)) => Err(invalid("a parameter is given twice")),
            (first, None) => Ok(first.filter(|value| !value.is_empty())),
        }
    };
    let (grant_type, scope) = (parameter("grant_type")?, parameter("scope")?);
    let (id, secret) = (parameter("client_id")?, parameter("client_secret")?);
    let (client_id, client_secret) = match (authorization, id, secret) {
        (Some(_), _, Some(_)) => {
            return Err(invalid("send the secret in the header or in the body, not in both"));
        }
        (Some(header), id, None) => {
            let (own, secret) = basic(header).ok_or_else(invalid_client)?;
            if id.is_some_and(|id| id != own) {
                return Err(invalid("client_id differs from the header's"));
            }
            (own, secret)
        }
        (None, Some(id), Some(secret)) => (id.to_owned(), secret.to_owned()),
        (None, ..) => return Err(invalid_client()),
    };
    match grant_type {
        None => return Err(invalid("grant_type is missing")),
        Some("client_credentials") => {}
        Some(_) => {
            let told = "grant_type must be client_credentials";
            return Err(Refused::Grant(GrantError::UnsupportedGrantType, told));
        }
    }
    let scopes = scope.map(|text| text.split(' ').map(str::to_owned).collect());
    Ok(Grant { client_id, client_secret, scopes })
}

/// The id and secret of HTTP Basic, each of them form-encoded before (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let plain = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()))?.ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (id, secret) = plain.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(&format!("it={text}")).ok()?;
    let [(_, value)] = <[_; 1]>::try_from(pairs).ok()?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Vec<(String, String)> {
        serde_html_form::from_str(text).unwrap()
    }

    fn header(plain: &str) -> String {
        format!("Basic {}", STANDARD.encode(plain))
    }

    fn refused(text: &str, authorization: Option<&str>) -> GrantError {
        match read(&form(text), authorization).unwrap_err() {
            Refused::Grant(error, _) => error,
            Refused::Other(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn a_client_tells_itself_in_the_header_or_in_the_body() {
        let wanted = |scopes: Option<&[&str]>| Grant {
            client_id: "ocl_1".to_owned(),
            client_secret: "a:b c".to_owned(),
            scopes: scopes.map(|all| all.iter().map(|one| (*one).to_owned()).collect()),
        };
        let in_header = header("ocl_1:a%3Ab+c");
        let body = "grant_type=client_credentials&scope=a+b&colour=red";
        assert_eq!(read(&form(body), Some(&in_header)).unwrap(), wanted(Some(&["a", "b"])));
        let body = "grant_type=client_credentials&scope=&client_id=ocl_1&client_secret=a%3Ab+c";
        assert_eq!(read(&form(body), None).unwrap(), wanted(None), "without a value is as if left out");
        let both = "grant_type=client_credentials&client_id=ocl_1";
        assert_eq!(read(&form(both), Some(&in_header)).unwrap(), wanted(None));
    }

    #[test]
    fn what_is_wrong_is_told_as_the_rfc_has_it() {
        let good = header("ocl_1:secret");
        for (text, sent, error) in [
            ("grant_type=client_credentials", None, GrantError::InvalidClient),
            ("grant_type=client_credentials&client_id=ocl_1", None, GrantError::InvalidClient),
            ("grant_type=client_credentials", Some("Bearer x"), GrantError::InvalidClient),
            ("grant_type=client_credentials", Some("Basic !"), GrantError::InvalidClient),
            ("grant_type=client_credentials", Some(&*header("no colon")), GrantError::InvalidClient),
            ("", Some(&*good), GrantError::InvalidRequest),
            ("grant_type=password", Some(&*good), GrantError::UnsupportedGrantType),
            ("grant_type=client_credentials&scope=a&scope=b", Some(&*good), GrantError::InvalidRequest),
            ("grant_type=client_credentials&client_secret=x", Some(&*good), GrantError::InvalidRequest),
            ("grant_type=client_credentials&client_id=other", Some(&*good), GrantError::InvalidRequest),
        ] {
            assert_eq!(refused(text, sent), error, "{text} {sent:?}");
        }
    }
}

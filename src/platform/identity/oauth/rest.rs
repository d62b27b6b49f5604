//! The token endpoint and the well-known documents.

use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError, get,
    http::{StatusCode, header},
    post, web,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    grant::{self, GrantError, Granted, Refusal, Refused},
    metadata::ServerMetadata,
    service,
};
use crate::{
    kernel::error::Result,
    platform::{
        access::{Services, run},
        http::{Form, Public, respond},
        identity::signing::Jwks,
    },
};

/// How long readers may keep the published keys and the metadata, in seconds.
const MAX_AGE: u32 = crate::platform::identity::signing::JWKS_MAX_AGE;

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(issue_token).service(get_signing_keys).service(get_server_metadata);
}

/// What a client sends for a token. Parameters that are not known are ignored, as RFC 6749 has it.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read pair by pair, so that a repeated one is seen")]
struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(max_length = 18, pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: String,
    /// The client's id, unless it is in the `Authorization` header.
    #[schema(max_length = 64, example = "ocl_0198b2a4c6d87e10a1b2c3d4e5f60718")]
    client_id: Option<String>,
    /// The client's secret, unless it is in the `Authorization` header.
    #[schema(max_length = 120, format = Password)]
    client_secret: Option<String>,
    /// What the token may do, separated by blanks; all that the client may unless said.
    #[schema(max_length = 2000, example = "controls:read")]
    scope: Option<String>,
}

/// Ask for an access token
///
/// The client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). A client tells its id and secret by HTTP Basic or
/// in the form. The token is a JWT (RFC 9068) for `Authorization: Bearer …`; a client may have any number of them.
/// Errors are told as OAuth tells them, those of the service as everywhere.
#[utoipa::path(
    tag = "OAuth",
    security(()),
    request_body(content = inline(TokenRequest), content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token", body = Granted),
        (status = 400, description = "The request is not a valid grant", body = Refusal),
        (status = 401, description = "The client is not known, its secret is not right, or it has ended", body = Refusal),
    ),
)]
#[post("/v1/oauth/token")]
async fn issue_token(
    request: HttpRequest,
    services: web::Data<Services>,
    form: Form,
) -> Result<Token, Refused> {
    let sent = request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let grant = grant::read(&form.0, sent)?;
    let asking = services.get_ref().clone();
    run(&services, async move { Ok(service::grant(&asking, grant).await) }).await?.map(Token)
}

/// Get the signing keys
///
/// The public keys that check access tokens, as a JWK set (RFC 7517). A new key is published before it signs, and an
/// old one until the last token that it signed is over.
#[utoipa::path(
    tag = "OAuth",
    security(()),
    responses((status = 200, description = "The keys", body = Jwks)),
)]
#[get("/.well-known/jwks.json")]
async fn get_signing_keys(services: web::Data<Services>) -> Result<Public<Jwks>> {
    let asking = services.get_ref().clone();
    let keys = run(&services, async move { service::keys(&asking).await }).await?;
    Ok(Public(keys, MAX_AGE))
}

/// Get the authorization server's metadata
///
/// Where tokens are asked for and how, for OAuth clients that set themselves up (RFC 8414).
#[utoipa::path(
    tag = "OAuth",
    security(()),
    responses((status = 200, description = "The metadata", body = ServerMetadata)),
)]
#[get("/.well-known/oauth-authorization-server")]
async fn get_server_metadata(services: web::Data<Services>) -> Public<ServerMetadata> {
    Public(ServerMetadata::of(&services.tokens.options().issuer), MAX_AGE)
}

/// 200: an access token, which nobody keeps.
struct Token(Granted);

impl Responder for Token {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        private(StatusCode::OK, &self.0)
    }
}

fn private(status: StatusCode, body: &impl serde::Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(body)
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grant(error, told) => write!(f, "{error}: {told}"),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Grant(GrantError::InvalidClient, _) => StatusCode::UNAUTHORIZED,
            Self::Grant(..) => StatusCode::BAD_REQUEST,
            Self::Other(error) => ResponseError::status_code(error),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let (error, told) = match self {
            Self::Grant(error, told) => (*error, *told),
            Self::Other(error) => return respond(error),
        };
        let mut answer = private(self.status_code(), &Refusal { error, error_description: told.to_owned() });
        if error == GrantError::InvalidClient {
            let challenge = header::HeaderValue::from_static("Basic realm=\"attestd\"");
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}

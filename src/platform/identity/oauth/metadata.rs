//! Where clients find what they need: authorization server metadata (RFC 8414).

use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::access::scope_names;

/// What this authorization server can do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServerMetadata {
    /// The issuer of its tokens, in their `iss`.
    #[schema(max_length = 2000, example = "https://attestd.example.com")]
    pub issuer: String,
    /// Where tokens are asked for.
    #[schema(max_length = 2000, example = "https://attestd.example.com/v1/oauth/token")]
    pub token_endpoint: String,
    /// Where its public keys are.
    #[schema(max_length = 2000, example = "https://attestd.example.com/.well-known/jwks.json")]
    pub jwks_uri: String,
    /// The grants.
    #[schema(max_items = 10, value_type = Vec<crate::kernel::text::ShortCode>, example = json!(["client_credentials"]))]
    pub grant_types_supported: [&'static str; 1],
    /// There is no authorization endpoint, so none.
    #[schema(max_items = 10, value_type = Vec<crate::kernel::text::ShortCode>)]
    pub response_types_supported: [&'static str; 0],
    /// How a client tells itself.
    #[schema(max_items = 10, value_type = Vec<crate::kernel::text::ShortCode>, example = json!(["client_secret_basic"]))]
    pub token_endpoint_auth_methods_supported: [&'static str; 2],
    /// Every scope there is.
    #[schema(max_items = 500, value_type = Vec<crate::kernel::text::ShortCode>, example = json!(["controls:read"]))]
    pub scopes_supported: Vec<&'static str>,
}

impl ServerMetadata {
    /// Of the service at this address.
    pub fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            token_endpoint: format!("{issuer}/v1/oauth/token"),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            grant_types_supported: ["client_credentials"],
            response_types_supported: [],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
            scopes_supported: scope_names().into_iter().collect(),
        }
    }
}

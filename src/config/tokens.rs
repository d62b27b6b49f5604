//! The settings of access tokens and of the secrets at rest.

use clap::Args;

use super::{Faults, count};
use crate::platform::{
    identity::signing::{MAX_LIFETIME, Options},
    secrets::Vault,
};

const DAY: i64 = 24 * 60 * 60;

/// The setting of every command that seals or opens secrets.
#[derive(Args, Clone)]
pub struct MasterKeyArgs {
    /// The master key under which secrets are sealed: 64 hexadecimal digits, as openssl rand -hex 32 prints; several
    /// separated by commas, the newest first. Without one there are no access tokens
    #[arg(
        long,
        env = "ATTESTD_MASTER_KEY",
        hide_env_values = true,
        value_name = "KEYS",
        default_value = "",
        hide_default_value = true
    )]
    master_key: String,
}

impl MasterKeyArgs {
    /// The keys.
    ///
    /// # Errors
    /// When one is none.
    pub fn check(&self) -> Result<Vault, Faults> {
        let mut faults = Faults::default();
        self.read(&mut faults).ok_or(faults)
    }

    pub(super) fn read(&self, faults: &mut Faults) -> Option<Vault> {
        faults.note("ATTESTD_MASTER_KEY", self.master_key.parse())
    }
}

/// The settings of access tokens.
#[derive(Args, Clone)]
pub struct TokenArgs {
    /// Where clients reach the service, as scheme, host and path; the issuer and audience of its access tokens.
    /// http:// and the listening address unless set; the same in every process
    #[arg(long, env = "ATTESTD_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// How long an access token lives, 60 to 3600 seconds
    #[arg(long, env = "ATTESTD_TOKEN_LIFETIME", value_name = "SECONDS", default_value = "900")]
    token_lifetime: String,
    /// How old a signing key becomes before a new one takes over, 1 to 3650 days
    #[arg(long, env = "ATTESTD_SIGNING_KEY_DAYS", value_name = "DAYS", default_value = "90")]
    signing_key_days: String,
}

impl TokenArgs {
    pub(super) fn read(&self, listen: &str, faults: &mut Faults) -> Option<Options> {
        let issuer = self.public_url.as_deref().filter(|url| !url.is_empty());
        let issuer = issuer.map_or_else(|| Ok(format!("http://{listen}")), public_url);
        let issuer = faults.note("ATTESTD_PUBLIC_URL", issuer);
        let most = MAX_LIFETIME.unsigned_abs();
        let lifetime = faults.note("ATTESTD_TOKEN_LIFETIME", count(&self.token_lifetime, 60..=most));
        let days = faults.note("ATTESTD_SIGNING_KEY_DAYS", count(&self.signing_key_days, 1..=3650));
        Some(Options {
            issuer: issuer?,
            lifetime: i64::try_from(lifetime?).ok()?,
            rotate_after: i64::try_from(days?).ok()? * DAY,
        })
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_graphic() && !"?#@\"\\<>".contains(c);
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain) => {
            Ok(url.to_owned())
        }
        _ => Err(format!("must be an address like https://attestd.example.com, not {text:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_has_no_slash_at_its_end() {
        assert_eq!(public_url("https://a.example/").unwrap(), "https://a.example");
        assert_eq!(public_url("http://a.example:8080/api").unwrap(), "http://a.example:8080/api");
        for wrong in
            ["a.example", "ftp://a.example", "https://", "https:///a", "https://a.example/?b", "https://u@a"]
        {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}

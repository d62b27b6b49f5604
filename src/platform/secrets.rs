//! Secrets at rest that have to be read again: sealed with AES-256-GCM under the master key. What only has to be
//! recognised (an API key) is hashed instead.

use std::{str::FromStr, sync::Arc};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{ids::Ids, journal::hex};
use crate::kernel::error::{Code, Error, Result};

const FORM: &str = "1";
const NONCE: usize = 12;
const KEY: usize = 32;

/// The master keys: the first seals, all of them open, so that a new one can take over. Empty where none is set.
#[derive(Clone, Default)]
pub struct Vault(Arc<[MasterKey]>);

struct MasterKey {
    /// Tells which key sealed a value, and nothing of the key.
    id: String,
    cipher: Aes256Gcm,
}

impl Vault {
    /// Whether there is a key to seal with.
    pub fn is_ready(&self) -> bool {
        !self.0.is_empty()
    }

    /// Seals a secret for one place, such as `signing_key:<kid>`; elsewhere it will not open.
    ///
    /// # Errors
    /// [`Code::NotConfigured`] without a master key.
    pub fn seal(&self, ids: &Ids, place: &str, secret: &[u8]) -> Result<String> {
        let key = self.0.first().ok_or_else(not_configured)?;
        let nonce = ids.bytes::<NONCE>();
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        let sealed =
            key.cipher.encrypt(&nonce.into(), payload).map_err(|e| Error::internal(e.to_string()))?;
        Ok(format!("{FORM}.{}.{}", key.id, URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    /// The secret that was sealed for this place.
    ///
    /// # Errors
    /// [`Code::NotConfigured`] without the master key that sealed it; [`Code::Internal`] when it was tampered with or
    /// sealed for another place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>> {
        let broken = || Error::internal(format!("the secret sealed for {place} does not open"));
        let mut parts = sealed.split('.');
        let (Some(FORM), Some(id), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(broken());
        };
        let key = self.0.iter().find(|key| key.id == id).ok_or_else(|| missing(place, id))?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        key.cipher.decrypt(&(*nonce).into(), payload).map_err(|_| broken())
    }
}

fn not_configured() -> Error {
    Error::new(Code::NotConfigured, "this needs a master key: the operator has to set ATTESTD_MASTER_KEY")
}

fn missing(place: &str, id: &str) -> Error {
    let detail = "a secret was sealed under a master key that ATTESTD_MASTER_KEY no longer has";
    Error::new(Code::NotConfigured, detail).with_cause(format!("{place} was sealed under {id}"))
}

impl FromStr for Vault {
    type Err = String;

    /// Keys of 64 hexadecimal digits, the newest first, separated by commas. What is wrong is told without the keys.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let keys: Vec<_> = text
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .map(MasterKey::read)
            .collect::<std::result::Result<_, _>>()?;
        let again = keys.iter().enumerate().any(|(n, key)| keys[..n].iter().any(|other| other.id == key.id));
        if again { Err("names the same key twice".to_owned()) } else { Ok(Self(keys.into())) }
    }
}

impl MasterKey {
    fn read(text: &str) -> std::result::Result<Self, String> {
        let wrong = || "must be keys of 64 hexadecimal digits, as `openssl rand -hex 32` prints".to_owned();
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit()) && text.len() == 2 * KEY;
        if !digits {
            return Err(wrong());
        }
        let byte = |n: usize| u8::from_str_radix(&text[2 * n..2 * n + 2], 16);
        let bytes = (0..KEY).map(byte).collect::<std::result::Result<Vec<_>, _>>().map_err(|_| wrong())?;
        let cipher = Aes256Gcm::new_from_slice(&bytes).map_err(|_| wrong())?;
        let digest = Sha256::new().chain_update("attestd master key").chain_update(&bytes).finalize();
        Ok(Self { id: hex(&digest[..4]), cipher })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "00000000000000000000000000000000000000000000000000000000000000aa";
    const NEW: &str = "00000000000000000000000000000000000000000000000000000000000000bb";

    fn vault(text: &str) -> Vault {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_alone() {
        let (vault, ids) = (vault(NEW), Ids::seeded(1));
        let sealed = vault.seal(&ids, "signing_key:a", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(vault.open("signing_key:a", &sealed).unwrap(), b"secret");
        assert_eq!(vault.open("signing_key:b", &sealed).unwrap_err().code(), Code::Internal);
        assert_ne!(vault.seal(&ids, "signing_key:a", b"secret").unwrap(), sealed, "a nonce is used once");
    }

    #[test]
    fn what_was_tampered_with_does_not_open() {
        let vault = vault(NEW);
        let sealed = vault.seal(&Ids::seeded(1), "place", b"secret").unwrap();
        for n in (0..sealed.len()).filter(|n| sealed.as_bytes()[*n] != b'.') {
            let mut wrong = sealed.clone().into_bytes();
            wrong[n] = if wrong[n] == b'A' { b'B' } else { b'A' };
            assert!(vault.open("place", &String::from_utf8(wrong).unwrap()).is_err(), "position {n}");
        }
    }

    #[test]
    fn a_new_master_key_takes_over_and_the_old_one_still_opens() {
        let ids = Ids::seeded(1);
        let before = vault(OLD).seal(&ids, "place", b"secret").unwrap();
        let both = vault(&format!("{NEW}, {OLD}"));
        assert_eq!(both.open("place", &before).unwrap(), b"secret");
        let after = both.seal(&ids, "place", b"secret").unwrap();
        assert_eq!(vault(NEW).open("place", &after).unwrap(), b"secret", "the newest seals");
        assert_eq!(vault(NEW).open("place", &before).unwrap_err().code(), Code::NotConfigured);
    }

    #[test]
    fn without_a_key_nothing_is_sealed_and_the_setting_is_named() {
        let told = Vault::default().seal(&Ids::seeded(1), "place", b"secret").unwrap_err();
        assert!(told.code() == Code::NotConfigured && told.detail().contains("ATTESTD_MASTER_KEY"));
        assert!(!vault("").is_ready() && vault(NEW).is_ready());
    }

    #[test]
    fn a_key_that_is_none_is_refused_without_being_told() {
        for wrong in ["hunter2".to_owned(), format!("{NEW}0"), NEW.replace('b', "g"), format!("{NEW},{NEW}")]
        {
            let told = wrong.parse::<Vault>().err().unwrap();
            assert!(!told.contains(&wrong), "{told}");
        }
    }
}

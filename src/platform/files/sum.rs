//! The SHA-256 of a file: its address, its validator and the proof of what it holds.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// SHA-256 of a file's bytes, written in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sum(pub [u8; 32]);

impl Sum {
    /// The sum of what was hashed.
    pub fn of(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Sum {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "expected 64 lower-case hexadecimal digits";
        let plain =
            text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let byte = |n: usize| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap_or(0);
        if plain { Ok(Self(std::array::from_fn(byte))) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_written_and_read() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Sum::of(Sha256::new()).to_string(), empty);
        assert_eq!(empty.parse(), Ok(Sum::of(Sha256::new())));
        for wrong in ["", &empty[1..], &empty.to_uppercase(), &empty.replace('e', "x")] {
            assert!(wrong.parse::<Sum>().is_err(), "{wrong}");
        }
    }
}

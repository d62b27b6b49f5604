//! JSON Merge Patch (RFC 7396) and the version that a change expects.

use async_graphql::MaybeUndefined;
use serde::{Deserialize, Deserializer};

use super::error::{Code, Error, Result};

/// Reads a field that may be left out but not nulled: `#[serde(default, deserialize_with = "present")]`.
///
/// # Errors
/// When the value is null or not a `T`.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Sets a required field where the patch has a value.
pub fn set<T>(field: &mut T, patch: Option<T>) {
    if let Some(value) = patch {
        *field = value;
    }
}

/// Sets, clears or leaves an optional field.
pub fn set_or_clear<T>(field: &mut Option<T>, patch: MaybeUndefined<T>) {
    match patch {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *field = None,
        MaybeUndefined::Value(value) => *field = Some(value),
    }
}

/// The version that a caller last saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there (`If-Match: *`).
    Any,
    /// This version and no other.
    Version(i32),
}

impl Expected {
    /// Refuses a change to another version than the one seen. Ask last: what is refused in any case is told first
    /// (RFC 9110, 13.2.1).
    ///
    /// # Errors
    /// [`Code::StaleVersion`].
    pub fn check(self, current: i32) -> Result<()> {
        match self {
            Self::Version(seen) if seen != current => Err(stale(current)),
            _ => Ok(()),
        }
    }
}

impl From<i32> for Expected {
    fn from(version: i32) -> Self {
        Self::Version(version)
    }
}

/// The resource has moved on to `current`.
pub fn stale(current: i32) -> Error {
    Error::new(Code::StaleVersion, format!("the resource is now at version {current}; read it again"))
}

/// Refuses a write that met no row at the version seen: another writer was first.
///
/// # Errors
/// [`Code::StaleVersion`].
pub fn met(rows: usize, seen: i32) -> Result<()> {
    if rows == 0 { Err(stale(seen + 1)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_leaves_and_null_clears() {
        let mut field = Some(1);
        set_or_clear(&mut field, MaybeUndefined::Undefined);
        assert_eq!(field, Some(1));
        set_or_clear(&mut field, MaybeUndefined::Value(2));
        assert_eq!(field, Some(2));
        set_or_clear(&mut field, MaybeUndefined::Null);
        assert_eq!(field, None);
    }

    #[test]
    fn a_version_is_met_exactly() {
        assert!(Expected::Any.check(7).is_ok());
        assert!(Expected::Version(7).check(7).is_ok());
        assert_eq!(Expected::Version(6).check(7).unwrap_err().code(), Code::StaleVersion);
    }
}

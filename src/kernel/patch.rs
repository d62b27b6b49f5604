//! JSON Merge Patch (RFC 7396) and the version that a change expects.

use std::{fmt, marker::PhantomData};

use async_graphql::MaybeUndefined;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

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

/// An object, and no list: serde takes a list for a struct, its fields in order. For one whose fields may all be left
/// out, so that any list would do.
///
/// # Errors
/// When it is something else, or no such object.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Object(PhantomData))
}

/// As [`object`], where it may be null.
///
/// # Errors
/// As [`object`].
pub fn object_or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(Maybe(PhantomData))
}

/// Reads a list of which each is an [`object`].
///
/// # Errors
/// As [`object`].
pub fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let all = Vec::<Whole<T>>::deserialize(deserializer)?;
    Ok(all.into_iter().map(|one| one.0).collect())
}

/// As [`present`], for an [`object`].
///
/// # Errors
/// As [`object`].
pub fn present_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    object(deserializer).map(Some)
}

/// What is read as an [`object`].
struct Whole<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

struct Object<T>(PhantomData<T>);
struct Maybe<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Maybe<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }
    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        object(deserializer).map(Some)
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

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Both {
        #[serde(deserialize_with = "object")]
        one: Inner,
        #[serde(deserialize_with = "object_or_null")]
        other: Option<Inner>,
        #[serde(deserialize_with = "objects")]
        many: Vec<Inner>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Inner {
        n: Option<i32>,
    }

    #[test]
    fn a_list_is_no_object() {
        let read = |text: &str| serde_json::from_str::<Both>(text).map_err(|told| told.to_string());
        let seven = || Inner { n: Some(7) };
        assert_eq!(read(r#"{"one":{"n":7},"other":null}"#), Ok(Both { one: seven(), ..Both::default() }));
        assert_eq!(read(r#"{"other":{"n":7}}"#), Ok(Both { other: Some(seven()), ..Both::default() }));
        assert_eq!(read(r#"{"many":[{"n":7}]}"#), Ok(Both { many: vec![seven()], ..Both::default() }));
        for text in [r#"{"one":[7]}"#, r#"{"other":[]}"#, r#"{"one":null}"#, r#"{"many":[[7]]}"#] {
            assert!(read(text).unwrap_err().contains("an object"), "{text}");
        }
    }

    #[test]
    fn a_version_is_met_exactly() {
        assert!(Expected::Any.check(7).is_ok());
        assert!(Expected::Version(7).check(7).is_ok());
        assert_eq!(Expected::Version(6).check(7).unwrap_err().code(), Code::StaleVersion);
    }
}

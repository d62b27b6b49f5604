//! Text that carries its own rules: closed lists of words, and free text with bounds.

/// What is wrong with `text` under these bounds (in characters), or nothing. U+0000 is refused everywhere,
/// because PostgreSQL cannot store it; blank text is refused wherever text is required.
pub fn fault(text: &str, min: usize, max: usize) -> Option<String> {
    let length = text.chars().count();
    if text.contains('\0') {
        Some("must not contain U+0000".to_owned())
    } else if length < min || (min > 0 && text.chars().all(is_blank)) {
        Some("must not be blank".to_owned())
    } else if length > max {
        Some(format!("must have at most {max} characters, not {length}"))
    } else {
        None
    }
}

/// White space of Unicode, and of regular expressions in JSON Schema (ECMA-262).
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{FEFF}'
}

/// The JSON Schema pattern of text that may (or may not) be blank and never holds U+0000.
pub fn pattern(min: usize) -> &'static str {
    if min > 0 { r"^[^\u0000]*[^\s\u0000\u0085][^\u0000]*$" } else { r"^[^\u0000]*$" }
}

/// A closed list of words, once for serde, GraphQL, OpenAPI and both engines.
#[macro_export]
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        $name:ident $(default $default:ident)? { $($(#[$vmeta:meta])* $variant:ident = $text:tt),+ $(,)? }
    ) => {
        $(
            impl Default for $name {
                fn default() -> Self {
                    Self::$default
                }
            }
        )?

        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
            utoipa::ToSchema, async_graphql::Enum, diesel::expression::AsExpression,
            diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as written in JSON and stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|v| v.as_str()).collect();
                    format!("expected one of {}, not {text:?}", words.join(", "))
                })
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(<String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(value)?.parse()?)
            }
        }
    };
}

/// Text with bounds in characters: length, check, schema and an example of it in one newtype.
#[macro_export]
macro_rules! bounded_text {
    ($($(#[$meta:meta])* $name:ident: $min:literal..=$max:literal $(, like $example:literal)?;)+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match $crate::kernel::text::fault(text, $min, $max) {
                    None => Ok(Self(text.to_owned())),
                    Some(fault) => Err(fault),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(($min > 0).then_some($min))
                    .max_length(Some($max))
                    .pattern(Some($crate::kernel::text::pattern($min)))
                    $(.examples([$example]))?
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}

        #[async_graphql::Scalar(name = "String", specified_by_url = "")]
        impl async_graphql::ScalarType for $name {
            fn parse(value: async_graphql::Value) -> async_graphql::InputValueResult<Self> {
                match value {
                    async_graphql::Value::String(text) => Ok(text.parse::<Self>()?),
                    other => Err(async_graphql::InputValueError::expected_type(other)),
                }
            }
            fn to_value(&self) -> async_graphql::Value {
                async_graphql::Value::String(self.0.clone())
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.as_str().to_sql(out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(value).map(Self)
            }
        }
    )+};
}

bounded_text! {
    /// A short name or title on one line.
    Title: 1..=200, like "Access is reviewed every quarter";
    /// A longer explanation; may be empty.
    Prose: 0..=8000, like "The owner of each system reviews its accounts and removes those no longer needed.";
    /// A short code that people say aloud, such as `AC-01`.
    ShortCode: 1..=64, like "AC-01";
    /// A word that names another system, such as `jira`.
    SystemName: 1..=64, like "jira";
    /// An identifier in another system.
    ExternalId: 1..=255, like "SEC-42";
    /// A web address.
    Url: 1..=2000, like "https://tickets.example.com/browse/SEC-42";
}

/// Prose may be empty, and is, where nothing is said.
impl Default for Prose {
    fn default() -> Self {
        Self(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_count_characters_not_bytes() {
        assert!("é".repeat(200).parse::<Title>().is_ok());
        assert!("é".repeat(201).parse::<Title>().is_err());
    }

    #[test]
    fn blank_and_nul_are_refused() {
        for blank in ["", " \t", "\u{85}", "\u{FEFF}"] {
            assert!(blank.parse::<Title>().is_err(), "{blank:?}");
        }
        assert!("a\0b".parse::<Prose>().is_err());
        assert!("".parse::<Prose>().is_ok());
    }
}

//! A period of days, as it is asked for: `2026-01-01..2026-06-30`.

use std::{fmt, str::FromStr};

use crate::kernel::time::Date;

/// Days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day, not before the first.
    pub to: Date,
}

impl Period {
    /// The period, or none where it would end before it begins.
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// How many days it has.
    pub fn days(self) -> i64 {
        self.to.days_since(self.from) + 1
    }

    /// The days that both have.
    pub fn within(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text
            .split_once("..")
            .ok_or_else(|| format!("expected a period like 2026-01-01..2026-06-30, not {text:?}"))?;
        Self::new(from.parse()?, to.parse()?).ok_or_else(|| "must not end before it begins".to_owned())
    }
}

impl serde::Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Period {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(22))
            .max_length(Some(22))
            .format(Some(utoipa::openapi::SchemaFormat::Custom("period".to_owned())))
            .description(Some("Two dates, the first not after the second"))
            .examples(["2026-01-01..2026-06-30"])
            .into()
    }
}
impl utoipa::ToSchema for Period {}

#[async_graphql::Scalar(name = "String", specified_by_url = "")]
impl async_graphql::ScalarType for Period {
    fn parse(value: async_graphql::Value) -> async_graphql::InputValueResult<Self> {
        match value {
            async_graphql::Value::String(text) => Ok(text.parse::<Self>()?),
            other => Err(async_graphql::InputValueError::expected_type(other)),
        }
    }
    fn to_value(&self) -> async_graphql::Value {
        async_graphql::Value::String(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_both_its_ends_and_is_not_turned_round() {
        let june: Period = "2026-06-01..2026-06-30".parse().unwrap();
        assert_eq!((june.days(), june.to_string().as_str()), (30, "2026-06-01..2026-06-30"));
        for wrong in
            ["2026-06-30..2026-06-01", "2026-06-01", "2026-06-01...2026-06-02", "..", "2026-6-1..2026-06-02"]
        {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }
}

//! Instants and calendar dates, and the two ways months are counted.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, Utc};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types,
    sqlite::Sqlite,
};

use crate::platform::db::sql;

/// A moment in UTC, to the microsecond, shown as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::Instant)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The moment so many microseconds after 1970-01-01T00:00:00Z; the epoch itself where that is out of range.
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or_default())
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The calendar date of this moment in a time zone.
    pub fn date_in(self, zone: chrono_tz::Tz) -> Date {
        Date(self.0.with_timezone(&zone).date_naive())
    }

    /// The calendar date of this moment where the day comes first: whatever zone a tenant is in, what it recorded as of
    /// today has happened by then.
    pub fn latest_date(self) -> Date {
        self.date_in(chrono_tz::Etc::GMTMinus14)
    }

    /// The moment so many seconds later.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.micros().saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Self::from_micros(at.timestamp_micros())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        DateTime::parse_from_rfc3339(text)
            .map_err(|_| format!("expected an RFC 3339 instant like 2026-03-31T09:00:00Z, not {text:?}"))
            .map(|at| at.with_timezone(&Utc))
            .and_then(|at| match at.year() {
                1..=9999 => Ok(at.into()),
                _ => Err("expected a year from 0001 to 9999".to_owned()),
            })
    }
}

/// A calendar date without a time of day, from 0001-01-01 to 9999-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Date)]
pub struct Date(NaiveDate);

impl Date {
    /// The latest date that can be written.
    pub const MAX: Date = match NaiveDate::from_ymd_opt(9999, 12, 31) {
        Some(date) => Date(date),
        None => unreachable!(),
    };

    /// The earliest date that can be written.
    pub const MIN: Date = match NaiveDate::from_ymd_opt(1, 1, 1) {
        Some(date) => Date(date),
        None => unreachable!(),
    };

    /// The date, or none where the calendar has no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).filter(|date| (1..=9999).contains(&date.year())).map(Self)
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The same day of the month so many months later, or that month's last day where it has no such day
    /// (convention A.3.2); [`Date::MAX`] past the end of the calendar.
    pub fn plus_months(self, months: u32) -> Self {
        self.0.checked_add_months(Months::new(months)).map_or(Self::MAX, |date| Self(date).min(Self::MAX))
    }

    /// The same day of the month so many months earlier, or that month's last day where it has no such day (A.3.2);
    /// [`Date::MIN`] before the start of the calendar.
    pub fn minus_months(self, months: u32) -> Self {
        self.0.checked_sub_months(Months::new(months)).map_or(Self::MIN, |date| Self(date).max(Self::MIN))
    }

    /// The last day of a period of so many months that starts on this day (convention A.3.7): a 12-month period from
    /// 2024-02-29 ends 2025-02-28.
    pub fn period_end(self, months: u32) -> Self {
        let end = self.plus_months(months);
        if end.0.day() < self.0.day() { end } else { Self(end.0 - Days::new(1)) }
    }

    /// 31 December of its year.
    pub fn year_end(self) -> Self {
        Self(self.0.with_month(12).and_then(|date| date.with_day(31)).unwrap_or(self.0))
    }

    /// 1 January of its year.
    pub fn year_start(self) -> Self {
        Self(self.0.with_day(1).and_then(|date| date.with_month(1)).unwrap_or(self.0))
    }

    /// Days from `earlier` to this date; negative when this date is the earlier one.
    pub fn days_since(self, earlier: Date) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// The date so many days later; [`Date::MAX`] past the end of the calendar.
    pub fn plus_days(self, days: u64) -> Self {
        self.0.checked_add_days(Days::new(days)).map_or(Self::MAX, |date| Self(date).min(Self::MAX))
    }
}

impl Date {
    /// The date so many days earlier; [`Date::MIN`] before the start of the calendar.
    pub fn minus_days(self, days: u64) -> Self {
        self.0.checked_sub_days(Days::new(days)).map_or(Self::MIN, |date| Self(date).max(Self::MIN))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // chrono alone would take signs, blanks and years of any length.
        let plain = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(n, b)| if n == 4 || n == 7 { b == b'-' } else { b.is_ascii_digit() });
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|date| plain && date.year() >= 1)
            .map(Self)
            .ok_or_else(|| format!("expected a calendar date like 2026-03-31, not {text:?}"))
    }
}

macro_rules! text_scalar {
    ($name:ident, $graphql:literal, $format:ident, $example:literal) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                        utoipa::openapi::KnownFormat::$format,
                    )))
                    .max_length(Some(40))
                    .examples([$example])
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
        #[async_graphql::Scalar(name = $graphql)]
        impl async_graphql::ScalarType for $name {
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
    };
}
text_scalar!(Instant, "Instant", DateTime, "2026-03-31T09:00:00Z");
text_scalar!(Date, "Date", Date, "2026-03-31");

impl ToSql<sql::Instant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Timestamptz, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}
impl FromSql<sql::Instant, Pg> for Instant {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<sql_types::Timestamptz, Pg>>::from_sql(value).map(Self)
    }
}
impl ToSql<sql::Instant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}
impl FromSql<sql::Instant, Sqlite> for Instant {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        <i64 as FromSql<sql_types::BigInt, Sqlite>>::from_sql(value).map(Self::from_micros)
    }
}
impl ToSql<sql_types::Date, Pg> for Date {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Date, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}
impl FromSql<sql_types::Date, Pg> for Date {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        <NaiveDate as FromSql<sql_types::Date, Pg>>::from_sql(value).map(Self)
    }
}
impl ToSql<sql_types::Date, Sqlite> for Date {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}
impl FromSql<sql_types::Date, Sqlite> for Date {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(<String as FromSql<sql_types::Text, Sqlite>>::from_sql(value)?.parse()?)
    }
}

/// Where "now" comes from. Injected, so that a test's clock stands still.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// The machine's own clock: the one home of `Utc::now`.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the real clock is read")]
    fn now(&self) -> Instant {
        Utc::now().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        assert_eq!(day("2024-02-29").plus_months(12), day("2025-02-28"));
        assert_eq!(day("2025-08-31").plus_months(6), day("2026-02-28"));
        assert_eq!(day("9999-12-01").plus_months(12), Date::MAX);
    }

    #[test]
    fn a_period_ends_the_day_before_it_starts_again() {
        assert_eq!(day("2024-02-29").period_end(12), day("2025-02-28"));
        assert_eq!(day("2025-10-01").period_end(3), day("2025-12-31"));
        assert_eq!(day("2025-08-31").period_end(6), day("2026-02-28"));
    }

    #[test]
    fn a_year_has_its_first_and_last_day() {
        assert_eq!(day("2024-02-29").year_end(), day("2024-12-31"));
        assert_eq!(day("2024-12-31").year_start(), day("2024-01-01"));
        assert_eq!(day("2028-02-29").minus_months(36), day("2025-02-28"));
    }

    #[test]
    fn the_day_comes_first_fourteen_hours_before_utc() {
        let latest = |text: &str| text.parse::<Instant>().unwrap().latest_date();
        assert_eq!(latest("2026-11-24T09:59:59Z"), day("2026-11-24"));
        assert_eq!(latest("2026-11-24T10:00:00Z"), day("2026-11-25"));
    }

    #[test]
    fn only_four_digit_years_parse() {
        for odd in ["+10000-01-01", "+99999-1-1", "2026-01- 1", "+2026-01-1", " 2026-01-1"] {
            assert!(odd.parse::<Date>().is_err(), "{odd:?}");
        }
        assert!("2026-1-1".parse::<Date>().is_err());
        assert!("0000-01-01".parse::<Date>().is_err());
        assert_eq!(day("0001-01-01").to_string(), "0001-01-01");
    }
}

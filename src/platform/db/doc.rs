//! A value stored as one JSON column.

use std::{borrow::Cow, fmt::Debug, io::Write, ops::Deref};

use async_graphql::{
    ContainerType, Context, InputType, InputValueResult, OutputType, Value, registry::Registry,
};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sqlite::Sqlite,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::sql;

/// A value that lies in one JSON column, and is itself everywhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::Json)]
#[serde(transparent)]
pub struct Doc<T: Debug>(pub T);

impl<T: Debug> Deref for Doc<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize + Debug> ToSql<sql::Json, Pg> for Doc<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        const JSONB_VERSION: u8 = 1;
        out.write_all(&[JSONB_VERSION])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}
impl<T: DeserializeOwned + Debug> FromSql<sql::Json, Pg> for Doc<T> {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        let bytes = value.as_bytes().get(1..).unwrap_or_default();
        Ok(Self(serde_json::from_slice(bytes)?))
    }
}
impl<T: Serialize + Debug> ToSql<sql::Json, Sqlite> for Doc<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
impl<T: DeserializeOwned + Debug> FromSql<sql::Json, Sqlite> for Doc<T> {
    fn from_sql(value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<diesel::sql_types::Text, Sqlite>>::from_sql(value)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}

impl<T: InputType + Debug> InputType for Doc<T> {
    type RawValueType = T::RawValueType;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }
    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }
    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }
    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        T::parse(value).map(Self).map_err(async_graphql::InputValueError::propagate)
    }
    fn to_value(&self) -> Value {
        self.0.to_value()
    }
    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.0.as_raw_value()
    }
}

#[async_graphql::async_trait::async_trait]
impl<T: OutputType + Debug> OutputType for Doc<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }
    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }
    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }
    async fn resolve(
        &self,
        ctx: &async_graphql::ContextSelectionSet<'_>,
        field: &async_graphql::Positioned<async_graphql::parser::types::Field>,
    ) -> async_graphql::ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

/// Lets the fields of the value stand among those of the row: `#[graphql(flatten)]`.
#[async_graphql::async_trait::async_trait]
impl<T: ContainerType + Debug> ContainerType for Doc<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> async_graphql::ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

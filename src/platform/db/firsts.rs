//! The first rows of each of many lists in one statement: of what hangs on many rows, no more than is shown.

use diesel::{
    QueryResult,
    backend::Backend,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::BigInt,
};

/// Which row of its list one is, counted from 1: the last column of the query that [`firsts`] cuts. `list` is the column
/// that the rows of a list share, and `order` theirs.
pub fn nth<L, O>(list: L, order: O) -> Nth<L, O> {
    Nth { list, order }
}

/// The rows of a query, the first `each` of every list that [`nth`] counts, in the order of their lists.
pub fn firsts<Q>(query: Q, each: u32) -> Firsts<Q> {
    Firsts { query, each: i64::from(each) }
}

/// As [`nth`] makes it; diesel's own `row_number` cannot be given the name that the query around it asks for.
#[derive(Clone, Copy, Debug, QueryId)]
pub struct Nth<L, O> {
    list: L,
    order: O,
}

impl<L, O> Expression for Nth<L, O> {
    type SqlType = BigInt;
}
impl<L, O, G> ValidGrouping<G> for Nth<L, O> {
    type IsAggregate = is_aggregate::No;
}
impl<L: AppearsOnTable<T>, O, T> AppearsOnTable<T> for Nth<L, O> {}
impl<L: SelectableExpression<T>, O, T> SelectableExpression<T> for Nth<L, O> {}

impl<L: QueryFragment<DB>, O: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Nth<L, O> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("row_number() OVER (PARTITION BY ");
        self.list.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY ");
        self.order.walk_ast(out.reborrow())?;
        out.push_sql(") AS nth");
        Ok(())
    }
}

/// As [`firsts`] makes it.
#[derive(Clone, Copy, Debug, QueryId)]
pub struct Firsts<Q> {
    query: Q,
    each: i64,
}

impl<Q: Query> Query for Firsts<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, DB> QueryFragment<DB> for Firsts<Q>
where
    Q: QueryFragment<DB>,
    DB: Backend,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM (");
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted WHERE nth <= ");
        out.push_bind_param::<BigInt, _>(&self.each)?;
        out.push_sql(" ORDER BY nth");
        Ok(())
    }
}

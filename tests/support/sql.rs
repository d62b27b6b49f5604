//! Asking either engine directly, past attestd: the shape of the schema, and statements that attestd would never send.

use std::collections::BTreeMap;

use attestd::platform::db::Engine;
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types,
};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{Database, database};

/// A connection of our own to a test's database. On PostgreSQL as a superuser unless asked otherwise.
pub enum Sql {
    /// SQLite.
    Sqlite(Box<SqliteConnection>),
    /// PostgreSQL.
    Postgres(Client),
}

#[derive(QueryableByName)]
struct OneText {
    #[diesel(sql_type = sql_types::Text)]
    row: String,
}

impl Sql {
    /// Connects where nothing binds us: PostgreSQL's superuser.
    pub async fn unbound(database: &Database) -> Self {
        match database.superuser_url() {
            Some(url) => Self::Postgres(database::connect(&url).await),
            None => Self::sqlite(database),
        }
    }

    /// Connects as the service does.
    pub async fn ordinary(database: &Database) -> Self {
        match database.superuser_url() {
            Some(_) => Self::Postgres(database::connect(&database.url).await),
            None => Self::sqlite(database),
        }
    }

    fn sqlite(database: &Database) -> Self {
        let path = database.url.trim_start_matches("sqlite:");
        let mut conn = SqliteConnection::establish(path).unwrap();
        conn.batch_execute("PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000").unwrap();
        Self::Sqlite(Box::new(conn))
    }

    /// Which engine answers.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs statements that answer nothing.
    pub async fn run(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(sql).map_err(|e| e.to_string()),
            Self::Postgres(conn) => conn.batch_execute(sql).await.map_err(told),
        }
    }

    /// The first column of every row, as text.
    pub async fn column(&mut self, sql: &str) -> Vec<String> {
        match self {
            Self::Sqlite(conn) => {
                let wrapped = format!("WITH q(v) AS ({sql}) SELECT CAST(v AS TEXT) AS row FROM q");
                let rows: Vec<OneText> =
                    diesel::sql_query(wrapped).load(&mut **conn).unwrap_or_else(|e| panic!("{sql}: {e}"));
                rows.into_iter().map(|one| one.row).collect()
            }
            Self::Postgres(conn) => {
                let rows = conn.simple_query(sql).await.unwrap_or_else(|e| panic!("{sql}: {}", told(e)));
                rows.iter()
                    .filter_map(|one| match one {
                        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
                        _ => None,
                    })
                    .collect()
            }
        }
    }

    /// Binds this connection to a tenant, as the service's transactions are.
    pub async fn as_tenant(&mut self, id: &str) {
        if self.engine() == Engine::Postgres {
            let tenant = id.trim_start_matches("ten_");
            let bind = format!("SET attestd.tenant = '{tenant}'; SET plan_cache_mode = force_generic_plan");
            self.run(&bind).await.unwrap();
        }
    }

    /// How the engine would answer a statement, whatever its values: the steps of its plan.
    pub async fn plan(&mut self, statement: &str) -> Vec<String> {
        if let Self::Sqlite(conn) = self {
            let explain = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
            let steps: Vec<Step> = explain.load(&mut **conn).unwrap_or_else(|e| panic!("{statement}: {e}"));
            return steps.into_iter().map(|one| one.detail).collect();
        }
        let values = (1..).take_while(|n| statement.contains(&format!("${n}"))).map(|_| "NULL");
        let values = values.collect::<Vec<_>>().join(", ");
        let given = if values.is_empty() { values } else { format!("({values})") };
        self.run(&format!("PREPARE asked AS {statement}"))
            .await
            .unwrap_or_else(|e| panic!("{statement}: {e}"));
        let steps = self.column(&format!("EXPLAIN EXECUTE asked{given}")).await;
        self.run("DEALLOCATE asked").await.unwrap();
        steps
    }

    /// The one number that a query answers.
    pub async fn number(&mut self, sql: &str) -> i64 {
        self.column(sql).await[0].parse().unwrap()
    }

    /// Every table of attestd's own.
    pub async fn tables(&mut self) -> Vec<String> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' \
                 AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace \
                 AND relname NOT LIKE '\\_\\_%' ORDER BY relname COLLATE \"C\""
            }
        };
        self.column(sql).await
    }

    /// A table's columns in order, each with whether it may be null.
    pub async fn columns(&mut self, table: &str) -> Vec<String> {
        self.column(&match self.engine() {
            Engine::Sqlite => format!(
                "SELECT name || CASE \"notnull\" WHEN 1 THEN '' ELSE ' null' END FROM pragma_table_info('{table}') ORDER BY cid"
            ),
            Engine::Postgres => format!(
                "SELECT attname || CASE WHEN attnotnull THEN '' ELSE ' null' END FROM pg_attribute \
                 WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            ),
        })
        .await
    }

    /// A table's own indexes: `name(column, …)`, with what is special about each; primary keys and the indexes of
    /// UNIQUE columns, which the engines name themselves, as `primary(…)` and `unique(…)`.
    pub async fn indexes(&mut self, table: &str) -> Vec<String> {
        let mut found = self
            .column(&match self.engine() {
                Engine::Sqlite => format!(
                    "SELECT CASE i.origin WHEN 'pk' THEN 'primary' WHEN 'u' THEN 'unique' ELSE i.name END || '(' || \
                     (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')' \
                     || CASE WHEN i.\"unique\" AND i.origin = 'c' THEN ' unique' ELSE '' END \
                     || CASE WHEN i.partial THEN ' partial' ELSE '' END FROM pragma_index_list('{table}') i"
                ),
                Engine::Postgres => format!(
                    "SELECT CASE WHEN i.indisprimary THEN 'primary' WHEN k.oid IS NOT NULL THEN 'unique' ELSE c.relname END \
                     || '(' || (SELECT string_agg(a.attname, ', ' ORDER BY n) FROM unnest(i.indkey) WITH ORDINALITY AS u(attnum, n) \
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attnum) || ')' \
                     || CASE WHEN i.indisunique AND NOT i.indisprimary AND k.oid IS NULL THEN ' unique' ELSE '' END \
                     || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END \
                     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                     LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'u' AND k.conrelid = i.indrelid \
                     WHERE i.indrelid = '{table}'::regclass"
                ),
            })
            .await;
        found.sort();
        found
    }

    /// A table's foreign keys.
    pub async fn foreign_keys(&mut self, table: &str) -> Vec<ForeignKey> {
        let sql = match self.engine() {
            Engine::Sqlite => format!(
                "SELECT \"table\" || '|' || group_concat(\"from\", ',') || '|' || group_concat(\"to\", ',') || '|' || max(on_delete) \
                 FROM (SELECT * FROM pragma_foreign_key_list('{table}') ORDER BY id, seq) GROUP BY id"
            ),
            Engine::Postgres => format!(
                "SELECT confrelid::regclass || '|' \
                 || (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(conkey) WITH ORDINALITY u(x, n) \
                     JOIN pg_attribute ON attrelid = conrelid AND attnum = x) || '|' \
                 || (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(confkey) WITH ORDINALITY u(x, n) \
                     JOIN pg_attribute ON attrelid = confrelid AND attnum = x) || '|' \
                 || CASE confdeltype WHEN 'a' THEN 'NO ACTION' ELSE confdeltype::text END \
                 FROM pg_constraint WHERE contype = 'f' AND conrelid = '{table}'::regclass"
            ),
        };
        let mut found: Vec<_> = self.column(&sql).await.iter().map(|text| ForeignKey::read(text)).collect();
        found.sort();
        found
    }

    /// Everything that the two engines must agree on.
    pub async fn shape(&mut self) -> BTreeMap<String, Shape> {
        let mut all = BTreeMap::new();
        for table in self.tables().await {
            let shape = Shape {
                columns: self.columns(&table).await,
                indexes: self.indexes(&table).await,
                foreign_keys: self.foreign_keys(&table).await,
            };
            all.insert(table, shape);
        }
        all
    }

    /// Every row of these tenants' tables, as text, to compare before and after. Without when keys were last used.
    pub async fn everything(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        for (table, shape) in self.shape().await {
            let shown = shape
                .columns
                .iter()
                .map(|name| name.trim_end_matches(" null"))
                .filter(|name| *name != "last_used_at");
            let quoted = |name| match self.engine() {
                Engine::Sqlite => format!("quote({name})"),
                Engine::Postgres => format!("coalesce({name}::text, 'NULL')"),
            };
            let row = shown.map(quoted).collect::<Vec<_>>().join(" || ',' || ");
            all.extend(
                self.column(&format!("SELECT '{table}: ' || {row} AS line FROM {table} ORDER BY line")).await,
            );
        }
        all
    }

    /// The tables whose rows belong to a tenant.
    pub async fn tenant_tables(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        for (table, shape) in self.shape().await {
            // Locators are read before the tenant is known.
            if table != "locators" && shape.columns.contains(&"tenant_id".to_owned()) {
                all.push(table);
            }
        }
        all
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = sql_types::Text)]
    detail: String,
}

/// A table as both engines must have it.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// As [`Sql::columns`].
    pub columns: Vec<String>,
    /// As [`Sql::indexes`].
    pub indexes: Vec<String>,
    /// As [`Sql::foreign_keys`].
    pub foreign_keys: Vec<ForeignKey>,
}

/// A reference from one table to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignKey {
    /// The table referred to.
    pub table: String,
    /// The columns that refer.
    pub from: Vec<String>,
    /// The columns referred to.
    pub to: Vec<String>,
    /// What happens when the row referred to is deleted.
    pub on_delete: String,
}

impl ForeignKey {
    fn read(text: &str) -> Self {
        let parts: Vec<&str> = text.split('|').collect();
        let names = |list: &str| list.split(',').map(str::to_owned).collect();
        Self {
            table: parts[0].to_owned(),
            from: names(parts[1]),
            to: names(parts[2]),
            on_delete: parts[3].to_owned(),
        }
    }
}

fn told(error: tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{}: {}", error.code().code(), error.message()),
        None => error.to_string(),
    }
}

//! Every statement that the service sends, noted.

use std::sync::{Arc, Mutex};

use tracing::{Event, Metadata, Subscriber, field::Field, span};

use crate::support::Engine;

/// Runs a test in a runtime of its own, whose threads tell every statement they start.
pub fn watched<T, F>(engine: Engine, test: T)
where
    T: FnOnce(Engine, SqlLog) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let log = SqlLog::default();
    let told = log.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(move || std::mem::forget(tracing::subscriber::set_default(told.clone())))
        .build()
        .unwrap();
    runtime.block_on(async { tokio::spawn(test(engine, log)).await.unwrap() });
}

/// Notes the SQL that the threads of one runtime start.
#[derive(Clone, Default)]
pub struct SqlLog(Arc<Mutex<Vec<String>>>);

impl SqlLog {
    /// What was noted since the last time, without transaction control.
    pub fn take(&self) -> Vec<String> {
        self.all().into_iter().filter(|sql| sql.starts_with("SELECT")).collect()
    }

    /// What was noted since the last time.
    fn all(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// What was noted since the last time and writes rows.
    pub fn written(&self) -> Vec<String> {
        let writes = |sql: &String| ["INSERT", "UPDATE", "DELETE"].iter().any(|word| sql.starts_with(word));
        self.all().into_iter().filter(writes).collect()
    }

    /// How many transactions were begun since the last time.
    pub fn begun(&self) -> usize {
        self.all().iter().filter(|sql| sql.starts_with("BEGIN")).count()
    }
}

impl Subscriber for SqlLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "attestd::sql"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        struct Text(String);
        impl tracing::field::Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                if field.name() == "sql" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

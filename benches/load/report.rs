//! The figures, as a table and as JSON.

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::{Args, Outcome, drive::Measured, limits::Limits};

/// What a run measured.
pub struct Report {
    head: Value,
    rows: Vec<Value>,
}

impl Report {
    /// Without any scenario yet.
    pub fn new(args: &Args, framework: f64) -> Self {
        let head = json!({
            "engine": format!("{:?}", args.engine).to_lowercase(),
            "tenants": args.tenants,
            "rows": args.rows,
            "connections": args.connections,
            "seconds": args.seconds,
            "processors": std::thread::available_parallelism().map_or(0, usize::from),
            "framework_per_second": framework.round(),
        });
        Self { head, rows: Vec::new() }
    }

    /// Adds a scenario.
    pub fn add(
        &mut self,
        name: &str,
        full: &Measured,
        steady: &Measured,
        statements: f64,
        limits: Option<Limits>,
    ) {
        let share = |limit: f64| (full.per_second() / limit * 1000.0).round() / 10.0;
        self.rows.push(json!({
            "scenario": name,
            "per_second": full.per_second().round(),
            "saturated_ms": quantiles(&full.times),
            "rate": steady.per_second().round(),
            "at_rate_ms": quantiles(&steady.times),
            "cpu_ms": (full.cpu().as_secs_f64() * 1e6).round() / 1000.0,
            "peak_mib": steady.usage.peak / 1024 / 1024,
            "statements": statements,
            "bare_per_second": limits.and_then(|limits| limits.bare).map(f64::round),
            "transaction_per_second": limits.map(|limits| limits.transaction.round()),
            "percent_of_transaction": limits.map(|limits| share(limits.transaction)),
        }));
    }

    /// The table, in Markdown.
    pub fn table(&self) -> String {
        let head = &self.head;
        let mut told = format!(
            "{} · {} tenants of {} controls · {} connections · {} processors, shared with the driver\n\
             the web framework alone, a page of fifty: {} requests/s\n\n\
             | scenario | requests/s | p50 | p99 | p99.9 | at requests/s | p50 | p99 | p99.9 | CPU | peak | SQL | \
             bare SELECT/s | transactions/s | share |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
            word(&head["engine"]),
            head["tenants"],
            head["rows"],
            head["connections"],
            head["processors"],
            head["framework_per_second"],
        );
        for row in &self.rows {
            let times = |name: &str| row[name].as_array().into_iter().flatten().map(word).collect::<Vec<_>>();
            let cells = [
                vec![word(&row["scenario"]), word(&row["per_second"])],
                times("saturated_ms"),
                vec![word(&row["rate"])],
                times("at_rate_ms"),
                ["cpu_ms", "peak_mib", "statements", "bare_per_second", "transaction_per_second"]
                    .map(|name| word(&row[name]))
                    .to_vec(),
                vec![
                    row["percent_of_transaction"]
                        .as_f64()
                        .map_or_else(String::new, |share| format!("{share} %")),
                ],
            ];
            told += &format!("| {} |\n", cells.concat().join(" | "));
        }
        told + "\nTimes and CPU in ms, peak in MiB; SQL counts statements with transaction control and authentication.\n"
    }

    /// Everything, as JSON.
    pub fn json(&self) -> Outcome<String> {
        Ok(serde_json::to_string_pretty(&json!({ "run": self.head, "scenarios": self.rows }))? + "\n")
    }
}

/// p50, p99 and p99.9, in milliseconds.
fn quantiles(times: &Histogram<u64>) -> [f64; 3] {
    #[expect(clippy::cast_precision_loss, reason = "a minute at the most")]
    [0.5, 0.99, 0.999].map(|quantile| times.value_at_quantile(quantile) as f64 / 1000.0)
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        other => other.to_string(),
    }
}

//! Drives a scenario over connections that stay open: as fast as the answers come, or at a fixed rate, where a
//! request's time counts from when it was due and a slow service cannot hide behind its callers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hdrhistogram::Histogram;
use http_body_util::BodyExt;
use hyper::{
    client::conn::http1::{SendRequest, handshake},
    header::{HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet, time::Instant};

use crate::{
    Args, Outcome,
    scenario::{Body, Scenario},
    server::{Server, Usage},
};

/// One open connection.
pub struct Connection {
    sender: SendRequest<Body>,
    host: HeaderValue,
    scenario: Scenario,
}

impl Connection {
    /// Opens one.
    pub async fn to(address: &str, scenario: &Scenario) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host: HeaderValue::from_str(address)?, scenario: scenario.clone() })
    }

    /// Asks once and reads the whole answer.
    pub async fn ask(&mut self, n: u64) -> Outcome {
        let mut request = self.scenario.request(n);
        request.headers_mut().insert(HOST, self.host.clone());
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        if status == self.scenario.expected {
            return Ok(());
        }
        Err(format!("{} answered {status}: {}", self.scenario.name, String::from_utf8_lossy(&body)).into())
    }
}

/// What was measured.
pub struct Measured {
    /// Times in microseconds.
    pub times: Histogram<u64>,
    /// How long it took in all.
    pub span: Duration,
    /// What the service used meanwhile; the peak is since its start.
    pub usage: Usage,
}

impl Measured {
    /// Requests a second.
    pub fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let requests = self.times.len() as f64;
        requests / self.span.as_secs_f64()
    }

    /// Processor time of one request.
    pub fn cpu(&self) -> Duration {
        let requests = u32::try_from(self.times.len().max(1)).unwrap_or(u32::MAX);
        self.usage.cpu / requests
    }
}

/// When requests are due: none for as soon as the one before is answered.
#[derive(Clone, Copy)]
struct Plan {
    begin: Instant,
    end: Instant,
    rate: Option<f64>,
}

impl Plan {
    /// When the n-th is due; none once the time is over.
    fn due(self, n: u64) -> Option<Instant> {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let due =
            self.rate.map_or_else(Instant::now, |rate| self.begin + Duration::from_secs_f64(n as f64 / rate));
        (due < self.end).then_some(due)
    }
}

/// Drives a scenario for a time. A wrong answer ends it.
pub async fn drive(
    server: &Server,
    scenario: &Scenario,
    args: &Args,
    span: Duration,
    rate: Option<f64>,
) -> Outcome<Measured> {
    drive_at(&server.address, scenario, args, span, rate, || server.usage()).await
}

/// The same for whatever listens at an address.
pub async fn drive_at(
    address: &str,
    scenario: &Scenario,
    args: &Args,
    span: Duration,
    rate: Option<f64>,
    usage: impl Fn() -> Usage,
) -> Outcome<Measured> {
    let mut connections = Vec::new();
    for _ in 0..args.connections {
        connections.push(Connection::to(address, scenario).await?);
    }
    let (before, begin) = (usage(), Instant::now());
    let plan = Plan { begin, end: begin + span, rate };
    let next = Arc::new(AtomicU64::new(0));
    let mut workers: JoinSet<_> =
        connections.into_iter().map(|connection| work(connection, plan, next.clone())).collect();
    let mut times = histogram()?;
    while let Some(worked) = workers.join_next().await {
        times.add(worked??)?;
    }
    let (after, span) = (usage(), begin.elapsed());
    Ok(Measured { times, span, usage: Usage { cpu: after.cpu.saturating_sub(before.cpu), peak: after.peak } })
}

async fn work(mut connection: Connection, plan: Plan, next: Arc<AtomicU64>) -> Outcome<Histogram<u64>> {
    let mut times = histogram()?;
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let Some(due) = plan.due(n) else { return Ok(times) };
        tokio::time::sleep_until(due).await;
        connection.ask(n).await?;
        times.saturating_record(u64::try_from(due.elapsed().as_micros())?);
    }
}

/// Up to a minute, to three digits.
fn histogram() -> Outcome<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

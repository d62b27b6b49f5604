//! What the service tells Prometheus: requests, latency, load and pools. Operations are route templates, so that no
//! tenant's id is ever a label.

use actix_web::{
    Error as ActixError, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    get,
    http::{Method, header},
    middleware::Next,
    web,
};
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
    core::Collector,
};

use crate::{
    kernel::error::{Error, Result},
    platform::{access::Services, db::Engine},
};

/// Upper bounds of the latency histogram, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];

/// The measures of one service.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
    in_flight: IntGauge,
    pools: [IntGaugeVec; 4],
}

impl Metrics {
    /// All measures at nothing.
    ///
    /// # Errors
    /// When two of them have one name.
    pub fn new(engine: Engine) -> Result<Self> {
        let by = |name: &str, help: &str, labels: &[&str]| IntGaugeVec::new(Opts::new(name, help), labels);
        let pool =
            |name: &str, help: &str| by(&format!("attestd_database_connections_{name}"), help, &["pool"]);
        let latency = "attestd_http_request_duration_seconds";
        let latency = HistogramOpts::new(latency, "Time to answer, by route.").buckets(BOUNDS.to_vec());
        let requests = Opts::new("attestd_http_requests_total", "Requests answered, by route and status.");
        let in_flight = Opts::new("attestd_http_requests_in_flight", "Requests being answered now.");
        let build = by("attestd_build_info", "Which build runs, on which engine.", &["version", "engine"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION"), engine.name()]).set(1);
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(requests, &["operation", "method", "status"])?,
            latency: HistogramVec::new(latency, &["operation", "method"])?,
            in_flight: IntGauge::with_opts(in_flight)?,
            pools: [
                pool("max", "Connections that a pool may hold.")?,
                pool("open", "Connections that a pool holds.")?,
                pool("available", "Connections of a pool that are idle.")?,
                pool("waiting", "Requests that wait for a connection of a pool.")?,
            ],
        };
        metrics.register(build)?;
        metrics.register(metrics.requests.clone())?;
        metrics.register(metrics.latency.clone())?;
        metrics.register(metrics.in_flight.clone())?;
        metrics.pools.iter().try_for_each(|pool| metrics.register(pool.clone()))?;
        Ok(metrics)
    }

    fn register(&self, measure: impl Collector + 'static) -> Result<()> {
        Ok(self.registry.register(Box::new(measure))?)
    }

    fn text(&self, services: &Services) -> Result<String> {
        for pool in services.db.pools() {
            for (gauge, count) in self.pools.iter().zip([pool.max, pool.open, pool.available, pool.waiting]) {
                gauge.with_label_values(&[pool.name]).set(i64::try_from(count).unwrap_or(i64::MAX));
            }
        }
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }

    fn answered(&self, method: &str, response: &ServiceResponse<impl MessageBody>, seconds: f64) {
        let operation = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        let status = response.status();
        self.requests.with_label_values(&[operation.as_str(), method, status.as_str()]).inc();
        self.latency.with_label_values(&[operation.as_str(), method]).observe(seconds);
    }
}

impl From<prometheus::Error> for Error {
    fn from(cause: prometheus::Error) -> Self {
        Self::internal(cause)
    }
}

/// Counts a request down, also where it is cut off.
struct InFlight(IntGauge);

impl InFlight {
    fn begin(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Measures every request.
///
/// # Errors
/// Never of its own.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, ActixError> {
    let Some(metrics) = request.app_data::<web::Data<Metrics>>().cloned() else {
        return next.call(request).await;
    };
    let (method, begun) = (label(request.method()), std::time::Instant::now());
    let _in_flight = InFlight::begin(&metrics.in_flight);
    let response = next.call(request).await?;
    metrics.answered(method, &response, begun.elapsed().as_secs_f64());
    Ok(response)
}

/// A method that nobody defined is not a label: callers could make any number of them.
fn label(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|one| *one == method.as_str()).unwrap_or("OTHER")
}

/// The measures, in Prometheus' text format.
#[get("/metrics")]
pub(super) async fn scrape(
    metrics: web::Data<Metrics>,
    services: web::Data<Services>,
) -> Result<HttpResponse> {
    let text = metrics.text(&services)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, prometheus::TEXT_FORMAT)).body(text))
}

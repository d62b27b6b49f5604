//! Rate limits, in memory and for each process: so many requests a minute for each credential, and fewer for each
//! address that shows none or a wrong one. Told in `RateLimit-Policy` and `RateLimit`
//! (draft-ietf-httpapi-ratelimit-headers), refused with 429 and `Retry-After`.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use governor::{
    Quota, RateLimiter,
    clock::Clock as TimeSource,
    middleware::{NoOpMiddleware, StateInformationMiddleware},
    state::keyed::DashMapStateStore,
};

use super::respond;
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::MemberId,
        time::Clock,
    },
    platform::access::Credential,
};

/// Seconds of a window.
const WINDOW: u64 = 60;
/// Checks between two looks at what can be forgotten.
const SWEEP: u32 = 4096;
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Requests a minute of one credential; 0 for any number.
    pub credential: u32,
    /// Requests a minute from one address that shows no credential or a wrong one; 0 for any number.
    pub anonymous: u32,
    /// Whether the last address in `X-Forwarded-For` is the caller's: only behind a proxy that writes it.
    pub trust_forwarded: bool,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { credential: 600, anonymous: 120, trust_forwarded: false }
    }
}

impl Quotas {
    /// No limits.
    pub const NONE: Self = Self { credential: 0, anonymous: 0, trust_forwarded: false };
}

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Caller {
    /// Many people come in by one provider, so that its members are told apart.
    Member(Credential, MemberId),
    Operator,
}

/// The service's clock as the limiter reads it.
#[derive(Clone)]
struct Time(Arc<dyn Clock>);

impl TimeSource for Time {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().micros()).unwrap_or_default())
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Time, StateInformationMiddleware>;

struct Bucket<K: Hash + Eq + Clone> {
    policy: &'static str,
    quota: NonZeroU32,
    limiter: Limiter<K>,
    time: Time,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> Bucket<K> {
    fn new(policy: &'static str, quota: u32, time: &Time) -> Option<Self> {
        let quota = NonZeroU32::new(quota)?;
        let store = DashMapStateStore::default();
        let limiter: RateLimiter<_, _, _, NoOpMiddleware<Duration>> =
            RateLimiter::new(Quota::per_minute(quota), store, time.clone());
        let limiter = limiter.with_middleware();
        Some(Self { policy, quota, limiter, time: time.clone(), checks: AtomicU32::new(0) })
    }

    /// Counts one request; an error where it is over the quota.
    fn count(&self, key: &K) -> Result<Left, Left> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            // Who has all of its quota again is as good as new.
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let quota = self.quota.get();
        let left = |remaining, reset| Left { policy: self.policy, quota, remaining, reset };
        match self.limiter.check_key(key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = u64::from(quota.saturating_sub(remaining));
                Ok(left(remaining, (used * WINDOW).div_ceil(u64::from(quota))))
            }
            Err(until) => {
                let wait = until.wait_time_from(self.time.now());
                Err(left(0, (wait + Duration::from_secs(1) - Duration::from_nanos(1)).as_secs().max(1)))
            }
        }
    }
}

/// What is left of one quota.
#[derive(Clone, Copy, Debug)]
struct Left {
    policy: &'static str,
    quota: u32,
    remaining: u32,
    /// Seconds until all of it is there again; until the next request where nothing is left.
    reset: u64,
}

impl Left {
    /// Tells what is left, and when to come again where that is nothing.
    fn tell(self, headers: &mut HeaderMap, refused: bool) {
        let Self { policy, quota, remaining, reset } = self;
        let mut put = |name, text: String| {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        };
        put(POLICY, format!("\"{policy}\";q={quota};w={WINDOW}"));
        put(LIMIT, format!("\"{policy}\";r={remaining};t={reset}"));
        if refused {
            put(header::RETRY_AFTER, reset.to_string());
        }
    }

    fn error(self) -> Error {
        let Self { quota, reset, .. } = self;
        Error::new(
            Code::RateLimited,
            format!("{quota} requests a minute are allowed; come again in {reset} seconds"),
        )
    }
}

/// The caller proved who it is, and this is left of its quota, where it has one.
#[derive(Clone, Copy)]
struct Admitted(Option<Left>);

/// The limits of one process.
#[derive(Clone)]
pub struct Limits(Arc<Buckets>);

struct Buckets {
    credentials: Option<Bucket<Caller>>,
    addresses: Option<Bucket<IpAddr>>,
    trust_forwarded: bool,
}

impl Limits {
    /// Limits that begin full.
    pub fn new(quotas: Quotas, clock: Arc<dyn Clock>) -> Self {
        let time = Time(clock);
        Self(Arc::new(Buckets {
            credentials: Bucket::new("credential", quotas.credential, &time),
            addresses: Bucket::new("address", quotas.anonymous, &time),
            trust_forwarded: quotas.trust_forwarded,
        }))
    }

    /// Counts a request of this caller; none for the operator.
    ///
    /// # Errors
    /// [`Code::RateLimited`] over the quota.
    pub(super) fn of_caller(request: &HttpRequest, caller: Option<(Credential, MemberId)>) -> Result<()> {
        let Some(limits) = request.app_data::<web::Data<Self>>() else { return Ok(()) };
        let caller =
            caller.map_or(Caller::Operator, |(credential, member)| Caller::Member(credential, member));
        let counted = limits.0.credentials.as_ref().map(|bucket| bucket.count(&caller));
        let left = counted.map(|(Ok(left) | Err(left))| left);
        request.extensions_mut().insert(Admitted(left));
        counted.map_or(Ok(()), |counted| counted.map(drop)).map_err(Left::error)
    }

    fn of_address(&self, request: &HttpRequest) -> Option<Result<Left, Left>> {
        Some(self.0.addresses.as_ref()?.count(&self.address(request)?))
    }

    fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let forwarded = || {
            let all = request.headers().get_all("x-forwarded-for").last()?.to_str().ok()?;
            all.rsplit(',').next()?.trim().parse().ok()
        };
        let sent = if self.0.trust_forwarded { forwarded() } else { None };
        sent.or_else(|| Some(request.peer_addr()?.ip())).map(household)
    }
}

/// Whose an address is: of IPv6, a household has a /64 at least.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(one) => Ipv6Addr::from_bits(one.to_bits() >> 64 << 64).into(),
        one => one,
    }
}

/// Whether the path answers anybody at any rate: what watches the service must not be refused.
pub(super) fn unlimited(path: &str) -> bool {
    ["/healthz", "/readyz", "/metrics"].contains(&path)
}

/// Counts requests without a credential before they are answered, and those whose credential let nobody in after, both
/// against the caller's address; tells what is left.
///
/// # Errors
/// Never of its own: what is over the quota is answered.
pub async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<EitherBody<impl MessageBody>>, ActixError> {
    let limits = request.app_data::<web::Data<Limits>>().cloned();
    let Some(limits) = limits.filter(|_| !unlimited(request.path())) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let bare = !request.headers().contains_key(header::AUTHORIZATION);
    let before = if bare { limits.of_address(request.request()) } else { None };
    if let Some(Err(left)) = before {
        return Ok(refuse(request.into_response(respond(&left.error())), left).map_into_right_body());
    }
    let mut response = next.call(request).await?;
    let admitted = response.request().extensions().get::<Admitted>().copied();
    let stranger = !bare && admitted.is_none();
    let after = if stranger { limits.of_address(response.request()) } else { before };
    if let Some(Err(left)) = after {
        return Ok(refuse(response.into_response(respond(&left.error())), left).map_into_right_body());
    }
    if let Some(left) = admitted.and_then(|admitted| admitted.0).or(after.and_then(Result::ok)) {
        let refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
        left.tell(response.headers_mut(), refused);
    }
    Ok(response.map_into_left_body())
}

fn refuse<B>(mut response: ServiceResponse<B>, left: Left) -> ServiceResponse<B> {
    left.tell(response.headers_mut(), true);
    response
}

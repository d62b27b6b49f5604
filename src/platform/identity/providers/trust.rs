//! The keys of providers, kept: fetched when first needed, taken as they are for as long as the provider says, asked
//! for again where a token names a key that is not among them (once a minute at most). A provider that is down is left
//! alone for a while, its last keys are used on for a day, and whoever else calls does not notice.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{
    discovery::{Fetch, Published, discover},
    keys::KeySet,
    model::SigningAlgorithm,
    token::{Refusal, Token},
};
use crate::kernel::{id::IdentityProviderId, time::Instant};

/// How long after keys were asked for they are not asked for again, in seconds.
const PAUSE: i64 = 60;
/// The first and the longest pause after a failure, in seconds; each is twice the one before.
const BACK_OFF: (i64, i64) = (5, 5 * 60);
/// How long keys are used on while no newer ones can be had, in seconds: a day.
const STALE: i64 = 24 * 60 * 60;
/// How long a caller whose key is known waits for newer keys.
const PATIENCE: Duration = Duration::from_secs(1);
/// Providers whose keys are kept; past that all are forgotten, and fetched again as they are needed.
const MAX_KEPT: usize = 10_000;

/// A provider as it was registered or last changed: a change forgets its keys, in every process.
pub type Edition = (IdentityProviderId, i32);

/// The keys of every provider that a token came from.
#[derive(Clone, Default)]
pub struct Trust(Arc<Mutex<HashMap<Edition, Arc<Entry>>>>);

#[derive(Default)]
struct Entry {
    state: Mutex<State>,
    /// Held by the one that asks the provider.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<KeySet>>,
    fresh_until: Option<Instant>,
    asked_at: Option<Instant>,
    failures: u32,
    problem: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Take the keys as they are.
    Use,
    /// Ask for newer ones first; `known` where the present ones would do.
    Ask { known: bool },
    /// There is no key, and it is too early to ask.
    Refuse,
}

impl State {
    /// What to do for a token whose key is among the present ones or not.
    fn step(&self, known: bool, now: Instant) -> Step {
        let fresh = self.fresh_until.unwrap_or(now);
        let known = known && now < fresh.plus_seconds(STALE);
        if known && now < fresh {
            return Step::Use;
        }
        let early = self.asked_at.is_some_and(|at| now < at.plus_seconds(self.pause(known)));
        match (early, known) {
            (false, _) => Step::Ask { known },
            (true, true) => Step::Use,
            (true, false) => Step::Refuse,
        }
    }

    fn pause(&self, known: bool) -> i64 {
        let doubled = BACK_OFF.0 << self.failures.saturating_sub(1).min(16);
        match self.failures {
            0 => PAUSE,
            // Without any keys nobody can come in: sooner than for one unknown key.
            _ if known || self.keys.is_none() => doubled.min(BACK_OFF.1),
            _ => doubled.clamp(PAUSE, BACK_OFF.1),
        }
    }

    fn note(&mut self, outcome: Result<Published, String>, now: Instant) {
        self.asked_at = Some(now);
        match outcome {
            Ok(published) => {
                *self = Self {
                    keys: Some(Arc::new(published.keys)),
                    fresh_until: Some(now.plus_seconds(published.lifetime)),
                    asked_at: Some(now),
                    failures: 0,
                    problem: None,
                };
            }
            Err(problem) => {
                self.failures = self.failures.saturating_add(1);
                self.problem = Some(problem);
            }
        }
    }
}

/// What is needed to ask a provider.
#[derive(Clone)]
pub struct Asking {
    /// The way there.
    pub fetch: Arc<dyn Fetch>,
    /// The provider.
    pub provider: Edition,
    /// Its issuer.
    pub issuer: String,
    /// The moment.
    pub now: Instant,
    /// Where the question goes on when the caller waits no longer.
    pub runtime: tokio::runtime::Handle,
}

impl Trust {
    /// Checks a token's signature with its provider's keys. Holds no database connection.
    ///
    /// # Errors
    /// When the signature is not right, or there is no key for it.
    pub async fn verify(
        &self,
        asking: &Asking,
        token: &Token<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<(), Refusal> {
        let entry = self.entry(asking.provider);
        let (step, asked_at) = entry.step(token, algorithm, asking.now);
        if let Step::Ask { known } = step {
            let patience = if known { PATIENCE } else { Duration::MAX };
            let asked = asking.runtime.spawn(entry.clone().ask(asking.clone(), asked_at));
            let _ = tokio::time::timeout(patience, asked).await;
        }
        entry.verify(token, algorithm, asking.now)
    }

    /// Keeps what was just found out in another way.
    pub fn keep(&self, provider: Edition, published: Published, now: Instant) {
        lock(&self.entry(provider).state).note(Ok(published), now);
    }

    fn entry(&self, provider: Edition) -> Arc<Entry> {
        let mut all = lock(&self.0);
        if all.len() >= MAX_KEPT && !all.contains_key(&provider) {
            all.clear();
        }
        all.entry(provider).or_default().clone()
    }
}

impl Entry {
    /// The step, and when keys were last asked for at that moment.
    fn step(&self, token: &Token<'_>, algorithm: SigningAlgorithm, now: Instant) -> (Step, Option<Instant>) {
        let state = lock(&self.state);
        let known = state.keys.as_ref().is_some_and(|keys| !keys.lacks(token, algorithm));
        (state.step(known, now), state.asked_at)
    }

    /// One at a time; whoever was overtaken by another's answer takes that one.
    async fn ask(self: Arc<Self>, asking: Asking, asked_at: Option<Instant>) {
        let _one = self.asking.lock().await;
        if lock(&self.state).asked_at != asked_at {
            return;
        }
        let outcome = discover(&*asking.fetch, &asking.issuer).await;
        if let Err(problem) = &outcome {
            tracing::warn!(provider = %asking.provider.0, problem, "an identity provider's keys cannot be had");
        }
        lock(&self.state).note(outcome, asking.now);
    }

    fn verify(&self, token: &Token<'_>, algorithm: SigningAlgorithm, now: Instant) -> Result<(), Refusal> {
        let keys = {
            let state = lock(&self.state);
            let usable = state.fresh_until.is_some_and(|fresh| now < fresh.plus_seconds(STALE));
            let keys = state.keys.clone().filter(|_| usable);
            keys.ok_or_else(|| Refusal::NoKeys(state.problem.clone().unwrap_or_default()))?
        };
        keys.verify(token, algorithm)
    }
}

/// What is behind these locks is whole at any moment.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::{
        super::discovery::tests::{Fake, ISSUER, METADATA},
        *,
    };
    use crate::platform::{ids::Ids, outbound::Failure};

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(0).plus_seconds(1_764_000_000 + seconds)
    }

    fn asked(failures: u32, keys: bool) -> State {
        let keys = keys.then(|| Arc::new(KeySet::parse(br#"{"keys":[]}"#).unwrap()));
        let fresh_until = keys.as_ref().map(|_| at(3600));
        State { keys, fresh_until, asked_at: Some(at(0)), failures, problem: None }
    }

    #[test]
    fn keys_are_asked_for_when_it_is_time() {
        for (state, known, seconds, step) in [
            (State::default(), false, 0, Step::Ask { known: false }),
            (asked(0, true), true, 0, Step::Use),
            (asked(0, true), true, 3599, Step::Use),
            (asked(0, true), true, 3600, Step::Ask { known: true }),
            (asked(0, true), true, 3600 + STALE, Step::Ask { known: false }),
            // An unknown key: once a minute.
            (asked(0, true), false, 0, Step::Refuse),
            (asked(0, true), false, 59, Step::Refuse),
            (asked(0, true), false, 60, Step::Ask { known: false }),
            (asked(1, true), false, 59, Step::Refuse),
            (asked(9, true), false, 299, Step::Refuse),
            (asked(9, true), false, 300, Step::Ask { known: false }),
            // No keys at all: sooner, and then ever later.
            (asked(1, false), false, 4, Step::Refuse),
            (asked(1, false), false, 5, Step::Ask { known: false }),
            (asked(3, false), false, 19, Step::Refuse),
            (asked(3, false), false, 20, Step::Ask { known: false }),
            (asked(40, false), false, 299, Step::Refuse),
            (asked(40, false), false, 300, Step::Ask { known: false }),
        ] {
            let told = format!("{} failures, known {known}, after {seconds} s", state.failures);
            assert_eq!(state.step(known, at(seconds)), step, "{told}");
        }
        // The provider is down and its keys are stale: used on for a day.
        let down = State { asked_at: Some(at(3600)), failures: 1, ..asked(0, true) };
        assert_eq!(down.step(true, at(3604)), Step::Use);
        assert_eq!(down.step(true, at(3605)), Step::Ask { known: true });
        let down = State { asked_at: Some(at(3600 + STALE)), failures: 9, ..asked(0, true) };
        assert_eq!(down.step(true, at(3600 + STALE)), Step::Refuse);
    }

    /// A token whose signature is nobody's: what matters is who was asked.
    const TOKEN: &str = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.e30.c2ln";

    struct Case {
        trust: Trust,
        fake: Arc<Fake>,
        provider: Edition,
    }

    impl Case {
        fn with(fake: Fake) -> Self {
            let provider = (Ids::seeded(1).id(at(0)), 1);
            Self { trust: Trust::default(), fake: Arc::new(fake), provider }
        }

        async fn verify(&self, seconds: i64) -> Refusal {
            let asking = Asking {
                fetch: self.fake.clone(),
                provider: self.provider,
                issuer: ISSUER.to_owned(),
                now: at(seconds),
                runtime: tokio::runtime::Handle::current(),
            };
            let token = Token::parse(TOKEN).unwrap();
            self.trust.verify(&asking, &token, SigningAlgorithm::Es256).await.unwrap_err()
        }

        fn asked(&self) -> usize {
            self.fake.asked.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn an_unknown_key_is_asked_for_once_a_minute_and_by_one() {
        let case = Case::with(Fake::with(METADATA, r#"{"keys":[]}"#));
        let crowd = std::iter::repeat_with(|| case.verify(0)).take(20);
        futures_util::future::join_all(crowd).await;
        assert_eq!(case.asked(), 1, "twenty at once are one question");
        case.verify(59).await;
        assert_eq!(case.asked(), 1);
        case.verify(60).await;
        assert_eq!(case.asked(), 2);
    }

    #[tokio::test]
    async fn a_provider_that_is_down_is_left_alone_for_a_while() {
        let fake = Fake::with(METADATA, "");
        fake.put("https://idp.example.com/keys", Err(Failure::TimedOut));
        let case = Case::with(fake);
        for (seconds, asked) in [(0, 1), (4, 1), (5, 2), (14, 2), (15, 3), (34, 3), (35, 4)] {
            let told = case.verify(seconds).await;
            assert!(matches!(&told, Refusal::NoKeys(why) if why.contains("in time")), "{told}");
            assert_eq!(case.asked(), asked, "after {seconds} s");
        }
        case.fake.put("https://idp.example.com/keys", Ok(r#"{"keys":[]}"#));
        let told = case.verify(75).await;
        assert!(matches!(told, Refusal::Key(_)), "its keys are known again: {told}");
    }
}

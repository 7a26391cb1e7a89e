//! Limits: how much one network may send, and how much is taken for one site; and how much guests may ask for, who come by a link that
//! was shared.
//!
//! Whoever sends more is told when to come back, and what they sent is not looked at. Nobody honest loses anything: the widget
//! keeps what it could not deliver and tries again. Each process counts for itself.
//!
//! Networks are remembered as hashes under a random salt, which is forgotten each day, and only until their bucket is full
//! again: after a second or so of silence nothing is left.

mod buckets;
pub mod sign_in;

use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::{Quota, RateLimiter};
use survey::definition::SiteKey;

use crate::clock::{self, Day, day_of};
use crate::network::Network;
use buckets::Buckets;
pub use sign_in::SignInThrottle;

/// How often what is full again is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(1);

/// For how many seconds of its rate a sender may send at once: everybody opens the page when the newsletter arrives.
const BURST_SECONDS: u32 = 20;

/// How many requests a second are taken; 0 for any number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rates {
    /// From one network: an office or a mobile carrier may have thousands of visitors behind one address.
    pub per_network: u32,
    /// For one site.
    pub per_site: u32,
}

impl Rates {
    /// A report costs as much as many answers.
    fn of_guests(self) -> Self {
        Self { per_network: self.per_network.div_ceil(5), per_site: self.per_site.div_ceil(20) }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self { per_network: 100, per_site: 2_000 }
    }
}

/// More than there may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooMany {
    /// After how many seconds it is worth trying again; at least one.
    pub retry_after_seconds: u32,
}

impl TooMany {
    fn for_now(wait: Duration) -> Self {
        let seconds = u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
        Self { retry_after_seconds: seconds.max(1) }
    }
}

/// What is sent, or asked for. Each kind has buckets of its own, so that page views take no answer's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Traffic {
    Events,
    Views,
    Guests,
}

/// The limits of everything that pages send and guests ask for.
#[derive(Debug)]
pub struct Limits {
    salt: DailySalt,
    events: Pair,
    views: Pair,
    guests: Pair,
}

#[derive(Debug)]
struct Pair {
    by_network: Limit,
    by_site: Limit,
}

impl Pair {
    fn new(rates: Rates) -> Self {
        let limit = |rate| Limit::new(per_second(rate), DefaultClock::default());
        Self { by_network: limit(rates.per_network), by_site: limit(rates.per_site) }
    }
}

impl Limits {
    pub fn new(rates: Rates) -> Self {
        let pair = || Pair::new(rates);
        Self { salt: DailySalt::default(), events: pair(), views: pair(), guests: Pair::new(rates.of_guests()) }
    }

    /// Counts a request from a network.
    pub fn take_from(&self, network: Network, what: Traffic) -> Result<(), TooMany> {
        let limit = &self.of(what).by_network;
        if limit.is_none() { Ok(()) } else { limit.take(self.salt.hash(&network, clock::now())) }
    }

    /// Counts a request for a site.
    pub fn take_for(&self, site: &SiteKey, what: Traffic) -> Result<(), TooMany> {
        let limit = &self.of(what).by_site;
        if limit.is_none() { Ok(()) } else { limit.take(self.salt.hash(site, clock::now())) }
    }

    fn of(&self, what: Traffic) -> &Pair {
        match what {
            Traffic::Events => &self.events,
            Traffic::Views => &self.views,
            Traffic::Guests => &self.guests,
        }
    }

    /// Forgets who has been silent for long enough to begin anew.
    fn forget(&self) {
        for Pair { by_network, by_site } in [&self.events, &self.views, &self.guests] {
            by_network.forget();
            by_site.forget();
        }
    }
}

/// Forgets, once a second, who has been silent, until nobody but this task holds the limits any more.
pub async fn keep_forgetting(limits: Arc<Limits>, sign_ins: Arc<SignInThrottle>) {
    while Arc::strong_count(&sign_ins) > 1 {
        tokio::time::sleep(FORGET_EVERY).await;
        limits.forget();
        sign_ins.forget();
    }
}

/// None for a rate of 0.
fn per_second(rate: u32) -> Option<Quota> {
    let burst = NonZeroU32::new(rate.saturating_mul(BURST_SECONDS))?;
    Some(Quota::per_second(NonZeroU32::new(rate)?).allow_burst(burst))
}

/// One limit for each key; or none at all.
struct Limit<C: Clock = DefaultClock> {
    limiter: Option<RateLimiter<u64, Buckets, C, NoOpMiddleware<C::Instant>>>,
    clock: C,
}

impl<C: Clock + Clone> Limit<C> {
    fn new(quota: Option<Quota>, clock: C) -> Self {
        let limiter = quota.map(|quota| RateLimiter::new(quota, Buckets::default(), clock.clone()));
        Self { limiter, clock }
    }

    fn is_none(&self) -> bool {
        self.limiter.is_none()
    }

    fn take(&self, key: u64) -> Result<(), TooMany> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter.check_key(&key).map_err(|not_until| TooMany::for_now(not_until.wait_time_from(self.clock.now())))
    }

    fn forget(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.retain_recent();
        }
    }
}

impl<C: Clock + Clone> std::fmt::Debug for Limit<C> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Limit").field("is_none", &self.is_none()).finish_non_exhaustive()
    }
}

/// Hashes under a random key that lasts for a day: nothing that was seen yesterday can be found again.
#[derive(Debug)]
struct DailySalt {
    present: RwLock<(Day, RandomState)>,
}

impl Default for DailySalt {
    fn default() -> Self {
        Self { present: RwLock::new((day_of(clock::now()), RandomState::new())) }
    }
}

impl DailySalt {
    fn hash(&self, key: &impl Hash, now: clock::UnixMs) -> u64 {
        let today = day_of(now);
        let hash = |salt: &(Day, RandomState)| (salt.0 == today).then(|| salt.1.hash_one(key));
        // A panic elsewhere leaves a salt behind that is still random.
        if let Some(hash) = hash(&self.present.read().unwrap_or_else(PoisonError::into_inner)) {
            return hash;
        }
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        if present.0 != today {
            *present = (today, RandomState::new());
        }
        present.1.hash_one(key)
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;
    use crate::clock::DAY_MS;

    fn limit(rate: u32) -> (Limit<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Limit::new(per_second(rate), clock.clone()), clock)
    }

    #[test]
    fn a_burst_is_taken_and_then_the_rate() {
        let (limit, clock) = limit(2);
        assert_eq!((0..100).filter(|_| limit.take(7).is_ok()).count(), 40);
        assert_eq!(limit.take(7), Err(TooMany { retry_after_seconds: 1 }));
        clock.advance(Duration::from_secs(3));
        assert_eq!((0..100).filter(|_| limit.take(7).is_ok()).count(), 6);
        assert!(limit.take(8).is_ok(), "another has a bucket of their own");
    }

    #[test]
    fn whoever_comes_back_when_told_is_taken() {
        let slow = Quota::with_period(Duration::from_millis(2_500));
        let clock = FakeRelativeClock::default();
        let limit = Limit::new(slow, clock.clone());
        limit.take(7).unwrap();
        let TooMany { retry_after_seconds } = limit.take(7).unwrap_err();
        assert_eq!(retry_after_seconds, 3);
        clock.advance(Duration::from_secs(retry_after_seconds.into()));
        assert!(limit.take(7).is_ok());
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        let (limit, _) = limit(0);
        assert!((0..100_000).all(|_| limit.take(7).is_ok()));
    }

    #[test]
    fn memory_is_bounded_and_whoever_is_known_keeps_their_bucket() {
        let clock = FakeRelativeClock::default();
        let quota = per_second(1).unwrap();
        let limiter: RateLimiter<_, _, _, NoOpMiddleware<_>> =
            RateLimiter::new(quota, Buckets::of_at_most(1_000), clock.clone());
        limiter.check_key(&3).unwrap();
        // A flood of a million networks.
        let taken = (1_000..1_000_000_u64).filter(|key| limiter.check_key(key).is_ok()).count();
        assert!(limiter.len() <= 1_008, "{}", limiter.len());
        assert!(taken < 1_100, "{taken} were taken: all who do not fit share one bucket");
        assert!(limiter.check_key(&3).is_ok());
        clock.advance(Duration::from_secs(5));
        limiter.retain_recent();
        assert_eq!(limiter.len(), 0, "nothing is left of who was silent");
    }

    #[test]
    fn a_network_cannot_be_found_again_the_next_day() {
        let salt = DailySalt::default();
        let network = Network::of("192.0.2.1".parse().unwrap());
        let today = clock::now();
        assert_eq!(salt.hash(&network, today), salt.hash(&network, today));
        let tomorrow = salt.hash(&network, today + DAY_MS);
        assert_ne!(salt.hash(&network, today), tomorrow);
    }
}

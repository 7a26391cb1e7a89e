//! The throttle of sign-ins: how often anybody may try a password.
//!
//! Ten tries in a quarter of an hour for one account, and fifty from one network, whether they were right or not: enough for
//! those who mistype, and too little for those who guess.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::Quota;
use governor::clock::{Clock, DefaultClock};

use super::{DailySalt, Limit, TooMany};
use crate::clock;
use crate::network::Network;

const WITHIN: Duration = Duration::from_secs(15 * 60);

const TRIES_OF_AN_ACCOUNT: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const TRIES_FROM_A_NETWORK: NonZeroU32 = NonZeroU32::new(50).expect("fifty is not zero");

/// Counts tries. Remembers neither accounts nor networks, but only their hashes, for as long as it takes.
#[derive(Debug)]
pub struct SignInThrottle<C: Clock + Clone = DefaultClock> {
    salt: DailySalt,
    by_account: Limit<C>,
    by_network: Limit<C>,
}

impl Default for SignInThrottle {
    fn default() -> Self {
        Self::at(DefaultClock::default())
    }
}

impl<C: Clock + Clone> SignInThrottle<C> {
    fn at(clock: C) -> Self {
        let limit = |tries: NonZeroU32| {
            let quota = Quota::with_period(WITHIN / tries.get()).map(|quota| quota.allow_burst(tries));
            Limit::new(quota, clock.clone())
        };
        Self {
            salt: DailySalt::default(),
            by_account: limit(TRIES_OF_AN_ACCOUNT),
            by_network: limit(TRIES_FROM_A_NETWORK),
        }
    }

    /// Counts a try to sign in as `email`, in the form in which accounts are found. To be asked before the password is looked at.
    ///
    /// # Errors
    /// Says when the next try will be looked at.
    pub fn take(&self, email: &str, network: Network) -> Result<(), TooMany> {
        let now = clock::now();
        // The network first: one that may not try any more does not use up the tries of an account.
        self.by_network.take(self.salt.hash(&network, now))?;
        self.by_account.take(self.salt.hash(&email, now))
    }

    pub(super) fn forget(&self) {
        self.by_account.forget();
        self.by_network.forget();
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn network(last: u8) -> Network {
        Network::V4([192, 0, 2, last].into())
    }

    #[test]
    fn an_account_is_tried_ten_times_in_a_quarter_of_an_hour_from_wherever() {
        let clock = FakeRelativeClock::default();
        let throttle = SignInThrottle::at(clock.clone());
        let tries = (0..40).filter(|n| throttle.take("ann@example.com", network(*n)).is_ok()).count();
        assert_eq!(tries, 10);
        let TooMany { retry_after_seconds } = throttle.take("ann@example.com", network(41)).unwrap_err();
        assert_eq!(retry_after_seconds, 90);
        assert!(throttle.take("bob@example.com", network(41)).is_ok(), "others may still sign in");
        clock.advance(Duration::from_secs(90));
        assert!(throttle.take("ann@example.com", network(41)).is_ok());
        clock.advance(WITHIN);
        throttle.forget();
        assert_eq!((0..40).filter(|n| throttle.take("ann@example.com", network(*n)).is_ok()).count(), 10);
    }

    #[test]
    fn a_network_tries_fifty_accounts_and_spends_no_more_of_theirs() {
        let throttle = SignInThrottle::at(FakeRelativeClock::default());
        let tries = (0..200).filter(|n| throttle.take(&format!("{n}@example.com"), network(1)).is_ok()).count();
        assert_eq!(tries, 50);
        for _ in 0..20 {
            assert!(throttle.take("ann@example.com", network(1)).is_err());
        }
        assert!(throttle.take("ann@example.com", network(2)).is_ok());
    }
}

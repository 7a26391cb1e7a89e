//! Strangers: origins whose pages were refused. Each is logged, because a site that was set up with the wrong origin shows
//! surveys and loses every answer, and nobody but the operator could know why; but not more than once a minute, because
//! anybody can send anything.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use survey::definition::SiteKey;

use crate::clock::{self, UnixMs};

const ONCE_IN_MS: i64 = 60_000;

/// How many are remembered; while there are more, no new ones are logged.
const MAX_KNOWN: usize = 1_000;

#[derive(Debug, Default)]
pub struct Strangers {
    logged: Mutex<HashMap<(SiteKey, String), UnixMs>>,
}

impl Strangers {
    /// Logs that pages of an origin are not believed, unless that was said within the last minute.
    pub fn refused(&self, site: &SiteKey, origin: &str) {
        if self.is_news(site, origin, clock::now()) {
            tracing::warn!(
                %site, origin,
                "what pages of this origin send is refused: it is none of the site's; if it should be one, name it beside \
                 the others: pagepoll site add {site} --name … --origin … --origin {origin}",
            );
        }
    }

    fn is_news(&self, site: &SiteKey, origin: &str, now: UnixMs) -> bool {
        // A panic elsewhere leaves at worst a line too many.
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        logged.retain(|_, at| now - *at < ONCE_IN_MS);
        if logged.len() >= MAX_KNOWN {
            return false;
        }
        let stranger = (site.clone(), origin.to_owned());
        let is_known = logged.contains_key(&stranger);
        logged.entry(stranger).or_insert(now);
        !is_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_news_once_a_minute() {
        let strangers = Strangers::default();
        let shop: SiteKey = "shop".parse().unwrap();
        let is_news = |origin, now| strangers.is_news(&shop, origin, now);
        assert!(is_news("https://a.example", 0) && is_news("https://b.example", 1));
        assert!(!is_news("https://a.example", 59_999));
        assert!(is_news("https://a.example", 60_000));
    }

    #[test]
    fn a_flood_of_strangers_does_not_fill_the_log() {
        let strangers = Strangers::default();
        let shop: SiteKey = "shop".parse().unwrap();
        let news = (0..5_000).filter(|n| strangers.is_news(&shop, &format!("https://{n}.example"), 0)).count();
        assert_eq!(news, MAX_KNOWN);
    }
}

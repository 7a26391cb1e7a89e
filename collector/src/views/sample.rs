//! One page view, from what a browser says of it to what is counted.

use serde::Deserialize;
use survey::accept::{Refusal, Refused};
use survey::definition::SiteKey;
use survey::page::PageKey;
use survey::targeting::agent;
use survey::wire::Device;

use crate::clock::{UnixMs, day_of};
use crate::counts::primary_tag;
use crate::live::LiveSite;
use crate::origin::Origin;
use crate::store::{ViewCount, ViewKey};

/// A page view as the loader tells of it.
#[derive(Debug, Deserialize)]
pub struct Sample {
    pub v: u8,
    pub site: SiteKey,
    /// Host and path.
    page: String,
    /// The origin of the page that linked here.
    #[serde(default)]
    referrer: String,
    #[serde(default)]
    device: Device,
    #[serde(default)]
    language: String,
}

impl Sample {
    /// What is counted of it.
    pub fn accept(self, site: &LiveSite, user_agent: &str, now: UnixMs) -> Result<(ViewKey, ViewCount), Refused> {
        let refused = |refusal: Refusal| Refused { field: "page".to_owned(), refusal };
        // No query at all, whatever the site keeps: rules do not look at it, and the fewer kinds of page views the better.
        let page = PageKey::parse(&self.page, &[]).map_err(|error| refused(error.into()))?;
        site.rules.check_own(&page).map_err(refused)?;
        let key = ViewKey {
            // Not what the snippet calls it by: keys are replaced.
            site: site.key().clone(),
            day: day_of(now),
            page: page.to_string(),
            referrer: origin(&self.referrer),
            device: self.device.as_str().to_owned(),
            browser: agent::browser(user_agent).to_owned(),
            os: agent::os(user_agent).to_owned(),
            language: primary_tag(&self.language),
        };
        Ok((key, weight(site.record.settings.page_view_sample_percent)))
    }
}

/// A loader that some cache still has may send where the site wants no sample any more: that stands for nothing.
fn weight(sample_percent: f64) -> ViewCount {
    if sample_percent > 0.0 {
        ViewCount { sampled: 1, stands_for: 100.0 / sample_percent }
    } else {
        ViewCount::default()
    }
}

/// Whatever is no web origin (an app, a file) is as good as none.
fn origin(referrer: &str) -> String {
    referrer.parse::<Origin>().map_or(String::new(), |origin| origin.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_tell_visitors_apart_is_made_coarse() {
        assert_eq!(origin("https://Search.example:443"), "https://search.example");
        assert_eq!([origin("https://a.b/path?q=me"), origin("android-app://x"), origin("null")], ["", "", ""]);
    }

    #[test]
    fn a_sampled_view_stands_for_those_that_kept_silent() {
        assert_eq!(weight(1.0), ViewCount { sampled: 1, stands_for: 100.0 });
        assert_eq!(weight(0.0), ViewCount::default());
    }
}

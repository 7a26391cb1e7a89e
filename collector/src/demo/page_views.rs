//! A week of made-up page views, so that the reach of a rule can be tried at once. They fit the stories: whoever was met by a
//! survey has seen its page, some more than once, and came by way of pages that ask hardly anything.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use survey::wire::{Device, Event, ExposureStage, Presentation};

use super::answers::Happening;
use crate::clock::{DAY_MS, Day, UnixMs, day_of};
use crate::store::{SiteRecord, ViewCount, ViewKey};

const SEED: u64 = 8_701;

/// As many as estimates look back to.
const DAYS: i32 = 7;

/// Of those who have seen a page that asks, the part that sees it again.
const AGAIN: f64 = 0.35;

/// How often pages are seen in a day beyond what the stories tell.
const SILENT_PAGES: [(&str, f64); 3] = [("/", 70.0), ("/category", 45.0), ("/checkout", 32.0)];

/// Everything that was seen up to `now`, counted.
pub fn page_views(happenings: &[Happening], site: &SiteRecord, host: &str, now: UnixMs) -> Vec<(ViewKey, ViewCount)> {
    let mut counter = Counter { rng: StdRng::seed_from_u64(SEED), site, counted: BTreeMap::new() };
    let today = day_of(now);
    for happening in happenings {
        let day = day_of(happening.at);
        if let Event::Exposure(exposure) = &happening.event
            && exposure.stage == ExposureStage::Eligible
            && day > today - DAYS
        {
            let Presentation { page, visit, .. } = &exposure.presentation;
            let views = 1 + usize::from(counter.rng.random_bool(AGAIN));
            (0..views).for_each(|_| counter.see(day, page, visit.device, &visit.language));
        }
    }
    for day in today - DAYS + 1..=today {
        for (path, views) in SILENT_PAGES {
            counter.see_silent(day, &format!("{host}{path}"), views * part_of_day(day, now));
        }
    }
    counter.counted.into_iter().collect()
}

/// How much of a day has passed, by the hours at which people look after plants.
fn part_of_day(day: Day, now: UnixMs) -> f64 {
    let hours = (now - i64::from(day) * DAY_MS) as f64 / (60.0 * 60.0 * 1_000.0);
    ((hours - 8.0) / 15.0).clamp(0.0, 1.0)
}

struct Counter<'a> {
    rng: StdRng,
    site: &'a SiteRecord,
    counted: BTreeMap<ViewKey, ViewCount>,
}

impl Counter<'_> {
    fn see_silent(&mut self, day: Day, page: &str, expected: f64) {
        let views = (expected * self.rng.random_range(0.85..1.15)).round() as usize;
        for _ in 0..views {
            let device = self.one_of(&[(52, Device::Desktop), (41, Device::Phone), (7, Device::Tablet)]);
            let language = self.one_of(&[(76, "en"), (14, "de"), (6, "ru"), (4, "ar")]);
            self.see(day, page, device, language);
        }
    }

    fn see(&mut self, day: Day, page: &str, device: Device, language: &str) {
        let own = self.site.origins.first().map_or("", String::as_str);
        let referrer =
            self.one_of(&[(58, own), (24, ""), (13, "https://search.example"), (5, "https://plants.example")]);
        let (browser, os) = match device {
            Device::Desktop => self.one_of(&[
                (44, ("chrome", "windows")),
                (17, ("safari", "macos")),
                (15, ("edge", "windows")),
                (12, ("chrome", "macos")),
                (12, ("firefox", "linux")),
            ]),
            Device::Tablet => self.one_of(&[(7, ("safari", "ios")), (3, ("chrome", "android"))]),
            Device::Phone => {
                self.one_of(&[(48, ("safari", "ios")), (42, ("chrome", "android")), (10, ("samsung", "android"))])
            }
        };
        let key = ViewKey {
            site: self.site.key.clone(),
            day,
            page: page.to_owned(),
            referrer: referrer.to_owned(),
            device: device.as_str().to_owned(),
            browser: browser.to_owned(),
            os: os.to_owned(),
            language: language.split('-').next().unwrap_or_default().to_owned(),
        };
        *self.counted.entry(key).or_default() += ViewCount { sampled: 1, stands_for: 1.0 };
    }

    fn one_of<T: Copy>(&mut self, weighted: &[(u32, T)]) -> T {
        super::answers::one_of(&mut self.rng, weighted)
    }
}

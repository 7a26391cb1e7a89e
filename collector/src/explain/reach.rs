//! Reach: how many of the last days' page views a rule would have admitted.

use actix_web::post;
use actix_web::web::{Bytes, Data, Json};
use serde::Deserialize;
use survey::api::Problem;
use survey::definition::SiteKey;
use survey::page::PageKey;
use survey::reach::{PageViews, Reach, estimate, facts_of};
use survey::report::Days;
use survey::targeting::{Condition, FieldKind};
use utoipa::ToSchema;

use crate::admin::access::{SiteAccess, Viewer};
use crate::clock::{self, UnixMs, day_of};
use crate::problem::ApiError;
use crate::store::{Store, StoreError, ViewCount, ViewKey};
use crate::written;

/// How many days an estimate looks at, today included.
const DAYS: u16 = 7;

/// What stands among the unknown fields where days had more different page views than are told apart.
const OTHER_PAGES: &str = "pages beyond the 2,000 kinds of page views that are told apart in a day";

/// A rule whose reach is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReachRequest {
    /// As in a survey's `when`.
    #[schema(value_type = Object)]
    when: Condition,
}

/// How many page views of the last seven days a rule would have admitted.
#[utoipa::path(
    tag = "explaining",
    params(("site" = String, Path)),
    request_body = ReachRequest,
    responses((status = 200, body = Reach), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/reach")]
pub async fn tell(access: SiteAccess<Viewer>, request: Bytes, store: Data<Store>) -> Result<Json<Reach>, ApiError> {
    let ReachRequest { when } = written::read(&request)?;
    let sampled = Sampled::of_the_last_days(&store, access.site.key(), clock::now()).await?;
    Ok(Json(sampled.estimate(&when)))
}

/// A site's page views of the last days, as far as they told of themselves.
pub struct Sampled {
    views: Vec<PageViews>,
    /// Those that are not told apart: what is true of them is not known.
    other: ViewCount,
}

impl Sampled {
    pub async fn of_the_last_days(store: &Store, site: &SiteKey, now: UnixMs) -> Result<Self, StoreError> {
        let days = Days::up_to(day_of(now), DAYS);
        let mut sampled = Self { views: Vec::new(), other: ViewCount::default() };
        for (key, count) in store.page_views(site, days).await? {
            if key.is_other() {
                sampled.other += count;
            } else {
                sampled.views.push(page_views(&key, count));
            }
        }
        Ok(sampled)
    }

    /// Nothing where no page view told of itself.
    pub fn reach(&self, when: &Condition) -> Option<Reach> {
        Some(self.estimate(when)).filter(|reach| reach.sampled > 0)
    }

    fn estimate(&self, when: &Condition) -> Reach {
        let mut reach = estimate(when, &self.views, DAYS);
        if self.other.sampled > 0 {
            let stands_for = self.other.stands_for.round() as u64;
            reach.page_views += stands_for;
            reach.sampled += self.other.sampled;
            reach.at_most += stands_for;
            reach.unknown.push(OTHER_PAGES.to_owned());
        }
        reach
    }
}

fn page_views(key: &ViewKey, count: ViewCount) -> PageViews {
    let page = PageKey::parse(&key.page, &[]);
    let (host, path) = page.as_ref().map_or(("", ""), |page| (page.host(), page.path()));
    // Browsers write an origin with a slash where they name it as the page that linked here.
    let referrer = if key.referrer.is_empty() { String::new() } else { format!("{}/", key.referrer) };
    let facts = facts_of(&[
        (FieldKind::Host, host),
        (FieldKind::Path, path),
        (FieldKind::Referrer, &referrer),
        (FieldKind::Device, &key.device),
        (FieldKind::Browser, &key.browser),
        (FieldKind::Os, &key.os),
        (FieldKind::Language, &key.language),
    ]);
    PageViews { facts, sampled: count.sampled, count: count.stands_for }
}

//! Fills a database with the demo: a site, its surveys, a login, two months of made-up answers and a week of page views.

use anyhow::{Context, anyhow};
use secrecy::SecretString;
use survey::api::people::Role;
use survey::definition::{SiteKey, SiteSettings, Survey};

use super::answers::{Happening, happenings};
use super::page_views::page_views;
use super::{EMAIL, PASSWORD};
use crate::admin::password;
use crate::clock;
use crate::ingest::accept_event;
use crate::ingest::item::{Arrival, Item};
use crate::live::{LiveSite, Snapshot};
use crate::origin::Origin;
use crate::store::{By, Newcomer, Provenance, SiteRecord, Store};

const SITE: &str = "demo-shop";

/// The shop's surveys; of equal priority, in this order.
pub const SURVEYS: [&str; 7] = [
    include_str!("surveys/order-csat.json"),
    include_str!("surveys/cart-exit.json"),
    include_str!("surveys/help-ces.json"),
    include_str!("surveys/journal-nps.json"),
    include_str!("surveys/product-csat.json"),
    include_str!("surveys/help-found.json"),
    include_str!("surveys/shop-feedback.json"),
];

/// The shop's own colours, as somebody would have set them.
const THEME: &str = include_str!("theme.json");
const SETTINGS: &str = include_str!("settings.json");

/// How many events one transaction takes.
const GROUP: usize = 5_000;

/// The demo as it is now in the database.
pub struct Seeded {
    pub site: SiteRecord,
    pub answers: Answers,
}

/// Where its answers come from.
pub enum Answers {
    /// So many were made up.
    MadeUp(usize),
    /// They were there before.
    Kept,
}

/// Makes sure that the demo is there. Answers are made up only for a database without the demo's site; the rest is brought up to
/// date.
pub async fn seed(store: &Store, origins: &[Origin]) -> anyhow::Result<Seeded> {
    let key: SiteKey = SITE.parse()?;
    let now = clock::now();
    let by = By::command_line(now);
    let earlier = store.site(&key).await?;
    let is_there = earlier.is_some();
    let demo_site = site(key.clone(), origins, earlier)?;
    store.put_site(&demo_site, &by).await?;
    for definition in SURVEYS {
        let survey: Survey = serde_json::from_str(definition).context("a survey of the demo cannot be read")?;
        store.publish(&key, survey, &by).await?;
    }
    if is_there {
        return Ok(Seeded { site: demo_site, answers: Answers::Kept });
    }
    let marketer = Newcomer { email: EMAIL.to_owned(), password_hash: marketers_password(store).await? };
    store.grant(&key, &marketer, Role::Owner, &by).await?;
    let snapshot = Snapshot::of_store(store, now).await?;
    let site = snapshot.site(&key).context("the demo's site is not there")?;
    let host = site.rules.hosts.first().context("the demo's site has no host")?;
    let happenings = happenings(&site.deliverable().collect::<Vec<_>>(), host, now)?;
    store.add_page_views(page_views(&happenings, &site.record, host, now)).await?;
    let items = accepted(site, happenings)?;
    let answers = items.iter().filter(|item| item.is_submission()).count();
    for group in items.chunks(GROUP) {
        store.commit(group.to_vec()).await?;
    }
    Ok(Seeded { site: demo_site, answers: Answers::MadeUp(answers) })
}

/// None where the marketer has an account already.
async fn marketers_password(store: &Store) -> anyhow::Result<Option<String>> {
    match store.user_by_email(EMAIL).await? {
        Some(_) => Ok(None),
        None => Ok(Some(password::hash(&SecretString::from(PASSWORD))?)),
    }
}

/// Settings that somebody has tried out are kept.
fn site(key: SiteKey, origins: &[Origin], earlier: Option<SiteRecord>) -> anyhow::Result<SiteRecord> {
    let settings = match earlier {
        Some(earlier) => earlier.settings,
        // All page views tell of themselves, so that a visit shows in the reach at once.
        None => SiteSettings {
            theme: serde_json::from_str(THEME).context("the demo's theme cannot be read")?,
            ..serde_json::from_str(SETTINGS).context("the demo's settings cannot be read")?
        },
    };
    Ok(SiteRecord {
        key,
        name: "Fernhill (demo)".to_owned(),
        origins: origins.iter().map(Origin::to_string).collect(),
        settings,
        provenance: Provenance::Demo,
    })
}

/// Accepts what is made up as if it had just come in when it happened.
fn accepted(site: &LiveSite, happenings: Vec<Happening>) -> anyhow::Result<Vec<Item>> {
    happenings
        .into_iter()
        .map(|happening| {
            let arrival = Arrival { received_at: happening.at, sent_at: happening.at };
            let doubts = happening.doubts();
            accept_event(site, arrival, happening.event)
                .map(|item| Item { flags: doubts, ..item })
                .map_err(|refused| anyhow!("a made-up event was refused: {}: {}", refused.field, refused.reason))
        })
        .collect()
}

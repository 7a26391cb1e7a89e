//! Fills a database with the demo: a site, its surveys, a login, and two months of made-up answers.

use anyhow::{Context, anyhow};
use secrecy::SecretString;
use survey::definition::{SiteKey, Survey};

use super::answers::happenings;
use super::{EMAIL, PASSWORD};
use crate::admin::password;
use crate::assets::Assets;
use crate::clock::{self, UnixMs};
use crate::ingest::accept_event;
use crate::ingest::item::{Arrival, Item};
use crate::origin::Origin;
use crate::published::{Published, PublishedSite};
use crate::store::{Provenance, SiteRecord, Store};

const SITE: &str = "demo-shop";

/// The shop's surveys, in the order of their priority.
const SURVEYS: [&str; 4] = [
    include_str!("surveys/order-csat.json"),
    include_str!("surveys/cart-exit.json"),
    include_str!("surveys/help-ces.json"),
    include_str!("surveys/journal-nps.json"),
];

/// How many events one transaction takes.
const GROUP: usize = 5_000;

/// What a database held before, and so what had to be done.
pub enum Seeded {
    Anew { answers: usize },
    Before,
}

/// Makes sure that the demo is there. Answers are made up only for a database without the demo's site; the rest is brought up to
/// date.
pub async fn seed(store: &Store, origins: &[Origin]) -> anyhow::Result<Seeded> {
    let key: SiteKey = SITE.parse()?;
    let is_there = store.published().await?.iter().any(|published| published.site.key == key);
    store.put_site(&site(key.clone(), origins)).await?;
    for definition in SURVEYS {
        let survey: Survey = serde_json::from_str(definition).context("a survey of the demo cannot be read")?;
        store.publish(&key, survey).await?;
    }
    if is_there {
        return Ok(Seeded::Before);
    }
    store.put_user(EMAIL, &password::hash(&SecretString::from(PASSWORD))?, &key).await?;
    let published = Published::new(store.published().await?, &Assets::default());
    let site = published.site(&key).context("the demo's site is not there")?;
    let items = made_up_items(site, clock::now())?;
    let answers = items.iter().filter(|item| item.is_submission()).count();
    for group in items.chunks(GROUP) {
        store.commit(group.to_vec()).await?;
    }
    Ok(Seeded::Anew { answers })
}

fn site(key: SiteKey, origins: &[Origin]) -> SiteRecord {
    SiteRecord {
        key,
        name: "Fernhill (demo)".to_owned(),
        origins: origins.iter().map(Origin::to_string).collect(),
        keep_query: Vec::new(),
        provenance: Provenance::Demo,
    }
}

/// Accepts what is made up as if it had just come in when it happened.
fn made_up_items(site: &PublishedSite, now: UnixMs) -> anyhow::Result<Vec<Item>> {
    let host = site.rules.hosts.first().context("the demo's site has no host")?;
    let happenings = happenings(&site.current, host, now)?;
    happenings
        .into_iter()
        .map(|happening| {
            let arrival = Arrival { received_at: happening.at, sent_at: happening.at };
            accept_event(site, arrival, happening.event)
                .map_err(|refused| anyhow!("a made-up event was refused: {}: {}", refused.field, refused.reason))
        })
        .collect()
}

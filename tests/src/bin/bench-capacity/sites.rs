//! What it costs that others share the collector: it keeps in memory what all sites have published, looks once a second whether that
//! is still so, and reads all of it anew when anybody publishes anything.

use std::time::Duration;

use anyhow::ensure;
use tests::Filling;

use crate::TURNS;
use crate::cost::Costs;
use crate::place::Place;

pub const SITES: u32 = 1_000;

/// Longer than it takes a collector to look, and to read what it finds.
const UNTIL_READ: Duration = Duration::from_secs(3);

pub async fn measure(place: &Place, costs: &mut Costs) -> anyhow::Result<()> {
    let collector = &place.site.collector;
    costs.resident_bytes = collector.resident_bytes()?;
    collector.fill(place.site.key(), Filling::Sites(SITES.into())).await?;
    tokio::time::sleep(UNTIL_READ).await;
    let one_of_them = format!("{}/w/more-{SITES}.js", collector.origin());
    ensure!(reqwest::get(one_of_them).await?.status().is_success(), "the sites are not published after {UNTIL_READ:?}");
    costs.idle_with_sites = place.idle().await?;
    let began = place.begin().await?;
    for _ in 0..TURNS {
        collector.fill(place.site.key(), Filling::Publication).await?;
        tokio::time::sleep(UNTIL_READ).await;
    }
    let used = place.since(began).await?;
    costs.publication = used.collector / TURNS as u32;
    costs.resident_bytes_with_sites = collector.resident_bytes()?;
    Ok(())
}

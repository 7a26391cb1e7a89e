//! What each kind of request costs the collector and its database, in time of the processor and in bytes; and what that makes of
//! one shop, ten, a hundred and a thousand.
//!
//! Time of the processor, and not of the clock, because it hardly depends on what else the machine does. It is read off `/proc` before
//! and after some thousand requests of one kind. Both tables go to docs/scaling.md, between their marks.

mod coefficients;
mod cost;
mod errand;
mod forecast;
mod model;
mod page;
mod place;
mod showing;
mod sites;

use anyhow::bail;

use cost::Costs;
use place::Place;
use tests::DatabaseKind;

/// Everything is measured so often, in turns, and the medians are told.
const TURNS: usize = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        bail!("this build is not optimised; measure with `cargo xtask bench capacity`");
    }
    let sqlite = measure(DatabaseKind::Sqlite).await?;
    let postgres = measure(DatabaseKind::Postgres).await?;
    let (measured, forecast) = (coefficients::table(&sqlite, &postgres), forecast::table(&sqlite, &postgres));
    println!("{measured}\n{forecast}");
    page::write(&measured, &forecast)
}

async fn measure(kind: DatabaseKind) -> anyhow::Result<Costs> {
    eprintln!("{}", kind.name());
    let place = Place::prepare(kind).await?;
    let mut costs = Costs::default();
    costs.idle = place.idle().await?;
    showing::measure(&place, &mut costs).await?;
    errand::measure(&place, &mut costs).await?;
    sites::measure(&place, &mut costs).await?;
    Ok(costs)
}

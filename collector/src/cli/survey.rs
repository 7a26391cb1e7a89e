//! `pagepoll survey`: publishes what is asked.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use survey::definition::{SiteKey, Survey};

use super::DatabaseOption;
use crate::store::Publication;

#[derive(Subcommand)]
pub enum Verb {
    /// Publish a survey; a changed one becomes its next version
    Publish(Publish),
}

#[derive(Args)]
pub struct Publish {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site on which it is shown
    site: SiteKey,
    /// Its definition
    file: PathBuf,
}

pub async fn run(Verb::Publish(publish): Verb) -> anyhow::Result<()> {
    let survey = read(&publish.file)?;
    let id = survey.id().clone();
    let store = publish.database.open().await?;
    let publication = store.publish(&publish.site, survey).await?;
    store.close().await;
    match publication {
        Publication::Version(version) => println!("survey {id} is live on {} as version {version}", publish.site),
        Publication::Unchanged(version) => println!("survey {id} is live already: version {version} says the same"),
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Survey> {
    let json = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut json = serde_json::Deserializer::from_str(&json);
    serde_path_to_error::deserialize(&mut json)
        .map_err(|error| match error.path().to_string().as_str() {
            "." => anyhow::anyhow!("{}", error.inner()),
            path => anyhow::anyhow!("{path}: {}", error.inner()),
        })
        .with_context(|| format!("{} is not a survey that can be shown", file.display()))
}

//! `pagepoll respondent`: shows what somebody has said, or erases it, for whoever asks for it.

use anyhow::ensure;
use clap::{Args, Subcommand};
use survey::definition::SiteKey;

use super::{DatabaseOption, operator};
use crate::clock;
use crate::live::Snapshot;
use crate::review::respondent;
use crate::store::NoSuchSite;

#[derive(Subcommand)]
pub enum Verb {
    /// Print all that a respondent has said on a site, as JSON
    Show(Respondent),
    /// Erase all that a respondent has said on a site, for good
    Erase {
        #[command(flatten)]
        respondent: Respondent,
        /// How many answers will be gone: the number that `show` lists
        #[arg(long)]
        confirm: usize,
    },
}

#[derive(Args)]
pub struct Respondent {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site's key
    site: SiteKey,
    /// What they left: an e-mail address, a phone number; letter case does not matter
    #[arg(long)]
    contact: String,
}

pub async fn run(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Show(respondent) => show(respondent).await,
        Verb::Erase { respondent, confirm } => erase(respondent, confirm).await,
    }
}

async fn show(Respondent { database, site, contact }: Respondent) -> anyhow::Result<()> {
    let store = database.open().await?;
    let snapshot = Snapshot::of_store(&store, clock::now()).await?;
    let found = snapshot.site(&site).ok_or_else(|| NoSuchSite(site.clone()))?;
    let answers = respondent::all_of(&store, found, &contact).await?;
    store.close().await;
    println!("{}", serde_json::to_string_pretty(&answers)?);
    eprintln!(
        "{} answers; to erase them: pagepoll respondent erase {site} --contact {contact:?} --confirm {}",
        answers.len(),
        answers.len()
    );
    Ok(())
}

async fn erase(Respondent { database, site, contact }: Respondent, confirm: usize) -> anyhow::Result<()> {
    let store = database.open().await?;
    let numbers = store.answers_of(&site, &contact).await?;
    let there = numbers.len();
    ensure!(
        there == confirm,
        "there are {there} answers of {contact:?} on {site}, and not {confirm}; look at them with `pagepoll respondent show`"
    );
    let erased = store.erase(&site, &numbers, &operator()).await?;
    store.close().await;
    println!("{erased} answers of {contact:?} are erased from {site}, with all that was counted of them");
    Ok(())
}

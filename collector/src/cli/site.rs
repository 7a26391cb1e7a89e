//! `pagepoll site`: declares where surveys may be shown, and what holds for all of them there.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, ensure};
use clap::{ArgAction, Args, Subcommand, ValueEnum};
use survey::api::people::Rotation;
use survey::definition::{Dimension, DimensionError, SiteKey, SiteSettings, StorageMode};
use survey::targeting::Moment;
use survey::theme::Theme;

use super::{DatabaseOption, dropped_css, operator};
use crate::admin::keys;
use crate::origin::Origin;
use crate::store::{Provenance, SiteRecord};
use crate::written;

#[derive(Subcommand)]
pub enum Verb {
    /// Add a site, or change one that is there
    Add(Add),
    /// Change a site's settings; those that are not named stay as they are
    Set(Box<Set>),
    /// Show all sites and their settings
    List(List),
    /// Delete a site with everything on it: surveys, answers, members. There is no way back
    Remove(Remove),
    /// Give a site a new key, for its snippet; earlier ones work for a while
    RotateKey(RotateKey),
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    database: DatabaseOption,
    /// What stands in the snippet, /w/KEY.js: lower-case letters, digits and hyphens
    key: SiteKey,
    /// What the team calls it
    #[arg(long)]
    name: String,
    /// Where its pages live, like https://shop.example; repeat it for each
    #[arg(long = "origin", required = true)]
    origins: Vec<Origin>,
    /// A query parameter that tells pages apart; repeat it for each. All others are taken off
    #[arg(long)]
    keep_query: Vec<String>,
}

#[derive(Args)]
pub struct Set {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// Days that must pass between any two surveys that a visitor is shown; 0 for no such pause
    #[arg(long, value_name = "DAYS")]
    quiet_days: Option<u16>,
    /// Where the widget remembers what it must
    #[arg(long, value_enum)]
    storage: Option<Storage>,
    /// Leave visitors alone who send Global Privacy Control
    #[arg(long, action = ArgAction::Set, value_name = "true|false")]
    honour_gpc: Option<bool>,
    /// Leave visitors alone who send Do Not Track
    #[arg(long, action = ArgAction::Set, value_name = "true|false")]
    honour_dnt: Option<bool>,
    /// The share of page views that tell of themselves, for estimates of reach, in percent; 0 for none
    #[arg(long, value_name = "PERCENT")]
    page_view_sample: Option<f64>,
    /// Take e-mail addresses, card numbers and telephone numbers out of what visitors write, before it is stored
    #[arg(long, action = ArgAction::Set, value_name = "true|false")]
    scrub_comments: Option<bool>,
    /// Delete answers after so many days; 0 to keep them for ever
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<u16>,
    /// Query parameters that tell pages apart, with commas between them; "" for none. They replace those before
    #[arg(long, value_name = "NAMES", value_delimiter = ',', action = ArgAction::Set)]
    keep_query: Option<Vec<String>>,
    /// Where the days of its reports begin and end, like Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// What reports may be filtered by, with commas between them: returning, browser, os, utm:source, trait:plan; "" for none.
    /// They replace those before
    #[arg(long, value_name = "NAMES", value_delimiter = ',', action = ArgAction::Set)]
    dimensions: Option<Vec<String>>,
    /// How surveys look there: a theme, as JSON; docs/look.md has all of it
    #[arg(long, value_name = "FILE")]
    theme: Option<PathBuf>,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    database: DatabaseOption,
}

#[derive(Args)]
pub struct Remove {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// The site once more, to show that it is meant
    #[arg(long, value_name = "SITE")]
    confirm: SiteKey,
}

#[derive(Args)]
pub struct RotateKey {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// For how many days earlier keys still work, like 30d; 0d to end them at once
    #[arg(long, value_name = "DAYS", default_value = "30d")]
    overlap: Overlap,
}

/// Days, as they are written on the command line: `30d`.
#[derive(Clone, Copy)]
struct Overlap(u16);

impl FromStr for Overlap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
        days.map(Self).ok_or_else(|| "give days, like 30d".to_owned())
    }
}

/// As it is written on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum Storage {
    /// In local storage: from visit to visit
    Local,
    /// In session storage: until the tab is closed
    Session,
    /// Nowhere: until the page is left
    Memory,
}

impl From<Storage> for StorageMode {
    fn from(storage: Storage) -> Self {
        match storage {
            Storage::Local => Self::Local,
            Storage::Session => Self::Session,
            Storage::Memory => Self::Memory,
        }
    }
}

pub async fn run(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Add(options) => add(options).await,
        Verb::Set(options) => set(*options).await,
        Verb::List(options) => list(options).await,
        Verb::Remove(options) => remove(options).await,
        Verb::RotateKey(options) => rotate_key(options).await,
    }
}

async fn add(add: Add) -> anyhow::Result<()> {
    let store = add.database.open_or_create().await?;
    let earlier = store.site(&add.key).await?;
    // The settings of a site that is there stay.
    let mut settings = earlier.as_ref().map_or_else(SiteSettings::default, |earlier| earlier.settings.clone());
    if !add.keep_query.is_empty() {
        settings.keep_query = add.keep_query;
    }
    settings.check()?;
    let site = SiteRecord {
        key: add.key,
        name: add.name,
        origins: add.origins.iter().map(Origin::to_string).collect(),
        settings,
        provenance: Provenance::Visitors,
    };
    store.put_site(&site, &operator()).await?;
    store.close().await;
    let key = &site.key;
    match earlier.filter(|earlier| earlier.origins != site.origins) {
        Some(earlier) => println!(
            "site {key} was there; its pages are at {} now, and no more at {}",
            site.origins.join(", "),
            earlier.origins.join(", ")
        ),
        None => println!("site {key} is there; publish a survey on it with: pagepoll survey publish {key} FILE.json"),
    }
    Ok(())
}

async fn set(set: Set) -> anyhow::Result<()> {
    let store = set.database.open().await?;
    let theme = set.theme.as_deref().map(read_theme).transpose()?;
    let has_theme = theme.is_some();
    let dimensions = set.read_dimensions()?;
    let changed = |before: SiteSettings| {
        let settings = set.changed(before.clone(), theme, dimensions);
        settings.check()?;
        ensure!(
            settings != before,
            "nothing to change: name a setting, like --quiet-days 30; `pagepoll site list` shows them"
        );
        Ok(settings)
    };
    let settings = store.change_settings::<anyhow::Error>(&set.site, &operator(), changed).await?;
    store.close().await;
    println!("site {}: {}", set.site, in_words(&settings));
    let dropped = if has_theme { dropped_css(&settings.theme) } else { Vec::new() };
    dropped.iter().for_each(|line| println!("{line}"));
    Ok(())
}

async fn remove(Remove { database, site, confirm }: Remove) -> anyhow::Result<()> {
    ensure!(site == confirm, "--confirm names {confirm}, which is not {site}: nothing is deleted");
    let store = database.open().await?;
    store.remove_site(&site).await?;
    store.close().await;
    println!("site {site} is gone, with everything on it; its pages' snippets do nothing any more");
    Ok(())
}

async fn rotate_key(RotateKey { database, site, overlap: Overlap(days) }: RotateKey) -> anyhow::Result<()> {
    let (store, by) = (database.open().await?, operator());
    let retires_at = keys::retirement(Rotation { overlap_days: Some(days) }, by.at)?;
    let key = keys::rotate_now(&store, &site, retires_at, &by).await?;
    store.close().await;
    println!("site {site} has a new key: {key}");
    println!("Put /w/{key}.js into its snippet. Earlier keys work until {}.", Moment(retires_at));
    Ok(())
}

impl Set {
    /// Nothing, if they are not named.
    fn read_dimensions(&self) -> anyhow::Result<Option<Vec<Dimension>>> {
        let Some(names) = &self.dimensions else { return Ok(None) };
        let named = names.iter().filter(|name| !name.is_empty());
        let dimensions = named.map(|name| name.parse()).collect::<Result<_, DimensionError>>();
        dimensions.map(Some).context("--dimensions")
    }

    fn changed(&self, before: SiteSettings, theme: Option<Theme>, dimensions: Option<Vec<Dimension>>) -> SiteSettings {
        let named = |names: &Vec<String>| names.iter().filter(|name| !name.is_empty()).cloned().collect();
        SiteSettings {
            keep_query: self.keep_query.as_ref().map_or(before.keep_query, named),
            quiet_days: self.quiet_days.unwrap_or(before.quiet_days),
            storage: self.storage.map_or(before.storage, StorageMode::from),
            honour_gpc: self.honour_gpc.unwrap_or(before.honour_gpc),
            honour_dnt: self.honour_dnt.unwrap_or(before.honour_dnt),
            theme: theme.unwrap_or(before.theme),
            scrub_comments: self.scrub_comments.unwrap_or(before.scrub_comments),
            retention_days: self.retention_days.map_or(before.retention_days, |days| (days > 0).then_some(days)),
            page_view_sample_percent: self.page_view_sample.unwrap_or(before.page_view_sample_percent),
            page_groups: before.page_groups,
            stages: before.stages,
            dimensions: dimensions.unwrap_or(before.dimensions),
            time_zone: self.time_zone.clone().unwrap_or(before.time_zone),
        }
    }
}

fn read_theme(file: &Path) -> anyhow::Result<Theme> {
    let json = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    written::read(&json).with_context(|| format!("{} is not a theme", file.display()))
}

async fn list(list: List) -> anyhow::Result<()> {
    let store = list.database.open().await?;
    let sites = store.sites().await?;
    store.close().await;
    if sites.is_empty() {
        println!("there is no site yet; add one with `pagepoll site add`");
    }
    for SiteRecord { key, name, origins, settings, .. } in sites {
        println!("{key}: {name}, at {}; {}", origins.join(", "), in_words(&settings));
    }
    Ok(())
}

fn in_words(settings: &SiteSettings) -> String {
    let pause = match settings.quiet_days {
        0 => "no quiet period".to_owned(),
        1 => "1 quiet day between surveys".to_owned(),
        days => format!("{days} quiet days between surveys"),
    };
    let memory = match settings.storage {
        StorageMode::Local => "remembers in local storage",
        StorageMode::Session => "remembers in session storage",
        StorageMode::Memory => "remembers nothing beyond a page",
    };
    let honoured = match (settings.honour_gpc, settings.honour_dnt) {
        (false, false) => "asks also who sends GPC or DNT",
        (true, false) => "honours GPC",
        (false, true) => "honours DNT",
        (true, true) => "honours GPC and DNT",
    };
    let scrubbed = if settings.scrub_comments { "comments are scrubbed; " } else { "" };
    let retained = match settings.retention_days {
        None => "answers are kept for ever".to_owned(),
        Some(1) => "answers are deleted after a day".to_owned(),
        Some(days) => format!("answers are deleted after {days} days"),
    };
    let kept = if settings.keep_query.is_empty() { "none".to_owned() } else { settings.keep_query.join(", ") };
    let told: String = settings.dimensions.iter().map(|dimension| format!("; told apart by {dimension}")).collect();
    let look = if settings.theme.is_empty() { "the widget's own look" } else { "a look of its own" };
    format!(
        "{pause}; {memory}; {honoured}; {look}; {scrubbed}{retained}; {} % of page views tell of themselves; \
         query parameters kept: {kept}{told}; days of {}",
        settings.page_view_sample_percent, settings.time_zone
    )
}

//! `pagepoll check`: whether a collector could serve with these options, and whether what is stored is whole.

use clap::Args;
use survey::definition::SiteKey;

use super::serve;
use crate::clock;
use crate::config::Config;
use crate::disk::Disk;
use crate::store::{Store, StoreError};

/// How far an answer may lie ahead of the clock, in milliseconds: collectors on several machines differ a little.
const SLACK_MS: i64 = 5 * 60 * 1_000;

/// Before this version was written, in Unix milliseconds: 2026-01-01.
const LONG_AGO_MS: i64 = 1_767_225_600_000;

/// How many wrong counts are told.
const MOST_TOLD: usize = 5;

// `serve::Options` has the name of the group already.
#[derive(Args)]
#[group(id = "check")]
pub struct Options {
    #[command(flatten)]
    serve: serve::Options,
    /// Where counts are not what the rows say, count the rows anew; a collector may go on meanwhile
    #[arg(long)]
    rebuild_counts: bool,
}

/// What becomes of counts that are wrong.
#[derive(Clone, Copy)]
enum WrongCounts {
    Told,
    Rebuilt,
}

/// What was found, as it is said.
#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn fine(&self, what: impl std::fmt::Display) {
        println!("ok     {what}");
    }

    fn note(&self, what: impl std::fmt::Display) {
        println!("note   {what}");
    }

    fn wrong(&mut self, what: impl std::fmt::Display) {
        self.wrong += 1;
        println!("wrong  {what}");
    }
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let config = options.serve.config();
    let mut findings = Findings::default();
    check_addresses(&config, &findings);
    check_disk(&config, &mut findings);
    let store = Store::open_existing(&config.database).await?;
    findings.fine(format_args!("database {}: it opens, and has this version's schema", config.database));
    let wrong_counts = if options.rebuild_counts { WrongCounts::Rebuilt } else { WrongCounts::Told };
    let checked = check_data(&store, wrong_counts, &mut findings).await;
    store.close().await;
    checked?;
    match findings.wrong {
        0 => Ok(()),
        1 => anyhow::bail!("one thing is wrong; see above"),
        wrong => anyhow::bail!("{wrong} things are wrong; see above"),
    }
}

fn check_addresses(config: &Config, findings: &Findings) {
    match &config.public_url {
        Some(url) if url.is_https() => findings.fine(format_args!("public URL {url}")),
        Some(url) => findings.note(format_args!("public URL {url}: pages with https cannot load anything from it")),
        None => findings.note("no --public-url: snippets name the address that it listens on"),
    }
    match config.metrics_listen {
        Some(address) if !address.ip().is_loopback() => {
            findings.note(format_args!("metrics on {address}: whoever reaches it may read them"));
        }
        Some(address) => findings.fine(format_args!("metrics on {address}")),
        None => findings.note("no --metrics-listen: nobody is told when something goes wrong"),
    }
}

fn check_disk(config: &Config, findings: &mut Findings) {
    const MB: u64 = 1 << 20;
    let disk = Disk::of(&config.database);
    match disk.free_bytes() {
        Some(free) if disk.is_nearly_full() => findings
            .wrong(format_args!("{} MB free where the database is: too little to take answers; make room", free / MB)),
        Some(free) => findings.fine(format_args!("{} MB free where the database is", free / MB)),
        None => findings.note("free disk space: the database's own machine knows"),
    }
}

async fn check_data(store: &Store, wrong_counts: WrongCounts, findings: &mut Findings) -> Result<(), StoreError> {
    let damages = store.damages().await?;
    damages.iter().for_each(|damage| findings.wrong(format_args!("database: {damage}; restore a backup")));
    if damages.is_empty() {
        findings.fine("database: its pages and references are whole");
    }
    let (sites, now) = (store.sites().await?, clock::now());
    if sites.is_empty() {
        findings.note("there is no site yet; add one with `pagepoll site add`");
    }
    let mut newest = LONG_AGO_MS;
    for site in &sites {
        check_counts(store, &site.key, wrong_counts, findings).await?;
        newest = newest.max(store.newest_answer(&site.key).await?.unwrap_or_default());
    }
    if now + SLACK_MS < newest {
        findings.wrong("the clock is behind: there are answers from its future; set it, and keep it by NTP");
    } else {
        findings.fine("clock: no answer is from its future");
    }
    Ok(())
}

async fn check_counts(
    store: &Store,
    site: &SiteKey,
    wrong_counts: WrongCounts,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let recount = store.recount(site).await?;
    if recount.differences.is_empty() {
        findings.fine(format_args!("site {site}: counts are those of {} rows", recount.presentations));
        return Ok(());
    }
    let differences = recount.differences.len();
    let some = recount.differences.iter().take(MOST_TOLD);
    match wrong_counts {
        WrongCounts::Told => {
            some.for_each(|difference| findings.wrong(format_args!("site {site}: {difference}")));
            findings.wrong(format_args!(
                "site {site}: {differences} counts are not what the rows say; tell us, and count them anew with: pagepoll check \
                 --rebuild-counts"
            ));
        }
        WrongCounts::Rebuilt => {
            some.for_each(|difference| findings.note(format_args!("site {site}: {difference}")));
            let rows = store.rebuild_counts(site).await?;
            findings
                .fine(format_args!("site {site}: its {rows} rows are counted anew; {differences} counts were wrong"));
        }
    }
    Ok(())
}

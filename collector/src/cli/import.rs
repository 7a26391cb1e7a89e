//! `pagepoll import`: takes over a site from another collector, as `pagepoll export` has written it.
//!
//! It keeps the site with its settings, every version of its surveys, and the answers that count, on their pages and days. It has
//! no showings that nobody answered (rates begin anew), no page views, no people, none of what was kept apart, and of visitors no country
//! and nothing in the site's own dimensions.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use survey::definition::{SiteKey, Survey, SurveyId};
use survey::page::PageKey;
use survey::wire::Event;

use super::{DatabaseOption, operator};
use crate::clock;
use crate::comments::Tags;
use crate::export::lines::{AnswerLine, Line, ResponseIds, SiteLine, SurveyLine};
use crate::ingest::accept_event;
use crate::ingest::item::{AcceptedEvent, Arrival, Item};
use crate::ingest::outcome::Rejection;
use crate::ingest::rollup::Kept;
use crate::live::{LiveSite, Snapshot};
use crate::origin::Origin;
use crate::store::{Decision, Provenance, Publication, SiteRecord, Store};

/// How many answers are stored in one transaction.
const AT_ONCE: usize = 500;

/// How many refused lines are told.
const MOST_TOLD: usize = 10;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// What `pagepoll export SITE` has written
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

/// What became of the answers.
#[derive(Default)]
struct Tally {
    stored: usize,
    known: usize,
    refused: usize,
}

pub async fn run(Options { database, from }: Options) -> anyhow::Result<()> {
    let file = File::open(&from).with_context(|| format!("cannot read {}", from.display()))?;
    let store = database.open_or_create().await?;
    let imported = import(&store, BufReader::new(file), &from).await;
    store.close().await;
    let (site, Tally { stored, known, refused }) = imported?;
    println!("site {site}: {stored} answers taken over, {known} were there already");
    ensure!(refused == 0, "{refused} answers cannot be taken over; see above");
    Ok(())
}

async fn import(store: &Store, lines: impl BufRead, from: &Path) -> anyhow::Result<(String, Tally)> {
    let mut lines = (1..).zip(lines.lines()).map(|(number, line)| {
        let place = || format!("{} line {number}", from.display());
        let line = line.with_context(place)?;
        let line: Line = serde_json::from_str(&line).with_context(|| format!("{} is no line of an export", place()))?;
        anyhow::Ok((number, line))
    });
    let Some(Ok((_, Line::Site(site)))) = lines.next() else {
        bail!("{} does not begin with a site; write it with `pagepoll export SITE`", from.display());
    };
    let (key, paused, archived) = (site.key.clone(), site.stopped.clone(), site.archived.clone());
    add_site(store, *site).await?;
    let ids = ResponseIds::of(key.clone(), &store.secret().await?);
    let mut versions = versions_of(store, &key).await?;
    let mut importing = Importing { store, ids, site: None, waiting: Vec::new(), tally: Tally::default() };
    for line in lines {
        match line? {
            (_, Line::Survey(survey)) => publish(store, &key, &mut versions, *survey).await?,
            (number, Line::Answer(answer)) => importing.take(&key, number, answer).await?,
            (number, Line::Site(_)) => bail!("{} line {number}: an export has one site", from.display()),
        }
    }
    importing.store_waiting().await?;
    for survey in paused {
        store.decide_survey(&key, &survey, Decision::Pause, &operator()).await?;
    }
    for survey in archived {
        store.decide_survey(&key, &survey, Decision::Archive, &operator()).await?;
    }
    Ok((key.to_string(), importing.tally))
}

/// A site that is there already stays as it is.
async fn add_site(store: &Store, SiteLine { key, name, origins, settings, .. }: SiteLine) -> anyhow::Result<()> {
    settings.check().context("the file's site has settings that make no sense")?;
    for origin in &origins {
        origin.parse::<Origin>().context("the file's site")?;
    }
    if store.site(&key).await?.is_none() {
        store
            .put_site(&SiteRecord { key, name, origins, settings, provenance: Provenance::Visitors }, &operator())
            .await?;
    }
    Ok(())
}

/// The versions that a site has, by survey. Nothing in the place of one that this version cannot read.
type Versions = BTreeMap<SurveyId, BTreeMap<u32, Option<Survey>>>;

async fn versions_of(store: &Store, key: &SiteKey) -> anyhow::Result<Versions> {
    let stored = store.sites_with_surveys().await?.into_iter().find(|stored| stored.site.key == *key);
    let mut versions = Versions::new();
    for survey in stored.into_iter().flat_map(|stored| stored.surveys) {
        versions.entry(survey.id).or_default().insert(survey.version, survey.definition.ok());
    }
    Ok(versions)
}

/// Publishes a version, unless it is there. Versions keep their numbers, because answers name them.
async fn publish(store: &Store, key: &SiteKey, versions: &mut Versions, line: SurveyLine) -> anyhow::Result<()> {
    let SurveyLine { version, definition } = line;
    let id = definition.id().clone();
    let versions = versions.entry(id.clone()).or_default();
    let numbered = definition.clone().with_version(version);
    match versions.get(&version) {
        Some(Some(known)) if *known == numbered => Ok(()),
        Some(_) => {
            bail!("site {key} has another version {version} of survey {id}: export and import are of different sites")
        }
        None => {
            let next = versions.keys().next_back().map_or(1, |newest| newest + 1);
            ensure!(
                version == next,
                "survey {id}: version {version} would become {next} here, and its answers would be lost"
            );
            if let Publication::Version(published) = store.publish(key, definition, &operator()).await? {
                versions.insert(published, Some(numbered));
            }
            Ok(())
        }
    }
}

struct Importing<'a> {
    store: &'a Store,
    ids: ResponseIds,
    /// As it is published once all surveys are.
    site: Option<std::sync::Arc<LiveSite>>,
    /// With the line that each is on.
    waiting: Vec<(usize, Item, Tags)>,
    tally: Tally,
}

impl Importing<'_> {
    async fn take(&mut self, key: &SiteKey, line: usize, answer: AnswerLine) -> anyhow::Result<()> {
        if self.site.is_none() {
            self.site = Snapshot::of_store(self.store, clock::now()).await?.site(key).cloned();
        }
        let Some(site) = &self.site else { bail!("site {key} is gone") };
        let tags = Tags::parse(&answer.tags).map_err(|error| format!("tags: {error}"));
        match tags.and_then(|tags| Ok((item_of(site, &self.ids, answer)?, tags))) {
            Ok((item, tags)) => self.waiting.push((line, item, tags)),
            Err(reason) => self.refuse(line, &reason),
        }
        if self.waiting.len() >= AT_ONCE { self.store_waiting().await } else { Ok(()) }
    }

    fn refuse(&mut self, line: usize, reason: &str) {
        self.tally.refused += 1;
        if self.tally.refused <= MOST_TOLD {
            eprintln!("line {line}: {reason}");
        }
    }

    async fn store_waiting(&mut self) -> anyhow::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (mut kept, mut items, mut tagged) = (Vec::new(), Vec::new(), Vec::new());
        for (line, item, tags) in std::mem::take(&mut self.waiting) {
            kept.push((line, item.response_id(), tags));
            items.push(item);
        }
        for ((line, id, tags), verdict) in kept.into_iter().zip(self.store.commit(items).await?) {
            match verdict {
                Ok(Kept::Stored) => self.tally.stored += 1,
                Ok(Kept::Duplicate) => self.tally.known += 1,
                Err(conflict) => {
                    self.refuse(line, &conflict.to_string());
                    continue;
                }
            }
            // Those that were there already, too: an import may have been stopped between its answers and their tags.
            tagged.extend((!tags.is_empty()).then_some((id, tags)));
        }
        if let Some(site) = self.site.as_ref().filter(|_| !tagged.is_empty()) {
            self.store.bring_tags(site.key(), &tagged).await.context("the file's tags")?;
        }
        Ok(())
    }
}

/// An answer as it would have come in, but for its page: that may be one that the site has no more, or stand for many.
fn item_of(site: &LiveSite, ids: &ResponseIds, mut answer: AnswerLine) -> Result<Item, String> {
    let page = PageKey::stored(&answer.page).map_err(|error| format!("page: {error}"))?;
    if let Some(host) = site.rules.hosts.first() {
        answer.page = format!("{host}/");
    }
    let arrival = Arrival { received_at: answer.answered_at, sent_at: answer.answered_at };
    let survey = site.survey(&answer.survey, answer.version).ok();
    let submission = answer.submission(ids, survey).map_err(|error| error.to_string())?;
    let mut item = accept_event(site, arrival, Event::Submission(submission))
        .map_err(|Rejection { field, reason, .. }| format!("{field}: {reason}"))?;
    if let AcceptedEvent::Submission(submission) = &mut item.event {
        submission.presentation.page = page;
    }
    Ok(item)
}

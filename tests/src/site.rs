//! A site with its surveys on a collector of its own, and its reports as its team sees them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::Value;
use survey::api::Credentials;
use survey::report::{AnswersReport, PageReport, PagesReport, ScaleReport};
use tokio::sync::Mutex;

use crate::collector::{Chore, Collector, Prepared};
use crate::door::{Door, Team};
use crate::rows::Rows;
use crate::visitor::{Visitor, page_key};

const KEY: &str = "test-site";
const EMAIL: &str = "team@example.com";
const PASSWORD: &str = "a long enough password";
const ORIGIN: &str = "https://shop.example";

/// Another site on the same database.
const NEIGHBOUR: &str = "neighbour";
const NEIGHBOURS_ORIGIN: &str = "https://neighbour.example";

pub struct TestSite {
    pub collector: Collector,
    /// How its pages send.
    pub door: Door,
    /// Who reads its reports.
    pub team: Team,
    /// The survey that visitors are asked if nothing else is said.
    survey: String,
}

impl TestSite {
    /// A site whose pages live at `https://shop.example`.
    pub async fn with_survey(survey: Value) -> anyhow::Result<Self> {
        Self::at(ORIGIN, survey).await
    }

    /// A site whose pages live at `origin`.
    pub async fn at(origin: &str, survey: Value) -> anyhow::Result<Self> {
        Self::set_up(origin, &[survey], &[]).await
    }

    /// A site that asks several things.
    pub async fn with_surveys(surveys: &[Value]) -> anyhow::Result<Self> {
        Self::set_up(ORIGIN, surveys, &[]).await
    }

    /// A site at `origin` that asks several things. No page view tells of itself: by chance, one in a hundred would.
    pub async fn asking(origin: &str, surveys: &[Value]) -> anyhow::Result<Self> {
        Self::set_up(origin, surveys, &["--page-view-sample", "0"]).await
    }

    /// A site that asks several things and has such settings, as `pagepoll site set` takes them.
    pub async fn with_settings(surveys: &[Value], settings: &[&str]) -> anyhow::Result<Self> {
        Self::set_up(ORIGIN, surveys, settings).await
    }

    /// A site with one survey in a PostgreSQL database that is there and empty. Collectors reach it by another URL: through a proxy,
    /// perhaps.
    pub async fn in_postgres(url: &str, reached_by: &str, survey: Value) -> anyhow::Result<Self> {
        Self::made_in_postgres(url, reached_by, &[], survey).await
    }

    async fn made_in_postgres(url: &str, reached_by: &str, options: &[&str], survey: Value) -> anyhow::Result<Self> {
        let surveys = [survey];
        let made = with_chores(ORIGIN, &surveys, &[], async |chores| Prepared::in_postgres(url, chores).await).await?;
        let Prepared::Postgres { url, .. } = made else { bail!("it was made in PostgreSQL") };
        let prepared = Prepared::Postgres { url, reached_by: reached_by.to_owned() };
        Self::on(Collector::start_on(&prepared, options).await?, ORIGIN, &surveys).await
    }

    /// A site with one survey in such a database, whose collector is served with such options.
    pub async fn serving_from_postgres(url: &str, options: &[&str], survey: Value) -> anyhow::Result<Self> {
        Self::made_in_postgres(url, url, options, survey).await
    }

    /// A site whose collector is served with such options.
    pub async fn serving(options: &[&str], survey: Value) -> anyhow::Result<Self> {
        let prepared = prepared(ORIGIN, std::slice::from_ref(&survey), &[]).await?;
        Self::on(Collector::start_on(&prepared, options).await?, ORIGIN, &[survey]).await
    }

    async fn set_up(origin: &str, surveys: &[Value], settings: &[&str]) -> anyhow::Result<Self> {
        let collector = Collector::start_on(&prepared(origin, surveys, settings).await?, &[]).await?;
        Self::on(collector, origin, surveys).await
    }

    async fn on(collector: Collector, origin: &str, surveys: &[Value]) -> anyhow::Result<Self> {
        let team = Team::signed_in(&collector.origin(), &Self::credentials()).await?;
        let survey = surveys.first().and_then(|survey| survey["id"].as_str()).context("a survey has an id")?.to_owned();
        let door = Door::new(&collector.origin(), KEY, origin).await?;
        Ok(Self { collector, door, team, survey })
    }

    pub fn key(&self) -> &'static str {
        KEY
    }

    pub fn credentials() -> Credentials {
        Credentials { email: EMAIL.to_owned(), password: PASSWORD.to_owned() }
    }

    /// The line that the site pastes into its pages.
    pub fn snippet(&self) -> String {
        format!(r#"<script async src="{}/w/{KEY}.js"></script>"#, self.collector.origin())
    }

    /// Publishes a survey while the collector runs; tells what the program says.
    pub async fn publish(&self, survey: &Value) -> anyhow::Result<String> {
        let file = written(survey)?;
        let path = file.path().to_string_lossy();
        self.collector.also(Chore { arguments: &["survey", "publish", KEY, &path], input: "" }).await
    }

    /// Somebody else of the team: `viewer`, `editor` or `owner`. Signs in as ROLE@example.com, with the site's password.
    pub async fn colleague(&self, role: &str) -> anyhow::Result<Team> {
        let credentials = Self::credentials_of(&format!("{role}@example.com"));
        let add_user = ["user", "add", &credentials.email, "--site", KEY, "--role", role];
        self.collector.also(Chore { arguments: &add_user, input: PASSWORD }).await?;
        Team::signed_in(&self.collector.origin(), &credentials).await
    }

    /// What an account of this site's team signs in with.
    pub fn credentials_of(email: &str) -> Credentials {
        Credentials { email: email.to_owned(), password: PASSWORD.to_owned() }
    }

    /// A program with a token of one of the collector's sites.
    pub async fn program(&self, site: &str, role: &str) -> anyhow::Result<Team> {
        let add = ["token", "add", site, "--name", role, "--role", role];
        let said = self.collector.also(Chore { arguments: &add, input: "" }).await?;
        Team::with_token(&self.collector.origin(), said.lines().next().unwrap_or_default())
    }

    /// Somebody who has a link to one of the collector's sites: to its `figures`, or to `badges`.
    pub async fn guest(&self, site: &str, shows: &str) -> anyhow::Result<Team> {
        let add = ["share", "add", site, "--name", shows, "--shows", shows];
        let said = self.collector.also(Chore { arguments: &add, input: "" }).await?;
        let secret = said.split(['#', '/', '\n']).find(|part| part.starts_with("pf_")).context("no link is made")?;
        Team::with_token(&self.collector.origin(), secret)
    }

    /// Another site on the same collector, and somebody who may see that one alone.
    pub async fn rival(&self) -> anyhow::Result<(&'static str, Team)> {
        const RIVAL: &str = "rival-site";
        let credentials = Credentials { email: "rival@example.com".to_owned(), password: PASSWORD.to_owned() };
        let add_site = ["site", "add", RIVAL, "--name", "Rival", "--origin", "https://rival.example"];
        self.collector.also(Chore { arguments: &add_site, input: "" }).await?;
        let add_user = ["user", "add", &credentials.email, "--site", RIVAL];
        self.collector.also(Chore { arguments: &add_user, input: PASSWORD }).await?;
        Ok((RIVAL, Team::signed_in(&self.collector.origin(), &credentials).await?))
    }

    /// Changes some of the site's settings, and waits until its pages get them.
    pub async fn settle(&self, changes: &Value) -> anyhow::Result<()> {
        let loader = format!("{}/w/{KEY}.js", self.collector.origin());
        let loaded = async || anyhow::Ok(reqwest::get(&loader).await?.text().await?);
        let before = loaded().await?;
        let address = format!("/api/sites/{KEY}/settings");
        let mut settings = self.team.get(&address).await?.body;
        for (name, value) in changes.as_object().into_iter().flatten() {
            settings[name] = value.clone();
        }
        let answered = self.team.put(&address, &settings).await?;
        ensure!(answered.status.is_success(), "{address} answered {answered:?}");
        let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
        while loaded().await? == before {
            ensure!(tokio::time::Instant::now() < deadline, "{changes} makes no difference to the loader");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    pub fn visitor(&self) -> Visitor {
        self.visitor_asked(&self.survey)
    }

    /// Visitors of the same pages, who send to another collector on the same database.
    pub async fn visitor_of(&self, collector: &Collector) -> anyhow::Result<Visitor> {
        let door = Door::new(&collector.origin(), KEY, self.door.origin()).await?;
        Ok(Visitor::asked(door, &self.survey))
    }

    /// Sets up another site on the same database, which asks the same. Commits of the one never wait for those of the other.
    pub async fn has_neighbour(&self, survey: &Value) -> anyhow::Result<()> {
        let file = written(survey)?;
        let path = file.path().to_string_lossy();
        let add_site = ["site", "add", NEIGHBOUR, "--name", "Neighbour", "--origin", NEIGHBOURS_ORIGIN];
        self.collector.also(Chore { arguments: &add_site, input: "" }).await?;
        self.collector.also(Chore { arguments: &["survey", "publish", NEIGHBOUR, &path], input: "" }).await?;
        Ok(())
    }

    /// Visitors of that other site, who send to such a collector.
    pub async fn neighbour_of(&self, collector: &Collector) -> anyhow::Result<Visitor> {
        let door = Door::new(&collector.origin(), NEIGHBOUR, NEIGHBOURS_ORIGIN).await?;
        Ok(Visitor::asked(door, &self.survey))
    }

    /// Its visitors load their pages again, and with them the loader.
    pub async fn reload(&mut self) -> anyhow::Result<()> {
        self.door = Door::new(&self.collector.origin(), KEY, self.door.origin()).await?;
        Ok(())
    }

    /// A visitor who is asked another of the site's surveys.
    pub fn visitor_asked(&self, survey: &str) -> Visitor {
        Visitor::asked(self.door.clone(), survey)
    }

    /// What is stored, as it is on disk now.
    pub async fn rows(&self) -> anyhow::Result<Rows> {
        self.collector.rows().await
    }

    /// The same, once nothing waits any more to be folded into the counts.
    pub async fn rows_once_folded(&self) -> anyhow::Result<Rows> {
        for _ in 0..100 {
            let rows = self.rows().await?;
            if rows.waiting == 0 {
                return Ok(rows);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the journal is not folded within five seconds")
    }

    /// Asks the API as the site's team: `path` begins after the site's key.
    pub async fn report<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answered = self.team.get(&format!("/api/sites/{KEY}/{path}")).await?;
        ensure!(answered.status.is_success(), "{path} answered {answered:?}");
        Ok(serde_json::from_value(answered.body)?)
    }

    pub async fn pages(&self) -> anyhow::Result<PagesReport> {
        self.report("pages").await
    }

    /// A page's report, by its path.
    pub async fn page(&self, path: &str) -> anyhow::Result<Option<PageReport>> {
        let key = self.page_key(path);
        Ok(self.pages().await?.pages.into_iter().find(|page| page.page == key))
    }

    /// The score of a page that is asked one question.
    pub async fn score(&self, path: &str) -> anyhow::Result<ScaleReport> {
        let page = self.page(path).await?.with_context(|| format!("nothing is known of {path}"))?;
        ensure!(page.scores.len() == 1, "{path} has not one score but {:?}", page.scores);
        page.scores.into_iter().next().context("there is one")
    }

    /// The newest answers, as many as one request hands out.
    pub async fn answers(&self) -> anyhow::Result<AnswersReport> {
        self.report("answers?limit=200").await
    }

    /// Waits until the page's report is as wanted, at most `limit`.
    pub async fn page_within(
        &self,
        limit: Duration,
        path: &str,
        wanted: impl Fn(&PageReport) -> bool,
    ) -> anyhow::Result<PageReport> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            match self.page(path).await? {
                Some(page) if wanted(&page) => return Ok(page),
                page if tokio::time::Instant::now() > deadline => bail!("not so after {limit:?}: {page:?}"),
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// The page key of a path on this site.
    pub fn page_key(&self, path: &str) -> String {
        page_key(self.door.origin(), path)
    }
}

/// A database with the site, its team and its surveys. Most tests want the same, so it is made once.
async fn prepared(origin: &str, surveys: &[Value], settings: &[&str]) -> anyhow::Result<Prepared> {
    static MADE: Mutex<BTreeMap<String, Prepared>> = Mutex::const_new(BTreeMap::new());

    let wanted = format!("{origin} {settings:?} {}", serde_json::to_string(surveys)?);
    let mut made = MADE.lock().await;
    if let Some(prepared) = made.get(&wanted) {
        return Ok(prepared.clone());
    }
    let prepared = with_chores(origin, surveys, settings, async |chores| Prepared::by(chores).await).await?;
    made.insert(wanted, prepared.clone());
    Ok(prepared)
}

/// Has `run` do all that makes a site with its team and its surveys.
async fn with_chores(
    origin: &str,
    surveys: &[Value],
    settings: &[&str],
    run: impl AsyncFnOnce(&[Chore<'_>]) -> anyhow::Result<Prepared>,
) -> anyhow::Result<Prepared> {
    let files = surveys.iter().map(written).collect::<anyhow::Result<Vec<_>>>()?;
    let paths: Vec<String> = files.iter().map(|file| file.path().to_string_lossy().into_owned()).collect();
    let add_site = ["site", "add", KEY, "--name", "Test", "--origin", origin];
    let set_site = [&["site", "set", KEY], settings].concat();
    let add_user = ["user", "add", EMAIL, "--site", KEY];
    let publish: Vec<[&str; 4]> = paths.iter().map(|path| ["survey", "publish", KEY, path]).collect();
    let mut chores = vec![Chore { arguments: &add_site, input: "" }, Chore { arguments: &add_user, input: PASSWORD }];
    if !settings.is_empty() {
        chores.push(Chore { arguments: &set_site, input: "" });
    }
    chores.extend(publish.iter().map(|arguments| Chore { arguments, input: "" }));
    run(&chores).await
}

/// A survey in a file, as the command line wants it.
fn written(survey: &Value) -> anyhow::Result<tempfile::NamedTempFile> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), serde_json::to_vec(survey)?)?;
    Ok(file)
}

//! The collector's API as functions: one for each thing the console asks, and one enum for what can go wrong.

pub mod editing;
pub mod people;
mod sending;

use std::cell::RefCell;

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use survey::api::people::{OwnRole, Role};
use survey::api::sharing::{Share, ShareMade, ShareRequest, SharedSite};
use survey::api::{Account, Credentials, Problem, SiteSummary, SurveySummary, WhyLink, WhyLinkRequest};
use survey::comments::WordsReport;
use survey::definition::{Band, Metric, SiteSettings};
use survey::page::GroupSuggestion;
use survey::report::{
    AnswerTags, AnswersReport, DimensionValues, GroupsReport, HeatMapBy, HeatMapReport, PageDetails, PagesReport,
    PointBand, SettledStanding, StagesReport, StandingReport, TagCount, TagsChange,
};
use survey::shape::{CrossTableReport, DriversReport};
use survey::theme::Theme;

use self::sending::{answer, change, remove, send};
use crate::address::{Scope, with_query};
use crate::reasons::reason_in_words;
use crate::translation;

/// Why the collector gave no answer. Each says the way out, in words for the person at the screen.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Failure {
    #[error("{}", tr!("You are signed out. Sign in again, and you are back where you were."))]
    SignedOut,
    /// The collector's own reason: it names the thing, the value and the way out. `field` is what it is about, as a path into
    /// the request; empty where it is about the request as a whole.
    #[error("{}", reason_in_words(.reason))]
    Refused { field: String, reason: String },
    #[error("{}", tr!("The collector does not answer. Check that it is running and that this computer is online."))]
    Unreachable,
    #[error("{}", tr!("The collector failed (HTTP {status}). Its log says why.", status = .0))]
    Broken(u16),
    #[error("{}", tr!("The collector answered something that this page cannot read ({what}). The two may be of different versions: reload the page.", what = .0))]
    Unreadable(String),
}

/// Who is signed in here.
pub async fn account() -> Result<Account, Failure> {
    get("/api/session".to_owned()).await
}

pub async fn sign_in(credentials: &Credentials) -> Result<Account, Failure> {
    read(accepted(Request::post("/api/session").json(credentials).map_err(unreadable)?.send().await).await?).await
}

pub async fn sign_out() -> Result<(), Failure> {
    accepted(Request::delete("/api/session").send().await).await.map(drop)
}

pub async fn sites() -> Result<Vec<SiteSummary>, Failure> {
    get("/api/sites".to_owned()).await
}

pub async fn surveys(site: &str) -> Result<Vec<SurveySummary>, Failure> {
    get(of_site(site, "surveys", &[in_language()])).await
}

/// Those that were put away, too.
pub async fn all_surveys(site: &str) -> Result<Vec<SurveySummary>, Failure> {
    get(of_site(site, "surveys", &[("archived", "true"), in_language()])).await
}

pub async fn pages(scope: &Scope) -> Result<PagesReport, Failure> {
    thread_local! {
        /// The last report, with its address and what tells it from others. A screen asks every second, and to read thousands of pages
        /// anew that have not changed would hold it up each time.
        static LAST: RefCell<Option<(String, String, PagesReport)>> = const { RefCell::new(None) };
    }
    let address = of_scope(scope, "pages", &[]);
    let response = ask(scope.share.as_deref(), &address).await?;
    let tag = response.headers().get("etag").unwrap_or_default();
    let known = LAST.with_borrow(|last| {
        let is_it = |(known, known_tag, _): &&(String, String, _)| *known == address && *known_tag == tag;
        last.as_ref().filter(is_it).map(|(.., report)| report.clone())
    });
    if let Some(report) = known.filter(|_| !tag.is_empty()) {
        return Ok(report);
    }
    let report: PagesReport = read(response).await?;
    LAST.set(Some((address, tag, report.clone())));
    Ok(report)
}

pub async fn page(scope: &Scope, page: &str) -> Result<PageDetails, Failure> {
    get_by(scope.share.as_deref(), of_scope(scope, "page", &[("page", page)])).await
}

pub async fn groups(scope: &Scope) -> Result<GroupsReport, Failure> {
    get_by(scope.share.as_deref(), of_scope(scope, "groups", &[])).await
}

pub async fn stages(scope: &Scope) -> Result<StagesReport, Failure> {
    get_by(scope.share.as_deref(), of_scope(scope, "stages", &[])).await
}

pub async fn suggested_groups(scope: &Scope) -> Result<Vec<GroupSuggestion>, Failure> {
    get_by(scope.share.as_deref(), of_scope(scope, "suggested-groups", &[])).await
}

/// The most answered pages or groups, step by step; of the metric with most answers, if none is named.
pub async fn heat_map(scope: &Scope, by: HeatMapBy, metric: Option<Metric>) -> Result<HeatMapReport, Failure> {
    let by = match by {
        HeatMapBy::Page => "page",
        HeatMapBy::Group => "group",
    };
    let metric = metric.map(metric_as_asked);
    let query: Vec<(&str, &str)> =
        [Some(("by", by)), metric.map(|metric| ("metric", metric))].into_iter().flatten().collect();
    get_by(scope.share.as_deref(), of_scope(scope, "heat-map", &query)).await
}

/// Two questions of a survey.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    pub survey: String,
    pub rows: String,
    pub columns: String,
    /// Scores point by point, and not by their band.
    pub points: bool,
}

pub async fn cross_table(scope: &Scope, pair: &Pair) -> Result<CrossTableReport, Failure> {
    let Pair { survey, rows, columns, points } = pair;
    let query = [("survey", survey.as_str()), ("rows", rows), ("columns", columns), ("points", &points.to_string())];
    get_by(scope.share.as_deref(), of_scope(scope, "cross-table", &query)).await
}

/// What goes with low scores of a survey; of the metric that it asks for first, if none is named.
pub async fn drivers(scope: &Scope, survey: &str, metric: Option<Metric>) -> Result<DriversReport, Failure> {
    let metric = metric.map(|metric| ("metric", metric_as_asked(metric)));
    let query: Vec<(&str, &str)> = [Some(("survey", survey)), metric].into_iter().flatten().collect();
    get_by(scope.share.as_deref(), of_scope(scope, "drivers", &query)).await
}

/// As the collector calls it.
pub fn metric_as_asked(metric: Metric) -> &'static str {
    match metric {
        Metric::Ces => "ces",
        Metric::Csat => "csat",
        Metric::Nps => "nps",
    }
}

/// What visitors can be told apart by.
pub async fn segments(site: &str) -> Result<Vec<DimensionValues>, Failure> {
    get(of_site(site, "segments", &[])).await
}

/// Whose figures a link shows.
pub async fn shared(share: &str) -> Result<SharedSite, Failure> {
    get_by(Some(share), "/api/shared".to_owned()).await
}

/// The links to a site's figures.
pub async fn shares(site: &str) -> Result<Vec<Share>, Failure> {
    get(of_site(site, "shares", &[])).await
}

pub async fn make_share(site: &str, wanted: &ShareRequest) -> Result<ShareMade, Failure> {
    change(Request::post(&of_site(site, "shares", &[])), wanted).await
}

pub async fn withdraw_share(site: &str, id: &str) -> Result<(), Failure> {
    remove(&of_site(site, &format!("shares/{id}"), &[])).await.map(drop)
}

/// Lists of answers that the collector keeps one of each.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum AnswerList {
    /// With words, and in the figures.
    #[default]
    Comments,
    /// In no figure, because of a doubt or because somebody of the team said so.
    SetApart,
}

impl AnswerList {
    /// As the collector calls it.
    pub fn as_asked(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::SetApart => "apart",
        }
    }
}

/// Which answers to fetch: the newest, or those before the one with a given number.
#[derive(Clone, Default, PartialEq)]
pub struct Answers {
    pub list: AnswerList,
    pub page: Option<String>,
    pub search: Option<String>,
    pub band: Option<PointBand>,
    pub tag: Option<String>,
    /// The first day, as `2026-11-21`.
    pub from: Option<String>,
    pub limit: u32,
    pub before: Option<i64>,
}

impl Answers {
    /// Whether they are looked for among those of their page and their days.
    pub fn is_narrowed(&self) -> bool {
        self.search.is_some() || self.band.is_some() || self.tag.is_some()
    }

    /// What narrows them down, but for their days.
    fn narrowed(&self) -> Vec<(&'static str, &str)> {
        let narrowed = [
            ("page", self.page.as_deref()),
            ("search", self.search.as_deref()),
            ("band", self.band.map(band_as_asked)),
            ("tag", self.tag.as_deref()),
        ];
        narrowed.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// As the collector calls it.
pub fn band_as_asked(band: PointBand) -> &'static str {
    Band::from(band).as_str()
}

pub async fn answers(site: &str, which: &Answers) -> Result<AnswersReport, Failure> {
    let limit = which.limit.to_string();
    let before = which.before.map(|number| number.to_string());
    let mut query = vec![(which.list.as_asked(), "true"), ("limit", &limit)];
    query.extend(which.narrowed());
    query.extend(which.from.as_deref().map(|day| ("from", day)));
    query.extend(before.as_deref().map(|before| ("before", before)));
    get(of_site(site, "answers", &query)).await
}

/// What the team calls answers, in the order of the alphabet.
pub async fn tags(site: &str) -> Result<Vec<TagCount>, Failure> {
    get(of_site(site, "tags", &[])).await
}

/// Changes the tags of an answer; hands back all that it has then.
pub async fn change_tags(site: &str, number: i64, wanted: &TagsChange) -> Result<Vec<String>, Failure> {
    let request = Request::patch(&of_site(site, &format!("answers/{number}/tags"), &[]));
    let AnswerTags { tags } = change(request, wanted).await?;
    Ok(tags)
}

/// Says whether an answer is in the figures.
pub async fn settle(site: &str, number: i64, standing: StandingReport) -> Result<(), Failure> {
    let request = Request::put(&of_site(site, &format!("answers/{number}/standing"), &[]));
    send(request, &SettledStanding { standing }).await.map(drop)
}

/// The words that comments have in common.
pub async fn words(site: &str, days: u32, which: &Answers) -> Result<WordsReport, Failure> {
    let days = days.to_string();
    let mut query = vec![("days", days.as_str()), ("limit", "30")];
    query.extend(which.narrowed());
    get(of_site(site, "words", &query)).await
}

/// How many of those who left something to be written back to are shown.
const CONTACTS: &str = "20";

/// The newest answers of a page, or of all, whose visitors left something to be written back to.
pub async fn contacts(site: &str, page: Option<&str>) -> Result<AnswersReport, Failure> {
    let page = page.map(|page| ("page", page));
    let query: Vec<_> = [("contact", "true"), ("limit", CONTACTS)].into_iter().chain(page).collect();
    get(of_site(site, "answers", &query)).await
}

/// A page's address with leave to explain what shows there and what does not.
pub async fn why_link(site: &str, url: String) -> Result<WhyLink, Failure> {
    change(Request::post(&of_site(site, "why-link", &[])), &WhyLinkRequest { url }).await
}

pub async fn settings(site: &str) -> Result<SiteSettings, Failure> {
    get(of_site(site, "settings", &[])).await
}

/// Changes some of a site's settings by a merge patch; hands back all of them, as somebody else may have left the others meanwhile.
pub async fn save_settings(site: &str, patch: &Value) -> Result<SiteSettings, Failure> {
    let mut saved: Value = change(Request::patch(&of_site(site, "settings", &[])), patch).await?;
    if let Some(members) = saved.as_object_mut() {
        members.remove("dropped");
    }
    serde_json::from_value(saved).map_err(|error| unreadable(error.into()))
}

/// Changes a site's theme by a merge patch.
pub async fn save_theme(site: &str, patch: Value) -> Result<SavedTheme, Failure> {
    change(Request::patch(&of_site(site, "settings", &[])), &serde_json::json!({ "theme": patch })).await
}

/// What has become of a theme.
#[derive(Deserialize)]
pub struct SavedTheme {
    /// With what somebody else has changed of it meanwhile.
    pub theme: Theme,
    /// What of its style sheet is not delivered.
    pub dropped: Vec<Dropped>,
}

/// A piece of a style sheet, and why it is left out.
#[derive(Clone, PartialEq, Deserialize)]
pub struct Dropped {
    pub line: u32,
    pub what: String,
    pub why: String,
}

/// Saves a site's page groups and stages, as a change of the settings.
pub async fn save_groups(site: &str, patch: &Value) -> Result<(), Failure> {
    send(Request::patch(&of_site(site, "settings", &[])), patch).await.map(drop)
}

/// What whoever is signed in may do on a site.
pub async fn role(site: &str) -> Result<Role, Failure> {
    let OwnRole { role } = get(of_site(site, "role", &[])).await?;
    Ok(role)
}

/// Whether they may settle what is asked, and how: surveys, settings, why links.
pub async fn may_edit(site: &str) -> Result<bool, Failure> {
    Ok(role(site).await? >= Role::Editor)
}

/// The console's own texts in another language than English. Not by way of `sending`: no session is needed for them, so none is renewed.
pub async fn catalogue(address: &str) -> Result<String, Failure> {
    accepted(Request::get(address).send().await).await?.text().await.map_err(unreadable)
}

fn of_scope(scope: &Scope, what: &str, more: &[(&str, &str)]) -> String {
    let own = scope.query();
    let query: Vec<(&str, &str)> =
        own.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect();
    of_site(&scope.site, what, &query)
}

/// What is told in words is told in the reader's.
fn in_language() -> (&'static str, &'static str) {
    ("language", translation::language().tag())
}

fn of_site(site: &str, what: &str, query: &[(&str, &str)]) -> String {
    with_query(&format!("/api/sites/{site}/{what}"), query)
}

async fn get<T: DeserializeOwned>(address: String) -> Result<T, Failure> {
    get_by(None, address).await
}

async fn get_by<T: DeserializeOwned>(share: Option<&str>, address: String) -> Result<T, Failure> {
    read(ask(share, &address).await?).await
}

async fn ask(share: Option<&str>, address: &str) -> Result<Response, Failure> {
    let request: RequestBuilder = Request::get(address);
    let request = match share {
        Some(secret) => request.header("Authorization", &["Bearer ", secret].concat()),
        None => request,
    };
    accepted(answer(request.build().map_err(unreadable)?).await).await
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Failure> {
    response.json().await.map_err(unreadable)
}

/// Where a status becomes a [`Failure`]. What writing a draft answers to 409 and 412, `editing` reads before.
async fn accepted(response: Result<Response, gloo_net::Error>) -> Result<Response, Failure> {
    let response = response.map_err(|_| Failure::Unreachable)?;
    match response.status() {
        200..=299 => Ok(response),
        401 => Err(Failure::SignedOut),
        status @ 400..=499 => Err(match read::<Problem>(response).await {
            Ok(Problem { field, reason, .. }) => Failure::Refused { field, reason },
            Err(_) => Failure::Broken(status),
        }),
        // What a proxy says in the collector's place while it is down or starting.
        502..=504 => Err(Failure::Unreachable),
        status => Err(Failure::Broken(status)),
    }
}

fn unreadable(error: gloo_net::Error) -> Failure {
    Failure::Unreadable(error.to_string().chars().take(120).collect())
}

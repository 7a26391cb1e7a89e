//! `pagepoll survey`: publishes what is asked, pauses it, and says what a file comes to.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use survey::api::{EndingSummary, LanguageSummary, QuestionSummary, SurveyState};
use survey::definition::{SiteKey, Survey, SurveyId};
use survey::in_words;
use survey::targeting::suggestion;
use survey::targeting::wording::{English, Words};
use survey::templates;

use super::{DatabaseOption, dropped_css, operator};
use crate::clock;
use crate::live::Snapshot;
use crate::store::{Decision, NoSuchSite, Publication, Store, Switched};
use crate::written;

#[derive(Subcommand)]
pub enum Verb {
    /// Publish a survey; a changed one becomes its next version
    Publish(Publish),
    /// Read a survey's file and say what it comes to; nothing is published
    Check(Check),
    /// List surveys to begin from, or print one of them as JSON
    Template(Template),
    /// Show a site's surveys and whether they run
    List(List),
    /// Take a survey off the pages, until it is resumed
    #[command(visible_alias = "stop")]
    Pause(Switch),
    /// Let a paused survey run again
    Resume(Switch),
    /// Put a survey away: it is paused, and the console does not list it
    Archive(Switch),
    /// Bring an archived survey back; it is paused still
    Unarchive(Switch),
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

#[derive(Args)]
pub struct Check {
    /// Its definition
    file: PathBuf,
}

#[derive(Args)]
pub struct Template {
    /// Which one to print; without it, all are listed
    name: Option<String>,
    /// The id that its survey shall have; without it, the template's own name
    #[arg(long, requires = "name")]
    id: Option<SurveyId>,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
}

#[derive(Args)]
pub struct Switch {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site on which it is shown
    site: SiteKey,
    /// The survey's id
    survey: SurveyId,
}

pub async fn run(verb: Verb) -> anyhow::Result<()> {
    match verb {
        Verb::Publish(options) => publish(options).await,
        Verb::Check(Check { file }) => {
            print!("{}", in_words(&read(&file)?));
            Ok(())
        }
        Verb::Template(options) => template(options),
        Verb::List(options) => list(options).await,
        Verb::Pause(options) => decide(options, Decision::Pause).await,
        Verb::Resume(options) => decide(options, Decision::Resume).await,
        Verb::Archive(options) => decide(options, Decision::Archive).await,
        Verb::Unarchive(options) => decide(options, Decision::Unarchive).await,
    }
}

async fn publish(publish: Publish) -> anyhow::Result<()> {
    let survey = read(&publish.file)?;
    let (id, dropped) = (survey.id().clone(), dropped_css(survey.theme()));
    let store = publish.database.open().await?;
    let publication = store.publish(&publish.site, survey, &operator()).await?;
    store.close().await;
    match publication {
        Publication::Version(version) => println!("survey {id} is live on {} as version {version}", publish.site),
        Publication::Unchanged(version) => println!("survey {id} is live already: version {version} says the same"),
    }
    dropped.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn template(Template { name, id }: Template) -> anyhow::Result<()> {
    let Some(name) = name else {
        templates::ALL.iter().for_each(|template| println!("{:<16} {}", template.name, template.purpose));
        return Ok(());
    };
    let template = templates::find(&name).with_context(|| no_template(&name))?;
    let own = format!("\"id\": \"{}\"", template.name);
    let id = id.map_or_else(|| own.clone(), |id| format!("\"id\": \"{id}\""));
    // The survey's own id comes first in the file.
    println!("{}", template.json.replacen(&own, &id, 1).trim_end());
    Ok(())
}

fn no_template(name: &str) -> String {
    let known: Vec<&str> = templates::ALL.iter().map(|template| template.name).collect();
    format!(
        "there is no template {name:?}{}; `pagepoll survey template` says what each is for",
        suggestion(name, &known)
    )
}

async fn decide(Switch { database, site, survey }: Switch, decision: Decision) -> anyhow::Result<()> {
    let store = database.open().await?;
    let switched = store.decide_survey(&site, &survey, decision, &operator()).await?;
    store.close().await;
    let now = match (decision, switched) {
        (Decision::Pause, Switched::Now) => "is paused; answers that are under way are still taken".to_owned(),
        (Decision::Pause, Switched::Already) => "was paused already".to_owned(),
        (Decision::Resume, Switched::Now) => "may run again".to_owned(),
        (Decision::Resume, Switched::Already) => "was not paused".to_owned(),
        (Decision::Archive, Switched::Now) => "is archived; its answers stay in the figures".to_owned(),
        (Decision::Archive, Switched::Already) => "was archived already".to_owned(),
        (Decision::Unarchive, Switched::Now) => {
            format!("is back, and paused: `pagepoll survey resume {site} {survey}` lets it run")
        }
        (Decision::Unarchive, Switched::Already) => "was not archived".to_owned(),
    };
    println!("survey {survey} {now}");
    Ok(())
}

async fn list(List { database, site }: List) -> anyhow::Result<()> {
    let store = database.open().await?;
    let lines = lines_of(&store, &site).await;
    store.close().await;
    lines?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

async fn lines_of(store: &Store, key: &SiteKey) -> anyhow::Result<Vec<String>> {
    let (answered, now) = (store.answered().await?, clock::now());
    let snapshot = Snapshot::of_store(store, now).await?;
    let site = snapshot.site(key).ok_or_else(|| NoSuchSite(key.clone()))?;
    if site.current.is_empty() {
        return Ok(vec![format!("{key} has no survey yet; publish one with: pagepoll survey publish {key} FILE.json")]);
    }
    let line = site.current.iter().map(|current| {
        let state = state_in_words(site.state_of(current, &answered, now));
        let answers = match site.answers_of(current, &answered) {
            1 => "1 answer".to_owned(),
            count => format!("{count} answers"),
        };
        let rules = current.definition.as_ref().map_or_else(
            |_| "its rules are not known here".to_owned(),
            |survey| format!("“{}”, {}", survey.name(), English.condition(survey.when())),
        );
        format!("{} (version {}): {state}, {answers}; {rules}", current.id, current.version)
    });
    Ok(line.collect())
}

fn state_in_words(state: SurveyState) -> &'static str {
    match state {
        SurveyState::Running => "running",
        SurveyState::Scheduled => "scheduled",
        SurveyState::Ended => "ended",
        SurveyState::QuotaFull => "quota full",
        SurveyState::Paused => "paused",
        SurveyState::Archived => "archived",
        SurveyState::Draft => "a draft",
        SurveyState::NotUnderstood => "not understood: a newer Pagepoll has published it",
    }
}

fn read(file: &Path) -> anyhow::Result<Survey> {
    let json = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    written::read(&json).with_context(|| format!("{} is not a survey that can be shown", file.display()))
}

/// What a survey's file comes to.
fn in_words(survey: &Survey) -> String {
    let triggers: Vec<String> = survey.triggers().iter().map(|trigger| English.trigger(trigger)).collect();
    let mut lines = vec![
        format!("{}: {}", survey.id(), survey.name()),
        format!("  where      {}", English.condition(survey.when())),
        format!("  when       {}", triggers.join(", or ")),
        format!("  how often  {}", English.frequency(survey.frequency())),
        format!("  to whom    {} % of visitors", survey.sample().percent()),
        format!("  priority   {}", survey.priority()),
        format!("  as         {}", in_words::format(survey.format())),
    ];
    lines.extend(survey.quota().map(|quota| format!("  until      {quota} visitors have answered")));
    lines.extend(survey.starts_at().map(|start| format!("  from       {start}")));
    lines.extend(survey.ends_at().map(|end| format!("  to         {end}")));
    lines.extend(dropped_css(survey.theme()).into_iter().map(|line| format!("  {line}")));
    lines.extend(in_words::languages(survey).iter().flat_map(language_in_words));
    lines.extend(in_words::questions(survey).iter().flat_map(question_in_words));
    lines.extend(in_words::endings(survey).iter().flat_map(ending_in_words));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn language_in_words(LanguageSummary { tag, missing }: &LanguageSummary) -> Vec<String> {
    let coverage = match missing.len() {
        0 => "complete".to_owned(),
        count => format!("lacks {}", texts(count)),
    };
    let places = missing.iter().map(|place| format!("             {place}"));
    std::iter::once(format!("  in         {tag}: {coverage}")).chain(places).collect()
}

fn texts(count: usize) -> String {
    if count == 1 {
        "1 text, read in the survey's own language:".to_owned()
    } else {
        format!("{count} texts, read in the survey's own language:")
    }
}

fn question_in_words(QuestionSummary { id, prompt, asks, required, leads, .. }: &QuestionSummary) -> Vec<String> {
    let must = if *required { ", required" } else { "" };
    let leads = leads.iter().map(|lead| format!("             {lead}"));
    let asked = [format!("  asks       {id}: {prompt}"), format!("             {asks}{must}")];
    asked.into_iter().chain(leads).collect()
}

fn ending_in_words(EndingSummary { for_whom, title, leads }: &EndingSummary) -> Vec<String> {
    let leads = leads.iter().map(|lead| format!("             {lead}"));
    std::iter::once(format!("  ends       {for_whom}: {title}")).chain(leads).collect()
}

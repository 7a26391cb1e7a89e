//! `pagepoll export`: a site's answers, for another program or another collector.
//!
//! Answers that are kept apart stay here, and nothing that could change an answer ever leaves: a response id is a secret between
//! widget and collector.

use std::io::{BufWriter, Write};

use clap::{Args, ValueEnum};
use survey::definition::SiteKey;

use super::DatabaseOption;
use super::exported::{AnswerLine, Line, SheetRow, SiteLine, SurveyLine};
use crate::store::{AnswerQuery, NoSuchSite, Store, WhichAnswers};

/// How many answers are read at a time.
const AT_ONCE: u32 = 1_000;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// The site
    site: SiteKey,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// A JSON object a line: the site, its surveys in all versions, its answers. What `pagepoll import` reads
    #[default]
    Ndjson,
    /// A table with a line for each answer to each question. For spreadsheets: no text in it is a formula
    Csv,
}

pub async fn run(Options { database, site, format }: Options) -> anyhow::Result<()> {
    let store = database.open().await?;
    let written = write(&store, &site, format).await;
    store.close().await;
    match written {
        // Whoever reads has heard enough, like `head`.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        written => written,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let is_broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    };
    error.chain().any(is_broken)
}

async fn write(store: &Store, site: &SiteKey, format: Format) -> anyhow::Result<()> {
    let out = BufWriter::new(std::io::stdout().lock());
    match format {
        Format::Ndjson => write_lines(store, site, out).await,
        Format::Csv => write_sheet(store, site, out).await,
    }
}

async fn write_lines(store: &Store, site: &SiteKey, mut out: impl Write) -> anyhow::Result<()> {
    let stored = store.sites_with_surveys().await?.into_iter().find(|stored| stored.site.key == *site);
    let stored = stored.ok_or_else(|| NoSuchSite(site.clone()))?;
    write_line(&mut out, &Line::Site(SiteLine::of(&stored)))?;
    for survey in stored.surveys {
        let version = survey.version;
        match survey.definition {
            Ok(definition) => write_line(&mut out, &Line::Survey(Box::new(SurveyLine { version, definition })))?,
            Err(reason) => {
                anyhow::bail!("survey {} version {version} cannot be read here: {reason}; upgrade first", survey.id)
            }
        }
    }
    each_answer(store, site, |answer| write_line(&mut out, &Line::Answer(answer))).await?;
    Ok(out.flush()?)
}

fn write_line(out: &mut impl Write, line: &Line) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, line).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

async fn write_sheet(store: &Store, site: &SiteKey, out: impl Write) -> anyhow::Result<()> {
    store.site(site).await?.ok_or_else(|| NoSuchSite(site.clone()))?;
    let mut sheet = csv::Writer::from_writer(out);
    sheet.write_record(SheetRow::HEAD)?;
    each_answer(store, site, |answer| {
        SheetRow::of(&answer).iter().try_for_each(|row| sheet.write_record(row.cells()))?;
        Ok(())
    })
    .await?;
    Ok(sheet.flush()?)
}

/// Hands over every answer that counts, newest first, some at a time: so that the memory does not grow with their number.
async fn each_answer(
    store: &Store,
    site: &SiteKey,
    mut take: impl FnMut(AnswerLine) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut before = None;
    loop {
        let query = AnswerQuery { site: site.clone(), page: None, which: WhichAnswers::All, before, limit: AT_ONCE };
        let answers = store.answers(&query).await?;
        let Some(last) = answers.last() else { return Ok(()) };
        before = Some(last.number);
        answers.into_iter().try_for_each(|answer| take(answer.into()))?;
    }
}

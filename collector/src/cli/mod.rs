//! The command line: one verb for each thing an operator does.

mod respondent;
mod serve;
mod site;
mod survey;
mod user;
mod why_link;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::demo;
use crate::store::{DatabaseAddress, Store};
use crate::telemetry::{self, LogFormat};

/// Pagepoll asks visitors how easy, satisfying and recommendable a page is, and reports it page by page.
#[derive(Parser)]
#[command(name = "pagepoll", version)]
struct Cli {
    /// How log lines are written, to stderr
    #[arg(long, value_enum, default_value_t, global = true)]
    log_format: LogFormat,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the widget, take answers, report scores
    Serve(serve::Options),
    /// Declare sites, and settle what holds for all of their surveys
    #[command(subcommand)]
    Site(site::Verb),
    /// Publish, check, list, stop and resume surveys
    #[command(subcommand)]
    Survey(survey::Verb),
    /// Let people sign in
    #[command(subcommand)]
    User(user::Verb),
    /// Show what somebody has said, or erase it, for whoever asks for it
    #[command(subcommand)]
    Respondent(respondent::Verb),
    /// Make a link to a page that explains there what shows and what does not, for a day
    WhyLink(why_link::Options),
    /// Try it: a shop with made-up answers, and a collector beside it
    Demo(demo::Options),
}

/// Where the data is; the same for every verb.
#[derive(clap::Args)]
pub struct DatabaseOption {
    /// Where the data is: an SQLite file
    #[arg(long, env = "PAGEPOLL_DATABASE", default_value = "sqlite:pagepoll.db")]
    pub database: DatabaseAddress,
}

impl DatabaseOption {
    async fn open(&self) -> anyhow::Result<Store> {
        Ok(Store::open_existing(&self.database).await?)
    }

    async fn open_or_create(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.database).await?)
    }
}

/// Does what the arguments say; whatever goes wrong is said on stderr, with the way out.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start_logging(cli.log_format);
    let done = match cli.verb {
        Verb::Serve(options) => serve::run(options).await,
        Verb::Site(verb) => site::run(verb).await,
        Verb::Survey(verb) => survey::run(verb).await,
        Verb::User(verb) => user::run(verb).await,
        Verb::Respondent(verb) => respondent::run(verb).await,
        Verb::WhyLink(options) => why_link::run(options).await,
        Verb::Demo(options) => demo::run(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pagepoll: {error:#}");
            ExitCode::FAILURE
        }
    }
}

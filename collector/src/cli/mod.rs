//! The command line: one verb for each thing an operator does.

mod audit;
mod backup;
mod check;
mod copy;
mod demo;
mod export;
mod import;
mod invite;
mod meant;
mod migrate;
mod probe;
mod respondent;
mod restore;
mod serve;
mod share;
mod site;
mod snippet;
mod survey;
mod token;
mod user;
mod why_link;

use std::process::ExitCode;

use ::survey::theme::Theme;
use ::survey::theme::custom_css::Dropped;
use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use rustix::fs::Mode;

use crate::clock;
use crate::store::{By, DatabaseAddress, Store};
use crate::telemetry::{self, LogFormat};

/// Pagepoll asks visitors how easy, satisfying and recommendable a page is, and reports it page by page.
#[derive(Parser)]
#[command(name = "pagepoll", version)]
struct Cli {
    /// How log lines are written, to stderr
    #[arg(long, value_enum, env = "PAGEPOLL_LOG_FORMAT", default_value_t, global = true)]
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
    /// Say who may sign in, and what they may do
    #[command(subcommand)]
    User(user::Verb),
    /// Make a link by which somebody joins a site, and chooses a password themselves
    Invite(invite::Options),
    /// Make, list and revoke what programs sign in with
    #[command(subcommand)]
    Token(token::Verb),
    /// Make, list and withdraw links by which anybody may look at a site's figures
    #[command(subcommand)]
    Share(share::Verb),
    /// Show who did what on a site, newest first
    Audit(audit::Options),
    /// Show what somebody has said, or erase it, for whoever asks for it
    #[command(subcommand)]
    Respondent(respondent::Verb),
    /// Make a link to a page that explains there what shows and what does not, for a day
    WhyLink(why_link::Options),
    /// Print the line that a site pastes into its pages
    Snippet(snippet::Options),
    /// Say whether a collector could serve with these options, and whether what is stored is whole
    Check(check::Options),
    /// Ask a collector on this machine whether it lives
    Probe(probe::Options),
    /// Bring a database up to this version's schema
    Migrate(migrate::Options),
    /// Write the whole database into a file, while the collector runs
    Backup(backup::Options),
    /// Put a backup into an empty database
    Restore(restore::Options),
    /// Copy a database into an empty one, of the same kind or not; an interrupted copy goes on
    Copy(copy::Options),
    /// Write a site's surveys and answers to standard output
    Export(export::Options),
    /// Take over a site from another collector: its surveys and answers
    Import(import::Options),
    /// Print what a shell needs to complete these commands
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Try it: a shop with made-up answers, and a collector beside it
    Demo(demo::Options),
}

/// Where the data is; the same for every verb.
#[derive(clap::Args)]
pub struct DatabaseOption {
    /// Where the data is: an SQLite file, or the URL of a PostgreSQL database
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

/// Who changes something by one of these verbs, now.
fn operator() -> By {
    By::command_line(clock::now())
}

/// What of a theme's own style sheet is not delivered, each with its place and the reason.
fn dropped_css(theme: &Theme) -> Vec<String> {
    let dropped = theme.dropped().into_iter();
    dropped.map(|Dropped { line, what, why }| format!("theme.css, line {line}: {what} is left out: {why}")).collect()
}

/// What is wrong with the arguments and what was meant, without how all of them are used.
fn in_one_line(told: &str) -> String {
    let lines = told.lines().map(str::trim).filter(|line| !line.is_empty());
    let mistake: Vec<&str> =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more")).collect();
    let mistake = mistake.join("; ").replace(":; ", ": ");
    format!("{}; see --help", mistake.trim_start_matches("error: ").trim_end_matches('.'))
}

/// What the arguments say, and they themselves.
fn parse() -> Result<(Cli, ArgMatches), clap::Error> {
    let arguments = Cli::command().try_get_matches()?;
    Ok((Cli::from_arg_matches(&arguments)?, arguments))
}

/// Does what the arguments say; whatever goes wrong is said on stderr, with the way out.
pub async fn run() -> ExitCode {
    let (cli, arguments) = match parse() {
        Ok(parsed) => parsed,
        Err(mistake)
            if mistake.use_stderr() && mistake.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            eprintln!("pagepoll: {}", in_one_line(&mistake.to_string()));
            return ExitCode::from(2);
        }
        // Help, or the version, that somebody asked for.
        Err(asked) => asked.exit(),
    };
    if !matches!(cli.verb, Verb::Serve(_) | Verb::Demo(_)) {
        // Whoever reads the first lines alone, as `head` does, ends the rest without a word, as with other tools.
        sigpipe::reset();
    }
    telemetry::start_logging(cli.log_format);
    // Databases and backups hold hashes of passwords and what visitors wrote: nobody else on the machine is to read them.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let done = match cli.verb {
        Verb::Serve(options) => serve::run(options).await,
        Verb::Site(verb) => site::run(verb).await,
        Verb::Survey(verb) => survey::run(verb).await,
        Verb::User(verb) => user::run(verb).await,
        Verb::Invite(options) => invite::run(options).await,
        Verb::Token(verb) => token::run(verb).await,
        Verb::Share(verb) => share::run(verb).await,
        Verb::Audit(options) => audit::run(options).await,
        Verb::Respondent(verb) => respondent::run(verb).await,
        Verb::WhyLink(options) => why_link::run(options).await,
        Verb::Snippet(options) => snippet::run(options).await,
        Verb::Check(options) => check::run(options).await,
        Verb::Probe(options) => probe::run(&options),
        Verb::Migrate(options) => migrate::run(options).await,
        Verb::Backup(options) => backup::run(options).await,
        Verb::Restore(options) => restore::run(options).await,
        Verb::Copy(options) => copy::run(options).await,
        Verb::Export(options) => export::run(options).await,
        Verb::Import(options) => import::run(options).await,
        Verb::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "pagepoll", &mut std::io::stdout());
            Ok(())
        }
        Verb::Demo(options) => demo::run(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let meant = meant::site(&error, meant::database(&arguments)).await.unwrap_or_default();
            eprintln!("pagepoll: {error:#}{meant}");
            ExitCode::FAILURE
        }
    }
}

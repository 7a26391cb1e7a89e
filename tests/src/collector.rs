//! A running collector: the program as it ships, on a database and a port of its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::free_port;
use crate::process::resident_bytes;
use crate::rows::filling::{self, Filling};
use crate::rows::{self, Rows};

/// What the program calls its database if nothing else is said.
const DATABASE: &str = "pagepoll.db";

/// How long it may take to finish what is under way: longer than it gives open connections.
const STOP: Duration = Duration::from_secs(10);

/// A `pagepoll serve` of its own. Ends with the value.
pub struct Collector {
    process: Child,
    served: Served,
}

/// How it is started, each time.
struct Served {
    folder: TempDir,
    port: u16,
    metrics_port: u16,
    options: Vec<String>,
    environment: BTreeMap<&'static str, OsString>,
    /// Where its PostgreSQL database is, past any proxy; none if it is the SQLite file in its folder.
    postgres: Option<String>,
}

/// Where the program finds the name of its database.
const DATABASE_VARIABLE: &str = "PAGEPOLL_DATABASE";

impl Collector {
    /// Starts one on an empty database, after `prepare` has run the program's other verbs on it.
    pub async fn start(prepare: &[Chore<'_>]) -> anyhow::Result<Self> {
        Self::start_with(&[], prepare).await
    }

    /// The same with more options for `pagepoll serve`.
    pub async fn start_with(options: &[&str], prepare: &[Chore<'_>]) -> anyhow::Result<Self> {
        Self::start_on(&Prepared::by(prepare).await?, options).await
    }

    /// Starts one on a copy of what was prepared.
    pub async fn start_on(prepared: &Prepared, options: &[&str]) -> anyhow::Result<Self> {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut served = Served::new(options)?;
        match prepared {
            Prepared::File(database) => std::fs::write(served.folder.path().join(DATABASE), database)?,
            Prepared::Postgres { url, reached_by } => {
                served.environment.insert(DATABASE_VARIABLE, reached_by.into());
                served.postgres = Some(url.clone());
            }
        }
        Ok(Self { process: served.start().await?, served })
    }

    /// Starts one that has nothing yet, as whoever tries the program does.
    pub async fn fresh() -> anyhow::Result<Self> {
        let served = Served::new(Vec::new())?;
        Ok(Self { process: served.start().await?, served })
    }

    /// The link for the first account, out of what it says when it starts.
    pub async fn setup_link(&self) -> anyhow::Result<String> {
        for _ in 0..100 {
            let said = std::fs::read_to_string(self.served.said()).unwrap_or_default();
            if let Some(link) = said.split_whitespace().find(|word| word.contains("/setup#")) {
                return Ok(link.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("it names no link for the first account")
    }

    /// Starts another one on the same PostgreSQL database.
    pub async fn beside(&self) -> anyhow::Result<Self> {
        ensure!(self.served.postgres.is_some(), "an SQLite file has one collector");
        let mut served = Served::new(self.served.options.clone())?;
        served.environment = self.served.environment.clone();
        served.postgres = self.served.postgres.clone();
        Ok(Self { process: served.start().await?, served })
    }

    /// Its origin: what stands before `/w/` and `/v1/`.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.served.port)
    }

    /// Where it runs, with its database in it.
    pub fn folder(&self) -> &Path {
        self.served.folder.path()
    }

    /// Its SQLite file.
    pub fn database(&self) -> PathBuf {
        self.folder().join(DATABASE)
    }

    /// All that it has logged.
    pub fn log(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.served.log())?)
    }

    /// What is stored, as it is on disk now.
    pub async fn rows(&self) -> anyhow::Result<Rows> {
        match &self.served.postgres {
            Some(url) => Rows::of_postgres(url).await,
            None => Rows::of(&self.database()).await,
        }
    }

    /// How large its database is, in bytes.
    pub async fn stored_bytes(&self) -> anyhow::Result<u64> {
        match &self.served.postgres {
            Some(url) => rows::bytes_in_postgres(url).await,
            None => rows::bytes_in_sqlite(&self.database()).await,
        }
    }

    /// A whole number that a statement finds, past the collector.
    pub async fn number(&self, statement: &str) -> anyhow::Result<i64> {
        match &self.served.postgres {
            Some(url) => rows::number_in_postgres(url, statement).await,
            None => rows::number_in_sqlite(&self.database(), statement).await,
        }
    }

    /// Adds something of a site past the collector.
    pub async fn fill(&self, site: &str, filling: Filling) -> anyhow::Result<()> {
        match &self.served.postgres {
            Some(url) => filling::fill_postgres(url, site, filling).await,
            None => filling::fill_sqlite(&self.database(), site, filling).await,
        }
    }

    /// The process's number; none once it has ended and that has been noticed.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// How much of it is in memory now, in bytes.
    pub fn resident_bytes(&self) -> anyhow::Result<u64> {
        resident_bytes(self.id().context("it has ended already")?)
    }

    /// What it finds in its environment from its next start on.
    pub fn surround(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.served.environment.insert(name, value.into());
    }

    /// How many items have ended with `outcome` since it was started.
    pub async fn counted(&self, outcome: &str) -> anyhow::Result<u64> {
        let metrics = self.metrics().await?;
        let label = format!("pagepoll_items_total{{outcome=\"{outcome}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&label));
        Ok(line.map(str::parse).transpose()?.unwrap_or(0))
    }

    /// What Prometheus would read.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        let address = format!("http://127.0.0.1:{}/metrics", self.served.metrics_port);
        Ok(reqwest::get(address).await?.error_for_status()?.text().await?)
    }

    /// Runs another of the program's verbs on its database.
    pub async fn also(&self, chore: Chore<'_>) -> anyhow::Result<String> {
        chore.run_on(self.folder(), self.served.postgres.as_deref()).await
    }

    /// `kill -9`: no chance to finish anything.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.process.kill().await.context("cannot kill the collector")
    }

    /// Starts it again where it was.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.process = self.served.start().await?;
        Ok(())
    }

    /// Asks it to stop as service managers do, with SIGTERM, and waits until it has.
    pub async fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        let id = self.process.id().context("it has ended already")?.to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await?;
        ensure!(asked.success(), "kill -TERM {id}: {asked}");
        self.ends_within(STOP).await.context("after SIGTERM")
    }

    /// Waits until it has ended, by itself or because it was asked to.
    pub async fn ends_within(&mut self, limit: Duration) -> anyhow::Result<ExitStatus> {
        let ended = tokio::time::timeout(limit, self.process.wait()).await;
        Ok(ended.with_context(|| format!("it still runs after {limit:?}"))??)
    }
}

/// A database on which some verbs of the program have been run.
#[derive(Clone)]
pub enum Prepared {
    /// Many collectors can start on copies of it.
    File(Vec<u8>),
    /// A PostgreSQL database, and how collectors reach it: perhaps by a proxy.
    Postgres { url: String, reached_by: String },
}

impl Prepared {
    pub async fn by(chores: &[Chore<'_>]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        for chore in chores {
            chore.run(folder.path()).await?;
        }
        // Every verb folds the write-ahead log into the file as it ends, so that is all.
        Ok(Self::File(std::fs::read(folder.path().join(DATABASE))?))
    }

    /// The same in a PostgreSQL database that is there and empty.
    pub async fn in_postgres(url: &str, chores: &[Chore<'_>]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        for chore in chores {
            chore.run_on(folder.path(), Some(url)).await?;
        }
        Ok(Self::Postgres { url: url.to_owned(), reached_by: url.to_owned() })
    }
}

/// One of the program's verbs, with what is piped into it.
pub struct Chore<'a> {
    pub arguments: &'a [&'a str],
    pub input: &'a str,
}

impl Chore<'_> {
    /// Runs it in a folder, on the database there.
    pub async fn run(&self, folder: &Path) -> anyhow::Result<String> {
        self.run_on(folder, None).await
    }

    async fn run_on(&self, folder: &Path, database: Option<&str>) -> anyhow::Result<String> {
        let mut child = Command::new(program()?)
            .args(self.arguments)
            .envs(database.map(|url| (DATABASE_VARIABLE, url)))
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(self.input.as_bytes()).await?;
        }
        let output = child.wait_with_output().await?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pagepoll {} failed: {told}", self.arguments.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Served {
    fn new(options: Vec<String>) -> anyhow::Result<Self> {
        let (port, metrics_port) = (free_port()?, free_port()?);
        let (folder, environment) = (tempfile::tempdir()?, BTreeMap::new());
        Ok(Self { folder, port, metrics_port, options, environment, postgres: None })
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What it has said on standard output, once it listened.
    fn said(&self) -> PathBuf {
        self.folder.path().join("said")
    }

    /// Starts it, and waits until it listens.
    async fn start(&self) -> anyhow::Result<Child> {
        let mut process = Command::new(program()?)
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--metrics-listen", &format!("127.0.0.1:{}", self.metrics_port)])
            .args(&self.options)
            // Tests send from one address more than a thousand visitors do. Those of the limits name their own.
            .envs([("PAGEPOLL_NETWORK_LIMIT", "0"), ("PAGEPOLL_SITE_LIMIT", "0")])
            .envs(&self.environment)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(self.log())?)
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().context("no stdout")?).lines();
        match lines.next_line().await? {
            Some(line) if line.starts_with("listening on ") => {
                // Read on, so that a chatty collector never waits for us.
                let said = self.said();
                tokio::spawn(async move {
                    while let Ok(Some(line)) = lines.next_line().await {
                        let file = File::options().create(true).append(true).open(&said);
                        let _ = file.and_then(|mut file| writeln!(file, "{line}"));
                    }
                });
                Ok(process)
            }
            other => {
                let told = std::fs::read_to_string(self.log())?;
                bail!("the collector did not start: {other:?} {told}")
            }
        }
    }
}

/// The program, as cargo built it beside this one: programs stand in `target/PROFILE`, tests in the `deps` below.
pub fn program() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe()?;
    let beside = this.ancestors().skip(1).take(2).map(|folder| folder.join("pagepoll"));
    beside.into_iter().find(|program| program.is_file()).with_context(|| {
        format!(
            "there is no pagepoll beside {}; run `cargo build -p collector` first, for the same profile",
            this.display()
        )
    })
}

//! A PostgreSQL server of a test's own: real, flushing to a real disk, stopped and killed as the test likes.
//!
//! Debian's package is enough; `cargo xtask faults` installs it.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use crate::free_port;
use crate::lodging::{Lodging, end_of, logging};
use crate::process::{children, family_cpu_time};

/// How long it may take to start, also after a crash, and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Ends with the value.
pub struct Postgres {
    programs: PathBuf,
    lodging: Lodging,
    port: u16,
    server: Child,
}

impl Postgres {
    /// Why this machine cannot run one, if it cannot.
    pub fn missing() -> Option<String> {
        let no_programs = programs().is_none().then(|| "PostgreSQL is not installed".to_owned());
        let reason = no_programs.or_else(Lodging::missing)?;
        Some(format!("{reason}; `cargo xtask faults` installs it"))
    }

    /// Makes one and waits until it takes connections.
    pub async fn start() -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL is not installed; `cargo xtask faults` installs it")?;
        let lodging = Lodging::new()?;
        let made = lodging
            .command(programs.join("initdb"), lodging.folder())
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "--pgdata=data",
            ])
            .output()?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port()?;
        let server = serve(&programs, &lodging, port)?;
        let mut postgres = Self { programs, lodging, port, server };
        postgres.takes_connections().await?;
        Ok(postgres)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a database; hands back its name.
    pub async fn create_database(&self) -> anyhow::Result<String> {
        let name = format!("test_{:08x}", rand::random::<u32>());
        told(&Self::url(self.port, "postgres"), &[format!("CREATE DATABASE {name}")]).await?;
        Ok(name)
    }

    /// From now on a database can only be read, as on a server that is no primary any more. Whoever is connected is thrown out.
    pub async fn demote(&self, database: &str) -> anyhow::Result<()> {
        let read_only = format!("ALTER DATABASE {database} SET default_transaction_read_only = on");
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
        told(&Self::url(self.port, "postgres"), &[read_only, end]).await
    }

    /// How a database is reached, at this server's port or at that of somebody in between.
    pub fn url(port: u16, database: &str) -> String {
        format!("{}/{database}", Self::server_url(port))
    }

    /// The same without a database.
    pub fn server_url(port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}")
    }

    /// How much of the processor all of its processes have taken.
    pub fn cpu_time(&self) -> anyhow::Result<Duration> {
        family_cpu_time(self.server.id())
    }

    /// How much it has written into its write-ahead log since it was made, in bytes.
    pub async fn wal_bytes(&self) -> anyhow::Result<u64> {
        let mut connection = PgConnection::connect(&Self::url(self.port, "postgres")).await?;
        let written =
            sqlx::query_scalar::<_, i64>("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::BIGINT");
        let bytes = written.fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(u64::try_from(bytes)?)
    }

    /// Stops it as `systemctl stop` does: whoever is connected is thrown out.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        self.signal(Signal::INT)?;
        let ended = self.server.wait()?;
        ensure!(ended.success(), "{ended}");
        Ok(())
    }

    /// `kill -9`: what was not flushed is gone.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.signal(Signal::KILL)?;
        self.server.wait()?;
        Ok(())
    }

    /// Starts it again where it was, and waits until it takes connections.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.server = serve(&self.programs, &self.lodging, self.port)?;
            match self.takes_connections().await {
                Ok(()) => return Ok(()),
                // After a kill the others take a moment to notice, and until then nobody else may have their memory.
                Err(_) if Instant::now() < deadline => sleep(Duration::from_millis(200)).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// All of it stands still: connections stay open, and nothing is answered.
    pub fn pause(&self) -> anyhow::Result<()> {
        self.signal_all(Signal::STOP)
    }

    pub fn resume(&self) -> anyhow::Result<()> {
        self.signal_all(Signal::CONT)
    }

    async fn takes_connections(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match PgConnection::connect(&Self::url(self.port, "postgres")).await {
                Ok(connection) => return Ok(connection.close().await?),
                Err(error) => {
                    if let Some(ended) = self.server.try_wait()? {
                        bail!("PostgreSQL did not start: {ended}; {}", self.log());
                    }
                    ensure!(Instant::now() < deadline, "PostgreSQL takes no connections: {error}; {}", self.log());
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn log(&self) -> String {
        end_of(&log(&self.lodging))
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill_process(pid(self.server.id())?, signal)?)
    }

    fn signal_all(&self, signal: Signal) -> anyhow::Result<()> {
        self.signal(signal)?;
        for child in children(self.server.id())? {
            // It may have ended by itself.
            let _ = kill_process(pid(child)?, signal);
        }
        Ok(())
    }
}

/// Has a server do some things that are not the collector's. What is said is ours.
pub(crate) async fn told(url: &str, statements: &[String]) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    for statement in statements {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.as_str())).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}

fn log(lodging: &Lodging) -> PathBuf {
    lodging.folder().join("log")
}

fn serve(programs: &Path, lodging: &Lodging, port: u16) -> anyhow::Result<Child> {
    let mut server = lodging.command(programs.join("postgres"), lodging.folder());
    server.args(["-D", "data", "-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
    server.args(["-c", "unix_socket_directories=", "-c", "fsync=on", "-c", "max_connections=60"]);
    server.args(["-c", "shared_buffers=32MB", "-c", "checkpoint_timeout=30s"]);
    logging(&mut server, &log(lodging))
}

/// Where the newest version's programs are: Debian keeps them apart by version.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse::<u32>().ok()?, version.path().join("bin"))))
        .filter(|(_, programs)| programs.join("postgres").is_file())
        .max();
    let path = std::env::var_os("PATH")?;
    let on_path = || std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
    newest.map(|(_, programs)| programs).or_else(on_path)
}

fn pid(number: u32) -> anyhow::Result<Pid> {
    Pid::from_raw(i32::try_from(number)?).context("no process has that number")
}

//! A PostgreSQL server of a test's own: real, flushing to a real disk, stopped and killed as the test likes.
//!
//! Debian's package is enough; `cargo xtask faults` installs it. The server runs in a folder of its own, as the user `postgres` where
//! the tests run as root, because it refuses to be root.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use crate::free_port;

/// How long it may take to start, also after a crash, and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs until the tests let go of its input; then whatever runs in the folder ends, and the folder goes. So also a test program that
/// is killed leaves nothing behind.
const KEEPER: &str = r#"
cat >/dev/null
postmaster() { head -n 1 "$1/data/postmaster.pid" 2>/dev/null; }
pid=$(postmaster "$1")
if [ -n "$pid" ]; then
    kill -CONT "$pid" $(cat "/proc/$pid/task/$pid/children" 2>/dev/null) 2>/dev/null
    kill -QUIT "$pid" 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.3; done
    kill -9 "$pid" 2>/dev/null && sleep 1
fi
rm -rf -- "$1"
"#;

/// A running server. Ends with the value.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    owner: Option<Owner>,
    server: Child,
    keeper: Child,
}

/// Whom it runs as.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Why this machine cannot run one, if it cannot.
    pub fn missing() -> Option<String> {
        let reason = match (programs(), owner()) {
            (None, _) => "PostgreSQL is not installed".to_owned(),
            (_, Err(error)) => error.to_string(),
            _ => return None,
        };
        Some(format!("{reason}; `cargo xtask faults` installs it"))
    }

    /// Makes one and waits until it takes connections.
    pub async fn start() -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL is not installed; `cargo xtask faults` installs it")?;
        let owner = owner()?;
        let folder = tempfile::tempdir()?.keep();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
        if let Some(Owner { user, group }) = owner {
            chown(&folder, Some(user), Some(group))?;
        }
        let keeper = keeper(&folder)?;
        let made = command(&programs.join("initdb"), &folder, owner)
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
        let server = serve(&programs, &folder, owner, port)?;
        let mut postgres = Self { programs, folder, port, owner, server, keeper };
        postgres.takes_connections().await?;
        Ok(postgres)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a database; hands back its name.
    pub async fn create_database(&self) -> anyhow::Result<String> {
        let name = format!("test_{:08x}", rand::random::<u32>());
        let mut connection = PgConnection::connect(&Self::url(self.port, "postgres")).await?;
        // The name is ours.
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
        connection.close().await?;
        Ok(name)
    }

    /// How a database is reached, at this server's port or at that of somebody in between.
    pub fn url(port: u16, database: &str) -> String {
        format!("{}/{database}", Self::server_url(port))
    }

    /// The same without a database.
    pub fn server_url(port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}")
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
            self.server = serve(&self.programs, &self.folder, self.owner, self.port)?;
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
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(8)..].join(" | ")
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

impl Drop for Postgres {
    fn drop(&mut self) {
        // The keeper's sign to clean up. It needs nobody to wait for it.
        drop(self.keeper.stdin.take());
    }
}

fn keeper(folder: &Path) -> anyhow::Result<Child> {
    use std::os::unix::process::CommandExt;
    let mut keeper = Command::new("sh");
    keeper.args(["-c", KEEPER, "keeper"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // In a group of its own: Ctrl-C ends the tests, and then it has work to do.
    Ok(keeper.process_group(0).spawn()?)
}

fn serve(programs: &Path, folder: &Path, owner: Option<Owner>, port: u16) -> anyhow::Result<Child> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log"))?;
    let mut server = command(&programs.join("postgres"), folder, owner);
    server.args(["-D", "data", "-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
    server.args(["-c", "unix_socket_directories=", "-c", "fsync=on", "-c", "max_connections=60"]);
    server.args(["-c", "shared_buffers=32MB", "-c", "checkpoint_timeout=30s"]);
    server.stdout(log.try_clone()?).stderr(log).spawn().context("cannot start postgres")
}

fn command(program: &Path, folder: &Path, owner: Option<Owner>) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    // In a group of its own, so that Ctrl-C leaves it to the keeper.
    command.current_dir(folder).stdin(Stdio::null()).env("LC_ALL", "C").process_group(0);
    if let Some(Owner { user, group }) = owner {
        command.uid(user).gid(group);
    }
    command
}

/// Where the newest version's programs are: Debian keeps them apart by version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse::<u32>().ok()?, version.path().join("bin"))))
        .filter(|(_, programs)| programs.join("postgres").is_file())
        .max();
    let path = std::env::var_os("PATH")?;
    let on_path = || std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
    newest.map(|(_, programs)| programs).or_else(on_path)
}

/// None where the tests do not run as root: then it runs as whoever they do.
fn owner() -> anyhow::Result<Option<Owner>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let people = std::fs::read_to_string("/etc/passwd")?;
    let line = people.lines().find_map(|line| line.strip_prefix("postgres:"));
    let line = line.context("PostgreSQL refuses to run as root, and there is no user postgres")?;
    let mut numbers = line.split(':').skip(1).filter_map(|field| field.parse().ok());
    let (user, group) = (numbers.next(), numbers.next());
    Ok(Some(Owner { user: user.context("no user number")?, group: group.context("no group number")? }))
}

fn children(parent: u32) -> anyhow::Result<Vec<u32>> {
    let processes = std::fs::read_dir("/proc")?.flatten();
    let numbers = processes.filter_map(|one| one.file_name().to_str()?.parse::<u32>().ok());
    Ok(numbers.filter(|number| parent_of(*number) == Some(parent)).collect())
}

fn parent_of(process: u32) -> Option<u32> {
    let told = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name, which may contain anything, come the state and the parent.
    told.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

fn pid(number: u32) -> anyhow::Result<Pid> {
    Pid::from_raw(i32::try_from(number)?).context("no process has that number")
}

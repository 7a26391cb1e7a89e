//! A cluster of PostgreSQL on one machine, as an operator sets it up on three: Patroni, etcd and HAProxy with the configuration of
//! `deploy/`, and a network in between that can part any of them from the others.
//!
//! `cargo xtask faults` installs what it takes.

mod machine;
mod settings;

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::time::{Instant, sleep};

use crate::lodging::{Lodging, end_of, logging};
use crate::postgres::{self, Postgres};
use crate::{free_port, packages};
pub use machine::Machine;
use settings::Wiring;

/// How long it may take to be made, or made whole again, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(200);

/// As an operator would choose them.
const DATABASE: &str = "pagepoll";
const PASSWORD: &str = "change-me-pagepoll";

/// A running cluster. Ends with the value.
pub struct Patroni {
    pub machines: [Machine; 3],
    port: u16,
    _haproxy: Child,
    _lodging: Lodging,
}

/// What it is made of.
struct Programs {
    postgres: PathBuf,
    etcd: PathBuf,
    haproxy: PathBuf,
    python: PathBuf,
    /// What Python imports.
    packages: PathBuf,
}

impl Patroni {
    /// Why this machine cannot run one, if it cannot.
    pub fn missing() -> Option<String> {
        Postgres::missing().or_else(|| Programs::found().err().map(|error| error.to_string()))
    }

    /// Makes one and waits until both replicas are in the quorum.
    pub async fn start() -> anyhow::Result<Self> {
        let programs = Programs::found()?;
        let lodging = Lodging::new()?;
        let packages = lodging.folder().join("packages");
        // Whom PostgreSQL runs as may not read the cache folder of whoever runs the tests.
        let copied = std::process::Command::new("cp").arg("-r").args([&programs.packages, &packages]).status()?;
        ensure!(copied.success(), "cp: {copied}");
        let programs = Programs { packages, ..programs };
        let wiring = Wiring::new().await?;
        let port = free_port()?;
        let settings = lodging.folder().join("haproxy.cfg");
        std::fs::write(&settings, settings::haproxy(port, &wiring)?)?;
        let mut haproxy = lodging.command(&programs.haproxy, lodging.folder());
        haproxy.arg("-db").arg("-f").arg(&settings);
        let haproxy = logging(&mut haproxy, &lodging.folder().join("haproxy.log"))?;
        let machines = wiring.machines(&lodging, &programs)?;
        let mut cluster = Self { machines, port, _haproxy: haproxy, _lodging: lodging };
        // Patroni cannot begin before etcd is agreed.
        for machine in &mut cluster.machines {
            machine.start_etcd()?;
        }
        for machine in &cluster.machines {
            within(PATIENCE, "etcd is not agreed", async || machine.is_etcd_agreed().await).await?;
        }
        for machine in &mut cluster.machines {
            machine.start()?;
        }
        cluster.is_whole().await?;
        Ok(cluster)
    }

    /// Makes the collectors' database; hands back how they reach it, by HAProxy.
    pub async fn create_database(&self) -> anyhow::Result<String> {
        let url = format!("postgres://postgres:{}@127.0.0.1:{}/postgres", settings::SUPERUSER_PASSWORD, self.port);
        // HAProxy may take a second to find out who is the primary.
        within(PATIENCE, "HAProxy finds no primary", async || postgres::told(&url, &[]).await.is_ok()).await?;
        let role = format!("CREATE ROLE {DATABASE} LOGIN PASSWORD '{PASSWORD}'");
        postgres::told(&url, &[role, format!("CREATE DATABASE {DATABASE} OWNER {DATABASE}")]).await?;
        Ok(url_at(self.port))
    }

    /// How collectors beside a machine would reach its database and no other, past HAProxy.
    pub fn url_of(&self, machine: usize) -> String {
        url_at(self.machines[machine].postgres_port())
    }

    /// Which machine is the primary, as it says itself.
    pub async fn primary(&self) -> anyhow::Result<usize> {
        self.primary_of(&[0, 1, 2]).await
    }

    /// Waits until another machine than `lost` is the primary; tells which.
    pub async fn primary_beside(&self, lost: usize) -> anyhow::Result<usize> {
        self.primary_of(&[(lost + 1) % 3, (lost + 2) % 3]).await
    }

    async fn primary_of(&self, places: &[usize]) -> anyhow::Result<usize> {
        let mut found = None;
        within(PATIENCE, "there is no primary", async || {
            for place in places {
                if self.machines[*place].is_primary().await {
                    found = Some(*place);
                }
            }
            found.is_some()
        })
        .await
        .with_context(|| self.logs())?;
        found.context("it was found")
    }

    /// Waits until one is the primary, and the others are in its quorum.
    async fn is_whole(&self) -> anyhow::Result<()> {
        self.is_whole_to(&[0, 1, 2]).await
    }

    /// The same by what the others say than a machine that was `lost`: what that one says may be of the time before.
    pub async fn is_whole_with(&self, lost: usize) -> anyhow::Result<()> {
        self.is_whole_to(&[(lost + 1) % 3, (lost + 2) % 3]).await
    }

    async fn is_whole_to(&self, places: &[usize]) -> anyhow::Result<()> {
        within(PATIENCE, "the cluster is not whole", async || {
            for place in places {
                if self.machines[*place].sees_all_well().await {
                    return true;
                }
            }
            false
        })
        .await
        .with_context(|| self.logs())
    }

    fn logs(&self) -> String {
        let logs = self.machines.iter().map(|machine| format!("{}: {}", machine.name, end_of(machine.log())));
        logs.collect::<Vec<_>>().join("\n")
    }
}

impl Programs {
    fn found() -> anyhow::Result<Self> {
        let missing = "`cargo xtask faults` installs it";
        let program = |name: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            // Servers stand where only root's PATH leads.
            let mut places = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/bin".into()]);
            let found = places.find_map(|place| Some(place.join(name)).filter(|program| program.is_file()));
            found.with_context(|| format!("{name} is not installed; {missing}"))
        };
        // The system's Python, and not one in somebody's home.
        let python = PathBuf::from("/usr/bin/python3");
        ensure!(python.is_file(), "Python is not installed; {missing}");
        let patroni = packages::cached("patroni", "packages/patroni/__init__.py");
        let packages = patroni.as_deref().and_then(|file| file.ancestors().nth(2)).map(Path::to_path_buf);
        Ok(Self {
            postgres: postgres::programs().with_context(|| format!("PostgreSQL is not installed; {missing}"))?,
            etcd: program("etcd")?,
            haproxy: program("haproxy")?,
            python,
            packages: packages.with_context(|| format!("Patroni is not installed; {missing}"))?,
        })
    }
}

fn url_at(port: u16) -> String {
    format!("postgres://{DATABASE}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}")
}

/// Looks again and again until it is so.
async fn within(limit: Duration, otherwise: &str, mut is_so: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
    let deadline = Instant::now() + limit;
    while !is_so().await {
        ensure!(Instant::now() < deadline, "{otherwise} after {limit:?}");
        sleep(LOOK).await;
    }
    Ok(())
}

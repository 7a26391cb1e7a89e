//! One machine of the cluster: PostgreSQL, the Patroni that watches over it, a member of etcd, and the cables to the others.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::free_port;
use crate::lodging::{logging, processes_in};
use crate::proxy::{Proxy, Weather};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where its programs listen.
#[derive(Clone, Copy)]
pub(super) struct Ports {
    pub(super) postgres: u16,
    pub(super) rest: u16,
    pub(super) etcd: u16,
    pub(super) peer: u16,
}

impl Ports {
    pub(super) fn free() -> anyhow::Result<Self> {
        Ok(Self { postgres: free_port()?, rest: free_port()?, etcd: free_port()?, peer: free_port()? })
    }
}

pub struct Machine {
    pub name: &'static str,
    room: PathBuf,
    ports: Ports,
    network: Vec<Proxy>,
    etcd: Program,
    patroni: Program,
}

/// A program, and whether it runs.
struct Program {
    command: Command,
    log: PathBuf,
    running: Option<Child>,
}

impl Machine {
    pub(super) fn new(
        name: &'static str,
        room: PathBuf,
        ports: Ports,
        network: Vec<Proxy>,
        [etcd, patroni]: [Command; 2],
    ) -> Self {
        let program = |command, log| Program { command, log: room.join(log), running: None };
        let (etcd, patroni) = (program(etcd, "etcd.log"), program(patroni, "patroni.log"));
        Self { name, room, ports, network, etcd, patroni }
    }

    /// Switches it on: starts what does not run. Patroni starts PostgreSQL, or takes care of one that runs.
    pub fn start(&mut self) -> anyhow::Result<()> {
        self.etcd.start()?;
        self.patroni.start()
    }

    pub(super) fn start_etcd(&mut self) -> anyhow::Result<()> {
        self.etcd.start()
    }

    /// `kill -9` for all that runs on it, as if it were switched off.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.signal_all(Signal::KILL)?;
        self.etcd.ended()?;
        self.patroni.ended()
    }

    /// `kill -9` for Patroni alone: PostgreSQL goes on, and nobody watches over it.
    pub fn kill_patroni(&mut self) -> anyhow::Result<()> {
        self.patroni.signal(Signal::KILL)?;
        self.patroni.ended()
    }

    /// All of it stands still, and does not know.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.signal_all(Signal::STOP)
    }

    pub fn thaw(&self) -> anyhow::Result<()> {
        self.signal_all(Signal::CONT)
    }

    /// No word gets through to the other machines or from them; connections stay open. What is on the machine can still reach it.
    ///
    /// Between members of etcd stands no proxy, because each tells all others the same address of itself. A member that stands still
    /// is to the others what one behind a broken cable is; and its own Patroni, too, gets no answer that a majority has agreed to.
    pub fn cut_off(&self) -> anyhow::Result<()> {
        self.network.iter().for_each(|wire| wire.set(Weather::Still));
        self.etcd.signal(Signal::STOP)
    }

    pub fn reconnect(&self) -> anyhow::Result<()> {
        self.network.iter().for_each(|wire| wire.set(Weather::Fine));
        self.etcd.signal(Signal::CONT)
    }

    /// Whether it is the primary, by its own Patroni.
    pub(super) async fn is_primary(&self) -> bool {
        self.asked(self.ports.rest, "primary").await.is_some()
    }

    pub(super) async fn is_etcd_agreed(&self) -> bool {
        let version = self.asked(self.ports.etcd, "version").await;
        version.is_some_and(|version| version["etcdcluster"].as_str().is_some_and(|known| known != "not_decided"))
    }

    /// Whether its Patroni says that one is the primary and two are in its quorum.
    pub(super) async fn sees_all_well(&self) -> bool {
        let Some(cluster) = self.asked(self.ports.rest, "cluster").await else { return false };
        let members = cluster["members"].as_array().into_iter().flatten();
        let count = |role: &str, state: &str| {
            members.clone().filter(|member| member["role"] == role && member["state"] == state).count()
        };
        (count("leader", "running"), count("quorum_standby", "streaming")) == (1, 2)
    }

    pub(super) fn postgres_port(&self) -> u16 {
        self.ports.postgres
    }

    pub(super) fn log(&self) -> &Path {
        &self.patroni.log
    }

    /// What it answers, if it says yes.
    async fn asked(&self, port: u16, path: &str) -> Option<Value> {
        let client = reqwest::Client::builder().timeout(PATIENCE).build().ok()?;
        let answered = client.get(format!("http://127.0.0.1:{port}/{path}")).send().await.ok()?;
        answered.error_for_status().ok()?.json().await.ok()
    }

    fn signal_all(&self, signal: Signal) -> anyhow::Result<()> {
        // Twice, for what was started meanwhile.
        for _ in 0..2 {
            for process in processes_in(&self.room)? {
                // It may have ended by itself.
                let _ = kill_process(process, signal);
            }
        }
        Ok(())
    }
}

impl Program {
    fn start(&mut self) -> anyhow::Result<()> {
        if self.running.is_none() {
            self.running = Some(logging(&mut self.command, &self.log)?);
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        if let Some(running) = &self.running {
            kill_process(rustix::process::Pid::from_child(running), signal)?;
        }
        Ok(())
    }

    /// Waits until it has ended.
    fn ended(&mut self) -> anyhow::Result<()> {
        if let Some(mut running) = self.running.take() {
            running.wait()?;
        }
        Ok(())
    }
}

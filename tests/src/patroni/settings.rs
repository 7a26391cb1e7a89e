//! The files of `deploy/`, as an operator would fill them in: other addresses, folders and ports, and nothing else.

use std::path::Path;

use anyhow::ensure;

use super::Programs;
use super::machine::{Machine, Ports};
use crate::lodging::Lodging;
use crate::proxy::Proxy;

const PATRONI: &str = include_str!("../../../deploy/patroni.yml");
const HAPROXY: &str = include_str!("../../../deploy/haproxy-postgres.cfg");

/// As it stands in the file.
pub(super) const SUPERUSER_PASSWORD: &str = "change-me-superuser";

/// The machines of the files.
const NAMES: [&str; 3] = ["one", "two", "three"];
const ADDRESSES: [&str; 3] = ["10.0.0.11", "10.0.0.12", "10.0.0.13"];

/// Who listens where, and by which way each reaches the others.
pub(super) struct Wiring([Wires; 3]);

/// One machine's.
struct Wires {
    ports: Ports,
    /// By these the others reach its PostgreSQL and its Patroni.
    postgres: Proxy,
    rest: Proxy,
    /// By these it reaches the others' etcd, in their order.
    etcd: Vec<Proxy>,
}

impl Wiring {
    pub(super) async fn new() -> anyhow::Result<Self> {
        let ports = [Ports::free()?, Ports::free()?, Ports::free()?];
        let wires = async |own: usize| {
            let mut etcd = Vec::new();
            for other in (0..3).filter(|other| *other != own) {
                etcd.push(Proxy::before(ports[other].etcd).await?);
            }
            let (postgres, rest) = (Proxy::before(ports[own].postgres).await?, Proxy::before(ports[own].rest).await?);
            anyhow::Ok(Wires { ports: ports[own], postgres, rest, etcd })
        };
        Ok(Self([wires(0).await?, wires(1).await?, wires(2).await?]))
    }

    /// Writes down each machine's settings, and hands over its wires.
    pub(super) fn machines(self, lodging: &Lodging, programs: &Programs) -> anyhow::Result<[Machine; 3]> {
        let members = NAMES.iter().zip(&self.0);
        let members: Vec<String> =
            members.map(|(name, wires)| format!("{name}=http://127.0.0.1:{}", wires.ports.peer)).collect();
        let made = NAMES.into_iter().zip(self.0).map(|(name, wires)| {
            let room = lodging.room(name)?;
            let file = room.join("patroni.yml");
            std::fs::write(&file, patroni(name, &wires, &room, programs)?)?;
            let mut etcd = lodging.command(&programs.etcd, &room);
            let [client, peer] = [wires.ports.etcd, wires.ports.peer].map(|port| format!("http://127.0.0.1:{port}"));
            etcd.args(["--name", name, "--data-dir", "etcd", "--initial-cluster", &members.join(",")]);
            etcd.args(["--listen-client-urls", &client, "--advertise-client-urls", &client]);
            etcd.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
            let mut patroni = lodging.command(&programs.python, &room);
            patroni.args(["-m", "patroni"]).arg(file).env("PYTHONPATH", &programs.packages).env("LC_ALL", "C.UTF-8");
            let network = [wires.postgres, wires.rest].into_iter().chain(wires.etcd).collect();
            Ok(Machine::new(name, room, wires.ports, network, [etcd, patroni]))
        });
        let machines = made.collect::<anyhow::Result<Vec<_>>>()?;
        machines.try_into().map_err(|_| anyhow::anyhow!("there are three"))
    }
}

/// What `deploy/patroni.yml` says for one of the machines.
fn patroni(name: &str, wires: &Wires, room: &Path, programs: &Programs) -> anyhow::Result<String> {
    let at = |port: u16| format!("127.0.0.1:{port}");
    let room = room.to_string_lossy();
    let hosts = [wires.ports.etcd].into_iter().chain(wires.etcd.iter().map(Proxy::port)).map(at);
    filled(
        PATRONI,
        &[
            ("name: one", format!("name: {name}")),
            ("listen: 10.0.0.11:8008", format!("listen: {}", at(wires.ports.rest))),
            ("connect_address: 10.0.0.11:8008", format!("connect_address: {}", at(wires.rest.port()))),
            ("listen: 10.0.0.11:5432", format!("listen: {}", at(wires.ports.postgres))),
            ("connect_address: 10.0.0.11:5432", format!("connect_address: {}", at(wires.postgres.port()))),
            ("10.0.0.11:2379, 10.0.0.12:2379, 10.0.0.13:2379", hosts.collect::<Vec<_>>().join(", ")),
            ("10.0.0.0/24", "127.0.0.1/32".to_owned()),
            ("/usr/lib/postgresql/15/bin", programs.postgres.to_string_lossy().into_owned()),
            ("/var/lib/postgresql/15/pagepoll", format!("{room}/data")),
            ("/var/lib/postgresql/.pgpass-patroni", format!("{room}/pgpass")),
            ("/var/run/postgresql", room.clone().into_owned()),
        ],
    )
}

/// What `deploy/haproxy-postgres.cfg` says, at a port.
pub(super) fn haproxy(port: u16, wiring: &Wiring) -> anyhow::Result<String> {
    let mut changes = vec![("bind 127.0.0.1:5000", format!("bind 127.0.0.1:{port}"))];
    let servers = ADDRESSES.map(|address| format!("{address}:5432 check port 8008"));
    for (server, wires) in servers.iter().zip(&wiring.0) {
        changes.push((server, format!("127.0.0.1:{} check port {}", wires.postgres.port(), wires.rest.port())));
    }
    filled(HAPROXY, &changes)
}

/// A file with something else in certain places, each of which must be there.
fn filled(file: &str, changes: &[(&str, String)]) -> anyhow::Result<String> {
    let mut filled = file.to_owned();
    for (place, value) in changes {
        ensure!(filled.contains(place), "deploy/ does not say {place} any more");
        filled = filled.replace(place, value);
    }
    ensure!(!filled.contains("10.0.0."), "deploy/ names a machine that is not filled in: {filled}");
    Ok(filled)
}

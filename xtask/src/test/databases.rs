//! PostgreSQL for the tests that want it, alone and as a cluster of three: Debian's, newest version, started by the tests themselves.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::browsers::CONTINUOUS_INTEGRATION;
use crate::pypi::Package;
use crate::{debian, workspace};

/// Where Debian keeps its versions apart, outside of PATH.
const DEBIAN_PLACE: &str = "/usr/lib/postgresql";

/// What a cluster wants beside: programs, and the packages that bring them.
const CLUSTER: &[(&str, &str)] = &[("etcd", "etcd-server"), ("haproxy", "haproxy")];

/// Debian 12 has version 3, which knows no quorum. With the driver as a wheel, so that nothing is compiled.
const PATRONI: Package = Package { name: "patroni", version: "4.1.5", extras: "[etcd3,psycopg3]" };

/// Makes sure that all of it is there. Where something cannot be, its tests are skipped, and this says why.
pub fn prepare() -> Result<()> {
    let or_skipped = |tests: &str, prepared: Result<()>| match prepared {
        Err(error) if env::var_os(CONTINUOUS_INTEGRATION).is_none() => {
            println!("databases: the tests {tests} will be skipped: {error:#}");
            Ok(())
        }
        prepared => prepared,
    };
    or_skipped("on PostgreSQL", prepare_server())?;
    or_skipped("on a cluster of PostgreSQL", prepare_cluster())
}

/// The same command, run with a server beside it: `tests/src/bin/with-postgres.rs` tells it where.
pub fn beside(command: &Command) -> Command {
    let mut with_server = workspace::command(workspace::target().join("debug/with-postgres"));
    with_server.arg(command.get_program()).args(command.get_args());
    with_server
}

fn prepare_server() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    debian::install(&["postgresql"], "PostgreSQL, for the tests of several collectors,")
}

fn prepare_cluster() -> Result<()> {
    let missing: Vec<&str> =
        CLUSTER.iter().filter(|(program, _)| !can_be_run(program)).map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        debian::install(&missing, "What a cluster of PostgreSQL wants, for the test of its faults,")?;
    }
    PATRONI.install()
}

fn is_there() -> bool {
    let versions = fs::read_dir(DEBIAN_PLACE).into_iter().flatten().flatten();
    workspace::on_path("initdb") || versions.map(|version| version.path().join("bin/initdb")).any(|it| it.is_file())
}

/// Servers stand where only root's PATH leads.
fn can_be_run(program: &str) -> bool {
    workspace::on_path(program) || Path::new("/usr/sbin").join(program).is_file()
}

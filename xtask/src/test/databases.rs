//! A PostgreSQL server for the tests that want one: Debian's, newest version, started by the tests themselves.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::Result;

use super::browsers::CONTINUOUS_INTEGRATION;
use crate::{debian, workspace};

/// Where Debian keeps its versions apart, outside of PATH.
const DEBIAN_PLACE: &str = "/usr/lib/postgresql";

/// Makes sure that it is there. Where it cannot be, its tests are skipped, and this says why.
pub fn prepare() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    match debian::install(&["postgresql"], "PostgreSQL, for the tests of several collectors,") {
        Err(error) if env::var_os(CONTINUOUS_INTEGRATION).is_none() => {
            println!("databases: the tests on PostgreSQL will be skipped: {error:#}");
            Ok(())
        }
        prepared => prepared,
    }
}

/// The same command, run with a server beside it: `tests/src/bin/with-postgres.rs` tells it where.
pub fn beside(command: &Command) -> Command {
    let mut with_server = workspace::command(workspace::target().join("debug/with-postgres"));
    with_server.arg(command.get_program()).args(command.get_args());
    with_server
}

fn is_there() -> bool {
    let versions = fs::read_dir(DEBIAN_PLACE).into_iter().flatten().flatten();
    workspace::on_path("initdb") || versions.map(|version| version.path().join("bin/initdb")).any(|it| it.is_file())
}

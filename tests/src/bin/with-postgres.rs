//! Runs a command with a PostgreSQL server beside it: `with-postgres cargo test -p collector store::`.
//!
//! The command finds the server's URL in `PAGEPOLL_TEST_POSTGRES`, without a database's name, and may make databases there. Where
//! there is no PostgreSQL, the command runs without.

use std::process::ExitCode;

use anyhow::Context;
use tests::postgres::Postgres;
use tokio::process::Command;

/// How the command learns where it is.
const SERVER: &str = "PAGEPOLL_TEST_POSTGRES";

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    let mut command = Command::new(words.next().context("which command? `with-postgres cargo test`, for example")?);
    command.args(words);
    let server = match Postgres::missing() {
        Some(reason) => {
            eprintln!("without PostgreSQL: {reason}");
            None
        }
        None => Some(Postgres::start().await?),
    };
    if let Some(server) = &server {
        command.env(SERVER, Postgres::server_url(server.port()));
    }
    let ended = command.status().await.context("cannot start the command")?;
    Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! `pagepoll`: see [`collector::cli`].

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    collector::cli::run().await
}

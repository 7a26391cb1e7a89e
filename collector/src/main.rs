//! `pagepoll`: see [`collector::run`].

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    collector::run().await
}

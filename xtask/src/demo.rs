//! The first of the two commands in the README: from a fresh clone to a running collector and a demo shop.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;

use anyhow::{Context, Result, anyhow};

use crate::{dist, step, workspace};

const COLLECTOR: &str = "127.0.0.1:8700";
/// Another origin than the collector's, as on a real site.
const SHOP: &str = "127.0.0.1:8701";

/// Builds what is not built yet, then becomes `pagepoll demo`.
pub fn run() -> Result<()> {
    for address in [COLLECTOR, SHOP] {
        ensure_free(address)?;
    }
    dist::make()?;
    step::run("collector: cargo build", &mut workspace::collector_build())?;
    let folder = workspace::target().join("demo");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;

    let mut pagepoll = workspace::command(workspace::pagepoll());
    pagepoll.arg("demo").arg("--database").arg(folder.join("pagepoll.db"));
    pagepoll.args(["--listen", COLLECTOR, "--shop-listen", SHOP]);
    // Becomes the program instead of waiting for it: Ctrl-C then reaches it alone, and its exit code is the command's.
    let error = pagepoll.exec();
    Err(anyhow!(error).context(format!("cannot start {}", workspace::pagepoll().display())))
}

/// A taken port is found before minutes of building, not after.
fn ensure_free(address: &str) -> Result<()> {
    TcpListener::bind(address).map(drop).with_context(|| {
        let port = address.rsplit(':').next().unwrap_or(address);
        format!(
            "{address} is taken, perhaps by another demo: stop the program that `ss -ltnp 'sport = :{port}'` shows, then run this again"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_the_way_out() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = holder.local_addr().unwrap().to_string();
        let message = ensure_free(&address).unwrap_err().to_string();
        assert!(message.contains(&address) && message.contains("ss -ltnp"), "{message}");
    }

    #[test]
    fn a_free_port_is_no_obstacle() {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        ensure_free(&address).unwrap();
    }
}

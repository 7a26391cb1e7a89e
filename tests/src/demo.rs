//! The demo, as a newcomer runs it: shop and collector on two origins, made-up answers, a login.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;
use survey::api::Credentials;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::collector::program;
use crate::free_port;
use crate::rows::number_in_sqlite;

/// How long the demo may take to make its data, in a development build on a busy machine.
const START: Duration = Duration::from_secs(60);

pub struct Demo {
    /// The collector's origin, where the console is.
    pub collector: String,
    pub shop: String,
    team: reqwest::Client,
    _process: Child,
    folder: TempDir,
}

impl Demo {
    pub async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (listen, shop) = (format!("127.0.0.1:{}", free_port()?), format!("127.0.0.1:{}", free_port()?));
        let process = Command::new(program()?)
            .args(["demo", "--database", "sqlite:demo.db", "--listen", &listen, "--shop-listen", &shop])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the demo")?;
        let team = reqwest::Client::builder().cookie_store(true).build()?;
        let demo = Self {
            collector: format!("http://{listen}"),
            shop: format!("http://{shop}"),
            team,
            _process: process,
            folder,
        };
        demo.wait_until_ready().await?;
        demo.wait_until_counted().await?;
        demo.sign_in().await?;
        Ok(demo)
    }

    pub fn credentials() -> Credentials {
        Credentials { email: "marketer@demo.example".to_owned(), password: "fernhill-demo".to_owned() }
    }

    /// Asks the API as the marketer: `path` begins after the site's key.
    pub async fn report<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let address = format!("{}/api/sites/demo-shop/{path}", self.collector);
        Ok(self.team.get(address).send().await?.error_for_status()?.json().await?)
    }

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START;
        while !self.is_ready().await {
            if Instant::now() > deadline {
                bail!("the demo is not ready after {START:?}");
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn is_ready(&self) -> bool {
        let answers = [self.team.get(format!("{}/healthz", self.collector)), self.team.get(&self.shop)];
        for answer in answers {
            if !answer.send().await.is_ok_and(|answer| answer.status().is_success()) {
                return false;
            }
        }
        true
    }

    /// On a busy machine the collector asks whoever changes something to come back, while it still counts what was made up.
    async fn wait_until_counted(&self) -> anyhow::Result<()> {
        let (database, deadline) = (self.folder.path().join("demo.db"), Instant::now() + START);
        while number_in_sqlite(&database, "SELECT COUNT(*) FROM journal").await? > 0 {
            if Instant::now() > deadline {
                bail!("the demo's answers are not counted within {START:?}");
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn sign_in(&self) -> anyhow::Result<()> {
        let address = format!("{}/api/session", self.collector);
        self.team.post(&address).json(&Self::credentials()).send().await?.error_for_status()?;
        Ok(())
    }
}

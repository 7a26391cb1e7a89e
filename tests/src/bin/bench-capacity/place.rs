//! Where it is measured: a collector with one site, on a database of its own.

use std::time::Duration;

use anyhow::{Context, bail};
use tests::postgres::Postgres;
use tests::process::{cpu_time, written_bytes};
use tests::{DatabaseKind, TestSite, ces_on};

use crate::cost::Used;

/// Limits as in earnest, and higher than what is sent: what it takes to look at them is part of the cost.
const OPTIONS: [&str; 4] = ["--network-limit", "1000000", "--site-limit", "1000000"];

const IDLE_SECONDS: u32 = 8;

pub struct Place {
    pub site: TestSite,
    postgres: Option<Postgres>,
}

impl Place {
    pub async fn prepare(kind: DatabaseKind) -> anyhow::Result<Self> {
        let survey = ces_on("/help/**");
        if kind == DatabaseKind::Sqlite {
            return Ok(Self { site: TestSite::serving(&OPTIONS, survey).await?, postgres: None });
        }
        if let Some(reason) = Postgres::missing() {
            bail!("PostgreSQL cannot be measured: {reason}");
        }
        let postgres = Postgres::start().await?;
        let url = Postgres::url(postgres.port(), &postgres.create_database().await?);
        let site = TestSite::serving_from_postgres(&url, &OPTIONS, survey).await?;
        Ok(Self { site, postgres: Some(postgres) })
    }

    /// What has been used up by now, to measure from.
    pub async fn begin(&self) -> anyhow::Result<Used> {
        // A look at the log is work, too: outside of what is measured.
        let written = self.written().await?;
        let (collector, server) = self.taken()?;
        Ok(Used { collector, server, written })
    }

    /// What has been used up since.
    pub async fn since(&self, began: Used) -> anyhow::Result<Used> {
        let (collector, server) = self.taken()?;
        let written = self.written().await?;
        Ok(Used { collector, server, written }.since(began))
    }

    /// Time of the processor, of the collector and of the server.
    fn taken(&self) -> anyhow::Result<(Duration, Duration)> {
        let server = self.postgres.as_ref().map(Postgres::cpu_time).transpose()?;
        Ok((cpu_time(self.process()?)?, server.unwrap_or_default()))
    }

    async fn written(&self) -> anyhow::Result<u64> {
        match &self.postgres {
            Some(postgres) => postgres.wal_bytes().await,
            None => written_bytes(self.process()?),
        }
    }

    fn process(&self) -> anyhow::Result<u32> {
        self.site.collector.id().context("the collector has ended")
    }

    /// What is used up in a second in which nobody asks for anything.
    pub async fn idle(&self) -> anyhow::Result<Used> {
        let began = self.begin().await?;
        tokio::time::sleep(Duration::from_secs(IDLE_SECONDS.into())).await;
        let used = self.since(began).await?;
        Ok(Used {
            collector: used.collector / IDLE_SECONDS,
            server: used.server / IDLE_SECONDS,
            written: used.written / u64::from(IDLE_SECONDS),
        })
    }
}

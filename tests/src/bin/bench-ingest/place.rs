//! Where it is measured: two collectors on databases of their own, one that commits in groups and one that does not.

use std::cell::Cell;
use std::time::Duration;

use anyhow::{bail, ensure};
use tests::postgres::Postgres;
use tests::raw::{RawConnection, RawRequest};
use tests::{DatabaseKind, TestSite, ces_on};

use crate::Load;

/// Serves with a transaction for each request.
const ALONE: [&str; 2] = ["--commit-group", "1"];

/// Durable throughput that there must be, of the no-storage route.
pub fn least_ratio(kind: DatabaseKind) -> f64 {
    match kind {
        DatabaseKind::Sqlite => 0.55,
        DatabaseKind::Postgres => 0.60,
    }
}

/// Durable throughput that there must be, times that of a commit for each request, where that is promised.
pub fn least_gain(kind: DatabaseKind) -> Option<f64> {
    match kind {
        DatabaseKind::Sqlite => Some(15.0),
        DatabaseKind::Postgres => None,
    }
}

pub struct Place {
    grouping: TestSite,
    alone: TestSite,
    /// How many answers were acknowledged in groups.
    acknowledged: Cell<usize>,
    _postgres: Option<Postgres>,
}

impl Place {
    pub async fn prepare(kind: DatabaseKind) -> anyhow::Result<Self> {
        let survey = ces_on("/help");
        let (grouping, alone, postgres) = match kind {
            DatabaseKind::Sqlite => {
                (TestSite::serving(&[], survey.clone()).await?, TestSite::serving(&ALONE, survey).await?, None)
            }
            DatabaseKind::Postgres => {
                if let Some(reason) = Postgres::missing() {
                    bail!("PostgreSQL cannot be measured: {reason}");
                }
                let postgres = Postgres::start().await?;
                let mut sites = Vec::new();
                for options in [&[][..], &ALONE] {
                    let url = Postgres::url(postgres.port(), &postgres.create_database().await?);
                    sites.push(TestSite::serving_from_postgres(&url, options, survey.clone()).await?);
                }
                let (Some(alone), Some(grouping)) = (sites.pop(), sites.pop()) else { bail!("two sites were made") };
                (grouping, alone, Some(postgres))
            }
        };
        Ok(Self { grouping, alone, acknowledged: Cell::default(), _postgres: postgres })
    }

    fn site(&self, load: Load) -> &TestSite {
        match load {
            Load::Durable | Load::Refused => &self.grouping,
            Load::Alone => &self.alone,
        }
    }

    pub async fn connect(&self, load: Load, connections: usize) -> anyhow::Result<Vec<Sender>> {
        let (site, mut open) = (self.site(load), Vec::new());
        let request = RawRequest::bringing(site, 1, load.score())?;
        for _ in 0..connections {
            open.push(Sender { load, connection: RawConnection::open(site, request.clone()).await? });
        }
        Ok(open)
    }

    /// So many more have ended as they should.
    pub fn count(&self, load: Load, answers: usize) {
        if load == Load::Durable {
            self.acknowledged.set(self.acknowledged.get() + answers);
        }
    }

    /// Compares what was acknowledged in groups with what is stored; tells how many that were.
    pub async fn check_all_are_stored(&self) -> anyhow::Result<usize> {
        let (acknowledged, stored) = (self.acknowledged.get(), self.grouping.rows().await?.responses.len());
        ensure!(stored == acknowledged, "{acknowledged} were acknowledged, but {stored} are stored");
        Ok(stored)
    }

    /// What the collector that was measured holds in memory.
    pub fn resident_mib(&self) -> anyhow::Result<f64> {
        Ok(self.grouping.collector.resident_bytes()? as f64 / f64::from(1 << 20))
    }
}

/// Somebody who sends one kind of load without pause.
pub struct Sender {
    load: Load,
    connection: RawConnection,
}

impl Sender {
    /// Sends one answer of a new visitor; tells how long it took until it was acknowledged, or refused as it should be. None if it
    /// is to be sent again later.
    pub async fn exchange(&mut self) -> anyhow::Result<Option<Duration>> {
        match self.connection.exchange().await? {
            (status, waited) if status == self.load.status() => Ok(Some(waited)),
            // Whoever commits one by one may keep somebody waiting too long.
            (503, _) if self.load == Load::Alone => Ok(None),
            _ => bail!("unexpected: {}", self.connection.answer()),
        }
    }
}

impl Load {
    fn score(self) -> i64 {
        match self {
            Self::Durable | Self::Alone => 6,
            Self::Refused => 9,
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Durable | Self::Alone => 204,
            Self::Refused => 422,
        }
    }
}

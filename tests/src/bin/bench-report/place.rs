//! A site with very many answers, and somebody who asks for its report.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use reqwest::{Method, StatusCode};
use tests::postgres::Postgres;
use tests::process::cpu_time;
use tests::{Chore, DatabaseKind, Filling, TestSite, ces_on, date, today};

use crate::{DAYS, Exported, LookedFor, PAGES, PERIOD};

/// How long the collector may take to count all answers.
const PATIENCE: Duration = Duration::from_secs(1_800);

pub struct Place {
    site: TestSite,
    _postgres: Option<Postgres>,
}

impl Place {
    pub async fn prepare(kind: DatabaseKind) -> anyhow::Result<Self> {
        let survey = ces_on("/**");
        Ok(match kind {
            DatabaseKind::Sqlite => Self { site: TestSite::with_survey(survey).await?, _postgres: None },
            DatabaseKind::Postgres => {
                if let Some(reason) = Postgres::missing() {
                    bail!("PostgreSQL cannot be measured: {reason}");
                }
                let postgres = Postgres::start().await?;
                let url = Postgres::url(postgres.port(), &postgres.create_database().await?);
                Self { site: TestSite::in_postgres(&url, &url, survey).await?, _postgres: Some(postgres) }
            }
        })
    }

    pub async fn fill(&mut self, answers: i64) -> anyhow::Result<()> {
        self.site.collector.stop().await?;
        self.site.collector.fill(self.site.key(), Filling::Answers { answers, pages: PAGES, days: DAYS }).await
    }

    /// Has the collector start and count; tells how long it took.
    pub async fn count_anew(&mut self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.site.collector.also(Chore { arguments: &["migrate"], input: "" }).await?;
        self.site.collector.restart().await?;
        while self.site.collector.number("SELECT COUNT(*) FROM journal").await? > 0 {
            ensure!(began.elapsed() < PATIENCE, "it is not counted within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(began.elapsed())
    }

    pub async fn megabytes(&self) -> anyhow::Result<f64> {
        Ok(self.site.collector.stored_bytes().await? as f64 / 1e6)
    }

    pub async fn megabytes_of_counts(&self) -> anyhow::Result<f64> {
        // Beside the cells, a row has some sixty bytes of key.
        let bytes = self.site.collector.number("SELECT CAST(SUM(LENGTH(cells) + 60) AS BIGINT) FROM counts").await?;
        Ok(bytes as f64 / 1e6)
    }

    /// A few visitors answer.
    pub async fn answer_some(&self) -> anyhow::Result<()> {
        for score in [2, 5, 7] {
            let answered = self.site.visitor().answers(score, "/help").await?;
            ensure!(answered.status == StatusCode::NO_CONTENT, "{answered:?}");
        }
        Ok(())
    }

    /// Asks for the pages that hurt most, in a period that ends some days ago; tells how long it took.
    pub async fn report(&self, days_ago: i64) -> anyhow::Result<Duration> {
        let (from, to) = period(days_ago)?;
        let path = format!(
            "/api/sites/{}/pages?from={from}&to={to}&device=phone&order=worst_first&limit=100",
            self.site.key()
        );
        let began = Instant::now();
        let answered = self.site.team.get(&path).await?;
        let took = began.elapsed();
        let pages = answered.body["pages"].as_array().map_or(0, Vec::len);
        ensure!(pages == 100, "{pages} pages of 100: {}", answered.status);
        Ok(took)
    }

    /// Looks for comments; tells how long it took, of the whole list.
    pub async fn search(&self, looked_for: &LookedFor) -> anyhow::Result<Duration> {
        let path = format!("/api/sites/{}/answers?{}", self.site.key(), looked_for.parameters);
        let began = Instant::now();
        let answered = self.site.team.get(&path).await?;
        let took = began.elapsed();
        let found = answered.body["answers"].as_array().map_or(0, Vec::len);
        ensure!(
            found >= looked_for.least && answered.status == StatusCode::OK,
            "{}: {found} answers: {}",
            looked_for.parameters,
            answered.status
        );
        Ok(took)
    }

    /// Reads every answer as a table, and counts its rows.
    pub async fn export(&self) -> anyhow::Result<Exported> {
        let collector = &self.site.collector;
        let process = collector.id().context("the collector has ended")?;
        let (before, cpu_before) = (collector.resident_bytes()?, cpu_time(process)?);
        let mut exported = Exported { rows: 0, took: Duration::ZERO, cpu: Duration::ZERO, before, most: before };
        let began = Instant::now();
        let path = format!("/api/sites/{}/export?format=csv", self.site.key());
        let mut answer = self.site.team.request(Method::GET, &path).send().await?.error_for_status()?;
        let mut parts = 0_u32;
        while let Some(part) = answer.chunk().await? {
            // No text of these answers has a line break.
            exported.rows += part.iter().filter(|byte| **byte == b'\n').count();
            parts += 1;
            if parts.is_multiple_of(64) {
                exported.most = exported.most.max(collector.resident_bytes()?);
            }
        }
        exported.took = began.elapsed();
        exported.cpu = cpu_time(process)?.saturating_sub(cpu_before);
        exported.most = exported.most.max(collector.resident_bytes()?);
        Ok(exported)
    }

    /// Counts the rows of such a period in the database; tells how long it took.
    pub async fn recount(&self, days_ago: i64) -> anyhow::Result<Duration> {
        let last = today()? - days_ago;
        let began = Instant::now();
        let group_by = format!(
            "SELECT COUNT(*) FROM (
                 SELECT p.page, a.point, COUNT(*) AS n FROM presentations AS p
                 JOIN answers AS a ON a.site = p.site AND a.response = p.number
                 WHERE p.site = '{}' AND p.day BETWEEN {} AND {last} AND p.segment LIKE '%device=phone%'
                       AND p.flags = 0 AND p.standing = 0 AND a.point IS NOT NULL
                 GROUP BY p.page, a.point) AS counted",
            self.site.key(),
            last - PERIOD + 1,
        );
        let counted = self.site.collector.number(&group_by).await?;
        ensure!(counted > 100, "{counted} points were counted");
        Ok(began.elapsed())
    }
}

fn period(days_ago: i64) -> anyhow::Result<(String, String)> {
    let last = today()? - days_ago;
    Ok((date(last - PERIOD + 1), date(last)))
}

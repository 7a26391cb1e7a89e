//! The end of a site: everything on it is deleted.
//!
//! First its keys, in a transaction of their own, so that nothing new arrives; then its rows, in portions, so that other sites
//! need not wait for long; its name last. Whatever stops that in between, the same command goes on.

use std::time::Duration;

use survey::definition::SiteKey;

use super::sites::{NoSuchSite, count_publication, hold_site};
use super::{Store, StoreError, sql};

/// How many responses go at a time.
const PORTION: i64 = 2_000;

const UNTIL_ALL_HAVE_LOOKED: Duration = Duration::from_secs(3);

/// Why a site is still there.
#[derive(Debug, thiserror::Error)]
pub enum RemovalError {
    #[error(transparent)]
    NoSuchSite(#[from] NoSuchSite),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What goes before the answers: with it, nobody reaches the site any more.
const DOORS: [&str; 5] = [
    "DELETE FROM site_keys WHERE site = $1",
    "DELETE FROM api_tokens WHERE site = $1",
    "DELETE FROM invitations WHERE site = $1",
    "DELETE FROM memberships WHERE site = $1",
    "DELETE FROM stopped_surveys WHERE site = $1",
];

/// What goes by portions of responses, `$2` being the first number that stays.
const RESPONSES: [&str; 4] = [
    "DELETE FROM tags WHERE site = $1 AND response < $2",
    "DELETE FROM texts WHERE site = $1 AND response < $2",
    "DELETE FROM answers WHERE site = $1 AND response < $2",
    "DELETE FROM responses WHERE site = $1 AND number < $2",
];

/// What goes by days, `$2` being one. Served by indexes that begin with site and day.
const DAYS: [&str; 1] = ["DELETE FROM presentations WHERE site = $1 AND day = $2"];

/// What is left.
const REST: [&str; 13] = [
    "DELETE FROM journal WHERE site = $1",
    "DELETE FROM counts WHERE site = $1",
    "DELETE FROM cuts WHERE site = $1",
    "DELETE FROM series WHERE site = $1",
    "DELETE FROM page_views WHERE site = $1",
    "DELETE FROM pages WHERE site = $1",
    "DELETE FROM answered WHERE site = $1",
    "DELETE FROM drafts WHERE site = $1",
    "DELETE FROM archived_surveys WHERE site = $1",
    "DELETE FROM surveys WHERE site = $1",
    "DELETE FROM ledgers WHERE site = $1",
    "DELETE FROM audit_log WHERE site = $1",
    "DELETE FROM sites WHERE key = $1",
];

impl Store {
    /// Deletes a site with everything on it.
    pub async fn remove_site(&self, site: &SiteKey) -> Result<(), RemovalError> {
        self.close_doors(site).await?;
        // Collectors look once a second. What they have taken until then is stored, and goes with the rest.
        tokio::time::sleep(UNTIL_ALL_HAVE_LOOKED).await;
        self.remove_responses(site).await?;
        self.remove_days(site).await?;
        self.database
            .write(async |connection| {
                for statement in REST {
                    sql(statement).bind(site.as_str()).run(connection).await?;
                }
                count_publication(connection).await
            })
            .await?;
        Ok(())
    }

    async fn close_doors(&self, site: &SiteKey) -> Result<(), RemovalError> {
        self.database
            .decide(async |connection| {
                hold_site::<RemovalError>(connection, site).await?;
                for statement in DOORS {
                    sql(statement).bind(site.as_str()).run(connection).await?;
                }
                Ok(count_publication(connection).await?)
            })
            .await
    }

    async fn remove_responses(&self, site: &SiteKey) -> Result<(), StoreError> {
        let span = sql("SELECT COALESCE(MIN(number), 0) AS first, COALESCE(MAX(number), 0) AS last FROM responses
                        WHERE site = $1");
        let span = self.database.one(span.bind(site.as_str())).await?;
        let (first, last) = (span.integer("first")?, span.integer("last")?);
        let mut end = first;
        while end <= last {
            end += PORTION;
            self.database
                .write(async |connection| {
                    for statement in RESPONSES {
                        sql(statement).bind(site.as_str()).bind(end).run(connection).await?;
                    }
                    Ok(())
                })
                .await?;
        }
        Ok(())
    }

    async fn remove_days(&self, site: &SiteKey) -> Result<(), StoreError> {
        let days = sql("SELECT DISTINCT day FROM presentations WHERE site = $1");
        for row in self.database.all(days.bind(site.as_str())).await? {
            let day = row.integer("day")?;
            self.database
                .write(async |connection| {
                    for statement in DAYS {
                        sql(statement).bind(site.as_str()).bind(day).run(connection).await?;
                    }
                    Ok(())
                })
                .await?;
        }
        Ok(())
    }
}

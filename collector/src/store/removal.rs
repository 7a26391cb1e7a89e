//! The end of a site: everything on it is deleted.
//!
//! First its keys, in a transaction of their own, so that nothing new arrives; then its answers, in portions, so that other sites
//! need not wait for long; what still came in meanwhile and its name last. A site without a key is one whose removal has begun.
//! Whatever stops that in between, the same command goes on, and so does whoever of its owners asks for it again: they stay until
//! the end.

use std::collections::BTreeSet;
use std::time::Duration;

use survey::definition::SiteKey;

use super::ingest::hold_ledgers;
use super::sites::{NoSuchSite, count_publication, hold_if_there, hold_site};
use super::{Connection, Store, StoreError, keys, sql};

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

/// What goes before the answers: with it, nobody but its owners reaches the site any more.
const DOORS: [&str; 4] = [
    "DELETE FROM site_keys WHERE site = $1",
    "DELETE FROM api_tokens WHERE site = $1",
    "DELETE FROM invitations WHERE site = $1",
    "DELETE FROM memberships WHERE site = $1 AND role <> 'owner'",
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

/// What is left, and what came in since it was looked for: an answer may have waited long in another collector, and owners may have
/// invited somebody.
const REST: [&str; 22] = [
    "DELETE FROM tags WHERE site = $1",
    "DELETE FROM texts WHERE site = $1",
    "DELETE FROM answers WHERE site = $1",
    "DELETE FROM responses WHERE site = $1",
    "DELETE FROM presentations WHERE site = $1",
    "DELETE FROM journal WHERE site = $1",
    "DELETE FROM counts WHERE site = $1",
    "DELETE FROM cuts WHERE site = $1",
    "DELETE FROM series WHERE site = $1",
    "DELETE FROM page_views WHERE site = $1",
    "DELETE FROM pages WHERE site = $1",
    "DELETE FROM answered WHERE site = $1",
    "DELETE FROM drafts WHERE site = $1",
    "DELETE FROM archived_surveys WHERE site = $1",
    "DELETE FROM stopped_surveys WHERE site = $1",
    "DELETE FROM surveys WHERE site = $1",
    "DELETE FROM api_tokens WHERE site = $1",
    "DELETE FROM invitations WHERE site = $1",
    "DELETE FROM memberships WHERE site = $1",
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
        Ok(self.remove_rest(site).await?)
    }

    pub(super) async fn close_doors(&self, site: &SiteKey) -> Result<(), RemovalError> {
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

    pub(super) async fn remove_responses(&self, site: &SiteKey) -> Result<(), StoreError> {
        let span = sql("SELECT COALESCE(MIN(number), 0) AS first, COALESCE(MAX(number), 0) AS last FROM responses
                        WHERE site = $1");
        let span = self.database.one(span.bind(site.as_str())).await?;
        let (first, last) = (span.integer("first")?, span.integer("last")?);
        let mut end = first;
        while end <= last {
            end += PORTION;
            self.remove_portion(site, &RESPONSES, end).await?;
        }
        Ok(())
    }

    pub(super) async fn remove_days(&self, site: &SiteKey) -> Result<(), StoreError> {
        let days = sql("SELECT DISTINCT day FROM presentations WHERE site = $1");
        for row in self.database.all(days.bind(site.as_str())).await? {
            let day = row.integer("day")?;
            self.remove_portion(site, &DAYS, day).await?;
        }
        Ok(())
    }

    async fn remove_portion(&self, site: &SiteKey, statements: &[&'static str], which: i64) -> Result<(), StoreError> {
        self.database
            .write(async |connection| {
                if hold_if_leaving(connection, site).await? {
                    for statement in statements {
                        sql(statement).bind(site.as_str()).bind(which).run(connection).await?;
                    }
                }
                Ok(())
            })
            .await
    }

    pub(super) async fn remove_rest(&self, site: &SiteKey) -> Result<(), StoreError> {
        self.database
            .write(async |connection| {
                // The site after its ledger, as for whoever settles answers: nobody waits in a circle.
                if !hold_if_leaving(connection, site).await? || !hold_if_there(connection, site).await? {
                    return Ok(());
                }
                for statement in REST {
                    sql(statement).bind(site.as_str()).run(connection).await?;
                }
                count_publication(connection).await
            })
            .await
    }
}

/// Holds the ledger of a site that is being removed. Tells whether it still is: somebody who removes it at the same time may have
/// come to the end, and a site of the same name may have been added since.
async fn hold_if_leaving(connection: &mut Connection, site: &SiteKey) -> Result<bool, StoreError> {
    let held = hold_ledgers(connection, &BTreeSet::from([site])).await?;
    Ok(!held.is_empty() && !keys::has_any(connection, site).await?)
}

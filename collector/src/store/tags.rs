//! Tags of answers: rows of their own beside them, which go with them.

use std::collections::{BTreeMap, HashMap};

use survey::definition::SiteKey;
use survey::report::TagCount;
use uuid::Uuid;

use super::ingest::hold_ledgers;
use super::log::{By, Deed, Note, note};
use super::sql::Rows;
use super::{Connection, Store, StoreError, sql};
use crate::comments::{NotTags, Tag, Tags};

/// How many different ones a site may have.
const MOST_OF_SITE: usize = 200;

/// Why the tags of an answer stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    #[error("there is no answer {number} on site {site}; it may have been erased")]
    NoSuchAnswer { site: SiteKey, number: i64 },
    #[error(
        "{0:?} would be one too many: a site has at most {MOST_OF_SITE} different tags; take one that is there, or take another off its answers"
    )]
    TooMany(String),
    /// With what it has already.
    #[error("{0}")]
    TooManyOfAnswer(NotTags),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Puts tags in the place of those that an answer has. Tells them as they are shown.
    pub async fn set_tags(&self, site: &SiteKey, number: i64, tags: &Tags, by: &By) -> Result<Vec<String>, TagError> {
        self.retag(site, number, by, |_| Ok(tags.clone())).await
    }

    /// Adds tags to those that an answer has by now, and takes others off. Tells all of them as they are shown.
    pub async fn change_tags(
        &self,
        site: &SiteKey,
        number: i64,
        (add, remove): (&Tags, &Tags),
        by: &By,
    ) -> Result<Vec<String>, TagError> {
        self.retag(site, number, by, |present| present.changed(add, remove)).await
    }

    async fn retag(
        &self,
        site: &SiteKey,
        number: i64,
        by: &By,
        wanted: impl Fn(&Tags) -> Result<Tags, NotTags>,
    ) -> Result<Vec<String>, TagError> {
        self.database
            .decide(async |connection| {
                // Held, so that the answer is not erased meanwhile, and two do not write one tag in two ways.
                hold_ledgers(connection, &[site].into()).await?;
                let found = sql("SELECT 1 AS it FROM responses WHERE site = $1 AND number = $2");
                let found = found.bind(site.as_str()).bind(number).optional(connection).await?;
                found.ok_or_else(|| TagError::NoSuchAnswer { site: site.clone(), number })?;
                let present = tags_of(connection, site, &[number]).await?.remove(&number).unwrap_or_default();
                let tags = Tags::parse(&present).and_then(|present| wanted(&present));
                let change = put(connection, site, number, &tags.map_err(TagError::TooManyOfAnswer)?).await?;
                if let Some(details) = change {
                    let subject = number.to_string();
                    note(connection, site, by, Note { deed: Deed::AnswerTagged, subject: &subject, details }).await?;
                }
                Ok(tags_of(connection, site, &[number]).await?.remove(&number).unwrap_or_default())
            })
            .await
    }

    /// Gives answers that were taken over from elsewhere their tags, by their response ids. One that has some keeps them: they are its team's here.
    pub async fn bring_tags(&self, site: &SiteKey, brought: &[(Uuid, Tags)]) -> Result<(), TagError> {
        self.database
            .decide(async |connection| {
                hold_ledgers(connection, &[site].into()).await?;
                let rows =
                    Rows::new().texts(brought.iter().map(|_| site.as_str())).ids(brought.iter().map(|(id, _)| *id));
                let known = sql("WITH wanted (site, response_id) AS ({rows})
                     SELECT p.response_id, p.number FROM wanted AS w
                     JOIN presentations AS p ON p.site = w.site AND p.response_id = w.response_id
                     WHERE p.number IS NOT NULL
                           AND NOT EXISTS (SELECT 1 FROM tags AS t WHERE t.site = p.site AND t.response = p.number)");
                let mut numbers = HashMap::new();
                for row in known.rows(rows).all(connection).await? {
                    numbers.insert(row.id("response_id")?, row.integer("number")?);
                }
                for (id, tags) in brought {
                    if let Some(number) = numbers.get(id) {
                        put(connection, site, *number, tags).await?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// A site's tags in the order of the alphabet, with how many answers have each. Served by the index `tags_by_name`.
    pub async fn site_tags(&self, site: &SiteKey) -> Result<Vec<TagCount>, StoreError> {
        let counted = sql("SELECT MIN(tag) AS tag, COUNT(*) AS answers FROM tags WHERE site = $1
                           GROUP BY folded ORDER BY folded");
        let rows = self.database.all(counted.bind(site.as_str())).await?;
        rows.iter().map(|row| Ok(TagCount { tag: row.text("tag")?, answers: row.number("answers")? })).collect()
    }
}

/// Tells in numbers what has changed, if anything has: words of the team's may be about somebody, and must not outlive the answer in the log.
async fn put(
    connection: &mut Connection,
    site: &SiteKey,
    number: i64,
    tags: &Tags,
) -> Result<Option<String>, TagError> {
    let before: Vec<String> = {
        let rows = sql("SELECT folded FROM tags WHERE site = $1 AND response = $2");
        let rows = rows.bind(site.as_str()).bind(number).all(connection).await?;
        rows.iter().map(|row| row.text("folded")).collect::<Result<_, _>>()?
    };
    let gone: Vec<&str> =
        before.iter().map(String::as_str).filter(|known| tags.iter().all(|tag| tag.folded() != *known)).collect();
    let new: Vec<&Tag> = tags.iter().filter(|tag| before.iter().all(|known| known != tag.folded())).collect();
    if gone.is_empty() && new.is_empty() {
        return Ok(None);
    }
    remove(connection, site, number, &gone).await?;
    add(connection, site, number, &new).await?;
    Ok(Some(format!("{} added, {} taken off", new.len(), gone.len())))
}

/// Served by the primary key of `tags`.
async fn remove(connection: &mut Connection, site: &SiteKey, number: i64, folded: &[&str]) -> Result<(), StoreError> {
    if folded.is_empty() {
        return Ok(());
    }
    let rows = Rows::new()
        .texts(folded.iter().map(|_| site.as_str()))
        .integers(folded.iter().map(|_| number))
        .texts(folded.iter().copied());
    sql("DELETE FROM tags WHERE (site, response, folded) IN ({rows})").rows(rows).run(connection).await?;
    Ok(())
}

/// A tag that is on the site already is written as it is there.
async fn add(connection: &mut Connection, site: &SiteKey, number: i64, tags: &[&Tag]) -> Result<(), TagError> {
    if tags.is_empty() {
        return Ok(());
    }
    let known = spellings(connection, site, tags).await?;
    let new: Vec<&Tag> = tags.iter().copied().filter(|tag| !known.contains_key(tag.folded())).collect();
    if !new.is_empty() {
        let room = MOST_OF_SITE.saturating_sub(different(connection, site).await?);
        if let Some(beyond) = new.get(room) {
            return Err(TagError::TooMany(beyond.as_str().to_owned()));
        }
    }
    let spelling = |tag: &Tag| known.get(tag.folded()).cloned().unwrap_or_else(|| tag.as_str().to_owned());
    let rows = Rows::new()
        .texts(tags.iter().map(|_| site.as_str()))
        .integers(tags.iter().map(|_| number))
        .texts(tags.iter().map(|tag| tag.folded()))
        .made_texts(tags.iter().map(|tag| spelling(tag)));
    sql("INSERT INTO tags (site, response, folded, tag) {rows}").rows(rows).run(connection).await?;
    Ok(())
}

/// How tags are written that are on the site. Served by the index `tags_by_name`.
async fn spellings(
    connection: &mut Connection,
    site: &SiteKey,
    tags: &[&Tag],
) -> Result<HashMap<String, String>, StoreError> {
    let rows = Rows::new().texts(tags.iter().map(|_| site.as_str())).texts(tags.iter().map(|tag| tag.folded()));
    let written = sql("WITH wanted (site, folded) AS ({rows})
         SELECT w.folded, (SELECT t.tag FROM tags AS t WHERE t.site = w.site AND t.folded = w.folded LIMIT 1) AS tag
         FROM wanted AS w")
    .rows(rows);
    let mut spellings = HashMap::new();
    for row in written.all(connection).await? {
        if let Some(tag) = row.optional_text("tag")? {
            spellings.insert(row.text("folded")?, tag);
        }
    }
    Ok(spellings)
}

/// How many different tags a site has. From each to the next by the index `tags_by_name`, however many answers have it.
async fn different(connection: &mut Connection, site: &SiteKey) -> Result<usize, StoreError> {
    let counted = sql("WITH RECURSIVE names (folded) AS (
             SELECT MIN(folded) FROM tags WHERE site = $1 UNION ALL
             SELECT (SELECT MIN(t.folded) FROM tags AS t WHERE t.site = $1 AND t.folded > names.folded)
             FROM names WHERE names.folded IS NOT NULL)
         SELECT COUNT(folded) AS count FROM names");
    counted.bind(site.as_str()).one(connection).await?.number("count")
}

/// The tags of some answers, in the order of the alphabet. Served by the primary key of `tags`.
pub(super) async fn tags_of(
    connection: &mut Connection,
    site: &SiteKey,
    numbers: &[i64],
) -> Result<HashMap<i64, Vec<String>>, StoreError> {
    let wanted = Rows::new().texts(numbers.iter().map(|_| site.as_str())).integers(numbers.iter().copied());
    let found = sql("WITH wanted (site, response) AS ({rows})
         SELECT t.response, t.folded, t.tag FROM wanted AS w JOIN tags AS t ON t.site = w.site AND t.response = w.response")
    .rows(wanted);
    let mut tags: HashMap<i64, BTreeMap<String, String>> = HashMap::new();
    for row in found.all(connection).await? {
        tags.entry(row.integer("response")?).or_default().insert(row.text("folded")?, row.text("tag")?);
    }
    Ok(tags.into_iter().map(|(number, tags)| (number, tags.into_values().collect())).collect())
}

/// The tags of all answers between two numbers, the second not included. Served by the primary key of `tags`.
pub(super) async fn tags_between(
    store: &Store,
    site: &SiteKey,
    (first, end): (i64, i64),
) -> Result<HashMap<i64, Vec<String>>, StoreError> {
    let found = sql("SELECT response, tag FROM tags WHERE site = $1 AND response >= $2 AND response < $3
                     ORDER BY response, folded");
    let mut tags: HashMap<i64, Vec<String>> = HashMap::new();
    for row in store.database.all(found.bind(site.as_str()).bind(first).bind(end)).await? {
        tags.entry(row.integer("response")?).or_default().push(row.text("tag")?);
    }
    Ok(tags)
}

/// The newest answers with a tag, below a number and newest first. Served by the index `tags_by_name`.
pub(super) async fn newest_tagged(
    connection: &mut Connection,
    site: &SiteKey,
    tag: &Tag,
    (before, limit): (i64, u32),
) -> Result<Vec<i64>, StoreError> {
    let newest = sql("SELECT response FROM tags WHERE site = $1 AND folded = $2 AND response < $3
                      ORDER BY response DESC LIMIT $4");
    let newest = newest.bind(site.as_str()).bind(tag.folded()).bind(before).bind(limit);
    newest.all(connection).await?.iter().map(|row| row.integer("response")).collect()
}

//! Full-text search: the two indexes of words, which are asked in languages of their own.
//!
//! In both, site and block stand before each term (`shop/3/slow`): see the migrations. So a search names the blocks that it looks into,
//! newest first, and what other sites have and what is older costs nothing. What is put into those languages is quoted, and has
//! letters, digits and our own marks alone.

use std::ops::RangeInclusive;

use super::{Connection, Link, Statement, sql};
use crate::store::StoreError;

/// How many numbers of responses a block has, as a power of two: the migrations say the same.
const BLOCK_BITS: i64 = 16;

/// What is looked for: all of it must be there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// What words begin with.
    pub beginnings: Vec<String>,
    /// Whole terms.
    pub terms: Vec<String>,
}

/// The block of a response.
pub fn block_of(number: i64) -> i64 {
    number >> BLOCK_BITS
}

/// The first response of a block.
pub fn first_of(block: i64) -> i64 {
    block << BLOCK_BITS
}

/// The newest responses among some that have all that is wanted, newest first, and at most so many. Served by `words`, and by
/// `texts_by_word`.
pub async fn newest_with(
    connection: &mut Connection,
    site: &str,
    wanted: &Wanted,
    numbers: RangeInclusive<i64>,
    limit: u32,
) -> Result<Vec<i64>, StoreError> {
    let statement = match connection.link {
        Link::Sqlite(_) => sql("SELECT rowid & 1099511627775 AS number FROM words
             WHERE words MATCH $1 AND rowid BETWEEN ((SELECT number FROM words_sites WHERE site = $2) << 40) | $3
                                                AND ((SELECT number FROM words_sites WHERE site = $2) << 40) | $4
             ORDER BY rowid DESC LIMIT $5"),
        // Materialised: the planner would rather read the newest texts one by one, as if what is looked for were common.
        Link::Postgres(..) => sql("WITH found AS MATERIALIZED (
                 SELECT site, response FROM texts
                 WHERE array_to_tsvector(string_to_array(
                           site || '/' || CAST(response >> 16 AS TEXT) || '/'
                               || replace(terms, ' ', ' ' || site || '/' || CAST(response >> 16 AS TEXT) || '/'),
                           ' ')) @@ CAST($1 AS tsquery))
             SELECT response AS number FROM found WHERE site = $2 AND response BETWEEN $3 AND $4
             ORDER BY response DESC LIMIT $5"),
    };
    let rows = asked(statement, connection, site, wanted, &numbers).bind(limit).all(connection).await?;
    rows.iter().map(|row| row.integer("number")).collect()
}

/// How many responses among some have all that is wanted.
pub async fn count_with(
    connection: &mut Connection,
    site: &str,
    wanted: &Wanted,
    numbers: RangeInclusive<i64>,
) -> Result<u64, StoreError> {
    let statement = match connection.link {
        Link::Sqlite(_) => sql("SELECT COUNT(*) AS count FROM words
             WHERE words MATCH $1 AND rowid BETWEEN ((SELECT number FROM words_sites WHERE site = $2) << 40) | $3
                                                AND ((SELECT number FROM words_sites WHERE site = $2) << 40) | $4"),
        Link::Postgres(..) => sql("WITH found AS MATERIALIZED (
                 SELECT site, response FROM texts
                 WHERE array_to_tsvector(string_to_array(
                           site || '/' || CAST(response >> 16 AS TEXT) || '/'
                               || replace(terms, ' ', ' ' || site || '/' || CAST(response >> 16 AS TEXT) || '/'),
                           ' ')) @@ CAST($1 AS tsquery))
             SELECT COUNT(*) AS count FROM found WHERE site = $2 AND response BETWEEN $3 AND $4"),
    };
    asked(statement, connection, site, wanted, &numbers).one(connection).await?.number("count")
}

fn asked<'a>(
    statement: Statement<'a>,
    connection: &Connection,
    site: &'a str,
    wanted: &Wanted,
    numbers: &RangeInclusive<i64>,
) -> Statement<'a> {
    let language = match connection.link {
        Link::Sqlite(_) => Language::Fts5,
        Link::Postgres(..) => Language::TsQuery,
    };
    let blocks = block_of(*numbers.start())..=block_of(*numbers.end());
    statement.bind(language.query(site, wanted, blocks)).bind(site).bind(*numbers.start()).bind(*numbers.end())
}

/// How an index is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Language {
    /// <https://www.sqlite.org/fts5.html#full_text_query_syntax>
    Fts5,
    /// <https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY>
    TsQuery,
}

impl Language {
    fn query(self, site: &str, wanted: &Wanted, blocks: RangeInclusive<i64>) -> String {
        let (and, or) = match self {
            Self::Fts5 => (" AND ", " OR "),
            Self::TsQuery => (" & ", " | "),
        };
        let in_block = |block: i64| {
            let beginnings = wanted.beginnings.iter().map(|term| self.beginning(site, block, term));
            let terms = wanted.terms.iter().map(|term| self.term(site, block, term));
            format!("({})", beginnings.chain(terms).collect::<Vec<_>>().join(and))
        };
        blocks.map(in_block).collect::<Vec<_>>().join(or)
    }

    fn term(self, site: &str, block: i64, term: &str) -> String {
        debug_assert!(term.chars().all(|character| !matches!(character, '"' | '\'' | '\\' | ' ' | '\0')), "{term:?}");
        match self {
            Self::Fts5 => format!("\"{site}/{block}/{term}\""),
            Self::TsQuery => format!("'{site}/{block}/{term}'"),
        }
    }

    fn beginning(self, site: &str, block: i64, beginning: &str) -> String {
        let any = match self {
            Self::Fts5 => "*",
            Self::TsQuery => ":*",
        };
        format!("{}{any}", self.term(site, block, beginning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_names_the_blocks_that_it_looks_into() {
        let wanted = Wanted { beginnings: vec!["slow".into(), "or".into()], terms: vec!["=ben".into()] };
        assert_eq!(
            Language::Fts5.query("shop", &wanted, 3..=4),
            r#"("shop/3/slow"* AND "shop/3/or"* AND "shop/3/=ben") OR ("shop/4/slow"* AND "shop/4/or"* AND "shop/4/=ben")"#
        );
        assert_eq!(
            Language::TsQuery.query("shop", &wanted, 0..=0),
            "('shop/0/slow':* & 'shop/0/or':* & 'shop/0/=ben')"
        );
        assert_eq!((block_of(65_535), block_of(65_536), first_of(1)), (0, 1, 65_536));
    }
}

//! Answers that are looked for: by their words, their page, their band, the language that they are written in, their tag, their days.
//!
//! What an index of words can tell is asked of it, newest first and some blocks at a time, so that neither what is older nor what
//! belongs to other sites costs anything. What it cannot tell is looked at answer by answer; whoever looks at so many without
//! finding enough stops, and says from where to go on.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use survey::definition::{Band, SiteKey};
use survey::report::Days;

use super::ingest::text_added;
use super::report::{AnswerRecord, WhichAnswers, answer_records, listed, numbered};
use super::sql::words::{Wanted, block_of, count_with, first_of, newest_with};
use super::sql::{Row, Rows, Statement, run_together};
use super::tags::newest_tagged;
use super::{Connection, Store, StoreError, sql};
use crate::clock::Day;
use crate::comments::{Said, Search, Tag, band_term, first_band, language_in, language_term, page_term};
use crate::ingest::flags::Flags;

/// How many answers are looked at for one part of a list.
const MOST_LOOKED_AT: usize = 50_000;

/// How long is looked for one part of a list, once some blocks have been looked into: words that are everywhere and never together would
/// have the whole index read. Tests have no patience at all.
const LONG_ENOUGH: Duration = Duration::from_millis(if cfg!(test) { 0 } else { 80 });

/// How many are looked at, at least, in one go.
const AT_LEAST: u32 = 100;

/// What fewer answers have, of all those that are looked into in one go, is rare.
const FEW: u32 = 4_000;

/// How many blocks are looked into at most in one go; at first it is one.
const MOST_BLOCKS: i64 = 8;

/// A page of answers to ask for, newest first.
#[derive(Clone, Debug)]
pub struct AnswerQuery {
    pub site: SiteKey,
    pub which: WhichAnswers,
    pub page: Option<String>,
    pub search: Option<Search>,
    /// Of the first score that was given.
    pub band: Option<Band>,
    /// The tag of the language that the comment is written in.
    pub written_in: Option<String>,
    pub tag: Option<Tag>,
    pub days: Option<Days>,
    /// Only those with a smaller number.
    pub before: Option<i64>,
    pub limit: u32,
}

impl AnswerQuery {
    pub fn newest(site: SiteKey, which: WhichAnswers, limit: u32) -> Self {
        let (page, search, band, written_in, tag, days, before) = (None, None, None, None, None, None, None);
        Self { site, which, page, search, band, written_in, tag, days, before, limit }
    }

    /// What the index of words is asked for; nothing where it is not asked.
    fn wanted(&self) -> Option<Wanted> {
        let of_comments = self.which == WhichAnswers::WithComments;
        let is_asked = self.search.is_some() || self.written_in.is_some();
        if !is_asked && !(of_comments && (self.page.is_some() || self.band.is_some())) {
            return None;
        }
        let beginnings = self.search.iter().flat_map(Search::beginnings).map(str::to_owned).collect();
        let terms = [
            self.page.as_deref().map(page_term),
            self.band.map(band_term),
            self.written_in.as_deref().map(language_term),
        ];
        Some(Wanted { beginnings, terms: terms.into_iter().flatten().collect() })
    }

    /// What the texts of an answer are compared with that another index has named; nothing where it need not have any.
    fn wanted_of_texts(&self) -> Option<Wanted> {
        self.wanted().or_else(|| (self.which == WhichAnswers::WithComments).then(Wanted::default))
    }

    /// Whether a response is of the page, the days and the standing that are asked for.
    fn is_of(&self, row: &Row) -> Result<bool, StoreError> {
        let is_counted = super::report::standing(row)?.counts(Flags::from_bits(row.number("flags")?));
        let day: Day = row.number("day")?;
        let is_in_period = self.days.is_none_or(|days| (days.first..=days.last).contains(&day));
        let is_on_page = match &self.page {
            Some(page) => row.text("page")? == *page,
            None => true,
        };
        Ok(is_in_period && is_on_page && is_counted == (self.which != WhichAnswers::SetApart))
    }

    fn has_contact(&self, record: &AnswerRecord) -> bool {
        self.which != WhichAnswers::WithContact || record.given.iter().any(|given| given.contact.is_some())
    }

    fn is_narrow(&self) -> bool {
        self.days.is_some() || self.band.is_some()
    }
}

/// A part of a list of answers.
#[derive(Clone, Debug)]
pub struct Part {
    pub answers: Vec<AnswerRecord>,
    /// Below which number the list goes on; nothing at its end. There may be more even if this part is shorter than was asked for.
    pub next: Option<i64>,
}

impl Store {
    /// Single answers, newest first. What a band is, only surveys know: `band_of` does.
    pub async fn part_of_answers(
        &self,
        query: &AnswerQuery,
        band_of: impl Fn(&AnswerRecord) -> Option<Band>,
    ) -> Result<Part, StoreError> {
        let keeps = |record: &AnswerRecord| {
            query.has_contact(record) && query.band.is_none_or(|band| band_of(record) == Some(band))
        };
        self.database
            .snapshot(async |connection| {
                let (mut answers, mut looked_at, began) = (Vec::new(), 0, Instant::now());
                let Some(mut source) = Source::of(connection, query).await? else {
                    return Ok(Part { answers, next: None });
                };
                while let Some(rows) = source.next(connection, query).await? {
                    looked_at += rows.len();
                    let last = rows.last().map(|row| row.integer("number")).transpose()?;
                    let mut of_query = Vec::new();
                    for row in rows {
                        if query.is_of(&row)? {
                            of_query.push(row);
                        }
                    }
                    for record in answer_records(connection, &query.site, &of_query).await? {
                        if keeps(&record) {
                            answers.push(record);
                        }
                        if answers.len() == query.limit as usize {
                            let next = answers.last().map(|last| last.number);
                            return Ok(Part { answers, next });
                        }
                    }
                    if looked_at >= MOST_LOOKED_AT {
                        return Ok(Part { answers, next: last });
                    }
                    if began.elapsed() >= LONG_ENOUGH
                        && let Some(next) = source.is_to_go_on_below()
                    {
                        return Ok(Part { answers, next: Some(next) });
                    }
                }
                Ok(Part { answers, next: None })
            })
            .await
    }

    /// The languages that comments are written in, by the numbers of their answers, where that could be told when they came in. Served by
    /// the primary key of `texts`.
    pub async fn languages_of(&self, site: &SiteKey, numbers: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
        let rows = self.database.all(terms_of(site.as_str(), numbers)).await?;
        let mut languages = HashMap::new();
        for row in rows {
            if let Some(language) = language_in(&row.text("terms")?) {
                languages.insert(row.integer("response")?, language.to_owned());
            }
        }
        Ok(languages)
    }

    /// How many answers with comments are of a query, those that are set apart included; and whether these are all. Nothing more of an
    /// index is looked into after some time.
    pub async fn count_comments(&self, query: &AnswerQuery, until: Instant) -> Result<(u64, bool), StoreError> {
        self.database
            .snapshot(async |connection| {
                if let Some(tag) = &query.tag {
                    return count_tagged(connection, query, tag, until).await;
                }
                let Some(wanted) = query.wanted() else {
                    let days = query.days.unwrap_or(Days { first: Day::MIN, last: Day::MAX });
                    let count = sql("SELECT COUNT(*) AS count FROM texts WHERE site = $1 AND day BETWEEN $2 AND $3");
                    let count = count.bind(query.site.as_str()).bind(days.first).bind(days.last);
                    return Ok((count.one(connection).await?.number("count")?, true));
                };
                let Some((low, high)) = bounds(connection, query).await? else { return Ok((0, true)) };
                let (mut count, mut window) = (0, Window::new(low, high));
                while let Some(numbers) = window.numbers() {
                    if Instant::now() >= until {
                        return Ok((count, false));
                    }
                    count += count_with(connection, query.site.as_str(), &wanted, numbers).await?;
                    window.go_on();
                }
                Ok((count, true))
            })
            .await
    }
}

/// Where answers come from, newest first.
enum Source {
    /// Some at a time out of their table: below a number, and down to one.
    Listed {
        before: i64,
        low: i64,
        limit: u32,
    },
    /// Those with a tag, some at a time.
    Tagged {
        before: i64,
        limit: u32,
    },
    /// Those that the index of words names, some at a time.
    Found(Found, u32),
    End,
}

impl Source {
    /// None where nothing can be found.
    async fn of(connection: &mut Connection, query: &AnswerQuery) -> Result<Option<Self>, StoreError> {
        let before = query.before.unwrap_or(i64::MAX);
        let limit = query.limit.max(AT_LEAST);
        if query.tag.is_some() {
            return Ok(Some(Self::Tagged { before, limit }));
        }
        let Some(wanted) = query.wanted() else {
            let limit = if query.is_narrow() { limit } else { query.limit };
            if query.which != WhichAnswers::WithComments || query.days.is_none() {
                return Ok(Some(Self::Listed { before, low: i64::MIN, limit }));
            }
            let bounds = bounds(connection, query).await?;
            return Ok(bounds.map(|(low, high)| Self::Listed {
                before: before.min(high.saturating_add(1)),
                low,
                limit,
            }));
        };
        let bounds = bounds(connection, query).await?;
        Ok(bounds.map(|(low, high)| {
            let window = Window::new(low, high.min(before.saturating_sub(1)));
            Self::Found(Found::new(wanted, window), limit)
        }))
    }

    /// Below which number an index is still to be asked: that of words, if it was asked for several blocks and all that it named is handed out.
    fn is_to_go_on_below(&self) -> Option<i64> {
        match self {
            Self::Tagged { before, .. } => Some(*before),
            Self::Found(found, _) if found.waiting.is_empty() && found.window.blocks == MOST_BLOCKS => {
                found.window.numbers().map(|numbers| numbers.end() + 1)
            }
            _ => None,
        }
    }

    /// The next responses, by falling numbers; none at the end.
    async fn next(&mut self, connection: &mut Connection, query: &AnswerQuery) -> Result<Option<Vec<Row>>, StoreError> {
        match self {
            Self::End => Ok(None),
            Self::Listed { before, low, limit } => {
                let mut rows = listed(query, *before, *limit).all(connection).await?;
                let found = rows.len();
                let low = *low;
                let (limit, last) = (*limit as usize, rows.last().map(|row| row.integer("number")).transpose()?);
                match last {
                    Some(last) if found == limit && last > low => *before = last,
                    _ => *self = Self::End,
                }
                let mut numbers = Vec::new();
                for row in &rows {
                    numbers.push(row.integer("number")?);
                }
                rows.truncate(numbers.partition_point(|number| *number >= low));
                Ok(Some(rows))
            }
            Self::Found(found, limit) => {
                let Some(found) = found.next(connection, query.site.as_str(), *limit).await? else { return Ok(None) };
                Ok(Some(newest_first(connection, &query.site, &found).await?))
            }
            Self::Tagged { before, limit } => {
                let Some(tag) = &query.tag else { return Ok(None) };
                let tagged = newest_tagged(connection, &query.site, tag, (*before, *limit)).await?;
                match tagged.last() {
                    Some(last) if tagged.len() == *limit as usize => *before = *last,
                    _ => *self = Self::End,
                }
                let found = match query.wanted_of_texts() {
                    Some(wanted) => having_all(connection, query.site.as_str(), &tagged, &wanted).await?,
                    None => tagged,
                };
                Ok(Some(newest_first(connection, &query.site, &found).await?))
            }
        }
    }
}

/// Responses by their numbers.
async fn newest_first(connection: &mut Connection, site: &SiteKey, numbers: &[i64]) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for row in numbered(site, numbers).all(connection).await? {
        rows.push((row.integer("number")?, row));
    }
    rows.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// How many comments with a tag are of a query: see [`Store::count_comments`].
async fn count_tagged(
    connection: &mut Connection,
    query: &AnswerQuery,
    tag: &Tag,
    until: Instant,
) -> Result<(u64, bool), StoreError> {
    let Some((low, high)) = bounds(connection, query).await? else { return Ok((0, true)) };
    let (wanted, mut before, mut count) = (query.wanted().unwrap_or_default(), high.saturating_add(1), 0);
    loop {
        let mut tagged = newest_tagged(connection, &query.site, tag, (before, FEW)).await?;
        let is_last = tagged.len() < FEW as usize || tagged.last().is_some_and(|last| *last <= low);
        before = tagged.last().copied().unwrap_or(low);
        tagged.retain(|number| *number >= low);
        count += having_all(connection, query.site.as_str(), &tagged, &wanted).await?.len() as u64;
        if is_last || Instant::now() >= until {
            return Ok((count, is_last));
        }
    }
}

/// What the index of words finds, newest first.
///
/// To have the index work out what is common to a word that many begin with and one that is rare, is to read all of the former. So where
/// the newest block has too little, the rest is asked for the rarest of what is wanted alone, as far as that block tells; and what few
/// texts have it are compared with the rest.
struct Found {
    wanted: Wanted,
    /// What is wanted, one by one; terms together, because they cost little.
    parts: Vec<Wanted>,
    rarest: Option<usize>,
    window: Window,
    is_first: bool,
    /// What is found and still to be handed out, the newest last.
    waiting: Vec<i64>,
}

impl Found {
    fn new(wanted: Wanted, window: Window) -> Self {
        let beginnings =
            wanted.beginnings.iter().map(|one| Wanted { beginnings: vec![one.clone()], terms: Vec::new() });
        let terms = Wanted { beginnings: Vec::new(), terms: wanted.terms.clone() };
        let parts = beginnings.chain((!wanted.terms.is_empty()).then_some(terms)).collect();
        Self { wanted, parts, rarest: None, window, is_first: true, waiting: Vec::new() }
    }

    /// At most so many more; there may be more even if these are none. None at the end.
    async fn next(
        &mut self,
        connection: &mut Connection,
        site: &str,
        limit: u32,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        if self.waiting.is_empty() {
            let Some(numbers) = self.window.numbers() else { return Ok(None) };
            if !self.is_first && self.parts.len() > 1 {
                let rarest = self.rarest(connection, site).await?;
                let few = newest_with(connection, site, &self.parts[rarest], numbers.clone(), FEW).await?;
                if few.len() < FEW as usize {
                    self.waiting = having_all(connection, site, &few, &self.wanted).await?;
                    self.window.go_on();
                    return Ok(Some(self.hand_out(limit)));
                }
                // Not that rare any more.
                self.rarest = None;
            }
            self.is_first = false;
            let found = newest_with(connection, site, &self.wanted, numbers, limit).await?;
            match found.last() {
                Some(last) if found.len() == limit as usize => self.window.high = *last - 1,
                _ => self.window.go_on(),
            }
            return Ok(Some(found));
        }
        Ok(Some(self.hand_out(limit)))
    }

    fn hand_out(&mut self, limit: u32) -> Vec<i64> {
        let mut handed_out = self.waiting.split_off(self.waiting.len().saturating_sub(limit as usize));
        handed_out.reverse();
        handed_out
    }

    /// The rarest part of what is wanted, by the newest block that is left.
    async fn rarest(&mut self, connection: &mut Connection, site: &str) -> Result<usize, StoreError> {
        if let Some(rarest) = self.rarest {
            return Ok(rarest);
        }
        let newest = first_of(block_of(self.window.high)).max(self.window.low)..=self.window.high;
        let mut rarest = (u64::MAX, 0);
        for (at, part) in self.parts.iter().enumerate() {
            rarest = rarest.min((count_with(connection, site, part, newest.clone()).await?, at));
        }
        self.rarest = Some(rarest.1);
        Ok(rarest.1)
    }
}

/// What some responses can be found by. Served by the primary key of `texts`.
fn terms_of<'a>(site: &'a str, numbers: &[i64]) -> Statement<'a> {
    let rows = Rows::new().texts(numbers.iter().map(|_| site)).integers(numbers.iter().copied());
    sql("WITH wanted (site, response) AS ({rows})
         SELECT t.response, t.terms FROM wanted AS w JOIN texts AS t ON t.site = w.site AND t.response = w.response")
    .rows(rows)
}

/// Which of some responses have all that is wanted, by rising numbers.
async fn having_all(
    connection: &mut Connection,
    site: &str,
    numbers: &[i64],
    wanted: &Wanted,
) -> Result<Vec<i64>, StoreError> {
    let mut having = Vec::new();
    for row in terms_of(site, numbers).all(connection).await? {
        let terms = row.text("terms")?;
        let begins = |beginning: &String| terms.split(' ').any(|term| term.starts_with(beginning));
        let is_there = |wanted: &String| terms.split(' ').any(|term| term == wanted);
        if wanted.beginnings.iter().all(begins) && wanted.terms.iter().all(is_there) {
            having.push(row.integer("response")?);
        }
    }
    having.sort_unstable();
    Ok(having)
}

/// Some blocks, from the newest on; more of them at a time the longer nothing is found.
struct Window {
    low: i64,
    high: i64,
    blocks: i64,
}

impl Window {
    fn new(low: i64, high: i64) -> Self {
        Self { low, high, blocks: 1 }
    }

    fn first(&self) -> i64 {
        first_of(block_of(self.high) - self.blocks + 1).max(self.low)
    }

    fn numbers(&self) -> Option<std::ops::RangeInclusive<i64>> {
        (self.high >= self.low).then(|| self.first()..=self.high)
    }

    fn go_on(&mut self) {
        self.high = self.first() - 1;
        self.blocks = (self.blocks * 2).min(MOST_BLOCKS);
    }
}

/// The smallest and the largest number of a response with a text, in the days that are asked for. Answers are numbered as they come in,
/// which may be days after they were given, so that what lies between may be of other days. Served by the primary key of `texts`, and
/// by `texts_by_day`, which is asked for the ends of each day.
async fn bounds(connection: &mut Connection, query: &AnswerQuery) -> Result<Option<(i64, i64)>, StoreError> {
    let site = query.site.as_str();
    let statement = match query.days {
        None => sql("SELECT (SELECT MIN(response) FROM texts WHERE site = $1) AS low,
                            (SELECT MAX(response) FROM texts WHERE site = $1) AS high")
        .bind(site),
        Some(days) => {
            let ends = sql("SELECT (SELECT MIN(day) FROM texts WHERE site = $1) AS low,
                                   (SELECT MAX(day) FROM texts WHERE site = $1) AS high");
            let ends = ends.bind(site).one(connection).await?;
            let (Some(low), Some(high)) = (ends.optional_integer("low")?, ends.optional_integer("high")?) else {
                return Ok(None);
            };
            let (first, last) = (low.max(days.first.into()), high.min(days.last.into()));
            if first > last {
                return Ok(None);
            }
            sql("WITH RECURSIVE days (day) AS (
                     SELECT CAST($2 AS BIGINT) UNION ALL SELECT day + 1 FROM days WHERE day < $3)
                 SELECT MIN((SELECT MIN(t.response) FROM texts AS t WHERE t.site = $1 AND t.day = days.day)) AS low,
                        MAX((SELECT MAX(t.response) FROM texts AS t WHERE t.site = $1 AND t.day = days.day)) AS high
                 FROM days")
            .bind(site)
            .bind(first)
            .bind(last)
        }
    };
    let row = statement.one(connection).await?;
    Ok(row.optional_integer("low")?.zip(row.optional_integer("high")?))
}

/// How many responses are made ready to be found in one transaction.
const AT_ONCE: i64 = 2_000;

impl Store {
    /// After an upgrade from a version that could not search. Whatever stops it, the next start goes on.
    pub(super) async fn index_texts_if_needed(&self) -> Result<(), StoreError> {
        const NEEDED: &str = "texts to index";
        let needed = sql("SELECT number FROM singles WHERE name = $1").bind(NEEDED);
        if self.database.optional(needed).await?.is_none() {
            return Ok(());
        }
        for site in self.sites_with_surveys().await? {
            let survey_of = |record: &AnswerRecord| {
                let is_it =
                    |known: &&super::SurveyRecord| (&known.id, known.version) == (&record.survey, record.version);
                site.surveys.iter().find(is_it)?.definition.as_ref().ok()
            };
            let said = |record: &AnswerRecord| {
                let texts: Vec<String> = record.given.iter().filter_map(|given| given.text.clone()).collect();
                let band =
                    survey_of(record).and_then(|survey| first_band(survey, |question| record.point_of(question)));
                Said::of_texts(&texts, band, &record.language)
            };
            let (mut after, mut indexed) = (Some(i64::MIN), 0);
            while let Some(number) = after {
                (after, indexed) = self.index_texts_after(&site.site.key, number, said, indexed).await?;
            }
            tracing::info!(site = %site.site.key, texts = indexed, "its comments can be searched now");
        }
        self.database.change(sql("DELETE FROM singles WHERE name = $1").bind(NEEDED)).await?;
        Ok(())
    }

    async fn index_texts_after(
        &self,
        site: &SiteKey,
        number: i64,
        said: impl Fn(&AnswerRecord) -> Option<Box<Said>>,
        indexed: u64,
    ) -> Result<(Option<i64>, u64), StoreError> {
        self.database
            .write(async |connection| {
                super::ingest::hold_ledgers(connection, &[site].into()).await?;
                let next = sql("SELECT DISTINCT response FROM answers
                     WHERE site = $1 AND response > $2 AND text IS NOT NULL ORDER BY response LIMIT $3")
                .bind(site.as_str())
                .bind(number)
                .bind(AT_ONCE);
                let rows = next.all(connection).await?;
                let numbers = rows.iter().map(|row| row.integer("response")).collect::<Result<Vec<_>, _>>()?;
                let rows = numbered(site, &numbers).all(connection).await?;
                let records = answer_records(connection, site, &rows).await?;
                let texts = records.iter().filter_map(|record| Some((record, said(record)?)));
                let added = text_added(
                    texts.map(|(record, said)| (site, record.number, record.day, said.written(&record.page))),
                );
                run_together(vec![added], connection).await?;
                Ok((numbers.last().copied(), indexed + numbers.len() as u64))
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_search_goes_on_no_number_is_left_out_and_none_comes_twice() {
        let nothing = Wanted { beginnings: Vec::new(), terms: vec!["word".to_owned()] };
        let (low, high) = (3, first_of(40) + 7);
        let mut found = Found::new(nothing, Window::new(low, high));
        let mut lowest = high + 1;
        loop {
            let numbers = found.window.numbers().unwrap();
            assert_eq!(*numbers.end(), lowest - 1);
            lowest = *numbers.start();
            found.window.go_on();
            if found.window.blocks == MOST_BLOCKS {
                break;
            }
        }
        let next = Source::Found(found, 100).is_to_go_on_below();
        assert_eq!(next, Some(lowest), "`before` leaves out its own number");
    }
}

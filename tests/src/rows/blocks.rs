//! What reports read, unpacked by code of our own: blocks of counts, and what waits in the journal.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::{Line, Table};

/// What one commit changed, as the collector writes it down with postcard.
#[derive(Serialize, Deserialize)]
pub(super) struct Change {
    pub survey: String,
    pub version: u32,
    pub page: String,
    pub day: i32,
    pub segment: String,
    pub bins: Vec<(Subject, u8, i64)>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Subject {
    Funnel,
    Question(String),
}

/// What something is counted of, but for the part of the visitors and the span.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spot {
    pub site: String,
    pub page: String,
    pub survey: String,
    pub version: String,
    /// Empty for how far the survey got.
    pub question: String,
    pub bin: u8,
}

/// Where something is counted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CountKey {
    pub span: Span,
    /// The part of the visitors: `device=phone`, or empty for all.
    pub cut: String,
    pub spot: Spot,
}

/// By its first day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Span {
    Day(i32),
    Week(i32),
    FourWeeks(i32),
}

/// How often something was counted.
pub type Counts = BTreeMap<CountKey, i64>;

/// All counts: by day, week and four weeks, for each part of the visitors.
pub fn read(blocks: Table, pages: Table, journal: Table) -> anyhow::Result<Counts> {
    let mut names = BTreeMap::new();
    for page in pages {
        let [site, page, number] = filled(page)?;
        names.insert((site, number.parse::<i64>()?), page);
    }
    let mut counts = Counts::new();
    for block in blocks {
        add_block(&mut counts, block, &names)?;
    }
    for entry in journal {
        let [site, entry] = filled(entry)?;
        let changes: Vec<Change> = postcard::from_bytes(&bytes(&entry)?)?;
        for change in changes {
            add_change(&mut counts, &site, change);
        }
    }
    counts.retain(|_, count| *count != 0);
    Ok(counts)
}

/// The same, from rows that say where something is counted and how often.
pub fn recounted(rows: impl Iterator<Item = Line>) -> anyhow::Result<Counts> {
    let mut counts = Counts::new();
    for row in rows {
        let [site, day, page, survey, version, segment, question, bin, count] = filled(row)?;
        let spot = Spot { site, page, survey, version, question, bin: bin.parse()? };
        add_everywhere(&mut counts, &spot, day.parse()?, &segment, count.parse()?);
    }
    Ok(counts)
}

fn add_block(counts: &mut Counts, block: Line, names: &BTreeMap<(String, i64), String>) -> anyhow::Result<()> {
    let [site, cut, grain, start, survey, version, question, bucket, cells] = filled(block)?;
    let (bucket, start, cells) = (bucket.parse::<i64>()?, start.parse()?, bytes(&cells)?);
    let span = match grain.as_str() {
        "0" => Span::Day(start),
        "1" => Span::Week(start),
        _ => Span::FourWeeks(start),
    };
    let mut rest = cells.as_slice();
    while !rest.is_empty() {
        let place = i64::from(byte(&mut rest)?);
        ensure!(place < 32, "a block has 32 pages, and none at {place}");
        let page = names.get(&(site.clone(), bucket * 32 + place)).context("counts of a page without a name")?;
        let (first, last) = (byte(&mut rest)?, byte(&mut rest)?);
        for bin in first..=last {
            let (site, page, survey, version) = (site.clone(), page.clone(), survey.clone(), version.clone());
            let spot = Spot { site, page, survey, version, question: question.clone(), bin };
            add(counts, CountKey { span, cut: cut.clone(), spot }, i64::try_from(number(&mut rest)?)?);
        }
    }
    Ok(())
}

fn add_change(counts: &mut Counts, site: &str, change: Change) {
    let Change { survey, version, page, day, segment, bins } = change;
    for (subject, bin, by) in bins {
        let question = match subject {
            Subject::Funnel => String::new(),
            Subject::Question(question) => question,
        };
        let (site, page, survey) = (site.to_owned(), page.clone(), survey.clone());
        let spot = Spot { site, page, survey, version: version.to_string(), question, bin };
        add_everywhere(counts, &spot, day, &segment, by);
    }
}

/// On its day, in its week and in its four weeks, among all visitors and among those who are alike in something.
fn add_everywhere(counts: &mut Counts, spot: &Spot, day: i32, segment: &str, by: i64) {
    let (in_week, in_four_weeks) = ((day + 3).rem_euclid(7), (day + 3).rem_euclid(28));
    for cut in std::iter::once("").chain(segment.split('&').filter(|part| !part.is_empty())) {
        for span in [Span::Day(day), Span::Week(day - in_week), Span::FourWeeks(day - in_four_weeks)] {
            add(counts, CountKey { span, cut: cut.to_owned(), spot: spot.clone() }, by);
        }
    }
}

fn add(counts: &mut Counts, key: CountKey, by: i64) {
    *counts.entry(key).or_default() += by;
}

fn filled<const N: usize>(line: Line) -> anyhow::Result<[String; N]> {
    let cells: Option<Vec<String>> = line.into_iter().collect();
    cells.and_then(|cells| cells.try_into().ok()).context("a row with nothing in some column")
}

fn bytes(hexadecimal: &str) -> anyhow::Result<Vec<u8>> {
    (0..hexadecimal.len()).step_by(2).map(|at| Ok(u8::from_str_radix(&hexadecimal[at..at + 2], 16)?)).collect()
}

fn byte(rest: &mut &[u8]) -> anyhow::Result<u8> {
    let (first, others) = rest.split_first().context("packed counts are cut short")?;
    *rest = others;
    Ok(*first)
}

/// Seven bits a byte, the lowest first.
fn number(rest: &mut &[u8]) -> anyhow::Result<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = byte(rest)?;
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return Ok(number);
        }
    }
}

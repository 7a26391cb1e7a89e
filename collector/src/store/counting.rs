//! Counting answers for one report: of visitors who are alike in more than one way, which nothing counts beforehand. What it takes
//! grows with the answers of the period.

use std::collections::BTreeMap;

use survey::definition::{SiteKey, SurveyId};
use survey::report::Timeline;

use super::ingest::bins_of;
use super::sql::{Row, Statement};
use super::{Connection, StoreError, sql};
use crate::clock::Day;
use crate::counts::{Change, Subject};
use crate::ingest::rollup::Stages;

/// Where something is counted: a version of a survey, a page, and the first day of a part of the timeline.
type Place = (SurveyId, u32, String, Day);

/// How often something is counted there.
type Counted = BTreeMap<Place, BTreeMap<(Subject, u8), i64>>;

/// What was counted of visitors whose segments have both of these parts, in each part of the timeline on its first day. Served by
/// `presentations_by_day`.
pub(super) async fn count_pair(
    connection: &mut Connection,
    site: &SiteKey,
    timeline: &Timeline,
    pair: [&str; 2],
) -> Result<Vec<Change>, StoreError> {
    let mut counted = Counted::new();
    for part in timeline.parts() {
        let of_part = |query| of_pair(query, pair).bind(site.as_str()).bind(part.first).bind(part.last);
        for row in of_part(FUNNEL).all(connection).await? {
            let (reached, count) = (Stages::from_bits(row.number("stages")?).reached(), row.integer("count")?);
            let of_place = counted.entry(place(&row, part.first)?).or_default();
            for (stage, one) in (0..).zip(reached) {
                *of_place.entry((Subject::Funnel, stage)).or_default() += one * count;
            }
        }
        for row in of_part(ANSWERS).all(connection).await? {
            let count = row.integer("count")?;
            let of_place = counted.entry(place(&row, part.first)?).or_default();
            for (question, bin) in bins_of(&row)? {
                *of_place.entry((Subject::Question(question), bin)).or_default() += count;
            }
        }
    }
    Ok(counted.into_iter().map(change).collect())
}

/// Those that are counted, on some days, whose segments have two parts. `LIKE` would not tell upper case from lower in SQLite.
macro_rules! counted_where {
    () => {
        concat!(
            "WHERE p.site = $3 AND p.day BETWEEN $4 AND $5
               AND replace('&' || p.segment || '&', $1, '') <> '&' || p.segment || '&'
               AND replace('&' || p.segment || '&', $2, '') <> '&' || p.segment || '&' AND ",
            counted!()
        )
    };
}

const FUNNEL: &str = concat!(
    "SELECT p.survey, p.version, p.page, p.stages, COUNT(*) AS count FROM presentations AS p ",
    counted_where!(),
    " GROUP BY p.survey, p.version, p.page, p.stages"
);

const ANSWERS: &str = concat!(
    "SELECT p.survey, p.version, p.page, a.question, a.point, a.choices, COUNT(*) AS count
     FROM presentations AS p JOIN answers AS a ON a.site = p.site AND a.response = p.number ",
    counted_where!(),
    " AND (a.point IS NOT NULL OR a.choices IS NOT NULL)
     GROUP BY p.survey, p.version, p.page, a.question, a.point, a.choices"
);

fn of_pair<'q>(query: &'static str, pair: [&str; 2]) -> Statement<'q> {
    pair.into_iter().fold(sql(query), |query, part| query.bind(format!("&{part}&")))
}

fn place(row: &Row, day: Day) -> Result<Place, StoreError> {
    Ok((row.parsed("survey")?, row.number("version")?, row.text("page")?, day))
}

fn change(((survey, version, page, day), counted): (Place, BTreeMap<(Subject, u8), i64>)) -> Change {
    let bins = counted.into_iter().filter(|(_, count)| *count != 0);
    let bins = bins.map(|((subject, bin), count)| (subject, bin, count)).collect();
    Change { survey, version, page, day, segment: String::new(), bins }
}

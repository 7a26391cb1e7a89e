//! Cross-tables: how often each answer to one question came with each answer to another.

use super::association::association;
use super::{Answer, AnswersRead, Association, Axis, CellReport, CrossTableReport};
use crate::definition::SurveyId;
use crate::report::Days;
use crate::score::{Tally, share};

/// Two questions, and who answered both.
#[derive(Clone, Debug)]
pub struct CrossTable<'s> {
    rows: Axis<'s>,
    columns: Axis<'s>,
    n: u64,
    of_rows: Vec<u64>,
    of_columns: Vec<u64>,
    cells: Vec<Vec<u64>>,
}

impl<'s> CrossTable<'s> {
    pub fn new(rows: Axis<'s>, columns: Axis<'s>) -> Self {
        let (of_rows, of_columns) = (vec![0; rows.len()], vec![0; columns.len()]);
        let cells = vec![of_columns.clone(); rows.len()];
        Self { rows, columns, n: 0, of_rows, of_columns, cells }
    }

    /// Counts somebody who answered both questions, and nobody else.
    pub fn add(&mut self, answer: &Answer<'_>) {
        let places = |axis: &Axis| axis.places(answer.version, answer.to(axis.question().as_str()));
        let (rows, columns) = (places(&self.rows), places(&self.columns));
        if rows.is_empty() || columns.is_empty() {
            return;
        }
        self.n += 1;
        rows.iter().for_each(|row| self.of_rows[*row] += 1);
        columns.iter().for_each(|column| self.of_columns[*column] += 1);
        for row in &rows {
            columns.iter().for_each(|column| self.cells[*row][*column] += 1);
        }
    }

    pub fn report(&self, survey: &SurveyId, days: Days, read: AnswersRead) -> CrossTableReport {
        let row = |(cells, of_row): (&Vec<u64>, &u64)| {
            cells.iter().zip(&self.of_columns).map(|(n, of_column)| self.cell(*n, *of_row, *of_column)).collect()
        };
        let is_exclusive = self.rows.kind().is_exclusive() && self.columns.kind().is_exclusive();
        CrossTableReport {
            period: days.period(),
            survey: survey.to_string(),
            read,
            n: self.n,
            rows: self.rows.report(&self.of_rows, self.n),
            columns: self.columns.report(&self.of_columns, self.n),
            cells: self.cells.iter().zip(&self.of_rows).map(row).collect(),
            association: if is_exclusive { association(&self.cells) } else { Association::SeveralChoices },
        }
    }

    fn cell(&self, n: u64, of_row: u64, of_column: u64) -> CellReport {
        let (expected, residual) = expected([of_row, of_column], n, self.n).unwrap_or_default();
        CellReport { n, share: Tally::new(n, of_row).map(share), expected, residual }
    }
}

/// How many of `all` would be in row and column both, were the two independent, and by how many standard errors `n` differs (Haberman,
/// 1973: adjusted residuals). That takes who is in the row and who is not, so it holds also where visitors are in several rows.
/// Nothing where nobody is.
fn expected([of_row, of_column]: [u64; 2], n: u64, all: u64) -> Option<(f64, f64)> {
    let [row, column, n, all] = [of_row, of_column, n, all].map(|count| count as f64);
    let expected = row * column / all;
    let error = (expected * (1.0 - row / all) * (1.0 - column / all)).sqrt();
    (all > 0.0).then(|| (expected, if error > 0.0 { (n - expected) / error } else { 0.0 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Survey;
    use crate::shape::{AxisKind, Detail, Given, NoAxis};

    /// A survey of each kind of question, with such choices in the one of several.
    fn survey(version: u32, scale: &str, gaps: &[&str]) -> Survey {
        let gaps: Vec<String> = gaps.iter().map(|id| format!(r#"{{"id":"{id}","label":"{id} {version}"}}"#)).collect();
        let json = format!(
            r#"{{"id":"help","name":"A","triggers":["immediately"],"endings":[{{"title":"Thanks"}}],
                "questions":[
                {{"id":"ease","prompt":"Easy?","kind":{{"score":{{"scale":"{scale}","low":"No","high":"Yes"}}}}}},
                {{"id":"role","prompt":"Who?","kind":{{"single_choice":{{"choices":[{{"id":"new","label":"New"}},{{"id":"old","label":"Old"}}]}}}}}},
                {{"id":"gaps","prompt":"What?","kind":{{"multiple_choice":{{"choices":[{}],"other":"Else"}}}}}},
                {{"id":"may","prompt":"May we?","kind":{{"consent":{{"label":"You may"}}}}}},
                {{"id":"why","prompt":"Why?","kind":{{"comment":{{}}}}}}]}}"#,
            gaps.join(",")
        );
        serde_json::from_str::<Survey>(&json).unwrap().with_version(version)
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// What somebody said, by version: a score, who they are, what is missing, and whether they agreed.
    type Said<'a> = (u32, Option<u8>, Option<&'a str>, &'a [&'a str], bool);

    fn table(
        versions: &[&Survey],
        (rows, columns): (&str, &str),
        detail: Detail,
        said: &[Said<'_>],
    ) -> CrossTableReport {
        let axis = |id: &str| Axis::of(versions, &id.parse().unwrap(), detail).unwrap();
        let mut table = CrossTable::new(axis(rows), axis(columns));
        for (version, ease, role, gaps, agreed) in said {
            let (role, gaps, agreed) =
                (names(role.as_slice()), names(gaps), names(if *agreed { &["agreed"] } else { &[] }));
            let mut given: Vec<(&str, Given)> = ease.iter().map(|point| ("ease", Given::Point(*point))).collect();
            let picked = [("role", &role), ("gaps", &gaps), ("may", &agreed)];
            given.extend(
                picked.iter().filter(|(_, names)| !names.is_empty()).map(|(id, names)| (*id, Given::Picked(names))),
            );
            table.add(&Answer { version: *version, page: "a.b/", circumstances: &[], given: &given });
        }
        let n = said.len() as u64;
        table.report(
            &"help".parse().unwrap(),
            Days::up_to(20_413, 30),
            AnswersRead { answers: n, read: n, of_all: true },
        )
    }

    fn counts(report: &CrossTableReport) -> Vec<Vec<u64>> {
        report.cells.iter().map(|row| row.iter().map(|cell| cell.n).collect()).collect()
    }

    fn totals(axis: &crate::shape::AxisReport) -> Vec<(&str, u64)> {
        axis.categories.iter().map(|category| (category.id.as_str(), category.n)).collect()
    }

    #[test]
    fn scores_are_told_by_band_or_by_point_with_the_share_of_their_row() {
        let help = survey(1, "csat5", &["price"]);
        let said: Vec<Said> = [(1, "new"), (2, "new"), (5, "new"), (3, "old"), (4, "old"), (5, "old"), (5, "old")]
            .map(|(ease, role)| (1, Some(ease), Some(role), &[][..], false))
            .into();
        let report = table(&[&help], ("role", "ease"), Detail::Bands, &said);
        assert_eq!((report.n, report.rows.kind, report.columns.kind), (7, AxisKind::One, AxisKind::Bands));
        assert_eq!(totals(&report.rows), [("new", 3), ("old", 4)]);
        assert_eq!(totals(&report.columns), [("negative", 2), ("neutral", 1), ("positive", 4)]);
        assert_eq!(
            report.columns.categories.iter().map(|band| band.label.as_str()).collect::<Vec<_>>(),
            ["1–2", "3", "4–5"]
        );
        assert_eq!(counts(&report), [[2, 0, 1], [0, 1, 3]]);
        let share = report.cells[1][2].share.unwrap();
        assert_eq!((share.percent, share.interval.contains(75.0)), (75.0, true));
        assert_eq!(report.association, Association::TooFewAnswers { below_five: 6, cells: 6 });

        let points = table(&[&help], ("ease", "role"), Detail::Points, &said);
        assert_eq!(totals(&points.rows), [("1", 1), ("2", 1), ("3", 1), ("4", 1), ("5", 3)]);
        assert_eq!(counts(&points)[4], [1, 2]);
    }

    #[test]
    fn only_who_answered_both_is_in_the_table() {
        let help = survey(1, "csat5", &["price"]);
        let said: [Said; 4] = [
            (1, Some(5), None, &[], false),
            (1, None, Some("new"), &[], false),
            (1, None, None, &["price"], true),
            (9, Some(1), Some("new"), &[], false),
        ];
        let report = table(&[&help], ("role", "ease"), Detail::Bands, &said);
        assert_eq!((report.n, report.read.read), (0, 4));
        assert_eq!((report.cells[0][0].share, report.rows.categories[0].share), (None, None), "nothing, and not zero");
        assert_eq!(report.association, Association::NothingToCompare);
    }

    #[test]
    fn who_picks_several_is_in_several_rows_once_in_all_and_in_no_test() {
        let help = survey(1, "csat5", &["price", "size"]);
        let said: [Said; 3] = [
            (1, Some(1), None, &["price", "size"], false),
            (1, Some(1), None, &["price", "other"], false),
            (1, Some(5), None, &["size"], false),
        ];
        let report = table(&[&help], ("gaps", "ease"), Detail::Bands, &said);
        assert_eq!(report.n, 3);
        assert_eq!(totals(&report.rows), [("price", 2), ("size", 2), ("other", 1)]);
        assert_eq!(counts(&report), [[2, 0, 0], [1, 0, 1], [1, 0, 0]]);
        assert_eq!(totals(&report.columns), [("negative", 2), ("neutral", 0), ("positive", 1)]);
        assert_eq!(report.association, Association::SeveralChoices);
    }

    #[test]
    fn whoever_did_not_tick_a_box_has_not_agreed() {
        let help = survey(1, "csat5", &["price"]);
        let said: [Said; 3] =
            [(1, Some(1), None, &[], true), (1, Some(1), None, &[], false), (1, Some(5), None, &[], true)];
        let report = table(&[&help], ("ease", "may"), Detail::Bands, &said);
        assert_eq!(totals(&report.columns), [("agreed", 2), ("not_agreed", 1)]);
        assert_eq!(counts(&report), [[1, 1], [0, 0], [1, 0]]);
    }

    #[test]
    fn choices_are_the_same_in_every_version_and_scores_only_on_the_newest_scale() {
        let (first, second) = (survey(1, "csat5", &["price", "size"]), survey(2, "csat7", &["size", "look"]));
        let said: [Said; 3] = [
            (1, Some(5), None, &["price"], true),
            (2, Some(7), None, &["size"], true),
            (1, Some(1), None, &["size"], false),
        ];
        let versions = [&second, &first];
        let gaps = table(&versions, ("gaps", "may"), Detail::Bands, &said);
        assert_eq!(totals(&gaps.rows), [("size", 2), ("look", 0), ("price", 1), ("other", 0)]);
        assert_eq!(gaps.rows.categories[0].label, "size 2");
        let ease = table(&versions, ("ease", "may"), Detail::Bands, &said);
        assert_eq!((ease.n, totals(&ease.rows)), (1, vec![("negative", 0), ("neutral", 0), ("positive", 1)]));
    }

    /// The residual is worked out by hand: (30 − 20) / √(20 · 0.6 · 0.5).
    #[test]
    fn each_cell_says_what_chance_would_have_put_there_and_how_far_it_is_from_that() {
        let (expected, residual) = expected([40, 50], 30, 100).unwrap();
        assert_eq!((expected, (residual * 1_000.0).round()), (20.0, 4_082.0));
        let (_, below) = super::expected([60, 50], 20, 100).unwrap();
        assert_eq!((below * 1_000.0).round(), -4_082.0);
        assert_eq!(super::expected([100, 50], 50, 100), Some((50.0, 0.0)), "all are in the row");
        assert_eq!(super::expected([0, 50], 0, 100), Some((0.0, 0.0)));
        assert_eq!(super::expected([0, 0], 0, 0), None);
    }

    #[test]
    fn words_have_no_axis_and_what_is_not_asked_neither() {
        let help = survey(1, "csat5", &["price"]);
        let axis = |id: &str| Axis::of(&[&help], &id.parse().unwrap(), Detail::Bands).map(|_| ());
        assert_eq!(axis("why"), Err(NoAxis::Neither("why".parse().unwrap())));
        let unknown = axis("whence").unwrap_err().to_string();
        assert_eq!(unknown, "survey help has no question whence; it asks ease, role, gaps, may, why");
    }
}

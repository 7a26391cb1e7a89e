//! What stands in a table on the screen, as a file for a spreadsheet: figures as they were reckoned, and not as they are shown. Pure.

use survey::api::people::LogEntry;
use survey::comments::WordsReport;
use survey::csv::Table;
use survey::report::{HeatMapReport, Period, ScaleReport};
use survey::score::{Figures, Interval};
use survey::shape::{CrossTableReport, DriverReport, DriverValue, DriversReport, LowScores};

use crate::ranking::Row;

/// A file that is made when somebody wants it.
pub type Sheet = Vec<u8>;

/// Pages, or groups, in the order in which they are listed.
pub fn ranking(of: &str, rows: &[Row]) -> Sheet {
    let mut table = headed(&[
        of,
        "title",
        "answers",
        "score",
        "low",
        "high",
        "positive_percent",
        "negative_percent",
        "change",
        "change_low",
        "change_high",
        "verdict_among_all",
        "hurts",
        "eligible",
        "shown",
        "answered",
    ]);
    for row in rows {
        table.text(&row.page);
        table.text(row.title.as_deref().unwrap_or_default());
        scored(&mut table, row.score.as_ref());
        [row.funnel.eligible, row.funnel.shown, row.funnel.answered].into_iter().for_each(|count| table.own(count));
        table.end_row();
    }
    table.out
}

fn scored(table: &mut Table, score: Option<&ScaleReport>) {
    let Some(score) = score else {
        table.own(0);
        return nothing(table, 10);
    };
    let Figures { n, positive, negative, .. } = score.figures;
    let percent = |count: u64| 100.0 * count as f64 / n as f64;
    table.own(n);
    figure(table, Some(score.figures.headline_figure()));
    interval(table, score.figures.headline_interval());
    [positive, negative].into_iter().for_each(|count| figure(table, Some(percent(count))));
    figure(table, score.change.as_ref().map(|change| change.difference));
    interval(table, score.change.as_ref().map(|change| change.interval));
    let verdict = score.verdict_among_all.and_then(|verdict| serde_json::to_value(verdict).ok());
    table.text(verdict.as_ref().and_then(|verdict| verdict.as_str()).unwrap_or_default());
    table.own(score.hurts);
}

/// A row for each page or group, a column for each step, and the answers behind it beside it.
pub fn heat_map(report: &HeatMapReport) -> Sheet {
    let mut table = Table::default();
    table.own("name");
    table.own("answers");
    table.own("score");
    for Period { first_day, last_day } in &report.steps {
        for of in ["score", "answers"] {
            table.own([of, " ", first_day, "..", last_day].concat());
        }
    }
    table.end_row();
    for row in &report.rows {
        table.text(&row.name);
        table.own(row.all.n);
        figure(&mut table, row.all.headline);
        for cell in &row.cells {
            figure(&mut table, cell.headline);
            table.own(cell.n);
        }
        table.end_row();
    }
    table.out
}

/// A row for each cell.
pub fn cross_table(report: &CrossTableReport) -> Sheet {
    let mut table = Table::default();
    table.text(&report.rows.prompt);
    table.text(&report.columns.prompt);
    ["answers", "percent_of_row", "low", "high", "expected", "residual"].into_iter().for_each(|head| table.own(head));
    table.end_row();
    for (row, cells) in report.rows.categories.iter().zip(&report.cells) {
        for (column, cell) in report.columns.categories.iter().zip(cells) {
            table.text(&row.label);
            table.text(&column.label);
            table.own(cell.n);
            figure(&mut table, cell.share.map(|share| share.percent));
            interval(&mut table, cell.share.map(|share| share.interval));
            figure(&mut table, Some(cell.expected));
            figure(&mut table, Some(cell.residual));
            table.end_row();
        }
    }
    table.out
}

pub fn drivers(report: &DriversReport) -> Sheet {
    let mut table = headed(&[
        "of",
        "value",
        "answers_with",
        "low_with",
        "percent_low_with",
        "answers_without",
        "low_without",
        "percent_low_without",
        "difference",
        "low",
        "high",
        "p_value",
        "can_be_told",
    ]);
    for DriverReport { value, with, without, difference, interval: between, p_value, discovery } in &report.values {
        let (of, named) = match value {
            DriverValue::Choice { prompt, label, .. } => (prompt.as_str(), label.as_str()),
            DriverValue::Visitor { dimension, value } => (dimension.as_str(), value.as_str()),
            DriverValue::PageGroup { group } => ("page_group", group.as_str()),
        };
        table.text(of);
        table.text(named);
        for LowScores { n, low, share } in [with, without] {
            table.own(n);
            table.own(low);
            figure(&mut table, Some(share.percent));
        }
        figure(&mut table, Some(*difference));
        interval(&mut table, Some(*between));
        table.own(p_value);
        table.own(discovery);
        table.end_row();
    }
    table.out
}

pub fn words(report: &WordsReport) -> Sheet {
    let mut table =
        headed(&["word", "comments", "score", "low", "high", "comments_with_low_score", "log_odds", "z", "stands_out"]);
    for word in &report.words {
        table.text(&word.text);
        table.own(word.n);
        figure(&mut table, word.figures.map(|figures| figures.headline_figure()));
        interval(&mut table, word.figures.and_then(|figures| figures.headline_interval()));
        match &word.contrast {
            None => nothing(&mut table, 4),
            Some(contrast) => {
                table.own(contrast.low);
                [contrast.log_odds, contrast.z].into_iter().for_each(|reckoned| figure(&mut table, Some(reckoned)));
                table.own(contrast.stands_out);
            }
        }
        table.end_row();
    }
    table.out
}

pub fn log(entries: &[LogEntry]) -> Sheet {
    let mut table = headed(&["number", "at", "who", "what", "of_what", "details"]);
    for LogEntry { number, at, who, deed, subject, details } in entries {
        table.own(number);
        [at, who, deed, subject, details].into_iter().for_each(|text| table.text(text));
        table.end_row();
    }
    table.out
}

fn headed(heads: &[&str]) -> Table {
    let mut table = Table::default();
    heads.iter().for_each(|head| table.own(head));
    table.end_row();
    table
}

fn nothing(table: &mut Table, cells: usize) {
    (0..cells).for_each(|_| table.nothing());
}

/// Exact enough to go on reckoning with.
fn figure(table: &mut Table, figure: Option<f64>) {
    match figure {
        Some(figure) => table.own(format_args!("{figure:.4}")),
        None => table.nothing(),
    }
}

fn interval(table: &mut Table, interval: Option<Interval>) {
    figure(table, interval.map(|interval| interval.low));
    figure(table, interval.map(|interval| interval.high));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::{page, report, scale};
    use crate::ranking::rows;

    fn lines(sheet: Sheet) -> Vec<Vec<String>> {
        let text = String::from_utf8(sheet).unwrap();
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn every_row_has_a_cell_for_every_head() {
        let rows = rows(&report(vec![page("a.b/fine", 90.0), page("a.b/silent", None)]), scale());
        let lines = lines(ranking("page", &rows));
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{lines:?}");
        assert_eq!((lines[1][0].as_str(), lines[2][0].as_str(), lines[2][2].as_str()), ("a.b/fine", "a.b/silent", "0"));
    }

    #[test]
    fn what_others_wrote_is_no_formula() {
        let entry = LogEntry {
            number: 7,
            at: "2026-11-26T09:30:00Z".into(),
            who: "=HYPERLINK(1)".into(),
            deed: "settings".into(),
            subject: "+1".into(),
            details: String::new(),
        };
        assert_eq!(lines(log(&[entry]))[1], ["7", "2026-11-26T09:30:00Z", "'=HYPERLINK(1)", "settings", "'+1", ""]);
    }
}

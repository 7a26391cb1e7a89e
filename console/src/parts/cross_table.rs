//! Two questions against each other: who gave both answers, how many chance would have put there, and whether the two go together.

use leptos::prelude::*;
use survey::shape::{Association, AssociationTest, AxisKind, AxisReport, CategoryReport, CellReport, CrossTableReport};

use super::SaveTable;
use super::driver_list::p_value;
use crate::reading::Kind;
use crate::tables;
use crate::text::{count, decimal};

/// From how many standard errors on a cell is marked, and strongly marked.
const MARKED: f64 = 2.0;
const STRONGLY: f64 = 4.0;

/// How a cell differs from what chance would have put there.
fn departure(cell: &CellReport) -> (&'static str, Option<&'static str>) {
    let more = Some(tr!("▲ more than expected"));
    let fewer = Some(tr!("▼ fewer than expected"));
    match cell.residual {
        residual if residual >= STRONGLY => ("more-2", more),
        residual if residual >= MARKED => ("more-1", more),
        residual if residual <= -STRONGLY => ("fewer-2", fewer),
        residual if residual <= -MARKED => ("fewer-1", fewer),
        _ => ("", None),
    }
}

/// What an answer is called. Bands say which points they are of.
fn category_name(kind: AxisKind, category: &CategoryReport) -> String {
    match (kind, category.id.as_str()) {
        (AxisKind::Bands, "negative") => tr!("Low ({points})", points = category.label),
        (AxisKind::Bands, "neutral") => tr!("Middling ({points})", points = category.label),
        (AxisKind::Bands, "positive") => tr!("High ({points})", points = category.label),
        (AxisKind::Consent, "not_agreed") => tr!("Did not agree").to_owned(),
        _ => category.label.clone(),
    }
}

/// What the test came to, in words: how close, how sure, and what stands in the way of telling.
pub fn association_in_words(association: &Association) -> (String, String) {
    let told = |title: &str, more: &str| (title.to_owned(), more.to_owned());
    match association {
        Association::Tested(test) => tested(test),
        Association::TooFewAnswers { below_five, cells } => (
            tr!("Too few answers to say whether the two go together").to_owned(),
            tr!(
                "By chance alone, {few} of {all} cells would have fewer than five answers, and the test does not hold. Choose a longer period, or bands in the place of points.",
                few = count(*below_five),
                all = count(*cells)
            ),
        ),
        Association::SeveralChoices => told(
            tr!("Read cell by cell"),
            tr!(
                "Visitors may pick several choices, and a test of the whole table would take each pick for somebody else."
            ),
        ),
        Association::NothingToCompare => {
            told(tr!("Nothing to compare"), tr!("All visitors are in one row, or all are in one column."))
        }
    }
}

fn tested(test: &AssociationTest) -> (String, String) {
    let AssociationTest { p_value: p, cramers_v, .. } = *test;
    let figures = tr!(
        "Cramér’s V is {v}, where 0 is none and 1 as close as can be; {p}.",
        v = decimal(&format!("{cramers_v:.2}")),
        p = p_value(p)
    );
    if p >= 0.05 {
        return (
            tr!("No clear association").to_owned(),
            tr!("So uneven a table may well be chance. {figures}", figures),
        );
    }
    let title = match cramers_v {
        ..0.1 => tr!("They go together, but hardly"),
        ..0.3 => tr!("They go together weakly"),
        ..0.5 => tr!("They go together"),
        _ => tr!("They go together closely"),
    };
    (title.to_owned(), tr!("The association is clear: it is too uneven a table for chance. {figures}", figures))
}

#[component]
pub fn CrossTable(#[prop(into)] report: Signal<CrossTableReport>) -> impl IntoView {
    let said = move || report.with(|report| association_in_words(&report.association));
    let (title, more) = (move || said().0, move || said().1);
    view! {
        <div class="association">
            <h2>{title}</h2>
            <p class="secondary">{more}</p>
        </div>
        <div class="heat-scroll" role="region" aria-label=tr!("Cross-table") tabindex="0">
            <table class="cross">
                <caption class="unseen">{move || report.with(caption)}</caption>
                <thead>{move || report.with(head)}</thead>
                <tbody>{move || report.with(rows)}</tbody>
            </table>
        </div>
        <SaveTable name="cross-table" make=Callback::new(move |()| report.with_untracked(tables::cross_table))/>
        <p class="secondary">
            {tr!("Percentages are of each row. ▲ and ▼ mark cells that differ from what chance would have put there by two standard errors or more; the stronger tint, by four.")}
        </p>
    }
}

fn caption(report: &CrossTableReport) -> String {
    tr!("{rows} by {columns}", rows = report.rows.prompt, columns = report.columns.prompt)
}

fn head(report: &CrossTableReport) -> AnyView {
    let AxisReport { prompt, kind, categories, .. } = &report.columns;
    let kind = *kind;
    let column = |category: &CategoryReport| {
        view! {
            <th scope="col" dir="auto" class:few=category.low_confidence>
                {category_name(kind, category)}
                <small>{n_of(category)}</small>
            </th>
        }
    };
    view! {
        <tr>
            <th scope="col" rowspan="2" dir="auto" class="cross-prompt">
                {report.rows.prompt.clone()}
            </th>
            <th scope="colgroup" colspan=categories.len().to_string() dir="auto" class="cross-prompt">
                {prompt.clone()}
            </th>
        </tr>
        <tr>{categories.iter().map(column).collect_view()}</tr>
    }
    .into_any()
}

fn n_of(category: &CategoryReport) -> String {
    let few = if category.low_confidence { tr!(", small sample") } else { "" };
    format!("n\u{a0}{}{few}", count(category.n))
}

fn rows(report: &CrossTableReport) -> AnyView {
    let kind = report.rows.kind;
    let row = |(category, cells): (&CategoryReport, &Vec<CellReport>)| {
        view! {
            <tr class:faint=category.low_confidence>
                <th scope="row" dir="auto">
                    {category_name(kind, category)}
                    <small>{n_of(category)}</small>
                </th>
                {cells.iter().map(cell).collect_view()}
            </tr>
        }
    };
    report.rows.categories.iter().zip(&report.cells).map(row).collect_view().into_any()
}

fn cell(told: &CellReport) -> AnyView {
    let (class, mark) = departure(told);
    let share = told.share.map(|share| {
        let of = Kind::Share.shown(share.percent, told.n);
        (
            of,
            tr!(
                "95 % interval {low} to {high} %",
                low = format!("{:.0}", share.interval.low),
                high = format!("{:.0}", share.interval.high)
            ),
        )
    });
    let (shown, title) = share.unwrap_or_else(|| ("–".to_owned(), tr!("Nobody is in this row").to_owned()));
    view! {
        <td class=class title=title>
            <b>{shown}</b>
            <small>{tr!("{count} · expected {expected}", count = count(told.n), expected = format!("{:.0}", told.expected))}</small>
            {mark.map(|mark| view! { <small class="cross-mark">{mark}</small> })}
        </td>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(cramers_v: f64, p_value: f64) -> Association {
        Association::Tested(AssociationTest { chi_square: 9.0, degrees_of_freedom: 2, p_value, cramers_v })
    }

    #[test]
    fn what_a_table_shows_is_said_in_words() {
        let title = |association| association_in_words(&association).0;
        assert_eq!(title(test(0.42, 0.0001)), "They go together");
        assert_eq!(title(test(0.62, 0.0001)), "They go together closely");
        assert_eq!(title(test(0.05, 0.01)), "They go together, but hardly");
        assert_eq!(title(test(0.42, 0.2)), "No clear association");
        assert!(association_in_words(&test(0.42, 0.0001)).1.contains("V is 0.42"));
        assert_eq!(title(Association::SeveralChoices), "Read cell by cell");
        let few = association_in_words(&Association::TooFewAnswers { below_five: 6, cells: 8 }).1;
        assert!(few.contains("6 of 8 cells"), "{few}");
    }

    #[test]
    fn only_what_chance_would_hardly_do_is_marked() {
        let cell = |residual| departure(&CellReport { n: 30, share: None, expected: 20.0, residual });
        assert_eq!([cell(1.9), cell(-1.9)], [("", None); 2]);
        assert_eq!((cell(2.0).0, cell(4.1).0, cell(-2.0).0, cell(-9.0).0), ("more-1", "more-2", "fewer-1", "fewer-2"));
        assert_eq!(cell(-3.0).1, Some("▼ fewer than expected"));
    }

    #[test]
    fn bands_are_called_by_what_they_are_and_choices_by_their_labels() {
        let category = |id: &str, label: &str| CategoryReport {
            id: id.into(),
            label: label.into(),
            n: 20,
            share: None,
            low_confidence: false,
        };
        assert_eq!(category_name(AxisKind::Bands, &category("negative", "1–3")), "Low (1–3)");
        assert_eq!(category_name(AxisKind::One, &category("negative", "Price")), "Price");
        assert_eq!(category_name(AxisKind::Consent, &category("not_agreed", "–")), "Did not agree");
    }
}

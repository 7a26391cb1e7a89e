//! Any two questions of a survey against each other.

use leptos::prelude::*;
use survey::api::{Counted, QuestionSummary, SurveySummary};
use survey::shape::CrossTableReport;

use super::survey_choice::{SurveyPicker, chosen, counted};
use super::{Header, published};
use crate::address::{Place, Scope, change_parameter, change_parameters, parameter};
use crate::api::{self, Failure, Pair};
use crate::feed::{Feed, Pace};
use crate::parts::{Choice, CrossTable, Empty, FeedBody, Picker, Segments, read_in_words};

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Told {
    /// Those that ask two questions that can be counted.
    surveys: Vec<SurveySummary>,
    /// Nothing where there is no such survey.
    table: Option<Table>,
}

#[derive(Clone, PartialEq)]
struct Table {
    pair: Pair,
    report: CrossTableReport,
}

/// What the address names.
#[derive(Clone, PartialEq)]
struct Named {
    survey: Option<String>,
    rows: Option<String>,
    columns: Option<String>,
    points: bool,
}

async fn told(scope: Scope, named: Named) -> Result<Told, Failure> {
    let mut surveys = published(&scope.site).await?;
    surveys.retain(|survey| counted(survey).nth(1).is_some());
    let pair = chosen(&surveys, named.survey.as_deref()).and_then(|survey| pair(survey, &named));
    let Some(pair) = pair else { return Ok(Told { surveys, table: None }) };
    let report = api::cross_table(&scope, &pair).await?;
    Ok(Told { surveys, table: Some(Table { pair, report }) })
}

/// The two that are named, or the first two: choices by scores, if there are both.
fn pair(survey: &SurveySummary, named: &Named) -> Option<Pair> {
    let questions: Vec<&QuestionSummary> = counted(survey).collect();
    let find = |id: &Option<String>| questions.iter().find(|question| Some(&question.id) == id.as_ref()).copied();
    let (rows, columns) = (find(&named.rows), find(&named.columns));
    let other = |taken: Option<&QuestionSummary>, is_wanted: fn(&QuestionSummary) -> bool| {
        let mut free = questions.iter().copied().filter(|question| taken.is_none_or(|taken| taken.id != question.id));
        let first = free.clone().next();
        free.find(|question| is_wanted(question)).or(first)
    };
    let rows = rows.or_else(|| other(columns, |question| question.counted == Some(Counted::Choices)))?;
    let columns = columns.filter(|columns| columns.id != rows.id);
    let columns = columns.or_else(|| other(Some(rows), is_scored))?;
    let (rows, columns) = (rows.id.clone(), columns.id.clone());
    Some(Pair { survey: survey.id.clone(), rows, columns, points: named.points })
}

fn is_scored(question: &QuestionSummary) -> bool {
    matches!(question.counted, Some(Counted::Scores { .. }))
}

#[component]
pub fn CrossTableScreen() -> impl IntoView {
    let place = Place::here();
    let [survey, rows, columns, points] = ["survey", "rows", "columns", "points"].map(parameter);
    let named = move || Named {
        survey: survey.get(),
        rows: rows.get(),
        columns: columns.get(),
        points: points.get().as_deref() == Some("true"),
    };
    let feed = Feed::new(Pace::Unhurried, move || told(place.scope(), named()));
    let latest = feed.latest();
    let about = move || {
        latest.with(|latest| {
            let told = &latest.as_ref()?.table.as_ref()?.report;
            Some(read_in_words(&told.period, told.read.answers, told.read.read))
        })
    };
    view! {
        <Header path="/patterns/cross-table" title=tr!("Two questions against each other") about=Signal::derive(about)/>
        <Choices latest=latest/>
        <FeedBody state=feed.state()>
            <Report latest=latest/>
        </FeedBody>
    }
}

/// Which survey, which two of its questions, and how finely scores are told apart.
#[component]
fn Choices(latest: ReadSignal<Option<Told>>) -> impl IntoView {
    let surveys =
        Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|told| told.surveys.clone()).unwrap_or_default()));
    let pair = Memo::new(move |_| latest.with(|latest| Some(latest.as_ref()?.table.as_ref()?.pair.clone())));
    let of_pair = move |part: fn(&Pair) -> &String| {
        Signal::derive(move || pair.with(|pair| pair.as_ref().map(|pair| part(pair).clone())).unwrap_or_default())
    };
    let survey = of_pair(|pair| &pair.survey);
    let questions = Memo::new(move |_| {
        surveys
            .with(|surveys| {
                chosen(surveys, Some(&survey.get())).map(|survey| counted(survey).cloned().collect::<Vec<_>>())
            })
            .unwrap_or_default()
    });
    let choices = Memo::new(move |_| questions.with(|questions| questions.iter().map(choice).collect::<Vec<_>>()));
    let has_scores = Memo::new(move |_| {
        let is_there = |pair: &Pair| {
            questions
                .with(|all| all.iter().any(|one| is_scored(one) && (one.id == pair.rows || one.id == pair.columns)))
        };
        pair.with(|pair| pair.as_ref().is_some_and(is_there))
    });
    let change = change_parameters();
    // Whoever takes one side's question for the other turns the table.
    let choose = move |own: &'static str, other: &'static str| {
        Callback::new(move |question: String| {
            let Some(pair) = pair.get_untracked() else { return };
            let (now, beside) = if own == "rows" { (pair.rows, pair.columns) } else { (pair.columns, pair.rows) };
            let beside = if beside == question { now } else { beside };
            change.run(vec![(own, question), (other, beside)]);
        })
    };
    let points = move || pair.with(|pair| pair.as_ref().is_some_and(|pair| pair.points));
    view! {
        <Show when=move || choices.with(|choices| !choices.is_empty())>
            <div class="section-header filters">
                <SurveyPicker surveys=surveys chosen=survey of_survey=&["rows", "columns"]/>
                <Picker label=tr!("Rows") choices=choices chosen=of_pair(|pair| &pair.rows) on_choose=choose("rows", "columns")/>
                <Picker label=tr!("Columns") choices=choices chosen=of_pair(|pair| &pair.columns) on_choose=choose("columns", "rows")/>
                <Show when=move || has_scores.get()>
                    <Segments
                        legend=tr!("Scores")
                        name="points"
                        choices=details()
                        chosen=Signal::derive(move || if points() { "true".to_owned() } else { String::new() })
                        on_choose=change_parameter("points")
                    />
                </Show>
            </div>
        </Show>
    }
}

fn choice(question: &QuestionSummary) -> Choice {
    Choice { value: question.id.clone(), label: question.prompt.clone() }
}

fn details() -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    vec![choice("", tr!("Low, middling, high")), choice("true", tr!("Every point"))]
}

#[component]
fn Report(latest: ReadSignal<Option<Told>>) -> impl IntoView {
    let report = Memo::new(move |_| latest.with(|latest| Some(latest.as_ref()?.table.as_ref()?.report.clone())));
    let n = Memo::new(move |_| report.with(|report| report.as_ref().map(|report| report.n)));
    move || match n.get() {
        None => view! { <NoPair/> }.into_any(),
        Some(0) => view! {
            <Empty title=tr!("Nobody has answered both questions in this period")>
                <p>{tr!("Choose a longer period, more visitors, or other questions.")}</p>
            </Empty>
        }
        .into_any(),
        Some(_) => report
            .get_untracked()
            .map(|first| {
                let told = Signal::derive(move || report.get().unwrap_or_else(|| first.clone()));
                view! { <CrossTable report=told/> }
            })
            .into_any(),
    }
}

#[component]
fn NoPair() -> impl IntoView {
    let place = Place::here();
    view! {
        <Empty title=tr!("No survey asks two questions that can be counted")>
            <p>
                {tr!("Scores, choices and boxes to tick can be set against each other. Publish a survey with two of them. ")}
                <a href=move || place.href("/surveys", &[])>{tr!("See the surveys")}</a>
            </p>
        </Empty>
    }
}

#[cfg(test)]
mod tests {
    use survey::definition::Metric;

    use super::*;
    use crate::parts::sample::{question, survey};

    fn asked(rows: Option<&str>, columns: Option<&str>) -> Option<(String, String)> {
        let scores = Some(Counted::Scores { metric: Metric::Ces });
        let questions = vec![
            question("ease", scores),
            question("why", None),
            question("topic", Some(Counted::Choices)),
            question("role", Some(Counted::Choices)),
        ];
        let named =
            Named { survey: None, rows: rows.map(str::to_owned), columns: columns.map(str::to_owned), points: false };
        pair(&SurveySummary { questions, ..survey("help") }, &named).map(|pair| (pair.rows, pair.columns))
    }

    #[test]
    fn choices_stand_against_scores_unless_the_address_says_otherwise() {
        let pair = |rows: &str, columns: &str| Some((rows.to_owned(), columns.to_owned()));
        assert_eq!(asked(None, None), pair("topic", "ease"));
        assert_eq!(asked(Some("role"), None), pair("role", "ease"));
        assert_eq!(asked(Some("ease"), Some("role")), pair("ease", "role"));
        assert_eq!(asked(None, Some("topic")), pair("role", "topic"));
    }

    #[test]
    fn a_question_is_never_set_against_itself_or_against_words() {
        let pair = |rows: &str, columns: &str| Some((rows.to_owned(), columns.to_owned()));
        assert_eq!(asked(Some("ease"), Some("ease")), pair("ease", "topic"));
        assert_eq!(asked(Some("why"), Some("gone")), pair("topic", "ease"));
    }
}

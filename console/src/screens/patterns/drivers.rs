//! What goes with low scores: choices, visitors and page groups, each with its effect and how sure that is.

use leptos::prelude::*;
use survey::api::SurveySummary;
use survey::definition::Metric;
use survey::shape::DriversReport;

use super::survey_choice::{SurveyPicker, chosen, metrics};
use super::{Header, published};
use crate::address::{Place, Scope, change_parameter, parameter};
use crate::api::{self, Failure};
use crate::feed::{Feed, Pace};
use crate::parts::{Choice, DriverList, Empty, FeedBody, Segments, read_in_words};
use crate::reading::{Kind, Reading};
use crate::text::metric_label;

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Told {
    /// Those that ask for scores.
    surveys: Vec<SurveySummary>,
    /// Nothing where there is no such survey.
    report: Option<DriversReport>,
}

async fn told(scope: Scope, survey: Option<String>, metric: Option<String>) -> Result<Told, Failure> {
    let mut surveys = published(&scope.site).await?;
    surveys.retain(|survey| !metrics(survey).is_empty());
    let Some(survey) = chosen(&surveys, survey.as_deref()) else { return Ok(Told { surveys, report: None }) };
    let metric =
        metric.and_then(|named| metrics(survey).into_iter().find(|metric| api::metric_as_asked(*metric) == named));
    let report = api::drivers(&scope, &survey.id, metric).await?;
    Ok(Told { surveys, report: Some(report) })
}

#[component]
pub fn DriversScreen() -> impl IntoView {
    let place = Place::here();
    let (survey, metric) = (parameter("survey"), parameter("metric"));
    let feed = Feed::new(Pace::Unhurried, move || told(place.scope(), survey.get(), metric.get()));
    let latest = feed.latest();
    let report = Memo::new(move |_| latest.with(|latest| latest.as_ref()?.report.clone()));
    let about = move || {
        report.with(|report| report.as_ref().map(|told| read_in_words(&told.period, told.read.answers, told.read.read)))
    };
    view! {
        <Header path="/patterns/drivers" title=tr!("What goes with low scores") about=Signal::derive(about)/>
        <Choices latest=latest report=report/>
        <FeedBody state=feed.state()>
            <Report report=report/>
        </FeedBody>
    }
}

/// Which survey, and which of its scores.
#[component]
fn Choices(latest: ReadSignal<Option<Told>>, report: Memo<Option<DriversReport>>) -> impl IntoView {
    let surveys =
        Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|told| told.surveys.clone()).unwrap_or_default()));
    let own =
        Memo::new(move |_| report.with(|report| report.as_ref().map(|told| told.survey.clone()).unwrap_or_default()));
    let asked = Memo::new(move |_| {
        let metrics = surveys.with(|surveys| chosen(surveys, Some(&own.get())).map(metrics));
        metrics.unwrap_or_default().into_iter().map(choice).collect::<Vec<_>>()
    });
    let metric = move || report.with(|report| report.as_ref().map(|told| api::metric_as_asked(told.metric)));
    view! {
        <div class="section-header filters">
            <SurveyPicker surveys=surveys chosen=own of_survey=&["metric"]/>
            <Show when=move || asked.with(|asked| asked.len() > 1)>
                <Segments
                    legend=tr!("Score")
                    name="metric"
                    choices=asked
                    chosen=Signal::derive(move || metric().unwrap_or_default().to_owned())
                    on_choose=change_parameter("metric")
                />
            </Show>
        </div>
    }
}

fn choice(metric: Metric) -> Choice {
    Choice { value: api::metric_as_asked(metric).to_owned(), label: metric_label(metric) }
}

#[component]
fn Report(report: Memo<Option<DriversReport>>) -> impl IntoView {
    let state = Memo::new(move |_| report.with(|report| State::of(report.as_ref())));
    move || {
        match state.get() {
        State::NoSurvey => view! { <NoSurvey/> }.into_any(),
        State::NoScores => {
            view! {
                <Empty title=tr!("No scores in this period")>
                    <p>{tr!("Choose a longer period, more visitors, or another survey.")}</p>
                </Empty>
            }
            .into_any()
        }
        State::NothingToCompare => {
            view! {
                <Empty title=tr!("Nothing to compare yet")>
                    <p>{move || report.with(|report| report.as_ref().map(nothing_to_compare))}</p>
                </Empty>
            }
            .into_any()
        }
        State::Told => report
            .get_untracked()
            .map(|first| {
                let told = Signal::derive(move || report.get().unwrap_or_else(|| first.clone()));
                view! {
                    <p class="lead">{move || told.with(low_in_words)}</p>
                    <p class="secondary">
                        {tr!("Each line compares visitors with it to visitors without it. What goes together need not be a cause: to know, change something.")}
                    </p>
                    <div class="drivers-section">
                        <DriverList report=told/>
                    </div>
                    <p class="secondary">{move || told.with(left_out_in_words)}</p>
                }
            })
            .into_any(),
    }
    }
}

/// What there is to tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    NoSurvey,
    NoScores,
    NothingToCompare,
    Told,
}

impl State {
    fn of(report: Option<&DriversReport>) -> Self {
        match report {
            None => Self::NoSurvey,
            Some(report) if report.n == 0 => Self::NoScores,
            Some(report) if report.values.is_empty() => Self::NothingToCompare,
            Some(_) => Self::Told,
        }
    }
}

#[component]
fn NoSurvey() -> impl IntoView {
    let place = Place::here();
    view! {
        <Empty title=tr!("No survey asks for scores")>
            <p>
                {tr!("Publish one that does; then this screen says what goes with the low ones. ")}
                <a href=move || place.href("/surveys", &[])>{tr!("See the surveys")}</a>
            </p>
        </Empty>
    }
}

fn nothing_to_compare(report: &DriversReport) -> String {
    tr!(
        "A choice, a device or a page group is told of when ten answers have it and ten have not. So far there is {n} score."
            | "A choice, a device or a page group is told of when ten answers have it and ten have not. So far there are {n} scores."
                % report.n
    )
}

/// "18 % of 1,204 scores are low (16 – 20): “Was it easy?”"
fn low_in_words(report: &DriversReport) -> String {
    let Some(low) = report.low else { return String::new() };
    let interval = Some((low.interval.low, low.interval.high));
    let reading = Reading { kind: Kind::Share, value: low.percent, interval, n: report.n };
    let interval = reading.interval_shown().unwrap_or_default();
    tr!(
        "{share} of {n} score are low ({interval}): “{prompt}”"
            | "{share} of {n} scores are low ({interval}): “{prompt}”" % report.n,
        share = reading.shown(),
        interval,
        prompt = report.prompt
    )
}

fn left_out_in_words(report: &DriversReport) -> Option<String> {
    let left_out = report.left_out;
    (left_out > 0).then(|| {
        tr!("{n} value is left out, because fewer than ten answers have it or fewer than ten have not."
            | "{n} values are left out, because fewer than ten answers have it or fewer than ten have not." % left_out)
    })
}

#[cfg(test)]
mod tests {
    use survey::report::Period;
    use survey::score::{Tally, share};
    use survey::shape::AnswersRead;

    use super::*;

    fn report(n: u64) -> DriversReport {
        DriversReport {
            period: Period { first_day: "2026-10-23".into(), last_day: "2026-11-21".into() },
            survey: "help".into(),
            question: "ease".into(),
            prompt: "Easy?".into(),
            metric: Metric::Ces,
            read: AnswersRead { answers: n, read: n, of_all: true },
            n,
            low: Tally::new(n / 5, n).map(share),
            values: Vec::new(),
            left_out: 3,
        }
    }

    #[test]
    fn what_is_missing_is_told_apart() {
        assert_eq!(State::of(None), State::NoSurvey);
        assert_eq!(State::of(Some(&report(0))), State::NoScores);
        assert_eq!(State::of(Some(&report(12))), State::NothingToCompare);
        assert!(nothing_to_compare(&report(12)).contains("12 scores"));
    }

    #[test]
    fn the_share_of_low_scores_stands_with_n_and_its_interval() {
        assert_eq!(low_in_words(&report(100)), "20\u{202f}% of 100 scores are low (13\u{2009}–\u{2009}29): “Easy?”");
        assert_eq!(low_in_words(&report(0)), "");
        assert!(left_out_in_words(&report(100)).unwrap().starts_with("3 values are"));
    }
}

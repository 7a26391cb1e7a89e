//! Single figures: the number, its interval, how many answers it stands on, and whether it changed.

use leptos::prelude::*;
use survey::definition::Metric;
use survey::report::{Funnel, ScaleReport};

use crate::reading::{ChangeShown, Reading, Tone, change_in_words, headline, kind_name, response};
use crate::text::count;

/// A change in its colour. The words and the arrow say the same.
#[component]
pub fn Change(change: ChangeShown) -> impl IntoView {
    let class = match change.tone {
        Tone::Good => "change good",
        Tone::Bad => "change bad",
        Tone::Flat => "change",
    };
    view! {
        <span class=class title=change.meaning>
            {change.words}
        </span>
    }
}

/// What it means that a sample is small.
pub fn small_sample() -> &'static str {
    tr!("Of fewer than 10: too few to rely on")
}

/// A label that a figure stands on too few to rely on.
#[component]
pub fn SmallSample() -> impl IntoView {
    view! {
        <span class="tag" title=small_sample()>
            {tr!("small sample")}
        </span>
    }
}

/// A site's score on one scale; to be put in a `dl`.
#[component]
pub fn SiteFigure(title: String, metric: Metric, #[prop(into)] score: Signal<Option<ScaleReport>>) -> impl IntoView {
    let answered = move |score: ScaleReport| {
        let figures = score.figures;
        let reading = headline(metric, &figures);
        let change = change_in_words(&score);
        view! {
            <dd class:faint=figures.low_confidence>
                <span class="figure-value">{reading.shown()}</span>
                <span class="figure-detail">
                    {with_interval(&reading, &format!("n\u{a0}{}", count(figures.n)))}
                    {figures.low_confidence.then(|| view! { <SmallSample/> })}
                </span>
                <span class="figure-detail">
                    <Change change=change/>
                </span>
            </dd>
        }
    };
    view! {
        <div class="figure">
            <dt>{title}</dt>
            {move || match score.get() {
                Some(score) => answered(score).into_any(),
                None => {
                    view! {
                        <dd class="faint">
                            <span class="figure-value">"–"</span>
                            <span class="figure-detail">{tr!("no answers in this period")}</span>
                        </dd>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// How many answered of those who were shown a survey; to be put in a `dl`.
#[component]
pub fn ResponseRate(#[prop(into)] funnel: Signal<Funnel>) -> impl IntoView {
    let shown = move || response(&funnel.get()).map_or("–".to_owned(), |response| response.shown());
    let is_small = Memo::new(move |_| response(&funnel.get()).is_some_and(|response| response.is_small_sample()));
    let interval = move || {
        let none = || Some(tr!("no survey shown in this period").to_owned());
        response(&funnel.get()).map_or_else(none, |response| response.interval_shown())
    };
    let answered = move || {
        let funnel = funnel.get();
        (funnel.shown > 0)
            .then(|| tr!("{answered} of {shown} shown", answered = count(funnel.answered), shown = count(funnel.shown)))
    };
    view! {
        <div class="figure">
            <dt>{tr!("Response rate")}</dt>
            <dd class:faint=move || is_small.get() || funnel.get().shown == 0>
                <span class="figure-value">{shown}</span>
                <span class="figure-detail">{interval}</span>
                <span class="figure-detail">
                    {answered} <Show when=move || is_small.get()>
                        <SmallSample/>
                    </Show>
                </span>
            </dd>
        </div>
    }
}

/// A figure beside the headline; to be put in a `dl`.
#[component]
pub fn FigureBeside(metric: Metric, reading: Reading) -> impl IntoView {
    view! {
        <div class="beside" class:faint=reading.is_small_sample()>
            <dt>{kind_name(metric, reading.kind)}</dt>
            <dd>
                <b>{reading.shown()}</b>
                " "
                <span class="figure-detail">{reading.interval_shown()}</span>
            </dd>
        </div>
    }
}

fn with_interval(reading: &Reading, rest: &str) -> String {
    match reading.interval_shown() {
        Some(interval) => format!("{interval} · {rest}"),
        None => rest.to_owned(),
    }
}

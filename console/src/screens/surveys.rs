//! What is asked on this site: every published survey, in words. Read only.

use leptos::prelude::*;
use survey::report::SurveySummary;

use crate::address::Place;
use crate::api;
use crate::app::set_title;
use crate::feed::{Feed, Pace};
use crate::parts::{Empty, FeedNotice};
use crate::text::{condition_in_words, counted, question_in_words, trigger_in_words};

#[component]
pub fn SurveysScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("Surveys – {}", place.site.get().name));
    let feed = Feed::new(Pace::Once, move || place.site.get().key, async |site: String| api::surveys(&site).await);
    let latest = Memo::new(move |_| feed.latest());
    let is_shown = Memo::new(move |_| latest.with(Option::is_some));
    let list = move || match latest.get() {
        None => ().into_any(),
        Some(surveys) if surveys.is_empty() => view! { <NoSurvey/> }.into_any(),
        Some(surveys) => {
            let items = surveys.into_iter().map(|survey| view! { <SurveyItem survey=survey/> }).collect_view();
            view! { <ol class="surveys">{items}</ol> }.into_any()
        }
    };
    let title = move || match latest.with(|latest| latest.as_ref().map(Vec::len)) {
        None | Some(0) => "Surveys".to_owned(),
        Some(surveys) => counted(surveys as u64, "survey", "surveys"),
    };
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{title}</h1>
                <p class="secondary">
                    {move || format!("on {}; on a page where several fit, the upper one is shown.", place.site.get().name)}
                </p>
            </div>
        </header>
        <FeedNotice failure=Signal::derive(move || feed.failure()) is_shown=is_shown on_retry=Callback::new(move |()| feed.again())/>
        {list}
    }
}

#[component]
fn NoSurvey() -> impl IntoView {
    let place = Place::here();
    view! {
        <Empty title="No survey is published on this site">
            <p>
                "Publish one on the collector’s command line (" <code>"pagepoll survey publish --help"</code>
                " says how). The pages that have "
                <a href=move || place.href("/install", &[])>"the snippet"</a> " show it from then on."
            </p>
        </Empty>
    }
}

#[component]
fn SurveyItem(survey: SurveySummary) -> impl IntoView {
    let SurveySummary { id, version, name, definition } = survey;
    let triggers: Vec<String> = definition.triggers().iter().map(|trigger| trigger_in_words(*trigger)).collect();
    let questions: Vec<_> = definition
        .questions()
        .iter()
        .map(|question| {
            view! {
                <li>
                    <span dir="auto">{question.prompt.clone()}</span>
                    <span class="secondary">{question_in_words(question)}</span>
                </li>
            }
        })
        .collect();
    view! {
        <li class="survey">
            <h2>
                <bdi>{name}</bdi>
                " "
                <span class="secondary">{format!("{id}, version {version}")}</span>
            </h2>
            <dl class="rules">
                <dt>"Where"</dt>
                <dd>{condition_in_words(definition.when())}</dd>
                <dt>"When"</dt>
                <dd>{triggers.join(", or ")}</dd>
                <dt>"Asks"</dt>
                <dd>
                    <ol class="questions">{questions}</ol>
                </dd>
            </dl>
        </li>
    }
}

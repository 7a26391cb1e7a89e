//! A new survey: from a template, or as a copy of another one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use survey::api::editing::{Beginning, NewSurvey as Wanted};
use survey::api::{SurveySummary, TemplateSummary};

use crate::address::Place;
use crate::api::editing;
use crate::feed::{Feed, Pace};
use crate::parts::{FeedNotice, Labelled};

/// What the form asks: from what, and under which name. Folded until somebody wants it, unless the site has no survey yet.
#[component]
pub fn NewSurvey(
    /// Those that may be copied.
    surveys: Vec<SurveySummary>,
) -> impl IntoView {
    let place = Place::here();
    let feed = Feed::new(Pace::Once, editing::templates);
    let templates = feed.latest();
    let chosen = RwSignal::new("template:page-ces".to_owned());
    let name = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let navigate = use_navigate();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        let chosen = chosen.get_untracked();
        let from = match chosen.split_once(':') {
            Some(("survey", id)) => Beginning::Survey(id.to_owned()),
            Some((_, template)) => Beginning::Template(template.to_owned()),
            None => return,
        };
        let name = Some(name.get_untracked().trim().to_owned()).filter(|name| !name.is_empty());
        let (navigate, site) = (navigate.clone(), place.site.get_untracked().key);
        refused.set(None);
        is_busy.set(true);
        spawn_local(async move {
            let begun = editing::begin(&site, &Wanted { from, name, id: None }).await;
            if is_busy.try_set(false).is_some() {
                return;
            }
            match begun {
                Ok(begun) => navigate(&place.href("/survey", &[("survey", &begun.id)]), NavigateOptions::default()),
                Err(failure) => refused.set(Some(failure.to_string())),
            }
        });
    };
    let template = move |TemplateSummary { name, title, purpose }: TemplateSummary| {
        let value = format!("template:{name}");
        choice(value, title, purpose, chosen)
    };
    let copy = move |survey: SurveySummary| {
        let purpose = tr!("A copy of your survey {id}", id = survey.id);
        choice(format!("survey:{}", survey.id), survey.name, purpose, chosen)
    };
    let is_first = surveys.is_empty();
    let copies = surveys.into_iter().map(copy).collect_view();
    view! {
        <details class="new-survey" open=is_first>
            <summary class="button primary">{tr!("New survey")}</summary>
            <form class="editor" on:submit=submit novalidate>
                <FeedNotice state=feed.state()/>
                <fieldset class="beginnings">
                    <legend>{tr!("Begin with")}</legend>
                    {move || templates.get().map(|templates| templates.into_iter().map(template).collect_view())}
                    {copies}
                </fieldset>
                <Labelled id="new-name" label=tr!("What the team calls it") hint=()>
                    <input
                        id="new-name"
                        type="text"
                        autocomplete="off"
                        placeholder=tr!("As the template is called")
                        prop:value=name
                        on:input:target=move |event| name.set(event.target().value())
                    />
                </Labelled>
                <div class="save">
                    <button type="submit" class="button primary" disabled=is_busy>
                        {move || if is_busy.get() { tr!("Beginning …") } else { tr!("Begin") }}
                    </button>
                    <p class="refused" role="alert">
                        {refused}
                    </p>
                </div>
            </form>
        </details>
    }
}

fn choice(value: String, label: String, hint: String, chosen: RwSignal<String>) -> impl IntoView {
    let mine = value.clone();
    view! {
        <label class="hinted">
            <input
                type="radio"
                name="beginning"
                value=value.clone()
                prop:checked=move || chosen.with(|chosen| *chosen == mine)
                on:change=move |_| chosen.set(value.clone())
            />
            <span>
                {label}
                <span class="secondary">{hint}</span>
            </span>
        </label>
    }
}

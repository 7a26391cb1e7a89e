//! What was published before, and how each version differs from the one before it.

use leptos::prelude::*;
use survey::api::editing::SurveyVersion;

use super::document::Document;
use super::fields::Act;
use super::form::Form;
use crate::api::editing;
use crate::feed::{Feed, Pace};
use crate::reasons::{SURVEYS, told_in_words};
use crate::text::moment_in_words;

#[component]
pub fn Versions(
    /// The newest: when it changes, there is one more.
    newest: Signal<Option<u32>>,
) -> impl IntoView {
    let form = Form::here();
    let feed = Feed::new(Pace::Once, move || {
        let (site, survey, newest) = (form.site(), form.survey(), newest.get());
        async move { if newest.is_none() { Ok(Vec::new()) } else { editing::versions(&site, &survey).await } }
    });
    let latest = feed.latest();
    let refused = RwSignal::new(None::<String>);
    let bring_back = move |version: u32| {
        leptos::task::spawn_local(async move {
            match editing::version(&form.site(), &form.survey(), version).await {
                // What was published after it has been seen, or is above it in the list.
                Ok(told) => form.act(|document| *document = Document::of(told.definition).begun_as(document)),
                Err(failure) => refused.set(Some(failure.to_string())),
            }
        });
    };
    let item = move |version: SurveyVersion| {
        let SurveyVersion { version, published_at, published_by, changes, .. } = version;
        let when = published_at.map(|at| moment_in_words(&at)).unwrap_or_default();
        let who = published_by.map(|who| tr!(" by {who}", who)).unwrap_or_default();
        let changes = changes.iter().map(|change| view! { <li>{told_in_words(SURVEYS, change)}</li> }).collect_view();
        view! {
            <li>
                <p>
                    <strong>{tr!("Version {version}", version)}</strong>
                    <span class="secondary">{format!(" {when}{who} ")}</span>
                    <Act label=tr!("Write on from here") name=tr!("Write on from here, version {version}", version) on_press=Callback::new(move |()| bring_back(version))/>
                </p>
                <ul class="changes">{changes}</ul>
            </li>
        }
    };
    let list = move || {
        let mut versions = latest.get().unwrap_or_default();
        versions.sort_by_key(|version| std::cmp::Reverse(version.version));
        (!versions.is_empty()).then(|| {
            view! {
                <section class="editor-part" aria-labelledby="versions-title">
                    <h2 id="versions-title">{tr!("Versions")}</h2>
                    <ol class="versions">{versions.into_iter().map(item).collect_view()}</ol>
                    <p class="refused" role="alert">
                        {refused}
                    </p>
                </section>
            }
        })
    };
    view! {
        <Changes/>
        {list}
    }
}

/// What publishing would change.
#[component]
fn Changes() -> impl IntoView {
    let form = Form::here();
    move || {
        let changes = form.changes.get();
        (!changes.is_empty()).then(|| {
            view! {
                <section class="editor-part" aria-labelledby="changes-title">
                    <h2 id="changes-title">{tr!("What publishing changes")}</h2>
                    <ul class="changes">{changes.iter().map(|change| view! { <li>{told_in_words(SURVEYS, change)}</li> }).collect_view()}</ul>
                </section>
            }
        })
    }
}

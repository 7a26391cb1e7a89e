//! How surveys look on a site: its theme, with the real widget beside it in whatever is being tried.

use leptos::prelude::*;
use survey::api::SurveySummary;
use survey::theme::Theme;

use crate::address::{Place, with_query};
use crate::api::{self, Dropped, Failure, editing};
use crate::app::set_title;
use crate::attempt::Attempt;
use crate::browser;
use crate::feed::{Feed, Pace};
use crate::parts::{FeedNotice, StageFrame, Submit, ThemeFields, leave, theme_field_id};
use crate::sections::MatchSite;
use crate::theme::{Mistake, TypedTheme};
use crate::unsaved;

/// Begins the ids of the fields.
const FORM: &str = "look";

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Shown {
    site: String,
    theme: Theme,
    may_edit: bool,
    /// One to try it on.
    survey: Option<SurveySummary>,
}

async fn shown(site: String) -> Result<Shown, Failure> {
    let theme = api::settings(&site).await?.theme;
    let may_edit = api::may_edit(&site).await?;
    let survey = api::surveys(&site).await?.into_iter().next();
    Ok(Shown { site, theme, may_edit, survey })
}

#[component]
pub fn LookScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{} – {}", tr!("Look"), place.site.get().name));
    let feed = Feed::new(Pace::Once, move || shown(place.site.get().key));
    let latest = feed.latest();
    view! {
        <header class="screen-header">
            <div>
                <p>
                    <a href=move || place.href("/settings", &[])>{tr!("Settings")}</a>
                </p>
                <h1 tabindex="-1">{tr!("How surveys look")}</h1>
                <p class="secondary">
                    {tr!("On all of the site. A survey may differ from it in turn. What is left empty is the widget’s own.")}
                </p>
            </div>
        </header>
        <FeedNotice state=feed.state()/>
        {move || latest.get().map(|shown| view! { <Look shown=shown/> })}
    }
}

#[component]
fn Look(shown: Shown) -> impl IntoView {
    let place = Place::here();
    let Shown { site, theme, may_edit, survey } = shown;
    let begun = TypedTheme::of(&theme);
    let form = format!("{FORM} {site}");
    let (typed, kept) = (RwSignal::new(unsaved::typed_into(&form, &begun)), RwSignal::new(begun));
    unsaved::remember(form, typed, kept);
    // What can be tried: what is typed, as long as it makes sense.
    let tried = Memo::new(move |before: Option<&Theme>| {
        typed.with(TypedTheme::read).unwrap_or_else(|_| before.cloned().unwrap_or_default())
    });
    let found = Callback::new(move |found: Theme| typed.update(|typed| typed.take_look(&found)));
    let matching = move || may_edit.then(|| view! { <MatchSite site=place.site.get() on_found=found/> });
    view! {
        <div class="editor-screen">
            <div class="editor">
                {(!may_edit)
                    .then(|| view! { <p class="read-only">{tr!("You may read this. An editor or owner of the site may change it.")}</p> })}
                {matching}
                <LookForm site=site.clone() typed=typed kept=kept may_edit=may_edit/>
            </div>
            {may_edit.then(|| view! { <Trial site=site survey=survey tried=tried/> })}
        </div>
    }
}

#[component]
fn LookForm(
    site: String,
    typed: RwSignal<TypedTheme>,
    /// What the collector has.
    kept: RwSignal<TypedTheme>,
    may_edit: bool,
) -> impl IntoView {
    let attempt = Attempt::new(FORM, &[]);
    let (dropped, has_saved) = (RwSignal::new(Vec::new()), RwSignal::new(false));
    // Of what has been changed: what is kept makes sense.
    let is_changed = Memo::new(move |_| typed.with(|typed| kept.with(|kept| typed != kept)));
    let mistakes = Memo::new(move |_| {
        let mistakes = is_changed.get().then(|| typed.with(TypedTheme::read).err()).flatten();
        mistakes.unwrap_or_default()
    });
    let on_type = Callback::new(move |(place, text)| typed.update(|typed| typed.set(place, text)));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let found = mistakes.get_untracked();
        if let Some(Mistake { place, .. }) = found.iter().find(|mistake| !mistake.place.is_empty()) {
            return browser::focus(&theme_field_id(FORM, place));
        }
        let (site, sent) = (site.clone(), typed.get_untracked());
        let patch = kept.with_untracked(|kept| sent.patch(kept));
        attempt.make(async move { api::save_theme(&site, patch).await }, move |saved| {
            unsaved::saved(typed, kept, &sent, TypedTheme::of(&saved.theme));
            has_saved.set(true);
            dropped.set(saved.dropped);
        });
    };
    let standing = move || match (is_changed.get(), has_saved.get()) {
        (true, _) if mistakes.with(|mistakes| !mistakes.is_empty()) => {
            tr!("Not saved yet: what is marked above makes no sense.")
        }
        (true, _) => tr!("Not saved yet."),
        (false, true) => tr!("Saved. The site’s pages follow within a minute."),
        (false, false) => "",
    };
    view! {
        <form on:submit=submit novalidate aria-label=tr!("Theme")>
            <ThemeFields form=FORM typed=typed mistakes=mistakes is_read_only=!may_edit on_type=on_type/>
            {move || not_delivered(dropped.get())}
            {may_edit
                .then(|| {
                    view! {
                        <div class="save">
                            <Submit attempt=attempt label=tr!("Save the look") busy=tr!("Saving …")/>
                            <span class="secondary" role="status">
                                {standing}
                            </span>
                        </div>
                    }
                })}
        </form>
    }
}

/// What of the style sheet could reach the network or the page, and so is left out.
fn not_delivered(dropped: Vec<Dropped>) -> Option<AnyView> {
    let line = |Dropped { line, what, why }| {
        view! {
            <li>
                {tr!("Line {line}: ", line)} <code>{what}</code> {format!(" – {why}")}
            </li>
        }
    };
    (!dropped.is_empty()).then(|| {
        view! {
            <div class="notice" role="status">
                <p>{tr!("Saved. Of the style sheet, this is not delivered:")}</p>
                <ul>{dropped.into_iter().map(line).collect_view()}</ul>
            </div>
        }
        .into_any()
    })
}

/// The widget in what is typed.
#[component]
fn Trial(site: String, survey: Option<SurveySummary>, tried: Memo<Theme>) -> impl IntoView {
    let place = Place::here();
    let token = RwSignal::new(None::<String>);
    let refused = RwSignal::new(None::<String>);
    let has_survey = survey.is_some();
    if let Some(survey) = survey {
        let origin = place.site.get_untracked().origins.first().cloned().unwrap_or_default();
        let site = site.clone();
        leptos::task::spawn_local(async move {
            match editing::preview_link(&site, &survey.id, format!("{origin}/")).await {
                Ok(link) => drop(token.try_set(leave(&link.url))),
                Err(failure) => drop(refused.try_set(Some(failure.to_string()))),
            }
        });
    }
    let address = Signal::derive(move || {
        let token = token.get()?;
        let theme = tried.with(serde_json::to_string).ok()?;
        Some(with_query(&format!("/preview/{site}"), &[("pagepoll", token.as_str()), ("theme", &theme)]))
    });
    view! {
        <aside class="editor-stage" aria-labelledby="stage-title">
            <h2 id="stage-title">{tr!("As visitors see it")}</h2>
            {if has_survey {
                view! {
                    <StageFrame address=address title=tr!("A survey in this look")/>
                    <p class="secondary">{tr!("One of the site’s surveys, in what is typed here. Nothing of it is sent or counted.")}</p>
                }
                    .into_any()
            } else {
                view! {
                    <p class="secondary">
                        {tr!("Begin a survey under ")} <a href=move || place.href("/surveys", &[])>{tr!("Surveys")}</a>
                        {tr!(", and it is shown here in this look.")}
                    </p>
                }
                    .into_any()
            }}
            <p class="refused" role="alert">
                {refused}
            </p>
        </aside>
    }
}

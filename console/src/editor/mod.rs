//! The editor of a survey: questions, endings, where and when it shows, and what is to become of it.
//!
//! What is edited is the survey's JSON ([`Document`](document::Document)), which need not make sense yet: whatever is typed is saved as a
//! draft by itself ([`Form`]), and the collector says at which place what is still wrong.

mod bar;
mod document;
mod endings;
mod fields;
mod form;
mod history;
mod kept;
mod logic;
mod look;
mod menu;
mod new_survey;
mod preview;
mod questions;
mod reach;
mod rules;
mod stage;
mod targeting;
mod trial;
mod versions;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use survey::api::editing::EditedSurvey;

use crate::address::{Place, parameter};
use crate::api::{self, Failure};
use crate::app::set_title;
use crate::feed::{Feed, Pace};
use crate::parts::FeedNotice;
use bar::Bar;
use endings::Endings;
use fields::{Kind, Line};
use form::Form;
use look::{Languages, Look};
pub use new_survey::NewSurvey;
use preview::Preview;
use questions::Questions;
use stage::Stage;
use targeting::Targeting;
use versions::Versions;

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Shown {
    site: String,
    survey: EditedSurvey,
    may_edit: bool,
}

async fn shown(site: String, survey: String) -> Result<Shown, Failure> {
    let survey = api::editing::survey(&site, &survey).await?;
    let may_edit = api::may_edit(&site).await?;
    Ok(Shown { site, survey, may_edit })
}

/// The survey that the address names.
#[component]
pub fn EditorScreen() -> impl IntoView {
    let place = Place::here();
    let survey = parameter("survey");
    let feed = Feed::new(Pace::Once, move || shown(place.site.get().key, survey.get().unwrap_or_default()));
    let latest = feed.latest();
    view! {
        <FeedNotice state=feed.state()/>
        <Show when=move || feed.state().failure.with(Option::is_some)>
            <p>
                <a href=move || place.href("/surveys", &[])>{tr!("See the site’s surveys")}</a>
            </p>
        </Show>
        {move || latest.get().map(|shown| view! { <Editor shown=shown/> })}
    }
}

#[component]
fn Editor(shown: Shown) -> impl IntoView {
    let place = Place::here();
    let Shown { site, survey, may_edit } = shown;
    let form = Form::provide(site, &survey, may_edit);
    let survey = RwSignal::new(survey);
    let name = form.read(|document| document.word("name"));
    set_title(move || format!("{} – {}", name.get(), place.site.get().name));
    let on_key = move |event: KeyboardEvent| {
        let is_command = event.ctrl_key() || event.meta_key();
        match event.key().to_lowercase().as_str() {
            "z" if is_command && !event.shift_key() => form.undo(),
            "z" if is_command => form.redo(),
            "y" if is_command => form.redo(),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="editor-screen">
        <div class="editor" on:keydown=on_key>
            <header class="screen-header">
                <div>
                    <p>
                        <a href=move || place.href("/surveys", &[])>{tr!("All surveys")}</a>
                            {may_edit.then(|| view! { <a class="to-stage" href="#stage-title">{tr!("As visitors see it")}</a> })}
                    </p>
                    <h1 tabindex="-1">{move || Some(name.get()).filter(|name| !name.is_empty()).unwrap_or_else(|| tr!("A survey without a name").to_owned())}</h1>
                </div>
            </header>
            {(!may_edit).then(|| view! { <p class="read-only">{tr!("You may read this survey. An editor or owner of the site may change it.")}</p> })}
            <Bar survey=survey/>
            <Languages/>
            <section class="editor-part">
                <Line place="name" label=tr!("What the team calls it") kind=Kind::Word hint=tr!("Visitors never see it.")/>
            </section>
            <Questions/>
            <Endings/>
            <Targeting/>
            <Look/>
            <Preview/>
            <Versions newest=Signal::derive(move || survey.with(|survey| survey.version))/>
        </div>
        <Stage/>
        </div>
    }
}

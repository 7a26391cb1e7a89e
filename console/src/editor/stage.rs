//! The survey as visitors would see it, beside the form: the real widget in a page of the collector's own, anew with each save.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::{Form, SaveState};
use crate::address::{Place, with_query};
use crate::api::editing;
use crate::parts::{StageFrame, leave};

#[component]
pub fn Stage() -> impl IntoView {
    let (form, place) = (Form::here(), Place::here());
    let token = RwSignal::new(None::<String>);
    let refused = RwSignal::new(None::<String>);
    let origin = place.site.get_untracked().origins.first().cloned().unwrap_or_default();
    spawn_local(async move {
        match editing::preview_link(&form.site(), &form.survey(), format!("{origin}/")).await {
            Ok(link) => token.try_set(leave(&link.url)),
            Err(failure) => {
                refused.try_set(Some(failure.to_string()));
                None
            }
        };
    });
    // What is on the collector: it changes with a save, and not with every letter.
    let saved = Memo::new(move |before: Option<&(u32, u32)>| {
        let (revision, is_saved) = (form.revision.get().unwrap_or_default(), form.save_state.get() == SaveState::Saved);
        match before {
            Some((known, round)) if *known == revision || !is_saved => (*known, *round),
            Some((_, round)) => (revision, round + 1),
            None => (revision, 0),
        }
    });
    let within = form.read(|document| document.word("format.inline"));
    let address = move || {
        let (token, round) = (token.get()?, saved.get().1.to_string());
        let (language, within) = (form.language.get(), within.get());
        let query = [("pagepoll", token.as_str()), ("l", &language), ("within", &within), ("r", &round)];
        let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Some(with_query(&format!("/preview/{}", form.site()), &query))
    };
    let title = move || tr!("The survey as visitors see it, in {language}", language = form.language.get());
    form.may_edit.then(|| {
        view! {
            <aside class="editor-stage" aria-labelledby="stage-title">
                <h2 id="stage-title">{tr!("As visitors see it")}</h2>
                <StageFrame address=Signal::derive(address) title=Signal::derive(title)/>
                <p class="refused" role="alert">
                    {refused}
                </p>
                <p class="secondary" role="status">
                    {move || (form.problems.with(Vec::len) > 0).then_some(tr!("It shows once everything is right: see what is marked in the form."))}
                </p>
                <p class="secondary">{tr!("With what was last saved, and without rules or frequency. Nothing of it is sent or counted.")}</p>
            </aside>
        }
    })
}

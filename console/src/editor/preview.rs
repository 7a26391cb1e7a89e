//! A look at the survey on a page of the site's own: the real widget, with the draft as it was last saved.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use crate::address::Place;
use crate::api::editing;

#[component]
pub fn Preview() -> impl IntoView {
    let (form, place) = (Form::here(), Place::here());
    let origin = place.site.get_untracked().origins.first().cloned().unwrap_or_default();
    let url = RwSignal::new(format!("{origin}/"));
    let link = RwSignal::new(None::<String>);
    let refused = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        link.set(None);
        refused.set(None);
        is_busy.set(true);
        spawn_local(async move {
            let made = editing::preview_link(&form.site(), &form.survey(), url.get_untracked()).await;
            if is_busy.try_set(false).is_some() {
                return;
            }
            match made {
                Ok(made) => link.set(Some(made.url)),
                Err(failure) => refused.set(Some(failure.to_string())),
            }
        });
    };
    let shown = move || {
        link.get().map(|link| {
            view! {
                <p>
                    <a href=link target="_blank" rel="noreferrer">
                        {tr!("Open the page with this survey on it")}
                    </a>
                    <span class="secondary">{tr!(" For a day, in the browser that opens it. Nothing of it is sent or counted.")}</span>
                </p>
            }
        })
    };
    form.may_edit.then(|| {
        view! {
            <section class="editor-part" aria-labelledby="preview-title">
                <h2 id="preview-title">{tr!("See it on your page")}</h2>
                <form class="choice-line" on:submit=make novalidate>
                    <div class="field">
                        <label for="preview-url">{tr!("A page of the site that has the snippet")}</label>
                        <input
                            id="preview-url"
                            type="text"
                            inputmode="url"
                            autocomplete="off"
                            aria-describedby="preview-problem"
                            prop:value=url
                            on:input:target=move |event| url.set(event.target().value())
                        />
                    </div>
                    <button type="submit" class="button" disabled=is_busy>
                        {tr!("Make a link")}
                    </button>
                </form>
                <p id="preview-problem" class="refused" role="alert">
                    {refused}
                </p>
                {shown}
            </section>
        }
    })
}

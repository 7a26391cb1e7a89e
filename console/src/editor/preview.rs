//! A look at the survey on a page of the site's own: the real widget, with the draft as it was last saved.

use leptos::prelude::*;

use super::form::Form;
use crate::address::Place;
use crate::api::editing;
use crate::attempt::Attempt;
use crate::parts::{Entry, Submit};

#[component]
pub fn Preview() -> impl IntoView {
    let (form, place) = (Form::here(), Place::here());
    let origin = place.site.get_untracked().origins.first().cloned().unwrap_or_default();
    let url = RwSignal::new(format!("{origin}/"));
    let link = RwSignal::new(None::<String>);
    let attempt = Attempt::new("preview", &["url"]);
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        link.set(None);
        let asked = async move { editing::preview_link(&form.site(), &form.survey(), url.get_untracked()).await };
        attempt.make(asked, move |made| link.set(Some(made.url)));
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
                    <Entry attempt=attempt field="url" label=tr!("A page of the site that has the snippet") kind="url" value=url/>
                    <Submit attempt=attempt label=tr!("Make a link") busy=tr!("Making the link …")/>
                </form>
                {shown}
            </section>
        }
    })
}

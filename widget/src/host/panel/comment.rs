//! A comment: free text that may always be left out.

use leptos::html::Textarea;
use leptos::prelude::*;
use survey::wire::MAX_COMMENT;

use super::card::{Reply, go_on};

pub fn comment(placeholder: String, reply: Reply) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let send = move || {
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        go_on(reply, |talk| talk.comment(&text));
    };
    view! {
        <textarea
            node_ref=field
            part="comment"
            aria-labelledby="title"
            maxlength=MAX_COMMENT
            rows="3"
            placeholder=placeholder
        ></textarea>
        <div class="row">
            <button class="quiet" on:click=move |_| go_on(reply, |talk| talk.skip())>"Skip"</button>
            <button class="send" part="send" on:click=move |_| send()>"Send"</button>
        </div>
    }
}

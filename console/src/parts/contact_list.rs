//! What visitors left to be written back to, each with the answer that it came with.

use leptos::prelude::*;
use survey::definition::ContactField;
use survey::report::{AnswerReport, ContactDetail};

use super::comment_list::badge;
use crate::text::ago;

#[component]
pub fn ContactList(#[prop(into)] answers: Signal<Vec<AnswerReport>>, #[prop(into)] now: Signal<i64>) -> impl IntoView {
    let item = move |answer: AnswerReport| {
        let AnswerReport { answered_at, scores, choices, comments, contact, .. } = answer;
        let details = contact.into_iter().flat_map(|contact| contact.details).map(detail).collect_view();
        let picked = choices.into_iter().map(|choices| choices.picked.join(", "));
        let said = picked.chain(comments.into_iter().map(|comment| comment.text));
        view! {
            <li class="comment">
                <dl class="contact">{details}</dl>
                {said.map(|said| view! { <p class="comment-text secondary" dir="auto">{said}</p> }).collect_view()}
                <div class="comment-origin">
                    {scores.first().map(badge)}
                    <span>{move || ago(answered_at, now.get())}</span>
                </div>
            </li>
        }
    };
    view! {
        <ol class="comments">
            {move || answers.get().into_iter().map(item).collect_view()}
        </ol>
    }
}

fn detail(ContactDetail { field, text }: ContactDetail) -> impl IntoView {
    view! {
        <dt>{field_name(field)}</dt>
        <dd dir="auto">{text}</dd>
    }
}

fn field_name(field: ContactField) -> &'static str {
    match field {
        ContactField::Name => tr!("Name"),
        ContactField::Email => tr!("E-mail"),
        ContactField::Phone => tr!("Phone"),
        ContactField::Company => tr!("Company"),
        ContactField::Message => tr!("Message"),
    }
}

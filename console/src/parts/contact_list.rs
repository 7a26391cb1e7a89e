//! What visitors left to be written back to, each with the answer that it came with.

use leptos::prelude::*;
use survey::definition::ContactField;
use survey::report::{AnswerReport, ContactDetail};

use super::comment_list::badge;
use crate::text::{ago, page_label};

#[component]
pub fn ContactList(
    #[prop(into)] answers: Signal<Vec<AnswerReport>>,
    #[prop(into)] now: Signal<i64>,
    /// The address of a page's screen, where they are of several pages.
    #[prop(optional, into)]
    link: Option<Callback<String, String>>,
) -> impl IntoView {
    let item = move |answer: AnswerReport| {
        let AnswerReport { page, answered_at, scores, choices, comments, contact, .. } = answer;
        let details = contact.into_iter().flat_map(|contact| contact.details).map(detail).collect_view();
        let picked = choices.into_iter().map(|choices| choices.picked.join(", "));
        let said = picked.chain(comments.into_iter().map(|comment| comment.text));
        view! {
            <li class="comment">
                <dl class="contact">{details}</dl>
                {said.map(|said| view! { <p class="comment-text secondary" dir="auto">{said}</p> }).collect_view()}
                <div class="comment-origin">
                    {scores.first().map(badge)}
                    {link.map(|link| view! { <a class="comment-page" href=link.run(page.clone())><bdi dir="ltr">{page_label(&page, true).to_owned()}</bdi></a> })}
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

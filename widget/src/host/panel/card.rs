//! The card: one question at a time, then thanks.

use leptos::prelude::*;
use survey::definition::{Question, QuestionKind, Thanks};
use survey::wire::MAX_COMMENT;

use super::element::{block, button, drawing, heading, text};
use super::scale;
use crate::conversation::{Conversation, Step};

const CROSS: &str = "M4 4l8 8M12 4l-8 8";
const TICK: &str = "M12 20.5l5.5 5.5L28.5 15";

/// The step that a conversation is at.
pub fn card(conversation: &Conversation) -> AnyView {
    let mut parts = match conversation.step() {
        Step::Question(place) => question(&conversation.survey().questions()[place]),
        Step::Thanks => thanks(conversation.survey().thanks()),
    };
    // Last in order, so that a keyboard comes to the answers first.
    parts.push(button("close", String::new(), "Close".into(), drawing("0 0 16 16", CROSS)));
    view! { <section class="card" part="card" role="dialog" aria-labelledby="title">{parts}</section> }.into_any()
}

fn question(question: &Question) -> Vec<AnyView> {
    let mut parts = vec![heading(question.prompt.clone())];
    match &question.kind {
        QuestionKind::Score { scale, look, low, high } => {
            parts.push(scale::points(scale, *look));
            parts.push(block("ends", vec![text(low.clone()), text(high.clone())]));
        }
        QuestionKind::Comment { placeholder } => parts.extend(comment(placeholder.clone())),
    }
    parts
}

/// A free text that may always be left out.
fn comment(placeholder: String) -> [AnyView; 2] {
    let field = view! {
        <textarea part="comment" aria-labelledby="title" maxlength=MAX_COMMENT.to_string() rows="3" placeholder=placeholder></textarea>
    };
    let buttons = vec![
        button("quiet", String::new(), String::new(), "Skip".into_any()),
        button("send", String::new(), String::new(), "Send".into_any()),
    ];
    [field.into_any(), block("row", buttons)]
}

fn thanks(thanks: &Thanks) -> Vec<AnyView> {
    let words = block("words", vec![heading(thanks.title.clone()), text(thanks.text.clone())]);
    vec![block("thanks", vec![drawing("0 0 40 40", TICK), words])]
}

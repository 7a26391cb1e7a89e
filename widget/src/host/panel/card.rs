//! The card: one question at a time, then thanks.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use survey::definition::{Question, QuestionKind, Survey, Thanks};
use survey::wire::{ExposureStage, MAX_COMMENT};

use super::element::{block, button, drawing, heading, text};
use super::{Panel, Report, scale};
use crate::conversation::{Conversation, Step};

/// How long the thanks stay.
const THANKS_MS: u32 = 3_000;

const CROSS: &str = "M4 4l8 8M12 4l-8 8";
const TICK: &str = "M12 20.5l5.5 5.5L28.5 15";

/// Where a question takes the visitor's answer.
#[derive(Clone)]
pub struct Reply {
    panel: Panel,
    step: RwSignal<Step>,
}

impl Reply {
    /// Changes the conversation, tells of it, and shows the next step.
    pub fn go_on(&self, change: impl FnOnce(&mut Conversation)) {
        let mut conversation = self.panel.conversation.borrow_mut();
        change(&mut conversation);
        self.panel.report(Report::Answered(&conversation));
        let step = conversation.step();
        drop(conversation);
        self.panel.keep_focus();
        self.step.set(step);
        if step == Step::Thanks {
            let panel = self.panel.clone();
            Timeout::new(THANKS_MS, move || panel.close()).forget();
        }
    }
}

/// The whole panel for one survey.
pub fn card(survey: Survey, panel: Panel) -> impl IntoView {
    let step = RwSignal::new(panel.conversation.borrow().step());
    let reply = StoredValue::new_local(Reply { panel: panel.clone(), step });
    let start = panel.clone();
    let close = move || {
        if step.get_untracked() != Step::Thanks {
            panel.report(Report::Reached(ExposureStage::Dismissed));
        }
        panel.close();
    };
    let escape = close.clone();
    view! {
        <section
            class="card"
            part="card"
            role="dialog"
            aria-labelledby="title"
            on:input=move |_| start.report_started()
            on:keydown=move |event| if event.key() == "Escape" { escape() }
        >
            {move || match step.get() {
                Step::Question(index) => question(&survey.questions()[index], reply.get_value()),
                Step::Thanks => thanks(survey.thanks()),
            }}
            // Last in order, so that a keyboard comes to the answers first.
            {button("close", "Close".into(), drawing("0 0 16 16", CROSS), Box::new(close))}
        </section>
    }
}

fn question(question: &Question, reply: Reply) -> Vec<AnyView> {
    let mut parts = vec![heading(question.prompt.clone())];
    match &question.kind {
        QuestionKind::Score { scale, look, low, high } => {
            parts.push(scale::points(scale, *look, reply));
            parts.push(block("ends", vec![text(low.clone()), text(high.clone())]));
        }
        QuestionKind::Comment { placeholder } => parts.extend(comment(placeholder.clone(), reply)),
    }
    parts
}

/// A free text that may always be left out.
fn comment(placeholder: String, reply: Reply) -> [AnyView; 2] {
    let field = view! {
        <textarea part="comment" aria-labelledby="title" maxlength=MAX_COMMENT.to_string() rows="3" placeholder=placeholder></textarea>
    };
    let (skip, send) = (reply.clone(), reply);
    let skip = move || skip.go_on(Conversation::skip);
    let send = move || {
        let text = send.panel.typed_text();
        send.go_on(|conversation| conversation.comment(&text));
    };
    let buttons = vec![
        button("quiet", String::new(), "Skip".into_any(), Box::new(skip)),
        button("send", String::new(), "Send".into_any(), Box::new(send)),
    ];
    [field.into_any(), block("row", buttons)]
}

fn thanks(thanks: &Thanks) -> Vec<AnyView> {
    let words = block("words", vec![heading(thanks.title.clone()), text(thanks.text.clone())]);
    vec![block("thanks", vec![drawing("0 0 40 40", TICK), words])]
}

//! The card: one question at a time, then thanks.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use survey::definition::{Question, QuestionKind, Survey, Thanks};
use survey::wire::ExposureStage;

use super::{Panel, Report, comment, scale};
use crate::conversation::{Conversation, Step};

/// How long the thanks stay.
const THANKS_MS: u32 = 3_000;

/// How long after the card its question is announced.
const ANNOUNCE_AFTER_MS: u32 = 150;

/// Where a question takes the visitor's answer. Lives in the browser's one thread, which Leptos wants to hear.
pub type Reply = StoredValue<Talk, LocalStorage>;

pub struct Talk {
    conversation: Conversation,
    step: WriteSignal<Step>,
    panel: Panel,
}

impl Talk {
    fn go_on(&mut self, change: impl FnOnce(&mut Conversation)) {
        change(&mut self.conversation);
        self.panel.report(Report::Answered(&self.conversation));
        self.panel.keep_focus();
        self.step.set(self.conversation.step());
        if self.conversation.step() == Step::Thanks {
            let panel = self.panel.clone();
            Timeout::new(THANKS_MS, move || panel.close()).forget();
        }
    }
}

/// Changes the conversation, tells of it, and shows the next step.
pub fn go_on(reply: Reply, change: impl FnOnce(&mut Conversation)) {
    reply.update_value(|talk| talk.go_on(change));
}

/// The whole panel for one survey.
pub fn card(survey: Survey, panel: Panel) -> impl IntoView {
    let conversation = Conversation::new(survey.clone());
    let (step, set_step) = signal(conversation.step());
    let (announced, announce) = signal(String::new());
    let reply = StoredValue::new_local(Talk { conversation, step: set_step, panel: panel.clone() });

    // A screen reader tells of what changes in a live region, so the region has to be there before its text.
    let prompt = survey.questions()[0].prompt.clone();
    Timeout::new(ANNOUNCE_AFTER_MS, move || announce.set(prompt)).forget();

    let start = panel.clone();
    let close = move || {
        if step.get_untracked() != Step::Thanks {
            panel.report(Report::Reached(ExposureStage::Dismissed));
        }
        panel.close();
    };
    let escape = close.clone();

    view! {
        <p class="hidden" role="status">{announced}</p>
        <section
            class="card"
            part="card"
            role="dialog"
            aria-labelledby="title"
            on:click=move |_| start.report_started()
            on:keydown=move |event| if event.key() == "Escape" { escape() }
        >
            {move || match step.get() {
                Step::Question(index) => question(&survey.questions()[index], reply).into_any(),
                Step::Thanks => thanks(survey.thanks()).into_any(),
            }}
            // Last in order, so that a keyboard comes to the answers first.
            <button class="close" part="close" aria-label="Close" on:click=move |event| {
                event.stop_propagation();
                close();
            }>
                <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8" /></svg>
            </button>
        </section>
    }
}

fn question(question: &Question, reply: Reply) -> impl IntoView + use<> {
    let answer = match &question.kind {
        QuestionKind::Score { scale, look, low, high } => scale::scale(scale, *look, low, high, reply).into_any(),
        QuestionKind::Comment { placeholder } => comment::comment(placeholder.clone(), reply).into_any(),
    };
    view! {
        <h2 id="title" part="question" tabindex="-1">{question.prompt.clone()}</h2>
        {answer}
    }
}

fn thanks(thanks: &Thanks) -> impl IntoView + use<> {
    view! {
        <div class="thanks">
            <svg viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="20" /><path d="M12 20.5l5.5 5.5L28.5 15" /></svg>
            <div>
                <h2 id="title" tabindex="-1">{thanks.title.clone()}</h2>
                <p>{thanks.text.clone()}</p>
            </div>
        </div>
    }
}

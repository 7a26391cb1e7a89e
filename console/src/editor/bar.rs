//! The bar above the form: how saving goes, one step back, and what is to become of the survey.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use survey::api::SurveyState;
use survey::api::editing::{EditedSurvey, FieldProblem};

use super::fields::id_of;
use super::form::{Form, SaveState};
use crate::address::Place;
use crate::api::editing::{self, Decision, NotDone};
use crate::browser;
use crate::parts::StateBadge;
use crate::reasons::reason_in_words;
use crate::text::moment_in_words;

#[component]
pub fn Bar(
    /// As the collector has it.
    survey: RwSignal<EditedSurvey>,
) -> impl IntoView {
    let form = Form::here();
    let is_busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let since = RwSignal::new(None::<u32>);
    // Whether the screen is still there.
    let is_over = move || is_busy.try_set(false).is_none();
    let not_done = move |why: NotDone| match why {
        NotDone::Changed(changed) => form.save_state.set(SaveState::Changed(changed)),
        NotDone::NotPublishable(told) => {
            refused.set(Some(tr!("Not published yet: what is wrong stands at its field.").to_owned()));
            if let Some(first) = told.problems.first() {
                browser::focus(&id_of(&first.field));
            }
            form.problems.set(told.problems);
        }
        NotDone::PublishedSince => spawn_local(async move {
            // With what was published, which then stands among the versions.
            match editing::survey(&form.site(), &form.survey()).await {
                Ok(edited) => {
                    since.set(edited.version);
                    survey.set(edited);
                }
                Err(failure) => refused.set(Some(failure.to_string())),
            }
        }),
        NotDone::Failed(failure) => refused.set(Some(failure.to_string())),
    };
    let begin = move || {
        refused.set(None);
        since.set(None);
        is_busy.set(true);
    };
    let publish = move |over: Option<u32>| {
        begin();
        spawn_local(async move {
            // What was typed a moment ago goes along.
            let is_saved = form.settle().await;
            let Some(revision) = form.revision.get_untracked().filter(|_| is_saved) else {
                is_busy.try_set(false);
                return;
            };
            let sent = form.document.get_untracked();
            let outcome = form.end(editing::publish(&form.site(), &form.survey(), revision, over)).await;
            if !is_over() {
                return;
            }
            match outcome {
                Ok(edited) => {
                    form.published(&edited, &sent);
                    survey.set(edited);
                }
                Err(why) => not_done(why),
            }
        });
    };
    let decide = move |decision: Decision| {
        begin();
        spawn_local(async move {
            let outcome = editing::decide(&form.site(), &form.survey(), decision).await;
            if !is_over() {
                return;
            }
            match outcome {
                // What is being written is none of its business.
                Ok(edited) => survey.set(edited),
                Err(failure) => not_done(NotDone::Failed(failure)),
            }
        });
    };
    let navigate = use_navigate();
    let place = Place::here();
    let discard = move || {
        let was_published = survey.with_untracked(|survey| survey.version.is_some());
        let (navigate, list) = (navigate.clone(), place.href("/surveys", &[]));
        begin();
        spawn_local(async move {
            form.until_still().await;
            let outcome = form.end(thrown_away(form, was_published)).await;
            if !is_over() {
                return;
            }
            match outcome {
                Ok(Some(edited)) => {
                    form.take(&edited);
                    survey.set(edited);
                }
                Ok(None) => {
                    form.let_go();
                    navigate(&list, NavigateOptions::default());
                }
                Err(why) => not_done(why),
            }
        });
    };
    let state = move || survey.with(|survey| survey.state);
    let is_free = Signal::derive(move || !is_busy.get());
    let has_draft = move || form.revision.get().is_some() || form.save_state.get() != SaveState::Saved;
    // The same button stays, so that whoever has pressed it has it still.
    let turn = move || match state() {
        SurveyState::Archived => (tr!("Take out of the archive"), Decision::Unarchive),
        SurveyState::Paused => (tr!("Resume"), Decision::Resume),
        _ => (tr!("Pause"), Decision::Pause),
    };
    let archive = move || {
        decide(Decision::Archive);
        browser::focus(TURN);
    };
    let decisions = move || {
        view! {
            <Show when=move || state() != SurveyState::Draft>
                <BarButton label=Signal::derive(move || turn().0) id=TURN can=is_free on_press=Callback::new(move |()| decide(turn().1))/>
            </Show>
            <Show when=move || !matches!(state(), SurveyState::Draft | SurveyState::Archived)>
                <BarButton label=tr!("Archive") can=is_free on_press=Callback::new(move |()| archive())/>
            </Show>
        }
    };
    let may_edit = form.may_edit;
    view! {
        <div class="editor-bar">
            {move || view! { <StateBadge state=state()/> }}
            <span
                class="secondary"
                class:refused=move || matches!(form.save_state.get(), SaveState::Failed(_) | SaveState::Changed(_))
                role="status"
            >
                {move || standing_in_words(form, survey)}
            </span>
            <Show when=move || may_edit>
                <span class="editor-acts">
                    <BarButton label=tr!("Undo") look="button quiet" can=Signal::derive(move || form.can_undo()) on_press=Callback::new(move |()| form.undo())/>
                    <BarButton label=tr!("Redo") look="button quiet" can=Signal::derive(move || form.can_redo()) on_press=Callback::new(move |()| form.redo())/>
                    {decisions}
                    <Discard is_there=Signal::derive(has_draft) on_press=Callback::new({
                        let discard = discard.clone();
                        move |()| discard()
                    })/>
                    <BarButton
                        label=tr!("Publish")
                        look="button primary"
                        can=Signal::derive(move || is_free.get() && has_draft())
                        on_press=Callback::new(move |()| publish(None))
                    />
                </span>
            </Show>
            <p class="refused" role="alert">
                {refused}
            </p>
            <Conflict/>
            <Since version=since on_publish=Callback::new(move |version| publish(Some(version)))/>
            <Problems/>
        </div>
    }
}

/// The id of the button that pauses and resumes.
const TURN: &str = "turn-survey";

/// A button that keeps the focus also while it can do nothing: one that is disabled loses it.
#[component]
fn BarButton(
    #[prop(into)] label: Signal<&'static str>,
    #[prop(optional)] id: Option<&'static str>,
    #[prop(default = "button")] look: &'static str,
    can: Signal<bool>,
    on_press: Callback<()>,
) -> impl IntoView {
    let press = move |_| {
        if can.get_untracked() {
            on_press.run(());
        }
    };
    view! {
        <button type="button" class=look id=id aria-disabled=move || (!can.get()).to_string() on:click=press>
            {label}
        </button>
    }
}

/// Throws away what is written, on the collector too if that has it; hands back what is there then. Of what was never published, nothing is.
async fn thrown_away(form: Form, was_published: bool) -> Result<Option<EditedSurvey>, NotDone> {
    let (site, survey) = (form.site(), form.survey());
    if let Some(revision) = form.stored_draft() {
        editing::discard(&site, &survey, revision).await?;
    }
    if !was_published {
        return Ok(None);
    }
    editing::survey(&site, &survey).await.map(Some).map_err(NotDone::Failed)
}

/// Another version was published, past this draft: its team may look at it first.
#[component]
fn Since(version: RwSignal<Option<u32>>, on_publish: Callback<u32>) -> impl IntoView {
    move || {
        let Some(number) = version.get() else { return ().into_any() };
        view! {
            <div class="conflict" role="alert">
                <p>
                    {tr!(
                        "Version {number} was published since this draft was begun. What it changed stands below, under Versions; published now, this draft takes its place.",
                        number
                    )}
                </p>
                <button type="button" class="button" on:click=move |_| on_publish.run(number)>
                    {tr!("Publish all the same")}
                </button>
                <button type="button" class="button" on:click=move |_| version.set(None)>
                    {tr!("Not now")}
                </button>
            </div>
        }
        .into_any()
    }
}

/// All that is not right yet, also what has no field on the screen.
#[component]
fn Problems() -> impl IntoView {
    let form = Form::here();
    let item = |problem: FieldProblem| {
        view! {
            <li>
                <code>{problem.field}</code>
                " "
                {reason_in_words(&problem.reason)}
            </li>
        }
    };
    move || {
        let problems = form.problems.get();
        (!problems.is_empty()).then(|| {
            view! {
                <details class="problems">
                    <summary>{tr!("What is not right yet")}</summary>
                    <ul class="changes">{problems.into_iter().map(item).collect_view()}</ul>
                </details>
            }
        })
    }
}

/// Throwing away what is written asks first.
#[component]
fn Discard(is_there: Signal<bool>, on_press: Callback<()>) -> impl IntoView {
    let asks = RwSignal::new(false);
    move || {
        if !is_there.get() {
            return ().into_any();
        }
        if !asks.get() {
            return view! {
                <button type="button" class="button quiet" on:click=move |_| asks.set(true)>
                    {tr!("Throw draft away")}
                </button>
            }
            .into_any();
        }
        view! {
            <span class="asks" role="group" aria-label=tr!("Throw the draft away?")>
                <button
                    type="button"
                    class="button danger"
                    on:click=move |_| {
                        asks.set(false);
                        on_press.run(());
                    }
                >
                    {tr!("Yes, throw it away")}
                </button>
                <button type="button" class="button quiet" on:click=move |_| asks.set(false)>
                    {tr!("Keep it")}
                </button>
            </span>
        }
        .into_any()
    }
}

fn standing_in_words(form: Form, survey: RwSignal<EditedSurvey>) -> String {
    match form.save_state.get() {
        SaveState::Saving => tr!("Saving …").to_owned(),
        SaveState::Unsaved => tr!("Not saved yet.").to_owned(),
        SaveState::Failed(failure) => tr!("Not saved, and tried again: {reason}", reason = failure),
        SaveState::Changed(_) => tr!("Not saved.").to_owned(),
        SaveState::Saved if form.revision.get().is_some() => {
            match form.problems.with(Vec::len) {
                0 => tr!("Draft saved. Ready to be published.").to_owned(),
                more => tr!("Draft saved. One thing is not right yet."
                    | "Draft saved. {n} things are not right yet." % more as u64),
            }
        }
        SaveState::Saved => match survey.with(|survey| survey.version) {
            Some(version) => tr!("Version {version}, as published.", version),
            None => String::new(),
        },
    }
}

/// Two people at once: nobody's work is lost without their say.
#[component]
fn Conflict() -> impl IntoView {
    let form = Form::here();
    move || {
        let SaveState::Changed(conflict) = form.save_state.get() else { return ().into_any() };
        let (who, when) = (conflict.stamp.changed_by.clone(), moment_in_words(&conflict.stamp.changed_at));
        let told = if conflict.is_there {
            tr!(
                "{who} changed this draft {when}, while you were writing. Nothing of yours is lost, and nothing is saved until you choose.",
                who,
                when
            )
        } else {
            tr!(
                "{who} published this draft, or threw it away, {when}, while you were writing. Nothing of yours is lost, and nothing is saved until you choose.",
                who,
                when
            )
        };
        view! {
            <div class="conflict" role="alert">
                <p>{told}</p>
                <button type="button" class="button" on:click=move |_| form.take_theirs()>
                    {tr!("Show theirs")}
                </button>
                <button type="button" class="button" on:click=move |_| form.overwrite(&conflict)>
                    {tr!("Keep mine")}
                </button>
            </div>
        }
        .into_any()
    }
}

//! A visit that is made up: what the survey, as it was last saved, would do there, rule by rule.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};
use survey::targeting::{Check, Outcome, Trace};

use super::form::{Form, SaveState};
use crate::address::{Place, address_meant};
use crate::api::{Failure, editing};
use crate::parts::Labelled;
use crate::translation::text;

/// How long after the last letter it is asked for.
const AFTER_MS: u32 = 400;

const DEVICES: [(&str, &str); 3] =
    [("desktop", marked!("a computer")), ("phone", marked!("a phone")), ("tablet", marked!("a tablet"))];

/// What is said of the visit, as it is typed.
#[derive(Clone, PartialEq)]
struct Visit {
    url: String,
    device: String,
    is_returning: bool,
    seconds: String,
    scrolled: String,
    is_leaving: bool,
}

impl Visit {
    /// As the collector reads it. What is no number is sent as it was typed, to be refused by name.
    fn given(&self) -> Value {
        let number = |typed: &str| typed.trim().parse::<u32>().map_or_else(|_| json!(typed), |number| json!(number));
        let happened = if self.is_leaving { json!([{ "exit": "pointer_left_top" }]) } else { json!([]) };
        json!({
            "url": self.url, "visible_seconds": number(&self.seconds), "scroll_percent": number(&self.scrolled),
            "values": { "device": self.device, "returning": self.is_returning, "visits": if self.is_returning { 2 } else { 1 } },
            "happened": happened,
        })
    }
}

#[component]
pub fn Trial() -> impl IntoView {
    let (form, place) = (Form::here(), Place::here());
    let is_open = RwSignal::new(false);
    let origin = place.site.with_untracked(|site| site.origins.first().cloned()).unwrap_or_default();
    let visit = RwSignal::new(Visit {
        url: format!("{origin}/"),
        device: "desktop".to_owned(),
        is_returning: false,
        seconds: "30".to_owned(),
        scrolled: "50".to_owned(),
        is_leaving: false,
    });
    view! {
        <details class="trial" on:toggle=move |_| is_open.update(|is_open| *is_open = !*is_open)>
            <summary>{tr!("Would it show? Try a visit")}</summary>
            <Show when=move || is_open.get()>
                <div class="trial-inside">
                    <VisitFields visit=visit/>
                    <Explained form=form visit=visit/>
                </div>
            </Show>
        </details>
    }
}

#[component]
fn VisitFields(visit: RwSignal<Visit>) -> impl IntoView {
    let line = move |id: &'static str, label: &'static str, read: fn(&mut Visit) -> &mut String| {
        view! {
            <Labelled id=id label=label hint=()>
                <input
                    id=id
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || visit.with(|visit| read(&mut visit.clone()).clone())
                    on:input:target=move |event| visit.update(|visit| *read(visit) = event.target().value())
                />
            </Labelled>
        }
    };
    let check = move |label: &'static str, read: fn(&mut Visit) -> &mut bool| {
        view! {
            <label class="hinted">
                <input
                    type="checkbox"
                    prop:checked=move || visit.with(|visit| *read(&mut visit.clone()))
                    on:change:target=move |event| visit.update(|visit| *read(visit) = event.target().checked())
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <div class="field-row">
            {line("trial-url", tr!("On this page"), |visit| &mut visit.url)}
            <Labelled id="trial-device" label=tr!("On") hint=()>
                <select
                    id="trial-device"
                    on:change:target=move |event| visit.update(|visit| visit.device = event.target().value())
                >
                    {DEVICES.map(|(name, label)| view! { <option value=name>{text(label)}</option> })}
                </select>
            </Labelled>
            {line("trial-seconds", tr!("After so many seconds"), |visit| &mut visit.seconds)}
            {line("trial-scrolled", tr!("Scrolled to, in %"), |visit| &mut visit.scrolled)}
        </div>
        <div class="checks">
            {check(tr!("Somebody who has been here before"), |visit| &mut visit.is_returning)}
            {check(tr!("About to leave"), |visit| &mut visit.is_leaving)}
        </div>
    }
}

/// What would happen, anew with each save and each change of the visit.
#[component]
fn Explained(form: Form, visit: RwSignal<Visit>) -> impl IntoView {
    let told = RwSignal::new(None::<Result<Trace, Failure>>);
    let rounds = StoredValue::new(0_u32);
    let origins = Place::here().site.with_untracked(|site| site.origins.clone());
    let asked = Memo::new(move |before: Option<&(u32, Value)>| {
        let given = visit.with(|visit| {
            let url = address_meant(&visit.url, &origins);
            Visit { url, ..visit.clone() }.given()
        });
        // What is on the collector: it changes with a save, and not with every letter.
        let is_saved = form.save_state.get() == SaveState::Saved;
        let revision = form.revision.get().unwrap_or_default();
        (before.filter(|_| !is_saved).map_or(revision, |before| before.0), given)
    });
    Effect::new(move || {
        let (_, given) = asked.get();
        rounds.update_value(|round| *round += 1);
        let round = rounds.get_value();
        spawn_local(async move {
            TimeoutFuture::new(AFTER_MS).await;
            if rounds.try_get_value() != Some(round) {
                return;
            }
            let outcome = editing::why(&form.site(), &form.survey(), &given).await;
            if rounds.try_get_value() == Some(round) {
                told.set(Some(outcome));
            }
        });
    });
    let shown = move || {
        Some(match told.get()? {
            Ok(trace) => view! { <Explanation trace=trace/> }.into_any(),
            Err(failure) => view! { <p class="refused">{failure.to_string()}</p> }.into_any(),
        })
    };
    view! {
        <div class="explained" role="status">
            {shown}
        </div>
    }
}

#[component]
fn Explanation(trace: Trace) -> impl IntoView {
    let (verdict, class) = match trace.outcome {
        Outcome::Shows => (tr!("It would show."), "good"),
        Outcome::Waits => (tr!("It would wait."), ""),
        Outcome::Skips => (tr!("It would not show."), "refused"),
    };
    view! {
        <p>
            <strong class=class>{verdict}</strong>
            {reason(&trace.verdict).map(|reason| format!(" {reason}"))}
        </p>
        <ul class="checked">{trace.checks.into_iter().map(|check| view! { <OneCheck check=check/> }).collect_view()}</ul>
    }
}

/// What a verdict gives as its reason, as a sentence of its own: the verdict itself has been said.
fn reason(verdict: &str) -> Option<String> {
    let (_, reason) = verdict.split_once(": ")?;
    let mut letters = reason.chars();
    let first = letters.next()?;
    Some(format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[component]
fn OneCheck(check: Check) -> impl IntoView {
    let Check { depth, rule, seen, is_met, may_come } = check;
    let (mark, said, class) = match (is_met, may_come) {
        (true, _) => ("✓", tr!("holds"), "good"),
        (false, true) => ("…", tr!("may yet come"), "secondary"),
        (false, false) => ("✗", tr!("does not hold"), "refused"),
    };
    view! {
        <li class=format!("deep-{}", depth.min(4))>
            <span class=class aria-hidden="true">
                {mark}
            </span>
            <span class="unseen">{format!("{said}: ")}</span>
            <bdi>{rule}</bdi>
            <span class="secondary">{(!seen.is_empty()).then(|| format!(" – {seen}"))}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_verdict_is_a_sentence() {
        let told = reason("does not show here: its conditions do not hold");
        assert_eq!(told.as_deref(), Some("Its conditions do not hold."));
        assert_eq!(reason("здесь не показывается: условия не выполнены").as_deref(), Some("Условия не выполнены."));
        assert_eq!(reason("waits for its moment"), None);
    }

    #[test]
    fn a_visit_is_told_as_the_collector_reads_it() {
        let visit = Visit {
            url: "https://shop.example/help".into(),
            device: "phone".into(),
            is_returning: true,
            seconds: " 5 ".into(),
            scrolled: "half".into(),
            is_leaving: true,
        };
        let given = visit.given();
        assert_eq!((&given["visible_seconds"], &given["scroll_percent"]), (&json!(5), &json!("half")));
        assert_eq!(given["happened"], json!([{ "exit": "pointer_left_top" }]));
        assert_eq!(given["values"], json!({ "device": "phone", "returning": true, "visits": 2 }));
    }
}

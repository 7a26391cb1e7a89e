//! Where, when, to whom and how often: as rows that read as sentences.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::fields::{Act, Kind, Line, Problem, Select, id_of};
use super::form::Form;
use super::menu::{self, FREQUENCIES, TRIGGERS};
use super::reach::ReachLine;
use super::rules::{self, FIELDS, Join, OPERATORS, Row, Rules};
use super::trial::Trial;
use crate::parts::{Labelled, described};
use crate::translation::text;

#[component]
pub fn Targeting() -> impl IntoView {
    view! {
        <section class="editor-part" aria-labelledby="targeting-title">
            <h2 id="targeting-title">{tr!("Where and to whom")}</h2>
            <Where/>
        </section>
        <section class="editor-part" aria-labelledby="triggers-title">
            <h2 id="triggers-title">{tr!("When")}</h2>
            <Triggers/>
        </section>
        <section class="editor-part" aria-labelledby="often-title">
            <h2 id="often-title">{tr!("How often, and to how many")}</h2>
            <HowOften/>
            <Trial/>
        </section>
    }
}

const WHEN: &str = "when";

/// The rule, or its JSON where rows cannot show it.
#[component]
fn Where() -> impl IntoView {
    let form = Form::here();
    let body = move || {
        form.track_structure();
        match form.document.with_untracked(|document| Rules::read(document.get(WHEN))) {
            Some(rules) => view! { <Rows rules=rules/> }.into_any(),
            None => view! { <Tree/> }.into_any(),
        }
    };
    view! {
        {body}
        <Problem place=WHEN.to_owned()/>
        <ReachLine/>
    }
}

/// Changes the rule's rows.
fn change(form: Form, place: Option<&str>, change: impl FnOnce(&mut Rules)) {
    let Some(mut rules) = form.document.with_untracked(|document| Rules::read(document.get(WHEN))) else { return };
    change(&mut rules);
    let write = |document: &mut super::document::Document| match rules.written() {
        Some(when) => document.set(WHEN, when),
        None => document.remove(WHEN),
    };
    match place {
        Some(place) => form.typed(place, write),
        None => form.act(write),
    }
}

#[component]
fn Rows(rules: Rules) -> impl IntoView {
    let form = Form::here();
    let count = rules.rows.len();
    let is_any = rules.join == Join::Any;
    let add = Callback::new(move |()| change(form, None, |rules| rules.rows.push(Row::new())));
    let join = (count > 1).then(|| {
        view! {
            <label class="join">
                {tr!("Shown where ")}
                <select
                    disabled=!form.may_edit
                    on:change:target=move |event| {
                        let join = if event.target().value() == "any" { Join::Any } else { Join::All };
                        change(form, None, |rules| rules.join = join);
                    }
                >
                    <option value="all" selected=!is_any>{tr!("all of these hold")}</option>
                    <option value="any" selected=is_any>{tr!("any of these holds")}</option>
                </select>
            </label>
        }
    });
    let everywhere = (count == 0).then(|| view! { <p>{tr!("Everywhere, to everybody.")}</p> });
    let row = |(at, row): (usize, Row)| {
        let place = format!("{WHEN}.{}[{at}]", if is_any { "any" } else { "all" });
        view! { <RuleRow at=at row=row place=place/> }
    };
    view! {
        {everywhere}
        {join}
        <ul class="rule-rows">{rules.rows.into_iter().enumerate().map(row).collect_view()}</ul>
        <Act label=tr!("Add a rule") name=tr!("Add a rule") on_press=add/>
    }
}

#[component]
fn RuleRow(at: usize, row: Row, place: String) -> impl IntoView {
    let form = Form::here();
    let number = at + 1;
    let edit = move |edit: &mut dyn FnMut(&mut Row)| {
        change(form, None, |rules| {
            if let Some(row) = rules.rows.get_mut(at) {
                edit(row);
            }
        });
    };
    let known = row.known();
    let kind = known.map_or(rules::Kind::Any, |field| field.kind);
    let (field, name) = (row.parts().0.to_owned(), row.parts().1.to_owned());
    let fields = FIELDS.iter().map(|choice| {
        view! { <option value=choice.name selected=choice.name == field>{text(choice.label)}</option> }
    });
    let name_line = known.and_then(|known| known.named).map(|example| {
        let typing = format!("{place}-name");
        let base = field.clone();
        view! {
            <input
                class="rule-name"
                type="text"
                spellcheck="false"
                autocapitalize="none"
                aria-label=tr!("Name in rule {number}", number)
                placeholder=example
                disabled=!form.may_edit
                prop:value=name
                on:input:target=move |event| {
                    let named = format!("{base}:{}", event.target().value());
                    change(form, Some(&typing), |rules| {
                        if let Some(row) = rules.rows.get_mut(at) {
                            row.field = named;
                        }
                    });
                }
            />
        }
    });
    // "is" and "is not" of the row as a whole, before the operator's own words.
    let turned = row.is_turned;
    let operator = row.operator.clone();
    let operators = OPERATORS.iter().filter(|(_, _, kinds)| kinds.contains(&kind)).map(|(name, words, _)| {
        view! { <option value=*name selected=*name == operator>{text(words)}</option> }
    });
    let value = match (&row.value, kind) {
        (Value::Bool(is_so), _) => {
            let is_so = *is_so;
            view! {
                <select
                    aria-label=tr!("Value in rule {number}", number)
                    disabled=!form.may_edit
                    on:change:target=move |event| {
                        let is_so = event.target().value() == "true";
                        edit(&mut |row| row.value = json!(is_so));
                    }
                >
                    <option value="true" selected=is_so>{tr!("yes")}</option>
                    <option value="false" selected=!is_so>{tr!("no")}</option>
                </select>
            }
            .into_any()
        }
        _ => {
            let typing = format!("{place}-value");
            view! {
                <input
                    class="rule-value"
                    type="text"
                    spellcheck="false"
                    autocapitalize="none"
                    aria-label=tr!("Value in rule {number}", number)
                    aria-describedby=format!("{}-mistake", id_of(&place))
                    placeholder=if row.operator == "one_of" { tr!("several, with commas") } else { "" }
                    disabled=!form.may_edit
                    prop:value=row.typed()
                    on:input:target=move |event| {
                        let typed = event.target().value();
                        change(form, Some(&typing), |rules| {
                            if let Some(row) = rules.rows.get_mut(at) {
                                row.type_in(&typed);
                            }
                        });
                    }
                />
            }
            .into_any()
        }
    };
    let remove = Callback::new(move |()| {
        change(form, None, |rules| {
            if at < rules.rows.len() {
                rules.rows.remove(at);
            }
        });
    });
    let problems = form.has_problem_in(place.clone());
    let reason = form.problem_within(place.clone());
    view! {
        <li class="rule">
            <div class="rule-line" class:wrong=problems>
                <select
                    aria-label=tr!("Whether rule {number} must hold", number)
                    disabled=!form.may_edit
                    on:change:target=move |event| {
                        let is_turned = event.target().value() == "not";
                        edit(&mut |row| row.is_turned = is_turned);
                    }
                >
                    <option value="" selected=!turned>{tr!("only if")}</option>
                    <option value="not" selected=turned>{tr!("not if")}</option>
                </select>
                <select
                    aria-label=tr!("Field of rule {number}", number)
                    disabled=!form.may_edit
                    on:change:target=move |event| {
                        let name = event.target().value();
                        edit(&mut |row| row.asks_for(&name));
                    }
                >
                    {fields.collect_view()}
                </select>
                {name_line}
                <select
                    aria-label=tr!("Comparison of rule {number}", number)
                    disabled=!form.may_edit
                    on:change:target=move |event| {
                        let operator = event.target().value();
                        edit(&mut |row| row.compares(&operator));
                    }
                >
                    {operators.collect_view()}
                </select>
                {value}
                <Act label=tr!("Remove") name=tr!("Remove rule {number}", number) on_press=remove/>
            </div>
            <p id=format!("{}-mistake", id_of(&place)) class="refused">
                {reason}
            </p>
        </li>
    }
}

/// A rule of several levels, as it is written.
#[component]
fn Tree() -> impl IntoView {
    let form = Form::here();
    let text = form.document.with_untracked(|document| {
        document.get(WHEN).and_then(|when| serde_json::to_string_pretty(when).ok()).unwrap_or_default()
    });
    let mistake = RwSignal::new(None::<String>);
    let typed = move |text: String| match serde_json::from_str::<Value>(&text) {
        Ok(when) => {
            mistake.set(None);
            form.typed(WHEN, |document| document.set(WHEN, when));
        }
        Err(error) => mistake.set(Some(tr!("This is no JSON yet: {error}", error))),
    };
    view! {
        <Labelled
            id="rule-tree"
            label=tr!("The rule has several levels; here it is as it is written")
            mistake=mistake
            hint=()
        >
            <textarea
                id="rule-tree"
                aria-describedby=described("rule-tree")
                aria-invalid=move || mistake.with(Option::is_some).to_string()
                class="code"
                rows="10"
                spellcheck="false"
                disabled=!form.may_edit
                prop:value=text
                on:input:target=move |event| typed(event.target().value())
            ></textarea>
        </Labelled>
    }
}

const TRIGGER_LIST: &str = "triggers";

#[component]
fn Triggers() -> impl IntoView {
    let form = Form::here();
    let rows = move || {
        form.track_structure();
        let count = form.document.with_untracked(|document| document.count(TRIGGER_LIST));
        (0..count).map(|at| view! { <TriggerRow at=at/> }).collect_view()
    };
    let add = Callback::new(move |()| {
        form.act(|document| {
            let at = document.count(TRIGGER_LIST);
            document.insert(TRIGGER_LIST, at, menu::new_trigger("visible_seconds"));
        });
    });
    view! {
        <ul class="rule-rows">{rows}</ul>
        <p class="secondary">{tr!("Any of them will do.")}</p>
        <Problem place=TRIGGER_LIST.to_owned()/>
        <Act label=tr!("Add a trigger") name=tr!("Add a trigger") on_press=add/>
        <Line place="tab_label" label=tr!("Words on the feedback tab") kind=Kind::Text hint=tr!("If there is a tab. Empty for “Feedback”, in the visitor’s language.")/>
    }
}

#[component]
fn TriggerRow(at: usize) -> impl IntoView {
    let form = Form::here();
    let place = StoredValue::new(format!("{TRIGGER_LIST}[{at}]"));
    let name = form.document.with_untracked(|document| menu::name_of(document.get(&place.get_value())));
    let unit = TRIGGERS.iter().find(|(trigger, _)| trigger.name == name).map_or("", |(_, unit)| text(unit));
    let options = TRIGGERS.iter().map(|(trigger, _)| {
        view! { <option value=trigger.name selected=trigger.name == name>{trigger.label()}</option> }
    });
    let value = menu::value_of_trigger(&name).map(|value| {
        let at_value = StoredValue::new(format!("{}{value}", place.get_value()));
        let is_worded = menu::is_worded(&name);
        let shown = form.read(move |document| document.word(&at_value.get_value()));
        let typed = move |text: String| {
            let at = at_value.get_value();
            form.typed(
                &at,
                |document| if is_worded { document.set(&at, json!(text)) } else { document.set_number(&at, &text) },
            );
        };
        view! {
            <input
                class="rule-value"
                type="text"
                inputmode=if is_worded { "text" } else { "decimal" }
                spellcheck="false"
                autocapitalize="none"
                aria-label=tr!("Value of trigger {number}: {unit}", number = at + 1, unit)
                placeholder=if is_worded { unit } else { "" }
                disabled=!form.may_edit
                prop:value=shown
                on:input:target=move |event| typed(event.target().value())
            />
            {(!is_worded).then_some(unit)}
        }
    });
    let choose =
        move |chosen: String| form.act(|document| document.set(&place.get_value(), menu::new_trigger(&chosen)));
    let remove = Callback::new(move |()| form.act(|document| document.remove(&place.get_value())));
    let reason = form.problem_within(place.get_value());
    view! {
        <li class="rule">
            <div class="rule-line">
                <select aria-label=tr!("Trigger {number}", number = at + 1) disabled=!form.may_edit on:change:target=move |event| choose(event.target().value())>
                    {options.collect_view()}
                </select>
                {value}
                <Act label=tr!("Remove") name=tr!("Remove trigger {number}", number = at + 1) on_press=remove/>
            </div>
            <p class="refused">{reason}</p>
        </li>
    }
}

#[component]
fn HowOften() -> impl IntoView {
    let form = Form::here();
    let frequency = form.read(|document| menu::name_of(document.get("frequency")));
    let shown = Signal::derive(move || {
        Some(frequency.get()).filter(|name| !name.is_empty()).unwrap_or_else(|| "once".to_owned())
    });
    let choose =
        Callback::new(move |name: String| form.act(|document| document.set("frequency", menu::new_frequency(&name))));
    let number = move || match frequency.get().as_str() {
        "every_days" => view! { <Line place="frequency.every_days" label=tr!("Days") kind=Kind::Number/> }.into_any(),
        "at_most" => view! { <Line place="frequency.at_most" label=tr!("Times") kind=Kind::Number/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <div class="field-row">
            <Select place="frequency" label=tr!("A visitor is shown it") choices=&FREQUENCIES value=shown on_choose=choose/>
            {number}
        </div>
        <div class="field-row">
            <Line place="sample_percent" label=tr!("To so many of 100 visitors") kind=Kind::Number hint=tr!("Empty for all.")/>
            <Line place="quota" label=tr!("Until so many have answered") kind=Kind::Number hint=tr!("Empty for no end.")/>
            <Line place="priority" label=tr!("Before others, by") kind=Kind::Number hint=tr!("Of several that could show, the highest does. -128 to 127.")/>
        </div>
        <div class="field-row">
            <Line place="starts_at" label=tr!("From") kind=Kind::Moment hint=tr!("By your clock. Empty for at once.")/>
            <Line place="ends_at" label=tr!("Until") kind=Kind::Moment hint=tr!("Empty for no end.")/>
        </div>
    }
}

//! Questions: to add, word, order, duplicate and take away.

use leptos::ev::KeyboardEvent;
use leptos::html::Details;
use leptos::prelude::*;
use serde_json::{Value, json};

use super::document::Document;
use super::fields::{Act, Check, Kind, Line, Problem, Select, id_of};
use super::form::Form;
use super::logic::Logic;
use super::menu::{self, CONTACT_FIELDS, KINDS, LOOKS, SCALES};
use crate::browser;

const LIST: &str = "questions";

/// The list, and which of its questions is open.
#[component]
pub fn Questions() -> impl IntoView {
    let form = Form::here();
    let open = RwSignal::new(Some(0_usize));
    let dragged = RwSignal::new(None::<usize>);
    let menu = NodeRef::<Details>::new();
    let add = move |kind: &str| {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
        let mut at = 0;
        form.act(|document| {
            at = document.count(LIST);
            let id = document.free_id(LIST, menu::id_for(kind));
            document.insert(LIST, at, menu::new_question(kind, &id));
        });
        open.set(Some(at));
        browser::focus(&id_of(&format!("questions[{at}].prompt")));
    };
    let items = move || {
        form.track_structure();
        let count = form.document.with_untracked(|document| document.count(LIST));
        let item = |at| view! { <Item at=at count=count open=open dragged=dragged/> };
        (0..count).map(item).collect_view()
    };
    view! {
        <section class="editor-part" aria-labelledby="questions-title">
            <h2 id="questions-title">{tr!("Questions")}</h2>
            <ol class="question-list">{items}</ol>
            <Problem place=LIST.to_owned()/>
            <Show when=move || form.may_edit>
                <details class="add" node_ref=menu>
                    <summary class="button small">{tr!("Add a question …")}</summary>
                    <ul>
                        {KINDS
                            .iter()
                            .map(|kind| {
                                view! {
                                    <li>
                                        <button type="button" class="button small" on:click=move |_| add(kind.name)>
                                            {kind.label()}
                                        </button>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </details>
            </Show>
        </section>
    }
}

fn place_of(at: usize) -> String {
    format!("{LIST}[{at}]")
}

fn label_of(document: &Document, at: usize) -> String {
    let kind = menu::name_of(document.get(&format!("{}.kind", place_of(at))));
    KINDS.iter().find(|known| known.name == kind).map_or(kind.clone(), |known| known.label().to_owned())
}

/// One question: a line when it is closed, a form when it is open. Moved by dragging its handle, or with Alt and the arrow keys.
#[component]
fn Item(at: usize, count: usize, open: RwSignal<Option<usize>>, dragged: RwSignal<Option<usize>>) -> impl IntoView {
    let form = Form::here();
    let place = place_of(at);
    let is_open = Memo::new(move |_| open.get() == Some(at));
    let move_to = move |to: usize| {
        if to < count && to != at {
            form.act(|document| document.move_item(LIST, at, to));
            open.update(|open| *open = open.map(|open| followed(open, at, to)));
            browser::focus(&format!("{}-toggle", id_of(&place_of(to))));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowUp" if event.alt_key() => at.checked_sub(1),
            "ArrowDown" if event.alt_key() => Some(at + 1),
            _ => None,
        };
        if let Some(to) = to {
            event.prevent_default();
            move_to(to);
        }
    };
    let duplicate = Callback::new(move |()| {
        form.act(|document| {
            let Some(mut copy) = document.get(&place_of(at)).cloned() else { return };
            let id = copy["id"].as_str().unwrap_or("question").to_owned();
            copy["id"] = json!(document.free_id(LIST, &id));
            document.insert(LIST, at + 1, copy);
        });
        open.set(Some(at + 1));
    });
    let remove = Callback::new(move |()| {
        form.act(|document| document.remove(&place_of(at)));
        open.set(None);
    });
    let title = form.read(move |document| document.text(&format!("{}.prompt", place_of(at)), &document.own_language()));
    let kind = form.read(move |document| label_of(document, at));
    let has_problem = form.has_problem_in(place.clone());
    let id = id_of(&place);
    let number = at + 1;
    view! {
        <li
            class="question"
            class:dragged=move || dragged.get() == Some(at)
            on:dragover=move |event| {
                if dragged.get_untracked().is_some() {
                    event.prevent_default();
                }
            }
            on:drop=move |event| {
                event.prevent_default();
                if let Some(from) = dragged.get_untracked() {
                    dragged.set(None);
                    form.act(|document| document.move_item(LIST, from, at));
                    open.update(|open| *open = open.map(|open| followed(open, from, at)));
                }
            }
        >
            <div class="question-line">
                <Show when=move || form.may_edit>
                    <span
                        class="handle"
                        draggable="true"
                        aria-hidden="true"
                        title=tr!("Drag to move")
                        on:dragstart=move |_| dragged.set(Some(at))
                        on:dragend=move |_| dragged.set(None)
                    >
                        "⠿"
                    </span>
                </Show>
                <button
                    id=format!("{id}-toggle")
                    type="button"
                    class="question-toggle"
                    aria-expanded=move || is_open.get().to_string()
                    aria-controls=format!("{id}-form")
                    aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
                    on:keydown=on_key
                    on:click=move |_| open.set((!is_open.get_untracked()).then_some(at))
                >
                    <span class="question-number">{number}</span>
                    <span class="question-title">{title}</span>
                    <span class="secondary">{kind}</span>
                    <Show when=move || has_problem.get()>
                        <span class="refused">{tr!("Not right yet")}</span>
                    </Show>
                </button>
                <span class="question-acts">
                    <Act label="↑" name=tr!("Move question {number} up", number) is_off=at == 0 on_press=Callback::new(move |()| move_to(at.saturating_sub(1)))/>
                    <Act label="↓" name=tr!("Move question {number} down", number) is_off=at + 1 == count on_press=Callback::new(move |()| move_to(at + 1))/>
                    <Act label=tr!("Duplicate") name=tr!("Duplicate question {number}", number) on_press=duplicate/>
                    <Act label=tr!("Remove") name=tr!("Remove question {number}", number) on_press=remove/>
                </span>
            </div>
            <div id=format!("{id}-form") class="question-form" hidden=move || !is_open.get()>
                {move || is_open.get().then(|| view! { <QuestionForm place=place_of(at)/> })}
            </div>
        </li>
    }
}

/// Where an item is after another was moved.
fn followed(item: usize, from: usize, to: usize) -> usize {
    if item == from {
        to
    } else if from < item && item <= to {
        item - 1
    } else if to <= item && item < from {
        item + 1
    } else {
        item
    }
}

/// What a question says.
#[component]
pub fn QuestionForm(place: String) -> impl IntoView {
    let form = Form::here();
    let kind = {
        let place = place.clone();
        form.read(move |document| menu::name_of(document.get(&format!("{place}.kind"))))
    };
    let inside = {
        let place = place.clone();
        move || {
            let kind = kind.get();
            let inner = format!("{place}.kind.{kind}");
            match kind.as_str() {
                "score" => view! { <ScoreForm place=inner/> }.into_any(),
                "single_choice" | "multiple_choice" => view! { <ChoicesForm place=inner/> }.into_any(),
                "comment" | "short_text" | "email" => {
                    view! { <Line place=format!("{inner}.placeholder") label=tr!("Placeholder") kind=Kind::Text/> }
                        .into_any()
                }
                "contact" => view! { <ContactForm place=inner/> }.into_any(),
                "consent" => {
                    view! { <Line place=format!("{inner}.label") label=tr!("What is agreed to") kind=Kind::Text/> }
                        .into_any()
                }
                _ => ().into_any(),
            }
        }
    };
    let is_a_question = place.starts_with(LIST);
    view! {
        <Line place=format!("{place}.prompt") label=tr!("Question") kind=Kind::Paragraph/>
        <Line place=format!("{place}.note") label=tr!("Note below it") kind=Kind::Text/>
        {inside}
        <details class="more">
            <summary>{tr!("More")}</summary>
            <Line
                place=format!("{place}.id")
                label=tr!("Name for machines")
                kind=Kind::Word
                hint=tr!("Reports count answers under it. Changed, they begin anew.")
            />
            <Check place=format!("{place}.required") label=tr!("Must be answered")/>
            {is_a_question.then(|| view! { <Logic place=place.clone()/> })}
        </details>
        <Problem place=place.clone()/>
    }
}

#[component]
fn ScoreForm(place: String) -> impl IntoView {
    let form = Form::here();
    let (scale_at, look_at) = (format!("{place}.scale"), format!("{place}.look"));
    let named = |at: String, otherwise: &'static str| {
        form.read(move |document: &Document| match document.get(&at) {
            Some(Value::String(name)) => name.clone(),
            // What is published has each scale written out.
            Some(written @ Value::Object(_)) => {
                menu::scale_name(written).unwrap_or(tr!("a scale of its own")).to_owned()
            }
            _ => otherwise.to_owned(),
        })
    };
    let choose = |at: String| Callback::new(move |name: String| form.act(|document| document.set(&at, json!(name))));
    view! {
        <div class="field-row">
            <Select place=scale_at.clone() label=tr!("Scale") choices=&SCALES value=named(scale_at.clone(), "") on_choose=choose(scale_at)/>
            <Select place=look_at.clone() label=tr!("Drawn as") choices=&LOOKS value=named(look_at.clone(), "numbers") on_choose=choose(look_at)/>
        </div>
        <div class="field-row">
            <Line place=format!("{place}.low") label=tr!("Words at the low end") kind=Kind::Text/>
            <Line place=format!("{place}.high") label=tr!("Words at the high end") kind=Kind::Text/>
        </div>
    }
}

#[component]
fn ChoicesForm(place: String) -> impl IntoView {
    let form = Form::here();
    let list = StoredValue::new(format!("{place}.choices"));
    let choices = move || {
        form.track_structure();
        let count = form.document.with_untracked(|document| document.count(&list.get_value()));
        let choice = move |at: usize| {
            let of_choice = format!("{}[{at}]", list.get_value());
            let number = at + 1;
            let remove = {
                let of_choice = of_choice.clone();
                Callback::new(move |()| form.act(|document| document.remove(&of_choice)))
            };
            let up = Callback::new(move |()| {
                form.act(|document| document.move_item(&list.get_value(), at, at.saturating_sub(1)));
            });
            view! {
                <li class="choice-line">
                    <Line place=format!("{of_choice}.label") label=tr!("Choice {number}", number) kind=Kind::Text/>
                    <Act label="↑" name=tr!("Move choice {number} up", number) is_off=at == 0 on_press=up/>
                    <Act label=tr!("Remove") name=tr!("Remove choice {number}", number) on_press=remove/>
                </li>
            }
        };
        (0..count).map(choice).collect_view()
    };
    let add = Callback::new(move |()| {
        form.act(|document| {
            let list = list.get_value();
            let id = document.free_id(&list, "choice");
            let at = document.count(&list);
            document.insert(&list, at, json!({ "id": id, "label": "" }));
        });
    });
    view! {
        <ol class="choice-list">{choices}</ol>
        <Problem place=list.get_value()/>
        <Act label=tr!("Add a choice") name=tr!("Add a choice") on_press=add/>
        <Line place=format!("{place}.other") label=tr!("“Other”, in the visitor’s own words") kind=Kind::Text hint=tr!("Empty for none.")/>
        <Check place=format!("{place}.random_order") label=tr!("In another order for each visitor")/>
    }
}

#[component]
pub fn ContactForm(place: String) -> impl IntoView {
    let form = Form::here();
    let list = StoredValue::new(format!("{place}.fields"));
    let field = move |choice: &'static menu::Choice| {
        let is_there = form.read(move |document| {
            let fields = document.get(&list.get_value()).and_then(Value::as_array).into_iter().flatten();
            fields.filter_map(Value::as_str).any(|field| field == choice.name)
        });
        let change = move |is_on: bool| {
            form.act(|document| {
                let fields = document.get(&list.get_value()).and_then(Value::as_array).cloned().unwrap_or_default();
                let is_wanted =
                    |name: &str| if name == choice.name { is_on } else { fields.iter().any(|field| field == name) };
                let wanted: Vec<&str> =
                    CONTACT_FIELDS.iter().map(|known| known.name).filter(|name| is_wanted(name)).collect();
                document.set(&list.get_value(), json!(wanted));
            });
        };
        view! {
            <label class="hinted">
                <input type="checkbox" disabled=!form.may_edit prop:checked=is_there on:change:target=move |event| change(event.target().checked())/>
                <span>{choice.label()}</span>
            </label>
        }
    };
    view! {
        <fieldset class="checks">
            <legend>{tr!("What is asked for")}</legend>
            {CONTACT_FIELDS.iter().map(field).collect_view()}
        </fieldset>
        <Problem place=list.get_value()/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_question_stays_open_wherever_it_goes() {
        let after = |from, to| [0, 1, 2, 3].map(|item| followed(item, from, to));
        assert_eq!(after(0, 2), [2, 0, 1, 3]);
        assert_eq!(after(3, 1), [0, 2, 3, 1]);
        assert_eq!(after(1, 1), [0, 1, 2, 3]);
    }
}

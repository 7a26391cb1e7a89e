//! The few elements of which everything in a panel is made.
//!
//! Leptos compiles every shape of element into code of its own. So there is one button, one block and one drawing, all with
//! erased children, and the whole panel costs about as much as its first button (`cargo xtask size`).

use leptos::prelude::*;

/// What a press does.
pub type Press = Box<dyn FnMut()>;

/// A button. `label` is its name for those who do not see what it shows; empty, if it shows its name.
pub fn button(class: &'static str, label: String, shows: AnyView, mut press: Press) -> AnyView {
    let label = (!label.is_empty()).then_some(label);
    view! { <button class=class part=class aria-label=label on:click=move |_| press()>{shows}</button> }.into_any()
}

/// A part of the card, by its class.
pub fn block(class: &'static str, holds: Vec<AnyView>) -> AnyView {
    view! { <div class=class part=class>{holds}</div> }.into_any()
}

pub fn text(text: String) -> AnyView {
    view! { <p>{text}</p> }.into_any()
}

/// What the card is about at the moment. It can take the focus, so that a screen reader goes on from there.
pub fn heading(text: String) -> AnyView {
    view! { <h2 id="title" part="question" tabindex="-1">{text}</h2> }.into_any()
}

/// A drawing of strokes in a square of `size` units; means nothing to those who do not see it.
pub fn drawing(size: &'static str, strokes: &'static str) -> AnyView {
    view! { <svg viewBox=size aria-hidden="true"><path d=strokes /></svg> }.into_any()
}

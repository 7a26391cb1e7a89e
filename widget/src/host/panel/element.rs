//! The few elements of which everything in a panel is made.
//!
//! Leptos compiles every shape of element into code of its own. So there is one button, one block and one drawing, all with
//! erased children, and the whole panel costs about as much as its first button (`cargo xtask size`).

use leptos::prelude::*;

/// A button. `label` is its name for those who do not see what it shows; empty, if it shows its name. What a press does, the
/// panel knows by `class` and `value`: one listener for all costs less than one each.
pub fn button(class: &'static str, value: String, label: String, shows: AnyView) -> AnyView {
    let label = (!label.is_empty()).then_some(label);
    view! { <button class=class part=class value=value aria-label=label>{shows}</button> }.into_any()
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

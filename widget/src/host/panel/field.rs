//! What visitors type into, and what they tick.

use survey::definition::{MAX_LINE, OTHER};
use survey::script::{Choices, Field, FieldKind};

use super::element::Element;
use super::press::Press;
use crate::host::browser;

/// The field of a question, which is its label.
pub fn field(field: &Field) -> Element {
    input(field).with("aria-labelledby", "title")
}

/// A field with a label of its own.
pub fn labelled(field: &Field) -> Element {
    Element::new("label class=labelled").saying(&field.label).holding(vec![input(field)])
}

fn input(field: &Field) -> Element {
    let Field { name, placeholder, kind, max_characters, .. } = field;
    let start = match (kind, name.as_str()) {
        (FieldKind::Area, _) => "textarea class=field part=field rows=3",
        (FieldKind::Email, _) => "input class=field part=field type=email autocomplete=email",
        (FieldKind::Phone, _) => "input class=field part=field type=tel autocomplete=tel",
        (FieldKind::Line, "name") => "input class=field part=field autocomplete=name",
        (FieldKind::Line, "company") => "input class=field part=field autocomplete=organization",
        (FieldKind::Line, _) => "input class=field part=field autocomplete=off",
    };
    let input = Element::new(start).with("name", name).with("placeholder", placeholder);
    input.with("maxlength", &max_characters.to_string())
}

/// Choices of which a press on one is the answer.
pub fn buttons(choices: &Choices) -> Vec<Element> {
    let button = |(name, label): &(String, String)| Press::Choice.button().with("value", name).saying(label);
    let mut parts: Vec<_> = in_order(choices).into_iter().map(button).collect();
    if let Some(label) = &choices.other {
        parts.push(Press::Word.button().saying(label));
        parts.push(own_words(label));
    }
    parts
}

/// Choices to tick.
pub fn boxes(choices: &Choices) -> Vec<Element> {
    let tick = |name: &str, label: &str| {
        let parts = vec![Element::new("input type=checkbox").with("value", name), Element::new("span").saying(label)];
        Element::new("label class=choice part=choice").holding(parts)
    };
    let mut parts: Vec<_> = in_order(choices).into_iter().map(|(name, label)| tick(name, label)).collect();
    if let Some(label) = &choices.other {
        parts.push(tick(OTHER, label));
        parts.push(own_words(label));
    }
    parts
}

/// Where the last choice is worded. The style sheet shows it once that is chosen.
fn own_words(label: &str) -> Element {
    let field = Element::new("input name=other class=other part=field autocomplete=off").with("aria-label", label);
    field.with("maxlength", &MAX_LINE.to_string())
}

/// Each visitor has an order of their own, where that is wanted: nobody's answer is always the first.
fn in_order(choices: &Choices) -> Vec<&(String, String)> {
    let mut order: Vec<_> = choices.choices.iter().collect();
    if choices.is_shuffled {
        for last in (1..order.len()).rev() {
            let random = u64::from_le_bytes(browser::random_bytes().unwrap_or_default());
            order.swap(last, (random % (last as u64 + 1)) as usize);
        }
    }
    order
}

//! A scale: one press is the answer.

use leptos::prelude::*;
use survey::definition::{Scale, ScaleLook};

use super::element::{block, button, drawing};

/// From this many points on, the row is set tight, so that eleven fit into the narrowest card.
const TIGHT_FROM: usize = 8;

/// Five faces from unhappy to happy, drawn as strokes: fonts lack the characters, or draw them in colours of their own.
const FACES: [&str; 5] = [
    "M15 2a13 13 0 1 0 .01 0M10.5 14v.5M19.5 14v.5M9.5 22q5.5-6 11 0M8 9l4.5 2M22 9l-4.5 2",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M10 21q5-4 10 0",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M10 20h10",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M10 19q5 4 10 0",
    "M15 2a13 13 0 1 0 .01 0M10.5 12.5v.5M19.5 12.5v.5M9 18q6 8 12 0",
];

/// A row of buttons, one for each point.
pub fn points(scale: &Scale, look: ScaleLook) -> AnyView {
    let buttons: Vec<_> = scale.points().map(|point| point_button(point, scale, look)).collect();
    let class = match look {
        ScaleLook::Faces => "scale faces",
        ScaleLook::Numbers if buttons.len() >= TIGHT_FROM => "scale tight",
        ScaleLook::Numbers => "scale",
    };
    block(class, buttons)
}

fn point_button(point: u8, scale: &Scale, look: ScaleLook) -> AnyView {
    let label = format!("{point} of {}", scale.last());
    let shows = match (look, FACES.get(usize::from(point - scale.first()))) {
        (ScaleLook::Faces, Some(face)) => drawing("0 0 30 30", face),
        _ => point.to_string().into_any(),
    };
    button("point", point.to_string(), label, shows)
}

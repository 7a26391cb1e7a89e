//! A scale: one press is the answer.

use leptos::prelude::*;
use survey::definition::{Scale, ScaleLook};

use super::card::{Reply, go_on};
use super::faces::face;

/// From this many points on, the row is set tight, so that eleven fit into the narrowest card.
const TIGHT_FROM: usize = 8;

pub fn scale(scale: &Scale, look: ScaleLook, low: &str, high: &str, reply: Reply) -> impl IntoView + use<> {
    let points: Vec<_> = scale.points().map(|point| button(point, scale, look, reply)).collect();
    let class = match look {
        ScaleLook::Faces => "scale faces",
        ScaleLook::Numbers if points.len() >= TIGHT_FROM => "scale tight",
        ScaleLook::Numbers => "scale",
    };
    let (low, high) = (low.to_owned(), high.to_owned());
    view! {
        <div class=class role="group" aria-labelledby="title" aria-describedby="ends" part="scale">{points}</div>
        <div class="ends" id="ends"><span>{low}</span><span>{high}</span></div>
    }
}

fn button(point: u8, scale: &Scale, look: ScaleLook, reply: Reply) -> impl IntoView + use<> {
    let label = format!("{point} of {}", scale.last());
    let drawn = match look {
        ScaleLook::Faces => face(usize::from(point - scale.first())).into_any(),
        ScaleLook::Numbers => point.into_any(),
    };
    view! { <button part="point" aria-label=label on:click=move |_| go_on(reply, |talk| talk.score(point))>{drawn}</button> }
}

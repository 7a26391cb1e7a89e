//! Five faces from unhappy to happy, drawn as paths: fonts lack the characters, or draw them in colours of their own.

use leptos::prelude::*;

const MOUTHS_AND_BROWS: [&str; 5] = [
    "M9.5 21.5q5.5-6 11 0M8 9l4 1.5M22 9l-4 1.5",
    "M10 21q5-4 10 0",
    "M10 20h10",
    "M10 19q5 4 10 0",
    "M9 18q6 8 12 0",
];

/// The face at a place from 0, the unhappiest, to 4.
pub fn face(place: usize) -> impl IntoView {
    let mouth = MOUTHS_AND_BROWS.get(place).copied().unwrap_or_default();
    view! {
        <svg viewBox="0 0 30 30" aria-hidden="true">
            <circle cx="15" cy="15" r="13" /><path d="M10.5 12.5v.5M19.5 12.5v.5" /><path d=mouth />
        </svg>
    }
}

//! The language that widget, collector and console share.
//!
//! Everything here is pure: no input or output, no clock, no randomness, no browser. The world comes in as arguments,
//! so the same decision can be made in a visitor's browser, explained in the console and held by a property test.

pub mod accept;
pub mod api;
pub mod comments;
pub mod csv;
pub mod definition;
pub mod gate;
#[cfg(feature = "authoring")]
pub mod in_words;
pub mod page;
pub mod reach;
pub mod report;
pub mod score;
pub mod script;
pub mod shape;
pub mod targeting;
#[cfg(feature = "authoring")]
pub mod templates;
pub mod theme;
pub mod wire;
#[cfg(feature = "authoring")]
pub mod words;

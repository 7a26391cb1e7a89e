//! The one shape of which everything in a panel is made.
//!
//! Leptos compiles every shape of element into code of its own: what it is called, each attribute's type, what it holds. So there
//! is one, with all of that as values, and a drawing; the whole panel costs about as much as its first button
//! (`cargo xtask size`).

use leptos::prelude::*;
use leptos::tachys::renderer::{Rndr, types};
use leptos::tachys::view::{Mountable, Render};

/// Any element.
pub struct Element {
    /// Its name and those attributes that are always the same.
    start: &'static str,
    more: Vec<(&'static str, String)>,
    text: String,
    drawing: Option<Drawing>,
    holds: Vec<Element>,
}

/// Strokes in a square of so many units; they mean nothing to those who do not see them.
struct Drawing {
    size: &'static str,
    strokes: &'static str,
}

impl Element {
    /// As its tag would be written, without quotes: `"h2 id=title tabindex=-1"`.
    pub fn new(start: &'static str) -> Self {
        Self { start, more: Vec::new(), text: String::new(), drawing: None, holds: Vec::new() }
    }

    /// With an attribute that is not always the same.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.more.push((name, value.to_owned()));
        self
    }

    pub fn saying(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    pub fn showing(mut self, size: &'static str, strokes: &'static str) -> Self {
        self.drawing = Some(Drawing { size, strokes });
        self
    }

    pub fn holding(mut self, parts: Vec<Element>) -> Self {
        self.holds = parts;
        self
    }
}

/// Each is built once: what comes next is built anew.
impl Render for Element {
    type State = types::Element;

    fn build(self) -> types::Element {
        let mut words = self.start.split(' ');
        let element = Rndr::create_element(words.next().unwrap_or_default(), None);
        for (name, value) in words.filter_map(|attribute| attribute.split_once('=')) {
            Rndr::set_attribute(&element, name, value);
        }
        for (name, value) in self.more {
            Rndr::set_attribute(&element, name, &value);
        }
        if let Some(Drawing { size, strokes }) = self.drawing {
            view! { <svg viewBox=size aria-hidden="true"><path d=strokes /></svg> }.build().mount(&element, None);
        }
        if !self.text.is_empty() {
            Rndr::create_text_node(&self.text).mount(&element, None);
        }
        for part in self.holds {
            part.build().mount(&element, None);
        }
        element
    }

    fn rebuild(self, _built: &mut types::Element) {}
}

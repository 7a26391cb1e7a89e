//! What was before: one step back for each thing that somebody did, and forward again. Pure.

use super::document::Document;

/// How many steps are remembered.
const MOST: usize = 200;

/// The states before, and those that were taken back.
#[derive(Clone, Default, Debug)]
pub struct History {
    past: Vec<Document>,
    future: Vec<Document>,
    /// Where somebody is typing: a word is one step, and not one for each letter.
    typing: Option<String>,
}

impl History {
    /// Remembers how it was before something was done.
    pub fn note(&mut self, before: Document) {
        self.typing = None;
        self.push(before);
    }

    /// Remembers how it was before somebody began to type at a place.
    pub fn note_typing(&mut self, place: &str, before: Document) {
        if self.typing.as_deref() != Some(place) {
            self.push(before);
            self.typing = Some(place.to_owned());
        }
    }

    fn push(&mut self, before: Document) {
        self.future.clear();
        self.past.push(before);
        if self.past.len() > MOST {
            self.past.remove(0);
        }
    }

    /// The state before, instead of the present one; none, at the beginning.
    pub fn back(&mut self, present: Document) -> Option<Document> {
        let before = self.past.pop()?;
        self.future.push(present);
        self.typing = None;
        Some(before)
    }

    /// What was taken back last.
    pub fn forward(&mut self, present: Document) -> Option<Document> {
        let after = self.future.pop()?;
        self.past.push(present);
        self.typing = None;
        Some(after)
    }

    pub fn has_past(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn has_future(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(name: &str) -> Document {
        Document::of(json!({ "name": name }))
    }

    #[test]
    fn a_word_is_one_step_and_what_is_taken_back_can_be_done_again() {
        let mut history = History::default();
        history.note_typing("name", named(""));
        history.note_typing("name", named("H"));
        history.note(named("He"));
        assert_eq!(history.back(named("other")), Some(named("He")));
        assert_eq!(history.back(named("He")), Some(named("")));
        assert_eq!(history.back(named("")), None);
        assert_eq!(history.forward(named("")), Some(named("He")));
        history.note_typing("name", named("He"));
        assert!(!history.has_future() && history.has_past(), "whoever goes on from here has no other future");
    }

    #[test]
    fn not_everything_is_remembered_for_ever() {
        let mut history = History::default();
        (0..MOST + 50).for_each(|number| history.note(named(&number.to_string())));
        assert_eq!(history.past.len(), MOST);
    }
}

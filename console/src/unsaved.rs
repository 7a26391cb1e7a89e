//! What was typed into a form that does not save by itself, and is not saved yet: it is there again when somebody comes back to the form, and
//! the browser asks before it lets go of the tab.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;

thread_local! {
    static UNSAVED: RefCell<HashMap<String, Box<dyn Any>>> = RefCell::default();
}

/// What stood in a form when it was left; nothing where it was saved.
pub fn typed_into<T: Clone + 'static>(form: &str) -> Option<T> {
    UNSAVED.with_borrow(|unsaved| unsaved.get(form)?.downcast_ref().cloned())
}

/// Remembers what is typed into a form for as long as it differs from what the collector has.
pub fn remember<T: Clone + PartialEq + Send + Sync + 'static>(form: String, typed: RwSignal<T>, kept: RwSignal<T>) {
    Effect::new(move || {
        let unsaved = typed.with(|typed| kept.with(|kept| (typed != kept).then(|| typed.clone())));
        UNSAVED.with_borrow_mut(|all| match unsaved {
            Some(typed) => all.insert(form.clone(), Box::new(typed)),
            None => all.remove(&form),
        });
    });
}

/// Lets go of all of it: somebody else is here.
pub fn forget() {
    UNSAVED.with_borrow_mut(HashMap::clear);
}

/// Whether there is any.
pub fn is_any() -> bool {
    UNSAVED.with_borrow(|unsaved| !unsaved.is_empty())
}

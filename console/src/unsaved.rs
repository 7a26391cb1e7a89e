//! What was typed into a form that does not save by itself, and is not saved yet: it is there again when somebody comes back to the form, and
//! the browser asks before it lets go of the tab.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;

thread_local! {
    static UNSAVED: RefCell<HashMap<String, Box<dyn Any>>> = RefCell::default();
}

/// A form as it stands on the screen.
pub trait Typed: Clone + PartialEq + Send + Sync + 'static {
    /// What was changed since `before`, on `now`: nobody takes back by what they did not touch what somebody else has changed meanwhile.
    fn carried_over(&self, before: &Self, now: &Self) -> Self;
}

/// What is to stand in a form: what the collector has now, and what was typed before the form was left.
pub fn typed_into<T: Typed>(form: &str, now: &T) -> T {
    let typed = UNSAVED.with_borrow(|unsaved| unsaved.get(form)?.downcast_ref::<(T, T)>().cloned());
    typed.map_or_else(|| now.clone(), |(typed, before)| typed.carried_over(&before, now))
}

/// Remembers what is typed into a form, and from what, for as long as it differs from what the collector has.
pub fn remember<T: Typed>(form: String, typed: RwSignal<T>, kept: RwSignal<T>) {
    Effect::new(move || {
        let unsaved = typed.with(|typed| kept.with(|kept| (typed != kept).then(|| (typed.clone(), kept.clone()))));
        UNSAVED.with_borrow_mut(|all| match unsaved {
            Some(unsaved) => all.insert(form.clone(), Box::new(unsaved)),
            None => all.remove(&form),
        });
    });
}

/// Hears what the collector has made of what was sent; what was typed since stays.
pub fn saved<T: Typed>(typed: RwSignal<T>, kept: RwSignal<T>, sent: &T, now: T) {
    typed.update(|typed| *typed = typed.carried_over(sent, &now));
    kept.set(now);
}

/// Lets go of all of it: somebody else is here.
pub fn forget() {
    UNSAVED.with_borrow_mut(HashMap::clear);
}

/// Whether there is any.
pub fn is_any() -> bool {
    UNSAVED.with_borrow(|unsaved| !unsaved.is_empty())
}

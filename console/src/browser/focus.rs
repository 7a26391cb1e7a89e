//! Where the focus goes when what has it is taken off the screen: browsers let it fall to nothing, and whoever works by keyboard or hears
//! the screen read begins at the top again.

use std::cell::RefCell;

use gloo_events::EventListener;
use js_sys::Array;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit};

/// What can be said of the element that has the focus, for when it is gone.
#[derive(Default)]
struct Focused {
    /// The element and all around it, from within.
    chain: Vec<Element>,
    /// What had the focus before the dialog that the element is in.
    before_dialog: Option<Element>,
}

thread_local! {
    static FOCUSED: RefCell<Focused> = RefCell::default();
}

const HEADINGS: &str = "h1,h2,h3,legend";
const IN_DIALOG: &str = "dialog[open] *";

/// Has the focus go to the nearest heading that is left, or back to where a dialog was opened, for as long as the page is open.
pub fn never_lose_focus() {
    let follow = |event: &web_sys::Event| {
        if let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            FOCUSED.with_borrow_mut(|focused| focused.follow(element));
        }
    };
    EventListener::new(&document(), "focusin", follow).forget();
    let mend = Closure::<dyn Fn(Array)>::new(|_| mend()).into_js_value();
    // Of a function it cannot fail, nor on a document that is there.
    if let (Ok(observer), Some(body)) = (MutationObserver::new(mend.unchecked_ref()), document().body()) {
        let what = MutationObserverInit::new();
        what.set_child_list(true);
        what.set_character_data(true);
        what.set_subtree(true);
        let _ = observer.observe_with_options(&body, &what);
    }
}

impl Focused {
    fn follow(&mut self, element: Element) {
        if self.chain.first() == Some(&element) {
            return;
        }
        let was_in_dialog = self.chain.first().is_some_and(is_in_dialog);
        self.before_dialog = match (is_in_dialog(&element), was_in_dialog) {
            (false, _) => None,
            (true, true) => self.before_dialog.take(),
            (true, false) => self.chain.first().cloned(),
        };
        let outwards = |element: &Element| element.parent_element();
        self.chain = std::iter::successors(Some(element), outwards).collect();
    }

    /// Where the focus belongs now that its element is gone; nothing if it is not gone.
    fn heir(&self) -> Option<Element> {
        if self.chain.first()?.is_connected() {
            return None;
        }
        let before = self.before_dialog.clone().filter(|element| element.is_connected());
        let left = || self.chain.iter().filter(|around| around.is_connected());
        before.or_else(|| left().find_map(|around| around.query_selector(HEADINGS).ok()?))
    }
}

fn is_in_dialog(element: &Element) -> bool {
    element.matches(IN_DIALOG).unwrap_or_default()
}

fn mend() {
    if let Some(active) = document().active_element().filter(|active| active.tag_name() != "BODY") {
        // A window behind others is told of no focus.
        return FOCUSED.with_borrow_mut(|focused| focused.follow(active));
    }
    let Some(heir) = FOCUSED.with_borrow(Focused::heir) else { return };
    if !heir.has_attribute("tabindex") && heir.matches(HEADINGS).unwrap_or_default() {
        // It fails only for what is no name of an attribute.
        let _ = heir.set_attribute("tabindex", "-1");
    }
    let calmly = FocusOptions::new();
    calmly.set_prevent_scroll(true);
    let _ = heir.unchecked_into::<HtmlElement>().focus_with_options(&calmly);
}

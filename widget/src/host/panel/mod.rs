//! The panel: a survey on the screen, in a closed shadow root of its own.
//!
//! Nothing of the page leaks in and nothing leaks out. The panel knows neither the collector nor the visitor's history: it
//! reports what happens, and its caller passes that on.

mod card;
mod element;
mod scale;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::mount::mount_to;
use survey::definition::Survey;
use survey::wire::{Device, ExposureStage};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, HtmlElement, HtmlTextAreaElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

use super::browser;
use crate::conversation::Conversation;

/// How long after the card its question is announced.
const ANNOUNCE_AFTER_MS: u32 = 150;

/// What happens in a panel.
pub enum Report<'a> {
    /// The visitor got this far.
    Reached(ExposureStage),
    /// The visitor answered a question, or left one out.
    Answered(&'a Conversation),
    /// The panel has left the screen.
    Gone,
}

/// Puts a survey on the screen. Errors are the browser's own words on why it would not.
pub fn show(survey: Survey, hear: impl Fn(Report<'_>) + 'static) -> Result<(), JsValue> {
    let (host, root) = attach()?;
    let panel = Panel {
        host,
        root: root.clone(),
        conversation: Rc::new(RefCell::new(Conversation::new(survey.clone()))),
        started: Rc::default(),
        returns_focus_to: browser::focused().and_then(|element| element.dyn_into().ok()),
        mounted: Rc::default(),
        hear: Rc::new(hear),
    };
    let mounted = Rc::clone(&panel.mounted);
    panel.report(Report::Reached(ExposureStage::Shown));
    panel.announce(survey.questions()[0].prompt.clone());
    let handle = mount_to(root, move || card::card(survey, panel));
    *mounted.borrow_mut() = Some(Box::new(handle));
    Ok(())
}

/// The panel on the screen, as its parts see it.
#[derive(Clone)]
struct Panel {
    host: HtmlElement,
    root: HtmlElement,
    conversation: Rc<RefCell<Conversation>>,
    started: Rc<Cell<bool>>,
    returns_focus_to: Option<HtmlElement>,
    /// Keeps the view alive; dropping it takes the view down.
    mounted: Rc<RefCell<Option<Box<dyn std::any::Any>>>>,
    hear: Rc<dyn Fn(Report<'_>)>,
}

impl Panel {
    fn report(&self, report: Report<'_>) {
        (self.hear)(report);
    }

    /// Typing is a start; so is an answer, and the collector knows that by itself. Closing is none.
    fn report_started(&self) {
        if !self.started.replace(true) {
            self.report(Report::Reached(ExposureStage::Started));
        }
    }

    /// The host counts as focused while anything in its shadow is.
    fn has_focus(&self) -> bool {
        browser::focused().is_some_and(|focused| focused == *self.host.unchecked_ref())
    }

    /// What stands in the field for a comment.
    fn typed_text(&self) -> String {
        let field = self.root.query_selector("textarea").ok().flatten();
        field.map(|field| field.unchecked_into::<HtmlTextAreaElement>().value()).unwrap_or_default()
    }

    /// If the focus is on what is about to be replaced, it goes to what replaces it: to the field where one can type at once,
    /// and to the question where that would bring up a keyboard over half the screen.
    fn keep_focus(&self) {
        if !self.has_focus() {
            return;
        }
        let wanted = if browser::device() == Device::Desktop { "textarea,h2" } else { "h2" };
        let root = self.root.clone();
        Timeout::new(0, move || {
            let found = root.query_selector_all(wanted).ok().and_then(|all| all.get(all.length().saturating_sub(1)));
            if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                let _ = element.focus();
            }
        })
        .forget();
    }

    /// A screen reader tells of what changes in a live region, so the region has to be there before its text.
    fn announce(&self, prompt: String) {
        let root = self.root.clone();
        Timeout::new(ANNOUNCE_AFTER_MS, move || {
            if let Some(status) = root.previous_element_sibling() {
                status.set_text_content(Some(&prompt));
            }
        })
        .forget();
    }

    /// Takes the panel off the screen; the focus, if it was in it, goes back to where it came from.
    fn close(&self) {
        let had_focus = self.has_focus();
        self.host.remove();
        if let (true, Some(element)) = (had_focus, &self.returns_focus_to) {
            let _ = element.focus();
        }
        self.report(Report::Gone);
        // Not while one of its own handlers runs.
        let mounted = Rc::clone(&self.mounted);
        Timeout::new(0, move || drop(mounted.borrow_mut().take())).forget();
    }
}

/// Adds the panel's host element to the page, and a place to mount into below it.
fn attach() -> Result<(HtmlElement, HtmlElement), JsValue> {
    let document = browser::document().ok_or("there is no document")?;
    let body = document.body().ok_or("the page has no body")?;
    let host: HtmlElement = document.create_element("pagepoll-survey")?.unchecked_into();
    let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Closed))?;
    dress(&shadow)?;
    let status = document.create_element("p")?;
    status.set_attribute("role", "status")?;
    shadow.append_child(&status)?;
    let root: HtmlElement = document.create_element("div")?.unchecked_into();
    shadow.append_child(&root)?;
    // In the top layer, where no z-index, transform or overflow of the page reaches it. Browsers without popovers show it
    // by `position: fixed`.
    host.set_attribute("popover", "manual")?;
    body.append_child(&host)?;
    let show_popover = js_sys::Reflect::get(&host, &"showPopover".into())?;
    if let Some(show_popover) = show_popover.dyn_ref::<js_sys::Function>() {
        show_popover.call0(&host)?;
    }
    Ok((host, root))
}

/// A constructed style sheet is allowed even where the page's policy forbids inline styles.
fn dress(shadow: &ShadowRoot) -> Result<(), JsValue> {
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(include_str!("../style.css"))?;
    js_sys::Reflect::set(shadow, &"adoptedStyleSheets".into(), &js_sys::Array::of1(&sheet))?;
    Ok(())
}

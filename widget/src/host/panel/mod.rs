//! The panel: a survey on the screen, in a closed shadow root of its own.
//!
//! Nothing of the page leaks in and nothing leaks out. The panel knows neither the collector nor the visitor's history: it
//! reports what happens, and its caller passes that on.

mod card;
mod element;
mod scale;
mod tab;

pub use tab::Tab;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use survey::wire::{Device, ExposureStage};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent};
use web_sys::{ShadowRoot, ShadowRootInit, ShadowRootMode};

use super::browser::{self, Callback, ask, get};
use super::memory::whole;
use crate::conversation::{Conversation, Step};

/// How long after the card its question is announced.
const ANNOUNCE_AFTER_MS: u32 = 150;
/// How long the thanks stay.
const THANKS_MS: u32 = 3_000;

/// What happens in a panel.
pub enum Report<'a> {
    /// The visitor got this far.
    Reached(ExposureStage),
    /// The visitor answered a question, or left one out.
    Answered(&'a Conversation),
    /// The panel has left the screen.
    Gone,
}

/// What is heard of in a panel. All but clicks are none of the page's business, whose shortcuts would take letters for commands.
const EVENTS: [&str; 7] = ["click", "keydown", "keyup", "keypress", "beforeinput", "input", "paste"];

/// The panel on the screen.
pub struct Panel {
    host: HtmlElement,
    root: HtmlElement,
    conversation: RefCell<Conversation>,
    started: Cell<bool>,
    returns_focus_to: Option<HtmlElement>,
    view: RefCell<Option<AnyViewState>>,
    listener: RefCell<Option<Callback>>,
    /// Closes the panel when the thanks have been read.
    thanks_end: RefCell<Option<Timeout>>,
    hear: Box<dyn Fn(Report<'_>)>,
}

impl Panel {
    /// Puts a survey on the screen. Errors are the browser's own words on why it would not.
    pub fn show(
        conversation: Conversation,
        returns_focus_to: Option<Element>,
        hear: Box<dyn Fn(Report<'_>)>,
    ) -> Result<Rc<Self>, JsValue> {
        let (host, root) = attach()?;
        let panel = Rc::new(Self {
            host,
            root,
            conversation: RefCell::new(conversation),
            started: Cell::default(),
            returns_focus_to: returns_focus_to.and_then(|element| element.dyn_into().ok()),
            view: RefCell::default(),
            listener: RefCell::default(),
            thanks_end: RefCell::default(),
            hear,
        });
        panel.listen();
        panel.announce();
        panel.render();
        let shown = Rc::clone(&panel);
        // In a task of its own, so that none is long.
        browser::after(0, Box::new(move || shown.report(Report::Reached(ExposureStage::Shown)))).forget();
        Ok(panel)
    }

    /// For visitors who asked for the panel: what they do next, they do there.
    pub fn take_focus(&self) {
        self.focus_on("h2");
    }

    /// Changes the conversation, tells of it, and shows the next step.
    fn go_on(self: &Rc<Self>, change: &dyn Fn(&mut Conversation)) {
        let mut conversation = self.conversation.borrow_mut();
        change(&mut conversation);
        self.report(Report::Answered(&conversation));
        let step = conversation.step();
        drop(conversation);
        let had_focus = self.has_focus();
        self.render();
        if had_focus {
            self.keep_focus();
        }
        if step == Step::Thanks {
            let panel = Rc::clone(self);
            self.thanks_end.replace(Some(browser::after(THANKS_MS, Box::new(move || panel.close()))));
        }
    }

    /// Draws the step that the conversation is at, in the place of the one before. Mounted by hand: an owner and signals for the
    /// sake of one change a question would cost every visitor 6 kB.
    fn render(&self) {
        if let Some(mut before) = self.view.take() {
            before.unmount();
            // It has come already.
            self.root.set_class_name("again");
        }
        let mut view = card::card(&self.conversation.borrow()).build();
        view.mount(&self.root, None);
        self.view.replace(Some(view));
    }

    fn listen(self: &Rc<Self>) {
        let panel = Rc::clone(self);
        let listener = browser::callback(move |event| panel.heard(event.unchecked_ref()));
        for event in EVENTS {
            let _ = self.root.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        }
        self.listener.replace(Some(listener));
    }

    fn heard(self: &Rc<Self>, event: &KeyboardEvent) {
        let kind = event.type_();
        if kind == "click" {
            return self.pressed(event);
        }
        event.stop_propagation();
        match kind.as_str() {
            "input" => self.report_started(),
            // While a word is being composed, Escape is about that.
            "keydown" if event.key() == "Escape" && !event.is_composing() => self.dismiss(),
            _ => {}
        }
    }

    fn pressed(self: &Rc<Self>, event: &JsValue) {
        let button = get(event, "target").and_then(|target| ask(&target, "closest", &["button".into()]));
        let property = |name| button.as_ref().and_then(|button| get(button, name)?.as_string()).unwrap_or_default();
        match (property("className").as_str(), whole(&property("value"))) {
            ("point", Some(point)) => self.go_on(&|conversation| conversation.score(point as u8)),
            ("quiet", _) => self.go_on(&Conversation::skip),
            ("send", _) => {
                let text = self.typed_text();
                self.go_on(&|conversation| conversation.comment(&text));
            }
            ("close", _) => self.dismiss(),
            _ => {}
        }
    }

    /// The visitor wants no more of it.
    fn dismiss(&self) {
        if self.conversation.borrow().step() != Step::Thanks {
            self.report(Report::Reached(ExposureStage::Dismissed));
        }
        self.close();
    }

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

    /// The focus was on what has been replaced. It goes to what replaces it: to the field where one can type at once, and to
    /// the question where that would bring up a keyboard over half the screen.
    fn keep_focus(&self) {
        self.focus_on(if browser::device() == Device::Desktop { "textarea,h2" } else { "h2" });
    }

    fn focus_on(&self, wanted: &str) {
        // The last: a field comes after its question.
        let found = self.root.query_selector_all(wanted).ok();
        let last = found.and_then(|all| all.get(all.length().saturating_sub(1)));
        if let Some(element) = last {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    }

    /// A screen reader tells of what changes in a live region, so the region has to be there before its text.
    fn announce(self: &Rc<Self>) {
        let panel = Rc::clone(self);
        let announce = move || {
            if let (Some(status), Some(question)) =
                (panel.root.previous_element_sibling(), panel.conversation.borrow().survey().questions().first())
            {
                status.set_text_content(Some(&question.prompt));
            }
        };
        browser::after(ANNOUNCE_AFTER_MS, Box::new(announce)).forget();
    }

    /// Takes the panel off the screen; the focus, if it was in it, goes back to where it came from.
    pub fn close(&self) {
        drop(self.thanks_end.take());
        if !self.host.is_connected() {
            return;
        }
        let had_focus = self.has_focus();
        self.host.remove();
        self.report(Report::Gone);
        if let (true, Some(element)) = (had_focus, &self.returns_focus_to) {
            let _ = element.focus();
        }
        // It holds on to this.
        self.listener.take();
    }
}

/// Adds the panel's host element to the page, and a place to mount into below it; or leaves the page as it was.
fn attach() -> Result<(HtmlElement, HtmlElement), JsValue> {
    let (host, shadow) = shadow_of("pagepoll-survey")?;
    let document = browser::document().ok_or("there is no document")?;
    let status = document.create_element("p")?;
    status.set_attribute("role", "status")?;
    shadow.append_child(&status)?;
    let root: HtmlElement = document.create_element("div")?.unchecked_into();
    shadow.append_child(&root)?;
    // In the top layer, where no z-index, transform or overflow of the page reaches it. Browsers without popovers show it
    // by `position: fixed`.
    host.set_attribute("popover", "manual")?;
    add_to_page(&host)?;
    if js_sys::Reflect::has(&host, &"showPopover".into())?
        && let Err(error) = browser::call(&host, "showPopover", &[])
    {
        host.remove();
        return Err(error);
    }
    Ok((host, root))
}

/// A new element with a closed shadow root, dressed like all of the widget that visitors see.
fn shadow_of(name: &str) -> Result<(HtmlElement, ShadowRoot), JsValue> {
    shadow_with(name, include_str!("../style.css"))
}

/// A new element with a closed shadow root.
pub fn shadow_with(name: &str, style: &str) -> Result<(HtmlElement, ShadowRoot), JsValue> {
    let document = browser::document().ok_or("there is no document")?;
    let host: HtmlElement = document.create_element(name)?.unchecked_into();
    let init = ShadowRootInit::new(ShadowRootMode::Closed);
    // So that the focus can go back to what is in it.
    js_sys::Reflect::set(&init, &"delegatesFocus".into(), &(name == "pagepoll-tab").into())?;
    let shadow = host.attach_shadow(&init)?;
    dress(&shadow, style)?;
    Ok((host, shadow))
}

pub fn add_to_page(host: &HtmlElement) -> Result<(), JsValue> {
    let body = browser::document().and_then(|document| document.body()).ok_or("the page has no body")?;
    body.append_child(host).map(drop)
}

/// A constructed style sheet is allowed even where the page's policy forbids inline styles.
fn dress(shadow: &ShadowRoot, style: &str) -> Result<(), JsValue> {
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(style)?;
    js_sys::Reflect::set(shadow, &"adoptedStyleSheets".into(), &js_sys::Array::of1(&sheet))?;
    Ok(())
}

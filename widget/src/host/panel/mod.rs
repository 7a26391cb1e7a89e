//! The panel: a survey on the screen, in a closed shadow root of its own.
//!
//! Nothing of the page leaks in and nothing leaks out. The panel knows neither the collector nor the visitor's history: it
//! reports what happens, and its caller passes that on.

mod card;
mod element;
mod field;
mod frame;
mod press;
mod scale;
mod tab;

pub use frame::place_of;
#[cfg(feature = "why")]
pub use frame::shadow_with;
pub use tab::Tab;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::tachys::renderer::types;
use leptos::tachys::view::{Mountable, Render};
use survey::definition::OTHER;
use survey::script::{Ending, Frame};
use survey::wire::{Device, ExposureStage};
use wasm_bindgen::JsValue;
use web_sys::Element;

use super::browser::{self, Callback, ask, get, number_of};
use crate::conversation::{Conversation, Given, Scene};
use frame::Attached;
use press::Press;

/// How long after the card its question is announced.
const ANNOUNCE_AFTER_MS: u32 = 150;
/// How long an ending stays that leads nowhere.
const THANKS_MS: u32 = 3_000;
/// By when the last answer has surely begun to be sent.
const SENT_MS: u32 = 100;

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
const EVENTS: [&str; 9] = ["click", "keydown", "keyup", "keypress", "beforeinput", "input", "paste", "cancel", "error"];

/// Whatever visitors fill in.
const INPUTS: &str = "input,textarea";

/// The panel on the screen.
pub struct Panel {
    attached: Attached,
    conversation: RefCell<Conversation>,
    started: Cell<bool>,
    returns_focus_to: Option<JsValue>,
    view: RefCell<Option<types::Element>>,
    listener: RefCell<Option<Callback>>,
    /// Closes the panel when its ending has been read, or leads elsewhere.
    end: RefCell<Option<Timeout>>,
    hear: Box<dyn Fn(Report<'_>)>,
}

impl Panel {
    /// Puts a survey on the screen, below `place`. Errors are the browser's own words on why it would not.
    pub fn show(
        conversation: Conversation,
        place: &Element,
        returns_focus_to: Option<JsValue>,
        hear: Box<dyn Fn(Report<'_>)>,
    ) -> Result<Rc<Self>, JsValue> {
        let attached = Attached::to(place, conversation.script())?;
        let panel = Rc::new(Self {
            attached,
            conversation: RefCell::new(conversation),
            started: Cell::default(),
            returns_focus_to,
            view: RefCell::default(),
            listener: RefCell::default(),
            end: RefCell::default(),
            hear,
        });
        panel.listen();
        panel.render();
        match panel.is_modal() {
            true => panel.take_focus(),
            false => panel.announce(),
        }
        let shown = Rc::clone(&panel);
        // In a task of its own, so that none is long.
        browser::after(0, Box::new(move || shown.report(Report::Reached(ExposureStage::Shown)))).forget();
        Ok(panel)
    }

    /// For visitors who asked for the panel, or can do nothing else: what they do next, they do there.
    pub fn take_focus(&self) {
        self.focus_on("h2");
    }

    /// The survey that it shows, by its place.
    #[cfg(feature = "why")]
    pub fn place(&self) -> usize {
        self.conversation.borrow().place()
    }

    /// Whether it is on the page still: what stands within the page may go with a part of it.
    pub fn is_on_page(&self) -> bool {
        browser::holds(&self.attached.host, "isConnected")
    }

    fn is_modal(&self) -> bool {
        self.conversation.borrow().script().frame == Frame::Modal
    }

    fn change(self: &Rc<Self>, change: fn(&mut Conversation)) {
        change(&mut self.conversation.borrow_mut());
        self.go_on();
    }

    /// Tells how the conversation stands, and shows the next step.
    fn go_on(self: &Rc<Self>) {
        self.report(Report::Answered(&self.conversation.borrow()));
        let had_focus = self.has_focus();
        self.render();
        if had_focus {
            self.keep_focus();
        }
        if let Scene::Ends(ending) = self.conversation.borrow().scene() {
            self.end(ending);
        }
    }

    /// Leaves by itself, or leads elsewhere. What stands within the page stays, and so does what can be followed.
    fn end(self: &Rc<Self>, ending: &Ending) {
        let is_inline = matches!(self.conversation.borrow().script().frame, Frame::Inline(_));
        let panel = Rc::clone(self);
        let (ms, act): (u32, Box<dyn FnOnce()>) = match &ending.redirect {
            Some((url, seconds)) => {
                let url = url.clone();
                (u32::from(*seconds) * 1_000 + SENT_MS, Box::new(move || browser::go_to(&url)))
            }
            None if ending.link.is_some() || is_inline => return,
            None => (THANKS_MS, Box::new(move || panel.close())),
        };
        self.end.replace(Some(browser::after(ms, act)));
    }

    /// Draws the step that the conversation is at, in the place of the one before. Mounted by hand: an owner and signals for the
    /// sake of one change a question would cost every visitor 6 kB.
    fn render(&self) {
        let stage = &self.attached.stage;
        if let Some(mut before) = self.view.take() {
            before.unmount();
            // It has come already.
            let _ = stage.set_attribute("class", "again");
        }
        let mut view = card::card(&self.conversation.borrow()).build();
        view.mount(stage, None);
        self.view.replace(Some(view));
    }

    fn listen(self: &Rc<Self>) {
        let panel = Rc::clone(self);
        let listener = browser::callback(move |event| panel.heard(&event));
        self.attached.tell("addEventListener", &EVENTS, &listener);
        self.listener.replace(Some(listener));
    }

    fn heard(self: &Rc<Self>, event: &JsValue) {
        let kind = browser::text_in(event, "type");
        let target = get(event, "target").unwrap_or_default();
        // While a word is being composed, keys are about that.
        let is_key = |key: &str| {
            kind == "keydown" && browser::text_in(event, "key") == key && !browser::holds(event, "isComposing")
        };
        match kind.as_str() {
            // The second of a double click: what is there now is the next question.
            "click" if number_of(get(event, "detail")) > 1.0 => return,
            "click" => return self.pressed(&target),
            // A picture that cannot be loaded.
            "error" => drop(ask(&target, "remove", &[])),
            "resize" | "scroll" => self.attached.keep_in_sight(),
            "input" => {
                self.complain("");
                if browser::text_in(&target, "value") == OTHER {
                    self.offer_words(get(&target, "checked").unwrap_or_default());
                }
                self.report_started();
            }
            _ if kind == "cancel" || is_key("Escape") => self.dismiss(),
            // Fields of one line are sent so, wherever there are forms.
            _ if is_key("Enter") && is_line(&target) => {
                ask(event, "preventDefault", &[]);
                self.send(Vec::new());
            }
            _ => {}
        }
        ask(event, "stopPropagation", &[]);
    }

    fn pressed(self: &Rc<Self>, target: &JsValue) {
        let Some(button) = ask(target, "closest", &["button".into()]) else { return };
        let property = |name| browser::text_in(&button, name);
        match Press::named(&property("name")) {
            Some(Press::Point | Press::Choice) => self.send(vec![property("value")]),
            Some(Press::Word) => {
                ask(&button, "setAttribute", &["aria-pressed".into(), "true".into()]);
                self.offer_words(true.into());
                self.report_started();
                self.focus_on(".other");
            }
            Some(Press::Skip) => self.change(Conversation::skip),
            Some(Press::Back) => self.change(Conversation::go_back),
            Some(Press::Send) => self.send(Vec::new()),
            Some(Press::Close) => self.dismiss(),
            None => {}
        }
    }

    /// Takes what was picked just now, or else all that has been filled in.
    fn send(self: &Rc<Self>, picked: Vec<String>) {
        let is_pick = !picked.is_empty();
        let mut given = Given { picked, ..Given::default() };
        if !is_pick {
            self.complain("");
            self.read(&mut given);
            if !self.all_inputs(&|input| ask(input, "reportValidity", &[]).is_none_or(|valid| valid.is_truthy())) {
                return;
            }
        }
        if self.conversation.borrow_mut().take(&given) {
            return self.go_on();
        }
        let required = self.conversation.borrow().script().words.required.clone();
        self.complain(&required);
    }

    /// Reads what is ticked, pressed and typed.
    fn read(&self, given: &mut Given) {
        for input in self.attached.all(&format!("{INPUTS},[aria-pressed=true]")) {
            let property = |name| browser::text_in(&input, name);
            match property("type").as_str() {
                "checkbox" if !browser::holds(&input, "checked") => {}
                "checkbox" | "submit" => given.picked.push(property("value")),
                _ => given.written.push((property("name"), property("value"))),
            }
        }
    }

    /// Shows where to word the last choice, or hides it. By an attribute: WebKit does not look again at what a style sheet says of
    /// boxes that are ticked within others.
    fn offer_words(&self, wanted: JsValue) {
        for choices in self.attached.all(".choices") {
            ask(&choices, "toggleAttribute", &["data-worded".into(), wanted.clone()]);
        }
    }

    /// Has the browser say, at the first input, what is missing; nothing, if `message` is empty.
    fn complain(&self, message: &str) {
        self.all_inputs(&|input| {
            ask(input, "setCustomValidity", &[message.into()]);
            if message.is_empty() {
                return true;
            }
            ask(input, "reportValidity", &[]);
            false
        });
    }

    /// Whether something holds of all inputs; stops at the first of which it does not.
    fn all_inputs(&self, holds: &dyn Fn(&JsValue) -> bool) -> bool {
        self.attached.all(INPUTS).iter().all(holds)
    }

    /// The visitor wants no more of it.
    fn dismiss(&self) {
        let has_ended = matches!(self.conversation.borrow().scene(), Scene::Ends(_));
        if !has_ended {
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
        let host: &JsValue = &self.attached.host;
        browser::focused().is_some_and(|focused| focused == *host)
    }

    /// The focus was on what has been replaced. It goes to what replaces it: to the field where one can type at once, and to
    /// the question where that would bring up a keyboard over half the screen.
    fn keep_focus(&self) {
        if browser::device() != Device::Desktop || !self.focus_on(".field") {
            self.take_focus();
        }
    }

    /// Whether there is something to focus on.
    fn focus_on(&self, wanted: &str) -> bool {
        let found = self.attached.all(wanted);
        found.first().map(|element| ask(element, "focus", &[])).is_some()
    }

    /// A screen reader tells of what changes in a live region, so the region has to be there before its text.
    fn announce(self: &Rc<Self>) {
        let panel = Rc::clone(self);
        let announce = move || {
            let conversation = panel.conversation.borrow();
            if let Scene::Asks(step) = conversation.scene() {
                let prompt = conversation.fill(&step.prompt);
                browser::set(&panel.attached.status, "textContent", &prompt.into());
            }
        };
        browser::after(ANNOUNCE_AFTER_MS, Box::new(announce)).forget();
    }

    /// Takes the panel off the screen; the focus, if it was in it, goes back to where it came from.
    pub fn close(&self) {
        drop(self.end.take());
        if !self.is_on_page() {
            return;
        }
        let had_focus = self.is_modal() || self.has_focus();
        self.attached.host.remove();
        self.report(Report::Gone);
        if let (true, Some(element)) = (had_focus, &self.returns_focus_to) {
            ask(element, "focus", &[]);
        }
        // It holds on to this.
        if let Some(listener) = self.listener.take() {
            self.attached.tell("removeEventListener", &EVENTS, &listener);
        }
    }
}

/// Whether it takes one line of text.
fn is_line(target: &JsValue) -> bool {
    matches!(browser::text_in(target, "type").as_str(), "text" | "email" | "tel")
}

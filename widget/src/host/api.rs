//! What the page says by `pagepoll()`, and what it is told.
//!
//! The loader keeps the page's calls until the widget is there, and passes them on. It sees to the storage itself where a call
//! is about that. See `widget/pagepoll.d.ts` for what a page may say.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object};
use survey::wire::{Presentation, SiteConfig};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{CustomEvent, CustomEventInit};

use super::browser::{self, get};
use super::watch::Watch;
use super::{Installation, browser::warn};

/// The widget on a page: watching or, where the visitor does not consent, not.
pub struct Widget {
    installation: Installation,
    config: Rc<SiteConfig>,
    page: Rc<Page>,
    watch: RefCell<Option<Rc<Watch>>>,
}

/// Begins, and hands back the function that takes the page's calls.
pub fn begin(installation: Installation, config: SiteConfig, visited: &str) -> JsValue {
    let widget = Widget { installation, config: Rc::new(config), page: Rc::default(), watch: RefCell::default() };
    widget.set_watching(true, visited);
    browser::callback(move |call| widget.hear(&call)).into_js_value()
}

impl Widget {
    fn hear(&self, call: &JsValue) {
        let argument = |place: &str| get(call, place);
        let text = |place: &str| argument(place).and_then(|argument| argument.as_string());
        let Some(command) = text("0") else { return };
        let first = text("1").unwrap_or_default();
        let watch = self.watch.borrow().clone();
        match (command.as_str(), watch) {
            ("on", _) => self.page.add(first, argument("2")),
            ("consent", _) => self.set_watching(argument("1").is_some_and(|given| given.is_truthy()), ""),
            ("remove", _) => self.set_watching(false, ""),
            // From the loader: the address has become another, or may have.
            ("route", Some(watch)) => watch.move_on(&first, &text("2").unwrap_or_default()),
            ("track", Some(watch)) => watch.track(&first),
            ("identify", Some(watch)) => watch.identify(&argument("1").unwrap_or_default()),
            ("show", Some(watch)) => watch.ask_for(&first),
            ("close", Some(watch)) => watch.close_panel(),
            ("reset", Some(watch)) => watch.forget_visitor(),
            (_, None) => {}
            _ => warn("pagepoll() knows track, identify, show, close, reset, consent, on and remove"),
        }
    }

    fn set_watching(&self, wanted: bool, visited: &str) {
        let watch = self.watch.borrow().clone();
        match watch {
            Some(watch) if !wanted => {
                self.watch.take();
                watch.stop();
            }
            None if wanted => {
                let watch = Watch::begin(&self.installation, &self.config, &self.page, visited);
                self.watch.replace(Some(watch));
            }
            _ => {}
        }
    }
}

/// The page as a listener: its callbacks, its document and its data layer.
#[derive(Default)]
pub struct Page {
    callbacks: RefCell<Vec<(String, Function)>>,
}

impl Page {
    fn add(&self, event: String, callback: Option<JsValue>) {
        if let Some(Ok(callback)) = callback.map(JsValue::dyn_into) {
            self.callbacks.borrow_mut().push((event, callback));
        }
    }

    /// Tells of what happened with a survey, as soon as everything else is done: what the page then does may lead back here.
    pub fn tell(self: &Rc<Self>, event: &'static str, shown: &Presentation, more: &[(&str, JsValue)]) {
        // What the page does about a survey is no business of a preview.
        #[cfg(feature = "why")]
        if shown.version == survey::definition::PREVIEW_VERSION {
            return;
        }
        let detail = Object::new();
        let signal = shown.visit.signal.map_or("", |signal| signal.as_str());
        let known = [
            ("survey", shown.survey.as_str().into()),
            ("version", shown.version.into()),
            ("page", shown.page.as_str().into()),
            ("signal", signal.into()),
        ];
        for (name, value) in known.iter().chain(more) {
            browser::set(&detail, name, value);
        }
        let page = Rc::clone(self);
        spawn_local(async move { page.pass_on(event, &detail) });
    }

    fn pass_on(&self, event: &str, detail: &Object) {
        let callbacks = self.callbacks.borrow().clone();
        for (_, callback) in callbacks.iter().filter(|(wanted, _)| wanted == event) {
            if let Err(error) = callback.call1(&JsValue::UNDEFINED, detail) {
                browser::warn_of("a listener of the page failed", &error);
            }
        }
        if let Some(document) = browser::document() {
            let init = CustomEventInit::new();
            browser::set(&init, "detail", detail);
            if let Ok(told) = CustomEvent::new_with_event_init_dict(&format!("pagepoll:{event}"), &init) {
                browser::ask(&document, "dispatchEvent", &[told.into()]);
            }
        }
        if let Some(layer) = browser::read("dataLayer").filter(Array::is_array) {
            // Its own: tag managers keep what they are given, and change it.
            let pushed = Object::assign(&Object::new(), detail);
            browser::set(&pushed, "event", &format!("pagepoll_{event}").into());
            browser::ask(&layer, "push", &[pushed.into()]);
        }
    }
}

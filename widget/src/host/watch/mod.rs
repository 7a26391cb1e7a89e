//! One visit to a document, from the moment the widget starts: puts page view, facts and decision together, and does what is
//! decided.
//!
//! Here is what is kept, and what comes in: from `signals`, and by the page's own calls. `route` sees pages come and go, `look`
//! decides, `show` puts a survey on the screen, and `tell` says what became of it.

mod look;
mod route;
mod show;
mod tell;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use survey::script::Script;
use survey::targeting::{Candidate, Field, FieldKind, Signal, Trigger, UpwardSweep};
use survey::wire::SiteConfig;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::api::Page;
use super::facts::{self, Visited};
use super::memory::Memory;
use super::outbox::Outbox;
use super::panel::{Panel, Tab};
use super::signals::Listening;
use super::{Installation, browser};
use crate::page_view::PageView;
use route::Here;

/// The longest wait for a timer; longer ones are begun again.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// What is watched while a document is open.
pub struct Watch {
    config: Rc<SiteConfig>,
    config_path: String,
    /// Who is told what happens with surveys.
    told: Rc<Page>,
    memory: Rc<Memory>,
    outbox: Rc<Outbox>,
    /// What rules ask about, and what reports are filtered by.
    fields: Vec<Field>,
    /// What texts are filled in with.
    traits: Vec<String>,
    visited: RefCell<Rc<Visited>>,
    /// Nothing while it is being asked for.
    country: RefCell<Option<String>>,
    listening: RefCell<Option<Listening>>,
    /// When the first page view here began; taken by it.
    began: Cell<Option<f64>>,
    here: RefCell<Option<Here>>,
    typed_at: Cell<f64>,
    sweep: Cell<UpwardSweep>,
    /// The survey on the screen. There is never more than one.
    showing: RefCell<Option<Rc<Panel>>>,
    tab: RefCell<Option<Tab>>,
    /// What the last look found should be shown.
    ready: Cell<Option<(usize, Signal)>>,
    /// The one timer, and when it goes off.
    wake: RefCell<Option<(f64, Timeout)>>,
    #[cfg(feature = "why")]
    explanation: crate::host::why::Explanation,
}

impl Watch {
    pub fn begin(installation: &Installation, config: &Rc<SiteConfig>, told: &Rc<Page>, visited: &str) -> Rc<Self> {
        #[cfg(not(feature = "why"))]
        let storage = config.storage;
        #[cfg(feature = "why")]
        let storage = crate::host::why::preview::storage(config);
        let memory = Rc::new(Memory::of_site(&config.site, storage));
        let outbox = Outbox::new(&installation.origin, config.site.clone(), Rc::clone(&memory));
        #[cfg(feature = "why")]
        crate::host::why::preview::silence(config, &outbox);
        // What an earlier page could not deliver.
        outbox.deliver();
        let watch = Rc::new(Self {
            config: Rc::clone(config),
            config_path: installation.config_path.clone(),
            told: Rc::clone(told),
            memory,
            outbox,
            fields: facts::asked_by(config.surveys.iter().map(|survey| &survey.when).chain([&config.told])),
            traits: config.scripts.iter().flat_map(Script::traits).map(str::to_owned).collect(),
            visited: RefCell::new(Rc::new(Visited::parse(visited))),
            country: RefCell::default(),
            listening: RefCell::default(),
            began: Cell::new(installation.began.take()),
            here: RefCell::default(),
            typed_at: Cell::new(f64::MIN),
            sweep: Cell::default(),
            showing: RefCell::default(),
            tab: RefCell::default(),
            ready: Cell::default(),
            wake: RefCell::default(),
            #[cfg(feature = "why")]
            explanation: crate::host::why::Explanation::of(installation, config),
        });
        watch.listening.replace(Some(Listening::begin(&watch)));
        let (first, address) = (Rc::clone(&watch), format!("{}/w/country", installation.origin));
        // Later, so that what the page has said by now is heard before the first decision.
        spawn_local(async move {
            let asks = first.fields.iter().any(|field| field.kind == FieldKind::Country);
            let country = if asks { browser::text_of(&address).await } else { None };
            first.country.replace(Some(country.unwrap_or_default()));
            // A task of its own, so that none is long.
            first.look_in(0);
        });
        watch
    }

    fn surveys(&self) -> &[Candidate] {
        &self.config.surveys
    }

    pub fn each_trigger<'a>(&'a self, act: &mut dyn FnMut(&'a Trigger)) {
        self.surveys().iter().for_each(|survey| survey.triggers.iter().for_each(&mut *act));
    }

    /// Undoes everything.
    pub fn stop(&self) {
        self.listening.take();
        self.wake.take();
        self.country.take();
        self.here.take();
        self.tab.take();
        self.outbox.stop();
        self.close_panel();
        #[cfg(feature = "why")]
        self.explanation.close();
    }

    pub fn visibility_changed(self: &Rc<Self>, at: f64) {
        let is_visible = browser::is_visible();
        let mut was_away = false;
        self.note(|view| match is_visible {
            true => was_away = view.come_into_sight(at),
            false => view.go_out_of_sight(at),
        });
        if !is_visible {
            // Perhaps the last that is heard of this page.
            self.outbox.deliver();
        }
        if was_away && browser::is_touch() {
            self.note(|view| view.note_exit(Signal::ReturnFromHidden, at));
        }
        self.look();
    }

    pub fn deliver(&self) {
        self.outbox.deliver();
    }

    pub fn note_activity(&self, at: f64) {
        self.note(|view| view.note_activity(at));
    }

    pub fn note_typing(&self, at: f64) {
        self.typed_at.set(at);
    }

    pub fn note_exit(self: &Rc<Self>, signal: Signal, at: f64) {
        self.enter();
        self.note(|view| view.note_exit(signal, at));
        self.look();
    }

    /// Whether the visitor has just swept the page upwards, by touch.
    pub fn is_fast_upward(&self, at: f64) -> bool {
        let mut sweep = self.sweep.get();
        let is_fast = sweep.note(browser::number_of(browser::read("scrollY")), at);
        self.sweep.set(sweep);
        is_fast && browser::is_touch()
    }

    /// `within` says whether the click was in something that a selector matches.
    pub fn clicked(self: &Rc<Self>, target: &JsValue, within: &dyn Fn(&str) -> bool) {
        let asked = self.tab.borrow().as_ref().filter(|tab| tab.is(target)).map(|tab| tab.place);
        if let Some(place) = asked {
            self.happen(Signal::FeedbackTab, self.surveys()[place].id.as_str());
        }
        self.each_trigger(&mut |trigger| match trigger {
            Trigger::Click(selector) if within(selector) => self.happen(Signal::Click, selector),
            _ => {}
        });
    }

    /// The page tells of something.
    pub fn track(self: &Rc<Self>, event: &str) {
        if self.asks(FieldKind::Event, event) {
            self.memory.count(event, &self.visited.borrow().began);
        }
        self.happen(Signal::Event, event);
    }

    /// The page tells of the visitor. What no rule asks about, no report is filtered by, and no text says, is not kept.
    pub fn identify(self: &Rc<Self>, traits: &JsValue) {
        let asked = self.fields.iter().filter(|field| field.kind == FieldKind::Trait).map(|field| &field.name);
        for name in asked.chain(&self.traits) {
            if let Some(value) = facts::found(browser::get(traits, name)) {
                self.memory.set(&trait_key(name), &value.text);
            }
        }
        self.look();
    }

    /// The page asks for a survey.
    pub fn ask_for(self: &Rc<Self>, survey: &str) {
        self.happen(Signal::Programmatic, survey);
    }

    pub fn close_panel(&self) {
        let panel = self.showing.borrow().clone();
        if let Some(panel) = panel {
            panel.close();
        }
    }

    pub fn forget_visitor(self: &Rc<Self>) {
        self.memory.forget_visitor();
        self.look_in(0);
    }

    fn happen(self: &Rc<Self>, signal: Signal, what: &str) {
        self.enter();
        self.note(|view| view.note_happening(signal, what));
        self.look();
    }

    fn note(&self, change: impl FnOnce(&mut PageView)) {
        if let Some(here) = self.here.borrow_mut().as_mut() {
            change(&mut here.view);
        }
    }

    fn asks(&self, kind: FieldKind, name: &str) -> bool {
        self.fields.iter().any(|field| field.kind == kind && field.name == name)
    }

    /// Looks again after some time, unless that is to happen before.
    pub fn look_in(self: &Rc<Self>, ms: u64) {
        let at = browser::monotonic_ms() + ms as f64;
        if self.wake.borrow().as_ref().is_some_and(|(earlier, _)| *earlier <= at) {
            return;
        }
        let watch = Rc::clone(self);
        let timer = browser::after(u32::try_from(ms.min(DAY_MS)).unwrap_or_default(), Box::new(move || watch.look()));
        self.wake.replace(Some((at, timer)));
    }
}

/// Under what name a trait is remembered: facts look for it there.
fn trait_key(name: &str) -> String {
    Field::named(FieldKind::Trait, name).to_string()
}

//! One visit to a page, from the moment the widget starts: watches for triggers, asks `survey::targeting` what to do, and
//! shows a survey when it says so.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use survey::definition::Survey;
use survey::page::PageKey;
use survey::targeting::{self, ExitSeen, Signal, Trigger, Verdict, VisitorFacts};
use survey::wire::{Event, Exposure, ExposureStage, Presentation, SiteConfig, Visit};
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use super::memory::Memory;
use super::outbox::Outbox;
use super::panel::{self, Report};
use super::{Installation, browser};

/// Starts watching. Lives as long as the document.
pub fn begin(installation: Installation, config: SiteConfig) {
    let memory = Rc::new(Memory::of_site(&config.site));
    let outbox = Outbox::new(&installation.origin, config.site.clone(), Rc::clone(&memory));
    // What an earlier page could not deliver.
    outbox.deliver();
    let watch = Rc::new(Watch {
        config,
        config_path: installation.config_path,
        memory,
        outbox,
        page: RefCell::new(PageView { visible: VisibleTime::since_opening(), ..PageView::default() }),
        showing: Cell::new(false),
        wake: RefCell::default(),
    });
    watch.listen();
    watch.look();
}

/// What is watched while a document is open.
struct Watch {
    config: SiteConfig,
    config_path: String,
    memory: Rc<Memory>,
    outbox: Rc<Outbox>,
    page: RefCell<PageView>,
    /// Whether a survey is on the screen. There is never more than one.
    showing: Cell<bool>,
    wake: RefCell<Option<Timeout>>,
}

/// What has happened on the current page. A single-page application starts a new one with every route.
#[derive(Default)]
struct PageView {
    key: Option<PageKey>,
    visible: VisibleTime,
    deepest_scroll: u8,
    exit: Option<ExitSeen>,
    /// The surveys that met the visitor here, each with the id of its presentation.
    presented: Vec<(usize, Uuid)>,
    /// Whether a survey was shown. One to a page view: nobody wants a second one when they have just closed the first.
    asked: bool,
}

/// How long something has been visible, over any number of times.
#[derive(Default)]
struct VisibleTime {
    before_ms: f64,
    since: Option<f64>,
}

impl VisibleTime {
    /// From the opening of the document, long before this widget was there; a page that is in sight now has been so all along,
    /// as far as anybody can tell.
    fn since_opening() -> Self {
        Self { before_ms: 0.0, since: browser::is_visible().then_some(0.0) }
    }

    fn note(&mut self, is_visible: bool) {
        let now = browser::monotonic_ms();
        self.before_ms = self.ms_at(now);
        self.since = is_visible.then_some(now);
    }

    fn ms(&self) -> u64 {
        self.ms_at(browser::monotonic_ms()) as u64
    }

    fn ms_at(&self, now: f64) -> f64 {
        self.before_ms + self.since.map_or(0.0, |since| now - since)
    }
}

impl Watch {
    fn listen(self: &Rc<Self>) {
        let (window, document) = (browser::window(), browser::document());
        let triggers = || self.config.surveys.iter().flat_map(Survey::triggers);
        let Some(document) = document else { return };

        self.on(&document, "visibilitychange", |watch, _| watch.visibility_changed());
        self.on(&window, "online", |watch, _| watch.outbox.deliver());
        self.on(&window, "popstate", |watch, _| watch.look());
        // Routes of single-page applications; browsers without the Navigation API tell by popstate alone.
        if let Some(navigation) = js_sys::Reflect::get(&window, &"navigation".into()).ok().filter(|api| api.is_object())
        {
            self.on(navigation.unchecked_ref(), "navigatesuccess", |watch, _| watch.look());
        }
        if triggers().any(|trigger| matches!(trigger, Trigger::ScrollPercent(_))) {
            self.on(&document, "scroll", |watch, _| watch.look());
            self.on(&window, "resize", |watch, _| watch.look());
        }
        if triggers().any(|trigger| matches!(trigger, Trigger::ExitIntent { .. })) {
            self.on(&document, "mouseout", |watch, event| watch.pointer_left(event));
        }
    }

    fn on(self: &Rc<Self>, target: &web_sys::EventTarget, event: &'static str, act: fn(&Rc<Self>, &web_sys::Event)) {
        let watch = Rc::clone(self);
        let passive = EventListenerOptions { passive: true, ..EventListenerOptions::run_in_capture_phase() };
        EventListener::new_with_options(target, event, passive, move |event| act(&watch, event)).forget();
    }

    fn visibility_changed(self: &Rc<Self>) {
        self.page.borrow_mut().visible.note(browser::is_visible());
        if !browser::is_visible() {
            // Perhaps the last that is heard of this page.
            self.outbox.deliver();
        }
        self.look();
    }

    /// Leaving by the top edge is leaving for the tabs, the address or the close button. Into an iframe or a dropdown the
    /// pointer goes to another element, or leaves elsewhere.
    fn pointer_left(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(event) = event.dyn_ref::<MouseEvent>() else { return };
        if event.related_target().is_none() && event.client_y() <= 0 && event.buttons() == 0 {
            let visible_ms = self.page.borrow().visible.ms();
            self.page.borrow_mut().exit = Some(ExitSeen { signal: Signal::PointerLeftTop, visible_ms });
            self.look();
        }
    }

    /// Looks at where things stand and does what is to be done.
    fn look(self: &Rc<Self>) {
        let Some(key) = browser::page_key(&self.config.keep_query) else { return };
        self.enter(&key);
        if self.showing.get() || self.page.borrow().asked {
            return;
        }
        let facts = self.facts(&key);
        let judged = targeting::decide(&self.config.surveys, &facts);
        for (index, judged) in judged.iter().enumerate() {
            match judged.verdict {
                Verdict::Show(signal) => return self.show(index, signal),
                Verdict::Wait => self.report_eligible(index),
                Verdict::Skip(_) => {}
            }
        }
        *self.wake.borrow_mut() =
            targeting::next_wake_ms(&judged, &facts).filter(|_| browser::is_visible()).map(|ms| {
                let watch = Rc::clone(self);
                Timeout::new(u32::try_from(ms).unwrap_or(u32::MAX), move || watch.look())
            });
        if targeting::is_exhausted(&judged, &facts) {
            self.memory.sleep_until_config_changes(&self.config_path);
        }
    }

    /// Begins a new page view if the address has become another page's.
    fn enter(&self, key: &PageKey) {
        let mut page = self.page.borrow_mut();
        if page.key.as_ref().is_some_and(|previous| previous != key) {
            *page = PageView::default();
            page.visible.note(browser::is_visible());
        }
        page.key = Some(key.clone());
        page.deepest_scroll = page.deepest_scroll.max(browser::scroll_percent());
    }

    fn facts(&self, key: &PageKey) -> VisitorFacts {
        let page = self.page.borrow();
        let ids = self.config.surveys.iter().map(Survey::id);
        VisitorFacts {
            path: key.path().to_owned(),
            shown: ids.filter(|id| self.memory.was_shown(id)).cloned().collect(),
            visible_ms: page.visible.ms(),
            scroll_percent: page.deepest_scroll,
            exit: page.exit,
        }
    }

    /// Tells the collector, once per page view, that the survey could show here. (That one was shown says so too.)
    fn report_eligible(self: &Rc<Self>, index: usize) {
        if self.page.borrow().presented.iter().any(|(survey, _)| *survey == index) {
            return;
        }
        if let Some(presentation) = self.presentation(index, None) {
            self.outbox.send(&Event::Exposure(Exposure { stage: ExposureStage::Eligible, presentation }));
        }
    }

    fn show(self: &Rc<Self>, index: usize, signal: Signal) {
        let survey = &self.config.surveys[index];
        let Some(presentation) = self.presentation(index, Some(signal)) else { return };
        let watch = Rc::clone(self);
        let shown = panel::show(survey.clone(), move |report| watch.hear(&presentation, report));
        if let Err(error) = shown {
            return browser::warn_of("the browser would not show a survey", &error);
        }
        self.showing.set(true);
        self.page.borrow_mut().asked = true;
        self.memory.remember_shown(survey.id(), browser::now());
    }

    /// Passes on what happens in the panel.
    fn hear(self: &Rc<Self>, shown: &Presentation, report: Report<'_>) {
        let presentation = Presentation { at: browser::now(), ..shown.clone() };
        match report {
            Report::Reached(stage) => self.outbox.send(&Event::Exposure(Exposure { stage, presentation })),
            Report::Answered(conversation) => {
                if let Some(submission) = conversation.submission(presentation) {
                    self.outbox.send(&Event::Submission(submission));
                }
            }
            Report::Gone => {
                self.showing.set(false);
                self.look();
            }
        }
    }

    /// The id of the survey's presentation on this page view: the same from its first event to its last.
    fn response_id(&self, index: usize) -> Option<Uuid> {
        let mut page = self.page.borrow_mut();
        let known = page.presented.iter().find(|(survey, _)| *survey == index).map(|(_, id)| *id);
        known.or_else(|| {
            let id = browser::new_response_id()?;
            page.presented.push((index, id));
            Some(id)
        })
    }

    fn presentation(&self, index: usize, signal: Option<Signal>) -> Option<Presentation> {
        let survey = &self.config.surveys[index];
        let response_id = self.response_id(index)?;
        let page = self.page.borrow();
        Some(Presentation {
            response_id,
            survey: survey.id().clone(),
            version: survey.version(),
            at: browser::now(),
            page: page.key.as_ref()?.to_string(),
            visit: Visit {
                title: browser::title(),
                referrer: browser::referrer_origin(),
                language: browser::language(),
                device: browser::device(),
                viewport: browser::viewport(),
                visible_ms: page.visible.ms(),
                scroll_percent: page.deepest_scroll,
                signal,
            },
        })
    }
}

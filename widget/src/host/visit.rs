//! One visit to a document, from the moment the widget starts: puts page view, facts and decision together, and does what is
//! decided.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use survey::definition::Survey;
use survey::page::PageKey;
use survey::targeting::{Busy, Decision, Field, FieldKind, Frequency, PageMoment, Signal, Trigger, UpwardSweep};
use survey::targeting::{Verdict, VisitorFacts, Waiting, decide};
use survey::wire::{AnswerValue, Event, Exposure, ExposureStage, Presentation, SiteConfig, Visit};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::api::Page;
use super::facts::{self, Sources, Visited};
use super::memory::Memory;
use super::outbox::Outbox;
use super::panel::{Panel, Report, Tab};
use super::signals::Listening;
use super::{Installation, browser};
use crate::conversation::Conversation;
use crate::page_view::PageView;

/// For how long after a key press a visitor is taken to be typing.
const TYPING_MS: f64 = 3_000.0;

/// By when a panel that was put up has surely been painted.
const PAINTED_MS: u64 = 100;

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
    /// What rules ask about.
    fields: Vec<Field>,
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
    explanation: super::why::Explanation,
}

/// The page that the visitor is on.
struct Here {
    key: PageKey,
    /// The fragment, in applications that keep their route there.
    route: String,
    view: PageView,
}

impl Watch {
    pub fn begin(installation: &Installation, config: &Rc<SiteConfig>, told: &Rc<Page>, visited: &str) -> Rc<Self> {
        let memory = Rc::new(Memory::of_site(&config.site, config.storage));
        let outbox = Outbox::new(&installation.origin, config.site.clone(), Rc::clone(&memory));
        // What an earlier page could not deliver.
        outbox.deliver();
        let watch = Rc::new(Self {
            config: Rc::clone(config),
            config_path: installation.config_path.clone(),
            told: Rc::clone(told),
            memory,
            outbox,
            fields: facts::asked_by(&config.surveys),
            visited: RefCell::new(Rc::new(Visited::parse(visited))),
            country: RefCell::default(),
            listening: RefCell::default(),
            began: Cell::new(Some(installation.began)),
            here: RefCell::default(),
            typed_at: Cell::new(f64::MIN),
            sweep: Cell::default(),
            showing: RefCell::default(),
            tab: RefCell::default(),
            ready: Cell::default(),
            wake: RefCell::default(),
            #[cfg(feature = "why")]
            explanation: super::why::Explanation::of(config),
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

    fn surveys(&self) -> &[Survey] {
        &self.config.surveys
    }

    pub fn each_trigger<'a>(&'a self, act: &mut dyn FnMut(&'a Trigger)) {
        self.surveys().iter().for_each(|survey| survey.triggers().iter().for_each(&mut *act));
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

    /// The loader has seen that the address became another, or that the page was brought back as it was.
    pub fn move_on(self: &Rc<Self>, how: &str, visited: &str) {
        self.visited.replace(Rc::new(Visited::parse(visited)));
        if how == "pageshow" {
            self.here.take();
        }
        self.enter();
        let at = browser::monotonic_ms();
        if matches!(how, "popstate" | "pageshow") && browser::is_touch() {
            self.note(|view| view.note_way_back(at));
        }
        self.look();
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
            self.happen(Signal::FeedbackTab, self.surveys()[place].id().as_str());
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

    /// The page tells of the visitor. What no rule asks about is not kept.
    pub fn identify(self: &Rc<Self>, traits: &JsValue) {
        for field in self.fields.iter().filter(|field| field.kind == FieldKind::Trait) {
            if let Some(value) = facts::found(browser::get(traits, &field.name)) {
                self.memory.set(&field.to_string(), &value.text);
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

    /// Looks at where things stand and does what is to be done.
    pub fn look(self: &Rc<Self>) {
        self.wake.take();
        let is_over = self.listening.borrow().is_none();
        if is_over || self.country.borrow().is_none() {
            return;
        }
        let Some(key) = self.enter() else {
            self.tab.take();
            return;
        };
        let facts = self.facts(&key);
        let decision = decide(self.config.rules(), &facts);
        #[cfg(feature = "why")]
        self.explain(&decision, &facts);
        if let Some(until) = decision.sleep_until {
            self.memory.sleep(&self.config_path, until);
        }
        if self.showing.borrow().is_some() {
            return;
        }
        self.report_eligible(&decision);
        let is_ready = self.ready.replace(decision.show) == decision.show;
        match decision.show {
            Some((place, signal)) if is_ready => self.show(place, signal),
            // In a task of its own, so that none is long.
            Some(_) => self.look_in(0),
            None => {
                self.put_up_tab(&decision);
                self.look_later(&decision);
            }
        }
    }

    /// Begins a new page view if the address has become another page's; hands back the page's key, if it can have a score.
    fn enter(&self) -> Option<PageKey> {
        let key = browser::page_key(&self.config.keep_query);
        let fragment = browser::read_text("location.hash");
        let is_route = fragment.starts_with("#/") || fragment.starts_with("#!");
        let route = if is_route { fragment } else { String::new() };
        let mut here = self.here.borrow_mut();
        if here.as_ref().is_some_and(|here| Some(&here.key) == key.as_ref() && here.route == route) {
            return key;
        }
        *here = key.clone().map(|key| Here { key, route, view: self.new_view() });
        key
    }

    fn new_view(&self) -> PageView {
        let now = browser::monotonic_ms();
        let began = self.began.take().unwrap_or(now);
        let is_document = began == 0.0;
        let mut view = if is_document { PageView::of_document() } else { PageView::of_route(began) };
        if browser::is_visible() {
            view.come_into_sight(began);
        }
        if is_document && browser::is_touch() && browser::came_back() {
            view.note_exit(Signal::BackWithinSite, began);
        }
        view
    }

    fn facts(&self, key: &PageKey) -> VisitorFacts {
        let at = browser::monotonic_ms();
        let is_sampled = self.surveys().iter().any(|survey| !survey.sample().is_whole());
        // Copies: what the page has in its JavaScript may lead back here when it is looked at.
        let (visited, country) = (Rc::clone(&self.visited.borrow()), self.country.borrow().clone().unwrap_or_default());
        let sources = Sources { memory: &self.memory, visited: &visited, country: &country, key };
        let values = sources.gather(&self.fields);
        VisitorFacts {
            now: browser::now(),
            visitor: if is_sampled { self.memory.visitor() } else { 0 },
            values,
            last_asked: self.memory.last_asked(),
            met: self.surveys().iter().filter_map(|survey| self.memory.meeting(survey.id())).collect(),
            page: self.moment(at),
        }
    }

    fn moment(&self, at: f64) -> PageMoment {
        let (scrolled, is_hidden) = (browser::scroll_percent(), !browser::is_visible());
        let is_typing = at - self.typed_at.get() < TYPING_MS;
        let mut moment = PageMoment::default();
        self.note(|view| {
            view.note_scroll(scrolled, at);
            self.each_trigger(&mut |trigger| match trigger {
                Trigger::ElementVisible(selector) if !view.has_sighted(selector) && is_in_sight(selector) => {
                    view.note_sight(selector);
                }
                _ => {}
            });
            moment = view.moment(at);
        });
        let busy = facts::open_dialog().or(is_typing.then_some(Busy::Typing));
        PageMoment { is_touch: browser::is_touch(), is_hidden, busy, ..moment }
    }

    /// Tells the collector, once per page view, which surveys could show here. (That one was shown says so too.)
    fn report_eligible(self: &Rc<Self>, decision: &Decision<'_>) {
        let waits = |place: &usize| matches!(decision.judged[*place].verdict, Verdict::Wait(_));
        let waiting: Vec<usize> =
            (0..decision.judged.len()).filter(|place| waits(place) && self.is_new(*place)).collect();
        if waiting.is_empty() {
            return;
        }
        let watch = Rc::clone(self);
        // In a task of its own, so that none is long.
        browser::after(0, Box::new(move || waiting.iter().for_each(|place| watch.tell_eligible(*place)))).forget();
    }

    fn tell_eligible(&self, place: usize) {
        if !self.is_new(place) {
            return;
        }
        if let Some(presentation) = self.presentation(place, None) {
            self.outbox.send(&Event::Exposure(Exposure { stage: ExposureStage::Eligible, presentation }));
        }
    }

    /// Whether the survey has not met the visitor on this page view yet.
    fn is_new(&self, place: usize) -> bool {
        self.here.borrow().as_ref().is_some_and(|here| !here.view.has_presented(place))
    }

    /// The tab of the first survey that waits for it to be pressed.
    fn put_up_tab(&self, decision: &Decision<'_>) {
        let wanted = decision.judged.iter().enumerate().find_map(|(place, judged)| {
            let label = judged.survey.triggers().iter().find_map(|trigger| match trigger {
                Trigger::FeedbackTab { label } => Some(label),
                _ => None,
            });
            label.filter(|_| judged.verdict == Verdict::Wait(Waiting::Trigger)).map(|label| (place, label))
        });
        let is_up = self.tab.borrow().as_ref().map(|tab| tab.place);
        if is_up != wanted.map(|(place, _)| place) {
            drop(self.tab.replace(wanted.and_then(|(place, label)| Tab::put_up(place, label))));
        }
    }

    fn look_later(self: &Rc<Self>, decision: &Decision<'_>) {
        if !browser::is_visible() {
            return;
        }
        let mut settles_in = 0;
        self.note(|view| settles_in = view.settles_in(browser::monotonic_ms()));
        let next = decision.look_again_ms.into_iter().chain((settles_in > 0).then_some(settles_in)).min();
        if let Some(ms) = next {
            self.look_in(ms);
        }
    }

    fn show(self: &Rc<Self>, place: usize, signal: Signal) {
        let survey = &self.surveys()[place];
        let Some(presentation) = self.presentation(place, Some(signal)) else { return };
        // Before it is shown: if the browser will not, asking it again would not help.
        self.note(|view| view.note_shown(place, survey));
        self.memory.remember_shown(survey.id(), browser::now());
        if survey.frequency() != Frequency::Always {
            self.memory.remember_asked(browser::now());
        }
        let returns_focus_to = browser::focused();
        self.with_tab(Tab::set_aside);
        let watch = Rc::clone(self);
        let hear = move |report: Report<'_>| watch.hear(&presentation, report);
        let conversation = Conversation::new(Rc::clone(&self.config), place);
        match Panel::show(conversation, returns_focus_to, Box::new(hear)) {
            Ok(panel) => {
                if signal == Signal::FeedbackTab {
                    panel.take_focus();
                }
                self.showing.replace(Some(panel));
                // What is known of this visitor has changed, and with it until when the loader may sleep. Once the panel is
                // painted: looking measures the page, and would have it laid out twice.
                self.look_in(PAINTED_MS);
            }
            Err(error) => {
                self.with_tab(Tab::bring_back);
                browser::warn_of("the browser would not show a survey", &error);
            }
        }
    }

    fn with_tab(&self, act: fn(&Tab)) {
        if let Some(tab) = self.tab.borrow().as_ref() {
            act(tab);
        }
    }

    /// Passes on what happens in the panel.
    fn hear(self: &Rc<Self>, shown: &Presentation, report: Report<'_>) {
        let presentation = Presentation { at: browser::now(), ..shown.clone() };
        match report {
            Report::Reached(stage) => {
                match stage {
                    ExposureStage::Shown => self.told.tell("shown", shown, &[]),
                    ExposureStage::Dismissed => self.told.tell("dismissed", shown, &[]),
                    ExposureStage::Eligible | ExposureStage::Started => {}
                }
                self.outbox.send(&Event::Exposure(Exposure { stage, presentation }));
            }
            Report::Answered(conversation) => self.take_answer(conversation, shown, presentation),
            Report::Gone => {
                self.showing.take();
                self.with_tab(Tab::bring_back);
                self.look();
            }
        }
    }

    fn take_answer(&self, conversation: &Conversation, shown: &Presentation, now: Presentation) {
        if let Some(answer) = conversation.just_answered() {
            let question = &answer.question;
            let mut more = vec![("question", question.as_str().into())];
            if let AnswerValue::Score(score) = answer.value {
                more.push(("score", JsValue::from_f64(score as f64)));
                let name = format!("{}.{question}", shown.survey);
                if self.asks(FieldKind::Score, &name) {
                    self.memory.set(&Field::named(FieldKind::Score, &name).to_string(), &score.to_string());
                }
            }
            self.memory.remember_answered(&shown.survey);
            self.told.tell("answered", shown, &more);
        }
        if let Some(submission) = conversation.submission(now) {
            if submission.completed {
                self.told.tell("completed", shown, &[]);
            }
            self.outbox.send(&Event::Submission(submission));
        }
    }

    fn presentation(&self, place: usize, signal: Option<Signal>) -> Option<Presentation> {
        let survey = &self.surveys()[place];
        let mut here = self.here.borrow_mut();
        let Here { key, view, .. } = here.as_mut()?;
        let response_id = view.presentation(place, browser::new_response_id)?;
        let moment = view.moment(browser::monotonic_ms());
        Some(Presentation {
            response_id,
            survey: survey.id().clone(),
            version: survey.version(),
            at: browser::now(),
            page: key.to_string(),
            visit: Visit {
                title: browser::title(),
                referrer: browser::referrer_origin(),
                language: browser::language(),
                device: browser::device(),
                viewport: browser::viewport(),
                visible_ms: moment.visible_ms,
                scroll_percent: moment.scroll_percent,
                signal,
            },
        })
    }

    /// Says on the page why each survey shows, waits or does not show; again in a second at the latest.
    #[cfg(feature = "why")]
    fn explain(self: &Rc<Self>, decision: &Decision<'_>, facts: &VisitorFacts) {
        if self.explanation.tell(self.config.rules(), decision, facts) {
            self.look_in(1_000);
        }
    }
}

/// Whether anything that the selector matches is in sight.
fn is_in_sight(selector: &str) -> bool {
    browser::elements(selector).iter().any(browser::is_half_in_sight)
}

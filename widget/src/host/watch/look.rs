//! Looking at where things stand, and deciding.

use std::rc::Rc;

use survey::page::PageKey;
use survey::targeting::{Busy, Decision, Field, PageMoment, Trigger, Value, Verdict, VisitorFacts, Waiting, decide};

use super::Watch;
use crate::host::browser;
use crate::host::facts::{self, Sources};
use crate::host::panel::Tab;

/// For how long after a key press a visitor is taken to be typing.
const TYPING_MS: f64 = 3_000.0;

impl Watch {
    /// Looks at where things stand and does what is to be done.
    pub(super) fn look(self: &Rc<Self>) {
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
        if self.is_showing() {
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

    /// What stood within the page may have gone with a part of it.
    fn is_showing(&self) -> bool {
        let is_gone = self.showing.borrow().as_ref().is_some_and(|panel| !panel.is_on_page());
        if is_gone {
            self.put_away();
        }
        self.showing.borrow().is_some()
    }

    fn facts(&self, key: &PageKey) -> VisitorFacts {
        let at = browser::monotonic_ms();
        let is_sampled = self.surveys().iter().any(|survey| !survey.sample.is_whole());
        let value = |field: &Field| Some((field.clone(), self.value_of(key, field)?));
        let values = self.fields.iter().filter_map(value).collect();
        VisitorFacts {
            now: browser::now(),
            visitor: if is_sampled { self.memory.visitor() } else { 0 },
            values,
            last_asked: self.memory.last_asked(),
            met: self.surveys().iter().filter_map(|survey| self.memory.meeting(&survey.id)).collect(),
            page: self.moment(at),
        }
    }

    /// What a field has for a value, here and now.
    pub(super) fn value_of(&self, key: &PageKey, field: &Field) -> Option<Value> {
        // Copies: what the page has in its JavaScript may lead back here when it is looked at.
        let (visited, country) = (Rc::clone(&self.visited.borrow()), self.country.borrow().clone().unwrap_or_default());
        Sources { memory: &self.memory, visited: &visited, country: &country, key }.value(field)
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

    /// The tab of the first survey that waits for it to be pressed.
    fn put_up_tab(&self, decision: &Decision<'_>) {
        let wanted = decision.judged.iter().position(|judged| {
            judged.verdict == Verdict::Wait(Waiting::Trigger) && judged.survey.triggers.contains(&Trigger::FeedbackTab)
        });
        // Pages that are swapped whole take it with them.
        let is_up = self.tab.borrow().as_ref().filter(|tab| tab.is_on_page()).map(|tab| tab.place);
        if is_up != wanted {
            drop(self.tab.replace(wanted.and_then(|place| Tab::put_up(place, &self.config.scripts[place]))));
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

    /// Says on the page why each survey shows, waits or does not show; again in a second at the latest.
    #[cfg(feature = "why")]
    fn explain(self: &Rc<Self>, decision: &Decision<'_>, facts: &VisitorFacts) {
        let on_screen = self.showing.borrow().as_ref().map(|panel| panel.place());
        if self.explanation.tell(self.config.rules(), decision, facts, on_screen) {
            self.look_in(1_000);
        }
    }
}

/// Whether anything that the selector matches is in sight.
fn is_in_sight(selector: &str) -> bool {
    browser::elements(selector).iter().any(browser::is_half_in_sight)
}

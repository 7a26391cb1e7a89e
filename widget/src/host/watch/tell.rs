//! Telling the collector, the page and the memory what becomes of a survey.

use std::rc::Rc;

use survey::targeting::{Decision, Field, FieldKind, Signal, Verdict};
use survey::wire::{AnswerValue, Event, Exposure, ExposureStage, Presentation, Visit};
use wasm_bindgen::JsValue;

use super::Watch;
use super::route::Here;
use crate::conversation::Conversation;
use crate::host::browser;
use crate::host::panel::{Report, Tab};
use crate::page_view::PageView;

impl Watch {
    /// Tells the collector, once per page view, which surveys could show here. (That one was shown says so too.)
    pub(super) fn report_eligible(self: &Rc<Self>, decision: &Decision<'_>) {
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

    /// Passes on what happens in the panel.
    pub(super) fn hear(self: &Rc<Self>, shown: &Presentation, report: Report<'_>) {
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
                // Also where it came along from the page before, which the loader may not have told of yet: nobody wants a second
                // when they have just closed the first.
                self.enter();
                self.note(PageView::note_asked);
                self.put_away();
                self.look();
            }
        }
    }

    /// There is no survey on the screen any more.
    pub(super) fn put_away(&self) {
        self.showing.take();
        self.with_tab(Tab::bring_back);
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
            if conversation.has_just_completed() {
                self.told.tell("completed", shown, &[]);
            }
            self.outbox.send(&Event::Submission(submission));
        }
    }

    pub(super) fn presentation(&self, place: usize, signal: Option<Signal>) -> Option<Presentation> {
        let survey = &self.surveys()[place];
        let mut here = self.here.borrow_mut();
        let Here { key, view, .. } = here.as_mut()?;
        let response_id = view.presentation(place, browser::new_response_id)?;
        let moment = view.moment(browser::monotonic_ms());
        let mut told = String::new();
        self.config.told.each_test(&mut |test| {
            if let Some(value) = self.value_of(key, test.field()) {
                told += &format!("{}={}\n", test.field(), value.text);
            }
        });
        Some(Presentation {
            response_id,
            survey: survey.id.clone(),
            version: survey.version,
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
                told,
            },
        })
    }
}

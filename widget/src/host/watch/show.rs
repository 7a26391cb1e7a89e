//! Putting a survey on the screen.

use std::rc::Rc;

use survey::definition::Blank;
use survey::targeting::{Frequency, Signal};

use super::{Watch, trait_key};
use crate::conversation::Conversation;
use crate::host::browser;
use crate::host::panel::{Panel, Report, Tab, place_of};

/// By when a panel that was put up has surely been painted.
const PAINTED_MS: u64 = 100;

impl Watch {
    pub(super) fn show(self: &Rc<Self>, place: usize, signal: Signal) {
        let (survey, script) = (&self.surveys()[place], &self.config.scripts[place]);
        let Some(parent) = place_of(&script.frame) else {
            return browser::warn_of("the place of this survey is gone", &survey.id.as_str().into());
        };
        let Some(presentation) = self.presentation(place, Some(signal)) else { return };
        // Before it is shown: if the browser will not, asking it again would not help.
        self.note(|view| view.note_shown(place, survey));
        self.memory.remember_shown(&survey.id, browser::now());
        if survey.frequency != Frequency::Always {
            self.memory.remember_asked(browser::now());
        }
        let returns_focus_to = browser::focused();
        self.with_tab(Tab::set_aside);
        let watch = Rc::clone(self);
        let hear = move |report: Report<'_>| watch.hear(&presentation, report);
        let conversation = Conversation::new(Rc::clone(&self.config), place, self.known());
        match Panel::show(conversation, &parent, returns_focus_to, Box::new(hear)) {
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
                browser::warn_of("a survey cannot be shown", &error);
            }
        }
    }

    /// What texts are filled in with.
    fn known(&self) -> Box<dyn Fn(&Blank) -> String> {
        let memory = Rc::clone(&self.memory);
        Box::new(move |blank| match blank {
            Blank::Trait(name) => memory.get(&trait_key(name)).unwrap_or_default(),
            Blank::PageTitle => browser::title(),
            Blank::Answer(_) => String::new(),
        })
    }

    pub(super) fn with_tab(&self, act: fn(&Tab)) {
        if let Some(tab) = self.tab.borrow().as_ref() {
            act(tab);
        }
    }
}

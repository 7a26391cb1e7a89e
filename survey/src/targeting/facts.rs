//! Facts: everything about a visitor and a page that a decision may depend on. Who calls brings them; nothing is looked up here.

use crate::definition::SurveyId;

use super::{Field, FieldKind, Signal};

/// Everything that a decision may depend on.
#[derive(Clone, Debug, Default)]
pub struct VisitorFacts {
    /// The present, in Unix milliseconds of the visitor's clock.
    pub now: i64,
    /// A random number that the visitor keeps: what sampling goes by.
    pub visitor: u64,
    /// What was gathered for the fields that rules ask about. A field that is not here has no value.
    pub values: Vec<(Field, Value)>,
    /// What is remembered of the surveys that this visitor has met.
    pub met: Vec<Meeting>,
    /// When the visitor was last shown any survey that is not on demand, in Unix milliseconds; perhaps one that is gone since.
    pub last_asked: Option<i64>,
    pub page: PageMoment,
}

impl VisitorFacts {
    pub fn value(&self, field: &Field) -> Option<&Value> {
        self.values.iter().find(|(known, _)| known == field).map(|(_, value)| value)
    }

    pub fn meeting(&self, survey: &SurveyId) -> Option<&Meeting> {
        self.met.iter().find(|meeting| meeting.survey == *survey)
    }

    /// On a page with this canonical path, of which nothing else is known.
    pub fn on(path: &str) -> Self {
        Self { values: vec![(Field::of(FieldKind::Path), Value::of_path(path))], ..Self::default() }
    }
}

/// A field's value: as it was found, as it is compared, and as a number if it is one.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Value {
    pub text: String,
    /// In lower case, because rules ignore case.
    pub folded: String,
    pub number: Option<f64>,
}

impl Value {
    /// A canonical path. Only ASCII letters lose their case, as in the gate's expression.
    pub fn of_path(path: &str) -> Self {
        Self { text: path.to_owned(), folded: path.to_ascii_lowercase(), number: None }
    }

    pub fn flag(holds: bool) -> Self {
        let text = if holds { "true" } else { "false" };
        Self { text: text.to_owned(), folded: text.to_owned(), number: None }
    }
}

/// A survey and a visitor: how often and when they met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meeting {
    pub survey: SurveyId,
    /// How often it was shown.
    pub shown: u32,
    /// When it was last shown, in Unix milliseconds.
    pub last_shown: i64,
    pub answered: bool,
}

/// What has happened on the page so far.
#[derive(Clone, Debug, Default)]
pub struct PageMoment {
    /// For how long the page has been visible to the visitor, in milliseconds.
    pub visible_ms: u64,
    /// For how long of that, up to now, the visitor has done nothing.
    pub inactive_ms: u64,
    /// How far the visitor has got down the page, in percent of its scrollable length.
    pub scroll_percent: u8,
    /// Whether the visitor touches the screen, rather than point at it.
    pub is_touch: bool,
    /// The last sign that the visitor is leaving.
    pub exit: Option<ExitSeen>,
    pub happened: Vec<Happening>,
    /// Whether the visitor cannot see the page: another tab is in front.
    pub is_hidden: bool,
    /// What must not be disturbed.
    pub busy: Option<Busy>,
    /// Whether a survey has been shown on this page view. One is enough: nobody wants a second when they have just closed the
    /// first.
    pub asked: bool,
}

/// A sign that the visitor is leaving, and how long the page had been visible by then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExitSeen {
    pub signal: Signal,
    pub visible_ms: u64,
}

/// Something that a trigger waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Happening {
    pub signal: Signal,
    /// The selector, the event's name or the survey's id, whichever it is about.
    pub what: String,
}

/// What a visitor is in the middle of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Busy {
    /// A dialog of the page is open.
    Dialog,
    /// They are typing.
    Typing,
}

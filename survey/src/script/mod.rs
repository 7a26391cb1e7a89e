//! A script: what the widget says, in one language, and where each answer leads.
//!
//! A [`crate::definition::Survey`] is what a team writes; a script is what is left of it for one visitor. Whatever can be
//! settled beforehand has been: the language is picked, every label is worded, tests on answers are sets of [`Outcomes`], and the
//! style sheet holds just what this survey needs. So the widget, which every visitor pays for, has little left to know.

#[cfg(feature = "authoring")]
mod compile;
mod outcomes;

use serde::{Deserialize, Serialize};

use crate::definition::{Blank, Piece, QuestionId, Template};

#[cfg(feature = "authoring")]
pub use compile::{languages_of, pick_language, script};
pub use outcomes::Outcomes;

/// All that a widget says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Script {
    /// The tag of the language that it is in.
    pub language: String,
    pub is_rtl: bool,
    pub frame: Frame,
    /// A style sheet for all that this script shows.
    pub style: String,
    pub logo: Option<Logo>,
    pub words: Words,
    /// In the order in which they are asked, unless a jump leads elsewhere; never empty.
    pub steps: Vec<Step>,
    /// The first that applies ends the conversation; the last one always does.
    pub endings: Vec<Ending>,
}

/// How a survey stands on the page, as far as its style sheet does not say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Frame {
    /// Above the page, which goes on beneath.
    Floating,
    /// Above the page, which waits.
    Modal,
    /// Within the first element that the CSS selector matches.
    Inline(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Logo {
    pub url: String,
    /// Its name for those who do not see it.
    pub label: String,
}

/// What the widget says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Words {
    pub close: String,
    pub skip: String,
    pub send: String,
    /// Goes on from where there is nothing to send.
    pub next: String,
    /// Goes back to the question before.
    pub back: String,
    /// Asks for what was left out and must not be.
    pub required: String,
    /// What stands on the feedback tab.
    pub tab: String,
}

/// One thing that is asked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Step {
    pub id: QuestionId,
    pub prompt: Template,
    pub note: Template,
    pub asks: Asks,
    pub is_required: bool,
    /// The first that applies; if none does, the next step.
    pub jumps: Vec<Jump>,
}

/// What kind of answer a step takes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Asks {
    /// One press is the answer.
    Scale { class: String, points: Vec<Point>, low: String, high: String },
    /// One press is the answer, unless it is to be worded.
    One(Choices),
    /// Boxes to tick.
    Many(Choices),
    /// Something to type.
    Text(Field),
    /// Several things to type, each with its label.
    Fields(Vec<Field>),
    /// Nothing to answer.
    Nothing { link: Option<Link> },
}

/// A point of a scale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Point {
    pub value: u8,
    /// Its name for those who do not see it: "7 of 7, strongly agree".
    pub label: String,
    pub shows: Shown,
}

/// What is drawn on a point.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Shown {
    Number,
    Star,
    /// A face, from 0, the unhappiest, to 4.
    Face(u8),
    ThumbDown,
    ThumbUp,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Choices {
    /// By their names and labels.
    pub choices: Vec<(String, String)>,
    /// The label of the one that visitors word for themselves; it comes last.
    pub other: Option<String>,
    pub is_shuffled: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Field {
    /// As answers name it; for a browser's own memory of what people fill in, too.
    pub name: String,
    /// Empty where the prompt is its label.
    pub label: String,
    pub placeholder: String,
    pub kind: FieldKind,
    pub max_characters: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FieldKind {
    Line,
    Area,
    Email,
    Phone,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    pub label: String,
    pub url: String,
}

/// Where to go if one of these outcomes came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Jump {
    pub outcomes: Outcomes,
    /// A step by its place; the number of steps is the end.
    pub to: u8,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ending {
    /// Nothing, if it is for everybody.
    pub when: Option<When>,
    /// Asked before it is shown.
    pub form: Option<Step>,
    pub title: Template,
    pub text: Template,
    pub link: Option<Link>,
    /// An address, and after how many seconds the visitor is sent there.
    pub redirect: Option<(String, u8)>,
}

/// What must have come of an earlier step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct When {
    pub step: u8,
    pub outcomes: Outcomes,
}

impl Script {
    /// Where the conversation goes from a step: to another one by its place, or nowhere, which is the end.
    pub fn after(&self, place: usize, outcomes: Outcomes) -> Option<usize> {
        let jump = self.steps.get(place)?.jumps.iter().find(|jump| jump.outcomes.meets(outcomes));
        let to = jump.map_or(place + 1, |jump| jump.to.into());
        (to < self.steps.len()).then_some(to)
    }

    /// How the conversation ends, as the place of an ending. `outcomes` are those of every step; a step that was not asked was
    /// left out.
    pub fn ending(&self, outcomes: &[Outcomes]) -> usize {
        let applies = |ending: &Ending| {
            let came = |when: When| outcomes.get(usize::from(when.step)).copied().unwrap_or(Outcomes::SKIPPED);
            ending.when.is_none_or(|when| when.outcomes.meets(came(when)))
        };
        self.endings.iter().position(applies).unwrap_or_default()
    }

    /// The traits that its texts are filled in with.
    pub fn traits(&self) -> impl Iterator<Item = &str> {
        let forms = self.endings.iter().filter_map(|ending| ending.form.as_ref());
        let asked = self.steps.iter().chain(forms).flat_map(|step| [&step.prompt, &step.note]);
        let texts = asked.chain(self.endings.iter().flat_map(|ending| [&ending.title, &ending.text]));
        texts.flat_map(|text| &text.0).filter_map(|piece| match piece {
            Piece::Blank { of: Blank::Trait(name), .. } => Some(name.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
#[cfg(feature = "authoring")]
mod tests;

//! What has changed among questions: which there are, in which order, and what each says.

use super::values::quoted;
use super::{Localized, Told};
use crate::definition::{Choices, ContactField, Link, Question, QuestionKind, Survey};
use crate::in_words;

impl Told<'_> {
    pub(super) fn questions(&mut self) {
        let (before, after) = (self.before.questions(), self.after.questions());
        let sentences = rearranged("question", &ids(before), &ids(after));
        self.sentences.extend(sentences);
        for question in after {
            if let Some(earlier) = before.iter().find(|earlier| earlier.id == question.id) {
                self.question(&format!("question \"{}\"", question.id), earlier, question);
            }
        }
    }

    /// Of a question that is there in both.
    pub(super) fn question(&mut self, name: &str, before: &Question, after: &Question) {
        let told = self.sentences.len();
        let part = |part: &str| format!("{name}: {part}");
        self.text(&part("prompt"), Some(&before.prompt), Some(&after.prompt));
        self.text(&part("note"), before.note.as_ref(), after.note.as_ref());
        if before.is_required() != after.is_required() {
            let must = if after.is_required() { "must be answered now" } else { "may be left out now" };
            self.say(part(must));
        }
        self.kind(name, &before.kind, &after.kind);
        let jumps = |survey: &Survey, question: &Question| {
            question.next.iter().map(|jump| in_words::jump_in_words(survey, question, jump)).collect::<Vec<_>>()
        };
        let (old, new) = (jumps(self.before, before), jumps(self.after, after));
        self.set(&part("jump"), &old, &new);
        if self.sentences.len() == told && before != after {
            self.say(format!("{name} has changed"));
        }
    }

    fn kind(&mut self, name: &str, before: &QuestionKind, after: &QuestionKind) {
        let part = |part: &str| format!("{name}: {part}");
        match (before, after) {
            (
                QuestionKind::Score { scale, look, low, high },
                QuestionKind::Score { scale: new_scale, look: new_look, low: new_low, high: new_high },
            ) => {
                let words = (in_words::scale_in_words(scale), in_words::scale_in_words(new_scale));
                if words.0 != words.1 {
                    self.say(format!("{} was {}, is {}", part("scale"), quoted(&words.0), quoted(&words.1)));
                } else if scale != new_scale {
                    self.say(part("what the points of its scale count as has changed"));
                }
                if look != new_look {
                    let (before, after) = (format!("{look:?}"), format!("{new_look:?}"));
                    self.say(part(&format!("look was {}, is {}", before.to_lowercase(), after.to_lowercase())));
                }
                self.text(&part("low end"), Some(low), Some(new_low));
                self.text(&part("high end"), Some(high), Some(new_high));
            }
            (QuestionKind::SingleChoice(old), QuestionKind::SingleChoice(new))
            | (QuestionKind::MultipleChoice(old), QuestionKind::MultipleChoice(new)) => self.choices(name, old, new),
            (QuestionKind::ShortText { placeholder: old }, QuestionKind::ShortText { placeholder: new })
            | (QuestionKind::Comment { placeholder: old }, QuestionKind::Comment { placeholder: new })
            | (QuestionKind::Email { placeholder: old }, QuestionKind::Email { placeholder: new }) => {
                self.text(&part("placeholder"), Some(old), Some(new));
            }
            (QuestionKind::Contact { fields: old }, QuestionKind::Contact { fields: new }) => {
                let names = |fields: &[ContactField]| fields.iter().map(|f| f.as_str().to_owned()).collect::<Vec<_>>();
                self.set(&part("field"), &names(old), &names(new));
            }
            (QuestionKind::Consent { label: old }, QuestionKind::Consent { label: new }) => {
                self.text(&part("what is agreed to"), Some(old), Some(new));
            }
            (QuestionKind::Statement { link: old }, QuestionKind::Statement { link: new }) => {
                self.link(name, old.as_ref(), new.as_ref());
            }
            _ => {
                let words = |survey: &Survey, kind: &QuestionKind| quoted(&in_words::kind_in_words(survey, kind));
                let (before, after) = (words(self.before, before), words(self.after, after));
                self.say(format!("{} was {before}, is {after}", part("what it asks for")));
            }
        }
    }

    fn choices(&mut self, name: &str, before: &Choices, after: &Choices) {
        let ids = |choices: &Choices| choices.choices.iter().map(|c| c.id.to_string()).collect::<Vec<_>>();
        let sentences = rearranged("choice", &ids(before), &ids(after));
        self.sentences.extend(sentences.into_iter().map(|sentence| format!("{name}: {sentence}")));
        for choice in &after.choices {
            if let Some(earlier) = before.choices.iter().find(|earlier| earlier.id == choice.id) {
                let label = format!("{name}: label of choice \"{}\"", choice.id);
                self.text(&label, Some(&earlier.label), Some(&choice.label));
            }
        }
        self.text(&format!("{name}: answer in one's own words"), before.other.as_ref(), after.other.as_ref());
        if before.random_order != after.random_order {
            let order = if after.random_order { "in an order of each visitor's own now" } else { "in one order now" };
            self.say(format!("{name}: its choices stand {order}"));
        }
    }

    pub(super) fn link(&mut self, name: &str, before: Option<&Link>, after: Option<&Link>) {
        let label = |link: Option<&Link>| link.map(|link| link.label.clone());
        let (old, new): (Option<Localized>, Option<Localized>) = (label(before), label(after));
        self.text(&format!("{name}: label of the link"), old.as_ref(), new.as_ref());
        let address = |link: Option<&Link>| link.map(|link| link.url.as_str().to_owned());
        self.optional(&format!("{name}: address of the link"), address(before), address(after));
    }
}

fn ids(questions: &[Question]) -> Vec<String> {
    questions.iter().map(|question| question.id.to_string()).collect()
}

/// Which have come, gone or moved. As few as possible are said to have moved.
fn rearranged(what: &str, before: &[String], after: &[String]) -> Vec<String> {
    let place = |at: usize| match at.checked_sub(1).and_then(|before| after.get(before)) {
        Some(earlier) => format!("after \"{earlier}\""),
        None => "as the first".to_owned(),
    };
    let removed = before.iter().filter(|id| !after.contains(id)).map(|id| format!("{what} \"{id}\" was removed"));
    let mut sentences: Vec<String> = removed.collect();
    let stayed: Vec<&String> = after.iter().filter(|id| before.contains(id)).collect();
    let places: Vec<usize> = stayed.iter().filter_map(|id| before.iter().position(|other| other == *id)).collect();
    let in_place: Vec<&String> = longest_rise(&places).into_iter().map(|at| stayed[at]).collect();
    for (at, id) in after.iter().enumerate() {
        if !before.contains(id) {
            sentences.push(format!("{what} \"{id}\" was added {}", place(at)));
        } else if !in_place.contains(&id) {
            sentences.push(format!("{what} \"{id}\" was moved, to stand {}", place(at)));
        }
    }
    sentences
}

/// The indexes of a longest subsequence that rises: those that have kept their order.
fn longest_rise(places: &[usize]) -> Vec<usize> {
    // For each, the longest that ends with it.
    let mut ending: Vec<Vec<usize>> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let before = (0..at).filter(|earlier| places[*earlier] < *place).max_by_key(|earlier| ending[*earlier].len());
        let mut rise = before.map_or_else(Vec::new, |earlier| ending[earlier].clone());
        rise.push(at);
        ending.push(rise);
    }
    ending.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

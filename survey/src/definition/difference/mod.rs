//! Differences between two versions of a survey, as sentences for its team.
//!
//! Each sentence names what has changed, what it was and what it is. Questions and choices are told apart by their ids, so that one which
//! was reworded or moved is not taken for another.

mod endings;
mod questions;
mod values;

use std::fmt::Display;

use super::{Language, Localized, Survey};
use crate::in_words;
use crate::targeting::Condition;
use crate::targeting::wording::{English, Words};
use values::{quoted, short};

/// What has changed, in the order in which a survey is written; nothing where both say the same.
pub fn difference(before: &Survey, after: &Survey) -> Vec<String> {
    let mut told = Told { before, after, sentences: Vec::new() };
    told.itself();
    told.targeting();
    told.triggers();
    told.pace();
    told.look();
    told.questions();
    told.endings();
    if told.sentences.is_empty() && after.clone().with_version(before.version()) != *before {
        told.say("something has changed that cannot be said in words".to_owned());
    }
    told.sentences
}

/// What has been told so far of two versions.
struct Told<'a> {
    before: &'a Survey,
    after: &'a Survey,
    sentences: Vec<String>,
}

impl Told<'_> {
    fn say(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    /// Of a value that is there in both.
    fn value<T: PartialEq>(&mut self, name: &str, before: T, after: T, shown: impl Fn(T) -> String) {
        if before != after {
            self.say(format!("{name} was {}, is {}", shown(before), shown(after)));
        }
    }

    /// Of a value that may be missing.
    fn optional<T: PartialEq + Display>(&mut self, name: &str, before: Option<T>, after: Option<T>) {
        let shown = |value: Option<T>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
        if before != after {
            self.say(format!("{name} was {}, is {}", shown(before), shown(after)));
        }
    }

    /// Of a text, in each of its languages.
    fn text(&mut self, name: &str, before: Option<&Localized>, after: Option<&Localized>) {
        let (old, new) = (texts(before, self.before.language()), texts(after, self.after.language()));
        let own = self.after.language().clone();
        for (language, text) in &new {
            let name = if *language == own { name.to_owned() } else { format!("{name} in {language}") };
            match old.iter().find(|(earlier, _)| earlier == language) {
                Some((_, earlier)) if earlier == text => {}
                Some((_, earlier)) => self.say(format!("{name} was {}, is {}", quoted(earlier), quoted(text))),
                None => self.say(format!("{name} was added: {}", quoted(text))),
            }
        }
        for (language, text) in old.iter().filter(|(language, _)| !new.iter().any(|(later, _)| later == language)) {
            let name = if *language == own { name.to_owned() } else { format!("{name} in {language}") };
            self.say(format!("{name} was removed: {}", quoted(text)));
        }
    }

    /// Of things without an order that matters, as they are said in words.
    fn set(&mut self, name: &str, before: &[String], after: &[String]) {
        let gone: Vec<&String> = before.iter().filter(|one| !after.contains(one)).collect();
        let new: Vec<&String> = after.iter().filter(|one| !before.contains(one)).collect();
        if let ([gone], [new]) = (gone.as_slice(), new.as_slice()) {
            self.say(format!("{name} was {}, is {}", quoted(gone), quoted(new)));
            return;
        }
        for gone in gone {
            self.say(format!("{name} {} was removed", quoted(gone)));
        }
        for new in new {
            self.say(format!("{name} {} was added", quoted(new)));
        }
    }

    fn itself(&mut self) {
        self.value("name", self.before.name(), self.after.name(), quoted);
        self.value("language", self.before.language(), self.after.language(), |language| language.to_string());
    }

    fn targeting(&mut self) {
        let (before, after) = (&self.before.written.when, &self.after.written.when);
        if before == after {
            return;
        }
        let words = |parts: &[&Condition]| parts.iter().map(|part| English.condition(part)).collect::<Vec<_>>();
        let (old, new) = (words(&conjuncts(before)), words(&conjuncts(after)));
        let told = self.sentences.len();
        if old.is_empty() || new.is_empty() {
            self.value("targeting", before, after, |rule| short(&English.condition(rule)));
        } else {
            self.set("targeting", &old, &new);
        }
        if self.sentences.len() == told {
            self.say("targeting: its rules were put in another order".to_owned());
        }
    }

    fn triggers(&mut self) {
        let words =
            |survey: &Survey| survey.triggers().iter().map(|trigger| English.trigger(trigger)).collect::<Vec<_>>();
        self.set("trigger", &words(self.before), &words(self.after));
    }

    /// How often, to how many, from when until when.
    fn pace(&mut self) {
        let (before, after) = (self.before, self.after);
        self.value("frequency", before.frequency(), after.frequency(), |frequency| English.frequency(frequency));
        self.value("sample", before.sample().percent(), after.sample().percent(), |share| format!("{share} %"));
        self.value("priority", before.priority(), after.priority(), |priority| priority.to_string());
        self.optional("quota", before.quota(), after.quota());
        self.optional("start", before.starts_at(), after.starts_at());
        self.optional("end", before.ends_at(), after.ends_at());
    }

    fn look(&mut self) {
        let (before, after) = (self.before, self.after);
        self.value("format", before.format(), after.format(), |format| quoted(&in_words::format(format)));
        let sentences = values::changes("theme", before.theme(), after.theme());
        self.sentences.extend(sentences);
        self.text("feedback tab", before.tab_label(), after.tab_label());
    }
}

/// The rules that must all hold.
fn conjuncts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(parts) => parts.iter().collect(),
        one => vec![one],
    }
}

/// A text in each of its languages. What is empty is not there.
fn texts(text: Option<&Localized>, own: &Language) -> Vec<(Language, String)> {
    let each = text.into_iter().flat_map(|text| text.each(own));
    each.filter(|(_, text)| !text.is_empty()).map(|(language, text)| (language.clone(), text.to_owned())).collect()
}

#[cfg(test)]
mod tests;

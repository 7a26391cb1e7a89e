//! What has changed among endings. They have no ids, so they are told apart by whom they are for.

use super::{Told, quoted};
use crate::definition::{Ending, Survey};
use crate::in_words;

impl Told<'_> {
    pub(super) fn endings(&mut self) {
        let pairs = pairs(self.before.endings(), self.after.endings());
        for (old, new) in pairs {
            match (old, new) {
                (Some(old), Some(new)) => self.ending(old, new),
                (Some(old), None) => self.say(format!("{} was removed", named(self.before, old))),
                (None, Some(new)) => self.say(format!("{} was added", named(self.after, new))),
                (None, None) => {}
            }
        }
        let rules = |survey: &Survey| survey.endings().iter().map(|ending| ending.when.clone()).collect::<Vec<_>>();
        let (old, new) = (rules(self.before), rules(self.after));
        if old.len() == new.len() && old != new && old.iter().all(|rule| new.contains(rule)) {
            self.say("endings were put in another order".to_owned());
        }
    }

    fn ending(&mut self, before: &Ending, after: &Ending) {
        let told = self.sentences.len();
        let name = named(self.after, after);
        if before.when != after.when {
            let (old, new) = (for_whom(self.before, before), for_whom(self.after, after));
            self.say(format!("an ending was shown {old}, is shown {new}"));
        }
        self.text(&format!("{name}: title"), Some(&before.title), Some(&after.title));
        self.text(&format!("{name}: text"), Some(&before.text), Some(&after.text));
        self.link(&name, before.link.as_ref(), after.link.as_ref());
        match (&before.form, &after.form) {
            (Some(old), Some(new)) => self.question(&format!("{name}: form \"{}\"", new.id), old, new),
            (Some(_), None) => self.say(format!("{name}: its form was removed")),
            (None, Some(new)) => self.say(format!("{name}: form \"{}\" was added", new.id)),
            (None, None) => {}
        }
        let redirect = |ending: &Ending| {
            ending.redirect.as_ref().map(|to| format!("{} after {} s", to.url.as_str(), to.after_seconds))
        };
        self.optional(&format!("{name}: where the visitor is sent"), redirect(before), redirect(after));
        if self.sentences.len() == told && before != after {
            self.say(format!("{name} has changed"));
        }
    }
}

/// Each ending with its counterpart: the one for the same visitors, or else the one that is left at the same place.
fn pairs<'a>(before: &'a [Ending], after: &'a [Ending]) -> Vec<(Option<&'a Ending>, Option<&'a Ending>)> {
    let mut left: Vec<Option<&Ending>> = before.iter().map(Some).collect();
    let mut found: Vec<Option<&Ending>> = Vec::new();
    for ending in after {
        let same = left.iter_mut().find(|old| old.is_some_and(|old| old.when == ending.when));
        found.push(same.and_then(Option::take));
    }
    for (place, old) in found.iter_mut().enumerate().filter(|(_, old)| old.is_none()) {
        *old = left.get_mut(place).and_then(Option::take);
    }
    let gone = left.into_iter().flatten().map(|old| (Some(old), None));
    found.into_iter().zip(after).map(|(old, new)| (old, Some(new))).chain(gone).collect()
}

fn named(survey: &Survey, ending: &Ending) -> String {
    format!("ending {}", quoted(survey.own(&ending.title)))
}

fn for_whom(survey: &Survey, ending: &Ending) -> String {
    match &ending.when {
        Some(rule) => in_words::rule_in_words(survey, rule),
        None => "to everybody else".to_owned(),
    }
}

//! Translations: every text that visitors may read, with its place, which of them a language lacks, and which it has of an original that
//! has changed since.

use std::collections::BTreeMap;

use super::{Choice, Language, Localized, Question, QuestionKind, Survey};

impl Survey {
    /// Every text that visitors may read, with its place as a path into the definition.
    pub fn texts(&self) -> Vec<(String, &Localized)> {
        let mut texts: Vec<(String, &Localized)> =
            self.tab_label().map(|label| ("tab_label".to_owned(), label)).into_iter().collect();
        for (index, question) in self.questions().iter().enumerate() {
            texts_of_question(&format!("questions[{index}]"), question, &mut texts);
        }
        for (index, ending) in self.endings().iter().enumerate() {
            let place = format!("endings[{index}]");
            if let Some(form) = &ending.form {
                texts_of_question(&format!("{place}.form"), form, &mut texts);
            }
            texts.extend([(format!("{place}.title"), &ending.title), (format!("{place}.text"), &ending.text)]);
            texts.extend(ending.link.iter().map(|link| (format!("{place}.link.label"), &link.label)));
        }
        texts
    }

    /// The places of texts that a language lacks: there visitors read the survey's own.
    pub fn untranslated(&self, language: &Language) -> Vec<String> {
        let own = self.language();
        let lacks = |text: &Localized| {
            !self.own(text).is_empty() && !text.each(own).iter().any(|(has, text)| *has == language && !text.is_empty())
        };
        self.texts().into_iter().filter(|(_, text)| lacks(text)).map(|(place, _)| place).collect()
    }

    /// The places of texts that still say in a language what they said `before`, while the survey's own language says something else there.
    pub fn outdated(&self, before: &Self, language: &Language) -> Vec<String> {
        let own = self.language();
        if language == own || before.language() != own {
            return Vec::new();
        }
        let earlier: BTreeMap<String, &Localized> =
            before.texts().into_iter().map(|(place, text)| (before.lasting(&place), text)).collect();
        let is_outdated = |place: &str, text: &Localized| {
            earlier.get(&self.lasting(place)).is_some_and(|earlier| {
                let translated = translation(text, language);
                !translated.is_empty()
                    && translated == translation(earlier, language)
                    && self.own(text) != before.own(earlier)
            })
        };
        self.texts().into_iter().filter(|(place, text)| is_outdated(place, text)).map(|(place, _)| place).collect()
    }

    /// A place that stays the same wherever a question and a choice are moved to: by their ids, and not by their numbers.
    fn lasting(&self, place: &str) -> String {
        let Some((number, rest)) = place.strip_prefix("questions[").and_then(|rest| rest.split_once(']')) else {
            return place.to_owned();
        };
        let Some(question) = number.parse().ok().and_then(|number: usize| self.questions().get(number)) else {
            return place.to_owned();
        };
        match choice_at(question, rest) {
            Some(choice) => format!("{}.choices.{}", question.id, choice.id),
            None => format!("{}{rest}", question.id),
        }
    }
}

/// The choice in which a place of a question is: `.kind.single_choice.choices[1].label`.
fn choice_at<'a>(question: &'a Question, place: &str) -> Option<&'a Choice> {
    let (QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices)) = &question.kind else {
        return None;
    };
    let (number, _) = place.split_once(".choices[")?.1.split_once(']')?;
    choices.choices.get(number.parse::<usize>().ok()?)
}

/// What is written in this language; empty where nothing is.
fn translation<'a>(text: &'a Localized, language: &Language) -> &'a str {
    match text {
        Localized::Own(_) => "",
        Localized::Each(texts) => texts.get(language).map_or("", String::as_str),
    }
}

fn texts_of_question<'a>(place: &str, question: &'a Question, texts: &mut Vec<(String, &'a Localized)>) {
    let mut add = |part: &str, text: &'a Localized| texts.push((format!("{place}.{part}"), text));
    add("prompt", &question.prompt);
    question.note.iter().for_each(|note| add("note", note));
    match &question.kind {
        QuestionKind::Score { low, high, .. } => {
            add("kind.score.low", low);
            add("kind.score.high", high);
        }
        QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices) => {
            let kind = if matches!(question.kind, QuestionKind::SingleChoice(_)) {
                "single_choice"
            } else {
                "multiple_choice"
            };
            for (index, choice) in choices.choices.iter().enumerate() {
                add(&format!("kind.{kind}.choices[{index}].label"), &choice.label);
            }
            choices.other.iter().for_each(|other| add(&format!("kind.{kind}.other"), other));
        }
        QuestionKind::ShortText { placeholder } => add("kind.short_text.placeholder", placeholder),
        QuestionKind::Comment { placeholder } => add("kind.comment.placeholder", placeholder),
        QuestionKind::Email { placeholder } => add("kind.email.placeholder", placeholder),
        QuestionKind::Consent { label } => add("kind.consent.label", label),
        QuestionKind::Statement { link } => link.iter().for_each(|link| add("kind.statement.link.label", &link.label)),
        QuestionKind::Contact { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_told_by_the_places_of_the_texts_that_it_lacks() {
        let survey: Survey = serde_json::from_str(
            r#"{"id":"a","name":"A","triggers":["immediately"],
                "questions":[{"id":"topic","prompt":{"en":"What?","ru":"Что?"},"kind":{"single_choice":{"choices":
                    [{"id":"price","label":{"en":"Price","ru":"Цена"}},{"id":"size","label":"Size"}],"other":{"en":"Else"}}}},
                    {"id":"why","prompt":{"en":"Why?","ru":"Почему?"},"kind":{"comment":{}}}],
                "endings":[{"title":{"en":"Thanks","ru":"Спасибо"}}]}"#,
        )
        .unwrap();
        let lacking = |tag: &str| survey.untranslated(&tag.parse().unwrap());
        assert_eq!(
            lacking("ru"),
            ["questions[0].kind.single_choice.choices[1].label", "questions[0].kind.single_choice.other"]
        );
        assert!(lacking("en").is_empty());
        assert_eq!(lacking("de").len(), 6);
    }

    #[test]
    fn a_translation_is_outdated_once_its_original_says_something_else() {
        let survey = |ease: &str, first: &str, questions: [usize; 2]| -> Survey {
            let all = [
                format!(
                    r#"{{"id":"ease","prompt":{{"en":"{ease}","ru":"Легко?","de":"Einfach?"}},"kind":{{"comment":{{}}}}}}"#
                ),
                format!(
                    r#"{{"id":"topic","prompt":{{"en":"{first}?","ru":"Что?"}},"kind":{{"single_choice":{{"choices":
                    [{{"id":"price","label":{{"en":"{first}","ru":"Цена"}}}},{{"id":"prompt","label":"Size"}}]}}}}}}"#
                ),
            ];
            let questions = questions.map(|at| all[at].as_str()).join(",");
            serde_json::from_str(&format!(
                r#"{{"id":"a","name":"A","triggers":["immediately"],"questions":[{questions}],"endings":[{{"title":"Thanks"}}]}}"#
            ))
            .unwrap()
        };
        let before = survey("Easy?", "Price", [0, 1]);
        let outdated = |now: &Survey, tag: &str| now.outdated(&before, &tag.parse().unwrap());
        assert!(outdated(&survey("Easy?", "Price", [1, 0]), "ru").is_empty(), "what was moved says the same");
        let changed = survey("Was it easy?", "Its price", [1, 0]);
        let label = "questions[0].kind.single_choice.choices[0].label";
        assert_eq!(outdated(&changed, "ru"), ["questions[0].prompt", label, "questions[1].prompt"]);
        assert_eq!(outdated(&changed, "de"), ["questions[1].prompt"]);
        assert!(outdated(&changed, "en").is_empty() && outdated(&changed, "fr").is_empty());
        let both = serde_json::to_string(&changed).unwrap().replace("Легко?", "Было легко?");
        assert_eq!(
            outdated(&serde_json::from_str(&both).unwrap(), "ru"),
            ["questions[0].prompt", label],
            "somebody has written it anew"
        );
    }
}

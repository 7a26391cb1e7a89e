//! Translations: every text that visitors may read, with its place, and which of them a language lacks.

use super::{Language, Localized, Question, QuestionKind, Survey};

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
}

//! Templates: surveys for the usual jobs, complete and in two languages, to begin from.
//!
//! Each is a file as a team would write it, and is published like any other survey.

/// A survey to begin from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Template {
    /// The name of its file, and the `id` that its survey has.
    pub name: &'static str,
    /// What it is for, for those who choose.
    pub purpose: &'static str,
    /// The survey, as JSON.
    pub json: &'static str,
}

impl Template {
    /// What its survey is called, for its team.
    pub fn title(&self) -> String {
        let survey: serde_json::Value = serde_json::from_str(self.json).unwrap_or_default();
        survey["name"].as_str().unwrap_or(self.name).to_owned()
    }
}

macro_rules! templates {
    ($($name:literal: $purpose:literal;)*) => {
        /// In the order in which they are offered.
        pub const ALL: &[Template] = &[
            $(Template { name: $name, purpose: $purpose, json: include_str!(concat!($name, ".json")) },)*
        ];
    };
}

templates! {
    "page-ces": "How much effort a page takes, and what makes it hard";
    "page-csat": "How satisfied visitors are with a page";
    "nps": "Whether visitors would recommend you";
    "found-it": "Whether visitors found what they came for";
    "checkout-ease": "How easy it was to place an order";
    "content-quality": "Whether an article helped, and what is wrong with it";
    "exit-reason": "Why visitors leave without ordering";
    "feature-ces": "How easy a feature is to use, asked right after it was used";
    "feedback-tab": "A tab that is always there, for whoever has something to say";
}

pub fn find(name: &str) -> Option<&'static Template> {
    ALL.iter().find(|template| template.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{Language, Survey};
    use crate::script::{Script, languages_of, script};
    use crate::theme::Theme;

    fn survey(template: &Template) -> Survey {
        serde_json::from_str(template.json).unwrap_or_else(|error| panic!("{}: {error}", template.name))
    }

    fn spoken(survey: &Survey, tag: &str) -> Script {
        script(survey, &[tag.parse().unwrap()], &Theme::default(), &|_| String::new())
    }

    #[test]
    fn every_template_is_a_survey_that_may_be_published_as_it_is() {
        assert_eq!(ALL.len(), 9);
        for template in ALL {
            assert_eq!(survey(template).id().as_str(), template.name);
            assert_eq!(find(template.name), Some(template));
        }
    }

    #[test]
    fn every_text_is_in_english_and_russian() {
        let languages: [Language; 2] = ["en".parse().unwrap(), "ru".parse().unwrap()];
        for template in ALL {
            let survey = survey(template);
            assert_eq!(languages_of(&survey), languages, "{}", template.name);
            assert!(languages.iter().all(|language| survey.untranslated(language).is_empty()), "{}", template.name);
        }
    }

    #[test]
    fn what_is_said_is_said_in_the_language_that_was_asked_for() {
        for template in ALL {
            let survey = survey(template);
            let prompts = |tag| spoken(&survey, tag).steps.into_iter().map(|step| step.prompt).collect::<Vec<_>>();
            let (english, russian) = (prompts("en"), prompts("ru"));
            assert!(english.iter().zip(&russian).all(|(english, russian)| english != russian), "{}", template.name);
        }
    }
}

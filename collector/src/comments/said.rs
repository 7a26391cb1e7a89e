//! What a visitor has said in their own words, as it is kept to be found again: the terms of all their texts in one row, with the band
//! of their first score and the language that they wrote in as terms of their own.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use survey::accept::{Accepted, AcceptedValue};
use survey::definition::{Band, QuestionId, QuestionKind, Survey};

use super::language;
use super::terms::terms_of;
use crate::counts::primary_tag;

/// What can be found of one response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    terms: BTreeSet<String>,
}

impl Said {
    /// Of a submission whose first score is in a band; nothing where nobody wrote a word.
    pub fn of(submission: &Accepted, band: Option<Band>) -> Option<Box<Self>> {
        let text = |value: &'_ AcceptedValue| match value {
            AcceptedValue::Text(text) => Some(text.as_str().to_owned()),
            AcceptedValue::Choices(given) => given.other.as_ref().map(|text| text.as_str().to_owned()),
            AcceptedValue::Score(_) | AcceptedValue::Contact(_) => None,
        };
        let texts: Vec<String> = submission.answers.iter().filter_map(|answer| text(&answer.value)).collect();
        Self::of_texts(&texts, band, &submission.presentation.visit.language)
    }

    /// Of texts that are stored. `spoken` is the language of the visitor's browser.
    pub fn of_texts(texts: &[String], band: Option<Band>, spoken: &str) -> Option<Box<Self>> {
        if texts.is_empty() {
            return None;
        }
        let all = texts.join("\n");
        let mut terms = terms_of(&all);
        terms.extend(band.map(band_term));
        terms.extend(language::detect(&all, &primary_tag(spoken)).map(language_term));
        Some(Box::new(Self { terms }))
    }

    /// As it is stored, for a response on a page: terms with a space between them.
    pub fn written(&self, page: &str) -> String {
        let page = page_term(page);
        let mut written =
            String::with_capacity(page.len() + self.terms.iter().map(|term| term.len() + 1).sum::<usize>());
        written.push_str(&page);
        for term in &self.terms {
            written.push(' ');
            written.push_str(term);
        }
        written
    }
}

/// [`first_band`] of a submission.
pub fn band_of(survey: &Survey, submission: &Accepted) -> Option<Band> {
    first_band(survey, |question| {
        let answer = submission.answers.iter().find(|answer| answer.question == *question)?;
        match &answer.value {
            AcceptedValue::Score(score) => Some(score.point()),
            _ => None,
        }
    })
}

/// The band of the first score that was given, in the order in which a survey asks.
pub fn first_band(survey: &Survey, point: impl Fn(&QuestionId) -> Option<u8>) -> Option<Band> {
    survey.questions().iter().find_map(|question| {
        let QuestionKind::Score { scale, .. } = &question.kind else { return None };
        let score = scale.score(point(&question.id)?.into())?;
        Some(scale.band(score))
    })
}

/// Terms that no word can be: words have letters and digits alone.
pub fn band_term(band: Band) -> String {
    format!("=b{}", band.as_str())
}

pub fn language_term(tag: &str) -> String {
    format!("=l{tag}")
}

/// The language that is among terms as they are stored, if it could be told.
pub fn language_in(terms: &str) -> Option<&str> {
    terms.split(' ').find_map(|term| term.strip_prefix("=l"))
}

/// Short, because it stands in every row. Whoever looks for a page compares its whole key, too.
pub fn page_term(page: &str) -> String {
    let digest = Sha256::digest(page.as_bytes());
    let mut term = "=p".to_owned();
    digest.iter().take(8).for_each(|byte| term.push_str(&format!("{byte:02x}")));
    term
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_a_band_and_a_language_are_no_words() {
        let said = Said::of_texts(&["bnegative positive".to_owned()], Some(Band::Negative), "").unwrap();
        let written = said.written("shop.example/help");
        assert_eq!(written, format!("{} =bnegative bnegative positive", page_term("shop.example/help")));
        assert_eq!(page_term("a").len(), 18);
        assert_eq!(Said::of_texts(&[], Some(Band::Negative), ""), None);
    }
}

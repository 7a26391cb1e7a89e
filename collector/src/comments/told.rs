//! What comments have in common: their languages, how they sound, and their words with the scores that came with them.

use std::collections::BTreeMap;

use survey::comments::{Comment, Keywords, LanguageCount, SentimentReport, WordsReport};
use survey::definition::{Scale, Score};
use survey::report::Days;

use super::sentiment::Sentiment;
use super::split::words;
use crate::counts::primary_tag;

/// Comments as they are read, one after the other.
#[derive(Default)]
pub struct Told<'s> {
    read: u64,
    languages: BTreeMap<Option<String>, u64>,
    sentiment: Sentiment,
    keywords: Keywords<'s>,
}

impl<'s> Told<'s> {
    /// Reads what one visitor wrote: in a language, if that could be told when it came in (telling takes longer than all else here);
    /// with the language of their browser, and their first score.
    pub fn read(&mut self, texts: &[&str], language: Option<&str>, spoken: &str, score: Option<(&'s Scale, Score)>) {
        let (text, spoken) = (texts.join("\n"), primary_tag(spoken));
        self.read += 1;
        *self.languages.entry(language.map(str::to_owned)).or_default() += 1;
        self.sentiment.add(&text, language);
        let small = text.to_lowercase();
        // What is too short to be told is most likely in the browser's language.
        let words = words(&small, language.or(Some(spoken.as_str())));
        self.keywords.add(&Comment { words, score });
    }

    /// At most so many words; of so many comments in all, if all were counted.
    pub fn report(&self, days: Days, (comments, all_counted): (u64, bool), limit: usize) -> WordsReport {
        let mut languages: Vec<LanguageCount> = self
            .languages
            .iter()
            .map(|(language, comments)| LanguageCount { language: language.clone(), comments: *comments })
            .collect();
        languages
            .sort_by(|one, other| other.comments.cmp(&one.comments).then_with(|| one.language.cmp(&other.language)));
        let sentiment: Vec<SentimentReport> = self.sentiment.report().into_iter().collect();
        WordsReport {
            period: days.period(),
            comments,
            all_counted,
            read: self.read,
            scale: self.keywords.scale(),
            languages,
            sentiment,
            words: self.keywords.report(limit),
        }
    }
}

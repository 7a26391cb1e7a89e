//! How a comment sounds: by VADER (Hutto and Gilbert, 2014), a lexicon with rules for English, in the port `vader-sentimental`.
//!
//! For other languages there is no lexicon here, and nothing is said of them: one that was translated would judge what it does not know.

use std::sync::LazyLock;

use survey::comments::SentimentReport;
use vader_sentimental::SentimentIntensityAnalyzer;

const LANGUAGE: &str = "en";

/// What its authors take for positive, and below zero for negative: <https://github.com/cjhutto/vaderSentiment#about-the-scoring>.
const CLEARLY: f64 = 0.05;

/// How many comments sound how.
#[derive(Default)]
pub struct Sentiment {
    positive: u64,
    neutral: u64,
    negative: u64,
}

impl Sentiment {
    /// Judges a comment, if its language is one that the lexicon knows.
    pub fn add(&mut self, comment: &str, language: Option<&str>) {
        static VADER: LazyLock<SentimentIntensityAnalyzer<'static>> = LazyLock::new(SentimentIntensityAnalyzer::new);

        if language != Some(LANGUAGE) {
            return;
        }
        match VADER.polarity_scores(comment).compound {
            compound if compound >= CLEARLY => self.positive += 1,
            compound if compound <= -CLEARLY => self.negative += 1,
            _ => self.neutral += 1,
        }
    }

    /// Nothing where no comment was judged.
    pub fn report(&self) -> Option<SentimentReport> {
        let Self { positive, neutral, negative } = *self;
        let comments = positive + neutral + negative;
        let (lexicon, language) = ("VADER".to_owned(), LANGUAGE.to_owned());
        (comments > 0).then_some(SentimentReport {
            lexicon,
            language,
            indicative: true,
            comments,
            positive,
            neutral,
            negative,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(comments: &[&str], language: &str) -> Option<(u64, u64, u64)> {
        let mut sentiment = Sentiment::default();
        comments.iter().for_each(|comment| sentiment.add(comment, Some(language)));
        sentiment.report().map(|report| (report.positive, report.neutral, report.negative))
    }

    #[test]
    fn english_comments_sound_good_bad_or_like_nothing() {
        let comments =
            ["I love this shop, great service!", "Terrible, I hate it.", "The box is blue.", "Not good at all."];
        assert_eq!(
            of(&comments, "en"),
            Some((1, 1 + 1, 1)).map(|(positive, negative, neutral)| (positive, neutral, negative))
        );
        assert_eq!(of(&["Schrecklich!"], "de"), None);
    }

    #[test]
    fn nothing_that_is_written_stops_it() {
        for comment in
            ["", "\0", "👍🏽", "a", "!", "\u{202e}", "never so this", &"no ".repeat(5_000), "kind", "but", "ＡＢＣ ＤＥ"]
        {
            of(&[comment], "en");
        }
    }
}

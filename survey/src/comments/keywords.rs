//! Keywords: the words and two-word phrases of comments, counted by how many comments have them, with the scores that came with them.

use std::collections::{BTreeSet, HashMap};

use statrs::distribution::{ContinuousCDF, Normal};

use super::contrast::{Side, contrasts};
use super::{ScaleRead, WordContrast, WordReport};
use crate::definition::{Band, Scale, Score};
use crate::score::{Histogram, LOW_CONFIDENCE_BELOW, discoveries, figures};

/// What fewer comments have is not told: most words are said once.
const FEWEST: u64 = 3;

/// A word of a comment, in small letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct KeptWord<'w> {
    pub text: &'w str,
    /// Whether it stands right behind the word before, so that the two can be a phrase: nothing left out, no full stop between them.
    pub follows: bool,
    /// Whether a space stands between the two where it is written.
    pub is_spaced: bool,
}

/// One visitor's comment: those of its words that mean something, in their order, and the score that came with it.
pub struct Comment<'c, 's> {
    pub words: Vec<KeptWord<'c>>,
    pub score: Option<(&'s Scale, Score)>,
}

/// How a word, or a phrase, was used.
#[derive(Default)]
struct Use {
    words: u8,
    n: u64,
    /// By the place of the scale and the point.
    points: HashMap<(usize, u8), u64>,
}

/// What comments have in common, while they are counted.
#[derive(Default)]
pub struct Keywords<'s> {
    uses: HashMap<String, Use>,
    /// Scales that are like each other are one.
    scales: Vec<(&'s Scale, u64)>,
    /// Of all comments.
    all: Use,
}

impl<'s> Keywords<'s> {
    /// Counts a comment.
    pub fn add(&mut self, comment: &Comment<'_, 's>) {
        let scored = comment.score.map(|(scale, score)| (self.place_of(scale), score));
        if let Some(scored) = scored {
            self.scales[scored.0].1 += 1;
            *self.all.points.entry((scored.0, scored.1.point())).or_default() += 1;
        }
        let single = comment.words.iter().map(|word| (1, word.text.to_owned()));
        let pairs = comment.words.windows(2).filter(|pair| pair[1].follows).map(|pair| {
            let space = if pair[1].is_spaced { " " } else { "" };
            (2, format!("{}{space}{}", pair[0].text, pair[1].text))
        });
        // Once for each comment, however often it says so.
        for (words, text) in single.chain(pairs).collect::<BTreeSet<_>>() {
            let used = self.uses.entry(text).or_default();
            used.words = used.words.max(words);
            used.n += 1;
            if let Some((place, score)) = scored {
                *used.points.entry((place, score.point())).or_default() += 1;
            }
        }
    }

    fn place_of(&mut self, scale: &'s Scale) -> usize {
        self.scales.iter().position(|(known, _)| *known == scale).unwrap_or_else(|| {
            self.scales.push((scale, 0));
            self.scales.len() - 1
        })
    }

    /// The scale that most comments were scored on.
    fn main_scale(&self) -> Option<(usize, &'s Scale)> {
        let most = self.scales.iter().enumerate().max_by_key(|(place, (_, n))| (*n, std::cmp::Reverse(*place)));
        most.map(|(place, (scale, _))| (place, *scale))
    }

    /// That scale, and how all comments lie on it.
    pub fn scale(&self) -> Option<ScaleRead> {
        let (place, scale) = self.main_scale()?;
        let figures = figures(&self.all.histogram((place, scale))?)?;
        Some(ScaleRead { metric: scale.metric(), first_point: scale.first(), last_point: scale.last(), figures })
    }

    /// At most so many words and phrases: those that go with low scores most, or, where that cannot be told, the most frequent.
    pub fn report(&self, limit: usize) -> Vec<WordReport> {
        let scale = self.main_scale();
        let mut reports = Vec::new();
        for words in [1, 2] {
            let used: Vec<(&String, &Use)> =
                self.uses.iter().filter(|(_, used)| used.words == words && used.n >= FEWEST).collect();
            let sides: Vec<Side> = used.iter().map(|(_, used)| used.side(scale)).collect();
            let contrasts = contrasts(&sides);
            let stand_out = contrasts.as_ref().map(|contrasts| {
                let p_values: Vec<f64> = contrasts.iter().map(|contrast| upper_tail(contrast.z)).collect();
                discoveries(&p_values)
            });
            for (at, (text, used)) in used.into_iter().enumerate() {
                let low_confidence = used.n < LOW_CONFIDENCE_BELOW;
                let contrast = contrasts.as_ref().zip(stand_out.as_ref()).map(|(contrasts, stand_out)| WordContrast {
                    low: sides[at].one,
                    log_odds: contrasts[at].log_odds,
                    z: contrasts[at].z,
                    stands_out: stand_out[at] && !low_confidence && contrasts[at].z > 0.0,
                });
                let text = text.clone();
                reports.push(WordReport { text, words, n: used.n, low_confidence, figures: None, contrast });
            }
        }
        let z = |report: &WordReport| report.contrast.map_or(f64::NEG_INFINITY, |contrast| contrast.z);
        reports.sort_by(|one, other| {
            z(other).total_cmp(&z(one)).then(other.n.cmp(&one.n)).then_with(|| one.text.cmp(&other.text))
        });
        reports.truncate(limit);
        for report in &mut reports {
            let histogram = self.uses.get(&report.text).zip(scale).and_then(|(used, scale)| used.histogram(scale));
            report.figures = histogram.as_ref().and_then(figures);
        }
        reports
    }
}

impl Use {
    /// How many comments with a low score have it, and how many with another; on the main scale.
    fn side(&self, scale: Option<(usize, &Scale)>) -> Side {
        let mut side = Side::default();
        let Some((place, scale)) = scale else { return side };
        for ((_, point), n) in self.points.iter().filter(|((of, _), _)| *of == place) {
            match scale.score((*point).into()).map(|score| scale.band(score)) {
                Some(Band::Negative) => side.one += n,
                Some(_) => side.other += n,
                None => {}
            }
        }
        side
    }

    fn histogram<'s>(&self, (place, scale): (usize, &'s Scale)) -> Option<Histogram<'s>> {
        let counts = scale.points().map(|point| self.points.get(&(place, point)).copied().unwrap_or_default());
        Histogram::from_counts(scale, counts.collect()).ok()
    }
}

/// The probability that chance alone takes a word this far.
fn upper_tail(z: f64) -> f64 {
    Normal::standard().sf(z)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<KeptWord<'_>> {
        text.split(' ').map(|text| KeptWord { text, follows: true, is_spaced: true }).collect()
    }

    fn counted<'s>(scale: &'s Scale, comments: &[(u64, &str, i64)]) -> Keywords<'s> {
        let mut keywords = Keywords::default();
        for (times, text, score) in comments {
            for _ in 0..*times {
                keywords.add(&Comment { words: words(text), score: Some((scale, scale.score(*score).unwrap())) });
            }
        }
        keywords
    }

    #[test]
    fn words_that_go_with_low_scores_come_first_with_their_figures() {
        let scale = Scale::ces7();
        let keywords = counted(
            &scale,
            &[(40, "delivery late", 1), (5, "delivery late", 6), (60, "delivery fast", 7), (90, "nice shop", 6)],
        );
        let report = keywords.report(50);
        assert_eq!((report[0].text.as_str(), report[0].words, report[0].n), ("late", 1, 45));
        let contrast = report[0].contrast.unwrap();
        assert!(contrast.z > 3.0 && contrast.stands_out && contrast.low == 40, "{contrast:?}");
        let figures = report[0].figures.unwrap();
        assert_eq!((figures.n, figures.negative), (45, 40));
        assert!((figures.mean.value - 70.0 / 45.0).abs() < 1e-12);
        let phrase = report.iter().find(|word| word.text == "delivery late").unwrap();
        assert_eq!((phrase.words, phrase.n), (2, 45));
        let last = report.last().unwrap();
        assert!(last.contrast.unwrap().z < 0.0 && !last.contrast.unwrap().stands_out);
        let read = keywords.scale().unwrap();
        assert_eq!((read.figures.n, read.figures.negative, read.last_point), (195, 40, 7));
    }

    #[test]
    fn a_comment_counts_once_however_often_it_says_so() {
        let scale = Scale::ces7();
        let keywords = counted(&scale, &[(3, "slow slow slow", 1), (3, "fine", 7), (2, "rare", 1)]);
        let report = keywords.report(50);
        let slow = report.iter().find(|word| word.text == "slow").unwrap();
        assert_eq!((slow.n, slow.low_confidence, slow.contrast.unwrap().stands_out), (3, true, false));
        assert!(report.iter().all(|word| word.text != "rare"), "said twice is not told");
        assert_eq!(keywords.report(1).len(), 1);
    }

    #[test]
    fn without_low_scores_the_most_frequent_come_first_and_nothing_is_contrasted() {
        let scale = Scale::ces7();
        let keywords = counted(&scale, &[(4, "nice", 7), (6, "fine", 6)]);
        let report = keywords.report(50);
        assert_eq!(report.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["fine", "nice"]);
        assert!(report.iter().all(|word| word.contrast.is_none() && word.figures.is_some()));
    }

    #[test]
    fn scores_of_another_scale_are_in_no_figure() {
        let (ces, nps) = (Scale::ces7(), Scale::nps());
        let mut keywords = counted(&ces, &[(5, "page", 2)]);
        for _ in 0..3 {
            keywords.add(&Comment { words: words("page"), score: Some((&nps, nps.score(10).unwrap())) });
        }
        keywords.add(&Comment { words: words("page"), score: None });
        let page = keywords.report(1).remove(0);
        assert_eq!((page.n, page.figures.unwrap().n), (9, 5));
    }

    #[test]
    fn words_that_do_not_follow_each_other_are_no_phrase() {
        let scale = Scale::ces7();
        let mut keywords = Keywords::default();
        for _ in 0..3 {
            let apart = |text| KeptWord { text, follows: false, is_spaced: true };
            let joined = KeptWord { text: "送料", follows: true, is_spaced: false };
            let words = vec![apart("late"), apart("again"), joined];
            keywords.add(&Comment { words, score: Some((&scale, scale.score(1).unwrap())) });
        }
        let phrases: Vec<_> =
            keywords.report(9).into_iter().filter(|word| word.words == 2).map(|word| word.text).collect();
        assert_eq!(phrases, ["again送料"]);
    }
}

//! Comments: which words and phrases visitors use, what scores come with them, and which go with low scores more than chance has it.
//!
//! Pure: the collector splits texts into words and says what each visitor's score was; everything that is counted and judged of it is
//! here, so that it can be tested by hand. Scores of words are figures of [`crate::score`] like all others.

mod contrast;
mod keywords;

pub use contrast::{Contrast, Side, contrasts};
pub use keywords::{Comment, KeptWord, Keywords};

use serde::{Deserialize, Serialize};

use crate::definition::Metric;
use crate::report::Period;
use crate::score::Figures;

/// What the comments of a period have in common.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WordsReport {
    pub period: Period,
    /// How many answers with comments there are; where not all of them were read, with those that are set apart.
    pub comments: u64,
    /// Whether `comments` are all. Otherwise there may be more: what is seldom found together is looked for but for a while.
    pub all_counted: bool,
    /// How many of them, the newest, all of this was made from.
    pub read: u64,
    /// The scale that most of them were scored on: what figures are on. Nothing where nobody gave a score.
    pub scale: Option<ScaleRead>,
    /// The most frequent first.
    pub languages: Vec<LanguageCount>,
    /// One for each lexicon that some comments could be judged by.
    pub sentiment: Vec<SentimentReport>,
    /// Those that go with low scores most first; where low scores cannot be told from others, the most frequent first.
    pub words: Vec<WordReport>,
}

/// The scale of the figures, and how the comments lie on it.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScaleRead {
    pub metric: Metric,
    pub first_point: u8,
    pub last_point: u8,
    /// Of the comments that were scored on it.
    pub figures: Figures,
}

/// In which language comments are written, as far as can be told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LanguageCount {
    /// Its tag, `de`; nothing where it cannot be told.
    pub language: Option<String>,
    pub comments: u64,
}

/// How comments sound to a lexicon. Indicative: words are weighed, and nothing is understood. Irony is not noticed, and a lexicon is
/// made of other texts than comments on pages.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentimentReport {
    /// The lexicon's name.
    pub lexicon: String,
    /// The one language that it knows.
    pub language: String,
    /// Always true.
    pub indicative: bool,
    /// How many comments were judged: those in that language.
    pub comments: u64,
    pub positive: u64,
    pub neutral: u64,
    pub negative: u64,
}

/// A word, or a phrase of two words, that comments have.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WordReport {
    /// In small letters.
    pub text: String,
    /// How many words it is: 1 or 2.
    pub words: u8,
    /// How many comments have it.
    pub n: u64,
    /// Fewer than ten: neither the figures nor the contrast are to be relied on.
    pub low_confidence: bool,
    /// The scores that came with it, on the scale that most comments were scored on; nothing where there are none.
    pub figures: Option<Figures>,
    /// How much more it belongs to low scores; nothing where there are no low scores, or no others, to compare.
    pub contrast: Option<WordContrast>,
}

/// How much more a word belongs to comments with a score in the negative band than to the others.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WordContrast {
    /// How many comments with a low score have it.
    pub low: u64,
    /// The logarithm of the ratio of its odds, pulled towards none: above zero it goes with low scores.
    pub log_odds: f64,
    /// The same in standard errors.
    pub z: f64,
    /// Whether it can be told to go with low scores: of all that are so marked, at most 5 % are expected not to. Never with fewer than
    /// ten comments.
    pub stands_out: bool,
}

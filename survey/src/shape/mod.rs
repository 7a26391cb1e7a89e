//! Shapes: what answers have to do with each other, and low scores with who gave them and where.
//!
//! Counts tell how often each answer was given, and nothing of two that were given together. So these are made from single answers,
//! one pass over them for each question that somebody asks:
//!
//! - [`CrossTable`]: any two questions of a survey against each other;
//! - [`Drivers`]: which choices, and which circumstances, go with low scores.
//!
//! Either tells what goes together, and never why. Shares and their intervals are [`crate::score`]'s.

mod association;
mod axis;
mod cross_table;
mod drivers;

pub use axis::{Axis, Detail, NoAxis};
pub use cross_table::CrossTable;
pub use drivers::{Drivers, NoScore};

use serde::{Deserialize, Serialize};

use crate::definition::Metric;
use crate::report::Period;
use crate::score::{Interval, Share};

/// With fewer answers on either side than this, a value is not looked at.
pub const LEAST_COMPARED: u64 = crate::score::LOW_CONFIDENCE_BELOW;

/// What is read of one visitor's answers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Answer<'a> {
    /// Of the survey.
    pub version: u32,
    /// The page's key.
    pub page: &'a str,
    /// What is known of the visitor, by dimension: `("device", "phone")`.
    pub circumstances: &'a [(String, String)],
    /// By their questions. Questions without scores and choices are left out.
    pub given: &'a [(&'a str, Given<'a>)],
}

/// The answer to one question, as far as it can be counted in a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Given<'a> {
    Point(u8),
    /// The names of the choices that were picked.
    Picked(&'a [String]),
}

impl<'a> Answer<'a> {
    fn to(&self, question: &str) -> Option<Given<'a>> {
        self.given.iter().find(|(answered, _)| *answered == question).map(|(_, given)| *given)
    }
}

/// How many answers something was made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswersRead {
    /// How many there are of the survey in the period.
    pub answers: u64,
    /// How many were read: the newest.
    pub read: u64,
    /// Whether that was all of them.
    pub of_all: bool,
}

/// Two questions of a survey against each other.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CrossTableReport {
    pub period: Period,
    pub survey: String,
    #[serde(flatten)]
    pub read: AnswersRead,
    /// How many visitors answered both questions. All else is of them.
    pub n: u64,
    pub rows: AxisReport,
    pub columns: AxisReport,
    /// For each row, one cell for each column. Where several choices may be picked, they may come to more than `n`.
    pub cells: Vec<Vec<CellReport>>,
    pub association: Association,
}

/// One of the two questions, with what its answers fall into.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AxisReport {
    pub question: String,
    /// In the survey's own language.
    pub prompt: String,
    pub kind: AxisKind,
    /// In the order of the scale, or in that in which choices are written; "other" is the last.
    pub categories: Vec<CategoryReport>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AxisKind {
    /// Scores by their band. Only those on the question's newest scale.
    Bands,
    /// Scores point by point. Only those on the question's newest scale.
    Points,
    /// A single choice.
    One,
    /// One visitor may be in several categories, so totals may come to more than all visitors, and there is no test.
    Several,
    /// Who agreed, and who did not, whether or not they came to the question.
    Consent,
}

impl AxisKind {
    /// Whether everybody is in one category and no more.
    pub fn is_exclusive(self) -> bool {
        self != Self::Several
    }
}

/// What answers fall into, and how many did.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryReport {
    /// A choice's name; `positive`, `neutral` or `negative`; a point; `agreed` or `not_agreed`.
    pub id: String,
    /// A choice's label, in the survey's own language; which points a band has: `5–7`.
    pub label: String,
    pub n: u64,
    /// Of all who answered both questions; nothing where nobody did.
    pub share: Option<Share>,
    /// Fewer than ten: no share of it is to be relied on.
    pub low_confidence: bool,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CellReport {
    pub n: u64,
    /// Of its row; nothing where that is empty.
    pub share: Option<Share>,
    /// How many there would be, had row and column nothing to do with each other.
    pub expected: f64,
    /// How far `n` is from that, in standard errors: beyond 2 or -2 it is hardly chance, as far as one cell is looked at (Haberman,
    /// 1973). 0 where it could not be otherwise.
    pub residual: f64,
}

/// Whether two questions have anything to do with each other, as far as that can be told.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Association {
    /// By Pearson's chi-square test. Rows and columns in which nobody is are left out.
    Tested(AssociationTest),
    /// Not told, because the test would not hold: were there no association, more than a fifth of the cells would be expected to have
    /// fewer than five (Cochran, 1954).
    TooFewAnswers {
        /// How many cells.
        below_five: u64,
        /// Of how many.
        cells: u64,
    },
    /// Not told, because visitors may be in several rows or columns at once, and the test takes each for somebody else.
    SeveralChoices,
    /// Not told, because all are in one row or one column.
    NothingToCompare,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AssociationTest {
    pub chi_square: f64,
    pub degrees_of_freedom: u64,
    /// 0 to 1: how likely so uneven a table is where there is no association.
    pub p_value: f64,
    /// How close the association is, from 0 (none) to 1: Cramér's V, corrected for its bias (Bergsma, 2013).
    pub cramers_v: f64,
}

/// What goes with low scores in one survey. Association, and not cause: what goes with low scores may only be where unhappy visitors
/// come from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriversReport {
    pub period: Period,
    pub survey: String,
    /// Whose scores.
    pub question: String,
    /// In the survey's own language.
    pub prompt: String,
    pub metric: Metric,
    #[serde(flatten)]
    pub read: AnswersRead,
    /// How many of them have a score, on the question's newest scale.
    pub n: u64,
    /// The share of low scores among all: those in the scale's negative band. Nothing where there are none at all.
    pub low: Option<Share>,
    /// Those that can be told first; of them, and of the others, those that go with low scores most first.
    pub values: Vec<DriverReport>,
    /// How many values are not told of, because fewer than ten answers have them or fewer than ten have not.
    pub left_out: u64,
}

/// Something that answers differ in, with the low scores among those that have it and those that do not.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverReport {
    pub value: DriverValue,
    pub with: LowScores,
    /// Among others who answered the same question, or of whom the same is known.
    pub without: LowScores,
    /// The share with it minus the share without, in percentage points: above zero it goes with low scores.
    pub difference: f64,
    /// 95 %, in percentage points.
    pub interval: Interval,
    /// Two-sided, 0 to 1, by Fisher's exact test, which holds also for few answers and rare low scores. Near 0.05, it may be a little
    /// above where the interval just excludes zero.
    pub p_value: f64,
    /// Whether it can be told to go with low scores, or with others: of all that are so marked, at most 5 % are expected not to (see
    /// [`crate::score::discoveries`]).
    pub discovery: bool,
}

/// What answers differ in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum DriverValue {
    /// A choice was picked.
    Choice {
        question: String,
        /// In the survey's own language.
        prompt: String,
        /// The choice's name.
        choice: String,
        /// In the survey's own language.
        label: String,
    },
    /// Something is known of the visitor: of `device` that it is `phone`.
    Visitor { dimension: String, value: String },
    /// The page is in a group.
    PageGroup { group: String },
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LowScores {
    pub n: u64,
    /// How many of them are low.
    pub low: u64,
    pub share: Share,
}

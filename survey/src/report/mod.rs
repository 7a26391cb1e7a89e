//! Reports: what the collector answers and the console draws, as types that both share.
//!
//! Figures are unrounded; rounding is display only (see [`crate::score`]). A page without answers has no figure, not zero.

pub mod build;
mod choices;
mod days;
mod groups;
mod heat_map;
mod listing;
mod tables;
mod tags;
mod timeline;

pub use choices::{BinCount, choices_report};
pub use days::Days;
pub use heat_map::HeatMapBy;
pub use listing::{Listing, NotListed, PageOrder};
pub use tags::{AnswerTags, TagCount, TagsChange};
pub use timeline::{MOST_DAILY_STEPS, Timeline, TooManySteps, TrendUnit};

use serde::{Deserialize, Serialize};

use crate::definition::{Band, ContactField, Metric};
use crate::score::{Change, Figures, Headline, Share, Tally, Verdict, share};
use crate::targeting::Signal;
use crate::wire::Device;

/// What stands for the values of a dimension, or the pages, beyond those there is room for. No page has it for a name.
pub const OTHERS: &str = "(other)";

/// A span of whole days in the site's time zone, both included, as `2026-11-21`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Period {
    pub first_day: String,
    pub last_day: String,
}

/// What a report is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportPeriod {
    #[serde(flatten)]
    pub days: Period,
    /// How long the steps of its trends are.
    pub trend: TrendUnit,
}

/// How far surveys got with visitors; each count includes the following ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Funnel {
    /// Page views on which a survey's rules held. Browsers tell of those alone that are in its sample, so where it is for one visitor in
    /// five, this is five times as many: an estimate.
    pub eligible: u64,
    /// Those of them in the sample.
    pub sampled: u64,
    pub shown: u64,
    pub started: u64,
    pub answered: u64,
    pub completed: u64,
    /// Of those shown: closed before the end.
    pub dismissed: u64,
}

impl Funnel {
    /// How many stages are counted.
    pub const STAGES: usize = 6;

    /// From how many reached each stage, in the order of the fields from `sampled` on, and for how many those stand.
    pub fn of_stages(stages: &[i64; Self::STAGES], eligible: f64) -> Self {
        let [sampled, shown, started, answered, completed, dismissed] =
            stages.map(|count| u64::try_from(count).unwrap_or_default());
        // A cast keeps within bounds.
        Self { eligible: eligible.round() as u64, sampled, shown, started, answered, completed, dismissed }
    }

    /// Answered of shown; nothing where nothing was shown.
    pub fn response(&self) -> Option<Share> {
        Tally::new(self.answered, self.shown).map(share)
    }

    /// The same in percent.
    pub fn response_rate(&self) -> Option<f64> {
        self.response().map(|response| response.percent)
    }
}

impl std::ops::AddAssign for Funnel {
    fn add_assign(&mut self, more: Self) {
        self.eligible += more.eligible;
        self.sampled += more.sampled;
        self.shown += more.shown;
        self.started += more.started;
        self.answered += more.answered;
        self.completed += more.completed;
        self.dismissed += more.dismissed;
    }
}

/// Every page's scores in a period, and the site's as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PagesReport {
    pub period: ReportPeriod,
    pub site: PageReport,
    /// Pages with at least one exposure or answer; all, or those that were asked for.
    pub pages: Vec<PageReport>,
    /// How many such pages there are.
    pub total: usize,
    /// What to ask for as `after` to get the next ones; nothing at the end.
    pub next: Option<String>,
}

/// One page's scores in a period.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PageReport {
    /// The page's key; empty for the site as a whole.
    pub page: String,
    /// What the page last called itself to somebody who answered; nothing where nobody has.
    pub title: Option<String>,
    pub funnel: Funnel,
    /// Answered of shown, in percent; nothing where nothing was shown.
    pub response_rate: Option<f64>,
    /// One for each scale on which the page was scored.
    pub scores: Vec<ScaleReport>,
}

/// What visitors were told apart by so far, in one dimension.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DimensionValues {
    /// `device`, `language`, `signal`, `country`, or one of the site's own, like `trait:plan`.
    pub dimension: String,
    /// In the order of the alphabet.
    pub values: Vec<String>,
}

/// Every page group's scores in a period, and the site's as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupsReport {
    pub period: ReportPeriod,
    /// All pages, also those of no group.
    pub site: PageReport,
    /// In the order in which they are declared.
    pub groups: Vec<GroupReport>,
    /// Pages of no group.
    pub ungrouped: OtherPages,
}

/// One page group's scores in a period: those of all of its pages together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupReport {
    pub name: String,
    pub pattern: String,
    /// How many pages with at least one exposure or answer are in it.
    pub pages: usize,
    pub funnel: Funnel,
    /// Answered of shown, in percent; nothing where nothing was shown.
    pub response_rate: Option<f64>,
    /// One for each scale on which its pages were scored. What is said of a page among all pages is said of a group among all groups.
    pub scores: Vec<ScaleReport>,
}

/// The scores of every stage of the journey in a period, and the site's as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StagesReport {
    pub period: ReportPeriod,
    /// All pages, also those of no stage.
    pub site: PageReport,
    /// In the order of the journey.
    pub stages: Vec<StageReport>,
    /// Pages of no stage, whether or not they are in a group.
    pub unstaged: OtherPages,
}

/// One stage's scores in a period: those of all of its groups together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageReport {
    pub name: String,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// How many pages with at least one exposure or answer are in it.
    pub pages: usize,
    pub funnel: Funnel,
    /// Answered of shown, in percent; nothing where nothing was shown.
    pub response_rate: Option<f64>,
    /// One for each scale on which its pages were scored. What is said of a page among all pages is said of a stage among all stages.
    pub scores: Vec<ScaleReport>,
}

/// Pages that come under nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OtherPages {
    /// With at least one exposure or answer.
    pub pages: usize,
    /// How many visitors answered there.
    pub answered: u64,
}

/// One page's scores, and all else that is known of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PageDetails {
    pub period: ReportPeriod,
    #[serde(flatten)]
    pub report: PageReport,
    /// One for each question with choices that was answered on the page.
    pub choices: Vec<ChoicesReport>,
}

/// How often each choice of a question was picked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChoicesReport {
    pub survey: String,
    pub question: String,
    /// In the survey's own language.
    pub prompt: String,
    pub kind: ChoiceKind,
    /// How many visitors picked any.
    pub n: u64,
    /// Fewer than ten: no share is to be relied on.
    pub low_confidence: bool,
    /// In the order in which they are written; "other" is the last.
    pub choices: Vec<ChoiceCount>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    One,
    /// The shares may come to more than 100 %.
    Several,
    /// Who did not agree is not counted.
    Consent,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChoiceCount {
    pub id: String,
    /// In the survey's own language.
    pub label: String,
    pub picked: u64,
    /// Of those who picked any.
    pub share: Share,
}

/// The score on one scale. Histograms of different scales are never added.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScaleReport {
    pub metric: Metric,
    /// The scale's ends: 1 and 7.
    pub first_point: u8,
    pub last_point: u8,
    pub figures: Figures,
    /// Against the period of the same length before; nothing where that has no answers.
    pub change: Option<Change>,
    /// What can be said of the change as one of many. `change.verdict` looks at this page alone, and of many pages some change
    /// clearly by chance; of those that are better or worse here, at most 5 % are expected to (see
    /// [`crate::score::discoveries`]). Nothing for the site, which is one, and without a change.
    pub verdict_among_all: Option<Verdict>,
    /// How many answers each point got, in the order of the points.
    pub distribution: Vec<PointCount>,
    /// The period in steps of the calendar, oldest first; the first and the last may be shorter (see [`TrendUnit`]).
    pub trend: Vec<TrendStep>,
    /// The share of positive answers, in percent, with small samples pulled towards the site's: pages are ranked by it.
    pub shrunken_share: Option<f64>,
    /// The probability, 0 to 1, that the page's share of positive answers lies below the site's; nothing for the site.
    pub below_site: Option<f64>,
    /// Whether the page can be told to lie below the site: of all pages so marked, at most 5 % are expected not to. Never with
    /// fewer than ten answers.
    pub hurts: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PointCount {
    pub point: u8,
    pub band: PointBand,
    pub count: u64,
}

/// [`Band`], as it is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PointBand {
    Positive,
    Neutral,
    Negative,
}

impl From<PointBand> for Band {
    fn from(band: PointBand) -> Self {
        match band {
            PointBand::Positive => Self::Positive,
            PointBand::Neutral => Self::Neutral,
            PointBand::Negative => Self::Negative,
        }
    }
}

impl From<Band> for PointBand {
    fn from(band: Band) -> Self {
        match band {
            Band::Positive => Self::Positive,
            Band::Neutral => Self::Neutral,
            Band::Negative => Self::Negative,
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrendStep {
    /// The step's first day, as `2026-11-21`.
    pub day: String,
    pub n: u64,
    /// The metric's headline figure; nothing where there are no answers.
    pub headline: Option<f64>,
}

/// One metric's figures, page by page and step by step.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeatMapReport {
    pub period: ReportPeriod,
    pub by: HeatMapBy,
    /// Those that somebody answered, and that so can be asked for.
    pub metrics: Vec<Metric>,
    /// What the figures are on: of scales with the metric asked for, or of all, the one that most visitors answered on. Nothing where
    /// nobody did.
    pub scale: Option<HeatMapScale>,
    /// The columns, oldest first; the first and the last may be shorter (see [`TrendUnit`]).
    pub steps: Vec<Period>,
    /// The smallest figure and the largest in any cell of `rows` with ten answers or more; nothing where there is none.
    pub seen: Option<FigureRange>,
    /// All pages, also those that have no row.
    pub site: HeatMapRow,
    /// The most answered first. Pages without answers on the scale have none.
    pub rows: Vec<HeatMapRow>,
    /// How many rows there would be without a limit.
    pub total: usize,
}

/// What the figures of a heat map are on.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeatMapScale {
    pub metric: Metric,
    /// The scale's ends: 1 and 7.
    pub first_point: u8,
    pub last_point: u8,
    /// Which figure is in the cells.
    pub headline: Headline,
    /// Whether a higher figure is a better one. Of shares and nets it always is; of means it is as the scale says.
    pub higher_is_better: bool,
    /// What it could be at least, and at most.
    pub possible: FigureRange,
}

/// From one figure to another, in the unit of the headline.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FigureRange {
    pub lowest: f64,
    pub highest: f64,
}

/// One page, or one group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeatMapRow {
    /// The page's key, or the group's name; empty for the site as a whole.
    pub name: String,
    /// In the whole period.
    pub all: HeatMapCell,
    /// One for each step.
    pub cells: Vec<HeatMapCell>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeatMapCell {
    pub n: u64,
    /// The metric's headline figure; nothing where there are no answers.
    pub headline: Option<f64>,
    /// Fewer than ten answers.
    pub low_confidence: bool,
}

/// Answers, newest first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswersReport {
    pub answers: Vec<AnswerReport>,
    /// What to ask for as `before` to get the next ones; nothing at the end.
    pub next: Option<i64>,
}

/// One visitor's answers to one survey.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerReport {
    /// The collector's own number for it. (The widget's response id is a secret between widget and collector.)
    pub number: i64,
    pub page: String,
    pub survey: String,
    pub version: u32,
    /// When it was given, in Unix milliseconds.
    pub answered_at: i64,
    pub completed: bool,
    pub device: Device,
    pub language: String,
    pub signal: Option<Signal>,
    /// Why it may not be a visitor's: `too_fast`, `bot`, `no_ticket`.
    pub doubts: Vec<String>,
    pub standing: StandingReport,
    /// What the team calls it.
    #[serde(default)]
    pub tags: Vec<String>,
    pub scores: Vec<ScoreGiven>,
    pub choices: Vec<ChoicesGiven>,
    pub comments: Vec<CommentGiven>,
    /// What the visitor left to be written back to. Left out of lists of comments.
    pub contact: Vec<ContactGiven>,
}

/// Whether an answer is in the figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StandingReport {
    /// Unless there is a doubt about it.
    #[default]
    ByDoubts,
    /// Somebody of the team says that it is.
    Counted,
    /// Somebody of the team says that it is not.
    Apart,
}

/// What somebody of the team says of an answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettledStanding {
    pub standing: StandingReport,
}

/// What was erased.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Erased {
    /// How many answers.
    pub answers: usize,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoreGiven {
    pub question: String,
    pub metric: Metric,
    pub point: u8,
    pub last_point: u8,
    pub band: PointBand,
}

/// A comment, a short text, or the words of "other".
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentGiven {
    pub question: String,
    /// The question, in the survey's own language.
    pub prompt: String,
    pub text: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChoicesGiven {
    pub question: String,
    /// The question, in the survey's own language.
    pub prompt: String,
    /// The labels of what was picked, in the survey's own language.
    pub picked: Vec<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactGiven {
    pub question: String,
    pub details: Vec<ContactDetail>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactDetail {
    pub field: ContactField,
    pub text: String,
}

//! Axes: what the answers to one question fall into, in all versions of a survey.
//!
//! Choices are the same from version to version if they have the same name, and are told with the labels of the newest. Scores are
//! of the newest scale alone: scores on different ones are never added.

use super::{AxisKind, AxisReport, CategoryReport, Given};
use crate::definition::{AGREED, Band, OTHER, Question, QuestionId, QuestionKind, Scale, Survey};
use crate::score::{LOW_CONFIDENCE_BELOW, Tally, share};

/// What stands beside [`AGREED`].
const NOT_AGREED: &str = "not_agreed";

/// How finely scores are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    #[default]
    Bands,
    Points,
}

/// A question of a survey, as one side of a table.
#[derive(Clone, Debug)]
pub struct Axis<'s> {
    question: &'s QuestionId,
    prompt: &'s str,
    kind: AxisKind,
    /// The newest, for scores.
    scale: Option<&'s Scale>,
    categories: Vec<Category>,
    /// The versions whose answers fall into these categories.
    versions: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Category {
    id: String,
    label: String,
}

/// Why a question has no axis.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoAxis {
    #[error("survey {survey} has no question {question}; it asks {}", .asked.join(", "))]
    Unknown { survey: String, question: QuestionId, asked: Vec<String> },
    #[error("question {0} has neither scores nor choices; name one that has")]
    Neither(QuestionId),
}

impl<'s> Axis<'s> {
    /// Of a question in a survey's versions, the newest first.
    ///
    /// # Errors
    /// When no version has it, or the newest that does asks for words.
    pub fn of(versions: &[&'s Survey], question: &QuestionId, detail: Detail) -> Result<Self, NoAxis> {
        let asked: Vec<(&'s Survey, &'s Question)> =
            versions.iter().filter_map(|survey| Some((*survey, survey.question(question)?))).collect();
        let Some((survey, newest)) = asked.first().copied() else { return Err(unknown(versions, question)) };
        let kind = kind(newest, detail).ok_or_else(|| NoAxis::Neither(question.clone()))?;
        let is_alike = |other: &Question| match (&newest.kind, &other.kind) {
            (QuestionKind::Score { scale, .. }, QuestionKind::Score { scale: other, .. }) => scale == other,
            (newest, other) => std::mem::discriminant(newest) == std::mem::discriminant(other),
        };
        let alike: Vec<_> = asked.into_iter().filter(|(_, question)| is_alike(question)).collect();
        Ok(Self {
            question: &newest.id,
            prompt: survey.own(&newest.prompt),
            kind,
            scale: scale_of(newest),
            categories: categories(&alike, kind),
            versions: alike.iter().map(|(survey, _)| survey.version()).collect(),
        })
    }

    pub(super) fn question(&self) -> &'s QuestionId {
        self.question
    }

    pub(super) fn prompt(&self) -> &'s str {
        self.prompt
    }

    pub(super) fn kind(&self) -> AxisKind {
        self.kind
    }

    pub(super) fn scale(&self) -> Option<&'s Scale> {
        self.scale
    }

    pub(super) fn len(&self) -> usize {
        self.categories.len()
    }

    /// A category's name and label.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.categories.iter().map(|category| (category.id.as_str(), category.label.as_str()))
    }

    /// The band of what was given to one version of the question; none of what is no score on its newest scale.
    pub(super) fn band(&self, version: u32, given: Option<Given<'_>>) -> Option<Band> {
        let Some(Given::Point(point)) = given.filter(|_| self.versions.contains(&version)) else { return None };
        let scale = self.scale?;
        scale.score(point.into()).map(|score| scale.band(score))
    }

    /// The places of the categories into which fell what was given to one version of the question; none if nothing did.
    pub(super) fn places(&self, version: u32, given: Option<Given<'_>>) -> Vec<usize> {
        if !self.versions.contains(&version) {
            return Vec::new();
        }
        match (self.kind, given) {
            (AxisKind::Consent, _) => vec![usize::from(given.is_none())],
            (AxisKind::Bands, _) => {
                self.band(version, given).and_then(|band| self.place(band.as_str())).into_iter().collect()
            }
            (AxisKind::Points, Some(Given::Point(point))) => {
                let place = self.scale.and_then(|scale| scale.score(point.into()).map(|score| scale.index(score)));
                place.into_iter().collect()
            }
            (AxisKind::One | AxisKind::Several, Some(Given::Picked(picked))) => {
                picked.iter().filter_map(|name| self.place(name)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.categories.iter().position(|category| category.id == id)
    }

    /// With how many are in each category, of so many in all.
    pub(super) fn report(&self, counts: &[u64], n: u64) -> AxisReport {
        let category = |(category, count): (&Category, &u64)| CategoryReport {
            id: category.id.clone(),
            label: category.label.clone(),
            n: *count,
            share: Tally::new(*count, n).map(share),
            low_confidence: *count < LOW_CONFIDENCE_BELOW,
        };
        AxisReport {
            question: self.question.to_string(),
            prompt: self.prompt.to_owned(),
            kind: self.kind,
            categories: self.categories.iter().zip(counts).map(category).collect(),
        }
    }
}

fn unknown(versions: &[&Survey], question: &QuestionId) -> NoAxis {
    let newest = versions.first();
    let asked = newest.into_iter().flat_map(|survey| survey.questions()).map(|question| question.id.to_string());
    let survey = newest.map(|survey| survey.id().to_string()).unwrap_or_default();
    NoAxis::Unknown { survey, question: question.clone(), asked: asked.collect() }
}

fn kind(question: &Question, detail: Detail) -> Option<AxisKind> {
    match (&question.kind, detail) {
        (QuestionKind::Score { .. }, Detail::Bands) => Some(AxisKind::Bands),
        (QuestionKind::Score { .. }, Detail::Points) => Some(AxisKind::Points),
        (QuestionKind::SingleChoice(_), _) => Some(AxisKind::One),
        (QuestionKind::MultipleChoice(_), _) => Some(AxisKind::Several),
        (QuestionKind::Consent { .. }, _) => Some(AxisKind::Consent),
        _ => None,
    }
}

fn scale_of(question: &Question) -> Option<&Scale> {
    match &question.kind {
        QuestionKind::Score { scale, .. } => Some(scale),
        _ => None,
    }
}

/// Of versions of a question that are alike, the newest first.
fn categories(alike: &[(&Survey, &Question)], kind: AxisKind) -> Vec<Category> {
    let Some((survey, newest)) = alike.first() else { return Vec::new() };
    let category = |id: &str, label: &str| Category { id: id.to_owned(), label: label.to_owned() };
    match (&newest.kind, kind) {
        (QuestionKind::Score { scale, .. }, AxisKind::Points) => {
            scale.points().map(|point| category(&point.to_string(), &point.to_string())).collect()
        }
        (QuestionKind::Score { scale, .. }, _) => bands(scale),
        (QuestionKind::Consent { label }, _) => {
            vec![category(AGREED, survey.own(label)), category(NOT_AGREED, "–")]
        }
        _ => choices(alike),
    }
}

/// Those that a scale has, in the order of its points.
fn bands(scale: &Scale) -> Vec<Category> {
    let mut bands: Vec<(Band, u8, u8)> = Vec::new();
    for (band, point) in scale.scores().map(|score| (scale.band(score), score.point())) {
        match bands.iter_mut().find(|(known, ..)| *known == band) {
            Some((.., last)) => *last = point,
            None => bands.push((band, point, point)),
        }
    }
    let label = |first: u8, last: u8| if first == last { first.to_string() } else { format!("{first}–{last}") };
    let category =
        |(band, first, last): (Band, u8, u8)| Category { id: band.as_str().to_owned(), label: label(first, last) };
    bands.into_iter().map(category).collect()
}

fn choices(alike: &[(&Survey, &Question)]) -> Vec<Category> {
    let mut categories: Vec<Category> = Vec::new();
    for (survey, question) in alike {
        let (QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices)) = &question.kind else {
            continue;
        };
        let listed = choices.choices.iter().map(|choice| (choice.id.as_str(), &choice.label));
        for (id, label) in listed.chain(choices.other.iter().map(|label| (OTHER, label))) {
            if !categories.iter().any(|category| category.id == id) {
                categories.push(Category { id: id.to_owned(), label: survey.own(label).to_owned() });
            }
        }
    }
    // Stays last, also behind what only earlier versions offered.
    categories.sort_by_key(|category| category.id == OTHER);
    categories
}

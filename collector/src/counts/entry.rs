//! Entries: what one commit changed in the counts of a site, as it waits in the journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use survey::definition::{QuestionId, SiteKey, SurveyId};

use super::segment::Segment;
use crate::clock::Day;
use crate::ingest::rollup::{Anchor, Changes};

/// What one commit changed in the counts of one site.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Entry(pub Vec<Change>);

/// What changed on one page, on one day, among visitors who are alike.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Change {
    pub survey: SurveyId,
    pub version: u32,
    pub page: String,
    pub day: Day,
    pub segment: String,
    /// How many more of which bin.
    pub bins: Vec<(Subject, u8, i64)>,
}

/// What is counted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Subject {
    /// How far surveys got; the bins are the places of the stages in [`crate::ingest::rollup::Stages::ALL`].
    Funnel,
    /// What was answered; the bins are points, or places of choices: see [`survey::accept::AcceptedValue::bins`].
    Question(QuestionId),
}

impl Entry {
    /// One for each site of which some count changes.
    pub fn of_each_site(changes: &Changes) -> BTreeMap<&SiteKey, Self> {
        let mut by_anchor: BTreeMap<&Anchor, Vec<(Subject, u8, i64)>> = BTreeMap::new();
        for (anchor, reached) in changes.funnel() {
            let moved = (0..).zip(reached).filter(|(_, by)| **by != 0);
            by_anchor.entry(anchor).or_default().extend(moved.map(|(stage, by)| (Subject::Funnel, stage, *by)));
        }
        for (key, by) in changes.points() {
            let bins = by_anchor.entry(&key.anchor).or_default();
            bins.push((Subject::Question(key.question.clone()), key.point, by));
        }
        let mut entries: BTreeMap<&SiteKey, Self> = BTreeMap::new();
        for (anchor, bins) in by_anchor {
            entries.entry(&anchor.site).or_default().0.push(Change::at(anchor, bins));
        }
        entries
    }

    /// As it is stored.
    pub fn packed(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// Reads what [`Entry::packed`] wrote.
    pub fn read(packed: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(packed)
    }
}

impl Change {
    fn at(anchor: &Anchor, bins: Vec<(Subject, u8, i64)>) -> Self {
        let Anchor { survey, version, page, day, segment, .. } = anchor.clone();
        Self { survey, version, page, day, segment: segment.to_string(), bins }
    }

    pub fn segment(&self) -> Segment {
        Segment::stored(self.segment.clone())
    }
}

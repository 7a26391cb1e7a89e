//! A candidate: a survey as far as deciding goes. What it asks is of no concern here.

use serde::{Deserialize, Serialize};

use crate::definition::SurveyId;

use super::{Condition, Frequency, Moment, Sample, Trigger};

/// When, where and to whom a survey may be shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Candidate {
    pub id: SurveyId,
    pub version: u32,
    /// Any one of them shows it, if `when` holds.
    pub triggers: Vec<Trigger>,
    pub when: Condition,
    pub frequency: Frequency,
    /// For which share of visitors it is.
    pub sample: Sample,
    pub starts_at: Option<Moment>,
    /// The first moment at which it is over.
    pub ends_at: Option<Moment>,
}

//! Roll-up: from what is stored and what came in to what must be written, and what to tell the senders.
//!
//! Pure, so that its one law can be held by a property test: in whatever order, how often and in whatever groups items
//! arrive, the counts are those that a recount of the rows would give. A revised answer takes its old count back; whatever
//! has arrived before changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use survey::accept::Accepted;
use survey::definition::{QuestionId, SiteKey, SurveyId};
use survey::report::Funnel;
use survey::wire::{ExposureStage, Visit};
use uuid::Uuid;

use super::item::{AcceptedEvent, Item};
use crate::clock::{Day, UnixMs, day_of};

/// Where everything about one presentation is counted. Fixed by the first event of it that is stored, so that a later
/// revision, sent from another page or after midnight, changes the same counts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Anchor {
    pub site: SiteKey,
    pub survey: SurveyId,
    pub version: u32,
    pub page: String,
    pub day: Day,
    /// What reports may be filtered by: for now the name of the device class.
    pub segment: String,
}

/// What is stored of one presentation.
#[derive(Clone, PartialEq, Debug)]
pub struct Known {
    pub anchor: Arc<Anchor>,
    pub stages: Stages,
    pub response: Option<KnownResponse>,
}

/// What is stored of a visitor's answers, as far as counting needs it.
#[derive(Clone, PartialEq, Debug)]
pub struct KnownResponse {
    pub rev: u32,
    pub bins: BTreeSet<Bin>,
}

/// Where an answer is counted: at a point of its question's scale, or at each choice that was picked.
pub type Bin = (QuestionId, u8);

/// How far a presentation got: a set of stages that is stored as bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stages(u8);

impl Stages {
    pub const ELIGIBLE: Self = Self(1);
    // Each stage brings those that it cannot do without, even if their exposures were lost on the way. So no rate is ever
    // above 100 %.
    pub const SHOWN: Self = Self(1 << 1 | Self::ELIGIBLE.0);
    pub const STARTED: Self = Self(1 << 2 | Self::SHOWN.0);
    pub const ANSWERED: Self = Self(1 << 3 | Self::STARTED.0);
    pub const COMPLETED: Self = Self(1 << 4 | Self::ANSWERED.0);
    pub const DISMISSED: Self = Self(1 << 5 | Self::SHOWN.0);

    pub fn bits(self) -> u8 {
        self.0
    }

    /// Reads what [`Stages::bits`] wrote.
    pub fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// One for each stage that is in `self` and not in `earlier`.
    fn reached_since(self, earlier: Self) -> Funnel {
        let count = |stage: Self| u64::from(self.contains(stage) && !earlier.contains(stage));
        Funnel {
            eligible: count(Self::ELIGIBLE),
            shown: count(Self::SHOWN),
            started: count(Self::STARTED),
            answered: count(Self::ANSWERED),
            completed: count(Self::COMPLETED),
            dismissed: count(Self::DISMISSED),
        }
    }
}

impl From<ExposureStage> for Stages {
    fn from(stage: ExposureStage) -> Self {
        match stage {
            ExposureStage::Eligible => Self::ELIGIBLE,
            ExposureStage::Shown => Self::SHOWN,
            ExposureStage::Started => Self::STARTED,
            ExposureStage::Dismissed => Self::DISMISSED,
        }
    }
}

/// How an item that fits what is stored ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    Stored,
    /// It, or something that includes it, was stored before.
    Duplicate,
}

/// Why an item does not fit what is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Conflict {
    #[error("rev {sent} is older than rev {stored}, which is stored; a change needs a higher rev")]
    StaleRev { sent: u32, stored: u32 },
    #[error("this response id belongs to another survey, version or site; each showing needs an id of its own")]
    OtherSurvey,
}

/// What a group of items comes to.
#[derive(Debug, Default)]
pub struct Plan {
    /// One for each item, in their order.
    pub verdicts: Vec<Result<Kept, Conflict>>,
    /// The state of every presentation that is new or got further.
    pub presentations: Vec<PresentationState>,
    /// The latest revision of every response that is new or changed.
    pub responses: Vec<ResponseState>,
    /// What to add to the count of each point; negative where answers were revised away, never zero.
    pub histogram_changes: Vec<(PointKey, i64)>,
    /// How many more presentations reached each stage.
    pub funnel_changes: Vec<(Arc<Anchor>, Funnel)>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PointKey {
    pub anchor: Arc<Anchor>,
    pub question: QuestionId,
    /// A point, or the place of a choice: see [`survey::accept::AcceptedValue::bins`].
    pub point: u8,
}

#[derive(Clone, Debug)]
pub struct PresentationState {
    pub response_id: Uuid,
    pub anchor: Arc<Anchor>,
    pub stages: Stages,
}

#[derive(Clone, Debug)]
pub struct ResponseState {
    pub anchor: Arc<Anchor>,
    pub submission: Accepted,
    pub answered_at: UnixMs,
    pub received_at: UnixMs,
}

impl ResponseState {
    pub fn response_id(&self) -> Uuid {
        self.submission.presentation.response_id
    }

    pub fn visit(&self) -> &Visit {
        &self.submission.presentation.visit
    }
}

/// Plans a group: `known` is what is stored of the presentations that `items` speak of.
pub fn plan(known: HashMap<Uuid, Known>, items: Vec<Item>) -> Plan {
    let mut ledger = Ledger { known, ..Ledger::default() };
    let verdicts = items.into_iter().map(|item| ledger.enter(item)).collect();
    ledger.close(verdicts)
}

/// The group's changes so far.
#[derive(Default)]
struct Ledger {
    known: HashMap<Uuid, Known>,
    advanced: BTreeMap<Uuid, PresentationState>,
    revised: BTreeMap<Uuid, ResponseState>,
    points: BTreeMap<PointKey, i64>,
    reached: BTreeMap<Arc<Anchor>, Funnel>,
}

impl Ledger {
    fn enter(&mut self, item: Item) -> Result<Kept, Conflict> {
        let response_id = item.response_id();
        let mut known = match self.known.remove(&response_id) {
            Some(known) => known,
            None => Known { anchor: Arc::new(anchor_of(&item)), stages: Stages::default(), response: None },
        };
        let verdict = self.enter_into(&mut known, item);
        self.known.insert(response_id, known);
        verdict
    }

    fn enter_into(&mut self, known: &mut Known, item: Item) -> Result<Kept, Conflict> {
        let presentation = item.presentation();
        let Anchor { site, survey, version, .. } = &*known.anchor;
        if (site, survey, version) != (&item.site, &presentation.survey, &presentation.version) {
            return Err(Conflict::OtherSurvey);
        }
        let response_id = item.response_id();
        match item.event {
            AcceptedEvent::Exposure(exposure) => Ok(self.advance(response_id, known, exposure.stage.into())),
            AcceptedEvent::Submission(submission) => self.revise(known, submission, item.happened_at, item.received_at),
        }
    }

    fn advance(&mut self, response_id: Uuid, known: &mut Known, stage: Stages) -> Kept {
        if known.stages.contains(stage) {
            return Kept::Duplicate;
        }
        let stages = known.stages.with(stage);
        *self.reached.entry(known.anchor.clone()).or_default() += stages.reached_since(known.stages);
        known.stages = stages;
        let state = PresentationState { response_id, anchor: known.anchor.clone(), stages };
        self.advanced.insert(response_id, state);
        Kept::Stored
    }

    fn revise(
        &mut self,
        known: &mut Known,
        submission: Accepted,
        answered_at: UnixMs,
        received_at: UnixMs,
    ) -> Result<Kept, Conflict> {
        match &known.response {
            Some(stored) if stored.rev == submission.rev => return Ok(Kept::Duplicate),
            Some(stored) if stored.rev > submission.rev => {
                return Err(Conflict::StaleRev { sent: submission.rev, stored: stored.rev });
            }
            _ => {}
        }
        let response_id = submission.presentation.response_id;
        self.advance(response_id, known, if submission.completed { Stages::COMPLETED } else { Stages::ANSWERED });

        let bins = bins_of(&submission);
        let before = known.response.replace(KnownResponse { rev: submission.rev, bins: bins.clone() });
        self.count(&known.anchor, before.map(|response| response.bins).unwrap_or_default(), -1);
        self.count(&known.anchor, bins, 1);
        let anchor = known.anchor.clone();
        self.revised.insert(response_id, ResponseState { anchor, submission, answered_at, received_at });
        Ok(Kept::Stored)
    }

    fn count(&mut self, anchor: &Arc<Anchor>, bins: BTreeSet<Bin>, change: i64) {
        for (question, point) in bins {
            *self.points.entry(PointKey { anchor: anchor.clone(), question, point }).or_default() += change;
        }
    }

    fn close(self, verdicts: Vec<Result<Kept, Conflict>>) -> Plan {
        Plan {
            verdicts,
            presentations: self.advanced.into_values().collect(),
            responses: self.revised.into_values().collect(),
            histogram_changes: self.points.into_iter().filter(|(_, change)| *change != 0).collect(),
            funnel_changes: self.reached.into_iter().collect(),
        }
    }
}

fn anchor_of(item: &Item) -> Anchor {
    let presentation = item.presentation();
    Anchor {
        site: item.site.clone(),
        survey: presentation.survey.clone(),
        version: presentation.version,
        page: presentation.page.to_string(),
        day: day_of(item.happened_at),
        segment: presentation.visit.device.as_str().to_owned(),
    }
}

fn bins_of(submission: &Accepted) -> BTreeSet<Bin> {
    let answers = submission.answers.iter();
    answers.flat_map(|answer| answer.value.bins().into_iter().map(|bin| (answer.question.clone(), bin))).collect()
}

#[cfg(test)]
mod tests;

//! Roll-up: from what is stored and what came in to what must be written, and what to tell the senders.
//!
//! Pure, so that its one law can be held by a property test: in whatever order, how often and in whatever groups items
//! arrive, the counts are those that a recount of the rows would give. What a presentation adds to the counts is a function of
//! its state ([`Presentation::contribution`]), and every change, be it a revision, a doubt, a pardon or an erasure, changes the
//! counts by the difference.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use survey::accept::Accepted;
use survey::definition::{Band, QuestionId, SiteKey, SurveyId};
use survey::report::{OTHERS, StandingReport};
use survey::wire::{ExposureStage, Visit};
use uuid::Uuid;

use super::flags::Flags;
use super::item::{AcceptedEvent, Item};
use crate::clock::{Day, UnixMs, day_of};
use crate::comments::Said;
use crate::counts::{BAND, Segment, primary_tag};

/// Where everything about one presentation is counted. Fixed by the first event of it that is stored, so that a later
/// revision, sent from another page or after midnight, changes the same counts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Anchor {
    pub site: SiteKey,
    pub survey: SurveyId,
    pub version: u32,
    pub page: String,
    pub day: Day,
    /// What reports may be filtered by. What the first event did not know (an eligible survey has not been set off by anything) comes
    /// with the first that does; the band of the score changes with the score.
    pub segment: Segment,
}

/// How many new pages a day of a site has room for. A large shop is known within days; whoever makes up addresses is stopped.
pub const NEW_PAGES_A_DAY: u32 = 5_000;

/// The name of a presentation: sites choose their response ids by themselves.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ResponseKey {
    pub site: SiteKey,
    pub id: Uuid,
}

/// What is stored, as far as a group of items has to do with it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Those sites that there still are.
    pub ledgers: HashMap<SiteKey, Ledger>,
    pub presentations: HashMap<ResponseKey, Presentation>,
    /// Those of the group's pages that something has been counted on before.
    pub pages: HashSet<(SiteKey, String)>,
}

/// What a site's next answers and pages go by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ledger {
    pub next_number: i64,
    /// How many more new pages the day has room for.
    pub room_for_pages: u32,
}

/// What is stored of one presentation: one time that a survey met a visitor.
#[derive(Clone, PartialEq, Debug)]
pub struct Presentation {
    pub anchor: Arc<Anchor>,
    pub stages: Stages,
    pub flags: Flags,
    pub standing: Standing,
    pub response: Option<KnownResponse>,
}

/// What is stored of a visitor's answers, as far as counting needs it.
#[derive(Clone, PartialEq, Debug)]
pub struct KnownResponse {
    pub number: i64,
    pub rev: u32,
    pub bins: BTreeSet<Bin>,
}

/// Whether a presentation is in the figures. Stored as a number, so what a number means never changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Standing {
    /// Unless there is a doubt about it.
    #[default]
    ByDoubts = 0,
    /// Somebody of the team says that it counts.
    Counted = 1,
    /// Somebody of the team says that it does not.
    Apart = 2,
    /// Its answers are gone for good. What is left keeps it from coming back, should it be sent again.
    Erased = 3,
}

impl Standing {
    pub fn code(self) -> i64 {
        self as i64
    }

    /// Reads what [`Standing::code`] wrote.
    pub fn from_code(code: i64) -> Option<Self> {
        [Self::ByDoubts, Self::Counted, Self::Apart, Self::Erased].into_iter().find(|standing| standing.code() == code)
    }

    /// Whether what has such flags is in the figures.
    pub fn counts(self, flags: Flags) -> bool {
        match self {
            Self::ByDoubts => flags.is_none(),
            Self::Counted => true,
            Self::Apart | Self::Erased => false,
        }
    }
}

impl From<StandingReport> for Standing {
    fn from(settled: StandingReport) -> Self {
        match settled {
            StandingReport::ByDoubts => Self::ByDoubts,
            StandingReport::Counted => Self::Counted,
            StandingReport::Apart => Self::Apart,
        }
    }
}

/// As the API tells it. What is erased has no answer that could be told of.
impl From<Standing> for StandingReport {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::ByDoubts => Self::ByDoubts,
            Standing::Counted => Self::Counted,
            Standing::Apart | Standing::Erased => Self::Apart,
        }
    }
}

impl Presentation {
    fn new(anchor: Arc<Anchor>) -> Self {
        let (stages, flags, standing) = (Stages::default(), Flags::NONE, Standing::default());
        Self { anchor, stages, flags, standing, response: None }
    }

    /// The same, after somebody has said what is to become of it.
    pub fn with_standing(self, standing: Standing) -> Self {
        Self { standing, ..self }
    }

    /// What is left of it when its answers are gone: enough to know it by, if it is sent again, and nothing of the visitor.
    pub fn erased(self) -> Self {
        let anchor = Anchor { segment: Segment::default(), ..(*self.anchor).clone() };
        Self { anchor: Arc::new(anchor), standing: Standing::Erased, response: None, ..self }
    }

    fn is_counted(&self) -> bool {
        self.standing.counts(self.flags)
    }
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

    /// In the order in which they are counted; never changes.
    pub const ALL: [Self; 6] =
        [Self::ELIGIBLE, Self::SHOWN, Self::STARTED, Self::ANSWERED, Self::COMPLETED, Self::DISMISSED];

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

    /// One for each stage that was reached.
    pub fn reached(self) -> [i64; 6] {
        Self::ALL.map(|stage| self.contains(stage).into())
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
    #[error("this response id belongs to another survey or version; each showing needs an id of its own")]
    OtherSurvey,
    #[error("there is no such site any more; take its snippet out of the page")]
    SiteRemoved,
}

/// How each of several items ends, in their order.
pub type Verdicts = Vec<Result<Kept, Conflict>>;

/// What changes in the counts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Changes {
    points: BTreeMap<PointKey, i64>,
    reached: BTreeMap<Arc<Anchor>, [i64; 6]>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PointKey {
    pub anchor: Arc<Anchor>,
    pub question: QuestionId,
    /// A point, or the place of a choice: see [`survey::accept::AcceptedValue::bins`].
    pub point: u8,
}

impl Changes {
    /// Takes what a presentation added to the counts, and adds what it does now.
    pub fn replace(&mut self, before: Option<&Presentation>, after: &Presentation) {
        if let Some(before) = before {
            self.add(before, -1);
        }
        self.add(after, 1);
    }

    fn add(&mut self, presentation: &Presentation, times: i64) {
        if !presentation.is_counted() {
            return;
        }
        let reached = self.reached.entry(presentation.anchor.clone()).or_default();
        reached.iter_mut().zip(presentation.stages.reached()).for_each(|(sum, one)| *sum += times * one);
        for (question, point) in presentation.response.iter().flat_map(|response| &response.bins) {
            let key = PointKey { anchor: presentation.anchor.clone(), question: question.clone(), point: *point };
            *self.points.entry(key).or_default() += times;
        }
    }

    /// What to add to the count of each point, never zero; in the order of the keys, so that two who write wait for each other
    /// and not in a circle.
    pub fn points(&self) -> impl Iterator<Item = (&PointKey, i64)> {
        self.points.iter().map(|(key, change)| (key, *change)).filter(|(_, change)| *change != 0)
    }

    /// How many more presentations reached each of [`Stages::ALL`]; likewise.
    pub fn funnel(&self) -> impl Iterator<Item = (&Anchor, &[i64; 6])> {
        self.reached.iter().map(|(anchor, change)| (&**anchor, change)).filter(|(_, change)| **change != [0; 6])
    }

    /// How many more visitors answered each survey.
    pub fn answered(&self) -> BTreeMap<(&SiteKey, &SurveyId), i64> {
        let mut sums = BTreeMap::new();
        for (anchor, [_, _, _, answered, ..]) in self.funnel() {
            *sums.entry((&anchor.site, &anchor.survey)).or_default() += answered;
        }
        sums.retain(|_, change| *change != 0);
        sums
    }
}

/// What a group of items comes to.
#[derive(Debug, Default)]
pub struct Plan {
    /// One for each item, in their order.
    pub verdicts: Verdicts,
    /// Pages that nothing was counted on before, each with today.
    pub pages: Vec<(SiteKey, String, Day)>,
    /// The state of every presentation that is new.
    pub new_presentations: Vec<(ResponseKey, Presentation)>,
    /// The state of every presentation that has changed.
    pub presentations: Vec<(ResponseKey, Presentation)>,
    /// Every response that is new.
    pub new_responses: Vec<ResponseState>,
    /// The latest revision of every response that has changed.
    pub responses: Vec<ResponseState>,
    /// From where each site goes on numbering.
    pub next_numbers: Vec<(SiteKey, i64)>,
    pub changes: Changes,
}

#[derive(Clone, Debug)]
pub struct ResponseState {
    pub number: i64,
    pub is_new: bool,
    pub anchor: Arc<Anchor>,
    pub submission: Box<Accepted>,
    /// Whether any revision was: who goes back from an ending's form has answered everything all the same.
    pub is_completed: bool,
    /// What it can be found by, if it has words.
    pub said: Option<Box<Said>>,
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

/// Plans a group.
pub fn plan(known: Known, items: Vec<Item>) -> Plan {
    let mut group = Group { known, ..Group::default() };
    let verdicts = items.into_iter().map(|item| group.enter(item)).collect();
    group.close(verdicts)
}

/// The group's changes so far.
#[derive(Default)]
struct Group {
    known: Known,
    /// Those that changed, with what is stored of them: in the order of their keys, like all that is written.
    before: BTreeMap<ResponseKey, Option<Presentation>>,
    revised: BTreeMap<ResponseKey, ResponseState>,
    new_pages: BTreeMap<(SiteKey, String), Day>,
    numbered: BTreeMap<SiteKey, i64>,
}

impl Group {
    fn enter(&mut self, item: Item) -> Result<Kept, Conflict> {
        let key = ResponseKey { site: item.site.clone(), id: item.response_id() };
        if !self.known.ledgers.contains_key(&key.site) {
            return Err(Conflict::SiteRemoved);
        }
        let stored = self.known.presentations.remove(&key);
        let presentation = match stored.clone() {
            Some(presentation) => presentation,
            None => Presentation::new(Arc::new(self.anchor_of(&item))),
        };
        let (verdict, presentation) = self.enter_into(presentation, &key, item);
        if verdict == Ok(Kept::Stored) {
            self.before.entry(key.clone()).or_insert(stored);
        }
        self.known.presentations.insert(key, presentation);
        verdict
    }

    fn enter_into(
        &mut self,
        presentation: Presentation,
        key: &ResponseKey,
        item: Item,
    ) -> (Result<Kept, Conflict>, Presentation) {
        let sent = item.presentation();
        if (&presentation.anchor.survey, presentation.anchor.version) != (&sent.survey, sent.version) {
            return (Err(Conflict::OtherSurvey), presentation);
        }
        if presentation.standing == Standing::Erased {
            return (Ok(Kept::Duplicate), presentation);
        }
        match &item.event {
            AcceptedEvent::Exposure(exposure) => {
                advance(presentation, exposure.stage.into(), item.flags, &segment_of(&item))
            }
            AcceptedEvent::Submission(_) => self.revise(presentation, key, item),
        }
    }

    fn revise(
        &mut self,
        presentation: Presentation,
        key: &ResponseKey,
        item: Item,
    ) -> (Result<Kept, Conflict>, Presentation) {
        let (flags, answered_at, received_at) = (item.flags, item.happened_at, item.received_at);
        let segment = segment_of(&item);
        let (band, said) = (item.band, item.said);
        let AcceptedEvent::Submission(submission) = item.event else { return (Ok(Kept::Duplicate), presentation) };
        let rev = submission.rev;
        match &presentation.response {
            Some(stored) if stored.rev == rev => return (Ok(Kept::Duplicate), presentation),
            Some(stored) if stored.rev > rev => {
                return (Err(Conflict::StaleRev { sent: rev, stored: stored.rev }), presentation);
            }
            _ => {}
        }
        let number = match &presentation.response {
            Some(stored) => stored.number,
            None => self.next_number(&key.site),
        };
        let is_new = match self.revised.get(key) {
            Some(earlier) => earlier.is_new,
            None => presentation.response.is_none(),
        };
        let stage = if submission.completed { Stages::COMPLETED } else { Stages::ANSWERED };
        let (_, mut presentation) = advance(presentation, stage, flags, &segment);
        presentation.response = Some(KnownResponse { number, rev, bins: bins_of(&submission) });
        presentation.anchor = scored(presentation.anchor, band);
        let anchor = presentation.anchor.clone();
        let is_completed = presentation.stages.contains(Stages::COMPLETED);
        let state = ResponseState { number, is_new, anchor, submission, is_completed, said, answered_at, received_at };
        self.revised.insert(key.clone(), state);
        (Ok(Kept::Stored), presentation)
    }

    fn next_number(&mut self, site: &SiteKey) -> i64 {
        // Every item's site has a ledger: `enter` has looked.
        let ledger = self.known.ledgers.get_mut(site);
        let number = ledger.map_or(1, |ledger| {
            ledger.next_number += 1;
            ledger.next_number - 1
        });
        self.numbered.insert(site.clone(), number + 1);
        number
    }

    fn anchor_of(&mut self, item: &Item) -> Anchor {
        let sent = item.presentation();
        Anchor {
            site: item.site.clone(),
            survey: sent.survey.clone(),
            version: sent.version,
            page: self.page_of(item),
            day: item.day,
            segment: segment_of(item),
        }
    }

    /// The page, if it is known or the day has room for one more: so that nobody makes the counts grow without end.
    fn page_of(&mut self, item: &Item) -> String {
        let page = (item.site.clone(), item.presentation().page.to_string());
        if self.known.pages.contains(&page) {
            return page.1;
        }
        // A doubtful one leaves half of the room to the others.
        let kept_free = if item.flags.is_none() { 0 } else { NEW_PAGES_A_DAY / 2 };
        let ledger = self.known.ledgers.get_mut(&item.site);
        let Some(ledger) = ledger.filter(|ledger| ledger.room_for_pages > kept_free) else {
            return OTHERS.to_owned();
        };
        ledger.room_for_pages -= 1;
        self.known.pages.insert(page.clone());
        self.new_pages.insert(page.clone(), day_of(item.received_at));
        page.1
    }

    fn close(mut self, verdicts: Verdicts) -> Plan {
        let mut plan = Plan { verdicts, ..Plan::default() };
        for (key, before) in self.before {
            if let Some(after) = self.known.presentations.remove(&key) {
                plan.changes.replace(before.as_ref(), &after);
                let written = if before.is_none() { &mut plan.new_presentations } else { &mut plan.presentations };
                written.push((key, after));
            }
        }
        (plan.new_responses, plan.responses) = self.revised.into_values().partition(|response| response.is_new);
        plan.pages = self.new_pages.into_iter().map(|((site, page), day)| (site, page, day)).collect();
        plan.next_numbers = self.numbered.into_iter().collect();
        plan
    }
}

/// Lets a presentation get further, or into doubt.
fn advance(
    presentation: Presentation,
    stage: Stages,
    flags: Flags,
    segment: &Segment,
) -> (Result<Kept, Conflict>, Presentation) {
    let (stages, flags) = (presentation.stages.with(stage), presentation.flags.with(flags));
    if (stages, flags) == (presentation.stages, presentation.flags) {
        return (Ok(Kept::Duplicate), presentation);
    }
    let anchor = match presentation.anchor.segment.completed_with(segment) {
        Some(segment) => Arc::new(Anchor { segment, ..(*presentation.anchor).clone() }),
        None => presentation.anchor,
    };
    (Ok(Kept::Stored), Presentation { anchor, stages, flags, ..presentation })
}

/// Counted among those whose score is in a band.
fn scored(anchor: Arc<Anchor>, band: Option<Band>) -> Arc<Anchor> {
    let segment = anchor.segment.with(BAND, band.map_or("", Band::as_str));
    if segment == anchor.segment { anchor } else { Arc::new(Anchor { segment, ..(*anchor).clone() }) }
}

/// What is known of the visitor.
fn segment_of(item: &Item) -> Segment {
    let presentation = item.presentation();
    let visit = &presentation.visit;
    let language = primary_tag(&visit.language);
    let of_all = [
        ("country", item.country.as_deref().unwrap_or_default()),
        ("device", visit.device.as_str()),
        ("language", language.as_str()),
        ("signal", visit.signal.map_or("", |signal| signal.as_str())),
    ];
    let told = presentation.told.iter().map(|(dimension, value)| (dimension.as_str(), value.as_str()));
    Segment::of(of_all.into_iter().chain(told))
}

fn bins_of(submission: &Accepted) -> BTreeSet<Bin> {
    let answers = submission.answers.iter();
    answers.flat_map(|answer| answer.value.bins().into_iter().map(|bin| (answer.question.clone(), bin))).collect()
}

#[cfg(test)]
mod tests;

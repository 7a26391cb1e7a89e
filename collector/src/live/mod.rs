//! What is live: every site with its surveys, in memory, so that no delivery and no answer asks the database for them.
//!
//! A [`Snapshot`] never changes. When somebody publishes or settles something, in this process or another, when a survey has all
//! its answers or its end has passed, the next look of the [`Watcher`] (once a second) makes a new snapshot and puts it in the place
//! of the old one. Answers to a survey that is not delivered any more are taken all the same: nobody who was asked loses what they
//! wrote.

pub mod configs;
pub mod loader;
mod watcher;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use survey::accept::{Refusal, SiteRules};
use survey::api::SurveyState;
use survey::definition::{QuestionId, QuestionKind, Scale, SiteKey, Survey, SurveyId};

use crate::assets::Assets;
use crate::clock::{self, Day, UnixMs, Zone};
use crate::origin::Origin;
use crate::store::{Answered, KeyRecord, SiteRecord, SiteWithSurveys, Store, StoreError, SurveyRecord};
use configs::Unwritable;
use loader::Delivered;

pub use watcher::{NotReadable, Watcher};

/// Why there is no snapshot of what is published.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    #[error("the database does not answer")]
    NoAnswer,
}

/// Every site, as of some moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    sites: HashMap<SiteKey, Arc<LiveSite>>,
    /// Whose each key is that pages name their site by.
    keys: HashMap<SiteKey, (KeyRecord, Arc<LiveSite>)>,
}

/// One site and all that is needed to serve it.
#[derive(Debug)]
pub struct LiveSite {
    pub record: SiteRecord,
    /// Those that pages name it by, the newest last. None while it is being removed: nothing is delivered or taken any more.
    pub keys: Vec<KeyRecord>,
    pub rules: SiteRules,
    /// The newest version of each survey, in the order of their priority.
    pub current: Vec<CurrentSurvey>,
    /// Where its days begin and end.
    pub zone: Zone,
    versions: HashMap<SurveyId, BTreeMap<u32, Survey>>,
    /// What its pages fetch; none where the widget has not been built.
    pub delivered: Option<Delivered>,
}

/// The newest version of a survey.
#[derive(Debug)]
pub struct CurrentSurvey {
    pub id: SurveyId,
    pub version: u32,
    /// What it says; or why this version of Pagepoll cannot read it.
    pub definition: Result<Survey, String>,
    lifecycle: Lifecycle,
    /// When the snapshot was made.
    state: SurveyState,
}

/// What somebody has decided about a survey.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifecycle {
    Admitted,
    Paused,
    Archived,
}

impl Lifecycle {
    /// Whatever is archived is paused as well.
    pub fn of(is_paused: bool, is_archived: bool) -> Self {
        match (is_archived, is_paused) {
            (true, _) => Self::Archived,
            (false, true) => Self::Paused,
            (false, false) => Self::Admitted,
        }
    }
}

impl CurrentSurvey {
    pub fn new(newest: SurveyRecord, lifecycle: Lifecycle) -> Self {
        let SurveyRecord { id, version, definition, .. } = newest;
        Self { id, version, definition, lifecycle, state: SurveyState::NotUnderstood }
    }

    /// Whether it is delivered at a moment, and if not, why.
    pub fn state_at(&self, answered: u64, now: UnixMs) -> SurveyState {
        if self.lifecycle == Lifecycle::Archived {
            return SurveyState::Archived;
        }
        let Ok(survey) = &self.definition else { return SurveyState::NotUnderstood };
        if self.lifecycle == Lifecycle::Paused {
            SurveyState::Paused
        } else if survey.ends_at().is_some_and(|end| now >= end.0) {
            SurveyState::Ended
        } else if survey.quota().is_some_and(|quota| answered >= u64::from(quota)) {
            SurveyState::QuotaFull
        } else if survey.starts_at().is_some_and(|start| now < start.0) {
            SurveyState::Scheduled
        } else {
            SurveyState::Running
        }
    }

    /// What pages are sent: also what is still to start, so that it starts on time wherever it is kept.
    fn deliverable(&self) -> Option<&Survey> {
        let is_delivered = matches!(self.state, SurveyState::Running | SurveyState::Scheduled);
        self.definition.as_ref().ok().filter(|_| is_delivered)
    }
}

impl Snapshot {
    pub fn new(
        records: Vec<SiteWithSurveys>,
        answered: &Answered,
        now: UnixMs,
        assets: &Assets,
    ) -> Result<Self, Unwritable> {
        let sites = records.into_iter().map(|record| LiveSite::new(record, answered, now, assets));
        let sites = sites.map(|site| site.map(|site| (site.key().clone(), Arc::new(site))));
        let sites: HashMap<_, _> = sites.collect::<Result<_, _>>()?;
        let keys_of = |site: &Arc<LiveSite>| {
            let keys = site.keys.iter().map(|record| (record.key.clone(), (record.clone(), Arc::clone(site))));
            keys.collect::<Vec<_>>()
        };
        let keys = sites.values().flat_map(keys_of).collect();
        Ok(Self { sites, keys })
    }

    /// What is live now, for a program that delivers nothing to pages.
    pub async fn of_store(store: &Store, now: UnixMs) -> Result<Self, SnapshotError> {
        let (records, answered) = (store.sites_with_surveys().await?, store.answered().await?);
        Ok(Self::new(records, &answered, now, &Assets::default())?)
    }

    /// A site by its permanent name.
    pub fn site(&self, key: &SiteKey) -> Option<&Arc<LiveSite>> {
        self.sites.get(key)
    }

    /// A site by a key that its pages name it by, unless that has retired.
    pub fn site_of(&self, key: &SiteKey, now: UnixMs) -> Option<&Arc<LiveSite>> {
        self.keys.get(key).filter(|(record, _)| record.works_at(now)).map(|(_, site)| site)
    }

    /// Whether some survey has started, ended or got its last answer since.
    fn is_outdated(&self, answered: &Answered, now: UnixMs) -> bool {
        let has_changed =
            |site: &LiveSite| site.current.iter().any(|current| site.state_of(current, answered, now) != current.state);
        self.sites.values().any(|site| has_changed(site))
    }

    /// Those that were published by a newer version: site, survey, version, and what is not understood.
    fn not_understood(&self) -> impl Iterator<Item = (&SiteKey, &CurrentSurvey, &str)> {
        self.sites.values().flat_map(|site| {
            let unread = |current| Some((site.key(), current, CurrentSurvey::definition_error(current)?));
            site.current.iter().filter_map(unread)
        })
    }
}

impl CurrentSurvey {
    fn definition_error(&self) -> Option<&str> {
        self.definition.as_ref().err().map(String::as_str)
    }
}

impl LiveSite {
    fn new(stored: SiteWithSurveys, answered: &Answered, now: UnixMs, assets: &Assets) -> Result<Self, Unwritable> {
        let SiteWithSurveys { site, surveys, paused, archived, keys } = stored;
        let hosts = site.origins.iter().filter_map(|origin| origin.parse::<Origin>().ok());
        let rules = SiteRules {
            hosts: hosts.map(|origin| origin.page_host()).collect(),
            keep_query: site.settings.keep_query.clone(),
            dimensions: site.settings.dimensions.clone(),
        };
        let current = newest_of_each(&surveys).into_iter().map(|newest| {
            let lifecycle = Lifecycle::of(paused.contains(&newest.id), archived.contains(&newest.id));
            CurrentSurvey::new(newest, lifecycle)
        });
        let current = in_order_of_priority(current.collect());
        let mut versions: HashMap<SurveyId, BTreeMap<u32, Survey>> = HashMap::new();
        for SurveyRecord { id, version, definition, .. } in surveys {
            if let Ok(survey) = definition {
                versions.entry(id).or_default().insert(version, survey);
            }
        }
        let zone = Zone::named(&site.settings.time_zone);
        let mut live = Self { record: site, keys, rules, current, versions, zone, delivered: None };
        live.settle_states(answered, now);
        if let Some(widget) = assets.widget() {
            live.delivered = Some(Delivered::new(&live, widget, assets.styles())?);
        }
        Ok(live)
    }

    /// The day that it is there, as the site's reports count days.
    pub fn today(&self) -> Day {
        self.zone.day_of(clock::now())
    }

    /// Its permanent name.
    pub fn key(&self) -> &SiteKey {
        &self.record.key
    }

    /// Whether it is what somebody names: its permanent name, or a key of its own.
    pub fn is_named(&self, name: &SiteKey) -> bool {
        self.record.key == *name || self.keys.iter().any(|record| record.key == *name)
    }

    /// What belongs into the snippet.
    pub fn newest_key(&self) -> &SiteKey {
        self.keys.last().map_or(&self.record.key, |newest| &newest.key)
    }

    fn settle_states(&mut self, answered: &Answered, now: UnixMs) {
        let states: Vec<_> = self.current.iter().map(|current| self.state_of(current, answered, now)).collect();
        self.current.iter_mut().zip(states).for_each(|(current, state)| current.state = state);
    }

    /// Whether one of its surveys is delivered at a moment, and if not, why.
    pub fn state_of(&self, survey: &CurrentSurvey, answered: &Answered, now: UnixMs) -> SurveyState {
        survey.state_at(self.answers_of(survey, answered), now)
    }

    /// How many visitors have answered one of its surveys.
    pub fn answers_of(&self, survey: &CurrentSurvey, answered: &Answered) -> u64 {
        answered.get(&(self.record.key.clone(), survey.id.clone())).copied().unwrap_or_default()
    }

    /// The surveys that its pages are sent, in the order of their priority.
    pub fn deliverable(&self) -> impl Iterator<Item = &Survey> {
        self.current.iter().filter_map(CurrentSurvey::deliverable)
    }

    /// The survey that an event speaks of.
    pub fn survey(&self, id: &SurveyId, version: u32) -> Result<&Survey, Refusal> {
        let versions = self.versions.get(id).ok_or_else(|| Refusal::UnknownSurvey(id.clone()))?;
        versions.get(&version).ok_or_else(|| {
            let newest = versions.last_key_value().map_or(0, |(newest, _)| *newest);
            Refusal::UnknownVersion { survey: id.clone(), version, newest }
        })
    }

    /// Every version of a survey that can be read here, the newest first.
    pub fn versions_of(&self, id: &SurveyId) -> Vec<&Survey> {
        self.versions.get(id).into_iter().flat_map(|versions| versions.values().rev()).collect()
    }

    /// The scale of a question that was published at some time.
    pub fn scale(&self, survey: &SurveyId, version: u32, question: &QuestionId) -> Option<&Scale> {
        match &self.survey(survey, version).ok()?.question(question)?.kind {
            QuestionKind::Score { scale, .. } => Some(scale),
            _ => None,
        }
    }

    /// Whether a page of the site sent this `Origin` header.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.record.origins.iter().any(|own| own == origin)
    }
}

/// In the order in which each was first published.
fn newest_of_each(surveys: &[SurveyRecord]) -> Vec<SurveyRecord> {
    let mut newest: Vec<SurveyRecord> = Vec::new();
    for survey in surveys {
        match newest.iter_mut().find(|earlier| earlier.id == survey.id) {
            Some(earlier) => *earlier = survey.clone(),
            None => newest.push(survey.clone()),
        }
    }
    newest
}

/// Of equals, the one first published stays first.
fn in_order_of_priority(mut surveys: Vec<CurrentSurvey>) -> Vec<CurrentSurvey> {
    surveys.sort_by_key(|current| Reverse(current.definition.as_ref().map_or(i8::MIN, Survey::priority)));
    surveys
}

//! What is published: every site with its surveys, in memory, so that no delivery and no answer asks the database for them.
//!
//! A [`Published`] is a snapshot that never changes. When somebody publishes or settles something, in this process or another,
//! when a survey has all its answers or its end has passed, the next look at the database (once a second) makes a new
//! snapshot and puts it in the place of the old one. Answers to a survey that is not delivered any more are taken all the
//! same: nobody who was asked loses what they wrote.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use survey::accept::{Refusal, SiteRules};
use survey::api::SurveyState;
use survey::definition::{QuestionId, QuestionKind, Scale, SiteKey, Survey, SurveyId};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout};

use crate::assets::Assets;
use crate::clock::{self, UnixMs};
use crate::deliver::configs::Unwritable;
use crate::deliver::loader::Delivered;
use crate::origin::Origin;
use crate::store::{Answered, KeyRecord, PublishedRecord, SiteRecord, Store, StoreError, SurveyRecord};
use crate::telemetry;

/// How often the database is asked whether something was published.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long after one look the next may begin, when somebody asks for it.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// How long somebody who asks waits for the database.
const LOOK_WITHIN: Duration = Duration::from_millis(1_500);

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

/// The database could not be asked what is published. The log says why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("what is published cannot be read at the moment")]
pub struct NotReadable;

/// Every site, as of some moment.
#[derive(Debug, Default)]
pub struct Published {
    sites: HashMap<SiteKey, Arc<PublishedSite>>,
    /// Whose each key is that pages name their site by.
    keys: HashMap<SiteKey, (KeyRecord, Arc<PublishedSite>)>,
}

/// One site and all that is needed to serve it.
#[derive(Debug)]
pub struct PublishedSite {
    pub site: SiteRecord,
    /// Those that pages name it by; the newest last, and never none.
    pub keys: Vec<KeyRecord>,
    pub rules: SiteRules,
    /// The newest version of each survey, in the order of their priority.
    pub current: Vec<CurrentSurvey>,
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
    is_stopped: bool,
    /// When the snapshot was made.
    state: SurveyState,
}

impl CurrentSurvey {
    fn new(newest: SurveyRecord, is_stopped: bool) -> Self {
        let SurveyRecord { id, version, definition } = newest;
        Self { id, version, definition, is_stopped, state: SurveyState::NotUnderstood }
    }

    /// Whether it is delivered at a moment, and if not, why.
    pub fn state_at(&self, answered: u64, now: UnixMs) -> SurveyState {
        let Ok(survey) = &self.definition else { return SurveyState::NotUnderstood };
        if self.is_stopped {
            SurveyState::Stopped
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

impl Published {
    pub fn new(
        records: Vec<PublishedRecord>,
        answered: &Answered,
        now: UnixMs,
        assets: &Assets,
    ) -> Result<Self, Unwritable> {
        let sites = records.into_iter().map(|record| PublishedSite::new(record, answered, now, assets));
        let sites = sites.map(|site| site.map(|site| (site.site.key.clone(), Arc::new(site))));
        let sites: HashMap<_, _> = sites.collect::<Result<_, _>>()?;
        let keys_of = |site: &Arc<PublishedSite>| {
            let keys = site.keys.iter().map(|record| (record.key.clone(), (record.clone(), Arc::clone(site))));
            keys.collect::<Vec<_>>()
        };
        let keys = sites.values().flat_map(keys_of).collect();
        Ok(Self { sites, keys })
    }

    /// A site by its permanent name.
    pub fn site(&self, key: &SiteKey) -> Option<&Arc<PublishedSite>> {
        self.sites.get(key)
    }

    /// A site by a key that its pages name it by, unless that has retired.
    pub fn site_of(&self, key: &SiteKey, now: UnixMs) -> Option<&Arc<PublishedSite>> {
        self.keys.get(key).filter(|(record, _)| record.works_at(now)).map(|(_, site)| site)
    }

    /// Whether some survey has started, ended or got its last answer since.
    fn is_outdated(&self, answered: &Answered, now: UnixMs) -> bool {
        let has_changed = |site: &PublishedSite| {
            site.current.iter().any(|current| site.state_of(current, answered, now) != current.state)
        };
        self.sites.values().any(|site| has_changed(site))
    }

    /// Those that were published by a newer version: site, survey, version, and what is not understood.
    fn not_understood(&self) -> impl Iterator<Item = (&SiteKey, &CurrentSurvey, &str)> {
        self.sites.values().flat_map(|site| {
            let unread = |current| Some((&site.site.key, current, CurrentSurvey::definition_error(current)?));
            site.current.iter().filter_map(unread)
        })
    }
}

impl CurrentSurvey {
    fn definition_error(&self) -> Option<&str> {
        self.definition.as_ref().err().map(String::as_str)
    }
}

impl PublishedSite {
    fn new(record: PublishedRecord, answered: &Answered, now: UnixMs, assets: &Assets) -> Result<Self, Unwritable> {
        let PublishedRecord { site, surveys, stopped, mut keys } = record;
        if keys.is_empty() {
            // Of a site that has not got one yet, pages say its name.
            keys.push(KeyRecord { key: site.key.clone(), retires_at: None });
        }
        let hosts = site.origins.iter().filter_map(|origin| origin.parse::<Origin>().ok());
        let rules = SiteRules {
            hosts: hosts.map(|origin| origin.page_host()).collect(),
            keep_query: site.settings.keep_query.clone(),
        };
        let current = newest_of_each(&surveys).into_iter().map(|newest| {
            let is_stopped = stopped.contains(&newest.id);
            CurrentSurvey::new(newest, is_stopped)
        });
        let current = in_order_of_priority(current.collect());
        let mut versions: HashMap<SurveyId, BTreeMap<u32, Survey>> = HashMap::new();
        for SurveyRecord { id, version, definition } in surveys {
            if let Ok(survey) = definition {
                versions.entry(id).or_default().insert(version, survey);
            }
        }
        let mut published = Self { site, keys, rules, current, versions, delivered: None };
        published.settle_states(answered, now);
        if let Some(widget) = assets.widget() {
            published.delivered = Some(Delivered::new(&published, widget, assets.styles())?);
        }
        Ok(published)
    }

    /// Whether it is what somebody names: its permanent name, or a key of its own.
    pub fn is_named(&self, name: &SiteKey) -> bool {
        self.site.key == *name || self.keys.iter().any(|record| record.key == *name)
    }

    /// What belongs into the snippet.
    pub fn newest_key(&self) -> &SiteKey {
        self.keys.last().map_or(&self.site.key, |newest| &newest.key)
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
        answered.get(&(self.site.key.clone(), survey.id.clone())).copied().unwrap_or_default()
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

    /// The scale of a question that was published at some time.
    pub fn scale(&self, survey: &SurveyId, version: u32, question: &QuestionId) -> Option<&Scale> {
        match &self.survey(survey, version).ok()?.question(question)?.kind {
            QuestionKind::Score { scale, .. } => Some(scale),
            _ => None,
        }
    }

    /// Whether a page of the site sent this `Origin` header.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.site.origins.iter().any(|own| own == origin)
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

/// The present snapshot, shared by all who serve.
#[derive(Clone)]
pub struct Publications {
    present: Arc<ArcSwap<Published>>,
    /// Held by whoever looks.
    look: Arc<Mutex<Look>>,
    store: Arc<Store>,
    assets: Arc<Assets>,
}

impl Publications {
    /// Reads what is published, and from then on keeps looking for more.
    pub async fn follow(store: Arc<Store>, assets: Arc<Assets>) -> Result<Self, SnapshotError> {
        // Counted before reading: what is published in between is read again, and not missed.
        let seen = store.publications().await?;
        let look = Look { seen, told: HashSet::new(), begun: Instant::now(), is_good: true };
        let publications = Self { present: Arc::default(), look: Arc::new(Mutex::new(look)), store, assets };
        let answered = publications.store.answered().await?;
        publications.read_anew(&mut *publications.look.lock().await, &answered, clock::now()).await?;
        telemetry::snapshot_is_fresh(clock::now());
        tokio::spawn(publications.clone().keep_looking());
        Ok(publications)
    }

    pub fn present(&self) -> Arc<Published> {
        self.present.load_full()
    }

    /// The snapshot with some sites that the store knows: it looks once more if one of them is not in the present one yet.
    pub async fn with_sites(&self, keys: &[SiteKey]) -> Arc<Published> {
        let present = self.present();
        if keys.iter().all(|key| present.site(key).is_some()) {
            return present;
        }
        // If it cannot, the site comes with a later look.
        let _ = self.look_now().await;
        self.present()
    }

    /// Looks at once, for somebody to whom the present snapshot seems too old. However many ask, at most one look is under way,
    /// and one that began after somebody asked serves them, too.
    pub async fn look_now(&self) -> Result<(), NotReadable> {
        let asked = Instant::now();
        let mut look = self.look.lock().await;
        if look.begun < asked {
            sleep_until(look.begun + LOOK_AGAIN_AFTER).await;
            self.look_once(&mut look).await;
        }
        if look.is_good { Ok(()) } else { Err(NotReadable) }
    }

    async fn keep_looking(self) {
        // Ends when nobody but this task holds the snapshot any more: the servers are gone.
        while Arc::strong_count(&self.present) > 1 {
            tokio::time::sleep(LOOK_EVERY).await;
            self.look_once(&mut *self.look.lock().await).await;
        }
    }

    async fn look_once(&self, look: &mut Look) {
        // If whoever looks is gone before it is over, nothing has been seen.
        (look.begun, look.is_good) = (Instant::now(), false);
        match self.look_over(look).await {
            Ok(()) => {
                look.is_good = true;
                telemetry::snapshot_is_fresh(clock::now());
            }
            // What is being served stays; the next look may succeed.
            Err(error) => tracing::warn!(%error, "cannot serve what may have been newly published"),
        }
    }

    async fn look_over(&self, look: &mut Look) -> Result<(), SnapshotError> {
        let seen = async { Ok::<_, StoreError>((self.store.publications().await?, self.store.answered().await?)) };
        let (publications, answered) = timeout(LOOK_WITHIN, seen).await.map_err(|_| SnapshotError::NoAnswer)??;
        let now = clock::now();
        if publications != look.seen || self.present().is_outdated(&answered, now) {
            self.read_anew(look, &answered, now).await?;
            look.seen = publications;
            tracing::info!("serving what was newly published, settled, filled or ended");
        }
        Ok(())
    }

    async fn read_anew(&self, look: &mut Look, answered: &Answered, now: UnixMs) -> Result<(), SnapshotError> {
        let published = Published::new(self.store.published().await?, answered, now, &self.assets)?;
        look.tell_of_not_understood(&published);
        self.present.store(Arc::new(published));
        Ok(())
    }
}

/// What the last look saw, and what has been said about it.
#[derive(Debug)]
struct Look {
    seen: i64,
    told: HashSet<(SiteKey, SurveyId, u32)>,
    begun: Instant,
    is_good: bool,
}

impl Look {
    fn tell_of_not_understood(&mut self, published: &Published) {
        for (site, survey, reason) in published.not_understood() {
            if self.told.insert((site.clone(), survey.id.clone(), survey.version)) {
                tracing::warn!(
                    %site, survey = %survey.id, version = survey.version, reason,
                    "a survey is not understood, and not shown: a newer Pagepoll has published it; upgrade this one",
                );
            }
        }
    }
}

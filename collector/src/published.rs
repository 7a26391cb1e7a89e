//! What is published: every site with its surveys, in memory, so that no delivery and no answer asks the database for them.
//!
//! A [`Published`] is a snapshot that never changes. When somebody publishes something, in this process or another, the next
//! look at the database (once a second) makes a new snapshot and puts it in the place of the old one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use survey::accept::{Refusal, SiteRules};
use survey::definition::{QuestionId, QuestionKind, Scale, SiteKey, Survey, SurveyId};

use crate::assets::Assets;
use crate::deliver::loader::Delivered;
use crate::origin::Origin;
use crate::store::{PublishedRecord, SiteRecord, Store, StoreError};

/// How often the database is asked whether something was published.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Every site, as of some moment.
#[derive(Debug, Default)]
pub struct Published {
    sites: HashMap<SiteKey, Arc<PublishedSite>>,
}

/// One site and all that is needed to serve it.
#[derive(Debug)]
pub struct PublishedSite {
    pub site: SiteRecord,
    pub rules: SiteRules,
    /// The newest version of each survey, in the order of their priority.
    pub current: Vec<Survey>,
    versions: HashMap<SurveyId, BTreeMap<u32, Survey>>,
    /// What its pages fetch; none where the widget has not been built.
    pub delivered: Option<Delivered>,
}

impl Published {
    pub fn new(records: Vec<PublishedRecord>, assets: &Assets) -> Self {
        let sites = records.into_iter().map(|record| PublishedSite::new(record, assets));
        Self { sites: sites.map(|site| (site.site.key.clone(), Arc::new(site))).collect() }
    }

    pub fn site(&self, key: &SiteKey) -> Option<&Arc<PublishedSite>> {
        self.sites.get(key)
    }
}

impl PublishedSite {
    fn new(PublishedRecord { site, surveys }: PublishedRecord, assets: &Assets) -> Self {
        let hosts = site.origins.iter().filter_map(|origin| origin.parse::<Origin>().ok());
        let rules =
            SiteRules { hosts: hosts.map(|origin| origin.page_host()).collect(), keep_query: site.keep_query.clone() };
        let current = newest_of_each(&surveys);
        let mut versions: HashMap<SurveyId, BTreeMap<u32, Survey>> = HashMap::new();
        for survey in surveys {
            versions.entry(survey.id().clone()).or_default().insert(survey.version(), survey);
        }
        let delivered = assets.widget().map(|widget| Delivered::new(&site, &current, widget));
        Self { site, rules, current, versions, delivered }
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
            QuestionKind::Comment { .. } => None,
        }
    }

    /// Whether a page of the site sent this `Origin` header.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.site.origins.iter().any(|own| own == origin)
    }
}

/// In the order in which each was first published.
fn newest_of_each(surveys: &[Survey]) -> Vec<Survey> {
    let mut newest: Vec<Survey> = Vec::new();
    for survey in surveys {
        match newest.iter_mut().find(|earlier| earlier.id() == survey.id()) {
            Some(earlier) => *earlier = survey.clone(),
            None => newest.push(survey.clone()),
        }
    }
    newest
}

/// The present snapshot, shared by all who serve.
#[derive(Clone)]
pub struct Publications {
    present: Arc<ArcSwap<Published>>,
    store: Arc<Store>,
    assets: Arc<Assets>,
}

impl Publications {
    /// Reads what is published, and from then on keeps looking for more.
    pub async fn follow(store: Arc<Store>, assets: Arc<Assets>) -> Result<Self, StoreError> {
        // Counted before reading: what is published in between is read again, and not missed.
        let seen = store.publications().await?;
        let present = Published::new(store.published().await?, &assets);
        let publications = Self { present: Arc::new(ArcSwap::from_pointee(present)), store, assets };
        tokio::spawn(publications.clone().look(seen));
        Ok(publications)
    }

    pub fn present(&self) -> Arc<Published> {
        self.present.load_full()
    }

    async fn look(self, mut seen: i64) {
        // Ends when nobody but this task holds the snapshot any more: the servers are gone.
        while Arc::strong_count(&self.present) > 1 {
            tokio::time::sleep(LOOK_EVERY).await;
            match self.look_once(seen).await {
                Ok(now) => seen = now,
                // What is being served stays; the next look may succeed.
                Err(error) => tracing::warn!(%error, "cannot look for new publications"),
            }
        }
    }

    async fn look_once(&self, seen: i64) -> Result<i64, StoreError> {
        let now = self.store.publications().await?;
        if now != seen {
            self.present.store(Arc::new(Published::new(self.store.published().await?, &self.assets)));
            tracing::info!("serving what was newly published");
        }
        Ok(now)
    }
}

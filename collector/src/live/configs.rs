//! One site's surveys, in whatever languages its visitors read. Each is made when it is first asked for, and kept within bounds.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use survey::definition::{Language, Survey};
use survey::script::{languages_of, pick_language, script};
use survey::targeting::Condition;
use survey::wire::SiteConfig;

use crate::assets::Styles;
use crate::live::LiveSite;
use crate::representation::{Effort, Representation, content_hash};

/// How many are kept for one site. Visitors of any one site read few languages; who asks for more gets them made anew.
const KEPT: usize = 64;

/// How many of a visitor's languages are looked at.
const MAX_WANTED: usize = 5;

/// Why surveys cannot be delivered.
#[derive(Debug, thiserror::Error)]
#[error("the surveys of a site cannot be written for its pages: {0}")]
pub struct Unwritable(String);

/// What a site's pages fetch.
#[derive(Debug)]
pub struct Configs {
    /// Of all that could be delivered, in all languages, with every style sheet.
    hash: String,
    /// Those of each survey, in their order.
    languages: Vec<Vec<Language>>,
    fills_in_traits: bool,
    /// By the language of each survey.
    made: Mutex<HashMap<Vec<Language>, Representation>>,
}

impl Configs {
    /// Makes sure that all of it can be delivered.
    pub fn new(site: &LiveSite, styles: &Styles) -> Result<Self, Unwritable> {
        let languages: Vec<Vec<Language>> = site.deliverable().map(languages_of).collect();
        let each: BTreeSet<&Language> = languages.iter().flatten().collect();
        let (mut all, mut fills_in_traits) = (Vec::new(), false);
        for wanted in std::iter::once(None).chain(each.into_iter().cloned().map(Some)) {
            let config = config(site, wanted.as_slice(), styles);
            fills_in_traits |= config.scripts.iter().any(|script| script.traits().next().is_some());
            all.extend(written(&config)?);
        }
        Ok(Self { hash: content_hash(&all), languages, fills_in_traits, made: Mutex::default() })
    }

    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether some text, in some language, is filled in with what the page tells of its visitor.
    pub fn fills_in_traits(&self) -> bool {
        self.fills_in_traits
    }

    /// For a visitor who reads the wanted languages, the best first; nothing before [`Self::make`] has made it.
    pub fn kept(&self, wanted: &[Language]) -> Option<Representation> {
        self.lock().get(&self.spoken(wanted)).cloned()
    }

    /// Takes a while.
    pub fn make(&self, site: &LiveSite, wanted: &[Language], styles: &Styles) -> Result<Representation, Unwritable> {
        let effort = if self.lock().len() < KEPT { Effort::Best } else { Effort::Quick };
        let bytes = written(&config(site, wanted, styles))?;
        let made = Representation::compressed("application/octet-stream", bytes, effort);
        if effort == Effort::Best {
            self.lock().insert(self.spoken(wanted), made.clone());
        }
        Ok(made)
    }

    fn spoken(&self, wanted: &[Language]) -> Vec<Language> {
        self.languages.iter().map(|has| pick_language(has, wanted)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<Language>, Representation>> {
        // Nobody panics while holding it; what is behind it would be whole even then.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One survey alone, for whoever previews it: at once, whoever they are and whatever they have seen. Nothing of it is sent.
///
/// # Errors
/// If it cannot be written; then it could not be published either.
pub fn preview(
    site: &LiveSite,
    survey: Option<Survey>,
    wanted: &[Language],
    styles: &Styles,
) -> Result<Representation, Unwritable> {
    let survey = survey.map(|survey| survey.as_preview().map_err(|error| Unwritable(error.to_string()))).transpose()?;
    let config = SiteConfig { quiet_days: 0, ..config_of(site, survey.iter().collect(), wanted, styles) };
    Ok(Representation::compressed("application/octet-stream", written(&config)?, Effort::Quick))
}

/// Without languages, each survey speaks its own.
fn config(site: &LiveSite, wanted: &[Language], styles: &Styles) -> SiteConfig {
    config_of(site, site.deliverable().collect(), wanted, styles)
}

fn config_of(site: &LiveSite, surveys: Vec<&Survey>, wanted: &[Language], styles: &Styles) -> SiteConfig {
    let settings = &site.record.settings;
    let style = |name: &str| styles.get(name).to_owned();
    let script_of = |survey: &Survey| script(survey, wanted, &settings.theme, &style);
    SiteConfig {
        site: site.key().clone(),
        origins: site.record.origins.clone(),
        keep_query: settings.keep_query.clone(),
        storage: settings.storage,
        quiet_days: settings.quiet_days,
        told: Condition::are_known(settings.dimensions.iter().map(|dimension| dimension.field().clone())),
        surveys: surveys.iter().map(|survey| survey.candidate().clone()).collect(),
        scripts: surveys.into_iter().map(script_of).collect(),
        not_understood: Vec::new(),
    }
}

fn written(config: &SiteConfig) -> Result<Vec<u8>, Unwritable> {
    config.to_bytes().map_err(|error| Unwritable(error.to_string()))
}

/// The languages that a query names: `l=de-CH,de,en`. What is no language is passed over.
pub fn wanted(query: &str) -> Vec<Language> {
    let named = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "l");
    let tags = named.map(|(_, tags)| tags).unwrap_or_default();
    tags.split(',').filter_map(|tag| tag.trim().parse().ok()).take(MAX_WANTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_languages_are_five_at_most_and_what_is_none_is_passed_over() {
        let tags = |query| wanted(query).iter().map(Language::to_string).collect::<Vec<_>>();
        assert_eq!(tags("l=de-CH,,de,%3Cscript%3E,e,english,ru"), ["de-ch", "de", "ru"]);
        assert_eq!(tags("x=1&l=pt%2Den"), ["pt-en"]);
        assert_eq!(tags("l=aa,bb,cc,dd,ee,ff").len(), 5);
        assert!(tags("").is_empty() && tags("l").is_empty() && tags("l=%ff%00").is_empty());
    }
}

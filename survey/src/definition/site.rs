//! Settings of a site: what holds for all of its surveys.

use serde::{Deserialize, Serialize};

use super::Dimension;
use crate::page::{GroupError, PageGroup, Stage, StageError, check_groups, check_stages};
use crate::theme::{Theme, ThemeError};

/// The most query parameters that a site may keep.
const MAX_KEPT: usize = 20;
/// The most dimensions of a site's own.
const MAX_DIMENSIONS: usize = 7;
/// The longest quiet period: a year, in days.
const MAX_QUIET_DAYS: u16 = 366;
/// The longest that answers are kept for a while: ten years, in days.
const MAX_RETENTION_DAYS: u16 = 3_650;

/// What a site's team has settled for all of its surveys.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// Query parameters that tell pages apart; all others are stripped before anything is sent.
    pub keep_query: Vec<String>,
    /// How many days must pass between any two surveys that a visitor is shown; 0 for no such pause.
    pub quiet_days: u16,
    pub storage: StorageMode,
    /// Whether visitors who send Global Privacy Control are left alone.
    pub honour_gpc: bool,
    /// Whether visitors who send Do Not Track are left alone.
    pub honour_dnt: bool,
    /// The share of page views that tell of themselves, for estimates of a rule's reach, in percent. 0 for none.
    pub page_view_sample_percent: f64,
    /// Whether e-mail addresses, card numbers and telephone numbers are taken out of what visitors write, before it is stored.
    /// What they leave to be written back to stays.
    pub scrub_comments: bool,
    /// After how many days answers are deleted; never, if there is no such number.
    pub retention_days: Option<u16>,
    /// Kinds of pages, which reports add up. Of those that match a page, the first takes it.
    pub page_groups: Vec<PageGroup>,
    /// Steps of a visitor's journey, each of some page groups.
    pub stages: Vec<Stage>,
    /// What reports may be filtered by, beyond what is known of every visitor. Each is sent along with what visitors answer from
    /// then on.
    pub dimensions: Vec<Dimension>,
    /// Where the days of its reports begin and end, like `Europe/Berlin`. What was counted before stays on its day.
    pub time_zone: String,
    /// How surveys look on this site.
    pub theme: Theme,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            keep_query: Vec::new(),
            quiet_days: 0,
            storage: StorageMode::default(),
            honour_gpc: false,
            honour_dnt: false,
            page_view_sample_percent: 1.0,
            scrub_comments: false,
            retention_days: None,
            page_groups: Vec::new(),
            stages: Vec::new(),
            dimensions: Vec::new(),
            time_zone: "UTC".to_owned(),
            theme: Theme::default(),
        }
    }
}

/// Where the widget remembers what it must.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StorageMode {
    /// In the browser's local storage: from visit to visit.
    #[default]
    Local,
    /// In the browser's session storage: until the tab is closed.
    Session,
    /// Nowhere: until the page is left.
    Memory,
}

/// Why settings do not make sense.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SettingsError {
    #[error("quiet_days: {0} is more than a year; at most {MAX_QUIET_DAYS}")]
    QuietDays(u16),
    #[error("page_view_sample_percent: {0} is not a percentage from 0 to 100")]
    PageViewSample(f64),
    #[error(
        "retention_days: answers cannot be kept for {0} days; from 1 to {MAX_RETENTION_DAYS}, or none to keep them for ever"
    )]
    Retention(u16),
    #[error("keep_query: {0} parameters are kept; at most {MAX_KEPT}")]
    TooManyKept(usize),
    #[error("keep_query: {0:?} is not the name of a query parameter; write it as in the address, without ? & = #")]
    Kept(String),
    #[error("dimensions: there are {0}; at most {MAX_DIMENSIONS}")]
    TooManyDimensions(usize),
    #[error("dimensions: {0} is there twice")]
    DimensionTwice(Dimension),
    #[error("time_zone: there is no {0:?}; write one like Europe/Berlin, or UTC")]
    TimeZone(String),
    #[error(transparent)]
    Group(#[from] GroupError),
    #[error(transparent)]
    Stage(#[from] StageError),
    #[error("theme.{0}")]
    Theme(#[from] ThemeError),
}

impl SettingsError {
    /// The setting that makes no sense, as a path: `theme.radius`. Every reason begins with it.
    pub fn field(&self) -> String {
        self.to_string().split(": ").next().unwrap_or_default().to_owned()
    }
}

impl SiteSettings {
    /// # Errors
    /// Names the first setting that makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.quiet_days > MAX_QUIET_DAYS {
            return Err(SettingsError::QuietDays(self.quiet_days));
        }
        if !(0.0..=100.0).contains(&self.page_view_sample_percent) {
            return Err(SettingsError::PageViewSample(self.page_view_sample_percent));
        }
        if let Some(days) = self.retention_days.filter(|days| !(1..=MAX_RETENTION_DAYS).contains(days)) {
            return Err(SettingsError::Retention(days));
        }
        if self.keep_query.len() > MAX_KEPT {
            return Err(SettingsError::TooManyKept(self.keep_query.len()));
        }
        let is_name = |name: &String| !name.is_empty() && name.len() <= 64 && !name.contains(['?', '&', '=', '#', ' ']);
        if let Some(name) = self.keep_query.iter().find(|name| !is_name(name)) {
            return Err(SettingsError::Kept(name.clone()));
        }
        self.check_dimensions()?;
        if !is_time_zone(&self.time_zone) {
            return Err(SettingsError::TimeZone(self.time_zone.clone()));
        }
        check_groups(&self.page_groups)?;
        check_stages(&self.stages, &self.page_groups)?;
        Ok(self.theme.check()?)
    }

    fn check_dimensions(&self) -> Result<(), SettingsError> {
        if self.dimensions.len() > MAX_DIMENSIONS {
            return Err(SettingsError::TooManyDimensions(self.dimensions.len()));
        }
        let mut places = self.dimensions.iter().enumerate();
        let twice = places.find(|(place, dimension)| self.dimensions[..*place].contains(dimension));
        twice.map_or(Ok(()), |(_, dimension)| Err(SettingsError::DimensionTwice(dimension.clone())))
    }
}

#[cfg(feature = "authoring")]
fn is_time_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

/// The console does without the names of all zones; the collector knows them.
#[cfg(not(feature = "authoring"))]
fn is_time_zone(name: &str) -> bool {
    !name.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "authoring")]
    fn days_begin_in_a_zone_that_there_is() {
        let checked = |zone: &str| SiteSettings { time_zone: zone.to_owned(), ..SiteSettings::default() }.check();
        for zone in ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"] {
            assert_eq!(checked(zone), Ok(()));
        }
        for zone in ["", "Europe/Atlantis", "+25:00", "Berlin"] {
            assert_eq!(checked(zone), Err(SettingsError::TimeZone(zone.to_owned())));
        }
    }

    #[test]
    fn answers_are_kept_for_a_day_to_ten_years_or_for_ever() {
        let checked = |retention_days| SiteSettings { retention_days, ..SiteSettings::default() }.check();
        for days in [None, Some(1), Some(3_650)] {
            assert_eq!(checked(days), Ok(()));
        }
        for days in [0, 3_651, u16::MAX] {
            let refused = checked(Some(days)).unwrap_err();
            assert_eq!((refused.field().as_str(), &refused), ("retention_days", &SettingsError::Retention(days)));
        }
    }

    #[test]
    fn groups_and_stages_are_checked_and_told_by_their_place() {
        let read =
            |json: &str| serde_json::from_str::<SiteSettings>(json).unwrap().check().map_err(|error| error.field());
        let product =
            r#"{"page_groups":[{"name":"Product","pattern":"/product/*"}],"stages":[{"name":"Choose","groups":"#;
        assert_eq!(read(&format!(r#"{product}["Product"]}}]}}"#)), Ok(()));
        assert_eq!(read(&format!(r#"{product}["Cart"]}}]}}"#)), Err("stages[0].groups[0]".to_owned()));
        assert_eq!(
            read(r#"{"page_groups":[{"name":"A","pattern":"/a"},{"name":"A","pattern":"/b"}]}"#),
            Err("page_groups[1].name".to_owned())
        );
    }

    #[test]
    fn visitors_are_told_apart_by_at_most_seven_different_dimensions() {
        let read = |json: &str| serde_json::from_str::<SiteSettings>(json).map(|settings| settings.check());
        assert_eq!(read(r#"{"dimensions":["returning","utm:source","trait:plan"]}"#).unwrap(), Ok(()));
        let twice = SettingsError::DimensionTwice("os".parse().unwrap());
        assert_eq!(read(r#"{"dimensions":["os","trait:plan","os"]}"#).unwrap(), Err(twice));
        let eight =
            format!(r#"{{"dimensions":["trait:{}"]}}"#, ["1", "2", "3", "4", "5", "6", "7", "8"].join(r#"","trait:"#));
        assert_eq!(read(&eight).unwrap(), Err(SettingsError::TooManyDimensions(8)));
        assert!(read(r#"{"dimensions":["cookie:id"]}"#).is_err());
    }

    #[test]
    fn settings_from_before_there_was_privacy_to_settle_keep_everything() {
        let earlier: SiteSettings = serde_json::from_str(r#"{"quiet_days":7}"#).unwrap();
        assert_eq!((earlier.scrub_comments, earlier.retention_days), (false, None));
        assert!(earlier.page_groups.is_empty() && earlier.stages.is_empty());
    }
}

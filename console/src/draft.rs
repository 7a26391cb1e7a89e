//! A site's settings while they are being typed: texts that may not make sense yet, and what is wrong with them.

use serde_json::{Map, Value};
use survey::definition::{Dimension, DimensionError, SiteSettings, StorageMode};

use crate::reasons::reason_in_words;
use crate::unsaved::Typed;

/// The form, as it stands on the screen. Page groups, stages and theme have screens of their own.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    pub quiet_days: String,
    pub storage: StorageMode,
    pub honour_gpc: bool,
    pub honour_dnt: bool,
    /// One name on each line.
    pub keep_query: String,
    pub page_view_sample: String,
    pub scrub_comments: bool,
    /// Empty for ever.
    pub retention_days: String,
    pub time_zone: String,
    /// One name on each line.
    pub dimensions: String,
}

/// A field into which something senseless can be typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    QuietDays,
    KeepQuery,
    PageViewSample,
    RetentionDays,
    TimeZone,
    Dimensions,
}

impl Field {
    const ALL: [Self; 6] =
        [Self::QuietDays, Self::KeepQuery, Self::PageViewSample, Self::RetentionDays, Self::TimeZone, Self::Dimensions];

    /// As the API and [`survey::definition::SettingsError`] call it.
    fn name(self) -> &'static str {
        match self {
            Self::QuietDays => "quiet_days",
            Self::KeepQuery => "keep_query",
            Self::PageViewSample => "page_view_sample_percent",
            Self::RetentionDays => "retention_days",
            Self::TimeZone => "time_zone",
            Self::Dimensions => "dimensions",
        }
    }

    /// As the document calls it.
    pub fn id(self) -> &'static str {
        match self {
            Self::QuietDays => "quiet-days",
            Self::KeepQuery => "keep-query",
            Self::PageViewSample => "page-view-sample",
            Self::RetentionDays => "retention-days",
            Self::TimeZone => "time-zone",
            Self::Dimensions => "dimensions",
        }
    }
}

/// Why settings were not saved, and by which field to say so; by the button, if by none.
#[derive(Clone, PartialEq, Debug)]
pub struct Mistake {
    pub field: Option<Field>,
    pub reason: String,
}

impl Mistake {
    fn at(field: Field, reason: String) -> Self {
        Self { field: Some(field), reason }
    }

    /// From a refusal of the collector. `place` may lead into a field: `keep_query[2]`.
    pub fn of_refusal(place: &str, reason: &str) -> Self {
        let begins = |text: &str, field: &Field| {
            text.strip_prefix(field.name()).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
        };
        let field = Field::ALL.into_iter().find(|field| begins(place, field) || begins(reason, field));
        Self { field, reason: without_name(field, reason) }
    }
}

/// The reason as it stands right by the field, which need not be named again.
fn without_name(field: Option<Field>, reason: &str) -> String {
    let bare = field.and_then(|field| reason.strip_prefix(field.name())?.strip_prefix(": "));
    reason_in_words(bare.unwrap_or(reason))
}

impl Draft {
    pub fn of(settings: &SiteSettings) -> Self {
        Self {
            quiet_days: settings.quiet_days.to_string(),
            storage: settings.storage,
            honour_gpc: settings.honour_gpc,
            honour_dnt: settings.honour_dnt,
            keep_query: settings.keep_query.join("\n"),
            page_view_sample: settings.page_view_sample_percent.to_string(),
            scrub_comments: settings.scrub_comments,
            retention_days: settings.retention_days.map_or(String::new(), |days| days.to_string()),
            dimensions: settings.dimensions.iter().map(Dimension::to_string).collect::<Vec<_>>().join("\n"),
            time_zone: settings.time_zone.clone(),
        }
    }

    /// # Errors
    /// Names the first field that makes no sense.
    pub fn read(&self) -> Result<SiteSettings, Mistake> {
        let settings = SiteSettings {
            quiet_days: self.read_quiet_days()?,
            storage: self.storage,
            honour_gpc: self.honour_gpc,
            honour_dnt: self.honour_dnt,
            keep_query: lines(&self.keep_query).map(str::to_owned).collect(),
            page_view_sample_percent: self.read_page_view_sample()?,
            scrub_comments: self.scrub_comments,
            retention_days: self.read_retention_days()?,
            dimensions: self.read_dimensions()?,
            time_zone: self.time_zone.trim().to_owned(),
            ..SiteSettings::default()
        };
        match settings.check() {
            Ok(()) => Ok(settings),
            Err(error) => Err(Mistake::of_refusal(&error.field(), &error.to_string())),
        }
    }

    /// As a change of the settings: what is not as the collector has it. All else may be somebody else's by now.
    ///
    /// # Errors
    /// Names the first field that makes no sense.
    pub fn patch(&self, kept: &Self) -> Result<Value, Mistake> {
        let (mut patch, kept) = (members(&self.read()?), kept.read().map(|kept| members(&kept)).unwrap_or_default());
        patch.retain(|name, value| kept.get(name) != Some(value));
        Ok(Value::Object(patch))
    }

    /// What is wrong with each field by itself.
    pub fn mistakes(&self) -> Vec<Mistake> {
        Field::ALL.into_iter().filter_map(|field| self.alone(field).read().err()).collect()
    }

    /// A field beside others that nobody has touched.
    fn alone(&self, field: Field) -> Self {
        let others = Self::of(&SiteSettings::default());
        match field {
            Field::QuietDays => Self { quiet_days: self.quiet_days.clone(), ..others },
            Field::KeepQuery => Self { keep_query: self.keep_query.clone(), ..others },
            Field::PageViewSample => Self { page_view_sample: self.page_view_sample.clone(), ..others },
            Field::RetentionDays => Self { retention_days: self.retention_days.clone(), ..others },
            Field::TimeZone => Self { time_zone: self.time_zone.clone(), ..others },
            Field::Dimensions => Self { dimensions: self.dimensions.clone(), ..others },
        }
    }

    fn read_dimensions(&self) -> Result<Vec<Dimension>, Mistake> {
        let read = lines(&self.dimensions).map(str::parse).collect::<Result<_, DimensionError>>();
        read.map_err(|error| Mistake::at(Field::Dimensions, error.to_string()))
    }

    fn read_quiet_days(&self) -> Result<u16, Mistake> {
        self.quiet_days.trim().parse().map_err(|_| {
            let typed = self.quiet_days.trim();
            let reason = tr!("“{typed}” is not a number of days; write 0 for no pause, or up to 366", typed);
            Mistake::at(Field::QuietDays, reason)
        })
    }

    /// After how many days answers are deleted, where that is sooner than it was.
    pub fn deletes_sooner(&self, kept: &Self) -> Option<u16> {
        let days = self.read_retention_days().ok()??;
        let before = kept.read_retention_days().ok()?;
        before.is_none_or(|before| days < before).then_some(days)
    }

    fn read_retention_days(&self) -> Result<Option<u16>, Mistake> {
        let typed = self.retention_days.trim();
        let days = Some(typed).filter(|typed| !typed.is_empty()).map(str::parse).transpose();
        days.map_err(|_| {
            let reason = tr!("“{typed}” is not a number of days; write one from 1 to 3650, or leave it empty", typed);
            Mistake::at(Field::RetentionDays, reason)
        })
    }

    /// Half of the world writes "0,5".
    fn read_page_view_sample(&self) -> Result<f64, Mistake> {
        let typed = self.page_view_sample.trim();
        typed.replace(',', ".").parse().map_err(|_| {
            let reason = tr!("“{typed}” is not a percentage; write a number from 0 to 100", typed);
            Mistake::at(Field::PageViewSample, reason)
        })
    }
}

impl Typed for Draft {
    fn carried_over(&self, before: &Self, now: &Self) -> Self {
        macro_rules! each {
            ($($field:ident),*) => {
                Self { $($field: if self.$field == before.$field { &now.$field } else { &self.$field }.clone()),* }
            };
        }
        each!(
            quiet_days,
            storage,
            honour_gpc,
            honour_dnt,
            keep_query,
            page_view_sample,
            scrub_comments,
            retention_days,
            time_zone,
            dimensions
        )
    }
}

/// As JSON has them.
fn members(settings: &SiteSettings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(members)) => members,
        // It fails for no settings.
        _ => Map::new(),
    }
}

/// What stands on each line.
fn lines(typed: &str) -> impl Iterator<Item = &str> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn draft() -> Draft {
        Draft::of(&SiteSettings::default())
    }

    #[test]
    fn settings_that_nobody_touched_come_back_as_they_were() {
        let settings = SiteSettings {
            keep_query: vec!["id".to_owned(), "lang".to_owned()],
            quiet_days: 14,
            storage: StorageMode::Session,
            honour_gpc: true,
            honour_dnt: false,
            page_view_sample_percent: 0.5,
            scrub_comments: true,
            retention_days: Some(400),
            dimensions: vec!["trait:plan".parse().unwrap()],
            time_zone: "Europe/Berlin".to_owned(),
            ..SiteSettings::default()
        };
        assert_eq!(Draft::of(&settings).patch(&Draft::of(&settings)), Ok(json!({})));
        assert_eq!(Draft::of(&settings).read(), Ok(settings));
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let kept = Draft { retention_days: "400".into(), keep_query: "id".into(), ..draft() };
        let typed = Draft { quiet_days: "14".into(), keep_query: "id\n".into(), ..kept.clone() };
        assert_eq!(typed.patch(&kept), Ok(json!({ "quiet_days": 14 })));
        let emptied = Draft { retention_days: String::new(), honour_dnt: !kept.honour_dnt, ..kept.clone() };
        assert_eq!(emptied.patch(&kept), Ok(json!({ "retention_days": null, "honour_dnt": !kept.honour_dnt })));
        let wrong = Draft { quiet_days: "two".into(), ..kept.clone() };
        assert_eq!(wrong.patch(&kept).unwrap_err().field, Some(Field::QuietDays));
    }

    #[test]
    fn what_was_typed_earlier_leaves_alone_what_somebody_else_has_changed_since() {
        let before = draft();
        let typed = Draft { quiet_days: "14".into(), time_zone: "Europe/Berlin".into(), ..before.clone() };
        let now = Draft { retention_days: "400".into(), time_zone: "Asia/Tokyo".into(), ..before.clone() };
        let both = Draft { quiet_days: "14".into(), time_zone: "Europe/Berlin".into(), ..now.clone() };
        assert_eq!(typed.carried_over(&before, &now), both);
    }

    #[test]
    fn what_makes_no_sense_is_said_by_its_field() {
        let at = |draft: Draft| draft.read().unwrap_err();
        let days = at(Draft { quiet_days: "two".into(), ..draft() });
        assert_eq!(days.field, Some(Field::QuietDays));
        assert!(days.reason.starts_with("“two” is not a number of days"));
        let year = at(Draft { quiet_days: "400".into(), ..draft() });
        assert_eq!(year.reason, "400 is more than a year; at most 366");
        assert_eq!(at(Draft { page_view_sample: "101".into(), ..draft() }).field, Some(Field::PageViewSample));
        assert_eq!(at(Draft { page_view_sample: "NaN".into(), ..draft() }).field, Some(Field::PageViewSample));
        let (year, month) =
            (Draft { retention_days: "365".into(), ..draft() }, Draft { retention_days: "30".into(), ..draft() });
        let never = Draft { retention_days: String::new(), ..draft() };
        assert_eq!([month.deletes_sooner(&year), year.deletes_sooner(&month)], [Some(30), None]);
        assert_eq!(
            [month.deletes_sooner(&never), never.deletes_sooner(&month), month.deletes_sooner(&month)],
            [Some(30), None, None]
        );
        assert_eq!(at(Draft { retention_days: "0".into(), ..draft() }).field, Some(Field::RetentionDays));
        assert_eq!(at(Draft { retention_days: "a year".into(), ..draft() }).field, Some(Field::RetentionDays));
        assert_eq!(at(Draft { keep_query: "id\n?q=1".into(), ..draft() }).field, Some(Field::KeepQuery));
        assert_eq!(at(Draft { time_zone: " ".into(), ..draft() }).field, Some(Field::TimeZone));
        assert_eq!(at(Draft { dimensions: "os\ncookie:id".into(), ..draft() }).field, Some(Field::Dimensions));
        assert_eq!(at(Draft { dimensions: "os\nos".into(), ..draft() }).field, Some(Field::Dimensions));
    }

    #[test]
    fn all_that_makes_no_sense_is_said_at_once() {
        let wrong =
            Draft { quiet_days: "-3".into(), retention_days: "abc".into(), dimensions: "colour".into(), ..draft() };
        let fields: Vec<_> = wrong.mistakes().into_iter().filter_map(|mistake| mistake.field).collect();
        for field in [Field::QuietDays, Field::RetentionDays, Field::Dimensions] {
            assert!(fields.contains(&field), "{field:?}");
        }
        assert_eq!(fields.len(), 3);
        assert!(draft().mistakes().is_empty());
    }

    #[test]
    fn typing_is_read_generously() {
        let typed = Draft {
            quiet_days: " 7 ".into(),
            page_view_sample: "0,5".into(),
            keep_query: " id \n\n lang\n".into(),
            ..draft()
        };
        let settings = typed.read().unwrap();
        assert_eq!((settings.quiet_days, settings.page_view_sample_percent), (7, 0.5));
        assert_eq!(settings.keep_query, ["id", "lang"]);
    }

    #[test]
    fn a_refusal_is_said_by_the_field_that_it_names() {
        let mistake = Mistake::of_refusal("keep_query[1]", "keep_query: \"a b\" is not the name of a query parameter");
        assert_eq!(mistake.field, Some(Field::KeepQuery));
        assert!(mistake.reason.starts_with("\"a b\" is not"));
        let unnamed = Mistake::of_refusal("", "quiet_days: 400 is more than a year; at most 366");
        assert_eq!(
            (unnamed.field, unnamed.reason.as_str()),
            (Some(Field::QuietDays), "400 is more than a year; at most 366")
        );
        assert_eq!(Mistake::of_refusal("", "you may only read this site").field, None);
    }
}

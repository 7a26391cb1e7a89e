//! How often, to whom of many, and between which dates a survey is shown.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::definition::SurveyId;

use super::Meeting;

pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How often one visitor may be shown a survey.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    #[default]
    Once,
    UntilAnswered,
    /// Again when so many days have passed.
    EveryDays(u16),
    AtMost(u16),
    /// Whenever it is asked for: for feedback tabs and surveys that the site opens. Neither waits for the site's quiet period
    /// nor begins one.
    Always,
}

impl Frequency {
    /// From when on the visitor may be shown the survey, in Unix milliseconds; nothing if never again.
    pub fn allows_from(self, meeting: Option<&Meeting>, now: i64) -> Option<i64> {
        let Some(meeting) = meeting.filter(|meeting| meeting.shown > 0) else { return Some(i64::MIN) };
        match self {
            Self::Once => None,
            Self::UntilAnswered => (!meeting.answered).then_some(i64::MIN),
            Self::EveryDays(days) => Some(over_from(meeting.last_shown, days, now)),
            Self::AtMost(times) => (meeting.shown < u32::from(times)).then_some(i64::MIN),
            Self::Always => Some(i64::MIN),
        }
    }
}

/// From when on a pause of so many days is over. One that began further ahead than it lasts was begun by a clock that was
/// wrong, and would last for years.
pub(super) fn over_from(began: i64, days: u16, now: i64) -> i64 {
    let pause = i64::from(days) * DAY_MS;
    if began > now + pause { i64::MIN } else { began + pause }
}

/// The share of visitors that a survey is for. Whether somebody belongs to it is settled by who they are: asked again, the
/// answer is the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Sample {
    /// In hundredths of a percent.
    parts: u16,
}

impl Default for Sample {
    fn default() -> Self {
        Self { parts: Self::WHOLE }
    }
}

/// Why a number is not a sample.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("sample_percent: {0} is not a share; write a percentage from 0.01 to 100, with at most two decimals")]
pub struct SampleError(f64);

impl Sample {
    const WHOLE: u16 = 10_000;

    pub fn percent(self) -> f64 {
        f64::from(self.parts) / 100.0
    }

    /// Whether it leaves anybody out.
    pub fn is_whole(self) -> bool {
        self.parts == Self::WHOLE
    }

    pub fn includes(self, visitor: u64, survey: &SurveyId) -> bool {
        place(visitor, survey) < self.parts
    }
}

/// A visitor's place among all visitors, as one survey shuffles them: from 0 to 9,999, in hundredths of a percent.
///
/// FNV-1a takes in the survey's name; SplitMix64's finaliser (Steele, Lea and Flood 2014) spreads the bits. Another survey
/// shuffles anew, so that the visitors left out of one are not left out of all.
pub fn place(visitor: u64, survey: &SurveyId) -> u16 {
    let mut hash = survey.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ visitor, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((hash ^ (hash >> 31)) % u64::from(Sample::WHOLE)) as u16
}

impl TryFrom<f64> for Sample {
    type Error = SampleError;

    fn try_from(percent: f64) -> Result<Self, SampleError> {
        let parts = percent * 100.0;
        let is_share = (1.0..=f64::from(Self::WHOLE)).contains(&parts) && (parts - parts.round()).abs() < 1e-6;
        if is_share { Ok(Self { parts: parts.round() as u16 }) } else { Err(SampleError(percent)) }
    }
}

impl From<Sample> for f64 {
    fn from(sample: Sample) -> Self {
        sample.percent()
    }
}

/// A moment, in Unix milliseconds. In JSON as RFC 3339 has it (`2026-12-01T09:00:00+01:00`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(pub i64);

impl std::fmt::Display for Moment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(out, "{timestamp}"),
            Err(_) => write!(out, "{} ms", self.0),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return self.0.serialize(serializer);
        }
        Timestamp::from_millisecond(self.0).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        let timestamp: Timestamp = text.parse().map_err(|_| {
            de::Error::custom(format!("{text:?} is not a moment; write date, time and zone, like 2026-12-01T09:00:00Z"))
        })?;
        Ok(Self(timestamp.as_millisecond()))
    }
}

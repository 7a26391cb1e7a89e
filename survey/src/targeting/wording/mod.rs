//! Rules in words: for the trace on the page, the API and the console alike, in each language that a team reads them in.
//!
//! [`Words`] names every sentence, so that no language lacks one. Whoever needs one language alone names its words and links no others:
//! the widget explains itself in [`English`], and visitors carry none of it.

mod english;
mod russian;

use serde::Deserialize;

use super::{Busy, Condition, ExitSeen, Frequency, Meeting, Moment, Signal, Test, Trigger, Verdict};

pub use english::English;
pub use russian::Russian;

/// A language in which a team reads its rules.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Tongue {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "ru")]
    Russian,
}

impl Tongue {
    pub fn words(self) -> &'static dyn Words {
        match self {
            Self::English => &English,
            Self::Russian => &Russian,
        }
    }
}

macro_rules! phrases {
    ($($(#[$meta:meta])* $phrase:ident,)*) => {
        /// What is said without anything filled in.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Phrase {
            $($(#[$meta])* $phrase,)*
        }

        impl Phrase {
            pub const ALL: &[Self] = &[$(Self::$phrase,)*];
        }
    };
}

phrases! {
    /// Of conditions in a row.
    Everywhere,
    Nowhere,
    And,
    Or,
    Not,
    /// Of conditions one below the other.
    OnEveryPage,
    AllOfThese,
    AnyOfThese,
    NotThis,
    NothingThere,
    NeverShown,
    NoneShownYet,
    OneToAPageView,
    OneShownHere,
    NoneShownHere,
    AskedFor,
    CanBeAsked,
    PageHidden,
    DialogOpen,
    Typing,
    /// Of a draft that makes no sense yet.
    NotYetKnown,
    Unknown,
    NewerThanThis,
}

/// How much of what a trigger waits for there has been.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SoFar {
    VisibleMs(u64),
    ScrollPercent(u8),
    InactiveMs(u64),
    Leaving(ExitSeen),
    /// Not leaving, for so long.
    StayingMs(u64),
}

/// The sentences of one language.
pub trait Words {
    fn phrase(&self, phrase: Phrase) -> &'static str;

    /// As in `path is /help`.
    fn test(&self, test: &Test) -> String;

    /// When a survey appears.
    fn trigger(&self, trigger: &Trigger) -> String;

    /// How often a survey appears to one visitor.
    fn frequency(&self, frequency: Frequency) -> String;

    /// The same, as a rule among others.
    fn shown(&self, frequency: Frequency) -> String;

    /// What was decided, and why.
    fn verdict(&self, verdict: Verdict) -> String;

    /// What set a survey off.
    fn signal(&self, signal: Signal) -> String;

    fn starts(&self, start: Moment) -> String;

    fn ends(&self, end: Moment) -> String;

    fn it_is(&self, now: Moment) -> String;

    fn until(&self, end: Moment) -> String;

    /// For how many visitors.
    fn sample(&self, percent: f64) -> String;

    /// Where a visitor stands among a hundred.
    fn place(&self, place: f64) -> String;

    fn met(&self, meeting: &Meeting) -> String;

    fn days_between(&self, days: u16) -> String;

    /// The value that a field has, as far as it is shown.
    fn value(&self, test: &Test, text: &str) -> String;

    fn so_far(&self, so_far: SoFar) -> String;

    /// Where and to whom a survey appears.
    fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::All(parts) if parts.is_empty() => self.phrase(Phrase::Everywhere).to_owned(),
            Condition::Any(parts) if parts.is_empty() => self.phrase(Phrase::Nowhere).to_owned(),
            Condition::All(parts) => self.joined(parts, Phrase::And),
            Condition::Any(parts) => self.joined(parts, Phrase::Or),
            Condition::Not(part) => match &**part {
                Condition::Test(test) => format!("{} {}", self.phrase(Phrase::Not), self.test(test)),
                other => format!("{} ({})", self.phrase(Phrase::Not), self.condition(other)),
            },
            Condition::Test(test) => self.test(test),
        }
    }

    /// What keeps the visitor from being asked.
    fn busy(&self, busy: Busy) -> &'static str {
        self.phrase(match busy {
            Busy::Dialog => Phrase::DialogOpen,
            Busy::Typing => Phrase::Typing,
        })
    }

    fn joined(&self, parts: &[Condition], word: Phrase) -> String {
        let part = |part: &Condition| match part {
            Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 && parts.len() > 1 => {
                format!("({})", self.condition(part))
            }
            _ => self.condition(part),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(&format!(" {} ", self.phrase(word)))
    }
}

/// A pattern as people say it.
enum Glob<'a> {
    /// All that is below a path, and the path itself.
    OrBelow(&'a str),
    /// One that has no star.
    Plain(&'a str),
    Like(&'a str),
}

/// The two forms that most patterns have can be said without a star.
fn glob(pattern: &str) -> Glob<'_> {
    match pattern.strip_suffix("/**") {
        Some(top) if !top.contains('*') => Glob::OrBelow(if top.is_empty() { "/" } else { top }),
        None if !pattern.contains('*') => Glob::Plain(pattern),
        _ => Glob::Like(pattern),
    }
}

#[cfg(test)]
#[cfg(feature = "authoring")]
mod tests;

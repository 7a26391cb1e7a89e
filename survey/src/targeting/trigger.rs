//! Triggers: the moments at which a survey may appear, and the signals that tell of them.

use serde::{Deserialize, Serialize};

use super::VisitorFacts;

/// A moment at which a survey appears on a page that it targets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// After so many seconds for which the page was visible.
    VisibleSeconds(u32),
    /// When so much of the page's scrollable length has been passed. A page too short to scroll counts as read.
    ScrollPercent(u8),
    /// When the visitor is about to leave, but not before they have stayed for so many visible seconds.
    ExitIntent { after_seconds: u32 },
}

/// What set a survey off; stored with the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    VisibleSeconds,
    ScrollDepth,
    /// Exit intent on desktop: the pointer left the window through its top edge.
    PointerLeftTop,
}

impl Signal {
    /// The name under which it is stored and reported.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VisibleSeconds => "visible_seconds",
            Self::ScrollDepth => "scroll_depth",
            Self::PointerLeftTop => "pointer_left_top",
        }
    }
}

/// A sign that the visitor is leaving, and how long the page had been visible by then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExitSeen {
    pub signal: Signal,
    pub visible_ms: u64,
}

impl Trigger {
    /// The visible time, in milliseconds, at which it fires by itself.
    pub fn due_ms(self) -> Option<u64> {
        match self {
            Self::VisibleSeconds(seconds) => Some(ms(seconds)),
            Self::ScrollPercent(_) | Self::ExitIntent { .. } => None,
        }
    }

    /// The signal that fires this trigger, if it has been given.
    pub fn signal(self, facts: &VisitorFacts) -> Option<Signal> {
        match self {
            Self::VisibleSeconds(seconds) => (facts.visible_ms >= ms(seconds)).then_some(Signal::VisibleSeconds),
            Self::ScrollPercent(percent) => (facts.scroll_percent >= percent).then_some(Signal::ScrollDepth),
            Self::ExitIntent { after_seconds } => {
                facts.exit.filter(|exit| exit.visible_ms >= ms(after_seconds)).map(|exit| exit.signal)
            }
        }
    }
}

fn ms(seconds: u32) -> u64 {
    u64::from(seconds) * 1_000
}

//! Triggers: the moments at which a survey may appear, and the signals that tell of them.

use serde::{Deserialize, Serialize};

use crate::definition::SurveyId;

use super::{Happening, PageMoment};

/// On a touch screen, how long nobody must have touched anything before that counts as losing interest.
pub const TOUCH_IDLE_MS: u64 = 30_000;

/// A moment at which a survey appears on a page that it targets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    Immediately,
    /// After so many seconds for which the page was visible.
    VisibleSeconds(u32),
    /// When so much of the page's scrollable length has been passed. A page too short to scroll counts as read.
    ScrollPercent(u8),
    /// When the visitor is about to leave, but not before they have stayed for so many visible seconds.
    ExitIntent {
        after_seconds: u32,
    },
    /// When something that the CSS selector matches is clicked, or something within it.
    Click(String),
    /// When half of something that the CSS selector matches is in the window.
    ElementVisible(String),
    /// When the visitor has done nothing for so many visible seconds.
    InactiveSeconds(u32),
    /// When the page calls `pagepoll('track', name)`.
    Event(String),
    /// Only when the page calls `pagepoll('show', survey)`, which shows surveys with other triggers as well.
    Programmatic,
    /// When the visitor presses a tab at the edge of the window, which is there for as long as the survey could show.
    FeedbackTab,
}

macro_rules! signals {
    ($($(#[$meta:meta])* $signal:ident = $text:literal;)*) => {
        /// What set a survey off; stored with the answer.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Signal {
            $($(#[$meta])* #[serde(rename = $text)] $signal,)*
        }

        impl Signal {
            pub const ALL: &[Self] = &[$(Self::$signal,)*];

            /// The name under which it is stored and reported.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$signal => $text,)*
                }
            }
        }
    };
}

signals! {
    Immediately = "immediately";
    VisibleSeconds = "visible_seconds";
    ScrollDepth = "scroll_depth";
    /// Exit intent by mouse: the pointer left the window through its top edge.
    PointerLeftTop = "pointer_left_top";
    /// Exit intent by touch: a fast scroll upwards, as towards the address.
    FastScrollUp = "fast_scroll_up";
    /// Exit intent by touch: the visitor was elsewhere and has come back.
    ReturnFromHidden = "return_from_hidden";
    /// Exit intent by touch: the visitor went back to this page.
    BackWithinSite = "back_within_site";
    /// Exit intent by touch: nothing was touched for [`TOUCH_IDLE_MS`].
    TouchIdle = "touch_idle";
    Click = "click";
    ElementVisible = "element_visible";
    Inactivity = "inactivity";
    Event = "event";
    Programmatic = "programmatic";
    FeedbackTab = "feedback_tab";
}

impl Trigger {
    /// The signal that fires this trigger, if it has been given.
    pub fn signal(&self, page: &PageMoment) -> Option<Signal> {
        let happened = |signal: Signal, what: &str| {
            let is_it = |happening: &Happening| happening.signal == signal && happening.what == what;
            page.happened.iter().any(is_it).then_some(signal)
        };
        match self {
            Self::Immediately => Some(Signal::Immediately),
            Self::VisibleSeconds(seconds) => (page.visible_ms >= ms(*seconds)).then_some(Signal::VisibleSeconds),
            Self::ScrollPercent(percent) => (page.scroll_percent >= *percent).then_some(Signal::ScrollDepth),
            Self::InactiveSeconds(seconds) => (page.inactive_ms >= ms(*seconds)).then_some(Signal::Inactivity),
            Self::ExitIntent { after_seconds } => exit_signal(page, ms(*after_seconds)),
            Self::Click(selector) => happened(Signal::Click, selector),
            Self::ElementVisible(selector) => happened(Signal::ElementVisible, selector),
            Self::Event(name) => happened(Signal::Event, name),
            // Both are about one survey, and asked for by its id.
            Self::Programmatic | Self::FeedbackTab => None,
        }
    }

    /// Whether it fires only when the visitor or the page asks for it.
    pub fn is_on_demand(&self) -> bool {
        matches!(self, Self::Click(_) | Self::Event(_) | Self::Programmatic | Self::FeedbackTab)
    }

    /// In how many milliseconds of visible time, from now, it fires by itself, if the visitor does nothing.
    pub fn due_in_ms(&self, page: &PageMoment) -> Option<u64> {
        match self {
            Self::Immediately => Some(0),
            Self::VisibleSeconds(seconds) => Some(ms(*seconds).saturating_sub(page.visible_ms)),
            Self::InactiveSeconds(seconds) => Some(ms(*seconds).saturating_sub(page.inactive_ms)),
            Self::ExitIntent { after_seconds } => exit_due_in_ms(page, ms(*after_seconds)),
            _ => None,
        }
    }
}

/// What fires a survey by its id: the page's own call, or the visitor who pressed its tab.
pub(super) fn signal_for(survey: &SurveyId, page: &PageMoment) -> Option<Signal> {
    let by_id = |happening: &&Happening| {
        matches!(happening.signal, Signal::Programmatic | Signal::FeedbackTab) && happening.what == survey.as_str()
    };
    page.happened.iter().find(by_id).map(|happening| happening.signal)
}

fn exit_signal(page: &PageMoment, after_ms: u64) -> Option<Signal> {
    let left = page.exit.filter(|exit| match exit.signal {
        // They went back before they had stayed: it counts once they have.
        Signal::BackWithinSite => page.visible_ms >= after_ms,
        _ => exit.visible_ms >= after_ms,
    });
    let is_idle = page.is_touch && page.visible_ms >= after_ms && page.inactive_ms >= TOUCH_IDLE_MS;
    left.map(|exit| exit.signal).or(is_idle.then_some(Signal::TouchIdle))
}

fn exit_due_in_ms(page: &PageMoment, after_ms: u64) -> Option<u64> {
    let stay = after_ms.saturating_sub(page.visible_ms);
    if page.exit.is_some_and(|exit| exit.signal == Signal::BackWithinSite) {
        return Some(stay);
    }
    page.is_touch.then(|| stay.max(TOUCH_IDLE_MS.saturating_sub(page.inactive_ms)))
}

fn ms(seconds: u32) -> u64 {
    u64::from(seconds) * 1_000
}

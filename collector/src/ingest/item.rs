//! What the commit queue carries: accepted events with the site they belong to and the time they happened.

use survey::accept::{Accepted, AcceptedExposure, AcceptedPresentation};
use survey::definition::{Band, SiteKey};
use uuid::Uuid;

use super::flags::Flags;
use crate::clock::{DAY_MS, Day, UnixMs, Zone};
use crate::comments::Said;

/// How far back an event may lie. Widgets give up on sending long before.
pub const OLDEST_DAYS: Day = 30;
const OLDEST_MS: i64 = OLDEST_DAYS as i64 * DAY_MS;

/// One accepted event, ready to be stored.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    pub site: SiteKey,
    /// By the collector's clock.
    pub received_at: UnixMs,
    /// By the collector's clock: see [`happened_at`].
    pub happened_at: UnixMs,
    /// On which day of the site's calendar that was.
    pub day: Day,
    pub flags: Flags,
    /// Of the sender: two letters, or nothing.
    pub country: Option<String>,
    pub event: AcceptedEvent,
    /// That of the first score that was given.
    pub band: Option<Band>,
    /// What it can be found by, if it has words: worked out before it waits, because one thread commits for all.
    pub said: Option<Box<Said>>,
}

/// In boxes, because it goes through many hands until it is stored, and is large.
#[derive(Clone, PartialEq, Debug)]
pub enum AcceptedEvent {
    Exposure(Box<AcceptedExposure>),
    Submission(Box<Accepted>),
}

impl From<AcceptedExposure> for AcceptedEvent {
    fn from(exposure: AcceptedExposure) -> Self {
        Self::Exposure(Box::new(exposure))
    }
}

impl From<Accepted> for AcceptedEvent {
    fn from(submission: Accepted) -> Self {
        Self::Submission(Box::new(submission))
    }
}

impl Item {
    /// One that nobody doubts. `zone` is the site's.
    pub fn new(site: SiteKey, zone: &Zone, arrival: Arrival, event: AcceptedEvent) -> Self {
        let happened_at = arrival.happened_at(event.presentation().at);
        let (received_at, day, flags) = (arrival.received_at, zone.day_of(happened_at), Flags::NONE);
        Self { site, received_at, happened_at, day, flags, country: None, event, band: None, said: None }
    }

    pub fn presentation(&self) -> &AcceptedPresentation {
        self.event.presentation()
    }

    pub fn response_id(&self) -> Uuid {
        self.presentation().response_id
    }

    pub fn is_submission(&self) -> bool {
        matches!(self.event, AcceptedEvent::Submission(_))
    }
}

impl AcceptedEvent {
    fn presentation(&self) -> &AcceptedPresentation {
        match self {
            Self::Exposure(exposure) => &exposure.presentation,
            Self::Submission(submission) => &submission.presentation,
        }
    }
}

/// When a batch came in, by both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    pub received_at: UnixMs,
    /// By the visitor's clock.
    pub sent_at: UnixMs,
}

impl Arrival {
    /// When an event of the batch happened, by the collector's clock. The visitor's clock only says how long before sending
    /// that was, so it does not matter that it is wrong. The result is never in the future, nor older than 30 days.
    pub fn happened_at(self, at_by_visitor: UnixMs) -> UnixMs {
        let age = self.sent_at.saturating_sub(at_by_visitor).clamp(0, OLDEST_MS);
        self.received_at - age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UnixMs = 1_764_000_000_000;

    #[test]
    fn a_wrong_clock_does_not_move_an_answer() {
        let years_slow = Arrival { received_at: NOON, sent_at: 5_000 };
        assert_eq!(years_slow.happened_at(2_000), NOON - 3_000);
    }

    #[test]
    fn nothing_happens_in_the_future_or_in_the_distant_past() {
        let arrival = Arrival { received_at: NOON, sent_at: 5_000 };
        assert_eq!(arrival.happened_at(9_000), NOON);
        assert_eq!(arrival.happened_at(i64::MIN), NOON - OLDEST_MS);
        assert_eq!(Arrival { received_at: NOON, sent_at: i64::MIN }.happened_at(i64::MAX), NOON);
    }
}

//! Outcomes: every way in which an incoming item, or a request as a whole, can end.
//!
//! Each is a label of the metric `pagepoll_items_total` (of page views: `pagepoll_page_views_total`), the `error` of a refusal's
//! body, an HTTP status, and what the widget does next. They are decided here and nowhere else; that the widget really does it,
//! when it sees the status, is [`survey::wire::Next::after`]'s to say, and a test holds the two together.

use actix_web::http::StatusCode;
use metrics::counter;
use survey::accept::{Refusal, Refused};
use survey::page::PageError;

use super::commit::NotCommitted;
use super::rollup::{Conflict, Kept};
use crate::admission::NotAdmitted;
use crate::json::Unreadable;
use crate::limits::TooMany;
use crate::live::NotReadable;

macro_rules! outcomes {
    ($($(#[$meta:meta])* $name:ident => $status:ident, $next:ident, $label:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Outcome {
            $($(#[$meta])* $name,)*
        }

        impl Outcome {
            /// Its stable name, for programs.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }

            pub fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)*
                }
            }
        }

        #[cfg(test)]
        impl Outcome {
            const ALL: &[Self] = &[$(Self::$name),*];

            /// What the widget does with what ended so.
            fn next(self) -> survey::wire::Next {
                match self {
                    $(Self::$name => survey::wire::Next::$next,)*
                }
            }
        }
    };
}

outcomes! {
    /// On disk.
    Stored => NO_CONTENT, Forget, "stored";
    /// On disk already.
    Duplicate => NO_CONTENT, Forget, "duplicate";

    /// Of a page view that tells of itself: counted in memory, and on disk a second later.
    Counted => NO_CONTENT, Forget, "counted";

    /// Of a request: not looked at, because more was sent from its network or for its site than is taken.
    RateLimited => TOO_MANY_REQUESTS, Retry, "rate_limited";
    /// Of a request: of a content type that no browser sends here.
    UnsupportedType => UNSUPPORTED_MEDIA_TYPE, Retry, "unsupported_type";
    /// Of a request: its body took too long to arrive.
    SlowBody => REQUEST_TIMEOUT, Retry, "slow_body";
    /// Of a request: it did not arrive whole.
    IncompleteBody => BAD_REQUEST, SplitUp, "incomplete_body";
    /// Of a request: more than [`survey::wire::MAX_BATCH_BYTES`].
    BodyTooLarge => PAYLOAD_TOO_LARGE, SplitUp, "body_too_large";
    /// Of a request: brackets within brackets, more than anything that is sent here needs.
    TooDeep => BAD_REQUEST, SplitUp, "too_deep";
    /// Of a request: no JSON at all.
    NotJson => BAD_REQUEST, SplitUp, "not_json";
    /// Of a request: an envelope of a version that this collector does not know.
    UnknownEnvelope => BAD_REQUEST, SplitUp, "unknown_envelope";
    /// Of a request: more events than one batch may have.
    TooManyEvents => PAYLOAD_TOO_LARGE, SplitUp, "too_many_events";
    /// Of a request: no site has this key.
    UnknownSite => NOT_FOUND, Retry, "unknown_site";
    /// Of a request: sent by a page that is not on the site, or by no page at all.
    ForeignOrigin => FORBIDDEN, Retry, "foreign_origin";

    /// JSON, but of another shape.
    Malformed => BAD_REQUEST, SplitUp, "malformed";
    UnknownSurvey => UNPROCESSABLE_ENTITY, Forget, "unknown_survey";
    UnknownVersion => UNPROCESSABLE_ENTITY, Forget, "unknown_version";
    UnknownQuestion => UNPROCESSABLE_ENTITY, Forget, "unknown_question";
    OffScale => UNPROCESSABLE_ENTITY, Forget, "off_scale";
    /// A text where a score belongs, or the other way round.
    WrongKind => UNPROCESSABLE_ENTITY, Forget, "wrong_kind";
    AnsweredTwice => UNPROCESSABLE_ENTITY, Forget, "answered_twice";
    NoAnswers => UNPROCESSABLE_ENTITY, Forget, "no_answers";
    /// A choice that the question does not have.
    UnknownChoice => UNPROCESSABLE_ENTITY, Forget, "unknown_choice";
    /// Choices that do not go together: one of them twice, none at all, two where one is asked for.
    BadChoices => UNPROCESSABLE_ENTITY, Forget, "bad_choices";
    /// A contact detail that was not asked for.
    StrayField => UNPROCESSABLE_ENTITY, Forget, "stray_field";
    NotEmail => UNPROCESSABLE_ENTITY, Forget, "not_email";
    TextLength => UNPROCESSABLE_ENTITY, Forget, "text_length";
    ControlCharacter => UNPROCESSABLE_ENTITY, Forget, "control_character";
    TextTooLong => UNPROCESSABLE_ENTITY, Forget, "text_too_long";
    BadResponseId => UNPROCESSABLE_ENTITY, Forget, "bad_response_id";
    /// A page key that no page can have.
    BadPage => UNPROCESSABLE_ENTITY, Forget, "bad_page";
    PageTooLong => UNPROCESSABLE_ENTITY, Forget, "page_too_long";
    /// A page of a host that is not one of the site's.
    ForeignPage => UNPROCESSABLE_ENTITY, Forget, "foreign_page";
    BadPercent => UNPROCESSABLE_ENTITY, Forget, "bad_percent";
    /// A revision older than the one that is stored.
    StaleRev => CONFLICT, Forget, "stale_rev";
    /// A response id that belongs to another survey, version or site.
    ConflictingResponse => CONFLICT, Forget, "conflicting_response";

    /// Not judged: it is about a survey that this collector does not know, and the database could not be asked.
    NotKnownYet => SERVICE_UNAVAILABLE, Retry, "not_known_yet";
    /// Not looked at: more is waiting to be stored than the collector lets wait.
    Overloaded => SERVICE_UNAVAILABLE, Retry, "overloaded";
    /// Not stored: the database would not take it.
    StorageFailed => SERVICE_UNAVAILABLE, Retry, "storage_failed";
    /// Of a request: its sender was not let wait any longer. No item ends so: how each does is counted once it has.
    StorageSlow => SERVICE_UNAVAILABLE, Retry, "storage_slow";
}

impl Outcome {
    /// For what is only for now: after how many seconds it is worth trying again. Only who is limited can be told exactly.
    fn retry_after_seconds(self) -> Option<u32> {
        match self {
            // A group of what waits is stored many times a second.
            Self::Overloaded => Some(1),
            // Whatever is wrong with a database is rarely over in a second.
            Self::StorageFailed | Self::StorageSlow | Self::NotKnownYet => Some(5),
            _ => None,
        }
    }

    /// Counts `items` that ended so.
    pub fn count(self, items: usize) {
        counter!("pagepoll_items_total", "outcome" => self.label()).increment(items as u64);
    }
}

impl From<Kept> for Outcome {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Stored => Self::Stored,
            Kept::Duplicate => Self::Duplicate,
        }
    }
}

impl From<Conflict> for Outcome {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::StaleRev { .. } => Self::StaleRev,
            Conflict::OtherSurvey => Self::ConflictingResponse,
            Conflict::SiteRemoved => Self::UnknownSite,
        }
    }
}

impl From<NotCommitted> for Outcome {
    fn from(reason: NotCommitted) -> Self {
        match reason {
            NotCommitted::QueueFull => Self::Overloaded,
            NotCommitted::Storage => Self::StorageFailed,
            NotCommitted::Slow => Self::StorageSlow,
        }
    }
}

impl From<&Refusal> for Outcome {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::UnknownSurvey(_) => Self::UnknownSurvey,
            Refusal::UnknownVersion { .. } => Self::UnknownVersion,
            Refusal::UnknownQuestion { .. } => Self::UnknownQuestion,
            Refusal::OffScale { .. } => Self::OffScale,
            Refusal::WrongKind(_) => Self::WrongKind,
            Refusal::AnsweredTwice(_) => Self::AnsweredTwice,
            Refusal::NoAnswers => Self::NoAnswers,
            Refusal::UnknownChoice { .. } => Self::UnknownChoice,
            Refusal::ChosenTwice { .. }
            | Refusal::NothingChosen(_)
            | Refusal::OneChoice { .. }
            | Refusal::StrayOther(_) => Self::BadChoices,
            Refusal::StrayField { .. } => Self::StrayField,
            Refusal::NotEmail(_) => Self::NotEmail,
            Refusal::TextLength { .. } => Self::TextLength,
            Refusal::ControlCharacter(_) => Self::ControlCharacter,
            Refusal::TextTooLong(_) => Self::TextTooLong,
            Refusal::NotUuidV7(_) => Self::BadResponseId,
            Refusal::Page(PageError::TooLong(_)) => Self::PageTooLong,
            Refusal::Page(_) => Self::BadPage,
            Refusal::ForeignPage(_) => Self::ForeignPage,
            Refusal::Percent(_) => Self::BadPercent,
        }
    }
}

/// An item or a request that will not be stored, and what its sender is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejection {
    pub outcome: Outcome,
    /// A path into the request: `events[0].submission.rev`. Empty where it is about the request as a whole.
    pub field: String,
    pub reason: String,
    /// For what is only for now: after how many seconds it is worth trying again.
    pub retry_after_seconds: Option<u32>,
}

impl Rejection {
    fn new(outcome: Outcome, field: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        let retry_after_seconds = outcome.retry_after_seconds();
        Self { outcome, field: field.into(), reason: shortened(&reason.to_string()), retry_after_seconds }
    }

    /// The same about the event at `index` of its batch.
    pub fn of_event(self, index: usize) -> Self {
        let field = match self.field.as_str() {
            "" => format!("events[{index}]"),
            field => format!("events[{index}].{field}"),
        };
        Self { field, ..self }
    }
}

impl From<NotAdmitted> for Rejection {
    fn from(reason: NotAdmitted) -> Self {
        let (outcome, field) = match &reason {
            NotAdmitted::TooMany(_) => (Outcome::RateLimited, ""),
            NotAdmitted::NoRoom => (Outcome::Overloaded, ""),
            NotAdmitted::ContentType(_) => (Outcome::UnsupportedType, "Content-Type"),
            NotAdmitted::TooSlow => (Outcome::SlowBody, ""),
            NotAdmitted::TooDeep => (Outcome::TooDeep, ""),
            NotAdmitted::Incomplete(_) => (Outcome::IncompleteBody, ""),
            NotAdmitted::TooLarge(_) => (Outcome::BodyTooLarge, ""),
            NotAdmitted::Unreadable(Unreadable::NotJson(_)) => (Outcome::NotJson, ""),
            NotAdmitted::Unreadable(Unreadable::Malformed { path, .. }) => (Outcome::Malformed, path.as_str()),
            NotAdmitted::UnknownEnvelope { .. } => (Outcome::UnknownEnvelope, "v"),
            NotAdmitted::UnknownSite(_) => (Outcome::UnknownSite, "site"),
            NotAdmitted::NoOrigin | NotAdmitted::ForeignOrigin { .. } => (Outcome::ForeignOrigin, "Origin"),
            NotAdmitted::TooManyEvents(_) => (Outcome::TooManyEvents, "events"),
        };
        let rejection = Self::new(outcome, field, &reason);
        match reason {
            NotAdmitted::TooMany(TooMany { retry_after_seconds }) => {
                Self { retry_after_seconds: Some(retry_after_seconds), ..rejection }
            }
            _ => rejection,
        }
    }
}

/// Of an event: it was read once as a part of its batch, so whatever is wrong with it is its shape.
impl From<Unreadable> for Rejection {
    fn from(reason: Unreadable) -> Self {
        match reason {
            Unreadable::NotJson(reason) => Self::new(Outcome::Malformed, "", reason),
            Unreadable::Malformed { path, reason } => Self::new(Outcome::Malformed, path, reason),
        }
    }
}

impl From<NotCommitted> for Rejection {
    fn from(reason: NotCommitted) -> Self {
        Self::new(reason.into(), "", reason)
    }
}

impl From<NotReadable> for Rejection {
    fn from(reason: NotReadable) -> Self {
        Self::new(Outcome::NotKnownYet, "", reason)
    }
}

impl From<Refused> for Rejection {
    fn from(Refused { field, refusal }: Refused) -> Self {
        Self::new(Outcome::from(&refusal), field, refusal)
    }
}

impl From<Conflict> for Rejection {
    fn from(conflict: Conflict) -> Self {
        let field = match conflict {
            Conflict::StaleRev { .. } => "submission.rev",
            Conflict::OtherSurvey | Conflict::SiteRemoved => "",
        };
        Self::new(conflict.into(), field, conflict)
    }
}

/// The longest reason, in characters. Reasons quote values, and a sender must not be able to have its whole body sent back.
const MAX_REASON: usize = 300;

fn shortened(reason: &str) -> String {
    match reason.char_indices().nth(MAX_REASON) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use survey::wire::Next;

    use super::*;

    #[test]
    fn every_outcome_has_a_label_of_its_own() {
        let labels: BTreeSet<_> = Outcome::ALL.iter().map(|outcome| outcome.label()).collect();
        assert_eq!(labels.len(), Outcome::ALL.len());
    }

    #[test]
    fn the_widget_does_with_every_outcome_what_the_table_says() {
        for outcome in Outcome::ALL {
            assert_eq!(outcome.next(), Next::after(Some(outcome.status().as_u16())), "{outcome:?}");
        }
        assert_eq!(Next::after(None), Next::Retry, "where nothing answers");
    }

    #[test]
    fn what_says_when_to_come_back_is_kept_by_the_widget() {
        for outcome in Outcome::ALL.iter().filter(|outcome| outcome.retry_after_seconds().is_some()) {
            assert_eq!(outcome.next(), Next::Retry, "{outcome:?}");
        }
    }

    #[test]
    fn a_reason_never_sends_a_body_back() {
        let rejection = Rejection::new(Outcome::Malformed, "", "é".repeat(10_000));
        assert_eq!(rejection.reason.chars().count(), MAX_REASON + 1);
    }
}

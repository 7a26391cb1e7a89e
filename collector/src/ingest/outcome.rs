//! Outcomes: every way in which an incoming item, or a request as a whole, can end.
//!
//! Each is a label of the metric `pagepoll_items_total`, the `error` of a refusal's body, and an HTTP status. They are
//! decided here and nowhere else. None has the status 408, 425 or 429: those ask a browser to try again, and a refused item
//! will be refused again. Only 503 does that.

use actix_web::http::StatusCode;
use metrics::counter;
use survey::accept::{Refusal, Refused};
use survey::page::PageError;

use super::admit::NotAdmitted;
use super::commit::NotCommitted;
use super::json::Unreadable;
use super::rollup::{Conflict, Kept};

macro_rules! outcomes {
    ($($(#[$meta:meta])* $name:ident => $status:ident, $label:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Outcome {
            $($(#[$meta])* $name,)*
        }

        impl Outcome {
            pub const ALL: &[Self] = &[$(Self::$name),*];

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
    };
}

outcomes! {
    /// On disk.
    Stored => NO_CONTENT, "stored";
    /// On disk already.
    Duplicate => NO_CONTENT, "duplicate";

    /// Of a request: it did not arrive whole.
    IncompleteBody => BAD_REQUEST, "incomplete_body";
    /// Of a request: more than [`survey::wire::MAX_BATCH_BYTES`].
    BodyTooLarge => PAYLOAD_TOO_LARGE, "body_too_large";
    /// Of a request: no JSON at all.
    NotJson => BAD_REQUEST, "not_json";
    /// Of a request: an envelope of a version that this collector does not know.
    UnknownEnvelope => BAD_REQUEST, "unknown_envelope";
    /// Of a request: more events than one batch may have.
    TooManyEvents => PAYLOAD_TOO_LARGE, "too_many_events";
    /// Of a request: no site has this key.
    UnknownSite => NOT_FOUND, "unknown_site";
    /// Of a request: sent by a page that is not on the site, or by no page at all.
    ForeignOrigin => FORBIDDEN, "foreign_origin";

    /// JSON, but of another shape.
    Malformed => BAD_REQUEST, "malformed";
    UnknownSurvey => UNPROCESSABLE_ENTITY, "unknown_survey";
    UnknownVersion => UNPROCESSABLE_ENTITY, "unknown_version";
    UnknownQuestion => UNPROCESSABLE_ENTITY, "unknown_question";
    OffScale => UNPROCESSABLE_ENTITY, "off_scale";
    /// A text where a score belongs, or the other way round.
    WrongKind => UNPROCESSABLE_ENTITY, "wrong_kind";
    AnsweredTwice => UNPROCESSABLE_ENTITY, "answered_twice";
    NoAnswers => UNPROCESSABLE_ENTITY, "no_answers";
    /// A choice that the question does not have.
    UnknownChoice => UNPROCESSABLE_ENTITY, "unknown_choice";
    /// Choices that do not go together: one of them twice, none at all, two where one is asked for.
    BadChoices => UNPROCESSABLE_ENTITY, "bad_choices";
    /// A contact detail that was not asked for.
    StrayField => UNPROCESSABLE_ENTITY, "stray_field";
    NotEmail => UNPROCESSABLE_ENTITY, "not_email";
    TextLength => UNPROCESSABLE_ENTITY, "text_length";
    ControlCharacter => UNPROCESSABLE_ENTITY, "control_character";
    TextTooLong => UNPROCESSABLE_ENTITY, "text_too_long";
    BadResponseId => UNPROCESSABLE_ENTITY, "bad_response_id";
    /// A page key that no page can have.
    BadPage => UNPROCESSABLE_ENTITY, "bad_page";
    PageTooLong => UNPROCESSABLE_ENTITY, "page_too_long";
    /// A page of a host that is not one of the site's.
    ForeignPage => UNPROCESSABLE_ENTITY, "foreign_page";
    BadPercent => UNPROCESSABLE_ENTITY, "bad_percent";
    /// A revision older than the one that is stored.
    StaleRev => CONFLICT, "stale_rev";
    /// A response id that belongs to another survey, version or site.
    ConflictingResponse => CONFLICT, "conflicting_response";

    /// Not looked at: more is waiting to be stored than the collector lets wait.
    Overloaded => SERVICE_UNAVAILABLE, "overloaded";
    /// Not stored: the database would not take it.
    StorageFailed => SERVICE_UNAVAILABLE, "storage_failed";
}

impl Outcome {
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
            NotCommitted::Storage | NotCommitted::Slow => Self::StorageFailed,
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
}

impl Rejection {
    fn new(outcome: Outcome, field: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self { outcome, field: field.into(), reason: shortened(&reason.to_string()) }
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
            NotAdmitted::Incomplete(_) => (Outcome::IncompleteBody, ""),
            NotAdmitted::TooLarge(_) => (Outcome::BodyTooLarge, ""),
            NotAdmitted::Unreadable(Unreadable::NotJson(_)) => (Outcome::NotJson, ""),
            NotAdmitted::Unreadable(Unreadable::Malformed { path, .. }) => (Outcome::Malformed, path.as_str()),
            NotAdmitted::UnknownEnvelope(_) => (Outcome::UnknownEnvelope, "v"),
            NotAdmitted::UnknownSite(_) => (Outcome::UnknownSite, "site"),
            NotAdmitted::NoOrigin | NotAdmitted::ForeignOrigin { .. } => (Outcome::ForeignOrigin, "Origin"),
            NotAdmitted::TooManyEvents(_) => (Outcome::TooManyEvents, "events"),
        };
        Self::new(outcome, field, &reason)
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

    use super::*;

    #[test]
    fn every_outcome_has_a_label_of_its_own() {
        let labels: BTreeSet<_> = Outcome::ALL.iter().map(|outcome| outcome.label()).collect();
        assert_eq!(labels.len(), Outcome::ALL.len());
    }

    #[test]
    fn nothing_refused_asks_to_be_sent_again() {
        assert!(Outcome::ALL.iter().all(|outcome| ![408, 425, 429].contains(&outcome.status().as_u16())));
    }

    #[test]
    fn a_reason_never_sends_a_body_back() {
        let rejection = Rejection::new(Outcome::Malformed, "", "é".repeat(10_000));
        assert_eq!(rejection.reason.chars().count(), MAX_REASON + 1);
    }
}

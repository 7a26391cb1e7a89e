//! How a survey stands: whether it runs, from when until when, and for whom.

use survey::api::SurveyState;

use super::{decimal, moment_in_words};

pub fn state_name(state: SurveyState) -> &'static str {
    match state {
        SurveyState::Running => tr!("Running"),
        SurveyState::Scheduled => tr!("Scheduled"),
        SurveyState::Ended => tr!("Ended"),
        SurveyState::QuotaFull => tr!("Quota full"),
        SurveyState::Paused => tr!("Paused"),
        SurveyState::Archived => tr!("Archived"),
        SurveyState::Draft => tr!("Draft"),
        SurveyState::NotUnderstood => tr!("Not understood"),
    }
}

/// Why a survey is in its state, and the way out where there is one; nothing of one that runs.
pub fn state_reason(state: SurveyState) -> Option<&'static str> {
    match state {
        SurveyState::Running => None,
        SurveyState::Scheduled => Some(tr!("It shows from its start on.")),
        SurveyState::Ended => Some(tr!("Its end has passed, so it no longer shows.")),
        SurveyState::QuotaFull => Some(tr!("It has all the answers it was to get, so it no longer shows.")),
        SurveyState::Paused => Some(tr!("It shows nowhere until somebody resumes it.")),
        SurveyState::Archived => Some(tr!("It was put away, and shows nowhere.")),
        SurveyState::Draft => Some(tr!("It was never published, so it shows nowhere.")),
        SurveyState::NotUnderstood => Some(tr!(
            "A newer Pagepoll published it, with rules that this one does not know. It shows nowhere until the collector is updated."
        )),
    }
}

/// From when until when, as a sentence; nothing where it has neither end.
pub fn schedule_in_words(starts_at: Option<&str>, ends_at: Option<&str>) -> Option<String> {
    match (starts_at.map(moment_in_words), ends_at.map(moment_in_words)) {
        (None, None) => None,
        (Some(start), None) => Some(tr!("from {start}", start)),
        (None, Some(end)) => Some(tr!("until {end}", end)),
        (Some(start), Some(end)) => Some(tr!("from {start} until {end}", start, end)),
    }
}

/// For which share of visitors a survey is.
pub fn sample_in_words(percent: f64) -> String {
    if percent >= 100.0 {
        tr!("every visitor").to_owned()
    } else if percent <= 0.0 {
        tr!("nobody: its sample is 0\u{202f}%").to_owned()
    } else {
        tr!("{percent}\u{202f}% of visitors, always the same ones", percent = decimal(&percent.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_does_not_run_says_why() {
        assert_eq!(state_reason(SurveyState::Running), None);
        for state in [SurveyState::Scheduled, SurveyState::Ended, SurveyState::QuotaFull, SurveyState::Paused] {
            assert!(state_reason(state).is_some(), "{}", state_name(state));
        }
        assert!(state_reason(SurveyState::NotUnderstood).is_some_and(|reason| reason.contains("updated")));
    }

    #[test]
    fn a_schedule_says_the_ends_that_it_has() {
        let (start, end) = ("2026-12-01T09:00:00Z", "2026-12-24T18:00:00Z");
        assert_eq!(schedule_in_words(None, None), None);
        assert_eq!(schedule_in_words(Some(start), None).as_deref(), Some("from 1 Dec 2026, 09:00 UTC"));
        assert_eq!(
            schedule_in_words(Some(start), Some(end)).as_deref(),
            Some("from 1 Dec 2026, 09:00 UTC until 24 Dec 2026, 18:00 UTC")
        );
    }

    #[test]
    fn a_sample_is_said_to_be_sticky() {
        assert_eq!(sample_in_words(100.0), "every visitor");
        assert_eq!(sample_in_words(12.5), "12.5\u{202f}% of visitors, always the same ones");
        assert_eq!(sample_in_words(0.5), "0.5\u{202f}% of visitors, always the same ones");
    }
}

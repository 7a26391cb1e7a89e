//! Batches from anywhere: an event is refused with the field and the reason, or becomes what may be stored.
//!
//! The input is the body of `POST /v1/events`, read as the collector reads it.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::value::RawValue;
use survey::accept::{
    Accepted, AcceptedPresentation, AcceptedValue, MAX_TOLD, MAX_VISIT_TEXT, Refused, SiteRules, Text, accept,
    accept_exposure,
};
use survey::definition::{MAX_COMMENT, Survey};
use survey::page::PageKey;
use survey::wire::{Batch, Event, is_storable};

/// One question of every kind.
static SURVEY: LazyLock<Survey> =
    LazyLock::new(|| serde_json::from_str(include_str!("../everything.json")).expect("the survey can be shown"));

static SITE: LazyLock<SiteRules> = LazyLock::new(|| SiteRules {
    hosts: vec!["shop.example".to_owned()],
    keep_query: vec!["q".to_owned()],
    dimensions: vec!["trait:plan".parse().expect("it is one")],
});

fuzz_target!(|body: &[u8]| -> Corpus {
    let Ok(batch) = serde_json::from_slice::<Batch<Box<RawValue>>>(body) else { return Corpus::Reject };
    for event in batch.events {
        let Ok(event) = serde_json::from_str::<Event>(event.get()) else { continue };
        let written = serde_json::to_string(&event).expect("an event can be written");
        assert_eq!(
            serde_json::from_str::<Event>(&written).ok().as_ref(),
            Some(&event),
            "it reads back as another event"
        );
        match event {
            Event::Exposure(exposure) => match accept_exposure(&SITE, exposure) {
                Ok(accepted) => check_presentation(&accepted.presentation),
                Err(refused) => check_refused(&refused, "exposure."),
            },
            Event::Submission(submission) => match accept(&SURVEY, &SITE, submission) {
                Ok(accepted) => check_accepted(&accepted),
                Err(refused) => check_refused(&refused, "submission."),
            },
        }
    }
    Corpus::Keep
});

fn check_refused(refused: &Refused, event: &str) {
    assert!(refused.field.starts_with(event) && refused.field.len() > event.len(), "{refused:?} names no field");
    assert!(!refused.refusal.to_string().is_empty(), "{refused:?} has no reason");
}

fn check_presentation(presentation: &AcceptedPresentation) {
    let AcceptedPresentation { page, visit, told, .. } = presentation;
    assert!(SITE.hosts.iter().any(|host| host == page.host()), "{page} is on another site");
    assert_eq!(PageKey::parse(page.as_str(), &SITE.keep_query).as_ref(), Ok(page));
    for text in [&visit.title, &visit.referrer, &visit.language] {
        assert!(text.chars().count() <= MAX_VISIT_TEXT && text.chars().all(is_storable), "{text:?}");
    }
    assert!(visit.scroll_percent <= 100);
    for (dimension, value) in told {
        assert_eq!(dimension, "trait:plan");
        assert!((1..=MAX_TOLD).contains(&value.chars().count()) && value.chars().all(is_storable), "{value:?}");
    }
}

fn check_accepted(accepted: &Accepted) {
    check_presentation(&accepted.presentation);
    assert!(!accepted.answers.is_empty());
    for (index, answer) in accepted.answers.iter().enumerate() {
        assert!(SURVEY.question(&answer.question).is_some());
        assert!(accepted.answers[..index].iter().all(|earlier| earlier.question != answer.question), "answered twice");
        let bins = answer.value.bins();
        assert!((1..bins.len()).all(|at| !bins[..at].contains(&bins[at])), "counted twice: {bins:?}");
        match &answer.value {
            AcceptedValue::Score(score) => assert!(score.point() <= 10),
            AcceptedValue::Text(text) => check_text(text),
            AcceptedValue::Choices(choices) => {
                assert_eq!(choices.picked.len(), choices.places.len());
                assert!(!choices.picked.is_empty());
                choices.other.iter().for_each(check_text);
            }
            AcceptedValue::Contact(fields) => {
                assert!(!fields.is_empty());
                fields.iter().for_each(|(_, text)| check_text(text));
            }
        }
    }
}

fn check_text(text: &Text) {
    let text = text.as_str();
    assert!((1..=MAX_COMMENT).contains(&text.chars().count()) && text.chars().all(is_storable), "{text:?}");
}

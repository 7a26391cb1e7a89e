//! Rules in Russian: plurals, and that nothing of them is left in English.

use std::collections::BTreeSet;

use super::*;
use crate::targeting::{Busy, Field, FieldKind, Meeting, Operand, Operator, SkipReason, Waiting};

fn rule(json: &str) -> Condition {
    serde_json::from_str(json).unwrap()
}

#[test]
fn numbers_change_the_word_behind_them() {
    let days = |n| Russian.frequency(Frequency::EveryDays(n));
    let said =
        [(1, "раз в 1 день"), (2, "раз в 2 дня"), (5, "раз в 5 дней"), (11, "раз в 11 дней"), (21, "раз в 21 день")];
    said.into_iter().for_each(|(n, said)| assert_eq!(days(n), said));
    let times = |n| Russian.frequency(Frequency::AtMost(n));
    let said = [(1, "не больше 1 раза"), (2, "не больше 2 раз"), (5, "не больше 5 раз"), (21, "не больше 21 раза")];
    said.into_iter().for_each(|(n, said)| assert_eq!(times(n), said));
    let seconds = |n| Russian.trigger(&Trigger::VisibleSeconds(n));
    let said =
        [(1, "через 1 секунду на странице"), (3, "через 3 секунды на странице"), (20, "через 20 секунд на странице")];
    said.into_iter().for_each(|(n, said)| assert_eq!(seconds(n), said));
    assert_eq!(Russian.days_between(1), "между любыми двумя опросами не меньше 1 дня");
    assert_eq!(Russian.days_between(14), "между любыми двумя опросами не меньше 14 дней");
}

#[test]
fn conditions_read_as_sentences() {
    for (json, said) in [
        (r#"{"path":{"glob":"/help/**"}}"#, "путь — /help или ниже"),
        (r#"{"not":{"device":{"is":"phone"}}}"#, "неверно, что устройство — телефон"),
        (
            r#"{"all":[{"returning":{"is":true}},{"cookie:plan":{"is_not":"pro"}}]}"#,
            "посетитель бывал здесь раньше и файл cookie plan — не pro",
        ),
        (
            r#"{"any":[{"answered:nps":{"is":false}},{"selector:.cart":{"is":true}}]}"#,
            "посетитель не отвечал на опрос nps или на странице есть элемент .cart",
        ),
        (r#"{"score:help.ease":{"<":4.5}}"#, "последняя оценка help.ease меньше 4,5"),
        (r#"{"language":{"one_of":["de","fr"]}}"#, "язык — de или fr"),
        (r#"{"all":[]}"#, "везде, всем"),
    ] {
        assert_eq!(Russian.condition(&rule(json)), said);
    }
}

/// Names that are the same in every language.
const NAMES: [&str; 3] = ["cookie", "JavaScript", "meta"];

/// What is filled in has no letters, so that every one is the language's own.
fn assert_russian(said: &str) {
    let left = NAMES.iter().fold(said.to_owned(), |said, name| said.replace(name, ""));
    assert!(!left.contains(|letter: char| letter.is_ascii_alphabetic()), "{said:?}");
    assert!(said.contains(|letter: char| ('а'..='я').contains(&letter)), "{said:?}");
}

#[test]
fn every_phrase_and_signal_is_russian_and_no_two_signals_are_called_the_same() {
    Phrase::ALL.iter().for_each(|phrase| assert_russian(Russian.phrase(*phrase)));
    let signals: BTreeSet<String> = Signal::ALL.iter().map(|signal| Russian.signal(*signal)).collect();
    signals.iter().for_each(|said| assert_russian(said));
    assert_eq!(signals.len(), Signal::ALL.len());
}

#[test]
fn every_field_and_operator_is_russian() {
    let operand = |text: &str| Operand { text: text.to_owned(), number: None };
    let pattern = rule(r#"{"path":{"regex":"^/1"}}"#);
    let Condition::Test(pattern) = pattern else { panic!("a test is read as one") };
    let operators = [
        Operator::Is(operand("1")),
        Operator::Is(operand("true")),
        Operator::IsNot(operand("1")),
        Operator::IsNot(operand("true")),
        Operator::Contains("1".into()),
        Operator::StartsWith("1".into()),
        Operator::EndsWith("1".into()),
        Operator::Glob("/1/**".into()),
        Operator::Glob("/1/*".into()),
        Operator::Glob("/1".into()),
        pattern.operator().clone(),
        Operator::OneOf(vec![operand("1"), operand("2")]),
        Operator::Exists(true),
        Operator::Exists(false),
        Operator::Below(1.5),
        Operator::Above(1.5),
    ];
    for kind in FieldKind::ALL {
        for operator in &operators {
            let test = Test { field: Field::named(*kind, ".1"), operator: operator.clone() };
            assert_russian(&Russian.test(&test).replace("true", ""));
        }
    }
    for device in ["desktop", "tablet", "phone"] {
        let test = Test { field: Field::of(FieldKind::Device), operator: Operator::Is(operand(device)) };
        assert_russian(&Russian.test(&test));
        assert_russian(&Russian.value(&test, device));
    }
}

#[test]
fn every_moment_and_pace_is_russian() {
    for trigger in [
        Trigger::Immediately,
        Trigger::VisibleSeconds(5),
        Trigger::ScrollPercent(50),
        Trigger::ExitIntent { after_seconds: 0 },
        Trigger::ExitIntent { after_seconds: 5 },
        Trigger::Click("#1".into()),
        Trigger::ElementVisible("#1".into()),
        Trigger::InactiveSeconds(5),
        Trigger::Event("1".into()),
        Trigger::Programmatic,
        Trigger::FeedbackTab,
    ] {
        assert_russian(&Russian.trigger(&trigger));
    }
    for frequency in
        [Frequency::Once, Frequency::UntilAnswered, Frequency::EveryDays(30), Frequency::AtMost(3), Frequency::Always]
    {
        assert_russian(&Russian.frequency(frequency));
        assert_russian(&Russian.shown(frequency));
    }
    assert_russian(&Russian.sample(12.5));
    assert_russian(&Russian.place(12.5));
    // A moment is written with a T and a Z.
    let moment = Moment(0);
    let (survey, last_shown) = ("a".parse().unwrap(), 0);
    let met = Russian.met(&Meeting { survey, shown: 2, last_shown, answered: true });
    for said in [met, Russian.starts(moment), Russian.ends(moment), Russian.it_is(moment), Russian.until(moment)] {
        assert_russian(&said.replace(&moment.to_string(), ""));
    }
}

#[test]
fn every_verdict_is_russian_and_so_is_what_has_been_seen_so_far() {
    let waits = [Waiting::Trigger, Waiting::Hidden, Waiting::Busy(Busy::Dialog), Waiting::Busy(Busy::Typing)];
    let skips = [
        SkipReason::NotStarted,
        SkipReason::Ended,
        SkipReason::SampledOut,
        SkipReason::Frequency,
        SkipReason::QuietPeriod,
        SkipReason::AskedHere,
        SkipReason::Condition,
    ];
    let verdicts = Signal::ALL.iter().map(|signal| Verdict::Show(*signal));
    let verdicts = verdicts.chain(waits.map(Verdict::Wait)).chain(skips.map(Verdict::Skip));
    verdicts.for_each(|verdict| assert_russian(&Russian.verdict(verdict)));
    let leaving = ExitSeen { signal: Signal::PointerLeftTop, visible_ms: 5_000 };
    for so_far in [
        SoFar::VisibleMs(5_000),
        SoFar::ScrollPercent(50),
        SoFar::InactiveMs(5_000),
        SoFar::Leaving(leaving),
        SoFar::StayingMs(5_000),
    ] {
        assert_russian(&Russian.so_far(so_far));
    }
}

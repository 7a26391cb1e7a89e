//! What `decide` comes to, case by case and as laws.

use proptest::prelude::*;

use super::frequency::DAY_MS;
use super::wording::English;
use super::*;

use crate::definition::Survey;

pub(crate) fn survey(id: &str, when: &str, triggers: &str) -> Candidate {
    survey_with(id, when, triggers, "")
}

fn survey_with(id: &str, when: &str, triggers: &str, more: &str) -> Candidate {
    whole_survey(id, when, triggers, more).candidate().clone()
}

/// `more` is further members of the survey, each with a comma before it.
pub(crate) fn whole_survey(id: &str, when: &str, triggers: &str, more: &str) -> Survey {
    let json = format!(
        r#"{{"id":"{id}","name":"n","when":{when},"triggers":{triggers}{more},
            "questions":[{{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}],
            "endings":[{{"title":"Thanks","text":""}}]}}"#
    );
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn at_once(more: &str) -> Candidate {
    survey_with("help", r#"{"path":{"is":"/help"}}"#, r#"["immediately"]"#, more)
}

/// A survey that is shown whenever a button is clicked, and a page on which it was.
fn on_demand() -> Candidate {
    survey_with("help", r#"{"path":{"is":"/help"}}"#, r##"[{"click":"#ask"}]"##, r#","frequency":"always""#)
}

fn clicked() -> PageMoment {
    PageMoment { happened: vec![Happening { signal: Signal::Click, what: "#ask".into() }], ..PageMoment::default() }
}

fn on_help(page: PageMoment) -> VisitorFacts {
    VisitorFacts { page, ..VisitorFacts::on("/help") }
}

fn decide_alone<'a>(survey: &'a Candidate, facts: &VisitorFacts) -> Decision<'a> {
    decide(Rules { surveys: std::slice::from_ref(survey), quiet_days: 0 }, facts)
}

fn verdict(survey: &Candidate, facts: &VisitorFacts) -> Verdict {
    decide_alone(survey, facts).judged[0].verdict
}

fn shown(survey: &str, times: u32, last_shown: i64) -> Meeting {
    Meeting { survey: survey.parse().unwrap(), shown: times, last_shown, answered: false }
}

mod triggers {
    use super::*;

    fn page_after(visible_ms: u64) -> PageMoment {
        PageMoment { visible_ms, ..PageMoment::default() }
    }

    #[test]
    fn a_survey_waits_on_its_page_until_its_trigger_fires() {
        let help = survey("help", r#"{"path":{"is":"/help"}}"#, r#"[{"visible_seconds":5}]"#);
        assert_eq!(verdict(&help, &on_help(page_after(4_999))), Verdict::Wait(Waiting::Trigger));
        assert_eq!(verdict(&help, &on_help(page_after(5_000))), Verdict::Show(Signal::VisibleSeconds));
    }

    #[test]
    fn a_trigger_that_fired_on_another_page_shows_nothing() {
        let help = survey("help", r#"{"path":{"is":"/help"}}"#, r#"[{"visible_seconds":5}]"#);
        let elsewhere = VisitorFacts { page: page_after(60_000), ..VisitorFacts::on("/cart") };
        assert_eq!(verdict(&help, &elsewhere), Verdict::Skip(SkipReason::Condition));
    }

    #[test]
    fn exit_intent_counts_only_after_the_minimum_stay() {
        let help = survey("help", "{\"all\":[]}", r#"[{"exit_intent":{"after_seconds":3}}]"#);
        let left_after = |signal, visible_ms| {
            on_help(PageMoment { exit: Some(ExitSeen { signal, visible_ms }), ..page_after(60_000) })
        };
        assert_eq!(verdict(&help, &left_after(Signal::PointerLeftTop, 2_999)), Verdict::Wait(Waiting::Trigger));
        assert_eq!(verdict(&help, &left_after(Signal::PointerLeftTop, 3_000)), Verdict::Show(Signal::PointerLeftTop));
    }

    #[test]
    fn going_back_to_a_page_counts_once_the_visitor_has_stayed_there() {
        let help = survey("help", "{\"all\":[]}", r#"[{"exit_intent":{"after_seconds":3}}]"#);
        let exit = Some(ExitSeen { signal: Signal::BackWithinSite, visible_ms: 0 });
        let early = on_help(PageMoment { exit, ..page_after(1_000) });
        assert_eq!(verdict(&help, &early), Verdict::Wait(Waiting::Trigger));
        assert_eq!(decide_alone(&help, &early).look_again_ms, Some(2_000));
        let later = on_help(PageMoment { exit, ..page_after(3_000) });
        assert_eq!(verdict(&help, &later), Verdict::Show(Signal::BackWithinSite));
    }

    #[test]
    fn idleness_is_exit_intent_on_touch_screens_alone() {
        let help = survey("help", "{\"all\":[]}", r#"[{"exit_intent":{"after_seconds":3}}]"#);
        let idle = PageMoment { inactive_ms: TOUCH_IDLE_MS, ..page_after(60_000) };
        assert_eq!(verdict(&help, &on_help(idle.clone())), Verdict::Wait(Waiting::Trigger));
        let by_touch = PageMoment { is_touch: true, ..idle };
        assert_eq!(verdict(&help, &on_help(by_touch)), Verdict::Show(Signal::TouchIdle));
    }

    #[test]
    fn what_happens_fires_the_trigger_that_names_it() {
        let page = |signal, what: &str| {
            on_help(PageMoment { happened: vec![Happening { signal, what: what.into() }], ..PageMoment::default() })
        };
        let cases = [
            (r##"[{"click":"#buy"}]"##, Signal::Click, "#buy"),
            (r#"[{"element_visible":".end"}]"#, Signal::ElementVisible, ".end"),
            (r#"[{"event":"paid"}]"#, Signal::Event, "paid"),
            (r#"["programmatic"]"#, Signal::Programmatic, "help"),
            (r#"[{"visible_seconds":900}]"#, Signal::Programmatic, "help"),
            (r#"["feedback_tab"]"#, Signal::FeedbackTab, "help"),
        ];
        for (triggers, signal, what) in cases {
            let help = survey("help", "{\"all\":[]}", triggers);
            assert_eq!(verdict(&help, &page(signal, what)), Verdict::Show(signal), "{triggers}");
            assert_eq!(verdict(&help, &page(signal, "another")), Verdict::Wait(Waiting::Trigger), "{triggers}");
        }
    }

    #[test]
    fn depth_and_inactivity_are_reached_or_passed() {
        let read = survey("a", "{\"all\":[]}", r#"[{"scroll_percent":75},{"inactive_seconds":20}]"#);
        let page =
            |scroll_percent, inactive_ms| on_help(PageMoment { scroll_percent, inactive_ms, ..page_after(60_000) });
        assert_eq!(verdict(&read, &page(74, 19_999)), Verdict::Wait(Waiting::Trigger));
        assert_eq!(verdict(&read, &page(75, 0)), Verdict::Show(Signal::ScrollDepth));
        assert_eq!(verdict(&read, &page(0, 20_000)), Verdict::Show(Signal::Inactivity));
    }

    #[test]
    fn the_next_time_to_look_is_when_the_first_waiting_survey_is_due() {
        let surveys = [
            survey("soon", "{\"all\":[]}", r#"[{"visible_seconds":30},{"visible_seconds":5}]"#),
            survey("elsewhere", r#"{"path":{"is":"/cart"}}"#, r#"[{"visible_seconds":1}]"#),
            survey("never", "{\"all\":[]}", r#"[{"scroll_percent":50}]"#),
        ];
        let facts = on_help(page_after(1_200));
        assert_eq!(decide(Rules { surveys: &surveys, quiet_days: 0 }, &facts).look_again_ms, Some(3_800));
        assert_eq!(decide(Rules { surveys: &surveys[1..], quiet_days: 0 }, &facts).look_again_ms, None);
    }

    #[test]
    fn a_rule_about_what_changes_unheard_is_looked_at_every_second() {
        let cart = survey("cart", r#"{"selector:.cart-item":{"is":true}}"#, r#"[{"scroll_percent":50}]"#);
        assert_eq!(decide_alone(&cart, &on_help(page_after(0))).look_again_ms, Some(1_000));
    }
}

mod manners {
    use super::*;

    #[test]
    fn nothing_shows_on_a_hidden_page_over_a_dialog_or_while_somebody_types() {
        let help = at_once("");
        let page = |page| verdict(&help, &on_help(page));
        assert_eq!(page(PageMoment { is_hidden: true, ..Default::default() }), Verdict::Wait(Waiting::Hidden));
        for busy in [Busy::Dialog, Busy::Typing] {
            assert_eq!(page(PageMoment { busy: Some(busy), ..Default::default() }), Verdict::Wait(Waiting::Busy(busy)));
        }
        assert_eq!(page(PageMoment::default()), Verdict::Show(Signal::Immediately));
    }

    #[test]
    fn a_page_view_has_one_survey_unless_the_visitor_asks_for_more() {
        let asked = || on_help(PageMoment { asked: true, ..clicked() });
        assert_eq!(verdict(&at_once(""), &asked()), Verdict::Skip(SkipReason::AskedHere));
        assert_eq!(verdict(&on_demand(), &asked()), Verdict::Show(Signal::Click));
    }

    #[test]
    fn of_two_that_could_show_the_first_does() {
        let surveys = [at_once(""), survey("second", "{\"all\":[]}", r#"["immediately"]"#)];
        let decision = decide(Rules { surveys: &surveys, quiet_days: 0 }, &on_help(PageMoment::default()));
        assert_eq!(decision.show, Some((0, Signal::Immediately)));
    }
}

mod frequencies {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn met(meeting: Meeting) -> VisitorFacts {
        VisitorFacts { now: NOW, met: vec![meeting], ..VisitorFacts::on("/help") }
    }

    #[test]
    fn each_kind_allows_what_it_says() {
        let shows = |frequency: &str, meeting: Meeting| {
            let help = at_once(&format!(r#","frequency":{frequency}"#));
            verdict(&help, &met(meeting)) == Verdict::Show(Signal::Immediately)
        };
        assert!(shows(r#""once""#, shown("help", 0, 0)));
        assert!(!shows(r#""once""#, shown("help", 1, NOW - DAY_MS * 900)));
        assert!(shows(r#""until_answered""#, shown("help", 9, NOW)));
        assert!(!shows(r#""until_answered""#, Meeting { answered: true, ..shown("help", 9, NOW) }));
        assert!(!shows(r#"{"every_days":30}"#, shown("help", 1, NOW - DAY_MS * 30 + 1)));
        assert!(shows(r#"{"every_days":30}"#, shown("help", 1, NOW - DAY_MS * 30)));
        assert!(shows(r#"{"at_most":3}"#, shown("help", 2, NOW)));
        assert!(!shows(r#"{"at_most":3}"#, shown("help", 3, NOW)));
        let often = Meeting { answered: true, ..shown("help", 900, NOW) };
        let facts = VisitorFacts { page: clicked(), ..met(often) };
        assert_eq!(verdict(&on_demand(), &facts), Verdict::Show(Signal::Click));
    }

    #[test]
    fn after_any_survey_all_are_quiet_for_the_sites_days() {
        let surveys = [at_once(""), survey("other", "{\"all\":[]}", r#"[{"visible_seconds":900}]"#)];
        let rules = Rules { surveys: &surveys, quiet_days: 7 };
        let asked_at = |last_asked| VisitorFacts { now: NOW, last_asked, ..VisitorFacts::on("/help") };
        let early = decide(rules, &asked_at(Some(NOW - DAY_MS * 7 + 1)));
        assert_eq!(early.judged[0].verdict, Verdict::Skip(SkipReason::QuietPeriod));
        assert_eq!(early.sleep_until, Some(NOW + 1));
        assert!(decide(rules, &asked_at(Some(NOW - DAY_MS * 7))).show.is_some());
        assert!(decide(rules, &asked_at(None)).show.is_some());
    }

    #[test]
    fn what_a_clock_that_ran_ahead_remembered_keeps_nobody_silent_for_years() {
        let now_and_then = at_once(r#","frequency":{"every_days":30}"#);
        let rules = Rules { surveys: std::slice::from_ref(&now_and_then), quiet_days: 7 };
        let shows = |ahead: i64| {
            let last = NOW + ahead;
            let facts = VisitorFacts { last_asked: Some(last), ..met(shown("help", 1, last)) };
            let decision = decide(rules, &facts);
            assert_eq!(decision.show.is_none(), decision.sleep_until.is_some());
            decision.show.is_some()
        };
        assert!(shows(900 * DAY_MS) && shows(i64::MAX - NOW));
        assert!(!shows(60_000), "a clock that is put right by a minute makes no new visitor");
    }

    #[test]
    fn surveys_on_demand_do_not_wait_for_quiet() {
        let surveys = [on_demand()];
        let facts = VisitorFacts { page: clicked(), last_asked: Some(NOW), now: NOW, ..VisitorFacts::on("/help") };
        assert_eq!(decide(Rules { surveys: &surveys, quiet_days: 7 }, &facts).show, Some((0, Signal::Click)));
    }

    #[test]
    fn a_survey_runs_from_its_start_until_its_end() {
        let help = at_once(r#","starts_at":"2027-01-15T08:00:00Z","ends_at":"2027-01-16T09:00:00+01:00""#);
        let verdict_at = |now| verdict(&help, &VisitorFacts { now, ..VisitorFacts::on("/help") });
        assert_eq!(verdict_at(NOW - 1), Verdict::Skip(SkipReason::NotStarted));
        assert_eq!(verdict_at(NOW), Verdict::Show(Signal::Immediately));
        assert_eq!(verdict_at(NOW + DAY_MS), Verdict::Skip(SkipReason::Ended));
    }
}

mod sleeping {
    use super::*;

    fn sleep(survey: &Candidate, facts: &VisitorFacts) -> Option<i64> {
        decide_alone(survey, facts).sleep_until
    }

    #[test]
    fn a_visitor_to_whom_nothing_can_ever_show_sleeps_for_ever() {
        let met = |meeting| VisitorFacts { now: 5, met: vec![meeting], ..VisitorFacts::on("/") };
        assert_eq!(sleep(&at_once(""), &met(shown("help", 1, 1))), Some(i64::MAX));
        assert_eq!(sleep(&at_once(""), &met(shown("help", 0, 0))), None);
        assert_eq!(sleep(&on_demand(), &met(shown("help", 9, 1))), None);
        assert_eq!(sleep(&at_once(r#","frequency":{"every_days":1}"#), &met(shown("help", 1, 4))), Some(DAY_MS + 4));
        assert_eq!(sleep(&at_once(r#","ends_at":"1969-01-01T00:00:00Z""#), &met(shown("help", 0, 0))), Some(i64::MAX));
    }

    #[test]
    fn one_who_is_sampled_out_of_everything_sleeps_for_ever() {
        let rare = at_once(r#","sample_percent":0.01"#);
        let out = (0..).map(|visitor| VisitorFacts { visitor, ..VisitorFacts::on("/help") });
        let out = out.into_iter().find(|facts| !rare.sample.includes(facts.visitor, &rare.id)).unwrap();
        assert_eq!(verdict(&rare, &out), Verdict::Skip(SkipReason::SampledOut));
        assert_eq!(sleep(&rare, &out), Some(i64::MAX));
    }
}

mod sampling {
    use super::*;

    #[test]
    fn a_sample_admits_its_share_of_100_000_visitors() {
        // As random as the widget's: SplitMix64's sequence from an arbitrary start.
        let visitors: Vec<u64> =
            (1..=100_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635).collect();
        for percent in [0.1, 1.0, 5.0, 10.0, 33.33, 50.0, 90.0, 99.9] {
            let sample = Sample::try_from(percent).unwrap();
            for id in ["a", "page-ces", "checkout-exit-2026"] {
                let id = id.parse().unwrap();
                let admitted = visitors.iter().filter(|visitor| sample.includes(**visitor, &id)).count();
                let share = admitted as f64 / 1_000.0;
                assert!((share - percent).abs() < 0.5, "{percent} % of {id} admitted {share} %");
            }
        }
    }

    #[test]
    fn two_surveys_sample_independently() {
        let (a, b) = ("a".parse().unwrap(), "b".parse().unwrap());
        let half = Sample::try_from(50.0).unwrap();
        let both = (1..=100_000_u64).filter(|n| {
            let visitor = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            half.includes(visitor, &a) && half.includes(visitor, &b)
        });
        assert!((both.count() as f64 / 1_000.0 - 25.0).abs() < 0.5);
    }

    #[test]
    fn a_larger_sample_keeps_everybody_of_the_smaller() {
        let (small, large) = (Sample::try_from(10.0).unwrap(), Sample::try_from(20.0).unwrap());
        let id = "a".parse().unwrap();
        assert!((0..10_000).all(|visitor| !small.includes(visitor, &id) || large.includes(visitor, &id)));
    }

    #[test]
    fn what_is_not_a_share_is_refused() {
        for wrong in [0.0, -1.0, 100.01, 12.345, f64::NAN] {
            assert!(Sample::try_from(wrong).unwrap_err().to_string().contains("0.01 to 100"));
        }
    }
}

mod traces {
    use super::*;

    fn trace(survey: &Candidate, facts: &VisitorFacts) -> Trace {
        let rules = Rules { surveys: std::slice::from_ref(survey), quiet_days: 3 };
        decide(rules, facts).judged[0].trace(rules, facts, &English)
    }

    #[test]
    fn a_trace_tells_each_rule_with_the_value_seen() {
        let when = r#"{"all":[{"path":{"glob":"/help/**"}},{"not":{"cookie:plan":{"is":"pro"}}}]}"#;
        let help = survey("help", when, r#"[{"visible_seconds":5}]"#);
        let trace = trace(&help, &VisitorFacts::on("/cart"));
        assert_eq!(trace.outcome, Outcome::Skips);
        assert_eq!(trace.verdict, "does not show here: its conditions do not hold");
        let told: Vec<String> = trace
            .checks
            .iter()
            .map(|check| {
                format!(
                    "{} {}{} [{}]",
                    if check.is_met { "+" } else { "-" },
                    "  ".repeat(check.depth.into()),
                    check.rule,
                    check.seen
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "+ for 100\u{202f}% of visitors []",
                "+ shown once [never shown]",
                "+ 3 days between any two surveys [none shown yet]",
                "+ one survey to a page view [none shown here]",
                "- all of these []",
                "-   path is /help or below [“/cart”]",
                "+   not this []",
                "-     cookie:plan is pro [nothing there]",
                "- after 5 seconds on the page [0 s so far]",
            ]
        );
    }
}

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#"{"path":{"is":"/help"}}"#.to_owned()),
        Just(r#"{"path":{"glob":"/help/**"}}"#.to_owned()),
        Just(r#"{"title":{"contains":"Größe"}}"#.to_owned()),
        Just(r#"{"cookie:plan":{"one_of":["pro","Team"]}}"#.to_owned()),
        Just(r#"{"trait:age":{">":17.5}}"#.to_owned()),
        Just(r#"{"returning":{"is":true}}"#.to_owned()),
        Just(r#"{"referrer":{"regex":"^https://(www\\.)?google\\."}}"#.to_owned()),
        Just(r#"{"query:q":{"exists":false}}"#.to_owned()),
        Just(r#"{"language":{"is_not":"de"}}"#.to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let tree = leaf().prop_recursive(3, 16, 3, |inner| {
        let many = prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(","));
        prop_oneof![
            many.clone().prop_map(|parts| format!(r#"{{"all":[{parts}]}}"#)),
            many.prop_map(|parts| format!(r#"{{"any":[{parts}]}}"#)),
            inner.prop_map(|part| format!(r#"{{"not":{part}}}"#)),
        ]
    });
    tree.prop_filter_map("contradicts itself", |json| serde_json::from_str(&json).ok())
}

fn facts() -> impl Strategy<Value = VisitorFacts> {
    let text = |kind, name: &'static str, values: &'static [&'static str]| {
        prop::option::of(prop::sample::select(values)).prop_map(move |text| {
            let value = text?;
            let number = value.parse().ok();
            Some((Field::named(kind, name), Value { text: value.into(), folded: value.to_lowercase(), number }))
        })
    };
    let values = (
        text(FieldKind::Path, "", &["/help", "/help/a", "/"]),
        text(FieldKind::Title, "", &["Größentabelle", "x"]),
        text(FieldKind::Cookie, "plan", &["pro", "team", "free"]),
        text(FieldKind::Trait, "age", &["17", "18", "old"]),
        text(FieldKind::Returning, "", &["true", "false"]),
        text(FieldKind::Referrer, "", &["https://www.google.de/", "https://a.example/"]),
        text(FieldKind::Query, "q", &["a"]),
        text(FieldKind::Language, "", &["de-CH", "en"]),
    );
    (values, any::<u64>(), any::<bool>()).prop_map(|((a, b, c, d, e, f, g, h), visitor, is_hidden)| VisitorFacts {
        now: 1,
        visitor,
        values: [a, b, c, d, e, f, g, h].into_iter().flatten().collect(),
        page: PageMoment { is_hidden, ..PageMoment::default() },
        met: Vec::new(),
        last_asked: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn not_both_is_one_of_them_not(a in condition(), b in condition(), facts in facts()) {
        let not = |condition: &Condition| Condition::Not(Box::new(condition.clone()));
        let neither_both = not(&Condition::All(vec![a.clone(), b.clone()]));
        let one_not = Condition::Any(vec![not(&a), not(&b)]);
        prop_assert_eq!(neither_both.holds(&facts), one_not.holds(&facts));
    }

    #[test]
    fn a_rule_survives_being_written_down_and_being_sent(condition in condition(), facts in facts()) {
        let json = serde_json::to_string(&condition).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Condition>(&json).unwrap(), &condition);
        let bytes = postcard::to_allocvec(&condition).unwrap();
        let sent: Condition = postcard::from_bytes(&bytes).unwrap();
        prop_assert_eq!(sent.holds(&facts), condition.holds(&facts));
    }

    #[test]
    fn the_same_facts_come_to_the_same_decision_and_its_trace_agrees(when in condition(), facts in facts(), percent in 1_u8..=100) {
        let json = serde_json::to_string(&when).unwrap();
        let survey = survey_with("a", &json, r#"["immediately"]"#, &format!(r#","sample_percent":{percent}"#));
        let first = decide_alone(&survey, &facts);
        prop_assert_eq!(first.judged[0].verdict, decide_alone(&survey, &facts).judged[0].verdict);
        let rules = Rules { surveys: std::slice::from_ref(&survey), quiet_days: 0 };
        let trace = first.judged[0].trace(rules, &facts, &English);
        let all_met = trace.checks.iter().filter(|check| check.depth == 0).all(|check| check.is_met);
        prop_assert_eq!(trace.outcome == Outcome::Shows, all_met);
    }

    #[test]
    fn whoever_sleeps_is_shown_nothing(when in condition(), facts in facts(), percent in 1_u8..=100, times in 0_u32..3, ago in 0_i64..40) {
        let json = serde_json::to_string(&when).unwrap();
        let survey = survey_with("a", &json, r#"["immediately"]"#, &format!(r#","sample_percent":{percent},"frequency":{{"every_days":20}}"#));
        let now = DAY_MS * 100;
        let facts = VisitorFacts { now, met: vec![shown("a", times, now - ago * DAY_MS)], ..facts };
        let decision = decide_alone(&survey, &facts);
        if let Some(until) = decision.sleep_until {
            prop_assert!(decision.show.is_none());
            let still_asleep = VisitorFacts { now: until.saturating_sub(1), ..facts };
            prop_assert!(decide_alone(&survey, &still_asleep).show.is_none());
        }
    }
}

//! Holds the roll-up to its law against a model of the tables: whatever happens, the counts are a recount of the rows.

use proptest::prelude::*;
use survey::accept::{AcceptedAnswer, AcceptedChoices, AcceptedExposure, AcceptedPresentation, AcceptedValue, Text};
use survey::definition::Scale;
use survey::page::PageKey;

use super::*;
use crate::clock::{DAY_MS, Zone};
use crate::ingest::flags::Flags;
use crate::ingest::item::Arrival;

const ROOM_FOR_PAGES: u32 = 3;

/// The tables, as far as the roll-up knows them.
#[derive(Default)]
struct Tables {
    presentations: HashMap<ResponseKey, Presentation>,
    responses: HashMap<ResponseKey, ResponseState>,
    pages: HashSet<(SiteKey, String)>,
    next_number: i64,
    histograms: BTreeMap<PointKey, i64>,
    funnel: BTreeMap<Anchor, [i64; 6]>,
}

impl Tables {
    fn commit(&mut self, group: &[Item]) -> Vec<Result<Kept, Conflict>> {
        let plan = plan(self.known(), group.to_vec());
        for (key, presentation) in plan.new_presentations {
            assert!(self.presentations.insert(key, presentation).is_none(), "it is not new");
        }
        for (key, presentation) in plan.presentations {
            assert!(self.presentations.insert(key, presentation).is_some(), "it is new");
        }
        for state in plan.new_responses.into_iter().chain(plan.responses) {
            let key = ResponseKey { site: state.anchor.site.clone(), id: state.response_id() };
            assert_eq!(state.is_new, !self.responses.contains_key(&key));
            self.responses.insert(key, state);
        }
        self.pages.extend(plan.pages.into_iter().map(|(site, page, _)| (site, page)));
        self.next_number = plan.next_numbers.first().map_or(self.next_number, |(_, next)| *next);
        self.count(&plan.changes);
        plan.verdicts
    }

    fn count(&mut self, changes: &Changes) {
        for (key, change) in changes.points() {
            *self.histograms.entry(key.clone()).or_default() += change;
        }
        for (anchor, change) in changes.funnel() {
            let sums = self.funnel.entry(anchor.clone()).or_default();
            sums.iter_mut().zip(change).for_each(|(sum, change)| *sum += change);
        }
    }

    fn known(&self) -> Known {
        let ledger = Ledger {
            next_number: self.next_number,
            room_for_pages: ROOM_FOR_PAGES.saturating_sub(self.pages.len() as u32),
        };
        Known {
            ledgers: ["shop", "other"].map(|site| (site.parse().unwrap(), ledger)).into(),
            presentations: self.presentations.clone(),
            pages: self.pages.clone(),
        }
    }

    /// Somebody of the team says what is to become of a visitor's answers.
    fn settle(&mut self, visitor: u8, standing: Standing) {
        let key = key(visitor);
        let Some(before) = self.presentations.get(&key).cloned() else { return };
        let after = before.clone().with_standing(standing);
        let mut changes = Changes::default();
        changes.replace(Some(&before), &after);
        self.count(&changes);
        self.presentations.insert(key, after);
    }

    fn assert_counts_are_a_recount(&self) {
        let counts = |key: &ResponseKey| match self.presentations[key].standing {
            Standing::ByDoubts => self.presentations[key].flags.is_none(),
            standing => standing == Standing::Counted,
        };
        for (key, response) in &self.responses {
            let is_completed = self.presentations[key].stages.contains(Stages::COMPLETED);
            assert_eq!(response.is_completed, is_completed, "rows and funnel agree");
        }
        let mut histograms: BTreeMap<PointKey, i64> = BTreeMap::new();
        for (key, response) in self.responses.iter().filter(|(key, _)| counts(key)) {
            for answer in &response.submission.answers {
                for point in recounted(&answer.value) {
                    let (anchor, question) = (self.presentations[key].anchor.clone(), answer.question.clone());
                    *histograms.entry(PointKey { anchor, question, point }).or_default() += 1;
                }
            }
        }
        let mut counted = self.histograms.clone();
        counted.retain(|_, count| *count != 0);
        assert_eq!(counted, histograms);

        let mut funnel: BTreeMap<Anchor, [i64; 6]> = BTreeMap::new();
        for (_, state) in self.presentations.iter().filter(|(key, _)| counts(key)) {
            let sums = funnel.entry((*state.anchor).clone()).or_default();
            let bits = (0..6).map(|bit| i64::from(state.stages.bits() >> bit & 1));
            sums.iter_mut().zip(bits).for_each(|(sum, one)| *sum += one);
        }
        let mut counted = self.funnel.clone();
        counted.retain(|_, counts| *counts != [0; 6]);
        assert_eq!(counted, funnel);
        for [eligible, shown, started, answered, completed, dismissed] in funnel.into_values() {
            assert!(eligible >= shown && shown >= started && started >= answered && answered >= completed);
            assert!(shown >= dismissed);
        }
    }

    fn answers(&self) -> i64 {
        self.histograms.values().sum()
    }
}

fn key(visitor: u8) -> ResponseKey {
    ResponseKey { site: "shop".parse().unwrap(), id: Uuid::from_u128(u128::from(visitor)) }
}

/// Where an answer must be counted, said once more in other words.
fn recounted(value: &AcceptedValue) -> Vec<u8> {
    match value {
        AcceptedValue::Score(score) => vec![score.point()],
        AcceptedValue::Choices(AcceptedChoices { places, .. }) => [places.as_slice(), &[255]].concat(),
        AcceptedValue::Text(_) | AcceptedValue::Contact(_) => Vec::new(),
    }
}

fn presentation(visitor: u8, survey: &str, page: &str) -> AcceptedPresentation {
    AcceptedPresentation {
        response_id: Uuid::from_u128(u128::from(visitor)),
        survey: survey.parse().unwrap(),
        version: 1,
        at: 0,
        page: PageKey::parse(page, &[]).unwrap(),
        visit: Visit::default(),
        told: Vec::new(),
    }
}

fn item(day: i64, event: AcceptedEvent) -> Item {
    let arrival = Arrival { received_at: day * DAY_MS, sent_at: 0 };
    Item::new("shop".parse().unwrap(), &Zone::named("UTC"), arrival, event)
}

fn submission(visitor: u8, rev: u32, points: &[(&str, i64)]) -> Accepted {
    let nps = Scale::nps();
    let answer = |(question, point): &(&str, i64)| AcceptedAnswer {
        question: question.parse().unwrap(),
        value: AcceptedValue::Score(nps.score(*point).unwrap()),
    };
    Accepted {
        presentation: presentation(visitor, "help", "a.b/help"),
        rev,
        answers: points.iter().map(answer).collect(),
        completed: rev > 2,
    }
}

/// Of the choices "a" to "d": those whose bits are set, the last of them worded.
fn topics(bits: u8) -> AcceptedAnswer {
    let places: Vec<u8> = (0..4).filter(|place| bits & 1 << place != 0).collect();
    let picked = places.iter().map(|place| ["a", "b", "c", "other"][usize::from(*place)].parse().unwrap()).collect();
    let other = places.contains(&3).then(|| Text::parse("Size".into(), 9).unwrap());
    AcceptedAnswer {
        question: "topics".parse().unwrap(),
        value: AcceptedValue::Choices(AcceptedChoices { places, picked, other }),
    }
}

fn answer(visitor: u8, rev: u32, point: i64) -> Item {
    item(1, AcceptedEvent::from(submission(visitor, rev, &[("ease", point)])))
}

fn exposure(visitor: u8, stage: ExposureStage) -> Item {
    let presentation = presentation(visitor, "help", "a.b/help");
    item(1, AcceptedEvent::from(AcceptedExposure { presentation, stage }))
}

#[test]
fn a_revised_answer_takes_its_old_count_back() {
    let mut tables = Tables::default();
    tables.commit(&[answer(1, 1, 3)]);
    tables.commit(&[answer(1, 2, 9)]);
    let counts: Vec<_> = tables.histograms.iter().map(|(key, count)| (key.point, *count)).collect();
    assert_eq!(counts, [(3, 0), (9, 1)]);
}

#[test]
fn a_revised_answer_is_counted_among_those_who_score_like_it() {
    let mut tables = Tables::default();
    let scored = |rev, point, band| Item { band: Some(band), ..answer(1, rev, point) };
    tables.commit(&[scored(1, 3, Band::Negative)]);
    tables.commit(&[exposure(1, ExposureStage::Dismissed), scored(2, 9, Band::Positive)]);
    let counted = tables.histograms.iter().filter(|(_, count)| **count > 0);
    let segments: Vec<_> = counted.map(|(key, _)| key.anchor.segment.with("device", "").to_string()).collect();
    assert_eq!(segments, ["band=positive"]);
    tables.assert_counts_are_a_recount();
}

#[test]
fn revised_choices_take_back_those_that_were_picked_before_and_count_the_visitor_once() {
    let picks = |rev, bits| {
        let chosen = Accepted { answers: vec![topics(bits)], ..submission(1, rev, &[]) };
        item(1, AcceptedEvent::from(chosen))
    };
    let mut tables = Tables::default();
    tables.commit(&[picks(1, 0b0011)]);
    tables.commit(&[picks(2, 0b1010)]);
    let counts: Vec<_> = tables.histograms.iter().map(|(key, count)| (key.point, *count)).collect();
    assert_eq!(counts, [(0, 0), (1, 1), (3, 1), (255, 1)]);
}

#[test]
fn the_same_again_is_a_duplicate_and_an_older_revision_is_stale() {
    let mut tables = Tables::default();
    let verdicts = tables.commit(&[answer(1, 2, 3), answer(1, 2, 3), answer(1, 1, 5)]);
    assert_eq!(verdicts, [Ok(Kept::Stored), Ok(Kept::Duplicate), Err(Conflict::StaleRev { sent: 1, stored: 2 })]);
    assert_eq!(tables.commit(&[answer(1, 2, 3)]), [Ok(Kept::Duplicate)]);
    assert_eq!(tables.answers(), 1);
}

#[test]
fn an_answer_implies_that_the_survey_was_seen() {
    let mut tables = Tables::default();
    tables.commit(&[answer(1, 1, 3)]);
    let late = tables.commit(&[exposure(1, ExposureStage::Shown), exposure(1, ExposureStage::Started)]);
    assert_eq!(late, [Ok(Kept::Duplicate), Ok(Kept::Duplicate)]);
    assert_eq!(tables.funnel.values().next(), Some(&[1, 1, 1, 1, 0, 0]));
}

#[test]
fn a_response_id_of_another_survey_or_version_is_refused_and_changes_nothing() {
    let mut tables = Tables::default();
    tables.commit(&[answer(1, 1, 3)]);
    let elsewhere = AcceptedExposure { presentation: presentation(1, "cart", "a.b/cart"), stage: ExposureStage::Shown };
    assert_eq!(tables.commit(&[item(1, AcceptedEvent::from(elsewhere))]), [Err(Conflict::OtherSurvey)]);
    assert_eq!(tables.histograms.keys().map(|key| key.point).collect::<Vec<_>>(), [3]);
}

#[test]
fn sites_choose_their_response_ids_by_themselves() {
    let mut tables = Tables::default();
    let mut other_site = answer(1, 1, 9);
    other_site.site = "other".parse().unwrap();
    assert_eq!(tables.commit(&[answer(1, 1, 3), other_site]), [Ok(Kept::Stored), Ok(Kept::Stored)]);
    assert_eq!(tables.answers(), 2);
    let mut gone = answer(2, 1, 9);
    gone.site = "gone".parse().unwrap();
    assert_eq!(tables.commit(&[gone]), [Err(Conflict::SiteRemoved)]);
}

#[test]
fn pages_that_a_day_has_no_room_for_are_counted_together() {
    let on = |visitor, page: &str| {
        let mut submission = submission(visitor, 1, &[("ease", 9)]);
        submission.presentation.page = PageKey::parse(page, &[]).unwrap();
        item(1, AcceptedEvent::from(submission))
    };
    let mut tables = Tables::default();
    let pages: Vec<Item> = (0..9).map(|visitor| on(visitor, &format!("a.b/{visitor}"))).collect();
    tables.commit(&pages);
    tables.commit(&[on(9, "a.b/0"), on(10, "a.b/10")]);
    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    for (key, count) in &tables.histograms {
        *counted.entry(&key.anchor.page).or_default() += count;
    }
    assert_eq!(counted, BTreeMap::from([("(other)", 7), ("a.b/0", 2), ("a.b/1", 1), ("a.b/2", 1)]));
    assert_eq!(tables.pages.len(), 3);
}

#[test]
fn doubtful_ones_leave_room_for_the_pages_of_others() {
    let on = |page: &str, flags| {
        let mut submission = submission(1, 1, &[("ease", 9)]);
        submission.presentation.page = PageKey::parse(page, &[]).unwrap();
        Item { flags, ..item(1, AcceptedEvent::from(submission)) }
    };
    let page_of = |room_for_pages, flags| {
        let ledger = Ledger { next_number: 1, room_for_pages };
        let known = Known { ledgers: [("shop".parse().unwrap(), ledger)].into(), ..Known::default() };
        plan(known, vec![on("a.b/new", flags)]).new_presentations[0].1.anchor.page.clone()
    };
    let half = NEW_PAGES_A_DAY / 2;
    assert_eq!([page_of(half, Flags::BOT), page_of(half + 1, Flags::BOT)], ["(other)", "a.b/new"]);
    assert_eq!(
        [page_of(half, Flags::NONE), page_of(1, Flags::NONE), page_of(0, Flags::NONE)],
        ["a.b/new", "a.b/new", "(other)"]
    );
}

#[test]
fn a_doubtful_answer_counts_once_somebody_says_so_and_an_erased_one_never_comes_back() {
    let mut tables = Tables::default();
    tables.commit(&[answer(1, 1, 3)]);
    tables.commit(&[Item { flags: Flags::BOT, ..answer(1, 2, 4) }, Item { flags: Flags::TOO_FAST, ..answer(2, 1, 5) }]);
    assert_eq!(tables.answers(), 0, "a doubt about a revision is one about the whole");
    tables.settle(2, Standing::Counted);
    tables.settle(1, Standing::Erased);
    assert_eq!(tables.commit(&[answer(1, 3, 9)]), [Ok(Kept::Duplicate)]);
    tables.assert_counts_are_a_recount();
    assert_eq!(tables.answers(), 1);
    tables.settle(2, Standing::Apart);
    assert_eq!(tables.answers(), 0);
}

#[test]
fn a_revision_from_another_page_or_day_counts_where_the_first_did() {
    let mut tables = Tables::default();
    tables.commit(&[answer(1, 1, 3)]);
    let mut moved = submission(1, 2, &[("ease", 9)]);
    moved.presentation.page = PageKey::parse("a.b/cart", &[]).unwrap();
    tables.commit(&[item(5, AcceptedEvent::from(moved))]);
    assert!(tables.histograms.keys().all(|key| key.anchor.page == "a.b/help" && key.anchor.day == 1));
    tables.assert_counts_are_a_recount();
}

/// Anything that a few visitors may send: all revisions and stages, scores and choices, from two pages, on two days, to two surveys.
fn anything() -> impl Strategy<Value = Item> {
    let stage = prop_oneof![
        Just(ExposureStage::Eligible),
        Just(ExposureStage::Shown),
        Just(ExposureStage::Started),
        Just(ExposureStage::Dismissed)
    ];
    let place = (0_u8..4, prop_oneof![8 => Just("help"), 1 => Just("cart")], prop_oneof![Just("a.b/x"), Just("a.b/y")])
        .prop_map(|(visitor, survey, page)| presentation(visitor, survey, page));
    let exposure = (place.clone(), stage)
        .prop_map(|(presentation, stage)| AcceptedEvent::from(AcceptedExposure { presentation, stage }));
    let points = prop_oneof![Just(vec!["ease"]), Just(vec!["ease", "recommend"]), Just(vec!["recommend"])];
    let submission = (place, 0_u32..5, points, 0_i64..=10, 0_u8..16, any::<bool>()).prop_map(|sent| {
        let (presentation, rev, questions, point, picked, completed) = sent;
        let points: Vec<_> = questions.into_iter().map(|question| (question, point)).collect();
        let scored = submission(0, rev, &points);
        let answers = scored.answers.into_iter().chain((picked > 0).then(|| topics(picked))).collect();
        AcceptedEvent::from(Accepted { presentation, answers, completed, ..scored })
    });
    let flags = prop_oneof![9 => Just(Flags::NONE), 1 => Just(Flags::BOT)];
    let band = prop_oneof![Just(None), Just(Some(Band::Negative)), Just(Some(Band::Positive))];
    (1_i64..3, flags, band, prop_oneof![exposure, submission]).prop_map(|(day, flags, band, event)| Item {
        flags,
        band,
        ..item(day, event)
    })
}

fn any_standing() -> impl Strategy<Value = Standing> {
    (0_i64..4).prop_map(|code| Standing::from_code(code).unwrap())
}

proptest! {
    #[test]
    fn in_any_order_however_often_and_in_any_groups_the_counts_are_a_recount(
        items in prop::collection::vec(anything(), 0..60),
        cuts in prop::collection::vec((1_usize..12, 0_u8..4, any_standing()), 60),
    ) {
        let mut tables = Tables::default();
        let mut rest = items.as_slice();
        for (cut, visitor, standing) in cuts {
            let (group, later) = rest.split_at(cut.min(rest.len()));
            prop_assert_eq!(tables.commit(group).len(), group.len());
            tables.assert_counts_are_a_recount();
            if cut == 1 {
                tables.settle(visitor, standing);
                tables.assert_counts_are_a_recount();
            }
            rest = later;
        }
    }

    #[test]
    fn the_highest_revision_wins_in_any_order(
        revs in Just((1..=6).collect::<Vec<u32>>()).prop_shuffle(),
        group in 1_usize..7,
    ) {
        let mut tables = Tables::default();
        let items: Vec<Item> = revs.iter().map(|rev| answer(1, *rev, (*rev).into())).collect();
        items.chunks(group).for_each(|group| drop(tables.commit(group)));
        let counted: Vec<_> = tables.histograms.iter().filter(|(_, count)| **count != 0).collect();
        prop_assert_eq!(counted.len(), 1);
        prop_assert_eq!((counted[0].0.point, *counted[0].1), (6, 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn a_thousand_answers_sent_twice_in_random_order_count_once(
        order in Just((0..1_000_u32).chain(0..1_000).collect::<Vec<u32>>()).prop_shuffle(),
    ) {
        let items: Vec<Item> = order
            .iter()
            .map(|number| {
                let mut submission = submission(0, 1, &[("ease", i64::from(number % 11))]);
                submission.presentation.response_id = Uuid::from_u128(u128::from(*number));
                item(1, AcceptedEvent::from(submission))
            })
            .collect();
        let mut tables = Tables::default();
        let verdicts: Vec<_> = items.chunks(77).flat_map(|group| tables.commit(group)).collect();
        prop_assert_eq!(verdicts.iter().filter(|verdict| **verdict == Ok(Kept::Stored)).count(), 1_000);
        prop_assert_eq!(tables.answers(), 1_000);
        tables.assert_counts_are_a_recount();
    }
}

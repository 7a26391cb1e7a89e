//! The part of the story that is about cross-tables and drivers: what is counted is read for them, and nothing else.

use super::*;
use crate::ingest::item::AcceptedEvent;
use crate::store::ShapeQuery;
use survey::shape::{Answer, AnswersRead, Given};

/// What is read of an answer: on which page, with what that is known, and what was given.
type Shaped = (String, String, Vec<String>);

fn says(visitor: u64, page: &'static str, answers: &'static str) -> Visit<'static> {
    Visit { visitor, page, sends: Sends::Says { rev: 1, answers } }
}

fn in_short(answer: &Answer<'_>) -> Shaped {
    let known =
        answer.circumstances.iter().map(|(dimension, value)| format!("{dimension}={value}")).collect::<Vec<_>>();
    let mut given: Vec<String> = answer
        .given
        .iter()
        .map(|(question, given)| match given {
            Given::Point(point) => format!("{question} {point}"),
            Given::Picked(picked) => format!("{question} {}", picked.join("+")),
        })
        .collect();
    given.sort();
    (answer.page.replace("shop.example", ""), known.join(" "), given)
}

impl Shop {
    /// Those of the last thirty days, at most so many.
    async fn shaped(&self, cut: Cut, most: u64) -> (AnswersRead, Vec<Shaped>) {
        let timeline = Timeline::of(Days::up_to(day_of(NOON), 30));
        let answers =
            self.store.counts(&shop(), &timeline, &cut).await.unwrap().answered(&"help".parse().unwrap()).unwrap();
        let survey = "help".parse().unwrap();
        let query = ShapeQuery { site: shop(), survey, days: timeline.days(), cut, answers, most };
        let read = self.store.shaped_answers(&query).await.unwrap();
        let mut shaped = Vec::new();
        read.each(|answer| shaped.push(in_short(answer)));
        (read.read(), shaped)
    }

    async fn pages_shaped(&self) -> Vec<String> {
        self.shaped(Cut::all(), 1_000).await.1.into_iter().map(|(page, ..)| page).collect()
    }

    /// On a phone, and so many days ago.
    async fn calls(&self, visit: Visit<'_>, days_ago: i64) {
        let snapshot = self.snapshot().await;
        let mut item = visit.item(snapshot.site(&shop()).unwrap());
        item.happened_at -= days_ago * DAY_MS;
        item.day = day_of(item.happened_at);
        let AcceptedEvent::Submission(submission) = &mut item.event else { unreachable!() };
        submission.presentation.visit.device = survey::wire::Device::Phone;
        self.store.commit(vec![item]).await.unwrap();
    }
}

const EASY: &str = r#"{"question":"ease","value":{"score":7}},{"question":"why","value":{"text":"Fast"}},
                      {"question":"topic","value":{"choices":{"picked":["size","price"]}}}"#;
const HARD: &str = r#"{"question":"ease","value":{"score":2}}"#;
const NO_WORDS: &str = r#"{"question":"ease","value":{"score":6}},
                          {"question":"topic","value":{"choices":{"picked":["size","price"]}}}"#;
const WORDS: &str = r#"{"question":"mail","value":{"text":"ann@home.example"}}"#;

fn shaped(page: &str, known: &str, given: &[&str]) -> Shaped {
    (page.to_owned(), known.to_owned(), given.iter().map(|given| (*given).to_owned()).collect())
}

pub(super) async fn single_answers_are_read_as_they_are_counted(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[says(1, "/a", EASY), says(2, "/b", HARD), says(3, "/c", WORDS)]).await;
    shop_.commit("shop", &[Visit { visitor: 4, page: "/seen", sends: Sends::Shown }]).await;
    shop_.commit("other", &[says(5, "/other", EASY)]).await;
    shop_.calls(says(6, "/d", HARD), 3).await;
    shop_.calls(says(7, "/before", HARD), 40).await;
    shop_.doubts(says(8, "/doubted", EASY), Flags::BOT).await;

    let all = |n| AnswersRead { answers: n, read: n, of_all: true };
    let (read, answers) = shop_.shaped(Cut::all(), 1_000).await;
    assert_eq!(read, all(4));
    let expected = [
        shaped("/d", "device=phone", &["ease 2"]),
        shaped("/c", "device=desktop", &[]),
        shaped("/b", "device=desktop", &["ease 2"]),
        shaped("/a", "device=desktop", &["ease 7", "topic price+size"]),
    ];
    assert_eq!(answers, expected);
    let (read, newest) = shop_.shaped(Cut::all(), 2).await;
    assert_eq!((read, &newest[..]), (AnswersRead { answers: 4, read: 2, of_all: false }, &expected[..2]));
    let (read, on_phones) = shop_.shaped(Cut::with("device", "phone"), 1_000).await;
    assert_eq!((read, &on_phones[..]), (all(1), &expected[..1]));
    assert_eq!(shop_.shaped(Cut::with("device", "tablet"), 1_000).await, (all(0), Vec::new()));

    shop_.store.settle(&shop(), &[6], Standing::Counted, &operator()).await.unwrap();
    shop_.store.settle(&shop(), &[1], Standing::Apart, &operator()).await.unwrap();
    shop_.store.erase(&shop(), &[2], &operator()).await.unwrap();
    assert_eq!(shop_.pages_shaped().await, ["/doubted", "/d", "/c"]);
}

pub(super) async fn a_later_revision_is_what_is_read_and_where_it_began(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[says(1, "/a", HARD), says(2, "/b", HARD)]).await;
    let again = Visit { visitor: 1, page: "/cart", sends: Sends::Says { rev: 2, answers: EASY } };
    shop_.commit("shop", &[again]).await;
    let (_, answers) = shop_.shaped(Cut::all(), 1_000).await;
    assert_eq!(answers[1], shaped("/a", "device=desktop", &["ease 7", "topic price+size"]));
}

/// What `cargo test --release -- --ignored --nocapture` prints is how long it takes to read 100,000 answers, of 150,000 that there are.
pub(super) async fn a_hundred_thousand_answers_are_read(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let pages: Vec<String> = (0..1_000).map(|page| format!("/page/{page}")).collect();
    for group in (0..150_000_u64).collect::<Vec<_>>().chunks(512) {
        let items = group.iter().map(|visitor| {
            let answers = if visitor % 3 == 0 { HARD } else { NO_WORDS };
            Visit { visitor: *visitor, page: &pages[*visitor as usize % 1_000], sends: Sends::Says { rev: 1, answers } }
                .item(site)
        });
        shop_.store.commit(items.collect()).await.unwrap();
    }
    while shop_.store.fold(&shop()).await.unwrap() {}
    for _ in 0..3 {
        let began = std::time::Instant::now();
        let survey: survey::definition::SurveyId = "help".parse().unwrap();
        let timeline = Timeline::of(Days::up_to(day_of(NOON), 30));
        let answers = shop_.store.counts(&shop(), &timeline, &Cut::all()).await.unwrap().answered(&survey).unwrap();
        let counted = began.elapsed();
        let query = ShapeQuery {
            site: shop(),
            survey: survey.clone(),
            days: timeline.days(),
            cut: Cut::all(),
            answers,
            most: 100_000,
        };
        let read = shop_.store.shaped_answers(&query).await.unwrap();
        let took = began.elapsed();
        assert_eq!(read.read(), AnswersRead { answers: 150_000, read: 100_000, of_all: false });
        let versions = site.versions_of(&survey);
        let mut drivers = survey::shape::Drivers::of(&versions, None, &[]).unwrap();
        read.each(|answer| drivers.add(answer));
        let report = drivers.report(&survey, timeline.days(), read.read());
        assert_eq!(report.n, 100_000);
        println!("counted in {counted:?}, read in {:?}, told in {:?}", took - counted, began.elapsed() - took);
    }
}

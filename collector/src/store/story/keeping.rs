//! The part of the story that is about what is kept: what is set apart, erased, or older than a site keeps.

use survey::definition::SiteSettings;

use super::{NOON, Place, Sends, Shop, Visit, answers, operator, shop};
use crate::clock::{DAY_MS, day_of};
use crate::ingest::flags::Flags;
use crate::ingest::item::{AcceptedEvent, Item};
use crate::ingest::rollup::{Kept, Standing};
use crate::review::retention::forget;
use crate::store::{StoreError, WhichAnswers, sql};

pub(super) async fn doubtful_answers_are_set_apart_until_somebody_says_that_they_count(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[answers(1, 1, 7)]).await;
    shop_.doubts(answers(2, 1, 1), Flags::BOT.with(Flags::TOO_FAST)).await;
    assert_eq!(shop_.n().await, 1);
    assert_eq!(shop_.store.answered().await.unwrap()[&(shop(), "help".parse().unwrap())], 1);
    assert_eq!(shop_.answers(None, WhichAnswers::All).await.len(), 1);
    let apart = shop_.answers(None, WhichAnswers::SetApart).await;
    assert_eq!(
        apart.iter().map(|answer| (answer.number, answer.flags)).collect::<Vec<_>>(),
        [(2, Flags::BOT.with(Flags::TOO_FAST))]
    );

    assert_eq!(shop_.store.settle(&shop(), &[2, 77], Standing::Counted, &operator()).await.unwrap(), 1);
    assert_eq!((shop_.n().await, shop_.answers(None, WhichAnswers::SetApart).await.len()), (2, 0));
    shop_.store.settle(&shop(), &[1, 2], Standing::Apart, &operator()).await.unwrap();
    assert_eq!((shop_.n().await, shop_.answers(None, WhichAnswers::SetApart).await.len()), (0, 2));
    shop_.store.settle(&shop(), &[1, 2], Standing::ByDoubts, &operator()).await.unwrap();
    assert_eq!(shop_.n().await, 1);
}

pub(super) async fn whoever_is_erased_is_gone_from_rows_and_counts_and_does_not_come_back(place: Place) {
    let shop_ = Shop::open(place).await;
    let contact = r#"{"question":"ease","value":{"score":6}},
                     {"question":"who","value":{"contact":[["name","Ann"],["email","Ann@home.example"]]}}"#;
    let ann = |rev| Visit { visitor: 1, page: "/help", sends: Sends::Says { rev, answers: contact } };
    shop_.commit("shop", &[ann(1), answers(2, 1, 2)]).await;
    let found = shop_.store.answers_of(&shop(), " ann@HOME.example").await.unwrap();
    assert_eq!(found, [1]);
    assert_eq!(shop_.store.erase(&shop(), &found, &operator()).await.unwrap(), 1);
    assert_eq!(shop_.commit("shop", &[ann(2)]).await, [Ok(Kept::Duplicate)]);
    assert!(shop_.store.answers_of(&shop(), "ann@home.example").await.unwrap().is_empty());
    assert_eq!(shop_.n().await, 1);
    assert_eq!(shop_.answers(None, WhichAnswers::All).await.len(), 1);
    assert_eq!(shop_.store.erase(&"other".parse().unwrap(), &[2], &operator()).await.unwrap(), 0, "of another site");
}

pub(super) async fn what_is_older_than_a_site_keeps_is_forgotten_with_its_counts(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let today = day_of(NOON);
    let on = |visitor, days_ago: i64| {
        let item = answers(visitor, 1, 4).item(site);
        let happened_at = item.happened_at - days_ago * DAY_MS;
        Item { happened_at, day: day_of(happened_at), ..item }
    };
    let old: Vec<Item> = (0..1_500).map(|visitor| on(visitor, 20)).collect();
    shop_.store.commit(old.clone()).await.unwrap();
    shop_.store.commit(vec![on(2_000, 1), on(2_001, 0)]).await.unwrap();
    let mut forgotten = Vec::new();
    while forgotten.last() != Some(&0) {
        forgotten.push(shop_.store.forget_before(&shop(), today - 10).await.unwrap());
    }
    assert_eq!(forgotten, [1_000, 500, 0]);
    assert_eq!((shop_.n().await, shop_.answers(None, WhichAnswers::All).await.len()), (2, 2));
    assert_eq!(shop_.store.answered().await.unwrap()[&(shop(), "help".parse().unwrap())], 2);
    let again = shop_.store.commit(old[..1].to_vec()).await.unwrap();
    assert_eq!(again, [Ok(Kept::Duplicate)], "what is sent again is known");
    assert_eq!(shop_.store.forget_pages(&shop(), today + 1).await.unwrap(), 0, "something is counted on it");
    while shop_.store.forget_before(&shop(), today + 1).await.unwrap() > 0 {}
    assert_eq!(shop_.store.forget_pages(&shop(), today).await.unwrap(), 0, "it is new today");
    assert_eq!(shop_.store.forget_pages(&shop(), today + 1).await.unwrap(), 1);
}

pub(super) async fn what_is_left_of_an_erased_answer_goes_once_nobody_would_send_it_again(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[answers(1, 1, 4), answers(2, 1, 4)]).await;
    shop_.store.erase(&shop(), &[1], &operator()).await.unwrap();
    let after = async |days| {
        assert_eq!(forget(&shop_.store, NOON + days * DAY_MS).await.unwrap(), 0, "the site keeps everything");
        shop_.store.recount(&shop()).await.unwrap().presentations
    };
    assert_eq!(after(30).await, 2);
    assert_eq!(shop_.commit("shop", &[answers(1, 1, 4)]).await, [Ok(Kept::Duplicate)]);
    assert_eq!(after(31).await, 1);
    assert_eq!(shop_.n().await, 1, "who was not erased is there");
}

pub(super) async fn a_page_that_is_counted_again_in_the_last_moment_is_not_forgotten(place: Place) {
    let shop_ = Shop::open(place).await;
    let on = |visitor, page| Visit { visitor, page, sends: Sends::Shown };
    shop_.commit("shop", &[on(1, "/waits"), on(2, "/folded")]).await;
    while shop_.store.fold(&shop()).await.unwrap() {}
    shop_.doubts(on(3, "/doubted"), Flags::BOT).await;
    shop_.doubts(on(1, "/waits"), Flags::BOT).await;
    while shop_.store.fold(&shop()).await.unwrap() {}
    shop_.commit("shop", &[on(4, "/waits")]).await;
    let found = ["waits", "folded", "doubted", "unknown"].map(|page| format!("shop.example/{page}"));
    assert_eq!(shop_.store.forget_uncounted(&shop(), &found).await.unwrap(), 1, "nobody else is on the doubted one");
    shop_.commit("shop", &[on(5, "/doubted")]).await;
    shop_.report().await;
}

pub(super) async fn a_site_keeps_answers_by_the_days_of_its_own_calendar(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let settle = async |time_zone: &str| {
        let settings =
            SiteSettings { retention_days: Some(1), time_zone: time_zone.to_owned(), ..SiteSettings::default() };
        let change = |_| Ok(settings);
        shop_.store.change_settings::<StoreError>(&shop(), &operator(), change).await.unwrap();
    };
    // NOON is 16:00 in Greenwich, and the next morning on Kiritimati.
    let yesterday = Item { day: day_of(NOON) - 1, ..answers(1, 1, 4).item(site) };
    shop_.store.commit(vec![yesterday]).await.unwrap();
    settle("UTC").await;
    assert_eq!(forget(&shop_.store, NOON).await.unwrap(), 0);
    settle("Pacific/Kiritimati").await;
    assert_eq!(forget(&shop_.store, NOON).await.unwrap(), 1);
}

pub(super) async fn whoever_has_answered_everything_has_done_so_whatever_is_answered_again(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let goes_back = |visitor, rev| {
        let mut item = answers(visitor, rev, 2).item(site);
        let AcceptedEvent::Submission(submission) = &mut item.event else { unreachable!() };
        submission.completed = false;
        item
    };
    let at_the_end = |visitor| answers(visitor, 2, 5).item(site);
    shop_.store.commit(vec![at_the_end(1), goes_back(2, 1)]).await.unwrap();
    shop_.store.commit(vec![goes_back(1, 3), at_the_end(3), goes_back(3, 3)]).await.unwrap();
    let listed = shop_.answers(None, WhichAnswers::All).await;
    let completed: Vec<_> = listed.iter().map(|answer| (answer.number, answer.completed)).collect();
    assert_eq!(completed, [(3, true), (2, false), (1, true)]);
    assert!(listed.iter().all(|answer| answer.given[0].point == Some(2)), "what was answered last is what is kept");
}

/// As one is that deletes the counts of a large site.
pub(super) async fn only_who_commits_gives_up_on_a_statement_of_seconds(place: Place) {
    let Shop { store, .. } = Shop::open(place).await;
    let takes_seconds = || sql("SELECT CAST(pg_sleep(2.5) AS TEXT)");
    let forgets = store.database.write(async |connection| takes_seconds().run(connection).await);
    let commits = store.database.write_here(async |connection| takes_seconds().run(connection).await);
    let (forgotten, committed) = tokio::join!(forgets, commits);
    forgotten.unwrap();
    assert!(matches!(committed, Err(StoreError::TooSlow(_))), "{committed:?}");
}

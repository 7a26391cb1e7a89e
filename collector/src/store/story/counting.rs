//! The part of the story that is about counts: whatever happens, and whenever it is folded in, they are a recount of the rows.

use std::collections::BTreeMap;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use survey::definition::SiteKey;
use survey::report::{Days, Timeline};
use survey::wire::Device;

use super::{NOON, Place, Sends, Shop, Visit, answers, operator, shop};
use crate::clock::{DAY_MS, day_of};
use crate::counts::{BAND, Cut, Segment};
use crate::ingest::item::{AcceptedEvent, Item};
use crate::ingest::rollup::Standing;
use crate::store::Store;

async fn assert_counted_right(store: &Store, site: &SiteKey, when: &str) {
    let recount = store.recount(site).await.unwrap();
    assert_eq!(recount.differences, Vec::<String>::new(), "{when}");
}

pub(super) async fn whatever_happens_the_counts_are_a_recount(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let today = day_of(NOON);
    let mut random = SmallRng::seed_from_u64(20_413);
    let mut reached = BTreeMap::new();
    for step in 0..120 {
        let deed = random.random_range(0..10);
        match deed {
            0..=5 => {
                let group: Vec<Item> = (0..random.random_range(1..20)).map(|_| somebody(&mut random, site)).collect();
                shop_.store.commit(group).await.unwrap();
            }
            6 => {
                let standing = [Standing::Counted, Standing::Apart, Standing::ByDoubts][random.random_range(0..3)];
                let numbers = [random.random_range(1..200), random.random_range(1..200)];
                shop_.store.settle(&shop(), &numbers, standing, &operator()).await.unwrap();
            }
            7 => {
                shop_.store.erase(&shop(), &[random.random_range(1..200)], &operator()).await.unwrap();
            }
            8 => {
                shop_.store.fold(&shop()).await.unwrap();
            }
            _ if step % 3 == 0 => {
                shop_.store.forget_before(&shop(), today - random.random_range(8..20)).await.unwrap();
                shop_.store.forget_pages(&shop(), today).await.unwrap();
            }
            _ => {
                shop_.store.rebuild_counts(&shop()).await.unwrap();
            }
        }
        *reached.entry(deed).or_insert(0) += 1;
        assert_counted_right(&shop_.store, &shop(), &format!("after step {step}, deed {deed}")).await;
    }
    assert!(reached.len() == 10, "every deed was done: {reached:?}");
    shop_.report().await;
    assert_pairs_add_up(&shop_).await;
}

/// Of few visitors, so that most come again; on many pages, so that there are several blocks.
fn somebody(random: &mut SmallRng, site: &crate::live::LiveSite) -> Item {
    let page = format!("/page/{}", random.random_range(0..70));
    let sends = match random.random_range(0..3) {
        0 => Sends::Shown,
        _ => Sends::Answer { rev: random.random_range(1..4), score: random.random_range(1..8), comment: "" },
    };
    let visitor = random.random_range(0..250);
    let mut item = Visit { visitor, page: &page, sends }.item(site);
    item.country = Some(COUNTRIES[visitor as usize % 2].to_owned());
    let visit = match &mut item.event {
        AcceptedEvent::Submission(submission) => &mut submission.presentation.visit,
        AcceptedEvent::Exposure(exposure) => &mut exposure.presentation.visit,
    };
    visit.device = [Device::Phone, Device::Desktop, Device::Tablet][visitor as usize % 3];
    visit.language = language(visitor as usize % 90);
    let happened_at = NOON - random.random_range(0..20) * DAY_MS;
    Item { happened_at, day: day_of(happened_at), ..item }
}

/// More are made up than are told apart.
fn language(number: usize) -> String {
    [number / 26, number % 26].map(|letter| char::from(b'a' + letter as u8)).iter().collect()
}

pub(super) async fn whoever_is_counted_among_the_others_is_taken_back_from_there(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let speaking = |visitor: usize| {
        let mut item = answers(visitor as u64, 1, 7).item(site);
        let AcceptedEvent::Submission(submission) = &mut item.event else { unreachable!() };
        submission.presentation.visit.language = language(visitor);
        item
    };
    let n = async |cut: Cut| shop_.report_of(&cut).await.values().map(|(n, ..)| *n).sum::<u64>();
    shop_.store.commit((0..62).map(speaking).collect()).await.unwrap();
    shop_.report().await;
    let others = Cut::with("language", &language(0)).other();
    assert_eq!(n(others.clone()).await, 2);
    shop_.store.erase(&shop(), &[1, 2], &operator()).await.unwrap();
    shop_.report().await;
    assert_eq!(shop_.store.dimensions(&shop()).await.unwrap()["language"].len(), 59, "two are forgotten");
    shop_.store.erase(&shop(), &[62], &operator()).await.unwrap();
    shop_.report().await;
    assert_eq!(n(others).await, 1);
}

/// Where the visitors come from.
const COUNTRIES: [&str; 2] = ["DE", "FR"];

/// What is counted when it is asked for agrees with what was counted beforehand.
async fn assert_pairs_add_up(shop: &Shop) {
    for device in ["phone", "desktop", "tablet"] {
        let mut sums = BTreeMap::new();
        for country in COUNTRIES {
            for (page, (n, points, shown, answered)) in
                shop.report_of(&Cut::with_both(("device", device), ("country", country))).await
            {
                let sum: &mut (u64, u64, u64, u64) = sums.entry(page).or_default();
                *sum = (sum.0 + n, sum.1 + points, sum.2 + shown, sum.3 + answered);
            }
        }
        assert_eq!(sums, shop.report_of(&Cut::with("device", device)).await, "{device}");
        assert!(!sums.is_empty());
    }
}

pub(super) async fn visitors_are_counted_apart_by_what_is_known_of_them(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let on_a_phone = |visitor, score| {
        let mut item = answers(visitor, 1, score).item(site);
        let AcceptedEvent::Submission(submission) = &mut item.event else { unreachable!() };
        submission.presentation.visit.device = Device::Phone;
        submission.presentation.visit.language = "de-CH".into();
        item
    };
    let at_home = [answers(1, 1, 7).item(site), answers(2, 1, 6).item(site)];
    shop_.store.commit([at_home.to_vec(), vec![on_a_phone(3, 1)]].concat()).await.unwrap();
    for _ in ["in the journal", "folded"] {
        let n = async |cut: Cut| shop_.report_of(&cut).await.values().map(|(n, ..)| *n).sum::<u64>();
        assert_eq!(n(Cut::with_both(("language", "de"), ("device", "phone"))).await, 1);
        assert_eq!(n(Cut::with_both(("language", "DE"), ("device", "phone"))).await, 0, "letter case counts");
        assert_eq!(n(Cut::all()).await, 3);
        assert_eq!(n(Cut::with("device", "phone")).await, 1);
        assert_eq!(n(Cut::with("language", "de")).await, 1);
        assert_eq!(n(Cut::with("language", "fr")).await, 0, "nobody");
        shop_.store.fold(&shop()).await.unwrap();
    }
}

pub(super) async fn whoever_changes_a_score_is_counted_among_others(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let n = async |cut: Cut| shop_.report_of(&cut).await.values().map(|(n, ..)| *n).sum::<u64>();
    let shown = |visitor| Visit { visitor, page: "/help", sends: Sends::Shown }.item(site);
    let among = async || {
        [
            n(Cut::with(BAND, "negative")).await,
            n(Cut::with(BAND, "neutral")).await,
            n(Cut::with(BAND, "positive")).await,
        ]
    };
    shop_.store.commit(vec![shown(1), answers(1, 1, 2).item(site), answers(2, 1, 4).item(site)]).await.unwrap();
    assert_eq!(among().await, [1, 1, 0]);
    shop_.store.fold(&shop()).await.unwrap();
    shop_.store.commit(vec![answers(1, 2, 7).item(site)]).await.unwrap();
    for _ in ["in the journal", "folded"] {
        assert_eq!(among().await, [0, 1, 1]);
        assert_eq!(n(Cut::with_both((BAND, "positive"), ("country", "DE"))).await, 0);
        shop_.store.fold(&shop()).await.unwrap();
    }
    let bands = shop_.store.dimensions(&shop()).await.unwrap().remove(BAND).unwrap();
    assert_eq!(bands.into_iter().collect::<Vec<_>>(), ["neutral", "positive"], "nobody is left in the other");
}

pub(super) async fn what_set_a_survey_off_is_known_once_it_has(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let seen = Visit { visitor: 1, page: "/help", sends: Sends::Shown }.item(site);
    let mut answered = answers(1, 1, 5).item(site);
    let AcceptedEvent::Submission(submission) = &mut answered.event else { unreachable!() };
    submission.presentation.visit.signal = Some(survey::targeting::Signal::FeedbackTab);
    shop_.store.commit(vec![seen]).await.unwrap();
    while shop_.store.fold(&shop()).await.unwrap() {}
    shop_.store.commit(vec![answered]).await.unwrap();
    let cut = Segment::of([("signal", survey::targeting::Signal::FeedbackTab.as_str())]).cuts().remove(1);
    assert_eq!(shop_.report_of(&cut).await["shop.example/help"], (1, 5, 1, 1), "with its showing");
    shop_.report().await;
}

pub(super) async fn a_report_reads_the_pages_of_its_blocks_and_not_all_there_ever_were(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let on = |visitor: u64, days_ago: i64| {
        let page = format!("/page/{visitor}");
        let item = Visit { visitor, page: &page, sends: Sends::Shown }.item(site);
        let happened_at = item.happened_at - days_ago * DAY_MS;
        Item { happened_at, day: day_of(happened_at), ..item }
    };
    shop_.store.commit((0..70).map(|visitor| on(visitor, 9)).collect()).await.unwrap();
    while shop_.store.fold(&shop()).await.unwrap() {}
    shop_.store.commit(vec![on(70, 1)]).await.unwrap();
    while shop_.store.fold(&shop()).await.unwrap() {}
    shop_.store.commit(vec![on(71, 0)]).await.unwrap();
    let counts = shop_.store.counts(&shop(), &Timeline::of(Days::up_to(day_of(NOON), 2)), &Cut::all()).await.unwrap();
    let pages = counts.pages();
    assert!(pages.len() <= 32 + 1, "{pages:?}");
    for page in ["shop.example/page/70", "shop.example/page/71"] {
        assert!(pages.contains(&page.to_owned()), "{page}");
    }
    assert_eq!(shop_.report().await.len(), 72);
}

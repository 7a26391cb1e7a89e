//! What visitors say in their own words is found, by whom it belongs to and as long as it is there.

use std::time::Instant;

use super::*;
use crate::comments::Search;
use crate::report::words::newest;
use survey::definition::Band;

fn says<'a>(visitor: u64, page: &'a str, score: i64, comment: &'a str) -> Visit<'a> {
    Visit { visitor, page, sends: Sends::Answer { rev: 1, score, comment } }
}

fn looking_for(typed: &str) -> AnswerQuery {
    AnswerQuery { search: Some(Search::parse(typed).unwrap()), ..AnswerQuery::newest(shop(), WhichAnswers::All, 100) }
}

impl Shop {
    /// Of a whole list, part by part, as far as its limit.
    pub(super) async fn numbers(&self, query: &AnswerQuery) -> Vec<i64> {
        let (mut numbers, mut query) = (Vec::new(), query.clone());
        loop {
            let part = self.store.part_of_answers(&query, |_| query.band).await.unwrap();
            numbers.extend(part.answers.iter().map(|answer| answer.number));
            query.limit -= part.answers.len() as u32;
            match part.next {
                Some(next) if query.limit > 0 => query.before = Some(next),
                _ => return numbers,
            }
        }
    }

    async fn found(&self, typed: &str) -> Vec<i64> {
        self.numbers(&looking_for(typed)).await
    }
}

pub(super) async fn comments_are_found_by_their_words_newest_first(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_
        .commit(
            "shop",
            &[
                says(1, "/help", 2, "The delivery was slow"),
                says(2, "/cart", 7, "Delivery: fast!"),
                says(3, "/help", 1, "Доставка слишком медленная, еще и дорого"),
                says(4, "/cart", 4, "Die Lieferung läuft, über Nacht"),
                says(5, "/help", 6, "配送が遅い"),
                answers(6, 1, 7),
                says(7, "/help", 3, "👍"),
            ],
        )
        .await;
    for (typed, found) in [
        ("delivery", &[2, 1][..]),
        ("DELIV", &[2, 1]),
        ("slow delivery", &[1]),
        ("fast slow", &[]),
        ("lauft", &[4]),
        ("uber", &[4]),
        ("доставк", &[3]),
        ("ещё", &[3]),
        ("配送", &[5]),
        ("遅", &[5]),
        ("delivery AND fast", &[]),
        ("\"delivery\" * NEAR(", &[]),
        ("elivery", &[]),
    ] {
        assert_eq!(shop_.found(typed).await, found, "{typed}");
    }
    let on_page = |page: &str| Some(format!("shop.example{page}"));
    for (query, found) in [
        (AnswerQuery { page: on_page("/help"), ..looking_for("delivery") }, &[1][..]),
        (AnswerQuery { band: Some(Band::Positive), ..looking_for("delivery") }, &[2]),
        (AnswerQuery { before: Some(2), ..looking_for("delivery") }, &[1]),
        (AnswerQuery { limit: 1, ..looking_for("delivery") }, &[2]),
        (AnswerQuery { days: Some(Days::up_to(day_of(NOON) - 1, 9)), ..looking_for("delivery") }, &[]),
        (AnswerQuery { days: Some(Days::up_to(day_of(NOON) + 9, 400)), ..looking_for("delivery") }, &[2, 1]),
        (AnswerQuery { which: WhichAnswers::WithContact, ..looking_for("delivery") }, &[]),
    ] {
        assert_eq!(shop_.numbers(&query).await, found, "{query:?}");
    }
    let comments = AnswerQuery::newest(shop(), WhichAnswers::WithComments, 100);
    for (query, found) in [
        (comments.clone(), &[7, 5, 4, 3, 2, 1][..]),
        (AnswerQuery { page: on_page("/help"), ..comments.clone() }, &[7, 5, 3, 1]),
        (AnswerQuery { band: Some(Band::Negative), ..comments.clone() }, &[7, 3, 1]),
        (AnswerQuery { band: Some(Band::Neutral), page: on_page("/cart"), ..comments.clone() }, &[4]),
        (AnswerQuery { written_in: Some("ja".into()), ..comments.clone() }, &[5]),
        (AnswerQuery { days: Some(Days::up_to(day_of(NOON), 1)), limit: 2, ..comments.clone() }, &[7, 5]),
        (AnswerQuery { days: Some(Days::up_to(day_of(NOON) - 1, 1)), ..comments.clone() }, &[]),
    ] {
        assert_eq!(shop_.numbers(&query).await, found, "{query:?}");
        let counted =
            shop_.store.count_comments(&AnswerQuery { limit: 0, ..query.clone() }, in_a_minute()).await.unwrap();
        assert_eq!(counted, (shop_.numbers(&AnswerQuery { limit: 100, ..query }).await.len() as u64, true));
    }
}

pub(super) fn in_a_minute() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

pub(super) async fn what_is_gone_is_found_no_more(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_
        .commit(
            "shop",
            &[says(1, "/help", 2, "alpha one"), says(2, "/help", 2, "alpha two"), says(3, "/help", 2, "alpha three")],
        )
        .await;
    assert_eq!(shop_.found("alpha").await, [3, 2, 1]);
    // Revised: to other words, and to none.
    let revised =
        |visitor, comment| Visit { visitor, page: "/cart", sends: Sends::Answer { rev: 2, score: 7, comment } };
    shop_.commit("shop", &[revised(1, "beta"), revised(2, "")]).await;
    assert_eq!((shop_.found("alpha").await, shop_.found("beta").await), (vec![3], vec![1]));
    let query =
        AnswerQuery { band: Some(Band::Positive), page: Some("shop.example/help".into()), ..looking_for("beta") };
    assert_eq!(shop_.numbers(&query).await, [1], "on the page where it was first given, with the newest score");

    assert_eq!(shop_.store.erase(&shop(), &[3], &operator()).await.unwrap(), 1);
    assert_eq!(shop_.found("alpha").await, Vec::<i64>::new());
    assert_eq!(terms_left(&shop_.store).await, ["beta"], "and nothing of it lies about");
    while shop_.store.forget_before(&shop(), day_of(NOON) + 1).await.unwrap() > 0 {}
    assert_eq!(shop_.found("beta").await, Vec::<i64>::new());
    assert_eq!(terms_left(&shop_.store).await, Vec::<String>::new());
}

/// The words that SQLite's index still has, wherever they come from; what PostgreSQL's table has.
async fn terms_left(store: &Store) -> Vec<String> {
    use crate::store::sql;
    let rows = store.database.all(sql("SELECT terms FROM texts ORDER BY terms")).await.unwrap();
    let texts: Vec<String> = rows.iter().map(|row| row.text("terms").unwrap()).collect();
    let mut left: Vec<String> = texts
        .iter()
        .flat_map(|terms| terms.split(' ').filter(|term| !term.starts_with('=')))
        .map(str::to_owned)
        .collect();
    if let Ok(pages) = store.database.all(sql("SELECT block FROM words_data")).await {
        let bytes: Vec<u8> = pages.iter().flat_map(|page| page.bytes("block").unwrap()).collect();
        for word in ["alpha", "three", "two", "one", "beta"] {
            // Terms are shortened by what they share with the one before.
            let end = &word.as_bytes()[1..];
            if bytes.windows(end.len()).any(|part| part == end) && !left.iter().any(|known| known == word) {
                left.push(format!("{word} in the index"));
            }
        }
    }
    left
}

pub(super) async fn what_is_set_apart_is_found_in_its_own_list_alone(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[says(1, "/help", 7, "gamma")]).await;
    shop_.doubts(says(2, "/help", 1, "gamma"), Flags::BOT).await;
    let apart = AnswerQuery { which: WhichAnswers::SetApart, ..looking_for("gamma") };
    let comments = AnswerQuery { which: WhichAnswers::WithComments, ..looking_for("gamma") };
    assert_eq!((shop_.found("gamma").await, shop_.numbers(&apart).await), (vec![1], vec![2]));
    assert_eq!(shop_.numbers(&comments).await, [1]);
    shop_.store.settle(&shop(), &[2], Standing::Counted, &operator()).await.unwrap();
    assert_eq!((shop_.found("gamma").await, shop_.numbers(&apart).await), (vec![2, 1], vec![]));
}

pub(super) async fn nobody_finds_the_words_of_another_site(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("other", &[says(1, "/help", 7, "delta theirs"), says(2, "/help", 7, "delta")]).await;
    shop_.commit("shop", &[says(1, "/help", 7, "delta ours")]).await;
    assert_eq!((shop_.found("delta").await, shop_.found("theirs").await), (vec![1], vec![]));
    let others = AnswerQuery { site: "other".parse().unwrap(), ..looking_for("delta") };
    assert_eq!(shop_.numbers(&others).await, [2, 1]);
    assert_eq!(shop_.store.erase(&shop(), &[1], &operator()).await.unwrap(), 1);
    assert_eq!(shop_.numbers(&others).await, [2, 1]);
    shop_.store.remove_site(&"other".parse().unwrap()).await.unwrap();
    assert_eq!(shop_.numbers(&others).await, Vec::<i64>::new());
    if let Ok(sites) = shop_.store.database.all(crate::store::sql("SELECT site FROM words_sites")).await {
        assert_eq!(sites.iter().map(|row| row.text("site").unwrap()).collect::<Vec<_>>(), ["shop"]);
    }
}

/// Beyond the first block of the index, and into the third.
pub(super) async fn a_list_of_what_is_found_goes_on_where_it_stopped(place: Place) {
    let shop_ = Shop::open(place).await;
    let mut expected = Vec::new();
    for (visitor, first) in [(1, 65_530), (101, 200_000), (201, 1_000_000)] {
        let number = format!("UPDATE ledgers SET next_number = {first} WHERE site = 'shop'");
        shop_.store.database.change(crate::store::sql(number.leak())).await.unwrap();
        for visits in (visitor..visitor + 20).collect::<Vec<u64>>().chunks(7) {
            let comment = |visitor| if visitor % 50 == 3 { "epsilon needle" } else { "epsilon" };
            let visits: Vec<_> = visits.iter().map(|visitor| says(*visitor, "/help", 1, comment(*visitor))).collect();
            shop_.commit("shop", &visits).await;
        }
        expected.extend(first..first + 20);
    }
    expected.reverse();
    assert_eq!(shop_.found("eps").await, expected);
    // What is rare is asked for first, and compared with the rest.
    for (typed, found) in [
        ("eps needle", &[1_000_002, 200_002, 65_532][..]),
        ("eps nowhere", &[]),
        ("needle eps e", &[1_000_002, 200_002, 65_532]),
    ] {
        assert_eq!(shop_.found(typed).await, found, "{typed}");
        let one = AnswerQuery {
            limit: 1,
            page: Some("shop.example/help".into()),
            band: Some(Band::Negative),
            ..looking_for(typed)
        };
        assert_eq!(shop_.numbers(&one).await, found.iter().copied().take(1).collect::<Vec<_>>(), "{typed}");
        let elsewhere = AnswerQuery { page: Some("shop.example/cart".into()), ..looking_for(typed) };
        assert_eq!(shop_.numbers(&elsewhere).await, Vec::<i64>::new(), "{typed}");
    }
    let everywhere = AnswerQuery { which: WhichAnswers::WithComments, ..looking_for("epsilon") };
    let counted = async |until| shop_.store.count_comments(&everywhere, until).await.unwrap();
    assert_eq!((counted(in_a_minute()).await, counted(Instant::now()).await), ((60, true), (0, false)));
    let (snapshot, now) = (shop_.snapshot().await, Instant::now());
    let live = snapshot.site(&shop()).unwrap();
    let read = async |until| newest(&shop_.store, live, &everywhere, until).await.unwrap();
    let (all, some) = (read(in_a_minute()).await, read(now).await);
    assert!(all.are_all && all.records.len() == 60);
    assert!(!some.are_all && some.records.len() < 60, "what takes long is not read to its end");
    let (mut found, mut lengths, mut before) = (Vec::new(), Vec::new(), None);
    loop {
        let query = AnswerQuery { before, limit: 9, ..looking_for("epsilon") };
        let part = shop_.store.part_of_answers(&query, |_| None).await.unwrap();
        found.extend(part.answers.iter().map(|answer| answer.number));
        lengths.push(part.answers.len());
        before = part.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found, expected);
    assert!(lengths[..lengths.len() - 1].iter().any(|length| *length < 9), "who looks for long stops: {lengths:?}");
}

pub(super) async fn a_copy_finds_what_the_original_does(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[says(1, "/help", 7, "zeta"), says(2, "/help", 7, "eta")]).await;
    shop_.commit("other", &[says(1, "/help", 7, "zeta")]).await;
    let copy = Place::in_a_file();
    let target = Store::open_target(&copy.address).await.unwrap();
    shop_.store.copy_to(&target, &copy.address).await.unwrap();
    target.close().await;
    let copied = Shop { store: copy.open().await, place: copy };
    assert_eq!((copied.found("zeta").await, copied.found("eta").await), (vec![1], vec![2]));
    assert_eq!(copied.store.erase(&shop(), &[1], &operator()).await.unwrap(), 1);
    assert_eq!(copied.found("zeta").await, Vec::<i64>::new());
}

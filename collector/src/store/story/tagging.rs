//! What a team calls answers: kept once, found, and gone with what it was said of.

use super::words::in_a_minute;
use super::*;
use crate::comments::{Search, Tag, Tags};
use crate::store::TagError;
use survey::definition::Band;

fn says<'a>(visitor: u64, page: &'a str, score: i64, comment: &'a str) -> Visit<'a> {
    Visit { visitor, page, sends: Sends::Answer { rev: 1, score, comment } }
}

fn list(written: &[&str]) -> Tags {
    let written: Vec<String> = written.iter().map(|one| (*one).to_owned()).collect();
    Tags::parse(&written).unwrap()
}

fn tagged(tag: &str, which: WhichAnswers) -> AnswerQuery {
    AnswerQuery { tag: Some(Tag::parse(tag).unwrap()), ..AnswerQuery::newest(shop(), which, 100) }
}

impl Shop {
    pub(super) async fn tag(&self, site: &str, number: i64, written: &[&str]) -> Result<Vec<String>, TagError> {
        self.store.set_tags(&site.parse().unwrap(), number, &list(written), &operator()).await
    }

    /// Of the site, each with how many answers have it.
    async fn tags(&self, site: &str) -> Vec<(String, u64)> {
        let tags = self.store.site_tags(&site.parse().unwrap()).await.unwrap();
        tags.into_iter().map(|one| (one.tag, one.answers)).collect()
    }

    async fn tags_on(&self, number: i64) -> Vec<String> {
        self.store.answers_numbered(&shop(), &[number]).await.unwrap().remove(0).tags
    }
}

fn counted(tags: &[(&str, u64)]) -> Vec<(String, u64)> {
    tags.iter().map(|(tag, answers)| ((*tag).to_owned(), *answers)).collect()
}

pub(super) async fn a_tag_is_written_as_it_first_was_and_there_as_long_as_an_answer_has_it(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[answers(1, 1, 7), answers(2, 1, 1), answers(3, 1, 4)]).await;
    shop_.commit("other", &[answers(1, 1, 7)]).await;
    assert_eq!(shop_.tag("shop", 1, &["Delivery", "bug"]).await.unwrap(), ["bug", "Delivery"]);
    assert_eq!(shop_.tag("shop", 2, &["delivery", "BUG", "Bug"]).await.unwrap(), ["bug", "Delivery"]);
    assert_eq!(shop_.tag("other", 1, &["BUG"]).await.unwrap(), ["BUG"], "another site has its own");
    assert_eq!(shop_.tag("shop", 1, &["Delivery", "bug"]).await.unwrap(), ["bug", "Delivery"], "once more");
    assert_eq!(shop_.tags("shop").await, counted(&[("bug", 2), ("Delivery", 2)]));
    assert_eq!(shop_.tag("shop", 1, &["Доставка", "bug"]).await.unwrap(), ["bug", "Доставка"]);
    assert_eq!(shop_.tag("shop", 2, &[]).await.unwrap(), Vec::<String>::new());
    assert_eq!(shop_.tags("shop").await, counted(&[("bug", 1), ("Доставка", 1)]));
    assert_eq!(shop_.tag("shop", 3, &["DELIVERY"]).await.unwrap(), ["DELIVERY"], "nobody had it any more");
    assert_eq!((shop_.tags_on(1).await, shop_.tags_on(2).await), (vec!["bug".into(), "Доставка".into()], vec![]));
    assert!(matches!(shop_.tag("shop", 77, &["bug"]).await, Err(TagError::NoSuchAnswer { .. })));
    assert!(matches!(shop_.tag("other", 2, &["bug"]).await, Err(TagError::NoSuchAnswer { .. })), "of another site");

    let log = shop_.store.log(&shop(), None, 100).await.unwrap();
    let told: Vec<_> = log.iter().rev().filter(|line| line.deed == "answer_tagged").collect();
    let told: Vec<_> = told.iter().map(|line| format!("{}: {}", line.subject, line.details)).collect();
    let expected = ["1: 2 added, 0 taken off", "2: 2 added, 0 taken off", "1: 1 added, 1 taken off"];
    assert_eq!(told[..3], expected, "what changed nothing is not told");
}

pub(super) async fn a_site_has_room_for_so_many_tags_and_nothing_is_stored_by_halves(place: Place) {
    let shop_ = Shop::open(place).await;
    let visits: Vec<_> = (1..=21).map(|visitor| answers(visitor, 1, 4)).collect();
    shop_.commit("shop", &visits).await;
    for number in 1..=20 {
        let written: Vec<String> = (0..10).map(|place| format!("tag {number}-{place}")).collect();
        shop_.tag("shop", number, &written.iter().map(String::as_str).collect::<Vec<_>>()).await.unwrap();
    }
    shop_.tag("shop", 21, &["tag 1-1"]).await.unwrap();
    let refused = shop_.tag("shop", 21, &["tag 1-2", "tag 2-3", "one more"]).await;
    assert!(matches!(&refused, Err(TagError::TooMany(tag)) if tag == "one more"), "{refused:?}");
    assert_eq!((shop_.tags_on(21).await, shop_.tags("shop").await.len()), (vec!["tag 1-1".to_owned()], 200));
    shop_.tag("shop", 7, &[]).await.unwrap();
    assert_eq!(shop_.tag("shop", 21, &["tag 1-2", "one more"]).await.unwrap(), ["one more", "tag 1-2"]);
}

/// On two collectors.
pub(super) async fn of_two_who_write_one_tag_in_two_ways_at_once_one_is_first(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[answers(1, 1, 7), answers(2, 1, 1)]).await;
    let other = Shop { store: shop_.place.open().await, place: Place::in_a_file() };
    for round in 0..20 {
        let (lower, upper) = (format!("Tag {round}"), format!("TAG {round}"));
        let (lower, upper) = ([lower.as_str()], [upper.as_str()]);
        let (one, two) = tokio::join!(shop_.tag("shop", 1, &lower), other.tag("shop", 2, &upper));
        assert_eq!(one.unwrap(), two.unwrap());
        shop_.tag("shop", 1, &[]).await.unwrap();
        shop_.tag("shop", 2, &[]).await.unwrap();
    }
    other.store.close().await;
}

/// On two collectors.
pub(super) async fn of_two_who_change_the_tags_of_one_answer_at_once_neither_loses_any(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[answers(1, 1, 7)]).await;
    let other = Shop { store: shop_.place.open().await, place: Place::in_a_file() };
    let change = async |shop_: &Shop, add: &[&str], remove: &[&str]| {
        shop_.store.change_tags(&shop(), 1, (&list(add), &list(remove)), &operator()).await
    };
    for round in 0..10 {
        let (one, two) = (format!("one {round}"), format!("two {round}"));
        let (one, two) = ([one.as_str()], [two.as_str()]);
        let (first, second) = tokio::join!(change(&shop_, &one, &[]), change(&other, &two, &[]));
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(shop_.tags_on(1).await, [one[0], two[0]]);
        let (first, second) = tokio::join!(change(&shop_, &[], &one), change(&other, &["Bug"], &two));
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(change(&shop_, &[], &["BUG"]).await.unwrap(), Vec::<String>::new());
    }
    other.store.close().await;
}

pub(super) async fn a_list_is_narrowed_by_a_tag_and_all_else_at_once(place: Place) {
    let shop_ = Shop::open(place).await;
    let said = [
        says(1, "/help", 2, "The delivery was slow"),
        says(2, "/cart", 7, "Delivery: fast!"),
        answers(3, 1, 1),
        says(4, "/help", 1, "Slow, slow, slow"),
        says(5, "/help", 1, "Something else"),
    ];
    shop_.commit("shop", &said).await;
    shop_.doubts(says(6, "/help", 1, "Slow bot"), Flags::BOT).await;
    for number in [1, 2, 3, 4, 6] {
        shop_.tag("shop", number, &["Bug"]).await.unwrap();
    }
    shop_.tag("shop", 5, &["praise"]).await.unwrap();
    let all = tagged("bug", WhichAnswers::All);
    let comments = tagged("bug", WhichAnswers::WithComments);
    let search = |typed: &str| Some(Search::parse(typed).unwrap());
    let on_page = |page: &str| Some(format!("shop.example{page}"));
    for (query, found) in [
        (all.clone(), &[4, 3, 2, 1][..]),
        (tagged("PRAISE", WhichAnswers::All), &[5]),
        (tagged("prais", WhichAnswers::All), &[]),
        (AnswerQuery { before: Some(3), ..all.clone() }, &[2, 1]),
        (AnswerQuery { limit: 2, ..all.clone() }, &[4, 3]),
        (AnswerQuery { page: on_page("/cart"), ..all.clone() }, &[2]),
        (AnswerQuery { band: Some(Band::Negative), ..comments.clone() }, &[4, 1]),
        (AnswerQuery { search: search("slow"), ..all.clone() }, &[4, 1]),
        (AnswerQuery { written_in: Some("ja".into()), ..all.clone() }, &[]),
        (AnswerQuery { days: Some(Days::up_to(day_of(NOON) - 1, 9)), ..all.clone() }, &[]),
        (comments.clone(), &[4, 2, 1]),
        (AnswerQuery { page: on_page("/help"), ..comments.clone() }, &[4, 1]),
        (AnswerQuery { search: search("deliv slow"), ..comments.clone() }, &[1]),
        (tagged("bug", WhichAnswers::WithContact), &[]),
        (tagged("bug", WhichAnswers::SetApart), &[6]),
    ] {
        assert_eq!(shop_.numbers(&query).await, found, "{query:?}");
    }
    assert_eq!(
        shop_.store.count_comments(&comments, in_a_minute()).await.unwrap(),
        (4, true),
        "with the one that is set apart"
    );
    let slow = AnswerQuery { search: search("slow"), ..comments };
    assert_eq!(shop_.store.count_comments(&slow, in_a_minute()).await.unwrap(), (3, true));
}

/// Beyond what is read at a time.
pub(super) async fn a_list_of_what_has_a_tag_goes_on_where_it_stopped(place: Place) {
    let shop_ = Shop::open(place).await;
    let comment = |visitor: u64| if visitor == 3 { "needle" } else { "hay" };
    let visits: Vec<_> = (1..=250).map(|visitor| says(visitor, "/help", 4, comment(visitor))).collect();
    shop_.commit("shop", &visits).await;
    for number in (1..=250).filter(|number| number % 10 != 0) {
        shop_.tag("shop", number, &["bug"]).await.unwrap();
    }
    let expected: Vec<i64> = (1..=250).rev().filter(|number| number % 10 != 0).collect();
    let many = AnswerQuery { limit: 500, ..tagged("bug", WhichAnswers::WithComments) };
    assert_eq!(shop_.numbers(&many).await, expected);
    let rare = AnswerQuery { search: Some(Search::parse("needle").unwrap()), limit: 1, ..many.clone() };
    assert_eq!(shop_.numbers(&rare).await, [3]);
    let few = AnswerQuery { limit: 7, ..many };
    assert_eq!(shop_.numbers(&few).await, expected[..7]);
}

pub(super) async fn tags_go_with_their_answers_and_their_site(place: Place) {
    let shop_ = Shop::open(place).await;
    let ann = r#"{"question":"ease","value":{"score":6}},{"question":"mail","value":{"text":"ann@work.example"}}"#;
    let ann = Visit { visitor: 1, page: "/help", sends: Sends::Says { rev: 1, answers: ann } };
    shop_.commit("shop", &[ann, answers(2, 1, 2), answers(3, 1, 2)]).await;
    shop_.commit("other", &[answers(1, 1, 7)]).await;
    for (site, number, tag) in [("shop", 1, "Ann"), ("shop", 2, "bug"), ("shop", 3, "praise"), ("other", 1, "theirs")] {
        shop_.tag(site, number, &[tag, "all"]).await.unwrap();
    }
    let copy = Place::in_a_file();
    let target = Store::open_target(&copy.address).await.unwrap();
    shop_.store.copy_to(&target, &copy.address).await.unwrap();
    target.close().await;
    let copied = Shop { store: copy.open().await, place: copy };
    assert_eq!(copied.tags("shop").await, counted(&[("all", 3), ("Ann", 1), ("bug", 1), ("praise", 1)]));

    let anns = shop_.store.answers_of(&shop(), "ann@work.example").await.unwrap();
    assert_eq!(shop_.store.erase(&shop(), &anns, &operator()).await.unwrap(), 1);
    assert_eq!(shop_.tags("shop").await, counted(&[("all", 2), ("bug", 1), ("praise", 1)]));
    assert!(matches!(shop_.tag("shop", 1, &["Ann"]).await, Err(TagError::NoSuchAnswer { .. })), "it is gone");
    while shop_.store.forget_before(&shop(), day_of(NOON) + 1).await.unwrap() > 0 {}
    assert_eq!(shop_.tags("shop").await, counted(&[]));
    assert_eq!(shop_.tags("other").await, counted(&[("all", 1), ("theirs", 1)]));
    shop_.store.remove_site(&"other".parse().unwrap()).await.unwrap();
    let left = shop_.store.database.all(crate::store::sql("SELECT tag FROM tags")).await.unwrap();
    assert_eq!(left.len(), 0);
    copied.store.close().await;
}

pub(super) async fn tags_from_elsewhere_come_to_answers_that_have_none(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[says(1, "/", 5, "one"), says(2, "/", 5, "two")]).await;
    shop_.tag("shop", 2, &["Ours"]).await.unwrap();
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let ids = [1, 2, 3].map(|visitor| says(visitor, "/", 5, "").item(site).response_id());
    let brought = ids.map(|id| (id, list(&["Theirs"])));
    shop_.store.bring_tags(&shop(), &brought).await.unwrap();
    assert_eq!(shop_.tags("shop").await, [("Ours".to_owned(), 1), ("Theirs".to_owned(), 1)]);
}

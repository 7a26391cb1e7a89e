//! One story, told to the store through its public verbs: what is published, what visitors send, and what reports then say.
//! Each database has to tell it the same way.
//!
//! PostgreSQL's part needs a server: `PAGEPOLL_TEST_POSTGRES` is the URL of one where databases may be made. `cargo xtask test`
//! starts one; in CI it must be there.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::{DAY_MS, day_of};
use crate::counts::Cut;
use crate::ingest::accept_event;
use crate::ingest::commit::{CommitQueue, GROUP, NotCommitted};
use crate::ingest::flags::Flags;
use crate::ingest::item::{Arrival, Item};
use crate::ingest::rollup::{Conflict, Kept, Standing};
use crate::live::{LiveSite, Snapshot};
use crate::store::{
    AnswerQuery, By, DatabaseAddress, Provenance, Publication, SiteRecord, Store, StoreError, ViewCount, ViewKey,
    WhichAnswers,
};
use sqlx::{Connection as _, Executor};
use survey::definition::{SiteKey, SiteSettings, Survey};
use survey::report::build::Reports;
use survey::report::{Days, Listing, Timeline};
use survey::wire::Event;
use tempfile::TempDir;
use uuid::Builder;

mod counting;
mod drafts;
mod exporting;
mod keeping;
mod people;
mod shaping;
mod tagging;
mod words;

use counting::*;
use drafts::*;
use exporting::*;
use keeping::*;
use people::*;
use shaping::*;
use tagging::*;
use words::*;

const NOON: i64 = 20_413 * DAY_MS + DAY_MS / 2;

/// Where a story happens: a database of its own.
struct Place {
    address: DatabaseAddress,
    _folder: TempDir,
}

impl Place {
    fn in_a_file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { address: DatabaseAddress::SqliteFile(folder.path().join("pagepoll.db")), _folder: folder }
    }

    /// None where there is no server to try it on.
    async fn on_a_server() -> Option<Self> {
        let Some(server) = std::env::var_os("PAGEPOLL_TEST_POSTGRES") else {
            assert!(std::env::var_os("CI").is_none(), "PAGEPOLL_TEST_POSTGRES is not set");
            eprintln!("skipped: PAGEPOLL_TEST_POSTGRES is not set");
            return None;
        };
        let server = server.into_string().unwrap();
        let name = format!("story_{}", uuid::Uuid::from_u128(rand::random()).simple());
        let mut connection = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let address = format!("{server}/{name}").parse().unwrap();
        Some(Self { address, _folder: tempfile::tempdir().unwrap() })
    }

    async fn open(&self) -> Store {
        Store::open(&self.address).await.unwrap()
    }
}

/// Each story, on both kinds of database.
macro_rules! stories {
    ($($story:ident,)*) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Place::in_a_file()).await;
            })*
        }

        mod on_postgres {
            $(#[tokio::test]
            async fn $story() {
                if let Some(place) = super::Place::on_a_server().await {
                    super::$story(place).await;
                }
            })*
        }
    };
}

stories! {
    a_survey_gets_a_new_version_only_when_it_says_something_new,
    what_visitors_send_is_counted_once_and_found_after_a_restart,
    choices_are_counted_by_their_places_and_contact_details_are_no_comments,
    a_thousand_answers_sent_twice_through_the_queue_count_once_and_equal_a_recount,
    two_collectors_that_are_sent_the_same_count_it_once,
    more_than_may_wait_is_turned_away_at_once_and_stores_nothing,
    doubtful_answers_are_set_apart_until_somebody_says_that_they_count,
    whoever_is_erased_is_gone_from_rows_and_counts_and_does_not_come_back,
    what_is_older_than_a_site_keeps_is_forgotten_with_its_counts,
    whoever_has_answered_everything_has_done_so_whatever_is_answered_again,
    what_is_left_of_an_erased_answer_goes_once_nobody_would_send_it_again,
    a_page_that_is_counted_again_in_the_last_moment_is_not_forgotten,
    a_site_keeps_answers_by_the_days_of_its_own_calendar,
    a_day_has_room_for_so_many_new_pages_and_the_rest_are_counted_together,
    whatever_happens_the_counts_are_a_recount,
    whoever_is_counted_among_the_others_is_taken_back_from_there,
    a_report_reads_the_pages_of_its_blocks_and_not_all_there_ever_were,
    visitors_are_counted_apart_by_what_is_known_of_them,
    whoever_changes_a_score_is_counted_among_others,
    what_set_a_survey_off_is_known_once_it_has,
    single_answers_are_read_as_they_are_counted,
    a_later_revision_is_what_is_read_and_where_it_began,
    comments_are_found_by_their_words_newest_first,
    what_is_gone_is_found_no_more,
    what_is_set_apart_is_found_in_its_own_list_alone,
    nobody_finds_the_words_of_another_site,
    a_list_of_what_is_found_goes_on_where_it_stopped,
    a_copy_finds_what_the_original_does,
    an_export_says_the_same_whatever_it_is_read_from,
    page_views_are_counted_by_what_they_have_in_common,
    of_two_who_begin_at_once_one_has_the_first_account_and_only_owners_add_sites,
    there_is_always_an_owner_and_everybody_has_the_role_that_they_were_given,
    sessions_and_tokens_tell_whose_they_are_until_they_end,
    a_link_is_good_for_what_it_was_shared_until_it_ends_and_is_no_programs_token,
    a_site_has_its_name_for_ever_and_its_keys_for_a_while,
    a_site_that_is_removed_leaves_nothing_and_others_stay,
    what_still_arrives_while_a_site_is_removed_goes_with_it,
    a_site_that_is_being_removed_takes_nothing_and_its_name_is_nobody_elses,
    whoever_gets_a_smaller_role_keeps_no_way_to_what_it_does_not_allow,
    a_draft_is_changed_by_whoever_knows_it_and_by_nobody_else,
    publishing_a_draft_ends_it_and_says_what_was_published_meanwhile,
    of_two_editors_at_once_one_is_told,
    a_survey_that_is_put_away_is_not_shown_and_comes_back_paused,
    a_tag_is_written_as_it_first_was_and_there_as_long_as_an_answer_has_it,
    tags_from_elsewhere_come_to_answers_that_have_none,
    a_site_has_room_for_so_many_tags_and_nothing_is_stored_by_halves,
    of_two_who_write_one_tag_in_two_ways_at_once_one_is_first,
    of_two_who_change_the_tags_of_one_answer_at_once_neither_loses_any,
    a_list_is_narrowed_by_a_tag_and_all_else_at_once,
    a_list_of_what_has_a_tag_goes_on_where_it_stopped,
    tags_go_with_their_answers_and_their_site,
    a_copy_has_the_drafts_and_a_site_that_is_removed_takes_them_along,
}

/// A site with one survey, which asks for a score and all else.
struct Shop {
    store: Store,
    place: Place,
}

fn shop() -> SiteKey {
    "shop".parse().unwrap()
}

fn operator() -> By {
    By::command_line(NOON)
}

fn help_survey(prompt: &str) -> Survey {
    let scale = r#"{"metric":"ces","first":1,"values":[1,2,3,4,5,6,7],"direction":"higher_is_better",
                    "positive":[5,6,7],"negative":[1,2,3]}"#;
    let json = format!(
        r#"{{"id":"help","name":"Help","triggers":[{{"visible_seconds":5}}],"endings":[{{"title":"Thanks","text":"Bye"}}],
            "questions":[{{"id":"ease","prompt":"{prompt}","kind":{{"score":{{"scale":{scale},"low":"No","high":"Yes"}}}}}},
                         {{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}},
                         {{"id":"topic","prompt":"On what?","kind":{{"multiple_choice":{{"choices":
                            [{{"id":"price","label":"Price"}},{{"id":"size","label":"Size"}}],"other":"Else"}}}}}},
                         {{"id":"who","prompt":"Who?","kind":{{"contact":{{"fields":["name","email"]}}}}}},
                         {{"id":"mail","prompt":"Where?","kind":{{"email":{{}}}}}}]}}"#
    );
    serde_json::from_str(&json).unwrap()
}

mod on_postgres_alone {
    #[tokio::test]
    async fn only_who_commits_gives_up_on_a_statement_of_seconds() {
        if let Some(place) = super::Place::on_a_server().await {
            super::only_who_commits_gives_up_on_a_statement_of_seconds(place).await;
        }
    }
}

mod measured {
    #[tokio::test]
    #[ignore = "it measures, and takes a while"]
    async fn a_hundred_thousand_answers_are_read() {
        super::a_hundred_thousand_answers_are_read(super::Place::in_a_file()).await;
        if let Some(place) = super::Place::on_a_server().await {
            super::a_hundred_thousand_answers_are_read(place).await;
        }
    }
}

impl Shop {
    async fn open(place: Place) -> Self {
        let store = place.open().await;
        for key in ["shop", "other"] {
            let site = SiteRecord {
                key: key.parse().unwrap(),
                name: "Shop".into(),
                origins: vec!["https://shop.example".into()],
                settings: SiteSettings::default(),
                provenance: Provenance::Visitors,
            };
            store.put_site(&site, &operator()).await.unwrap();
            store.publish(&site.key, help_survey("Easy?"), &operator()).await.unwrap();
        }
        Self { store, place }
    }

    /// As after a restart.
    async fn reopened(self) -> Self {
        self.store.close().await;
        Self { store: self.place.open().await, place: self.place }
    }

    async fn snapshot(&self) -> Snapshot {
        Snapshot::of_store(&self.store, NOON).await.unwrap()
    }

    async fn commit(&self, site: &str, visits: &[Visit<'_>]) -> Vec<Result<Kept, Conflict>> {
        let snapshot = self.snapshot().await;
        let site = snapshot.site(&site.parse().unwrap()).unwrap();
        self.store.commit(visits.iter().map(|visit| visit.item(site)).collect()).await.unwrap()
    }

    /// What the report says of each page: n, the sum of all points, shown and answered. The same before what waits in the journal
    /// is folded in and afterwards, and right.
    async fn report(&self) -> BTreeMap<String, (u64, u64, u64, u64)> {
        let waiting = self.report_of(&Cut::all()).await;
        while self.store.fold(&shop()).await.unwrap() {}
        let folded = self.report_of(&Cut::all()).await;
        assert_eq!(waiting, folded);
        assert_eq!(self.store.recount(&shop()).await.unwrap().differences, Vec::<String>::new());
        folded
    }

    async fn report_of(&self, cut: &Cut) -> BTreeMap<String, (u64, u64, u64, u64)> {
        let timeline = Timeline::of(Days::up_to(day_of(NOON), 30));
        let counts = self.store.counts(&shop(), &timeline, cut).await.unwrap();
        let snapshot = self.snapshot().await;
        let site = snapshot.site(&shop()).unwrap();
        let reports = Reports::count(timeline, counts.pages(), counts.blocks(), |survey, version, question| {
            site.scale(survey, version, question)
        });
        let report = reports.unwrap().list(&Listing::all()).unwrap();
        let figures = report.pages.into_iter().map(|page| {
            let score = page.scores.first();
            let n = score.map_or(0, |score| score.figures.n);
            let points = score.map_or(0, |score| score.distribution.iter().map(|p| u64::from(p.point) * p.count).sum());
            (page.page, (n, points, page.funnel.shown, page.funnel.answered))
        });
        figures.collect()
    }

    /// The same, counted from the rows, up to what only exposures know.
    async fn recount(&self) -> BTreeMap<String, (u64, u64)> {
        let mut pages: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for answer in self.answers(None, WhichAnswers::All).await {
            let point = answer.given.iter().find_map(|given| given.point).unwrap();
            let (n, points) = pages.entry(answer.page).or_default();
            *n += 1;
            *points += u64::from(point);
        }
        pages
    }

    async fn answers(&self, page: Option<&str>, which: WhichAnswers) -> Vec<crate::store::AnswerRecord> {
        let page = page.map(str::to_owned);
        let query = AnswerQuery { page, ..AnswerQuery::newest(shop(), which, 10_000) };
        self.store.answers(&query).await.unwrap()
    }
}

/// What one visitor sends.
#[derive(Clone, Copy)]
struct Visit<'a> {
    visitor: u64,
    page: &'a str,
    sends: Sends<'a>,
}

#[derive(Clone, Copy)]
enum Sends<'a> {
    Shown,
    Answer {
        rev: u32,
        score: i64,
        comment: &'a str,
    },
    /// Answers of other kinds, as JSON.
    Says {
        rev: u32,
        answers: &'a str,
    },
}

impl Visit<'_> {
    fn item(&self, site: &LiveSite) -> Item {
        let id = Builder::from_unix_timestamp_millis(NOON as u64 + self.visitor, &[7; 10]).into_uuid();
        let presentation = format!(
            r#""presentation":{{"response_id":"{id}","survey":"help","version":1,"at":0,"page":"shop.example{}","visit":{{}}}}"#,
            self.page
        );
        let json = match self.sends {
            Sends::Shown => format!(r#"{{"exposure":{{{presentation},"stage":"shown"}}}}"#),
            Sends::Says { rev, answers } => {
                format!(r#"{{"submission":{{{presentation},"rev":{rev},"completed":true,"answers":[{answers}]}}}}"#)
            }
            Sends::Answer { rev, score, comment } => {
                let comment = match comment {
                    "" => String::new(),
                    text => format!(r#",{{"question":"why","value":{{"text":"{text}"}}}}"#),
                };
                format!(
                    r#"{{"submission":{{{presentation},"rev":{rev},"completed":true,
                        "answers":[{{"question":"ease","value":{{"score":{score}}}}}{comment}]}}}}"#
                )
            }
        };
        let event: Event = serde_json::from_str(&json).unwrap();
        accept_event(site, Arrival { received_at: NOON, sent_at: 0 }, event).unwrap()
    }
}

fn answers(visitor: u64, rev: u32, score: i64) -> Visit<'static> {
    Visit { visitor, page: "/help", sends: Sends::Answer { rev, score, comment: "" } }
}

async fn a_survey_gets_a_new_version_only_when_it_says_something_new(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    assert_eq!(store.publish(&shop(), help_survey("Easy?"), &operator()).await.unwrap(), Publication::Unchanged(1));
    let before = store.publication_count().await.unwrap();
    assert_eq!(
        store.publish(&shop(), help_survey("Was it easy?"), &operator()).await.unwrap(),
        Publication::Version(2)
    );
    assert!(store.publication_count().await.unwrap() > before);

    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    assert_eq!(site.current.iter().map(|current| current.version).collect::<Vec<_>>(), [2]);
    assert!(site.survey(&"help".parse().unwrap(), 1).is_ok(), "old answers keep their version");
    let nowhere = store.publish(&"nowhere".parse().unwrap(), help_survey("Easy?"), &operator()).await;
    assert!(matches!(nowhere, Err(StoreError::NoSuchSite(_))));
}

async fn what_visitors_send_is_counted_once_and_found_after_a_restart(place: Place) {
    let shop = Shop::open(place).await;
    let seen = Visit { visitor: 9, page: "/help", sends: Sends::Shown };
    let said =
        Visit {
            visitor: 1, page: "/help", sends: Sends::Answer { rev: 2, score: 6, comment: "Очень удобно 🌱" }
        };
    let moved = Visit { visitor: 2, page: "/cart", sends: Sends::Answer { rev: 3, score: 1, comment: "" } };

    assert_eq!(shop.commit("shop", &[seen, answers(1, 1, 2), answers(2, 1, 7)]).await, [Ok(Kept::Stored); 3]);
    assert_eq!(
        shop.commit("shop", &[said, said, seen]).await,
        [Ok(Kept::Stored), Ok(Kept::Duplicate), Ok(Kept::Duplicate)]
    );
    assert_eq!(shop.commit("shop", &[answers(1, 1, 2)]).await, [Err(Conflict::StaleRev { sent: 1, stored: 2 })]);
    assert_eq!(shop.commit("shop", &[moved]).await, [Ok(Kept::Stored)]);
    assert_eq!(shop.commit("other", &[answers(1, 9, 1)]).await, [Ok(Kept::Stored)], "of another site: another one");

    let shop = shop.reopened().await;
    let expected = BTreeMap::from([("shop.example/help".to_owned(), (2, 7, 3, 2))]);
    assert_eq!(shop.report().await, expected, "a revision from the cart counts where the answer was first given");
    let with_comments = shop.answers(Some("shop.example/help"), WhichAnswers::WithComments).await;
    assert_eq!(with_comments.len(), 1);
    assert!(with_comments[0].given.iter().any(|given| given.text.as_deref() == Some("Очень удобно 🌱")));
    assert!(shop.answers(Some("shop.example/cart"), WhichAnswers::All).await.is_empty());
}

async fn choices_are_counted_by_their_places_and_contact_details_are_no_comments(place: Place) {
    let shop = Shop::open(place).await;
    let says = |rev, answers| Visit { visitor: 1, page: "/help", sends: Sends::Says { rev, answers } };
    let first = r#"{"question":"topic","value":{"choices":{"picked":["price","size"]}}}"#;
    let then = r#"{"question":"topic","value":{"choices":{"picked":["other","size"],"other":"Colour"}}},
                  {"question":"who","value":{"contact":[["name","Ann"],["email","ann@home.example"]]}},
                  {"question":"mail","value":{"text":"ann@work.example"}}"#;
    shop.commit("shop", &[says(1, first)]).await;
    let shop = shop.reopened().await;
    shop.commit("shop", &[says(2, then)]).await;

    let today = Timeline::of(Days::up_to(day_of(NOON), 1));
    for _ in ["in the journal", "folded"] {
        let counts = shop.store.counts(&self::shop(), &today, &Cut::all()).await.unwrap();
        let counts = counts.of_page("shop.example/help").unwrap();
        let counted: Vec<_> = counts.iter().filter(|row| row.count > 0).map(|row| (row.bin, row.count)).collect();
        assert_eq!(counted, [(1, 1), (2, 1), (255, 1)]);
        shop.store.fold(&self::shop()).await.unwrap();
    }

    let answer = shop.answers(None, WhichAnswers::WithComments).await.remove(0);
    let texts: Vec<_> = answer.given.iter().filter_map(|given| given.text.as_deref()).collect();
    assert_eq!(texts, ["Colour"], "the words of \"other\" count as words");
    let contact: Vec<_> = answer.given.iter().filter_map(|given| given.contact.as_ref()).map(Vec::len).collect();
    assert_eq!(contact, [1, 2]);

    let silent = r#"{"question":"mail","value":{"text":"bob@work.example"}}"#;
    shop.commit("shop", &[Visit { visitor: 2, ..says(1, silent) }]).await;
    assert_eq!(shop.answers(None, WhichAnswers::WithComments).await.len(), 1, "an e-mail address is no comment");
}

async fn a_thousand_answers_sent_twice_through_the_queue_count_once_and_equal_a_recount(place: Place) {
    let Shop { store, place } = Shop::open(place).await;
    let store = std::sync::Arc::new(store);
    let (queue, writer) = CommitQueue::start(store.clone(), GROUP);
    let snapshot = Snapshot::of_store(&store, NOON).await.unwrap();
    let site = snapshot.site(&shop()).unwrap().clone();
    let senders = (0..2_000_u64).map(|number| {
        // Each number below a thousand comes up twice, far apart.
        let visitor = number * 7_919 % 1_000;
        let page = ["/help", "/cart", "/"][visitor as usize % 3];
        let sends = Sends::Answer { rev: 1, score: 1 + visitor as i64 % 7, comment: "" };
        let item = Visit { visitor, page, sends }.item(&site);
        let queue = queue.clone();
        tokio::spawn(async move {
            loop {
                match queue.commit(vec![item.clone()]).await {
                    Ok(verdicts) => return verdicts[0],
                    // On a slow machine it may be too many at once.
                    Err(NotCommitted::QueueFull) => tokio::time::sleep(Duration::from_millis(20)).await,
                    Err(other) => panic!("{other}"),
                }
            }
        })
    });
    let mut stored = 0;
    for sender in senders.collect::<Vec<_>>() {
        stored += usize::from(sender.await.unwrap() == Ok(Kept::Stored));
    }
    assert_eq!(stored, 1_000);
    drop(queue);
    writer.await.unwrap().unwrap();
    store.close().await;

    let shop = Shop { store: place.open().await, place };
    let report = shop.report().await;
    assert_eq!(report.values().map(|page| page.0).sum::<u64>(), 1_000);
    let figures: BTreeMap<_, _> = report.into_iter().map(|(page, (n, points, ..))| (page, (n, points))).collect();
    assert_eq!(figures, shop.recount().await);
}

async fn more_than_may_wait_is_turned_away_at_once_and_stores_nothing(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let item = answers(1, 1, 7).item(snapshot.site(&shop()).unwrap());
    let Shop { store, place } = shop_;
    let store = std::sync::Arc::new(store);
    let (queue, writer) = CommitQueue::start(store.clone(), GROUP);
    assert_eq!(queue.commit(vec![item; 20_000]).await, Err(NotCommitted::QueueFull));
    drop(queue);
    writer.await.unwrap().unwrap();
    store.close().await;
    assert!(Shop { store: place.open().await, place }.report().await.is_empty());
}

/// The retry that went to another collector while the first one was still storing it.
async fn two_collectors_that_are_sent_the_same_count_it_once(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let items: Vec<Item> =
        (0..400).map(|n: u64| answers(n % 200, 1 + (n / 200) as u32, 1 + (n % 7) as i64).item(site)).collect();
    let other = shop_.place.open().await;
    // In the same order, so that they meet; and nothing but showings, which no key keeps from being counted twice.
    let shown: Vec<Item> =
        (1_000..1_200).map(|visitor| Visit { visitor, page: "/seen", sends: Sends::Shown }.item(site)).collect();
    let (forwards, mut backwards) = (items.clone(), items);
    backwards.reverse();
    let commit = async |store: &Store, items: Vec<Item>| {
        for group in items.chunks(37) {
            // SQLite lets one process write at a time; the queue would ask to come back.
            while store.commit(group.to_vec()).await.is_err() {}
        }
    };
    tokio::join!(commit(&shop_.store, shown.clone()), commit(&other, shown));
    tokio::join!(commit(&shop_.store, forwards), commit(&other, backwards));
    other.close().await;
    let mut report = shop_.report().await;
    assert_eq!(report.remove("shop.example/seen").map(|(.., shown, _)| shown), Some(200));
    assert_eq!(report["shop.example/help"].0, 200);
    let figures: BTreeMap<_, _> = report.into_iter().map(|(page, (n, points, ..))| (page, (n, points))).collect();
    assert_eq!(figures, shop_.recount().await);
    let numbers: Vec<i64> = shop_.answers(None, WhichAnswers::All).await.iter().map(|answer| answer.number).collect();
    assert_eq!(numbers, (1..=200).rev().collect::<Vec<i64>>(), "each has a number of its own");
}

impl Shop {
    async fn doubts(&self, visit: Visit<'_>, flags: Flags) {
        let snapshot = self.snapshot().await;
        let item = visit.item(snapshot.site(&shop()).unwrap());
        self.store.commit(vec![Item { flags, ..item }]).await.unwrap();
    }

    async fn n(&self) -> u64 {
        self.report().await.values().map(|page| page.0).sum()
    }
}

async fn a_day_has_room_for_so_many_new_pages_and_the_rest_are_counted_together(place: Place) {
    let shop_ = Shop::open(place).await;
    let snapshot = shop_.snapshot().await;
    let site = snapshot.site(&shop()).unwrap();
    let on = |visitor: u64| {
        let page = format!("/made-up/{visitor}");
        Visit { visitor, page: &page, sends: Sends::Shown }.item(site)
    };
    let made_up: Vec<Item> = (0..5_010).map(on).collect();
    for group in made_up.chunks(1_002) {
        shop_.store.commit(group.to_vec()).await.unwrap();
    }
    let tomorrow = Item { received_at: NOON + DAY_MS, ..on(9_000) };
    shop_.store.commit(vec![tomorrow]).await.unwrap();
    let report = shop_.report().await;
    assert_eq!(report.len(), 5_002);
    assert_eq!(report["(other)"].2, 10);
    assert!(report.contains_key("shop.example/made-up/9000"), "the next day has room again");
}

async fn page_views_are_counted_by_what_they_have_in_common(place: Place) {
    let Shop { store, .. } = Shop::open(place).await;
    let key = |page: &str, day| ViewKey {
        site: shop(),
        day,
        page: page.into(),
        referrer: String::new(),
        device: "phone".into(),
        browser: "firefox".into(),
        os: "linux".into(),
        language: "de".into(),
    };
    let once = ViewCount { sampled: 1, stands_for: 100.0 };
    store.add_page_views(vec![(key("a.b/", 1), once), (key("a.b/", 1), once), (key("a.b/x", 2), once)]).await.unwrap();
    store.add_page_views(vec![(key("a.b/", 1), once)]).await.unwrap();
    let days = |first, last| Days { first, last };
    let counted = async |days| {
        let views = store.page_views(&shop(), days).await.unwrap();
        views.into_iter().map(|(key, count)| (key.page, count.sampled)).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(counted(days(1, 2)).await, BTreeMap::from([("a.b/".into(), 3), ("a.b/x".into(), 1)]));
    store.forget_page_views(2).await.unwrap();
    assert_eq!(counted(days(1, 2)).await, BTreeMap::from([("a.b/x".into(), 1)]));
}

//! Once: whatever is sent again, in whatever order, counts once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use reqwest::StatusCode;
use serde_json::Value;
use tests::{Answered, TestSite, Visitor, batch, ces_on};
use tokio::task::JoinSet;

const ANSWERS: usize = 1_000;
const CONNECTIONS: usize = 16;
const PAGES: [&str; 4] = ["/help", "/help/returns", "/cart", "/"];

/// One visitor, and everything that they sent, in the order in which they meant it.
struct Story {
    visitor: Visitor,
    path: &'static str,
    /// A score and perhaps a comment; a later one replaces an earlier one.
    answers: Vec<(i64, Option<String>)>,
}

#[tokio::test]
async fn a_thousand_answers_sent_twice_in_random_order_count_once() {
    let seed = rand::random();
    println!("seed {seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    let stories = stories(&site, &mut dice);
    let mut events: Vec<Value> = stories.iter().flat_map(events_of).flat_map(|event| [event.clone(), event]).collect();
    events.shuffle(&mut dice);

    let said = send_all(&site, batches(events, &mut dice)).await;
    for answered in &said {
        // Of two revisions that arrive in the wrong order, the older one is refused: it is part of the newer one.
        let is_stale = answered.status == StatusCode::CONFLICT && answered.error() == "stale_rev";
        assert!(answered.status == StatusCode::NO_CONTENT || is_stale, "{answered:?}");
    }

    let rows = site.rows().await.unwrap();
    assert_eq!(rows.responses.len(), stories.len());
    for story in &stories {
        let stored = rows.response(story.visitor.response_id()).expect("every visitor's answer is stored");
        let (score, comment) = story.answers.last().expect("every visitor answered");
        assert_eq!((stored.point, &stored.comment), (Some(*score), comment), "the latest revision is what counts");
    }
    rows.assert_counted_right();
    for path in PAGES {
        let distribution = site.score(path).await.unwrap().distribution;
        let counted: Vec<u64> = distribution.iter().map(|point| point.count).collect();
        assert_eq!(counted, distribution_of(&stories, path), "{path}");
    }
    let ends = ["stored", "duplicate", "stale_rev"].map(|outcome| site.collector.counted(outcome));
    let [stored, duplicate, stale] = ends;
    let (stored, duplicate, stale) = (stored.await.unwrap(), duplicate.await.unwrap(), stale.await.unwrap());
    assert_eq!(stored + duplicate + stale, 2 * ANSWERS as u64, "every item ends in one outcome");
    println!(
        "{ANSWERS} answers of {} visitors, sent twice in {} requests over {CONNECTIONS} connections: {stored} stored, \
         {duplicate} duplicates, {stale} stale",
        stories.len(),
        said.len()
    );
}

#[tokio::test]
async fn an_exposure_sent_again_counts_once() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    for stage in ["shown", "eligible", "shown", "dismissed", "dismissed", "eligible"] {
        assert_eq!(visitor.reaches(stage, "/help").await.unwrap().status, StatusCode::NO_CONTENT);
    }
    let funnel = site.page("/help").await.unwrap().unwrap().funnel;
    assert_eq!((funnel.eligible, funnel.shown, funnel.started, funnel.dismissed), (1, 1, 0, 1));
    site.rows().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn an_answer_sent_twice_in_one_batch_counts_once() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    let event = visitor.submission(1, 3, "/help");
    let answered = visitor.sends(&[event.clone(), event.clone(), event]).await.unwrap();
    assert_eq!(answered.status, StatusCode::NO_CONTENT);
    assert_eq!(site.score("/help").await.unwrap().figures.n, 1);
    assert_eq!(site.collector.counted("duplicate").await.unwrap(), 2);
}

/// A thousand answers: a fifth of the visitors change their mind, a third of the answers come with a comment.
fn stories(site: &TestSite, dice: &mut StdRng) -> Vec<Story> {
    let mut stories = Vec::new();
    let mut left = ANSWERS;
    while left > 0 {
        let revisions = if dice.random_bool(0.2) { dice.random_range(2..=4) } else { 1 }.min(left);
        left -= revisions;
        let answers = (0..revisions)
            .map(|rev| {
                let comment = format!("\"{rev}\" – because of {} \u{1F33F}\nand so on", dice.random::<u32>());
                (dice.random_range(1..=7), dice.random_bool(0.3).then_some(comment))
            })
            .collect();
        stories.push(Story { visitor: site.visitor(), path: PAGES[dice.random_range(0..PAGES.len())], answers });
    }
    stories
}

fn events_of(Story { visitor, path, answers }: &Story) -> Vec<Value> {
    let revisions = (1..).zip(answers);
    revisions
        .map(|(rev, (score, comment))| match comment {
            Some(comment) => visitor.commented(rev, *score, comment, path),
            None => visitor.submission(rev, *score, path),
        })
        .collect()
}

fn distribution_of(stories: &[Story], path: &str) -> Vec<u64> {
    let mut counts: BTreeMap<i64, u64> = (1..=7).map(|point| (point, 0)).collect();
    for story in stories.iter().filter(|story| story.path == path) {
        let (score, _) = story.answers.last().expect("every visitor answered");
        *counts.entry(*score).or_default() += 1;
    }
    counts.into_values().collect()
}

fn batches(events: Vec<Value>, dice: &mut StdRng) -> Vec<Vec<Value>> {
    let mut batches = Vec::new();
    let mut events = events.into_iter().peekable();
    while events.peek().is_some() {
        batches.push(events.by_ref().take(dice.random_range(1..=4)).collect());
    }
    batches
}

/// Sends the batches over several connections at once; hands back what was said to each.
async fn send_all(site: &TestSite, batches: Vec<Vec<Value>>) -> Vec<Answered> {
    let waiting = Arc::new(std::sync::Mutex::new(batches));
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (waiting, door) = (waiting.clone(), site.door.clone());
        senders.spawn(async move {
            let mut said = Vec::new();
            loop {
                let next = waiting.lock().unwrap().pop();
                let Some(events) = next else { return said };
                said.push(door.post(batch(door.key(), &events)).await.unwrap());
            }
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}

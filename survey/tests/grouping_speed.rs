//! How long grouping takes: every report by group does it anew, while its reader waits.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use survey::page::{PageGroup, group_of, suggest_groups};

/// A loose bound, for a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(3);

fn pages() -> Vec<String> {
    (0..5_000).map(|page| format!("shop.example/kind-{}/thing-{page}/reviews", ["a", "b", "c"][page % 3])).collect()
}

/// None of them matches before the last.
fn groups() -> Vec<PageGroup> {
    let group = |at: usize, pattern: &str| PageGroup { name: at.to_string(), pattern: pattern.parse().unwrap() };
    (0..99).map(|at| group(at, &format!("/**/thing-*/{at}"))).chain([group(99, "/**")]).collect()
}

#[test]
fn five_thousand_pages_are_put_into_a_hundred_groups_while_the_reader_waits() {
    let (pages, groups) = (pages(), groups());
    let started = Instant::now();
    let in_last = pages.iter().filter_map(|page| group_of(&groups, page)).filter(|group| group.name == "99").count();
    let took = started.elapsed();
    println!("5,000 pages put into 100 groups in {took:?}");
    assert_eq!(in_last, 5_000);
    assert!(took < LIMIT, "{took:?}");
}

#[test]
fn groups_are_suggested_for_five_thousand_pages_while_the_reader_waits() {
    let pages = pages();
    let started = Instant::now();
    let suggestions = suggest_groups(pages.iter().map(|page| (page.as_str(), 1)), &[]);
    let took = started.elapsed();
    println!("groups suggested for 5,000 pages in {took:?}");
    assert_eq!(suggestions.iter().map(|suggestion| suggestion.pages).sum::<usize>(), 5_000);
    assert!(took < LIMIT, "{took:?}");
}

//! How long a ranking takes: a report is put in order while its reader waits.

use std::time::{Duration, Instant};

use survey::score::{Tally, rank_pages};

/// A loose bound, for a debug build on a busy machine; a release build takes 2 to 6 ms.
const LIMIT: Duration = Duration::from_secs(2);

#[test]
fn five_thousand_pages_are_ranked_while_the_reader_waits() {
    let pages = (0..5_000_u64).map(|page| {
        let n = 1 + page * page % 977;
        (page, Tally::new(n * (500 + page * 7919 % 450) / 1000, n).unwrap())
    });
    let started = Instant::now();
    let ranking = rank_pages(pages).unwrap();
    let took = started.elapsed();
    eprintln!("5,000 pages ranked in {took:?}: {:?}", ranking.prior);
    assert_eq!(ranking.pages.len(), 5_000);
    assert!(took < LIMIT, "{took:?}");
}

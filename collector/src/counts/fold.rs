//! Folding: from entries of the journal to what they add to which blocks. Pure.

use std::collections::BTreeMap;

use super::PAGES;
use super::cells::Cells;
use super::entry::Entry;
use super::numbers::Numbers;
use super::span::Grain;
use crate::clock::Day;

/// The key of a block, but for its site.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Block {
    pub cut: i64,
    pub grain: Grain,
    /// The first day that it counts.
    pub start: Day,
    pub series: i64,
    /// Which pages: those whose numbers, divided by [`PAGES`], come to this.
    pub bucket: i64,
}

impl Block {
    /// The number of the page at a place.
    pub fn page(&self, place: u8) -> i64 {
        self.bucket * PAGES + i64::from(place)
    }
}

/// What entries of one site's journal add to its blocks, in the order of their keys. Gives numbers to what has none.
pub fn fold<'e>(entries: impl IntoIterator<Item = &'e Entry>, numbers: &mut Numbers) -> BTreeMap<Block, Cells> {
    let mut blocks: BTreeMap<Block, Cells> = BTreeMap::new();
    for change in entries.into_iter().flat_map(|entry| &entry.0) {
        let page = numbers.page(&change.page);
        // A remainder of PAGES, which is no more than a byte holds.
        let (bucket, place) = (page.div_euclid(PAGES), page.rem_euclid(PAGES) as u8);
        for cut in change.segment().cuts() {
            let cut = numbers.cut(&cut);
            for (subject, bin, by) in &change.bins {
                let series = numbers.series(change, subject);
                for grain in Grain::ALL {
                    let block = Block { cut, grain, start: grain.start(change.day), series, bucket };
                    blocks.entry(block).or_default().add(place, *bin, *by);
                }
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::super::entry::{Change, Subject};
    use super::*;

    fn answered(page: &str, day: Day, bin: u8, by: i64) -> Entry {
        let bins = vec![(Subject::Funnel, 3, by), (Subject::Question("ease".parse().unwrap()), bin, by)];
        let segment = "device=phone&language=de".to_owned();
        Entry(vec![Change { survey: "help".parse().unwrap(), version: 1, page: page.into(), day, segment, bins }])
    }

    #[test]
    fn an_answer_is_counted_by_each_grain_among_all_and_among_its_like() {
        let mut numbers = Numbers::default();
        let blocks = fold(&[answered("a.b/", 20_413, 7, 1)], &mut numbers);
        assert_eq!(blocks.len(), 3 * 3 * 2, "three cuts, three grains, two series");
        assert!(blocks.values().all(|cells| cells.iter().map(|(.., count)| count).eq([1])));
    }

    #[test]
    fn what_is_taken_back_leaves_nothing() {
        let mut numbers = Numbers::default();
        let entries =
            [answered("a.b/", 20_413, 7, 1), answered("a.b/x", 20_414, 1, 2), answered("a.b/", 20_413, 7, -1)];
        let blocks = fold(&entries, &mut numbers);
        let left: i64 = blocks.values().flat_map(Cells::iter).map(|(.., count)| count).sum();
        assert_eq!(left, 2 * 3 * 3 * 2, "the other page's two answers");
    }

    #[test]
    fn pages_beyond_a_block_go_into_the_next() {
        let mut numbers = Numbers::default();
        let entries: Vec<Entry> = (0..=PAGES).map(|page| answered(&format!("a.b/{page}"), 1, 1, 1)).collect();
        let buckets: std::collections::BTreeSet<i64> =
            fold(&entries, &mut numbers).keys().map(|block| block.bucket).collect();
        assert_eq!(buckets.into_iter().collect::<Vec<_>>(), [0, 1]);
    }
}

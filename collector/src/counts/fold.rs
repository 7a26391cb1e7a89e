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
    use std::collections::{BTreeSet, HashMap};

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::entry::{Change, Subject};
    use super::super::numbers::Series;
    use super::super::segment::{Cut, Segment};
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
        let buckets: BTreeSet<i64> = fold(&entries, &mut numbers).keys().map(|block| block.bucket).collect();
        assert_eq!(buckets.into_iter().collect::<Vec<_>>(), [0, 1]);
    }

    /// What a database keeps of one site: what counts nothing goes, and with it the value by which nobody is told apart any more.
    #[derive(Default)]
    struct Kept {
        pages: HashMap<String, i64>,
        cuts: HashMap<Cut, i64>,
        series: HashMap<Series, i64>,
        blocks: BTreeMap<Block, Vec<u8>>,
    }

    impl Kept {
        fn numbers(&self) -> Numbers {
            let next_page = self.pages.len() as i64;
            Numbers::known(self.pages.clone(), self.cuts.clone(), self.series.clone(), next_page)
        }

        fn fold(&mut self, entries: &[Entry]) {
            let mut numbers = self.numbers();
            for (block, mut cells) in fold(entries, &mut numbers) {
                cells.add_packed(self.blocks.get(&block).map_or(&[], Vec::as_slice)).unwrap();
                self.blocks.insert(block, cells.packed());
            }
            let new = numbers.new_ones();
            self.pages.extend(new.pages.iter().cloned());
            self.cuts.extend(new.cuts.iter().cloned());
            self.series.extend(new.series.iter().cloned());
            self.blocks.retain(|_, cells| !cells.is_empty());
            let counted: BTreeSet<i64> = self.blocks.keys().map(|block| block.cut).collect();
            self.cuts.retain(|_, number| counted.contains(number));
        }

        fn recount(&self, entries: &[Entry]) -> BTreeMap<Block, Vec<u8>> {
            fold(entries, &mut self.numbers()).into_iter().map(|(block, cells)| (block, cells.packed())).collect()
        }
    }

    /// More languages than are told apart, one for each visitor.
    const VISITORS: usize = 70;

    fn change_of(visitor: usize, by: i64) -> Entry {
        let language = Segment::of([("language", format!("x{visitor}").as_str())]);
        let mut entry = answered(&format!("a.b/{}", visitor % 40), 20_413 + visitor as Day % 3, 7, by);
        entry.0[0].segment = language.to_string();
        entry
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        /// Whoever is counted is taken back, and whoever is not is counted, in any groups.
        #[test]
        fn whoever_comes_and_goes_what_is_folded_is_a_recount(groups in vec(vec(0..VISITORS, 1..25), 1..12)) {
            let everybody: Vec<Entry> = (0..VISITORS).map(|visitor| change_of(visitor, 1)).collect();
            let (mut kept, mut counted) = (Kept::default(), (0..VISITORS).collect::<BTreeSet<_>>());
            kept.fold(&everybody);
            for group in groups {
                let change = |visitor: usize| {
                    let is_new = counted.insert(visitor) || !counted.remove(&visitor);
                    change_of(visitor, if is_new { 1 } else { -1 })
                };
                let entries: Vec<Entry> = group.into_iter().map(change).collect();
                kept.fold(&entries);
                let left: Vec<Entry> = counted.iter().map(|visitor| change_of(*visitor, 1)).collect();
                prop_assert_eq!(&kept.blocks, &kept.recount(&left));
            }
        }
    }
}

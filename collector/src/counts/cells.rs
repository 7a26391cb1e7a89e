//! Cells: how often each bin was counted on each page of a block, packed into bytes.
//!
//! Packed, the pages follow each other in order: a byte for the page's place in the block, one for its first bin, one for its last, and the
//! count of each bin from the one to the other, in seven bits a byte (LEB128). A busy page has all of its bins, so they are not named.

use std::collections::BTreeMap;

/// One count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The page's place in its block.
    pub place: u8,
    pub bin: u8,
    pub count: u64,
}

/// What is stored is not packed as it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("these are no packed counts")]
pub struct Malformed;

/// The counts of a block, or what changes in them; by place and bin.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cells(BTreeMap<(u8, u8), i64>);

impl Cells {
    pub fn add(&mut self, place: u8, bin: u8, by: i64) {
        *self.0.entry((place, bin)).or_default() += by;
    }

    /// Adds what is packed.
    pub fn add_packed(&mut self, packed: &[u8]) -> Result<(), Malformed> {
        for cell in unpack(packed) {
            let Cell { place, bin, count } = cell?;
            self.add(place, bin, i64::try_from(count).map_err(|_| Malformed)?);
        }
        Ok(())
    }

    /// In the order of places and bins.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u8, i64)> {
        self.0.iter().map(|((place, bin), count)| (*place, *bin, *count))
    }

    /// Nothing, if nothing is counted. A count below zero cannot be, and is taken for none: a recount finds it.
    pub fn packed(&self) -> Vec<u8> {
        let mut pages: BTreeMap<u8, BTreeMap<u8, u64>> = BTreeMap::new();
        for (place, bin, count) in self.iter() {
            if let Ok(count @ 1..) = u64::try_from(count) {
                pages.entry(place).or_default().insert(bin, count);
            }
        }
        let mut packed = Vec::new();
        for (place, bins) in pages {
            let bounds = bins.first_key_value().zip(bins.last_key_value());
            let Some(((first, _), (last, _))) = bounds else { continue };
            packed.extend([place, *first, *last]);
            (*first..=*last).for_each(|bin| push_number(&mut packed, bins.get(&bin).copied().unwrap_or_default()));
        }
        packed
    }
}

fn push_number(packed: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        packed.push(number as u8 | 0x80);
        number >>= 7;
    }
    packed.push(number as u8);
}

/// The cells that are packed, one after the other, without those of zero. Ends with the first mistake.
pub fn unpack(packed: &[u8]) -> Unpacked<'_> {
    Unpacked { rest: packed, place: 0, bin: 0, bins_left: 0 }
}

/// See [`unpack`].
#[derive(Clone, Debug)]
pub struct Unpacked<'a> {
    rest: &'a [u8],
    place: u8,
    /// The next one, and how many are still to come with it.
    bin: u8,
    bins_left: u16,
}

impl Iterator for Unpacked<'_> {
    type Item = Result<Cell, Malformed>;

    // A large report unpacks a million.
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.bins_left == 0 && self.rest.is_empty() {
                return None;
            }
            match self.cell() {
                Some(Cell { count: 0, .. }) => {}
                Some(cell) => return Some(Ok(cell)),
                None => {
                    (self.rest, self.bins_left) = (&[], 0);
                    return Some(Err(Malformed));
                }
            }
        }
    }
}

impl Unpacked<'_> {
    #[inline]
    fn cell(&mut self) -> Option<Cell> {
        if self.bins_left == 0 {
            self.place = self.byte()?;
            self.bin = self.byte()?;
            self.bins_left = u16::from(self.byte()?.checked_sub(self.bin)?) + 1;
        }
        let (bin, count) = (self.bin, self.number()?);
        self.bin = bin.wrapping_add(1);
        self.bins_left -= 1;
        Some(Cell { place: self.place, bin, count })
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_block_of_one_page_is_packed_into_a_few_bytes() {
        let mut cells = Cells::default();
        cells.add(3, 7, 300);
        cells.add(3, 1, 2);
        assert_eq!(cells.packed(), [3, 1, 7, 2, 0, 0, 0, 0, 0, 0xac, 0x02]);
    }

    #[test]
    fn what_is_counted_no_more_takes_no_room() {
        let mut cells = Cells::default();
        cells.add(0, 1, 2);
        cells.add(0, 1, -2);
        cells.add(1, 1, -1);
        assert!(cells.packed().is_empty());
    }

    #[test]
    fn what_is_cut_short_is_told() {
        for packed in [
            &[3][..],
            &[3, 1, 2, 9],
            &[3, 7, 7, 0x80],
            &[3, 0],
            &[3, 2, 1, 9],
            &[3, 7, 7, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
        ] {
            assert_eq!(unpack(packed).last(), Some(Err(Malformed)), "{packed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_in_parts_adds_up(changes in vec((0u8..32, any::<u8>(), 1i64..1 << 40), 0..60), at in 0usize..60) {
            let (one, other) = changes.split_at(at.min(changes.len()));
            let of = |changes: &[(u8, u8, i64)]| {
                let mut cells = Cells::default();
                changes.iter().for_each(|(place, bin, by)| cells.add(*place, *bin, *by));
                cells
            };
            let mut both = of(one);
            both.add_packed(&of(other).packed()).unwrap();
            prop_assert_eq!(&both, &of(&changes));
            let unpacked: Vec<_> = unpack(&both.packed()).map(|cell| cell.map(|c| (c.place, c.bin, c.count as i64))).collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(unpacked, both.iter().collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_read_or_told_to_be_none(packed in vec(any::<u8>(), 0..40)) {
            prop_assert!(unpack(&packed).count() <= 40);
        }
    }
}

//! Tables: counts of all pages, apart by scale. Each is one stretch of memory, because a large site has thousands of pages.

use super::build::Cell;
use super::{Funnel, Timeline};
use crate::definition::Scale;
use crate::score::Histogram;

/// All counts.
pub(super) struct Tables<'s> {
    pub timeline: Timeline,
    pub by_scale: Vec<Table<'s>>,
    /// Of each page, within the span itself; and of all of them.
    pub funnels: Vec<[i64; Funnel::STAGES]>,
    pub funnel: [i64; Funnel::STAGES],
}

/// The counts on one scale.
pub(super) struct Table<'s> {
    pub scale: &'s Scale,
    /// How many of `counts` each page has: in each part of the timeline, how often each point was chosen.
    width: usize,
    /// Those of each page, and after them those of all of them.
    counts: Vec<i64>,
}

/// What was counted on one scale of one page, or of all.
#[derive(Clone, Copy)]
pub(super) struct Counts<'t, 's> {
    scale: &'s Scale,
    parts: &'t [i64],
}

impl<'s> Tables<'s> {
    pub fn new(timeline: Timeline, pages: usize) -> Self {
        let funnel = [0; Funnel::STAGES];
        Self { timeline, by_scale: Vec::new(), funnels: vec![funnel; pages], funnel }
    }

    /// The place of a scale's table.
    pub fn place_of(&mut self, scale: &'s Scale) -> usize {
        self.by_scale.iter().position(|table| table.scale == scale).unwrap_or_else(|| {
            self.by_scale.push(Table::new(scale, self.timeline.parts().len(), self.funnels.len()));
            self.by_scale.len() - 1
        })
    }

    pub fn add_stages(&mut self, cells: impl IntoIterator<Item = Cell>) {
        for Cell { page, bin, count } in cells {
            let bin = usize::from(bin);
            if let (Some(funnel), Some(all)) = (self.funnels.get_mut(page), self.funnel.get_mut(bin)) {
                funnel[bin] += count;
                *all += count;
            }
        }
    }

    /// With each page's counts added to those of its place, of so many.
    pub fn added_up(&self, count: usize, places: &[Option<usize>]) -> Self {
        let mut sums = Self { funnel: self.funnel, ..Self::new(self.timeline.clone(), count) };
        for (stages, place) in self.funnels.iter().zip(places) {
            if let Some(place) = *place {
                add(&mut sums.funnels[place], stages);
            }
        }
        sums.by_scale = self.by_scale.iter().map(|table| table.added_up(count, places)).collect();
        sums
    }

    /// Whether anything was counted of a page within the span.
    pub fn is_counted(&self, page: usize) -> bool {
        let answered = |table: &Table| table.of_page(page).now().any(|count| count != 0);
        self.funnels[page].iter().any(|count| *count != 0) || self.by_scale.iter().any(answered)
    }
}

impl<'s> Table<'s> {
    fn new(scale: &'s Scale, parts: usize, pages: usize) -> Self {
        let width = parts * scale.values().len();
        Self { scale, width, counts: vec![0; (pages + 1) * width] }
    }

    /// Adds what was counted in one part of the timeline.
    pub fn add(&mut self, part: usize, cells: impl IntoIterator<Item = Cell>) {
        let (begin, site) = (part * self.scale.values().len(), self.pages() * self.width);
        for Cell { page, bin, count } in cells {
            // A point that is not on the scale was never accepted.
            let Some(score) = self.scale.score(bin.into()) else { continue };
            if page < self.pages() {
                let index = begin + self.scale.index(score);
                self.counts[page * self.width + index] += count;
                self.counts[site + index] += count;
            }
        }
    }

    fn added_up(&self, count: usize, places: &[Option<usize>]) -> Self {
        let mut sums = Self { scale: self.scale, width: self.width, counts: vec![0; (count + 1) * self.width] };
        for (page, place) in places.iter().enumerate() {
            if let Some(place) = *place {
                add(&mut sums.counts[place * self.width..][..self.width], self.of_page(page).parts);
            }
        }
        sums.counts[count * self.width..].copy_from_slice(self.site().parts);
        sums
    }

    pub fn pages(&self) -> usize {
        self.counts.len() / self.width - 1
    }

    pub fn of_page(&self, page: usize) -> Counts<'_, 's> {
        Counts { scale: self.scale, parts: &self.counts[page * self.width..][..self.width] }
    }

    pub fn site(&self) -> Counts<'_, 's> {
        self.of_page(self.pages())
    }
}

impl<'s> Counts<'_, 's> {
    /// In the whole span.
    pub fn histogram(self) -> Option<Histogram<'s>> {
        histogram(self.scale, self.now())
    }

    pub fn before(self) -> Option<Histogram<'s>> {
        histogram(self.scale, self.parts[..self.points()].iter().copied())
    }

    /// In each step of the trend.
    pub fn steps(self) -> impl Iterator<Item = Option<Histogram<'s>>> {
        let steps = self.parts[self.points()..].chunks_exact(self.points());
        steps.map(move |step| histogram(self.scale, step.iter().copied()))
    }

    fn now(self) -> impl Iterator<Item = i64> {
        let steps = &self.parts[self.points()..];
        (0..self.points()).map(move |point| steps[point..].iter().step_by(self.points()).sum())
    }

    fn points(self) -> usize {
        self.scale.values().len()
    }
}

/// None only above [`crate::score::MAX_ANSWERS`], a million answers a second for 285 years.
fn histogram(scale: &Scale, counts: impl Iterator<Item = i64>) -> Option<Histogram<'_>> {
    Histogram::from_counts(scale, counts.map(|count| u64::try_from(count).unwrap_or_default()).collect()).ok()
}

fn add(sums: &mut [i64], counts: &[i64]) {
    sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
}

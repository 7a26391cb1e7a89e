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
    pub funnels: Vec<Reached>,
    pub funnel: Reached,
}

/// How many reached each stage, and for how many page views those in the samples stand.
#[derive(Clone, Copy, Default)]
pub(super) struct Reached {
    stages: [i64; Funnel::STAGES],
    eligible: f64,
}

impl Reached {
    pub fn told(&self) -> Funnel {
        Funnel::of_stages(&self.stages, self.eligible)
    }

    fn add_up(&mut self, more: &Self) {
        add(&mut self.stages, &more.stages);
        self.eligible += more.eligible;
    }

    fn count(&mut self, stage: usize, count: i64, stands_for: f64) {
        if let Some(sum) = self.stages.get_mut(stage) {
            *sum += count;
        }
        if stage == 0 {
            self.eligible += count as f64 * stands_for;
        }
    }
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
        let funnel = Reached::default();
        Self { timeline, by_scale: Vec::new(), funnels: vec![funnel; pages], funnel }
    }

    /// The place of a scale's table.
    pub fn place_of(&mut self, scale: &'s Scale) -> usize {
        self.by_scale.iter().position(|table| table.scale == scale).unwrap_or_else(|| {
            self.by_scale.push(Table::new(scale, self.timeline.parts().len(), self.funnels.len()));
            self.by_scale.len() - 1
        })
    }

    pub fn add_stages<E>(
        &mut self,
        stands_for: f64,
        cells: impl IntoIterator<Item = Result<Cell, E>>,
    ) -> Result<(), E> {
        for cell in cells {
            let Cell { page, bin, count } = cell?;
            if let Some(funnel) = self.funnels.get_mut(page) {
                funnel.count(bin.into(), count, stands_for);
                self.funnel.count(bin.into(), count, stands_for);
            }
        }
        Ok(())
    }

    /// With each page's counts added to those of its place, of so many.
    pub fn added_up(&self, count: usize, places: &[Option<usize>]) -> Self {
        let mut sums = Self { funnel: self.funnel, ..Self::new(self.timeline.clone(), count) };
        for (stages, place) in self.funnels.iter().zip(places) {
            if let Some(place) = *place {
                sums.funnels[place].add_up(stages);
            }
        }
        sums.by_scale = self.by_scale.iter().map(|table| table.added_up(count, places)).collect();
        sums
    }

    /// Whether anything was counted of a page within the span.
    pub fn is_counted(&self, page: usize) -> bool {
        let answered = |table: &Table| table.of_page(page).now().any(|count| count != 0);
        self.funnels[page].told() != Funnel::default() || self.by_scale.iter().any(answered)
    }
}

impl<'s> Table<'s> {
    fn new(scale: &'s Scale, parts: usize, pages: usize) -> Self {
        let width = parts * scale.values().len();
        Self { scale, width, counts: vec![0; (pages + 1) * width] }
    }

    /// Adds what was counted of pages in one part of the timeline. A large site has a million cells, so little is done for each.
    pub fn add<E>(&mut self, part: usize, cells: impl IntoIterator<Item = Result<Cell, E>>) -> Result<(), E> {
        let (points, first) = (self.scale.values().len(), usize::from(self.scale.first()));
        let (begin, end) = (part * points, self.pages() * self.width);
        for cell in cells {
            let Cell { page, bin, count } = cell?;
            // A point that is not on the scale was never accepted.
            let point = usize::from(bin).wrapping_sub(first);
            let index = page * self.width + begin + point;
            if point < points && index < end {
                self.counts[index] += count;
            }
        }
        Ok(())
    }

    /// Adds the pages up to the site, once all of them are there.
    pub fn add_up_site(&mut self) {
        let of_pages = self.counts.len() - self.width;
        let (pages, site) = self.counts.split_at_mut(of_pages);
        site.fill(0);
        pages.chunks_exact(self.width).for_each(|page| add(site, page));
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

//! Numbers: what pages, cuts and series are called in the keys of blocks, so that these are short.
//!
//! Given in the order in which things are first counted, by whoever holds the site's ledger, and for as long as something is counted
//! of them: what nobody said any more must not be read in a list of values.

use std::collections::HashMap;

use survey::definition::SurveyId;

use super::entry::{Change, Subject};
use super::fold::Block;
use super::segment::Cut;
use super::span::Grain;

/// How many values of a dimension are told apart. Browsers and addresses say what they like; this bounds what is kept of it.
const MOST_VALUES: usize = 60;

/// What is counted of one version of a survey.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Series {
    pub survey: SurveyId,
    pub version: u32,
    pub subject: Subject,
}

/// The numbers of one site, as far as they are known.
#[derive(Debug, Default)]
pub struct Numbers {
    pages: HashMap<String, i64>,
    cuts: HashMap<Cut, i64>,
    series: HashMap<Series, i64>,
    next_page: i64,
    new: New,
}

/// What has been given a number for the first time.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct New {
    pub pages: Vec<(String, i64)>,
    pub cuts: Vec<(Cut, i64)>,
    pub series: Vec<(Series, i64)>,
}

impl Numbers {
    /// `pages` may be some of the site's; `cuts` and `series` are all of them.
    pub fn known(
        pages: HashMap<String, i64>,
        cuts: HashMap<Cut, i64>,
        series: HashMap<Series, i64>,
        next_page: i64,
    ) -> Self {
        Self { pages, cuts, series, next_page, new: New::default() }
    }

    pub fn new_ones(&self) -> &New {
        &self.new
    }

    pub fn next_page(&self) -> i64 {
        self.next_page
    }

    pub(super) fn page(&mut self, page: &str) -> i64 {
        if let Some(number) = self.pages.get(page) {
            return *number;
        }
        let number = self.next_page;
        self.next_page += 1;
        self.pages.insert(page.to_owned(), number);
        self.new.pages.push((page.to_owned(), number));
        number
    }

    /// A value that comes when there are too many is one of the others, and so is every new one for as long as something is counted
    /// among them: whatever was, is taken back there, although there may be room again.
    pub(super) fn cut(&mut self, cut: &Cut) -> i64 {
        if let Some(number) = self.cuts.get(cut).or_else(|| self.cuts.get(&cut.other())) {
            return *number;
        }
        let values = self.cuts.keys().filter(|known| known.dimension() == cut.dimension()).count();
        let counted_as = if values < MOST_VALUES { cut.clone() } else { cut.other() };
        let next = self.cuts.values().max().map_or(0, |last| last + 1);
        *self.cuts.entry(counted_as).or_insert_with_key(|counted_as| {
            self.new.cuts.push((counted_as.clone(), next));
            next
        })
    }

    pub(super) fn series(&mut self, change: &Change, subject: &Subject) -> i64 {
        let series = Series { survey: change.survey.clone(), version: change.version, subject: subject.clone() };
        let next = i64::try_from(self.series.len()).unwrap_or(i64::MAX);
        *self.series.entry(series).or_insert_with_key(|series| {
            self.new.series.push((series.clone(), next));
            next
        })
    }
}

/// What numbers stand for.
pub struct Names<'n> {
    pages: HashMap<i64, &'n str>,
    cuts: HashMap<i64, &'n Cut>,
    series: HashMap<i64, &'n Series>,
}

impl Numbers {
    pub fn names(&self) -> Names<'_> {
        Names {
            pages: self.pages.iter().map(|(page, number)| (*number, page.as_str())).collect(),
            cuts: self.cuts.iter().map(|(cut, number)| (*number, cut)).collect(),
            series: self.series.iter().map(|(series, number)| (*number, series)).collect(),
        }
    }
}

impl Names<'_> {
    /// What a count is of. Says the number of whatever has no name.
    pub fn in_words(&self, block: &Block, place: u8, bin: u8) -> String {
        let page = block.page(place);
        let page = self.pages.get(&page).map_or_else(|| format!("page {page}"), |page| (*page).to_owned());
        let among = match self.cuts.get(&block.cut).map(|cut| cut.as_str()) {
            Some("") => "all".to_owned(),
            Some(cut) => cut.to_owned(),
            None => format!("cut {}", block.cut),
        };
        let (of, counted) = match self.series.get(&block.series) {
            Some(Series { survey, version, subject: Subject::Funnel }) => {
                (format!("{survey} version {version}"), format!("stage {bin}"))
            }
            Some(Series { survey, version, subject: Subject::Question(question) }) => {
                (format!("{survey} version {version}"), format!("{question} point {bin}"))
            }
            None => (format!("series {}", block.series), format!("bin {bin}")),
        };
        let span = match block.grain {
            Grain::Day => "day",
            Grain::Week => "week from day",
            Grain::FourWeeks => "four weeks from day",
        };
        format!("{span} {}, {page}, {of}, {among}, {counted}", block.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_make_up_ends_among_the_others() {
        let mut numbers = Numbers::default();
        let of = |place: usize| Cut::with("language", &format!("x{place}"));
        let given: Vec<i64> = (0..MOST_VALUES + 3).map(|place| numbers.cut(&of(place))).collect();
        assert_eq!(given[MOST_VALUES], given[MOST_VALUES + 2]);
        assert_eq!(numbers.new_ones().cuts.len(), MOST_VALUES + 1);
        assert_eq!(numbers.cut(&of(1)), 1, "who was known before stays");
        assert_eq!(numbers.cut(&Cut::with("device", "phone")), MOST_VALUES as i64 + 1, "other dimensions have room");
    }

    #[test]
    fn what_is_counted_among_the_others_is_found_there_although_others_are_forgotten() {
        let of = |place: usize| Cut::with("language", &format!("x{place}"));
        let mut numbers = Numbers::default();
        let among_others = (0..=MOST_VALUES).map(|place| numbers.cut(&of(place))).last().unwrap();
        let left = |forgotten: &[Cut]| {
            let cuts = numbers.cuts.clone().into_iter().filter(|(cut, _)| !forgotten.contains(cut));
            Numbers::known(HashMap::new(), cuts.collect(), HashMap::new(), 0)
        };
        let mut roomy = left(&[of(3), of(4)]);
        assert_eq!([roomy.cut(&of(MOST_VALUES)), roomy.cut(&of(3))], [among_others; 2]);
        let mut without_others = left(&[of(3), of(4), of(0).other()]);
        let given = [without_others.cut(&of(3)), without_others.cut(&of(MOST_VALUES))];
        assert_eq!(without_others.new_ones().cuts, [(of(3), given[0]), (of(MOST_VALUES), given[1])]);
    }

    #[test]
    fn numbers_go_on_after_those_that_are_known() {
        let mut numbers = Numbers::known(HashMap::from([("a.b/".to_owned(), 4)]), HashMap::new(), HashMap::new(), 9);
        assert_eq!([numbers.page("a.b/"), numbers.page("a.b/x"), numbers.page("a.b/x")], [4, 9, 9]);
        assert_eq!((numbers.next_page(), numbers.new_ones().pages.len()), (10, 1));
    }
}

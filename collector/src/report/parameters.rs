//! What reports may be asked for, and within which bounds.

use jiff::civil::Date;
use serde::Deserialize;
use survey::definition::{Band, Dimension, Metric, SiteKey};
use survey::report::{Days, Listing, OTHERS, PageOrder, PointBand, Timeline, TrendUnit};
use survey::targeting::Signal;
use survey::wire::Device;
use utoipa::IntoParams;

use crate::clock::{Day, day_of_date};
use crate::comments::{Search, Tag};
use crate::counts::{BAND, Cut, primary_tag};
use crate::problem::{ApiError, wrong};
use crate::query::PageNamed;
use crate::store::{AnswerQuery, WhichAnswers};

const MAX_DAYS: u16 = 400;
const A_MONTH: u16 = 30;
const MAX_ANSWERS: u32 = 200;
const MAX_PAGES: u32 = 1_000;

// The members of both are written out for each report, because a query cannot be read in parts.

/// The days that a report is of.
struct Period {
    days: Option<u16>,
    from: Option<Date>,
    to: Option<Date>,
}

/// The part of the visitors that it is of.
struct Visitors<'q> {
    device: Option<Device>,
    language: Option<&'q str>,
    signal: Option<Signal>,
    country: Option<&'q str>,
    band: Option<Band>,
    segments: [Option<&'q str>; 2],
}

macro_rules! report_parameters {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $member:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Deserialize, IntoParams)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $($(#[$doc])* pub $member: $type,)*
            /// How many days, 1 to 400, up to and including today in the site's time zone; 30 unless said otherwise.
            days: Option<u16>,
            /// The first day, like `2026-11-01`, in the place of `days`.
            #[param(value_type = Option<String>)]
            from: Option<Date>,
            /// The last day; today, unless said otherwise.
            #[param(value_type = Option<String>)]
            to: Option<Date>,
            /// How long the steps of trends are, which follow the calendar: `day` (of at most 92 days), `week` from Monday to Sunday,
            /// or `month`. What suits the days, unless said otherwise.
            #[param(inline)]
            trend: Option<TrendUnit>,
            /// Only visitors with this kind of device.
            #[param(inline)]
            device: Option<Device>,
            /// Only visitors whose browser has this language: `de`.
            language: Option<String>,
            /// Only what was set off by this.
            #[param(inline)]
            signal: Option<Signal>,
            /// Only visitors from this country: `DE`. Known where a proxy tells it.
            country: Option<String>,
            /// Only visitors with this value in a dimension of the site's own: `trait:plan=pro`, `utm:source=mail`, `returning=true`.
            segment: Option<String>,
            /// Likewise; two of all these may be given together.
            and_segment: Option<String>,
            /// Only visitors whose first score is in this band.
            #[param(inline)]
            band: Option<PointBand>,
        }

        impl $name {
            /// The days and the steps of their trend, and which part of the visitors.
            pub fn asked(&self, today: Day) -> Result<(Timeline, Cut), ApiError> {
                let period = Period { days: self.days, from: self.from, to: self.to };
                let visitors = Visitors {
                    device: self.device,
                    language: self.language.as_deref(),
                    signal: self.signal,
                    country: self.country.as_deref(),
                    band: self.band.map(Band::from),
                    segments: [self.segment.as_deref(), self.and_segment.as_deref()],
                };
                Ok((timeline(period.days(today)?, self.trend)?, visitors.cut()?))
            }
        }
    };
}

mod shape;

pub use shape::{CrossTableParameters, DriversParameters, HeatMapParameters};

report_parameters! {
    /// Of all pages.
    PagesParameters {
        /// Which pages come first.
        #[serde(default)]
        #[param(inline)]
        order: PageOrder,
        /// Whose figures decide about the order; if none is named, those of which the site has most answers.
        #[param(inline)]
        metric: Option<Metric>,
        /// At most so many pages: 1 to 1,000; all, unless said otherwise.
        limit: Option<u32>,
        /// Only those behind this page: the `next` of the answer before.
        after: Option<String>,
    }
}

impl PagesParameters {
    /// Which pages, in which order.
    pub fn listing(&self) -> Result<Listing, ApiError> {
        let limit = match self.limit {
            None => usize::MAX,
            Some(limit @ 1..=MAX_PAGES) => limit as usize,
            Some(limit) => return Err(wrong("limit", format!("{limit} is not from 1 to {MAX_PAGES}"))),
        };
        Ok(Listing { order: self.order, metric: self.metric, after: self.after.clone(), limit })
    }
}

report_parameters! {
    /// Of the site, in parts.
    PeriodParameters {}
}

/// Of what a badge is drawn. Of all visitors: whoever reads the page that it is on can change its address, and a score of few visitors is
/// nobody's business.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BadgeParameters {
    /// The page's key, like `shop.example/help`; of the site as a whole, unless one is named.
    #[param(value_type = Option<String>)]
    page: Option<PageNamed>,
    /// Which score; if none is named, the one with most answers.
    #[param(inline)]
    pub metric: Option<Metric>,
    /// How many days, 1 to 400, up to and including today in the site's time zone; 30 unless said otherwise.
    days: Option<u16>,
    /// The first day, like `2026-11-01`, in the place of `days`.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// The last day; today, unless said otherwise.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
}

impl BadgeParameters {
    pub fn timeline(&self, today: Day) -> Result<Timeline, ApiError> {
        let period = Period { days: self.days, from: self.from, to: self.to };
        timeline(period.days(today)?, None)
    }

    /// An empty name in a form names none.
    pub fn page(&self) -> Option<&str> {
        self.page.as_ref().map(PageNamed::as_str).filter(|page| !page.is_empty())
    }
}

report_parameters! {
    /// Of one page.
    PageParameters {
        /// The page's key: `shop.example/help`.
        #[param(value_type = String)]
        page: PageNamed,
    }
}

impl Period {
    fn days(&self, today: Day) -> Result<Days, ApiError> {
        let Some(from) = self.from else {
            let last = self.to.map_or(today, day_of_date);
            let days = self.days.unwrap_or(A_MONTH);
            if !(1..=MAX_DAYS).contains(&days) {
                return Err(wrong("days", format!("{days} is not from 1 to {MAX_DAYS}")));
            }
            return Ok(Days::up_to(last, days));
        };
        if self.days.is_some() {
            return Err(wrong("days", "from says already when the period begins; leave one of them out"));
        }
        let (first, last) = (day_of_date(from), self.to.map_or(today, day_of_date));
        match last.checked_sub(first) {
            Some(length @ 0..) if length < Day::from(MAX_DAYS) => Ok(Days { first, last }),
            Some(0..) => Err(wrong("from", format!("from {from} on that is more than {MAX_DAYS} days"))),
            _ if self.to.is_some() => Err(wrong("to", format!("the period would end before it begins, on {from}"))),
            _ => Err(wrong("from", format!("{from} is still to come"))),
        }
    }
}

impl Visitors<'_> {
    fn cut(&self) -> Result<Cut, ApiError> {
        let tag = self.language.map(primary_tag);
        if let (Some(language), Some("")) = (self.language, tag.as_deref()) {
            return Err(wrong("language", format!("{language:?} is not a language; write a tag like de")));
        }
        let country = self.country.map(str::to_ascii_uppercase);
        if let Some(country) = country.as_deref().filter(|country| !is_country(country)) {
            return Err(wrong("country", format!("{country:?} is not a country; write two letters like DE")));
        }
        let [one, other] = self.segments;
        let of_all = [
            self.band.map(|band| (BAND, band.as_str())),
            country.as_deref().map(|country| ("country", country)),
            self.device.map(|device| ("device", device.as_str())),
            tag.as_deref().map(|language| ("language", language)),
            self.signal.map(|signal| ("signal", signal.as_str())),
        ];
        let of_all = of_all.map(|part| part.map(|part| (part.0, part)));
        let own = [own_segment("segment", one)?, own_segment("and_segment", other)?];
        match of_all.into_iter().chain(own).flatten().collect::<Vec<_>>()[..] {
            [] => Ok(Cut::all()),
            [(_, (dimension, value))] => Ok(Cut::with(dimension, value)),
            [(_, (one, _)), (field, (other, _))] if one == other => {
                Err(wrong(field, format!("no visitor has two values of {one}; leave one of them out")))
            }
            [(field, (_, OTHERS)), _] | [_, (field, (_, OTHERS))] => {
                Err(wrong(field, format!("{OTHERS} stands for many values, and is counted by itself alone")))
            }
            [(_, one), (_, other)] => Ok(Cut::with_both(one, other)),
            [_, _, (third, _), ..] => {
                let ways = "band, country, device, language, signal and the site's own dimensions";
                Err(wrong(third, format!("visitors can be told apart by two of {ways} at a time")))
            }
        }
    }
}

/// What a field asks for, and its name.
type Part<'q> = (&'static str, (&'q str, &'q str));

/// A dimension of a site's own, and a value: `trait:plan=pro`.
fn own_segment<'q>(field: &'static str, text: Option<&'q str>) -> Result<Option<Part<'q>>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let (dimension, value) = text.split_once('=').unwrap_or((text, ""));
    dimension.parse::<Dimension>().map_err(|error| wrong(field, error))?;
    if value.is_empty() {
        return Err(wrong(field, format!("{text:?} says no value; write one like {dimension}=pro")));
    }
    Ok(Some((field, (dimension, value))))
}

fn timeline(days: Days, trend: Option<TrendUnit>) -> Result<Timeline, ApiError> {
    trend.map_or_else(|| Ok(Timeline::of(days)), |unit| Timeline::by(days, unit).map_err(|error| wrong("trend", error)))
}

fn is_country(country: &str) -> bool {
    country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AnswersParameters {
    /// Only of the page with this key.
    #[param(value_type = Option<String>)]
    page: Option<PageNamed>,
    /// Only those in whose words all of these stand, letter case, accents and punctuation aside; of each, the beginning is enough. At
    /// most 200 characters and 12 words.
    search: Option<String>,
    /// Only those whose first score is in this band.
    band: Option<PointBand>,
    /// Only those whose words are in this language, as far as can be told: `de`.
    written_in: Option<String>,
    /// Only those that the team has given this tag, letter case aside.
    tag: Option<String>,
    /// Only those given on this day or later, like `2026-11-01`.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// Only those given on this day or earlier.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
    /// Only those with a comment, a short text or words of "other". Contact details are left out.
    #[serde(default)]
    comments: bool,
    /// Only those whose visitors left something to be written back to.
    #[serde(default)]
    contact: bool,
    /// Only those that are in no figure, because there is a doubt about them or somebody has said so. All other lists leave them
    /// out. Contact details are left out.
    #[serde(default)]
    apart: bool,
    /// At most so many: 1 to 200.
    #[serde(default = "a_screenful")]
    limit: u32,
    /// Only those with a smaller number: the `next` of the answer before.
    before: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WordsParameters {
    /// Only comments on the page with this key.
    #[param(value_type = Option<String>)]
    page: Option<PageNamed>,
    /// Only comments in which all of these stand; of each word, the beginning is enough.
    search: Option<String>,
    /// Only comments whose first score is in this band. Nothing is contrasted then.
    band: Option<PointBand>,
    /// Only comments in this language, as far as can be told: `de`.
    written_in: Option<String>,
    /// Only comments that the team has given this tag, letter case aside.
    tag: Option<String>,
    /// How many days, 1 to 400, up to and including today in the site's time zone; 30 unless said otherwise.
    days: Option<u16>,
    /// The first day, like `2026-11-01`, in the place of `days`.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// The last day; today, unless said otherwise.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
    /// At most so many words and phrases: 1 to 200.
    #[serde(default = "a_screenful")]
    limit: u32,
}

/// What a report of words is made from, and how many words it tells.
pub struct AskedWords {
    pub answers: AnswerQuery,
    pub days: Days,
    pub words: usize,
}

/// How many comments are read at a time.
const READ_AT_ONCE: u32 = 2_000;

impl WordsParameters {
    pub fn query(self, site: SiteKey, today: Day) -> Result<AskedWords, ApiError> {
        if !(1..=MAX_ANSWERS).contains(&self.limit) {
            return Err(wrong("limit", format!("{} is not from 1 to {MAX_ANSWERS}", self.limit)));
        }
        let days = Period { days: self.days, from: self.from, to: self.to }.days(today)?;
        let (search, written_in) = (search(self.search.as_deref())?, language(self.written_in.as_deref())?);
        let answers = AnswerQuery {
            page: self.page.map(String::from),
            search,
            band: self.band.map(Band::from),
            written_in,
            tag: tag(self.tag.as_deref())?,
            days: Some(days),
            ..AnswerQuery::newest(site, WhichAnswers::WithComments, READ_AT_ONCE)
        };
        Ok(AskedWords { answers, days, words: self.limit as usize })
    }
}

impl AnswersParameters {
    pub fn query(self, site: SiteKey) -> Result<AnswerQuery, ApiError> {
        if !(1..=MAX_ANSWERS).contains(&self.limit) {
            return Err(wrong("limit", format!("{} is not from 1 to {MAX_ANSWERS}", self.limit)));
        }
        let which = match (self.comments, self.contact, self.apart) {
            (false, false, false) => WhichAnswers::All,
            (true, false, false) => WhichAnswers::WithComments,
            (false, true, false) => WhichAnswers::WithContact,
            (false, false, true) => WhichAnswers::SetApart,
            _ => {
                let field = if self.contact { "contact" } else { "apart" };
                return Err(wrong(field, "comments, contact and apart are lists of their own; ask for one of them"));
            }
        };
        let (search, written_in) = (search(self.search.as_deref())?, language(self.written_in.as_deref())?);
        let (band, days) = (self.band.map(Band::from), days_between(self.from, self.to)?);
        let (page, tag, before) = (self.page.map(String::from), tag(self.tag.as_deref())?, self.before);
        let all = AnswerQuery::newest(site, which, self.limit);
        Ok(AnswerQuery { page, search, band, written_in, tag, days, before, ..all })
    }
}

/// What is typed into an empty field of a form looks for nothing.
fn search(typed: Option<&str>) -> Result<Option<Search>, ApiError> {
    match typed.map(str::trim) {
        None | Some("") => Ok(None),
        Some(typed) => Search::parse(typed).map(Some).map_err(|error| wrong("search", error)),
    }
}

/// Likewise: nothing that is chosen is every tag, and none.
fn tag(written: Option<&str>) -> Result<Option<Tag>, ApiError> {
    match written.map(str::trim) {
        None | Some("") => Ok(None),
        Some(written) => Tag::parse(written).map(Some).map_err(|error| wrong("tag", error)),
    }
}

fn language(tag: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(tag) = tag else { return Ok(None) };
    match primary_tag(tag) {
        primary if !primary.is_empty() && primary.bytes().all(|byte| byte.is_ascii_lowercase()) => Ok(Some(primary)),
        _ => Err(wrong("written_in", format!("{tag:?} is not a language; write a tag like de"))),
    }
}

fn days_between(from: Option<Date>, to: Option<Date>) -> Result<Option<Days>, ApiError> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let days = Days { first: from.map_or(Day::MIN, day_of_date), last: to.map_or(Day::MAX, day_of_date) };
    match (from, to) {
        (Some(from), Some(to)) if to < from => {
            Err(wrong("to", format!("the period would end before it begins, on {from}")))
        }
        _ => Ok(Some(days)),
    }
}

fn a_screenful() -> u32 {
    50
}

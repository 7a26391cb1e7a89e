//! Segments: what is known of a visitor by which reports may be filtered, and the cuts that are counted apart.

use std::fmt;

use survey::report::OTHERS;
use url::form_urlencoded::{Serializer, parse};

/// What is known of one visitor, by dimension: `device=phone&language=de`. In a form of its own, so that it can be compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Segment(String);

/// A part of the visitors: all of them, those with one value in one dimension (`device=phone`), or those with two in two. All but the
/// last are counted apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cut(String);

/// The dimension that tells visitors apart by the band of the first score that they gave, and by nothing that they are.
pub const BAND: &str = "band";

impl Segment {
    /// Of pairs of dimension and value; those without a value are left out.
    pub fn of<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut values: Vec<(&str, &str)> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        values.sort_unstable();
        Self(Serializer::new(String::new()).extend_pairs(values).finish())
    }

    /// As it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With what only the other knows; nothing, if that is nothing new.
    pub fn completed_with(&self, other: &Self) -> Option<Self> {
        if self == other {
            return None;
        }
        let known: Vec<_> = parse(self.0.as_bytes()).collect();
        let news: Vec<_> = parse(other.0.as_bytes())
            .filter(|(dimension, _)| known.iter().all(|(other, _)| other != dimension))
            .collect();
        let all = known.iter().chain(&news).map(|(dimension, value)| (&**dimension, &**value));
        (!news.is_empty()).then(|| Self::of(all))
    }

    /// With another value in one dimension; with none there, if it is empty.
    pub fn with(&self, dimension: &str, value: &str) -> Self {
        let known = self.values();
        let others = known.iter().map(|(other, value)| (other.as_str(), value.as_str()));
        Self::of(others.filter(|(other, _)| *other != dimension).chain([(dimension, value)]))
    }

    /// Whether it belongs to a part of the visitors.
    pub fn is_of(&self, cut: &Cut) -> bool {
        let mut wanted = cut.0.split('&').filter(|part| !part.is_empty());
        wanted.all(|wanted| self.0.split('&').any(|part| part == wanted))
    }

    /// Each dimension with its value.
    pub fn values(&self) -> Vec<(String, String)> {
        parse(self.0.as_bytes()).into_owned().collect()
    }

    /// Those parts of the visitors that it belongs to, all of them first.
    pub fn cuts(&self) -> Vec<Cut> {
        let parts = self.0.split('&').filter(|part| !part.is_empty()).map(|part| Cut(part.to_owned()));
        std::iter::once(Cut::all()).chain(parts).collect()
    }
}

impl Cut {
    pub fn all() -> Self {
        Self(String::new())
    }

    pub fn with(dimension: &str, value: &str) -> Self {
        Self(Serializer::new(String::new()).append_pair(dimension, value).finish())
    }

    /// Those with both of these values.
    pub fn with_both(one: (&str, &str), other: (&str, &str)) -> Self {
        Self(Segment::of([one, other]).0)
    }

    /// Its dimension and its value; nothing for all visitors.
    pub fn named(&self) -> Option<(String, String)> {
        parse(self.0.as_bytes()).next().map(|(dimension, value)| (dimension.into_owned(), value.into_owned()))
    }

    /// The two values of a part that is not counted apart, each as it stands in a segment.
    pub fn pair(&self) -> Option<(&str, &str)> {
        self.0.split_once('&')
    }

    /// As it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn dimension(&self) -> &str {
        self.0.split('=').next().unwrap_or_default()
    }

    /// Whether it is of all those values that came after there were too many; which ones is told by counts alone, and not by rows.
    pub fn is_of_others(&self) -> bool {
        self.named().is_some_and(|(_, value)| value == OTHERS)
    }

    /// What it is counted as where its dimension has too many values.
    pub fn other(&self) -> Self {
        Self::with(self.dimension(), OTHERS)
    }
}

/// `de` of `de-CH`; nothing of what is no tag.
pub fn primary_tag(language: &str) -> String {
    let tag = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let is_tag = (2..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_tag { tag } else { String::new() }
}

impl fmt::Display for Segment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_written_in_one_way() {
        let one = Segment::of([("language", "de"), ("device", "phone"), ("signal", "")]);
        assert_eq!(one.as_str(), "device=phone&language=de");
        assert_eq!(one, Segment::of([("device", "phone"), ("language", "de")]));
    }

    #[test]
    fn what_is_known_stays_and_what_is_not_is_completed() {
        let eligible = Segment::of([("device", "phone")]);
        let shown = Segment::of([("device", "desktop"), ("signal", "exit_intent")]);
        assert_eq!(
            eligible.completed_with(&shown),
            Some(Segment::of([("device", "phone"), ("signal", "exit_intent")]))
        );
        assert_eq!(shown.completed_with(&eligible), None);
        assert_eq!(shown.completed_with(&shown), None);
    }

    #[test]
    fn a_value_takes_the_place_of_another() {
        let phone = Segment::of([("device", "phone"), ("language", "de")]);
        let negative = phone.with(BAND, "negative");
        assert_eq!(negative.as_str(), "band=negative&device=phone&language=de");
        assert_eq!(negative.with(BAND, "positive"), phone.with(BAND, "positive"));
        assert_eq!(negative.with(BAND, ""), phone);
    }

    #[test]
    fn what_could_tell_visitors_apart_is_made_coarse() {
        assert_eq!(
            [primary_tag("de-CH-1996"), primary_tag("EN"), primary_tag("<b>"), primary_tag("")],
            ["de", "en", "", ""]
        );
    }

    #[test]
    fn two_dimensions_together_are_not_counted_apart() {
        let both = Cut::with_both(("language", "de"), ("device", "phone"));
        assert_eq!(both.pair(), Some(("device=phone", "language=de")));
        assert_eq!((Cut::all().pair(), Cut::with("trait:plan", "a&b").pair()), (None, None));
        let visitor = Segment::of([("device", "phone"), ("language", "de"), ("signal", "click")]);
        assert!(visitor.is_of(&both) && visitor.is_of(&Cut::all()) && visitor.is_of(&Cut::with("signal", "click")));
        assert!(!visitor.is_of(&Cut::with("device", "tablet")) && !Segment::default().is_of(&both));
    }

    #[test]
    fn a_visitor_is_counted_among_all_and_by_each_dimension() {
        let cuts = Segment::of([("device", "phone"), ("trait:plan", "a&b=c")]).cuts();
        assert_eq!(cuts, [Cut::all(), Cut::with("device", "phone"), Cut::with("trait:plan", "a&b=c")]);
        assert_eq!([cuts[2].dimension(), cuts[2].as_str()], ["trait%3Aplan", "trait%3Aplan=a%26b%3Dc"]);
        assert_eq!(cuts[2].named(), Some(("trait:plan".to_owned(), "a&b=c".to_owned())));
        assert_eq!(Cut::all().named(), None);
        assert_eq!(Segment::default().cuts(), [Cut::all()]);
    }
}

//! Suggestions of page groups, from the pages themselves: those whose paths differ in one segment alone, which is a number, a code
//! or one of many words at the same place.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::group::{MAX_GROUPS, PageGroup, group_of};
use super::name::MAX_NAME;
use super::{PagePattern, host_and_path};
use crate::targeting::glob;

/// So many pages that differ in a segment which tells one thing from another of its kind are a group: numbers, codes.
const FEWEST_WITH_IDS: usize = 2;
/// So many pages are a group, whatever the segment in which they differ.
const FEWEST_SIBLINGS: usize = 5;
/// How many pages stand for all of a group.
const EXAMPLES: usize = 3;

/// A group that might be declared.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupSuggestion {
    /// Unlike that of any group.
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pattern: PagePattern,
    /// How many pages it would take that are in no group.
    pub pages: usize,
    /// How many answers these got.
    pub answers: u64,
    /// The keys of a few of them, most answers first.
    pub examples: Vec<String>,
}

/// Suggests groups for pages that are in no declared one, most answers first. Pages come as their keys, with how many answers each
/// got, in any order. Never more than may still be declared.
///
/// A pattern names no host, because pages of the same path on several hosts of a site are the same kind. Nor does it begin and end
/// with a star: that would be all pages of the top.
pub fn suggest_groups<'k>(
    pages: impl IntoIterator<Item = (&'k str, u64)>,
    declared: &[PageGroup],
) -> Vec<GroupSuggestion> {
    let mut pages: Vec<Page> = pages
        .into_iter()
        .filter(|(key, _)| group_of(declared, key).is_none())
        .map(|(key, answers)| Page::new(key, answers))
        .collect();
    pages.sort_by(|one, other| other.answers.cmp(&one.answers).then(one.key.cmp(other.key)));
    let mut kinds = disjoint(kinds(&pages));
    kinds.sort_by(|one, other| other.answers().cmp(&one.answers()).then_with(|| one.template.cmp(&other.template)));
    let mut names: BTreeSet<String> = declared.iter().map(|group| group.name.clone()).collect();
    let suggestions = kinds.iter().filter_map(|kind| kind.suggestion(&mut names));
    suggestions.take(MAX_GROUPS.saturating_sub(declared.len())).collect()
}

struct Page<'k> {
    key: &'k str,
    answers: u64,
    /// Of the path, in lower case.
    segments: Vec<String>,
}

impl<'k> Page<'k> {
    fn new(key: &'k str, answers: u64) -> Self {
        let segments = glob::segments(host_and_path(key).1).map(str::to_ascii_lowercase).collect();
        Self { key, answers, segments }
    }

    /// What is left when the segment at `place` may be anything. None where another one is a number or a code: nobody names a group
    /// after one customer.
    fn template(&self, place: usize) -> Option<Template> {
        let others = || self.segments.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, segment)| segment);
        let is_kind = self.segments.len() > 1 && others().all(|segment| !is_id(segment) && !segment.contains('*'));
        is_kind
            .then(|| Template { before: self.segments[..place].to_vec(), after: self.segments[place + 1..].to_vec() })
    }
}

/// Paths that differ in one segment: what stands before it, and what after.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Template {
    before: Vec<String>,
    after: Vec<String>,
}

/// Pages of one template.
struct Kind<'p> {
    template: Template,
    /// Most answers first.
    pages: Vec<&'p Page<'p>>,
}

/// All that would do, of which a page may be in several.
fn kinds<'p>(pages: &'p [Page<'p>]) -> Vec<Kind<'p>> {
    let mut by_template: BTreeMap<Template, Vec<&Page>> = BTreeMap::new();
    for page in pages {
        for template in (0..page.segments.len()).filter_map(|place| page.template(place)) {
            by_template.entry(template).or_default().push(page);
        }
    }
    by_template.into_iter().map(|(template, pages)| Kind { template, pages }).filter(Kind::will_do).collect()
}

/// Leaves each page to the kind that explains it best: by numbers and codes before words, by more pages before fewer, by a later
/// segment before an earlier one.
fn disjoint(mut kinds: Vec<Kind<'_>>) -> Vec<Kind<'_>> {
    kinds.sort_by_cached_key(|kind| {
        (!kind.differs_by_ids(), usize::MAX - kind.pages.len(), usize::MAX - kind.template.before.len())
    });
    let mut taken = BTreeSet::new();
    for kind in &mut kinds {
        kind.pages.retain(|page| !taken.contains(page.key));
        if kind.will_do() {
            taken.extend(kind.pages.iter().map(|page| page.key));
        }
    }
    kinds.retain(Kind::will_do);
    kinds
}

impl Kind<'_> {
    fn will_do(&self) -> bool {
        self.differs_by_ids() || self.differing().len() >= FEWEST_SIBLINGS
    }

    /// Whether most of what tells its pages apart are numbers and codes.
    fn differs_by_ids(&self) -> bool {
        let differing = self.differing();
        let ids = differing.iter().filter(|segment| is_id(segment)).count();
        ids >= FEWEST_WITH_IDS && 2 * ids > differing.len()
    }

    /// What tells its pages apart. Pages of several hosts may have the same path.
    fn differing(&self) -> BTreeSet<&str> {
        self.pages.iter().map(|page| page.segments[self.template.before.len()].as_str()).collect()
    }

    fn answers(&self) -> u64 {
        self.pages.iter().map(|page| page.answers).sum()
    }

    /// None only for a path that is too long for a pattern, which no key of a page has.
    fn suggestion(&self, names: &mut BTreeSet<String>) -> Option<GroupSuggestion> {
        let pattern = self.template.pattern().parse().ok()?;
        let name = self.template.name(names);
        names.insert(name.clone());
        Some(GroupSuggestion {
            name,
            pattern,
            pages: self.pages.len(),
            answers: self.answers(),
            examples: self.pages.iter().take(EXAMPLES).map(|page| page.key.to_owned()).collect(),
        })
    }
}

impl Template {
    fn pattern(&self) -> String {
        let segments = self.before.iter().map(String::as_str).chain(["*"]).chain(self.after.iter().map(String::as_str));
        segments.fold(String::new(), |path, segment| path + "/" + segment)
    }

    /// The segments next to the star, in words: `/product/*/reviews` is "Product reviews". With more of those before where the
    /// name is taken, and in the end with a number.
    fn name(&self, taken: &BTreeSet<String>) -> String {
        let from = |parents: usize| {
            let parents = &self.before[self.before.len() - parents.min(self.before.len())..];
            in_words(parents.iter().chain(&self.after))
        };
        let is_free = |name: &String| !taken.contains(name);
        let longer = (1..=self.before.len().max(1)).map(from);
        let numbered = (2..).map(|number| format!("{} {number}", shortened(&from(1), MAX_NAME - 4)));
        longer.map(|name| shortened(&name, MAX_NAME)).chain(numbered).find(is_free).unwrap_or_default()
    }
}

/// `garden-tools`, `reviews` is "Garden tools reviews".
fn in_words<'s>(segments: impl Iterator<Item = &'s String>) -> String {
    let words: Vec<String> = segments.map(|segment| segment.replace(['-', '_', '+'], " ")).collect();
    let words = words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn shortened(name: &str, length: usize) -> String {
    name.chars().take(length).collect::<String>().trim_end().to_owned()
}

/// Whether a segment tells one thing from others of its kind: a number, a UUID or other code, or words with a number of at least two
/// digits (`monstera-4711`, but not `step-1`).
fn is_id(segment: &str) -> bool {
    let has_digit = segment.bytes().any(|byte| byte.is_ascii_digit());
    let is_number = segment.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = segment.len() >= 6 && segment.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let has_number = segment.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_digit));
    has_digit && (is_number || is_code || has_number)
}

#[cfg(test)]
mod tests {
    use super::super::group::tests::groups;
    use super::*;

    fn suggested(pages: &[(&str, u64)], declared: &[(&str, &str)]) -> Vec<GroupSuggestion> {
        suggest_groups(pages.iter().copied(), &groups(declared))
    }

    fn in_short(suggestions: &[GroupSuggestion]) -> Vec<(&str, &str, usize, u64)> {
        let short = |one: &GroupSuggestion| (one.pages, one.answers);
        let named = suggestions.iter().map(|one| (one.name.as_str(), one.pattern.as_str(), short(one)));
        named.map(|(name, pattern, (pages, answers))| (name, pattern, pages, answers)).collect()
    }

    #[test]
    fn pages_that_differ_by_a_number_or_a_code_are_a_group() {
        let pages = [
            ("a.b/product/4711", 3),
            ("a.b/product/4712", 9),
            ("a.b/order/9f86d081-884c-4d65-9a2f-eaa0c55ad015/pay", 1),
            ("a.b/order/1b4f0e98-51c1-4e51-8f6a-5e9a3b0c2d11/pay", 1),
            ("a.b/p/monstera-deliciosa-100", 40),
            ("a.b/p/ficus-101", 20),
            ("a.b/about", 7),
        ];
        let suggestions = suggested(&pages, &[]);
        assert_eq!(
            in_short(&suggestions),
            [("P", "/p/*", 2, 60), ("Product", "/product/*", 2, 12), ("Order pay", "/order/*/pay", 2, 2)]
        );
        assert_eq!(suggestions[1].examples, ["a.b/product/4712", "a.b/product/4711"]);
    }

    #[test]
    fn five_siblings_are_a_group_and_four_are_not() {
        let help = ["a.b/help/returns", "a.b/help/shipping", "a.b/help/paying", "a.b/help/contact", "a.b/help/sizes"];
        let pages: Vec<_> = help.iter().map(|page| (*page, 1)).collect();
        assert_eq!(in_short(&suggested(&pages, &[])), [("Help", "/help/*", 5, 5)]);
        assert!(suggested(&pages[1..], &[]).is_empty());
    }

    #[test]
    fn the_pages_of_the_top_are_no_group_and_steps_of_a_checkout_neither() {
        let top = ["a.b/", "a.b/about", "a.b/blog", "a.b/cart", "a.b/jobs", "a.b/team", "a.b/2024", "a.b/2025"];
        let pages: Vec<_> = top.iter().map(|page| (*page, 1)).collect();
        assert!(suggested(&pages, &[]).is_empty());
        assert!(suggested(&[("a.b/checkout/step-1", 5), ("a.b/checkout/step-2", 5)], &[]).is_empty());
    }

    #[test]
    fn pages_of_a_declared_group_are_not_suggested_again() {
        let pages = [("a.b/product/11", 3), ("a.b/product/12", 9), ("a.b/news/2024", 1), ("a.b/news/2025", 1)];
        assert_eq!(in_short(&suggested(&pages, &[("All products", "/product/**")])), [("News", "/news/*", 2, 2)]);
    }

    #[test]
    fn nothing_is_suggested_for_a_single_customer() {
        let pages = [("a.b/user/12/order/34", 1), ("a.b/user/12/order/35", 1), ("a.b/user/13/order/36", 1)];
        assert!(suggested(&pages, &[]).is_empty());
    }

    #[test]
    fn names_are_told_apart() {
        let pages = [
            ("a.b/shop/product/11", 9),
            ("a.b/shop/product/12", 9),
            ("a.b/rent/product/11", 8),
            ("a.b/rent/product/12", 8),
            ("a.b/product/11", 7),
            ("a.b/product/12", 7),
        ];
        let names = |declared| -> Vec<String> { suggested(&pages, declared).into_iter().map(|one| one.name).collect() };
        assert_eq!(names(&[]), ["Product", "Rent product", "Product 2"]);
        assert_eq!(names(&[("Product", "/x")]), ["Shop product", "Rent product", "Product 2"]);
    }

    #[test]
    fn a_page_counts_for_one_suggestion() {
        // Every page of the grid is in a row of five and in a column of five.
        let pages: Vec<String> = ["a", "b", "c", "d", "e"]
            .iter()
            .flat_map(|row| (5..10).map(move |at| format!("x.y/{row}/s{at}")))
            .collect();
        let suggestions = suggest_groups(pages.iter().map(|page| (page.as_str(), 1)), &[]);
        assert_eq!(suggestions.iter().map(|one| one.pages).sum::<usize>(), 25);
        assert!(suggestions.iter().all(|one| one.pages == 5));
    }

    #[test]
    fn the_order_of_the_pages_makes_no_difference() {
        let mut pages: Vec<(String, u64)> =
            (10..400).map(|at| (format!("a.b/{}/{at}/{}", at % 7, at % 3), at)).collect();
        pages.extend((10..90).map(|at| (format!("a.b/kind-{}/item-{at}", ["a", "b"][at as usize % 2]), at % 5)));
        let suggest = |pages: &[(String, u64)]| suggest_groups(pages.iter().map(|(page, n)| (page.as_str(), *n)), &[]);
        let forwards = suggest(&pages);
        pages.reverse();
        assert_eq!(suggest(&pages), forwards);
        assert!(!forwards.is_empty());
    }

    #[test]
    fn every_suggestion_can_be_declared_and_takes_its_pages() {
        let pages: Vec<(String, u64)> = (10..500).map(|at| (format!("a.b/k{}/Item-{at}", at % 5), at)).collect();
        let suggestions = suggest_groups(pages.iter().map(|(page, answers)| (page.as_str(), *answers)), &[]);
        let declared: Vec<PageGroup> =
            suggestions.iter().map(|one| PageGroup { name: one.name.clone(), pattern: one.pattern.clone() }).collect();
        assert_eq!(super::super::check_groups(&declared), Ok(()));
        for suggestion in &suggestions {
            let taken = pages
                .iter()
                .filter(|(page, _)| group_of(&declared, page).is_some_and(|group| group.name == suggestion.name));
            assert_eq!(taken.count(), suggestion.pages, "{suggestion:?}");
        }
        assert!(suggest_groups(pages.iter().map(|(page, answers)| (page.as_str(), *answers)), &declared).is_empty());
    }
}

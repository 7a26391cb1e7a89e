//! Page groups: what a site's team calls a kind of page, so that four thousand products are one line of a report.
//!
//! Groups are declared, in order, and the first whose pattern matches takes a page. Grouping changes nothing that is stored: reports
//! add up the pages' histograms anew each time.

use serde::{Deserialize, Serialize};

use super::PagePattern;
use super::name::{MAX_NAME, first_twice, is_name};
use super::pattern::Place;

/// The most groups that a site may have.
pub const MAX_GROUPS: usize = 100;

/// Pages that are reported together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PageGroup {
    /// At most 80 characters, unlike that of any other group.
    pub name: String,
    /// `/product/*`, `/blog/**`, `shop.example/help/**`: `*` stands for any part of one segment, `**` for any number of segments.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pattern: PagePattern,
}

/// Why groups do not make sense. Each reason begins with the place.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum GroupError {
    #[error("page_groups: {0} groups are too many; at most {MAX_GROUPS}")]
    TooMany(usize),
    #[error(
        "page_groups[{at}].name: {name:?} is not a name; write 1 to {MAX_NAME} characters, without spaces at the ends"
    )]
    Name { at: usize, name: String },
    #[error("page_groups[{at}].name: page_groups[{earlier}] is called {name:?} already; names tell groups apart")]
    Twice { at: usize, earlier: usize, name: String },
}

/// # Errors
/// Names the first group that makes no sense.
pub fn check_groups(groups: &[PageGroup]) -> Result<(), GroupError> {
    if groups.len() > MAX_GROUPS {
        return Err(GroupError::TooMany(groups.len()));
    }
    if let Some((at, group)) = groups.iter().enumerate().find(|(_, group)| !is_name(&group.name)) {
        return Err(GroupError::Name { at, name: group.name.clone() });
    }
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    match first_twice(&names) {
        Some((at, earlier)) => Err(GroupError::Twice { at, earlier, name: groups[at].name.clone() }),
        None => Ok(()),
    }
}

/// The group of the page with this key: the first that matches. None for a page that no group matches.
pub fn group_of<'g>(groups: &'g [PageGroup], key: &str) -> Option<&'g PageGroup> {
    let key = key.to_ascii_lowercase();
    let place = Place::of(&key);
    groups.iter().find(|group| group.pattern.matches_place(&place))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn groups(declared: &[(&str, &str)]) -> Vec<PageGroup> {
        let group =
            |(name, pattern): &(&str, &str)| PageGroup { name: (*name).into(), pattern: pattern.parse().unwrap() };
        declared.iter().map(group).collect()
    }

    #[test]
    fn the_first_group_that_matches_takes_the_page() {
        let groups = groups(&[("Sale", "/product/sale-*"), ("Product", "/product/*"), ("Shop", "shop.example/**")]);
        let name = |key| group_of(&groups, key).map(|group| group.name.as_str());
        assert_eq!(name("shop.example/product/sale-fern"), Some("Sale"));
        assert_eq!(name("shop.example/product/fern"), Some("Product"));
        assert_eq!(name("shop.example/cart"), Some("Shop"));
        assert_eq!(name("blog.example/cart"), None);
    }

    #[test]
    fn groups_that_make_no_sense_are_refused_with_their_place() {
        let told = |declared: &[(&str, &str)]| check_groups(&groups(declared)).unwrap_err().to_string();
        assert_eq!(check_groups(&groups(&[("Product", "/product/*"), ("Öl & Fett", "/oil/**")])), Ok(()));
        assert!(told(&[("A", "/a"), ("", "/b")]).starts_with("page_groups[1].name: \"\" is not a name"));
        assert!(told(&[(&"x".repeat(81), "/a")]).starts_with("page_groups[0].name: "));
        assert!(told(&[(" A", "/a")]).starts_with("page_groups[0].name: "));
        assert_eq!(
            told(&[("A", "/a"), ("B", "/b"), ("A", "/c")]),
            "page_groups[2].name: page_groups[0] is called \"A\" already; names tell groups apart"
        );
        let many: Vec<String> = (0..=MAX_GROUPS).map(|group| group.to_string()).collect();
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), "/a")).collect();
        assert_eq!(told(&many), "page_groups: 101 groups are too many; at most 100");
    }
}

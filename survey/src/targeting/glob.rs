//! Globs: patterns in which `*` stands for anything, matched by hand.
//!
//! Pattern and text are in the same form already (a canonical path, lower case); nothing is folded here.

/// Whether a path matches. `*` stands for any part of one segment, `**` for any number of whole segments: `/help/**` is `/help`
/// and all below it.
pub fn matches_path(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = segments(pattern).collect();
    let path: Vec<&str> = segments(path).collect();
    matches_segments(&pattern, &path)
}

/// The same of a pattern and a path that have been cut already, for many of either: see [`segments`].
pub(crate) fn matches_segments(pattern: &[impl AsRef<str>], path: &[&str]) -> bool {
    star_match(pattern, path, |part| part.as_ref() == "**", |part, segment| matches_text(part.as_ref(), segment))
}

/// Whether a text matches. `*` stands for any characters.
pub fn matches_text(pattern: &str, text: &str) -> bool {
    star_match(pattern.as_bytes(), text.as_bytes(), |byte| *byte == b'*', |byte, other| byte == other)
}

/// What stands between the slashes of a path, or of a pattern of one.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Matches a pattern in which some elements, the stars, stand for any number of items.
///
/// When an item does not fit, only the last star needs to be tried with one item more, so the time is at most the product
/// of the two lengths and never exponential.
fn star_match<P, T>(pattern: &[P], items: &[T], is_star: impl Fn(&P) -> bool, fits: impl Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut item) = (0, 0);
    let mut last_star = None;
    while item < items.len() {
        if pattern.get(at).is_some_and(&is_star) {
            last_star = Some((at, item));
            at += 1;
        } else if pattern.get(at).is_some_and(|part| fits(part, &items[item])) {
            at += 1;
            item += 1;
        } else if let Some((star, taken)) = last_star {
            last_star = Some((star, taken + 1));
            at = star + 1;
            item = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_star_stays_within_its_segment() {
        assert!(matches_path("/product/*", "/product/monstera"));
        assert!(matches_path("/product/*/reviews", "/product/monstera/reviews"));
        assert!(matches_path("/product/mon*a", "/product/monstera"));
        assert!(!matches_path("/product/*", "/product"));
        assert!(!matches_path("/product/*", "/product/monstera/reviews"));
    }

    #[test]
    fn two_stars_span_segments() {
        assert!(matches_path("/help/**", "/help"));
        assert!(matches_path("/help/**", "/help/returns/eu"));
        assert!(matches_path("/**/reviews", "/product/monstera/reviews"));
        assert!(matches_path("/**", "/"));
        assert!(!matches_path("/help/**", "/helpers"));
    }

    #[test]
    fn in_other_texts_a_star_stands_for_anything() {
        assert!(matches_text("*.shop.example", "de.shop.example"));
        assert!(matches_text("mozilla/*firefox/*", "mozilla/5.0 (x11) firefox/128"));
        assert!(!matches_text("*.shop.example", "shop.example"));
    }

    #[test]
    fn a_hostile_pattern_does_not_run_away() {
        let slow = format!("/{}b", "*a".repeat(100));
        assert!(!matches_path(&slow, &format!("/{}", "a".repeat(500))));
    }
}

//! Reach in words: how many page views a survey's rules admit, and how well that is known.

use survey::reach::Reach;

use super::{DASH, count, listed, part};

/// One sentence: a figure, or a range and why it is one.
pub fn reach_in_words(reach: Option<&Reach>) -> String {
    let Some(reach) = reach.filter(|reach| reach.page_views > 0) else {
        return tr!("No page views counted yet").to_owned();
    };
    let Reach { page_views, at_least, at_most, .. } = *reach;
    let days = tr!("{n} day" | "{n} days" % reach.days.into());
    let whole = tr!("{n} page view in {days}" | "{n} page views in {days}" % page_views, days);
    let share = |views| part(views, page_views).unwrap_or_default();
    match (at_least, at_most) {
        (_, 0) => tr!("None of {whole} fit its rules", whole),
        (low, high) if low == high => {
            let (number, share) = (count(low), share(low));
            if is_exact(reach) {
                tr!("{number} of {whole} ({share})", number, whole, share)
            } else {
                tr!("About {number} of {whole} ({share})", number, whole, share)
            }
        }
        (low, high) => tr!(
            "Between {low} and {high} of {whole} ({shares}), because Pagepoll cannot see {what} of past visits",
            low = count(low),
            high = count(high),
            whole,
            shares = format!("{}{DASH}{}", share(low), share(high)),
            what = listed(&reach.unknown)
        ),
    }
}

/// From how many page views such figures are worked out; nothing where all of them were counted.
pub fn reach_basis(reach: Option<&Reach>) -> Option<String> {
    let reach = reach.filter(|reach| reach.page_views > 0 && !is_exact(reach))?;
    Some(tr!("Reach is estimated from a sample of {n} page view."
        | "Reach is estimated from a sample of {n} page views." % reach.sampled))
}

fn is_exact(reach: &Reach) -> bool {
    reach.sampled >= reach.page_views
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(at_least: u64, at_most: u64) -> Reach {
        let unknown = if at_least == at_most { Vec::new() } else { vec!["cookie:plan".to_owned()] };
        Reach { days: 7, page_views: 10_300, sampled: 103, at_least, at_most, unknown }
    }

    #[test]
    fn what_is_known_has_one_figure() {
        let words = reach_in_words(Some(&reach(1_240, 1_240)));
        assert_eq!(words, "About 1,240 of 10,300 page views in 7 days (12\u{202f}%)");
        assert_eq!(
            reach_basis(Some(&reach(1_240, 1_240))).as_deref(),
            Some("Reach is estimated from a sample of 103 page views.")
        );
    }

    #[test]
    fn what_is_not_known_is_a_range_with_its_reason() {
        let words = reach_in_words(Some(&reach(820, 1_910)));
        assert!(words.starts_with("Between 820 and 1,910 of 10,300 page views in 7 days"), "{words}");
        assert!(words.ends_with("because Pagepoll cannot see cookie:plan of past visits"), "{words}");
    }

    #[test]
    fn where_all_are_counted_nothing_is_an_estimate() {
        let all = Reach { sampled: 10_300, ..reach(1_240, 1_240) };
        assert!(reach_in_words(Some(&all)).starts_with("1,240 of"));
        assert_eq!(reach_basis(Some(&all)), None);
    }

    #[test]
    fn nothing_counted_and_nothing_admitted_are_told_apart() {
        assert_eq!(reach_in_words(None), "No page views counted yet");
        let silent = Reach { page_views: 0, sampled: 0, ..reach(0, 0) };
        assert_eq!(reach_in_words(Some(&silent)), "No page views counted yet");
        assert_eq!(reach_basis(Some(&silent)), None);
        assert!(reach_in_words(Some(&reach(0, 0))).starts_with("None of 10,300 page views"));
    }
}

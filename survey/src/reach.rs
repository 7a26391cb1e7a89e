//! Reach: how many of a site's page views a rule would have admitted.
//!
//! A share of page views tells what the browser knows anyway (page, referrer, device, language); the collector keeps counts of
//! those that are alike. A rule may ask about more than that, a cookie, say. Then the answer has two ends: the page views on
//! which the rule holds whatever the unknown was, and those on which it could have held.

use serde::{Deserialize, Serialize};

use crate::targeting::{Condition, Field, FieldKind, Operand, Operator, Test, Value, VisitorFacts};

/// The fields that a counted page view tells of.
pub const KNOWN: [FieldKind; 7] = [
    FieldKind::Host,
    FieldKind::Path,
    FieldKind::Referrer,
    FieldKind::Device,
    FieldKind::Browser,
    FieldKind::Os,
    FieldKind::Language,
];

/// Page views that are alike.
#[derive(Clone, Debug)]
pub struct PageViews {
    /// Values of [`KNOWN`] fields. One that is not here had none: there was no referrer, say.
    pub facts: VisitorFacts,
    /// How many told of themselves.
    pub sampled: u64,
    /// For how many they stand.
    pub count: f64,
}

/// What a rule would have admitted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reach {
    /// Over how many days, today included.
    pub days: u16,
    /// How many page views there were, extrapolated from the sample.
    pub page_views: u64,
    /// From how many that told of themselves.
    pub sampled: u64,
    /// On how many the rule held, whatever is not known of them.
    pub at_least: u64,
    /// On how many it could have held.
    pub at_most: u64,
    /// The fields of the rule that a page view does not tell of, and so the reason why the two differ.
    pub unknown: Vec<String>,
}

/// Estimates the reach of a condition.
pub fn estimate(condition: &Condition, views: &[PageViews], days: u16) -> Reach {
    let (mut all, mut sampled, mut at_least, mut at_most) = (0.0, 0, 0.0, 0.0);
    for PageViews { facts, sampled: told, count } in views {
        let range = Range::of(condition, facts);
        all += count;
        sampled += told;
        at_least += if range.surely { *count } else { 0.0 };
        at_most += if range.possibly { *count } else { 0.0 };
    }
    let whole = |count: f64| count.round() as u64;
    Reach {
        days,
        page_views: whole(all),
        sampled,
        at_least: whole(at_least),
        at_most: whole(at_most),
        unknown: unknown_fields(condition),
    }
}

fn is_known(field: &Field) -> bool {
    KNOWN.contains(&field.kind)
}

/// Whether what is known of a page view settles a comparison. Of a language that is the first part alone: who sends `de` may
/// speak `de-CH`.
fn is_settled(test: &Test) -> bool {
    let is_primary = |operand: &Operand| !operand.text.contains('-');
    let is_coarse = || match test.operator() {
        Operator::Is(operand) | Operator::IsNot(operand) => is_primary(operand),
        Operator::OneOf(operands) => operands.iter().all(is_primary),
        operator => matches!(operator, Operator::Exists(_)),
    };
    is_known(test.field()) && (test.field().kind != FieldKind::Language || is_coarse())
}

fn unknown_fields(condition: &Condition) -> Vec<String> {
    let mut unknown = Vec::new();
    condition.each_test(&mut |test| {
        if !is_settled(test) {
            unknown.push(test.field().to_string());
        }
    });
    unknown.sort();
    unknown.dedup();
    unknown
}

/// Whether a condition holds for all values of what is unknown, or for some (Kleene's three-valued logic: yes is both, no is
/// neither).
#[derive(Clone, Copy)]
struct Range {
    surely: bool,
    possibly: bool,
}

impl Range {
    fn of(condition: &Condition, facts: &VisitorFacts) -> Self {
        let both = |holds| Self { surely: holds, possibly: holds };
        match condition {
            Condition::All(parts) => parts.iter().fold(both(true), |so_far, part| {
                let part = Self::of(part, facts);
                Self { surely: so_far.surely && part.surely, possibly: so_far.possibly && part.possibly }
            }),
            Condition::Any(parts) => parts.iter().fold(both(false), |so_far, part| {
                let part = Self::of(part, facts);
                Self { surely: so_far.surely || part.surely, possibly: so_far.possibly || part.possibly }
            }),
            Condition::Not(part) => {
                let Self { surely, possibly } = Self::of(part, facts);
                Self { surely: !possibly, possibly: !surely }
            }
            Condition::Test(test) if is_settled(test) => both(test.holds(facts)),
            Condition::Test(_) => Self { surely: false, possibly: true },
        }
    }
}

/// The facts of a page view, from texts as they are kept: those that are empty were not there.
pub fn facts_of(values: &[(FieldKind, &str)]) -> VisitorFacts {
    let value = |kind, text: &str| match kind {
        FieldKind::Path => Value::of_path(text),
        _ => Value { text: text.to_owned(), folded: text.to_lowercase(), number: None },
    };
    let present = values.iter().filter(|(_, text)| !text.is_empty());
    VisitorFacts {
        values: present.map(|(kind, text)| (Field::of(*kind), value(*kind, text))).collect(),
        ..VisitorFacts::default()
    }
}

#[cfg(test)]
#[cfg(feature = "authoring")]
mod tests {
    use super::*;

    fn views(path: &str, device: &str, count: f64) -> PageViews {
        PageViews { facts: facts_of(&[(FieldKind::Path, path), (FieldKind::Device, device)]), sampled: 1, count }
    }

    fn reach(rule: &str) -> Reach {
        let sample = [views("/help", "phone", 300.0), views("/help", "desktop", 500.0), views("/", "phone", 1_200.0)];
        estimate(&serde_json::from_str(rule).unwrap(), &sample, 7)
    }

    #[test]
    fn a_rule_about_what_is_known_has_one_figure() {
        let help = reach(r#"{"all":[{"path":{"is":"/help"}},{"not":{"device":{"is":"phone"}}}]}"#);
        assert_eq!((help.page_views, help.at_least, help.at_most), (2_000, 500, 500));
        assert_eq!(help.unknown, [""; 0]);
    }

    #[test]
    fn of_a_language_only_the_first_part_is_known() {
        let facts = facts_of(&[(FieldKind::Language, "de")]);
        let sample = [PageViews { facts, sampled: 1, count: 100.0 }];
        let reach = |rule: &str| estimate(&serde_json::from_str(rule).unwrap(), &sample, 7);
        let german = reach(r#"{"language":{"one_of":["de","fr"]}}"#);
        assert_eq!((german.at_least, german.at_most, german.unknown), (100, 100, Vec::new()));
        let swiss = reach(r#"{"language":{"is":"de-CH"}}"#);
        assert_eq!((swiss.at_least, swiss.at_most, swiss.unknown), (0, 100, vec!["language".to_owned()]));
    }

    #[test]
    fn what_is_unknown_makes_a_range() {
        let pro = reach(r#"{"all":[{"path":{"is":"/help"}},{"cookie:plan":{"is":"pro"}}]}"#);
        assert_eq!((pro.at_least, pro.at_most), (0, 800));
        assert_eq!(pro.unknown, ["cookie:plan"]);
        let not_pro = reach(r#"{"any":[{"path":{"is":"/help"}},{"not":{"cookie:plan":{"is":"pro"}}}]}"#);
        assert_eq!((not_pro.at_least, not_pro.at_most), (800, 2_000));
    }
}

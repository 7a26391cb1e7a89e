//! The gate: a cheap test, made in the loader before anything else is fetched, of whether any survey could show here.
//!
//! It is an over-approximation: wherever [`crate::targeting::decide`] could say "show", the gate admits; the other way round
//! it may err. It looks at the path alone. In the browser it is one regular expression, written by [`Gate::to_regex`].

use crate::targeting::Candidate;
use crate::targeting::{Condition, FieldKind, Operator, Test};

/// The longest expression, in bytes: the loader must stay small. Above it, the gate widens.
const MAX_REGEX: usize = 600;

/// The most parts of one rule's expression that stand for any number of characters. One more and a browser could take minutes
/// over a hostile path.
const MAX_LOOSE: usize = 2;

/// Any characters at all, a line feed too.
const ANYTHING: &str = "[\\s\\S]*";

/// The pages on which some survey could show.
#[derive(Clone, PartialEq, Debug)]
pub enum Gate {
    Everywhere,
    /// On no page, if empty.
    Paths(Vec<PathRule>),
}

/// A comparison of the path, in the form that [`Operator`] keeps it.
#[derive(Clone, PartialEq, Debug)]
pub enum PathRule {
    Is(String),
    Glob(String),
    StartsWith(String),
}

impl PathRule {
    fn of(test: &Test) -> Option<Vec<Self>> {
        match test.operator() {
            _ if test.field().kind != FieldKind::Path => None,
            Operator::Is(operand) => Some(vec![Self::Is(operand.text.clone())]),
            Operator::OneOf(operands) => Some(operands.iter().map(|operand| Self::Is(operand.text.clone())).collect()),
            Operator::Glob(pattern) => Some(vec![Self::Glob(pattern.clone())]),
            Operator::StartsWith(start) => Some(vec![Self::StartsWith(start.clone())]),
            _ => None,
        }
    }
}

impl Gate {
    pub fn of(surveys: &[Candidate]) -> Self {
        Self::any(surveys.iter().map(|survey| Self::of_condition(&survey.when)))
    }

    /// The pages on which a condition could hold.
    pub fn of_condition(condition: &Condition) -> Self {
        match condition {
            Condition::All(parts) => Self::narrowest(parts.iter().map(Self::of_condition)),
            Condition::Any(parts) => Self::any(parts.iter().map(Self::of_condition)),
            // Wherever the inner condition might fail. Only "all of nothing" never does, and that is refused.
            Condition::Not(_) => Self::Everywhere,
            Condition::Test(test) => PathRule::of(test).map_or(Self::Everywhere, Self::Paths),
        }
    }

    /// The gate as the source of a regular expression, to be matched with the flag `i` against a path from which a trailing
    /// slash has been taken and whose percent-encoding has been undone as `decodeURI` does it.
    pub fn to_regex(&self) -> String {
        match self {
            Self::Everywhere => String::new(),
            // Matches nothing: the set of no characters.
            Self::Paths(rules) if rules.is_empty() => "[^\\s\\S]".into(),
            Self::Paths(rules) => {
                let exact = alternatives(rules.iter().map(regex_of_rule));
                let by_section = || alternatives(rules.iter().map(regex_of_section));
                let is_short = |regex: &String| regex.len() <= MAX_REGEX;
                Some(exact).filter(is_short).or_else(|| Some(by_section()).filter(is_short)).unwrap_or_default()
            }
        }
    }

    fn any(gates: impl Iterator<Item = Self>) -> Self {
        gates.fold(Self::Paths(Vec::new()), |so_far, gate| match (so_far, gate) {
            (Self::Paths(mut rules), Self::Paths(more)) => {
                rules.extend(more);
                Self::Paths(rules)
            }
            _ => Self::Everywhere,
        })
    }

    /// All of several conditions can only hold where each one can, so any one of their gates will do: the one with the fewest
    /// rules costs least.
    fn narrowest(gates: impl Iterator<Item = Self>) -> Self {
        gates.fold(Self::Everywhere, |so_far, gate| match (&so_far, &gate) {
            (_, Self::Everywhere) => so_far,
            (Self::Paths(rules), Self::Paths(more)) if rules.len() <= more.len() => so_far,
            _ => gate,
        })
    }
}

fn alternatives(branches: impl Iterator<Item = String>) -> String {
    let mut branches: Vec<String> = branches.collect();
    branches.sort_unstable();
    branches.dedup();
    format!("^(?:{})$", branches.join("|"))
}

/// The root is the empty expression: its slash is the trailing slash that the loader takes away.
fn regex_of_rule(rule: &PathRule) -> String {
    match rule {
        PathRule::Is(path) => Writing::default().segments(path, Writing::literal),
        PathRule::Glob(pattern) => Writing::default().segments(pattern, Writing::glob),
        // Whatever follows may also be the rest of its last segment.
        PathRule::StartsWith(start) => Writing::default().segments(start, Writing::literal) + ANYTHING,
    }
}

/// All that begins with the rule's first segment.
fn regex_of_section(rule: &PathRule) -> String {
    let (PathRule::Is(path) | PathRule::Glob(path) | PathRule::StartsWith(path)) = rule;
    let first = path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let literal = first.split('*').next().unwrap_or_default();
    match literal {
        "" => ANYTHING.into(),
        literal => Writing::default().segments(literal, Writing::literal) + ANYTHING,
    }
}

/// One rule's expression, as far as it has been written.
#[derive(Default)]
struct Writing {
    regex: String,
    /// How many of its parts stand for any number of characters.
    loose: usize,
}

impl Writing {
    fn segments(mut self, path: &str, write: fn(&mut Self, &str)) -> String {
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            write(&mut self, segment);
            if self.loose > MAX_LOOSE {
                return self.regex;
            }
        }
        self.regex
    }

    fn literal(&mut self, segment: &str) {
        self.regex.push_str("/+");
        self.text(segment);
    }

    fn glob(&mut self, segment: &str) {
        if segment == "**" {
            // Brings its own slash, so that it may also stand for nothing.
            return self.loosely("(?:/+[^/]+)*");
        }
        self.regex.push_str("/+");
        for (index, text) in segment.split('*').enumerate() {
            if index > 0 {
                self.loosely("[^/]*");
            }
            self.text(text);
        }
    }

    /// Writes a part that stands for any number of characters; one too many, and anything may follow.
    fn loosely(&mut self, part: &str) {
        self.loose += 1;
        match self.loose {
            ..=MAX_LOOSE => self.regex.push_str(part),
            _ if self.regex.ends_with(ANYTHING) => {}
            _ => self.regex.push_str(ANYTHING),
        }
    }

    /// Plain characters stand for themselves. Runs of others become "some characters": wider, but safe to put into a script, and
    /// never wrong about how a browser would have encoded them.
    fn text(&mut self, text: &str) {
        let mut characters = text.chars().peekable();
        let mut in_run = false;
        while let Some(c) = characters.next().filter(|_| self.loose <= MAX_LOOSE) {
            let is_plain = c.is_ascii_alphanumeric() || "-_~.".contains(c);
            match c {
                '.' => self.regex.push_str("\\."),
                _ if is_plain => self.regex.push(c),
                // An encoded byte (%2F) is one character of three, or one that `decodeURI` has undone.
                '%' => characters.by_ref().take(2).for_each(drop),
                _ => {}
            }
            if !is_plain && !in_run {
                self.loosely("[\\s\\S]+");
            }
            in_run = !is_plain;
        }
    }
}

#[cfg(test)]
#[cfg(feature = "authoring")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page::canonical_path;
    use crate::targeting::{Rules, VisitorFacts, decide, tests::survey};

    fn regex(gate: &Gate) -> regex::Regex {
        regex::RegexBuilder::new(&gate.to_regex()).case_insensitive(true).build().unwrap()
    }

    /// What the loader does to `location.pathname` before it asks the gate.
    fn as_the_loader_sees_it(path: &str) -> String {
        decode_uri(path).trim_end_matches('/').to_owned()
    }

    /// JavaScript's `decodeURI`, for valid input: all but the reserved characters.
    fn decode_uri(path: &str) -> String {
        let bytes = path.as_bytes();
        let (mut out, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let code = path.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
            match (bytes[at], code) {
                (b'%', Some(byte)) if !b";/?:@&=+$,#".contains(&byte) => {
                    out.push(byte);
                    at += 3;
                }
                (byte, _) => {
                    out.push(byte);
                    at += 1;
                }
            }
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_gate_is_as_narrow_as_the_path_rules_allow() {
        let surveys = [
            survey("a", r#"{"path":{"is":"/help"}}"#, r#"[{"visible_seconds":0}]"#),
            survey(
                "b",
                r#"{"all":[{"path":{"glob":"/shop/**"}},{"not":{"path":{"is":"/shop/cart"}}}]}"#,
                r#"[{"visible_seconds":0}]"#,
            ),
        ];
        let gate = Gate::of(&surveys);
        assert_eq!(gate.to_regex(), "^(?:/+help|/+shop(?:/+[^/]+)*)$");
        let gate = regex(&gate);
        assert!(gate.is_match("/help") && gate.is_match("/shop/x"));
        assert!(!gate.is_match("") && !gate.is_match("/helpers"));
    }

    #[test]
    fn without_surveys_the_gate_admits_nothing() {
        let shut = Gate::of(&[]);
        assert!(!regex(&shut).is_match("/") && !regex(&shut).is_match(""));
    }

    #[test]
    fn a_survey_without_page_rules_opens_the_gate_everywhere() {
        let gate = Gate::of(&[survey("a", r#"{"all":[]}"#, r#"[{"visible_seconds":0}]"#)]);
        assert_eq!(gate, Gate::Everywhere);
        assert!(regex(&gate).is_match("/anything"));
    }

    fn segment() -> impl Strategy<Value = String> {
        prop_oneof!["[aB]", "[ab]{1,2}", "a\\.b", "%2[fF]", "%6[1-3]", "é", "%C3%A9", "c%20d", "d%0Ae", "\\(\\+"]
    }

    fn path() -> impl Strategy<Value = String> {
        (prop::collection::vec(segment(), 0..4), "/?").prop_map(|(parts, end)| format!("/{}{end}", parts.join("/")))
    }

    fn condition() -> impl Strategy<Value = String> {
        let glob_segment = prop_oneof![segment(), Just("*".into()), Just("**".into()), Just("a*".into())];
        let glob = prop::collection::vec(glob_segment, 0..4).prop_map(|parts| format!("/{}", parts.join("/")));
        let leaf = prop_oneof![
            path().prop_map(|path| format!(r#"{{"path":{{"is":"{path}"}}}}"#)),
            glob.prop_map(|glob| format!(r#"{{"path":{{"glob":"{glob}"}}}}"#)),
            path().prop_map(|path| format!(r#"{{"path":{{"starts_with":"{path}"}}}}"#)),
            prop::collection::vec(path(), 1..4).prop_map(|paths| format!(r#"{{"path":{{"one_of":{paths:?}}}}}"#)),
            Just(r#"{"device":{"is_not":"phone"}}"#.to_owned()),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            let many = prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| parts.join(","));
            prop_oneof![
                many.clone().prop_map(|parts| format!(r#"{{"all":[{parts}]}}"#)),
                many.prop_map(|parts| format!(r#"{{"any":[{parts}]}}"#)),
                inner.prop_map(|part| format!(r#"{{"not":{part}}}"#)),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn wherever_a_survey_shows_the_gate_admits(when in condition(), path in path()) {
            // What contradicts itself cannot be saved.
            let Ok(when) = serde_json::from_str::<Condition>(&when) else { return Err(TestCaseError::reject("implausible")) };
            let surveys = [survey("a", &serde_json::to_string(&when).unwrap(), r#"["immediately"]"#)];
            let facts = VisitorFacts::on(&canonical_path(&path));
            if decide(Rules { surveys: &surveys, quiet_days: 0 }, &facts).show.is_some() {
                let gate = Gate::of(&surveys);
                prop_assert!(regex(&gate).is_match(&as_the_loader_sees_it(&path)), "{} on {path}", gate.to_regex());
            }
        }
    }

    #[test]
    fn a_gate_of_many_rules_widens_to_sections_and_then_to_everything() {
        let one_of =
            |paths: Vec<String>| survey("a", &format!(r#"{{"path":{{"one_of":{paths:?}}}}}"#), r#"["immediately"]"#);
        let sections = Gate::of(&[one_of((0..90).map(|n| format!("/shop/product-{n}")).collect())]);
        assert_eq!(sections.to_regex(), "^(?:/+shop[\\s\\S]*)$");
        let many = Gate::of(&[one_of((0..90).map(|n| format!("/product-{n}")).collect())]);
        assert_eq!(many.to_regex(), "");
    }

    #[test]
    fn a_hostile_glob_leaves_no_more_than_two_loose_parts() {
        let gate = Gate::of(&[survey("a", r#"{"path":{"glob":"/*a*a*a*a*b"}}"#, r#"["immediately"]"#)]);
        assert_eq!(gate.to_regex(), "^(?:/+[^/]*a[^/]*a[\\s\\S]*)$");
    }
}

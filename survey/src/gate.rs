//! The gate: a cheap test, made in the loader before anything else is fetched, of whether any survey could show here.
//!
//! It is an over-approximation: wherever [`crate::targeting::decide`] could say "show", the gate admits; the other way round
//! it may err. It looks at the path alone. In the browser it is one regular expression, written by [`Gate::to_regex`].

use crate::definition::Survey;
use crate::targeting::{Condition, PathRule};

/// The pages on which some survey could show.
#[derive(Clone, PartialEq, Debug)]
pub enum Gate {
    Everywhere,
    /// On no page, if empty.
    Paths(Vec<PathRule>),
}

impl Gate {
    pub fn of(surveys: &[Survey]) -> Self {
        Self::any(surveys.iter().map(|survey| Self::of_condition(survey.when())))
    }

    /// `path` must be canonical.
    pub fn admits(&self, path: &str) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Paths(rules) => rules.iter().any(|rule| rule.matches(path)),
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
                let mut branches: Vec<String> = rules.iter().map(regex_of_rule).collect();
                branches.sort_unstable();
                branches.dedup();
                format!("^(?:{})$", branches.join("|"))
            }
        }
    }

    /// The pages on which a condition could hold.
    pub fn of_condition(condition: &Condition) -> Self {
        match condition {
            Condition::All(parts) => Self::narrowest(parts.iter().map(Self::of_condition)),
            Condition::Any(parts) => Self::any(parts.iter().map(Self::of_condition)),
            // Wherever the inner condition might fail. Only "all of nothing" never does, and nobody writes "not" of that.
            Condition::Not(_) => Self::Everywhere,
            Condition::Path(rule) => Self::Paths(vec![rule.clone()]),
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

/// The root is the empty expression: its slash is the trailing slash that the loader takes away.
fn regex_of_rule(rule: &PathRule) -> String {
    let (pattern, of_segment): (&str, fn(&str) -> String) = match rule {
        PathRule::Is(path) => (path.as_str(), regex_of_literal),
        PathRule::Glob(glob) => (glob.as_str(), regex_of_glob),
    };
    pattern.split('/').filter(|segment| !segment.is_empty()).map(of_segment).collect()
}

fn regex_of_literal(segment: &str) -> String {
    format!("/+{}", regex_of_text(segment))
}

fn regex_of_glob(segment: &str) -> String {
    match segment {
        // Brings its own slash, so that it may also stand for nothing.
        "**" => "(?:/+[^/]+)*".into(),
        _ => format!("/+{}", segment.split('*').map(regex_of_text).collect::<Vec<_>>().join("[^/]*")),
    }
}

/// Plain characters stand for themselves. Runs of others become "some characters": wider, but safe to put into a script, and
/// never wrong about how a browser would have encoded them.
fn regex_of_text(text: &str) -> String {
    let mut regex = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '.' => regex.push_str("\\."),
            '-' | '_' | '~' => regex.push(c),
            _ if c.is_ascii_alphanumeric() => regex.push(c),
            _ => {
                // An encoded byte (%2F) is one character of three, or one that `decodeURI` has undone.
                if c == '%' {
                    characters.by_ref().take(2).for_each(drop);
                }
                if !regex.ends_with(".+") {
                    regex.push_str(".+");
                }
            }
        }
    }
    regex
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page::canonical_path;
    use crate::targeting::{Signal, Verdict, VisitorFacts, decide, tests::survey};

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
        assert!(gate.admits("/help") && gate.admits("/shop/x"));
        assert!(!gate.admits("/") && !gate.admits("/helpers"));
        assert_eq!(gate.to_regex(), "^(?:/+help|/+shop(?:/+[^/]+)*)$");
    }

    #[test]
    fn without_surveys_the_gate_admits_nothing() {
        let shut = Gate::of(&[]);
        assert!(!shut.admits("/"));
        assert!(!regex(&shut).is_match("/") && !regex(&shut).is_match(""));
    }

    #[test]
    fn a_survey_without_page_rules_opens_the_gate_everywhere() {
        let gate = Gate::of(&[survey("a", r#"{"all":[]}"#, r#"[{"visible_seconds":0}]"#)]);
        assert_eq!(gate, Gate::Everywhere);
        assert!(regex(&gate).is_match("/anything"));
    }

    fn segment() -> impl Strategy<Value = String> {
        prop_oneof!["[aB]", "[ab]{1,2}", "a\\.b", "%2[fF]", "%6[1-3]", "é", "%C3%A9", "c%20d", "\\(\\+"]
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
            let surveys = [survey("a", &when, r#"[{"visible_seconds":0}]"#)];
            let facts = VisitorFacts { path: canonical_path(&path), ..VisitorFacts::default() };
            if decide(&surveys, &facts)[0].verdict == Verdict::Show(Signal::VisibleSeconds) {
                let gate = Gate::of(&surveys);
                prop_assert!(gate.admits(&facts.path));
                prop_assert!(regex(&gate).is_match(&as_the_loader_sees_it(&path)), "{} on {path}", gate.to_regex());
            }
        }
    }
}

//! Regular expressions in rules, as tables.
//!
//! An expression is compiled where it is saved, into a deterministic automaton small enough to travel. Matching is one table
//! look-up per byte, so no expression can run away, and the widget needs no regex engine.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A regular expression. Matches anywhere in a text, unless it says otherwise with `^` and `$`; ignores case.
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern {
    source: String,
    automaton: Automaton,
}

/// The state in which nothing can match any more.
const DEAD: u16 = u16::MAX;
/// The state after a match.
const MATCHED: u16 = u16::MAX - 1;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Automaton {
    /// To which class each of the 256 bytes belongs: those of one class lead from any state to the same.
    classes: Vec<u8>,
    class_count: u16,
    /// For each state, the first being the start, the next one by class.
    next: Vec<u16>,
    /// For each state, whether the text may end there.
    ends: Vec<bool>,
}

impl Pattern {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    pub fn matches(&self, text: &str) -> bool {
        let automaton = &self.automaton;
        let mut state = 0_u16;
        for byte in text.bytes() {
            let class = automaton.classes.get(usize::from(byte)).copied().unwrap_or_default();
            let cell = usize::from(state) * usize::from(automaton.class_count) + usize::from(class);
            state = automaton.next.get(cell).copied().unwrap_or(DEAD);
            match state {
                DEAD => return false,
                MATCHED => return true,
                _ => {}
            }
        }
        automaton.ends.get(usize::from(state)).copied().unwrap_or(false)
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Pattern({})", self.source)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.source.serialize(serializer);
        }
        (&self.source, &self.automaton).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    /// From its compiled form alone; as text it is read by [`super::written`].
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (source, automaton) = Deserialize::deserialize(deserializer)?;
        Ok(Self { source, automaton })
    }
}

#[cfg(feature = "authoring")]
mod compile {
    use std::collections::HashMap;

    use regex_automata::dfa::{Automaton as _, StartKind, dense};
    use regex_automata::nfa::thompson;
    use regex_automata::util::primitives::StateID;
    use regex_automata::util::{start, syntax};
    use regex_automata::{Anchored, MatchKind};

    use super::{Automaton, DEAD, MATCHED, Pattern};

    /// The longest expression, in bytes.
    const MAX_SOURCE: usize = 256;
    /// The most cells of a compiled table: some 8 kB before compression.
    const MAX_CELLS: usize = 8_192;
    /// What each step of compiling may take, in bytes, so that no expression keeps the collector busy.
    const MAX_WORK: usize = 256 << 10;

    /// Why a text cannot be a regular expression in a rule.
    #[derive(Debug, thiserror::Error, PartialEq)]
    pub enum RegexError {
        #[error("a regular expression has 1 to {MAX_SOURCE} bytes, this one {0}")]
        Length(usize),
        #[error("{source_text:?} is not a regular expression: {reason}")]
        Syntax { source_text: String, reason: String },
        #[error(
            "{0:?} is too large; shorten repetitions like {{1,500}}, write [0-9] for \\d and [a-z] for \\w, or use several rules"
        )]
        TooLarge(String),
    }

    impl TryFrom<String> for Pattern {
        type Error = RegexError;

        fn try_from(source: String) -> Result<Self, RegexError> {
            if !(1..=MAX_SOURCE).contains(&source.len()) {
                return Err(RegexError::Length(source.len()));
            }
            // Bytes are enough where the expression is ASCII, and make far smaller tables.
            let is_unicode = !source.is_ascii();
            let syntax = syntax::Config::new().case_insensitive(true).unicode(is_unicode).utf8(false);
            if let Err(error) = syntax::parse_with(&source, &syntax) {
                let reason =
                    error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                return Err(RegexError::Syntax { source_text: source, reason });
            }
            // Unminimised first: minimising takes quadratic time, and must not meet what is too large anyway.
            let first = compile(&source, syntax, Minimise::No);
            let automaton = first.and_then(|_| compile(&source, syntax, Minimise::Yes)).and_then(|dfa| tabulate(&dfa));
            match automaton {
                Some(automaton) => Ok(Self { source, automaton }),
                None => Err(RegexError::TooLarge(source)),
            }
        }
    }

    enum Minimise {
        Yes,
        No,
    }

    fn compile(source: &str, syntax: syntax::Config, minimise: Minimise) -> Option<dense::DFA<Vec<u32>>> {
        let config = dense::Config::new()
            .start_kind(StartKind::Unanchored)
            .match_kind(MatchKind::All)
            .minimize(matches!(minimise, Minimise::Yes))
            .determinize_size_limit(Some(MAX_WORK))
            .dfa_size_limit(Some(MAX_WORK));
        let states = thompson::Config::new().utf8(false).nfa_size_limit(Some(MAX_WORK));
        dense::Builder::new().configure(config).syntax(syntax).thompson(states).build(source).ok()
    }

    /// Walks all states; nothing if the table would be too large.
    fn tabulate(dfa: &dense::DFA<Vec<u32>>) -> Option<Automaton> {
        let start = dfa.start_state(&start::Config::new().anchored(Anchored::No)).ok()?;
        let mut numbers = HashMap::from([(start, 0_u16)]);
        let mut states = vec![start];
        let mut rows: Vec<Vec<u16>> = Vec::new();
        while let Some(state) = states.get(rows.len()).copied() {
            let row = (0..=u8::MAX).map(|byte| number_of(dfa, dfa.next_state(state, byte), &mut numbers, &mut states));
            rows.push(row.collect());
            if states.len() > MAX_CELLS {
                return None;
            }
        }
        let ends = states.iter().map(|state| dfa.is_match_state(dfa.next_eoi_state(*state))).collect();
        let (classes, representatives) = classes_of(&rows);
        if rows.len() * representatives.len() > MAX_CELLS {
            return None;
        }
        let next = rows.iter().flat_map(|row| representatives.iter().map(|byte| row[*byte])).collect();
        Some(Automaton { classes, class_count: representatives.len() as u16, next, ends })
    }

    fn number_of(
        dfa: &dense::DFA<Vec<u32>>,
        state: StateID,
        numbers: &mut HashMap<StateID, u16>,
        states: &mut Vec<StateID>,
    ) -> u16 {
        if dfa.is_match_state(state) {
            return MATCHED;
        }
        if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
            return DEAD;
        }
        *numbers.entry(state).or_insert_with(|| {
            states.push(state);
            (states.len() - 1) as u16
        })
    }

    /// The class of each byte, and for each class one of its bytes.
    fn classes_of(rows: &[Vec<u16>]) -> (Vec<u8>, Vec<usize>) {
        let mut representatives: Vec<usize> = Vec::new();
        let is_like = |byte: usize, other: usize| rows.iter().all(|row| row[byte] == row[other]);
        let classes = (0..256_usize).map(|byte| {
            let known = representatives.iter().position(|other| is_like(byte, *other));
            known.unwrap_or_else(|| {
                representatives.push(byte);
                representatives.len() - 1
            }) as u8
        });
        let classes = classes.collect();
        (classes, representatives)
    }
}

#[cfg(feature = "authoring")]
pub use compile::RegexError;

#[cfg(test)]
#[cfg(feature = "authoring")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(source: &str) -> Pattern {
        source.to_owned().try_into().unwrap()
    }

    #[test]
    fn an_expression_matches_anywhere_unless_it_is_anchored() {
        assert!(pattern("product/[0-9]+").matches("/product/17/reviews"));
        assert!(!pattern("^product").matches("/product"));
        assert!(pattern("^/product/\\d+$").matches("/product/17"));
        assert!(!pattern("^/product/\\d+$").matches("/product/17/reviews"));
        assert!(pattern("Größe|maß").matches("die größe"));
        assert!(pattern("^$").matches("") && !pattern("^$").matches("a"));
    }

    #[test]
    fn what_cannot_be_compiled_is_refused_with_the_reason() {
        let refused = |source: &str| Pattern::try_from(source.to_owned()).unwrap_err().to_string();
        assert!(refused("a(b").contains("unclosed group"), "{}", refused("a(b"));
        assert!(refused("(a)\\1").contains("backreferences"), "{}", refused("(a)\\1"));
        assert!(refused("(?:[ab]*a[ab]{40})c").contains("too large"));
        assert!(refused("").contains("1 to 256 bytes"));
        assert!(refused(&"a".repeat(257)).contains("this one 257"));
    }

    #[test]
    fn an_expression_that_makes_browsers_hang_takes_one_step_a_byte() {
        let evil = pattern("^(a+)+$");
        assert!(!evil.matches(&format!("{}!", "a".repeat(100_000))));
    }

    #[test]
    fn a_compiled_expression_survives_the_wire() {
        let original = pattern("^/(en|de)/.*$");
        let bytes = postcard::to_allocvec(&original).unwrap();
        assert_eq!(postcard::from_bytes::<Pattern>(&bytes).unwrap(), original);
        assert!(bytes.len() < 600, "{} bytes", bytes.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn tables_and_the_regex_crate_agree(source in "(\\^)?([ab.]|\\[ab\\]|\\(a\\|bb\\)|a\\*|b\\+|a\\?|\\\\b){1,6}(\\$)?", text in "[ab/ ]{0,12}") {
            let Ok(ours) = Pattern::try_from(source.clone()) else { return Ok(()) };
            let theirs = regex::bytes::RegexBuilder::new(&source).case_insensitive(true).unicode(false).build().unwrap();
            prop_assert_eq!(ours.matches(&text), theirs.is_match(text.as_bytes()), "{}", source);
        }
    }
}

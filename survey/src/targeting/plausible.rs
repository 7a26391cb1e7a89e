//! Plausibility: rules that could never hold, or name what does not exist, are found where they are saved.

#[cfg(feature = "authoring")]
pub use authoring::*;

#[cfg(feature = "authoring")]
mod authoring {
    use crate::definition::{QuestionId, SurveyId};
    use crate::targeting::agent::{BROWSERS, SYSTEMS};
    use crate::targeting::wording::{English, Words};
    use crate::targeting::{Condition, Field, FieldKind, Operand, Operator, Test, Value};

    /// A rule that cannot hold.
    #[derive(Debug, thiserror::Error, PartialEq)]
    #[error("{place}: never holds: {reason}")]
    pub struct Implausible {
        pub place: String,
        pub reason: String,
    }

    /// Looks for contradictions: comparisons that must hold together and cannot.
    ///
    /// Sound, not complete: what it refuses can never hold, but not everything that can never hold is found.
    pub fn check(condition: &Condition) -> Result<(), Implausible> {
        check_at(condition, "")
    }

    fn check_at(condition: &Condition, place: &str) -> Result<(), Implausible> {
        let dot = if place.is_empty() { "" } else { "." };
        match condition {
            Condition::All(parts) => {
                let mut demands = Vec::new();
                parts.iter().for_each(|part| collect(part, &mut demands));
                check_together(&demands).map_err(|reason| Implausible { place: format!("{place}{dot}all"), reason })?;
                check_each(parts, &format!("{place}{dot}all"))
            }
            Condition::Any(parts) => check_each(parts, &format!("{place}{dot}any")),
            // What never holds, negated, always does: no use, but no harm.
            Condition::Not(part) => match &**part {
                Condition::All(parts) if parts.is_empty() => Err(Implausible {
                    place: format!("{place}{dot}not"),
                    reason: "\"all of nothing\" always holds, so this leaves nobody".to_owned(),
                }),
                _ => Ok(()),
            },
            Condition::Test(test) => check_together(&[Demand { test, holds: true }])
                .map_err(|reason| Implausible { place: format!("{place}{dot}{}", test.field()), reason }),
        }
    }

    fn check_each(parts: &[Condition], place: &str) -> Result<(), Implausible> {
        parts.iter().enumerate().try_for_each(|(index, part)| check_at(part, &format!("{place}[{index}]")))
    }

    /// What a comparison must come to, for the whole to hold.
    struct Demand<'a> {
        test: &'a Test,
        holds: bool,
    }

    impl Demand<'_> {
        fn is_met_by(&self, value: Option<&Value>) -> bool {
            self.test.operator().holds(self.test.field(), value) == self.holds
        }
    }

    impl std::fmt::Display for Demand<'_> {
        fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            let not = if self.holds { "" } else { "not " };
            write!(out, "{not}{}", English.test(self.test))
        }
    }

    fn collect<'a>(condition: &'a Condition, demands: &mut Vec<Demand<'a>>) {
        match condition {
            Condition::All(parts) => parts.iter().for_each(|part| collect(part, demands)),
            Condition::Any(parts) if parts.len() == 1 => collect(&parts[0], demands),
            Condition::Any(_) => {}
            Condition::Not(part) => {
                if let Condition::Test(test) = &**part {
                    demands.push(Demand { test, holds: false });
                }
            }
            Condition::Test(test) => demands.push(Demand { test, holds: true }),
        }
    }

    fn check_together(demands: &[Demand<'_>]) -> Result<(), String> {
        for (index, demand) in demands.iter().enumerate() {
            let of_field: Vec<&Demand<'_>> =
                demands.iter().filter(|other| other.test.field() == demand.test.field()).collect();
            let is_first = !demands[..index].iter().any(|earlier| earlier.test.field() == demand.test.field());
            if is_first {
                check_field(&of_field)?;
            }
        }
        Ok(())
    }

    /// If only some values are possible, one of them must meet every demand; otherwise the limits must leave room.
    fn check_field(demands: &[&Demand<'_>]) -> Result<(), String> {
        if let Some((naming, candidates)) = demands.iter().find_map(|demand| Some((demand, candidates(demand)?))) {
            let refusing = |value: &Option<Value>| demands.iter().find(|demand| !demand.is_met_by(value.as_ref()));
            let refusals: Vec<_> = candidates.iter().map(refusing).collect();
            if let Some(Some(refusal)) = refusals.first().filter(|_| refusals.iter().all(Option::is_some)) {
                return Err(format!("{naming} and {refusal} exclude each other"));
            }
            return Ok(());
        }
        check_limits(demands)
    }

    /// The only values that could meet a demand, if they are few; nothing stands for no value.
    fn candidates(demand: &Demand<'_>) -> Option<Vec<Option<Value>>> {
        let values = |operands: &[Operand]| operands.iter().map(|operand| Some(value(operand))).collect();
        match (demand.test.operator(), demand.holds) {
            // "de" means any German.
            _ if demand.test.field().kind == FieldKind::Language => None,
            (Operator::Is(operand), true) | (Operator::IsNot(operand), false) => {
                Some(values(std::slice::from_ref(operand)))
            }
            (Operator::OneOf(operands), true) => Some(values(operands)),
            (Operator::Exists(false), true) | (Operator::Exists(true), false) => Some(vec![None]),
            _ => None,
        }
    }

    fn value(operand: &Operand) -> Value {
        Value { text: operand.text.clone(), folded: operand.text.clone(), number: operand.number }
    }

    fn check_limits(demands: &[&Demand<'_>]) -> Result<(), String> {
        let held = || demands.iter().filter(|demand| demand.holds);
        let above = held().filter_map(|demand| match demand.test.operator() {
            Operator::Above(limit) => Some((limit, demand)),
            _ => None,
        });
        let above: Vec<_> = above.collect();
        for below in held() {
            let Operator::Below(limit) = below.test.operator() else { continue };
            let whole = !matches!(below.test.field().kind.nature(), crate::targeting::Nature::Any);
            for (floor, demand) in &above {
                // Between two neighbouring whole numbers there is no third.
                if **floor >= *limit || (whole && floor.floor() + 1.0 >= *limit) {
                    return Err(format!("{demand} and {below} leave nothing in between"));
                }
            }
        }
        Ok(())
    }

    /// Whether a field of this kind can have this name.
    pub(in crate::targeting) fn check_name(kind: FieldKind, name: &str) -> Result<(), String> {
        const UTM: [&str; 5] = ["source", "medium", "campaign", "term", "content"];
        match kind {
            FieldKind::Utm if !UTM.contains(&name) => {
                Err(format!("\"utm:{name}\" is not a UTM parameter{}", suggestion(name, &UTM)))
            }
            FieldKind::Answered => name.parse::<SurveyId>().map(drop).map_err(|error| error.to_string()),
            FieldKind::Score => {
                let (survey, question) = name.split_once('.').ok_or_else(|| {
                    format!("\"score:{name}\": name survey and question, like \"score:page-ces.ease\"")
                })?;
                survey.parse::<SurveyId>().map_err(|error| error.to_string())?;
                question.parse::<QuestionId>().map(drop).map_err(|error| error.to_string())
            }
            _ => Ok(()),
        }
    }

    /// Whether a field can have this value, where all its values are known.
    pub(in crate::targeting) fn check_value(field: &Field, value: &str) -> Result<(), String> {
        const DEVICES: [&str; 3] = ["desktop", "tablet", "phone"];
        let known: &[&str] = match field.kind {
            FieldKind::Device => &DEVICES,
            FieldKind::Browser => &BROWSERS,
            FieldKind::Os => &SYSTEMS,
            FieldKind::Country if value.len() != 2 || !value.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                return Err(format!("{value:?} is not a country; write its two letters, like \"DE\""));
            }
            _ => return Ok(()),
        };
        if known.contains(&value) {
            return Ok(());
        }
        let meant = match value {
            "mobile" => "; did you mean \"phone\"?".to_owned(),
            "pc" | "computer" | "laptop" => "; did you mean \"desktop\"?".to_owned(),
            "mac" | "osx" => "; did you mean \"macos\"?".to_owned(),
            _ => suggestion(value, known),
        };
        Err(format!("no {field} is called {value:?}{meant}"))
    }

    /// What was probably meant, as the end of a sentence; else all that there is.
    pub fn suggestion(written: &str, known: &[&str]) -> String {
        match nearest(written, known) {
            Some(name) => format!("; did you mean {name:?}?"),
            None => format!("; there are: {}", known.join(", ")),
        }
    }

    /// What was probably meant, if any of it is near enough.
    pub fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
        let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
        let written = plain(written);
        let (distance, name) = known.iter().map(|name| (distance(&written, &plain(name)), *name)).min()?;
        (distance <= 1 + name.len() / 4).then_some(name)
    }

    /// The least number of letters to change, add, take away, or swap with their neighbour (optimal string alignment: Levenshtein
    /// 1966, with Damerau's swaps).
    fn distance(a: &str, b: &str) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let mut before: Vec<usize> = Vec::new();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, letter) in a.iter().enumerate() {
            let mut next = vec![i + 1];
            for (j, other) in b.iter().enumerate() {
                let changed = row[j] + usize::from(letter != other);
                let is_swap = i > 0 && j > 0 && a[i - 1] == *other && b[j - 1] == *letter;
                let swapped = if is_swap { before[j - 1] + 1 } else { usize::MAX };
                next.push(changed.min(next[j] + 1).min(row[j + 1] + 1).min(swapped));
            }
            before = std::mem::replace(&mut row, next);
        }
        row[b.len()]
    }
}

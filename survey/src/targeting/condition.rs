//! Conditions: a tree of all, any and not over what is known of the page and the visitor.

use serde::{Deserialize, Serialize};

use super::{PathRule, VisitorFacts};

/// A rule that holds or does not. The default, all of nothing, always holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Path(PathRule),
}

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Condition {
    pub fn holds(&self, facts: &VisitorFacts) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(facts)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(facts)),
            Self::Not(condition) => !condition.holds(facts),
            Self::Path(rule) => rule.matches(&facts.path),
        }
    }
}

//! Conditions: a tree of all, any and not over what is known of the page and the visitor.
//!
//! Written as JSON (see [`super::written`]): `{"all":[{"path":{"glob":"/help/**"}},{"not":{"device":{"is":"phone"}}}]}`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Field, FieldKind, Operand, Operator, VisitorFacts};

/// A rule that holds or does not. The default, all of nothing, always holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
}

/// One comparison: a leaf of the tree.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Test {
    pub(super) field: Field,
    pub(super) operator: Operator,
}

impl Test {
    pub fn field(&self) -> &Field {
        &self.field
    }

    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    pub fn holds(&self, facts: &VisitorFacts) -> bool {
        self.operator.holds(&self.field, facts.value(&self.field))
    }
}

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Condition {
    pub fn holds(&self, facts: &VisitorFacts) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
            Self::Test(test) => test.holds(facts),
        }
    }

    /// Calls `visit` with every comparison in the tree.
    pub fn each_test<'a>(&'a self, visit: &mut dyn FnMut(&'a Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_test(visit)),
            Self::Not(part) => part.each_test(visit),
            Self::Test(test) => visit(test),
        }
    }

    /// Whether the page has an element that the CSS selector matches.
    pub fn is_on_page(selector: &str) -> Self {
        let operand = Operand { text: "true".to_owned(), number: None };
        Self::Test(Test { field: Field::named(FieldKind::Selector, selector), operator: Operator::Is(operand) })
    }

    /// Whether all of these fields have values.
    pub fn are_known(fields: impl IntoIterator<Item = Field>) -> Self {
        let test = |field| Self::Test(Test { field, operator: Operator::Exists(true) });
        Self::All(fields.into_iter().map(test).collect())
    }

    /// Whether any of its comparisons asks about something like this.
    pub fn asks(&self, about: impl Fn(&Field) -> bool) -> bool {
        let mut found = false;
        self.each_test(&mut |test| found |= about(&test.field));
        found
    }
}

/// As it travels to the widget.
#[derive(Serialize, Deserialize)]
enum Compiled {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return super::written::write(self, serializer);
        }
        // By reference would need a second type; configs are written once in a while.
        match self.clone() {
            Self::All(parts) => Compiled::All(parts),
            Self::Any(parts) => Compiled::Any(parts),
            Self::Not(part) => Compiled::Not(part),
            Self::Test(test) => Compiled::Test(test),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return super::written::read(deserializer);
        }
        Ok(match Compiled::deserialize(deserializer)? {
            Compiled::All(parts) => Self::All(parts),
            Compiled::Any(parts) => Self::Any(parts),
            Compiled::Not(part) => Self::Not(part),
            Compiled::Test(test) => Self::Test(test),
        })
    }
}

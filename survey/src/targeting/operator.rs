//! Operators: how a rule compares a field's value with what it names.
//!
//! Case is ignored everywhere, because people type rules by hand: what a rule names is kept in lower case, and values come
//! with a lower-case form. Matching is by hand: a regex engine would cost the widget more than all the rest of its rules.

use serde::{Deserialize, Serialize};

use super::{Field, FieldKind, Pattern, Value, glob};

/// How a value is compared. What is named is normal for its field already: a path is canonical, text is in lower case.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Operator {
    Is(Operand),
    IsNot(Operand),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    /// In a path, `*` stands for any part of one segment and `**` for any number of whole segments; elsewhere `*` stands for
    /// anything.
    Glob(String),
    Regex(Pattern),
    OneOf(Vec<Operand>),
    Exists(bool),
    Below(f64),
    Above(f64),
}

/// What a value may be equal to: a text, and a number if it reads as one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Operand {
    pub text: String,
    pub number: Option<f64>,
}

impl Operator {
    /// Whether a value stands the comparison. A field without a value only ever stands "is not" and "exists: false".
    pub fn holds(&self, field: &Field, value: Option<&Value>) -> bool {
        let Some(value) = value else { return matches!(self, Self::IsNot(_) | Self::Exists(false)) };
        let text = value.folded.as_str();
        match self {
            Self::Is(operand) => equals(field, value, operand),
            Self::IsNot(operand) => !equals(field, value, operand),
            Self::OneOf(operands) => operands.iter().any(|operand| equals(field, value, operand)),
            Self::Contains(part) => text.contains(part.as_str()) || with_slash(field, text).contains(part.as_str()),
            Self::StartsWith(part) => with_slash(field, text).starts_with(part.as_str()),
            Self::EndsWith(part) => text.ends_with(part.as_str()),
            Self::Glob(pattern) if field.kind == FieldKind::Path => glob::matches_path(pattern, text),
            Self::Glob(pattern) => glob::matches_text(pattern, text),
            Self::Regex(pattern) => pattern.matches(text),
            Self::Exists(wanted) => *wanted,
            Self::Below(limit) => value.number.is_some_and(|number| number < *limit),
            Self::Above(limit) => value.number.is_some_and(|number| number > *limit),
        }
    }
}

fn equals(field: &Field, value: &Value, operand: &Operand) -> bool {
    let same_number = value.number.is_some() && value.number == operand.number;
    // `de` means `de-CH` too.
    let is_variety = || {
        let rest = value.folded.strip_prefix(operand.text.as_str());
        field.kind == FieldKind::Language && rest.is_some_and(|rest| rest.starts_with('-'))
    };
    value.folded == operand.text || same_number || is_variety()
}

/// A path is the same page with its trailing slash, so that `/blog/` starts `/blog` and `/blog/post`, and not `/blogger`.
fn with_slash<'a>(field: &Field, text: &'a str) -> std::borrow::Cow<'a, str> {
    if field.kind == FieldKind::Path && !text.ends_with('/') { format!("{text}/").into() } else { text.into() }
}

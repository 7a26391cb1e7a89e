//! Selectors that a site's style sheet may use: classes and elements of the panel, and how they stand to each other.

use super::token::{Kind, Token, trimmed};

/// The classes of the panel.
pub const CLASSES: &[&str] = &[
    "answer", "body", "card", "choice", "choices", "close", "ends", "faces", "field", "head", "labelled", "link",
    "logo", "note", "other", "point", "quiet", "row", "scale", "send", "stars", "tab", "thanks", "thumbs", "tight",
    "words",
];
/// The elements of the panel.
pub const ELEMENTS: &[&str] = &["a", "button", "h2", "img", "input", "label", "p", "span", "svg", "textarea"];
/// Of states, those that tell nothing about what was typed.
pub const STATES: &[&str] =
    &["active", "checked", "disabled", "first-child", "focus", "focus-visible", "hover", "last-child"];
pub const PARTS: &[&str] = &["after", "before", "placeholder"];

/// The selector as it is delivered.
///
/// # Errors
/// Says what is not for a site's style sheet.
pub fn clean(tokens: &[Token]) -> Result<String, &'static str> {
    let mut selector = String::new();
    let mut rest = trimmed(tokens);
    let mut is_fresh = true;
    let mut is_over = false;
    if rest.is_empty() {
        return Err("there is no selector");
    }
    while let [first, after @ ..] = rest {
        if is_over && first.kind != Kind::Space {
            return Err("nothing follows a pseudo-element");
        }
        match (&first.kind, after) {
            (Kind::Space | Kind::Sign('>' | '+' | '~'), _) => {
                let (combinator, after) = combinator(rest)?;
                if selector.is_empty() || after.is_empty() {
                    return Err("a selector neither begins nor ends with a combinator");
                }
                selector.push(combinator);
                (rest, is_fresh) = (after, true);
                continue;
            }
            (Kind::Word(element), _) if is_fresh => selector.push_str(known(element, ELEMENTS).ok_or(NOT_AN_ELEMENT)?),
            (Kind::Sign('.'), [Token { kind: Kind::Word(class), .. }, ..]) => {
                selector.push('.');
                selector.push_str(known(class, CLASSES).ok_or(NOT_A_CLASS)?);
                rest = &rest[1..];
            }
            (Kind::Colon, [Token { kind: Kind::Word(state), .. }, ..]) => {
                selector.push(':');
                selector.push_str(known(state, STATES).ok_or(NOT_A_STATE)?);
                rest = &rest[1..];
            }
            (Kind::Colon, [Token { kind: Kind::Colon, .. }, Token { kind: Kind::Word(part), .. }, ..]) => {
                selector.push_str("::");
                selector.push_str(known(part, PARTS).ok_or(NOT_A_STATE)?);
                rest = &rest[2..];
                is_over = true;
            }
            (Kind::Square, _) => return Err("attributes could tell what was typed"),
            (Kind::Hash(_), _) => return Err("ids are the widget's own; use classes"),
            _ => return Err("only classes and elements of the panel can be selected"),
        }
        (rest, is_fresh) = (&rest[1..], false);
    }
    Ok(selector)
}

const NOT_AN_ELEMENT: &str = "there is no such element to select in the panel";
const NOT_A_CLASS: &str = "there is no such class in the panel";
const NOT_A_STATE: &str = "this pseudo-class or pseudo-element cannot be used";

fn known(name: &str, names: &'static [&'static str]) -> Option<&'static str> {
    names.iter().copied().find(|known| *known == name)
}

/// How what follows stands to what came before, and what follows.
fn combinator(tokens: &[Token]) -> Result<(char, &[Token]), &'static str> {
    let tokens = trimmed(tokens);
    match tokens.first().map(|token| &token.kind) {
        Some(Kind::Sign(sign @ ('>' | '+' | '~'))) => {
            let after = trimmed(&tokens[1..]);
            match after.first().map(|token| &token.kind) {
                Some(Kind::Sign('>' | '+' | '~')) => Err("two combinators in a row"),
                _ => Ok((*sign, after)),
            }
        }
        _ => Ok((' ', tokens)),
    }
}

//! Custom CSS: a site's own style sheet for the widget, cleaned.
//!
//! A style sheet in the widget's shadow root could carry off what visitors type (an address in `url()` for each attribute value),
//! cover the page, or hide what must be seen. So this is no filter that looks for what is bad: the style sheet is read as a browser
//! reads it, and what is known to be good is written anew. All else is dropped, and told with its line and the reason. Nothing of the
//! original text survives as it was, neither comments nor escapes.

mod property;
mod selector;
mod token;
mod value;

use serde::Serialize;

use super::MAX_CSS;
use token::{Kind, Token, trimmed};

/// The most that is told of what was dropped.
const MAX_TOLD: usize = 100;
/// The longest piece of the original that is told, in characters.
const MAX_WHAT: usize = 60;

/// A style sheet that stays within the widget.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Cleaned {
    pub css: String,
    /// In the order of the original; the first hundred.
    pub dropped: Vec<Dropped>,
}

/// A piece of a style sheet that is not delivered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dropped {
    /// From 1.
    pub line: u32,
    /// As it was written, cut short.
    pub what: String,
    pub why: String,
}

/// What of a style sheet can be delivered.
pub fn clean(css: &str) -> Cleaned {
    if css.len() > MAX_CSS {
        let why = format!("the style sheet has {} bytes; at most {MAX_CSS}", css.len());
        return Cleaned { css: String::new(), dropped: vec![Dropped { line: 1, what: "all of it".to_owned(), why }] };
    }
    let mut cleaner = Cleaner { original: css, dropped: Vec::new() };
    let css = cleaner.rules(&token::read(css), Level::Sheet);
    Cleaned { css, dropped: cleaner.dropped }
}

/// Where rules stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Sheet,
    Media,
}

struct Cleaner<'a> {
    original: &'a str,
    dropped: Vec<Dropped>,
}

impl Cleaner<'_> {
    fn rules(&mut self, tokens: &[Token], level: Level) -> String {
        let mut css = String::new();
        let mut rest = trimmed(tokens);
        while let Some(first) = rest.first() {
            let is_at_rule = matches!(first.kind, Kind::At(_));
            let ends =
                |token: &Token| matches!(token.kind, Kind::Curly(_)) || (is_at_rule && token.kind == Kind::Semicolon);
            let end = match first.kind {
                Kind::Legacy => 1,
                _ => rest.iter().position(ends).map_or(rest.len(), |last| last + 1),
            };
            let (rule, after) = rest.split_at(end);
            css.push_str(&self.rule(rule, level));
            rest = trimmed(after);
        }
        css
    }

    /// A rule up to its block, or what should have been one.
    fn rule(&mut self, rule: &[Token], level: Level) -> String {
        match rule {
            [Token { kind: Kind::Legacy, .. }] => self.drop(rule, "nothing like this stands between rules"),
            [Token { kind: Kind::At(name), .. }, condition @ .., Token { kind: Kind::Curly(block), .. }]
                if name == "media" && level == Level::Sheet =>
            {
                return self.media(rule, condition, block);
            }
            [Token { kind: Kind::At(_), .. }, ..] => self.drop(rule, "of at-rules there is only @media, once deep"),
            [selectors @ .., Token { kind: Kind::Curly(block), .. }] => return self.style_rule(rule, selectors, block),
            _ => self.drop(rule, "this is no rule: it has no block"),
        }
        String::new()
    }

    fn media(&mut self, rule: &[Token], condition: &[Token], block: &[Token]) -> String {
        match media_condition(condition) {
            Some(condition) => match self.rules(block, Level::Media) {
                empty if empty.is_empty() => empty,
                rules => format!("@media {condition}{{{rules}}}"),
            },
            None => {
                self.drop(rule, "this condition cannot be used; ask for widths, schemes, or what visitors prefer");
                String::new()
            }
        }
    }

    fn style_rule(&mut self, rule: &[Token], selectors: &[Token], block: &[Token]) -> String {
        let mut kept = Vec::new();
        for selector in selectors.split(|token| token.kind == Kind::Comma) {
            match selector::clean(selector) {
                Ok(selector) => kept.push(selector),
                Err(why) => self.drop(if selector.is_empty() { rule } else { selector }, why),
            }
        }
        if kept.is_empty() {
            return String::new();
        }
        match self.declarations(block) {
            empty if empty.is_empty() => empty,
            declarations => format!("{}{{{declarations}}}", kept.join(",")),
        }
    }

    fn declarations(&mut self, block: &[Token]) -> String {
        let mut kept = Vec::new();
        let is_between = |token: &&Token| matches!(token.kind, Kind::Space | Kind::Semicolon);
        let mut rest = &block[block.iter().take_while(is_between).count()..];
        while let Some(first) = rest.first() {
            let is_declaration = matches!(first.kind, Kind::Word(_));
            // A rule within a rule ends with its block.
            let ends = |token: &Token| match token.kind {
                Kind::Semicolon => true,
                Kind::Curly(_) => !is_declaration,
                _ => false,
            };
            let end = rest.iter().position(ends).map_or(rest.len(), |last| last + 1);
            let (declaration, after) = rest.split_at(end);
            kept.extend(self.declaration(declaration));
            rest = &after[after.iter().take_while(is_between).count()..];
        }
        kept.join(";")
    }

    fn declaration(&mut self, declaration: &[Token]) -> Option<String> {
        let is_end = |token: &Token| token.kind == Kind::Semicolon;
        let whole = trimmed(declaration.split(is_end).next().unwrap_or_default());
        let written = match parts_of(whole) {
            Some((name, value)) => {
                let (value, important) = without_importance(value);
                if !important.is_empty() {
                    self.drop(important, "nothing of a site's needs it: its style sheet comes last");
                }
                written(&name, value)
            }
            None => Err("this is no declaration; rules cannot stand within rules".to_owned()),
        };
        written.map_err(|why| self.drop(whole, &why)).ok()
    }

    fn drop(&mut self, tokens: &[Token], why: &str) {
        let tokens = trimmed(tokens);
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        if self.dropped.len() < MAX_TOLD {
            let what = self.original.get(first.start..last.end).unwrap_or_default();
            let what = what.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_WHAT).collect();
            self.dropped.push(Dropped { line: first.line, what, why: why.to_owned() });
        }
    }
}

/// A property's name, and its value.
fn parts_of(declaration: &[Token]) -> Option<(String, &[Token])> {
    let Some((Token { kind: Kind::Word(name), .. }, rest)) = declaration.split_first() else { return None };
    match trimmed(rest) {
        [Token { kind: Kind::Colon, .. }, value @ ..] => Some((name.to_ascii_lowercase(), trimmed(value))),
        _ => None,
    }
}

/// A value, and its `!important`.
fn without_importance(value: &[Token]) -> (&[Token], &[Token]) {
    let mark = value.iter().rposition(|token| token.kind == Kind::Sign('!'));
    let is_important = |mark: &usize| matches!(trimmed(&value[mark + 1..]), [Token { kind: Kind::Word(word), .. }] if word.eq_ignore_ascii_case("important"));
    match mark.filter(is_important) {
        Some(mark) => (trimmed(&value[..mark]), &value[mark..]),
        None => (value, &[]),
    }
}

fn written(name: &str, value: &[Token]) -> Result<String, String> {
    let limits = property::limits(name).ok_or("this property is not for looks, or not for a site's style sheet")?;
    Ok(format!("{name}:{}", value::clean(value, &limits)?))
}

/// When the rules within it apply.
fn media_condition(tokens: &[Token]) -> Option<String> {
    const JOINED: [&str; 6] = ["and", "or", "not", "only", "screen", "all"];
    let mut words = Vec::new();
    for token in trimmed(tokens).iter().filter(|token| token.kind != Kind::Space) {
        words.push(match &token.kind {
            Kind::Word(word) => {
                let word = word.to_ascii_lowercase();
                JOINED.contains(&word.as_str()).then_some(word)?
            }
            Kind::Comma => ",".to_owned(),
            Kind::Round(inside) => media_feature(inside)?,
            _ => return None,
        });
    }
    (!words.is_empty()).then(|| words.join(" "))
}

fn media_feature(tokens: &[Token]) -> Option<String> {
    const FEATURES: [&str; 14] = [
        "width",
        "min-width",
        "max-width",
        "height",
        "min-height",
        "max-height",
        "orientation",
        "hover",
        "any-hover",
        "pointer",
        "any-pointer",
        "prefers-color-scheme",
        "prefers-contrast",
        "prefers-reduced-motion",
    ];
    const VALUES: [&str; 14] = [
        "portrait",
        "landscape",
        "none",
        "hover",
        "coarse",
        "fine",
        "light",
        "dark",
        "more",
        "less",
        "no-preference",
        "reduce",
        "custom",
        "forced",
    ];
    let parts: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::Space).collect();
    let feature = match parts.first().map(|token| &token.kind) {
        Some(Kind::Word(word)) => FEATURES.into_iter().find(|feature| word.eq_ignore_ascii_case(feature))?,
        _ => return None,
    };
    match &parts[1..] {
        [] => Some(format!("({feature})")),
        [Token { kind: Kind::Colon, .. }, Token { kind: Kind::Word(word), .. }] => {
            let value = VALUES.into_iter().find(|value| word.eq_ignore_ascii_case(value))?;
            Some(format!("({feature}:{value})"))
        }
        [Token { kind: Kind::Colon, .. }, Token { kind: Kind::Measure(number, unit), .. }]
            if ["px", "em", "rem"].contains(&unit.as_str()) && (0.0..=10_000.0).contains(number) =>
        {
            Some(format!("({feature}:{number}{unit})"))
        }
        _ => None,
    }
}

//! Values within their limits, written anew from what was read.

use super::property::{COLOUR_ARGUMENTS, EASING_ARGUMENTS, Functions, GRADIENT_ARGUMENTS, Limits, Text, Words};
use super::token::{Kind, Token, trimmed};
use crate::theme::Theme;

/// How deep functions may stand in each other.
const MAX_DEPTH: usize = 4;
/// The longest duration, in seconds.
const MAX_SECONDS: f32 = 2.0;
/// What a number after a slash may be: a line's height.
const LINE_HEIGHT: ((f32, f32), (f32, f32)) = ((1.0, 3.0), (11.0, 64.0));

const STRAY_SIGN: &str = "a comma or a slash stands between two values";

/// The value as it is delivered.
///
/// # Errors
/// Says what is beyond the limits.
pub fn clean(tokens: &[Token], limits: &Limits) -> Result<String, String> {
    write(tokens, limits, 0)
}

fn write(tokens: &[Token], limits: &Limits, depth: usize) -> Result<String, String> {
    let mut value = String::new();
    let mut limits = *limits;
    let mut is_tight = true;
    for token in trimmed(tokens).iter().filter(|token| token.kind != Kind::Space) {
        let written = write_one(token, &limits, depth)?;
        let is_sign = written == "," || written == "/";
        if is_tight && is_sign {
            return Err(STRAY_SIGN.to_owned());
        }
        if !is_tight && !is_sign {
            value.push(' ');
        }
        if written == "/" && limits.text == Text::Fonts {
            (limits.number, limits.length) = (Some(LINE_HEIGHT.0), Some(LINE_HEIGHT.1));
        }
        value.push_str(&written);
        is_tight = is_sign;
    }
    match value.as_str() {
        "" => Err("there is no value".to_owned()),
        _ if is_tight => Err(STRAY_SIGN.to_owned()),
        _ => Ok(value),
    }
}

fn write_one(token: &Token, limits: &Limits, depth: usize) -> Result<String, String> {
    match &token.kind {
        Kind::Word(word) => write_word(word, limits),
        Kind::Number(number) => write_number(*number, limits),
        Kind::Percent(percent) => match limits.percent {
            Some(range) => within(*percent, range, "%"),
            None => Err("percentages cannot be used here".to_owned()),
        },
        Kind::Measure(number, unit) => write_measure(*number, unit, limits),
        Kind::Hash(digits) => write_hash(digits, limits),
        Kind::Text(text) => write_text(text, limits),
        Kind::Comma => Ok(",".to_owned()),
        Kind::Sign('/') => Ok("/".to_owned()),
        Kind::Function(name, arguments) => write_function(name, arguments, limits, depth),
        Kind::Foreign => Err("url() and what cannot be read are left out".to_owned()),
        _ => Err("this cannot stand in a value".to_owned()),
    }
}

fn write_word(word: &str, limits: &Limits) -> Result<String, String> {
    let folded = word.to_ascii_lowercase();
    let is_meant = match limits.words {
        Words::Any => true,
        Words::But(words) => !words.contains(&folded.as_str()),
        Words::Only(words) => words.contains(&folded.as_str()),
    };
    // Names of fonts have other letters, too. An escape may have hidden a digit in front, where it would make a number.
    let is_letter = |c: char| match limits.text {
        Text::Fonts => c == '-' || c.is_alphanumeric(),
        _ => c == '-' || c.is_ascii_alphanumeric(),
    };
    let start = word.strip_prefix('-').unwrap_or(word);
    let is_plain = start.starts_with(char::is_alphabetic) && word.chars().all(is_letter);
    match is_meant && is_plain {
        true if limits.text == Text::Fonts => Ok(word.to_owned()),
        true => Ok(folded),
        false => Err(format!("{:?} cannot be used here", word.chars().take(30).collect::<String>())),
    }
}

fn write_number(number: f32, limits: &Limits) -> Result<String, String> {
    let zero = limits.length.filter(|(least, most)| number == 0.0 && *least <= 0.0 && *most >= 0.0);
    match limits.number.or(zero) {
        Some(range) if zero.is_none() => within(number, range, ""),
        Some(_) => Ok("0".to_owned()),
        None => Err("numbers without a unit cannot be used here".to_owned()),
    }
}

fn write_measure(number: f32, unit: &str, limits: &Limits) -> Result<String, String> {
    let pixels = match unit {
        "px" => 1.0,
        "em" | "rem" => 16.0,
        "ch" => 8.0,
        "s" | "ms" if limits.times => {
            let whole = if unit == "s" { MAX_SECONDS } else { MAX_SECONDS * 1_000.0 };
            return within(number, (0.0, whole), unit);
        }
        "deg" | "grad" | "rad" | "turn" if limits.functions != Functions::None => {
            return within(number, (-3_600.0, 3_600.0), unit);
        }
        _ => return Err(format!("the unit {:?} cannot be used here", unit.chars().take(10).collect::<String>())),
    };
    let (least, most) = limits.length.ok_or("lengths cannot be used here")?;
    within(number, (least / pixels, most / pixels), unit)
}

fn within(number: f32, (least, most): (f32, f32), unit: &str) -> Result<String, String> {
    // A number that is none is within nothing.
    if (least..=most).contains(&number) {
        Ok(format!("{number}{unit}"))
    } else {
        Err(format!("{number}{unit} is beyond {least} to {most}{unit}"))
    }
}

fn write_hash(digits: &str, limits: &Limits) -> Result<String, String> {
    let is_colour = [3, 4, 6, 8].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    match limits.functions {
        Functions::Colours | Functions::Gradients if is_colour => Ok(format!("#{digits}")),
        _ => Err("this is no colour, or cannot be one here".to_owned()),
    }
}

fn write_text(text: &str, limits: &Limits) -> Result<String, String> {
    let is_plain = |c: char| c.is_alphanumeric() || " -_.+&".contains(c);
    match limits.text {
        Text::Fonts if !text.is_empty() && text.chars().all(is_plain) => Ok(format!("\"{text}\"")),
        Text::Empty if text.is_empty() => Ok("\"\"".to_owned()),
        Text::Empty => Err("only \"\" can be said here: texts are the survey's".to_owned()),
        _ => Err("texts cannot be used here".to_owned()),
    }
}

fn write_function(name: &str, arguments: &[Token], limits: &Limits, depth: usize) -> Result<String, String> {
    const COLOURS: [&str; 12] =
        ["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "color-mix", "light-dark"];
    const GRADIENTS: [&str; 6] = [
        "linear-gradient",
        "radial-gradient",
        "conic-gradient",
        "repeating-linear-gradient",
        "repeating-radial-gradient",
        "repeating-conic-gradient",
    ];
    const EASINGS: [&str; 3] = ["cubic-bezier", "linear", "steps"];
    let is_painted = matches!(limits.functions, Functions::Colours | Functions::Gradients);
    let within = match name {
        "var" => return write_token(arguments),
        _ if depth >= MAX_DEPTH => return Err("functions stand too deep in each other".to_owned()),
        _ if is_painted && COLOURS.contains(&name) => COLOUR_ARGUMENTS,
        _ if limits.functions == Functions::Gradients && GRADIENTS.contains(&name) => GRADIENT_ARGUMENTS,
        _ if limits.functions == Functions::Easings && EASINGS.contains(&name) => EASING_ARGUMENTS,
        _ => return Err(format!("{}() cannot be used here", name.chars().take(30).collect::<String>())),
    };
    Ok(format!("{name}({})", write(arguments, &within, depth + 1)?))
}

/// One of the theme's own tokens.
fn write_token(arguments: &[Token]) -> Result<String, String> {
    match trimmed(arguments) {
        [Token { kind: Kind::Word(name), .. }] if Theme::is_token(name) => Ok(format!("var({name})")),
        _ => Err("var() takes one of the theme's own tokens and nothing else".to_owned()),
    }
}

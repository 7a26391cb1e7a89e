//! Properties that a site's style sheet may set, and within what limits.
//!
//! Looks, and nothing else: what is not listed here stays as it is. Limits are such that nothing is hidden, that nothing leaves the
//! card, and that the card stays where it was put: widths fit the narrowest phone.

/// Within what limits a property may be set.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In pixels; other units are counted as so many pixels.
    pub length: Option<(f32, f32)>,
    pub percent: Option<(f32, f32)>,
    pub number: Option<(f32, f32)>,
    pub words: Words,
    pub functions: Functions,
    pub text: Text,
    /// Whether durations are meant: of at most two seconds.
    pub times: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Words {
    Any,
    But(&'static [&'static str]),
    Only(&'static [&'static str]),
}

/// Which functions may be called; the widget's own tokens can be asked for everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Functions {
    None,
    Colours,
    Gradients,
    Easings,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Text {
    None,
    Empty,
    Fonts,
}

const WORDS: Limits = Limits {
    length: None,
    percent: None,
    number: None,
    words: Words::Any,
    functions: Functions::None,
    text: Text::None,
    times: false,
};
const COLOUR: Limits = Limits { functions: Functions::Colours, ..WORDS };
/// Of what must be seen.
const INK: Limits = Limits { words: Words::But(&["transparent"]), ..COLOUR };
const NOT_GONE: Words =
    Words::But(&["none", "hidden", "transparent", "initial", "unset", "inherit", "revert", "revert-layer"]);

/// Within what limits a function's own arguments are.
pub const COLOUR_ARGUMENTS: Limits = Limits { number: Some((-360.0, 360.0)), percent: Some((-100.0, 100.0)), ..COLOUR };
pub const GRADIENT_ARGUMENTS: Limits =
    Limits { length: Some((-640.0, 640.0)), percent: Some((-200.0, 200.0)), ..COLOUR };
pub const EASING_ARGUMENTS: Limits = Limits { number: Some((-4.0, 100.0)), percent: Some((0.0, 100.0)), ..WORDS };

const fn lengths(least: f32, most: f32) -> Limits {
    Limits { length: Some((least, most)), ..COLOUR }
}

/// A length between bounds, or one of these words.
const fn size(least: f32, most: f32, percent: Option<(f32, f32)>, words: &'static [&'static str]) -> Limits {
    Limits { length: Some((least, most)), percent, words: Words::Only(words), ..WORDS }
}

/// How a property may be set; nothing if it may not.
pub fn limits(name: &str) -> Option<Limits> {
    Some(match name {
        "color" | "-webkit-text-fill-color" => INK,
        "accent-color"
        | "background-color"
        | "caret-color"
        | "fill"
        | "stroke"
        | "text-decoration-color"
        | "text-emphasis-color" => COLOUR,
        "background"
        | "background-image"
        | "background-position"
        | "background-size"
        | "background-repeat"
        | "background-clip"
        | "background-origin" => {
            Limits { functions: Functions::Gradients, words: Words::But(&["text"]), ..GRADIENT_ARGUMENTS }
        }
        "box-shadow" => lengths(-48.0, 48.0),
        "text-shadow" => lengths(-8.0, 8.0),
        "outline" | "outline-color" | "outline-style" => Limits { words: NOT_GONE, ..lengths(1.0, 6.0) },
        "outline-width" => size(1.0, 6.0, None, &["thin", "medium", "thick"]),
        "outline-offset" => size(-6.0, 8.0, None, &[]),
        "opacity" => {
            Limits { percent: Some((40.0, 100.0)), number: Some((0.4, 1.0)), words: Words::Only(&[]), ..WORDS }
        }
        "stroke-width" => Limits { number: Some((0.5, 6.0)), ..size(0.5, 6.0, None, &[]) },
        "font" => Limits { number: Some((100.0, 900.0)), percent: None, text: Text::Fonts, ..lengths(11.0, 28.0) },
        "font-family" => Limits { text: Text::Fonts, ..WORDS },
        "font-size" => size(11.0, 28.0, Some((70.0, 175.0)), &["small", "medium", "large", "smaller", "larger"]),
        "font-weight" => Limits { number: Some((100.0, 900.0)), ..WORDS },
        "font-style"
        | "font-variant"
        | "font-variant-numeric"
        | "font-variant-caps"
        | "font-stretch"
        | "font-kerning"
        | "font-optical-sizing"
        | "font-synthesis" => WORDS,
        "line-height" => Limits { number: Some((1.0, 3.0)), ..size(11.0, 64.0, Some((100.0, 300.0)), &["normal"]) },
        "letter-spacing" => size(-1.0, 4.0, None, &["normal"]),
        "word-spacing" => size(0.0, 8.0, None, &["normal"]),
        "text-align"
        | "text-transform"
        | "text-decoration-line"
        | "text-decoration-style"
        | "text-wrap"
        | "text-wrap-style" => WORDS,
        "text-decoration" | "text-decoration-thickness" => lengths(0.0, 8.0),
        "text-underline-offset" => size(0.0, 8.0, None, &["auto"]),
        "gap" | "row-gap" | "column-gap" => size(0.0, 48.0, None, &["normal"]),
        "align-items" | "align-content" | "align-self" | "justify-content" | "justify-items" | "justify-self"
        | "place-items" | "place-content" | "place-self" => WORDS,
        "width" | "max-width" | "inline-size" | "max-inline-size" => {
            size(24.0, 320.0, Some((10.0, 100.0)), &["auto", "fit-content"])
        }
        "min-width" | "min-inline-size" => size(0.0, 320.0, Some((0.0, 100.0)), &["auto"]),
        "height" | "block-size" => size(24.0, 240.0, None, &["auto", "fit-content"]),
        "min-height" | "min-block-size" => size(0.0, 240.0, None, &["auto"]),
        "content" => Limits { text: Text::Empty, words: Words::Only(&[]), ..WORDS },
        "transition"
        | "transition-property"
        | "transition-duration"
        | "transition-delay"
        | "transition-timing-function" => Limits { functions: Functions::Easings, times: true, ..WORDS },
        name => return sided(name),
    })
}

/// Properties that there are of each side and corner.
fn sided(name: &str) -> Option<Limits> {
    let (group, rest) = name.split_once('-').unwrap_or((name, ""));
    let sides = [
        "",
        "top",
        "right",
        "bottom",
        "left",
        "block",
        "block-start",
        "block-end",
        "inline",
        "inline-start",
        "inline-end",
    ];
    match group {
        "padding" if sides.contains(&rest) => Some(size(0.0, 48.0, Some((0.0, 20.0)), &[])),
        "margin" if sides.contains(&rest) => Some(size(0.0, 48.0, Some((0.0, 20.0)), &["auto"])),
        "border" => border(rest, &sides),
        _ => None,
    }
}

fn border(rest: &str, sides: &[&str]) -> Option<Limits> {
    const CORNERS: [&str; 9] = [
        "radius",
        "top-left-radius",
        "top-right-radius",
        "bottom-left-radius",
        "bottom-right-radius",
        "start-start-radius",
        "start-end-radius",
        "end-start-radius",
        "end-end-radius",
    ];
    if CORNERS.contains(&rest) {
        return Some(size(0.0, 9_999.0, Some((0.0, 100.0)), &[]));
    }
    let side = ["-color", "-style", "-width"].iter().find_map(|part| rest.strip_suffix(part)).unwrap_or(rest);
    let is_whole = ["color", "style", "width"].contains(&rest);
    (is_whole || sides.contains(&side)).then_some(lengths(0.0, 8.0))
}

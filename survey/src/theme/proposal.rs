//! Match my site: a theme that looks like a page, from what the browser says of some of its elements.
//!
//! Pure: whoever has a browser reads the computed styles (the widget's second build does), and this makes a theme of them that can be
//! read. Each colour is the page's own wherever that passes, and otherwise the nearest one that does.

use super::color::Color;
use super::palette::{DARK, LIGHT, TEXT};
use super::{Colours, FontList, MAX_RADIUS, Mode, Theme};

/// What the browser says of one element, as `getComputedStyle` words it. Empty where there is no such element.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sample {
    pub color: String,
    pub background_color: String,
    pub font_family: String,
    pub border_radius: String,
}

/// What a page looks like.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Samples {
    /// Of the root: `light dark` says that the page has both schemes.
    pub color_scheme: String,
    pub body: Sample,
    pub heading: Sample,
    pub paragraph: Sample,
    pub link: Sample,
    /// The one that the page wants pressed.
    pub button: Sample,
    pub input: Sample,
}

/// From this much colour on, a button's ground is the site's own and no grey.
const COLOURFUL: f64 = 0.12;

/// A theme that looks like the page.
pub fn propose(samples: &Samples) -> Theme {
    let paper = paper_of(samples);
    let is_dark = paper.contrast(Color::WHITE).0 > paper.contrast(Color::BLACK).0;
    let ink = [&samples.paragraph, &samples.body, &samples.heading].iter().find_map(|sample| on(&sample.color, paper));
    let colours = Colours {
        accent: accent_of(samples, paper).map(|accent| accent.standing_out(&[paper], TEXT)),
        paper: Some(paper),
        ink: ink.map(|ink| ink.standing_out(&[paper], TEXT)),
    };
    let has_both = ["light", "dark"].iter().all(|scheme| samples.color_scheme.contains(scheme));
    // Said only where it differs from what would be so anyway.
    let own = if is_dark { DARK } else { LIGHT };
    let colours = Colours {
        accent: colours.accent.filter(|accent| *accent != own.accent),
        paper: colours.paper.filter(|paper| *paper != own.paper),
        ink: colours.ink.filter(|ink| *ink != own.ink),
    };
    let mode = match (has_both, is_dark) {
        (true, _) => None,
        (false, true) => Some(Mode::Dark),
        (false, false) => Some(Mode::Light),
    };
    let (light, dark) = if is_dark { (Colours::default(), colours) } else { (colours, Colours::default()) };
    let theme = Theme { mode, light, dark, font: font_of(samples), radius: radius_of(samples), ..Theme::default() };
    debug_assert_eq!(theme.check(), Ok(()));
    theme
}

/// What the page's text stands on: the first ground that is not see-through, and white beneath all.
fn paper_of(samples: &Samples) -> Color {
    let grounds = [&samples.body, &samples.paragraph, &samples.heading];
    let solid = grounds.iter().filter_map(|sample| read(&sample.background_color)).find(|layer| layer.alpha >= 0.5);
    solid.map_or(Color::WHITE, |layer| layer.over(Color::WHITE))
}

/// What the button is painted in, if that tells it from the paper; or what links are.
fn accent_of(samples: &Samples, paper: Color) -> Option<Color> {
    let ground = on(&samples.button.background_color, paper);
    let ground = ground.filter(|color| color.colourfulness() >= COLOURFUL && color.contrast(paper).0 >= 1.3);
    // A black button on a white page is what that site wants pressed; a grey one is any button.
    let strong = || on(&samples.button.background_color, paper).filter(|color| color.contrast(paper).0 >= 7.0);
    let link = || on(&samples.link.color, paper).filter(|color| color.colourfulness() >= COLOURFUL);
    let text = || on(&samples.button.color, paper).filter(|color| color.colourfulness() >= COLOURFUL);
    ground.or_else(strong).or_else(link).or_else(text)
}

/// The page's list, as much of it as can be taken over.
fn font_of(samples: &Samples) -> Option<FontList> {
    let list =
        [&samples.body, &samples.paragraph].iter().map(|sample| sample.font_family.trim()).find(|it| !it.is_empty())?;
    let names: Vec<&str> = list.split(',').map(str::trim).filter(|name| name.parse::<FontList>().is_ok()).collect();
    let fits = |count: &usize| names[..*count].join(", ").parse::<FontList>().is_ok();
    let most = (1..=names.len()).rev().find(fits)?;
    names[..most].join(", ").parse().ok()
}

/// Buttons that are pills, or rounded by percent, are as round as may be.
fn radius_of(samples: &Samples) -> Option<u8> {
    let radii = [&samples.button, &samples.input].map(|sample| sample.border_radius.trim().to_owned());
    let first = radii.iter().find_map(|radius| radius.split(' ').next().filter(|first| !first.is_empty()))?;
    if let Some(percent) = first.strip_suffix('%') {
        return percent.parse::<f64>().ok().map(|percent| if percent >= 25.0 { MAX_RADIUS } else { 0 });
    }
    let pixels: f64 = first.strip_suffix("px")?.parse().ok()?;
    Some(pixels.clamp(0.0, f64::from(MAX_RADIUS)).round() as u8)
}

/// A colour that may be see-through, as channels between 0 and 1.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Layer {
    channels: [f64; 3],
    alpha: f64,
}

impl Layer {
    fn over(self, ground: Color) -> Color {
        ground.mixed(Color::from_channels(self.channels), self.alpha)
    }
}

/// How a colour looks on a ground; nothing if it cannot be seen at all.
fn on(css: &str, ground: Color) -> Option<Color> {
    read(css).filter(|layer| layer.alpha > 0.05).map(|layer| layer.over(ground))
}

/// What `getComputedStyle` gives: `rgb()`, `rgba()`, `color(srgb …)`, `oklch()`, `oklab()`; also hexadecimal, for values that
/// are read from custom properties.
fn read(css: &str) -> Option<Layer> {
    let css = css.trim().to_ascii_lowercase();
    if let Ok(color) = css.parse::<Color>() {
        return Some(Layer { channels: color.channels(), alpha: 1.0 });
    }
    let (name, rest) = css.split_once('(')?;
    let inside = rest.strip_suffix(')')?.replace("srgb ", " ");
    let mut numbers = inside.split([' ', ',', '/']).filter(|part| !part.is_empty());
    let mut next = |whole: f64| numbers.next().map(|part| number(part, whole));
    // What 100 % is differs: channels of rgb() count to 255, and lightness, chroma and alpha to 1, or 0.4.
    let wholes = match name {
        "rgb" | "rgba" => [255.0; 3],
        "oklch" => [1.0, 0.4, 360.0],
        "oklab" => [1.0, 0.4, 0.4],
        "color" if rest.starts_with("srgb ") => [1.0; 3],
        _ => return None,
    };
    let [one, two, three] = [next(wholes[0])??, next(wholes[1])??, next(wholes[2])??];
    let alpha = next(1.0).unwrap_or(Some(1.0))?.clamp(0.0, 1.0);
    let channels = match name {
        "oklch" => from_oklab(one, two * three.to_radians().cos(), two * three.to_radians().sin()),
        "oklab" => from_oklab(one, two, three),
        "color" => [one, two, three],
        _ => [one, two, three].map(|channel| channel / 255.0),
    };
    Some(Layer { channels: channels.map(|channel| channel.clamp(0.0, 1.0)), alpha })
}

fn number(part: &str, whole: f64) -> Option<f64> {
    let number = match part.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok()? / 100.0 * whole,
        None if part == "none" => 0.0,
        None => part.strip_suffix("deg").unwrap_or(part).parse().ok()?,
    };
    number.is_finite().then_some(number)
}

/// Oklab to sRGB: Björn Ottosson, "A perceptual color space for image processing" (2020); the matrices of CSS Color 4.
fn from_oklab(lightness: f64, a: f64, b: f64) -> [f64; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    linear.map(|channel| if channel <= 0.003_130_8 { 12.92 * channel } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(color: &str, background: &str) -> Sample {
        Sample { color: color.into(), background_color: background.into(), ..Sample::default() }
    }

    fn rounded(color: &str, background: &str, radius: &str) -> Sample {
        Sample { border_radius: radius.into(), ..sample(color, background) }
    }

    const CLEAR: &str = "rgba(0, 0, 0, 0)";

    fn bootstrap() -> Samples {
        let font = "system-ui, -apple-system, \"Segoe UI\", Roboto, \"Helvetica Neue\", \"Noto Sans\", \"Liberation Sans\", Arial, sans-serif, \"Apple Color Emoji\", \"Segoe UI Emoji\", \"Segoe UI Symbol\", \"Noto Color Emoji\"";
        Samples {
            color_scheme: "normal".into(),
            body: Sample { font_family: font.into(), ..sample("rgb(33, 37, 41)", "rgb(255, 255, 255)") },
            heading: sample("rgb(33, 37, 41)", CLEAR),
            paragraph: sample("rgb(33, 37, 41)", CLEAR),
            link: sample("rgb(13, 110, 253)", CLEAR),
            button: rounded("rgb(255, 255, 255)", "rgb(13, 110, 253)", "6px"),
            input: rounded("rgb(33, 37, 41)", "rgb(255, 255, 255)", "6px"),
        }
    }

    #[test]
    fn a_bootstrap_site_keeps_its_own_colours_where_they_can_be_read() {
        let theme = propose(&bootstrap());
        assert_eq!(theme.mode, Some(Mode::Light));
        assert_eq!(theme.light.paper, None, "white is what it would be anyway");
        assert_eq!(theme.light.ink, "#212529".parse().ok());
        assert_eq!(theme.light.accent, "#0d6efd".parse().ok(), "its blue has 4.5:1 on white");
        assert_eq!(theme.radius, Some(6));
        assert!(theme.font.unwrap().as_str().starts_with("system-ui, -apple-system, \"Segoe UI\""));
    }

    #[test]
    fn a_dark_site_gets_a_dark_theme() {
        let theme = propose(&Samples {
            color_scheme: "dark".into(),
            body: Sample { font_family: "Inter, sans-serif".into(), ..sample("rgb(226, 232, 240)", "rgb(2, 6, 23)") },
            heading: sample("color(srgb 1 1 1)", CLEAR),
            paragraph: sample("oklch(0.869 0.022 252.9)", CLEAR),
            link: sample("rgb(56, 189, 248)", CLEAR),
            button: rounded("rgb(2, 6, 23)", "rgb(56, 189, 248)", "9999px"),
            input: Sample::default(),
        });
        assert_eq!((theme.mode, theme.light.clone()), (Some(Mode::Dark), Colours::default()));
        assert_eq!(theme.dark.paper, "#020617".parse().ok());
        assert_eq!(theme.dark.accent, "#38bdf8".parse().ok());
        assert_eq!(theme.dark.ink, "#cad5e2".parse().ok(), "as Tailwind's slate-300 is drawn");
        assert_eq!(theme.radius, Some(MAX_RADIUS), "a pill is as round as may be");
    }

    #[test]
    fn a_faint_site_gets_the_nearest_colours_that_can_be_read() {
        let theme = propose(&Samples {
            color_scheme: "light dark".into(),
            body: sample("rgb(170, 170, 170)", CLEAR),
            paragraph: sample("rgba(0, 0, 0, 0.4)", CLEAR),
            link: sample("rgb(255, 193, 7)", CLEAR),
            button: rounded("rgb(255, 255, 255)", "rgb(255, 193, 7)", "50%"),
            ..Samples::default()
        });
        assert_eq!(theme.mode, None, "the page has both schemes");
        let [ink, accent] = [theme.light.ink, theme.light.accent].map(Option::unwrap);
        for color in [ink, accent] {
            assert!(color.stands_out(&[Color::WHITE], TEXT) && !color.stands_out(&[Color::WHITE], 4.7), "{color}");
        }
        let [red, green, blue] = accent.channels();
        assert!(red > green && green > blue, "{accent} is no amber");
    }

    #[test]
    fn a_grey_button_is_no_accent_but_a_link_is() {
        let grey = Samples { button: sample("rgb(0, 0, 0)", "rgb(239, 239, 239)"), ..bootstrap() };
        assert_eq!(propose(&grey).light.accent, "#0d6efd".parse().ok());
        let black = Samples { button: sample("rgb(255, 255, 255)", "rgb(0, 0, 0)"), ..bootstrap() };
        assert_eq!(propose(&black).light.accent, Some(Color::BLACK));
        let ghost = Samples { button: sample("rgb(0, 0, 0)", CLEAR), ..bootstrap() };
        assert_eq!(propose(&ghost).light.accent, "#0d6efd".parse().ok());
    }

    #[test]
    fn a_page_that_says_nothing_gets_the_widgets_own_look() {
        assert_eq!(propose(&Samples::default()), Theme { mode: Some(Mode::Light), ..Theme::default() });
    }

    #[test]
    fn colours_are_read_as_browsers_word_them() {
        let read = |css: &str| super::read(css).map(|layer| (layer.over(Color::WHITE).to_string(), layer.alpha));
        let is = |css: &str, color: &str, alpha: f64| assert_eq!(read(css), Some((color.to_owned(), alpha)), "{css}");
        is("rgb(1, 2, 3)", "#010203", 1.0);
        is("rgb(1 2 3 / 50%)", "#808181", 0.5);
        is("rgba(0, 0, 0, 0)", "#ffffff", 0.0);
        is("color(srgb 1 0.5 0)", "#ff8000", 1.0);
        is("color(srgb 1 0.5 0 / 0.5)", "#ffc080", 0.5);
        is("oklch(0.627955 0.257683 29.2339)", "#ff0000", 1.0);
        is("oklab(1 0 0)", "#ffffff", 1.0);
        is("oklch(100% none none)", "#ffffff", 1.0);
        is("#35d", "#3355dd", 1.0);
        for unknown in
            ["", "red", "rgb()", "rgb(1, 2)", "rgb(a b c)", "color(display-p3 1 0 0)", "url(x)", "rgb(inf 0 0)"]
        {
            assert_eq!(read(unknown), None, "{unknown}");
        }
    }
}

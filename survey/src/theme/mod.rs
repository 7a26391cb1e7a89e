//! Themes: a site's own look, as tokens that the widget's style sheets are written in.
//!
//! A theme names what differs from the widget's own look, which is the theme that says nothing. This is the one home of the tokens'
//! values: [`Theme::tokens`] writes all of them, so `widget/style/base.css` has only to use them. Two colours that could not be read
//! on each other are refused where a theme is saved, with the nearest that would do; what is derived can always be read (see
//! [`palette`]).

mod color;
#[cfg(feature = "authoring")]
pub mod custom_css;
mod font;
mod logo;
mod palette;
mod proposal;

use serde::{Deserialize, Serialize};

pub use color::{Color, ColorError, Contrast};
pub use font::{FontError, FontList};
pub use logo::{Logo, PictureAddress, PictureError};
pub use proposal::{Sample, Samples, propose};

use palette::{DARK, LIGHT, Palette, TEXT};

/// The roundest corner of a button, in pixels.
pub const MAX_RADIUS: u8 = 24;
/// The longest style sheet of a site's own, in bytes.
pub const MAX_CSS: usize = 8 * 1024;
/// The longest name of a logo, in characters.
const MAX_LOGO_LABEL: usize = 100;

/// What differs from the widget's own look. A site has one, and a survey may differ from it in turn.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Theme {
    /// `auto`, if it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    #[serde(skip_serializing_if = "Colours::is_empty")]
    pub light: Colours,
    #[serde(skip_serializing_if = "Colours::is_empty")]
    pub dark: Colours,
    /// A list of fonts, as CSS writes it. The widget loads none: the page has them, or the visitor's device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub font: Option<FontList>,
    /// Of buttons, in pixels; cards are a little rounder. 0 to 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spacing: Option<Spacing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// A style sheet of the site's own, as it was written; it is cleaned where it is delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
}

/// Whether the widget is light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As the page's own `color-scheme` says; where that allows both, as the visitor's device says.
    #[default]
    Auto,
    Light,
    Dark,
}

/// How much room there is around what is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    Compact,
    #[default]
    Normal,
    Roomy,
}

/// The three colours that all others are derived from, in one scheme.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Colours {
    /// Of what is to be pressed. Named for one scheme alone, it serves the other as well, as light or dark as that needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub accent: Option<Color>,
    /// The ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub paper: Option<Color>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub ink: Option<Color>,
}

impl Colours {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn overridden_by(&self, other: &Self) -> Self {
        Self { accent: other.accent.or(self.accent), paper: other.paper.or(self.paper), ink: other.ink.or(self.ink) }
    }
}

/// Why a theme cannot be used. Begins with the member that it is about.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ThemeError {
    #[error(
        "{scheme}.{member}: {color} has a contrast of {contrast} on the paper, {paper}, and text needs {TEXT}:1; the nearest that would do is {nearest}"
    )]
    Faint { scheme: &'static str, member: &'static str, color: Color, paper: Color, contrast: Contrast, nearest: Color },
    #[error("radius: {0} pixels; at most {MAX_RADIUS}")]
    Radius(u8),
    #[error("logo.label: a name has 1 to {MAX_LOGO_LABEL} characters, this one {0}; say whose logo it is")]
    LogoLabel(usize),
    #[error("css: {0} bytes; at most {MAX_CSS}")]
    CssLength(usize),
}

impl Theme {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// # Errors
    /// Names the first member that cannot be used, and the way out.
    pub fn check(&self) -> Result<(), ThemeError> {
        let [light, dark] = self.palettes();
        check_colours("light", &self.light, &light)?;
        check_colours("dark", &self.dark, &dark)?;
        if let Some(radius) = self.radius.filter(|radius| *radius > MAX_RADIUS) {
            return Err(ThemeError::Radius(radius));
        }
        let label = self.logo.as_ref().map(|logo| logo.label.trim().chars().count());
        if let Some(length) = label.filter(|length| !(1..=MAX_LOGO_LABEL).contains(length)) {
            return Err(ThemeError::LogoLabel(length));
        }
        match self.css.as_ref().map(String::len) {
            Some(bytes) if bytes > MAX_CSS => Err(ThemeError::CssLength(bytes)),
            _ => Ok(()),
        }
    }

    /// This theme, except for what `other` says.
    pub fn overridden_by(&self, other: &Self) -> Self {
        Self {
            mode: other.mode.or(self.mode),
            light: self.light.overridden_by(&other.light),
            dark: self.dark.overridden_by(&other.dark),
            font: other.font.clone().or(self.font.clone()),
            radius: other.radius.or(self.radius),
            spacing: other.spacing.or(self.spacing),
            logo: other.logo.clone().or(self.logo.clone()),
            css: other.css.clone().or(self.css.clone()),
        }
    }

    /// By day and by night.
    fn palettes(&self) -> [Palette; 2] {
        [Palette::of(&self.light, &LIGHT, self.dark.accent), Palette::of(&self.dark, &DARK, self.light.accent)]
    }

    /// Every token with its value: what the widget's style sheets are written in, and what a page may set on `pagepoll-survey`.
    pub fn tokens(&self) -> Vec<(&'static str, String)> {
        let [light, dark] = self.palettes();
        // Of a theme that is only light or only dark, only that: its values can be used anywhere.
        let either = |light: String, dark: String| match self.mode.unwrap_or_default() {
            Mode::Auto => format!("light-dark({light},{dark})"),
            Mode::Light => light,
            Mode::Dark => dark,
        };
        let both = |color: fn(&Palette) -> Color| either(color(&light).to_string(), color(&dark).to_string());
        let shade = |light: &str, dark: &str| either(format!("rgb(20 23 31/{light})"), format!("rgb(0 0 0/{dark})"));
        let shadow = format!("0 1px 2px {},0 12px 32px {}", shade(".08", ".5"), shade(".16", ".55"));
        let space = match self.spacing.unwrap_or_default() {
            Spacing::Compact => 16,
            Spacing::Normal => 20,
            Spacing::Roomy => 26,
        };
        vec![
            ("--pp-paper", both(|palette| palette.paper)),
            ("--pp-paper-2", both(|palette| palette.paper_2)),
            ("--pp-ink", both(|palette| palette.ink)),
            ("--pp-ink-2", both(|palette| palette.ink_2)),
            ("--pp-ink-3", both(|palette| palette.ink_3)),
            ("--pp-line", both(|palette| palette.line)),
            ("--pp-field-line", both(|palette| palette.field_line)),
            ("--pp-accent", both(|palette| palette.accent)),
            ("--pp-accent-ink", both(|palette| palette.accent_ink)),
            ("--pp-accent-soft", both(|palette| palette.accent_soft)),
            ("--pp-good", both(|palette| palette.good)),
            ("--pp-good-soft", both(|palette| palette.good_soft)),
            ("--pp-bad", both(|palette| palette.bad)),
            ("--pp-shadow", shadow),
            ("--pp-font", self.font.as_ref().map_or(FONT.to_owned(), FontList::with_fallback)),
            ("--pp-radius", format!("{}px", self.radius.unwrap_or(RADIUS).min(MAX_RADIUS))),
            ("--pp-space", format!("{space}px")),
        ]
    }

    /// Whether this is the name of a token.
    #[cfg(feature = "authoring")]
    fn is_token(name: &str) -> bool {
        Self::default().tokens().iter().any(|(token, _)| *token == name)
    }

    /// As a style sheet for the widget, which comes after its own.
    #[cfg(feature = "authoring")]
    pub fn to_style(&self) -> String {
        // Important, because what the host must be is so in the widget's own style sheet.
        let scheme = match self.mode.unwrap_or_default() {
            Mode::Auto => "",
            Mode::Light => "color-scheme:light!important;",
            Mode::Dark => "color-scheme:dark!important;",
        };
        let tokens: Vec<String> = self.tokens().iter().map(|(name, value)| format!("{name}:{value}")).collect();
        let own = self.css.as_deref().map(|css| custom_css::clean(css).css).unwrap_or_default();
        format!(":host{{{scheme}{}}}{own}", tokens.join(";"))
    }

    /// What is left out of the site's own style sheet when it is delivered, and why.
    #[cfg(feature = "authoring")]
    pub fn dropped(&self) -> Vec<custom_css::Dropped> {
        self.css.as_deref().map(|css| custom_css::clean(css).dropped).unwrap_or_default()
    }
}

const FONT: &str = "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif";
const RADIUS: u8 = 10;

/// A colour that had to give way cannot be read.
fn check_colours(scheme: &'static str, given: &Colours, palette: &Palette) -> Result<(), ThemeError> {
    let pairs = [("ink", given.ink, palette.ink), ("accent", given.accent, palette.accent)];
    for (member, given, nearest) in pairs {
        if let Some(color) = given.filter(|color| *color != nearest) {
            let paper = palette.paper;
            return Err(ThemeError::Faint { scheme, member, color, paper, contrast: color.contrast(paper), nearest });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

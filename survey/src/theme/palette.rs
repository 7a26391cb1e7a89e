//! Palettes: every colour of the widget, in one of its two schemes, from the three that a theme names.
//!
//! What a theme leaves out is derived so that it can be read: texts have a contrast of 4.5:1 on whatever they stand on, edges of
//! controls 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). That holds for every palette that can be made, whatever the three colours are.

use super::Colours;
use super::color::Color;

/// What text needs.
pub const TEXT: f64 = 4.5;
/// What the edge of a control needs, and what is drawn.
pub const EDGE: f64 = 3.0;

/// Every colour of the widget.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Palette {
    pub paper: Color,
    /// What lies on the paper: the close button's ground, under a pointer.
    pub paper_2: Color,
    pub ink: Color,
    /// Notes and the words at a scale's ends.
    pub ink_2: Color,
    /// Placeholders and the close button.
    pub ink_3: Color,
    /// Between what is only to be told apart.
    pub line: Color,
    /// Around what can be pressed or typed into.
    pub field_line: Color,
    pub accent: Color,
    pub accent_ink: Color,
    pub accent_soft: Color,
    pub good: Color,
    pub good_soft: Color,
    pub bad: Color,
}

/// The widget's own colours by day.
pub const LIGHT: Palette = Palette {
    paper: Color::hex(0xffffff),
    paper_2: Color::hex(0xf6f7f9),
    ink: Color::hex(0x14171f),
    ink_2: Color::hex(0x4a5163),
    ink_3: Color::hex(0x646b7d),
    line: Color::hex(0xdfe2e8),
    field_line: Color::hex(0x8b92a3),
    accent: Color::hex(0x3355dd),
    accent_ink: Color::hex(0xffffff),
    accent_soft: Color::hex(0xe9edfc),
    good: Color::hex(0x12805c),
    good_soft: Color::hex(0xe2f3ec),
    bad: Color::hex(0xb3261e),
};

/// And by night.
pub const DARK: Palette = Palette {
    paper: Color::hex(0x16181d),
    paper_2: Color::hex(0x22262e),
    ink: Color::hex(0xeef0f5),
    ink_2: Color::hex(0xb6bccb),
    ink_3: Color::hex(0x969db0),
    line: Color::hex(0x333843),
    field_line: Color::hex(0x6b7285),
    accent: Color::hex(0x8fa4ff),
    accent_ink: Color::hex(0x10131c),
    accent_soft: Color::hex(0x252c48),
    good: Color::hex(0x5fd0a4),
    good_soft: Color::hex(0x173329),
    bad: Color::hex(0xff9a8f),
};

impl Palette {
    /// `own` is the scheme's own palette, and `brand` the accent of the other scheme, if that one alone names one.
    ///
    /// Colours that cannot be read on the paper give way to the nearest that can, given ones too: a survey's theme may clash with
    /// its site's, though each is fine by itself. [`super::Theme::check`] refuses what would have to give way.
    pub fn of(given: &Colours, own: &Self, brand: Option<Color>) -> Self {
        let paper = given.paper.unwrap_or(own.paper);
        let ink = given.ink.unwrap_or(own.ink).standing_out(&[paper], TEXT);
        let accent = given.accent.or(brand).unwrap_or(own.accent).standing_out(&[paper], TEXT);
        let greys = if (paper, ink) == (own.paper, own.ink) { *own } else { own.with_greys(paper, ink) };
        if (paper, ink, accent) == (own.paper, own.ink, own.accent) { greys } else { greys.with_accent(accent) }
    }

    fn with_greys(&self, paper: Color, ink: Color) -> Self {
        let paper_2 = as_far(paper, ink, 0.05, |ground| ink.stands_out(&[ground], TEXT));
        let good = self.good.standing_out(&[paper], TEXT);
        Self {
            paper,
            paper_2,
            ink,
            ink_2: as_far(ink, paper, 0.28, |color| color.stands_out(&[paper, paper_2], TEXT)),
            ink_3: as_far(ink, paper, 0.4, |color| color.stands_out(&[paper], TEXT)),
            line: paper.mixed(ink, 0.14),
            field_line: as_far(ink, paper, 0.55, |color| color.stands_out(&[paper], EDGE)),
            good,
            good_soft: as_far(paper, good, 0.14, |ground| good.stands_out(&[ground], EDGE)),
            bad: self.bad.standing_out(&[paper], TEXT),
            ..*self
        }
    }

    fn with_accent(&self, accent: Color) -> Self {
        // Black or white can be read on any colour.
        let inks = [LIGHT.accent_ink, DARK.accent_ink, Color::BLACK];
        let accent_ink = inks.into_iter().find(|ink| ink.stands_out(&[accent], TEXT)).unwrap_or(Color::WHITE);
        let can_be_read = |ground| self.ink.stands_out(&[ground], TEXT) && accent.stands_out(&[ground], EDGE);
        Self { accent, accent_ink, accent_soft: as_far(self.paper, accent, 0.12, can_be_read), ..*self }
    }

    /// What must be told apart: a colour, what it stands on, and the contrast that it needs.
    #[cfg(test)]
    pub fn pairs(&self) -> Vec<(&'static str, Color, Color, f64)> {
        vec![
            ("ink on paper", self.ink, self.paper, TEXT),
            ("ink on paper-2", self.ink, self.paper_2, TEXT),
            ("ink on accent-soft", self.ink, self.accent_soft, TEXT),
            ("ink-2 on paper", self.ink_2, self.paper, TEXT),
            ("ink-2 on paper-2", self.ink_2, self.paper_2, TEXT),
            ("ink-3 on paper", self.ink_3, self.paper, TEXT),
            ("accent on paper", self.accent, self.paper, TEXT),
            ("accent-ink on accent", self.accent_ink, self.accent, TEXT),
            ("accent on accent-soft", self.accent, self.accent_soft, EDGE),
            ("field-line on paper", self.field_line, self.paper, EDGE),
            ("good on paper", self.good, self.paper, TEXT),
            ("good on good-soft", self.good, self.good_soft, EDGE),
            ("bad on paper", self.bad, self.paper, TEXT),
        ]
    }
}

/// From one colour towards another: as far as `most`, but only for as long as it passes.
fn as_far(from: Color, to: Color, most: f64, passes: impl Fn(Color) -> bool) -> Color {
    const STEPS: u32 = 16;
    let steps = (1..=STEPS).rev().map(|step| from.mixed(to, most * f64::from(step) / f64::from(STEPS)));
    steps.into_iter().find(|color| passes(*color)).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widgets_own_colours_can_be_read() {
        for palette in [LIGHT, DARK] {
            for (pair, color, ground, least) in palette.pairs() {
                assert!(color.stands_out(&[ground], least), "{pair}: {color} {ground} {}", color.contrast(ground));
            }
        }
    }

    #[test]
    fn a_theme_that_names_no_colour_keeps_every_one_of_them() {
        assert_eq!(Palette::of(&Colours::default(), &LIGHT, None), LIGHT);
        assert_eq!(Palette::of(&Colours::default(), &DARK, None), DARK);
    }

    #[test]
    fn an_accent_alone_leaves_the_greys_as_they_are() {
        let given = Colours { accent: "#0a7d33".parse().ok(), ..Colours::default() };
        let palette = Palette::of(&given, &LIGHT, None);
        assert_eq!((palette.ink_2, palette.line, palette.field_line), (LIGHT.ink_2, LIGHT.line, LIGHT.field_line));
        assert_eq!(palette.accent_ink, Color::WHITE);
        assert_ne!(palette.accent_soft, LIGHT.accent_soft);
    }
}

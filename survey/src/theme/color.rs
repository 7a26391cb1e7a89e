//! Colours: reading them, mixing them, and how well one can be read on another.

use serde::{Deserialize, Serialize};

/// An opaque colour of sRGB, as eight bits a channel. As JSON `"#3355dd"` or `"#35d"`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color([u8; 3]);

/// Why a text is not a colour.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{0:?} is not a colour; write it like \"#3355dd\" or \"#35d\"")]
pub struct ColorError(String);

/// How contrasts are told: rounded down, so that what just fails does not look as if it passed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Contrast(pub f64);

impl std::fmt::Display for Contrast {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:.2}:1", (self.0 * 100.0).floor() / 100.0)
    }
}

impl Color {
    pub const WHITE: Self = Self([255; 3]);
    pub const BLACK: Self = Self([0; 3]);

    /// From the way in which it is written in style sheets: `0x3355dd`.
    pub const fn hex(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self([red, green, blue])
    }

    /// From channels between 0 and 1; what lies outside is brought in.
    pub fn from_channels(channels: [f64; 3]) -> Self {
        Self(channels.map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8))
    }

    /// Between 0 and 1.
    pub fn channels(self) -> [f64; 3] {
        self.0.map(|channel| f64::from(channel) / 255.0)
    }

    /// Relative luminance as WCAG 2.2 defines it: 0 for black, 1 for white.
    pub fn luminance(self) -> f64 {
        let linear =
            |channel: f64| if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) };
        let [red, green, blue] = self.channels().map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast ratio as WCAG 2.2 defines it: 1 to 21.
    pub fn contrast(self, other: Self) -> Contrast {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        Contrast(if one > two { one / two } else { two / one })
    }

    /// Whether it can be told from all of these.
    pub fn stands_out(self, grounds: &[Self], least: f64) -> bool {
        grounds.iter().all(|ground| self.contrast(*ground).0 >= least)
    }

    /// So much of the other colour, from 0 to 1, and the rest of this one. As CSS has it: `color-mix(in srgb, …)`.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let (own, others) = (self.channels(), other.channels());
        Self::from_channels(std::array::from_fn(|place| own[place] + (others[place] - own[place]) * share))
    }

    /// The nearest colour of the same hue that stands out from all of these: this one, or a darker or lighter one. If there is none,
    /// black or white, whichever does better.
    pub fn standing_out(self, grounds: &[Self], least: f64) -> Self {
        let toward = |end: Self| {
            let steps = (0..=255).map(|step| self.mixed(end, f64::from(step) / 255.0));
            steps.into_iter().find(|color| color.stands_out(grounds, least))
        };
        let worst = |color: Self| grounds.iter().map(|ground| color.contrast(*ground).0).fold(f64::MAX, f64::min);
        match (toward(Self::BLACK), toward(Self::WHITE)) {
            (Some(darker), Some(lighter)) if self.distance(lighter) < self.distance(darker) => lighter,
            (Some(darker), _) => darker,
            (None, Some(lighter)) => lighter,
            (None, None) if worst(Self::BLACK) > worst(Self::WHITE) => Self::BLACK,
            (None, None) => Self::WHITE,
        }
    }

    fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(one, two)| u32::from(one.abs_diff(two)).pow(2)).sum()
    }

    /// How far it is from grey: 0 to 1.
    pub fn colourfulness(self) -> f64 {
        let [red, green, blue] = self.channels();
        red.max(green).max(blue) - red.min(green).min(blue)
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

impl TryFrom<String> for Color {
    type Error = ColorError;

    fn try_from(text: String) -> Result<Self, ColorError> {
        let wrong = || ColorError(text.chars().take(40).collect());
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        let digits: Vec<u8> =
            digits.chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect::<Option<_>>().ok_or_else(wrong)?;
        match digits[..] {
            [red, green, blue] => Ok(Self([red * 17, green * 17, blue * 17])),
            [r1, r2, g1, g2, b1, b2] => Ok(Self([r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2])),
            _ => Err(wrong()),
        }
    }
}

impl std::str::FromStr for Color {
    type Err = ColorError;

    fn from_str(text: &str) -> Result<Self, ColorError> {
        text.to_owned().try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        text.parse().unwrap()
    }

    #[test]
    fn a_colour_is_written_in_three_or_six_digits() {
        assert_eq!(color("#35d"), color("#3355DD"));
        assert_eq!(color("#35d").to_string(), "#3355dd");
        for wrong in ["", "#", "red", "#12", "#1234", "#12345g", "3355dd", "#3355dd;", "#3355ddff", "#ёёё"] {
            assert!(wrong.parse::<Color>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn contrasts_are_those_of_wcag() {
        assert_eq!(Color::BLACK.contrast(Color::WHITE).0, 21.0);
        // The greys on either side of 4.5:1 on white.
        assert_eq!(color("#767676").contrast(Color::WHITE).to_string(), "4.54:1");
        assert_eq!(color("#777").contrast(Color::WHITE).to_string(), "4.47:1");
    }

    #[test]
    fn a_colour_that_stands_out_already_stays_as_it_is() {
        assert_eq!(color("#3355dd").standing_out(&[Color::WHITE], 4.5), color("#3355dd"));
    }

    #[test]
    fn the_nearest_colour_keeps_the_hue() {
        let orange = color("#ff8800");
        let [red, green, blue] = orange.standing_out(&[Color::WHITE], 4.5).0;
        assert!(red > green && green > blue && red < 255, "{red} {green} {blue}");
        let sky = color("#5588ff").standing_out(&[color("#223355")], 4.5);
        assert!(sky.luminance() > color("#5588ff").luminance());
    }
}

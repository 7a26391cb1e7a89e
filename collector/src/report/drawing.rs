//! How a badge is drawn: a label and a figure side by side, as SVG. Everything in it is an attribute or a text, and each text is escaped.

use std::fmt::Write;

/// How good a figure is. The figure says so in words, too: nobody needs to see colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Good,
    Middling,
    Bad,
    /// There is nothing, or too little, to go by.
    Unsure,
}

impl Tone {
    /// White on each has a contrast of more than 4.5 to 1.
    fn colour(self) -> &'static str {
        match self {
            Self::Good => "#0e7353",
            Self::Middling => "#8a5a00",
            Self::Bad => "#c02d3c",
            Self::Unsure => "#666d80",
        }
    }
}

/// What a badge says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Badge {
    pub label: String,
    pub figure: String,
    pub tone: Tone,
    /// All of it, for whoever cannot see it or wants to know more.
    pub title: String,
}

const HEIGHT: u32 = 20;

/// Beside each text.
const PADDING: u32 = 7;

impl Badge {
    pub fn to_svg(&self) -> String {
        let Self { label, figure, tone, title } = self;
        let (label_width, figure_width) = (width(label), width(figure));
        let (left, right) = (label_width + 2 * PADDING, figure_width + 2 * PADDING);
        let (whole, inner, colour) = (left + right, left - 4, tone.colour());
        let (title, label, figure) = (Escaped(title), Escaped(label), Escaped(figure));
        let (label_x, figure_x) = (PADDING, left + PADDING);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" viewBox="0 0 {whole} {HEIGHT}" role="img" aria-label="{title}"><title>{title}</title><rect width="{whole}" height="{HEIGHT}" rx="4" fill="{colour}"/><path d="M4 0h{inner}v{HEIGHT}h-{inner}a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="#333843"/><g fill="#fff" font-family="Verdana,Geneva,&quot;DejaVu Sans&quot;,sans-serif" font-size="11"><text x="{label_x}" y="14" textLength="{label_width}">{label}</text><text x="{figure_x}" y="14" textLength="{figure_width}">{figure}</text></g></svg>"##
        )
    }
}

/// About how wide a text is, in pixels. Browsers fit it into just that, whatever font they have.
fn width(text: &str) -> u32 {
    let tenths: u32 = text.chars().map(tenths).sum();
    tenths.div_ceil(10).max(1)
}

/// Of a letter, in Verdana at 11 pixels.
fn tenths(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 32,
        ' ' | '\u{a0}' | '.' | ',' | ':' | ';' | '/' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '!' => 43,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 105,
        'A'..='Z' | '+' | '−' | '=' => 74,
        'a'..='z' | '0'..='9' | '-' | '_' => 66,
        // Scripts whose letters fill a square.
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' => 110,
        '\u{10000}'.. => 120,
        _ => 75,
    }
}

/// A text as it may stand in an element or between quotes. What XML has no place for, and what would turn the direction of all that
/// follows, is left out.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars().filter(|letter| may_stand(*letter)) {
            match letter {
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '&' => out.write_str("&amp;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                letter => out.write_char(letter)?,
            }
        }
        Ok(())
    }
}

fn may_stand(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !letter.is_control() && !turns && !matches!(letter, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn badge(label: &str) -> Badge {
        Badge {
            label: label.into(),
            figure: "5.67 of 7, good".into(),
            tone: Tone::Good,
            title: format!("all of {label}"),
        }
    }

    #[test]
    fn no_text_becomes_markup() {
        for hostile in
            ["</text><script>alert(1)</script>", "\"onload=alert(1) x=\"", "' & <a href=x>", "a\u{0}\u{202e}b"]
        {
            let svg = badge(hostile).to_svg();
            assert_eq!(svg.matches('<').count(), badge("x").to_svg().matches('<').count(), "{svg}");
            assert_eq!(svg.matches('"').count(), badge("x").to_svg().matches('"').count(), "{svg}");
            assert!(!svg.chars().any(|letter| letter == '\0' || letter == '\u{202e}'), "{svg}");
        }
    }

    #[test]
    fn a_picture_has_a_name_and_says_in_words_what_its_colour_says() {
        let svg = badge("CES").to_svg();
        assert!(svg.contains(r#"role="img" aria-label="all of CES"><title>all of CES</title>"#), "{svg}");
        assert!(svg.contains(">5.67 of 7, good</text>"), "{svg}");
    }

    #[test]
    fn a_text_gets_the_room_that_it_takes() {
        assert!(width("CES") < width("/help CES") && width("iii") < width("mmm") && width("help") < width("配送が遅"));
        assert_eq!(width(""), 1);
    }
}

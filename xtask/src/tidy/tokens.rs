//! Rust source as words, signs and strings: no more than what finds texts and macros in it.

use std::iter::Peekable;
use std::str::CharIndices;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Token {
    Word(String),
    Sign(char),
    /// What a string holds, without escapes.
    Text(String),
    /// A character in quotes, or a lifetime.
    Other,
}

impl Token {
    pub fn is_sign(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }

    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }
}

/// Every token with its line, from 1. Comments are none.
pub fn of(source: &str) -> Vec<(usize, Token)> {
    let mut found = Vec::new();
    let mut letters = source.char_indices().peekable();
    let mut line = 1;
    while let Some((place, letter)) = letters.next() {
        let begun = line;
        let token = match letter {
            '\n' => {
                line += 1;
                continue;
            }
            white if white.is_whitespace() => continue,
            '/' if source[place..].starts_with("//") => {
                while letters.next_if(|(_, letter)| *letter != '\n').is_some() {}
                continue;
            }
            'r' if source[place..].starts_with("r\"") || source[place..].starts_with("r#\"") => {
                let hashes = usize::from(source[place + 1..].starts_with('#'));
                let start = place + 2 + hashes;
                let end = if hashes == 0 { "\"" } else { "\"#" };
                let length = source[start..].find(end).unwrap_or(source.len() - start);
                let after = start + length + end.len();
                while letters.next_if(|(place, _)| *place < after).is_some() {}
                Token::Text(source[start..start + length].to_owned())
            }
            '"' => Token::Text(text(&mut letters, &mut line)),
            '\'' => {
                let rest = &source[place + 1..];
                let is_character = rest.starts_with('\\') || rest.chars().nth(1) == Some('\'');
                if is_character {
                    let escaped = letters.next().is_some_and(|(_, letter)| letter == '\\');
                    if escaped {
                        letters.next();
                    }
                    letters.by_ref().find(|(_, letter)| *letter == '\'');
                }
                Token::Other
            }
            letter if letter.is_alphanumeric() || letter == '_' => {
                let mut word = letter.to_string();
                while let Some((_, letter)) = letters.next_if(|(_, next)| next.is_alphanumeric() || *next == '_') {
                    word.push(letter);
                }
                Token::Word(word)
            }
            sign => Token::Sign(sign),
        };
        found.push((begun, token));
    }
    found
}

/// What is in a string, behind its opening quote.
fn text(letters: &mut Peekable<CharIndices>, line: &mut usize) -> String {
    let mut text = String::new();
    while let Some((_, letter)) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next().map(|(_, escaped)| escaped) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('u') => {
                    let code: String =
                        letters.by_ref().map(|(_, digit)| digit).take_while(|digit| *digit != '}').collect();
                    let code = u32::from_str_radix(code.trim_start_matches('{'), 16).ok();
                    text.extend(code.and_then(char::from_u32));
                }
                // The line goes on without what the next one begins with.
                Some('\n') => {
                    *line += 1;
                    while let Some((_, white)) = letters.next_if(|(_, white)| white.is_whitespace()) {
                        *line += usize::from(white == '\n');
                    }
                }
                Some(other) => text.push(other),
                None => {}
            },
            letter => {
                *line += usize::from(letter == '\n');
                text.push(letter);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<Token> {
        of(source).into_iter().map(|(_, token)| token).collect()
    }

    #[test]
    fn strings_are_read_as_rust_reads_them() {
        let text = |text: &str| vec![Token::Text(text.to_owned())];
        assert_eq!(words(r#""a \"b\" \u{202f}%""#), text("a \"b\" \u{202f}%"));
        assert_eq!(words("\"a \\\n    b\""), text("a b"));
        assert_eq!(words(r##"r#"a "b" \n"#"##), text(r#"a "b" \n"#));
    }

    #[test]
    fn quotes_in_comments_and_of_characters_and_lifetimes_begin_no_string() {
        assert_eq!(words("// it\u{27}s \"so\"\nx"), [Token::Word("x".into())]);
        assert_eq!(
            words("'\"' '\\'' &'static"),
            [Token::Other, Token::Other, Token::Sign('&'), Token::Other, Token::Word("static".into())]
        );
    }

    #[test]
    fn every_token_knows_its_line() {
        let lines: Vec<usize> = of("a\n\"b\nc\"\n// d\ne").into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [1, 2, 5]);
    }
}

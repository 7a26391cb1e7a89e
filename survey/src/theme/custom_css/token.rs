//! Tokens: a style sheet as a browser would read it, with escapes undone, comments gone and blocks as trees.

use cssparser::{ParseError, Parser, Token as Read};

/// How deep blocks may stand in each other; what is deeper is passed over.
const MAX_DEPTH: usize = 8;

/// One token, with where it stands.
#[derive(Debug, PartialEq)]
pub struct Token {
    /// From 1.
    pub line: u32,
    /// In bytes.
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

#[derive(Debug, PartialEq)]
pub enum Kind {
    Space,
    Word(String),
    At(String),
    Hash(String),
    Text(String),
    Number(f32),
    /// 50 for `50%`.
    Percent(f32),
    Measure(f32, String),
    Comma,
    Colon,
    Semicolon,
    Sign(char),
    Function(String, Vec<Token>),
    Round(Vec<Token>),
    Square,
    Curly(Vec<Token>),
    /// `<!--` and `-->`, which browsers pass over between rules.
    Legacy,
    /// `url(…)` and what nobody can read.
    Foreign,
}

pub fn read(css: &str) -> Vec<Token> {
    read_block(&mut Parser::new(css), 0)
}

fn read_block(parser: &mut Parser<'_>, depth: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    loop {
        let (start, line) = (parser.position().byte_index(), parser.current_source_location().line + 1);
        let Ok(read) = parser.next_including_whitespace_and_comments().cloned() else { return tokens };
        let kind = match read {
            Read::Comment(_) => continue,
            Read::Function(name) => Kind::Function(folded(&name), inside(parser, depth)),
            Read::ParenthesisBlock => Kind::Round(inside(parser, depth)),
            Read::CurlyBracketBlock => Kind::Curly(inside(parser, depth)),
            plain => plain_kind(&plain),
        };
        tokens.push(Token { line, start, end: parser.position().byte_index(), kind });
    }
}

fn inside(parser: &mut Parser<'_>, depth: usize) -> Vec<Token> {
    let line = parser.current_source_location().line + 1;
    let here = parser.position().byte_index();
    let read = |inner: &mut Parser<'_>| match depth {
        0..MAX_DEPTH => Ok(read_block(inner, depth + 1)),
        _ => Err(ParseError::<()>::unexpected_token()),
    };
    parser
        .parse_nested_block(read)
        .unwrap_or_else(|_| vec![Token { line, start: here, end: here, kind: Kind::Foreign }])
}

fn plain_kind(token: &Read<'_>) -> Kind {
    match token {
        Read::WhiteSpace(_) => Kind::Space,
        Read::Ident(word) => Kind::Word(word.to_string()),
        Read::AtKeyword(name) => Kind::At(folded(name)),
        Read::Hash(digits) | Read::IDHash(digits) => Kind::Hash(folded(digits)),
        Read::QuotedString(text) => Kind::Text(text.to_string()),
        Read::Number { value, .. } => Kind::Number(*value),
        Read::Percentage { unit_value, int_value, .. } => {
            // Division and multiplication leave dust behind the third digit.
            let percent = (unit_value * 100_000.0).round() / 1_000.0;
            Kind::Percent(int_value.map_or(percent, |whole| whole as f32))
        }
        Read::Dimension { value, unit, .. } => Kind::Measure(*value, folded(unit)),
        Read::Comma => Kind::Comma,
        Read::Colon => Kind::Colon,
        Read::Semicolon => Kind::Semicolon,
        Read::Delim(sign) => Kind::Sign(*sign),
        Read::SquareBracketBlock => Kind::Square,
        Read::CDO | Read::CDC => Kind::Legacy,
        _ => Kind::Foreign,
    }
}

fn folded(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// Without blanks at either end.
pub fn trimmed(tokens: &[Token]) -> &[Token] {
    let is_space = |token: &Token| token.kind == Kind::Space;
    let start = tokens.iter().position(|token| !is_space(token)).unwrap_or(tokens.len());
    let end = tokens.iter().rposition(|token| !is_space(token)).map_or(start, |last| last + 1);
    &tokens[start..end]
}

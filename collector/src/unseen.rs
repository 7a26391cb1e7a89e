//! Letters that nobody sees, and that could make one text look like another, or like two.

/// Whether it ends a line, turns the direction of those around it, or takes no room. Joiners are not among these: Persian words and many
/// emoji need them ([`is_joiner`]).
pub fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether it only says how its neighbours are joined.
pub fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

//! Names that a site's team gives to groups of pages and to stages: shown as they are written, and told apart by nothing else.

/// The longest name, in characters.
pub const MAX_NAME: usize = 80;

pub(super) fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=MAX_NAME).contains(&length) && name.trim() == name && !name.chars().any(char::is_control)
}

/// The first name that an earlier one equals: where it stands, and where the earlier one does.
pub(super) fn first_twice(names: &[&str]) -> Option<(usize, usize)> {
    names.iter().enumerate().find_map(|(at, name)| Some((at, names[..at].iter().position(|earlier| earlier == name)?)))
}

//! Any style sheet: what is delivered is its own cleaned form, and holds nothing that reaches out of the widget.

#![no_main]

use libfuzzer_sys::fuzz_target;
use survey::theme::custom_css::clean;

/// What never stands in what is delivered. Names of fonts are letters, digits and a few signs, so nothing here is one.
const NEVER: &[&str] = &[
    "url(",
    "src(",
    "image(",
    "image-set(",
    "cross-fade(",
    "element(",
    "paint(",
    "attr(",
    "env(",
    "expression(",
    "calc(",
    "@import",
    "@font-face",
    "@charset",
    "@namespace",
    "@property",
    "@supports",
    "@layer",
    "@keyframes",
    "position:",
    "behavior:",
    "-moz-binding:",
    "//",
    "/*",
    "<",
    ">>",
    "\\",
    "[",
    "]",
    "!",
    "\0",
    "\n",
];

/// What no selector has. As a value it may stand there: a font may be called `host`.
const NEVER_SELECTED: &[&str] = &[":host", ":has("];

/// Whether it stands in front of a block, and not within a declaration.
fn is_selected(css: &str, never: &str) -> bool {
    let mut found = css.match_indices(never).map(|(at, _)| &css[at..]);
    found.any(|rest| rest.find(['{', ';', '}']).is_some_and(|end| rest[end..].starts_with('{')))
}

fuzz_target!(|css: &str| {
    let cleaned = clean(css);
    let lower = cleaned.css.to_lowercase();
    if let Some(found) = NEVER.iter().find(|never| lower.contains(**never)) {
        panic!("{found:?} is delivered: {}", cleaned.css);
    }
    if let Some(found) = NEVER_SELECTED.iter().find(|never| is_selected(&lower, never)) {
        panic!("{found:?} is selected: {}", cleaned.css);
    }
    let again = clean(&cleaned.css);
    assert_eq!(again.css, cleaned.css, "what is delivered would be cleaned once more");
    assert!(again.dropped.is_empty(), "{:?} of {}", again.dropped, cleaned.css);
    for dropped in &cleaned.dropped {
        assert!(dropped.line > 0 && !dropped.why.is_empty(), "{dropped:?}");
    }
});

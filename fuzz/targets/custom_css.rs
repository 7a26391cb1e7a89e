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
    ":host",
    ":has(",
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

fuzz_target!(|css: &str| {
    let cleaned = clean(css);
    let lower = cleaned.css.to_lowercase();
    if let Some(found) = NEVER.iter().find(|never| lower.contains(**never)) {
        panic!("{found:?} is delivered: {}", cleaned.css);
    }
    let again = clean(&cleaned.css);
    assert_eq!(again.css, cleaned.css, "what is delivered would be cleaned once more");
    assert!(again.dropped.is_empty(), "{:?} of {}", again.dropped, cleaned.css);
    for dropped in &cleaned.dropped {
        assert!(dropped.line > 0 && !dropped.why.is_empty(), "{dropped:?}");
    }
});

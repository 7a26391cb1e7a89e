//! The short names that wasm-opt gives to the module's imports and exports, put into the glue as well.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::dist::split::LINK;

/// What wasm-opt calls the one module that it merges all imported ones into.
const SHORT_MODULE: &str = "a";
/// The glue's variable that holds the module's exports.
const EXPORTS: &str = "wasm.";

/// Old names to new ones.
pub struct Names {
    /// The module that the imports came from: `./widget_bg.js`.
    module: String,
    imports: HashMap<String, String>,
    exports: HashMap<String, String>,
}

impl Names {
    /// Reads what wasm-opt prints. What fetches other modules is part of the glue.
    pub fn parse(printed: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Printed {
            imports: Vec<(String, String, String)>,
            exports: Vec<(String, String)>,
        }
        let printed: Printed = serde_json::from_str(printed).context("wasm-opt printed no map of names")?;
        let mut modules = printed.imports.iter().map(|(from, _, _)| from).filter(|from| !from.ends_with(LINK));
        let module = modules.next().context("the module imports nothing")?.clone();
        ensure!(
            modules.all(|from| *from == module),
            "the module imports from more than {module}: xtask/src/dist/shrink/names.rs knows one module only"
        );
        let imports = printed.imports.into_iter().map(|(_, old, new)| (old, new)).collect();
        Ok(Self { module, imports, exports: printed.exports.into_iter().collect() })
    }

    /// The glue with the new names: the keys of the imports (`OLD: function`), what it uses of the exports (`wasm.OLD`), and
    /// the name of the module.
    ///
    /// # Errors
    /// When an import is not there exactly once, or the glue uses what the module does not export.
    pub fn shorten(&self, glue: &str) -> Result<String> {
        let module = format!("\"{}\":", self.module);
        ensure!(glue.matches(&module).count() == 1, "the imports of {module} are not there exactly once");
        let mut short = String::with_capacity(glue.len());
        let mut imports_found = HashMap::new();
        let mut done = 0;
        for (start, word) in words(glue) {
            let (before, after) = (&glue[..start], &glue[start + word.len()..]);
            let new = if is_export(before) {
                let new = self.exports.get(word);
                Some(new.with_context(|| format!("the module exports no {word}, which the glue uses"))?)
            } else if after.starts_with(':') {
                self.imports.get(word).inspect(|_| *imports_found.entry(word).or_insert(0) += 1)
            } else {
                None
            };
            short.push_str(&glue[done..start]);
            short.push_str(new.map_or(word, String::as_str));
            done = start + word.len();
        }
        short.push_str(&glue[done..]);
        for import in self.imports.keys() {
            match imports_found.get(import.as_str()) {
                Some(1) => {}
                found => bail!("the import {import} is there {} times, not once", found.unwrap_or(&0)),
            }
        }
        Ok(short.replace(&module, &format!("\"{SHORT_MODULE}\":")))
    }
}

/// Whether what comes next is an export: it stands behind `wasm.`, and that is not the end of a longer word.
fn is_export(before: &str) -> bool {
    before
        .strip_suffix(EXPORTS)
        .is_some_and(|rest| !rest.ends_with(|letter: char| letter == '.' || is_of_a_word(letter)))
}

/// Whole identifiers (numbers too, which no name is like), each with where it starts.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(is_of_a_word)?;
        let end = text[start..].find(|letter| !is_of_a_word(letter)).map_or(text.len(), |length| start + length);
        from = end;
        Some((start, &text[start..end]))
    })
}

fn is_of_a_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
        "imports": [["./widget_bg.js", "__wbg_now_1f", "$"], ["./widget_bg.js", "__wbg_now_1f2", "$a"]],
        "exports": [["memory", "b"], ["start", "c"]]
    }"#;

    const GLUE: &str = r#"export function start(start) { wasm.start(start); mywasm.start(); a.wasm.start(); }
const memory = { start: wasm.memory.buffer };
const import0 = {
    __wbg_now_1f: function(now) { return now.__wbg_now_1f; },
    __wbg_now_1f2: function() { return __wbg_now_1f2(wasm.memory); },
};
return { "./widget_bg.js": import0 };
say("./widget_bg.js", "wasm.");
"#;

    const SHORT: &str = r#"export function start(start) { wasm.c(start); mywasm.start(); a.wasm.start(); }
const memory = { start: wasm.b.buffer };
const import0 = {
    $: function(now) { return now.__wbg_now_1f; },
    $a: function() { return __wbg_now_1f2(wasm.b); },
};
return { "a": import0 };
say("./widget_bg.js", "wasm.");
"#;

    fn shorten(glue: &str) -> Result<String> {
        Names::parse(PRINTED).unwrap().shorten(glue)
    }

    #[test]
    fn imports_exports_and_the_module_get_short_names_and_nothing_else_does() {
        assert_eq!(shorten(GLUE).unwrap(), SHORT);
    }

    #[test]
    fn an_import_that_the_glue_lacks_or_has_twice_is_named() {
        let message = shorten(&GLUE.replace("__wbg_now_1f2:", "__wbg_then_2:")).unwrap_err().to_string();
        assert!(message.contains("__wbg_now_1f2 is there 0 times"), "{message}");
        let message = shorten(&GLUE.replace("__wbg_now_1f2:", "__wbg_now_1f:")).unwrap_err().to_string();
        assert!(message.contains("times"), "{message}");
    }

    #[test]
    fn an_export_that_the_module_lacks_is_named() {
        let message = shorten(&GLUE.replace("wasm.memory", "wasm.table")).unwrap_err().to_string();
        assert!(message.contains("exports no table"), "{message}");
    }

    #[test]
    fn imports_from_two_modules_are_refused() {
        assert!(Names::parse(&PRINTED.replacen("./widget_bg.js", "env", 1)).is_err());
    }
}

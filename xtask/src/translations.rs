//! The console's texts in other languages: `console/LANGUAGE.po`, as translators keep them, and what browsers fetch of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use polib::message::MessageView;
use polib::po_file;

use crate::workspace;

const FOLDER: &str = "console";

/// Between the context of a text and the text, as in gettext; see `console/src/translation.rs`.
const CONTEXT_END: char = '\u{4}';

/// All that a file has.
pub struct Catalogue {
    /// From the top folder: `console/ru.po`.
    pub path: String,
    /// `ru`.
    pub tag: String,
    /// How many forms a text has that depends on a number.
    pub plurals: usize,
    /// By [`key`].
    pub texts: BTreeMap<String, Translation>,
}

pub struct Translation {
    /// In English, for many; none where the text depends on no number.
    pub many: Option<String>,
    pub forms: Vec<String>,
}

/// What a text is known by.
pub fn key(context: Option<&str>, text: &str) -> String {
    context.map_or_else(|| text.to_owned(), |context| format!("{context}{CONTEXT_END}{text}"))
}

/// Every catalogue there is, sorted by language.
pub fn all() -> Result<Vec<Catalogue>> {
    let folder = workspace::root().join(FOLDER);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|kind| kind == "po"));
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<Catalogue> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let tag = name.trim_end_matches(".po").to_owned();
    let path = format!("{FOLDER}/{name}");
    let catalogue = po_file::parse(file).map_err(|mistake| anyhow!("{path}: {mistake}"))?;
    let plurals = catalogue.metadata.plural_rules.nplurals;
    let texts = catalogue.messages().map(translation).collect();
    Ok(Catalogue { path, tag, plurals, texts })
}

fn translation(message: &dyn MessageView) -> (String, Translation) {
    // A message is of one kind or of the other, and each has its own forms.
    let (many, forms) = match message.msgid_plural() {
        Ok(many) => (Some(many.to_owned()), message.msgstr_plural().cloned().unwrap_or_default()),
        Err(_) => (None, vec![message.msgstr().unwrap_or_default().to_owned()]),
    };
    (key(message.msgctxt(), message.msgid()), Translation { many, forms })
}

impl Catalogue {
    /// As the console reads it: each text on a line, its forms on the next ones, and an empty line behind them.
    pub fn written(&self) -> Result<String> {
        let mut written = String::new();
        for (key, Translation { forms, .. }) in &self.texts {
            let lines = || std::iter::once(key).chain(forms);
            ensure!(
                lines().all(|line| !line.is_empty() && !line.contains(['\n', '\r'])),
                "{}: {key:?} and its translations must each be one line with something on it",
                self.path
            );
            lines().for_each(|line| written.extend([line, "\n"]));
            written.push('\n');
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_one(key: &str, form: &str) -> Catalogue {
        let text = Translation { many: None, forms: vec![form.to_owned()] };
        Catalogue { path: "x.po".into(), tag: "x".into(), plurals: 3, texts: [(key.to_owned(), text)].into() }
    }

    #[test]
    fn a_text_and_its_forms_stand_each_on_a_line() {
        assert_eq!(with_one("Sign in", "Войти").written().unwrap(), "Sign in\nВойти\n\n");
    }

    #[test]
    fn what_would_break_the_lines_is_refused() {
        assert!(with_one("Sign in", "Вой\nти").written().is_err());
        assert!(with_one("Sign in", "").written().is_err());
    }
}

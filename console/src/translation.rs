//! Texts in the language of whoever reads them. English stands in the source and is the key of its translation, as with gettext.
//!
//! `tr!("Sign in")` is a text, `tr!("Until {day}", day = …)` one with something filled in, `tr!("{n} page" | "{n} pages" % n)` depends on a
//! number, and `tr!("of a survey" => "Open")` tells apart what English does not. [`marked!`] is for tables of texts, which are translated
//! where they are shown. The catalogues are `console/LANGUAGE.po`; `cargo xtask dist` makes of each what [`Catalogue::read`] takes, and
//! browsers fetch one before anything is drawn, but none for English. `cargo xtask tidy` holds source and catalogues together.

use std::cell::Cell;
use std::fmt::{Display, Write};

use crate::{api, browser, text};

/// A text in the reader's language; see the module.
macro_rules! tr {
    (@value $name:ident) => { &$name };
    (@value $name:ident $value:expr) => { &$value };
    ($one:literal | $many:literal % $n:expr $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::translation::counted($one, $many, $n, &[$((stringify!($name), tr!(@value $name $($value)?))),*])
    };
    ($context:literal => $text:literal) => {
        $crate::translation::text(concat!($context, "\u{4}", $text))
    };
    ($text:literal) => {
        $crate::translation::text($text)
    };
    ($text:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::translation::filled($text, &[$((stringify!($name), tr!(@value $name $($value)?))),+])
    };
}

/// A text that is translated later, by [`text`], because constants cannot be.
macro_rules! marked {
    ($text:literal) => {
        $text
    };
}

/// A text that stays in English, because it is not for the reader of the console.
macro_rules! untranslated {
    ($text:literal) => {
        $text
    };
}

/// Between the context of a text and the text, as in gettext.
const CONTEXT_END: char = '\u{4}';

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    English,
    Russian,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Russian => "Русский",
        }
    }

    /// The language of a tag as browsers write it: `ru-RU`.
    fn of_tag(tag: &str) -> Option<Self> {
        let root = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| root.eq_ignore_ascii_case(language.tag()))
    }

    /// Which of its forms a text has for a number, by the rules of Unicode's CLDR for whole numbers.
    fn form(self, n: u64) -> usize {
        match self {
            Self::English => usize::from(n != 1),
            Self::Russian => match (n % 10, n % 100) {
                (_, 11..=14) => 2,
                (1, _) => 0,
                (2..=4, _) => 1,
                _ => 2,
            },
        }
    }
}

/// Where the browser keeps what somebody chose.
const CHOICE: &str = "pagepoll-language";

/// The language that was chosen, or the first of the browser's that there is.
fn wanted(chosen: Option<&str>, of_browser: &[String]) -> Language {
    let chosen = chosen.and_then(Language::of_tag);
    chosen.or_else(|| of_browser.iter().find_map(|tag| Language::of_tag(tag))).unwrap_or(Language::English)
}

/// Keeps the choice, and begins anew in that language.
pub fn choose(language: Language) {
    browser::keep(CHOICE, language.tag());
    browser::reload();
}

/// Goes on once the texts are there: at once in English, and in English, too, where they cannot be fetched.
pub fn begin(go_on: fn()) {
    let language = wanted(browser::kept(CHOICE).as_deref(), &browser::languages());
    if language == Language::English {
        return go_on();
    }
    browser::run(async move {
        let Some(address) = browser::catalogue_address(language.tag()) else { return go_on() };
        match api::catalogue(&address).await {
            Ok(written) => speak(Catalogue::read(language, written)),
            Err(failure) => browser::log_error(&format!("{address}: {failure}")),
        }
        go_on();
    });
}

/// The texts of one language.
struct Catalogue {
    language: Language,
    /// Each with its forms, sorted.
    texts: Vec<(&'static str, Vec<&'static str>)>,
}

thread_local! {
    /// None in English.
    static SPOKEN: Cell<Option<&'static Catalogue>> = const { Cell::new(None) };
}

/// From now on; before anything is drawn, because what is drawn stays as it is.
fn speak(catalogue: Catalogue) {
    browser::set_language(catalogue.language.tag());
    SPOKEN.set(Some(Box::leak(Box::new(catalogue))));
}

pub fn language() -> Language {
    SPOKEN.get().map_or(Language::English, |catalogue| catalogue.language)
}

impl Catalogue {
    /// Each text on a line, with its forms on the next ones and an empty line behind them, sorted by the texts.
    fn read(language: Language, written: String) -> Self {
        // For as long as the page is there, like texts in the source.
        let written: &'static str = written.leak();
        let entry = |entry: &'static str| {
            let mut lines = entry.lines();
            Some((lines.next()?, lines.collect()))
        };
        Self { language, texts: written.split("\n\n").filter_map(entry).collect() }
    }

    fn forms(&self, key: &str) -> Option<&[&'static str]> {
        let place = self.texts.binary_search_by_key(&key, |(text, _)| text).ok()?;
        Some(&self.texts[place].1)
    }

    /// All texts under a context, each with its translation.
    fn of_context(&self, context: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.texts.iter().filter_map(move |(key, forms)| {
            let text = key.strip_prefix(context)?.strip_prefix(CONTEXT_END)?;
            Some((text, *forms.first()?))
        })
    }

    /// The form for a number.
    fn form(&self, key: &str, n: u64) -> Option<&'static str> {
        let forms = self.forms(key)?;
        forms.get(self.language.form(n)).copied()
    }
}

/// What `tr!` makes of a text, for those that come from a table.
pub fn text(key: &'static str) -> &'static str {
    let translated = SPOKEN.get().and_then(|catalogue| catalogue.forms(key)?.first().copied());
    translated.unwrap_or_else(|| key.rsplit(CONTEXT_END).next().unwrap_or(key))
}

/// All texts under a context, each with its translation; none in English.
pub fn of_context(context: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    SPOKEN.get().into_iter().flat_map(move |catalogue| catalogue.of_context(context))
}

/// A text with something in the place of each `{name}`.
pub fn filled(key: &'static str, values: &[(&str, &dyn Display)]) -> String {
    fill(text(key), values)
}

/// A text that depends on a number, which stands in it as `{n}`.
pub fn counted(one: &'static str, many: &'static str, n: u64, values: &[(&str, &dyn Display)]) -> String {
    let translated = SPOKEN.get().and_then(|catalogue| catalogue.form(one, n));
    let form = translated.unwrap_or(if n == 1 { one } else { many });
    let count = text::count(n);
    let mut all = vec![("n", &count as &dyn Display)];
    all.extend_from_slice(values);
    fill(form, &all)
}

/// Puts values into the blanks of a text.
pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(2 * text.len());
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        filled.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            // Writing to a String cannot fail.
            let _ = write!(filled, "{value}");
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Speaks Russian, in this thread alone, by a catalogue as browsers get it.
#[cfg(test)]
pub fn speak_in_test(written: &str) {
    let catalogue = Catalogue::read(Language::Russian, written.to_owned());
    SPOKEN.set(Some(Box::leak(Box::new(catalogue))));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn a_choice_comes_before_the_browsers_languages_and_those_in_their_order() {
        assert_eq!(wanted(None, &tags(&["de-DE", "ru-RU", "en-US"])), Language::Russian);
        assert_eq!(wanted(None, &tags(&["en-GB", "ru"])), Language::English);
        assert_eq!(wanted(Some("en"), &tags(&["ru"])), Language::English);
        assert_eq!(wanted(Some("ru"), &tags(&["en"])), Language::Russian);
        assert_eq!(wanted(Some("klingon"), &tags(&["fr"])), Language::English);
    }

    #[test]
    fn without_a_catalogue_texts_are_as_the_source_has_them() {
        let day = "1 Dec";
        assert_eq!(tr!("Sign in"), "Sign in");
        assert_eq!(tr!("of a survey" => "Open"), "Open");
        assert_eq!(tr!("Until {day}", day), "Until 1 Dec");
        assert_eq!(tr!("{n} page of {all}" | "{n} pages of {all}" % 1, all = 3), "1 page of 3");
        assert_eq!(tr!("{n} page" | "{n} pages" % 2_500), "2,500 pages");
    }

    #[test]
    fn with_one_they_are_as_it_has_them() {
        speak_in_test(
            "Until {day}\nДо {day}\n\nof a survey\u{4}Open\nОткрыть\n\n{n} page\n{n} страница\n{n} страницы\n{n} страниц\n",
        );
        assert_eq!(tr!("Until {day}", day = 5), "До 5");
        assert_eq!(tr!("of a survey" => "Open"), "Открыть");
        let pages = |n| tr!("{n} page" | "{n} pages" % n);
        for (n, said) in
            [(1, "1 страница"), (3, "3 страницы"), (5, "5 страниц"), (11, "11 страниц"), (21, "21 страница")]
        {
            assert_eq!(pages(n), said);
        }
        // What it does not have is better than nothing.
        assert_eq!(tr!("Sign in"), "Sign in");
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let (what, other) = ("{other}", "x");
        assert_eq!(tr!("{what} and {other}", what, other), "{other} and x");
    }
}

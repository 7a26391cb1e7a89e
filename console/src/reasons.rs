//! What the collector says, in the reader's language: reasons, what has changed between versions, and details of the log. They come as English
//! sentences with something filled in; the catalogue has the same sentences with blanks, each under its [`Context`], and `cargo xtask tidy`
//! holds that the collector says them. One that it does not have stays as it is: better than nothing.

use crate::translation;

/// Under which the catalogue has sentences. All begin alike, and are known by that to `xtask/src/tidy/texts.rs`.
pub type Context = &'static str;

const REASON: Context = "of the collector";
pub const LOG: Context = "of the collector in the log";
pub const SURVEYS: Context = "of the collector on surveys";

/// Blanks that hold words of the collector's own, and nothing that somebody typed: they are told in the reader's language in their turn.
const OWN_WORDS: [&str; 5] = ["what", "role", "before", "after", "rule"];

/// What a change may be of whose values are the collector's own words though they stand in quotes, as texts do that somebody typed.
const RULES: [&str; 7] = ["trigger", "targeting", "jump", "field", "scale", "format", "what it asks for"];
/// The blanks for such values, and the one that says what they are of.
const QUOTED: [&str; 2] = ["old", "new"];
const WHAT: &str = "what";

/// Something that the collector says, as readers get it.
pub fn told_in_words(context: Context, said: &str) -> String {
    translated(context, said).unwrap_or_else(|| said.to_owned())
}

/// A reason as readers get it. Begins with the place that it is about if the reason does.
pub fn reason_in_words(reason: &str) -> String {
    let whole = translated(REASON, reason);
    let behind_place = || {
        let (place, rest) = reason.split_once(": ").filter(|(place, _)| !place.contains([' ', '"']))?;
        Some(format!("{place}: {}", translated(REASON, rest)?))
    };
    whole.or_else(behind_place).unwrap_or_else(|| reason.to_owned())
}

/// By the sentence that leaves the least to its blanks, and tears no quotation apart if that can be.
fn translated(context: Context, said: &str) -> Option<String> {
    let fitting = translation::of_context(context)
        .filter_map(|(sentence, translation)| Some((sentence, translation, blanks_of(sentence, said)?)));
    let (_, translation, blanks) = fitting.min_by_key(|(sentence, _, blanks)| {
        let left = blanks.iter().map(|(_, filled)| filled.len()).sum::<usize>();
        (blanks.iter().any(|(name, filled)| tears_quotes(sentence, name, filled)), left)
    })?;
    let is_of_rules = blanks.iter().any(|(name, filled)| *name == WHAT && is_rule(filled));
    let is_own = |name| OWN_WORDS.contains(&name) || is_of_rules && QUOTED.contains(&name);
    let told = blanks.into_iter().map(|(name, filled)| match is_own(name) {
        true if context != REASON => (name, told_in_words(context, filled)),
        _ => (name, filled.to_owned()),
    });
    let told: Vec<(&str, String)> = told.collect();
    let values: Vec<(&str, &dyn std::fmt::Display)> =
        told.iter().map(|(name, told)| (*name, told as &dyn std::fmt::Display)).collect();
    Some(translation::fill(translation, &values))
}

/// Whether a blank begins or ends within a quotation: `a" and "b` in the blank of `question "{id}"`.
fn tears_quotes(sentence: &str, name: &str, filled: &str) -> bool {
    let quotes = filled.matches('"').count();
    if sentence.contains(&format!("\"{{{name}}}\"")) { quotes > 0 } else { !quotes.is_multiple_of(2) }
}

/// `trigger`, or that of some question: `question "ease": jump`.
fn is_rule(what: &str) -> bool {
    what.rsplit(": ").next().is_some_and(|name| RULES.contains(&name))
}

/// What stands in each blank of a sentence, if the text is made from it.
fn blanks_of<'t>(sentence: &'static str, text: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
    let mut pieces = sentence.split('{');
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut blanks = Vec::new();
    for piece in pieces {
        let (name, literal) = piece.split_once('}')?;
        let end = if literal.is_empty() { rest.len() } else { rest.find(literal)? };
        blanks.push((name, &rest[..end]));
        rest = &rest[end + literal.len()..];
    }
    rest.is_empty().then_some(blanks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translation::speak_in_test;

    #[test]
    fn a_reason_is_told_in_the_readers_language_with_what_was_filled_in() {
        speak_in_test(
            "of the collector\u{4}a text has 1 to {max} characters, this one {n}\nдо {max} символов, здесь {n}\n\n\
             of the collector\u{4}two are named {id}; each needs a name\nимя {id} занято\n\n\
             of the collector\u{4}{what} is wrong\nневерно: {what}\n",
        );
        let said = [
            ("a text has 1 to 500 characters, this one 0", "до 500 символов, здесь 0"),
            (
                "questions[1].prompt: a text has 1 to 9 characters, this one 0",
                "questions[1].prompt: до 9 символов, здесь 0",
            ),
            ("two are named a; each needs a name", "имя a занято"),
            ("\"a: b\" is wrong", "неверно: \"a: b\""),
            ("something new: of a newer collector", "something new: of a newer collector"),
        ];
        for (reason, told) in said {
            assert_eq!(reason_in_words(reason), told);
        }
    }

    #[test]
    fn words_within_a_sentence_are_told_too_and_what_somebody_typed_is_not() {
        let entries = [
            ("question \"{id}\": {what}", "вопрос «{id}»: {what}"),
            ("question \"{id}\" was removed", "вопрос «{id}» удалён"),
            ("choice \"{id}\" was removed", "вариант «{id}» удалён"),
            ("prompt", "текст"),
            ("trigger", "повод"),
            ("at once", "сразу"),
            ("none", "нет"),
            ("quota", "квота"),
            ("{what} was {before}, is {after}", "{what}: было {before}, стало {after}"),
            ("{what} was \"{old}\", is \"{new}\"", "{what}: было «{old}», стало «{new}»"),
        ];
        let mut written = entries.map(|(key, text)| format!("{SURVEYS}\u{4}{key}\n{text}"));
        written.sort();
        speak_in_test(&format!("{}\n", written.join("\n\n")));
        let said = [
            ("quota was none, is 100", "квота: было нет, стало 100"),
            ("trigger was \"at once\", is \"on a click on a\"", "повод: было «сразу», стало «on a click on a»"),
            (
                "question \"prompt\": prompt was \"at once\", is \"x, is y\"",
                "вопрос «prompt»: текст: было «at once», стало «x, is y»",
            ),
            ("question \"a\": choice \"b\" was removed", "вопрос «a»: вариант «b» удалён"),
            ("question \"a\" was turned", "question \"a\" was turned"),
        ];
        for (change, told) in said {
            assert_eq!(told_in_words(SURVEYS, change), told);
        }
    }

    #[test]
    fn without_a_catalogue_reasons_stay() {
        assert_eq!(reason_in_words("quota: 0 answers"), "quota: 0 answers");
    }

    #[test]
    fn a_text_is_of_a_sentence_from_its_beginning_to_its_end() {
        assert_eq!(
            blanks_of("{n} given; at most {max}", "12 given; at most 10"),
            Some(vec![("n", "12"), ("max", "10")])
        );
        assert_eq!(blanks_of("{n} given; at most {max} ones", "12 given; at most 10"), None);
        assert_eq!(blanks_of("none given", "none given, really"), None);
    }
}

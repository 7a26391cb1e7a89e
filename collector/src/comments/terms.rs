//! Terms: what a search compares, made of texts in whatever language.
//!
//! A text is split and folded here and not by the databases, so that both find the same and neither depends on a locale: SQLite's own
//! tokenizer takes Arabic and Hindi words apart at their vowel signs and leaves Japanese sentences whole, and PostgreSQL's folds only
//! what the server's locale knows. Folding takes away what people leave out when they type: letter case, accents (`ü` is `u`, `ё` is
//! `е`), Arabic and Hebrew vowel points, wide and narrow forms. Words are runs of letters and digits. Scripts that put no space
//! between words (Chinese, Japanese, Thai …) are cut into overlapping pairs of characters.
//!
//! There is no stemming: a search finds words by their beginnings, which serves languages that put their endings behind.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A longer word is told apart by its beginning.
const LONGEST: usize = 64;

/// What a text can be found by.
pub fn terms_of(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    each_run(text, |run, is_spaced| match is_spaced {
        true => drop(terms.insert(run.iter().take(LONGEST).collect())),
        // With the last character by itself, every character begins some term.
        false => terms.extend((0..run.len()).map(|at| run[at..].iter().take(2).collect::<String>())),
    });
    terms
}

/// What words that somebody looks for begin with.
pub fn beginnings_of(search: &str) -> BTreeSet<String> {
    let mut beginnings = BTreeSet::new();
    each_run(search, |run, is_spaced| match (is_spaced, run) {
        (true, _) | (false, [_]) => drop(beginnings.insert(run.iter().take(LONGEST).collect())),
        (false, _) => beginnings.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
    });
    beginnings
}

/// Hands over each run of characters that belong together, and whether it is a word.
fn each_run(text: &str, mut take: impl FnMut(&[char], bool)) {
    let mut run: Vec<char> = Vec::new();
    let mut was_spaced = true;
    let mut end = |run: &mut Vec<char>, is_spaced| {
        if !run.is_empty() {
            take(run, is_spaced);
            run.clear();
        }
    };
    for character in folded(text).chars() {
        let is_mark = is_combining_mark(character);
        // A mark goes on with whatever it stands on.
        let goes_on = character.is_alphanumeric() || (is_mark && !run.is_empty());
        if !goes_on {
            end(&mut run, was_spaced);
            continue;
        }
        let is_spaced = if is_mark { was_spaced } else { !is_unspaced(character) };
        if is_spaced != was_spaced {
            end(&mut run, was_spaced);
            was_spaced = is_spaced;
        }
        run.push(character);
    }
    end(&mut run, was_spaced);
}

/// A text without what does not matter when it is looked for.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let kept = text.nfkd().filter(|character| !is_left_out(*character));
    let lowered = kept.flat_map(char::to_lowercase).flat_map(|character| match character {
        'ß' => ['s', 's'].into_iter().take(2),
        'ς' => ['σ', 'σ'].into_iter().take(1),
        other => [other, other].into_iter().take(1),
    });
    lowered.nfc().collect()
}

/// Accents of Latin, Greek and Cyrillic; vowel points of Hebrew and Arabic, and the stroke that makes Arabic words longer. Not the
/// marks of Japanese and Indian scripts, which make another sound.
fn is_left_out(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{ad}')
}

/// Whether words are written without spaces between them.
fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        terms_of(text).into_iter().collect()
    }

    /// Whether a search finds a text: each of its words begins one of the text's.
    fn finds(search: &str, text: &str) -> bool {
        let terms = terms_of(text);
        let beginnings = beginnings_of(search);
        !beginnings.is_empty() && beginnings.iter().all(|wanted| terms.iter().any(|term| term.starts_with(wanted)))
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_without_case() {
        assert_eq!(terms("The PRICE: 3.50 €! Don't ask."), ["3", "50", "ask", "don", "price", "t", "the"]);
        assert_eq!(terms("  \0 \u{202e}!?* 👍🏽"), Vec::<String>::new());
    }

    #[test]
    fn what_people_leave_out_when_they_type_does_not_matter() {
        for (search, text) in [
            ("uberprufen", "Bitte überprüfen!"),
            ("STRASSE", "Meine Straße fehlt"),
            ("еще", "Ещё раз"),
            ("достав", "Доставки нет"),
            ("οδοσ", "ΟΔΌΣ"),
            ("مدرسة", "مَدْرَسَةٌ"),
            ("احمد", "أحمد"),
            ("שלום", "שָׁלוֹם"),
            ("istanbul", "İSTANBUL"),
            ("ガ", "ｶﾞｽ"),
        ] {
            assert!(finds(search, text), "{search}: {:?}", terms_of(text));
        }
        assert!(!finds("か", "がくせい"), "another sound");
        assert!(!finds("rice", "Price"), "only beginnings");
    }

    #[test]
    fn what_is_written_without_spaces_is_found_by_its_parts() {
        let text = "配送が遅いです。PayPalで払えない";
        for search in ["配送", "送", "遅いです", "い", "払え", "paypal"] {
            assert!(finds(search, text), "{search}");
        }
        assert!(!finds("配遅", text));
        assert!(finds("ส่งช้า", "การจัดส่งช้ามาก"));
        assert!(finds("हिन्दी", "मुझे हिन्दी चाहिए"), "Hindi keeps its vowel signs");
    }

    #[test]
    fn a_word_without_end_is_told_apart_by_its_beginning() {
        let long = "é".repeat(9_000);
        assert_eq!(terms(&long), ["e".repeat(64)]);
        assert!(finds(&long, &long));
    }
}

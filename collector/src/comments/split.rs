//! The words of a comment as a report tells them: in small letters, with their accents, without those that every text has.
//!
//! Words are divided by the rules of Unicode (UAX #29), and stop words are left out by the list of the comment's language, if there is
//! one. Those rules know no words of Chinese and Japanese, which put no spaces between them: there, runs of ideographs are taken, cut
//! into pairs where they are long, and what is written in hiragana alone, mostly endings, is left out.

use survey::comments::KeptWord;
use unicode_segmentation::UnicodeSegmentation;

/// A longer run of ideographs is more than a word.
const LONGEST_RUN: usize = 4;

/// The words of a text that is in small letters, in their order.
pub fn words<'t>(text: &'t str, language: Option<&str>) -> Vec<KeptWord<'t>> {
    let stop_words = language.and_then(stop_words::lookup).unwrap_or_default();
    let mut words = Vec::new();
    // Whether what comes next stands right behind the last word, and whether a space is between.
    let (mut follows, mut is_spaced) = (false, false);
    for (part, is_ideographs) in parts(text) {
        if part.trim().is_empty() && !part.contains(['\n', '\r']) {
            is_spaced = true;
            continue;
        }
        if !is_ideographs && !is_telling(part, stop_words) {
            (follows, is_spaced) = (false, false);
            continue;
        }
        let pieces = if is_ideographs { pieces_of(part) } else { vec![part] };
        for (at, piece) in pieces.into_iter().enumerate() {
            // Pairs out of one run overlap, and are no phrase.
            words.push(KeptWord { text: piece, follows: follows && at == 0, is_spaced });
        }
        (follows, is_spaced) = (true, false);
    }
    words
}

/// Whether a word says something by itself.
fn is_telling(word: &str, stop_words: &[&str]) -> bool {
    let mut letters = word.chars().filter(|character| character.is_alphabetic());
    let has_two = letters.next().is_some() && letters.next().is_some();
    has_two && !word.chars().all(is_hiragana) && !stop_words.contains(&word)
}

/// A text in parts by Unicode's rules, but that ideographs which stand beside each other stay together.
fn parts(text: &str) -> Vec<(&str, bool)> {
    let mut parts: Vec<(usize, usize, bool)> = Vec::new();
    for (start, part) in text.split_word_bound_indices() {
        let is_ideograph = part.chars().all(is_ideograph);
        match parts.last_mut() {
            Some((_, end, true)) if is_ideograph => *end = start + part.len(),
            _ => parts.push((start, start + part.len(), is_ideograph)),
        }
    }
    parts.into_iter().map(|(start, end, is_ideographs)| (&text[start..end], is_ideographs)).collect()
}

fn pieces_of(run: &str) -> Vec<&str> {
    let starts: Vec<usize> = run.char_indices().map(|(start, _)| start).chain([run.len()]).collect();
    match starts.len() - 1 {
        // One ideograph is a word at times, and more often a part of one.
        0 | 1 => Vec::new(),
        2..=LONGEST_RUN => vec![run],
        _ => starts.windows(3).map(|window| &run[window[0]..window[2]]).collect(),
    }
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3005}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn is_hiragana(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{309f}' | 'ー')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, language: &str) -> Vec<String> {
        words(text, Some(language)).iter().map(|word| word.text.to_owned()).collect()
    }

    fn phrases(text: &str, language: &str) -> Vec<String> {
        let words = words(text, Some(language));
        let pairs = words.windows(2).filter(|pair| pair[1].follows);
        pairs.map(|pair| format!("{} {}", pair[0].text, pair[1].text)).collect()
    }

    #[test]
    fn what_every_text_has_is_left_out() {
        assert_eq!(texts("the delivery was so very slow, 3 days!", "en"), ["delivery", "slow", "days"]);
        assert_eq!(texts("die lieferung für das gerät", "de"), ["lieferung", "gerät"]);
        assert_eq!(texts("доставка была очень долгой", "ru"), ["доставка", "долгой"]);
        assert_eq!(texts("the delivery", "xx"), ["the", "delivery"], "no list, nothing to leave out");
    }

    #[test]
    fn a_phrase_is_of_words_beside_each_other() {
        assert_eq!(phrases("delivery late. customer service", "en"), ["delivery late", "customer service"]);
        assert_eq!(phrases("delivery and service", "en"), Vec::<String>::new());
    }

    #[test]
    fn ideographs_are_taken_as_they_stand_together() {
        assert_eq!(texts("配送が遅いです。カスタマーサービス最悪", "ja"), ["配送", "カスタマーサービス", "最悪"]);
        assert_eq!(texts("物流速度太慢了", "zh"), ["物流", "流速", "速度", "度太", "太慢", "慢了"]);
    }

    #[test]
    fn nothing_in_it_is_nothing() {
        for text in ["", " ", "\0", "👍🏽", "!!!", "1 2 3"] {
            assert!(words(text, Some("en")).is_empty(), "{text:?}");
        }
    }
}

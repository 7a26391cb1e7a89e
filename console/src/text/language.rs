//! The languages of a survey, and what they lack, in words.

use survey::api::LanguageSummary;

use super::listed;

/// How many places are named; who wants all of them asks `pagepoll survey check`.
const MAX_PLACES: usize = 3;

/// "en, ru (without 2 texts: endings[0].title, endings[0].text)".
pub fn languages_in_words(languages: &[LanguageSummary]) -> String {
    languages.iter().map(language).collect::<Vec<_>>().join(", ")
}

fn language(LanguageSummary { tag, missing }: &LanguageSummary) -> String {
    if missing.is_empty() {
        return tag.clone();
    }
    let mut named: Vec<String> = missing.iter().take(MAX_PLACES).cloned().collect();
    if missing.len() > MAX_PLACES {
        named.push(tr!("{n} more" | "{n} more" % (missing.len() - MAX_PLACES) as u64));
    }
    tr!(
        "{tag} (without {n} text: {names})" | "{tag} (without {n} texts: {names})" % missing.len() as u64,
        tag,
        names = listed(&named)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_says_which_texts_it_lacks() {
        let language = |tag: &str, missing: &[&str]| LanguageSummary {
            tag: tag.to_owned(),
            missing: missing.iter().map(|place| (*place).to_owned()).collect(),
        };
        let all = [language("en", &[]), language("ru", &["a"]), language("de", &["a", "b", "c", "d", "e"])];
        assert_eq!(languages_in_words(&all), "en, ru (without 1 text: a), de (without 5 texts: a, b, c and 2 more)");
    }
}

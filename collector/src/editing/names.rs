//! Ids for new surveys, made from what their team calls them.

use survey::definition::SurveyId;
use unicode_normalization::UnicodeNormalization;

/// How many characters of a name make its id.
const LONGEST: usize = 48;

/// Ids that a survey of this name may have, the nicest first.
pub fn ids(name: &str) -> impl Iterator<Item = SurveyId> {
    let stem = stem(name);
    let numbered = (1..=200).map(move |number| if number == 1 { stem.clone() } else { format!("{stem}-{number}") });
    numbered.filter_map(|id| id.parse().ok())
}

fn stem(name: &str) -> String {
    let plain = name.nfkd().filter(char::is_ascii).map(|letter| letter.to_ascii_lowercase()).collect::<String>();
    // A mark that is taken off leaves no gap, and whatever else is no letter does.
    let words = plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let stem = words.collect::<Vec<_>>().join("-");
    let stem = stem.get(..LONGEST.min(stem.len())).unwrap_or_default().trim_end_matches('-');
    if stem.is_empty() { "survey".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_an_id_without_marks_and_gaps() {
        let first = |name: &str| ids(name).next().unwrap().to_string();
        assert_eq!(first("Help: was it easy?"), "help-was-it-easy");
        assert_eq!(first("  Größe & Preis (2027) "), "groe-preis-2027");
        assert_eq!(first("Легко?"), "survey");
        assert_eq!(first(&"long ".repeat(40)), "long-long-long-long-long-long-long-long-long-lon");
    }

    #[test]
    fn where_an_id_is_taken_there_are_others() {
        let three: Vec<String> = ids("Help").take(3).map(String::from).collect();
        assert_eq!(three, ["help", "help-2", "help-3"]);
    }
}

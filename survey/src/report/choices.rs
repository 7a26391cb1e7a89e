//! How often each choice was picked, from the same counts that scores are made from.

use std::collections::{BTreeMap, HashMap};

use super::{ChoiceCount, ChoiceKind, ChoicesReport};
use crate::accept::AcceptedValue;
use crate::definition::{AGREED, OTHER, Question, QuestionId, QuestionKind, Survey, SurveyId};
use crate::score::{LOW_CONFIDENCE_BELOW, Tally, share};

/// How often one bin of one question was counted.
#[derive(Clone, PartialEq, Debug)]
pub struct BinCount {
    pub survey: SurveyId,
    pub version: u32,
    pub question: QuestionId,
    pub bin: u8,
    pub count: u64,
}

/// Each question with choices that was answered. `survey_of` knows every published version. Choices are the same from version to
/// version if they have the same name; they are told with the labels of the newest that was answered.
pub fn choices_report<'s>(
    counts: &[BinCount],
    survey_of: impl Fn(&SurveyId, u32) -> Option<&'s Survey>,
) -> Vec<ChoicesReport> {
    let mut answered: BTreeMap<(&SurveyId, &QuestionId), BTreeMap<u32, Version>> = BTreeMap::new();
    for row in counts.iter().filter(|row| row.count > 0) {
        let Some(version) = Version::of(row, &survey_of) else { continue };
        let versions = answered.entry((&row.survey, &row.question)).or_default();
        versions.entry(row.version).or_insert(version).add(row);
    }
    let reports = answered.into_iter().filter_map(|((survey, question), versions)| {
        // The newest first, so that labels and order are its own.
        let versions: Vec<Version> = versions.into_values().rev().collect();
        report(survey, question, &versions)
    });
    reports.collect()
}

/// What was answered to one version of a question.
struct Version<'s> {
    prompt: &'s str,
    kind: ChoiceKind,
    /// By their names and labels, in their order.
    offered: Vec<(&'s str, &'s str)>,
    picked: HashMap<u8, u64>,
}

impl<'s> Version<'s> {
    /// None of a question that has no choices.
    fn of(row: &BinCount, survey_of: &impl Fn(&SurveyId, u32) -> Option<&'s Survey>) -> Option<Self> {
        let survey = survey_of(&row.survey, row.version)?;
        let question = survey.question(&row.question)?;
        let (kind, offered) = offered(survey, question)?;
        Some(Self { prompt: survey.own(&question.prompt), kind, offered, picked: HashMap::new() })
    }

    fn add(&mut self, row: &BinCount) {
        *self.picked.entry(row.bin).or_default() += row.count;
    }

    fn picked(&self, place: u8) -> u64 {
        self.picked.get(&place).copied().unwrap_or_default()
    }

    /// How often the choice of this name was picked.
    fn picked_by_name(&self, name: &str) -> u64 {
        let place = self.offered.iter().position(|(offered, _)| *offered == name);
        place.and_then(|place| u8::try_from(place).ok()).map_or(0, |place| self.picked(place))
    }
}

fn offered<'s>(survey: &'s Survey, question: &'s Question) -> Option<(ChoiceKind, Vec<(&'s str, &'s str)>)> {
    let (kind, choices) = match &question.kind {
        QuestionKind::SingleChoice(choices) => (ChoiceKind::One, choices),
        QuestionKind::MultipleChoice(choices) => (ChoiceKind::Several, choices),
        QuestionKind::Consent { label } => return Some((ChoiceKind::Consent, vec![(AGREED, survey.own(label))])),
        _ => return None,
    };
    let listed = choices.choices.iter().map(|choice| (choice.id.as_str(), survey.own(&choice.label)));
    let other = choices.other.iter().map(|label| (OTHER, survey.own(label)));
    Some((kind, listed.chain(other).collect()))
}

/// None where nobody's answer is left.
fn report(survey: &SurveyId, question: &QuestionId, versions: &[Version]) -> Option<ChoicesReport> {
    let newest = versions.first()?;
    let n: u64 = versions.iter().map(|version| version.picked(AcceptedValue::ANSWERED)).sum();
    let mut names: Vec<(&str, &str)> = Vec::new();
    for (name, label) in versions.iter().flat_map(|version| &version.offered) {
        if !names.iter().any(|(known, _)| known == name) {
            names.push((name, label));
        }
    }
    // Stays last, also behind what only earlier versions offered.
    names.sort_by_key(|(name, _)| *name == OTHER);
    let counts = names.into_iter().map(|(name, label)| {
        let picked = versions.iter().map(|version| version.picked_by_name(name)).sum();
        let share = share(Tally::new(picked, n)?);
        Some(ChoiceCount { id: name.to_owned(), label: label.to_owned(), picked, share })
    });
    Some(ChoicesReport {
        survey: survey.to_string(),
        question: question.to_string(),
        prompt: newest.prompt.to_owned(),
        kind: newest.kind,
        n,
        low_confidence: n < LOW_CONFIDENCE_BELOW,
        choices: counts.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(choices: &str) -> Survey {
        let json = format!(
            r#"{{"id":"help","name":"A","triggers":["immediately"],"endings":[{{"title":"Thanks"}}],
                "questions":[{{"id":"topic","prompt":{{"en":"What?","ru":"Что?"}},"kind":{{"multiple_choice":{{"choices":[{choices}],"other":"Else"}}}}}}]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn row(version: u32, bin: u8, count: u64) -> BinCount {
        BinCount { survey: "help".parse().unwrap(), version, question: "topic".parse().unwrap(), bin, count }
    }

    const PRICE: &str = r#"{"id":"price","label":"Price"}"#;
    const SIZE: &str = r#"{"id":"size","label":"Size"}"#;

    #[test]
    fn a_choice_is_the_same_in_every_version_wherever_it_stands() {
        let first = survey(&format!("{PRICE},{SIZE}"));
        let second = survey(&format!(r#"{SIZE},{{"id":"look","label":"Look"}}"#));
        let rows = [row(1, 0, 3), row(1, 1, 2), row(1, 255, 4), row(2, 0, 5), row(2, 2, 1), row(2, 255, 6)];
        let published = |_: &SurveyId, version: u32| Some(if version == 1 { &first } else { &second });
        let report = choices_report(&rows, published).remove(0);
        assert_eq!((report.n, report.prompt.as_str()), (10, "What?"));
        let picked: Vec<_> = report.choices.iter().map(|choice| (choice.label.as_str(), choice.picked)).collect();
        assert_eq!(picked, [("Size", 7), ("Look", 0), ("Price", 3), ("Else", 1)]);
        assert_eq!(report.choices[0].share.percent, 70.0);
        assert!(report.choices[0].share.interval.contains(70.0));
    }

    #[test]
    fn what_is_not_published_any_more_does_not_count() {
        let survey = survey(&format!("{PRICE},{SIZE}"));
        let published = |_: &SurveyId, version: u32| (version == 1).then_some(&survey);
        assert!(choices_report(&[row(7, 255, 9)], published).is_empty());
    }
}

//! What a site's surveys ask, looked up by the names that answers are stored under.

use std::collections::{BTreeMap, HashMap};

use survey::definition::{Band, ContactField, QuestionKind, Scale};

use crate::store::{SiteWithSurveys, StoreError};

/// Every question of every version of every survey that can be read here.
pub struct Questions(HashMap<String, HashMap<u32, HashMap<String, Asked>>>);

/// A question, in the words of a table.
#[derive(Default)]
pub struct Asked {
    /// In the survey's own language.
    pub prompt: String,
    /// `1-7`; empty for what is no score.
    pub scale: String,
    points: Option<Scale>,
}

impl Questions {
    pub fn of(stored: &SiteWithSurveys) -> Self {
        let mut surveys: HashMap<String, HashMap<u32, HashMap<String, Asked>>> = HashMap::new();
        for record in &stored.surveys {
            let Ok(survey) = &record.definition else { continue };
            let asked = survey.asked().map(|question| {
                let points = match &question.kind {
                    QuestionKind::Score { scale, .. } => Some(scale.clone()),
                    _ => None,
                };
                let scale = points.as_ref().map(|scale| format!("{}-{}", scale.first(), scale.last()));
                let prompt = survey.own(&question.prompt).to_owned();
                (question.id.to_string(), Asked { prompt, scale: scale.unwrap_or_default(), points })
            });
            surveys.entry(record.id.to_string()).or_default().insert(record.version, asked.collect());
        }
        Self(surveys)
    }

    pub fn question(&self, survey: &str, version: u32, question: &str) -> Option<&Asked> {
        self.0.get(survey)?.get(&version)?.get(question)
    }
}

impl Asked {
    /// How good a point is; empty for what is no score.
    pub fn band(&self, point: Option<u8>) -> &'static str {
        let band = |(scale, point): (&Scale, u8)| Some(scale.band(scale.score(point.into())?));
        match self.points.as_ref().zip(point).and_then(band) {
            Some(Band::Positive) => "positive",
            Some(Band::Neutral) => "neutral",
            Some(Band::Negative) => "negative",
            None => "",
        }
    }
}

/// The choices that were picked, in the order in which they are offered.
pub fn picked(choices: &str) -> Result<Vec<String>, StoreError> {
    let choices: BTreeMap<String, u8> = from_json("choices", choices)?;
    let mut choices: Vec<_> = choices.into_iter().collect();
    choices.sort_by_key(|(_, place)| *place);
    Ok(choices.into_iter().map(|(choice, _)| choice).collect())
}

/// Each field of a contact form, with what was filled in.
pub fn filled_in(contact: &str) -> Result<Vec<(ContactField, String)>, StoreError> {
    from_json("contact", contact)
}

fn from_json<T: serde::de::DeserializeOwned>(column: &str, json: &str) -> Result<T, StoreError> {
    let unreadable =
        |error: serde_json::Error| StoreError::Unreadable { column: column.to_owned(), reason: error.to_string() };
    serde_json::from_str(json).map_err(unreadable)
}

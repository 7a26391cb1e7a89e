//! What a site's surveys ask, looked up by the names that answers are stored under.

use std::collections::{BTreeMap, HashMap};

use survey::definition::{ContactField, QuestionKind, Scale};

use crate::store::{SiteWithSurveys, StoreError};

/// Every question of every version of every survey that can be read here.
#[derive(Default)]
pub struct Questions(HashMap<String, HashMap<u32, HashMap<String, Asked>>>);

/// A question, in the words of a table.
pub struct Asked {
    /// In the survey's own language.
    pub prompt: String,
    /// Of a score: how its scale is written, and the scale.
    scored: Option<(String, Scale)>,
}

impl Questions {
    pub fn of(stored: &SiteWithSurveys) -> Self {
        let mut surveys: HashMap<String, HashMap<u32, HashMap<String, Asked>>> = HashMap::new();
        for record in &stored.surveys {
            let Ok(survey) = &record.definition else { continue };
            let asked = survey.asked().map(|question| {
                let scored = match &question.kind {
                    QuestionKind::Score { scale, .. } => {
                        Some((format!("{}-{}", scale.first(), scale.last()), scale.clone()))
                    }
                    _ => None,
                };
                let prompt = survey.own(&question.prompt).to_owned();
                (question.id.to_string(), Asked { prompt, scored })
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
    /// `1-7`; nothing for what is no score.
    pub fn scale(&self) -> Option<&str> {
        self.scored.as_ref().map(|(written, _)| written.as_str())
    }

    /// How good a point is; nothing for what is no score.
    pub fn band(&self, point: Option<u8>) -> Option<&'static str> {
        let (_, scale) = self.scored.as_ref()?;
        Some(scale.band(scale.score(point?.into())?).as_str())
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
    serde_json::from_str(json).map_err(|error| StoreError::unreadable(column, error))
}

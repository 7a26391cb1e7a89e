//! Comments of made-up visitors, written by hand for each page, in several languages.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Deserialize;
use survey::definition::Band;

#[derive(Clone, Deserialize)]
pub struct Comment {
    pub language: String,
    pub text: String,
}

#[derive(Deserialize)]
struct ByBand {
    positive: Vec<Comment>,
    neutral: Vec<Comment>,
    negative: Vec<Comment>,
}

impl ByBand {
    fn of(&mut self, band: Band) -> &mut Vec<Comment> {
        match band {
            Band::Positive => &mut self.positive,
            Band::Neutral => &mut self.neutral,
            Band::Negative => &mut self.negative,
        }
    }
}

/// Comments to draw from, by survey and path: none comes again before all others of its kind have.
pub struct Comments {
    // Sorted, so that the same seed gives the same answers.
    by_survey: BTreeMap<String, BTreeMap<String, ByBand>>,
}

impl Comments {
    pub fn read(rng: &mut StdRng) -> Result<Self, serde_json::Error> {
        let mut by_survey: BTreeMap<String, BTreeMap<String, ByBand>> =
            serde_json::from_str(include_str!("comments.json"))?;
        for bands in by_survey.values_mut().flat_map(BTreeMap::values_mut) {
            for band in [Band::Positive, Band::Neutral, Band::Negative] {
                bands.of(band).shuffle(rng);
            }
        }
        Ok(Self { by_survey })
    }

    pub fn draw(&mut self, survey: &str, path: &str, band: Band) -> Option<Comment> {
        let comments = self.by_survey.get_mut(survey)?.get_mut(path)?.of(band);
        let drawn = comments.first().cloned()?;
        comments.rotate_left(1);
        Some(drawn)
    }
}

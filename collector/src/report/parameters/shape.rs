//! What heat maps, cross-tables and drivers may be asked for.

use survey::definition::{QuestionId, SurveyId};
use survey::report::HeatMapBy;
use survey::shape::Detail;

use super::*;

const MAX_ROWS: u32 = 200;

report_parameters! {
    /// Of pages, or groups, step by step.
    HeatMapParameters {
        /// What the rows are: `page`, unless said otherwise, or `group`.
        #[serde(default)]
        #[param(inline)]
        by: HeatMapBy,
        /// Whose figures; if none is named, those that most visitors gave.
        #[param(inline)]
        metric: Option<Metric>,
        /// At most so many rows: 1 to 200.
        #[serde(default = "some_rows")]
        limit: u32,
    }
}

report_parameters! {
    /// Of two questions of a survey.
    CrossTableParameters {
        /// The survey.
        #[param(value_type = String)]
        survey: SurveyId,
        /// The question whose answers are the rows. It has scores or choices.
        #[param(value_type = String)]
        rows: QuestionId,
        /// The question whose answers are the columns.
        #[param(value_type = String)]
        columns: QuestionId,
        /// Scores point by point, and not by their band.
        #[serde(default)]
        points: bool,
    }
}

report_parameters! {
    /// Of what goes with low scores.
    DriversParameters {
        /// The survey.
        #[param(value_type = String)]
        survey: SurveyId,
        /// Whose scores; if none is named, those that the survey asks for first.
        #[param(inline)]
        metric: Option<Metric>,
    }
}

impl HeatMapParameters {
    pub fn rows(&self) -> Result<usize, ApiError> {
        match self.limit {
            limit @ 1..=MAX_ROWS => Ok(limit as usize),
            limit => Err(wrong("limit", format!("{limit} is not from 1 to {MAX_ROWS}"))),
        }
    }
}

impl CrossTableParameters {
    pub fn detail(&self) -> Detail {
        if self.points { Detail::Points } else { Detail::Bands }
    }
}

fn some_rows() -> u32 {
    30
}

//! Which survey drivers and cross-tables are of: the one that the address names, or the one with most answers.

use leptos::prelude::*;
use survey::api::{Counted, QuestionSummary, SurveySummary};
use survey::definition::Metric;

use crate::address::change_parameters;
use crate::parts::{Choice, Picker};

/// The surveys that can be asked about, with their names. Not there where there is no choice.
#[component]
pub fn SurveyPicker(
    #[prop(into)] surveys: Signal<Vec<SurveySummary>>,
    #[prop(into)] chosen: Signal<String>,
    /// Parameters of the address that name something of the survey that is being left.
    of_survey: &'static [&'static str],
) -> impl IntoView {
    let change = change_parameters();
    let choose = Callback::new(move |survey: String| {
        let forgotten = of_survey.iter().map(|name| (*name, String::new()));
        change.run(forgotten.chain([("survey", survey)]).collect());
    });
    let choices = Memo::new(move |_| {
        let choice = |survey: &SurveySummary| Choice { value: survey.id.clone(), label: survey.name.clone() };
        surveys.with(|surveys| surveys.iter().map(choice).collect::<Vec<_>>())
    });
    view! {
        <Show when=move || choices.with(|choices| choices.len() > 1)>
            <Picker label=tr!("Survey") choices=choices chosen=chosen on_choose=choose/>
        </Show>
    }
}

/// The survey that is named, or the one with most answers.
pub fn chosen<'s>(surveys: &'s [SurveySummary], named: Option<&str>) -> Option<&'s SurveySummary> {
    let found = named.and_then(|named| surveys.iter().find(|survey| survey.id == named));
    // Of several with as many, the first.
    found.or_else(|| surveys.iter().rev().max_by_key(|survey| survey.answered))
}

/// The metrics that a survey asks for, in order.
pub fn metrics(survey: &SurveySummary) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for question in &survey.questions {
        if let Some(Counted::Scores { metric }) = question.counted
            && !metrics.contains(&metric)
        {
            metrics.push(metric);
        }
    }
    metrics
}

/// The questions that a table can be made of.
pub fn counted(survey: &SurveySummary) -> impl Iterator<Item = &QuestionSummary> {
    survey.questions.iter().filter(|question| question.counted.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::{question, survey};

    #[test]
    fn the_survey_with_most_answers_is_looked_at_unless_another_is_named() {
        let answered = |id: &str, answered| SurveySummary { answered, ..survey(id) };
        let surveys = [answered("few", 3), answered("many", 30), answered("also-many", 30)];
        let id = |named| chosen(&surveys, named).map(|survey| survey.id.as_str());
        assert_eq!(id(None), Some("many"));
        assert_eq!(id(Some("few")), Some("few"));
        assert_eq!(id(Some("gone")), Some("many"));
        assert!(chosen(&[], None).is_none());
    }

    #[test]
    fn metrics_and_countable_questions_are_those_that_a_survey_asks() {
        let scores = |metric| Some(Counted::Scores { metric });
        let questions = vec![
            question("ease", scores(Metric::Ces)),
            question("why", None),
            question("topic", Some(Counted::Choices)),
            question("nps", scores(Metric::Nps)),
            question("ease-again", scores(Metric::Ces)),
        ];
        let survey = SurveySummary { questions, ..survey("help") };
        assert_eq!(metrics(&survey), [Metric::Ces, Metric::Nps]);
        let ids: Vec<&str> = counted(&survey).map(|question| question.id.as_str()).collect();
        assert_eq!(ids, ["ease", "topic", "nps", "ease-again"]);
    }
}

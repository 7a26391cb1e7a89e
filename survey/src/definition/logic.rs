//! Logic: where a conversation goes from each answer, and the proof that it gets somewhere.
//!
//! What can come of a question is a small set: each point or choice, some text, or no answer. So every test becomes a set of
//! [`Outcomes`], and whether each question can be reached and each conversation ends is settled by looking at all of them.

use serde::{Deserialize, Serialize};

use super::name::{ChoiceId, QuestionId};
use super::question::{Question, QuestionKind};
use super::scale::Band;
use crate::script::Outcomes;

/// Where to go from a question.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jump {
    /// Left out, it always applies.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub test: Option<Test>,
    pub go: Target,
}

/// What is asked about an answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// The score is one of these points and those between.
    Score {
        from: u8,
        to: u8,
    },
    /// The score counts as good, bad or neither, by its scale.
    Band(Band),
    /// At least one of these was chosen.
    Chosen(Vec<ChoiceId>),
    Answered,
    /// The question was left out, or never asked.
    Skipped,
}

/// A question by its name, or the end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    Question(QuestionId),
    End,
}

/// How [`Target::End`] is written; no question may be named so.
pub const END: &str = "end";

impl TryFrom<String> for Target {
    type Error = super::NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == END { Ok(Self::End) } else { text.try_into().map(Self::Question) }
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        match target {
            Target::Question(id) => id.into(),
            Target::End => END.to_owned(),
        }
    }
}

/// Why a survey's logic leads nowhere.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum LogicError {
    #[error("there is no question {0}; name one of the survey's, or \"end\"")]
    NoSuchQuestion(QuestionId),
    #[error("question {question} has no choice {choice}")]
    NoSuchChoice { question: QuestionId, choice: ChoiceId },
    #[error("question {question} has no points from {from} to {to}; its scale is {first} to {last}")]
    OffScale { question: QuestionId, from: u8, to: u8, first: u8, last: u8 },
    #[error("question {0} has no score to ask about")]
    NoScore(QuestionId),
    #[error("question {0} has no choices to ask about")]
    NoChoices(QuestionId),
    #[error("it never applies: no answer to {0} is left for it")]
    NeverApplies(QuestionId),
    #[error("question {0} is never reached: every way leads past it")]
    Unreachable(QuestionId),
    #[error("the conversation goes round in circles: {0}; lead one of these on to \"end\" or to a later question")]
    Endless(String),
}

/// A mistake and where it stands, as a path into the survey.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{place}: {error}")]
pub struct Misled {
    pub place: String,
    pub error: LogicError,
}

impl Test {
    /// Which of a question's outcomes it is met by.
    ///
    /// # Errors
    /// Where the question cannot be asked that.
    pub fn outcomes(&self, question: &Question) -> Result<Outcomes, LogicError> {
        let id = || question.id.clone();
        match (self, &question.kind) {
            (Self::Skipped, _) => Ok(Outcomes::SKIPPED),
            (Self::Answered, _) => Ok(possible(question).without(Outcomes::SKIPPED)),
            (Self::Score { from, to }, QuestionKind::Score { scale, .. }) => {
                match (scale.score((*from).into()), scale.score((*to).into())) {
                    (Some(low), Some(high)) if low <= high => Ok((scale.index(low)..=scale.index(high)).collect()),
                    _ => Err(LogicError::OffScale {
                        question: id(),
                        from: *from,
                        to: *to,
                        first: scale.first(),
                        last: scale.last(),
                    }),
                }
            }
            (Self::Band(band), QuestionKind::Score { scale, .. }) => {
                Ok(scale.scores().filter(|score| scale.band(*score) == *band).map(|score| scale.index(score)).collect())
            }
            (Self::Score { .. } | Self::Band(_), _) => Err(LogicError::NoScore(id())),
            (Self::Chosen(wanted), QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices)) => {
                let place = |choice: &ChoiceId| {
                    let missing = || LogicError::NoSuchChoice { question: id(), choice: choice.clone() };
                    choices.place(choice).ok_or_else(missing)
                };
                wanted.iter().map(place).collect()
            }
            (Self::Chosen(_), _) => Err(LogicError::NoChoices(id())),
        }
    }
}

/// All that can come of a question.
fn possible(question: &Question) -> Outcomes {
    let answers: Outcomes = match &question.kind {
        QuestionKind::Score { scale, .. } => (0..scale.values().len()).collect(),
        QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices) => (0..choices.count()).collect(),
        QuestionKind::Statement { .. } => Outcomes::default(),
        _ => std::iter::once(0).collect(),
    };
    if question.is_required() { answers } else { answers.with(Outcomes::SKIPPED) }
}

/// Where each way of answering a question leads: to questions by their place, the end being the number of questions.
pub fn places_after(questions: &[Question], place: usize) -> Result<Vec<(Outcomes, usize)>, Misled> {
    let question = &questions[place];
    let mut left = possible(question);
    let mut ways = Vec::new();
    for (index, jump) in question.next.iter().enumerate() {
        let misled = |error| Misled { place: format!("questions[{place}].next[{index}]"), error };
        let wanted = match &jump.test {
            Some(test) => test.outcomes(question).map_err(misled)?,
            None => Outcomes::ALL,
        };
        let to = match &jump.go {
            Target::End => questions.len(),
            Target::Question(id) => {
                let found = questions.iter().position(|question| question.id == *id);
                found.ok_or_else(|| misled(LogicError::NoSuchQuestion(id.clone())))?
            }
        };
        // Of several choices any one may be picked alone, so what no earlier jump takes is still to come.
        if !left.meets(wanted) {
            return Err(misled(LogicError::NeverApplies(question.id.clone())));
        }
        left = left.without(wanted);
        ways.push((wanted, to));
    }
    if left != Outcomes::default() {
        ways.push((Outcomes::ALL, place + 1));
    }
    Ok(ways)
}

/// Checks that every question can be reached and every conversation ends.
///
/// # Errors
/// Names the question that cannot be reached, or the circle.
pub fn check_ways(questions: &[Question]) -> Result<(), Misled> {
    let ways = (0..questions.len())
        .map(|place| Ok(places_after(questions, place)?.into_iter().map(|(_, to)| to).collect()))
        .collect::<Result<Vec<Vec<usize>>, Misled>>()?;
    let mut walk = Walk { ways: &ways, reached: vec![false; questions.len()], path: Vec::new() };
    if let Some(circle) = walk.circle_from(0) {
        let names: Vec<&str> = circle.iter().map(|place| questions[*place].id.as_str()).collect();
        let error = LogicError::Endless(names.join(" → "));
        return Err(Misled { place: format!("questions[{}].next", circle[circle.len() - 2]), error });
    }
    match walk.reached.iter().position(|reached| !reached) {
        Some(place) => Err(Misled {
            place: format!("questions[{place}]"),
            error: LogicError::Unreachable(questions[place].id.clone()),
        }),
        None => Ok(()),
    }
}

/// A walk through all ways, depth first.
struct Walk<'a> {
    ways: &'a [Vec<usize>],
    reached: Vec<bool>,
    path: Vec<usize>,
}

impl Walk<'_> {
    /// A circle that can be reached from here, as the places along it, the first again at its end.
    fn circle_from(&mut self, place: usize) -> Option<Vec<usize>> {
        if let Some(start) = self.path.iter().position(|earlier| *earlier == place) {
            return Some(self.path[start..].iter().copied().chain([place]).collect());
        }
        // The end, or a place from which every way has been walked.
        if self.reached.get(place).copied().unwrap_or(true) {
            return None;
        }
        self.reached[place] = true;
        self.path.push(place);
        let found = self.ways[place].iter().find_map(|next| self.circle_from(*next));
        self.path.pop();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Scale;

    /// Questions by name, kind and what comes next.
    fn questions(list: &[(&str, &str, &str)]) -> Vec<Question> {
        let nps = serde_json::to_string(&Scale::nps()).unwrap();
        let written = list.iter().map(|(id, kind, next)| {
            let kind = match *kind {
                "nps" => format!(r#"{{"score":{{"scale":{nps},"low":"","high":""}}}}"#),
                "pick" => r#"{"single_choice":{"choices":[{"id":"a","label":"A"},{"id":"b","label":"B"}]}}"#.to_owned(),
                "many" => {
                    r#"{"multiple_choice":{"choices":[{"id":"a","label":"A"},{"id":"b","label":"B"}],"other":"C"}}"#
                        .to_owned()
                }
                text => format!(r#"{{"{text}":{{}}}}"#),
            };
            format!(r#"{{"id":"{id}","prompt":"?","required":true,"kind":{kind},"next":[{next}]}}"#)
        });
        written.map(|json| serde_json::from_str(&json).unwrap()).collect()
    }

    fn told(list: &[(&str, &str, &str)]) -> String {
        check_ways(&questions(list)).unwrap_err().to_string()
    }

    const BAD: &str = r#"{"if":{"band":"negative"},"go":"bad"}"#;
    const GOOD: &str = r#"{"if":{"score":{"from":7,"to":10}},"go":"good"}"#;
    const DONE: &str = r#"{"go":"end"}"#;

    #[test]
    fn branches_by_score_and_choice_lead_to_the_end() {
        let fork = format!("{BAD},{GOOD}");
        let ways = questions(&[("nps", "nps", &fork), ("bad", "comment", DONE), ("good", "comment", "")]);
        assert_eq!(check_ways(&ways), Ok(()));
        let picked = r#"{"if":{"chosen":["a","other"]},"go":"end"}"#;
        assert_eq!(check_ways(&questions(&[("many", "many", picked), ("why", "comment", "")])), Ok(()));
    }

    #[test]
    fn a_question_that_no_way_leads_to_is_refused_by_name() {
        assert_eq!(
            told(&[("nps", "nps", DONE), ("why", "comment", "")]),
            "questions[1]: question why is never reached: every way leads past it"
        );
        // Every score goes somewhere else, so nobody falls through.
        let fork = format!("{BAD},{GOOD}");
        let all =
            [("nps", "nps", fork.as_str()), ("mid", "comment", ""), ("bad", "comment", DONE), ("good", "comment", "")];
        assert!(told(&all).starts_with("questions[1]: question mid is never reached"));
    }

    #[test]
    fn a_circle_is_refused_by_its_names() {
        let back = r#"{"if":{"chosen":["a"]},"go":"nps"}"#;
        assert_eq!(
            told(&[("nps", "nps", ""), ("pick", "pick", back)]),
            "questions[1].next: the conversation goes round in circles: nps → pick → nps; lead one of these on to \"end\" or to a later question"
        );
        assert!(told(&[("nps", "nps", r#"{"go":"nps"}"#)]).contains("nps → nps"));
    }

    #[test]
    fn a_jump_that_can_never_apply_is_refused() {
        let twice = r#"{"if":{"chosen":["a"]},"go":"end"},{"if":{"chosen":["a"]},"go":"why"}"#;
        let told = told(&[("pick", "pick", twice), ("why", "comment", "")]);
        assert_eq!(told, "questions[0].next[1]: it never applies: no answer to pick is left for it");
    }

    #[test]
    fn a_test_that_does_not_fit_its_question_is_refused() {
        let of = |kind, test: &str| {
            let jump = format!(r#"{{"if":{test},"go":"end"}}"#);
            told(&[("q", kind, &jump)])
        };
        assert!(of("nps", r#"{"score":{"from":9,"to":11}}"#).ends_with("its scale is 0 to 10"));
        assert!(of("nps", r#"{"chosen":["a"]}"#).ends_with("question q has no choices to ask about"));
        assert!(of("pick", r#"{"chosen":["c"]}"#).ends_with("question q has no choice c"));
        assert!(of("comment", r#"{"band":"positive"}"#).ends_with("question q has no score to ask about"));
        let lost = r#"{"go":"nowhere"}"#;
        assert!(told(&[("q", "comment", lost)]).contains("there is no question nowhere"));
    }
}

//! What made-up visitors say: they are led through a survey by its own logic, as real ones are.

use rand::RngExt;
use survey::definition::{Band, Choices, ContactField, Question, QuestionKind, Scale, Survey};
use survey::script::{Outcomes, script};
use survey::targeting::Trigger;
use survey::theme::Theme;
use survey::wire::{Answer, AnswerValue, Picked};

use super::answers::Teller;
use super::stories::Story;

/// Who left something to be written back to.
const PEOPLE: [(&str, &str); 5] = [
    ("Mira Holt", "mira@home.example"),
    ("J. Okafor", "okafor@post.example"),
    ("Анна", "anna@pochta.example"),
    ("Lukas Brandt", "l.brandt@post.example"),
    ("Sade", "sade@home.example"),
];

/// How somebody answers.
#[derive(Clone, Copy)]
pub struct Mood {
    pub band: Band,
    /// Given to the first scale; otherwise any of the band.
    pub point: Option<i64>,
    pub says: Says,
}

/// Whether somebody writes at all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Says {
    Something,
    Nothing,
}

/// What was answered.
pub struct Told {
    pub answers: Vec<Answer>,
    /// Of what was written, if anything was.
    pub language: Option<String>,
    /// Whoever writes reads to the end.
    pub is_talkative: bool,
}

impl Teller<'_> {
    /// Answers until the survey is over.
    pub fn converse(&mut self, story: &Story, survey: &Survey, mood: Mood) -> Told {
        let script = script(survey, &[], &Theme::default(), &|_| String::new());
        let mut told = Told { answers: Vec::new(), language: None, is_talkative: false };
        let mut outcomes = vec![Outcomes::SKIPPED; survey.questions().len()];
        let mut place = Some(0);
        while let Some(here) = place {
            outcomes[here] = self.reply(story, survey, &survey.questions()[here], mood, &mut told);
            place = script.after(here, outcomes[here]);
        }
        if let Some(form) = &survey.endings()[script.ending(&outcomes)].form {
            self.reply(story, survey, form, mood, &mut told);
        }
        told
    }

    fn reply(&mut self, story: &Story, survey: &Survey, question: &Question, mood: Mood, told: &mut Told) -> Outcomes {
        let (value, outcome) = match &question.kind {
            QuestionKind::Score { scale, .. } => {
                let point = mood.point.unwrap_or_else(|| self.point(scale, mood.band));
                let place = scale.score(point).map(|score| scale.index(score)).unwrap_or_default();
                (AnswerValue::Score(point), Outcomes::chosen(place))
            }
            QuestionKind::SingleChoice(choices) => {
                let is_first = told.answers.is_empty();
                let place = if is_first { by_band(choices, mood.band) } else { self.any_choice(choices) };
                (picked(choices, &[place]), Outcomes::chosen(place))
            }
            QuestionKind::MultipleChoice(choices) => {
                let mut places = vec![self.any_choice(choices), self.any_choice(choices)];
                places.dedup();
                (picked(choices, &places), places.into_iter().collect())
            }
            QuestionKind::Comment { .. } if mood.says == Says::Something => {
                match self.comment(story, survey, mood.band) {
                    Some((text, language)) => {
                        told.language = Some(language);
                        told.is_talkative = true;
                        (AnswerValue::Text(text), Outcomes::chosen(0))
                    }
                    None => return Outcomes::SKIPPED,
                }
            }
            QuestionKind::Contact { .. } if mood.says == Says::Something && self.chance(0.15) => {
                let (name, email) = PEOPLE[self.rng.random_range(0..PEOPLE.len())];
                let given = vec![(ContactField::Name, name.to_owned()), (ContactField::Email, email.to_owned())];
                told.is_talkative = true;
                (AnswerValue::Contact(given), Outcomes::chosen(0))
            }
            // The demo asks nothing else.
            _ => return Outcomes::SKIPPED,
        };
        told.answers.push(Answer { question: question.id.clone(), value });
        outcome
    }

    fn point(&mut self, scale: &Scale, band: Band) -> i64 {
        let points: Vec<u8> =
            scale.scores().filter(|score| scale.band(*score) == band).map(|score| score.point()).collect();
        // The higher of two draws: the happy are very happy, the unhappy mostly not furious.
        let draw = self.rng.random_range(0..points.len()).max(self.rng.random_range(0..points.len()));
        points[draw].into()
    }

    /// The sooner it stands in the list, the more often.
    fn any_choice(&mut self, choices: &Choices) -> usize {
        let count = choices.count();
        self.rng.random_range(0..count).min(self.rng.random_range(0..count))
    }

    /// Most people say nothing; the unhappy say more, and whoever presses a tab to be heard says most.
    fn comment(&mut self, story: &Story, survey: &Survey, band: Band) -> Option<(String, String)> {
        let talkative = match band {
            _ if survey.triggers().contains(&Trigger::FeedbackTab) => 0.5,
            Band::Negative => 0.17,
            _ => 0.09,
        };
        let comment = if self.chance(talkative) { self.comments.draw(story.survey, story.path, band) } else { None };
        comment.map(|comment| (comment.text, comment.language))
    }
}

fn by_band(choices: &Choices, band: Band) -> usize {
    let last = choices.choices.len() - 1;
    match band {
        Band::Positive => 0,
        Band::Neutral => last / 2,
        Band::Negative => last,
    }
}

/// "Other" comes without words: the list of choices is what the demo shows.
fn picked(choices: &Choices, places: &[usize]) -> AnswerValue {
    let named = places.iter().map(|place| choices.choices.get(*place).map(|choice| choice.id.clone()));
    let other = || survey::definition::OTHER.parse().ok();
    AnswerValue::Choices(Picked { picked: named.filter_map(|choice| choice.or_else(other)).collect(), other: None })
}

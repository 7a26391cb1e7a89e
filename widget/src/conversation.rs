//! A conversation: one visitor answering one survey, one question after the other.
//!
//! Pure. It walks the survey's script, understands what was pressed and typed, and writes the submission that tells the
//! collector where things stand: always all the answers so far, under a revision that only grows, so that any one of them may
//! be lost or overtaken on the way. An answer that was given stays, wherever it led.

use std::rc::Rc;

use survey::definition::{Blank, ContactField, OTHER, Template};
use survey::script::{Asks, Choices, Ending, Field, Outcomes, Point, Script, Step};
use survey::wire::{Answer, AnswerValue, Picked, Presentation, SiteConfig, Submission, clean_text};

/// What the visitor sees.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scene<'a> {
    /// A question, or the form before an ending.
    Asks(&'a Step),
    Ends(&'a Ending),
}

/// What the visitor has pressed, ticked and typed.
#[derive(Default)]
pub struct Given {
    /// Points and choices, by their values.
    pub picked: Vec<String>,
    /// Texts, each with the name of its field.
    pub written: Vec<(String, String)>,
}

/// Where in the script.
#[derive(Clone, Copy)]
enum At {
    Step(usize),
    /// The form of an ending.
    Form(usize),
    Ending(usize),
}

/// An answer as it was understood.
struct Understood {
    value: AnswerValue,
    outcomes: Outcomes,
    /// In the words that the visitor saw.
    words: String,
}

pub struct Conversation {
    config: Rc<SiteConfig>,
    /// The survey, by its place.
    place: usize,
    at: At,
    /// Where it was before, step by step.
    before: Vec<At>,
    rev: u32,
    answers: Vec<Answer>,
    /// What came of each step, and the words for it.
    outcomes: Vec<Outcomes>,
    words: Vec<String>,
    /// Whether the last step was an answer.
    has_just_answered: bool,
    /// The revision that was the first to be complete, once there is one.
    completed: Option<u32>,
    /// What blanks in texts stand for, apart from answers.
    known: Box<dyn Fn(&Blank) -> String>,
}

impl Conversation {
    /// About the survey at this place.
    pub fn new(config: Rc<SiteConfig>, place: usize, known: Box<dyn Fn(&Blank) -> String>) -> Self {
        let steps = config.scripts[place].steps.len();
        Self {
            config,
            place,
            at: At::Step(0),
            before: Vec::new(),
            rev: 0,
            answers: Vec::new(),
            outcomes: vec![Outcomes::SKIPPED; steps],
            words: vec![String::new(); steps],
            has_just_answered: false,
            completed: None,
            known,
        }
    }

    #[cfg(feature = "why")]
    pub fn place(&self) -> usize {
        self.place
    }

    pub fn script(&self) -> &Script {
        &self.config.scripts[self.place]
    }

    pub fn scene(&self) -> Scene<'_> {
        let Script { steps, endings, .. } = self.script();
        match self.at {
            At::Step(place) => Scene::Asks(&steps[place]),
            At::Form(place) => endings[place].form.as_ref().map_or(Scene::Ends(&endings[place]), Scene::Asks),
            At::Ending(place) => Scene::Ends(&endings[place]),
        }
    }

    /// A text with its blanks filled in.
    pub fn fill(&self, text: &Template) -> String {
        text.fill(&|blank| match blank {
            Blank::Answer(step) => self.words.get(usize::from(*step)).cloned().unwrap_or_default(),
            _ => (self.known)(blank),
        })
    }

    /// Takes what was given to the question being asked, and goes on; without an answer, if that was none. Says no where there
    /// must be one.
    pub fn take(&mut self, given: &Given) -> bool {
        let Scene::Asks(step) = self.scene() else { return true };
        match understand(&step.asks, given) {
            None if step.is_required => return false,
            None => self.skip(),
            Some(Understood { value, outcomes, words }) => {
                let answer = Answer { question: step.id.clone(), value };
                self.settle(outcomes, words, Some(answer));
            }
        }
        true
    }

    /// Goes on without an answer.
    pub fn skip(&mut self) {
        self.settle(Outcomes::SKIPPED, String::new(), None);
    }

    /// What came of the question being asked takes the place of what came of it before.
    fn settle(&mut self, outcomes: Outcomes, words: String, answer: Option<Answer>) {
        if let Scene::Asks(Step { id, .. }) = self.scene() {
            let id = id.clone();
            self.answers.retain(|earlier| earlier.question != id);
        }
        if let At::Step(place) = self.at {
            self.outcomes[place] = outcomes;
            self.words[place] = words;
        }
        self.has_just_answered = answer.is_some();
        self.answers.extend(answer);
        self.go_on();
    }

    /// Whether there is a question before this one. An ending is final.
    pub fn can_go_back(&self) -> bool {
        !self.before.is_empty() && matches!(self.scene(), Scene::Asks(_))
    }

    /// Asks the question before once more. Its answer stays until there is another.
    pub fn go_back(&mut self) {
        if let Some(before) = self.before.pop() {
            self.at = before;
            self.rev += 1;
            self.has_just_answered = false;
        }
    }

    fn go_on(&mut self) {
        self.rev += 1;
        self.before.push(self.at);
        self.at = match self.at {
            At::Step(place) => {
                let script = self.script();
                match script.after(place, self.outcomes[place]) {
                    Some(next) => At::Step(next),
                    // An ending without a form shows itself in its place.
                    None => At::Form(script.ending(&self.outcomes)),
                }
            }
            At::Form(place) | At::Ending(place) => At::Ending(place),
        };
        if self.is_complete() {
            self.completed.get_or_insert(self.rev);
        }
    }

    /// Whether there are answers, and no more questions; an ending may still have a form.
    fn is_complete(&self) -> bool {
        !self.answers.is_empty() && !matches!(self.at, At::Step(_))
    }

    /// Whether the last step completed it. That happens once, whatever is taken back or added later.
    pub fn has_just_completed(&self) -> bool {
        self.completed == Some(self.rev)
    }

    /// The answer that the last step was; nothing if it left a question out.
    pub fn just_answered(&self) -> Option<&Answer> {
        self.answers.last().filter(|_| self.has_just_answered)
    }

    /// What the collector is to know now; nothing while there is no answer.
    pub fn submission(&self, presentation: Presentation) -> Option<Submission> {
        (!self.answers.is_empty()).then(|| Submission {
            presentation,
            rev: self.rev,
            answers: self.answers.clone(),
            completed: self.is_complete(),
        })
    }
}

/// The answer in what was given, if it is one.
fn understand(asks: &Asks, given: &Given) -> Option<Understood> {
    match asks {
        Asks::Scale { points, .. } => point(points, given),
        Asks::One(choices) | Asks::Many(choices) => choose(choices, given),
        Asks::Text(field) => text(field, given),
        Asks::Fields(fields) => contact(fields, given),
        Asks::Nothing { .. } => None,
    }
}

fn point(points: &[Point], given: &Given) -> Option<Understood> {
    let pressed: i64 = given.picked.first()?.parse().ok()?;
    let place = points.iter().position(|point| i64::from(point.value) == pressed)?;
    let (value, outcomes) = (AnswerValue::Score(pressed), Outcomes::chosen(place));
    Some(Understood { value, outcomes, words: pressed.to_string() })
}

/// In the order in which they were written, whatever the order in which they were shown.
fn choose(choices: &Choices, given: &Given) -> Option<Understood> {
    let (mut picked, mut outcomes, mut words, mut own) = (Vec::new(), Outcomes::default(), String::new(), None);
    let listed = choices.choices.iter().map(|(name, label)| (name.as_str(), label));
    let all = listed.chain(choices.other.iter().map(|label| (OTHER, label)));
    for (place, (name, label)) in all.enumerate() {
        if !given.picked.iter().any(|picked| picked == name) {
            continue;
        }
        picked.extend(name.parse());
        outcomes = outcomes.with(Outcomes::chosen(place));
        if !words.is_empty() {
            words.push_str(", ");
        }
        own = Some(written(given, name, survey::definition::MAX_LINE)).filter(|text| !text.is_empty());
        words.push_str(own.as_ref().unwrap_or(label));
    }
    let value = AnswerValue::Choices(Picked { picked, other: own });
    (outcomes != Outcomes::default()).then_some(Understood { value, outcomes, words })
}

fn text(field: &Field, given: &Given) -> Option<Understood> {
    let text = written(given, &field.name, field.max_characters.into());
    let value = AnswerValue::Text(text.clone());
    (!text.is_empty()).then(|| Understood { value, outcomes: Outcomes::chosen(0), words: text })
}

fn contact(fields: &[Field], given: &Given) -> Option<Understood> {
    const ALL: [ContactField; 5] =
        [ContactField::Name, ContactField::Email, ContactField::Phone, ContactField::Company, ContactField::Message];
    let (mut filled, mut words) = (Vec::new(), String::new());
    for field in fields {
        let text = written(given, &field.name, field.max_characters.into());
        let known = ALL.into_iter().find(|known| known.as_str() == field.name);
        if let (Some(known), false) = (known, text.is_empty()) {
            if words.is_empty() {
                words.push_str(&text);
            }
            filled.push((known, text));
        }
    }
    let is_given = !filled.is_empty();
    is_given.then_some(Understood { value: AnswerValue::Contact(filled), outcomes: Outcomes::chosen(0), words })
}

/// What stands in the field of this name, cleaned of what the collector would refuse.
fn written(given: &Given, name: &str, max_characters: usize) -> String {
    let found = given.written.iter().find(|(field, _)| field == name);
    found.map(|(_, text)| clean_text(text, max_characters)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use survey::definition::{StorageMode, Survey};
    use survey::script::script;
    use survey::targeting::Condition;
    use survey::theme::Theme;
    use survey::wire::Visit;

    use super::*;

    fn about(questions: Value, endings: Value) -> Conversation {
        let survey = json!({ "id": "help", "name": "n", "triggers": ["immediately"], "questions": questions, "endings": endings });
        let survey: Survey = serde_json::from_value(survey).unwrap();
        let config = SiteConfig {
            site: "shop".parse().unwrap(),
            origins: Vec::new(),
            keep_query: Vec::new(),
            told: Condition::default(),
            storage: StorageMode::Local,
            quiet_days: 0,
            surveys: vec![survey.candidate().clone()],
            scripts: vec![script(&survey, &[], &Theme::default(), &|_| String::new())],
            not_understood: Vec::new(),
        };
        let known = |blank: &Blank| match blank {
            Blank::Trait(name) if name == "name" => "Ann".to_owned(),
            Blank::PageTitle => "<b>Help</b>".to_owned(),
            _ => String::new(),
        };
        Conversation::new(Rc::new(config), 0, Box::new(known))
    }

    #[test]
    fn going_back_asks_again_and_the_new_answer_replaces_the_old() {
        let score = |id: &str| json!({ "id": id, "prompt": "?", "kind": { "score": { "scale": "ces7", "low": "a", "high": "b" } } });
        let mut conversation = about(json!([score("ease"), score("speed"), score("looks")]), thanks());
        let press = |value: &str| Given { picked: vec![value.to_owned()], ..Given::default() };
        assert!(!conversation.can_go_back());
        conversation.take(&press("2"));
        conversation.take(&press("3"));
        conversation.go_back();
        conversation.go_back();
        assert!(!conversation.can_go_back());
        conversation.take(&press("6"));
        let given = |conversation: &Conversation| -> Vec<(String, AnswerValue)> {
            conversation.answers.iter().map(|answer| (answer.question.to_string(), answer.value.clone())).collect()
        };
        assert_eq!(
            given(&conversation),
            [("speed".into(), AnswerValue::Score(3)), ("ease".into(), AnswerValue::Score(6))]
        );
        assert_eq!(conversation.rev, 5);
        conversation.skip();
        assert_eq!(given(&conversation), [("ease".into(), AnswerValue::Score(6))]);
        conversation.take(&press("1"));
        assert!(matches!(conversation.scene(), Scene::Ends(_)) && !conversation.can_go_back());
    }

    fn thanks() -> Value {
        json!([{ "title": "Thanks", "text": "" }])
    }

    fn ease() -> Value {
        json!({ "id": "ease", "prompt": "Easy?", "kind": { "score": { "scale": "ces7", "low": "No", "high": "Yes" } } })
    }

    fn comment() -> Value {
        json!({ "id": "why", "prompt": "Why?", "kind": { "comment": {} } })
    }

    fn topics(kind: &str, required: bool) -> Value {
        let choices = json!([{ "id": "price", "label": "Price" }, { "id": "size", "label": "Size" }]);
        json!({ "id": "topic", "prompt": "On what?", "required": required, "kind": { kind: { "choices": choices, "other": "Else" } } })
    }

    fn picked(values: &[&str]) -> Given {
        Given { picked: values.iter().map(|value| (*value).to_owned()).collect(), written: Vec::new() }
    }

    fn written(fields: &[(&str, &str)]) -> Given {
        let written = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Given { picked: Vec::new(), written }
    }

    fn told(conversation: &Conversation) -> Option<(u32, usize, bool)> {
        let presentation = Presentation {
            response_id: uuid::Uuid::nil(),
            survey: "help".parse().unwrap(),
            version: 1,
            at: 0,
            page: "a.b/help".into(),
            visit: Visit::default(),
        };
        let submission = conversation.submission(presentation)?;
        Some((submission.rev, submission.answers.len(), submission.completed))
    }

    fn asks(conversation: &Conversation) -> Option<&str> {
        match conversation.scene() {
            Scene::Asks(step) => Some(step.id.as_str()),
            Scene::Ends(_) => None,
        }
    }

    fn last_value(conversation: &Conversation) -> Value {
        serde_json::to_value(&conversation.just_answered().unwrap().value).unwrap()
    }

    #[test]
    fn it_is_completed_once_also_where_an_ending_asks_for_more() {
        let email = json!({ "id": "who", "prompt": "Write?", "kind": { "contact": { "fields": ["email"] } } });
        let mut conversation = about(json!([ease(), comment()]), json!([{ "form": email, "title": "Thanks" }]));
        let mut completed = Vec::new();
        for given in [picked(&["6"]), written(&[("", "Clear.")])] {
            conversation.take(&given);
            completed.push(conversation.has_just_completed());
        }
        conversation.go_back();
        completed.push(conversation.has_just_completed());
        for given in [written(&[("", "Clear!")]), written(&[("email", "a@b.example")])] {
            conversation.take(&given);
            completed.push(conversation.has_just_completed());
        }
        assert_eq!(completed, [false, true, false, false, false]);
        assert_eq!(told(&conversation), Some((5, 3, true)));
    }

    #[test]
    fn nothing_is_sent_before_the_first_answer() {
        assert_eq!(told(&about(json!([ease()]), thanks())), None);
    }

    #[test]
    fn every_answer_sends_all_answers_under_a_higher_revision() {
        let mut conversation = about(json!([ease(), comment()]), thanks());
        assert!(conversation.take(&picked(&["6"])));
        assert_eq!(told(&conversation), Some((1, 1, false)));
        assert!(conversation.take(&written(&[("", "Clear.")])));
        assert_eq!(told(&conversation), Some((2, 2, true)));
        assert_eq!(asks(&conversation), None);
    }

    #[test]
    fn leaving_a_comment_out_or_blank_completes_without_an_answer() {
        for leave in [Conversation::skip, |conversation: &mut Conversation| {
            conversation.take(&written(&[("", " \n ")]));
        }] {
            let mut conversation = about(json!([ease(), comment()]), thanks());
            conversation.take(&picked(&["2"]));
            assert!(conversation.just_answered().is_some());
            leave(&mut conversation);
            assert!(conversation.just_answered().is_none());
            assert_eq!(told(&conversation), Some((2, 1, true)));
        }
    }

    #[test]
    fn a_comment_is_cleaned_of_what_the_collector_would_refuse() {
        let mut conversation = about(json!([comment()]), thanks());
        let long = "x".repeat(survey::definition::MAX_COMMENT);
        conversation.take(&written(&[("", &format!(" a\0b\r\n{long} "))]));
        let value = last_value(&conversation);
        let text = value["text"].as_str().unwrap();
        assert!(text.starts_with("ab\nxx"));
        assert_eq!(text.chars().count(), survey::definition::MAX_COMMENT);
    }

    #[test]
    fn what_must_be_answered_cannot_be_left_out() {
        let mut conversation = about(json!([topics("multiple_choice", true)]), thanks());
        assert!(!conversation.take(&Given::default()));
        assert_eq!((asks(&conversation), told(&conversation)), (Some("topic"), None));
        assert!(conversation.take(&picked(&["size"])));
        assert_eq!(asks(&conversation), None);
    }

    #[test]
    fn a_point_that_is_not_on_the_scale_is_no_answer() {
        for pressed in ["8", "0", "", "x", "300"] {
            assert!(!about(json!([ease()]), thanks()).take(&picked(&[pressed])), "{pressed}");
        }
    }

    #[test]
    fn choices_are_told_in_the_order_in_which_they_were_written() {
        let mut conversation = about(json!([topics("multiple_choice", false)]), thanks());
        let mut given = picked(&["other", "size", "nonsense"]);
        given.written = vec![("other".into(), " Colour ".into())];
        conversation.take(&given);
        assert_eq!(last_value(&conversation), json!({ "choices": { "picked": ["size", "other"], "other": "Colour" } }));
    }

    #[test]
    fn words_of_ones_own_count_only_where_they_were_chosen() {
        let mut conversation = about(json!([topics("single_choice", false)]), thanks());
        let mut given = picked(&["price"]);
        given.written = vec![("other".into(), "Colour".into())];
        conversation.take(&given);
        assert_eq!(last_value(&conversation), json!({ "choices": { "picked": ["price"] } }));
    }

    #[test]
    fn contact_details_are_those_that_were_filled_in() {
        let who = json!({ "id": "who", "prompt": "Who?", "kind": { "contact": { "fields": ["name", "email"] } } });
        let mut conversation = about(json!([who]), thanks());
        conversation.take(&written(&[("name", " "), ("email", "a@b.example"), ("phone", "1")]));
        assert_eq!(last_value(&conversation), json!({ "contact": [["email", "a@b.example"]] }));
    }

    #[test]
    fn an_answer_leads_to_where_it_is_said_to_and_stays_where_it_was_given() {
        let mut first = ease();
        first["next"] = json!([{ "if": { "band": "positive" }, "go": "topic" }]);
        let questions = json!([first, comment(), topics("single_choice", false)]);
        let mut pleased = about(questions.clone(), thanks());
        pleased.take(&picked(&["7"]));
        assert_eq!(asks(&pleased), Some("topic"));
        pleased.skip();
        assert_eq!(told(&pleased), Some((2, 1, true)));
        let mut displeased = about(questions, thanks());
        displeased.take(&picked(&["1"]));
        assert_eq!(asks(&displeased), Some("why"));
    }

    #[test]
    fn the_form_before_an_ending_is_asked_when_all_is_complete() {
        let who = json!({ "id": "who", "prompt": "Who?", "kind": { "contact": { "fields": ["email"] } } });
        let sorry =
            json!({ "when": { "question": "ease", "is": { "band": "negative" } }, "form": who, "title": "Sorry" });
        let mut conversation = about(json!([ease()]), json!([sorry, { "title": "Thanks" }]));
        conversation.take(&picked(&["1"]));
        assert_eq!((asks(&conversation), told(&conversation)), (Some("who"), Some((1, 1, true))));
        conversation.take(&written(&[("email", "a@b.example")]));
        assert_eq!((asks(&conversation), told(&conversation)), (None, Some((2, 2, true))));
        let Scene::Ends(ending) = conversation.scene() else { panic!("no ending") };
        assert_eq!(conversation.fill(&ending.title), "Sorry");
    }

    #[test]
    fn texts_are_filled_in_with_what_the_visitor_saw() {
        let title = "{{trait.name|You}}, {{trait.plan|someone}}: {{answer.ease}}, {{answer.topic}}, {{answer.why|nothing}} on {{page.title}}";
        let questions = json!([ease(), topics("multiple_choice", false), comment()]);
        let mut conversation = about(questions, json!([{ "title": title }]));
        conversation.take(&picked(&["6"]));
        let mut given = picked(&["price", "other"]);
        given.written = vec![("other".into(), "Colour".into())];
        conversation.take(&given);
        conversation.skip();
        let Scene::Ends(ending) = conversation.scene() else { panic!("no ending") };
        assert_eq!(conversation.fill(&ending.title), "Ann, someone: 6, Price, Colour, nothing on <b>Help</b>");
    }

    proptest! {
        #[test]
        fn whatever_is_given_the_conversation_ends_and_no_question_is_answered_twice(
            given in prop::collection::vec((prop::collection::vec("[0-9]|price|size|other|agreed", 0..3), ".{0,5}"), 12),
        ) {
            let mut first = ease();
            first["next"] = json!([{ "if": { "score": { "from": 3, "to": 5 } }, "go": "topic" }, { "if": { "band": "positive" }, "go": "end" }]);
            let who = json!({ "id": "who", "prompt": "Who?", "kind": { "contact": { "fields": ["name", "email"] } } });
            let endings = json!([{ "when": { "question": "ease", "is": { "band": "negative" } }, "form": who, "title": "Sorry" }, { "title": "Thanks" }]);
            let mut conversation = about(json!([first, comment(), topics("single_choice", false)]), endings);
            let mut rev = 0;
            for (picked, text) in given {
                let written = ["", "other", "name", "email"].map(|name| (name.to_owned(), text.clone()));
                if !conversation.take(&Given { picked, written: written.into() }) {
                    conversation.skip();
                }
                if let Some((now, _, completed)) = told(&conversation) {
                    prop_assert!(now > rev || asks(&conversation).is_none());
                    prop_assert!(completed || asks(&conversation).is_some());
                    rev = now;
                }
            }
            prop_assert_eq!(asks(&conversation), None);
            let mut names: Vec<_> = conversation.answers.iter().map(|answer| answer.question.as_str()).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            prop_assert_eq!(names.len(), count);
        }
    }
}

//! Surveys in words: each question with the answer it takes and where that leads, how a survey ends, in which languages, and where it
//! stands on the page. For those who publish surveys, and never for visitors.

use crate::api::{Counted, EndingSummary, LanguageSummary, QuestionSummary};
use crate::definition::{
    Band, Choices, Corner, Direction, Edge, Ending, EndingRule, Format, Jump, Metric, Question, QuestionKind, Scale,
    Side, Survey, Target, Test,
};
use crate::script::languages_of;

/// What is asked, in order.
pub fn questions(survey: &Survey) -> Vec<QuestionSummary> {
    survey.questions().iter().map(|question| summary(survey, question)).collect()
}

fn summary(survey: &Survey, question: &Question) -> QuestionSummary {
    QuestionSummary {
        id: question.id.to_string(),
        prompt: survey.own(&question.prompt).to_owned(),
        asks: kind_in_words(survey, &question.kind),
        counted: counted(&question.kind),
        required: question.is_required(),
        leads: question.next.iter().map(|jump| jump_in_words(survey, question, jump)).collect(),
    }
}

fn counted(kind: &QuestionKind) -> Option<Counted> {
    match kind {
        QuestionKind::Score { scale, .. } => Some(Counted::Scores { metric: scale.metric() }),
        QuestionKind::SingleChoice(_) | QuestionKind::MultipleChoice(_) | QuestionKind::Consent { .. } => {
            Some(Counted::Choices)
        }
        _ => None,
    }
}

/// How it ends, in the order in which endings are looked at.
pub fn endings(survey: &Survey) -> Vec<EndingSummary> {
    let is_only_one = survey.endings().len() == 1;
    survey.endings().iter().map(|ending| ending_summary(survey, ending, is_only_one)).collect()
}

fn ending_summary(survey: &Survey, ending: &Ending, is_only_one: bool) -> EndingSummary {
    let for_whom = match &ending.when {
        Some(rule) => rule_in_words(survey, rule),
        None if is_only_one => "for everybody".to_owned(),
        None => "for everybody else".to_owned(),
    };
    let form = ending
        .form
        .as_ref()
        .map(|form| format!("asks first: “{}” ({})", survey.own(&form.prompt), kind_in_words(survey, &form.kind)));
    let link = ending.link.as_ref().map(|link| format!("links “{}” to {}", survey.own(&link.label), link.url.as_str()));
    let redirect = ending.redirect.as_ref().map(|redirect| {
        format!("sends the visitor on to {} after {} s", redirect.url.as_str(), redirect.after_seconds)
    });
    EndingSummary {
        for_whom,
        title: survey.own(&ending.title).to_owned(),
        leads: form.into_iter().chain(link).chain(redirect).collect(),
    }
}

/// For whom an ending is.
pub fn rule_in_words(survey: &Survey, rule: &EndingRule) -> String {
    match survey.question(&rule.question) {
        Some(question) => {
            format!("if at {}, {}", quoted(survey, question), test_in_words(survey, question, &rule.is))
        }
        None => "for nobody".to_owned(),
    }
}

/// The survey's own first.
pub fn languages(survey: &Survey) -> Vec<LanguageSummary> {
    let languages = languages_of(survey).into_iter();
    languages.map(|tag| LanguageSummary { missing: survey.untranslated(&tag), tag: tag.to_string() }).collect()
}

pub fn format(format: &Format) -> String {
    match format {
        Format::Corner(Corner::TopLeft) => "a card in the top left corner",
        Format::Corner(Corner::TopRight) => "a card in the top right corner",
        Format::Corner(Corner::BottomLeft) => "a card in the bottom left corner",
        Format::Corner(Corner::BottomRight) => "a card in the bottom right corner",
        Format::Modal => "over the page, which waits",
        Format::Bar(Edge::Top) => "a bar along the top",
        Format::Bar(Edge::Bottom) => "a bar along the bottom",
        Format::Side(Side::Left) => "a card at the left side",
        Format::Side(Side::Right) => "a card at the right side",
        Format::Inline(selector) => return format!("within the page, in {selector}"),
    }
    .to_owned()
}

/// What kind of answer it takes.
pub fn kind_in_words(survey: &Survey, kind: &QuestionKind) -> String {
    match kind {
        QuestionKind::Score { scale, low, high, .. } => {
            format!("{}: {} … {}", scale_in_words(scale), survey.own(low), survey.own(high))
        }
        QuestionKind::SingleChoice(choices) => format!("one of: {}", labels(survey, choices)),
        QuestionKind::MultipleChoice(choices) => format!("any of: {}", labels(survey, choices)),
        QuestionKind::ShortText { .. } => "a line of text".to_owned(),
        QuestionKind::Comment { .. } => "a comment".to_owned(),
        QuestionKind::Email { .. } => "an e-mail address".to_owned(),
        QuestionKind::Contact { fields } => {
            format!("contact details: {}", fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", "))
        }
        QuestionKind::Consent { label } => format!("a box to tick: {}", survey.own(label)),
        QuestionKind::Statement { link: None } => "nothing, it is only read".to_owned(),
        QuestionKind::Statement { link: Some(link) } => {
            format!("nothing; links “{}” to {}", survey.own(&link.label), link.url.as_str())
        }
    }
}

/// What it measures, and its ends.
pub fn scale_in_words(scale: &Scale) -> String {
    let metric = match (scale.metric(), scale.direction()) {
        (Metric::Ces, Direction::HigherIsBetter) => "ease (CES), ",
        (Metric::Csat, Direction::HigherIsBetter) => "satisfaction (CSAT), ",
        (Metric::Nps, Direction::HigherIsBetter) => "recommendation (NPS), ",
        (Metric::Ces, Direction::LowerIsBetter) => "ease (CES, low is good), ",
        (Metric::Csat, Direction::LowerIsBetter) => "satisfaction (CSAT, low is good), ",
        (Metric::Nps, Direction::LowerIsBetter) => "recommendation (NPS, low is good), ",
    };
    format!("{metric}{} to {}", scale.first(), scale.last())
}

fn labels(survey: &Survey, choices: &Choices) -> String {
    let listed = choices.choices.iter().map(|choice| &choice.label).chain(&choices.other);
    listed.map(|label| survey.own(label)).collect::<Vec<_>>().join(", ")
}

/// Where a question leads from some answers.
pub fn jump_in_words(survey: &Survey, question: &Question, jump: &Jump) -> String {
    let to = match &jump.go {
        Target::Question(id) => {
            format!("on to {}", survey.question(id).map_or_else(|| id.to_string(), |to| quoted(survey, to)))
        }
        Target::End => "to the end".to_owned(),
    };
    match &jump.test {
        Some(test) => format!("if {}, {to}", test_in_words(survey, question, test)),
        None if question.next.len() == 1 => to,
        None => format!("otherwise {to}"),
    }
}

/// A question as visitors know it, as far as that helps to tell it from others.
fn quoted(survey: &Survey, question: &Question) -> String {
    const LENGTH: usize = 60;
    let prompt = survey.own(&question.prompt);
    match prompt.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("“{}…”", prompt[..end].trim_end()),
        None => format!("“{prompt}”"),
    }
}

fn test_in_words(survey: &Survey, question: &Question, test: &Test) -> String {
    match test {
        Test::Score { from, to } if from == to => format!("the score is {from}"),
        Test::Score { from, to } => format!("the score is {from} to {to}"),
        Test::Band(Band::Positive) => "the score is good".to_owned(),
        Test::Band(Band::Neutral) => "the score is neither good nor bad".to_owned(),
        Test::Band(Band::Negative) => "the score is bad".to_owned(),
        Test::Chosen(wanted) => {
            let labels: Vec<_> =
                wanted.iter().map(|id| format!("“{}”", label_of(survey, question, id.as_str()))).collect();
            format!("{} is chosen", labels.join(" or "))
        }
        Test::Answered => "it is answered".to_owned(),
        Test::Skipped => "it is left out".to_owned(),
    }
}

/// The label of a question's choice, in the survey's own language; its name, if the question has no such choice.
pub fn label_of<'s>(survey: &'s Survey, question: &'s Question, choice: &'s str) -> &'s str {
    match &question.kind {
        QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices) => {
            let listed = choices.choices.iter().find(|listed| listed.id.as_str() == choice);
            let label = listed.map(|listed| &listed.label).or(choices.other.as_ref());
            label.map_or(choice, |label| survey.own(label))
        }
        QuestionKind::Consent { label } => survey.own(label),
        _ => choice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey() -> Survey {
        let json = r#"{
            "id": "a", "name": "A", "triggers": ["immediately"], "format": {"bar": "top"},
            "questions": [
                {"id": "ease", "prompt": {"en": "Easy?", "ru": "Легко?"},
                 "kind": {"score": {"scale": "ces7", "low": "hard", "high": "easy"}},
                 "next": [{"if": {"band": "positive"}, "go": "end"}, {"if": {"score": {"from": 4, "to": 4}}, "go": "topic"}]},
                {"id": "why", "prompt": "Why?", "kind": {"comment": {}}},
                {"id": "topic", "prompt": "What?", "next": [{"if": {"chosen": ["price"]}, "go": "who"}, {"go": "end"}],
                 "kind": {"single_choice": {"choices": [{"id": "price", "label": "Price"}, {"id": "size", "label": "Size"}],
                                            "other": "Else"}}},
                {"id": "who", "prompt": "Who?", "kind": {"contact": {"fields": ["name", "email"]}}}],
            "endings": [
                {"when": {"question": "ease", "is": {"band": "negative"}}, "title": "Sorry",
                 "form": {"id": "mail", "prompt": "May we write?", "kind": {"email": {}}},
                 "redirect": {"url": "/contact"}},
                {"title": "Thanks", "link": {"label": "Review us", "url": "https://reviews.example"}}]}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn each_question_says_what_it_takes_and_where_the_answer_leads() {
        let asked = questions(&survey());
        assert_eq!(asked[0].asks, "ease (CES), 1 to 7: hard … easy");
        assert_eq!(asked[0].counted, Some(Counted::Scores { metric: Metric::Ces }));
        assert_eq!(asked[0].leads, ["if the score is good, to the end", "if the score is 4, on to “What?”"]);
        assert_eq!((asked[0].required, asked[1].required), (true, false));
        assert_eq!(asked[2].asks, "one of: Price, Size, Else");
        assert_eq!((asked[1].counted, asked[2].counted), (None, Some(Counted::Choices)));
        assert_eq!(asked[2].leads, ["if “Price” is chosen, on to “Who?”", "otherwise to the end"]);
        assert_eq!(asked[3].asks, "contact details: name, email");
    }

    #[test]
    fn each_ending_says_for_whom_it_is_and_where_it_leads() {
        let told = endings(&survey());
        assert_eq!(told[0].for_whom, "if at “Easy?”, the score is bad");
        let leads = ["asks first: “May we write?” (an e-mail address)", "sends the visitor on to /contact after 3 s"];
        assert_eq!(told[0].leads, leads);
        assert_eq!(told[1].for_whom, "for everybody else");
        assert_eq!(told[1].leads, ["links “Review us” to https://reviews.example"]);
        assert_eq!(format(survey().format()), "a bar along the top");
    }

    #[test]
    fn each_language_says_what_it_lacks() {
        let told = languages(&survey());
        assert_eq!((told[0].tag.as_str(), told[0].missing.len()), ("en", 0));
        assert_eq!(told[1].tag, "ru");
        assert!(told[1].missing.contains(&"questions[1].prompt".to_owned()), "{:?}", told[1].missing);
    }
}

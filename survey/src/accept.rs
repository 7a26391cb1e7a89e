//! From what a browser sent to what may be stored.
//!
//! [`accept`] and [`accept_exposure`] parse rather than validate: what comes out is of types that cannot be wrong, and
//! whatever cannot become one is a [`Refusal`] that names the field, the value and the reason.

use uuid::{Uuid, Variant};

use crate::definition::{
    AGREED, ChoiceId, Choices, ContactField, Dimension, MAX_COMMENT, MAX_LINE, OTHER, Question, QuestionId,
    QuestionKind, Scale, Score, Survey, SurveyId,
};
use crate::page::{PageError, PageKey};
use crate::report::OTHERS;
use crate::wire::{self, AnswerValue, Exposure, ExposureStage, Picked, Presentation, Submission};

/// The longest title, referrer or language that is stored, in characters; the widget cuts to it.
pub const MAX_VISIT_TEXT: usize = 200;

/// The longest value of a dimension, in characters; longer ones are cut, because nobody shall lose an answer by a trait.
pub const MAX_TOLD: usize = 60;

/// Why an event cannot be stored.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum Refusal {
    #[error("survey {0} is not published on this site")]
    UnknownSurvey(SurveyId),
    #[error("survey {survey} has no version {version}; the newest is {newest}")]
    UnknownVersion { survey: SurveyId, version: u32, newest: u32 },
    #[error("survey {survey} has no question {question}")]
    UnknownQuestion { survey: SurveyId, question: QuestionId },
    #[error("question {question}: {value} is not on its scale ({min} to {max})")]
    OffScale { question: QuestionId, value: i64, min: u8, max: u8 },
    #[error("question {0} takes another kind of answer")]
    WrongKind(QuestionId),
    #[error("question {0} is answered twice")]
    AnsweredTwice(QuestionId),
    #[error("no answers: a submission has at least one")]
    NoAnswers,
    #[error("question {question} has no choice {choice}")]
    UnknownChoice { question: QuestionId, choice: ChoiceId },
    #[error("question {question}: {choice} is chosen twice")]
    ChosenTwice { question: QuestionId, choice: ChoiceId },
    #[error("question {0}: nothing is chosen; leave the answer out")]
    NothingChosen(QuestionId),
    #[error("question {question}: {count} are chosen; it takes one")]
    OneChoice { question: QuestionId, count: usize },
    #[error("question {0}: an answer in the visitor's own words comes with the choice \"other\", and only with it")]
    StrayOther(QuestionId),
    #[error("question {question} does not ask for {field}, or asks for it once")]
    StrayField { question: QuestionId, field: &'static str },
    #[error("{0:?} is not an e-mail address")]
    NotEmail(String),
    #[error("a text has 1 to {max} characters here, this one {length}")]
    TextLength { length: usize, max: usize },
    #[error("it contains the control character U+{0:04X}")]
    ControlCharacter(u32),
    #[error("it is {0} characters long; at most {MAX_VISIT_TEXT} are kept")]
    TextTooLong(usize),
    #[error("{0} is not a UUID of version 7")]
    NotUuidV7(Uuid),
    #[error(transparent)]
    Page(#[from] PageError),
    #[error("the host {0} is not one of this site's")]
    ForeignPage(String),
    #[error("{0} is more than 100 percent")]
    Percent(u8),
}

/// A refusal and the field it is about, as a path into the event: `submission.answers[0].value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub field: String,
    pub refusal: Refusal,
}

fn refused(field: impl Into<String>, refusal: impl Into<Refusal>) -> Refused {
    Refused { field: field.into(), refusal: refusal.into() }
}

/// The site's own rules, which every event of that site must keep to.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteRules {
    /// Canonical host names on which the site's pages live (see [`crate::page::canonical_host`]).
    pub hosts: Vec<String>,
    pub keep_query: Vec<String>,
    /// What its visitors may be told apart by.
    pub dimensions: Vec<Dimension>,
}

impl SiteRules {
    /// # Errors
    /// Names the host of a page that is not one of the site's.
    pub fn check_own(&self, page: &PageKey) -> Result<(), Refusal> {
        let is_own = self.hosts.iter().any(|host| host == page.host());
        is_own.then_some(()).ok_or_else(|| Refusal::ForeignPage(page.host().to_owned()))
    }
}

/// A presentation of which every part makes sense.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptedPresentation {
    pub response_id: Uuid,
    pub survey: SurveyId,
    pub version: u32,
    /// By the visitor's clock, in Unix milliseconds; only differences to the batch's `sent_at` mean anything.
    pub at: i64,
    pub page: PageKey,
    /// But for what it told.
    pub visit: wire::Visit,
    /// What the site wants its visitors told apart by: dimension and value, each dimension at most once.
    pub told: Vec<(String, String)>,
}

/// A submission that may be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub presentation: AcceptedPresentation,
    pub rev: u32,
    /// At least one; each question at most once.
    pub answers: Vec<AcceptedAnswer>,
    pub completed: bool,
}

/// An exposure that may be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptedExposure {
    pub presentation: AcceptedPresentation,
    pub stage: ExposureStage,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AcceptedAnswer {
    pub question: QuestionId,
    pub value: AcceptedValue,
}

#[derive(Clone, Debug, PartialEq)]
pub enum AcceptedValue {
    Score(Score),
    Text(Text),
    Choices(AcceptedChoices),
    /// At least one; each field at most once.
    Contact(Vec<(ContactField, Text)>),
}

/// What was chosen of a question's choices: at least one, each at most once.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptedChoices {
    /// By their places in the question, [`OTHER`] being the last.
    pub places: Vec<u8>,
    pub picked: Vec<ChoiceId>,
    pub other: Option<Text>,
}

impl AcceptedValue {
    /// The bin in which everybody is counted who chose anything, because several may be chosen at once.
    pub const ANSWERED: u8 = u8::MAX;

    /// Where the answer is counted: under its point, or under the place of each choice and [`Self::ANSWERED`]. Texts are not.
    pub fn bins(&self) -> Vec<u8> {
        match self {
            Self::Score(score) => vec![score.point()],
            Self::Choices(choices) => choices.places.iter().copied().chain([Self::ANSWERED]).collect(),
            Self::Text(_) | Self::Contact(_) => Vec::new(),
        }
    }
}

/// A text that may be stored: not empty, of limited length, no control characters but line feed and tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Text(String);

impl Text {
    pub fn parse(text: String, max: usize) -> Result<Self, Refusal> {
        check_characters(&text)?;
        match text.chars().count() {
            length if (1..=max).contains(&length) => Ok(Self(text)),
            length => Err(Refusal::TextLength { length, max }),
        }
    }

    /// Something at something: whether it can be written to, only writing would tell.
    fn email(text: String) -> Result<Self, Refusal> {
        let is_email = text.split_once('@').is_some_and(|(who, host)| !who.is_empty() && !host.is_empty());
        if is_email && !text.contains(char::is_whitespace) {
            Self::parse(text, MAX_LINE)
        } else {
            Err(Refusal::NotEmail(text.chars().take(MAX_LINE).collect()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Turns a submission to `survey` into what may be stored. The caller has looked up the survey by the submission's own name
/// and version.
pub fn accept(survey: &Survey, site: &SiteRules, submission: Submission) -> Result<Accepted, Refused> {
    let Submission { presentation, rev, answers, completed } = submission;
    let presentation = accept_presentation(site, presentation, "submission")?;
    if answers.is_empty() {
        return Err(refused("submission.answers", Refusal::NoAnswers));
    }
    let mut accepted: Vec<AcceptedAnswer> = Vec::with_capacity(answers.len());
    for (index, answer) in answers.into_iter().enumerate() {
        let field = |part: &str| format!("submission.answers[{index}].{part}");
        let question =
            find_question(survey, &answer.question).map_err(|refusal| refused(field("question"), refusal))?;
        if accepted.iter().any(|earlier| earlier.question == answer.question) {
            return Err(refused(field("question"), Refusal::AnsweredTwice(answer.question)));
        }
        let value = accept_value(question, answer.value).map_err(|refusal| refused(field("value"), refusal))?;
        accepted.push(AcceptedAnswer { question: answer.question, value });
    }
    Ok(Accepted { presentation, rev, answers: accepted, completed })
}

/// Turns an exposure into what may be stored.
pub fn accept_exposure(site: &SiteRules, exposure: Exposure) -> Result<AcceptedExposure, Refused> {
    let presentation = accept_presentation(site, exposure.presentation, "exposure")?;
    Ok(AcceptedExposure { presentation, stage: exposure.stage })
}

fn find_question<'a>(survey: &'a Survey, id: &QuestionId) -> Result<&'a Question, Refusal> {
    survey.question(id).ok_or_else(|| Refusal::UnknownQuestion { survey: survey.id().clone(), question: id.clone() })
}

fn accept_value(question: &Question, value: AnswerValue) -> Result<AcceptedValue, Refusal> {
    use AnswerValue as Given;
    match (&question.kind, value) {
        (QuestionKind::Score { scale, .. }, Given::Score(number)) => {
            accept_score(&question.id, scale, number).map(AcceptedValue::Score)
        }
        (QuestionKind::Comment { .. }, Given::Text(text)) => Text::parse(text, MAX_COMMENT).map(AcceptedValue::Text),
        (QuestionKind::ShortText { .. }, Given::Text(text)) => Text::parse(text, MAX_LINE).map(AcceptedValue::Text),
        // Not a text: nobody shall find it among comments.
        (QuestionKind::Email { .. }, Given::Text(text)) => {
            Text::email(text).map(|email| AcceptedValue::Contact(vec![(ContactField::Email, email)]))
        }
        (QuestionKind::SingleChoice(choices), Given::Choices(Picked { picked, other })) => match picked.len() {
            0 | 1 => accept_choices(&question.id, choices, picked, other),
            count => Err(Refusal::OneChoice { question: question.id.clone(), count }),
        },
        (QuestionKind::MultipleChoice(choices), Given::Choices(Picked { picked, other })) => {
            accept_choices(&question.id, choices, picked, other)
        }
        (QuestionKind::Consent { .. }, Given::Choices(Picked { picked, other: None })) => {
            accept_consent(&question.id, picked)
        }
        (QuestionKind::Contact { fields }, Given::Contact(given)) => accept_contact(&question.id, fields, given),
        _ => Err(Refusal::WrongKind(question.id.clone())),
    }
}

fn accept_choices(
    question: &QuestionId,
    choices: &Choices,
    picked: Vec<ChoiceId>,
    other: Option<String>,
) -> Result<AcceptedValue, Refusal> {
    let mut places = Vec::with_capacity(picked.len());
    for choice in &picked {
        let unknown = || Refusal::UnknownChoice { question: question.clone(), choice: choice.clone() };
        let place = choices.place(choice).ok_or_else(unknown)? as u8;
        if places.contains(&place) {
            return Err(Refusal::ChosenTwice { question: question.clone(), choice: choice.clone() });
        }
        places.push(place);
    }
    if picked.is_empty() {
        return Err(Refusal::NothingChosen(question.clone()));
    }
    if other.is_some() && !picked.iter().any(|choice| choice.as_str() == OTHER) {
        return Err(Refusal::StrayOther(question.clone()));
    }
    let other = other.map(|text| Text::parse(text, MAX_LINE)).transpose()?;
    Ok(AcceptedValue::Choices(AcceptedChoices { places, picked, other }))
}

fn accept_consent(question: &QuestionId, picked: Vec<ChoiceId>) -> Result<AcceptedValue, Refusal> {
    match picked.as_slice() {
        [choice] if choice.as_str() == AGREED => {
            Ok(AcceptedValue::Choices(AcceptedChoices { places: vec![0], picked, other: None }))
        }
        [] => Err(Refusal::NothingChosen(question.clone())),
        [choice, ..] => Err(Refusal::UnknownChoice { question: question.clone(), choice: choice.clone() }),
    }
}

fn accept_contact(
    question: &QuestionId,
    fields: &[ContactField],
    given: Vec<(ContactField, String)>,
) -> Result<AcceptedValue, Refusal> {
    let mut accepted: Vec<(ContactField, Text)> = Vec::with_capacity(given.len());
    for (field, text) in given {
        if !fields.contains(&field) || accepted.iter().any(|(earlier, _)| *earlier == field) {
            return Err(Refusal::StrayField { question: question.clone(), field: field.as_str() });
        }
        let text =
            if field == ContactField::Email { Text::email(text) } else { Text::parse(text, field.max_characters()) };
        accepted.push((field, text?));
    }
    if accepted.is_empty() {
        Err(Refusal::NothingChosen(question.clone()))
    } else {
        Ok(AcceptedValue::Contact(accepted))
    }
}

fn accept_score(question: &QuestionId, scale: &Scale, value: i64) -> Result<Score, Refusal> {
    scale.score(value).ok_or_else(|| Refusal::OffScale {
        question: question.clone(),
        value,
        min: scale.first(),
        max: scale.last(),
    })
}

fn accept_presentation(
    site: &SiteRules,
    presentation: Presentation,
    event: &str,
) -> Result<AcceptedPresentation, Refused> {
    let Presentation { response_id, survey, version, at, page, mut visit } = presentation;
    let field = |part: &str| format!("{event}.presentation.{part}");
    if response_id.get_version_num() != 7 || response_id.get_variant() != Variant::RFC4122 {
        return Err(refused(field("response_id"), Refusal::NotUuidV7(response_id)));
    }
    let page = accept_page(site, &page).map_err(|refusal| refused(field("page"), refusal))?;
    for (name, text) in [("title", &visit.title), ("referrer", &visit.referrer), ("language", &visit.language)] {
        check_visit_text(text).map_err(|refusal| refused(field(&format!("visit.{name}")), refusal))?;
    }
    if visit.scroll_percent > 100 {
        return Err(refused(field("visit.scroll_percent"), Refusal::Percent(visit.scroll_percent)));
    }
    visit.referrer = origin_of(&visit.referrer);
    let told = told_of(site, &std::mem::take(&mut visit.told));
    Ok(AcceptedPresentation { response_id, survey, version, at, page, visit, told })
}

/// What the site wants to be told, once each. A page that is still open may tell what was asked for before the settings changed. A page that
/// itself says what stands for many values tells nothing: all that come later would be counted with it.
fn told_of(site: &SiteRules, told: &str) -> Vec<(String, String)> {
    let told_once = |dimension: &Dimension| {
        let name = dimension.to_string();
        let value = told.lines().find_map(|line| line.strip_prefix(&name)?.strip_prefix('='))?;
        let storable: String = value.trim().chars().filter(|c| wire::is_storable(*c)).take(MAX_TOLD).collect();
        (!storable.is_empty() && storable != OTHERS).then_some((name, storable))
    };
    site.dimensions.iter().filter_map(told_once).collect()
}

/// The widget sends no more of the page before. Whatever somebody else sends, its path and its query are nobody's business.
fn origin_of(referrer: &str) -> String {
    let end = referrer.match_indices('/').nth(2).map_or(referrer.len(), |(end, _)| end);
    referrer[..end].split(['?', '#']).next().unwrap_or_default().to_owned()
}

fn accept_page(site: &SiteRules, page: &str) -> Result<PageKey, Refusal> {
    let page = PageKey::parse(page, &site.keep_query)?;
    site.check_own(&page)?;
    Ok(page)
}

fn check_visit_text(text: &str) -> Result<(), Refusal> {
    check_characters(text)?;
    match text.chars().count() {
        0..=MAX_VISIT_TEXT => Ok(()),
        length => Err(Refusal::TextTooLong(length)),
    }
}

fn check_characters(text: &str) -> Result<(), Refusal> {
    match text.chars().find(|c| !wire::is_storable(*c)) {
        Some(control) => Err(Refusal::ControlCharacter(control.into())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ease() -> Survey {
        let scale = serde_json::to_string(&Scale::ces7()).unwrap();
        let json = format!(
            r#"{{"id":"help-ces","name":"n","triggers":[{{"visible_seconds":1}}],"endings":[{{"title":"Thanks","text":""}}],
                "questions":[{{"id":"ease","prompt":"Easy?","kind":{{"score":{{"scale":{scale},"low":"No","high":"Yes"}}}}}},
                             {{"id":"why","prompt":"Why?","kind":{{"comment":{{}}}}}},
                             {{"id":"topic","prompt":"On what?","kind":{{"multiple_choice":{{"choices":
                                [{{"id":"price","label":"Price"}},{{"id":"size","label":"Size"}}],"other":"Else"}}}}}},
                             {{"id":"size","prompt":"Which?","kind":{{"single_choice":{{"choices":
                                [{{"id":"s","label":"S"}},{{"id":"m","label":"M"}}]}}}}}},
                             {{"id":"leave","prompt":"May we?","kind":{{"consent":{{"label":"Yes"}}}}}},
                             {{"id":"who","prompt":"Who?","kind":{{"contact":{{"fields":["email","name"]}}}}}}]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn shop() -> SiteRules {
        SiteRules {
            hosts: vec!["shop.example".into()],
            keep_query: Vec::new(),
            dimensions: vec!["trait:plan".parse().unwrap(), "returning".parse().unwrap()],
        }
    }

    fn submission(answers: &str) -> Submission {
        let json = format!(
            r#"{{"presentation":{{"response_id":"01890a5d-ac96-774b-bcce-b302099a8057","survey":"help-ces","version":1,
                "at":0,"page":"shop.example/help","visit":{{"title":"Help"}}}},"rev":1,"answers":{answers},"completed":false}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn refusal_of(answers: &str) -> (String, String) {
        let Refused { field, refusal } = accept(&ease(), &shop(), submission(answers)).unwrap_err();
        (field, refusal.to_string())
    }

    const SIX: &str = r#"{"question":"ease","value":{"score":6}}"#;

    #[test]
    fn a_score_and_a_comment_are_accepted() {
        let answers = format!(r#"[{SIX},{{"question":"why","value":{{"text":"Clear.\nThanks"}}}}]"#);
        let accepted = accept(&ease(), &shop(), submission(&answers)).unwrap();
        assert_eq!(accepted.answers.len(), 2);
        assert_eq!(accepted.presentation.page.path(), "/help");
    }

    #[test]
    fn a_refusal_names_the_field_the_value_and_the_reason() {
        let (field, reason) = refusal_of(r#"[{"question":"ease","value":{"score":8}}]"#);
        assert_eq!(field, "submission.answers[0].value");
        assert_eq!(reason, "question ease: 8 is not on its scale (1 to 7)");

        let (field, reason) = refusal_of(&format!(r#"[{SIX},{{"question":"nobody","value":{{"score":1}}}}]"#));
        assert_eq!(field, "submission.answers[1].question");
        assert_eq!(reason, "survey help-ces has no question nobody");

        assert!(refusal_of(&format!("[{SIX},{SIX}]")).1.contains("answered twice"));
        assert!(refusal_of("[]").1.contains("at least one"));
        assert!(refusal_of(r#"[{"question":"ease","value":{"text":"6"}}]"#).1.contains("another kind"));
        assert!(refusal_of(r#"[{"question":"why","value":{"text":"a\u0000b"}}]"#).1.contains("U+0000"));
        let endless = format!(r#"[{{"question":"why","value":{{"text":"{}"}}}}]"#, "x".repeat(10_000));
        assert!(refusal_of(&endless).1.contains("this one 10000"));
    }

    fn value(question: &str, value: &str) -> Result<AcceptedValue, String> {
        let answers = format!(r#"[{{"question":"{question}","value":{value}}}]"#);
        match accept(&ease(), &shop(), submission(&answers)) {
            Ok(mut accepted) => Ok(accepted.answers.remove(0).value),
            Err(refused) => Err(refused.refusal.to_string()),
        }
    }

    #[test]
    fn choices_are_counted_by_their_places_and_once_for_whoever_answered() {
        let many = value("topic", r#"{"choices":{"picked":["size","other"],"other":"Colour"}}"#).unwrap();
        assert_eq!(many.bins(), [1, 2, AcceptedValue::ANSWERED]);
        assert_eq!(
            value("leave", r#"{"choices":{"picked":["agreed"]}}"#).unwrap().bins(),
            [0, AcceptedValue::ANSWERED]
        );
        assert_eq!(value("why", r#"{"text":"Slow"}"#).unwrap().bins(), [0; 0]);
    }

    #[test]
    fn choices_that_were_not_offered_are_refused() {
        let told = |question, picked: &str| value(question, &format!(r#"{{"choices":{picked}}}"#)).unwrap_err();
        assert_eq!(told("topic", r#"{"picked":["colour"]}"#), "question topic has no choice colour");
        assert!(told("topic", r#"{"picked":["size","size"]}"#).contains("size is chosen twice"));
        assert!(told("topic", r#"{"picked":[]}"#).contains("nothing is chosen"));
        assert!(told("topic", r#"{"picked":["size"],"other":"x"}"#).contains("only with it"));
        assert_eq!(told("size", r#"{"picked":["s","m"]}"#), "question size: 2 are chosen; it takes one");
        assert!(told("leave", r#"{"picked":["other"]}"#).contains("has no choice other"));
        assert!(told("why", r#"{"picked":["size"]}"#).contains("another kind of answer"));
    }

    #[test]
    fn contact_details_are_those_that_were_asked_for() {
        let told = |given: &str| value("who", &format!(r#"{{"contact":{given}}}"#));
        assert!(told(r#"[["email","a@b.example"],["name","Ann"]]"#).is_ok());
        assert!(told(r#"[["phone","1"]]"#).unwrap_err().contains("does not ask for phone"));
        assert!(told(r#"[["name","A"],["name","B"]]"#).unwrap_err().contains("or asks for it once"));
        assert_eq!(told(r#"[["email","ann at home"]]"#).unwrap_err(), "\"ann at home\" is not an e-mail address");
        assert!(told("[]").unwrap_err().contains("nothing is chosen"));
    }

    #[test]
    fn the_page_must_be_one_of_the_sites_own() {
        let mut elsewhere = submission(&format!("[{SIX}]"));
        elsewhere.presentation.page = "evil.example/help".into();
        let Refused { field, refusal } = accept(&ease(), &shop(), elsewhere).unwrap_err();
        assert_eq!(field, "submission.presentation.page");
        assert_eq!(refusal, Refusal::ForeignPage("evil.example".into()));
    }

    #[test]
    fn of_the_page_before_only_the_origin_is_accepted() {
        for (sent, kept) in [
            ("https://mail.example/inbox?user=ann#1", "https://mail.example"),
            ("https://mail.example?user=ann", "https://mail.example"),
            ("android-app://com.example/", "android-app://com.example"),
            ("", ""),
        ] {
            let mut submission = submission(&format!("[{SIX}]"));
            submission.presentation.visit.referrer = sent.into();
            assert_eq!(accept(&ease(), &shop(), submission).unwrap().presentation.visit.referrer, kept);
        }
    }

    #[test]
    fn a_page_that_says_what_stands_for_many_values_tells_nothing() {
        let mut submission = submission(&format!("[{SIX}]"));
        submission.presentation.visit.told = "trait:plan=(other)\nreturning=true".into();
        let told = accept(&ease(), &shop(), submission).unwrap().presentation.told;
        assert_eq!(told, [("returning".to_owned(), "true".to_owned())]);
    }

    #[test]
    fn a_response_id_is_a_uuid_of_version_7() {
        let mut random = submission(&format!("[{SIX}]"));
        random.presentation.response_id = Uuid::from_u128(0x4_0000_0000_0000);
        assert_eq!(accept(&ease(), &shop(), random).unwrap_err().field, "submission.presentation.response_id");
    }
}

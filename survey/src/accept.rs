//! From what a browser sent to what may be stored.
//!
//! [`accept`] and [`accept_exposure`] parse rather than validate: what comes out is of types that cannot be wrong, and
//! whatever cannot become one is a [`Refusal`] that names the field, the value and the reason.

use uuid::{Uuid, Variant};

use crate::definition::{Question, QuestionId, QuestionKind, Scale, Score, Survey, SurveyId};
use crate::page::{PageError, PageKey};
use crate::wire::{self, AnswerValue, Exposure, ExposureStage, MAX_COMMENT, Presentation, Submission};

/// The longest title, referrer or language that is stored, in characters; the widget cuts to it.
pub const MAX_VISIT_TEXT: usize = 200;

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
    #[error("a comment has 1 to {MAX_COMMENT} characters, this one {0}")]
    CommentLength(usize),
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
    pub visit: wire::Visit,
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
    Comment(Comment),
}

/// A comment that may be stored: 1 to [`MAX_COMMENT`] characters, no control characters but line feed and tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment(String);

impl Comment {
    pub fn parse(text: String) -> Result<Self, Refusal> {
        check_characters(&text)?;
        match text.chars().count() {
            1..=MAX_COMMENT => Ok(Self(text)),
            length => Err(Refusal::CommentLength(length)),
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
    match (&question.kind, value) {
        (QuestionKind::Score { scale, .. }, AnswerValue::Score(number)) => {
            accept_score(&question.id, scale, number).map(AcceptedValue::Score)
        }
        (QuestionKind::Comment { .. }, AnswerValue::Comment(text)) => Comment::parse(text).map(AcceptedValue::Comment),
        _ => Err(Refusal::WrongKind(question.id.clone())),
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
    let Presentation { response_id, survey, version, at, page, visit } = presentation;
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
    Ok(AcceptedPresentation { response_id, survey, version, at, page, visit })
}

fn accept_page(site: &SiteRules, page: &str) -> Result<PageKey, Refusal> {
    let page = PageKey::parse(page, &site.keep_query)?;
    match site.hosts.iter().any(|host| host == page.host()) {
        true => Ok(page),
        false => Err(Refusal::ForeignPage(page.host().to_owned())),
    }
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
            r#"{{"id":"help-ces","name":"n","triggers":[{{"visible_seconds":1}}],"thanks":{{"title":"Thanks","text":""}},
                "questions":[{{"id":"ease","prompt":"Easy?","kind":{{"score":{{"scale":{scale},"low":"No","high":"Yes"}}}}}},
                             {{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    fn shop() -> SiteRules {
        SiteRules { hosts: vec!["shop.example".into()], keep_query: Vec::new() }
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
        let answers = format!(r#"[{SIX},{{"question":"why","value":{{"comment":"Clear.\nThanks"}}}}]"#);
        let accepted = accept(&ease(), &shop(), submission(&answers)).unwrap();
        assert_eq!(accepted.answers.len(), 2);
        assert_eq!(accepted.presentation.page.path(), "/help");
    }

    #[test]
    fn a_refusal_names_the_field_the_value_and_the_reason() {
        let (field, reason) = refusal_of(r#"[{"question":"ease","value":{"score":8}}]"#);
        assert_eq!(field, "submission.answers[0].value");
        assert_eq!(reason, "question ease: 8 is not on its scale (1 to 7)");

        let (field, reason) = refusal_of(&format!(r#"[{SIX},{{"question":"who","value":{{"score":1}}}}]"#));
        assert_eq!(field, "submission.answers[1].question");
        assert_eq!(reason, "survey help-ces has no question who");

        assert!(refusal_of(&format!("[{SIX},{SIX}]")).1.contains("answered twice"));
        assert!(refusal_of("[]").1.contains("at least one"));
        assert!(refusal_of(r#"[{"question":"ease","value":{"comment":"6"}}]"#).1.contains("another kind"));
        assert!(refusal_of(r#"[{"question":"why","value":{"comment":"a\u0000b"}}]"#).1.contains("U+0000"));
        let endless = format!(r#"[{{"question":"why","value":{{"comment":"{}"}}}}]"#, "x".repeat(10_000));
        assert!(refusal_of(&endless).1.contains("this one 10000"));
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
    fn a_response_id_is_a_uuid_of_version_7() {
        let mut random = submission(&format!("[{SIX}]"));
        random.presentation.response_id = Uuid::from_u128(0x4_0000_0000_0000);
        assert_eq!(accept(&ease(), &shop(), random).unwrap_err().field, "submission.presentation.response_id");
    }
}

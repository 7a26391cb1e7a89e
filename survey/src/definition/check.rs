//! What must be true of a survey before it is one. Every mistake is told with its place, as a path into what was written.

use std::ops::RangeInclusive;

use crate::targeting::{Frequency, Moment, Trigger};
use crate::theme::ThemeError;
use crate::wire::MAX_BATCH_BYTES;

use super::ending::{Ending, MAX_REDIRECT_SECONDS};
use super::logic::{self, END, LogicError, Misled, Test};
use super::name::QuestionId;
use super::question::{Choices, ContactField, MAX_COMMENT, MAX_LINE, OTHER, Question, QuestionKind, ScaleLook};
use super::scale::{Direction, Scale};
use super::text::{Language, Localized, Template, TemplateError};
use super::{Format, SurveyParts};
use crate::script::Outcomes;

/// The longest prompt, note or closing text, in characters.
pub const MAX_PROMPT: usize = 4_000;
/// The longest label, placeholder or name, in characters.
pub const MAX_LABEL: usize = 500;
/// The most questions, forms of endings included.
pub const MAX_QUESTIONS: usize = 20;
/// The most endings.
pub const MAX_ENDINGS: usize = 10;
/// The most triggers.
pub const MAX_TRIGGERS: usize = 10;
/// The longest wait that a trigger may ask for: a day.
const MAX_SECONDS: u32 = 24 * 60 * 60;
/// The longest selector or event, in bytes.
const MAX_TRIGGER_TEXT: usize = 256;
/// How many bytes all answers together may come to: a batch, without what stands around them. What is larger no collector takes.
const MAX_ANSWER_BYTES: usize = MAX_BATCH_BYTES - 4 * 1024;
/// A character has at most four bytes, as UTF-8 and as an escape of the JSON that is sent.
const BYTES_PER_CHARACTER: usize = 4;

/// Why a written-down survey cannot be shown or answered.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SurveyError {
    #[error("triggers: none given, so the survey would never appear; add one, for example {{\"visible_seconds\":10}}")]
    NoTrigger,
    #[error("triggers: {0} given; at most {MAX_TRIGGERS}")]
    TooManyTriggers(usize),
    #[error("triggers[{place}]: {reason}")]
    Trigger { place: usize, reason: String },
    #[error("frequency: {0}")]
    Frequency(&'static str),
    #[error("quota: 0 answers is none at all; leave it out, or name a number")]
    NoQuota,
    #[error("ends_at: {ends_at} is not after starts_at, {starts_at}")]
    EndsBeforeItStarts { starts_at: Moment, ends_at: Moment },
    #[error("format.inline: a selector has 1 to {MAX_TRIGGER_TEXT} bytes, this one {0}")]
    InlineSelector(usize),
    #[error("theme.{0}")]
    Theme(#[from] ThemeError),
    #[error("questions: none given; a survey asks at least one")]
    NoQuestion,
    #[error("questions: {0} given, forms of endings included; at most {MAX_QUESTIONS}")]
    TooManyQuestions(usize),
    #[error("{place}.id: two are named {id}; each needs a name of its own")]
    SameQuestionTwice { place: String, id: QuestionId },
    #[error("{place}: no question can be named \"end\", which is where conversations end")]
    NamedEnd { place: String },
    #[error(
        "questions: the longest answers would come to {0} bytes, more than a browser can send in one piece ({MAX_ANSWER_BYTES}); ask for fewer comments"
    )]
    TooMuchToAnswer(usize),
    #[error("{place}: a text has 1 to {max} characters here, this one {length}")]
    TextLength { place: String, length: usize, max: usize },
    #[error("{place}: there is no text in {own}, the survey's own language")]
    NotInOwnLanguage { place: String, own: Language },
    #[error("{place}: {error}")]
    Template { place: String, error: TemplateError },
    #[error("{place}.look: {reason}")]
    Look { place: String, reason: &'static str },
    #[error("{place}: {reason}")]
    Choices { place: String, reason: String },
    #[error(transparent)]
    Logic(#[from] Misled),
    #[error("endings: none given; say thank you: [{{\"title\": \"Thank you\"}}]")]
    NoEnding,
    #[error("endings: {0} given; at most {MAX_ENDINGS}")]
    TooManyEndings(usize),
    #[error("endings[{0}].when: the last ending is for everybody who has not had another; leave \"when\" out")]
    LastEndingIsPicky(usize),
    #[error(
        "endings[{0}]: no ending after this one is ever shown, because it is for everybody; say \"when\", or put it last"
    )]
    EndingForEverybody(usize),
    #[error("endings[{place}].redirect: {reason}")]
    Redirect { place: usize, reason: &'static str },
    #[error("endings[{place}].form: {reason}")]
    Form { place: usize, reason: &'static str },
}

/// The first mistake, if there is one.
pub(super) fn check(parts: &SurveyParts) -> Result<(), SurveyError> {
    match mistakes(parts).into_iter().next() {
        None => Ok(()),
        Some(first) => Err(first),
    }
}

/// Every mistake that can be told without mending another first.
pub(super) fn mistakes(parts: &SurveyParts) -> Vec<SurveyError> {
    let mut mistakes = Mistakes::default();
    check_appearing(parts, &mut mistakes);
    check_asking(parts, &mut mistakes);
    if parts.asked().count() > MAX_QUESTIONS {
        // What follows compares each with each.
        return mistakes.0;
    }
    check_texts(parts, &mut mistakes);
    check_ways(parts, &mut mistakes);
    check_endings(parts, &mut mistakes);
    mistakes.note(parts.theme.check());
    mistakes.0
}

/// What has been found so far, in the order of the checks.
#[derive(Default)]
struct Mistakes(Vec<SurveyError>);

impl Mistakes {
    fn note<E: Into<SurveyError>>(&mut self, checked: Result<(), E>) {
        self.0.extend(checked.err().map(Into::into));
    }

    fn add(&mut self, mistake: SurveyError) {
        self.0.push(mistake);
    }
}

fn check_appearing(parts: &SurveyParts, mistakes: &mut Mistakes) {
    match parts.triggers.len() {
        0 => mistakes.add(SurveyError::NoTrigger),
        1..=MAX_TRIGGERS => {}
        count => mistakes.add(SurveyError::TooManyTriggers(count)),
    }
    for (place, trigger) in parts.triggers.iter().enumerate() {
        mistakes.note(check_trigger(trigger).map_err(|reason| SurveyError::Trigger { place, reason }));
    }
    match parts.frequency {
        Frequency::EveryDays(0) => {
            mistakes.add(SurveyError::Frequency("every 0 days is always; write \"always\" or a number of days"))
        }
        Frequency::Always => mistakes.note(check_on_demand(parts)),
        Frequency::AtMost(0) => mistakes.add(SurveyError::Frequency("at most 0 times is never; name a number")),
        _ => {}
    }
    if parts.quota == Some(0) {
        mistakes.add(SurveyError::NoQuota);
    }
    if let Format::Inline(selector) = &parts.format
        && (selector.trim().is_empty() || selector.len() > MAX_TRIGGER_TEXT)
    {
        mistakes.add(SurveyError::InlineSelector(selector.len()));
    }
    if let (Some(starts_at), Some(ends_at)) = (parts.starts_at, parts.ends_at)
        && ends_at <= starts_at
    {
        mistakes.add(SurveyError::EndsBeforeItStarts { starts_at, ends_at });
    }
}

/// A survey that may appear again and again must not do so by itself, unless it has a place of its own within the page.
fn check_on_demand(parts: &SurveyParts) -> Result<(), SurveyError> {
    if matches!(parts.format, Format::Inline(_)) {
        return Ok(());
    }
    match parts.triggers.iter().position(|trigger| !trigger.is_on_demand()) {
        Some(place) => Err(SurveyError::Trigger {
            place,
            reason: "a survey whose frequency is \"always\" waits to be asked for: by click, event, programmatic or feedback_tab"
                .to_owned(),
        }),
        None => Ok(()),
    }
}

fn check_trigger(trigger: &Trigger) -> Result<(), String> {
    match trigger {
        Trigger::VisibleSeconds(seconds) | Trigger::ExitIntent { after_seconds: seconds } if *seconds > MAX_SECONDS => {
            Err(format!("{seconds} seconds is more than a day, which nobody stays"))
        }
        Trigger::InactiveSeconds(seconds) if !(1..=MAX_SECONDS).contains(seconds) => {
            Err(format!("inactive for {seconds} seconds: name 1 to {MAX_SECONDS}"))
        }
        Trigger::ScrollPercent(percent) if *percent > 100 => {
            Err(format!("{percent} percent: nobody scrolls further than 100"))
        }
        Trigger::Click(text) | Trigger::ElementVisible(text) | Trigger::Event(text)
            if text.trim().is_empty() || text.len() > MAX_TRIGGER_TEXT =>
        {
            Err(format!("a selector or an event has 1 to {MAX_TRIGGER_TEXT} bytes, this one {}", text.len()))
        }
        _ => Ok(()),
    }
}

fn check_asking(parts: &SurveyParts, mistakes: &mut Mistakes) {
    if parts.questions.is_empty() {
        mistakes.add(SurveyError::NoQuestion);
    }
    match parts.asked().count() {
        0..=MAX_QUESTIONS => {}
        count => mistakes.add(SurveyError::TooManyQuestions(count)),
    }
    for (index, (place, question)) in places(parts).enumerate() {
        if question.id.as_str() == END {
            mistakes.add(SurveyError::NamedEnd { place: place.clone() });
        }
        if parts.asked().take(index).any(|earlier| earlier.id == question.id) {
            mistakes.add(SurveyError::SameQuestionTwice { place: place.clone(), id: question.id.clone() });
        }
        mistakes.note(check_kind(&format!("{place}.kind"), &question.kind));
    }
    match parts.asked().map(largest_answer).sum() {
        0..=MAX_ANSWER_BYTES => {}
        bytes => mistakes.add(SurveyError::TooMuchToAnswer(bytes)),
    }
}

/// Everything that is asked, with its place.
fn places(parts: &SurveyParts) -> impl Iterator<Item = (String, &Question)> {
    let questions =
        parts.questions.iter().enumerate().map(|(place, question)| (format!("questions[{place}]"), question));
    let forms = parts.endings.iter().enumerate();
    questions.chain(forms.filter_map(|(place, ending)| Some((format!("endings[{place}].form"), ending.form.as_ref()?))))
}

/// In bytes, of the JSON that is sent.
fn largest_answer(question: &Question) -> usize {
    let characters = match &question.kind {
        QuestionKind::Comment { .. } => MAX_COMMENT,
        QuestionKind::ShortText { .. } | QuestionKind::Email { .. } => MAX_LINE,
        QuestionKind::Contact { fields } => fields.iter().map(|field| field.max_characters()).sum(),
        QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices) => {
            choices.other.as_ref().map_or(0, |_| MAX_LINE)
        }
        _ => 0,
    };
    let names: usize = match &question.kind {
        QuestionKind::MultipleChoice(choices) => {
            choices.choices.iter().map(|choice| choice.id.as_str().len() + 3).sum()
        }
        _ => 64,
    };
    characters * BYTES_PER_CHARACTER + names + question.id.as_str().len() + 100
}

fn check_kind(place: &str, kind: &QuestionKind) -> Result<(), SurveyError> {
    match kind {
        QuestionKind::Score { scale, look, .. } => match look_needs(*look, scale) {
            Some(reason) => Err(SurveyError::Look { place: format!("{place}.score"), reason }),
            None => Ok(()),
        },
        QuestionKind::SingleChoice(choices) => check_choices(format!("{place}.single_choice.choices"), choices),
        QuestionKind::MultipleChoice(choices) => check_choices(format!("{place}.multiple_choice.choices"), choices),
        QuestionKind::Contact { fields } => check_fields(format!("{place}.contact.fields"), fields),
        _ => Ok(()),
    }
}

/// What a way of drawing a scale asks of it, if the scale is not so.
fn look_needs(look: ScaleLook, scale: &Scale) -> Option<&'static str> {
    let points = scale.values().len();
    match look {
        ScaleLook::Faces if ![3, 5].contains(&points) => Some("faces need a scale of three or five points"),
        ScaleLook::Thumbs if points != 2 => Some("thumbs need a scale of two points"),
        ScaleLook::Stars
            if !(3..=7).contains(&points) || scale.first() != 1 || scale.direction() != Direction::HigherIsBetter =>
        {
            Some("stars need a scale of three to seven points that begins at 1 and where higher is better")
        }
        _ => None,
    }
}

fn check_choices(place: String, choices: &Choices) -> Result<(), SurveyError> {
    let refused = |reason: String| Err(SurveyError::Choices { place, reason });
    if choices.choices.is_empty() || !(2..=Outcomes::MAX_CHOICES).contains(&choices.count()) {
        return refused(format!("{} to choose from; name 2 to {}", choices.count(), Outcomes::MAX_CHOICES));
    }
    for (index, choice) in choices.choices.iter().enumerate() {
        if choice.id.as_str() == OTHER {
            return refused(format!("no choice can be named {OTHER:?}; offer it by \"other\", with its label"));
        }
        if choices.choices[..index].iter().any(|earlier| earlier.id == choice.id) {
            return refused(format!("two are named {}; each needs a name of its own", choice.id));
        }
    }
    Ok(())
}

fn check_fields(place: String, fields: &[ContactField]) -> Result<(), SurveyError> {
    let twice = fields.iter().enumerate().find(|(index, field)| fields[..*index].contains(field));
    let reason = match twice {
        _ if fields.is_empty() => "none given; name at least one, like \"email\"".to_owned(),
        Some((_, field)) => format!("{} stands there twice", field.as_str()),
        None => return Ok(()),
    };
    Err(SurveyError::Choices { place, reason })
}

/// Checks texts one by one.
struct Texts<'a> {
    own: &'a Language,
    mistakes: &'a mut Mistakes,
}

impl Texts<'_> {
    fn label(&mut self, place: String, text: &Localized) {
        self.length(place, text, 1..=MAX_LABEL);
    }

    /// For what may be left empty.
    fn note(&mut self, place: String, text: &Localized) {
        self.length(place, text, 0..=MAX_LABEL);
    }

    fn length(&mut self, place: String, text: &Localized, allowed: RangeInclusive<usize>) {
        let max = *allowed.end();
        let mut is_in_own = false;
        for (language, text) in text.each(self.own) {
            is_in_own |= language == self.own;
            let length = text.chars().count();
            if !allowed.contains(&length) {
                let place = if language == self.own { place.clone() } else { format!("{place}.{language}") };
                self.mistakes.add(SurveyError::TextLength { place, length, max });
            }
        }
        if !is_in_own {
            self.mistakes.add(SurveyError::NotInOwnLanguage { place, own: self.own.clone() });
        }
    }

    /// A text with blanks. `earlier` are the questions that may have been asked before.
    fn template(&mut self, place: String, text: &Localized, earlier: &[Question], allowed: RangeInclusive<usize>) {
        let place_of =
            |name: &str| earlier.iter().position(|question| question.id.as_str() == name).map(|place| place as u8);
        for (_, text) in text.each(self.own) {
            if let Err(error) = Template::parse(text, &place_of) {
                self.mistakes.add(SurveyError::Template { place: place.clone(), error });
            }
        }
        self.length(place, text, allowed);
    }
}

fn check_texts(parts: &SurveyParts, mistakes: &mut Mistakes) {
    let mut texts = Texts { own: &parts.language, mistakes };
    texts.label("name".to_owned(), &Localized::Own(parts.name.clone()));
    if let Some(label) = &parts.tab_label {
        texts.label("tab_label".to_owned(), label);
    }
    for (index, (place, question)) in places(parts).enumerate() {
        // Jumps may lead backwards in the list, though never in a circle, so any other question may have been asked before.
        let others: Vec<Question> = match index < parts.questions.len() {
            true => parts.questions.iter().filter(|other| other.id != question.id).cloned().collect(),
            false => parts.questions.clone(),
        };
        texts.template(format!("{place}.prompt"), &question.prompt, &others, 1..=MAX_PROMPT);
        if let Some(note) = &question.note {
            texts.template(format!("{place}.note"), note, &others, 1..=MAX_PROMPT);
        }
        check_kind_texts(&mut texts, &format!("{place}.kind"), &question.kind);
    }
    for (index, ending) in parts.endings.iter().enumerate() {
        let place = |member: &str| format!("endings[{index}].{member}");
        texts.template(place("title"), &ending.title, &parts.questions, 1..=MAX_PROMPT);
        texts.template(place("text"), &ending.text, &parts.questions, 0..=MAX_PROMPT);
        if let Some(link) = &ending.link {
            texts.label(place("link.label"), &link.label);
        }
    }
}

fn check_kind_texts(texts: &mut Texts<'_>, place: &str, kind: &QuestionKind) {
    match kind {
        QuestionKind::Score { low, high, .. } => {
            texts.label(format!("{place}.score.low"), low);
            texts.label(format!("{place}.score.high"), high);
        }
        QuestionKind::SingleChoice(choices) => check_choice_texts(texts, &format!("{place}.single_choice"), choices),
        QuestionKind::MultipleChoice(choices) => {
            check_choice_texts(texts, &format!("{place}.multiple_choice"), choices);
        }
        QuestionKind::ShortText { placeholder } => texts.note(format!("{place}.short_text.placeholder"), placeholder),
        QuestionKind::Comment { placeholder } => texts.note(format!("{place}.comment.placeholder"), placeholder),
        QuestionKind::Email { placeholder } => texts.note(format!("{place}.email.placeholder"), placeholder),
        QuestionKind::Contact { .. } | QuestionKind::Statement { link: None } => {}
        QuestionKind::Consent { label } => texts.label(format!("{place}.consent.label"), label),
        QuestionKind::Statement { link: Some(link) } => {
            texts.label(format!("{place}.statement.link.label"), &link.label);
        }
    }
}

fn check_choice_texts(texts: &mut Texts<'_>, place: &str, choices: &Choices) {
    for (index, choice) in choices.choices.iter().enumerate() {
        texts.label(format!("{place}.choices[{index}].label"), &choice.label);
    }
    if let Some(label) = &choices.other {
        texts.label(format!("{place}.other"), label);
    }
}

/// What leads nowhere is told at each question; whether all are reached and the conversation ends, once all lead somewhere.
fn check_ways(parts: &SurveyParts, mistakes: &mut Mistakes) {
    let before = mistakes.0.len();
    for place in 0..parts.questions.len() {
        mistakes.note(logic::places_after(&parts.questions, place).map(|_| ()));
    }
    if mistakes.0.len() == before {
        mistakes.note(logic::check_ways(&parts.questions));
    }
}

fn check_endings(parts: &SurveyParts, mistakes: &mut Mistakes) {
    match parts.endings.len() {
        0 => mistakes.add(SurveyError::NoEnding),
        1..=MAX_ENDINGS => {}
        count => mistakes.add(SurveyError::TooManyEndings(count)),
    }
    for (place, ending) in parts.endings.iter().enumerate() {
        let is_last = place + 1 == parts.endings.len();
        match &ending.when {
            Some(_) if is_last => mistakes.add(SurveyError::LastEndingIsPicky(place)),
            None if !is_last => mistakes.add(SurveyError::EndingForEverybody(place)),
            Some(rule) => mistakes.note(check_rule(parts, place, &rule.question, &rule.is)),
            None => {}
        }
        mistakes.note(check_ending(place, ending));
    }
}

fn check_rule(parts: &SurveyParts, place: usize, id: &QuestionId, test: &Test) -> Result<(), SurveyError> {
    let misled = |error| Misled { place: format!("endings[{place}].when"), error };
    let question = parts.questions.iter().find(|question| question.id == *id);
    let question = question.ok_or_else(|| misled(LogicError::NoSuchQuestion(id.clone())))?;
    test.outcomes(question).map_err(misled)?;
    Ok(())
}

fn check_ending(place: usize, ending: &Ending) -> Result<(), SurveyError> {
    if let Some(redirect) = &ending.redirect {
        let reason = if !redirect.url.is_page() {
            "a visitor is sent to a page; mailto: and tel: are for links"
        } else if redirect.after_seconds > MAX_REDIRECT_SECONDS {
            "after_seconds is more than 30, which nobody waits"
        } else {
            return check_form(place, ending.form.as_ref());
        };
        return Err(SurveyError::Redirect { place, reason });
    }
    check_form(place, ending.form.as_ref())
}

fn check_form(place: usize, form: Option<&Question>) -> Result<(), SurveyError> {
    match form {
        Some(form) if !form.next.is_empty() => {
            Err(SurveyError::Form { place, reason: "the conversation ends here; leave \"next\" out" })
        }
        _ => Ok(()),
    }
}

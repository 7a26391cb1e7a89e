//! From a survey, as its team wrote it, to a script, as one visitor hears it.

use crate::definition::{
    AGREED, Choices as WrittenChoices, ContactField, Direction, Ending as WrittenEnding, Format, Language,
    Link as WrittenLink, Localized, MAX_COMMENT, MAX_LINE, Question, QuestionKind, Scale, ScaleLook, Survey, Template,
    places_after,
};
use crate::targeting::Trigger;
use crate::theme::Theme;
use crate::words::{self, InterfaceWords};

use super::{
    Asks, Choices, Ending, Field, FieldKind, Frame, Jump, Link, Logo, Point, Script, Shown, Step, When, Words,
};

/// From this many points on, the row is set tight, so that eleven fit into the narrowest card.
const TIGHT_FROM: usize = 8;

/// The languages that some text of the survey is in, its own first.
pub fn languages_of(survey: &Survey) -> Vec<Language> {
    let mut languages = vec![survey.language().clone()];
    for (_, text) in survey.texts() {
        for (language, _) in text.each(survey.language()) {
            if !languages.contains(language) {
                languages.push(language.clone());
            }
        }
    }
    languages
}

/// The survey in the first of the wanted languages that it has, or in its own: `pt` will do for `pt-br`, and the other way round.
/// `theme` is the site's, and `style` the text of one of the widget's own style sheets.
pub fn script(survey: &Survey, wanted: &[Language], theme: &Theme, style: &dyn Fn(&str) -> String) -> Script {
    let language = pick_language(&languages_of(survey), wanted);
    let words = words::in_language(&language);
    let theme = theme.overridden_by(survey.theme());
    let writer = Writer { survey, language: &language, words };
    Script {
        is_rtl: language.is_rtl(),
        frame: frame(survey.format()),
        style: styles(survey).into_iter().map(style).chain([theme.to_style()]).collect(),
        logo: theme.logo.as_ref().map(|logo| Logo { url: logo.url.as_str().to_owned(), label: logo.label.clone() }),
        words: writer.words(),
        steps: survey.questions().iter().enumerate().map(|(place, question)| writer.step(question, place)).collect(),
        endings: survey.endings().iter().map(|ending| writer.ending(ending)).collect(),
        language: language.as_str().to_owned(),
    }
}

/// In which of the languages that it has a survey speaks to somebody who reads the wanted ones.
pub fn pick_language(has: &[Language], wanted: &[Language]) -> Language {
    let find = |wanted: &Language| {
        let related = || has.iter().find(|language| language.base() == wanted.base());
        has.iter()
            .find(|language| *language == wanted)
            .or_else(|| has.iter().find(|it| **it == wanted.base()))
            .or_else(related)
    };
    // A survey has its own language.
    wanted.iter().find_map(find).or(has.first()).cloned().unwrap_or_else(Language::english)
}

fn frame(format: &Format) -> Frame {
    match format {
        Format::Modal => Frame::Modal,
        Format::Inline(selector) => Frame::Inline(selector.clone()),
        Format::Corner(_) | Format::Bar(_) | Format::Side(_) => Frame::Floating,
    }
}

/// The widget's own style sheets that a survey needs.
fn styles(survey: &Survey) -> Vec<&'static str> {
    let mut names = vec!["base"];
    for question in survey.asked() {
        let of_kind = match &question.kind {
            QuestionKind::Score { .. } => "scale",
            QuestionKind::SingleChoice(_) | QuestionKind::MultipleChoice(_) | QuestionKind::Consent { .. } => "choice",
            QuestionKind::Statement { .. } => continue,
            _ => "field",
        };
        let has_other = matches!(&question.kind, QuestionKind::SingleChoice(it) | QuestionKind::MultipleChoice(it) if it.other.is_some());
        names.extend([of_kind].into_iter().chain(has_other.then_some("field")));
    }
    if survey.triggers().contains(&Trigger::FeedbackTab) {
        names.push("tab");
    }
    names.extend(survey.format().styles());
    let mut unique = Vec::new();
    names.into_iter().for_each(|name| {
        if !unique.contains(&name) {
            unique.push(name)
        }
    });
    unique
}

/// Writes a survey's parts in one language.
struct Writer<'a> {
    survey: &'a Survey,
    language: &'a Language,
    words: &'static InterfaceWords,
}

impl Writer<'_> {
    fn text(&self, text: &Localized) -> String {
        text.in_language(self.language, self.survey.language()).to_owned()
    }

    fn template(&self, text: &Localized) -> Template {
        let questions = self.survey.questions();
        let place_of =
            |name: &str| questions.iter().position(|question| question.id.as_str() == name).map(|place| place as u8);
        // A survey's texts were parsed when it was read; what does not parse could only stand there as it is.
        let plain = |_| Template(vec![crate::definition::Piece::Plain(self.text(text))]);
        Template::parse(&self.text(text), &place_of).unwrap_or_else(plain)
    }

    fn words(&self) -> Words {
        let InterfaceWords { close, skip, send, next, back, required, feedback, .. } = self.words.clone();
        let tab = self.survey.tab_label().map_or(feedback, |label| self.text(label));
        Words { close, skip, send, next, back, required, tab }
    }

    fn step(&self, question: &Question, place: usize) -> Step {
        let ways = places_after(self.survey.questions(), place).unwrap_or_default();
        let jumps = ways.into_iter().filter(|(_, to)| *to != place + 1 || ways_matter(question));
        Step { jumps: jumps.map(|(outcomes, to)| Jump { outcomes, to: to as u8 }).collect(), ..self.form(question) }
    }

    /// A step that leads nowhere else.
    fn form(&self, question: &Question) -> Step {
        Step {
            id: question.id.clone(),
            prompt: self.template(&question.prompt),
            note: question.note.as_ref().map(|note| self.template(note)).unwrap_or_default(),
            asks: self.asks(&question.kind),
            is_required: question.is_required(),
            jumps: Vec::new(),
        }
    }

    fn asks(&self, kind: &QuestionKind) -> Asks {
        match kind {
            QuestionKind::Score { scale, look, low, high } => self.scale(scale, *look, self.text(low), self.text(high)),
            QuestionKind::SingleChoice(choices) => Asks::One(self.choices(choices)),
            QuestionKind::MultipleChoice(choices) => Asks::Many(self.choices(choices)),
            QuestionKind::Consent { label } => {
                let choices = vec![(AGREED.to_owned(), self.text(label))];
                Asks::Many(Choices { choices, other: None, is_shuffled: false })
            }
            QuestionKind::ShortText { placeholder } => Asks::Text(self.field(FieldKind::Line, MAX_LINE, placeholder)),
            QuestionKind::Comment { placeholder } => Asks::Text(self.field(FieldKind::Area, MAX_COMMENT, placeholder)),
            QuestionKind::Email { placeholder } => Asks::Text(self.field(FieldKind::Email, MAX_LINE, placeholder)),
            QuestionKind::Contact { fields } => {
                Asks::Fields(fields.iter().map(|field| self.contact_field(*field)).collect())
            }
            QuestionKind::Statement { link } => Asks::Nothing { link: link.as_ref().map(|link| self.link(link)) },
        }
    }

    fn scale(&self, scale: &Scale, look: ScaleLook, low: String, high: String) -> Asks {
        let count = scale.values().len();
        let points = scale.points().enumerate().map(|(index, value)| {
            let end = [low.as_str(), high.as_str()][usize::from(index > 0)];
            let is_end = index == 0 || index + 1 == count;
            let named =
                self.words.of.replace("{point}", &value.to_string()).replace("{last}", &scale.last().to_string());
            let label = match look {
                // A thumb is no number.
                ScaleLook::Thumbs => end.to_owned(),
                _ if is_end => format!("{named}, {end}"),
                _ => named,
            };
            let goodness = if scale.direction() == Direction::LowerIsBetter { count - 1 - index } else { index };
            Point { value, label, shows: shown(look, goodness, count) }
        });
        let class = match look {
            ScaleLook::Faces => "scale faces",
            ScaleLook::Stars => "scale stars",
            ScaleLook::Thumbs => "scale thumbs",
            ScaleLook::Numbers if count >= TIGHT_FROM => "scale tight",
            ScaleLook::Numbers => "scale",
        };
        Asks::Scale { class: class.to_owned(), points: points.collect(), low, high }
    }

    fn choices(&self, choices: &WrittenChoices) -> Choices {
        Choices {
            choices: choices.choices.iter().map(|it| (it.id.as_str().to_owned(), self.text(&it.label))).collect(),
            other: choices.other.as_ref().map(|label| self.text(label)),
            is_shuffled: choices.random_order,
        }
    }

    fn field(&self, kind: FieldKind, max_characters: usize, placeholder: &Localized) -> Field {
        let name = if kind == FieldKind::Email { "email" } else { "" };
        Field {
            name: name.to_owned(),
            label: String::new(),
            placeholder: self.text(placeholder),
            kind,
            max_characters: max_characters as u16,
        }
    }

    fn contact_field(&self, field: ContactField) -> Field {
        let InterfaceWords { name, email, phone, company, message, .. } = self.words;
        let (label, kind) = match field {
            ContactField::Name => (name, FieldKind::Line),
            ContactField::Email => (email, FieldKind::Email),
            ContactField::Phone => (phone, FieldKind::Phone),
            ContactField::Company => (company, FieldKind::Line),
            ContactField::Message => (message, FieldKind::Area),
        };
        Field {
            name: field.as_str().to_owned(),
            label: label.clone(),
            placeholder: String::new(),
            kind,
            max_characters: field.max_characters() as u16,
        }
    }

    fn link(&self, link: &WrittenLink) -> Link {
        Link { label: self.text(&link.label), url: link.url.as_str().to_owned() }
    }

    fn ending(&self, ending: &WrittenEnding) -> Ending {
        Ending {
            when: ending.when.as_ref().and_then(|rule| {
                let questions = self.survey.questions();
                let step = questions.iter().position(|question| question.id == rule.question)?;
                Some(When { step: step as u8, outcomes: rule.is.outcomes(&questions[step]).ok()? })
            }),
            form: ending.form.as_ref().map(|form| self.form(form)),
            title: self.template(&ending.title),
            text: self.template(&ending.text),
            link: ending.link.as_ref().map(|link| self.link(link)),
            redirect: ending.redirect.as_ref().map(|it| (it.url.as_str().to_owned(), it.after_seconds)),
        }
    }
}

/// Whether a question says where to go; if not, the next question needs no jump.
fn ways_matter(question: &Question) -> bool {
    !question.next.is_empty()
}

/// `goodness` counts from the worst point.
fn shown(look: ScaleLook, goodness: usize, points: usize) -> Shown {
    match look {
        ScaleLook::Numbers => Shown::Number,
        ScaleLook::Stars => Shown::Star,
        // Five faces; three points take every other. No scale has fewer than two points: see `ScaleParts`.
        ScaleLook::Faces => Shown::Face((goodness * 4 / (points - 1)) as u8),
        ScaleLook::Thumbs if goodness == 0 => Shown::ThumbDown,
        ScaleLook::Thumbs => Shown::ThumbUp,
    }
}

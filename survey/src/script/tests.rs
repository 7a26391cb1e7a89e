//! What scripts say, and that they lead where their surveys do.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::definition::{Blank, Language, Localized, Piece, Question, QuestionKind, Survey, Target, Test};
use crate::theme::Theme;

fn survey(questions: Json, endings: Json) -> Survey {
    read(questions, endings).unwrap()
}

fn read(questions: Json, endings: Json) -> Result<Survey, String> {
    let whole = json!({
        "id": "s", "name": "n", "triggers": ["immediately"], "questions": questions, "endings": endings,
    });
    serde_json::from_value(whole).map_err(|error| error.to_string())
}

fn in_languages(survey: &Survey, wanted: &[&str]) -> Script {
    let wanted: Vec<Language> = wanted.iter().map(|tag| tag.parse().unwrap()).collect();
    script(survey, &wanted, &Theme::default(), &|name| format!("/*{name}*/"))
}

fn written(survey: &Survey) -> Script {
    in_languages(survey, &[])
}

/// The only step of a survey that asks one thing.
fn asks(kind: Json) -> Asks {
    let survey = survey(json!([{"id": "q", "prompt": "?", "kind": kind}]), json!([{"title": "Thanks"}]));
    written(&survey).steps.remove(0).asks
}

fn score(scale: &str, look: &str) -> Json {
    json!({"score": {"scale": scale, "look": look, "low": "Bad", "high": "Good"}})
}

fn plain(template: &Template) -> String {
    template.fill(&|_| String::new())
}

// Languages.

fn prompt_for(texts: Json, own: &str, wanted: &[&str]) -> String {
    let whole = json!({
        "id": "s", "name": "n", "language": own, "triggers": ["immediately"], "endings": [{"title": "!"}],
        "questions": [{"id": "q", "prompt": texts, "kind": {"comment": {}}}],
    });
    let survey: Survey = serde_json::from_value(whole).unwrap();
    plain(&in_languages(&survey, wanted).steps[0].prompt)
}

#[test]
fn the_first_wanted_language_that_the_survey_has_is_spoken() {
    let texts = json!({"en": "English", "ru": "русский", "de": "Deutsch"});
    assert_eq!(prompt_for(texts.clone(), "en", &["fr", "de", "ru"]), "Deutsch");
    assert_eq!(prompt_for(texts.clone(), "en", &["ru-RU", "de"]), "русский");
    assert_eq!(prompt_for(texts.clone(), "de", &["fr"]), "Deutsch", "its own, where it has none of them");
    assert_eq!(prompt_for(texts, "ru", &[]), "русский");
}

#[test]
fn a_form_of_a_language_does_for_another() {
    let plain = json!({"en": "English", "pt": "português"});
    let brazilian = json!({"en": "English", "pt-BR": "brasileiro"});
    let both = json!({"en": "English", "pt-BR": "brasileiro", "pt": "português"});
    assert_eq!(prompt_for(plain, "en", &["pt-BR"]), "português");
    assert_eq!(prompt_for(brazilian.clone(), "en", &["pt"]), "brasileiro");
    assert_eq!(prompt_for(brazilian, "en", &["pt-PT", "en"]), "brasileiro");
    assert_eq!(prompt_for(both.clone(), "en", &["pt-PT"]), "português");
    assert_eq!(prompt_for(both, "en", &["pt-BR"]), "brasileiro");
}

#[test]
fn a_text_that_is_not_translated_is_told_in_the_surveys_own_language() {
    let texts = json!([
        {"id": "a", "prompt": {"en": "One", "ru": "Один"}, "kind": {"comment": {}}},
        {"id": "b", "prompt": "Two", "kind": {"comment": {}}},
    ]);
    let russian = in_languages(&survey(texts, json!([{"title": "Thanks"}])), &["ru"]);
    let prompts: Vec<String> = russian.steps.iter().map(|step| plain(&step.prompt)).collect();
    assert_eq!(prompts, ["Один", "Two"]);
    assert_eq!((russian.language.as_str(), russian.words.send.as_str()), ("ru", "Отправить"));
}

#[test]
fn the_widgets_own_words_and_the_direction_follow_the_language() {
    let arabic = survey(
        json!([{"id": "a", "prompt": {"en": "How?", "ar": "كيف؟"}, "kind": score("ces7", "numbers")}]),
        json!([{"title": "Thanks"}]),
    );
    let told = in_languages(&arabic, &["ar-EG"]);
    assert!(told.is_rtl && told.words.close == "إغلاق", "{:?}", told.words);
    assert!(!in_languages(&arabic, &["en"]).is_rtl);
}

// Kinds.

#[test]
fn every_kind_is_asked_in_its_own_way() {
    let text = |asks| match asks {
        Asks::Text(field) => (field.kind, field.max_characters, field.name),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(asks(json!({"short_text": {}}))), (FieldKind::Line, 200, String::new()));
    assert_eq!(text(asks(json!({"comment": {}}))), (FieldKind::Area, 2_000, String::new()));
    assert_eq!(text(asks(json!({"email": {}}))), (FieldKind::Email, 200, "email".to_owned()));
    assert_eq!(asks(json!({"statement": {}})), Asks::Nothing { link: None });
    let link = json!({"statement": {"link": {"label": "More", "url": "/more"}}});
    assert_eq!(asks(link), Asks::Nothing { link: Some(Link { label: "More".into(), url: "/more".into() }) });
    let Asks::Many(consent) = asks(json!({"consent": {"label": "I agree"}})) else { panic!() };
    assert_eq!(consent.choices, [("agreed".to_owned(), "I agree".to_owned())]);
}

#[test]
fn choices_keep_their_names_their_order_and_the_one_to_be_worded() {
    let kind = |name: &str| json!({name: {"choices": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "other": "Else", "random_order": true}});
    let expected = Choices {
        choices: vec![("a".into(), "A".into()), ("b".into(), "B".into())],
        other: Some("Else".into()),
        is_shuffled: true,
    };
    assert_eq!(asks(kind("single_choice")), Asks::One(expected.clone()));
    assert_eq!(asks(kind("multiple_choice")), Asks::Many(expected));
}

#[test]
fn each_field_of_a_contact_form_has_its_label() {
    let Asks::Fields(fields) = asks(json!({"contact": {"fields": ["email", "message"]}})) else { panic!() };
    let told: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.label.as_str(), field.kind)).collect();
    assert_eq!(told, [("email", "E-mail", FieldKind::Email), ("message", "Message", FieldKind::Area)]);
}

fn points(scale: &str, look: &str) -> Vec<Point> {
    match asks(score(scale, look)) {
        Asks::Scale { points, .. } => points,
        other => panic!("{other:?}"),
    }
}

fn shown(scale: &str, look: &str) -> Vec<Shown> {
    points(scale, look).into_iter().map(|point| point.shows).collect()
}

#[test]
fn the_happiest_face_is_at_the_good_end_whichever_that_is() {
    let faces = |order: [u8; 5]| order.map(Shown::Face).to_vec();
    assert_eq!(shown("csat5", "faces"), faces([0, 1, 2, 3, 4]));
    assert_eq!(shown("ces5_effort", "faces"), faces([4, 3, 2, 1, 0]));
    assert_eq!(shown("csat3", "faces"), [0, 2, 4].map(Shown::Face));
    assert_eq!(shown("csat_thumbs", "thumbs"), [Shown::ThumbDown, Shown::ThumbUp]);
    assert_eq!(shown("csat5", "stars"), vec![Shown::Star; 5]);
}

#[test]
fn the_ends_of_a_scale_are_named_in_words() {
    let labels: Vec<String> = points("csat5", "faces").into_iter().map(|point| point.label).collect();
    assert_eq!(labels, ["1 of 5, Bad", "2 of 5", "3 of 5", "4 of 5", "5 of 5, Good"]);
    let values: Vec<u8> = points("nps", "numbers").into_iter().map(|point| point.value).collect();
    assert_eq!(values, (0..=10).collect::<Vec<u8>>());
}

#[test]
fn only_the_style_sheets_that_a_survey_needs_are_delivered() {
    let style = |questions: Json| written(&survey(questions, json!([{"title": "Thanks"}]))).style;
    let one = |kind: Json| style(json!([{"id": "q", "prompt": "?", "kind": kind}]));
    assert!(one(score("nps", "numbers")).starts_with("/*base*//*scale*//*corner*/:host{"));
    assert!(one(json!({"statement": {}})).starts_with("/*base*//*corner*/:host{"));
    assert!(one(json!({"contact": {"fields": ["email"]}})).starts_with("/*base*//*field*//*corner*/:host{"));
}

// Ways.

#[test]
fn a_form_of_an_ending_may_say_what_was_answered() {
    let told = written(&survey(
        json!([{"id": "nps", "prompt": "?", "kind": score("nps", "numbers")}]),
        json!([
            {"when": {"question": "nps", "is": {"band": "negative"}}, "title": "Sorry",
             "form": {"id": "who", "prompt": "You gave {{answer.nps}}.", "kind": {"contact": {"fields": ["email"]}}}},
            {"when": {"question": "nps", "is": {"score": {"from": 9, "to": 10}}}, "title": "Great",
             "link": {"label": "Tell others", "url": "https://a.example/review"}},
            {"title": "Thanks", "redirect": {"url": "/", "after_seconds": 2}},
        ]),
    ));
    let form = told.endings[0].form.as_ref().unwrap();
    assert_eq!(
        form.prompt.fill(&|blank| if *blank == Blank::Answer(0) { "3".into() } else { String::new() }),
        "You gave 3."
    );
    let ending = |point: usize| plain(&told.endings[told.ending(&[Outcomes::chosen(point)])].title);
    let endings: Vec<String> = (0..=10).map(ending).collect();
    assert_eq!(
        endings,
        ["Sorry", "Sorry", "Sorry", "Sorry", "Sorry", "Sorry", "Sorry", "Thanks", "Thanks", "Great", "Great"]
    );
    assert_eq!(told.ending(&[]), 2, "what was not asked is in no band");
    assert_eq!(told.endings[2].redirect, Some(("/".to_owned(), 2)));
}

/// An answer as the survey's own logic sees it; the script knows it as [`Outcomes`].
#[derive(Clone, Debug)]
enum Given {
    Nothing,
    Point(u8),
    /// By their places.
    Picked(BTreeSet<usize>),
    Text,
}

impl Given {
    /// Some answer to the question, by a number that chooses one.
    fn to(question: &Question, number: u32) -> Self {
        if !question.is_required() && number.is_multiple_of(3) {
            return Self::Nothing;
        }
        let number = number as usize;
        match &question.kind {
            QuestionKind::Statement { .. } => Self::Nothing,
            QuestionKind::Score { scale, .. } => Self::Point(scale.first() + (number % scale.values().len()) as u8),
            QuestionKind::SingleChoice(choices) => Self::Picked([number % choices.count()].into()),
            QuestionKind::MultipleChoice(choices) => {
                let picked = (0..choices.count()).filter(|place| number >> place & 1 == 1);
                Self::Picked(picked.chain([number % choices.count()]).collect())
            }
            QuestionKind::Consent { .. } => Self::Picked([0].into()),
            _ => Self::Text,
        }
    }

    fn outcomes(&self, question: &Question) -> Outcomes {
        match (self, &question.kind) {
            (Self::Nothing, _) => Outcomes::SKIPPED,
            (Self::Point(point), QuestionKind::Score { scale, .. }) => {
                Outcomes::chosen(scale.index(scale.score((*point).into()).unwrap()))
            }
            (Self::Picked(places), _) => places.iter().copied().collect(),
            _ => Outcomes::chosen(0),
        }
    }

    /// What the test says by its documentation, without any set.
    fn meets(&self, test: &Test, question: &Question) -> bool {
        match (test, self, &question.kind) {
            (Test::Skipped, given, _) => matches!(given, Self::Nothing),
            (Test::Answered, given, _) => !matches!(given, Self::Nothing),
            (Test::Score { from, to }, Self::Point(point), _) => (from..=to).contains(&point),
            (Test::Band(band), Self::Point(point), QuestionKind::Score { scale, .. }) => {
                scale.band(scale.score((*point).into()).unwrap()) == *band
            }
            (
                Test::Chosen(wanted),
                Self::Picked(places),
                QuestionKind::SingleChoice(choices) | QuestionKind::MultipleChoice(choices),
            ) => wanted.iter().any(|choice| places.contains(&choices.place(choice).unwrap())),
            _ => false,
        }
    }
}

/// Where the survey itself leads.
fn next_of(survey: &Survey, place: usize, given: &Given) -> Option<usize> {
    let questions = survey.questions();
    let applies = |test: &Option<Test>| test.as_ref().is_none_or(|test| given.meets(test, &questions[place]));
    match questions[place].next.iter().find(|jump| applies(&jump.test)).map(|jump| &jump.go) {
        Some(Target::End) => None,
        Some(Target::Question(id)) => questions.iter().position(|question| question.id == *id),
        None => Some(place + 1).filter(|next| *next < questions.len()),
    }
}

const KINDS: usize = 7;

fn kind(number: usize) -> Json {
    let choices = json!({"choices": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}, {"id": "c", "label": "C"}], "other": "D"});
    match number % KINDS {
        0 => score("nps", "numbers"),
        1 => score("ces5_effort", "faces"),
        2 => json!({"single_choice": choices}),
        3 => json!({"multiple_choice": choices}),
        4 => json!({"comment": {}}),
        5 => json!({"statement": {}}),
        _ => json!({"consent": {"label": "Yes"}}),
    }
}

fn test(kind: usize, number: usize) -> Json {
    let band = ["negative", "neutral", "positive"][number % 3];
    let choice = ["a", "b", "c", "other"][number % 4];
    match kind % KINDS {
        0 if number.is_multiple_of(2) => json!({"score": {"from": number % 11, "to": 10}}),
        0 | 1 => json!({"band": band}),
        2 | 3 => json!({"chosen": [choice]}),
        _ if number.is_multiple_of(2) => json!("answered"),
        _ => json!("skipped"),
    }
}

/// Surveys of one to six questions with jumps here and there; those that would be refused are left out.
fn any_survey() -> impl Strategy<Value = Survey> {
    let jump = (any::<u8>(), 1_usize..4);
    let question = (0..KINDS, any::<bool>(), prop::collection::vec(jump, 0..3), any::<bool>());
    let ending = (any::<prop::sample::Index>(), any::<u8>());
    (prop::collection::vec(question, 1..7), prop::collection::vec(ending, 0..3)).prop_filter_map("refused", |(asked, endings)| {
        let last = asked.len() - 1;
        let questions = asked.iter().enumerate().map(|(place, (number, required, jumps, quotes))| {
            let jumps = jumps.iter().map(|(test_number, ahead)| {
                let to = place + ahead;
                let go = if to > last { "end".to_owned() } else { format!("q{to}") };
                json!({"if": test(*number, usize::from(*test_number)), "go": go})
            });
            let prompt = if *quotes && place > 0 { "After {{answer.q0|nothing}}, {{trait.name|you}}?" } else { "?" };
            json!({
                "id": format!("q{place}"), "prompt": prompt, "required": required, "kind": kind(*number),
                "next": jumps.collect::<Vec<_>>(),
            })
        });
        let endings = endings.iter().enumerate().map(|(number, (question, test_number))| {
            let place = question.index(asked.len());
            let is = test(asked[place].0, usize::from(*test_number));
            json!({"when": {"question": format!("q{place}"), "is": is}, "title": format!("{number} {{{{answer.q{place}}}}}")})
        });
        let endings: Vec<Json> = endings.chain([json!({"title": "Thanks"})]).collect();
        read(questions.collect(), endings.into()).ok()
    })
}

fn blanks(template: &Template) -> impl Iterator<Item = &Blank> {
    template.0.iter().filter_map(|piece| match piece {
        Piece::Blank { of, .. } => Some(of),
        Piece::Plain(_) => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { max_local_rejects: 1_000_000, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_is_answered_the_script_leads_where_the_survey_does_and_ends(
        survey in any_survey(),
        numbers in prop::collection::vec(any::<u32>(), 6),
    ) {
        let script = written(&survey);
        let questions = survey.questions();
        let mut outcomes = vec![Outcomes::SKIPPED; questions.len()];
        let mut given = vec![Given::Nothing; questions.len()];
        let mut here = Some(0);
        let mut asked = 0;
        while let Some(place) = here {
            asked += 1;
            prop_assert!(asked <= questions.len(), "more is asked than there is");
            given[place] = Given::to(&questions[place], numbers[place]);
            outcomes[place] = given[place].outcomes(&questions[place]);
            here = script.after(place, outcomes[place]);
            prop_assert_eq!(here, next_of(&survey, place, &given[place]), "after q{}: {:?}", place, given[place]);
        }
        let applies = |place: usize| survey.endings()[place].when.as_ref().is_none_or(|rule| {
            let asked = questions.iter().position(|question| question.id == rule.question).unwrap();
            given[asked].meets(&rule.is, &questions[asked])
        });
        let ending = (0..survey.endings().len()).find(|place| applies(*place));
        prop_assert_eq!(Some(script.ending(&outcomes)), ending);
    }

    #[test]
    fn every_blank_is_about_something_that_is_asked(survey in any_survey()) {
        let script = written(&survey);
        let texts = script.steps.iter().flat_map(|step| [&step.prompt, &step.note]);
        let texts = texts.chain(script.endings.iter().flat_map(|ending| [&ending.title, &ending.text]));
        for blank in texts.flat_map(blanks) {
            prop_assert!(!matches!(blank, Blank::Answer(place) if usize::from(*place) >= script.steps.len()));
        }
    }

    #[test]
    fn a_survey_and_its_script_survive_being_written_down(survey in any_survey()) {
        let json = serde_json::to_string(&survey).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Survey>(&json).unwrap(), &survey);
        let script = written(&survey);
        let bytes = postcard::to_allocvec(&script).unwrap();
        prop_assert_eq!(postcard::from_bytes::<Script>(&bytes).unwrap(), script);
    }
}

#[test]
fn languages_are_those_of_all_texts_and_the_own_one_first() {
    let texts =
        json!([{"id": "q", "prompt": {"ru": "?", "en": "?"}, "note": {"en": "x", "tr": "y"}, "kind": {"comment": {}}}]);
    let tags: Vec<String> =
        languages_of(&survey(texts, json!([{"title": "Thanks"}]))).iter().map(ToString::to_string).collect();
    assert_eq!(tags, ["en", "ru", "tr"]);
    assert_eq!(Localized::from("x").each(&Language::english()).len(), 1);
}

//! A survey speaks the page's language, or else the browser's, or else its own; and nobody pays for a language that they do not read.

use serde_json::{Value, json};
use tests::host_pages::STUB;
use tests::kinds::{PAGE, shown_by_page};
use tests::{Setting, Stage, with};

const QUESTION: [(&str, &str); 3] = [("en", "Was it easy?"), ("ru", "Было легко?"), ("ar", "هل كان ذلك سهلاً؟")];

/// Asks one thing in three languages; whatever has no other is in Russian.
fn in_three_languages() -> Value {
    let prompts: Value = QUESTION
        .iter()
        .map(|(language, prompt)| (language.to_string(), json!(prompt)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let question = json!({ "id": "ease", "prompt": prompts, "required": false,
        "kind": { "comment": { "placeholder": { "en": "Optional", "ru": "По желанию" } } } });
    let survey = shown_by_page("ease", &json!({ "corner": "bottom_right" }), &[question]);
    with("endings", json!([{ "title": { "ru": "Спасибо", "en": "Thanks" } }]), with("language", json!("ru"), survey))
}

/// A page in a language, with the survey shown.
async fn on_page_in(setting: Setting, attributes: &str, prompt: &str) -> Stage {
    let stage = Stage::set(setting, &[in_three_languages()]).await.unwrap();
    stage.pages.put_in(attributes, "/page", &format!("{STUB}{}", stage.site.snippet()), PAGE);
    stage.visit("/page").await.unwrap();
    stage.show("ease", prompt).await.unwrap();
    stage
}

async fn the_pages_own_language_comes_first(setting: Setting) {
    for (attributes, prompt, skip) in [("lang=ru-RU", QUESTION[1].1, "Пропустить"), ("lang=en", QUESTION[0].1, "Skip")]
    {
        let stage = on_page_in(setting, attributes, prompt).await;
        stage.wait_for("button", skip).await.unwrap();
        assert_eq!(stage.inside("return root.querySelector('[dir]').dir").await.unwrap(), json!("ltr"));
    }
}

async fn else_it_is_the_browsers(setting: Setting) {
    // All these browsers are English.
    for attributes in ["lang=de", "", "lang='no such language'"] {
        on_page_in(setting, attributes, QUESTION[0].1).await;
    }
}

async fn what_is_read_from_right_to_left_is_laid_out_so_and_falls_back_where_it_is_not_translated(setting: Setting) {
    let stage = on_page_in(setting, "lang=ar dir=rtl", QUESTION[2].1).await;
    let seen = "const speaks = root.querySelector('[dir]'), close = root.querySelector('.close').getBoundingClientRect(), card = root.querySelector('.card').getBoundingClientRect();
        return [speaks.dir, speaks.lang, close.right < (card.left + card.right) / 2, root.querySelector('.field').placeholder]";
    assert_eq!(stage.inside(seen).await.unwrap(), json!(["rtl", "ar", true, "По желанию"]));
}

async fn only_the_language_in_use_is_downloaded(setting: Setting) {
    let stage = on_page_in(setting, "lang=ru", QUESTION[1].1).await;
    let loaded = stage.loaded().await.unwrap();
    let mut downloaded = Vec::new();
    for file in &loaded {
        let content =
            reqwest::get(format!("{}{file}", stage.site.collector.origin())).await.unwrap().bytes().await.unwrap();
        downloaded.extend_from_slice(&content);
    }
    let has = |text: &str| downloaded.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has(QUESTION[1].1) && has("Спасибо") && has("Пропустить"), "what is shown is not in {loaded:?}");
    for other in [QUESTION[0].1, QUESTION[2].1, "Thanks", "Optional", "Überspringen"] {
        assert!(!has(other), "{other:?} is downloaded, too");
    }
}

held! {
    [mouse, firefox, webkit] the_pages_own_language_comes_first;
    [mouse, firefox, webkit] else_it_is_the_browsers;
    [mouse, firefox, webkit] what_is_read_from_right_to_left_is_laid_out_so_and_falls_back_where_it_is_not_translated;
    [mouse] only_the_language_in_use_is_downloaded;
}

//! By keyboard alone, and as a screen reader tells it: every kind of question, in order, from the first Tab to the thanks.

use anyhow::{bail, ensure};
use serde_json::{Value, json};
use tests::host_pages::STUB;
use tests::kinds::{self, Kind, PAGE, THANKS, kinds};
use tests::{Setting, Stage};

/// Something to come to by Tab: its role and its name.
type Stop = (&'static str, &'static str);

const CLOSE: Stop = ("button", "Close");
const SKIP: Stop = ("button", "Skip");
const SEND: Stop = ("button", "Send");

/// Everything in a kind of question that takes the focus, in order.
fn stops(kind: &str) -> Vec<Stop> {
    let answers: &[Stop] = match kind {
        "csat" | "faces" => &[
            ("button", "1 of 5, Very dissatisfied"),
            ("button", "2 of 5"),
            ("button", "3 of 5"),
            ("button", "4 of 5"),
            ("button", "5 of 5, Very satisfied"),
            SKIP,
        ],
        "ces" => &[
            ("button", "1 of 7, Strongly disagree"),
            ("button", "2 of 7"),
            ("button", "3 of 7"),
            ("button", "4 of 7"),
            ("button", "5 of 7"),
            ("button", "6 of 7"),
            ("button", "7 of 7, Strongly agree"),
            SKIP,
        ],
        "nps" => &[
            ("button", "0 of 10, Not at all likely"),
            ("button", "1 of 10"),
            ("button", "2 of 10"),
            ("button", "3 of 10"),
            ("button", "4 of 10"),
            ("button", "5 of 10"),
            ("button", "6 of 10"),
            ("button", "7 of 10"),
            ("button", "8 of 10"),
            ("button", "9 of 10"),
            ("button", "10 of 10, Extremely likely"),
            SKIP,
        ],
        "stars" => &[
            ("button", "1 of 5, Poor"),
            ("button", "2 of 5"),
            ("button", "3 of 5"),
            ("button", "4 of 5"),
            ("button", "5 of 5, Excellent"),
            SKIP,
        ],
        "thumbs" => &[("button", "No"), ("button", "Yes"), SKIP],
        "single-choice" => &[
            ("button", "To buy something"),
            ("button", "To find an answer to a question that I have had for long"),
            ("button", "Just to look around"),
            ("button", "Something else"),
            SKIP,
        ],
        "multiple-choice" => &[
            ("checkbox", "Prices"),
            ("checkbox", "Pictures"),
            ("checkbox", "Reviews"),
            ("checkbox", "Something else"),
            SEND,
            SKIP,
        ],
        "short-text" => &[("textbox", "What were you looking for?"), SEND, SKIP],
        "comment" => &[("textbox", "What could we do better?"), SEND, SKIP],
        "email" => &[("textbox", "Where can we reach you?"), SEND, SKIP],
        "contact" => &[
            ("textbox", "Name"),
            ("textbox", "E-mail"),
            ("textbox", "Phone"),
            ("textbox", "Company"),
            ("textbox", "Message"),
            SEND,
            SKIP,
        ],
        "consent" => &[("checkbox", "Yes, you may quote me without my name."), SEND, SKIP],
        "statement" => &[("link", "Have a look"), ("button", "Continue")],
        _ => panic!("no stops are known for {kind}"),
    };
    [answers, &[CLOSE]].concat()
}

/// A site with one survey for each kind of question.
async fn stage_with_each_kind(setting: Setting) -> Stage {
    let corner = json!({ "corner": "bottom_right" });
    let one = |kind: Kind| kinds::shown_by_page(kind.name, &corner, &[kind.question]);
    let surveys: Vec<Value> = kinds().into_iter().map(one).collect();
    let stage = Stage::set(setting, &surveys).await.unwrap();
    stage.put_behind(STUB, "/page", PAGE);
    stage
}

async fn shows(stage: &Stage, survey: &str, prompt: &str) {
    stage.visit("/page").await.unwrap();
    stage.show(survey, prompt).await.unwrap();
}

/// What in the widget has the focus.
async fn focused(stage: &Stage) -> anyhow::Result<Option<(String, String)>> {
    let told = stage.told().await?.into_iter().filter(|told| told.is_focused);
    Ok(told
        .map(|told| (told.role, told.name))
        .find(|(role, _)| ["button", "checkbox", "textbox", "link"].contains(&role.as_str())))
}

/// Where Tab leads within the widget, until it leaves it.
async fn ways_of_tab(stage: &Stage) -> anyhow::Result<Vec<(String, String)>> {
    stage.tab_into_the_widget().await?;
    let mut way: Vec<(String, String)> = Vec::new();
    while stage.run("return document.activeElement.localName").await? == "pagepoll-survey" {
        ensure!(way.len() < 30, "Tab does not lead out again: {way:?}");
        match focused(stage).await? {
            Some(stop) => way.push(stop),
            None => bail!("after {way:?} something without a role or name has the focus"),
        }
        stage.press("Tab").await?;
    }
    Ok(way)
}

async fn tab_leads_through_the_answers_in_order_then_out_again(setting: Setting) {
    let stage = stage_with_each_kind(setting).await;
    for kind in kinds() {
        shows(&stage, kind.name, kind.prompt).await;
        let way = ways_of_tab(&stage).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        let way: Vec<(&str, &str)> = way.iter().map(|(role, name)| (role.as_str(), name.as_str())).collect();
        assert_eq!(way, stops(kind.name), "{}", kind.name);
    }
}

/// Answers what is on the screen, with the focus in the widget.
async fn answer(stage: &Stage, kind: &str) -> anyhow::Result<()> {
    let go = async |(role, name): Stop, key: &str| {
        stage.tab_to(role, name).await?;
        stage.press(key).await
    };
    let kind_stops = stops(kind);
    let mut fields = kind_stops.iter().filter(|(role, _)| *role == "textbox");
    match kind {
        // Both keys that press a button, in turn.
        "csat" | "faces" | "stars" | "thumbs" => go(kind_stops[1], "Enter").await,
        "ces" | "nps" | "single-choice" => go(kind_stops[2], " ").await,
        "multiple-choice" => {
            go(kind_stops[0], " ").await?;
            go(kind_stops[2], " ").await?;
            go(SEND, "Enter").await
        }
        "consent" => {
            go(kind_stops[0], " ").await?;
            go(SEND, " ").await
        }
        "short-text" => {
            stage.tab_to("textbox", fields.next().map_or("", |field| field.1)).await?;
            stage.type_text("A lamp").await?;
            stage.press("Enter").await
        }
        "email" => {
            stage.tab_to("textbox", fields.next().map_or("", |field| field.1)).await?;
            stage.type_text("a@b.example").await?;
            stage.press("Enter").await
        }
        "comment" => {
            stage.tab_to("textbox", fields.next().map_or("", |field| field.1)).await?;
            stage.type_text("First line").await?;
            // In a longer text it begins another line.
            stage.press("Enter").await?;
            stage.type_text("Second line").await?;
            go(SEND, "Enter").await
        }
        "contact" => {
            for (field, text) in fields.zip(["Ada", "ada@b.example", "+49 30 1234", "Analytics", "Please do"]) {
                stage.tab_to("textbox", field.1).await?;
                stage.type_text(text).await?;
            }
            go(SEND, "Enter").await
        }
        _ => go(("button", "Continue"), "Enter").await,
    }
}

async fn every_kind_is_answered_by_keyboard_alone(setting: Setting) {
    let stage = stage_with_each_kind(setting).await;
    for kind in kinds() {
        shows(&stage, kind.name, kind.prompt).await;
        stage.tab_into_the_widget().await.unwrap();
        answer(&stage, kind.name).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        stage.wait_for("heading", THANKS).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name));
    }
}

async fn the_choice_of_ones_own_words_is_worded_and_sent_by_keyboard(setting: Setting) {
    let stage = stage_with_each_kind(setting).await;
    for (kind, key) in [("single-choice", "Enter"), ("multiple-choice", " ")] {
        let prompt = kinds().into_iter().find(|one| one.name == kind).unwrap().prompt;
        shows(&stage, kind, prompt).await;
        stage.tab_into_the_widget().await.unwrap();
        let choice = if kind == "single-choice" { "button" } else { "checkbox" };
        stage.tab_to(choice, "Something else").await.unwrap();
        stage.press(key).await.unwrap();
        stage.tab_to("textbox", "Something else").await.unwrap();
        stage.type_text("To see the cat").await.unwrap();
        stage.press("Enter").await.unwrap();
        stage.wait_for("heading", THANKS).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}

async fn stage_with_formats(setting: Setting) -> Stage {
    let question = kinds()[1].question.clone();
    let one = |(name, format): (&str, Value)| kinds::shown_by_page(name, &format, std::slice::from_ref(&question));
    let surveys: Vec<Value> = kinds::main_formats().into_iter().map(one).collect();
    let stage = Stage::set(setting, &surveys).await.unwrap();
    stage.put_behind(STUB, "/page", PAGE);
    stage
}

async fn has_focus(stage: &Stage) -> Value {
    stage.run("return document.activeElement.id || document.activeElement.localName").await.unwrap()
}

async fn only_an_overlay_takes_the_focus_and_escape_gives_it_back(setting: Setting) {
    let stage = stage_with_formats(setting).await;
    let prompt = kinds()[1].prompt;
    for (format, _) in kinds::main_formats() {
        shows(&stage, format, prompt).await;
        let wanted = if format == "modal" { "pagepoll-survey" } else { "before" };
        assert_eq!(has_focus(&stage).await, json!(wanted), "{format}, when it appears");
        stage.tab_into_the_widget().await.unwrap();
        stage.press("Escape").await.unwrap();
        stage.wait_until_gone("heading", prompt).await.unwrap();
        assert_eq!(has_focus(&stage).await, json!("before"), "{format}, after Escape");
    }
}

async fn an_overlay_keeps_the_focus_and_covers_the_page(setting: Setting) {
    let stage = stage_with_formats(setting).await;
    shows(&stage, "modal", kinds()[1].prompt).await;
    stage.wait_for("dialog", kinds()[1].prompt).await.unwrap();
    stage.tab_to("button", "7 of 7, Strongly agree").await.unwrap();
    for press in 1..=14 {
        stage.press("Tab").await.unwrap();
        // Past the last there is the browser itself; never the page behind.
        let focused = has_focus(&stage).await;
        assert!(
            ["pagepoll-survey", "body"].iter().any(|one| focused == *one),
            "after {press} presses of Tab: {focused}"
        );
    }
    let behind = "const link = document.querySelector('#before').getBoundingClientRect();
        return document.elementFromPoint(link.x + link.width / 2, link.y + link.height / 2).localName";
    assert_ne!(stage.run(behind).await.unwrap(), json!("a"), "the page behind can be pressed");
}

async fn what_asks_has_a_name_and_a_role(setting: Setting) {
    let stage = stage_with_each_kind(setting).await;
    for kind in kinds() {
        shows(&stage, kind.name, kind.prompt).await;
        stage.wait_for("dialog", kind.prompt).await.unwrap();
        if ["csat", "ces", "nps", "faces", "stars", "thumbs", "single-choice", "multiple-choice", "consent"]
            .contains(&kind.name)
        {
            stage.wait_for("group", kind.prompt).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        }
    }
}

held! {
    [mouse, firefox, webkit] tab_leads_through_the_answers_in_order_then_out_again;
    [mouse, firefox, webkit] every_kind_is_answered_by_keyboard_alone;
    [mouse, firefox, webkit] the_choice_of_ones_own_words_is_worded_and_sent_by_keyboard;
    [mouse, firefox, webkit] only_an_overlay_takes_the_focus_and_escape_gives_it_back;
    [mouse, firefox, webkit] an_overlay_keeps_the_focus_and_covers_the_page;
    [mouse, firefox, webkit] what_asks_has_a_name_and_a_role;
}

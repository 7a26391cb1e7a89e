//! Every kind of question answered by hand and read back; and where a conversation goes from each answer.

use serde_json::{Value, json};
use survey::report::AnswerReport;
use tests::browser::SOON;
use tests::host_pages::STUB;
use tests::kinds::{self, Kind, PAGE, THANKS, kinds, shown_by_page};
use tests::{Setting, Stage, with};
use tokio::time::{Duration, Instant, sleep};

async fn stage_with(setting: Setting, surveys: &[Value]) -> Stage {
    let stage = Stage::set(setting, surveys).await.unwrap();
    stage.put_behind(STUB, "/page", PAGE);
    stage.visit("/page").await.unwrap();
    stage
}

fn corner() -> Value {
    json!({ "corner": "bottom_right" })
}

/// A survey that the page shows, of these questions and endings.
fn of(questions: &[Value], endings: Value) -> Value {
    with("endings", endings, shown_by_page("logic", &corner(), questions))
}

fn score(id: &str, next: Value) -> Value {
    json!({ "id": id, "prompt": "How likely?", "kind": { "score": { "scale": "nps", "low": "No", "high": "Yes" } }, "next": next })
}

fn comment(id: &str, prompt: &str) -> Value {
    json!({ "id": id, "prompt": prompt, "kind": { "comment": {} } })
}

/// The newest answer, once it is as wanted.
async fn answer_once(stage: &Stage, wanted: impl Fn(&AnswerReport) -> bool) -> AnswerReport {
    let deadline = Instant::now() + SOON;
    loop {
        let newest = stage.site.answers().await.unwrap().answers.into_iter().next();
        match newest {
            Some(answer) if wanted(&answer) => return answer,
            newest => assert!(Instant::now() < deadline, "not so after {SOON:?}: {newest:?}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}

async fn fills_in(stage: &Stage, field: &str, text: &str) {
    stage.press_on("textbox", field).await.unwrap();
    stage.type_text(text).await.unwrap();
}

/// Answers a kind of question by hand; tells what should be stored of it.
async fn answers(stage: &Stage, kind: &Kind) -> Value {
    let press = async |name: &str| stage.press_on("button", name).await.unwrap();
    match kind.name {
        "csat" | "faces" | "stars" => {
            press("2 of 5").await;
            json!({ "score": 2 })
        }
        "ces" => {
            press("7 of 7, Strongly agree").await;
            json!({ "score": 7 })
        }
        "nps" => {
            press("0 of 10, Not at all likely").await;
            json!({ "score": 0 })
        }
        "thumbs" => {
            press("Yes").await;
            json!({ "score": 1 })
        }
        "single-choice" => {
            press("Just to look around").await;
            json!({ "picked": ["Just to look around"] })
        }
        "multiple-choice" => {
            stage.press_on("checkbox", "Reviews").await.unwrap();
            stage.press_on("checkbox", "Prices").await.unwrap();
            stage.press_on("checkbox", "Something else").await.unwrap();
            fills_in(stage, "Something else", "A map").await;
            press("Send").await;
            json!({ "picked": ["Prices", "Reviews", "Something else"], "text": "A map" })
        }
        "contact" => {
            fills_in(stage, "Name", "Ada").await;
            fills_in(stage, "E-mail", "ada@b.example").await;
            fills_in(stage, "Message", "Call me").await;
            press("Send").await;
            json!({ "contact": [["name", "Ada"], ["email", "ada@b.example"], ["message", "Call me"]] })
        }
        "consent" => {
            stage.press_on("checkbox", "Yes, you may quote me without my name.").await.unwrap();
            press("Send").await;
            json!({ "picked": ["Yes, you may quote me without my name."] })
        }
        "statement" => {
            press("Continue").await;
            Value::Null
        }
        "email" => {
            fills_in(stage, kind.prompt, "ada@b.example").await;
            press("Send").await;
            json!({ "contact": [["email", "ada@b.example"]] })
        }
        _ => {
            fills_in(stage, kind.prompt, "A lamp — with ümlauts").await;
            press("Send").await;
            json!({ "text": "A lamp — with ümlauts" })
        }
    }
}

/// What is stored of a question, in the same words.
fn stored(answer: &Value, question: &str) -> Value {
    let of = |list: &str| {
        answer[list]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|one| one["question"] == question)
            .cloned()
            .collect::<Vec<_>>()
    };
    let mut found = json!({});
    for score in of("scores") {
        found["score"] = score["point"].clone();
    }
    for choices in of("choices") {
        found["picked"] = choices["picked"].clone();
    }
    for comment in of("comments") {
        found["text"] = comment["text"].clone();
    }
    for contact in of("contact") {
        let details = contact["details"].as_array().into_iter().flatten();
        found["contact"] = details.map(|detail| json!([detail["field"], detail["text"]])).collect();
    }
    if found == json!({}) { Value::Null } else { found }
}

async fn every_kind_is_answered_by_hand_and_stored_as_it_was_given(setting: Setting) {
    let surveys: Vec<Value> =
        kinds().into_iter().map(|kind| shown_by_page(kind.name, &corner(), &[kind.question])).collect();
    let stage = stage_with(setting, &surveys).await;
    for kind in kinds() {
        stage.visit("/page").await.unwrap();
        stage.show(kind.name, kind.prompt).await.unwrap();
        let wanted = answers(&stage, &kind).await;
        stage.wait_for("heading", THANKS).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name));
        if wanted.is_null() {
            // Nothing is answered where there is nothing to answer.
            continue;
        }
        let answer = answer_once(&stage, |answer| answer.survey == kind.name && answer.completed).await;
        let answer = serde_json::to_value(answer).unwrap();
        assert_eq!(stored(&answer, kind.name), wanted, "{}: {answer}", kind.name);
    }
}

async fn each_answer_leads_to_its_own_question(setting: Setting) {
    let next = json!([
        { "if": { "band": "negative" }, "go": "sorry" },
        { "if": { "score": { "from": 9, "to": 10 } }, "go": "great" },
        { "go": "end" },
    ]);
    let mut sorry = comment("sorry", "What went wrong?");
    sorry["next"] = json!([{ "go": "end" }]);
    let questions = [score("nps", next), sorry, comment("great", "What did you like?")];
    let stage = stage_with(setting, &[of(&questions, json!([{ "title": THANKS }]))]).await;
    for (point, then) in [
        ("0 of 10, No", "What went wrong?"),
        ("6 of 10", "What went wrong?"),
        ("9 of 10", "What did you like?"),
        ("8 of 10", THANKS),
    ] {
        stage.visit("/page").await.unwrap();
        stage.show("logic", "How likely?").await.unwrap();
        stage.press_on("button", point).await.unwrap();
        stage.wait_for("heading", then).await.unwrap_or_else(|error| panic!("{point}: {error}"));
        if then != THANKS {
            stage.press_on("button", "Skip").await.unwrap();
            stage.wait_for("heading", THANKS).await.unwrap_or_else(|error| panic!("{point}: {error}"));
        }
    }
}

async fn going_back_lets_a_slip_be_mended(setting: Setting) {
    let next = json!([{ "if": { "band": "positive" }, "go": "end" }]);
    let questions = [score("nps", next), comment("sorry", "What went wrong?")];
    let stage = stage_with(setting, &[of(&questions, json!([{ "title": THANKS }]))]).await;
    stage.show("logic", "How likely?").await.unwrap();
    stage.press_on("button", "1 of 10").await.unwrap();
    stage.wait_for("heading", "What went wrong?").await.unwrap();
    stage.press_on("button", "Back").await.unwrap();
    stage.wait_for("heading", "How likely?").await.unwrap();
    stage.press_on("button", "10 of 10, Yes").await.unwrap();
    stage.wait_for("heading", THANKS).await.unwrap();
    let answer = answer_once(&stage, |answer| answer.completed).await;
    assert_eq!(answer.scores.iter().map(|score| score.point).collect::<Vec<_>>(), [10]);
}

async fn what_is_chosen_or_left_out_leads_on(setting: Setting) {
    let choices = json!([{ "id": "a", "label": "Apples" }, { "id": "b", "label": "Bread" }]);
    let question = json!({ "id": "what", "prompt": "What?", "kind": { "multiple_choice": { "choices": choices } },
        "next": [{ "if": { "chosen": ["b"] }, "go": "bread" }, { "if": "skipped", "go": "end" }] });
    let mut apples = comment("apples", "Which apples?");
    apples["next"] = json!([{ "if": "answered", "go": "end" }]);
    let stage =
        stage_with(setting, &[of(&[question, apples, comment("bread", "Which bread?")], json!([{ "title": THANKS }]))])
            .await;
    let begin = async |ticked: &[&str], press: &str, then: &str| {
        stage.visit("/page").await.unwrap();
        stage.show("logic", "What?").await.unwrap();
        for label in ticked {
            stage.press_on("checkbox", label).await.unwrap();
        }
        stage.press_on("button", press).await.unwrap();
        stage.wait_for("heading", then).await.unwrap_or_else(|error| panic!("{ticked:?}, {press}: {error}"));
    };
    begin(&["Apples", "Bread"], "Send", "Which bread?").await;
    begin(&[], "Skip", THANKS).await;
    begin(&["Apples"], "Send", "Which apples?").await;
    stage.press_on("button", "Skip").await.unwrap();
    stage.wait_for("heading", "Which bread?").await.unwrap();
}

async fn without_an_answer_that_is_required_it_does_not_go_on(setting: Setting) {
    let mut question = comment("why", "Why?");
    question["required"] = json!(true);
    let stage = stage_with(setting, &[of(&[question], json!([{ "title": THANKS }]))]).await;
    stage.show("logic", "Why?").await.unwrap();
    assert!(!stage.tells_of("button", "Skip").await.unwrap(), "what is required can be left out");
    stage.press_on("button", "Send").await.unwrap();
    sleep(Duration::from_millis(300)).await;
    assert!(stage.tells_of("heading", "Why?").await.unwrap(), "it went on");
    fills_in(&stage, "Why?", "Because").await;
    stage.press_on("button", "Send").await.unwrap();
    stage.wait_for("heading", THANKS).await.unwrap();
}

fn endings_by_score() -> Value {
    let negative = json!({ "question": "nps", "is": { "band": "negative" } });
    let positive = json!({ "question": "nps", "is": { "band": "positive" } });
    json!([
        { "when": negative, "form": { "id": "back", "prompt": "May we write to you?", "kind": { "contact": { "fields": ["email"] } } },
          "title": "We are sorry" },
        { "when": positive, "title": "Tell others", "link": { "label": "Write a review", "url": "/review" } },
        { "title": "Thanks for your time", "redirect": { "url": "/elsewhere", "after_seconds": 1 } },
    ])
}

async fn who_is_unhappy_is_offered_to_be_written_to(setting: Setting) {
    let stage = stage_with(setting, &[of(&[score("nps", json!([]))], endings_by_score())]).await;
    stage.show("logic", "How likely?").await.unwrap();
    stage.press_on("button", "3 of 10").await.unwrap();
    stage.wait_for("heading", "May we write to you?").await.unwrap();
    fills_in(&stage, "E-mail", "ada@b.example").await;
    stage.press_on("button", "Send").await.unwrap();
    stage.wait_for("heading", "We are sorry").await.unwrap();
    let answer = answer_once(&stage, |answer| answer.completed && !answer.contact.is_empty()).await;
    let stored_form = stored(&serde_json::to_value(answer).unwrap(), "back");
    assert_eq!(stored_form, json!({ "contact": [["email", "ada@b.example"]] }));
}

async fn who_is_happy_is_led_to_a_review_and_everybody_else_elsewhere(setting: Setting) {
    let stage = stage_with(setting, &[of(&[score("nps", json!([]))], endings_by_score())]).await;
    stage.put("/elsewhere", "<h1>Elsewhere</h1>");
    stage.show("logic", "How likely?").await.unwrap();
    stage.press_on("button", "10 of 10, Yes").await.unwrap();
    stage.wait_for("heading", "Tell others").await.unwrap();
    stage.wait_for("link", "Write a review").await.unwrap();
    // What leads somewhere waits to be followed.
    sleep(Duration::from_millis(3_500)).await;
    let link = "const link = root.querySelector('a'); return [link.getAttribute('href'), link.target, link.rel]";
    assert_eq!(stage.inside(link).await.unwrap(), json!(["/review", "_blank", "noopener"]));

    stage.visit("/page").await.unwrap();
    stage.show("logic", "How likely?").await.unwrap();
    stage.press_on("button", "7 of 10").await.unwrap();
    stage.wait_for("heading", "Thanks for your time").await.unwrap();
    stage.wait_until("location.pathname == '/elsewhere'").await.unwrap();
    answer_once(&stage, |answer| answer.completed && answer.scores.iter().any(|score| score.point == 7)).await;
}

async fn what_was_answered_is_kept_when_the_page_goes_midway(setting: Setting) {
    let questions = [score("nps", json!([])), comment("why", "Why?"), comment("more", "Anything else?")];
    let stage = stage_with(setting, &[of(&questions, json!([{ "title": THANKS }]))]).await;
    stage.show("logic", "How likely?").await.unwrap();
    stage.press_on("button", "4 of 10").await.unwrap();
    fills_in(&stage, "Why?", "Too slow").await;
    stage.press_on("button", "Send").await.unwrap();
    fills_in(&stage, "Anything else?", "Half a sent").await;
    stage.open("about:blank").await.unwrap();
    let answer = answer_once(&stage, |answer| !answer.comments.is_empty()).await;
    assert!(!answer.completed);
    assert_eq!(answer.scores[0].point, 4);
    let comments: Vec<&str> = answer.comments.iter().map(|comment| comment.text.as_str()).collect();
    assert_eq!(comments, ["Too slow"], "what was never sent is not stored");
}

async fn answers_traits_and_the_title_are_filled_in(setting: Setting) {
    let mut why = comment("why", "Why {{answer.nps}}, {{trait.name|friend}}?");
    why["note"] = json!("You are on {{page.title}}. {{trait.plan|No plan}}.");
    let survey = of(&[score("nps", json!([])), why], json!([{ "title": "Thank you for {{answer.nps}}" }]));
    let stage = stage_with(setting, &[survey]).await;
    stage.run("document.title = 'Help'; pagepoll('identify', { plan: 'Pro plan' })").await.unwrap();
    stage.show("logic", "How likely?").await.unwrap();
    stage.press_on("button", "9 of 10").await.unwrap();
    stage.wait_for("heading", "Why 9, friend?").await.unwrap();
    assert_eq!(
        stage.inside("return root.querySelector('.note').textContent").await.unwrap(),
        json!("You are on Help. Pro plan.")
    );
    stage.press_on("button", "Skip").await.unwrap();
    stage.wait_for("heading", "Thank you for 9").await.unwrap();
}

async fn a_random_order_differs_and_ones_own_words_stay_last(setting: Setting) {
    let choices: Vec<Value> =
        ["a", "b", "c", "d", "e"].iter().map(|id| json!({ "id": id, "label": id.to_uppercase() })).collect();
    let kind = json!({ "single_choice": { "choices": choices, "other": "Other", "random_order": true } });
    let question = json!({ "id": "what", "prompt": "What?", "kind": kind });
    let stage = stage_with(setting, &[of(&[question], json!([{ "title": THANKS }]))]).await;
    let mut orders = std::collections::BTreeSet::new();
    for _ in 0..6 {
        stage.show("logic", "What?").await.unwrap();
        let order = stage
            .inside("return [...root.querySelectorAll('button.choice')].map((one) => one.textContent)")
            .await
            .unwrap();
        let order: Vec<String> = serde_json::from_value(order).unwrap();
        assert_eq!(order.last().map(String::as_str), Some("Other"));
        let mut sorted = order.clone();
        sorted.sort();
        assert_eq!(sorted, ["A", "B", "C", "D", "E", "Other"]);
        orders.insert(order);
        stage.closes_any().await.unwrap();
    }
    // One order six times by chance: once in 25 thousand million runs.
    assert!(orders.len() > 1, "always {orders:?}");
}

async fn closing_asks_nothing_and_keeps_what_was_given(setting: Setting) {
    let survey = kinds::asking_everything("everything", &corner());
    let stage = stage_with(setting, &[survey]).await;
    stage.show("everything", kinds()[0].prompt).await.unwrap();
    stage.press_on("button", "4 of 5").await.unwrap();
    stage.wait_for("heading", kinds()[1].prompt).await.unwrap();
    stage.closes_any().await.unwrap();
    let answer = answer_once(&stage, |answer| !answer.scores.is_empty()).await;
    assert_eq!((answer.scores[0].point, answer.completed), (4, false));
}

async fn a_double_click_answers_one_question(setting: Setting) {
    let questions = [score("first", json!([])), score("second", json!([]))];
    let stage = stage_with(setting, &[of(&questions, json!([{ "title": THANKS }]))]).await;
    stage.show("logic", "How likely?").await.unwrap();
    stage.press_twice_on("button", "7 of 10").await.unwrap();
    let answer = answer_once(&stage, |answer| !answer.scores.is_empty()).await;
    assert_eq!(answer.scores.len(), 1);
    stage.press_on("button", "7 of 10").await.unwrap();
    stage.wait_for("heading", THANKS).await.unwrap();
}

held! {
    // What the widget decides by itself, without its engine's help, one or two engines try out for all.
    [mouse, finger, firefox, webkit] every_kind_is_answered_by_hand_and_stored_as_it_was_given;
    [mouse, firefox, webkit] each_answer_leads_to_its_own_question;
    [mouse, finger, firefox, webkit] going_back_lets_a_slip_be_mended;
    [mouse] what_is_chosen_or_left_out_leads_on;
    [mouse, firefox, webkit] without_an_answer_that_is_required_it_does_not_go_on;
    [mouse, webkit] who_is_unhappy_is_offered_to_be_written_to;
    [mouse, firefox] who_is_happy_is_led_to_a_review_and_everybody_else_elsewhere;
    [mouse, firefox, webkit] what_was_answered_is_kept_when_the_page_goes_midway;
    [mouse, firefox] answers_traits_and_the_title_are_filled_in;
    [mouse] a_random_order_differs_and_ones_own_words_stay_last;
    [mouse, finger] closing_asks_nothing_and_keeps_what_was_given;
    [mouse] a_double_click_answers_one_question;
}

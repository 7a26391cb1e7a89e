//! A guest waits: while the page's own dialog is open, while the visitor types, while nobody looks.

use std::time::Duration;

use serde_json::{Value, json};
use tests::host_pages::{CLOCK, DIALOG, FIELDS, SHORT};
use tests::{Setting, Stage, asking, with};

async fn on_page_with_clock(setting: Setting, trigger: Value, body: &str) -> Stage {
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!([trigger]))]).await.unwrap();
    stage.put_behind(CLOCK, "/page", body);
    stage.visit("/page").await.unwrap();
    stage
}

async fn while_a_dialog_of_the_page_is_open_nothing_shows(setting: Setting) {
    let stage = Stage::visited(setting, json!("immediately"), DIALOG).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.press_on_page("#agree").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "immediately");
}

async fn while_the_visitor_types_nothing_shows(setting: Setting) {
    // One engine tries every kind of field; each takes as long as the widget waits for the next key.
    let fields: &[&str] = if setting == Setting::Mouse { &["#name", "#message", "#rich"] } else { &["#message"] };
    let survey = with("frequency", json!("always"), asking("page-csat", "/page", json!([{ "event": "go" }])));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put("/page", FIELDS);
    for field in fields {
        stage.visit("/page").await.unwrap();
        stage.until_awake().await.unwrap();
        stage.press_on_page(field).await.unwrap();
        stage.type_text("I am").await.unwrap();
        stage.run("pagepoll('track', 'go')").await.unwrap();
        stage.stays_quiet().await.unwrap();
        stage.press_on_page("#elsewhere").await.unwrap();
        stage.until_asked().await.unwrap();
    }
}

async fn in_a_hidden_tab_nothing_shows_until_somebody_looks(setting: Setting) {
    let stage = on_page_with_clock(setting, json!({ "event": "go" }), SHORT).await;
    stage.until_awake().await.unwrap();
    stage.run("setTimeout(() => pagepoll('track', 'go'), 600)").await.unwrap();
    let elsewhere = stage.look_away().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    elsewhere.come_back().await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "event");
    assert_eq!(stage.run("return shown.hidden").await.unwrap(), false, "it was shown to nobody");
}

async fn time_in_a_hidden_tab_does_not_count(setting: Setting) {
    const HIDDEN: &str = "window.hidden = 0;
        document.addEventListener('visibilitychange', () => hidden += document.hidden ? -performance.now() : performance.now())";
    let stage = on_page_with_clock(setting, json!({ "visible_seconds": 3 }), SHORT).await;
    stage.run(HIDDEN).await.unwrap();
    stage.until_awake().await.unwrap();
    let elsewhere = stage.look_away().await.unwrap();
    tokio::time::sleep(Duration::from_millis(3_000)).await;
    elsewhere.come_back().await.unwrap();
    stage.until_asked().await.unwrap();
    let times = stage.run("return [shown.at, hidden]").await.unwrap();
    let [shown_at, hidden] = [0, 1].map(|place| times[place].as_f64().unwrap());
    assert!(hidden > 2_000.0 && shown_at - hidden >= 3_000.0, "shown after {shown_at} ms, {hidden} of them hidden");
}

async fn time_in_a_hidden_tab_before_the_widget_starts_does_not_count_either(setting: Setting) {
    let survey = asking("page-csat", "/page", json!([{ "visible_seconds": 3 }]));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    let snippet = stage.site.snippet().replace("<script async", "<script async data-consent=required");
    let seen = "<script>document.addEventListener('visibilitychange', () => window.seen = performance.now())</script>";
    stage.pages.put("/page", &format!("{CLOCK}{seen}{snippet}"), SHORT);
    stage.visit("/page").await.unwrap();
    let elsewhere = stage.look_away().await.unwrap();
    tokio::time::sleep(Duration::from_millis(3_000)).await;
    elsewhere.come_back().await.unwrap();
    stage.run("pagepoll('consent', true)").await.unwrap();
    stage.until_asked().await.unwrap();
    let after = stage.run("return shown.at - seen").await.unwrap().as_f64().unwrap();
    assert!(after >= 2_900.0, "shown {after} ms after the page came into sight");
}

held! {
    [mouse, finger, firefox, webkit] while_a_dialog_of_the_page_is_open_nothing_shows;
    [mouse, firefox, webkit] while_the_visitor_types_nothing_shows;
    [mouse, firefox, webkit] in_a_hidden_tab_nothing_shows_until_somebody_looks;
    [mouse, webkit] time_in_a_hidden_tab_does_not_count;
    [mouse, webkit] time_in_a_hidden_tab_before_the_widget_starts_does_not_count_either;
}

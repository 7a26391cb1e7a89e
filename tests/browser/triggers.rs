//! Each trigger, on a real page: what sets a survey off, what does not, and under which name that is stored.

use std::time::Duration;

use serde_json::json;
use tests::browser::Hand;
use tests::host_pages::{CLOCK, LONG, SHORT, THINGS};
use tests::{Setting, Stage, asking, with};

async fn it_shows_at_once(setting: Setting) {
    let stage = Stage::visited(setting, json!("immediately"), SHORT).await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "immediately");
    let page = stage.page_once("/page", |page| page.funnel.answered == 1).await.unwrap();
    assert_eq!((page.funnel.shown, page.funnel.eligible), (1, 1));
}

async fn it_shows_after_so_many_visible_seconds_and_not_before(setting: Setting) {
    let survey = asking("page-csat", "/page", json!([{ "visible_seconds": 3 }]));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put_behind(CLOCK, "/page", SHORT);
    stage.visit("/page").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "visible_seconds");
    let shown_at = stage.run("return shown.at").await.unwrap().as_f64().unwrap();
    assert!(shown_at >= 3_000.0, "shown {shown_at} ms after the page was opened");
}

async fn it_shows_at_a_depth_of_scrolling_and_not_before(setting: Setting) {
    let stage = Stage::visited(setting, json!({ "scroll_percent": 75 }), LONG).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.scroll_to(3_000).await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.scroll_to(5_500).await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "scroll_depth");
}

async fn a_finger_can_scroll_there(setting: Setting) {
    let stage = Stage::visited(setting, json!({ "scroll_percent": 25 }), LONG).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.stays_quiet().await.unwrap();
    for _ in 0..3 {
        stage.swipe(800.0, 50.0).await.unwrap();
    }
    stage.until_still().await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "scroll_depth");
}

async fn a_page_too_short_to_scroll_counts_as_read(setting: Setting) {
    let stage = Stage::visited(setting, json!({ "scroll_percent": 75 }), SHORT).await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "scroll_depth");
}

async fn a_click_on_what_the_selector_matches_or_within_it_shows_it(setting: Setting) {
    let stage = Stage::visited(setting, json!({ "click": "main .buy, .buy" }), THINGS).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.press_on_page("#other").await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.press_on_page("#bold").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "click");
}

async fn an_element_that_comes_half_into_sight_shows_it(setting: Setting) {
    let stage = Stage::visited(setting, json!({ "element_visible": "#below" }), THINGS).await.unwrap();
    stage.until_awake().await.unwrap();
    let show = |pixels: u32| {
        format!("const below = document.querySelector('#below'); scrollTo(0, below.offsetTop - innerHeight + {pixels})")
    };
    stage.run(&show(30)).await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run(&show(70)).await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "element_visible");
}

/// The page itself takes the time of what is done, so that a machine that stands still for a while does not fail it.
async fn it_shows_when_nothing_has_been_done_for_so_long(setting: Setting) {
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!([{ "inactive_seconds": 2 }]))]).await.unwrap();
    stage.put_behind(CLOCK, "/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.run(ACTED).await.unwrap();
    for step in 0..12 {
        match stage.hand() {
            Hand::Mouse => stage.move_pointer(300 + 10 * step, 300).await.unwrap(),
            Hand::Finger => stage.press_at(200.0, 500.0).await.unwrap(),
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(stage.signal().await.unwrap(), "inactivity");
    let still_for = stage.run("return shown.at - acted").await.unwrap().as_f64().unwrap();
    assert!((1_950.0..6_000.0).contains(&still_for), "shown {still_for} ms after the last thing was done");
}

/// Takes the time of the last thing that was done before the survey showed.
const ACTED: &str = "window.acted = 0;
    for (const kind of ['pointermove', 'pointerdown'])
        addEventListener(kind, () => { if (!shown) acted = performance.now(); }, true);";

async fn an_event_of_the_page_shows_it_and_no_other_event_does(setting: Setting) {
    let stage = Stage::visited(setting, json!({ "event": "added_to_cart" }), SHORT).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.run("pagepoll('track', 'looked_around')").await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run("pagepoll('track', 'added_to_cart', { price: 24 })").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "event");
}

async fn the_page_can_show_it(setting: Setting) {
    let stage = Stage::visited(setting, json!("programmatic"), SHORT).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run("pagepoll('show', 'page-csat')").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "programmatic");
}

async fn a_feedback_tab_shows_it_as_often_as_it_is_pressed(setting: Setting) {
    let survey = asking("page-csat", "/page", json!(["feedback_tab"]));
    let stage = Stage::set(setting, &[with("frequency", json!("always"), survey)]).await.unwrap();
    stage.put("/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.wait_for("button", "Feedback").await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.press_on("button", "Feedback").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.closes().await.unwrap();
    stage.press_on("button", "Feedback").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "feedback_tab");
}

async fn a_feedback_tab_is_not_on_pages_that_its_survey_does_not_target(setting: Setting) {
    let survey = asking("page-csat", "/page", json!(["feedback_tab"]));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put("/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.wait_for("button", "Feedback").await.unwrap();
    stage.run("history.pushState({}, '', '/elsewhere')").await.unwrap();
    stage.wait_until_gone("button", "Feedback").await.unwrap();
    stage.run("history.pushState({}, '', '/page')").await.unwrap();
    stage.wait_for("button", "Feedback").await.unwrap();
}

async fn a_feedback_tab_outlives_a_body_that_is_swapped(setting: Setting) {
    let stage = Stage::set(setting, &[asking("page-csat", "/**", json!(["feedback_tab"]))]).await.unwrap();
    stage.put("/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.wait_for("button", "Feedback").await.unwrap();
    stage
        .run("document.body.replaceWith(document.createElement('body')); history.pushState({}, '', '/next')")
        .await
        .unwrap();
    stage.wait_for("button", "Feedback").await.unwrap();
}

async fn a_feedback_tab_comes_back_when_the_page_takes_a_survey_away(setting: Setting) {
    let tab = with("frequency", json!("always"), asking("tab", "/page", json!(["feedback_tab"])));
    let stage = Stage::set(setting, &[tab, asking("page-csat", "/page", json!([{ "event": "go" }]))]).await.unwrap();
    stage.put("/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.wait_for("button", "Feedback").await.unwrap();
    stage.run("pagepoll('track', 'go')").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.run("document.querySelector('pagepoll-survey').remove(); pagepoll('track', 'on')").await.unwrap();
    stage.wait_for("button", "Feedback").await.unwrap();
}

async fn a_visit_without_a_referrer_or_a_country_has_none(setting: Setting) {
    let when = json!({ "all": [{ "referrer": { "exists": false } }, { "country": { "exists": false } }] });
    let survey = with("when", when, asking("page-csat", "/page", json!(["immediately"])));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put("/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.run("location.href = '/page?again'").await.unwrap();
    stage.wait_until("location.search && document.readyState == 'complete'").await.unwrap();
    stage.stays_quiet().await.unwrap();
}

held! {
    [mouse, finger, firefox, webkit] it_shows_at_once;
    [mouse, finger, firefox, webkit] it_shows_after_so_many_visible_seconds_and_not_before;
    [mouse, finger, firefox, webkit] it_shows_at_a_depth_of_scrolling_and_not_before;
    [finger] a_finger_can_scroll_there;
    [mouse, finger, firefox, webkit] a_page_too_short_to_scroll_counts_as_read;
    [mouse, finger, firefox, webkit] a_click_on_what_the_selector_matches_or_within_it_shows_it;
    [mouse, finger, firefox, webkit] an_element_that_comes_half_into_sight_shows_it;
    [mouse, finger, firefox, webkit] it_shows_when_nothing_has_been_done_for_so_long;
    [mouse, finger, firefox, webkit] an_event_of_the_page_shows_it_and_no_other_event_does;
    [mouse, finger, firefox, webkit] the_page_can_show_it;
    [mouse, finger, firefox, webkit] a_feedback_tab_shows_it_as_often_as_it_is_pressed;
    [mouse, firefox, webkit] a_feedback_tab_is_not_on_pages_that_its_survey_does_not_target;
    [mouse, firefox, webkit] a_feedback_tab_outlives_a_body_that_is_swapped;
    [mouse, webkit] a_feedback_tab_comes_back_when_the_page_takes_a_survey_away;
    [mouse, firefox, webkit] a_visit_without_a_referrer_or_a_country_has_none;
}

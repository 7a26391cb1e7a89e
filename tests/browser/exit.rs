//! Exit intent: by mouse through the upper edge, by touch through four signs; and what looks like it and is not.

use std::time::Duration;

use serde_json::{Value, json};
use tests::host_pages::{IFRAME_AT_THE_TOP, LONG, SELECT, SHORT};
use tests::{Setting, Stage, is_long};

fn leaving_after(seconds: u32) -> Value {
    json!({ "exit_intent": { "after_seconds": seconds } })
}

/// A visitor who has stayed for the second that the survey wants.
async fn stayed(setting: Setting, body: &str) -> Stage {
    let stage = Stage::visited(setting, leaving_after(1), body).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.wait_until("performance.now() > 1200").await.unwrap();
    stage
}

async fn leaving_by_the_top_asks(setting: Setting) {
    let stage = stayed(setting, SHORT).await;
    stage.leave_by_the_top().await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "pointer_left_top");
}

async fn leaving_by_the_side_does_not(setting: Setting) {
    let stage = stayed(setting, SHORT).await;
    stage.move_pointer(640, 400).await.unwrap();
    stage.move_pointer(-5, 400).await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.leave_by_the_top().await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn leaving_before_the_minimum_stay_does_not_and_counts_no_later_either(setting: Setting) {
    let stage = Stage::visited(setting, leaving_after(8), SHORT).await.unwrap();
    stage.until_awake().await.unwrap();
    stage.leave_by_the_top().await.unwrap();
    let left_at = stage.run("return performance.now()").await.unwrap().as_f64().unwrap();
    assert!(left_at < 7_800.0, "too slow a machine: the minimum stay was over at {left_at} ms");
    while stage.run("return performance.now() < 8800").await.unwrap() == true {
        assert!(!stage.is_asked().await.unwrap(), "an early exit was remembered");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stage.leave_by_the_top().await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn going_into_an_iframe_at_the_top_is_no_leaving(setting: Setting) {
    let stage = stayed(setting, IFRAME_AT_THE_TOP).await;
    for y in [400, 200, 130, 110, 60, 5, 60, 110, 130, 300] {
        stage.move_pointer(200, y).await.unwrap();
    }
    stage.stays_quiet().await.unwrap();
    // Beside it, there is the upper edge.
    stage.leave_by_the_top().await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn opening_a_select_at_the_top_is_no_leaving(setting: Setting) {
    let stage = stayed(setting, SELECT).await;
    for y in [400, 100, 20] {
        stage.move_pointer(300, y).await.unwrap();
    }
    stage.press_on_page("#choice").await.unwrap();
    for y in [50, 80, 60, 20] {
        stage.move_pointer(300, y).await.unwrap();
    }
    stage.stays_quiet().await.unwrap();
    stage.run("document.querySelector('#choice').blur()").await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.leave_by_the_top().await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn dragging_something_out_of_the_top_is_no_leaving(setting: Setting) {
    let stage = stayed(setting, SHORT).await;
    let mouse =
        |kind: &str, y: i32| json!({ "type": kind, "x": 300, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
    stage.devtools("Input.dispatchMouseEvent", mouse("mousePressed", 200)).await.unwrap();
    for y in [120, 20, 2, -10] {
        stage.devtools("Input.dispatchMouseEvent", mouse("mouseMoved", y)).await.unwrap();
    }
    stage.stays_quiet().await.unwrap();
}

async fn a_mouse_that_scrolls_up_fast_or_comes_back_is_not_leaving(setting: Setting) {
    let stage = stayed(setting, LONG).await;
    for y in (0..4_000).rev().step_by(400) {
        stage.scroll_to(y).await.unwrap();
    }
    let elsewhere = stage.look_away().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    elsewhere.come_back().await.unwrap();
    stage.stays_quiet().await.unwrap();
}

async fn a_fast_scroll_up_asks(setting: Setting) {
    let stage = stayed(setting, LONG).await;
    for _ in 0..3 {
        stage.swipe(800.0, 50.0).await.unwrap();
    }
    stage.stays_quiet().await.unwrap();
    stage.swipe(80.0, 820.0).await.unwrap();
    stage.until_still().await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "fast_scroll_up");
}

async fn coming_back_from_another_tab_asks(setting: Setting) {
    let stage = stayed(setting, SHORT).await;
    // A glance is no leaving.
    stage.look_away().await.unwrap().come_back().await.unwrap();
    stage.stays_quiet().await.unwrap();
    let elsewhere = stage.look_away().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    elsewhere.come_back().await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "return_from_hidden");
}

async fn going_back_to_the_page_asks(setting: Setting) {
    let stage = Stage::visited(setting, leaving_after(1), SHORT).await.unwrap();
    stage.put("/further", SHORT);
    stage.until_awake().await.unwrap();
    // By a link, as visitors do: an address that is typed in begins another history.
    stage.run("location.href = '/further'").await.unwrap();
    stage.wait_until("location.pathname == '/further' && document.readyState == 'complete'").await.unwrap();
    stage.back().await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "back_within_site");
}

async fn touching_nothing_for_half_a_minute_asks(setting: Setting) {
    if !is_long() {
        eprintln!("skipped: it takes half a minute; `cargo xtask test --long` does not skip it");
        return;
    }
    let stage = stayed(setting, SHORT).await;
    stage.stays_quiet_for(Duration::from_secs(25)).await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "touch_idle");
}

held! {
    [mouse, firefox, webkit] leaving_by_the_top_asks;
    [mouse, firefox, webkit] leaving_by_the_side_does_not;
    [mouse, firefox, webkit] leaving_before_the_minimum_stay_does_not_and_counts_no_later_either;
    [mouse, firefox, webkit] going_into_an_iframe_at_the_top_is_no_leaving;
    [mouse, firefox, webkit] opening_a_select_at_the_top_is_no_leaving;
    // Only Chromium's driver holds a button down beyond the page's edge.
    [mouse] dragging_something_out_of_the_top_is_no_leaving;
    [mouse, firefox, webkit] a_mouse_that_scrolls_up_fast_or_comes_back_is_not_leaving;
    [finger] a_fast_scroll_up_asks;
    [finger] coming_back_from_another_tab_asks;
    [finger] going_back_to_the_page_asks;
    [finger] touching_nothing_for_half_a_minute_asks;
}

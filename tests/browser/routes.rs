//! Single-page applications: every route is a page of its own.

use std::time::Duration;

use serde_json::{Value, json};
use tests::host_pages::{APPLICATION, CLOCK, WATCH};
use tests::{Setting, Stage, asking, with};

/// The application, opened on `/a`, with one survey on pages like `path`.
async fn on_a(setting: Setting, path: &str, trigger: Value) -> Stage {
    on_a_with("", setting, asking("page-csat", path, json!([trigger]))).await
}

async fn on_a_with(head: &str, setting: Setting, survey: Value) -> Stage {
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put_behind(&format!("{CLOCK}{head}"), "/a", APPLICATION);
    stage.visit("/a").await.unwrap();
    stage
}

async fn what_is_armed_on_one_route_never_shows_on_another_and_its_time_starts_anew(setting: Setting) {
    let stage = on_a(setting, "/a", json!({ "visible_seconds": 5 })).await;
    stage.until_awake().await.unwrap();
    assert!(!stage.is_asked().await.unwrap(), "too slow a machine: it was asked before the route changed");
    stage.run("go('/b')").await.unwrap();
    stage.stays_quiet_for(Duration::from_millis(5_500)).await.unwrap();
    stage.run("go('/a'); window.returned = performance.now()").await.unwrap();
    stage.until_asked().await.unwrap();
    let after = stage.run("return shown.at - returned").await.unwrap().as_f64().unwrap();
    assert!(after >= 4_900.0, "shown {after} ms after the route was entered");
}

async fn an_exit_on_one_route_does_not_show_on_the_next(setting: Setting) {
    let stage = on_a(setting, "/b", json!({ "exit_intent": { "after_seconds": 0 } })).await;
    // The gate refuses /a, so wake the widget on /b first.
    stage.run("go('/b')").await.unwrap();
    stage.until_awake().await.unwrap();
    stage.run("go('/a')").await.unwrap();
    stage.leave_by_the_top().await.unwrap();
    stage.move_pointer(640, 300).await.unwrap();
    stage.run("go('/b')").await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.leave_by_the_top().await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn a_route_that_is_targeted_asks_and_is_the_answers_page(setting: Setting) {
    let stage = on_a(setting, "/b", json!("immediately")).await;
    stage.stays_quiet().await.unwrap();
    stage.run("go('/b?x=1#y')").await.unwrap();
    stage.until_asked().await.unwrap();
    let answer = stage.answers_four().await.unwrap();
    assert_eq!(answer.page, stage.site.page_key("/b"));
}

async fn a_replaced_route_asks_too(setting: Setting) {
    let stage = on_a(setting, "/b", json!("immediately")).await;
    stage.stays_quiet().await.unwrap();
    stage.run("history.replaceState({}, '', '/b')").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn going_back_leaves_the_route(setting: Setting) {
    let stage = on_a(setting, "/b", json!({ "visible_seconds": 1 })).await;
    stage.run("go('/b'); history.back()").await.unwrap();
    stage.wait_until("location.pathname == '/a'").await.unwrap();
    stage.stays_quiet_for(Duration::from_millis(1_800)).await.unwrap();
    stage.run("history.forward()").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn a_rule_about_the_fragment_hears_of_its_change(setting: Setting) {
    let survey = asking("page-csat", "/a", json!(["immediately"]));
    let survey = with("when", json!({ "hash": { "is": "step-2" } }), survey);
    let stage = on_a_with("", setting, survey).await;
    stage.until_awake().await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run("location.hash = 'step-2'").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn without_the_navigation_api_routes_are_heard_of_too(setting: Setting) {
    let without = "<script>Object.defineProperty(window, 'navigation', { value: undefined })</script>";
    let stage = on_a_with(without, setting, asking("page-csat", "/b", json!(["immediately"]))).await;
    stage.stays_quiet().await.unwrap();
    stage.run("go('/b')").await.unwrap();
    stage.until_asked().await.unwrap();
    // The page's own patch, which was there first, still hears of everything.
    assert_eq!(stage.run("return routes").await.unwrap(), json!(["pushState /b"]));
}

async fn closing_a_survey_that_came_along_does_not_ask_again(setting: Setting) {
    let survey = with("frequency", json!("until_answered"), asking("page-csat", "/**", json!(["immediately"])));
    let stage = on_a_with("", setting, survey).await;
    stage.until_asked().await.unwrap();
    stage.run("go('/b')").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stage.closes().await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run("go('/c')").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn a_survey_that_is_closed_just_as_the_route_changes_does_not_come_back(setting: Setting) {
    let survey = with("frequency", json!("until_answered"), asking("page-csat", "/**", json!(["immediately"])));
    let stage = on_a_with("", setting, survey).await;
    stage.until_asked().await.unwrap();
    stage.run("go('/b'); pagepoll('close')").await.unwrap();
    stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
    stage.stays_quiet_for(Duration::from_millis(1_200)).await.unwrap();
    stage.run("go('/c')").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn a_start_that_fails_on_one_route_is_tried_again_on_the_next(setting: Setting) {
    let fails = "<script>{ const own = window.fetch; let left = 2; window.fetch = (what, ...rest) =>
        String(what).endsWith('.wasm') && left-- > 0 ? Promise.reject(new TypeError('no network')) : own.call(window, what, ...rest); }</script>";
    let stage = Stage::set(setting, &[asking("page-csat", "/**", json!(["immediately"]))]).await.unwrap();
    stage.put_behind(&format!("{WATCH}{fails}"), "/a", APPLICATION);
    stage.visit("/a").await.unwrap();
    stage.wait_until("warned.length").await.unwrap();
    stage.run("pagepoll('track', 'something'); go('/b')").await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run("go('/c')").await.unwrap();
    stage.until_asked().await.unwrap();
    assert_eq!(stage.warnings().await.unwrap().len(), 1);
}

held! {
    [mouse, firefox, webkit] what_is_armed_on_one_route_never_shows_on_another_and_its_time_starts_anew;
    [mouse, firefox, webkit] an_exit_on_one_route_does_not_show_on_the_next;
    [mouse, finger, firefox, webkit] a_route_that_is_targeted_asks_and_is_the_answers_page;
    [mouse, firefox, webkit] a_replaced_route_asks_too;
    [mouse, firefox, webkit] going_back_leaves_the_route;
    [mouse, firefox, webkit] a_rule_about_the_fragment_hears_of_its_change;
    [mouse, firefox, webkit] without_the_navigation_api_routes_are_heard_of_too;
    [mouse, firefox, webkit] closing_a_survey_that_came_along_does_not_ask_again;
    [mouse, firefox, webkit] a_survey_that_is_closed_just_as_the_route_changes_does_not_come_back;
    [mouse, firefox, webkit] a_start_that_fails_on_one_route_is_tried_again_on_the_next;
}

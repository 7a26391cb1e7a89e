//! How often, to whom of many, and in which order; and that visitors for whom there is nothing pay for the loader alone.

use std::time::Duration;

use serde_json::{Value, json};
use tests::host_pages::{SAMPLED_OUT, SHORT, STUB, TIME_MACHINE};
use tests::{Setting, Stage, asking, called, with};

const HOURS_OF_A_DAY: u32 = 24;

async fn asking_at_once(setting: Setting, part: &str, value: Value) -> Stage {
    let survey = with(part, value, asking("page-csat", "/page", json!(["immediately"])));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put_behind(TIME_MACHINE, "/page", SHORT);
    stage
}

async fn asks_on(stage: &Stage, path: &str) {
    stage.visit(path).await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn is_quiet_on(stage: &Stage, path: &str) {
    stage.visit(path).await.unwrap();
    stage.stays_quiet().await.unwrap();
}

/// Whether the visitor belongs to the sample: the widget asks, or puts the loader to sleep.
async fn is_in_the_sample(stage: &Stage) -> bool {
    stage.run("delete localStorage['pagepoll:test-site:sleep']").await.unwrap();
    stage.visit("/page").await.unwrap();
    stage
        .wait_until("localStorage['pagepoll:test-site:sleep'] || document.querySelector('pagepoll-survey')")
        .await
        .unwrap();
    stage.is_asked().await.unwrap()
}

async fn later(stage: &Stage, hours: u32) {
    stage.run(&format!("sessionStorage.hours = {hours}")).await.unwrap();
}

async fn until_it_is_answered(setting: Setting) {
    let stage = asking_at_once(setting, "frequency", json!("until_answered")).await;
    asks_on(&stage, "/page").await;
    stage.closes().await.unwrap();
    asks_on(&stage, "/page").await;
    stage.answers_four().await.unwrap();
    is_quiet_on(&stage, "/page").await;
}

async fn every_so_many_days(setting: Setting) {
    let stage = asking_at_once(setting, "frequency", json!({ "every_days": 2 })).await;
    asks_on(&stage, "/page").await;
    later(&stage, HOURS_OF_A_DAY).await;
    is_quiet_on(&stage, "/page").await;
    later(&stage, 2 * HOURS_OF_A_DAY + 1).await;
    asks_on(&stage, "/page").await;
}

async fn at_most_so_many_times(setting: Setting) {
    let stage = asking_at_once(setting, "frequency", json!({ "at_most": 2 })).await;
    asks_on(&stage, "/page").await;
    asks_on(&stage, "/page").await;
    is_quiet_on(&stage, "/page").await;
}

async fn after_one_survey_the_quiet_period_holds_back_the_others(setting: Setting) {
    let surveys =
        ["/page", "/other"].map(|path| asking(&format!("on{}", path.replace('/', "-")), path, json!(["immediately"])));
    let stage = Stage::set(setting, &surveys).await.unwrap();
    stage.site.settle(&json!({ "quiet_days": 7 })).await.unwrap();
    for path in ["/page", "/other"] {
        stage.put_behind(TIME_MACHINE, path, SHORT);
    }
    asks_on(&stage, "/page").await;
    stage.wait_until("localStorage['pagepoll:test-site:sleep']").await.unwrap();
    // What is still to be delivered would start the widget on the next page.
    let delivered = "!Object.keys(localStorage).some(key => key.startsWith('pagepoll:test-site:out:'))";
    stage.wait_until(delivered).await.unwrap();
    is_quiet_on(&stage, "/other").await;
    assert!(stage.loaded_the_loader_alone().await.unwrap(), "{:?}", stage.loaded().await);
    later(&stage, 7 * HOURS_OF_A_DAY + 1).await;
    asks_on(&stage, "/other").await;
}

async fn of_two_that_could_show_the_one_of_higher_priority_does(setting: Setting) {
    let survey =
        |id, priority: i8| with("priority", json!(priority), called(id, asking(id, "/page", json!(["immediately"]))));
    let stage = Stage::set(setting, &[survey("second", 0), survey("first", 5)]).await.unwrap();
    stage.put("/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.wait_for("heading", "first").await.unwrap();
    stage.press_on("button", "Close").await.unwrap();
    stage.wait_until_gone("heading", "first").await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!stage.tells_of("heading", "second").await.unwrap(), "a second survey on one page view");
}

async fn who_is_in_a_sample_stays_in_it_and_who_is_not_stays_out(setting: Setting) {
    const VISITORS: usize = 6;
    let survey = asking("page-csat", "/page", json!(["immediately"]));
    let survey = with("sample_percent", json!(50), with("frequency", json!("until_answered"), survey));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put("/page", SHORT);
    stage.visit("/page").await.unwrap();
    for visitor in 1..=VISITORS {
        let first = is_in_the_sample(&stage).await;
        for reload in 1..=2 {
            let is_in = is_in_the_sample(&stage).await;
            assert_eq!(is_in, first, "visitor {visitor}, reload {reload}: it was rolled again");
        }
        stage.run("localStorage.clear()").await.unwrap();
    }
}

async fn after_being_sampled_out_the_next_page_views_load_the_loader_alone_until_something_is_published(
    setting: Setting,
) {
    let never = |survey| with("sample_percent", json!(0.01), survey);
    let stage = Stage::set(setting, &[never(asking("page-csat", "/**", json!(["immediately"])))]).await.unwrap();
    stage.put_behind(SAMPLED_OUT, "/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.until_awake().await.unwrap();
    stage.wait_until("localStorage['pagepoll:test-site:sleep']").await.unwrap();
    for _ in 0..2 {
        stage.visit("/page").await.unwrap();
        stage.stays_quiet().await.unwrap();
        assert!(stage.loaded_the_loader_alone().await.unwrap(), "{:?}", stage.loaded().await);
    }

    let before = stage.run("return localStorage['pagepoll:test-site:sleep']").await.unwrap();
    stage.site.publish(&called("A new one", asking("another", "/page", json!(["immediately"])))).await.unwrap();
    // The loader is fresh for a minute; a visitor who comes later is played by one without a cache.
    let origin = stage.site.collector.origin();
    let named = before.as_str().unwrap().split(' ').next().unwrap().to_owned();
    loop {
        let loader = reqwest::get(format!("{origin}/w/test-site.js")).await.unwrap().text().await.unwrap();
        if !loader.contains(&named) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stage.devtools("Network.clearBrowserCache", json!({})).await.unwrap();
    stage.visit("/page").await.unwrap();
    stage.wait_for("heading", "A new one").await.unwrap();
}

async fn a_survey_that_is_asked_for_waits_for_no_quiet_period(setting: Setting) {
    let tab =
        with("frequency", json!("always"), called("Any thoughts?", asking("tab", "/**", json!(["programmatic"]))));
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!(["immediately"])), tab]).await.unwrap();
    stage.site.settle(&json!({ "quiet_days": 7 })).await.unwrap();
    stage.put_behind(STUB, "/page", SHORT);
    asks_on(&stage, "/page").await;
    stage.visit("/page").await.unwrap();
    stage.run("pagepoll('show', 'tab')").await.unwrap();
    stage.wait_for("heading", "Any thoughts?").await.unwrap();
}

held! {
    [mouse, firefox, webkit] until_it_is_answered;
    [mouse, webkit] every_so_many_days;
    [mouse, webkit] at_most_so_many_times;
    [mouse, webkit] after_one_survey_the_quiet_period_holds_back_the_others;
    [mouse, webkit] of_two_that_could_show_the_one_of_higher_priority_does;
    [mouse, webkit] who_is_in_a_sample_stays_in_it_and_who_is_not_stays_out;
    // Only Chromium's driver empties the cache.
    [mouse] after_being_sampled_out_the_next_page_views_load_the_loader_alone_until_something_is_published;
    [mouse, webkit] a_survey_that_is_asked_for_waits_for_no_quiet_period;
}

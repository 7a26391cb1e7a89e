//! Pages that have changed what every script relies on: none of them breaks by us, and the console is not flooded.

use std::time::Duration;

use serde_json::json;
use tests::host_pages::{HOSTILE, SHORT, WATCH};
use tests::{Setting, Stage, asking};

/// Either the survey shows, and then its answer arrives, or one clear warning says why not.
async fn a_page_with_patched_insides_is_not_broken_by_us_nor_its_console_flooded(setting: Setting) {
    let stage = Stage::set(setting, &[asking("page-csat", "/**", json!(["immediately"]))]).await.unwrap();
    for (place, (what, script)) in HOSTILE.into_iter().enumerate() {
        // These drivers themselves ask the page how its objects are written down.
        let trips: &[&str] = match setting {
            Setting::Firefox => &["toJSON"],
            Setting::WebKit => &["toJSON", "JSON.stringify"],
            Setting::Mouse | Setting::Finger => &[],
        };
        if trips.iter().any(|word| script.contains(word)) {
            continue;
        }
        let path = format!("/hostile-{place}");
        stage.put_behind(&format!("{WATCH}<script>{script}</script>"), &path, SHORT);
        stage.visit(&path).await.unwrap();
        let asked = stage.until_asked().await;
        let warnings = stage.count("warned.filter((one) => one.includes('Pagepoll')).length").await.unwrap();
        assert_eq!(stage.count("errors.length").await.unwrap(), 0, "{what}");
        assert!(warnings <= 1, "{what}: {warnings} warnings");
        assert!(asked.is_ok() || warnings == 1, "{what}: neither a survey nor a word: {asked:?}");
        if asked.is_ok() {
            stage.answers_four().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        println!("{what}: {}", if asked.is_ok() { "the survey shows and its answer arrives" } else { "one warning" });
        stage.count("Object.keys(localStorage).map((key) => delete localStorage[key]).length").await.unwrap();
    }
}

/// The listeners of the page itself must not make us fall over either.
async fn a_page_that_stops_every_event_still_gets_its_clicks_on_the_survey(setting: Setting) {
    let stage = Stage::set(setting, &[asking("page-csat", "/page", json!(["immediately"]))]).await.unwrap();
    let greedy = "<script>for (const kind of ['scroll', 'keydown', 'mouseout', 'visibilitychange'])
        addEventListener(kind, (event) => event.stopImmediatePropagation(), true)</script>";
    stage.put_behind(&format!("{WATCH}{greedy}"), "/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.answers_four().await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(stage.errors().await.unwrap(), json!([]));
}

held! {
    [mouse, firefox, webkit] a_page_with_patched_insides_is_not_broken_by_us_nor_its_console_flooded;
    [mouse, webkit] a_page_that_stops_every_event_still_gets_its_clicks_on_the_survey;
}

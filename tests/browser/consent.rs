//! Consent and privacy signals: without leave nothing is kept and nothing is asked for beyond the loader.

use serde_json::json;
use tests::browser::Engine;
use tests::host_pages::{SHORT, STUB};
use tests::{QUESTION, Setting, Stage, asking, with};

const GLOBAL_PRIVACY_CONTROL: &str =
    "<script>Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })</script>";
const DO_NOT_TRACK: &str =
    "<script>Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })</script>";

async fn asking_at_once(setting: Setting, settings: serde_json::Value) -> Stage {
    let stage = Stage::set(setting, &[asking("page-csat", "/**", json!(["immediately"]))]).await.unwrap();
    stage.site.settle(&settings).await.unwrap();
    stage
}

/// Fails unless the page has the loader and nothing else of ours.
async fn nothing_but_the_loader(stage: &Stage) {
    stage.stays_quiet().await.unwrap();
    assert!(stage.loaded_the_loader_alone().await.unwrap(), "{:?}", stage.loaded().await);
    if stage.engine() == Engine::Chromium {
        let origin = stage.site.collector.origin();
        let fetched = stage.fetched().await.unwrap();
        let ours: Vec<_> = fetched.iter().filter(|one| one.url.starts_with(&origin)).collect();
        assert!(ours.len() == 1 && ours[0].url.ends_with("/w/test-site.js"), "{ours:?}");
    }
    for storage in ["localStorage", "sessionStorage"] {
        assert_eq!(stage.kept(storage).await.unwrap(), [""; 0], "{storage}");
    }
}

async fn where_consent_is_required_nothing_happens_before_it_and_nothing_is_left_after_it_is_withdrawn(
    setting: Setting,
) {
    // Every page view tells of itself, so that one before consent would be seen.
    let stage = asking_at_once(setting, json!({ "page_view_sample_percent": 100 })).await;
    let snippet = stage.site.snippet().replace("<script async", "<script async data-consent=required");
    assert!(snippet.contains("data-consent"), "the snippet has another form: {snippet}");
    stage.pages.put("/page", &format!("{STUB}{snippet}"), SHORT);
    stage.visit("/page").await.unwrap();
    stage.run("pagepoll('track', 'looked_around'); pagepoll('identify', { plan: 'pro' })").await.unwrap();
    nothing_but_the_loader(&stage).await;

    stage.run("pagepoll('consent', true)").await.unwrap();
    stage.until_asked().await.unwrap();
    assert!(!stage.kept("localStorage").await.unwrap().is_empty());

    stage.run("pagepoll('consent', false)").await.unwrap();
    stage.wait_until_gone("heading", QUESTION).await.unwrap();
    for storage in ["localStorage", "sessionStorage"] {
        assert_eq!(stage.kept(storage).await.unwrap(), [""; 0], "{storage}");
    }
    stage.visit("/page").await.unwrap();
    if stage.engine() == Engine::Chromium {
        stage.fetched().await.unwrap();
        stage.reload().await.unwrap();
    }
    nothing_but_the_loader(&stage).await;
}

async fn consent_given_before_the_loader_is_there_counts(setting: Setting) {
    let stage = asking_at_once(setting, json!({ "page_view_sample_percent": 100 })).await;
    let snippet = stage.site.snippet().replace("<script async", "<script async data-consent=required");
    let given = "<script>pagepoll('consent', true)</script>";
    stage.pages.put("/page", &format!("{STUB}{given}{snippet}"), SHORT);
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn visitors_who_send_global_privacy_control_are_left_alone_where_the_site_says_so(setting: Setting) {
    let stage = asking_at_once(setting, json!({ "honour_gpc": true, "page_view_sample_percent": 100 })).await;
    stage.put_behind(GLOBAL_PRIVACY_CONTROL, "/page", SHORT);
    stage.put_behind(DO_NOT_TRACK, "/another", SHORT);
    stage.visit("/page").await.unwrap();
    nothing_but_the_loader(&stage).await;
    stage.visit("/another").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn visitors_who_send_do_not_track_are_left_alone_where_the_site_says_so(setting: Setting) {
    let stage = asking_at_once(setting, json!({ "honour_dnt": true, "page_view_sample_percent": 100 })).await;
    stage.put_behind(DO_NOT_TRACK, "/page", SHORT);
    stage.put_behind(GLOBAL_PRIVACY_CONTROL, "/another", SHORT);
    stage.visit("/page").await.unwrap();
    nothing_but_the_loader(&stage).await;
    stage.visit("/another").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn what_the_page_tells_between_a_no_and_a_yes_is_heard(setting: Setting) {
    let survey = asking("page-csat", "/**", json!([{ "event": "go" }]));
    let stage = Stage::set(setting, &[with("when", json!({ "trait:plan": { "is": "pro" } }), survey)]).await.unwrap();
    let snippet = stage.site.snippet().replace("<script async", "<script async data-consent=required");
    let no =
        "<script>pagepoll('consent', false); pagepoll('identify', { plan: 'pro' }); pagepoll('track', 'go')</script>";
    stage.pages.put("/page", &format!("{STUB}{no}{snippet}"), SHORT);
    stage.visit("/page").await.unwrap();
    nothing_but_the_loader(&stage).await;
    stage.run("pagepoll('consent', true)").await.unwrap();
    stage.until_asked().await.unwrap();
}

held! {
    [mouse, firefox, webkit] where_consent_is_required_nothing_happens_before_it_and_nothing_is_left_after_it_is_withdrawn;
    [mouse, firefox, webkit] consent_given_before_the_loader_is_there_counts;
    [mouse, firefox, webkit] visitors_who_send_global_privacy_control_are_left_alone_where_the_site_says_so;
    [mouse, webkit] visitors_who_send_do_not_track_are_left_alone_where_the_site_says_so;
    [mouse, firefox, webkit] what_the_page_tells_between_a_no_and_a_yes_is_heard;
}

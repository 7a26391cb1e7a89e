//! What the page around the widget may notice: nothing, but one warning with the way out where something is wrong.

use serde_json::{Value, json};
use tests::host_pages::{SHORT, WATCH};
use tests::{Setting, Stage, asking};

/// A site that asks at once, wherever.
async fn asking_at_once(setting: Setting) -> Stage {
    Stage::set(setting, &[asking("page-csat", "/**", json!(["immediately"]))]).await.unwrap()
}

/// Puts the page under a policy that allows what `{collector}` stands for, and opens it.
async fn visit_under(stage: &Stage, policy: &str, head: &str) {
    let policy = policy.replace("{collector}", &stage.site.collector.origin());
    stage.pages.put_under(&policy, "/page", &format!("{head}{}", stage.site.snippet()), SHORT);
    stage.visit("/page").await.unwrap();
}

async fn under_a_policy_that_forbids_webassembly_there_is_one_warning_with_the_way_out_and_no_error(setting: Setting) {
    let stage = asking_at_once(setting).await;
    visit_under(&stage, "script-src 'unsafe-inline' {collector}", WATCH).await;
    stage.wait_until("warned.some((one) => one.includes('Pagepoll'))").await.unwrap();
    stage.stays_quiet().await.unwrap();
    let ours = stage.warnings().await.unwrap();
    assert_eq!(ours.len(), 1, "{ours:?}");
    assert!(ours[0].contains("'wasm-unsafe-eval'") && ours[0].contains("connect-src"), "{ours:?}");
    assert_eq!(stage.errors().await.unwrap(), json!([]));
}

async fn under_the_documented_policy_the_survey_shows_though_styles_are_forbidden(setting: Setting) {
    let stage = asking_at_once(setting).await;
    // No 'unsafe-inline': not a line of the page's own script either.
    let policy = "default-src 'none'; script-src {collector} 'wasm-unsafe-eval'; connect-src {collector}";
    visit_under(&stage, policy, "").await;
    stage.until_asked().await.unwrap();
    let box_of_widget = "const box = document.querySelector('pagepoll-survey').getBoundingClientRect(); return [box.width, innerWidth - box.right]";
    assert_eq!(stage.run(box_of_widget).await.unwrap(), json!([360, 16]), "the style sheet applies");
    stage.answers_four().await.unwrap();
}

async fn under_a_policy_that_goes_by_nonces_the_survey_shows(setting: Setting) {
    let stage = asking_at_once(setting).await;
    let snippet = stage.site.snippet().replace("<script async", "<script async nonce=theirs");
    assert!(snippet.contains("nonce"), "the snippet has another form: {snippet}");
    for strict in ["", "'strict-dynamic'"] {
        let origin = stage.site.collector.origin();
        let policy =
            format!("default-src 'none'; script-src 'nonce-theirs' {strict} 'wasm-unsafe-eval'; connect-src {origin}");
        stage.pages.put_under(&policy, "/page", &snippet, SHORT);
        stage.visit("/page").await.unwrap();
        stage.until_asked().await.unwrap();
        stage.run("localStorage.clear()").await.unwrap();
    }
}

async fn where_only_trusted_types_may_become_script_the_survey_shows(setting: Setting) {
    let stage = asking_at_once(setting).await;
    for (path, policy) in [
        ("/page", "require-trusted-types-for 'script'"),
        (
            "/strict",
            "require-trusted-types-for 'script'; trusted-types 'none'; script-src 'unsafe-inline' {collector} 'wasm-unsafe-eval'",
        ),
    ] {
        let policy = policy.replace("{collector}", &stage.site.collector.origin());
        stage.pages.put_under(&policy, path, &format!("{WATCH}{}", stage.site.snippet()), SHORT);
        stage.visit(path).await.unwrap();
        stage.until_asked().await.unwrap();
        assert_eq!(stage.errors().await.unwrap(), json!([]), "{path}");
        assert_eq!(stage.warnings().await.unwrap(), [""; 0], "{path}");
        stage.run("localStorage.clear()").await.unwrap();
    }
}

async fn a_policy_that_forbids_the_collector_costs_one_warning(setting: Setting) {
    let stage = asking_at_once(setting).await;
    visit_under(&stage, "script-src 'unsafe-inline' 'wasm-unsafe-eval' {collector}; connect-src 'none'", WATCH).await;
    stage.wait_until("warned.some((one) => one.includes('Pagepoll'))").await.unwrap();
    stage.stays_quiet().await.unwrap();
    assert_eq!(stage.warnings().await.unwrap().len(), 1);
    assert_eq!(stage.errors().await.unwrap(), json!([]));
}

async fn nothing_is_fetched_before_the_page_has_loaded_and_nothing_moves(setting: Setting) {
    let stage = asking_at_once(setting).await;
    let shifts = "<script>window.shift=0;new PerformanceObserver(list=>list.getEntries().forEach(entry=>shift+=entry.value)).observe({type:'layout-shift',buffered:true})</script>";
    stage.put_behind(&format!("{WATCH}{shifts}"), "/page", "<h1>Help</h1><p>Text</p>");
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    let fetched: Value = stage.run("const load = performance.getEntriesByType('navigation')[0].loadEventStart; return performance.getEntriesByType('resource').filter(one => one.name.includes('/w/') && !one.name.endsWith('/w/test-site.js')).map(one => one.startTime - load)").await.unwrap();
    let fetched = fetched.as_array().unwrap();
    assert!(fetched.len() >= 3, "glue, module and surveys are not among {fetched:?}");
    assert!(fetched.iter().all(|after| after.as_f64().unwrap() >= 0.0), "before the page's load: {fetched:?}");
    assert_eq!(stage.run("return window.shift").await.unwrap(), json!(0));
    assert_eq!(stage.errors().await.unwrap(), json!([]));
}

async fn where_beacons_are_gone_the_survey_shows_and_nothing_is_thrown(setting: Setting) {
    let stage = asking_at_once(setting).await;
    stage.site.settle(&json!({ "page_view_sample_percent": 100 })).await.unwrap();
    let gone = "<script>Navigator.prototype.sendBeacon = undefined</script>";
    stage.put_behind(&format!("{WATCH}{gone}"), "/page", SHORT);
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    assert_eq!(stage.errors().await.unwrap(), json!([]));
}

held! {
    [mouse, firefox, webkit] under_a_policy_that_forbids_webassembly_there_is_one_warning_with_the_way_out_and_no_error;
    [mouse, firefox, webkit] under_the_documented_policy_the_survey_shows_though_styles_are_forbidden;
    [mouse, firefox, webkit] under_a_policy_that_goes_by_nonces_the_survey_shows;
    [mouse, firefox, webkit] where_only_trusted_types_may_become_script_the_survey_shows;
    [mouse, firefox, webkit] a_policy_that_forbids_the_collector_costs_one_warning;
    [mouse, webkit] nothing_is_fetched_before_the_page_has_loaded_and_nothing_moves;
    [mouse, firefox, webkit] where_beacons_are_gone_the_survey_shows_and_nothing_is_thrown;
}

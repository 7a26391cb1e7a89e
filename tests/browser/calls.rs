//! What the page can tell the widget, and what it hears: the calls, the events, and that `remove` leaves nothing behind.

use serde_json::{Value, json};
use survey::report::{DimensionValues, PagesReport};
use tests::host_pages::{APPLICATION, SHORT, STUB};
use tests::{QUESTION, Setting, Stage, asking, with};

/// In a page's head behind the stub: notes whatever the widget tells, on each of the three ways.
const LISTEN: &str = "<script>
    window.dataLayer = []; window.heard = []; window.onDocument = [];
    for (const name of ['shown', 'answered', 'completed', 'dismissed']) {
        pagepoll('on', name, (detail) => heard.push([name, detail]));
        document.addEventListener('pagepoll:' + name, (event) => onDocument.push([name, event.detail]));
    }</script>";

async fn with_stub(setting: Setting, head: &str, survey: Value) -> Stage {
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put_behind(&format!("{STUB}{head}"), "/page", SHORT);
    stage
}

fn only_when(trigger: Value) -> Value {
    asking("page-csat", "/page", json!([trigger]))
}

async fn calls_made_before_the_loader_is_there_are_kept_in_order(setting: Setting) {
    let early = "<script>pagepoll('track', 'first'); pagepoll('show', 'page-csat')</script>";
    let stage = with_stub(setting, early, only_when(json!("programmatic"))).await;
    stage.visit("/page").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "programmatic");
}

async fn an_event_tracked_before_the_loader_is_there_sets_a_survey_off(setting: Setting) {
    let early = "<script>pagepoll('track', 'added_to_cart', { price: 24 })</script>";
    let stage = with_stub(setting, early, only_when(json!({ "event": "added_to_cart" }))).await;
    stage.visit("/page").await.unwrap();
    assert_eq!(stage.signal().await.unwrap(), "event");
}

async fn the_function_that_a_page_kept_from_before_stays_good(setting: Setting) {
    let stage = with_stub(setting, "<script>window.kept = pagepoll</script>", only_when(json!("programmatic"))).await;
    stage.visit("/page").await.unwrap();
    stage.until_awake().await.unwrap();
    stage.run("kept('show', 'page-csat')").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn what_was_tracked_on_a_page_that_the_gate_refuses_is_remembered(setting: Setting) {
    let when = json!({ "all": [{ "path": { "is": "/page" } }, { "event:bought": { ">": 0 } }] });
    let stage = with_stub(setting, "", with("when", when, only_when(json!("immediately")))).await;
    stage.put_behind(STUB, "/shop", SHORT);
    stage.visit("/page").await.unwrap();
    stage.until_awake().await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.visit("/shop").await.unwrap();
    stage.run("pagepoll('track', 'bought')").await.unwrap();
    stage
        .wait_until(
            "Object.keys(localStorage).concat(Object.keys(sessionStorage)).some((key) => key.startsWith('pagepoll:'))",
        )
        .await
        .unwrap();
    stage.until_awake().await.unwrap();
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn a_trait_that_is_told_opens_its_surveys(setting: Setting) {
    let when = json!({ "all": [{ "path": { "is": "/page" } }, { "trait:plan": { "is": "pro" } }] });
    let stage = with_stub(setting, "", with("when", when, only_when(json!("immediately")))).await;
    stage.visit("/page").await.unwrap();
    stage.until_awake().await.unwrap();
    stage.run("pagepoll('identify', { plan: 'basic' })").await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run("pagepoll('identify', { plan: 'pro' })").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn what_the_site_tells_its_visitors_apart_by_comes_with_what_they_answer(setting: Setting) {
    let identify = "<script>pagepoll('identify', { plan: 'pro', mood: 'sour' })</script>";
    let stage = with_stub(setting, identify, only_when(json!("immediately"))).await;
    stage.site.settle(&json!({ "dimensions": ["returning", "utm:source", "trait:plan"] })).await.unwrap();
    stage.visit("/page?utm_source=mail").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.answers_four().await.unwrap();
    stage.page_once("/page", |page| !page.scores.is_empty()).await.unwrap();
    let n = async |segment: &str| {
        let report: PagesReport = stage.site.report(&format!("pages?segment={segment}")).await.unwrap();
        report.site.funnel.answered
    };
    assert_eq!([n("trait:plan%3Dpro").await, n("utm:source%3Dmail").await, n("returning%3Dfalse").await], [1, 1, 1]);
    assert_eq!(n("returning%3Dtrue").await, 0);
    let told: Vec<DimensionValues> = stage.site.report("segments").await.unwrap();
    assert!(told.iter().all(|told| told.dimension != "trait:mood"), "{told:?}");
}

async fn the_page_hears_of_everything_on_three_ways_and_never_of_comments(setting: Setting) {
    let stage = with_stub(setting, LISTEN, only_when(json!("immediately"))).await;
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.answers_four().await.unwrap();
    stage.wait_for("textbox", "Why?").await.unwrap();
    stage.press_on("textbox", "Why?").await.unwrap();
    stage.type_text("Between us").await.unwrap();
    stage.press_on("button", "Send").await.unwrap();
    stage.wait_until("heard.some(([name]) => name == 'completed')").await.unwrap();

    let heard = stage.run("return heard").await.unwrap();
    let names: Vec<&str> = heard.as_array().unwrap().iter().map(|one| one[0].as_str().unwrap()).collect();
    assert_eq!(names.first(), Some(&"shown"));
    assert!(names.contains(&"answered") && !names.contains(&"dismissed"), "{names:?}");
    let shown = &heard[0][1];
    assert_eq!((&shown["survey"], &shown["version"]), (&json!("page-csat"), &json!(1)));
    assert_eq!((&shown["page"], &shown["signal"]), (&json!(stage.site.page_key("/page")), &json!("immediately")));
    let answered = &heard.as_array().unwrap().iter().find(|one| one[0] == "answered").unwrap()[1];
    assert_eq!((&answered["question"], &answered["score"]), (&json!("score"), &json!(4)));

    assert_eq!(stage.run("return onDocument").await.unwrap(), heard, "on the document");
    let layer = stage.run("return dataLayer").await.unwrap();
    let pushed: Vec<&Value> = layer.as_array().unwrap().iter().map(|one| &one["event"]).collect();
    assert_eq!(
        pushed,
        names.iter().map(|name| json!(format!("pagepoll_{name}"))).collect::<Vec<_>>().iter().collect::<Vec<_>>()
    );
    assert!(!format!("{heard}{layer}").contains("Between us"), "a comment was told");
}

async fn the_page_can_close_it(setting: Setting) {
    let stage = with_stub(setting, LISTEN, only_when(json!("immediately"))).await;
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.run("pagepoll('close')").await.unwrap();
    stage.wait_until_gone("heading", QUESTION).await.unwrap();
    // Only a visitor dismisses.
    assert_eq!(stage.run("return heard.map(([name]) => name)").await.unwrap(), json!(["shown"]));
}

async fn a_visitor_who_closes_it_has_dismissed_it(setting: Setting) {
    let stage = with_stub(setting, LISTEN, only_when(json!("immediately"))).await;
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.closes().await.unwrap();
    stage.wait_until("heard.some(([name]) => name == 'dismissed')").await.unwrap();
    stage.page_once("/page", |page| page.funnel.dismissed == 1).await.unwrap();
}

async fn after_a_reset_the_visitor_is_a_new_one(setting: Setting) {
    let stage = with_stub(setting, "", only_when(json!("immediately"))).await;
    stage.visit("/page").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.reload().await.unwrap();
    stage.stays_quiet().await.unwrap();
    stage.run("pagepoll('reset')").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn a_wrong_call_breaks_nothing_in_the_page(setting: Setting) {
    let stage = with_stub(setting, tests::host_pages::WATCH, only_when(json!({ "event": "go" }))).await;
    stage.visit("/page").await.unwrap();
    stage.until_awake().await.unwrap();
    let wrong = "pagepoll(); pagepoll('dance'); pagepoll('track'); pagepoll('on', 'shown', 7); pagepoll('show', {}); \
                 pagepoll('identify', null); pagepoll('on', 'shown', () => { throw new Error('from a listener of the page') })";
    stage.run(wrong).await.unwrap();
    stage.run("pagepoll('track', 'go')").await.unwrap();
    stage.until_asked().await.unwrap();
}

async fn remove_undoes_everything_and_leaves_the_pages_own_patches(setting: Setting) {
    let stage =
        Stage::set(setting, &[asking("page-csat", "/a", json!(["immediately", { "event": "go" }]))]).await.unwrap();
    stage.put_behind(STUB, "/a", APPLICATION);
    stage.visit("/a").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.run("patchLate()").await.unwrap();
    stage.run("pagepoll('remove')").await.unwrap();
    stage.wait_until_gone("heading", QUESTION).await.unwrap();
    assert_eq!(stage.run("return [...document.querySelectorAll('*')].filter((one) => one.localName.startsWith('pagepoll')).length").await.unwrap(), 0);

    stage.run("go('/b'); go('/a')").await.unwrap();
    assert_eq!(
        stage.run("return [routes, late, location.pathname]").await.unwrap(),
        json!([["pushState /b", "pushState /a"], 2, "/a"])
    );
    stage.run("localStorage.clear(); window.pagepoll && pagepoll('track', 'go')").await.unwrap();
    stage.stays_quiet().await.unwrap();
}

async fn remove_gives_back_the_history_that_was_there(setting: Setting) {
    let stage = Stage::set(setting, &[asking("page-csat", "/a", json!(["immediately"]))]).await.unwrap();
    stage.put_behind(STUB, "/a", APPLICATION);
    stage.visit("/a").await.unwrap();
    stage.until_asked().await.unwrap();
    stage.run("pagepoll('remove')").await.unwrap();
    assert_eq!(stage.run("return isOwn()").await.unwrap(), json!([true, true]));
}

held! {
    [mouse, firefox, webkit] calls_made_before_the_loader_is_there_are_kept_in_order;
    [mouse, webkit] an_event_tracked_before_the_loader_is_there_sets_a_survey_off;
    [mouse, webkit] the_function_that_a_page_kept_from_before_stays_good;
    [mouse, webkit] what_was_tracked_on_a_page_that_the_gate_refuses_is_remembered;
    [mouse, webkit] a_trait_that_is_told_opens_its_surveys;
    [mouse, firefox] what_the_site_tells_its_visitors_apart_by_comes_with_what_they_answer;
    [mouse, firefox, webkit] the_page_hears_of_everything_on_three_ways_and_never_of_comments;
    [mouse, webkit] the_page_can_close_it;
    [mouse, firefox, webkit] a_visitor_who_closes_it_has_dismissed_it;
    [mouse, webkit] after_a_reset_the_visitor_is_a_new_one;
    [mouse, webkit] a_wrong_call_breaks_nothing_in_the_page;
    [mouse, firefox, webkit] remove_undoes_everything_and_leaves_the_pages_own_patches;
    [mouse, firefox, webkit] remove_gives_back_the_history_that_was_there;
}

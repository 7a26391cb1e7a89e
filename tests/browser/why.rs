//! Why something shows or does not, on the page itself: for those whom the team sent a link, and for nobody else.

use anyhow::ensure;
use serde_json::{Value, json};
use tests::browser::SOON;
use tests::host_pages::{LONG, SAMPLED_OUT, WATCH};
use tests::{QUESTION, Setting, Stage, asking, with};

/// A page on which one survey waits, one does not belong, and one is for next to nobody.
async fn stage(setting: Setting) -> Stage {
    let sampled = with("sample_percent", json!(0.01), asking("for-few", "/page", json!(["immediately"])));
    let surveys = [
        with("name", json!("At the end"), asking("waits-here", "/page", json!([{ "scroll_percent": 75 }]))),
        asking("not-here", "/pricing/*", json!(["immediately"])),
        sampled,
    ];
    let stage = Stage::set(setting, &surveys).await.unwrap();
    for path in ["/page", "/further"] {
        stage.put_behind(&format!("{WATCH}{SAMPLED_OUT}"), path, LONG);
    }
    stage
}

async fn link_to(stage: &Stage, path: &str) -> String {
    let url = format!("{}{path}", stage.pages.origin());
    let answered = stage.site.team.post("/api/sites/test-site/why-link", &json!({ "url": url })).await.unwrap();
    assert!(answered.status.is_success(), "{answered:?}");
    let link = answered.body["url"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&url) && link.contains("pagepoll=why."), "{link}");
    link
}

async fn words(stage: &Stage) -> anyhow::Result<String> {
    Ok(stage.told().await?.iter().map(|told| told.name.as_str()).collect::<Vec<_>>().join(" | "))
}

async fn until_it_says(stage: &Stage, wanted: &[&str]) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        let said = words(stage).await?;
        let missing: Vec<&&str> = wanted.iter().filter(|part| !said.contains(**part)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        ensure!(tokio::time::Instant::now() < deadline, "it does not say {missing:?}, but {said}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn a_signed_link_shows_every_survey_every_rule_the_value_seen_and_the_verdict(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&link_to(&stage, "/page").await).await.unwrap();
    let surveys = ["waits-here", "not-here", "for-few"];
    until_it_says(&stage, &surveys).await.unwrap();
    stage.inside_of("pagepoll-why", UNFOLD).await.unwrap();
    until_it_says(&stage, &["path is like /pricing/*", "“/page”", "its conditions do not hold"]).await.unwrap();
    until_it_says(&stage, &["this visitor is not in its sample", "Waits for its moment"]).await.unwrap();
}

/// The surveys in their order, each with what it does and whether it is folded; how many marks say "not yet"; and whether the theme's
/// part is in sight.
const SEEN: &str = "const parts = [...root.querySelectorAll('.list > details')];
    const frame = root.querySelector('.panel').getBoundingClientRect();
    const look = root.querySelector('.look > summary').getBoundingClientRect();
    return {
        surveys: parts.map((part) => [part.querySelector('b').textContent, part.className, part.open]),
        coming: root.querySelectorAll('.coming').length,
        is_look_in_sight: look.height > 30 && look.top >= frame.top && look.bottom <= frame.bottom,
        is_list_open: root.querySelector('.surveys').open,
    }";

const UNFOLD: &str = "root.querySelectorAll('.list > details').forEach((part) => { part.open = true })";

async fn surveys_are_named_and_what_does_not_belong_here_is_folded_and_comes_last(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&link_to(&stage, "/page").await).await.unwrap();
    until_it_says(&stage, &["At the end waits-here"]).await.unwrap();
    let seen = stage.inside_of("pagepoll-why", SEEN).await.unwrap();
    let expected =
        json!([["At the end waits-here", "waits", true], ["not-here", "skips", false], ["for-few", "skips", false]]);
    assert_eq!(seen["surveys"], expected);
    assert!(seen["coming"].as_u64() >= Some(1), "{seen}");
}

async fn the_theme_is_always_in_sight_and_takes_the_place_of_the_surveys(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&link_to(&stage, "/page").await).await.unwrap();
    until_it_says(&stage, &["waits-here"]).await.unwrap();
    stage.inside_of("pagepoll-why", UNFOLD).await.unwrap();
    let seen = stage.inside_of("pagepoll-why", SEEN).await.unwrap();
    assert_eq!((&seen["is_look_in_sight"], &seen["is_list_open"]), (&json!(true), &json!(true)), "{seen}");
    stage.inside_of("pagepoll-why", "root.querySelector('.look').open = true").await.unwrap();
    let seen = stage.inside_of("pagepoll-why", SEEN).await.unwrap();
    assert_eq!((&seen["is_look_in_sight"], &seen["is_list_open"]), (&json!(true), &json!(false)), "{seen}");
}

async fn it_is_live(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&link_to(&stage, "/page").await).await.unwrap();
    until_it_says(&stage, &["Waits for its moment"]).await.unwrap();
    stage.scroll_to(5_800).await.unwrap();
    stage.until_asked().await.unwrap();
    until_it_says(&stage, &["Shows now: scroll depth"]).await.unwrap();
    stage.run("pagepoll('close')").await.unwrap();
    until_it_says(&stage, &["shown once", "shown 1 times"]).await.unwrap();
}

async fn it_stays_on_the_next_page_and_ends_with_the_tab(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&link_to(&stage, "/page").await).await.unwrap();
    until_it_says(&stage, &["waits-here"]).await.unwrap();
    stage.visit("/further").await.unwrap();
    until_it_says(&stage, &["waits-here", "/further"]).await.unwrap();
}

async fn a_forged_link_shows_nothing_and_the_page_goes_on_as_usual(setting: Setting) {
    let stage = stage(setting).await;
    let good = link_to(&stage, "/page").await;
    let mut forged = good.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'a' { 'b' } else { 'a' });
    for link in [forged, format!("{}/page?pagepoll=why.forged", stage.pages.origin())] {
        stage.open(&link).await.unwrap();
        stage.wait_until("warned.some((one) => one.includes('Pagepoll'))").await.unwrap();
        stage.until_awake().await.unwrap();
        assert!(!words(&stage).await.unwrap().contains("waits-here"), "a forged link is believed");
        assert_eq!(stage.warnings().await.unwrap().len(), 1);
        assert_eq!(stage.errors().await.unwrap(), json!([]));
        let loaded = stage.loaded().await.unwrap();
        assert!(!loaded.iter().any(|file| file.contains("/why.") && !file.ends_with(".json")), "{loaded:?}");
    }
    stage.scroll_to(5_800).await.unwrap();
    stage.until_asked().await.unwrap();
    let kept: Value = stage.run("return localStorage['pagepoll:test-site:why'] || null").await.unwrap();
    assert_eq!(kept, Value::Null, "the forged token is kept");
}

async fn without_a_link_the_page_has_no_such_panel(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&format!("{}/page?pagepoll=why", stage.pages.origin())).await.unwrap();
    stage.until_awake().await.unwrap();
    assert!(!words(&stage).await.unwrap().contains("waits-here"));
    assert!(!stage.tells_of("heading", QUESTION).await.unwrap());
}

held! {
    [mouse, firefox, webkit] a_signed_link_shows_every_survey_every_rule_the_value_seen_and_the_verdict;
    [mouse, finger, firefox] surveys_are_named_and_what_does_not_belong_here_is_folded_and_comes_last;
    [mouse, finger, firefox] the_theme_is_always_in_sight_and_takes_the_place_of_the_surveys;
    [mouse, webkit] it_is_live;
    [mouse, webkit] it_stays_on_the_next_page_and_ends_with_the_tab;
    [mouse, webkit] a_forged_link_shows_nothing_and_the_page_goes_on_as_usual;
    [mouse, webkit] without_a_link_the_page_has_no_such_panel;
}

//! Previews: a survey as it is being written, on the site's own page, for those whom the team sent a link.

use reqwest::Method;
use serde_json::{Value, json};
use tests::host_pages::LONG;
use tests::{QUESTION, Setting, Stage, asking, with};

/// What a page hears of the widget.
const LISTEN: &str = "<script>
    window.dataLayer = []; window.heard = [];
    document.addEventListener('pagepoll:shown', (event) => heard.push(event.type));
</script>";

/// A page that its survey is not meant for, and next to nobody anyway; and what an editor has made of it meanwhile.
async fn stage(setting: Setting) -> Stage {
    let survey =
        with("sample_percent", json!(0.01), asking("not-here", "/pricing/*", json!([{ "scroll_percent": 75 }])));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put_behind(LISTEN, "/page", LONG);
    stage.put_behind(LISTEN, "/further", LONG);
    let seen = stage.site.team.get("/api/sites/test-site/surveys/not-here").await.unwrap();
    let mut document = seen.body["published"].clone();
    document["questions"][0]["prompt"] = json!("As it is being written?");
    let save = stage.site.team.request(Method::PUT, "/api/sites/test-site/surveys/not-here/draft");
    let saved = save.header("if-none-match", "*").json(&document).send().await.unwrap();
    assert!(saved.status().is_success(), "{saved:?}");
    stage
}

async fn link_to(stage: &Stage, path: &str) -> String {
    let body = json!({ "url": format!("{}{path}", stage.pages.origin()) });
    let link = stage.site.team.post("/api/sites/test-site/surveys/not-here/preview-link", &body).await.unwrap();
    link.body["url"].as_str().unwrap().to_owned()
}

async fn a_link_shows_the_draft_at_once_and_nothing_of_it_is_sent_or_told_or_remembered(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&link_to(&stage, "/page").await).await.unwrap();
    stage.wait_for("heading", "As it is being written?").await.unwrap();
    stage.press_on("button", "4 of 5").await.unwrap();
    stage.wait_until_gone("heading", "As it is being written?").await.unwrap();
    stage.run("pagepoll('close')").await.unwrap();
    stage.visit("/further").await.unwrap();
    stage.wait_for("heading", "As it is being written?").await.unwrap();

    let rows = stage.site.rows().await.unwrap();
    assert_eq!((rows.presentations, rows.responses.len()), (0, 0), "something was counted");
    let told: Value = stage.run("return [heard, dataLayer]").await.unwrap();
    assert_eq!(told, json!([[], []]), "the page was told");
    let kept = stage.kept("localStorage").await.unwrap();
    assert!(
        kept.iter().all(|key| !key.contains(":met:") && !key.contains(":asked") && !key.contains(":out:")),
        "{kept:?}"
    );
    let sent = stage.loaded().await.unwrap();
    assert!(!sent.iter().any(|file| file.contains("/v1/events")), "{sent:?}");
}

async fn a_preview_ends_where_somebody_closes_it(setting: Setting) {
    let stage = stage(setting).await;
    stage.open(&link_to(&stage, "/page").await).await.unwrap();
    stage.wait_for("heading", "As it is being written?").await.unwrap();
    let title = stage.inside_of("pagepoll-why", "return root.querySelector('h2').textContent").await.unwrap();
    assert_eq!(title, json!("Preview; nothing is sent"));
    stage.inside_of("pagepoll-why", "root.querySelector('.close').click()").await.unwrap();
    stage.visit("/further").await.unwrap();
    stage.stays_quiet().await.unwrap();
    assert!(!stage.tells_of("heading", QUESTION).await.unwrap());
    let kept = stage.kept("localStorage").await.unwrap();
    assert!(!kept.iter().any(|key| key.ends_with(":why")), "{kept:?}");
}

held! {
    [mouse, finger, firefox, webkit] a_link_shows_the_draft_at_once_and_nothing_of_it_is_sent_or_told_or_remembered;
    [mouse, firefox] a_preview_ends_where_somebody_closes_it;
}

//! Themes: a site's look is settled once, refused by name where it cannot be, and delivered without what could harm.

use reqwest::StatusCode;
use serde_json::{Value, json};
use survey::definition::SiteSettings;
use survey::wire::SiteConfig;
use tests::{Chore, TestSite, ces_on};

const SETTINGS: &str = "/api/sites/test-site/settings";

/// What pages are sent.
async fn style(site: &TestSite) -> String {
    let loader =
        reqwest::get(format!("{}/w/test-site.js", site.collector.origin())).await.unwrap().text().await.unwrap();
    let quoted =
        loader.split(['"', '\'', '`']).find(|text| text.starts_with("/w/test-site.") && text.ends_with(".bin"));
    let address = format!("{}{}", site.collector.origin(), quoted.unwrap());
    let bytes = reqwest::get(address).await.unwrap().bytes().await.unwrap();
    SiteConfig::from_bytes(&bytes).unwrap().scripts.remove(0).style
}

async fn set(site: &TestSite, theme: &Value) -> Result<String, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), theme.to_string()).unwrap();
    let arguments = ["site", "set", "test-site", "--theme", &file.path().to_string_lossy()];
    site.collector.also(Chore { arguments: &arguments, input: "" }).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_theme_is_delivered_with_the_surveys_and_changes_their_address() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.settle(&json!({ "theme": { "light": { "accent": "#7a1f3d" }, "radius": 3 } })).await.unwrap();
    let style = style(&site).await;
    assert!(style.contains("--pp-radius:3px") && style.contains("#7a1f3d"), "{style}");
    let settings: SiteSettings = site.report("settings").await.unwrap();
    assert_eq!(settings.theme.radius, Some(3));
}

#[tokio::test]
async fn what_could_reach_the_network_is_not_delivered_and_is_reported() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let css =
        "@import url(https://evil.example/a.css);\n.card { background: url(https://evil.example/b.png); padding: 9px }";
    let mut settings = site.team.get(SETTINGS).await.unwrap().body;
    settings["theme"] = json!({ "css": css });
    let saved = site.team.put(SETTINGS, &settings).await.unwrap();
    let dropped = saved.body["dropped"].as_array().unwrap();
    assert_eq!(saved.status, StatusCode::OK);
    assert!(dropped.len() >= 2 && dropped.iter().all(|it| it["line"].is_u64() && it["why"].is_string()), "{saved:?}");

    let said = set(&site, &json!({ "css": format!("{css}\n.choice {{ color: red }}") })).await.unwrap();
    assert!(said.contains("theme.css, line 1:") && said.contains("is left out"), "{said}");
    let mut survey = ces_on("/help");
    survey["theme"] = json!({ "css": css });
    assert!(site.publish(&survey).await.unwrap().contains("theme.css, line 1:"));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    while !style(&site).await.contains("padding:9px") {
        assert!(tokio::time::Instant::now() < deadline, "{}", style(&site).await);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(!style(&site).await.contains("evil.example"));
}

#[tokio::test]
async fn a_theme_that_cannot_be_is_refused_with_its_place() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (theme, place) in [
        (json!({ "radiu": 3 }), "theme.radiu"),
        (json!({ "radius": 200 }), "theme.radius"),
        (json!({ "radius": "3px" }), "theme.radius"),
        (json!({ "light": { "accent": "reddish" } }), "theme.light.accent"),
        (json!({ "light": { "ink": "#eeeeee" } }), "theme.light.ink"),
        (json!({ "mode": "night" }), "theme.mode"),
        (json!({ "font": "x; } * { display: none" }), "theme.font"),
        (json!({ "logo": { "url": "javascript:alert(1)", "label": "Shop" } }), "theme.logo.url"),
    ] {
        let mut settings = site.team.get(SETTINGS).await.unwrap().body;
        settings["theme"] = theme.clone();
        let refused = site.team.put(SETTINGS, &settings).await.unwrap();
        assert_eq!((refused.status, &refused.body["field"]), (StatusCode::BAD_REQUEST, &json!(place)), "{refused:?}");
        let said = set(&site, &theme).await.unwrap_err();
        assert!(said.contains(place.strip_prefix("theme.").unwrap()), "{said}");
        let mut survey = ces_on("/help");
        survey["theme"] = theme;
        assert!(site.publish(&survey).await.unwrap_err().to_string().contains(place), "{place}");
    }
    assert_eq!(site.report::<SiteSettings>("settings").await.unwrap(), SiteSettings::default());
}

//! Keys: a site's key is replaced while its pages still have the old one, and no visitor is forgotten by that.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tests::{Answered, Chore, TestSite, batch, ces_on};

const KEYS: &str = "/api/sites/test-site/keys";

/// Asks for a new key by the command line; tells it.
async fn rotate(site: &TestSite, overlap: &str) -> String {
    let rotate = ["site", "rotate-key", "test-site", "--overlap", overlap];
    let said = site.collector.also(Chore { arguments: &rotate, input: "" }).await.unwrap();
    said.lines().next().unwrap().split(": ").nth(1).unwrap().to_owned()
}

async fn loader(site: &TestSite, key: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{}/w/{key}.js", site.collector.origin())).await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// Waits until the collector has heard of a change.
async fn once<T>(mut look: impl AsyncFnMut() -> T, is_so: impl Fn(&T) -> bool) -> T {
    for _ in 0..80 {
        let seen = look().await;
        if is_so(&seen) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    look().await
}

/// As a page does it whose snippet has this key: with the ticket of the loader, where there is one.
async fn sends(site: &TestSite, key: &str) -> Answered {
    let (_, loader) = loader(site, key).await;
    let ticket = loader.split("\"/t/").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let door = site.door.with_ticket(&ticket.unwrap_or_else(|| format!("{key}.none")));
    door.post(batch("test-site", &[site.visitor().submission(1, 5, "/help")])).await.unwrap()
}

#[tokio::test]
async fn a_new_key_works_beside_the_old_one_until_that_retires() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let new = rotate(&site, "30d").await;
    assert!(new.starts_with("test-site-"), "{new}");
    let (_, by_new) = once(async || loader(&site, &new).await, |(status, _)| *status == StatusCode::OK).await;
    // The addresses and the ticket go by the key, and what is remembered by the site's permanent name.
    assert!(by_new.contains(&format!("/t/{new}.")) && by_new.contains(&format!("/w/{new}.")), "{by_new}");
    assert!(by_new.contains("pagepoll:test-site\"") && !by_new.contains(&format!("pagepoll:{new}")), "{by_new}");
    let (_, by_old) = loader(&site, "test-site").await;
    assert!(by_old.contains("/t/test-site.") && by_old.contains("pagepoll:test-site\""), "{by_old}");
    for key in [new.as_str(), "test-site"] {
        assert_eq!(sends(&site, key).await.status, StatusCode::NO_CONTENT, "{key}");
    }
    assert_eq!(site.score("/help").await.unwrap().figures.n, 2, "both are the same site's, and counted");
    let sites = site.team.get("/api/sites").await.unwrap().body;
    assert_eq!(sites[0]["key"], "test-site", "its permanent name stays");
    assert!(sites[0]["snippet"].as_str().unwrap().contains(&format!("/w/{new}.js")), "{sites}");
}

#[tokio::test]
async fn page_views_are_the_sites_whatever_key_their_loader_has() {
    let settings = ["--page-view-sample", "100"];
    let site = TestSite::with_settings(&[ces_on("/help")], &settings).await.unwrap();
    let new = rotate(&site, "30d").await;
    once(async || loader(&site, &new).await, |(status, _)| *status == StatusCode::OK).await;
    for key in [new.as_str(), "test-site"] {
        let view = json!({ "v": 1, "site": key, "page": "shop.example/help" });
        assert_eq!(site.door.tells_of(view.to_string()).await.unwrap().status, StatusCode::NO_CONTENT, "{key}");
    }
    let sampled = async || {
        let reach = site.team.post("/api/sites/test-site/reach", &json!({ "when": { "all": [] } })).await.unwrap();
        reach.body["sampled"].as_u64()
    };
    assert_eq!(once(sampled, |sampled| *sampled == Some(2)).await, Some(2));
}

#[tokio::test]
async fn a_key_that_has_retired_delivers_nothing_and_takes_nothing() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let new = rotate(&site, "0d").await;
    once(async || loader(&site, "test-site").await, |(status, _)| *status == StatusCode::NOT_FOUND).await;
    let (status, told) = loader(&site, "test-site").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{told}");
    let told = sends(&site, "test-site").await;
    assert_eq!(told.error(), "unknown_site", "{told:?}");
    assert_eq!(sends(&site, &new).await.status, StatusCode::NO_CONTENT);
    let listed = site.team.get(KEYS).await.unwrap().body;
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["key"]), (1, &json!(new)), "{listed}");
}

#[tokio::test]
async fn a_widget_names_the_site_and_its_ticket_the_key() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let new = rotate(&site, "0d").await;
    let send = async |ticket: &str| {
        let address = format!("{}/t/{ticket}/v1/events", site.collector.origin());
        let body = batch("test-site", &[site.visitor().submission(1, 5, "/help")]);
        let request = reqwest::Client::new().post(address).header("origin", site.door.origin());
        request.header("content-type", "text/plain").body(body).send().await.unwrap().status()
    };
    let by_key = async || send(&format!("{new}.unsigned")).await;
    assert_eq!(once(by_key, |status| *status == StatusCode::NO_CONTENT).await, StatusCode::NO_CONTENT);
    assert!(send("test-site.unsigned").await.is_client_error(), "that key has retired");
    site.rival().await.unwrap();
    once(async || loader(&site, "rival-site").await, |(status, _)| *status == StatusCode::OK).await;
    let by_anothers = async || send("rival-site.unsigned").await;
    assert!(by_anothers().await.is_client_error(), "the two are not one site");
}

#[tokio::test]
async fn an_owner_replaces_the_key_over_the_api() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let rotated = site.team.post(KEYS, &json!({ "overlap_days": 7 })).await.unwrap();
    assert_eq!(rotated.status, StatusCode::CREATED, "{rotated:?}");
    assert_eq!((rotated.body[0]["retires_at"].is_null(), rotated.body[1]["retires_at"].is_string()), (true, true));
    assert_eq!(rotated.body[1]["key"], "test-site");
    let (status, _) = loader(&site, rotated.body[0]["key"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK, "it is delivered as soon as somebody can copy it");
    let refused = site.team.post(KEYS, &json!({ "overlap_days": 366 })).await.unwrap();
    assert_eq!((refused.status, &refused.body["field"]), (StatusCode::BAD_REQUEST, &json!("overlap_days")));
    for _ in 0..8 {
        assert_eq!(site.team.post(KEYS, &json!({})).await.unwrap().status, StatusCode::CREATED);
    }
    let full = site.team.post(KEYS, &json!({})).await.unwrap();
    assert_eq!((full.status, full.error()), (StatusCode::CONFLICT, "too_many"), "{full:?}");
}

#[tokio::test]
async fn a_key_of_one_site_never_becomes_the_name_of_another() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let new = rotate(&site, "0d").await;
    let add = ["site", "add", &new, "--name", "Thief", "--origin", "https://thief.example"];
    let refused = site.collector.also(Chore { arguments: &add, input: "" }).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("{new} is a key of site test-site; name the new site otherwise")), "{refused}");
}

//! Sites and the first account: how a collector that has nothing comes to its first site, and who may change what of one.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Collector, Team, TestSite, ces_on};

const EMAIL: &str = "anna@shop.example";
const PASSWORD: &str = "correct horse battery";

/// A collector with nothing, and the secret that makes its first account.
async fn fresh() -> (Collector, String) {
    let collector = Collector::fresh().await.unwrap();
    let link = collector.setup_link().await.unwrap();
    let (address, secret) = link.split_once('#').unwrap();
    assert_eq!(address, format!("{}/setup", collector.origin()));
    (collector, secret.to_owned())
}

fn first(token: &str, email: &str) -> Value {
    json!({ "token": token, "email": email, "password": PASSWORD })
}

#[tokio::test]
async fn the_link_that_is_printed_makes_the_first_account_and_no_other() {
    let (mut collector, secret) = fresh().await;
    let anna = Team::signed_out(&collector.origin()).unwrap();
    assert_eq!(anna.get("/api/setup").await.unwrap().body, json!({ "is_needed": true }));
    for wrong in ["", "AAAA", &secret[1..]] {
        let told = anna.post("/api/setup", &first(wrong, EMAIL)).await.unwrap();
        assert_eq!((told.status, told.body["field"].as_str()), (StatusCode::BAD_REQUEST, Some("token")), "{told:?}");
    }
    let short = json!({ "token": secret, "email": EMAIL, "password": "short" });
    assert_eq!(anna.post("/api/setup", &short).await.unwrap().body["field"], "password");
    let nobody = anna.post("/api/setup", &first(&secret, "nobody")).await.unwrap();
    assert_eq!(nobody.body["field"], "email", "{nobody:?}");

    for (field, value) in
        [("token", json!(7)), ("email", json!(null)), ("password", json!([])), ("role", json!("owner"))]
    {
        let mut body = first(&secret, EMAIL);
        body[field] = value;
        let told = anna.post("/api/setup", &body).await.unwrap();
        assert_eq!((told.status, told.body["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{told:?}");
    }
    assert_eq!(collector.number("SELECT COUNT(*) FROM users").await.unwrap(), 0, "nothing is half made");

    let (one, other) = (Team::signed_out(&collector.origin()).unwrap(), Team::signed_out(&collector.origin()).unwrap());
    let (both, bodies) = ((&one, &other), (first(&secret, EMAIL), first(&secret, "ben@shop.example")));
    let (a, b) = tokio::join!(both.0.post("/api/setup", &bodies.0), both.1.post("/api/setup", &bodies.1));
    let mut told = [a.unwrap().status, b.unwrap().status];
    told.sort();
    assert_eq!(told, [StatusCode::OK, StatusCode::CONFLICT], "of two at once, one is the first");

    assert_eq!(anna.get("/api/setup").await.unwrap().body, json!({ "is_needed": false }));
    let late = anna.post("/api/setup", &first(&secret, "late@shop.example")).await.unwrap();
    assert_eq!((late.status, late.error()), (StatusCode::CONFLICT, "already_set_up"), "{late:?}");
    collector.stop().await.unwrap();
    collector.restart().await.unwrap();
    assert_eq!(collector.number("SELECT COUNT(*) FROM users").await.unwrap(), 1);
}

#[tokio::test]
async fn the_first_account_adds_a_site_and_owns_it() {
    let (collector, secret) = fresh().await;
    let anna = Team::signed_out(&collector.origin()).unwrap();
    assert_eq!(anna.post("/api/setup", &first(&secret, EMAIL)).await.unwrap().status, StatusCode::OK);
    assert_eq!(anna.get("/api/sites").await.unwrap().body, json!([]));
    let wanted = json!({ "name": " Shop ", "origins": ["https://www.Shop.example/", "https://www.shop.example"] });
    let made = anna.post("/api/sites", &wanted).await.unwrap();
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    assert_eq!((&made.body["key"], &made.body["name"]), (&json!("shop-example"), &json!("Shop")));
    assert_eq!(made.body["origins"], json!(["https://www.shop.example"]));
    assert!(made.body["snippet"].as_str().unwrap().contains("/w/shop-example.js"), "{made:?}");
    let role = anna.get("/api/sites/shop-example/role").await.unwrap();
    assert_eq!(role.body, json!({ "role": "owner" }), "{role:?}");
    let log = anna.get("/api/sites/shop-example/log").await.unwrap();
    let deeds: Vec<_> = log.body["entries"].as_array().unwrap().iter().map(|line| line["deed"].clone()).collect();
    assert_eq!(deeds, [json!("joined"), json!("site_added")]);

    let again = anna.post("/api/sites", &wanted).await.unwrap();
    let key = again.body["key"].as_str().unwrap();
    assert!(key.starts_with("shop-example-"), "another site needs another name: {key}");
    let begun = json!({ "from": { "template": "page-ces" } });
    let begun = anna.post(&format!("/api/sites/{key}/surveys"), &begun).await.unwrap();
    assert_eq!(begun.status, StatusCode::CREATED, "{begun:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_site_is_told_of_its_field_and_nothing_is_added() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let team = &site.team;
    let before = team.get("/api/sites").await.unwrap();
    let good = "https://b.example";
    for (body, field) in [
        (json!({ "name": "", "origins": [good] }), "name"),
        (json!({ "name": "x".repeat(81), "origins": [good] }), "name"),
        (json!({ "name": "a\nb", "origins": [good] }), "name"),
        (json!({ "name": "B", "origins": [] }), "origins"),
        (json!({ "name": "B", "origins": [good, "b.example"] }), "origins[1]"),
        (json!({ "name": "B", "origins": ["https://b.example/path"] }), "origins[0]"),
        (json!({ "name": "B", "origins": [good], "key": "Not A Key" }), "key"),
        (json!({ "name": "B", "origins": [good], "key": "test-site" }), "key"),
        (json!({ "name": "B", "origins": [good], "colour": "red" }), "colour"),
    ] {
        let told = team.post("/api/sites", &body).await.unwrap();
        assert_eq!((told.status, told.body["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{told:?}");
    }
    assert_eq!(team.get("/api/sites").await.unwrap(), before);
}

#[tokio::test]
async fn whoever_owns_no_site_adds_none_where_there_is_one() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let body = json!({ "name": "B", "origins": ["https://b.example"] });
    for role in ["viewer", "editor"] {
        let told = site.colleague(role).await.unwrap().post("/api/sites", &body).await.unwrap();
        assert_eq!((told.status, told.error()), (StatusCode::CONFLICT, "not_an_owner"), "{told:?}");
    }
}

#[tokio::test]
async fn an_owner_renames_and_moves_a_site_and_answers_follow() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let path = format!("/api/sites/{}", site.key());
    let change = json!({ "name": "Shop", "origins": ["https://new.example", "https://shop.example"] });
    let told = site.team.patch(&path, &change).await.unwrap();
    assert_eq!((told.status, &told.body), (StatusCode::OK, &change), "{told:?}");
    let refused = site.team.patch(&path, &json!({ "origins": ["nowhere"] })).await.unwrap();
    assert_eq!(refused.body["field"], "origins[0]", "{refused:?}");
    let sites = site.team.get("/api/sites").await.unwrap();
    assert_eq!((&sites.body[0]["name"], &sites.body[0]["origins"]), (&change["name"], &change["origins"]));
    let log = site.team.get(&format!("{path}/log")).await.unwrap();
    assert_eq!(log.body["entries"][0]["deed"], "site_changed");
    let elsewhere = site.door.from_origin("https://new.example");
    let answered = elsewhere.post(tests::batch(site.key(), &[site.visitor().submission(2, 1, "/help")])).await.unwrap();
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");
}

#[tokio::test]
async fn a_site_is_deleted_only_by_its_name_and_then_wholly() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(2, "Gone soon.", "/help").await.unwrap();
    let path = format!("/api/sites/{}", site.key());
    let told = site.team.delete(&format!("{path}?confirm=other")).await.unwrap();
    assert_eq!((told.status, told.body["field"].as_str()), (StatusCode::BAD_REQUEST, Some("confirm")), "{told:?}");
    assert_eq!(site.team.get(&format!("{path}/role")).await.unwrap().status, StatusCode::OK);
    let told = site.team.delete(&format!("{path}?confirm={}", site.key())).await.unwrap();
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{told:?}");
    assert_eq!(site.team.get("/api/sites").await.unwrap().body, json!([]));
    for table in ["sites", "responses", "answers", "memberships", "site_keys", "texts"] {
        assert_eq!(site.collector.number(&format!("SELECT COUNT(*) FROM {table}")).await.unwrap(), 0, "{table}");
    }
}

#[tokio::test]
async fn whoever_owns_a_site_goes_on_removing_it_after_a_crash_and_nobody_gets_its_name_before() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (_, rival) = site.rival().await.unwrap();
    let viewer = site.colleague("viewer").await.unwrap();
    site.visitor().comments(2, "Gone soon.", "/help").await.unwrap();
    let path = format!("/api/sites/{}", site.key());
    let removal = format!("{path}?confirm={}", site.key());
    let is_closed = async || {
        let keys = "SELECT COUNT(*) FROM site_keys WHERE site = 'test-site'";
        while site.collector.number(keys).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        told = site.team.delete(&removal) => panic!("collectors have not heard of it yet: {told:?}"),
        () = is_closed() => {}
    }
    let thief = json!({ "name": "Thief", "origins": ["https://thief.example"], "key": "test-site" });
    let told = rival.post("/api/sites", &thief).await.unwrap();
    assert_eq!((told.status, &told.body["field"]), (StatusCode::BAD_REQUEST, &json!("key")), "{told:?}");
    site.collector.kill().await.unwrap();
    site.collector.restart().await.unwrap();
    let answered =
        site.door.post(tests::batch("test-site", &[site.visitor().submission(2, 1, "/help")])).await.unwrap();
    assert_eq!(answered.error(), "unknown_site", "{answered:?}");
    assert_eq!(viewer.get(&format!("{path}/role")).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(site.team.get(&format!("{path}/role")).await.unwrap().body, json!({ "role": "owner" }));
    assert_eq!(site.team.delete(&removal).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(site.team.get("/api/sites").await.unwrap().body, json!([]));
    for table in ["responses", "answers", "texts"] {
        assert_eq!(site.collector.number(&format!("SELECT COUNT(*) FROM {table}")).await.unwrap(), 0, "{table}");
    }
}

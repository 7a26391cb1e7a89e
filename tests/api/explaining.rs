//! Explaining: why, reach, links with leave, settings and the country, over HTTP.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use survey::api::{SurveySummary, WhyLink};
use survey::definition::{SiteSettings, StorageMode};
use survey::targeting::{Outcome, Trace};
use tests::{Chore, Collector, TestSite, ces_on, csat_after_seconds};

const SETTINGS: &str = "/api/sites/test-site/settings";

async fn why(site: &TestSite, given: Value) -> Vec<Trace> {
    let answered = site.team.post("/api/sites/test-site/why", &given).await.unwrap();
    assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
    serde_json::from_value(answered.body).unwrap()
}

#[tokio::test]
async fn given_facts_are_explained_rule_by_rule_with_the_value_seen() {
    let mut plan = ces_on("/help/**");
    plan["when"] =
        json!({ "all": [{ "path": { "glob": "/help/**" } }, { "not": { "cookie:plan": { "is": "free" } } }] });
    let site = TestSite::with_surveys(&[plan, csat_after_seconds("/help", 5)]).await.unwrap();
    let given = json!({
        "url": "https://www.shop.example/help/?x=1", "values": { "cookie:plan": "Free" }, "visible_seconds": 6,
        "happened": [{ "exit": "pointer_left_top" }],
    });
    let traces = why(&site, given).await;
    assert_eq!(traces.iter().map(|trace| trace.outcome).collect::<Vec<_>>(), [Outcome::Skips, Outcome::Shows]);
    let rules: Vec<_> =
        traces[0].checks.iter().map(|check| (check.rule.as_str(), check.seen.as_str(), check.is_met)).collect();
    assert!(rules.contains(&("path is /help or below", "“/help”", true)), "{rules:?}");
    assert!(rules.contains(&("cookie:plan is free", "“Free”", true)), "{rules:?}");
    assert!(rules.contains(&("not this", "", false)), "{rules:?}");
    let met =
        why(&site, json!({ "url": "https://shop.example/help", "visible_seconds": 6, "shown": { "page-csat": 1 } }))
            .await;
    assert_eq!(met[1].outcome, Outcome::Skips);
    assert!(met[1].verdict.contains("shown it as often"), "{}", met[1].verdict);
    assert_eq!(why(&site, json!({})).await.len(), 2, "all of it may be left out");
    let odd = why(&site, json!({ "url": "HTTPS://Shop.Example:443/x/../help\\?a", "visible_seconds": 6 })).await;
    assert_eq!(odd[1].outcome, Outcome::Shows, "an address is read as browsers read it: {odd:?}");
}

#[tokio::test]
async fn rules_are_told_in_the_language_that_is_asked_for_and_others_are_refused() {
    let site = TestSite::with_survey(csat_after_seconds("/help/**", 5)).await.unwrap();
    let given = json!({ "url": "https://shop.example/help" });
    let surveys = |query: &'static str| site.report::<Vec<SurveySummary>>(query);
    let english = surveys("surveys").await.unwrap().remove(0);
    assert_eq!(english, surveys("surveys?language=en").await.unwrap().remove(0));
    assert_eq!(english.shown_when, ["after 5 seconds on the page"]);
    let russian = surveys("surveys?language=ru").await.unwrap().remove(0);
    assert_eq!(
        (&*russian.shown_where, &*russian.shown_when[0]),
        ("путь — /help или ниже", "через 5 секунд на странице")
    );

    let why = ["/api/sites/test-site/why", "/api/sites/test-site/surveys/page-csat/why"];
    for path in why {
        let told = site.team.post(&format!("{path}?language=ru"), &given).await.unwrap();
        let told = told.body.get(0).unwrap_or(&told.body);
        assert_eq!(told["verdict"], "ждёт подходящего момента", "{path}");
        assert_eq!(told["checks"][1]["seen"], "ещё не показывался", "{path}: {told}");
    }
    let refused = [
        site.team.get("/api/sites/test-site/surveys?language=fr").await.unwrap(),
        site.team.post(&format!("{}?language=fr", why[0]), &given).await.unwrap(),
        site.team.post(&format!("{}?language=fr", why[1]), &given).await.unwrap(),
    ];
    for answered in refused {
        assert_eq!((answered.status, &answered.body["field"]), (StatusCode::BAD_REQUEST, &json!("language")));
        let reason = answered.body["reason"].as_str().unwrap();
        assert!(reason.contains("\"fr\"") && reason.contains("en, ru"), "{reason}");
    }
}

#[tokio::test]
async fn facts_and_rules_that_make_no_sense_are_refused_by_field() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (path, body, field, reason) in [
        ("why", json!({ "ulr": "https://a.b" }), "ulr", "did you mean \"url\"?"),
        ("why", json!({ "url": "shop.example" }), "url", "is not an address"),
        ("why", json!({ "values": { "devise": "phone" } }), "values.devise", "did you mean \"device\"?"),
        ("why", json!({ "values": { "visits": "often" } }), "values.visits", "is not a number"),
        ("why", json!({ "shown": { "page-ces": -1 } }), "shown.page-ces", "is not a whole number"),
        ("reach", json!({ "when": { "pth": { "is": "/" } } }), "when.pth", "did you mean \"path\"?"),
        ("reach", json!({ "whenn": {} }), "whenn", "did you mean \"when\"?"),
        ("reach", json!({}), "when", "when: missing"),
        ("why-link", json!({ "url": "https://evil.example/" }), "url", "is not on site test-site"),
        ("why-link", json!({ "url": "http://shop.example/" }), "url", "is not on site test-site"),
        ("why-link", json!({ "url": "ftp://shop.example/" }), "url", "is not an address"),
        ("why-link", json!({ "url": 7 }), "url", "7 stands where a text is wanted"),
    ] {
        let answered = site.team.post(&format!("/api/sites/test-site/{path}"), &body).await.unwrap();
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{path}: {answered:?}");
        assert_eq!(answered.body["field"], field, "{path}: {answered:?}");
        assert!(answered.body["reason"].as_str().unwrap().contains(reason), "{path}: {answered:?}");
    }
    for path in ["why", "reach", "why-link"] {
        let answered = site.team.post_text(&format!("/api/sites/test-site/{path}"), "{\"when\":").await.unwrap();
        assert_eq!((answered.status, answered.error()), (StatusCode::BAD_REQUEST, "bad_request"), "{answered:?}");
        assert!(answered.body["reason"].as_str().unwrap().contains("not JSON"), "{answered:?}");
    }
}

#[tokio::test]
async fn a_link_gives_leave_for_its_site_and_a_day() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let asked = json!({ "url": "https://shop.example/help?q=a%20b&pagepoll=why.old#top" });
    let answered = site.team.post("/api/sites/test-site/why-link", &asked).await.unwrap();
    let link: WhyLink = serde_json::from_value(answered.body).unwrap();
    assert!(
        link.url.starts_with("https://shop.example/help?q=a%20b&pagepoll=why.") && link.url.ends_with("#top"),
        "{link:?}"
    );
    let token = token_of(&link.url);
    let leave = async |site_key: &str, token: &str| {
        let answer = Client::new()
            .get(format!("{}/w/{site_key}.why.{token}.json", site.collector.origin()))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    // 503 says that the token is good, and that this build has no such widget.
    let (status, body) = leave("test-site", token).await;
    match status {
        200 => assert!(
            body["js"].as_str().unwrap().starts_with("/w/why.")
                && body["wasm"].as_str().unwrap().starts_with("/w/why.")
        ),
        _ => assert_eq!((status, &body["error"]), (503, &json!("not_built")), "{body}"),
    }
    let (rival, _) = site.rival().await.unwrap();
    let forged = format!("{}{}", &token[..token.len() - 1], if token.ends_with('A') { 'B' } else { 'A' });
    // Signed as it should be, but that it ended in 1970.
    let expired = format!("AAAAAAAAA{}", &token[9..]);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    for (site_key, token) in
        [(rival, token), ("test-site", forged.as_str()), ("test-site", &expired), ("test-site", "x")]
    {
        let (status, body) = leave(site_key, token).await;
        assert_eq!((status, &body["error"]), (403, &json!("no_leave")), "{site_key} {token}");
        assert!(body["reason"].as_str().unwrap().contains("pagepoll why-link"), "{body}");
    }
    assert_eq!(leave("no-such-site", token).await.0, 404);

    let arguments = ["why-link", "test-site", "https://shop.example/help"];
    let said = site.collector.also(Chore { arguments: &arguments, input: "" }).await.unwrap();
    assert_ne!(leave("test-site", token_of(said.lines().next().unwrap())).await.0, 403, "{said}");
}

fn token_of(url: &str) -> &str {
    url.split("pagepoll=why.").nth(1).unwrap().split(['&', '#']).next().unwrap()
}

#[tokio::test]
async fn settings_are_read_and_written_whole() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let settings: SiteSettings = site.report("settings").await.unwrap();
    assert_eq!(settings, SiteSettings::default());
    let changed =
        SiteSettings { quiet_days: 14, storage: StorageMode::Session, keep_query: vec!["q[]".into()], ..settings };
    let body = serde_json::to_value(&changed).unwrap();
    assert_eq!(site.team.put(SETTINGS, &body).await.unwrap().status, StatusCode::OK);
    assert_eq!(site.report::<SiteSettings>("settings").await.unwrap(), changed);
    for _ in 0..60 {
        let answered = site.visitor().answers(5, "/help?q%5B%5D=a&x=1").await.unwrap();
        assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");
        if site.page("/help?q%5B%5D=a").await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("q[] is not kept");
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused_and_change_nothing() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (body, field) in [
        (json!({ "quiet_days": 367 }), "quiet_days"),
        (json!({ "quiet_days": -1 }), "quiet_days"),
        (json!({ "page_view_sample_percent": 101 }), "page_view_sample_percent"),
        (json!({ "page_view_sample_percent": -0.1 }), "page_view_sample_percent"),
        (json!({ "keep_query": ["a=b"] }), "keep_query"),
        (json!({ "keep_query": vec!["a"; 21] }), "keep_query"),
        (json!({ "storage": "cookie" }), "storage"),
        (json!({ "honour_gpc": "yes" }), "honour_gpc"),
        (json!({ "quiet_day": 3 }), "quiet_day"),
    ] {
        let answered = site.team.put(SETTINGS, &body).await.unwrap();
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{body}: {answered:?}");
        assert_eq!(answered.body["field"], field, "{answered:?}");
    }
    assert_eq!(site.team.put_text(SETTINGS, "no").await.unwrap().error(), "bad_request");
    assert_eq!(site.report::<SiteSettings>("settings").await.unwrap(), SiteSettings::default());
}

#[tokio::test]
async fn settings_stand_in_the_loader() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let address = format!("{}/w/test-site.js", site.collector.origin());
    let loader = async || reqwest::get(&address).await.unwrap().text().await.unwrap();
    // The site's choice, and then all that there are, to be cleared.
    let remembers_in = |storage: &str| format!("[\"{storage}\",\"localStorage\",\"sessionStorage\"]");
    assert!(loader().await.contains(&remembers_in("localStorage")), "by default it remembers from visit to visit");
    site.settle(&json!({ "storage": "session" })).await.unwrap();
    assert!(loader().await.contains(&remembers_in("sessionStorage")));
    site.settle(&json!({ "storage": "memory" })).await.unwrap();
    assert!(loader().await.contains(&remembers_in("")));
    let before = loader().await;
    site.settle(&json!({ "quiet_days": 3, "honour_gpc": true })).await.unwrap();
    assert_ne!(loader().await, before);
}

#[tokio::test]
async fn the_country_is_what_a_trusted_proxy_says_and_nothing_else() {
    let add = ["site", "add", "s", "--name", "S", "--origin", "https://shop.example"];
    let chores = [Chore { arguments: &add, input: "" }];
    let trusting = Collector::start_with(&["--country-header", "CF-IPCountry"], &chores).await.unwrap();
    let wary = Collector::start(&chores).await.unwrap();
    let country = async |collector: &Collector, header: &str, value: &str| {
        let request = Client::new().get(format!("{}/w/country", collector.origin())).header(header, value);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["cache-control"], "private, max-age=3600");
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        answer.text().await.unwrap()
    };
    assert_eq!(country(&trusting, "cf-ipcountry", "de").await, "DE");
    for unknown in ["XX", "T1", "", "Germany", "<b>"] {
        assert_eq!(country(&trusting, "cf-ipcountry", unknown).await, "");
    }
    assert_eq!(country(&trusting, "x-country", "DE").await, "");
    assert_eq!(country(&wary, "cf-ipcountry", "DE").await, "");
}

#[tokio::test]
async fn only_members_may_ask_for_explanations_or_change_settings() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (_, rival) = site.rival().await.unwrap();
    let nobody = tests::Team::signed_out(&site.collector.origin()).unwrap();
    for path in ["why", "reach", "why-link"] {
        let body = json!({ "when": { "all": [] }, "url": "https://shop.example/" });
        let path = format!("/api/sites/test-site/{path}");
        assert_eq!(rival.post(&path, &body).await.unwrap().status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(nobody.post(&path, &body).await.unwrap().status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let body = json!({ "quiet_days": 5 });
    assert_eq!(rival.put(SETTINGS, &body).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.put(SETTINGS, &body).await.unwrap().status, StatusCode::UNAUTHORIZED);
    assert_eq!(rival.get(SETTINGS).await.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(site.report::<SiteSettings>("settings").await.unwrap().quiet_days, 0);
}

//! Shares: a link shows a site's figures to whoever has it, until it ends, and nothing else; badges show one of them.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tests::{Answered, Chore, Team, TestSite, ces_on, change_past_the_collector};

const SHARES: &str = "/api/sites/test-site/shares";
const TOKENS: &str = "/api/sites/test-site/tokens";

/// All that a link to the figures shows.
const FIGURES: [&str; 5] = ["pages", "page?page=shop.example/help", "groups", "stages", "suggested-groups"];

async fn shop() -> TestSite {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for score in [7, 6, 6, 5, 7, 7, 2, 6, 7, 6, 7] {
        site.visitor().comments(score, "For our eyes only.", "/help").await.unwrap();
    }
    site
}

async fn made(team: &Team, wanted: Value) -> Answered {
    team.post(SHARES, &wanted).await.unwrap()
}

async fn shared(site: &TestSite, shows: &str) -> Value {
    let made = made(&site.team, json!({ "name": "Board", "shows": shows })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    made.body
}

/// What stands behind the `#` of a link, or before the end of a badge's address.
fn secret_of(made: &Value) -> String {
    let badge = made["badge"].as_str().unwrap();
    badge.rsplit('/').nth(1).unwrap().to_owned()
}

fn guest(site: &TestSite, made: &Value) -> Team {
    Team::with_token(&site.collector.origin(), &secret_of(made)).unwrap()
}

/// A badge, fetched as a browser does it for a picture: without any header of ours.
async fn badge(made: &Value, query: &str) -> Response {
    reqwest::get(format!("{}{query}", made["badge"].as_str().unwrap())).await.unwrap()
}

async fn drawn(made: &Value, query: &str) -> String {
    let answer = badge(made, query).await;
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn what_the_team_has_in_its_cache_is_not_fresh_for_a_guest() {
    let site = shop().await;
    let guest = guest(&site, &shared(&site, "figures").await);
    let path = "/api/sites/test-site/pages";
    let tag = site.team.request(Method::GET, path).send().await.unwrap().headers()["etag"].clone();
    let asks = async |door: &Team| {
        door.request(Method::GET, path).header("if-none-match", tag.clone()).send().await.unwrap().status()
    };
    assert_eq!((asks(&site.team).await, asks(&guest).await), (StatusCode::NOT_MODIFIED, StatusCode::OK));
}

/// A report as guests see it: a page's title may greet a visitor by name.
fn without_titles(mut report: Value) -> Value {
    let pages = report.get_mut("pages").and_then(Value::as_array_mut);
    pages.into_iter().flatten().for_each(|page| page["title"] = Value::Null);
    if let Some(title) = report.get_mut("title") {
        *title = Value::Null;
    }
    report
}

#[tokio::test]
async fn whoever_has_a_link_sees_the_figures_that_the_team_sees() {
    let site = shop().await;
    let made = shared(&site, "figures").await;
    let origin = site.collector.origin();
    assert_eq!(made["link"], format!("{origin}/shared#{}", secret_of(&made)));
    let guest = guest(&site, &made);
    let told = guest.get("/api/shared").await.unwrap();
    assert_eq!(
        (told.status, &told.body["key"], &told.body["name"]),
        (StatusCode::OK, &json!("test-site"), &json!("Test"))
    );
    assert_eq!(told.body["expires_at"], made["share"]["expires_at"]);
    for figures in FIGURES {
        let path = format!("/api/sites/test-site/{figures}");
        let (theirs, ours) = (guest.get(&path).await.unwrap(), site.team.get(&path).await.unwrap());
        assert_eq!((theirs.status, &theirs.body), (StatusCode::OK, &without_titles(ours.body)), "{path}");
        assert!(!theirs.body.to_string().contains("eyes"), "{path}");
    }
    assert_eq!(
        guest.get("/api/sites/test-site/page?page=shop.example/help").await.unwrap().body["scores"][0]["figures"]["n"],
        11
    );
}

#[tokio::test]
async fn a_link_shows_nothing_once_it_is_withdrawn_or_has_expired() {
    let site = shop().await;
    let (first, second) = (shared(&site, "figures").await, shared(&site, "figures").await);
    let withdrawn = guest(&site, &first);
    assert_eq!(withdrawn.get("/api/shared").await.unwrap().status, StatusCode::OK);
    let id = first["share"]["id"].as_str().unwrap();
    assert_eq!(site.team.delete(&format!("{SHARES}/{id}")).await.unwrap().status, StatusCode::NO_CONTENT);
    change_past_the_collector(&site.collector.database(), "UPDATE api_tokens SET expires_at = 1").await.unwrap();
    for (team, made) in [(withdrawn, &first), (guest(&site, &second), &second)] {
        for path in ["/api/shared", "/api/sites/test-site/pages", "/api/sites/test-site/answers"] {
            let told = team.get(path).await.unwrap();
            assert_eq!((told.status, told.error()), (StatusCode::UNAUTHORIZED, "bad_share"), "{path}: {told:?}");
            assert!(told.body["reason"].as_str().unwrap().contains("expired or was withdrawn"), "{told:?}");
        }
        assert_eq!(badge(made, "").await.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(site.team.get(SHARES).await.unwrap().body, json!([]));
}

#[tokio::test]
async fn nothing_that_is_no_link_is_taken_for_one() {
    let site = shop().await;
    let made = shared(&site, "figures").await;
    let (secret, origin) = (secret_of(&made), site.collector.origin());
    let as_token = secret.replace("pf_", "pp_");
    for (wrong, error) in [
        (&secret[..secret.len() - 1], "bad_share"),
        (&format!("{secret}a"), "bad_share"),
        ("pf_", "bad_share"),
        (&as_token, "bad_token"),
        (&secret[3..], "bad_token"),
    ] {
        let told = Team::with_token(&origin, wrong).unwrap().get("/api/sites/test-site/pages").await.unwrap();
        assert_eq!((told.status, told.error()), (StatusCode::UNAUTHORIZED, error), "{wrong}");
        let picture = reqwest::get(format!("{origin}/shared/{wrong}/badge.svg")).await.unwrap();
        assert_eq!(picture.status(), StatusCode::UNAUTHORIZED, "{wrong}");
    }
    let token = site.team.post(TOKENS, &json!({ "name": "nightly", "role": "viewer" })).await.unwrap().body;
    let token = token["secret"].as_str().unwrap();
    let program = Team::with_token(&origin, token).unwrap();
    assert_eq!(program.get("/api/shared").await.unwrap().error(), "bad_share");
    assert_eq!(
        reqwest::get(format!("{origin}/shared/{token}/badge.svg")).await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn editors_make_links_and_viewers_and_programs_do_not() {
    let site = shop().await;
    let wanted = json!({ "name": "Board", "days": 7 });
    let editor = site.colleague("editor").await.unwrap();
    let link = made(&editor, wanted.clone()).await;
    assert_eq!((link.status, &link.body["share"]["shows"]), (StatusCode::CREATED, &json!("figures")), "{link:?}");
    assert_eq!(link.body["share"]["made_by"], "editor@example.com");
    assert_eq!(made(&site.colleague("viewer").await.unwrap(), wanted.clone()).await.error(), "role_too_small");
    let program = site.program(site.key(), "editor").await.unwrap();
    assert_eq!(made(&program, wanted).await.error(), "needs_person", "what it makes would outlive its token");
    for (wrong, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(61) }), "name"),
        (json!({ "name": "x", "days": 0 }), "days"),
        (json!({ "name": "x", "days": 366 }), "days"),
        (json!({ "name": "x", "shows": "comments" }), "shows"),
        (json!({ "name": "x", "role": "editor" }), "role"),
    ] {
        let told = made(&site.team, wrong.clone()).await;
        assert_eq!((told.status, &told.body["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{wrong}: {told:?}");
    }
}

#[tokio::test]
async fn links_and_tokens_are_listed_and_ended_apart() {
    let site = shop().await;
    let link = shared(&site, "figures").await["share"]["id"].as_str().unwrap().to_owned();
    let token = site.team.post(TOKENS, &json!({ "name": "nightly", "role": "viewer" })).await.unwrap().body;
    let token = token["token"]["id"].as_str().unwrap();
    for (list, mine, others) in [(SHARES, link.as_str(), token), (TOKENS, token, link.as_str())] {
        let listed = site.team.get(list).await.unwrap().body;
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["id"]), (1, &json!(mine)), "{list}");
        let told = site.team.delete(&format!("{list}/{others}")).await.unwrap();
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{list}");
        assert_eq!(site.team.get(list).await.unwrap().body, listed);
    }
    site.team.delete(&format!("{SHARES}/{link}")).await.unwrap();
    let log = site.team.get("/api/sites/test-site/log").await.unwrap().body;
    let told: Vec<&str> =
        log["entries"].as_array().unwrap().iter().map(|line| line["deed"].as_str().unwrap()).take(3).collect();
    assert_eq!(told, ["share_withdrawn", "token_made", "share_made"]);
    assert!(!log.to_string().contains("pf_"), "{log}");
}

#[tokio::test]
async fn whoever_leaves_takes_their_links_along() {
    let site = shop().await;
    let editor = site.colleague("editor").await.unwrap();
    let link = made(&editor, json!({ "name": "Board" })).await.body;
    let remove = ["user", "remove", "editor@example.com", "--site", site.key()];
    site.collector.also(Chore { arguments: &remove, input: "" }).await.unwrap();
    assert_eq!(guest(&site, &link).get("/api/shared").await.unwrap().error(), "bad_share");
}

#[tokio::test]
async fn a_badge_says_the_score_how_good_it_is_and_of_how_many_answers() {
    let site = shop().await;
    let made = shared(&site, "badges").await;
    assert_eq!(made["link"], Value::Null);
    let of_site = drawn(&made, "").await;
    for said in
        ["role=\"img\"", "<title>CES of Test: 6.00 of 7, good; n = 11;", ">CES</text>", ">6.00 of 7, good</text>"]
    {
        assert!(of_site.contains(said), "{said}: {of_site}");
    }
    let of_page = drawn(&made, "?page=shop.example/help&metric=ces&days=7").await;
    assert!(of_page.contains(">/help CES</text>") && of_page.contains(">6.00 of 7, good</text>"), "{of_page}");
    for nothing in ["?metric=nps", "?page=shop.example/nowhere", "?from=2020-01-01&to=2020-01-02"] {
        let told = drawn(&made, nothing).await;
        assert!(told.contains(">no answers yet</text>") && told.contains("n = 0"), "{nothing}: {told}");
    }
    let hostile = drawn(&made, "?page=shop.example/%3C%2Ftext%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%22").await;
    assert!(!hostile.contains("<script") && hostile.contains("&lt;script&gt;"), "{hostile}");
}

#[tokio::test]
async fn few_answers_are_said_to_be_few() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().answers(1, "/help").await.unwrap();
    let told = drawn(&shared(&site, "badges").await, "").await;
    assert!(told.contains(">1.00 of 7, few answers</text>") && told.contains("n = 1, too few to rely on"), "{told}");
}

#[tokio::test]
async fn a_badge_is_kept_for_a_minute_and_asked_for_by_its_tag() {
    let site = shop().await;
    let made = shared(&site, "badges").await;
    let first = badge(&made, "").await;
    let head = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(head("content-type"), "image/svg+xml");
    assert_eq!(head("cache-control"), "public, max-age=60");
    assert_eq!(head("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(head("x-content-type-options"), "nosniff");
    assert_eq!(head("cross-origin-resource-policy"), "cross-origin", "any page may show it");
    let again = async || {
        let request = reqwest::Client::new().get(made["badge"].as_str().unwrap());
        request.header("if-none-match", head("etag")).send().await.unwrap().status()
    };
    assert_eq!(again().await, StatusCode::NOT_MODIFIED);
    site.visitor().answers(1, "/help").await.unwrap();
    assert_eq!(again().await, StatusCode::OK, "an answer has come");
    let id = made["share"]["id"].as_str().unwrap();
    site.team.delete(&format!("{SHARES}/{id}")).await.unwrap();
    assert_eq!(again().await, StatusCode::UNAUTHORIZED, "a tag is no way in");
}

#[tokio::test]
async fn a_badge_that_makes_no_sense_is_refused_by_the_field() {
    let site = shop().await;
    let made = shared(&site, "figures").await;
    for (query, field) in [
        ("?metric=ease", "metric"),
        ("?days=0", "days"),
        ("?page=a%00b", "page"),
        ("?from=soon", "from"),
        ("?device=phone", "device"),
        ("?segment=os%3Dlinux", "segment"),
    ] {
        let answer = badge(&made, query).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["field"], field, "{query}: {problem}");
    }
}

#[tokio::test]
async fn guests_who_ask_for_too_much_are_told_when_to_come_back() {
    let site = TestSite::serving(&["--network-limit", "1"], ces_on("/help")).await.unwrap();
    let guest = site.guest(site.key(), "figures").await.unwrap();
    let mut refused = None;
    for _ in 0..40 {
        let answer = guest.request(Method::GET, "/api/shared").send().await.unwrap();
        if answer.status() != StatusCode::OK {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("forty requests at once are more than one a second");
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    assert_eq!(refused.json::<Value>().await.unwrap()["error"], "too_many_requests");
    assert_eq!(site.team.get("/api/sites").await.unwrap().status, StatusCode::OK, "the team is not kept waiting");
}

#[tokio::test]
async fn the_command_line_makes_lists_and_withdraws_links_and_no_log_has_their_secret() {
    let site = shop().await;
    let says = async |arguments: &[&str]| site.collector.also(Chore { arguments, input: "" }).await;
    let made =
        says(&["share", "add", "test-site", "--name", "Board", "--public-url", "https://polls.example"]).await.unwrap();
    let link = made.lines().next().unwrap();
    let secret = link.strip_prefix("https://polls.example/shared#").unwrap();
    let guest = Team::with_token(&site.collector.origin(), secret).unwrap();
    assert_eq!(guest.get("/api/shared").await.unwrap().status, StatusCode::OK);
    reqwest::get(format!("{}/shared/{secret}/badge.svg", site.collector.origin())).await.unwrap();
    let list = says(&["share", "list", "test-site"]).await.unwrap();
    assert!(list.contains("Board: figures, by command line") && !list.contains("pf_"), "{list}");
    let id = list.split(' ').next().unwrap();
    says(&["share", "withdraw", "test-site", id]).await.unwrap();
    assert_eq!(guest.get("/api/shared").await.unwrap().error(), "bad_share");
    let again = says(&["share", "withdraw", "test-site", id]).await.unwrap_err().to_string();
    assert!(again.contains("there is no such link to site test-site"), "{again}");
    let wrong =
        says(&["share", "add", "test-site", "--name", "x", "--shows", "comments"]).await.unwrap_err().to_string();
    assert!(wrong.contains("give figures or badges"), "{wrong}");
    assert!(!site.collector.log().unwrap().contains(secret), "no secret is logged");
}

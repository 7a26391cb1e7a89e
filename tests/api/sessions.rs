//! Sessions: signing in and out, and what a cookie is good for.

use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use survey::api::Credentials;
use tests::{Chore, Collector, Team, TestSite, ces_on};

#[tokio::test]
async fn a_wrong_password_signs_nobody_in_and_does_not_tell_who_has_an_account() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let team = Team::signed_out(&site.collector.origin()).unwrap();
    let right = TestSite::credentials();
    let wrong_password = Credentials { password: "another long password".to_owned(), ..right.clone() };
    let nobody = Credentials { email: "nobody@example.com".to_owned(), ..right.clone() };
    let told = team.sign_in(&wrong_password).await.unwrap();
    assert_eq!((told.status, told.error()), (StatusCode::UNAUTHORIZED, "bad_credentials"), "{told:?}");
    assert_eq!(team.sign_in(&nobody).await.unwrap(), told);
    assert_eq!(team.sign_in(&Credentials { password: String::new(), ..nobody }).await.unwrap(), told);
    assert_eq!(team.get("/api/session").await.unwrap().status, StatusCode::UNAUTHORIZED);
    assert_eq!(team.sign_in(&right).await.unwrap().status, StatusCode::OK, "it locks nobody out");
}

#[tokio::test]
async fn who_is_signed_in_is_told_who_they_are() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let told = site.team.get("/api/session").await.unwrap();
    assert_eq!(told.body["email"], TestSite::credentials().email);
    let body = told.body.to_string();
    assert!(!body.contains("argon2") && !body.contains("password"), "{body}");
}

#[tokio::test]
async fn the_letter_case_of_an_address_does_not_matter() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let team = Team::signed_out(&site.collector.origin()).unwrap();
    let shouted = Credentials { email: " TEAM@Example.COM ".to_owned(), ..TestSite::credentials() };
    assert_eq!(team.sign_in(&shouted).await.unwrap().status, StatusCode::OK);
}

#[tokio::test]
async fn scripts_cannot_read_the_cookie_and_other_sites_cannot_send_it() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let cookie = cookie_of(&site.collector, &TestSite::credentials()).await;
    for attribute in ["httponly", "samesite=strict", "path=/"] {
        assert!(has(&cookie, attribute), "{attribute}: {cookie}");
    }
    assert!(cookie.to_lowercase().contains("max-age="), "{cookie}");
    assert!(!has(&cookie, "secure"), "without TLS no browser would send it: {cookie}");
}

#[tokio::test]
async fn behind_tls_the_cookie_travels_by_tls_alone() {
    let credentials = TestSite::credentials();
    let collector = Collector::start_with(
        &["--public-url", "https://polls.example"],
        &[
            Chore { arguments: &["site", "add", "s", "--name", "S", "--origin", "https://shop.example"], input: "" },
            Chore { arguments: &["user", "add", &credentials.email, "--site", "s"], input: &credentials.password },
        ],
    )
    .await
    .unwrap();
    let cookie = cookie_of(&collector, &credentials).await;
    assert!(has(&cookie, "secure") && has(&cookie, "httponly"), "{cookie}");
    // What browsers demand of a cookie of this name: TLS, all paths, and no other host.
    assert!(cookie.starts_with("__Host-pagepoll=") && has(&cookie, "path=/"), "{cookie}");
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");
}

#[tokio::test]
async fn signing_out_ends_the_session_wherever_its_cookie_may_be() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let stolen = value_of(&cookie_of(&site.collector, &TestSite::credentials()).await);
    assert_eq!(with(&site, Method::GET, &stolen).send().await.unwrap().status(), StatusCode::OK);
    let left = with(&site, Method::DELETE, &stolen).send().await.unwrap();
    assert_eq!(left.status(), StatusCode::NO_CONTENT);
    assert_eq!(with(&site, Method::GET, &stolen).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(site.team.get("/api/session").await.unwrap().status, StatusCode::OK, "of others it ends nothing");
}

#[tokio::test]
async fn a_made_up_cookie_signs_nobody_in() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let good = value_of(&cookie_of(&site.collector, &TestSite::credentials()).await);
    let (name, value) = good.split_once('=').unwrap();
    let turned: String = value.chars().rev().collect();
    for made_up in [format!("{name}="), format!("{name}={turned}"), format!("{name}=x{value}"), format!("{name}=%00")] {
        let told = with(&site, Method::GET, &made_up).send().await.unwrap();
        assert_eq!(told.status(), StatusCode::UNAUTHORIZED, "{made_up}");
    }
}

#[tokio::test]
async fn a_restart_signs_nobody_out() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.collector.stop().await.unwrap();
    site.collector.restart().await.unwrap();
    assert_eq!(site.team.get("/api/session").await.unwrap().status, StatusCode::OK);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let Credentials { email, .. } = TestSite::credentials();
    let again = Chore { arguments: &["user", "password", &email], input: "another long password" };
    site.collector.also(again).await.unwrap();
    assert_eq!(site.team.get("/api/session").await.unwrap().status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.team.sign_in(&TestSite::credentials()).await.unwrap().status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_page_of_another_origin_can_neither_sign_in_nor_out() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let cookie = value_of(&cookie_of(&site.collector, &TestSite::credentials()).await);
    for origin in ["https://evil.example", "null", "", &site.collector.origin().replace("http://", "http://evil.")] {
        let out = with(&site, Method::DELETE, &cookie).header(ORIGIN, origin).send().await.unwrap();
        assert_eq!(told(out).await, (StatusCode::FORBIDDEN, "foreign_origin".to_owned()), "{origin:?}");
        let sign_in = sign_in(&site.collector, &TestSite::credentials()).header(ORIGIN, origin);
        let answer = sign_in.send().await.unwrap();
        assert!(!answer.headers().contains_key(SET_COOKIE), "{origin:?}");
        assert_eq!(told(answer).await, (StatusCode::FORBIDDEN, "foreign_origin".to_owned()), "{origin:?}");
    }
    assert_eq!(with(&site, Method::GET, &cookie).send().await.unwrap().status(), StatusCode::OK, "nothing has changed");
    let own = with(&site, Method::DELETE, &cookie).header(ORIGIN, site.collector.origin()).send().await.unwrap();
    assert_eq!(own.status(), StatusCode::NO_CONTENT, "the console's own page may");
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_read_is_refused_as_json() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for body in ["", "{", "[]", r#"{"email":7,"password":"x"}"#, r#"{"email":"team@example.com"}"#] {
        let request = Client::new().post(format!("{}/api/session", site.collector.origin()));
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert_eq!(told(answer).await, (StatusCode::BAD_REQUEST, "bad_request".to_owned()), "{body:?}");
    }
}

#[tokio::test]
async fn the_database_holds_neither_passwords_nor_what_is_in_cookies() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let cookie = value_of(&cookie_of(&site.collector, &TestSite::credentials()).await);
    site.collector.stop().await.unwrap();
    let bytes = std::fs::read(site.collector.database()).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&TestSite::credentials().email), "the session and the account are in this file");
    assert!(!holds(&TestSite::credentials().password));
    let key = &cookie[cookie.len() - 40..];
    assert!(!holds(key), "{key}");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let earlier = value_of(&cookie_of(&site.collector, &TestSite::credentials()).await);
    let again = sign_in(&site.collector, &TestSite::credentials()).header(COOKIE, &earlier).send().await.unwrap();
    let later = value_of(again.headers()[SET_COOKIE].to_str().unwrap());
    assert_ne!(earlier, later, "a key that somebody planted is worth nothing");
    assert_eq!(with(&site, Method::GET, &earlier).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(with(&site, Method::GET, &later).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it_from_afar() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let lent = sign_in(&site.collector, &TestSite::credentials()).header("user-agent", firefox).send().await.unwrap();
    let lent = value_of(lent.headers()[SET_COOKIE].to_str().unwrap());
    let told = site.team.get("/api/account/sessions").await.unwrap();
    let sessions = told.body.as_array().unwrap();
    assert_eq!(sessions.len(), 2, "{told:?}");
    let other = sessions.iter().find(|session| session["is_present"] == false).unwrap();
    assert_eq!(other["browser"], "firefox on linux", "{other}");
    let (_, rival) = site.rival().await.unwrap();
    let address = format!("/api/account/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!(rival.delete(&address).await.unwrap().status, StatusCode::NOT_FOUND, "it is somebody else's");
    assert_eq!(site.team.delete(&address).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(with(&site, Method::GET, &lent).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let left = site.team.get("/api/account/sessions").await.unwrap();
    assert_eq!((left.body.as_array().unwrap().len(), &left.body[0]["is_present"]), (1, &Value::Bool(true)));
}

#[tokio::test]
async fn a_new_password_of_ones_own_needs_the_old_one_and_ends_all_other_sessions() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let stolen = value_of(&cookie_of(&site.collector, &TestSite::credentials()).await);
    let change = async |old: &str, new: &str| {
        site.team.put("/api/account/password", &json!({ "old": old, "new": new })).await.unwrap()
    };
    let (old, new) = (TestSite::credentials().password, "a new long password");
    let wrong = change("not the old one", new).await;
    assert_eq!((wrong.status, &wrong.body["field"]), (StatusCode::BAD_REQUEST, &Value::from("old")), "{wrong:?}");
    let short = change(&old, "short").await;
    assert_eq!((short.status, &short.body["field"]), (StatusCode::BAD_REQUEST, &Value::from("new")), "{short:?}");
    assert_eq!(with(&site, Method::GET, &stolen).send().await.unwrap().status(), StatusCode::OK, "nothing has changed");
    assert_eq!(change(&old, new).await.status, StatusCode::NO_CONTENT);
    assert_eq!(with(&site, Method::GET, &stolen).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(site.team.get("/api/session").await.unwrap().status, StatusCode::OK, "whoever changed it stays");
    let credentials = Credentials { password: new.to_owned(), ..TestSite::credentials() };
    assert!(Team::signed_in(&site.collector.origin(), &credentials).await.is_ok());
}

#[tokio::test]
async fn whoever_has_a_session_cannot_guess_at_the_password_by_changing_it() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let change = async |old: &str| {
        let change = json!({ "old": old, "new": "a new long password" });
        site.team.put("/api/account/password", &change).await.unwrap().error().to_owned()
    };
    let mut told = Vec::new();
    for guess in 0..12 {
        told.push(change(&format!("it could be {guess}")).await);
    }
    // They have signed in once.
    assert_eq!(told.iter().filter(|error| *error == "bad_parameter").count(), 9, "{told:?}");
    assert_eq!(change(&TestSite::credentials().password).await, "too_many_tries");
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let settings = format!("/api/sites/{}/settings", site.key());
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"]
    {
        for (method, path) in
            [(Method::POST, "/api/session"), (Method::PATCH, &settings), (Method::DELETE, "/api/session")]
        {
            let forged = site.team.request(method, path).header(CONTENT_TYPE, kind).body(r#"{"quiet_days":7}"#);
            let answer = forged.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind} {path}");
        }
    }
    let unsaid = site.team.request(Method::POST, "/api/session").body("{}").send().await.unwrap();
    assert_eq!(unsaid.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "without a type");
    let fetched = site.team.request(Method::PATCH, &settings).header("sec-fetch-site", "cross-site").json(&json!({}));
    assert_eq!(told(fetched.send().await.unwrap()).await.1, "foreign_origin");
    assert_eq!(site.team.get(&settings).await.unwrap().body["quiet_days"], 0);
    assert_eq!(site.team.get("/api/session").await.unwrap().status, StatusCode::OK);
}

fn sign_in(collector: &Collector, credentials: &Credentials) -> RequestBuilder {
    Client::new().post(format!("{}/api/session", collector.origin())).json(credentials)
}

/// Signs in; hands back the whole `Set-Cookie` header.
async fn cookie_of(collector: &Collector, credentials: &Credentials) -> String {
    let answer = sign_in(collector, credentials).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.headers()[SET_COOKIE].to_str().unwrap().to_owned()
}

/// What of a `Set-Cookie` header is sent back: `name=value`.
fn value_of(cookie: &str) -> String {
    cookie.split(';').next().unwrap().to_owned()
}

fn has(cookie: &str, attribute: &str) -> bool {
    cookie.split(';').any(|part| part.trim().eq_ignore_ascii_case(attribute))
}

fn with(site: &TestSite, method: Method, cookie: &str) -> RequestBuilder {
    Client::new().request(method, format!("{}/api/session", site.collector.origin())).header(COOKIE, cookie)
}

async fn told(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    (status, body["error"].as_str().unwrap().to_owned())
}

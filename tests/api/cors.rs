//! CORS: any page may fetch the widget and send; only the console's own pages may read reports.

use reqwest::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use reqwest::{Client, Method, Response, StatusCode};
use tests::{TestSite, batch, ces_on};

const ANY_PAGE: &str = "https://any.example";

#[tokio::test]
async fn any_page_may_fetch_the_loader() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let address = format!("{}/w/{}.js", site.collector.origin(), site.key());
    for origin in [Some(ANY_PAGE), None] {
        let request = Client::new().get(&address);
        let request = origin.into_iter().fold(request, |request, origin| request.header(ORIGIN, origin));
        let answer = request.send().await.unwrap();
        assert_eq!(header(&answer, "access-control-allow-origin"), "*");
        assert_eq!(header(&answer, "access-control-allow-credentials"), "");
        assert_eq!(header(&answer, "cross-origin-resource-policy"), "cross-origin");
    }
}

#[tokio::test]
async fn any_page_may_send_and_read_what_is_said_to_it() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let good = batch(site.key(), &[site.visitor().submission(1, 6, "/help")]);
    for (body, status) in [(good.clone(), 204), (good.replace("/help", "\\u0000"), 422), ("no JSON".to_owned(), 400)] {
        let answer = site.door.request().body(body).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(header(&answer, "access-control-allow-origin"), "*");
        assert_eq!(header(&answer, "access-control-allow-credentials"), "");
    }
    let answer = site.door.from_origin(ANY_PAGE).request().body(good).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN, "it may read that it is not believed");
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
}

#[tokio::test]
async fn a_browser_that_asks_first_may_send() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answer = preflight(&site, "/v1/events", "POST").await;
    assert!(answer.status().is_success(), "{answer:?}");
    assert_eq!(header(&answer, ACCESS_CONTROL_ALLOW_ORIGIN.as_str()), "*");
    assert!(header(&answer, ACCESS_CONTROL_ALLOW_METHODS.as_str()).contains("POST"));
    assert!(header(&answer, ACCESS_CONTROL_ALLOW_HEADERS.as_str()).to_lowercase().contains("content-type"));
    assert!(header(&answer, ACCESS_CONTROL_MAX_AGE.as_str()).parse::<u32>().unwrap() >= 600);
}

#[tokio::test]
async fn no_other_page_may_read_the_api() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for path in ["/api/session", "/api/sites", "/api/sites/test-site/pages", "/api/openapi.json", "/healthz"] {
        let get = Client::new().get(format!("{}{path}", site.collector.origin())).header(ORIGIN, ANY_PAGE);
        for answer in [get.send().await.unwrap(), preflight(&site, path, "GET").await] {
            let names = answer.headers().keys().filter(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(names.count(), 0, "{path}: {answer:?}");
        }
    }
}

async fn preflight(site: &TestSite, path: &str, method: &str) -> Response {
    Client::new()
        .request(Method::OPTIONS, format!("{}{path}", site.collector.origin()))
        .header(ORIGIN, ANY_PAGE)
        .header(ACCESS_CONTROL_REQUEST_METHOD, method)
        .header(ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
        .send()
        .await
        .unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

//! Delivery: what a site's pages fetch, and the documentation. Needs both as `cargo xtask dist` builds it.

use std::io::Read;
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    LOCATION, VARY,
};
use reqwest::{Client, Response, StatusCode};
use survey::wire::SiteConfig;
use tests::{TestSite, ces_on, csat_after_seconds};
use tokio::time::{Instant, sleep};

const LOADER_BOUND: usize = 2_048;

#[tokio::test]
async fn the_loader_is_at_most_2048_bytes_of_brotli() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answer = loader(&site, "br").await;
    assert_eq!((answer.status(), header(&answer, CONTENT_ENCODING.as_str())), (StatusCode::OK, "br"));
    let bytes = answer.bytes().await.unwrap().len();
    println!("{bytes} bytes (bound {LOADER_BOUND})");
    assert!(bytes <= LOADER_BOUND, "{bytes}");
}

#[tokio::test]
async fn the_loader_says_the_same_in_every_encoding() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let plain = loader_text(&site).await;
    assert!(plain.contains(site.key()), "{plain}");

    let brotli = loader(&site, "br").await.bytes().await.unwrap();
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut brotli.as_ref(), &mut unpacked).unwrap();
    assert_eq!(String::from_utf8(unpacked).unwrap(), plain);

    let answer = loader(&site, "gzip").await;
    assert_eq!(header(&answer, CONTENT_ENCODING.as_str()), "gzip");
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(answer.bytes().await.unwrap().as_ref()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

#[tokio::test]
async fn the_loader_has_every_blank_filled_in() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let text = loader_text(&site).await;
    let blank =
        text.match_indices("__").find(|(place, _)| text[place + 2..].starts_with(|c: char| c.is_ascii_uppercase()));
    assert_eq!(blank, None, "{text}");
}

#[tokio::test]
async fn the_loader_is_kept_for_a_moment_and_then_only_asked_about() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answer = loader(&site, "br").await;
    assert!(header(&answer, CONTENT_TYPE.as_str()).starts_with("text/javascript"));
    assert_eq!(header(&answer, VARY.as_str()).to_lowercase(), "accept-encoding");
    let cache = header(&answer, CACHE_CONTROL.as_str());
    assert_eq!(cache, "public, max-age=60, stale-while-revalidate=60");

    let tag = header(&answer, ETAG.as_str()).to_owned();
    let again = loader_request(&site, "br").header(IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!((again.status(), header(&again, ETAG.as_str())), (StatusCode::NOT_MODIFIED, tag.as_str()));
    assert_eq!(again.bytes().await.unwrap().len(), 0);
    let other = loader_request(&site, "br").header(IF_NONE_MATCH, "\"another\"").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_site_is_a_404_that_a_browser_shows_as_javascript() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answer = Client::new().get(format!("{}/w/no-such-site.js", site.collector.origin())).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(header(&answer, CONTENT_TYPE.as_str()).starts_with("text/javascript"), "{answer:?}");
    assert_eq!(header(&answer, CACHE_CONTROL.as_str()), "no-store");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("/*") && text.trim_end().ends_with("*/") && text.contains("no-such-site"), "{text}");
}

#[tokio::test]
async fn the_config_is_what_is_published_and_never_changes_under_its_name() {
    let site = TestSite::with_surveys(&[ces_on("/help"), csat_after_seconds("/order", 5)]).await.unwrap();
    let answer = fetch(&site, &config_address(&loader_text(&site).await)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(is_immutable(&answer), "{answer:?}");
    let config = SiteConfig::from_bytes(&answer.bytes().await.unwrap()).expect("as the widget reads it");
    assert_eq!(config.site.as_str(), site.key());
    let ids: Vec<_> = config.surveys.iter().map(|survey| survey.id.as_str()).collect();
    assert_eq!(ids, ["page-ces", "page-csat"]);
}

#[tokio::test]
async fn a_published_change_is_live_within_three_seconds_under_a_new_config_address() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let before = config_address(&loader_text(&site).await);
    site.publish(&ces_on("/help/**")).await.unwrap();
    let published = Instant::now();
    let after = loop {
        let address = config_address(&loader_text(&site).await);
        if address != before {
            break address;
        }
        assert!(published.elapsed() < Duration::from_secs(3), "still {before}");
        sleep(Duration::from_millis(50)).await;
    };
    println!("live after {} ms (bound 3000)", published.elapsed().as_millis());
    let config = SiteConfig::from_bytes(&fetch(&site, &after).await.bytes().await.unwrap()).unwrap();
    assert_eq!(config.surveys.iter().map(|survey| survey.version).collect::<Vec<_>>(), [2]);

    // A loader that some cache still has gets the present surveys, but not to keep.
    let old = fetch(&site, &before).await;
    assert_eq!((old.status(), header(&old, CACHE_CONTROL.as_str())), (StatusCode::OK, "no-store"));
}

#[tokio::test]
async fn the_widget_is_immutable_and_of_the_right_types() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let text = loader_text(&site).await;
    for (extension, content_type) in [("js", "text/javascript"), ("wasm", "application/wasm")] {
        let address = address_in(&text, |address| address.starts_with("/w/widget.") && address.ends_with(extension));
        let answer = fetch(&site, &address).await;
        assert_eq!(answer.status(), StatusCode::OK, "{address}");
        assert!(is_immutable(&answer), "{answer:?}");
        assert!(header(&answer, CONTENT_TYPE.as_str()).starts_with(content_type), "{answer:?}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        let packed = Client::new().get(format!("{}{address}", site.collector.origin())).header(ACCEPT_ENCODING, "br");
        assert_eq!(header(&packed.send().await.unwrap(), CONTENT_ENCODING.as_str()), "br", "{address}");
    }
}

#[tokio::test]
async fn who_has_leave_is_told_where_the_widget_is_that_explains_itself() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let asked = serde_json::json!({ "url": "https://shop.example/help" });
    let link = site.team.post("/api/sites/test-site/why-link", &asked).await.unwrap();
    let token = link.body["url"].as_str().unwrap().split("why.").nth(1).unwrap();
    let answer = fetch(&site, &format!("/w/test-site.why.{token}.json")).await;
    assert_eq!(answer.status(), StatusCode::OK, "{answer:?}");
    let names: serde_json::Value = answer.json().await.unwrap();
    for (name, content_type) in [("js", "text/javascript"), ("wasm", "application/wasm")] {
        let address = names[name].as_str().unwrap();
        assert!(address.starts_with("/w/why.") && address.ends_with(name), "{names}");
        let file = fetch(&site, address).await;
        assert_eq!(file.status(), StatusCode::OK, "{address}");
        assert!(is_immutable(&file), "{file:?}");
        assert!(header(&file, CONTENT_TYPE.as_str()).starts_with(content_type), "{file:?}");
        let earlier = fetch(&site, &format!("/w/why.0123456789abcdef.{name}")).await;
        assert_eq!((earlier.status(), header(&earlier, CACHE_CONTROL.as_str())), (StatusCode::OK, "no-store"));
    }
}

#[tokio::test]
async fn typescript_declarations_can_be_fetched() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let answer = fetch(&site, "/w/pagepoll.d.ts").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(header(&answer, CONTENT_TYPE.as_str()).starts_with("text/plain"), "{answer:?}");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_loader_from_before_an_upgrade_still_gets_a_widget_but_does_not_keep_it() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (earlier, content) in
        [("widget.0123456789abcdef.js", "text/javascript"), ("widget.0123456789abcdef.wasm", "application/wasm")]
    {
        let answer = fetch(&site, &format!("/w/{earlier}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{earlier}");
        assert!(header(&answer, CONTENT_TYPE.as_str()).starts_with(content), "{earlier}");
        assert_eq!(header(&answer, CACHE_CONTROL.as_str()), "no-store");
    }
}

#[tokio::test]
async fn what_is_not_for_pages_is_not_delivered() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for path in [
        "/w/why.js",
        "/w/why.1.json",
        "/w/pagepoll.d.ts.br",
        "/w/loader.js",
        "/w/manifest.json",
        "/w/..%2fmanifest.json",
        "/w/%2e%2e/pagepoll.db",
        "/w/",
        "/w/a/b",
    ] {
        let answer = fetch(&site, path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

fn loader_request(site: &TestSite, encoding: &str) -> reqwest::RequestBuilder {
    let address = format!("{}/w/{}.js", site.collector.origin(), site.key());
    Client::new().get(address).header(ACCEPT_ENCODING, encoding)
}

async fn loader(site: &TestSite, encoding: &str) -> Response {
    loader_request(site, encoding).send().await.unwrap()
}

async fn loader_text(site: &TestSite) -> String {
    let answer = loader(site, "identity").await;
    assert_eq!(answer.status(), StatusCode::OK, "is the widget built? `cargo xtask dist` does that");
    answer.text().await.unwrap()
}

async fn fetch(site: &TestSite, path: &str) -> Response {
    Client::new().get(format!("{}{path}", site.collector.origin())).send().await.unwrap()
}

fn config_address(loader: &str) -> String {
    address_in(loader, |address| address.starts_with("/w/test-site."))
}

/// The first quoted text in the loader that is as wanted.
fn address_in(loader: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut quoted = loader.split(['"', '\'', '`']);
    quoted.find(|text| wanted(text)).unwrap_or_else(|| panic!("no such address in {loader}")).to_owned()
}

fn is_immutable(answer: &Response) -> bool {
    let cache = header(answer, CACHE_CONTROL.as_str());
    cache.contains("immutable") && cache.contains("max-age=31536000")
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_documentation_is_served_compressed_and_under_a_policy_without_scripts() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let get = |path: &str| client.get(format!("{}{path}", site.collector.origin()));
    let start = get("/docs/").header(ACCEPT_ENCODING, "br").send().await.unwrap();
    assert_eq!(start.status(), StatusCode::OK);
    assert_eq!(
        [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_SECURITY_POLICY].map(|name| header(&start, name.as_str()).to_owned()),
        [
            "text/html; charset=utf-8",
            "br",
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ]
    );
    for (path, kind) in [
        ("/docs/http-api.html", "text/html; charset=utf-8"),
        ("/docs/style.css", "text/css; charset=utf-8"),
        ("/docs/widget.png", "image/png"),
    ] {
        let file = get(path).send().await.unwrap();
        assert_eq!((file.status(), header(&file, CONTENT_TYPE.as_str())), (StatusCode::OK, kind), "{path}");
    }
    let moved = get("/docs").send().await.unwrap();
    let told = (moved.status(), header(&moved, LOCATION.as_str()));
    assert_eq!(told, (StatusCode::PERMANENT_REDIRECT, "/docs/"));
    for gone in ["/docs/no-such-page.html", "/docs/../manifest.json", "/docs/%2e%2e/manifest.json"] {
        assert_eq!(get(gone).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{gone}");
    }
}

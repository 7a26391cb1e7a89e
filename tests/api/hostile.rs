//! Hostile input to every field of every route, found in the OpenAPI document: never a 5xx, always a reason, never a stored half.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, HeaderName, IF_MATCH, IF_NONE_MATCH};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tests::postgres::Postgres;
use tests::{TestSite, asking_everything};

/// What a field gets that expects something else.
fn hostile_values() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let texts = ["", "\u{0}", "a\u{0}b\u{7f}\u{85}", "\u{202e}\u{feff}", "'; DROP TABLE sites; --", "../../etc/passwd"];
    let texts = texts.map(Value::from).into_iter().chain([Value::from("é".repeat(5_000)), Value::from("%00%ff%")]);
    let numbers = [json!(-1), json!(0), json!(1e308), json!(0.5), json!(i64::MIN), json!(u64::MAX)];
    let others = [json!(null), json!(true), json!([]), json!({}), json!([null]), json!({ "": { "": 0 } }), deep];
    texts.chain(numbers).chain(others).collect()
}

/// Bodies that are no JSON of the right kind, whatever the route expects.
fn hostile_bodies() -> Vec<Vec<u8>> {
    let texts =
        ["", " ", "{", "null", "nonsense", "\u{feff}{}", "{\"v\":1}{\"v\":1}", "a=b&c=d", "<xml/>", "\"\\ud800\""];
    let nested = ["[".repeat(10_000), "{\"a\":".repeat(5_000), "9".repeat(30_000)];
    let raw: [&[u8]; 3] = [b"\xff\xfe\x00", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", b"{\"url\":\"\xc3\x28\"}"];
    let large = vec![b' '; 3 << 20];
    let texts = texts.into_iter().map(str::to_owned).chain(nested).map(String::into_bytes);
    texts.chain(raw.map(<[u8]>::to_vec)).chain([large]).collect()
}

/// What would make somebody else of the sender, and what takes a survey from one state to another: tests/api/sessions.rs, people.rs, sites.rs
/// and drafts.rs ask them.
const ELSEWHERE: [&str; 8] = [
    "post /api/setup",
    "put /api/account/password",
    "post /api/invitation/accept",
    "post /api/sites/{site}/surveys/{survey}/publish",
    "post /api/sites/{site}/surveys/{survey}/pause",
    "post /api/sites/{site}/surveys/{survey}/resume",
    "post /api/sites/{site}/surveys/{survey}/archive",
    "post /api/sites/{site}/surveys/{survey}/unarchive",
];

/// A good body of each route that takes one.
async fn good_bodies(site: &TestSite) -> BTreeMap<&'static str, Value> {
    let mut settings = site.team.get("/api/sites/test-site/settings").await.unwrap().body;
    let changed = json!({ "keep_query": ["q"], "quiet_days": 3, "storage": "session", "honour_gpc": true,
                          "theme": { "mode": "dark", "light": { "accent": "#0066cc" }, "font": "Georgia, serif", "radius": 3,
                                     "logo": { "url": "https://shop.example/logo.svg", "label": "Shop" },
                                     "css": ".card { color: red }" } });
    for (name, value) in changed.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let invite = json!({ "email": "anna@shop.example", "role": "viewer" });
    let invited = site.team.post("/api/sites/test-site/invitations", &invite).await.unwrap();
    let link = invited.body["link"].as_str().unwrap().to_owned();
    site.visitor().answers(6, "/help").await.unwrap();
    let answers = json!([
        { "question": "score", "value": { "score": 7 } },
        { "question": "topics", "value": { "choices": { "picked": ["price", "other"], "other": "More" } } },
        { "question": "why", "value": { "text": "Because." } },
        { "question": "mail", "value": { "text": "ann@home.example" } },
        { "question": "who", "value": { "contact": [["name", "Ann"], ["message", "Hello"]] } },
    ]);
    let events = json!([site.visitor().submission_of(1, answers, "/help")]);
    let credentials = TestSite::credentials();
    BTreeMap::from([
        ("post /v1/events", json!({ "v": 1, "site": site.key(), "sent_at": 1, "events": events })),
        ("post /t/{ticket}/v1/events", json!({ "v": 1, "site": site.key(), "sent_at": 1, "events": events })),
        (
            "post /v1/views",
            json!({ "v": 1, "site": site.key(), "page": "shop.example/help", "referrer": "", "device": "phone", "language": "de" }),
        ),
        ("post /api/session", json!({ "email": credentials.email, "password": credentials.password })),
        ("post /api/sites", json!({ "name": "Another", "origins": ["https://another.example"], "key": null })),
        ("patch /api/sites/{site}", json!({ "name": "Shop", "origins": ["https://shop.example"] })),
        ("put /api/sites/{site}/settings", settings),
        ("patch /api/sites/{site}/settings", json!({ "quiet_days": 3, "theme": { "radius": null } })),
        ("post /api/invitation", json!({ "token": link.split('#').nth(1) })),
        ("post /api/sites/{site}/respondent", json!({ "contact": "nobody@example.com" })),
        ("post /api/sites/{site}/respondent/erase", json!({ "contact": "nobody@example.com" })),
        ("post /api/sites/{site}/invitations", json!({ "email": "bob@shop.example", "role": "viewer" })),
        ("post /api/sites/{site}/shares", json!({ "name": "board", "shows": "figures", "days": 30 })),
        ("post /api/sites/{site}/tokens", json!({ "name": "nightly", "role": "viewer", "days": 30 })),
        // Without its field: at 0 the key would be gone that all else is sent to.
        ("post /api/sites/{site}/keys", json!({})),
        ("patch /api/sites/{site}/members/{member}", json!({ "role": "owner" })),
        ("put /api/sites/{site}/answers/{number}/standing", json!({ "standing": "counted" })),
        ("put /api/sites/{site}/answers/{number}/tags", json!({ "tags": ["bug", "delivery"] })),
        ("patch /api/sites/{site}/answers/{number}/tags", json!({ "add": ["bug"], "remove": ["delivery"] })),
        ("post /api/sites/{site}/reach", json!({ "when": { "all": [{ "path": { "is": "/help" } }] } })),
        ("post /api/sites/{site}/surveys", json!({ "from": { "template": "nps" }, "name": "NPS", "id": null })),
        ("put /api/sites/{site}/surveys/{survey}/draft", asking_everything("/help")),
        ("post /api/sites/{site}/surveys/{survey}/preview-link", json!({ "url": "https://shop.example/help" })),
        ("post /api/sites/{site}/why-link", json!({ "url": "https://shop.example/help" })),
        (
            "post /api/sites/{site}/surveys/{survey}/why",
            json!({ "url": "https://shop.example/help", "scroll_percent": 10 }),
        ),
        (
            "post /api/sites/{site}/why",
            json!({ "url": "https://shop.example/help", "values": { "device": "phone" }, "visible_seconds": 5, "busy": "typing",
                    "happened": [{ "click": ".a" }], "shown": { "everything": { "times": 1, "days_ago": 3 } }, "visitor": 7,
                    "now": "2026-01-01T00:00:00Z" }),
        ),
    ])
}

/// One of the document's routes.
struct Route<'a> {
    method: Method,
    path: &'a str,
    described: &'a Value,
}

impl Route<'_> {
    fn name(&self) -> String {
        format!("{} {}", self.method.as_str().to_lowercase(), self.path)
    }

    /// The names of its parameters that stand in `place`: the path, or the query.
    fn parameters(&self, place: &str) -> Vec<&str> {
        let all = self.described["parameters"].as_array().into_iter().flatten();
        all.filter(|parameter| parameter["in"] == place).filter_map(|parameter| parameter["name"].as_str()).collect()
    }
}

fn routes(document: &Value) -> Vec<Route<'_>> {
    let paths = document["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, described)| Route {
            method: method.to_uppercase().parse().unwrap(),
            path,
            described,
        })
    });
    routes.collect()
}

/// Somebody who sends requests that no program of ours would.
struct Attacker<'a> {
    site: &'a TestSite,
    client: Client,
    sent: usize,
    refused: usize,
}

impl<'a> Attacker<'a> {
    fn nobody(site: &'a TestSite) -> Self {
        let client = Client::builder().cookie_store(true).build().unwrap();
        Self { site, client, sent: 0, refused: 0 }
    }

    async fn member(site: &'a TestSite) -> Self {
        let attacker = Self::nobody(site);
        let address = format!("{}/api/session", site.collector.origin());
        let signed_in = attacker.client.post(address).json(&TestSite::credentials()).send().await.unwrap();
        assert_eq!(signed_in.status(), StatusCode::OK);
        attacker
    }

    /// The route's address, with good values in its path.
    fn address(&self, route: &Route<'_>) -> String {
        self.address_with(route, "", "")
    }

    /// The same with another value in one place.
    fn address_with(&self, route: &Route<'_>, name: &str, value: &str) -> String {
        let good = [
            ("site", self.site.key()),
            ("name", "page-ces"),
            ("survey", "everything"),
            ("file", "test-site.js"),
            ("member", "1"),
            ("number", "1"),
        ];
        let path = route.path.replace(&format!("{{{name}}}"), value);
        good.iter().fold(path, |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
    }

    /// Sends it; whatever is refused must be a 4xx that says why.
    async fn send(&mut self, method: Method, path: &str, content_type: &str, body: Vec<u8>) -> StatusCode {
        let what = format!("{method} {} with {:?}", shortened(path), shortened(&String::from_utf8_lossy(&body)));
        let origin = if path.contains("/v1/") { self.site.door.origin() } else { &self.site.collector.origin() };
        let address = format!("{}{path}", self.site.collector.origin());
        let request = self.client.request(method.clone(), address).header("origin", origin);
        let known = if method == Method::PUT { self.revision(path).await } else { None };
        let request = match known {
            Some((name, revision)) => request.header(name, revision),
            None => request,
        };
        let answer = request.header(CONTENT_TYPE, content_type).body(body).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{what}: {error}"));
        self.sent += 1;
        let status = answer.status();
        assert!(!status.is_server_error(), "{what}: {status}");
        if status.is_client_error() {
            self.refused += 1;
            let is_loader = path.starts_with("/w/") && status == StatusCode::NOT_FOUND;
            let told = answer.text().await.unwrap();
            let problem: Value = serde_json::from_str(&told).unwrap_or_default();
            let says_why =
                ["error", "reason"].iter().all(|part| problem[part].as_str().is_some_and(|said| !said.is_empty()));
            let is_bodiless = method == Method::HEAD;
            assert!(
                is_bodiless || is_loader || (says_why && problem["field"].is_string()),
                "{what}: {status} {told:?}"
            );
        }
        status
    }

    /// Which revision of a draft is changed, where it must be said.
    async fn revision(&self, path: &str) -> Option<(HeaderName, String)> {
        let survey = path.strip_suffix("/draft")?;
        let known = self.site.team.get(survey).await.unwrap().body["draft"]["revision"].as_u64();
        Some(known.map_or((IF_NONE_MATCH, "*".to_owned()), |revision| (IF_MATCH, format!("\"r{revision}\""))))
    }

    async fn json(&mut self, route: &Route<'_>, body: &Value) -> StatusCode {
        let content_type = if route.path.contains("/v1/") { "text/plain" } else { "application/json" };
        self.send(route.method.clone(), &self.address(route), content_type, body.to_string().into_bytes()).await
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Everything that is stored of the site which a refusal must leave alone.
async fn stored(site: &TestSite) -> String {
    let rows = site.rows_once_folded().await.unwrap();
    rows.assert_counted_right();
    let settings = site.team.get("/api/sites/test-site/settings").await.unwrap().body;
    let tags = site.team.get("/api/sites/test-site/tags").await.unwrap().body;
    format!("{rows:?} {settings} {tags}")
}

/// Every place in a body, as JSON pointers.
fn places(body: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match body {
        Value::Object(members) => members.iter().map(|(name, inner)| (name.replace('/', "~1"), inner)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, inner)| (at.to_string(), inner)).collect(),
        _ => Vec::new(),
    };
    let inner =
        inner.into_iter().flat_map(|(name, inner)| places(inner).into_iter().map(move |rest| format!("/{name}{rest}")));
    std::iter::once(String::new()).chain(inner).collect()
}

async fn document(site: &TestSite) -> Value {
    site.team.get("/api/openapi.json").await.unwrap().body
}

#[tokio::test]
async fn no_value_in_any_field_of_any_body_breaks_anything_or_is_stored_by_halves() {
    let site = TestSite::with_survey(asking_everything("/help")).await.unwrap();
    let document = document(&site).await;
    let good_bodies = good_bodies(&site).await;
    let mut member = Attacker::member(&site).await;
    for route in routes(&document).iter().filter(|route| !route.described["requestBody"].is_null()) {
        let name = route.name();
        if ELSEWHERE.contains(&name.as_str()) {
            continue;
        }
        let good =
            good_bodies.get(name.as_str()).unwrap_or_else(|| panic!("{name} takes a body: give it a good one above"));
        let status = member.json(route, good).await;
        assert!(status.is_success(), "{name}: the good body is refused: {status}");
        for place in places(good) {
            let before = stored(&site).await;
            let mut accepted = 0;
            for value in hostile_values() {
                let mut body = good.clone();
                *body.pointer_mut(&place).unwrap() = value;
                accepted += usize::from(member.json(route, &body).await.is_success());
            }
            assert!(accepted > 0 || stored(&site).await == before, "{name} {place}: refused, and stored nevertheless");
        }
        println!("{name}: {} sent, {} refused", member.sent, member.refused);
    }
    assert!(member.refused > 1_000, "{} of {}", member.refused, member.sent);
}

#[tokio::test]
async fn no_body_to_any_route_breaks_anything() {
    let site = TestSite::with_survey(asking_everything("/help")).await.unwrap();
    let document = document(&site).await;
    let before = stored(&site).await;
    let mut attackers = [Attacker::nobody(&site), Attacker::member(&site).await];
    for route in &routes(&document) {
        for content_type in
            ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "\u{1}", ""]
        {
            let content_type = if content_type == "\u{1}" { "nonsense; charset=\"" } else { content_type };
            for attacker in &mut attackers {
                for body in hostile_bodies() {
                    let address = attacker.address(route);
                    attacker.send(route.method.clone(), &address, content_type, body).await;
                }
            }
        }
        // Not for each request: an account may sign in ten times in a quarter of an hour.
        if (&route.method, route.path) == (&Method::DELETE, "/api/session") {
            attackers[1] = Attacker::member(&site).await;
        }
    }
    // The sender has signed out all other browsers of the account: that needs no body.
    site.team.sign_in(&TestSite::credentials()).await.unwrap();
    assert_eq!(stored(&site).await, before);
}

#[tokio::test]
async fn no_parameter_and_no_method_of_any_route_breaks_anything() {
    try_parameters_and_methods(&TestSite::with_survey(asking_everything("/help")).await.unwrap()).await;
}

/// It does not take what SQLite takes: a NUL in a text, above all.
#[tokio::test]
async fn nor_does_it_on_postgresql() {
    if let Some(missing) = Postgres::missing() {
        println!("skipped: {missing}");
        return;
    }
    let server = Postgres::start().await.unwrap();
    let url = Postgres::url(server.port(), &server.create_database().await.unwrap());
    let site = TestSite::in_postgres(&url, &url, asking_everything("/help")).await.unwrap();
    try_parameters_and_methods(&site).await;
}

async fn try_parameters_and_methods(site: &TestSite) {
    site.visitor().answers(6, "/help").await.unwrap();
    let document = document(site).await;
    let before = stored(site).await;
    let values = [
        "",
        "0",
        "-1",
        "1e9",
        "99999999999999999999",
        "%00",
        "%ff",
        "%",
        "a%2Fb",
        "..",
        "[]",
        "true",
        "%F0%9F%98%80",
        "'--",
    ];
    let values: Vec<String> = values.map(str::to_owned).into_iter().chain(["x".repeat(8_000)]).collect();
    let mut attackers = [Attacker::nobody(site), Attacker::member(site).await];
    for route in &routes(&document) {
        for attacker in &mut attackers {
            let address = attacker.address(route);
            for value in &values {
                for name in route.parameters("query") {
                    for query in [
                        format!("{name}={value}"),
                        format!("{name}={value}&{name}={value}"),
                        format!("{name}[]={value}"),
                        value.clone(),
                    ] {
                        attacker
                            .send(route.method.clone(), &format!("{address}?{query}"), "text/plain", Vec::new())
                            .await;
                    }
                }
                for name in route.parameters("path") {
                    let path = attacker.address_with(route, name, value);
                    attacker.send(route.method.clone(), &path, "text/plain", Vec::new()).await;
                }
            }
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "brew"] {
                // A wrong one only: signing out would be right.
                if routes(&document).iter().all(|known| known.path != route.path || known.method != method) {
                    attacker.send(method.parse().unwrap(), &address, "application/json", b"{}".to_vec()).await;
                }
            }
        }
    }
    assert_eq!(stored(site).await, before);
}

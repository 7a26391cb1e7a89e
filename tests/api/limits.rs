//! Limits: how much is taken from one network and for one site, and that slow senders hold nobody up.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tests::{TestSite, ces_on};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many are taken at once where one a second is: see `collector/src/limits`.
const BURST: usize = 20;

/// How many have been taken by now, at most.
fn most_since(began: Instant) -> usize {
    BURST + began.elapsed().as_secs() as usize + 1
}

#[tokio::test]
async fn who_sends_too_much_is_told_when_to_come_back_and_loses_nothing() {
    let site = TestSite::serving(&["--network-limit", "1"], ces_on("/help")).await.unwrap();
    let (began, mut taken) = (Instant::now(), 0);
    let (visitor, body, refused) = loop {
        let visitor = site.visitor();
        let body = tests::batch(site.key(), &[visitor.submission(1, 6, "/help")]);
        let answer = site.door.request().body(body.clone()).send().await.unwrap();
        if answer.status() != StatusCode::NO_CONTENT {
            break (visitor, body, answer);
        }
        taken += 1;
    };
    assert!((BURST..=most_since(began)).contains(&taken), "{taken} were taken");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
    let wait = refused.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["error"], "rate_limited");
    assert!(site.collector.counted("rate_limited").await.unwrap() >= 1);
    assert!(site.rows().await.unwrap().response(visitor.response_id()).is_none());

    sleep(Duration::from_secs(wait)).await;
    let again = site.door.request().body(body).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NO_CONTENT, "what it said was true");
}

#[tokio::test]
async fn ten_thousand_spoofed_addresses_are_one_sender() {
    let site = TestSite::serving(&["--network-limit", "1"], ces_on("/help")).await.unwrap();
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for sender in 0..8_u32 {
        let door = site.door.clone();
        senders.spawn(async move {
            let mut taken = 0;
            for n in 0..1_250_u32 {
                let spoofed = std::net::Ipv4Addr::from(0x0b00_0000 + sender * 1_250 + n).to_string();
                // No batch, so that who gets past the limit costs little: they are told so by another status.
                let answer = door.request().header("x-forwarded-for", spoofed).body("{}").send().await.unwrap();
                taken += usize::from(answer.status() != StatusCode::TOO_MANY_REQUESTS);
            }
            taken
        });
    }
    let taken: usize = senders.join_all().await.into_iter().sum();
    let most = most_since(began);
    println!("10,000 spoofed X-Forwarded-For: {taken} taken (bound {most}: one bucket)");
    assert!((BURST..=most).contains(&taken), "{taken} were taken");
}

#[tokio::test]
async fn behind_a_trusted_proxy_every_visitor_has_their_own_limit() {
    let options = ["--network-limit", "1", "--trusted-proxy", "127.0.0.0/8"];
    let site = TestSite::serving(&options, ces_on("/help")).await.unwrap();
    let asks = async |named: String| {
        site.door.request().header("x-forwarded-for", named).body("{}").send().await.unwrap().status()
    };
    for n in 0..60 {
        assert_eq!(asks(format!("198.51.100.{n}")).await, StatusCode::BAD_REQUEST, "each is one of many");
    }
    let mut limited = 0;
    for n in 0..60 {
        // What the visitor wrote stands to the left of what the proxy did.
        limited += u32::from(asks(format!("198.51.100.{n}, 203.0.113.9")).await == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!((35..=40).contains(&limited), "{limited} of 60 were limited");
}

#[tokio::test]
async fn one_busy_site_leaves_the_others_alone_and_page_views_leave_answers_alone() {
    let site = TestSite::serving(&["--site-limit", "1"], ces_on("/help")).await.unwrap();
    let view = r#"{"v":1,"site":"test-site","page":"shop.example/help"}"#;
    let mut limited = 0;
    for _ in 0..BURST + 10 {
        let told = site.door.tells_of(view).await.unwrap();
        limited += u32::from(told.status == StatusCode::TOO_MANY_REQUESTS && told.error() == "rate_limited");
    }
    assert!(limited > 0, "page views are limited, too");
    let (began, mut taken) = (Instant::now(), 0);
    let refused = loop {
        let answered = site.visitor().answers(6, "/help").await.unwrap();
        if answered.status != StatusCode::NO_CONTENT {
            break answered;
        }
        taken += 1;
    };
    assert!((BURST..=most_since(began)).contains(&taken), "{taken} were taken");
    assert_eq!(refused.error(), "rate_limited");
}

#[tokio::test]
async fn an_account_is_not_tried_for_ever() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let mut guess = TestSite::credentials();
    guess.password = "not the password".to_owned();
    let mut told = Vec::new();
    for _ in 0..12 {
        told.push(site.team.sign_in(&guess).await.unwrap().error().to_owned());
    }
    // The team has signed in once.
    assert_eq!(told.iter().filter(|error| *error == "bad_credentials").count(), 9, "{told:?}");
    assert_eq!(told.last().map(String::as_str), Some("too_many_tries"));
    let right = site.team.sign_in(&TestSite::credentials()).await.unwrap();
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "who guesses is not told that they have");
    assert!(site.team.get("/api/sites").await.unwrap().status.is_success(), "who is signed in stays so");
}

/// Opens a connection and sends the beginning of a request.
async fn begins(site: &TestSite, beginning: &str) -> TcpStream {
    let origin = site.collector.origin();
    let mut stream = TcpStream::connect(origin.trim_start_matches("http://")).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    stream
}

/// What is answered until the connection is closed, and after how long.
async fn hears(mut stream: TcpStream, within: Duration) -> (String, Duration) {
    let began = Instant::now();
    let mut heard = Vec::new();
    timeout(within, stream.read_to_end(&mut heard)).await.expect("the connection stays open").unwrap();
    (String::from_utf8_lossy(&heard).into_owned(), began.elapsed())
}

#[tokio::test]
async fn a_slow_head_is_given_up_after_five_seconds() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let stream = begins(&site, "POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    let (heard, after) = hears(stream, Duration::from_secs(9)).await;
    assert!(heard.starts_with("HTTP/1.1 408") && after >= Duration::from_secs(4), "{after:?}: {heard}");
}

#[tokio::test]
async fn a_slow_body_is_given_up_after_ten_seconds_and_counted() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n{{",
        site.door.origin()
    );
    let mut stream = begins(&site, &head).await;
    let began = Instant::now();
    let mut heard = vec![0; 4_096];
    // A byte now and then, as somebody does who means to hold on.
    let length = loop {
        match timeout(Duration::from_secs(1), stream.read(&mut heard)).await {
            Ok(read) => break read.unwrap(),
            Err(_) => stream.write_all(b" ").await.unwrap(),
        }
        assert!(began.elapsed() < Duration::from_secs(14), "it is still waited for");
    };
    let heard = String::from_utf8_lossy(&heard[..length]);
    assert!(heard.starts_with("HTTP/1.1 408") && heard.contains("slow_body"), "{heard}");
    assert!(began.elapsed() >= Duration::from_secs(9), "{:?}", began.elapsed());
    assert_eq!(site.collector.counted("slow_body").await.unwrap(), 1);
}

#[tokio::test]
async fn a_slow_body_of_the_teams_is_given_up_as_well() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let head =
        "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    let mut stream = begins(&site, head).await;
    let mut heard = vec![0; 4_096];
    let length = timeout(Duration::from_secs(14), stream.read(&mut heard)).await.expect("it is waited for").unwrap();
    let heard = String::from_utf8_lossy(&heard[..length]);
    assert!(heard.starts_with("HTTP/1.1 408") && heard.contains("slow_body"), "{heard}");
}

#[tokio::test]
async fn a_connection_on_which_nothing_moves_is_closed() {
    if !tests::is_long() {
        println!("skipped: takes more than a minute; PAGEPOLL_LONG=1 runs it");
        return;
    }
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    // actix itself watches over the first head alone.
    let mut stream = begins(&site, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut heard = vec![0; 4_096];
    let length = stream.read(&mut heard).await.unwrap();
    assert!(heard[..length].starts_with(b"HTTP/1.1 200"));
    stream.write_all(b"GET /healthz HTTP/1.1\r\nX-Slow: ").await.unwrap();
    let (_, after) = hears(stream, Duration::from_secs(75)).await;
    println!("closed after {after:?} (bound 65 s)");
    assert!(after > Duration::from_secs(20), "not before a slow but honest one may be through: {after:?}");
}

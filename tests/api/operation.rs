//! Operation: what balancers, monitors and whoever reads the log are told.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use tests::postgres::Postgres;
use tests::{Chore, Collector, Hold, Prepared, TestSite, ces_on};
use tokio::time::{Instant, sleep};

async fn readiness(collector: &Collector) -> (StatusCode, Value) {
    let answer = reqwest::get(format!("{}/readyz", collector.origin())).await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap())
}

#[tokio::test]
async fn a_collector_that_can_store_answers_is_ready() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    assert_eq!(readiness(&site.collector).await, (StatusCode::OK, serde_json::json!({ "ready": true, "wrong": [] })));
    // Who holds the file for a moment does not send visitors elsewhere: they wait, or come back.
    let _hold = Hold::on(&site.collector.database()).await.unwrap();
    assert_eq!(readiness(&site.collector).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_collector_whose_database_can_only_be_read_is_not_ready() {
    if let Some(missing) = Postgres::missing() {
        println!("skipped: {missing}");
        return;
    }
    let server = Postgres::start().await.unwrap();
    let database = server.create_database().await.unwrap();
    let url = Postgres::url(server.port(), &database);
    let site = TestSite::in_postgres(&url, &url, ces_on("/help")).await.unwrap();
    assert_eq!(readiness(&site.collector).await.0, StatusCode::OK);
    server.demote(&database).await.unwrap();
    let (status, told) = readiness(&site.collector).await;
    assert_eq!((status, &told["wrong"][0]["what"]), (StatusCode::SERVICE_UNAVAILABLE, &Value::from("database")));
}

#[tokio::test]
async fn whoever_stops_says_so_first_and_serves_on_until_balancers_have_heard() {
    let add = ["site", "add", "test-site", "--name", "Test", "--origin", "https://shop.example"];
    let prepared = Prepared::by(&[Chore { arguments: &add, input: "" }]).await.unwrap();
    let mut collector = Collector::start_on(&prepared, &["--stop-notice", "2"]).await.unwrap();
    let origin = collector.origin();
    let stopping = Instant::now();
    let watch = async {
        sleep(Duration::from_millis(700)).await;
        let answer = reqwest::get(format!("{origin}/readyz")).await.unwrap();
        let (status, told) = (answer.status(), answer.text().await.unwrap());
        let served = reqwest::get(format!("{origin}/w/test-site.js")).await.unwrap().status();
        (status, told, served)
    };
    let ((status, told, served), ended) = tokio::join!(watch, collector.stop());
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{told}");
    assert!(told.contains("stopping"), "{told}");
    assert_eq!(served, StatusCode::OK);
    assert!(ended.unwrap().success() && stopping.elapsed() >= Duration::from_secs(2));
}

#[tokio::test]
async fn metrics_tell_what_an_operator_looks_for() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(6, "A secret.", "/help").await.unwrap();
    site.report::<Value>("pages?days=7").await.unwrap();
    site.team.get("/api/nothing?token=abc").await.unwrap();
    reqwest::get(format!("{}/made-up/address", site.collector.origin())).await.unwrap();
    let metrics = site.collector.metrics().await.unwrap();
    for expected in [
        "pagepoll_items_total{outcome=\"stored\"} 2",
        "pagepoll_http_requests_total{method=\"GET\",route=\"/api/sites/{site}/pages\",status=\"200\"} 1",
        "pagepoll_http_requests_total{method=\"POST\",route=\"/t/{ticket}/v1/events\",status=\"204\"} 1",
        "pagepoll_http_request_duration_seconds_bucket{method=\"POST\",route=\"/t/{ticket}/v1/events\",le=\"0.5\"} 1",
        "pagepoll_commit_items_sum 2",
        "pagepoll_commit_duration_seconds_count ",
        "pagepoll_queue_items 0",
        "pagepoll_disk_free_bytes ",
        "pagepoll_snapshot_timestamp_seconds 1",
        "pagepoll_build_info{version=\"",
        "process_resident_memory_bytes ",
        "process_open_fds ",
        "process_start_time_seconds ",
        "# HELP pagepoll_items_total ",
    ] {
        assert!(metrics.contains(expected), "{expected} is not in\n{metrics}");
    }
    for secret in ["shop.example", "test-site", "abc", "made-up", "secret"] {
        assert!(!metrics.contains(secret), "{secret} is in\n{metrics}");
    }
}

#[tokio::test]
async fn every_request_is_in_the_log_as_json_without_address_or_words() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.collector.kill().await.unwrap();
    site.collector.surround("RUST_LOG", "collector=debug");
    site.collector.surround("PAGEPOLL_LOG_FORMAT", "json");
    site.collector.restart().await.unwrap();
    site.visitor().comments(6, "A secret.", "/help/private").await.unwrap();
    site.visitor().answers(99, "/help/private").await.unwrap();
    site.team.get("/api/sites/test-site/page?page=shop.example/help/private").await.unwrap();
    let log = site.collector.log().unwrap();
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let requests: Vec<&Value> =
        lines.iter().map(|line| &line["fields"]).filter(|it| it["message"] == "answered").collect();
    let told: Vec<_> =
        requests.iter().map(|it| (it["method"].as_str(), it["route"].as_str(), it["status"].as_u64())).collect();
    assert_eq!(
        told,
        [
            (Some("POST"), Some("/t/{ticket}/v1/events"), Some(204)),
            (Some("POST"), Some("/t/{ticket}/v1/events"), Some(422)),
            (Some("GET"), Some("/api/sites/{site}/page"), Some(200)),
        ]
    );
    assert!(requests.iter().all(|it| it["duration_ms"].is_number()), "{requests:?}");
    for secret in ["secret", "private", "?page"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}

#[tokio::test]
async fn a_probe_says_what_a_container_wants_to_know() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let address = site.collector.origin().replace("http://", "");
    let folder = site.collector.folder().to_owned();
    let probe = async |more: &[&str]| {
        let arguments = [&["probe", "--listen", &address], more].concat();
        Chore { arguments: &arguments, input: "" }.run(&folder).await.map_err(|error| error.to_string())
    };
    assert_eq!(probe(&[]).await.unwrap(), "ok\n");
    assert!(probe(&["--ready"]).await.unwrap().contains("\"ready\":true"));
    site.collector.kill().await.unwrap();
    assert!(probe(&[]).await.unwrap_err().contains("nothing answers at http://127.0.0.1:"));
}

#[tokio::test]
async fn a_new_database_is_said_to_be_one() {
    let add = ["site", "add", "test-site", "--name", "Test", "--origin", "https://shop.example"];
    let prepare = [Chore { arguments: &add, input: "" }];
    let collector = Collector::start(&prepare).await.unwrap();
    assert!(!collector.log().unwrap().contains("began a new database"));
    let collector = Collector::start_with(&["--database", "sqlite:typo.db"], &prepare).await.unwrap();
    let log = collector.log().unwrap();
    assert!(log.contains("began a new database at sqlite:typo.db"), "{log}");
}

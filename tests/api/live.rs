//! The live stream of answers.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tests::{Team, TestSite, ces_on};
use tokio::time::timeout;

async fn watch(team: &Team, last: Option<i64>) -> Response {
    let request = team.request(Method::GET, "/api/sites/test-site/live");
    let request = last.into_iter().fold(request, |request, last| request.header("last-event-id", last));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    answer
}

/// The answers that are told until there are so many, within the two seconds in which a report has to know of them.
async fn told(stream: &mut Response, count: usize) -> Vec<Value> {
    let mut text = String::new();
    while text.matches("event: answer").count() < count {
        let part = timeout(Duration::from_secs(2), stream.chunk()).await.expect("nothing comes").unwrap();
        text.push_str(std::str::from_utf8(&part.expect("the stream has ended")).unwrap());
    }
    text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect()
}

#[tokio::test]
async fn answers_are_told_as_they_come_in_and_nothing_from_before() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    site.visitor().answers(1, "/help").await.unwrap();
    let mut stream = watch(&site.team, None).await;
    site.visitor().comments(6, "=Clear\n\nevent: answer", "/help").await.unwrap();
    site.visitor().answers(7, "/cart").await.unwrap();
    let answers = told(&mut stream, 2).await;
    assert_eq!(
        answers.iter().map(|answer| answer["page"].as_str().unwrap()).collect::<Vec<_>>(),
        ["shop.example/help", "shop.example/cart"]
    );
    assert!(answers.iter().all(|answer| answer["contact"].as_array().is_none_or(Vec::is_empty)), "{answers:?}");
    // Whoever lost the connection gets what came meanwhile.
    let first = answers[0]["number"].as_i64().unwrap();
    assert_eq!(told(&mut watch(&site.team, Some(first)).await, 1).await[0]["page"], "shop.example/cart");
}

#[tokio::test]
async fn nobody_watches_another_site() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    let (_, rival) = site.rival().await.unwrap();
    assert_eq!(rival.get("/api/sites/test-site/live").await.unwrap().status, StatusCode::NOT_FOUND);
}

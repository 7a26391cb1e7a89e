//! Doubts: what is flagged about a sender, and that a browser's visitor is not.

use reqwest::StatusCode;
use tests::{TestSite, ces_on};

/// Answers that are flagged so, of those that visitors gave in turn.
async fn counted(site: &TestSite, flag: &str) -> u64 {
    let metrics = site.collector.metrics().await.unwrap();
    let label = format!("pagepoll_flagged_total{{flag=\"{flag}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&label)).map_or(0, |count| count.parse().unwrap())
}

async fn flags(site: &TestSite) -> [u64; 3] {
    [counted(site, "too_fast").await, counted(site, "bot").await, counted(site, "no_ticket").await]
}

#[tokio::test]
async fn a_visitor_with_a_browser_is_not_doubted() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(6, "Fine.", "/help").await.unwrap();
    site.visitor().reaches("shown", "/help").await.unwrap();
    assert_eq!(flags(&site).await, [0, 0, 0]);
}

#[tokio::test]
async fn whoever_shows_no_ticket_or_none_of_ours_is_doubted_and_not_refused() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let ticket = site.door.ticket();
    let forged = format!("{}AAAA", &ticket[..ticket.len() - 4]);
    for ticket in ["", "x", forged.as_str(), "..%2f..%2f", &"A".repeat(500)] {
        let visitor = site.visitor().through(site.door.with_ticket(ticket));
        let answered = visitor.answers(6, "/help").await.unwrap();
        assert_eq!(answered.status, StatusCode::NO_CONTENT, "{ticket}: {answered:?}");
    }
    assert_eq!(flags(&site).await, [0, 0, 5]);
}

#[tokio::test]
async fn programs_that_say_so_are_doubted() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for name in ["", "curl/8.9.1", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"] {
        let visitor = site.visitor().through(site.door.called(name).unwrap());
        assert_eq!(visitor.answers(6, "/help").await.unwrap().status, StatusCode::NO_CONTENT, "{name}");
    }
    assert_eq!(flags(&site).await, [0, 3, 0]);
}

#[tokio::test]
async fn answers_that_nobody_had_the_time_to_give_are_doubted() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().asked_before(50).answers(6, "/help").await.unwrap();
    assert_eq!(flags(&site).await, [1, 0, 0]);
    // Two answers take twice as long.
    let hasty = site.visitor().asked_before(150);
    hasty.sends(&[hasty.commented(1, 6, "Fine.", "/help")]).await.unwrap();
    assert_eq!(flags(&site).await, [2, 0, 0]);
    site.visitor().asked_before(1_000).answers(6, "/help").await.unwrap();
    assert_eq!(flags(&site).await, [2, 0, 0]);
}

//! Dimensions of a site's own: what the page tells of its visitors, and reports of those who are alike in one way or in two.

use reqwest::StatusCode;
use serde_json::json;
use survey::report::{DimensionValues, PagesReport, TrendUnit};
use tests::{TestSite, ces_on};

/// A site whose visitors have plans, and come from campaigns.
async fn shop() -> TestSite {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    let settings = json!({ "dimensions": ["returning", "utm:source", "trait:plan"] });
    let answered = site.team.patch("/api/sites/test-site/settings", &settings).await.unwrap();
    assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
    // The collector looks once a second whether something was published.
    for _ in 0..100 {
        answers(&site, 4, "/probe", "trait:plan=probe").await;
        if n(&site, "segment=trait:plan%3Dprobe").await.is_some() {
            return site;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the collector does not hear of the settings within five seconds")
}

/// Somebody answers, of whom the page tells something.
async fn answers(site: &TestSite, score: i64, path: &str, told: &str) {
    let visitor = site.visitor();
    let mut event = visitor.submission(1, score, path);
    event["submission"]["presentation"]["visit"]["told"] = json!(told);
    assert_eq!(visitor.sends(&[event]).await.unwrap().status, StatusCode::NO_CONTENT);
}

/// How many answers a report is of.
async fn n(site: &TestSite, query: &str) -> Option<u64> {
    let report: PagesReport = site.report(&format!("pages?{query}")).await.unwrap();
    report.site.scores.first().map(|score| score.figures.n)
}

#[tokio::test]
async fn visitors_are_told_apart_by_what_the_site_asks_for_alone_and_by_two_things_together() {
    let site = shop().await;
    answers(&site, 7, "/help", "returning=true\ntrait:plan=Pro").await;
    answers(&site, 6, "/help", "returning=true\ntrait:plan=pro\nutm:source=mail\n").await;
    answers(&site, 1, "/cart", "returning=false\ntrait:plan=free & easy_%").await;
    answers(&site, 2, "/cart", "returning=true\ntrait:mood=sour").await;

    assert_eq!(n(&site, "segment=returning%3Dtrue").await, Some(3));
    assert_eq!(n(&site, "segment=utm:source%3Dmail").await, Some(1));
    assert_eq!(n(&site, "segment=trait:plan%3DPro").await, Some(1), "upper case is another value");
    assert_eq!(n(&site, "segment=trait:plan%3Dfree%20%26%20easy_%25").await, Some(1));
    assert_eq!(n(&site, "segment=trait:mood%3Dsour").await, None, "nobody asked for it");

    for when in ["while they wait to be counted", "and after"] {
        let both = async |query| n(&site, query).await;
        assert_eq!(both("segment=returning%3Dtrue&and_segment=trait:plan%3Dpro").await, Some(1), "{when}");
        assert_eq!(both("segment=trait:plan%3DPro&and_segment=returning%3Dtrue").await, Some(1), "{when}");
        assert_eq!(both("device=desktop&segment=returning%3Dtrue").await, Some(3), "{when}");
        assert_eq!(both("device=phone&segment=returning%3Dtrue").await, None, "{when}");
        assert_eq!(both("device=desktop&segment=trait:plan%3Dfree%20%26%20easy_%25").await, Some(1), "{when}");
        assert_eq!(both("device=desktop&segment=trait:plan%3Dfree%20%26%20easyx%25").await, None, "{when}");
        site.rows_once_folded().await.unwrap().assert_counted_right();
    }
}

#[tokio::test]
async fn what_two_things_together_come_to_is_what_one_of_them_does_where_the_other_is_everybodys() {
    let site = shop().await;
    for (score, plan, path) in [(1, "pro", "/cart"), (7, "pro", "/help"), (5, "free", "/help"), (3, "pro", "/cart")] {
        answers(&site, score, path, &format!("trait:plan={plan}")).await;
    }
    let report = async |query: &str| -> PagesReport { site.report(&format!("pages?{query}&trend=day")).await.unwrap() };
    let one = report("segment=trait:plan%3Dpro").await;
    assert_eq!((one.pages.len(), one.site.scores[0].figures.n, one.period.trend), (2, 3, TrendUnit::Day));
    assert_eq!(report("segment=trait:plan%3Dpro&device=desktop").await, one, "all come by desktop");
}

#[tokio::test]
async fn a_value_that_is_too_long_is_cut_and_a_senseless_one_costs_no_answer() {
    let site = shop().await;
    answers(&site, 7, "/help", &format!("trait:plan={}\ntrait:plan=second", "x".repeat(5_000))).await;
    answers(&site, 6, "/help", "trait:plan=\u{0}\u{7}\nreturning=\nnothing").await;
    assert_eq!(n(&site, &format!("segment=trait:plan%3D{}", "x".repeat(60))).await, Some(1));
    assert_eq!(n(&site, "segment=trait:plan%3Dsecond").await, None);
    let all: PagesReport = site.report("pages").await.unwrap();
    let help = all.pages.iter().find(|page| page.page == "shop.example/help").unwrap();
    assert_eq!(help.scores[0].figures.n, 2);
}

#[tokio::test]
async fn what_is_erased_leaves_nothing_of_its_visitor() {
    let site = shop().await;
    answers(&site, 7, "/help", "trait:plan=gold").await;
    let kept = async || {
        site.rows_once_folded().await.unwrap().assert_counted_right();
        let presentations = "SELECT COUNT(*) FROM presentations WHERE segment LIKE '%plan=gold%'";
        let cuts = "SELECT COUNT(*) FROM cuts WHERE cut LIKE '%plan=gold%'";
        let told: Vec<DimensionValues> = site.report("segments").await.unwrap();
        let told = told.iter().flat_map(|dimension| &dimension.values).filter(|value| *value == "gold").count();
        (site.collector.number(presentations).await.unwrap(), site.collector.number(cuts).await.unwrap(), told)
    };
    assert_eq!(kept().await, (1, 1, 1));
    let number = site.answers().await.unwrap().answers[0].number;
    let erased = site.team.delete(&format!("/api/sites/test-site/answers/{number}")).await.unwrap();
    assert_eq!(erased.status, StatusCode::NO_CONTENT, "{erased:?}");
    assert_eq!(kept().await, (0, 0, 0));
}

#[tokio::test]
async fn dimensions_that_make_no_sense_are_refused_at_their_place() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    let eight: Vec<String> = (0..8).map(|number| format!("trait:{number}")).collect();
    for (dimensions, field, reason) in [
        (json!(["os", "cookie:id"]), "dimensions[1]", "tells no visitors apart"),
        (json!(["os", "os"]), "dimensions", "os is there twice"),
        (json!(eight), "dimensions", "at most 7"),
        (json!("os"), "dimensions", "a list is wanted"),
    ] {
        let settings = json!({ "dimensions": dimensions });
        let answered = site.team.patch("/api/sites/test-site/settings", &settings).await.unwrap();
        assert_eq!(
            (answered.status, answered.body["field"].as_str()),
            (StatusCode::BAD_REQUEST, Some(field)),
            "{answered:?}"
        );
        assert!(answered.body["reason"].as_str().unwrap().contains(reason), "{answered:?}");
    }
}

//! Reports of parts of a site: pages in an order, groups, stages of the journey, and some of the visitors.

use reqwest::StatusCode;
use serde_json::{Value, json};
use survey::page::GroupSuggestion;
use survey::report::{GroupsReport, OtherPages, PagesReport, StagesReport};
use tests::{TestSite, batch, ces_on};

/// A shop whose cart is hard, and whose plants are easy.
async fn shop() -> TestSite {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for plant in 1..=6 {
        for score in [6, 7] {
            site.visitor().answers(score, &format!("/plants/{plant}")).await.unwrap();
        }
    }
    for score in [1, 2, 1] {
        site.visitor().answers(score, "/cart").await.unwrap();
    }
    site
}

async fn declare(site: &TestSite, settings: Value) {
    let answered = site.team.patch("/api/sites/test-site/settings", &settings).await.unwrap();
    assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
}

#[tokio::test]
async fn pages_that_are_alike_are_suggested_declared_and_reported_together() {
    let site = shop().await;
    let suggested: Vec<GroupSuggestion> = site.report("suggested-groups").await.unwrap();
    assert_eq!(suggested.len(), 1, "{suggested:?}");
    assert_eq!(
        (suggested[0].pattern.to_string().as_str(), suggested[0].pages, suggested[0].answers),
        ("/plants/*", 6, 12)
    );

    let groups = json!([{ "name": "Plants", "pattern": "/plants/*" }, { "name": "Cart", "pattern": "/cart" }]);
    declare(&site, json!({ "page_groups": groups, "stages": [{ "name": "Buy", "groups": ["Cart"] }] })).await;
    let report: GroupsReport = site.report("groups").await.unwrap();
    let [plants, cart] = &report.groups[..] else { panic!("{report:?}") };
    assert_eq!((plants.pages, plants.scores[0].figures.n, plants.scores[0].figures.mean.value), (6, 12, 6.5));
    assert_eq!((cart.scores[0].figures.n, cart.response_rate), (3, Some(100.0)));
    assert!(cart.scores[0].shrunken_share < plants.scores[0].shrunken_share);
    assert_eq!((report.ungrouped, report.site.scores[0].figures.n), (OtherPages::default(), 15));
    let stages: StagesReport = site.report("stages").await.unwrap();
    assert_eq!((stages.stages[0].scores[0].figures.n, stages.unstaged.pages), (3, 6));
    assert!(site.report::<Vec<GroupSuggestion>>("suggested-groups").await.unwrap().is_empty(), "they are declared");
}

#[tokio::test]
async fn groups_that_are_saved_are_those_of_the_next_report() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    site.visitor().answers(7, "/plants/fern").await.unwrap();
    let settings = format!("/api/sites/{}/settings", site.key());
    for name in ["Plants", "Green", "Ferns"] {
        let groups = json!({ "page_groups": [{ "name": name, "pattern": "/plants/*" }] });
        assert_eq!(site.team.patch(&settings, &groups).await.unwrap().status, StatusCode::OK);
        let report: GroupsReport = site.report("groups").await.unwrap();
        assert!(report.groups.iter().any(|group| group.name == name), "{name}: {report:?}");
    }
    let mut all = site.team.get(&settings).await.unwrap().body;
    all["page_groups"] = json!([{ "name": "Leaves", "pattern": "/plants/*" }]);
    assert_eq!(site.team.put(&settings, &all).await.unwrap().status, StatusCode::OK);
    let report: GroupsReport = site.report("groups").await.unwrap();
    assert!(report.groups.iter().any(|group| group.name == "Leaves"), "{report:?}");
}

#[tokio::test]
async fn groups_that_make_no_sense_are_refused_at_their_place() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for (settings, field) in [
        (json!({ "page_groups": [{ "name": "A", "pattern": "no path" }] }), "page_groups[0].pattern"),
        (
            json!({ "page_groups": [{ "name": "A", "pattern": "/a" }, { "name": "A", "pattern": "/b" }] }),
            "page_groups[1].name",
        ),
        (json!({ "stages": [{ "name": "Buy", "groups": ["Nowhere"] }] }), "stages[0].groups[0]"),
    ] {
        let answered = site.team.patch("/api/sites/test-site/settings", &settings).await.unwrap();
        assert_eq!(
            (answered.status, answered.body["field"].as_str()),
            (StatusCode::BAD_REQUEST, Some(field)),
            "{answered:?}"
        );
    }
}

#[tokio::test]
async fn pages_come_in_the_order_asked_for_a_few_at_a_time() {
    let site = shop().await;
    let worst: PagesReport = site.report("pages?order=worst_first&limit=2").await.unwrap();
    assert_eq!((worst.pages.len(), worst.total, worst.pages[0].page.as_str()), (2, 7, "shop.example/cart"));
    assert!(!worst.pages[0].scores[0].trend.is_empty());
    let mut seen: Vec<String> = worst.pages.iter().map(|page| page.page.clone()).collect();
    let mut next = worst.next;
    while let Some(after) = next {
        let path = format!("pages?order=worst_first&limit=2&after={after}");
        let more: PagesReport = site.report(&path).await.unwrap();
        seen.extend(more.pages.iter().map(|page| page.page.clone()));
        next = more.next;
    }
    let all: PagesReport = site.report("pages?order=worst_first").await.unwrap();
    assert_eq!(seen, all.pages.iter().map(|page| page.page.clone()).collect::<Vec<_>>());
    assert_eq!(all.next, None);
}

#[tokio::test]
async fn a_report_may_be_of_some_visitors_and_of_any_days() {
    let site = shop().await;
    let n = async |query: &str| {
        let report: PagesReport = site.report(&format!("pages?{query}")).await.unwrap();
        report.site.scores.first().map(|score| score.figures.n)
    };
    // Visitors of the tests come by desktop, and read English.
    assert_eq!(
        [n("device=desktop").await, n("language=en").await, n("device=phone").await],
        [Some(15), Some(15), None]
    );
    let today = tests::date(tests::today().unwrap());
    assert_eq!(n(&format!("from={today}&to={today}")).await, Some(15));
    assert_eq!(n("from=2024-02-28&to=2024-03-01").await, None, "nothing, and not zero");
}

/// A zone in which it is another day now than in UTC, and how many days later.
fn elsewhere() -> (&'static str, i64) {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    if now / 3_600 % 24 < 12 { ("Etc/GMT+12", -1) } else { ("Etc/GMT-14", 1) }
}

#[tokio::test]
async fn an_answer_is_counted_on_the_day_that_it_is_where_the_site_is() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    let (zone, later) = elsewhere();
    declare(&site, json!({ "time_zone": zone })).await;
    let today = tests::date(tests::today().unwrap() + later);
    let of_today: PagesReport = site.report("pages?days=1").await.unwrap();
    assert_eq!((of_today.period.days.last_day, of_today.pages.len()), (today.clone(), 0));
    site.visitor().answers(6, "/help").await.unwrap();
    let report: PagesReport = site.report(&format!("pages?from={today}&to={today}")).await.unwrap();
    assert_eq!(report.site.scores[0].figures.n, 1);
    let utc = tests::date(tests::today().unwrap());
    let other: PagesReport = site.report(&format!("pages?from={utc}&to={utc}")).await.unwrap();
    assert!(other.pages.is_empty(), "and on no other");
    site.rows_once_folded().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn a_sample_stands_for_everybody() {
    let mut survey = ces_on("/help");
    survey["sample_percent"] = json!(25);
    let site = TestSite::with_survey(survey).await.unwrap();
    for _ in 0..3 {
        site.visitor().reaches("shown", "/help").await.unwrap();
    }
    let funnel = site.page("/help").await.unwrap().unwrap().funnel;
    assert_eq!((funnel.eligible, funnel.sampled, funnel.shown), (12, 3, 3));
}

#[tokio::test]
async fn a_country_that_the_proxy_tells_can_be_looked_at_alone() {
    let site = TestSite::serving(&["--country-header", "CF-IPCountry"], ces_on("/**")).await.unwrap();
    for (country, score) in [("DE", 1), ("FR", 7), ("XX", 4)] {
        let body = batch("test-site", &[site.visitor().submission(1, score, "/help")]);
        let sent = site.door.request().header("cf-ipcountry", country).body(body).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    }
    let mean = async |query: &str| {
        let report: PagesReport = site.report(&format!("pages?{query}")).await.unwrap();
        report.site.scores.first().map(|score| (score.figures.n, score.figures.mean.value))
    };
    assert_eq!(mean("country=de").await, Some((1, 1.0)));
    assert_eq!(mean("country=FR").await, Some((1, 7.0)));
    assert_eq!(mean("country=US").await, None);
    assert_eq!(mean("").await, Some((3, 4.0)));
    site.rows_once_folded().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn whoever_asks_again_is_told_that_nothing_has_changed_until_something_has() {
    let site = shop().await;
    let address = format!("{}/api/sites/test-site/pages", site.collector.origin());
    let program = site.program("test-site", "viewer").await.unwrap();
    let asks = async |tag: Option<&str>| {
        let request = program.request(reqwest::Method::GET, "/api/sites/test-site/pages");
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-none-match", tag));
        let answer = request.send().await.unwrap();
        (answer.status(), answer.headers()["etag"].to_str().unwrap().to_owned())
    };
    let (status, tag) = asks(None).await;
    assert_eq!(status, StatusCode::OK, "{address}");
    assert_eq!(asks(Some(&tag)).await.0, StatusCode::NOT_MODIFIED);
    // Folding what waits changes no figure, and so no tag.
    site.rows_once_folded().await.unwrap();
    assert_eq!(asks(Some(&tag)).await.0, StatusCode::NOT_MODIFIED);
    site.visitor().answers(4, "/cart").await.unwrap();
    let (status, newer) = asks(Some(&tag)).await;
    assert_eq!(status, StatusCode::OK);
    declare(&site, json!({ "page_groups": [{ "name": "All", "pattern": "/**" }] })).await;
    let mut told = asks(Some(&newer)).await.0;
    for _ in 0..100 {
        if told == StatusCode::OK {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        told = asks(Some(&newer)).await.0;
    }
    assert_eq!(told, StatusCode::OK, "settings are part of a report");
}

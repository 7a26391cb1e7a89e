//! Heat maps, cross-tables and drivers, as a program reads them.

use reqwest::StatusCode;
use serde_json::{Value, json};
use survey::report::{GroupsReport, HeatMapReport, HeatMapRow};
use survey::shape::{Association, CrossTableReport, DriverReport, DriverValue, DriversReport};
use tests::{TestSite, asking_everything};

/// Somebody answers with a score, one choice and several.
async fn says(site: &TestSite, path: &str, (score, one, topics): (i64, &str, &[&str])) {
    let answers = json!([
        { "question": "score", "value": { "score": score } },
        { "question": "one", "value": { "choices": { "picked": [one] } } },
        { "question": "topics", "value": { "choices": { "picked": topics } } },
    ]);
    let visitor = site.visitor();
    let sent = visitor.sends(&[visitor.submission_of(1, answers, path)]).await.unwrap();
    assert_eq!(sent.status, StatusCode::NO_CONTENT, "{sent:?}");
}

/// Whoever misses a better price on the cart is unhappy, and of the others few are.
async fn shop() -> TestSite {
    let site = TestSite::with_survey(asking_everything("/**")).await.unwrap();
    for number in 0..20 {
        let one = if number % 2 == 0 { "a" } else { "b" };
        says(&site, "/cart", (if number < 15 { 1 } else { 6 }, one, &["price"])).await;
        says(&site, "/plants/fern", (if number < 3 { 2 } else { 7 }, one, &["size"])).await;
    }
    site
}

/// Declares groups, and waits until the collector has heard of them, which takes a second.
async fn declare(site: &TestSite, groups: Value) {
    let settings = json!({ "page_groups": groups });
    let answered = site.team.patch(&format!("/api/sites/{}/settings", site.key()), &settings).await.unwrap();
    assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
    for _ in 0..100 {
        let report: GroupsReport = site.report("groups").await.unwrap();
        if !report.groups.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody hears of the groups within five seconds");
}

#[tokio::test]
async fn two_questions_are_told_against_each_other() {
    let site = shop().await;
    let table: CrossTableReport = site.report("cross-table?survey=everything&rows=score&columns=one").await.unwrap();
    assert_eq!((table.read.answers, table.read.read, table.read.of_all, table.n), (40, 40, true, 40));
    let named = |axis: &survey::shape::AxisReport| {
        axis.categories.iter().map(|category| (category.id.clone(), category.n)).collect::<Vec<_>>()
    };
    let expected = [("negative", 18), ("neutral", 0), ("positive", 22)].map(|(id, n)| (id.to_owned(), n));
    assert_eq!(named(&table.rows), expected);
    assert_eq!(named(&table.columns), [("a".to_owned(), 20), ("b".to_owned(), 20)]);
    assert_eq!(table.cells.iter().map(|row| row.iter().map(|cell| cell.n).sum()).collect::<Vec<u64>>(), [18, 0, 22]);
    assert_eq!(table.cells[1][0].share, None, "nothing, and not zero");
    let Association::Tested(test) = table.association else { panic!("{table:?}") };
    assert_eq!(test.degrees_of_freedom, 1);
    assert!(test.p_value > 0.5 && test.cramers_v < 0.1, "{test:?}");

    let points: CrossTableReport =
        site.report("cross-table?survey=everything&rows=topics&columns=score&points=true").await.unwrap();
    assert_eq!((points.columns.categories.len(), points.columns.categories[0].n), (7, 15));
    assert_eq!(points.association, Association::SeveralChoices);
    let earlier: CrossTableReport = site
        .report("cross-table?survey=everything&rows=score&columns=one&from=2020-01-01&to=2020-02-01")
        .await
        .unwrap();
    assert_eq!((earlier.n, earlier.read.answers, earlier.association), (0, 0, Association::NothingToCompare));
    let on_phones: CrossTableReport =
        site.report("cross-table?survey=everything&rows=score&columns=one&device=phone").await.unwrap();
    assert_eq!((on_phones.n, on_phones.read.of_all), (0, true));
}

#[tokio::test]
async fn what_goes_with_low_scores_is_told_and_what_is_set_apart_goes_with_nothing() {
    let site = shop().await;
    declare(&site, json!([{ "name": "Plants", "pattern": "/plants/*" }, { "name": "Blog", "pattern": "/blog" }])).await;
    let report: DriversReport = site.report("drivers?survey=everything&metric=ces").await.unwrap();
    assert_eq!((report.question.as_str(), report.n, report.low.unwrap().percent), ("score", 40, 45.0));
    let price = &report.values[0];
    let is_price = |value: &DriverValue| matches!(value, DriverValue::Choice { choice, .. } if choice == "price");
    assert!(is_price(&price.value) && price.discovery, "{report:?}");
    assert_eq!(
        (price.with.low, price.with.n, price.without.low, price.without.n, price.difference),
        (15, 20, 3, 20, 60.0)
    );
    assert!(price.interval.low > 0.0 && price.p_value < 0.001, "{price:?}");
    let plants = |value: &&DriverReport| value.value == DriverValue::PageGroup { group: "Plants".into() };
    assert_eq!(report.values.iter().find(plants).map(|plants| plants.difference), Some(-60.0));
    let one: Vec<f64> = report
        .values
        .iter()
        .filter(|value| matches!(&value.value, DriverValue::Choice { question, .. } if question == "one"))
        .map(|value| value.p_value)
        .collect();
    assert!(one.len() == 2 && one.iter().all(|p_value| *p_value > 0.5), "{one:?}");
    // All came by desktop and read English.
    assert_eq!(report.left_out, 2);

    for number in 1..=40 {
        let path = format!("/api/sites/{}/answers/{number}/standing", site.key());
        assert!(site.team.put(&path, &json!({ "standing": "apart" })).await.unwrap().status.is_success());
    }
    let report: DriversReport = site.report("drivers?survey=everything").await.unwrap();
    assert_eq!((report.n, report.low, report.values.len(), report.read.answers), (0, None, 0, 0));
}

#[tokio::test]
async fn a_heat_map_tells_of_pages_and_groups_step_by_step() {
    let site = shop().await;
    says(&site, "/about", (4, "a", &["size"])).await;
    let map: HeatMapReport = site.report("heat-map?trend=week&limit=2").await.unwrap();
    let in_short = |row: &HeatMapRow| {
        let last = row.cells.last().unwrap();
        (row.name.clone(), row.all.n, last.headline, last.low_confidence)
    };
    assert_eq!((map.rows.len(), map.total, map.site.all.n), (2, 3, 41));
    assert_eq!(in_short(&map.rows[0]), ("shop.example/cart".into(), 20, Some(2.25), false));
    assert_eq!(map.rows[0].cells.len(), map.steps.len());
    assert_eq!(map.rows[0].cells[0].headline, None, "nothing, and not zero");
    let (scale, seen) = (map.scale.unwrap(), map.seen.unwrap());
    assert_eq!((scale.possible.lowest, scale.possible.highest, seen.lowest, seen.highest), (1.0, 7.0, 2.25, 6.25));
    let nps: HeatMapReport = site.report("heat-map?metric=nps").await.unwrap();
    assert_eq!((nps.scale, nps.rows.len(), nps.site.all.n), (None, 0, 0));

    declare(&site, json!([{ "name": "Cart", "pattern": "/cart" }])).await;
    let groups: HeatMapReport = site.report("heat-map?by=group&trend=month").await.unwrap();
    assert_eq!((in_short(&groups.rows[0]).0.as_str(), groups.total, groups.site.all.n), ("Cart", 1, 41));
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_with_the_name_of_the_parameter() {
    let site = TestSite::with_survey(asking_everything("/**")).await.unwrap();
    for (path, field) in [
        ("cross-table?survey=nothing&rows=score&columns=one", "survey"),
        ("cross-table?survey=%00&rows=score&columns=one", "survey"),
        ("cross-table?rows=score&columns=one", "survey"),
        ("cross-table?survey=everything&columns=one", "rows"),
        ("cross-table?survey=everything&rows=nothing&columns=one", "rows"),
        ("cross-table?survey=everything&rows=score&columns=nothing", "columns"),
        ("cross-table?survey=everything&rows=score&columns=score", "columns"),
        ("cross-table?survey=everything&rows=why&columns=score", "rows"),
        ("cross-table?survey=everything&rows=score&columns=mail", "columns"),
        ("cross-table?survey=everything&rows=score&columns=one&points=7", "points"),
        ("cross-table?survey=everything&rows=score&columns=one&from=2026-02-02&to=2026-01-01", "to"),
        ("drivers?survey=nothing", "survey"),
        ("drivers", "survey"),
        ("drivers?survey=everything&metric=nps", "metric"),
        ("drivers?survey=everything&metric=joy", "metric"),
        ("drivers?survey=everything&from=2026-02-02&to=2026-01-01", "to"),
        ("drivers?survey=everything&days=401", "days"),
        ("heat-map?by=visitor", "by"),
        ("heat-map?limit=0", "limit"),
        ("heat-map?limit=201", "limit"),
        ("heat-map?days=200&trend=day", "trend"),
        ("heat-map?from=2026-02-02&to=2026-01-01", "to"),
    ] {
        let answered = site.team.get(&format!("/api/sites/{}/{path}", site.key())).await.unwrap();
        assert_eq!(
            (answered.status, answered.body["field"].as_str()),
            (StatusCode::BAD_REQUEST, Some(field)),
            "{path}: {answered:?}"
        );
    }
}

#[tokio::test]
async fn whoever_asks_again_is_told_that_nothing_has_changed() {
    let site = TestSite::with_survey(asking_everything("/**")).await.unwrap();
    says(&site, "/cart", (1, "a", &["price"])).await;
    let program = site.program(site.key(), "viewer").await.unwrap();
    for path in ["heat-map", "cross-table?survey=everything&rows=score&columns=one", "drivers?survey=everything"] {
        let asks = async |tag: Option<&str>| {
            let request = program.request(reqwest::Method::GET, &format!("/api/sites/{}/{path}", site.key()));
            let request = tag.into_iter().fold(request, |request, tag| request.header("if-none-match", tag));
            let answer = request.send().await.unwrap();
            (answer.status(), answer.headers()["etag"].to_str().unwrap().to_owned())
        };
        let (status, tag) = asks(None).await;
        assert_eq!((status, asks(Some(&tag)).await.0), (StatusCode::OK, StatusCode::NOT_MODIFIED), "{path}");
        says(&site, "/cart", (1, "a", &["price"])).await;
        assert_eq!(asks(Some(&tag)).await.0, StatusCode::OK, "{path}");
    }
}

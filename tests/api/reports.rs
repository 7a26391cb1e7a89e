//! Reports: the figures of each page, as its team reads them.

use reqwest::StatusCode;
use serde_json::json;
use survey::api::{SiteSummary, SurveySummary};
use survey::definition::Metric;
use survey::report::{AnswersReport, Funnel, PageReport, ScaleReport};
use survey::score::{Headline, Interval};
use tests::{TestSite, ces_on, csat_after_seconds, nps_at_depth};

/// The expected figures below were computed by hand from the definitions, not by our own code.
#[track_caller]
fn close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-9 * expected.abs().max(1.0), "{got} is not {expected}");
}

#[track_caller]
fn reads(score: &ScaleReport, headline: Headline, figure: f64, low: f64, high: f64) {
    assert_eq!(score.figures.headline, headline);
    close(score.figures.headline_figure(), figure);
    let Interval { low: got_low, high: got_high } = score.figures.headline_interval().expect("more than one answer");
    close(got_low, low);
    close(got_high, high);
}

#[tokio::test]
async fn a_page_has_the_effort_score_of_its_answers() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for score in [4, 5, 6, 7] {
        site.visitor().answers(score, "/help").await.unwrap();
    }
    let score = site.score("/help").await.unwrap();
    assert_eq!((score.metric, score.figures.n, score.figures.low_confidence), (Metric::Ces, 4, true));
    reads(&score, Headline::Mean, 5.5, 3.2905322168297753, 7.0);
    close(score.figures.share.percent, 75.0);
    close(score.figures.share.interval.low, 30.064184258240186);
    close(score.figures.share.interval.high, 95.44127391902994);
    close(score.figures.net.points, 75.0);
}

#[tokio::test]
async fn a_page_has_the_satisfaction_of_its_answers() {
    let site = TestSite::with_survey(csat_after_seconds("/order", 5)).await.unwrap();
    for score in [3, 4, 4, 5, 5, 5, 5, 5] {
        site.visitor().answers(score, "/order").await.unwrap();
    }
    let score = site.score("/order").await.unwrap();
    assert_eq!((score.metric, score.figures.n), (Metric::Csat, 8));
    reads(&score, Headline::Share, 87.5, 52.91118177871464, 97.75825085499433);
}

#[tokio::test]
async fn a_page_has_the_promoter_score_of_its_answers() {
    let site = TestSite::with_survey(nps_at_depth("/journal", 50)).await.unwrap();
    for score in [0, 8, 9, 10] {
        site.visitor().answers(score, "/journal").await.unwrap();
    }
    let score = site.score("/journal").await.unwrap();
    assert_eq!((score.metric, score.figures.n), (Metric::Nps, 4));
    assert_eq!((score.first_point, score.last_point, score.distribution.len()), (0, 10, 11));
    reads(&score, Headline::Net, 25.0, -44.15976852989918, 72.73119710132777);
}

#[tokio::test]
async fn pages_have_their_own_scores_and_the_site_has_their_sum() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for (path, score) in [("/a", 1), ("/a", 3), ("/b", 7)] {
        site.visitor().answers(score, path).await.unwrap();
    }
    close(site.score("/a").await.unwrap().figures.headline_figure(), 2.0);
    close(site.score("/b").await.unwrap().figures.headline_figure(), 7.0);
    let whole = site.pages().await.unwrap().site;
    assert_eq!((whole.scores[0].figures.n, whole.funnel.answered), (3, 3));
    close(whole.scores[0].figures.headline_figure(), 11.0 / 3.0);
}

#[tokio::test]
async fn a_page_without_answers_has_no_figure() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().reaches("shown", "/help").await.unwrap();
    let shown = site.page("/help").await.unwrap().unwrap();
    assert_eq!((shown.scores, shown.response_rate), (vec![], Some(0.0)));

    site.visitor().reaches("eligible", "/quiet").await.unwrap();
    assert_eq!(site.page("/quiet").await.unwrap().unwrap().response_rate, None, "of none shown, no share answered");

    let unheard_of: PageReport = site.report("page?page=shop.example/nowhere").await.unwrap();
    assert_eq!(unheard_of, PageReport::empty("shop.example/nowhere"));
}

#[tokio::test]
async fn a_page_is_called_what_it_called_itself_last() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    for title in ["Help", "Help and contact", ""] {
        let visitor = site.visitor();
        let mut event = visitor.submission(1, 6, if title.is_empty() { "/untitled" } else { "/help" });
        event["submission"]["presentation"]["visit"]["title"] = json!(title);
        visitor.sends(&[event]).await.unwrap();
    }
    // Counted nowhere, and heard nowhere.
    let doubtful = site.visitor().through(site.door.called("curl/8.9.1").unwrap());
    let mut event = doubtful.submission(1, 6, "/help");
    event["submission"]["presentation"]["visit"]["title"] = json!("Casino");
    doubtful.sends(&[event]).await.unwrap();
    let title = async |path| site.page(path).await.unwrap().unwrap().title;
    assert_eq!((title("/help").await.as_deref(), title("/untitled").await), (Some("Help and contact"), None));
}

#[tokio::test]
async fn the_response_rate_is_answered_of_shown() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitors: Vec<_> = (0..4).map(|_| site.visitor()).collect();
    for visitor in &visitors {
        visitor.reaches("eligible", "/help").await.unwrap();
        visitor.reaches("shown", "/help").await.unwrap();
    }
    visitors[0].reaches("dismissed", "/help").await.unwrap();
    visitors[1].reaches("started", "/help").await.unwrap();
    visitors[2].answers(6, "/help").await.unwrap();
    site.visitor().reaches("eligible", "/help").await.unwrap();

    let page = site.page("/help").await.unwrap().unwrap();
    let expected = Funnel { eligible: 5, sampled: 5, shown: 4, started: 2, answered: 1, completed: 0, dismissed: 1 };
    assert_eq!((page.funnel, page.response_rate), (expected, Some(25.0)));
    site.rows().await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn an_answer_implies_its_exposure() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    visitor.answers(6, "/help").await.unwrap();
    let implied = Funnel { eligible: 1, sampled: 1, shown: 1, started: 1, answered: 1, completed: 0, dismissed: 0 };
    assert_eq!(site.page("/help").await.unwrap().unwrap().funnel, implied);
    // They come late, and change nothing.
    for stage in ["eligible", "shown", "started"] {
        visitor.reaches(stage, "/help").await.unwrap();
    }
    let page = site.page("/help").await.unwrap().unwrap();
    assert_eq!((page.funnel, page.response_rate), (implied, Some(100.0)));
}

#[tokio::test]
async fn a_survey_is_completed_when_the_visitor_reaches_its_end() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    let mut end = visitor.commented(2, 6, "Fine.", "/help");
    end["submission"]["completed"] = json!(true);
    visitor.sends(&[visitor.submission(1, 6, "/help"), end]).await.unwrap();
    assert_eq!(site.page("/help").await.unwrap().unwrap().funnel.completed, 1);
    assert!(site.answers().await.unwrap().answers[0].completed);
}

#[tokio::test]
async fn answers_come_newest_first_and_in_parts_that_fit_together() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for score in 1..=7 {
        site.visitor().answers(score, "/help").await.unwrap();
    }
    let mut points = Vec::new();
    let mut before = String::new();
    loop {
        let part: AnswersReport = site.report(&format!("answers?limit=3{before}")).await.unwrap();
        assert!(part.answers.len() <= 3);
        points.extend(part.answers.iter().map(|answer| answer.scores[0].point));
        let Some(next) = part.next else { break };
        before = format!("&before={next}");
    }
    assert_eq!(points, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn answers_can_be_narrowed_to_a_page_and_to_comments() {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    site.visitor().answers(1, "/a").await.unwrap();
    site.visitor().comments(2, "On a.", "/a").await.unwrap();
    site.visitor().comments(3, "On b.", "/b").await.unwrap();
    let points = async |query: &str| -> Vec<u8> {
        let report: AnswersReport = site.report(&format!("answers?{query}")).await.unwrap();
        report.answers.iter().map(|answer| answer.scores[0].point).collect()
    };
    assert_eq!(points("page=shop.example/a").await, [2, 1]);
    assert_eq!(points("comments=true").await, [3, 2]);
    assert_eq!(points("page=shop.example/a&comments=true").await, [2]);
    assert!(points("page=shop.example/nowhere").await.is_empty());
}

#[tokio::test]
async fn the_response_id_is_in_no_answer_of_the_api() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    visitor.comments(6, "Nothing to hide.", "/help").await.unwrap();
    let id = visitor.response_id();
    for path in ["pages", "page?page=shop.example/help", "answers", "answers?comments=true", "surveys"] {
        let body = site.team.get(&format!("/api/sites/{}/{path}", site.key())).await.unwrap().body.to_string();
        assert!(body.len() > 2, "{path} says nothing");
        let body = body.to_lowercase();
        for written in [id.to_string(), id.simple().to_string()] {
            assert!(!body.contains(&written), "{path} tells {written}");
        }
    }
}

#[tokio::test]
async fn a_team_sees_its_sites_their_snippet_and_their_surveys() {
    let site = TestSite::with_surveys(&[ces_on("/help"), nps_at_depth("/journal", 50)]).await.unwrap();
    let sites: Vec<SiteSummary> = serde_json::from_value(site.team.get("/api/sites").await.unwrap().body).unwrap();
    assert_eq!(sites.len(), 1);
    assert_eq!((sites[0].key.as_str(), sites[0].name.as_str(), sites[0].demo), ("test-site", "Test", false));
    assert_eq!(sites[0].origins, ["https://shop.example"]);
    assert_eq!(sites[0].snippet, site.snippet());
    let surveys: Vec<SurveySummary> = site.report("surveys").await.unwrap();
    assert_eq!(surveys.iter().map(|survey| survey.id.as_str()).collect::<Vec<_>>(), ["page-ces", "page-nps"]);
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused_with_the_reason() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (path, field, reason) in [
        ("pages?days=0", "days", "1 to 400"),
        ("pages?days=401", "days", "1 to 400"),
        ("pages?days=soon", "days", "days: this is not a whole number"),
        ("pages?from=2026-03-01&to=2026-02-01", "to", "would end before it begins"),
        ("pages?from=2020-01-01&to=2026-02-01", "from", "more than 400 days"),
        ("pages?from=2026-02-30", "from", "from: "),
        ("pages?from=2999-01-01", "from", "still to come"),
        ("pages?from=2026-03-01&days=3", "days", "leave one of them out"),
        ("pages?device=fridge", "device", "\"fridge\" is not known here"),
        ("pages?language=%3Cb%3E", "language", "write a tag like de"),
        ("pages?device=phone&language=de&country=DE", "language", "two of band, country, device, language, signal"),
        ("pages?device=phone&country=DE&segment=os%3Dlinux", "segment", "two of band"),
        ("pages?band=good", "band", "\"good\" is not known here"),
        ("pages?device=phone&segment=os%3D(other)", "segment", "(other) stands for many values"),
        ("pages?segment=os%3D(other)&device=phone", "segment", "(other) stands for many values"),
        ("pages?segment=cookie:id%3D1", "segment", "\"cookie:id\" tells no visitors apart"),
        ("pages?segment=trait:plan", "segment", "says no value; write one like trait:plan=pro"),
        ("pages?segment=os%3Dlinux&and_segment=os%3Dios", "and_segment", "no visitor has two values of os"),
        ("pages?days=93&trend=day", "trend", "ask for it by week or by month"),
        ("pages?trend=year", "trend", "\"year\" is not known here"),
        ("pages?country=Germany", "country", "write two letters like DE"),
        ("pages?limit=0", "limit", "1 to 1000"),
        ("pages?order=best", "order", "\"best\" is not known here"),
        ("pages?after=nowhere", "after", "begin again without it"),
        ("page?page=shop.example/help&days=0", "days", "1 to 400"),
        ("page", "page", "page: missing"),
        ("answers?limit=0", "limit", "1 to 200"),
        ("answers?limit=201", "limit", "1 to 200"),
        ("answers?before=x", "before", "before: this is not a whole number"),
    ] {
        let answered = site.team.get(&format!("/api/sites/{}/{path}", site.key())).await.unwrap();
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{path}: {answered:?}");
        assert_eq!(answered.body["field"], field, "{path}: {answered:?}");
        assert!(answered.body["reason"].as_str().unwrap().contains(reason), "{path}: {answered:?}");
    }
}

#[tokio::test]
async fn scores_and_funnel_are_of_one_moment_while_answers_arrive() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitors = tokio::spawn({
        let visitor = site.visitor();
        async move {
            for _ in 0..400 {
                visitor.another().answers(5, "/help").await.unwrap();
            }
        }
    });
    let mut reports = 0;
    while !visitors.is_finished() {
        if let Some(page) = site.page("/help").await.unwrap() {
            assert_eq!(page.scores.first().map_or(0, |score| score.figures.n), page.funnel.answered);
            reports += 1;
        }
    }
    visitors.await.unwrap();
    assert!(reports > 20, "only {reports} reports were read while answers arrived");
}

//! The demo: what it shows of its surveys fits what it tells of its visitors.

use survey::api::{SurveyState, SurveySummary};
use survey::definition::SiteSettings;
use survey::report::{AnswerReport, AnswersReport, PageDetails, PagesReport, PointBand};
use survey::score::Verdict;
use tests::Demo;

#[tokio::test]
async fn the_demos_page_views_fit_its_stories() {
    let demo = Demo::start().await.unwrap();
    let surveys: Vec<SurveySummary> = demo.report("surveys").await.unwrap();
    assert!(surveys.iter().all(|survey| survey.state == SurveyState::Running));
    let ids: Vec<&str> = surveys.iter().map(|survey| survey.id.as_str()).collect();
    assert_eq!(
        ids,
        ["order-csat", "cart-exit", "help-ces", "journal-nps", "product-csat", "help-found", "shop-feedback"]
    );

    let pages: PagesReport = demo.report("pages?days=7").await.unwrap();
    let eligible = |place: &str| -> u64 {
        let of_place = pages.pages.iter().filter(|page| page.page.contains(place));
        of_place.map(|page| page.funnel.eligible).sum()
    };
    let reach = |id: &str| surveys.iter().find(|survey| survey.id == id).unwrap().reach.clone().unwrap();
    for (id, place) in [("help-ces", "/help"), ("order-csat", "/order-placed"), ("journal-nps", "/journal")] {
        let (reach, eligible) = (reach(id), eligible(place));
        assert!(eligible > 50 && reach.at_least >= eligible, "{id}: {reach:?} of {eligible}");
        assert!(reach.at_least < 2 * eligible && reach.unknown.is_empty(), "{id}: {reach:?} of {eligible}");
    }
    let everywhere = reach("shop-feedback");
    assert_eq!(everywhere.at_least, everywhere.page_views);
    assert!(everywhere.page_views > pages.site.funnel.eligible, "some pages ask nothing");
    let settings: SiteSettings = demo.report("settings").await.unwrap();
    assert_eq!(settings.page_view_sample_percent, 100.0, "a visit shows at once");
}

#[tokio::test]
async fn the_demos_answers_follow_the_logic_of_its_surveys() {
    let demo = Demo::start().await.unwrap();
    let cart: PageDetails = demo.report("page?page=127.0.0.1/cart").await.unwrap();
    let reasons = &cart.choices[0];
    assert_eq!((reasons.question.as_str(), reasons.choices.len()), ("reason", 5));
    assert!(reasons.n > 50 && reasons.choices.iter().all(|choice| choice.picked <= reasons.n), "{reasons:?}");

    let answers: AnswersReport = demo.report("answers?limit=200&page=127.0.0.1/cart").await.unwrap();
    let only_looking = |answer: &AnswerReport| answer.choices[0].picked == ["I am only looking"];
    assert!(answers.answers.iter().any(only_looking));
    assert!(answers.answers.iter().all(|answer| !only_looking(answer) || answer.comments.is_empty()));

    let contacts: AnswersReport = demo.report("answers?contact=true&limit=200").await.unwrap();
    assert!(contacts.answers.len() > 3, "{}", contacts.answers.len());
    let is_detractor = |answer: &AnswerReport| answer.scores[0].band == PointBand::Negative;
    assert!(contacts.answers.iter().all(|answer| answer.survey == "journal-nps" && is_detractor(answer)));
}

#[tokio::test]
async fn the_demo_tells_of_a_page_that_got_clearly_worse_and_of_a_tab_that_is_used() {
    let demo = Demo::start().await.unwrap();
    let report: PagesReport = demo.report("pages?days=30").await.unwrap();
    let returns = report.pages.iter().find(|page| page.page.ends_with("/help/returns")).unwrap();
    let change = returns.scores[0].change.as_ref().unwrap();
    assert_eq!(change.verdict, Verdict::Worse, "{change:?}");

    let feedback: AnswersReport = demo.report("answers?comments=true&limit=200&page=127.0.0.1/").await.unwrap();
    let by_the_tab = feedback.answers.iter().filter(|answer| answer.survey == "shop-feedback").count();
    assert!(by_the_tab > 10, "{by_the_tab}");
}

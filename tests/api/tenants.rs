//! Tenants: nobody sees, or changes, what belongs to another team.

use reqwest::StatusCode;
use tests::{Team, TestSite, ces_on};

const REPORTS: [&str; 5] = ["pages", "page?page=shop.example/help", "answers", "surveys", "settings"];

#[tokio::test]
async fn the_site_of_another_team_looks_as_if_it_did_not_exist() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(6, "For our eyes only.", "/help").await.unwrap();
    let (rival_site, rival) = site.rival().await.unwrap();
    for report in REPORTS {
        let ours = rival.get(&format!("/api/sites/{}/{report}", site.key())).await.unwrap();
        let nobodys = rival.get(&format!("/api/sites/no-such-site/{report}")).await.unwrap();
        let theirs = site.team.get(&format!("/api/sites/{rival_site}/{report}")).await.unwrap();
        assert_eq!(ours.status, StatusCode::NOT_FOUND, "{report}: {ours:?}");
        assert_eq!((&ours, &theirs), (&nobodys, &nobodys), "{report}");
    }
}

#[tokio::test]
async fn a_team_is_told_of_its_own_sites_alone() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (_, rival) = site.rival().await.unwrap();
    let told = rival.get("/api/sites").await.unwrap();
    assert_eq!(told.status, StatusCode::OK);
    assert!(!told.body.to_string().contains(site.key()), "{told:?}");
}

#[tokio::test]
async fn who_is_signed_out_is_told_to_sign_in_whatever_they_ask() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let nobody = Team::signed_out(&site.collector.origin()).unwrap();
    let reports = REPORTS.map(|report| format!("/api/sites/{}/{report}", site.key()));
    for path in ["/api/sites", "/api/session", "/api/sites/no-such-site/pages"]
        .into_iter()
        .chain(reports.iter().map(String::as_str))
    {
        let told = nobody.get(path).await.unwrap();
        assert_eq!((told.status, told.error()), (StatusCode::UNAUTHORIZED, "signed_out"), "{path}: {told:?}");
    }
}

#[tokio::test]
async fn a_response_id_is_of_no_use_on_another_site() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    visitor.answers(7, "/help").await.unwrap();
    let (rival_site, _) = site.rival().await.unwrap();
    let door = site.door.from_origin("https://rival.example");
    // The envelope names the rival's site, the event our survey.
    let stolen = tests::batch(rival_site, &[visitor.submission(2, 1, "/help")]);
    let mut told = door.post(stolen.clone()).await.unwrap();
    for _ in 0..60 {
        if told.error() != "unknown_site" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        told = door.post(stolen.clone()).await.unwrap();
    }
    assert_eq!(told.error(), "unknown_survey", "{told:?}");
    assert_eq!(site.rows().await.unwrap().response(visitor.response_id()).unwrap().point, Some(7));
}

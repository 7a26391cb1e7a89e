//! Tenants: nobody sees, or changes, what belongs to another team; and nobody of the own team more than their role allows.
//!
//! The matrix is every route of the OpenAPI document, asked by everybody there is. A route that stands in the document and not in
//! [`RIGHTS`] fails the test, and so does one that stands here alone.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use survey::api::people::Role;
use tests::{Answered, Team, TestSite, ces_on};

/// Who may ask for a route.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Right {
    /// Whoever knows the address: pages, and whoever watches over the collector.
    Anybody,
    /// Whoever knows a secret that is in the body.
    Secret,
    /// Any person, and any program with a token.
    Principal,
    /// Any person.
    Person,
    /// Whoever has at least this role on the site.
    Role(Role),
    /// Any person with this role, but no program.
    PersonAs(Role),
    /// Viewers, and whoever has a link to the site's figures.
    Figures,
    /// Whoever has a link to some site's figures, and nobody else.
    Link,
    /// Whoever knows a link's secret, which is in the address; nobody here does.
    BadgeSecret,
}

const VIEWER: Right = Right::Role(Role::Viewer);
const EDITOR: Right = Right::Role(Role::Editor);
const OWNER: Right = Right::Role(Role::Owner);

pub const RIGHTS: [(&str, Right); 86] = [
    ("delete /api/account/sessions", Right::Person),
    ("delete /api/account/sessions/{session}", Right::Person),
    ("delete /api/session", Right::Person),
    ("delete /api/sites/{site}", OWNER),
    ("delete /api/sites/{site}/answers/{number}", OWNER),
    ("delete /api/sites/{site}/invitations/{invitation}", OWNER),
    ("delete /api/sites/{site}/members/{member}", OWNER),
    ("delete /api/sites/{site}/shares/{share}", EDITOR),
    ("delete /api/sites/{site}/surveys/{survey}/draft", EDITOR),
    ("delete /api/sites/{site}/tokens/{token}", OWNER),
    ("get /api/account/sessions", Right::Person),
    ("get /api/openapi.json", Right::Anybody),
    ("get /api/session", Right::Person),
    ("get /api/setup", Right::Anybody),
    ("get /api/shared", Right::Link),
    ("get /api/sites", Right::Principal),
    ("get /api/sites/{site}/answers", VIEWER),
    ("get /api/sites/{site}/cross-table", VIEWER),
    ("get /api/sites/{site}/drivers", VIEWER),
    ("get /api/sites/{site}/export", VIEWER),
    ("get /api/sites/{site}/heat-map", VIEWER),
    ("get /api/sites/{site}/invitations", OWNER),
    ("get /api/sites/{site}/keys", OWNER),
    ("get /api/sites/{site}/log", OWNER),
    ("get /api/sites/{site}/members", OWNER),
    ("get /api/sites/{site}/groups", Right::Figures),
    ("get /api/sites/{site}/stages", Right::Figures),
    ("get /api/sites/{site}/live", VIEWER),
    ("get /api/sites/{site}/suggested-groups", Right::Figures),
    ("get /api/sites/{site}/segments", VIEWER),
    ("get /api/sites/{site}/page", Right::Figures),
    ("get /api/sites/{site}/pages", Right::Figures),
    ("get /api/sites/{site}/role", VIEWER),
    ("get /api/sites/{site}/settings", VIEWER),
    ("get /api/sites/{site}/shares", EDITOR),
    ("get /api/sites/{site}/surveys", VIEWER),
    ("get /api/sites/{site}/surveys/{survey}", VIEWER),
    ("get /api/sites/{site}/surveys/{survey}/versions", VIEWER),
    ("get /api/sites/{site}/surveys/{survey}/versions/{version}", VIEWER),
    ("get /api/sites/{site}/tags", VIEWER),
    ("get /api/sites/{site}/tokens", OWNER),
    ("get /api/sites/{site}/words", VIEWER),
    ("get /api/templates", Right::Principal),
    ("get /api/templates/{name}", Right::Principal),
    ("get /healthz", Right::Anybody),
    ("get /preview/{site}", Right::Anybody),
    ("get /readyz", Right::Anybody),
    ("get /shared/{token}/badge.svg", Right::BadgeSecret),
    ("get /t/{ticket}/w/country", Right::Anybody),
    ("get /w/country", Right::Anybody),
    ("get /w/{file}", Right::Anybody),
    ("head /w/{file}", Right::Anybody),
    ("patch /api/sites/{site}", OWNER),
    ("patch /api/sites/{site}/answers/{number}/tags", EDITOR),
    ("patch /api/sites/{site}/members/{member}", OWNER),
    ("patch /api/sites/{site}/settings", EDITOR),
    ("post /api/invitation", Right::Secret),
    ("post /api/invitation/accept", Right::Secret),
    ("post /api/session", Right::Secret),
    ("post /api/setup", Right::Secret),
    ("post /api/sites", Right::Person),
    ("post /api/sites/{site}/invitations", OWNER),
    ("post /api/sites/{site}/keys", OWNER),
    ("post /api/sites/{site}/reach", VIEWER),
    ("post /api/sites/{site}/respondent", VIEWER),
    ("post /api/sites/{site}/respondent/erase", OWNER),
    ("post /api/sites/{site}/shares", Right::PersonAs(Role::Editor)),
    ("post /api/sites/{site}/surveys", EDITOR),
    ("post /api/sites/{site}/surveys/{survey}/archive", EDITOR),
    ("post /api/sites/{site}/surveys/{survey}/pause", EDITOR),
    ("post /api/sites/{site}/surveys/{survey}/preview-link", EDITOR),
    ("post /api/sites/{site}/surveys/{survey}/publish", EDITOR),
    ("post /api/sites/{site}/surveys/{survey}/resume", EDITOR),
    ("post /api/sites/{site}/surveys/{survey}/unarchive", EDITOR),
    ("post /api/sites/{site}/tokens", OWNER),
    ("post /api/sites/{site}/why", VIEWER),
    ("post /api/sites/{site}/surveys/{survey}/why", VIEWER),
    ("post /api/sites/{site}/why-link", EDITOR),
    ("post /t/{ticket}/v1/events", Right::Anybody),
    ("post /v1/events", Right::Anybody),
    ("post /v1/views", Right::Anybody),
    ("put /api/account/password", Right::Person),
    ("put /api/sites/{site}/answers/{number}/standing", EDITOR),
    ("put /api/sites/{site}/answers/{number}/tags", EDITOR),
    ("put /api/sites/{site}/settings", EDITOR),
    ("put /api/sites/{site}/surveys/{survey}/draft", EDITOR),
];

/// Everybody who could ask, and what they are on the site that is asked for.
struct Cast {
    asked_by: Vec<(&'static str, Team, Asker)>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Asker {
    Nobody,
    /// Of another site, in whatever role.
    Stranger,
    Member(Role),
    /// Has a link.
    Guest(Link),
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Link {
    Figures,
    Badges,
    /// To the figures of another site.
    Elsewhere,
}

impl Cast {
    async fn of(site: &TestSite) -> Self {
        let (rival_site, rival) = site.rival().await.unwrap();
        let origin = site.collector.origin();
        let mut asked_by = vec![("nobody", Team::signed_out(&origin).unwrap(), Asker::Nobody)];
        asked_by.push((
            "a made-up token",
            Team::with_token(&origin, &format!("pp_{}", "a".repeat(43))).unwrap(),
            Asker::Nobody,
        ));
        asked_by.push(("an owner of another site", rival, Asker::Stranger));
        for role in ["viewer", "editor"] {
            let email = format!("{role}@rival.example");
            let add = ["user", "add", &email, "--site", rival_site, "--role", role];
            let chore = tests::Chore { arguments: &add, input: &TestSite::credentials().password };
            site.collector.also(chore).await.unwrap();
            let team = Team::signed_in(&origin, &TestSite::credentials_of(&email)).await.unwrap();
            let name = if role == "viewer" { "a viewer of another site" } else { "an editor of another site" };
            asked_by.push((name, team, Asker::Stranger));
        }
        asked_by.push(("a token of another site", site.program(rival_site, "editor").await.unwrap(), Asker::Stranger));
        for (role, name, program) in
            [(Role::Viewer, "a viewer", "a viewer's token"), (Role::Editor, "an editor", "an editor's token")]
        {
            asked_by.push((name, site.colleague(role.as_str()).await.unwrap(), Asker::Member(role)));
            asked_by.push((program, site.program(site.key(), role.as_str()).await.unwrap(), Asker::Member(role)));
        }
        let made_up = Team::with_token(&origin, &format!("pf_{}", "a".repeat(43))).unwrap();
        asked_by.push(("a made-up link", made_up, Asker::Nobody));
        for (name, of, shows, link) in [
            ("a link to the figures", site.key(), "figures", Link::Figures),
            ("a link to badges", site.key(), "badges", Link::Badges),
            ("a link to another site's figures", rival_site, "figures", Link::Elsewhere),
        ] {
            asked_by.push((name, site.guest(of, shows).await.unwrap(), Asker::Guest(link)));
        }
        Self { asked_by }
    }
}

#[tokio::test]
async fn every_route_has_a_right_that_somebody_has_thought_about() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let documented: Vec<String> = routes(&site).await;
    let known = rights();
    let forgotten: Vec<_> = documented.iter().filter(|route| !known.contains_key(route.as_str())).collect();
    assert!(forgotten.is_empty(), "say in RIGHTS who may ask for {forgotten:?}");
    let gone: Vec<_> = known.keys().filter(|route| !documented.iter().any(|there| there == *route)).collect();
    assert!(gone.is_empty(), "{gone:?} are not there any more");
}

#[tokio::test]
async fn nobody_gets_past_the_rights_of_any_route() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    site.visitor().comments(6, "For our eyes only.", "/help").await.unwrap();
    let cast = Cast::of(&site).await;
    let mut asked = 0;
    for (route, right) in rights() {
        for (who, team, asker) in &cast.asked_by {
            let answered = ask(team, route, site.key()).await;
            let told = (answered.status, answered.error());
            let what = format!("{who}: {route} answered {answered:?}");
            match expected(right, *asker, who) {
                Expected::In => assert!(!is_refusal(&answered), "{what}"),
                Expected::SignedOut => assert_eq!(told.0, StatusCode::UNAUTHORIZED, "{what}"),
                Expected::NotThere => assert_eq!(told, (StatusCode::NOT_FOUND, "not_found"), "{what}"),
                Expected::TooSmall => assert_eq!(told, (StatusCode::FORBIDDEN, "role_too_small"), "{what}"),
                Expected::NeedsPerson => assert_eq!(told, (StatusCode::FORBIDDEN, "needs_person"), "{what}"),
                Expected::NotShared => assert_eq!(told, (StatusCode::FORBIDDEN, "not_shared"), "{what}"),
                Expected::NoLink => assert_eq!(told, (StatusCode::UNAUTHORIZED, "bad_share"), "{what}"),
            }
            asked += 1;
        }
    }
    assert!(asked > 400, "{asked}");
    assert_eq!(site.team.get(&format!("/api/sites/{}/members", site.key())).await.unwrap().status, StatusCode::OK);
    let left = site.page("/help").await.unwrap().unwrap();
    assert_eq!(left.page, site.page_key("/help"), "nobody has erased anything");
}

#[tokio::test]
async fn the_site_of_another_team_looks_as_if_it_did_not_exist() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (rival_site, rival) = site.rival().await.unwrap();
    for (route, right) in rights() {
        if !matches!(right, Right::Role(_) | Right::PersonAs(_) | Right::Figures) {
            continue;
        }
        let ours = ask(&rival, route, site.key()).await;
        let nobodys = ask(&rival, route, "no-such-site").await;
        let theirs = ask(&site.team, route, rival_site).await;
        assert_eq!((&ours, &theirs), (&nobodys, &nobodys), "{route}");
    }
}

#[tokio::test]
async fn what_belongs_to_a_site_is_not_reached_by_way_of_another() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (rival_site, rival) = site.rival().await.unwrap();
    let made = async |path: &str, body: Value| {
        let answered = site.team.post(&format!("/api/sites/{}/{path}", site.key()), &body).await.unwrap();
        assert_eq!(answered.status, StatusCode::CREATED, "{answered:?}");
        answered.body
    };
    let token = made("tokens", json!({ "name": "nightly", "role": "viewer" })).await["token"]["id"].clone();
    let invitation =
        made("invitations", json!({ "email": "new@example.com", "role": "viewer" })).await["invitation"]["id"].clone();
    let members = site.team.get(&format!("/api/sites/{}/members", site.key())).await.unwrap().body;
    let member = &members[0]["number"];
    for (path, method, body) in [
        (format!("tokens/{}", token.as_str().unwrap()), Method::DELETE, ""),
        (format!("invitations/{}", invitation.as_str().unwrap()), Method::DELETE, ""),
        (format!("members/{member}"), Method::DELETE, ""),
        (format!("members/{member}"), Method::PATCH, r#"{"role":"viewer"}"#),
    ] {
        let told = rival.send(method, &format!("/api/sites/{rival_site}/{path}"), body).await.unwrap();
        assert_eq!((told.status, told.error()), (StatusCode::NOT_FOUND, "not_found"), "{path}: {told:?}");
    }
    let left = site.team.get(&format!("/api/sites/{}/tokens", site.key())).await.unwrap();
    assert_eq!(left.body[0]["id"], token);
}

#[tokio::test]
async fn a_team_is_told_of_its_own_sites_alone() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (rival_site, rival) = site.rival().await.unwrap();
    let told = rival.get("/api/sites").await.unwrap();
    assert_eq!(told.status, StatusCode::OK);
    assert!(!told.body.to_string().contains(site.key()), "{told:?}");
    let program = site.program(rival_site, "viewer").await.unwrap();
    let told = program.get("/api/sites").await.unwrap();
    assert!(told.body.to_string().contains(rival_site) && !told.body.to_string().contains(site.key()), "{told:?}");
}

#[tokio::test]
async fn a_response_id_is_of_no_use_on_another_site() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let visitor = site.visitor();
    visitor.answers(7, "/help").await.unwrap();
    let (rival_site, _) = site.rival().await.unwrap();
    // The ticket is of our site's key, so what comes with it is our site's.
    let ours = site.door.from_origin("https://rival.example");
    let door = ours.with_ticket(&format!("{rival_site}.none"));
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
    assert_eq!(ours.post(stolen).await.unwrap().error(), "unknown_site");
    assert_eq!(site.rows().await.unwrap().response(visitor.response_id()).unwrap().point, Some(7));
}

#[derive(Debug)]
enum Expected {
    In,
    SignedOut,
    NotThere,
    TooSmall,
    NeedsPerson,
    NotShared,
    NoLink,
}

fn expected(right: Right, asker: Asker, who: &str) -> Expected {
    let is_program = who.contains("token");
    match (right, asker) {
        (Right::Anybody | Right::Secret, _) => Expected::In,
        (Right::BadgeSecret, _) => Expected::NoLink,
        (Right::Link, Asker::Guest(Link::Figures | Link::Elsewhere)) => Expected::In,
        (Right::Link, Asker::Guest(Link::Badges)) => Expected::NotShared,
        (Right::Link, _) => Expected::NoLink,
        (_, Asker::Nobody) => Expected::SignedOut,
        (Right::Figures, Asker::Guest(Link::Figures)) => Expected::In,
        (Right::Figures, Asker::Guest(Link::Elsewhere)) => Expected::NotThere,
        (_, Asker::Guest(_)) => Expected::NotShared,
        (Right::Figures, Asker::Stranger) => Expected::NotThere,
        (Right::Figures, Asker::Member(_)) => Expected::In,
        (Right::Principal, _) => Expected::In,
        (Right::Person, _) if is_program => Expected::NeedsPerson,
        (Right::Person, _) => Expected::In,
        (Right::Role(_) | Right::PersonAs(_), Asker::Stranger) => Expected::NotThere,
        (Right::Role(needed) | Right::PersonAs(needed), Asker::Member(has)) if has < needed => Expected::TooSmall,
        (Right::PersonAs(_), Asker::Member(_)) if is_program => Expected::NeedsPerson,
        (Right::Role(_) | Right::PersonAs(_), Asker::Member(_)) => Expected::In,
    }
}

/// Whether somebody was not let in. What is said of a body that makes no sense is said to those who are.
fn is_refusal(answered: &Answered) -> bool {
    matches!(
        answered.error(),
        "signed_out" | "bad_token" | "role_too_small" | "needs_person" | "foreign_origin" | "bad_share" | "not_shared"
    )
}

fn rights() -> BTreeMap<&'static str, Right> {
    RIGHTS.into_iter().collect()
}

async fn routes(site: &TestSite) -> Vec<String> {
    let document = site.team.get("/api/openapi.json").await.unwrap().body;
    let paths = document["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(move |method| format!("{method} {path}")).collect::<Vec<_>>()
    });
    routes.collect()
}

/// Asks for a route of a site. Bodies make no sense: whoever is let in is told so, and nothing is changed.
async fn ask(team: &Team, route: &str, site: &str) -> Answered {
    let (method, path) = route.split_once(' ').unwrap();
    let method: Method = method.to_uppercase().parse().unwrap();
    let path = path.replace("{site}", site).replace("{name}", "page-ces").replace("{file}", "nothing");
    let path = path.replace("{survey}", "page-ces").replace("{version}", "1");
    let path = ["{number}", "{member}", "{token}", "{share}", "{invitation}", "{session}", "{ticket}"]
        .into_iter()
        .fold(path, |path, blank| path.replace(blank, "999999"));
    // Of those whose session would be gone, none is asked twice.
    if matches!(route, "delete /api/session" | "delete /api/account/sessions")
        && team.get("/api/session").await.unwrap().status == StatusCode::OK
    {
        return Answered { status: StatusCode::NO_CONTENT, body: Value::Null };
    }
    let query = match path.rsplit('/').next() {
        Some("page") => "?page=shop.example/help",
        Some("cross-table") => "?survey=page-ces&rows=score&columns=why",
        Some("drivers") => "?survey=page-ces",
        _ if route == "delete /api/sites/{site}" => "?confirm=another",
        _ => "",
    };
    let body = if method == Method::GET || method == Method::DELETE { "" } else { r#"{"nonsense":1}"# };
    team.send(method, &format!("{path}{query}"), body).await.unwrap()
}

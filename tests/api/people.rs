//! People: roles, invitations, tokens, and the log of who did what.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Answered, Chore, Collector, Team, TestSite, ces_on};

const MEMBERS: &str = "/api/sites/test-site/members";
const INVITATIONS: &str = "/api/sites/test-site/invitations";
const TOKENS: &str = "/api/sites/test-site/tokens";
const SETTINGS: &str = "/api/sites/test-site/settings";
const LOG: &str = "/api/sites/test-site/log";

async fn shop() -> TestSite {
    TestSite::with_survey(ces_on("/help")).await.unwrap()
}

/// Runs a verb with something piped in; what it says, or its complaint.
async fn says(collector: &Collector, arguments: &[&str], input: &str) -> String {
    match collector.also(Chore { arguments, input }).await {
        Ok(said) => said,
        Err(refused) => refused.to_string(),
    }
}

async fn invite(team: &Team, email: &str, role: &str) -> Answered {
    team.post(INVITATIONS, &json!({ "email": email, "role": role })).await.unwrap()
}

/// The secret out of an invitation's link.
fn secret_of(link: &Value) -> String {
    link.as_str().unwrap().split_once("/join#").unwrap().1.to_owned()
}

async fn member(site: &TestSite, email: &str) -> Value {
    let members = site.team.get(MEMBERS).await.unwrap();
    let members = members.body.as_array().unwrap().clone();
    members.into_iter().find(|member| member["email"] == email).unwrap_or_default()
}

#[tokio::test]
async fn a_role_that_is_too_small_is_told_which_one_it_takes() {
    let site = shop().await;
    let viewer = site.colleague("viewer").await.unwrap();
    let told = viewer.patch(SETTINGS, &json!({ "quiet_days": 7 })).await.unwrap();
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    let reason = told.body["reason"].as_str().unwrap();
    assert!(reason.contains("needs the role of editor, and yours is viewer"), "{reason}");
    let editor = site.colleague("editor").await.unwrap();
    assert_eq!(editor.patch(SETTINGS, &json!({ "quiet_days": 7 })).await.unwrap().status, StatusCode::OK);
    assert_eq!(viewer.get(SETTINGS).await.unwrap().body["quiet_days"], 7);
}

#[tokio::test]
async fn whoever_opens_an_invitation_chooses_a_password_and_is_a_member() {
    let site = shop().await;
    let made = invite(&site.team, " Anna@Shop.Example ", "editor").await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let link = &made.body["link"];
    assert!(link.as_str().unwrap().starts_with(&format!("{}/join#pi_", site.collector.origin())), "{link}");
    let anna = Team::signed_out(&site.collector.origin()).unwrap();
    let offer = anna.post("/api/invitation", &json!({ "token": secret_of(link) })).await.unwrap();
    let expected = json!({
        "site": "test-site", "site_name": "Test", "email": "anna@shop.example", "role": "editor", "has_account": false
    });
    assert_eq!((offer.status, offer.body), (StatusCode::OK, expected));
    let accept = async |team: &Team, password: &str| {
        team.post("/api/invitation/accept", &json!({ "token": secret_of(link), "password": password })).await.unwrap()
    };
    let short = accept(&anna, "short").await;
    assert_eq!((short.status, &short.body["field"]), (StatusCode::BAD_REQUEST, &json!("password")), "{short:?}");
    let accepted = accept(&anna, "a long password of hers").await;
    assert_eq!(
        (accepted.status, &accepted.body["email"]),
        (StatusCode::OK, &json!("anna@shop.example")),
        "{accepted:?}"
    );
    assert_eq!(anna.get("/api/sites").await.unwrap().body[0]["key"], "test-site", "she is signed in");
    assert_eq!(member(&site, "anna@shop.example").await["role"], "editor");
    let stranger = Team::signed_out(&site.collector.origin()).unwrap();
    let again = accept(&stranger, "another long password").await;
    assert_eq!((again.status, again.error()), (StatusCode::CONFLICT, "invitation_gone"), "{again:?}");
    assert_eq!(site.team.get(INVITATIONS).await.unwrap().body, json!([]));
}

#[tokio::test]
async fn whoever_has_an_account_joins_another_site_with_the_same_password() {
    let site = shop().await;
    let (_, rival) = site.rival().await.unwrap();
    let made = invite(&site.team, "rival@example.com", "viewer").await;
    let token = secret_of(&made.body["link"]);
    let offer = rival.post("/api/invitation", &json!({ "token": token })).await.unwrap();
    assert_eq!(offer.body["has_account"], true, "{offer:?}");
    let accept = async |password: &str| {
        rival.post("/api/invitation/accept", &json!({ "token": token, "password": password })).await.unwrap()
    };
    assert_eq!(accept("not the password").await.error(), "bad_credentials");
    assert_eq!(accept(&TestSite::credentials().password).await.status, StatusCode::OK);
    assert_eq!(rival.get("/api/sites").await.unwrap().body.as_array().unwrap().len(), 2);
    let twice = invite(&site.team, "rival@example.com", "owner").await;
    assert_eq!((twice.status, twice.error()), (StatusCode::CONFLICT, "already_member"), "{twice:?}");
}

#[tokio::test]
async fn who_invites_somebody_cannot_guess_at_their_password_by_it() {
    let site = shop().await;
    site.rival().await.unwrap();
    let token = secret_of(&invite(&site.team, "rival@example.com", "viewer").await.body["link"]);
    let accept = async |password: &str| {
        site.team.post("/api/invitation/accept", &json!({ "token": token, "password": password })).await.unwrap()
    };
    let mut told = Vec::new();
    for guess in 0..12 {
        told.push(accept(&format!("it could be {guess}")).await.error().to_owned());
    }
    // The rival has signed in once.
    assert_eq!(told.iter().filter(|error| *error == "bad_credentials").count(), 9, "{told:?}");
    assert_eq!(accept(&TestSite::credentials().password).await.error(), "too_many_tries");
}

#[tokio::test]
async fn an_invitation_that_is_withdrawn_or_made_again_is_worth_nothing() {
    let site = shop().await;
    let first = invite(&site.team, "anna@shop.example", "viewer").await;
    let second = invite(&site.team, "anna@shop.example", "editor").await;
    let look = async |made: &Answered| {
        let token = secret_of(&made.body["link"]);
        site.team.post("/api/invitation", &json!({ "token": token })).await.unwrap()
    };
    assert_eq!(look(&first).await.error(), "invitation_gone");
    assert_eq!(look(&second).await.body["role"], "editor");
    let id = second.body["invitation"]["id"].as_str().unwrap();
    assert_eq!(site.team.delete(&format!("{INVITATIONS}/{id}")).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(look(&second).await.error(), "invitation_gone");
    for wrong in ["", "pi_", "pp_aaa", "Ж"] {
        let told = site.team.post("/api/invitation", &json!({ "token": wrong })).await.unwrap();
        assert_eq!(told.error(), "invitation_gone", "{wrong}");
    }
    let nobody = invite(&site.team, "not an address", "viewer").await;
    assert_eq!((nobody.status, &nobody.body["field"]), (StatusCode::BAD_REQUEST, &json!("email")), "{nobody:?}");
}

#[tokio::test]
async fn the_last_owner_can_neither_go_nor_step_down() {
    let site = shop().await;
    let me = TestSite::credentials().email;
    let own = format!("{MEMBERS}/{}", member(&site, &me).await["number"]);
    for refused in
        [site.team.patch(&own, &json!({ "role": "viewer" })).await.unwrap(), site.team.delete(&own).await.unwrap()]
    {
        assert_eq!((refused.status, refused.error()), (StatusCode::CONFLICT, "last_owner"), "{refused:?}");
        assert!(refused.body["reason"].as_str().unwrap().contains("make somebody else an owner first"));
    }
    let said = says(&site.collector, &["user", "remove", &me], "").await;
    assert!(said.contains("is the only owner of site test-site"), "{said}");
    let said = says(&site.collector, &["user", "add", &me, "--site", "test-site", "--role", "viewer"], "").await;
    assert!(said.contains("is the only owner of site test-site"), "{said}");
    site.colleague("owner").await.unwrap();
    assert_eq!(site.team.delete(&own).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(
        site.team.get(MEMBERS).await.unwrap().status,
        StatusCode::NOT_FOUND,
        "for them there is no such site now"
    );
}

#[tokio::test]
async fn of_two_owners_who_remove_each_other_at_once_one_stays() {
    let site = shop().await;
    let other = site.colleague("owner").await.unwrap();
    let (mine, theirs) =
        (member(&site, &TestSite::credentials().email).await, member(&site, "owner@example.com").await);
    let (of_mine, of_theirs) = (format!("{MEMBERS}/{}", mine["number"]), format!("{MEMBERS}/{}", theirs["number"]));
    let (first, second) = tokio::join!(site.team.delete(&of_theirs), other.delete(&of_mine));
    let gone = [first.unwrap(), second.unwrap()].iter().filter(|told| told.status == StatusCode::NO_CONTENT).count();
    assert_eq!(gone, 1);
}

#[tokio::test]
async fn whoever_is_removed_keeps_neither_session_nor_token_of_theirs() {
    let site = shop().await;
    let colleague = site.colleague("owner").await.unwrap();
    let made = colleague.post(TOKENS, &json!({ "name": "theirs", "role": "editor" })).await.unwrap();
    let program = Team::with_token(&site.collector.origin(), made.body["secret"].as_str().unwrap()).unwrap();
    assert_eq!(program.get(SETTINGS).await.unwrap().status, StatusCode::OK);
    let number = member(&site, "owner@example.com").await["number"].clone();
    assert_eq!(site.team.delete(&format!("{MEMBERS}/{number}")).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(program.get(SETTINGS).await.unwrap().error(), "bad_token");
    assert_eq!(colleague.get(SETTINGS).await.unwrap().status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_colleague_who_is_added_to_a_second_site_keeps_their_password() {
    let site = shop().await;
    site.rival().await.unwrap();
    let add = ["user", "add", "rival@example.com", "--site", "test-site", "--role", "viewer"];
    let refused = says(&site.collector, &add, "a password for somebody who has one").await;
    assert!(refused.contains("has an account") && refused.contains("pagepoll user password"), "{refused}");
    let said = says(&site.collector, &add, "").await;
    assert!(said.contains("rival@example.com is viewer of site test-site") && !said.contains("password"), "{said}");
    let credentials = TestSite::credentials_of("rival@example.com");
    let rival = Team::signed_in(&site.collector.origin(), &credentials).await.unwrap();
    assert_eq!(rival.get("/api/sites").await.unwrap().body.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_token_signs_a_program_in_until_it_is_revoked() {
    let site = shop().await;
    let made = site.team.post(TOKENS, &json!({ "name": "nightly", "role": "viewer", "days": 30 })).await.unwrap();
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let secret = made.body["secret"].as_str().unwrap();
    assert!(secret.starts_with("pp_") && secret.len() == 46, "{secret}");
    let program = Team::with_token(&site.collector.origin(), secret).unwrap();
    assert_eq!(program.get("/api/sites/test-site/pages").await.unwrap().status, StatusCode::OK);
    let why = program.post("/api/sites/test-site/why", &json!({})).await.unwrap();
    assert_eq!(why.status, StatusCode::OK, "a program has no Origin and needs none: {why:?}");
    let listed = site.team.get(TOKENS).await.unwrap();
    assert!(!listed.body.to_string().contains("pp_"), "{listed:?}");
    let (token, today) = (&listed.body[0], &made.body["token"]["made_at"].as_str().unwrap()[..10]);
    assert_eq!((&token["name"], &token["last_used"]), (&json!("nightly"), &json!(today)), "{token}");
    let address = format!("{TOKENS}/{}", token["id"].as_str().unwrap());
    assert_eq!(site.team.delete(&address).await.unwrap().status, StatusCode::NO_CONTENT);
    let told = program.get("/api/sites/test-site/pages").await.unwrap();
    assert_eq!((told.status, told.error()), (StatusCode::UNAUTHORIZED, "bad_token"));
    for (request, field) in [
        (json!({ "name": "", "role": "viewer" }), "name"),
        (json!({ "name": "x", "role": "owner" }), "role"),
        (json!({ "name": "x", "role": "king" }), "role"),
        (json!({ "name": "x", "role": "viewer", "days": 366 }), "days"),
        (json!({ "name": "x", "role": "viewer", "site": "rival" }), "site"),
    ] {
        let refused = site.team.post(TOKENS, &request).await.unwrap();
        assert_eq!((refused.status, &refused.body["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_bad_token_is_not_made_good_by_a_cookie_beside_it() {
    let site = shop().await;
    let both = site.team.request(Method::GET, "/api/sites").header("authorization", "Bearer pp_wrong");
    assert_eq!(both.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    // What a proxy asks for in front is not for us.
    let proxied = site.team.request(Method::GET, "/api/sites").header("authorization", "Basic YTpi");
    assert_eq!(proxied.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn the_database_holds_no_token_and_no_invitation() {
    let mut site = shop().await;
    let token = site.team.post(TOKENS, &json!({ "name": "nightly", "role": "viewer" })).await.unwrap();
    let made = invite(&site.team, "anna@shop.example", "viewer").await;
    site.collector.stop().await.unwrap();
    let bytes = std::fs::read(site.collector.database()).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("nightly") && holds("anna@shop.example"));
    assert!(!holds(&token.body["secret"].as_str().unwrap()[3..]));
    assert!(!holds(&secret_of(&made.body["link"])[3..]));
}

#[tokio::test]
async fn every_change_leaves_a_line_that_says_who_did_what() {
    let site = shop().await;
    let editor = site.colleague("editor").await.unwrap();
    editor.patch(SETTINGS, &json!({ "quiet_days": 30 })).await.unwrap();
    let program = site.program("test-site", "editor").await.unwrap();
    program.patch(SETTINGS, &json!({ "honour_gpc": true })).await.unwrap();
    // What changes nothing is not worth a line.
    program.patch(SETTINGS, &json!({ "honour_gpc": true })).await.unwrap();
    let log = site.team.get(&format!("{LOG}?limit=4")).await.unwrap().body;
    let lines: Vec<_> = log["entries"].as_array().unwrap().iter().map(line).collect();
    let expected = [
        ["token editor", "settings_changed", "test-site", "honour_gpc: false → true"],
        ["command line", "token_made", "editor", ""],
        ["editor@example.com", "settings_changed", "test-site", "quiet_days: 0 → 30"],
        ["command line", "joined", "editor@example.com", "as editor"],
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert_eq!(line[..3], expected[..3]);
        assert!(line[3].contains(expected[3]), "{line:?}");
    }
    let older = site.team.get(&format!("{LOG}?before={}", log["next"])).await.unwrap().body;
    let deeds: Vec<_> = older["entries"].as_array().unwrap().iter().map(|entry| entry["deed"].clone()).collect();
    assert_eq!(deeds, ["survey_published", "joined", "site_added"], "{older}");
    assert_eq!(older["next"], Value::Null);
    let said = says(&site.collector, &["audit", "test-site", "--limit", "1"], "").await;
    assert!(said.contains("token editor: settings changed test-site (honour_gpc: false → true)"), "{said}");
    for body in [log, older] {
        assert!(!body.to_string().contains("pp_") && !body.to_string().contains("argon2"), "{body}");
    }
}

fn line(entry: &Value) -> [String; 4] {
    ["who", "deed", "subject", "details"].map(|field| entry[field].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_change_of_one_setting_leaves_the_others_as_they_are() {
    let site = shop().await;
    let all = json!({ "quiet_days": 7, "honour_gpc": true, "theme": { "radius": 4, "custom_css": null } });
    let changed = site.team.patch(SETTINGS, &all).await.unwrap();
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    let before = site.team.get(SETTINGS).await.unwrap().body;
    let half = site.team.put(SETTINGS, &json!({ "quiet_days": 30 })).await.unwrap();
    assert_eq!((half.status, half.error()), (StatusCode::BAD_REQUEST, "bad_parameter"), "{half:?}");
    assert!(half.body["reason"].as_str().unwrap().contains("PATCH"), "{half:?}");
    assert_eq!(site.team.get(SETTINGS).await.unwrap().body, before);
    site.team.patch(SETTINGS, &json!({ "quiet_days": null })).await.unwrap();
    let mut expected = before;
    expected["quiet_days"] = json!(0);
    assert_eq!(site.team.get(SETTINGS).await.unwrap().body, expected);
    for (wrong, field) in [(json!({ "quiet_day": 1 }), "quiet_day"), (json!({ "quiet_days": 400 }), "quiet_days")] {
        let refused = site.team.patch(SETTINGS, &wrong).await.unwrap();
        assert_eq!((refused.status, &refused.body["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{refused:?}");
    }
}

#[tokio::test]
async fn two_who_change_different_settings_at_once_both_find_theirs() {
    let site = shop().await;
    let (mine, theirs) = (json!({ "honour_gpc": true }), json!({ "honour_dnt": true }));
    let (first, second) = tokio::join!(site.team.patch(SETTINGS, &mine), site.team.patch(SETTINGS, &theirs));
    assert_eq!((first.unwrap().status, second.unwrap().status), (StatusCode::OK, StatusCode::OK));
    let settled = site.team.get(SETTINGS).await.unwrap().body;
    assert_eq!((&settled["honour_gpc"], &settled["honour_dnt"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn the_command_line_manages_people_and_says_the_way_out() {
    let site = shop().await;
    site.colleague("viewer").await.unwrap();
    let run = async |arguments: &[&str]| says(&site.collector, arguments, "").await;
    let listed = run(&["user", "list", "--site", "test-site"]).await;
    assert!(listed.contains("viewer@example.com: viewer of test-site"), "{listed}");
    let link =
        run(&["invite", "anna@shop.example", "--site", "test-site", "--public-url", "https://polls.example"]).await;
    assert!(link.starts_with("https://polls.example/join#pi_") && link.contains("becomes viewer"), "{link}");
    let tokens = run(&["token", "list", "test-site"]).await;
    assert!(tokens.contains("has no token"), "{tokens}");
    assert!(
        run(&["user", "remove", "viewer@example.com"]).await.contains("has no account any more, and is off 1 sites")
    );
    for (arguments, told) in [
        (&["user", "add", "anna", "--site", "test-site"][..], "is not an e-mail address"),
        (&["user", "add", "b@shop.example", "--site", "test-site", "--role", "king"], "is not a role; give owner"),
        (&["user", "add", "b@shop.example", "--site", "nowhere"], "site nowhere does not exist"),
        (&["user", "remove", "b@shop.example"], "nobody has an account as b@shop.example"),
        (&["user", "password", "b@shop.example"], "nobody has an account as b@shop.example"),
        (&["token", "add", "test-site", "--name", "x", "--days", "0"], "good for 1 to 365 days"),
        (&["token", "add", "nowhere", "--name", "x"], "site nowhere does not exist"),
        (&["token", "revoke", "test-site", "0"], "there is no such token on site test-site"),
        (&["audit", "nowhere"], "site nowhere does not exist"),
    ] {
        let said = run(arguments).await;
        assert!(said.contains(told), "{said}\nshould say\n{told}");
        // What the arguments cannot mean, clap says in its own way.
        let is_ours = said.contains("pagepoll: ");
        assert!(!is_ours || said.trim_end().lines().count() == 1, "{said}");
    }
    let nobody = run(&["user", "list"]).await;
    assert!(!nobody.contains("b@shop.example"), "a refusal leaves no account behind: {nobody}");
}

#[tokio::test]
async fn a_site_goes_with_everything_on_it_once_its_name_is_said_twice() {
    let site = shop().await;
    site.visitor().comments(6, "Soon gone.", "/help").await.unwrap();
    site.rival().await.unwrap();
    let run = async |arguments: &[&str]| says(&site.collector, arguments, "").await;
    assert!(run(&["site", "remove", "test-site", "--confirm", "rival-site"]).await.contains("nothing is deleted"));
    let said = run(&["site", "remove", "test-site", "--confirm", "test-site"]).await;
    assert!(said.contains("site test-site is gone"), "{said}");
    assert!(!run(&["site", "list"]).await.contains("test-site"));
    let told = site.visitor().answers(5, "/help").await.unwrap();
    assert_eq!(told.error(), "unknown_site", "{told:?}");
    assert_eq!(site.team.get("/api/sites").await.unwrap().body, json!([]), "the account stays");
    assert!(run(&["site", "remove", "test-site", "--confirm", "test-site"]).await.contains("does not exist"));
}

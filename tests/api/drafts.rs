//! Writing surveys over the API, as an editor does it: begun, typed, published, paused, put away; and two at once.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use survey::api::editing::{EditedSurvey, SavedDraft, SurveyVersion};
use survey::api::{SurveyState, SurveySummary};
use survey::targeting::{Outcome, Trace};
use survey::wire::SiteConfig;
use tests::postgres::Postgres;
use tests::{Answered, Chore, Collector, Team, TestSite, ces_on, csat_after_seconds};
use tokio::time::{Instant, sleep};

/// How soon pages must be told of a change.
const SOON: Duration = Duration::from_secs(2);

/// Somebody at an editor.
struct Writer<'a> {
    site: &'a TestSite,
    team: &'a Team,
}

fn writer(site: &TestSite) -> Writer<'_> {
    Writer { site, team: &site.team }
}

impl Writer<'_> {
    fn address(&self, rest: &str) -> String {
        format!("/api/sites/{}/surveys{rest}", self.site.key())
    }

    async fn begins(&self, from: Value) -> Answered {
        self.team.post(&self.address(""), &from).await.unwrap()
    }

    async fn sees(&self, survey: &str) -> EditedSurvey {
        let seen = self.team.get(&self.address(&format!("/{survey}"))).await.unwrap();
        assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
        serde_json::from_value(seen.body).unwrap()
    }

    /// Sends something that depends on the draft's revision; `known` is a header.
    async fn sends(&self, method: Method, rest: &str, known: (&str, &str), body: &Value) -> Response {
        let request = self.team.request(method, &self.address(rest)).header("content-type", "application/json");
        request.header(known.0, known.1).body(body.to_string()).send().await.unwrap()
    }

    async fn saves(&self, survey: &str, known: (&str, &str), document: &Value) -> (StatusCode, Value) {
        told(self.sends(Method::PUT, &format!("/{survey}/draft"), known, document).await).await
    }

    async fn saved(&self, survey: &str, known: (&str, &str), document: &Value) -> SavedDraft {
        let (status, body) = self.saves(survey, known, document).await;
        assert!(status.is_success(), "{body}");
        serde_json::from_value(body).unwrap()
    }

    async fn publishes(&self, survey: &str, revision: u32, body: &Value) -> (StatusCode, Value) {
        let known = tag(revision);
        told(self.sends(Method::POST, &format!("/{survey}/publish"), ("if-match", &known), body).await).await
    }

    async fn decides(&self, survey: &str, what: &str) -> Answered {
        self.team.post(&self.address(&format!("/{survey}/{what}")), &json!({})).await.unwrap()
    }

    async fn list(&self, query: &str) -> Vec<SurveySummary> {
        self.site.report(&format!("surveys{query}")).await.unwrap()
    }

    async fn delivered(&self) -> Vec<String> {
        delivered(&self.site.collector).await
    }

    async fn delivers_soon(&self, expected: &[&str]) {
        delivers_soon(&self.site.collector, expected).await;
    }
}

/// The ids of the surveys that a collector sends to pages.
async fn delivered(collector: &Collector) -> Vec<String> {
    let origin = collector.origin();
    let loader = reqwest::get(format!("{origin}/w/test-site.js")).await.unwrap().text().await.unwrap();
    let config = loader.split('"').find(|text| text.starts_with("/w/test-site.")).expect("it names its config");
    let bytes = reqwest::get(format!("{origin}{config}")).await.unwrap().bytes().await.unwrap();
    SiteConfig::from_bytes(&bytes).unwrap().surveys.iter().map(|survey| survey.id.to_string()).collect()
}

async fn delivers_soon(collector: &Collector, expected: &[&str]) {
    let begun = Instant::now();
    loop {
        let delivered = delivered(collector).await;
        if delivered == expected {
            println!("after {} ms (bound {})", begun.elapsed().as_millis(), SOON.as_millis());
            return;
        }
        assert!(begun.elapsed() < SOON, "{delivered:?} is not {expected:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn told(response: Response) -> (StatusCode, Value) {
    let (status, tag) = (response.status(), response.headers().get("etag").cloned());
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    if status.is_success() && body["revision"].is_u64() {
        let expected = format!("\"r{}\"", body["revision"]);
        assert_eq!(tag.unwrap().to_str().unwrap(), expected, "the tag is that of the revision");
    }
    (status, body)
}

fn tag(revision: u32) -> String {
    format!("\"r{revision}\"")
}

const FIRST: (&str, &str) = ("if-none-match", "*");

#[tokio::test]
async fn a_survey_goes_from_a_template_to_the_pages_without_a_command_line() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let writer = writer(&site);
    let begun = writer.begins(json!({ "from": { "template": "nps" }, "name": "Würden Sie uns empfehlen?" })).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{begun:?}");
    let begun: EditedSurvey = serde_json::from_value(begun.body).unwrap();
    assert_eq!((begun.id.as_str(), begun.state, begun.version), ("wurden-sie-uns-empfehlen", SurveyState::Draft, None));
    let draft = begun.draft.unwrap();
    assert_eq!(draft.saved.problems, [], "a template may be published as it is");
    assert_eq!(draft.saved.stamp.changed_by, "team@example.com");
    let listed = writer.list("").await;
    assert_eq!((listed[1].state, listed[1].version), (SurveyState::Draft, None));
    assert_eq!(writer.delivered().await, ["page-ces"], "nobody is shown a draft");

    let mut document = draft.document;
    document["questions"][0]["prompt"] = json!("Would you?");
    let id = begun.id.as_str();
    let saved = writer.saved(id, ("if-match", "\"r1\""), &document).await;
    assert_eq!((saved.stamp.revision, &saved.problems), (2, &vec![]));
    let (status, published) = writer.publishes(id, 2, &json!({})).await;
    assert_eq!(status, StatusCode::OK, "{published}");
    let published: EditedSurvey = serde_json::from_value(published).unwrap();
    assert_eq!((published.version, published.state), (Some(1), SurveyState::Running));
    assert_eq!(published.draft, None);
    assert_eq!(published.published.unwrap()["questions"][0]["prompt"], json!("Would you?"));
    // This collector has seen it already, so the list is right for whoever looks at it next.
    assert_eq!(writer.list("").await[1].state, SurveyState::Running);
    writer.delivers_soon(&["page-ces", id]).await;
    assert_eq!(site.visitor_asked(id).reaches("shown", "/help").await.unwrap().status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn whatever_is_typed_is_kept_and_told_what_is_wrong_with_it_at_its_place() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let writer = writer(&site);
    let half = json!({ "id": "care", "name": "", "questions": [{ "id": "Q 1", "prompt": "\u{202e} \u{0} 🌱" }], "odd": [1.5, null] });
    let saved = writer.saved("care", FIRST, &half).await;
    let fields: Vec<&str> = saved.problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["triggers", "questions[0].id", "endings", "odd"]);
    assert!(saved.problems.iter().all(|problem| !problem.reason.is_empty()), "{saved:?}");
    let seen = writer.sees("care").await;
    assert_eq!(seen.draft.unwrap().document, half, "nothing that was typed is lost");
    assert_eq!((seen.name.as_str(), seen.state), ("care", SurveyState::Draft));
    assert_eq!(writer.list("").await[1].name, "care");

    let (status, refused) = writer.publishes("care", 1, &json!({})).await;
    assert_eq!((status, &refused["error"]), (StatusCode::CONFLICT, &json!("not_publishable")));
    assert_eq!((&refused["field"], &refused["reason"]), (&json!("triggers"), &json!("triggers: missing")));
    assert_eq!(refused["problems"].as_array().unwrap().len(), 4);

    for (body, expected) in [("[]", "bad_request"), ("{", "bad_request"), ("", "bad_request"), ("7", "bad_request")] {
        let request = site.team.request(Method::PUT, &writer.address("/care/draft"));
        let request = request.header("content-type", "application/json").header("if-match", "\"r1\"").body(body);
        let (status, refused) = told(request.send().await.unwrap()).await;
        assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &json!(expected)), "{body:?}: {refused}");
    }
    let large = json!({ "name": "x".repeat(131_072) });
    assert_eq!(writer.saves("care", ("if-match", "\"r1\""), &large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let request = site.team.request(Method::PUT, &writer.address("/care/draft")).header("if-match", "\"r1\"");
    let request = request.header("content-type", "application/json").body(deep);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(writer.sees("care").await.draft.unwrap().saved.stamp.revision, 1, "refusals change nothing");
}

#[tokio::test]
async fn of_two_editors_at_once_the_slower_one_is_told_who_was_faster() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let colleague = site.colleague("editor").await.unwrap();
    let (anna, ben) = (writer(&site), Writer { site: &site, team: &colleague });
    let mut document = anna.sees("page-ces").await.published.unwrap();
    anna.saved("page-ces", FIRST, &document).await;
    assert_eq!(ben.saves("page-ces", FIRST, &document).await.0, StatusCode::PRECONDITION_FAILED);
    document["name"] = json!("By Ben");
    ben.saved("page-ces", ("if-match", "\"r1\""), &document).await;
    document["name"] = json!("By Anna");
    let (status, refused) = anna.saves("page-ces", ("if-match", "\"r1\""), &document).await;
    assert_eq!((status, &refused["error"]), (StatusCode::PRECONDITION_FAILED, &json!("draft_changed")));
    assert_eq!((&refused["changed_by"], &refused["revision"]), (&json!("editor@example.com"), &json!(2)));
    assert!(
        refused["is_there"].as_bool().unwrap() && refused["changed_at"].as_str().unwrap().ends_with('Z'),
        "{refused}"
    );
    assert!(refused["reason"].as_str().unwrap().starts_with("editor@example.com changed this draft at "), "{refused}");
    assert_eq!(anna.sees("page-ces").await.name, "By Ben", "nothing was overwritten");
    assert_eq!(anna.publishes("page-ces", 1, &json!({})).await.0, StatusCode::PRECONDITION_FAILED);

    assert_eq!(ben.publishes("page-ces", 2, &json!({})).await.0, StatusCode::OK);
    let (status, refused) = anna.saves("page-ces", ("if-match", "\"r2\""), &document).await;
    assert_eq!((status, &refused["is_there"]), (StatusCode::PRECONDITION_FAILED, &json!(false)), "{refused}");
    for known in [("x-nothing", ""), ("if-match", "*"), ("if-match", "2")] {
        let (status, refused) = anna.saves("page-ces", known, &document).await;
        assert_eq!((status, &refused["error"]), (StatusCode::PRECONDITION_REQUIRED, &json!("no_precondition")));
    }
}

#[tokio::test]
async fn what_was_published_since_a_draft_was_begun_is_not_replaced_unseen() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let writer = writer(&site);
    let mut document = writer.sees("page-ces").await.published.unwrap();
    // Loaded before, saved after somebody has published from the command line.
    site.publish(&ces_on("/docs")).await.unwrap();
    document["name"] = json!("Ease");
    let saved = writer.saved("page-ces", FIRST, &document).await;
    assert_eq!(saved.based_on, Some(1));
    assert_eq!(
        saved.changes,
        ["name was \"page-ces\", is \"Ease\"", "targeting was \"path is /docs\", is \"path is /help\""]
    );
    let (status, refused) = writer.publishes("page-ces", 1, &json!({})).await;
    assert_eq!((status, &refused["error"]), (StatusCode::CONFLICT, &json!("published_since")));
    let reason = refused["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("version 2 was published by command line since this draft was begun, from version 1"),
        "{reason}"
    );
    let (status, published) = writer.publishes("page-ces", 1, &json!({ "over": 2 })).await;
    assert_eq!((status, &published["version"]), (StatusCode::OK, &json!(3)), "{published}");
}

#[tokio::test]
async fn versions_tell_who_published_them_and_what_is_different() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let writer = writer(&site);
    let mut document = writer.sees("page-ces").await.published.unwrap();
    document["questions"][0]["prompt"] = json!("How easy was it?");
    document["triggers"] = json!([{ "visible_seconds": 5 }]);
    writer.saved("page-ces", FIRST, &document).await;
    assert_eq!(writer.publishes("page-ces", 1, &json!({})).await.0, StatusCode::OK);
    let versions: Vec<SurveyVersion> = site.report("surveys/page-ces/versions").await.unwrap();
    assert_eq!(versions.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(versions[0].published_by.as_deref(), Some("team@example.com"));
    assert_eq!(versions[1].published_by.as_deref(), Some("command line"));
    assert!(versions[0].published_at.is_some() && versions[1].changes.is_empty());
    assert_eq!(
        versions[0].changes,
        [
            "trigger was \"when the visitor is about to leave, after 1 second or more on the page\", is \"after 5 seconds on the page\"",
            "question \"score\": prompt was \"How was it?\", is \"How easy was it?\"",
        ]
    );
    let first: Value = site.report("surveys/page-ces/versions/1").await.unwrap();
    assert_eq!(first["definition"]["questions"][0]["prompt"], json!("How was it?"));
    for nothing in
        ["surveys/page-ces/versions/3", "surveys/page-ces/versions/x", "surveys/none/versions", "surveys/A%20b"]
    {
        let told = site.team.get(&format!("/api/sites/{}/{nothing}", site.key())).await.unwrap();
        assert_eq!((told.status, told.error()), (StatusCode::NOT_FOUND, "not_found"), "{nothing}");
    }
}

#[tokio::test]
async fn a_survey_is_paused_and_put_away_and_its_answers_stay() {
    let site = TestSite::with_surveys(&[ces_on("/help"), csat_after_seconds("/help", 5)]).await.unwrap();
    site.visitor().answers(7, "/help").await.unwrap();
    let writer = writer(&site);
    for (what, state, delivered) in [
        ("pause", "paused", &["page-csat"][..]),
        ("resume", "running", &["page-ces", "page-csat"]),
        ("archive", "archived", &["page-csat"]),
    ] {
        let decided = writer.decides("page-ces", what).await;
        assert_eq!((decided.status, &decided.body["state"]), (StatusCode::OK, &json!(state)), "{what}");
        writer.delivers_soon(delivered).await;
        let late = site.visitor().another().answers(6, "/help").await.unwrap();
        assert_eq!(late.status, StatusCode::NO_CONTENT, "an answer that is under way is taken: {what}");
    }
    let ids = |list: Vec<SurveySummary>| list.into_iter().map(|survey| survey.id).collect::<Vec<_>>();
    assert_eq!(ids(writer.list("").await), ["page-csat"]);
    let all = writer.list("?archived=true").await;
    assert_eq!((all[0].state, all[0].answered), (SurveyState::Archived, 4));
    assert_eq!(site.score("/help").await.unwrap().figures.n, 4, "they are in the figures");
    for (what, error) in [("resume", "archived"), ("publish", "no_precondition")] {
        assert_eq!(writer.decides("page-ces", what).await.error(), error);
    }
    let document = writer.sees("page-ces").await.published.unwrap();
    writer.saved("page-ces", FIRST, &json!({ "name": "New", "id": "page-ces" })).await;
    writer.saved("page-ces", ("if-match", "\"r1\""), &document).await;
    let (status, refused) = writer.publishes("page-ces", 2, &json!({})).await;
    assert_eq!((status, &refused["error"]), (StatusCode::CONFLICT, &json!("archived")));
    assert_eq!(writer.decides("page-ces", "unarchive").await.body["state"], json!("paused"));
    assert_eq!(writer.decides("page-ces", "resume").await.body["state"], json!("running"));
    writer.delivers_soon(&["page-ces", "page-csat"]).await;
    let log: Value = site.report("log?limit=6").await.unwrap();
    let deeds: Vec<&str> =
        log["entries"].as_array().unwrap().iter().map(|line| line["deed"].as_str().unwrap()).collect();
    assert_eq!(
        deeds,
        ["survey_resumed", "survey_unarchived", "draft_begun", "survey_archived", "survey_resumed", "survey_stopped"]
    );
}

#[tokio::test]
async fn another_collector_of_the_database_sees_what_was_decided_within_seconds() {
    if let Some(missing) = Postgres::missing() {
        println!("skipped: {missing}");
        return;
    }
    let server = Postgres::start().await.unwrap();
    let url = Postgres::url(server.port(), &server.create_database().await.unwrap());
    let site = TestSite::in_postgres(&url, &url, ces_on("/help")).await.unwrap();
    site.publish(&csat_after_seconds("/help", 5)).await.unwrap();
    let other = site.collector.beside().await.unwrap();
    let writer = writer(&site);
    assert_eq!(delivered(&other).await, ["page-ces", "page-csat"]);
    writer.decides("page-ces", "archive").await;
    delivers_soon(&other, &["page-csat"]).await;
    let arguments = ["survey", "unarchive", site.key(), "page-ces"];
    let said = site.collector.also(Chore { arguments: &arguments, input: "" }).await.unwrap();
    assert!(said.contains("is back, and paused"), "{said}");
    assert_eq!(writer.sees("page-ces").await.state, SurveyState::Paused, "what a command does is seen at once");
    writer.decides("page-ces", "resume").await;
    delivers_soon(&other, &["page-ces", "page-csat"]).await;
}

#[tokio::test]
async fn a_survey_is_duplicated_under_a_free_id() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let writer = writer(&site);
    let copy = async |body: Value| writer.begins(body).await;
    let first = copy(json!({ "from": { "survey": "page-ces" } })).await;
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    assert_eq!((&first.body["id"], &first.body["name"]), (&json!("copy-of-page-ces"), &json!("Copy of page-ces")));
    assert_eq!(first.body["draft"]["problems"], json!([]));
    let second = copy(json!({ "from": { "survey": "page-ces" } })).await;
    assert_eq!(second.body["id"], json!("copy-of-page-ces-2"));
    let of_draft = copy(json!({ "from": { "survey": "copy-of-page-ces" }, "id": "care", "name": "Care" })).await;
    assert_eq!((&of_draft.body["id"], &of_draft.body["draft"]["document"]["id"]), (&json!("care"), &json!("care")));
    for (body, field) in [
        (json!({ "from": { "survey": "page-ces" }, "id": "care" }), "id"),
        (json!({ "from": { "survey": "page-ces" }, "id": "page-ces" }), "id"),
        (json!({ "from": { "survey": "page-ces" }, "id": "No Name" }), "id"),
        (json!({ "from": { "survey": "page-ces" }, "name": " " }), "name"),
        (json!({ "from": { "survey": "nothing" } }), "from.survey"),
        (json!({ "from": { "template": "npss" } }), "from.template"),
        (json!({ "from": {} , "odd": 1 }), ""),
    ] {
        let refused = copy(body.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}: {refused:?}");
        if !field.is_empty() {
            assert_eq!(refused.body["field"], json!(field), "{body}: {refused:?}");
        }
    }
    assert_eq!(writer.decides("care", "pause").await.error(), "not_published");
    let discarded = writer.sends(Method::DELETE, "/care/draft", ("if-match", "\"r1\""), &json!({})).await;
    assert_eq!(discarded.status(), StatusCode::NO_CONTENT);
    let gone = site.team.get(&writer.address("/care")).await.unwrap();
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "a survey that was never published is gone with its draft");
    let again = writer.sends(Method::DELETE, "/care/draft", ("if-match", "\"r1\""), &json!({})).await;
    assert_eq!(again.status(), StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn a_draft_outlives_the_collector() {
    let mut site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let document = json!({ "id": "page-ces", "name": "Half" });
    writer(&site).saved("page-ces", FIRST, &document).await;
    site.collector.kill().await.unwrap();
    site.collector.restart().await.unwrap();
    let seen = writer(&site).sees("page-ces").await;
    assert_eq!((seen.name.as_str(), seen.draft.unwrap().document), ("Half", document));
}

#[tokio::test]
async fn a_link_shows_the_draft_on_the_sites_own_page_and_nothing_of_it_counts() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let writer = writer(&site);
    let mut document = writer.sees("page-ces").await.published.unwrap();
    document["questions"][0]["prompt"] = json!("How easy was it?");
    document["sample_percent"] = json!(0.01);
    document["starts_at"] = json!("2099-01-01T00:00:00Z");
    writer.saved("page-ces", FIRST, &document).await;
    let link = async |survey: &str, url: &str| {
        let address = writer.address(&format!("/{survey}/preview-link"));
        site.team.post(&address, &json!({ "url": url })).await.unwrap()
    };
    let made = link("page-ces", "https://shop.example/any?q=1#top").await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    let url = made.body["url"].as_str().unwrap();
    assert!(url.starts_with("https://shop.example/any?q=1&pagepoll=why."), "{url}");
    let token = url.split("why.").nth(1).unwrap().split('#').next().unwrap();
    let origin = site.collector.origin();
    let files = async |token: &str| reqwest::get(format!("{origin}/w/test-site.why.{token}.json")).await.unwrap();
    let told: Value = files(token).await.json().await.unwrap();
    assert_eq!(told["config"], json!(format!("/w/test-site.preview.{token}.bin")));

    let config = async || {
        let address = format!("{origin}{}?l=en", told["config"].as_str().unwrap());
        let answer = reqwest::get(address).await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        SiteConfig::from_bytes(&answer.bytes().await.unwrap()).unwrap()
    };
    let shown = config().await;
    assert_eq!((shown.surveys.len(), shown.surveys[0].version), (1, 0));
    assert!(shown.surveys[0].sample.is_whole() && shown.surveys[0].starts_at.is_none());
    assert!(format!("{:?}", shown.scripts).contains("How easy was it?"), "the draft is what is shown");
    document["questions"] = json!([]);
    writer.saved("page-ces", ("if-match", "\"r1\""), &document).await;
    assert!(format!("{:?}", config().await.scripts).contains("How was it?"), "a draft that cannot be shown is not");
    let sent = site.visitor().of_version(0).answers(7, "/any").await.unwrap();
    assert_eq!(sent.error(), "unknown_version", "whatever a browser sends of it is not taken");

    for foreign in ["https://elsewhere.example/", "javascript:alert(1)", "help"] {
        let refused = link("page-ces", foreign).await;
        assert_eq!((refused.status, &refused.body["field"]), (StatusCode::BAD_REQUEST, &json!("url")), "{foreign}");
    }
    assert_eq!(link("nothing", "https://shop.example/").await.status, StatusCode::NOT_FOUND);
    for forged in [format!("{token}x"), token[..40].to_owned(), "x".to_owned()] {
        assert_eq!(files(&forged).await.status(), StatusCode::FORBIDDEN, "{forged}");
        let address = format!("{origin}/w/test-site.preview.{forged}.bin");
        assert_eq!(reqwest::get(address).await.unwrap().status(), StatusCode::FORBIDDEN, "{forged}");
    }
    let viewer = site.colleague("viewer").await.unwrap();
    let address = writer.address("/page-ces/preview-link");
    let refused = viewer.post(&address, &json!({ "url": "https://shop.example/" })).await.unwrap();
    assert_eq!(refused.error(), "role_too_small");
}

#[tokio::test]
async fn a_draft_is_explained_as_it_was_last_saved() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let writer = writer(&site);
    let ask = async |survey: &str| {
        let given = json!({ "url": "https://shop.example/cart" });
        writer.team.post(&writer.address(&format!("/{survey}/why")), &given).await.unwrap()
    };
    let published: Trace = serde_json::from_value(ask("page-ces").await.body).unwrap();
    assert_eq!(published.outcome, Outcome::Skips);
    writer.saved("page-ces", ("if-none-match", "*"), &ces_on("/cart")).await;
    let draft: Trace = serde_json::from_value(ask("page-ces").await.body).unwrap();
    assert!(draft.checks.iter().any(|check| check.rule == "path is /cart" && check.is_met), "{draft:?}");
    assert_ne!(draft.outcome, Outcome::Skips);
    assert_eq!(ask("no-such-survey").await.status, StatusCode::NOT_FOUND);
    writer.begins(json!({ "from": { "template": "page-ces" }, "id": "begun" })).await;
    let revision = writer.sees("begun").await.draft.unwrap().saved.stamp.revision;
    writer.saved("begun", ("if-match", &tag(revision)), &json!({ "id": "begun", "questions": "none" })).await;
    assert_eq!(ask("begun").await.error(), "nothing_to_show");
}

//! The editor in the console: from nothing to a survey that visitors see, and what becomes of what was typed when something goes wrong.

use serde_json::{Value, json};
use survey::api::Credentials;
use tests::browser::SOON;
use tests::host_pages::SHORT;
use tests::{Setting, Stage, TestSite, asking};
use tokio::time::{Duration, Instant, sleep};

use crate::acting::{fill, press, says, unfold};

const EDITOR: &str = "/survey?survey=page-csat";

/// A site with one survey on `/page`, and its console in the visitor's browser.
async fn opened(setting: Setting, path: &str, who: &Credentials) -> Stage {
    let survey = asking("page-csat", "/page", json!(["immediately"]));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.put("/page", SHORT);
    go_in(&stage, path, who).await;
    stage
}

/// Signs in, and opens a screen.
pub async fn go_in(stage: &Stage, path: &str, who: &Credentials) {
    let console = stage.site.collector.origin();
    stage.open(&console).await.unwrap();
    stage.wait_for("button", "Sign in").await.unwrap();
    let sign_in = format!(
        "return fetch('/api/session', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: JSON.stringify({}) }})
         .then(answer => answer.ok)",
        serde_json::to_string(who).unwrap()
    );
    assert_eq!(stage.run(&sign_in).await.unwrap(), true);
    stage.open(&format!("{console}{path}")).await.unwrap();
}

/// The survey as the API has it.
async fn edited(site: &TestSite, survey: &str) -> Value {
    site.team.get(&format!("/api/sites/{}/surveys/{survey}", site.key())).await.unwrap().body
}

/// Waits until the draft of the site's survey is stored as wanted.
async fn until_saved(site: &TestSite, is_as_wanted: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + SOON;
    loop {
        let draft = &edited(site, "page-csat").await["draft"]["document"];
        if draft.is_object() && is_as_wanted(draft) {
            return;
        }
        assert!(Instant::now() < deadline, "not so within {SOON:?}: {draft}");
        sleep(Duration::from_millis(50)).await;
    }
}

async fn a_survey_is_begun_written_published_seen_and_paused(setting: Setting) {
    let stage = opened(setting, "/surveys", &TestSite::credentials()).await;
    stage.put("/returns", SHORT);
    stage.wait_until("document.querySelector('.new-survey')").await.unwrap();
    stage.run("document.querySelector('.new-survey').open = true").await.unwrap();
    stage.wait_until("document.querySelector('[name=beginning][value=\"template:page-csat\"]')").await.unwrap();
    stage.run("document.querySelector('[name=beginning][value=\"template:page-csat\"]').click()").await.unwrap();
    fill(&stage, "new-name", "Returns").await;
    press(&stage, "Begin").await;
    stage.wait_for("heading", "Returns").await.unwrap();
    assert_eq!(edited(&stage.site, "returns").await["state"], "draft");

    fill(&stage, "at-questions-0--prompt", "Was it easy to send it back?").await;
    press(&stage, "Add a rule").await;
    let value = "document.querySelector('[aria-label=\"Value in rule 1\"]')";
    stage.wait_until(value).await.unwrap();
    stage
        .run(&format!("{value}.value = '/returns'; {value}.dispatchEvent(new Event('input', {{ bubbles: true }}))"))
        .await
        .unwrap();
    let trigger = "document.querySelector('[aria-label=\"Trigger 1\"]')";
    stage
        .run(&format!(
            "{trigger}.value = 'immediately'; {trigger}.dispatchEvent(new Event('change', {{ bubbles: true }}))"
        ))
        .await
        .unwrap();
    says(&stage, "Ready to be published.").await;
    press(&stage, "Publish").await;
    says(&stage, "Version 1, as published.").await;
    let published = edited(&stage.site, "returns").await;
    assert_eq!((&published["state"], &published["draft"]), (&json!("running"), &Value::Null), "{published}");

    stage.visit("/returns").await.unwrap();
    stage.wait_for("heading", "Was it easy to send it back?").await.unwrap();

    stage.open(&format!("{}/survey?survey=returns", stage.site.collector.origin())).await.unwrap();
    press(&stage, "Pause").await;
    press(&stage, "Resume").await;
    press(&stage, "Pause").await;
    says(&stage, "Paused").await;
    assert_eq!(edited(&stage.site, "returns").await["state"], "paused");
}

/// What stands in the stage beside the form, as far as its frame tells; it is in no origin, so that only the browser itself can look in.
async fn the_real_widget_stands_beside_the_form_and_follows_what_is_typed(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    let frame = "document.getElementById('stage-frame')";
    stage.wait_until(frame).await.unwrap();
    let first = stage.run(&format!("return {frame}.src")).await.unwrap();
    assert!(first.as_str().unwrap().contains("/preview/test-site?pagepoll=why."), "{first}");
    assert_eq!(stage.run(&format!("return {frame}.contentDocument")).await.unwrap(), Value::Null, "it is in no origin");

    let field = "at-questions-0--prompt";
    stage.run(&format!("document.getElementById('{field}').focus()")).await.unwrap();
    fill(&stage, field, "Beside the form?").await;
    says(&stage, "Ready to be published.").await;
    stage.wait_until(&format!("{frame} && {frame}.src != {first}")).await.unwrap();
    let page = stage.run(&format!("return {frame}.src")).await.unwrap();
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!(stage.run("return document.activeElement.id").await.unwrap(), field, "whoever types goes on typing");
    stage.open(page.as_str().unwrap()).await.unwrap();
    stage.wait_for("heading", "Beside the form?").await.unwrap();
    let panel = stage.run("return !!document.querySelector('pagepoll-why')").await.unwrap();
    assert_eq!(panel, false, "the survey alone");
    assert_eq!(
        stage.run("try { return localStorage.length } catch (error) { return error.name }").await.unwrap(),
        "SecurityError"
    );
}

async fn whoever_writes_at_the_same_time_is_never_overwritten_without_a_word(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    let field = "at-questions-0--prompt";
    fill(&stage, field, "Mine, first").await;
    says(&stage, "Ready to be published.").await;
    let mut theirs = edited(&stage.site, "page-csat").await["draft"]["document"].clone();
    theirs["questions"][0]["prompt"] = json!("Theirs");
    let path = format!("/api/sites/{}/surveys/page-csat/draft", stage.site.key());
    let saved =
        stage.site.team.request(reqwest::Method::PUT, &path).header("If-Match", "\"r1\"").json(&theirs).send().await;
    assert!(saved.unwrap().status().is_success());

    fill(&stage, field, "Mine, second").await;
    press(&stage, "Show theirs").await;
    let shown = format!("document.getElementById('{field}').value");
    stage.wait_until(&format!("{shown} == 'Theirs'")).await.unwrap();
    press(&stage, "Undo").await;
    stage.wait_until(&format!("{shown} == 'Mine, second'")).await.unwrap();
    says(&stage, "Ready to be published.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["draft"]["document"]["questions"][0]["prompt"], "Mine, second");
}

async fn what_was_typed_a_moment_ago_outlives_a_pause_and_goes_along_when_it_is_published(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    let field = "at-questions-0--prompt";
    fill(&stage, field, "Typed before the pause").await;
    press(&stage, "Pause").await;
    says(&stage, "Paused").await;
    says(&stage, "Ready to be published.").await;
    let draft = edited(&stage.site, "page-csat").await["draft"]["document"].clone();
    assert_eq!(draft["questions"][0]["prompt"], "Typed before the pause");
    fill(&stage, field, "Typed before the publication").await;
    press(&stage, "Publish").await;
    says(&stage, "Version 2, as published.").await;
    let published = edited(&stage.site, "page-csat").await["published"].clone();
    assert_eq!(published["questions"][0]["prompt"], "Typed before the publication");
}

async fn a_version_that_was_published_meanwhile_is_replaced_only_when_somebody_says_so(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    fill(&stage, "at-name", "By the editor").await;
    says(&stage, "Ready to be published.").await;
    let mut other = asking("page-csat", "/page", json!(["immediately"]));
    other["name"] = json!("By the command line");
    stage.site.publish(&other).await.unwrap();
    press(&stage, "Publish").await;
    says(&stage, "Version 2 was published since this draft was begun.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["version"], 2);
    press(&stage, "Publish all the same").await;
    says(&stage, "Version 3, as published.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["published"]["name"], "By the editor");
}

async fn what_is_wrong_stands_at_its_field_and_keeps_it_from_being_published(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    fill(&stage, "at-sample-percent", "a few").await;
    says(&stage, "One thing is not right yet.").await;
    stage.wait_until("document.getElementById('at-sample-percent-mistake').innerText.length > 9").await.unwrap();
    assert_eq!(
        stage.run("return document.getElementById('at-sample-percent').value").await.unwrap(),
        "a few",
        "what was typed stays"
    );
    press(&stage, "Publish").await;
    says(&stage, "Not published yet").await;
    assert_eq!(edited(&stage.site, "page-csat").await["version"], 1);
    fill(&stage, "at-sample-percent", "50").await;
    says(&stage, "Ready to be published.").await;
}

async fn questions_are_moved_by_keyboard_and_one_step_is_taken_back(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    stage.wait_until("document.querySelector('.question-toggle')").await.unwrap();
    let titles = "[...document.querySelectorAll('.question-title')].map(one => one.innerText).join('|')";
    press(&stage, "Duplicate question 1").await;
    stage.wait_until("document.querySelectorAll('.question').length > 1").await.unwrap();
    fill(&stage, "at-questions-1--prompt", "Second").await;
    stage.wait_until(&format!("{titles}.split('|')[1] == 'Second'")).await.unwrap();
    let key = "document.getElementById('at-questions-1-toggle').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true, bubbles: true, cancelable: true }))";
    stage.run(key).await.unwrap();
    stage.wait_until(&format!("{titles}.split('|')[0] == 'Second'")).await.unwrap();
    stage.wait_until("document.activeElement.id == 'at-questions-0-toggle'").await.unwrap();
    press(&stage, "Undo").await;
    stage.wait_until(&format!("{titles}.split('|')[1] == 'Second'")).await.unwrap();
    press(&stage, "Redo").await;
    stage.wait_until(&format!("{titles}.split('|')[0] == 'Second'")).await.unwrap();
}

async fn what_is_typed_without_a_connection_is_saved_once_there_is_one(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    stage.wait_until("document.getElementById('at-name')").await.unwrap();
    stage.network(false).await.unwrap();
    fill(&stage, "at-name", "Typed in a tunnel").await;
    says(&stage, "Not saved, and tried again").await;
    stage.network(true).await.unwrap();
    says(&stage, "Ready to be published.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["draft"]["document"]["name"], "Typed in a tunnel");
}

async fn type_and_close_without_a_connection(stage: &Stage) {
    stage.wait_until("document.getElementById('at-name')").await.unwrap();
    stage.network(false).await.unwrap();
    fill(stage, "at-name", "Typed in a tunnel").await;
    says(stage, "Not saved, and tried again").await;
    stage.open("about:blank").await.unwrap();
    stage.network(true).await.unwrap();
}

async fn a_tab_that_is_closed_without_a_connection_loses_nothing(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    type_and_close_without_a_connection(&stage).await;
    stage.open(&format!("{}{EDITOR}", stage.site.collector.origin())).await.unwrap();
    stage.wait_until("document.getElementById('at-name')?.value == 'Typed in a tunnel'").await.unwrap();
    says(&stage, "Ready to be published.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["draft"]["document"]["name"], "Typed in a tunnel");
    assert_eq!(stage.run("return localStorage.length").await.unwrap(), 0, "what is saved is not kept");
}

/// Somebody else, in the same browser.
async fn sign_in_instead(stage: &Stage, who: &Credentials, path: &str) {
    let console = stage.site.collector.origin();
    stage.open(&console).await.unwrap();
    let sign_in = format!(
        "const ask = (method, body) => fetch('/api/session', {{ method, headers: {{ 'Content-Type': 'application/json' }}, body }});
         return ask('DELETE').then(() => ask('POST', JSON.stringify({}))).then((answer) => answer.ok)",
        serde_json::to_string(who).unwrap()
    );
    assert_eq!(stage.run(&sign_in).await.unwrap(), true);
    stage.open(&format!("{console}{path}")).await.unwrap();
}

async fn what_one_person_typed_is_not_saved_as_what_another_says(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    stage.site.colleague("editor").await.unwrap();
    type_and_close_without_a_connection(&stage).await;

    sign_in_instead(&stage, &TestSite::credentials_of("editor@example.com"), EDITOR).await;
    says(&stage, "Version 1, as published.").await;
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!(edited(&stage.site, "page-csat").await["draft"], Value::Null);
    assert_ne!(stage.run("return document.getElementById('at-name').value").await.unwrap(), "Typed in a tunnel");

    sign_in_instead(&stage, &TestSite::credentials(), EDITOR).await;
    stage.wait_until("document.getElementById('at-name')?.value == 'Typed in a tunnel'").await.unwrap();
    says(&stage, "Ready to be published.").await;
    let draft = edited(&stage.site, "page-csat").await["draft"].clone();
    assert_eq!(draft["changed_by"], TestSite::credentials().email, "{draft}");
}

/// Has the page wait for what it asks the collector by this method at an address that ends so, or never hear of it.
async fn network_keeps(stage: &Stage, method: &str, end: &str, wait: &str) {
    let keep = format!(
        "window.askAtOnce ??= window.fetch; window.fetch = async (request) => {{
             const is_it = request.method == {} && request.url.endsWith({});
             // The page's own policy lets nothing through to there.
             const answer = askAtOnce(is_it && {wait} == Infinity ? 'https://nowhere.invalid/' : request);
             if (is_it && {wait} < Infinity) await new Promise((later) => setTimeout(later, {wait}));
             return answer;
         }}",
        json!(method),
        json!(end)
    );
    stage.run(&keep).await.unwrap();
}

async fn whoever_types_while_it_is_published_is_not_taken_for_somebody_else(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    fill(&stage, "at-name", "First").await;
    says(&stage, "Ready to be published.").await;
    network_keeps(&stage, "POST", "/publish", "2500").await;
    press(&stage, "Publish").await;
    sleep(Duration::from_millis(300)).await;
    fill(&stage, "at-name", "Second").await;
    says(&stage, "Not saved yet.").await;
    sleep(Duration::from_millis(1_200)).await;
    let conflict = "document.body.innerText.includes('while you were writing')";
    assert_eq!(stage.run(&format!("return {conflict}")).await.unwrap(), false);
    says(&stage, "Ready to be published.").await;
    let now = edited(&stage.site, "page-csat").await;
    assert_eq!((&now["version"], &now["published"]["name"]), (&json!(2), &json!("First")), "{now}");
    assert_eq!((&now["draft"]["document"]["name"], &now["draft"]["based_on"]), (&json!("Second"), &json!(2)), "{now}");
    press(&stage, "Publish").await;
    says(&stage, "Version 3, as published.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["published"]["name"], "Second");
}

async fn an_earlier_version_that_is_written_on_takes_the_place_of_the_newest(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    let first = edited(&stage.site, "page-csat").await["published"]["name"].clone();
    for name in ["Two", "Three"] {
        let mut survey = asking("page-csat", "/page", json!(["immediately"]));
        survey["name"] = json!(name);
        stage.site.publish(&survey).await.unwrap();
    }
    stage.reload().await.unwrap();
    press(&stage, "Write on from here, version 1").await;
    says(&stage, "Ready to be published.").await;
    press(&stage, "Publish").await;
    says(&stage, "Version 4, as published.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["published"]["name"], first);
    press(&stage, "Undo").await;
    says(&stage, "Ready to be published.").await;
    press(&stage, "Publish").await;
    says(&stage, "Version 5, as published.").await;
    assert_eq!(edited(&stage.site, "page-csat").await["published"]["name"], "Three");
}

async fn what_the_collector_does_not_have_is_thrown_away_all_the_same(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    let name = "document.getElementById('at-name').value";
    stage.wait_until("document.getElementById('at-name')").await.unwrap();
    let published = stage.run(&format!("return {name}")).await.unwrap();
    let thrown_away = async || {
        press(&stage, "Throw draft away").await;
        press(&stage, "Yes, throw it away").await;
        says(&stage, "Version 1, as published.").await;
        assert_eq!(stage.run(&format!("return {name}")).await.unwrap(), published);
        assert_eq!(stage.run("return localStorage.length").await.unwrap(), 0, "nothing of it is kept");
        assert_eq!(edited(&stage.site, "page-csat").await["draft"], Value::Null);
    };
    network_keeps(&stage, "PUT", "/draft", "Infinity").await;
    fill(&stage, "at-name", "Never saved").await;
    says(&stage, "Not saved, and tried again").await;
    thrown_away().await;

    network_keeps(&stage, "PUT", "/draft", "2000").await;
    fill(&stage, "at-name", "While it is saved").await;
    says(&stage, "Saving …").await;
    thrown_away().await;

    network_keeps(&stage, "PUT", "/draft", "0").await;
    fill(&stage, "at-name", "Thrown away by somebody else").await;
    says(&stage, "Ready to be published.").await;
    let revision = edited(&stage.site, "page-csat").await["draft"]["revision"].clone();
    let path = format!("/api/sites/{}/surveys/page-csat/draft", stage.site.key());
    let gone =
        stage.site.team.request(reqwest::Method::DELETE, &path).header("If-Match", format!("\"r{revision}\"")).send();
    assert!(gone.await.unwrap().status().is_success());
    fill(&stage, "at-name", "Typed on").await;
    says(&stage, "or threw it away").await;
    thrown_away().await;
}

async fn a_viewer_reads_everything_and_can_change_nothing(setting: Setting) {
    let survey = asking("page-csat", "/page", json!(["immediately"]));
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    stage.site.colleague("viewer").await.unwrap();
    go_in(&stage, EDITOR, &TestSite::credentials_of("viewer@example.com")).await;
    says(&stage, "You may read this survey.").await;
    let open_fields = "document.querySelectorAll('.editor :is(input, textarea, select):not(:disabled)').length";
    assert_eq!(stage.count(open_fields).await.unwrap(), 0);
    let buttons = "[...document.querySelectorAll('.editor button')].filter(one => /Publish|Pause|Archive|Remove|Add/.test(one.innerText)).length";
    assert_eq!(stage.count(buttons).await.unwrap(), 0);
}

async fn a_translation_of_an_original_that_has_changed_is_named_until_somebody_writes_it_anew(setting: Setting) {
    let mut survey = asking("page-csat", "/page", json!(["immediately"]));
    survey["questions"][0]["prompt"] = json!({ "en": "Was it easy?", "ru": "Было легко?" });
    let stage = Stage::set(setting, &[survey]).await.unwrap();
    go_in(&stage, EDITOR, &TestSite::credentials()).await;
    fill(&stage, "at-questions-0--prompt", "How easy was it?").await;
    let russian = "[...document.querySelectorAll('.languages button')].find((one) => one.innerText.startsWith('ru'))";
    stage.wait_until(&format!("{russian}?.innerText.includes('1 to check')")).await.unwrap();
    assert_eq!(
        edited(&stage.site, "page-csat").await["draft"]["translations"][0]["outdated"],
        json!(["questions[0].prompt"])
    );

    stage.run(&format!("{russian}.click()")).await.unwrap();
    says(&stage, "Check this translation: the original now says “How easy was it?”.").await;
    fill(&stage, "at-questions-0--prompt", "Насколько легко это было?").await;
    stage.wait_until("!document.body.innerText.includes('Check this translation')").await.unwrap();
    stage.wait_until(&format!("!{russian}.innerText.includes('to check')")).await.unwrap();
}

async fn dates_and_what_is_asked_before_an_ending_are_set_and_taken_back(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    fill(&stage, "at-starts-at", "2026-01-02T09:30").await;
    let moment = stage.run("return new Date('2026-01-02T09:30').toISOString().replace('.000', '')").await.unwrap();
    until_saved(&stage.site, |draft| draft["starts_at"] == moment).await;
    fill(&stage, "at-starts-at", "").await;
    // What is emptied is not there.
    until_saved(&stage.site, |draft| draft.get("starts_at").is_none()).await;

    press(&stage, "Ask whom to write back to, ending 1").await;
    fill(&stage, "at-endings-0--form-prompt", "May we write?").await;
    until_saved(&stage.site, |draft| draft["endings"][0]["form"]["prompt"] == "May we write?").await;
    press(&stage, "Without asking, ending 1").await;
    until_saved(&stage.site, |draft| draft["endings"][0].get("form").is_none()).await;
}

async fn a_survey_that_was_put_away_is_found_again_and_brought_back(setting: Setting) {
    let stage = opened(setting, EDITOR, &TestSite::credentials()).await;
    press(&stage, "Archive").await;
    press(&stage, "Take out of the archive").await;
    press(&stage, "Archive").await;
    says(&stage, "Archived").await;
    stage.open(&format!("{}/surveys", stage.site.collector.origin())).await.unwrap();
    unfold(&stage, ".archived").await;
    says(&stage, "page-csat").await;
    assert_eq!(edited(&stage.site, "page-csat").await["state"], "archived");
}

held! {
    [mouse, firefox] the_real_widget_stands_beside_the_form_and_follows_what_is_typed;
    [mouse, firefox] dates_and_what_is_asked_before_an_ending_are_set_and_taken_back;
    [mouse, firefox] a_survey_that_was_put_away_is_found_again_and_brought_back;
    [mouse, firefox] a_survey_is_begun_written_published_seen_and_paused;
    [mouse, firefox] whoever_writes_at_the_same_time_is_never_overwritten_without_a_word;
    [mouse, firefox] what_was_typed_a_moment_ago_outlives_a_pause_and_goes_along_when_it_is_published;
    [mouse, firefox] a_version_that_was_published_meanwhile_is_replaced_only_when_somebody_says_so;
    [mouse, firefox] what_is_wrong_stands_at_its_field_and_keeps_it_from_being_published;
    [mouse, firefox] questions_are_moved_by_keyboard_and_one_step_is_taken_back;
    [mouse] what_is_typed_without_a_connection_is_saved_once_there_is_one;
    [mouse] what_one_person_typed_is_not_saved_as_what_another_says;
    [mouse, firefox] whoever_types_while_it_is_published_is_not_taken_for_somebody_else;
    [mouse, firefox] an_earlier_version_that_is_written_on_takes_the_place_of_the_newest;
    [mouse, firefox] what_the_collector_does_not_have_is_thrown_away_all_the_same;
    [mouse] a_tab_that_is_closed_without_a_connection_loses_nothing;
    [mouse, firefox] a_viewer_reads_everything_and_can_change_nothing;
    [mouse] a_translation_of_an_original_that_has_changed_is_named_until_somebody_writes_it_anew;
}

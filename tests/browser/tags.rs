//! Tags below comments, in the browser: an editor puts them there by the keyboard, looks at those of one, and takes one off; a viewer sees
//! them and changes none.

use serde_json::json;
use survey::report::TagCount;
use tests::browser::{Browser, Lent};
use tests::{Setting, TestSite, ces_on};

use crate::acting::{fill, press, says};

pub async fn shop() -> TestSite {
    let site = TestSite::with_survey(ces_on("/**")).await.unwrap();
    site.visitor().comments(1, "The delivery is slow.", "/a").await.unwrap();
    site.visitor().comments(7, "Fast delivery!", "/a").await.unwrap();
    site
}

/// Opens a screen as somebody of the team.
pub async fn opened(setting: Setting, site: &TestSite, role: &str, path: &str) -> Lent {
    site.colleague(role).await.unwrap();
    let browser = setting.browser().await.unwrap();
    let console = site.collector.origin();
    browser.open(&console).await.unwrap();
    browser.wait_for("button", "Sign in").await.unwrap();
    let sign_in = format!(
        "return fetch('/api/session', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: JSON.stringify({}) }})
         .then(answer => answer.ok)",
        serde_json::to_string(&TestSite::credentials_of(&format!("{role}@example.com"))).unwrap()
    );
    assert_eq!(browser.run(&sign_in).await.unwrap(), true);
    browser.open(&format!("{console}{path}")).await.unwrap();
    browser
}

/// What stands below a comment.
fn chips(text: &str) -> String {
    format!(
        "JSON.stringify([...([...document.querySelectorAll('.comment')].find((one) => one.innerText.includes({}))
             ?.querySelectorAll('.tag.own bdi') ?? [])].map((chip) => chip.innerText))",
        json!(text)
    )
}

async fn has_tags(browser: &Browser, comment: &str, tags: &[&str]) {
    browser.wait_until(&format!("{} == {}", chips(comment), json!(json!(tags).to_string()))).await.unwrap();
}

/// Types into the field below an answer, with the keyboard.
async fn types_tag(browser: &Browser, number: i64, tag: &str) {
    browser.wait_until(&format!("document.getElementById('tag-{number}')")).await.unwrap();
    browser.run(&format!("document.getElementById('tag-{number}').focus()")).await.unwrap();
    browser.type_text(tag).await.unwrap();
    browser.press("Enter").await.unwrap();
}

async fn chooses(browser: &Browser, tag: &str) {
    let choose = format!(
        "const filter = document.querySelector('.filters select'); filter.value = {}; filter.dispatchEvent(new Event('change', {{ bubbles: true }}))",
        json!(tag)
    );
    browser.wait_until("document.querySelector('.filters select')").await.unwrap();
    browser.run(&choose).await.unwrap();
}

async fn an_editor_tags_a_comment_looks_at_those_of_one_tag_and_takes_it_off(setting: Setting) {
    let site = shop().await;
    let browser = opened(setting, &site, "editor", "/comments").await;
    says(&browser, "Fast delivery!").await;
    types_tag(&browser, 1, "Bug").await;
    // Without waiting: one is kept after the other.
    types_tag(&browser, 1, "delivery").await;
    types_tag(&browser, 1, "BUG").await;
    has_tags(&browser, "slow", &["Bug", "delivery"]).await;
    let field = "document.activeElement.id + document.activeElement.value";
    browser.wait_until(&format!("{field} == 'tag-1'")).await.unwrap();
    browser.wait_until("document.querySelector('#known-tags option[value=delivery]')").await.unwrap();
    types_tag(&browser, 2, "DELIVERY").await;
    has_tags(&browser, "Fast", &["delivery"]).await;

    let long = "é".repeat(41);
    fill(&browser, "tag-2", &long).await;
    browser.run("document.getElementById('tag-2').form.requestSubmit()").await.unwrap();
    says(&browser, "it is 41 characters long; a tag has at most 40").await;
    has_tags(&browser, "Fast", &["delivery"]).await;
    let refused = "document.getElementById('tag-2').value == 'é'.repeat(41) && document.getElementById('tag-2').ariaInvalid == 'true'";
    browser.wait_until(refused).await.unwrap();
    browser.wait_until("!document.querySelector('.tags.saving')").await.unwrap();

    chooses(&browser, "Bug").await;
    browser
        .wait_until("location.search.includes('tag=Bug') && !document.body.innerText.includes('Fast')")
        .await
        .unwrap();
    browser.reload().await.unwrap();
    has_tags(&browser, "slow", &["Bug", "delivery"]).await;
    browser.wait_until("document.querySelector('.filters select').value == 'Bug'").await.unwrap();
    assert_eq!(browser.run("return document.querySelectorAll('.comment').length").await.unwrap(), 1);

    press(&browser, "Take Bug off answer 1").await;
    says(&browser, "No such comments").await;
    let left: Vec<TagCount> = site.report("tags").await.unwrap();
    assert_eq!(left, [TagCount { tag: "delivery".into(), answers: 2 }]);
    chooses(&browser, "").await;
    has_tags(&browser, "slow", &["delivery"]).await;
    has_tags(&browser, "Fast", &["delivery"]).await;
}

async fn older_comments_grow_with_what_comes_and_keep_what_somebody_else_calls_them(setting: Setting) {
    let site = shop().await;
    let says_more = async |numbers: std::ops::RangeInclusive<u32>| {
        for number in numbers {
            site.visitor().comments(4, &format!("Said as number {number}."), "/a").await.unwrap();
        }
    };
    says_more(3..=14).await;
    let browser = opened(setting, &site, "editor", "/comments").await;
    press(&browser, "Older comments").await;
    let listed = "document.querySelectorAll('.comment').length";
    browser.wait_until(&format!("{listed} == 14")).await.unwrap();
    says_more(15..=22).await;
    says(&browser, "Said as number 22.").await;
    says_more(23..=30).await;
    says(&browser, "Said as number 30.").await;
    assert_eq!(browser.run(&format!("return {listed}")).await.unwrap(), 30, "none falls out between");

    // Which the list does not know: it is none of the newest.
    let tags = format!("/api/sites/{}/answers/1/tags", site.key());
    assert!(site.team.patch(&tags, &json!({ "add": ["theirs"] })).await.unwrap().status.is_success());
    types_tag(&browser, 1, "mine").await;
    has_tags(&browser, "slow", &["mine", "theirs"]).await;
    let left: Vec<TagCount> = site.report("tags").await.unwrap();
    assert_eq!(left.into_iter().map(|one| one.tag).collect::<Vec<_>>(), ["mine", "theirs"]);
}

async fn a_viewer_sees_tags_and_changes_none(setting: Setting) {
    let site = shop().await;
    let tags = format!("/api/sites/{}/answers/1/tags", site.key());
    assert!(site.team.put(&tags, &json!({ "tags": ["bug"] })).await.unwrap().status.is_success());
    let browser = opened(setting, &site, "viewer", "/comments?tag=BUG").await;
    has_tags(&browser, "slow", &["bug"]).await;
    browser.wait_until("document.querySelector('.filters select')?.value == 'bug'").await.unwrap();
    assert_eq!(browser.run("return document.querySelectorAll('.comment').length").await.unwrap(), 1);
    assert_eq!(browser.run("return document.querySelectorAll('.tags :is(input, button)').length").await.unwrap(), 0);
    let put = format!(
        "return fetch('{tags}', {{ method: 'PUT', headers: {{ 'Content-Type': 'application/json' }}, body: '{{\"tags\":[]}}' }})
         .then((answer) => answer.status)"
    );
    assert_eq!(browser.run(&put).await.unwrap(), 403);
    chooses(&browser, "").await;
    says(&browser, "Fast delivery!").await;
    has_tags(&browser, "slow", &["bug"]).await;
}

held! {
    [mouse, firefox] an_editor_tags_a_comment_looks_at_those_of_one_tag_and_takes_it_off;
    [mouse, firefox] older_comments_grow_with_what_comes_and_keep_what_somebody_else_calls_them;
    [mouse, firefox] a_viewer_sees_tags_and_changes_none;
}

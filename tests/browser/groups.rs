//! Page groups and stages: typed in the console, refused at their field, and reported by.

use survey::report::{GroupsReport, StagesReport};
use tests::browser::Browser;
use tests::{Demo, Setting};

use crate::acting::{fill, press, says, unfold};
use crate::console::{choose, signed_in};

async fn opened(setting: Setting, demo: &Demo) -> tests::browser::Lent {
    let browser = signed_in(setting, demo, "/groups").await;
    unfold(&browser, ".grouping").await;
    browser.wait_until("document.getElementById('grouping-page_groups-0-name')").await.unwrap();
    browser
}

async fn names(demo: &Demo) -> Vec<String> {
    let report: GroupsReport = demo.report("groups").await.unwrap();
    report.groups.into_iter().map(|group| group.name).collect()
}

/// The first of them, as the form has it.
async fn first(browser: &Browser) -> String {
    let first = "return document.getElementById('grouping-page_groups-0-name').value";
    browser.run(first).await.unwrap().as_str().unwrap().to_owned()
}

async fn groups_and_stages_are_renamed_added_moved_and_removed(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = opened(setting, &demo).await;
    let before = names(&demo).await;
    assert_eq!(first(&browser).await, before[0]);
    fill(&browser, "grouping-page_groups-0-name", "Everything on sale").await;
    fill(&browser, "grouping-stages", "Look around\nBuy").await;
    press(&browser, "Add a group").await;
    let added = before.len();
    let field = |member: &str| format!("grouping-page_groups-{added}-{member}");
    fill(&browser, &field("name"), "Answers").await;
    fill(&browser, &field("pattern"), "https://shop.example/help").await;
    press(&browser, "Save groups and stages").await;
    says(&browser, "is an address").await;
    browser.wait_until(&format!("document.activeElement.id == '{}'", field("pattern"))).await.unwrap();
    assert_eq!(names(&demo).await, before, "nothing is half saved");

    fill(&browser, &field("pattern"), "/help/**").await;
    choose(&browser, &format!("#{}", field("stage")), "Buy").await;
    press(&browser, &format!("Move group {} up", added + 1)).await;
    press(&browser, "Save groups and stages").await;
    says(&browser, "Saved. Reports of the past follow at once.").await;
    let after = names(&demo).await;
    assert_eq!((after[0].as_str(), after[added - 1].as_str()), ("Everything on sale", "Answers"), "{after:?}");
    let stages: StagesReport = demo.report("stages").await.unwrap();
    let stages: Vec<&str> = stages.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(stages, ["Look around", "Buy"]);

    press(&browser, &format!("Remove group {added}")).await;
    says(&browser, "Not saved yet.").await;
    press(&browser, "Save groups and stages").await;
    browser.wait_until("!document.body.innerText.includes('Not saved yet.')").await.unwrap();
    assert_eq!(names(&demo).await.len(), before.len());
}

async fn a_form_that_is_older_than_the_groups_does_not_undo_them(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = opened(setting, &demo).await;
    let elsewhere = r#"return fetch('/api/sites/demo-shop/settings', { method: 'PATCH', headers: { 'Content-Type': 'application/json' },
        body: '{"page_groups":[{"name":"Elsewhere","pattern":"/**"}],"stages":[]}' }).then((answer) => answer.status)"#;
    assert_eq!(browser.run(elsewhere).await.unwrap(), 200);
    fill(&browser, "grouping-page_groups-0-name", "Mine").await;
    press(&browser, "Save groups and stages").await;
    says(&browser, "Somebody has changed the groups").await;
    assert_eq!(names(&demo).await, ["Elsewhere"]);
}

held! {
    [mouse, firefox] groups_and_stages_are_renamed_added_moved_and_removed;
    [mouse] a_form_that_is_older_than_the_groups_does_not_undo_them;
}

//! The console's readers: which visitors, which groups, what was said. Its main journey is in `journey`.

use survey::report::GroupsReport;
use tests::browser::Browser;
use tests::{Demo, Setting};

/// A browser that is signed in, on a screen.
pub async fn signed_in(setting: Setting, demo: &Demo, path: &str) -> tests::browser::Lent {
    let browser = setting.browser().await.unwrap();
    sign_in(&browser, demo, path).await;
    browser
}

pub async fn sign_in(browser: &Browser, demo: &Demo, path: &str) {
    browser.open(&demo.collector).await.unwrap();
    browser.wait_for("button", "Sign in").await.unwrap();
    let credentials = serde_json::to_string(&Demo::credentials()).unwrap();
    let sign_in = format!(
        "return fetch('/api/session', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, \
         body: JSON.stringify({credentials}) }}).then(answer => answer.ok)"
    );
    assert_eq!(browser.run(&sign_in).await.unwrap(), true);
    browser.open(&format!("{}{path}", demo.collector)).await.unwrap();
}

/// What is pressed or chosen by code, because nothing here depends on how.
pub async fn choose(browser: &Browser, select: &str, value: &str) {
    let choose = format!(
        "const select = document.querySelector('{select}'); select.value = '{value}'; \
         select.dispatchEvent(new Event('change', {{ bubbles: true }})); return select.value"
    );
    browser.wait_until(&format!("document.querySelector('{select} option[value=\"{value}\"]')")).await.unwrap();
    assert_eq!(browser.run(&choose).await.unwrap(), value);
}

async fn choose_visitors(browser: &Browser, segment: &str) {
    choose(browser, ".visitors select", segment).await;
}

async fn a_suggested_group_is_declared_by_a_button_and_then_reported(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/groups").await;
    browser.wait_for("heading", "Page groups").await.unwrap();
    browser.wait_until("document.querySelector('.pages tbody tr')").await.unwrap();
    for heading in ["Journey", "Suggested"] {
        browser.wait_for("heading", heading).await.unwrap();
    }
    let before: GroupsReport = demo.report("groups").await.unwrap();
    browser.run("document.querySelector('.suggestion button').click()").await.unwrap();
    browser.wait_until("!document.querySelector('.suggestion')").await.unwrap();
    let after: GroupsReport = demo.report("groups").await.unwrap();
    assert_eq!(after.groups.len(), before.groups.len() + 1);
    assert!(after.groups.last().is_some_and(|group| group.funnel.answered > 0), "{after:?}");
    // Its pages were asked on another scale than most.
    browser.run("document.querySelector('.elsewhere').click()").await.unwrap();
    let rows = after.groups.len();
    browser.wait_until(&format!("document.querySelectorAll('.pages tbody tr').length == {rows}")).await.unwrap();
}

async fn figures_can_be_of_some_visitors_and_an_address_keeps_which(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/").await;
    browser.wait_until("document.querySelector('.pages tbody tr')").await.unwrap();
    let answers = "[...document.querySelectorAll('.pages td.answers')].map(cell => Number(cell.innerText.replace(',', ''))).reduce((a, b) => a + b, 0)";
    let all = browser.count(answers).await.unwrap();
    choose_visitors(&browser, "device=phone").await;
    browser.wait_until(&format!("{answers} < {all}")).await.unwrap();
    let phones = browser.count(answers).await.unwrap();
    assert!(phones > 0);
    browser.wait_until("location.search.includes('visitors=device%3Dphone')").await.unwrap();
    browser.reload().await.unwrap();
    browser.wait_until(&format!("document.querySelector('.pages tbody tr') && {answers} == {phones}")).await.unwrap();
    choose_visitors(&browser, "returning=true").await;
    browser.wait_until("location.search.includes('visitors=returning%3Dtrue')").await.unwrap();
}

async fn comments_are_searched_and_narrowed_and_a_word_finds_those_that_have_it(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/comments?days=90").await;
    browser.wait_for("heading", "What they speak of").await.unwrap();
    browser.wait_until("document.querySelector('.words tbody tr')").await.unwrap();
    let word = browser.run("const word = document.querySelector('.word'); word.click(); return word.innerText").await;
    let word = word.unwrap().as_str().unwrap().to_lowercase();
    let begins = word.split(' ').next().unwrap().to_owned();
    browser.wait_until("location.search.includes('search=')").await.unwrap();
    let all_have_it = format!(
        "document.querySelector('.comment') && !document.querySelector('.feed.outdated') && \
         [...document.querySelectorAll('.comment-text')].some(text => text.innerText.toLowerCase().includes('{begins}'))"
    );
    browser.wait_until(&all_have_it).await.unwrap();
    browser.run("document.querySelector('[name=band][value=negative]').click()").await.unwrap();
    browser.wait_until("location.search.includes('band=negative')").await.unwrap();
}

async fn the_page_that_hurts_is_marked_at_first_sight_and_its_comments_are_one_press_away(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let report: survey::report::PagesReport = demo.report("pages?days=30").await.unwrap();
    let hurting = report.pages.iter().filter(|page| page.scores.iter().any(|score| score.hurts)).count();
    assert!(hurting > 0, "the demo has a page that hurts");
    let browser = signed_in(setting, &demo, "/").await;
    browser.wait_until("document.querySelector('.pages tbody .tag.bad')").await.unwrap();
    let first = "document.querySelector('.pages tbody tr')";
    assert_eq!(
        browser.run(&format!("return !!{first}.querySelector('.tag.bad')")).await.unwrap(),
        true,
        "it is the first"
    );
    browser.run(&format!("{first}.querySelector('a').click()")).await.unwrap();
    browser.wait_until("location.pathname == '/page' && document.querySelector('.comment-text')").await.unwrap();
    let page = browser.run("return new URLSearchParams(location.search).get('page')").await.unwrap();
    let path = format!("answers?comments=true&limit=1&page={}", page.as_str().unwrap());
    let newest: survey::report::AnswersReport = demo.report(&path).await.unwrap();
    let comment = serde_json::json!(newest.answers[0].comments[0].text);
    browser
        .wait_until(&format!("document.querySelector('.comment-text').innerText.trim() == {comment}.trim()"))
        .await
        .unwrap();
    browser.reload().await.unwrap();
    browser.wait_until("document.querySelector('.comment-text')").await.unwrap();
}

async fn a_table_is_saved_as_a_file_with_the_figures_behind_it(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/?days=90").await;
    browser.wait_until("document.querySelector('.pages tbody td.score')").await.unwrap();
    let catch = "const make = URL.createObjectURL; URL.createObjectURL = (file) => { window.file = file; return make.call(URL, file); };
        HTMLAnchorElement.prototype.click = function () { window.called = this.download; };
        document.querySelector('.save-table').click(); return file.text()";
    let text = browser.run(catch).await.unwrap();
    assert_eq!(browser.run("return called").await.unwrap(), "pages.csv");
    let mut reader = csv::Reader::from_reader(text.as_str().unwrap().as_bytes());
    let heads = reader.headers().unwrap().clone();
    assert_eq!((&heads[0], &heads[2], &heads[3]), ("page", "answers", "score"));
    let rows: Vec<_> = reader.records().map(|row| row.unwrap()).collect();
    let report: survey::report::PagesReport = demo.report("pages?days=90").await.unwrap();
    assert_eq!(rows.len(), report.pages.len(), "also those of other scales");
    let scored = rows.iter().find(|row| !row[3].is_empty()).expect("a page has a score");
    let page = report.pages.iter().find(|page| page.page == scored[0]).unwrap();
    let figures = page.scores.iter().map(|score| score.figures).find(|figures| figures.n.to_string() == scored[2]);
    assert_eq!(scored[3], format!("{:.4}", figures.expect("as many answers").headline_figure()));
}

held! {
    [mouse, firefox] the_page_that_hurts_is_marked_at_first_sight_and_its_comments_are_one_press_away;
    [mouse, firefox] a_table_is_saved_as_a_file_with_the_figures_behind_it;
    [mouse, firefox] a_suggested_group_is_declared_by_a_button_and_then_reported;
    [mouse, firefox] figures_can_be_of_some_visitors_and_an_address_keeps_which;
    [mouse, firefox] comments_are_searched_and_narrowed_and_a_word_finds_those_that_have_it;
}

//! The console's patterns: heat map, drivers and cross-table, each at an address that can be reloaded and passed on; and figures of visitors
//! who are alike in two ways.

use serde_json::{Value, json};
use survey::report::HeatMapReport;
use survey::shape::{CrossTableReport, DriversReport};
use tests::browser::Browser;
use tests::{Demo, Setting};

use crate::console::{choose, signed_in};

const WIDTHS: [u32; 3] = [360, 768, 1280];

async fn texts(browser: &Browser, selector: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent.trim())";
    serde_json::from_value(browser.run_with(script, vec![json!(selector)]).await.unwrap()).unwrap()
}

/// Where nothing but the table itself may be wider than the window.
async fn fits_every_width(browser: &Browser) {
    // Firefox's window is never so narrow.
    let widths =
        WIDTHS.into_iter().filter(|width| *width > 500 || browser.engine() == tests::browser::Engine::Chromium);
    for width in widths {
        browser.resize(width, 800).await.unwrap();
        browser.wait_until("document.documentElement.scrollWidth <= innerWidth").await.unwrap();
    }
}

async fn a_heat_map_has_a_figure_for_each_page_and_week_and_its_address_keeps_what_is_chosen(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/?days=90").await;
    browser.wait_until("document.querySelector('.pages tbody tr')").await.unwrap();
    browser
        .run("[...document.querySelectorAll('.navigation a')].find((one) => one.textContent == 'Patterns').click()")
        .await
        .unwrap();
    browser.wait_for("heading", "Heat map").await.unwrap();
    browser.wait_until("document.activeElement.textContent == 'Heat map'").await.unwrap();
    browser.wait_until("document.querySelector('.heat tbody tr:nth-child(2)')").await.unwrap();
    let report: HeatMapReport = demo.report("heat-map?days=90").await.unwrap();
    let columns = texts(&browser, ".heat thead th").await;
    assert_eq!(columns.len(), report.steps.len() + 2, "{columns:?}");
    assert_eq!(texts(&browser, ".heat tbody tr").await.len(), report.rows.len() + 1);
    let site = texts(&browser, ".heat-site td").await;
    assert!(site[0].contains(&format!("n\u{a0}{}", thousands(report.site.all.n))), "{site:?}");
    let untinted =
        report.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.n > 0 && cell.low_confidence).count();
    assert_eq!(
        texts(&browser, ".heat tbody td.heat-few:not(.heat-all)").await.len(),
        untinted,
        "few answers have no tint"
    );

    for (name, value) in [("metric", "nps"), ("by", "group")] {
        browser.run(&format!("document.querySelector('[name={name}][value={value}]').click()")).await.unwrap();
        browser.wait_until(&format!("location.search.includes('{name}={value}')")).await.unwrap();
    }
    browser.reload().await.unwrap();
    browser.wait_until("document.querySelector('[name=by][value=group]')?.checked").await.unwrap();
    browser.wait_for("heading", "No group has answers in this period").await.unwrap();
    browser.run("document.querySelector('[name=by][value=\"\"]').click()").await.unwrap();
    browser.wait_until("document.querySelector('.heat caption')?.textContent.includes('NPS')").await.unwrap();
    fits_every_width(&browser).await;
}

fn thousands(number: u64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

async fn drivers_say_of_each_value_how_much_how_sure_and_of_how_many(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/patterns?days=90").await;
    browser.wait_for("heading", "Heat map").await.unwrap();
    browser
        .run("[...document.querySelectorAll('.views a')].find((one) => one.textContent == 'Drivers').click()")
        .await
        .unwrap();
    browser.wait_for("heading", "What goes with low scores").await.unwrap();
    browser.wait_until("document.querySelector('.views [aria-current]').textContent == 'Drivers'").await.unwrap();
    choose(&browser, ".picker.named select", "product-csat").await;
    browser.wait_until("location.search.includes('survey=product-csat')").await.unwrap();
    browser.reload().await.unwrap();
    browser
        .wait_until("document.querySelector('.drivers tbody td') && !document.querySelector('.feed.outdated')")
        .await
        .unwrap();
    let report: DriversReport = demo.report("drivers?days=90&survey=product-csat").await.unwrap();
    browser.run("document.querySelector('.drivers-section > .button:not(.save-table)')?.click()").await.unwrap();
    let rows = "document.querySelectorAll('.drivers tbody tr:not(.drivers-title)').length";
    browser.wait_until(&format!("{rows} == {}", report.values.len())).await.unwrap();
    let verdicts = texts(&browser, ".drivers .verdict").await;
    let clear = report.values.iter().filter(|value| value.discovery).count();
    assert_eq!(verdicts.iter().filter(|verdict| *verdict == "clear").count(), clear, "{verdicts:?}");
    let first = texts(&browser, ".drivers tbody .with").await[0].clone();
    assert!(first.ends_with(&format!("of {}", thousands(report.values[0].with.n))), "{first}");
    let bars = texts(&browser, ".drivers svg[aria-label$=' points']").await;
    assert_eq!(bars.len(), report.values.len(), "what is drawn is said as well");
    fits_every_width(&browser).await;
}

async fn any_two_questions_are_set_against_each_other_and_never_one_against_itself(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let path = "/patterns/cross-table?days=90&survey=cart-exit&rows=reason&columns=ease";
    let browser = signed_in(setting, &demo, path).await;
    browser.wait_until("document.querySelector('.cross tbody td')").await.unwrap();
    let report: CrossTableReport =
        demo.report("cross-table?days=90&survey=cart-exit&rows=reason&columns=ease").await.unwrap();
    let cells = texts(&browser, ".cross tbody td small:first-of-type").await;
    let expected: Vec<String> = report
        .cells
        .iter()
        .flatten()
        .map(|cell| format!("{} · expected {:.0}", thousands(cell.n), cell.expected))
        .collect();
    assert_eq!(cells, expected);
    browser.run("document.querySelector('[name=points][value=true]').click()").await.unwrap();
    browser.wait_until("document.querySelectorAll('.cross thead tr:last-child th').length == 5").await.unwrap();
    // The question of the other side: so the table is turned.
    choose(&browser, ".picker.named:nth-of-type(2) select", "ease").await;
    browser
        .wait_until("location.search.includes('rows=ease') && location.search.includes('columns=reason')")
        .await
        .unwrap();
    browser.reload().await.unwrap();
    browser.wait_until("document.querySelectorAll('.cross tbody tr').length == 5").await.unwrap();
    fits_every_width(&browser).await;
}

async fn figures_can_be_of_visitors_who_are_alike_in_two_ways(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/?days=90&visitors=device%3Dphone").await;
    browser.wait_until("document.querySelector('.pages tbody tr')").await.unwrap();
    let answers = "[...document.querySelectorAll('.pages td.answers')].map(cell => Number(cell.innerText.replace(',', ''))).reduce((a, b) => a + b, 0)";
    let phones = browser.count(answers).await.unwrap();
    let second = ".picker.visitors:nth-of-type(2) select";
    browser.wait_until(&format!("document.querySelector('{second} option[value^=\"band=\"]')")).await.unwrap();
    let offered = texts(&browser, &format!("{second} optgroup[label=Device] option")).await;
    assert!(offered.is_empty(), "all of them have phones: {offered:?}");
    choose(&browser, second, "band=negative").await;
    browser.wait_until("location.search.includes('and=band%3Dnegative')").await.unwrap();
    browser.wait_until(&format!("{answers} > 0 && {answers} < {phones}")).await.unwrap();
    let both = browser.count(answers).await.unwrap();
    browser.reload().await.unwrap();
    browser.wait_until(&format!("document.querySelector('.pages tbody tr') && {answers} == {both}")).await.unwrap();
    // Whoever takes the first back keeps the second.
    choose(&browser, ".picker.visitors select", "").await;
    browser
        .wait_until("location.search.includes('visitors=band%3Dnegative') && !location.search.includes('and=')")
        .await
        .unwrap();
}

async fn the_three_views_are_reached_and_read_by_keyboard(setting: Setting) {
    let demo = Demo::start().await.unwrap();
    let browser = signed_in(setting, &demo, "/patterns?days=90").await;
    browser.wait_until("document.querySelector('.heat tbody td')").await.unwrap();
    browser.resize(600, 800).await.unwrap();
    browser.run("document.querySelector('.heat-scroll').focus()").await.unwrap();
    for _ in 0..3 {
        browser.press("ArrowRight").await.unwrap();
    }
    browser.wait_until("document.querySelector('.heat-scroll').scrollLeft > 0").await.unwrap();
    let first = "const name = document.querySelector('.heat tbody th').getBoundingClientRect().left,
        table = document.querySelector('.heat-scroll').getBoundingClientRect().left; return Math.abs(name - table) < 3";
    assert_eq!(browser.run(first).await.unwrap(), Value::Bool(true), "a page's name stays in sight");
    browser.run("document.querySelectorAll('.views a')[1].focus()").await.unwrap();
    browser.press("Enter").await.unwrap();
    browser.wait_for("heading", "What goes with low scores").await.unwrap();
    browser.wait_until("document.activeElement.tagName == 'H1'").await.unwrap();
}

held! {
    [mouse, firefox] a_heat_map_has_a_figure_for_each_page_and_week_and_its_address_keeps_what_is_chosen;
    [mouse, firefox] drivers_say_of_each_value_how_much_how_sure_and_of_how_many;
    [mouse, firefox] any_two_questions_are_set_against_each_other_and_never_one_against_itself;
    [mouse, firefox] figures_can_be_of_visitors_who_are_alike_in_two_ways;
    [mouse, firefox] the_three_views_are_reached_and_read_by_keyboard;
}

//! What people do in the console: type into fields, press buttons, read.

use serde_json::json;
use tests::browser::Browser;

/// Types into the field of this id, as far as the page can tell.
pub async fn fill(browser: &Browser, id: &str, text: &str) {
    browser.wait_until(&format!("document.getElementById('{id}')")).await.unwrap();
    let fill = format!(
        "const field = document.getElementById('{id}'); field.value = {}; field.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        json!(text)
    );
    browser.run(&fill).await.unwrap();
}

/// Presses a button by what it says.
pub async fn press(browser: &Browser, button: &str) {
    browser.wait_for("button", button).await.unwrap();
    let find = format!(
        "[...document.querySelectorAll('button, summary')].find(one => (one.ariaLabel || one.innerText).trim() == {} && !one.disabled)",
        json!(button)
    );
    click(browser, &find).await;
}

/// Clicks what an expression finds, once it does: in one go, because what is on a screen may be drawn anew at any moment.
pub async fn click(browser: &Browser, find: &str) {
    browser.wait_until(&format!("(() => {{ const one = {find}; one?.click(); return one; }})()")).await.unwrap();
}

/// Opens what is folded.
pub async fn unfold(browser: &Browser, selector: &str) {
    let summary = format!("document.querySelector('{selector} > summary')");
    click(browser, &summary).await;
}

/// Waits until a text stands on the screen.
pub async fn says(browser: &Browser, text: &str) {
    browser.wait_until(&format!("document.body.innerText.includes({})", json!(text))).await.unwrap();
}

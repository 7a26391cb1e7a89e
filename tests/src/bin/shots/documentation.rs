//! What README and documentation show: at a desk, by day.

use std::time::Duration;

use serde_json::json;
use tests::Demo;
use tokio::time::sleep;

use super::Studio;

/// Takes them all into `docs/`; hands back how many.
pub async fn take(demo: &Demo) -> anyhow::Result<usize> {
    // A browser of its own: whoever was asked once is not asked again.
    let mut studio = Studio::open("docs").await?;
    studio.browser.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await?;
    studio.ask_for_ces(demo).await?;
    studio.picture("widget").await?;
    studio.browser.open(&demo.collector).await?;
    studio.browser.wait_for("button", "Sign in").await?;
    studio.sign_in().await?;
    for (name, path, heading) in [
        ("console", "/", "Pages that hurt"),
        ("page", "/page?page=127.0.0.1/help", "Comments"),
        ("editor", "/survey?survey=cart-exit", "Leaving the cart: what stopped you?"),
        ("heat-map", "/patterns?days=90", "Heat map"),
    ] {
        studio.screen(demo, path, heading).await?;
        if name == "editor" {
            // Beside the form the survey is shown in a frame of no origin, which nobody can look into.
            sleep(Duration::from_secs(3)).await;
        }
        studio.picture(name).await?;
    }
    Ok(studio.taken)
}

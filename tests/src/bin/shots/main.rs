//! Pictures of everything that people look at: every survey, the widget in each of its states, every screen of the console, the demo
//! shop.
//!
//! They go to `shots/`, for people's eyes: nothing compares them. Each thing is brought to the screen once and then
//! pictured at every width, light and dark. Those that the documentation shows go to `docs/`, whose pages name them.

mod documentation;
mod surveys;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;
use tests::browser::Browser;
use tests::{Demo, Pages};
use tokio::time::sleep;

/// In CSS pixels: a phone, a tablet, a desk.
const WIDTHS: [u32; 3] = [360, 768, 1280];
const HEIGHTS: [u32; 3] = [740, 1024, 800];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// For a change of size, a font, the end of a fade.
const SETTLED: Duration = Duration::from_millis(350);

const CES: &str = "This page made it easy to find what I was looking for.";
const CSAT: &str = "How satisfied are you with the way ordering went?";
const NPS: &str = "How likely are you to recommend Fernhill to a friend who keeps plants?";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let demo = Demo::start().await?;
    let mut studio = Studio::open("shots").await?;
    // Everything takes minutes: `shots console` takes the console alone.
    let only = std::env::args().nth(1);
    let is_wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if is_wanted("docs") {
        // Before anybody has answered anything.
        studio.taken += documentation::take(&demo).await?;
    }
    if is_wanted("book") {
        studio.book(&demo).await?;
    }
    if is_wanted("surveys") {
        studio.taken += surveys::take(&studio.folder).await?;
    }
    if is_wanted("widget") {
        studio.widget(&demo).await?;
    }
    if is_wanted("shop") {
        studio.shop(&demo).await?;
    }
    if is_wanted("console") {
        studio.console(&demo).await?;
        studio.shared(&demo).await?;
    }
    println!("{} pictures", studio.taken);
    Ok(())
}

struct Studio {
    browser: Browser,
    folder: PathBuf,
    taken: usize,
}

impl Studio {
    async fn open(folder: &str) -> anyhow::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(folder);
        std::fs::create_dir_all(&folder)?;
        Ok(Self { browser: Browser::start().await?, folder, taken: 0 })
    }

    /// Every state of the widget, on the pages to which it belongs.
    async fn widget(&mut self, demo: &Demo) -> anyhow::Result<()> {
        self.at_the_desk().await?;
        self.browser.open(&demo.shop).await?;
        self.browser.wait_for("button", "Feedback").await?;
        self.everywhere("widget-tab").await?;

        self.ask_for_ces(demo).await?;
        self.everywhere("widget-ces").await?;
        self.right_to_left("widget-ces").await?;

        self.at_the_desk().await?;
        self.browser.tab_into_the_widget().await?;
        self.browser.tab_to("button", "3 of 7").await?;
        self.everywhere("widget-ces-focus").await?;
        self.browser.press("Enter").await?;
        self.browser.wait_for("button", "Send").await?;
        self.everywhere("widget-comment").await?;
        self.browser.type_text("I could not find the return address.").await?;
        self.browser.tab_to("button", "Send").await?;
        // The thanks leave by themselves, by a timer that begins with them.
        self.browser.run("window.setTimeout = () => 0").await?;
        self.browser.press("Enter").await?;
        self.browser.wait_for("heading", "Thank you").await?;
        self.everywhere("widget-thanks").await?;

        self.at_the_desk().await?;
        self.browser.open(&format!("{}/journal", demo.shop)).await?;
        self.browser.run("scrollTo(0, document.documentElement.scrollHeight)").await?;
        self.browser.wait_for("heading", NPS).await?;
        self.everywhere("widget-nps").await?;
        self.right_to_left("widget-nps").await?;

        self.at_the_desk().await?;
        self.browser.open(&format!("{}/order-placed", demo.shop)).await?;
        self.browser.wait_for("heading", CSAT).await?;
        self.everywhere("widget-csat").await
    }

    /// Leaves the help page as a visitor does.
    async fn ask_for_ces(&self, demo: &Demo) -> anyhow::Result<()> {
        self.at_the_desk().await?;
        self.browser.open(&format!("{}/help", demo.shop)).await?;
        self.browser.move_pointer(640, 400).await?;
        sleep(Duration::from_millis(4_000)).await;
        self.browser.leave_by_the_top().await?;
        self.browser.wait_for("heading", CES).await
    }

    /// Pages of the documentation, those with the widest tables and the longest lines among them.
    async fn book(&mut self, demo: &Demo) -> anyhow::Result<()> {
        for page in ["index", "quick-start", "targeting", "scores", "http-api", "scaling"] {
            self.browser.open(&format!("{}/docs/{page}.html", demo.collector)).await?;
            self.browser.wait_until("document.querySelector('main h1')").await?;
            self.everywhere(&format!("book-{page}")).await?;
        }
        self.size(WIDTHS[0], HEIGHTS[0]).await?;
        self.browser.run("document.querySelector('summary').click()").await?;
        self.picture("book-contents").await
    }

    /// The shop's pages. The surveys on them have been shown to this visitor, so none is in the way.
    async fn shop(&mut self, demo: &Demo) -> anyhow::Result<()> {
        self.at_the_desk().await?;
        for page in ["", "category", "product", "cart", "checkout", "order-placed", "help", "journal"] {
            self.browser.open(&format!("{}/{page}", demo.shop)).await?;
            let name = if page.is_empty() { "start" } else { page };
            self.picture(&format!("shop-{name}")).await?;
        }
        Ok(())
    }

    /// Every screen of the console, from its top to its end.
    async fn console(&mut self, demo: &Demo) -> anyhow::Result<()> {
        self.browser.open(&demo.collector).await?;
        self.browser.wait_for("button", "Sign in").await?;
        self.everywhere("console-sign-in").await?;

        self.sign_in().await?;
        for (name, path, heading) in [
            ("pages", "/", "Pages that hurt"),
            ("page", "/page?page=127.0.0.1/help", "Comments"),
            ("groups", "/groups", "Page groups"),
            ("heat-map", "/patterns?days=90", "Heat map"),
            ("drivers", "/patterns/drivers?days=90&survey=product-csat", "What goes with low scores"),
            ("cross-table", "/patterns/cross-table?days=90&survey=cart-exit", "Two questions against each other"),
            ("heat-map-empty", "/patterns?by=group&metric=nps", "No group has answers in this period"),
            ("two-filters", "/?visitors=device%3Dphone&and=language%3Dde", "Pages that hurt"),
            ("comments", "/comments", "What they speak of"),
            ("apart", "/comments?list=apart", "Why answers are set apart"),
            ("surveys", "/surveys", "7 surveys"),
            ("survey", "/survey?survey=cart-exit", "Leaving the cart: what stopped you?"),
            ("install", "/install", "Install"),
            ("settings", "/settings", "Settings"),
            ("look", "/settings/look", "How surveys look"),
            ("team", "/team", "Team"),
            ("account", "/account", "Your account"),
            ("new-site", "/new-site", "New site"),
            ("join", "/join#pi_none", "This invitation is not good any more"),
        ] {
            self.screen(demo, path, heading).await?;
            self.whole(&format!("console-{name}")).await?;
        }
        Ok(())
    }

    /// As the demo's marketer, from a page of the console.
    async fn sign_in(&self) -> anyhow::Result<()> {
        let credentials = serde_json::to_string(&Demo::credentials())?;
        let sign_in = format!(
            "return fetch('/api/session', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, \
             body: JSON.stringify({credentials}) }}).then(answer => answer.ok)"
        );
        ensure!(self.browser.run(&sign_in).await? == true, "the marketer cannot sign in");
        Ok(())
    }

    /// A screen of the console, when all of it is there.
    async fn screen(&self, demo: &Demo, path: &str, heading: &str) -> anyhow::Result<()> {
        self.browser.open(&format!("{}{path}", demo.collector)).await?;
        self.browser.wait_for("heading", heading).await?;
        self.browser.wait_until("!document.querySelector('.waiting')").await
    }

    /// What somebody sees who has a link; what is left of it when it is withdrawn; and badges.
    async fn shared(&mut self, demo: &Demo) -> anyhow::Result<()> {
        let share = "return fetch('/api/sites/demo-shop/shares', { method: 'POST', headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ name: 'Board' }) }).then(answer => answer.json()).then(made => made.badge.split('/')[4])";
        let secret = self.browser.run(share).await?;
        let secret = secret.as_str().context("no link is made")?;
        for (name, path, heading) in [
            ("pages", format!("/shared#{secret}"), "Pages that hurt"),
            ("page", format!("/shared/page?page=127.0.0.1/help#{secret}"), "From page view to answer"),
            ("over", "/shared#pf_gone".to_owned(), "This link shows nothing any more"),
        ] {
            // Another fragment alone would not load anything.
            self.browser.open("about:blank").await?;
            self.browser.open(&format!("{}{path}", demo.collector)).await?;
            self.browser.wait_for("heading", heading).await?;
            self.whole(&format!("shared-{name}")).await?;
        }
        self.badges(demo, secret).await
    }

    /// On a page of somebody else, as a README has them.
    async fn badges(&mut self, demo: &Demo, secret: &str) -> anyhow::Result<()> {
        let queries = [
            "",
            "?metric=csat",
            "?metric=nps",
            "?page=127.0.0.1/help",
            "?page=127.0.0.1/no-such-page",
            "?days=1&page=127.0.0.1/cart",
        ];
        let badges = queries.map(|query| {
            format!("<p><img src='{}/shared/{secret}/badge.svg{query}' alt='a badge'></p>", demo.collector)
        });
        let pages = Pages::serve("").await?;
        pages.put("/readme", "", &badges.concat());
        self.size(WIDTHS[0], 300).await?;
        self.browser.open(&format!("{}/readme", pages.origin())).await?;
        self.picture("badges").await
    }

    /// All that is on the screen, from its top to its end.
    async fn whole(&mut self, name: &str) -> anyhow::Result<()> {
        for (width, height) in WIDTHS.into_iter().zip(HEIGHTS) {
            self.size(width, height).await?;
            let whole = self.browser.run("return document.documentElement.scrollHeight").await?;
            self.size(width, whole.as_u64().and_then(|whole| whole.try_into().ok()).unwrap_or(height)).await?;
            self.both_schemes(&format!("{name}-{width}")).await?;
        }
        Ok(())
    }

    /// What is on the screen, at every width, light and dark.
    async fn everywhere(&mut self, name: &str) -> anyhow::Result<()> {
        for (width, height) in WIDTHS.into_iter().zip(HEIGHTS) {
            self.size(width, height).await?;
            self.both_schemes(&format!("{name}-{width}")).await?;
        }
        Ok(())
    }

    /// The same on a page that is read from right to left.
    async fn right_to_left(&mut self, name: &str) -> anyhow::Result<()> {
        self.size(WIDTHS[0], HEIGHTS[0]).await?;
        self.browser.run("document.documentElement.dir = 'rtl'").await?;
        self.picture(&format!("{name}-rtl-{}", WIDTHS[0])).await?;
        self.browser.run("document.documentElement.dir = ''").await?;
        Ok(())
    }

    async fn both_schemes(&mut self, name: &str) -> anyhow::Result<()> {
        for scheme in SCHEMES {
            self.scheme(scheme).await?;
            self.picture(&format!("{name}-{scheme}")).await?;
        }
        self.scheme(SCHEMES[0]).await
    }

    async fn at_the_desk(&self) -> anyhow::Result<()> {
        self.size(WIDTHS[2], HEIGHTS[2]).await
    }

    /// Headless Chromium's window is never narrower than 500 pixels; an emulated device can be.
    async fn size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let device = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.browser.devtools("Emulation.setDeviceMetricsOverride", device).await?;
        sleep(SETTLED).await;
        Ok(())
    }

    async fn scheme(&self, scheme: &str) -> anyhow::Result<()> {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.browser.devtools("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    async fn picture(&mut self, name: &str) -> anyhow::Result<()> {
        sleep(SETTLED).await;
        let file = self.folder.join(format!("{name}.png"));
        self.browser.screenshot(&file).await?;
        self.taken += 1;
        println!("{}", file.display());
        Ok(())
    }
}

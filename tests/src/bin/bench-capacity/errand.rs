//! Everything else that is asked for: what pages load, page views that tell of themselves, and the console's report.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;
use tests::raw::{BROWSER_LINES, RawConnection, RawRequest};
use tests::{Chore, Filling};
use tokio::task::JoinSet;

use crate::TURNS;
use crate::cost::{Cost, Costs, Crowd, Request};
use crate::place::Place;

const CONNECTIONS: usize = 16;

const PAGES: i64 = 1_000;
/// A report is of thirty days, and compares them with the thirty before.
const DAYS: i64 = 60;
/// For a page and a day, two of the funnel; for every second, one of a histogram.
const ROWS_OF_COUNTS: i64 = PAGES * DAYS * 5 / 2;

/// Page views are stored once a second.
const STORED_AFTER: Duration = Duration::from_millis(1_200);

/// A kind of request, ready to be sent.
struct Errand {
    request: Request,
    raw: RawRequest,
    status: u16,
    times: usize,
}

pub async fn measure(place: &Place, costs: &mut Costs) -> anyhow::Result<()> {
    let errands = errands(place).await?;
    for _ in 0..TURNS {
        for errand in &errands {
            costs.note(errand.request, Crowd::Many, run(place, errand, CONNECTIONS).await?);
        }
    }
    let before = place.site.collector.stored_bytes().await?;
    place.site.collector.fill(place.site.key(), Filling::Counts { pages: PAGES, days: DAYS }).await?;
    let grown = place.site.collector.stored_bytes().await?.saturating_sub(before);
    costs.count_bytes = grown as f64 / ROWS_OF_COUNTS as f64;
    let report = report(place).await?;
    for _ in 0..TURNS {
        costs.note(Request::Report, Crowd::One, run(place, &report, 1).await?);
    }
    Ok(())
}

async fn errands(place: &Place) -> anyhow::Result<Vec<Errand>> {
    let key = place.site.key();
    let loader = format!("/w/{key}.js");
    let answer = reqwest::Client::new()
        .get(format!("{}{loader}", place.site.collector.origin()))
        .header("accept-encoding", "br")
        .send()
        .await?;
    let tag = answer.headers().get("etag").context("the loader has an ETag")?.to_str()?.to_owned();
    let script = reqwest::get(format!("{}{loader}", place.site.collector.origin())).await?.text().await?;
    let named = |ending: &str| {
        let mut quoted = script.split('"').filter(|text| text.starts_with("/w/") && text.ends_with(ending));
        quoted.next().map(str::to_owned).with_context(|| format!("the loader names no {ending}"))
    };
    let delivered =
        |request, path: &str, times| Errand { request, raw: RawRequest::get(path, BROWSER_LINES), status: 200, times };
    let again = format!("{BROWSER_LINES}If-None-Match: {tag}\r\n");
    let view = json!({
        "v": 1, "site": key, "page": place.site.page_key("/help/orders/how-to-return-1"), "referrer": "https://search.example",
        "language": "en-GB", "device": "desktop",
    });
    let told = RawRequest::post(&place.site, "/v1/views", BROWSER_LINES, &view.to_string());
    Ok(vec![
        delivered(Request::Loader, &loader, 10_000),
        Errand { request: Request::LoaderAgain, raw: RawRequest::get(&loader, &again), status: 304, times: 10_000 },
        delivered(Request::Surveys, &format!("{}?l=en-GB,en-GB,en", named(".bin")?), 10_000),
        delivered(Request::Glue, &named(".js")?, 10_000),
        delivered(Request::Module, &named(".wasm")?, 4_000),
        Errand { request: Request::View, raw: told, status: 204, times: 10_000 },
    ])
}

/// Asked for by a program with a token: a session costs as much to look up.
async fn report(place: &Place) -> anyhow::Result<Errand> {
    let (key, arguments) =
        (place.site.key(), ["token", "add", place.site.key(), "--name", "bench", "--role", "viewer"]);
    let said = place.site.collector.also(Chore { arguments: &arguments, input: "" }).await?;
    let token = said.lines().next().context("it says the token")?;
    let lines = format!("{BROWSER_LINES}Authorization: Bearer {token}\r\n");
    let raw = RawRequest::get(&format!("/api/sites/{key}/pages?days=30"), &lines);
    Ok(Errand { request: Request::Report, raw, status: 200, times: 8 })
}

async fn run(place: &Place, errand: &Errand, connections: usize) -> anyhow::Result<Cost> {
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut connection = RawConnection::open(&place.site, errand.raw.clone()).await?;
        // Whatever is made when it is first asked for is made by now.
        send(&mut connection, errand).await?;
        open.push(connection);
    }
    let began = place.begin().await?;
    let mut sending = JoinSet::new();
    for mut connection in open {
        let errand = Errand { raw: errand.raw.clone(), ..*errand };
        sending.spawn(async move {
            for _ in 0..errand.times / connections {
                send(&mut connection, &errand).await?;
            }
            anyhow::Ok(connection.bytes())
        });
    }
    let mut bytes = (0, 0);
    while let Some(sent) = sending.join_next().await {
        bytes = sent??;
    }
    if errand.request == Request::View {
        tokio::time::sleep(STORED_AFTER).await;
    }
    let used = place.since(began).await?;
    Ok(Cost::of_each(used, errand.times / connections * connections, bytes))
}

async fn send(connection: &mut RawConnection, errand: &Errand) -> anyhow::Result<()> {
    let (status, _) = connection.exchange().await?;
    ensure!(status == errand.status, "{:?}: unexpected: {}", errand.request, connection.answer());
    Ok(())
}

//! Every kind of question in every format, at the width of a phone and of a desk, light and dark, in both directions; and one
//! page with all of them, to be looked at.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};
use tests::host_pages::STUB;
use tests::kinds::{asking_everything, kinds, main_formats};
use tests::{Setting, Stage};
use tokio::time::{Duration, Instant, sleep};

/// In CSS pixels: a phone and a desk, no higher than what there is to see.
const WINDOWS: [(u32, u32); 2] = [(360, 640), (1280, 640)];

/// What a page says of itself: its name in a picture's, its attributes, its colour scheme. Where every window is pictured, and where
/// only the narrow one is.
const PAGES: [(&str, &str, &str, usize); 3] =
    [("light", "lang=en", "light", 2), ("dark", "lang=en", "dark", 2), ("rtl", "lang=ar dir=rtl", "light", 1)];

/// As a site of a shop might be.
const BODY: &str = "<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 900px; padding: 16px; background: Canvas }
    h1 { margin: 0 0 8px } #place { margin-block: 16px; max-width: 640px }</style>
    <h1>Fernhill</h1><p>Plants for rooms with little light, with a letter on how to keep them.</p><div id=place></div>
    <p>Every plant is grown in the valley, travels in paper, and comes with a year of advice.</p>";

const GO_ON: &str = "(root.querySelector('[part=skip]') || root.querySelector('[part=send]')).click()";
const STILL: &str = "for (const motion of root.getAnimations()) motion.finish();
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(root.querySelector('h2').textContent))))";

/// Takes them all; hands back how many.
pub async fn take(folder: &Path) -> anyhow::Result<usize> {
    let surveys: Vec<Value> = main_formats().iter().map(|(name, format)| asking_everything(name, format)).collect();
    let stage = Stage::set(Setting::Mouse, &surveys).await?;
    let mut taken = Vec::new();
    for (page, attributes, scheme, windows) in PAGES {
        let head = format!("{STUB}<meta name=color-scheme content={scheme}>{}", stage.site.snippet());
        stage.pages.put_in(attributes, "/page", &head, BODY);
        for &(width, height) in &WINDOWS[..windows] {
            stage.resize(width, height).await?;
            for (format, _) in main_formats() {
                taken.extend(conversation(&stage, folder, format, &format!("{width}-{page}")).await?);
            }
        }
    }
    std::fs::write(folder.join("surveys.html"), contact_sheet(&taken))?;
    println!("{}", folder.join("surveys.html").display());
    Ok(taken.len())
}

/// A whole conversation in one format.
async fn conversation(stage: &Stage, folder: &Path, format: &str, view: &str) -> anyhow::Result<Vec<String>> {
    stage.visit("/page").await?;
    stage.run(&format!("pagepoll('show', {})", json!(format))).await?;
    stage.wait_until("document.querySelector('pagepoll-survey')").await?;
    // The thanks leave by themselves, by a timer that begins with them.
    stage.run("window.setTimeout = () => 0").await?;
    let mut taken = Vec::new();
    let mut heading = Value::Null;
    for name in kinds().iter().map(|kind| kind.name).chain(["thanks"]) {
        if !taken.is_empty() {
            stage.inside(GO_ON).await?;
        }
        heading = another_heading(stage, &heading).await.with_context(|| format!("{format}, {name}"))?;
        let file = format!("survey-{format}-{name}-{view}.png");
        std::fs::write(folder.join(&file), stage.picture().await?)?;
        taken.push(file);
    }
    Ok(taken)
}

async fn another_heading(stage: &Stage, before: &Value) -> anyhow::Result<Value> {
    let deadline = Instant::now() + tests::browser::SOON;
    loop {
        match stage.inside(STILL).await {
            Ok(heading) if heading != *before => return Ok(heading),
            now if Instant::now() > deadline => anyhow::bail!("nothing comes after {before}: {now:?}"),
            _ => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// One page with all pictures, those of a kind side by side.
fn contact_sheet(taken: &[String]) -> String {
    let mut sheet = "<!doctype html><meta charset=utf-8><title>Every survey</title><style>body { font: 13px sans-serif; background: #888 } \
        div { display: flex; flex-wrap: wrap; gap: 6px } img { display: block; height: 300px } figure { margin: 0 }</style>"
        .to_owned();
    for name in kinds().iter().map(|kind| kind.name).chain(["thanks"]) {
        let _ = write!(sheet, "<h2>{name}</h2><div>");
        for file in taken.iter().filter(|file| file.contains(&format!("-{name}-"))) {
            let _ = write!(sheet, "<figure><img loading=lazy src='{file}'><figcaption>{file}</figcaption></figure>");
        }
        sheet.push_str("</div>");
    }
    sheet
}

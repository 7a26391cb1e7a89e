//! Nothing leaks in, nothing leaks out: whatever style sheet a page has, the widget looks the same on it, and the page itself stays
//! as it was.

use anyhow::Context;
use serde_json::{Value, json};
use tests::host_pages::{HOST_STYLES, RICH, STUB};
use tests::kinds::{self, kinds};
use tests::packages::Package;
use tests::{Area, Picture, Setting, Stage, is_long};

/// How much of the widget may look otherwise than on a plain page, in percent of its pixels.
const BOUND: f64 = 0.5;

/// What such a page does to everything within it, it may do to what stands there, too.
const MEDDLES_WITHIN: [&str; 4] = ["giant-z-index", "transformed", "zoomed", "lively"];

/// The card's place in the window, with everything that moves brought to its end.
const CARD: &str = "for (const motion of root.getAnimations?.() ?? []) motion.finish();
    const place = () => { const box = root.querySelector('.card').getBoundingClientRect();
        return [box.x, box.y, box.width, box.height].map(Math.round); };
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(place()))))";

const GO_ON: &str = "(root.querySelector('[part=skip]') || root.querySelector('[part=send]')).click()";

/// In the page: notes how every element looks and what there is, and tells what has changed since.
const WITNESS: &str = "<script>
    window.look = () => [document.documentElement, document.body, ...document.body.querySelectorAll('*')]
        .filter((one) => !one.localName.startsWith('pagepoll-') && one.localName != 'script')
        .flatMap((one) => [undefined, '::before', '::after'].map((part) => [one, part, getComputedStyle(one, part)]))
        .filter(([, part, style]) => !part || style.content != 'none')
        .map(([one, part, style]) => [one, part, Array.from(style, (name) => name + ': ' + style.getPropertyValue(name))]);
    window.remember = () => { window.before = look(); };
    window.changes = () => {
        const now = look();
        if (now.length != before.length) return ['the number of elements'];
        return now.flatMap(([one, part, style], place) => {
            const [same, , old] = before[place];
            if (one != same) return [one.localName + ' is another element'];
            return style.filter((line, at) => line != old[at]).map((line) => [one.localName + '#' + one.id + (part || ''), line].join(' '));
        });
    };</script>";

/// Every page: its name and what stands in its head.
fn pages() -> Vec<(&'static str, String)> {
    let packages = [("bootstrap", Package::Bootstrap), ("tailwind", Package::Tailwind), ("bulma", Package::Bulma)];
    let sheet =
        |(name, package): (&'static str, Package)| (name, format!("<style>{}</style>", package.read().unwrap()));
    let own = HOST_STYLES.into_iter().map(|(name, style)| (name, format!("<style>{style}</style>")));
    packages.into_iter().map(sheet).chain(own).collect()
}

async fn stage_with(setting: Setting, surveys: &[Value]) -> Stage {
    let stage = Stage::set(setting, surveys).await.unwrap();
    // White wherever the widget is, and as much room for it, whatever the style sheet says.
    let white = "<style>html { overflow-y: scroll !important } html, body { background: #fff !important }</style>";
    for (name, head) in pages().into_iter().chain([("plain", String::new())]) {
        stage.put_behind(&format!("{STUB}{head}{white}{WITNESS}"), &format!("/{name}"), RICH);
    }
    stage
}

async fn shows(stage: &Stage, page: &str, survey: &str, prompt: &str) {
    stage.visit(&format!("/{page}")).await.unwrap();
    stage.show(survey, prompt).await.unwrap_or_else(|error| panic!("{page}: {error:#}"));
}

async fn picture_of_card(stage: &Stage) -> anyhow::Result<Picture> {
    let place: Vec<u32> =
        serde_json::from_value(stage.inside(CARD).await?).context("the card is partly outside of the window")?;
    let [x, y, width, height] = place[..] else { anyhow::bail!("no card") };
    Picture::read(&stage.picture().await?)?.part(Area { x, y, width, height })
}

async fn on_any_page_every_kind_looks_as_on_a_plain_one(setting: Setting) {
    let survey = kinds::asking_everything("everything", &json!({ "corner": "bottom_right" }));
    let stage = stage_with(setting, &[survey]).await;
    let mut plain: Vec<Picture> = Vec::new();
    let mut wrongs = Vec::new();
    // One engine sees every kind on every page; the others, where there is little time, on every third.
    let step = if setting == Setting::Mouse || is_long() { 1 } else { 3 };
    let pages = pages().into_iter().step_by(step).map(|(name, _)| name);
    let pages: Vec<&str> = ["plain"].into_iter().chain(pages).collect();
    for page in &pages {
        shows(&stage, page, "everything", kinds()[0].prompt).await;
        for (place, kind) in kinds().into_iter().enumerate() {
            stage.wait_for("heading", kind.prompt).await.unwrap();
            let picture =
                picture_of_card(&stage).await.unwrap_or_else(|error| panic!("{page}, {}: {error:#}", kind.name));
            match plain.get(place) {
                None => plain.push(picture),
                Some(plain) => {
                    let unlike = picture.percent_unlike(plain);
                    if unlike >= BOUND {
                        wrongs.push(format!("{page}, {}: {unlike:.2} % of the pixels", kind.name));
                    }
                }
            }
            stage.inside(GO_ON).await.unwrap();
        }
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

async fn on_any_page_every_format_looks_as_on_a_plain_one_and_leaves_the_page_as_it_was(setting: Setting) {
    let ces = &kinds()[1];
    let question = std::slice::from_ref(&ces.question);
    let formats = kinds::main_formats();
    let surveys: Vec<Value> =
        formats.iter().map(|(name, format)| kinds::shown_by_page(name, format, question)).collect();
    let stage = stage_with(setting, &surveys).await;
    let mut wrongs = Vec::new();
    // One engine sees every format on every page; the others, where there is little time, on every second.
    let step = if setting == Setting::Mouse || is_long() { 1 } else { 2 };
    for (place, (format, _)) in formats.iter().enumerate() {
        shows(&stage, "plain", format, ces.prompt).await;
        let plain = picture_of_card(&stage).await.unwrap();
        for (page, _) in pages().into_iter().skip(place % step).step_by(step) {
            if *format == "inline" && MEDDLES_WITHIN.contains(&page) {
                continue;
            }
            stage.visit(&format!("/{page}")).await.unwrap();
            stage.run("remember()").await.unwrap();
            stage.show(format, ces.prompt).await.unwrap_or_else(|error| panic!("{page}: {error:#}"));
            match picture_of_card(&stage).await {
                Ok(picture) => {
                    let unlike = picture.percent_unlike(&plain);
                    if unlike >= BOUND {
                        wrongs.push(format!("{format} on {page}: {unlike:.2} % of the pixels"));
                    }
                }
                Err(error) => wrongs.push(format!("{format} on {page}: {error:#}")),
            }
            // What stands within the page takes room in it.
            if *format != "inline" {
                let changes = stage.run("return changes()").await.unwrap();
                if changes != json!([]) {
                    wrongs.push(format!("{format} on {page}: it changes the page: {changes}"));
                }
            }
            stage.run("pagepoll('close')").await.unwrap();
            stage.wait_until_gone("heading", ces.prompt).await.unwrap();
            let changes = stage.run("return changes()").await.unwrap();
            if changes != json!([]) {
                wrongs.push(format!("{format} on {page}: it leaves the page changed: {changes}"));
            }
        }
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

held! {
    [mouse, firefox, webkit] on_any_page_every_kind_looks_as_on_a_plain_one;
    [mouse, firefox, webkit] on_any_page_every_format_looks_as_on_a_plain_one_and_leaves_the_page_as_it_was;
}

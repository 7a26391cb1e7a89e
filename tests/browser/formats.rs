//! Where a survey stands on the page, in windows of every size; and its manners towards eyes, printers and keyboards.

use serde_json::{Value, json};
use tests::host_pages::STUB;
use tests::kinds::{self, PAGE, formats, kinds, shown_by_page};
use tests::{Setting, Stage, with};

/// Phone, tablet, desk. Chromium alone can be as narrow as a phone; the others stay below the width at which a card becomes a sheet.
const WINDOWS: [(u32, u32); 3] = [(360, 640), (768, 900), (1280, 900)];

/// In the page's head: a window of which an on-screen keyboard covers as much as one says.
const KEYBOARD: &str = "<script>{ const seen = Object.assign(new EventTarget(), { scale: 1, offsetTop: 0, height: innerHeight });
    Object.defineProperty(window, 'visualViewport', { value: seen });
    window.cover = (pixels) => { seen.height = innerHeight - pixels; seen.dispatchEvent(new Event('resize')); }; }</script>";

/// The card and what it stands in, in whole pixels, with everything that moves at its end.
const SHAPE: &str = "for (const motion of root.getAnimations?.() ?? []) motion.finish();
    const box = (one) => { const { left, top, right, bottom } = one.getBoundingClientRect(); return [left, top, right, bottom].map(Math.round); };
    const card = root.querySelector('.card'), body = root.querySelector('.body');
    const small = [...root.querySelectorAll('button, input:not([type=checkbox]), textarea')].filter((one) => one.checkVisibility())
        .map((one) => one.getBoundingClientRect()).filter((one) => one.width < 24 || one.height < 43.5).length;
    return { card: box(card), close: box(root.querySelector('.close')), place: box(document.querySelector('#place')),
        window: [document.documentElement.clientWidth, innerHeight], sideways: body.scrollWidth > body.clientWidth, small }";

async fn stage_with_formats(setting: Setting, head: &str, kind: usize) -> Stage {
    let question = kinds()[kind].question.clone();
    let surveys: Vec<Value> =
        formats().iter().map(|(name, format)| shown_by_page(name, format, std::slice::from_ref(&question))).collect();
    let stage = Stage::set(setting, &surveys).await.unwrap();
    stage.put_behind(&format!("{STUB}{head}"), "/page", PAGE);
    stage
}

/// Where a format's card has to be, as left, top, right and bottom; what may be anywhere is left out.
fn place_of(format: &str, shape: &Value) -> [Option<i64>; 4] {
    let (width, height) = (shape["window"][0].as_i64().unwrap(), shape["window"][1].as_i64().unwrap());
    let card = |side: usize| shape["card"][side].as_i64().unwrap();
    let middle = |whole: i64, size: i64| (Some((whole - size) / 2), Some((whole + size) / 2));
    let (left, right) = middle(width, card(2) - card(0));
    let (top, bottom) = middle(height, card(3) - card(1));
    let is_sheet = width <= 480;
    match format {
        "inline" => [shape["place"][0].as_i64(), shape["place"][1].as_i64(), None, shape["place"][3].as_i64()],
        "modal" => [left, top, right, bottom],
        "corner-top-left" | "corner-top-right" | "bar-top" if is_sheet => [Some(0), Some(0), Some(width), None],
        _ if is_sheet => [Some(0), None, Some(width), Some(height)],
        "corner" => [Some(width - 376), None, Some(width - 16), Some(height - 16)],
        "corner-bottom-left" => [Some(16), None, Some(376), Some(height - 16)],
        "corner-top-left" => [Some(16), Some(16), Some(376), None],
        "corner-top-right" => [Some(width - 376), Some(16), Some(width - 16), None],
        "bar" => [left, None, right, Some(height - 16)],
        "bar-top" => [left, Some(16), right, None],
        "side" => [Some(width - 376), top, Some(width - 16), bottom],
        "side-left" => [Some(16), top, Some(376), bottom],
        _ => panic!("no place is known for {format}"),
    }
}

/// What is wrong with where a card is.
fn wrongs_of(format: &str, shape: &Value) -> Vec<String> {
    let mut wrongs = Vec::new();
    let at = |name: &str, side: usize| shape[name][side].as_i64().unwrap();
    for (side, wanted) in place_of(format, shape).into_iter().enumerate() {
        if wanted.is_some_and(|wanted| (wanted - at("card", side)).abs() > 1) {
            wrongs.push(format!("{} should be {wanted:?}", ["left", "top", "right", "bottom"][side]));
        }
    }
    let window = [at("window", 0), at("window", 1)];
    if format != "inline"
        && (at("card", 0) < 0 || at("card", 1) < 0 || at("card", 2) > window[0] || at("card", 3) > window[1])
    {
        wrongs.push("it is partly outside of the window".to_owned());
    }
    if shape["sideways"] == true {
        wrongs.push("it scrolls sideways".to_owned());
    }
    if shape["small"] != 0 {
        wrongs.push(format!("{} things to press are too small", shape["small"]));
    }
    wrongs
}

async fn each_format_is_where_it_should_be_in_every_window(setting: Setting) {
    // The widest scale there is.
    let stage = stage_with_formats(setting, "", 2).await;
    let mut wrongs = Vec::new();
    for (width, height) in WINDOWS {
        stage.resize(width, height).await.unwrap();
        stage.visit("/page").await.unwrap();
        for (format, _) in formats() {
            stage.show(format, kinds()[2].prompt).await.unwrap();
            let shape = stage.inside(SHAPE).await.unwrap();
            wrongs.extend(
                wrongs_of(format, &shape)
                    .iter()
                    .map(|wrong| format!("{format} at {width} × {height}: {wrong}: {shape}")),
            );
            stage.run("pagepoll('close')").await.unwrap();
            stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
        }
    }
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

async fn at_200_percent_everything_is_within_reach(setting: Setting) {
    // A window of 1280 × 900 that is zoomed in twice has half as many CSS pixels. The tallest question there is.
    let tallest = kinds().iter().position(|kind| kind.name == "contact").unwrap();
    let stage = stage_with_formats(setting, "", tallest).await;
    stage.resize(640, 450).await.unwrap();
    stage.visit("/page").await.unwrap();
    for (format, _) in formats() {
        stage.show(format, kinds()[tallest].prompt).await.unwrap();
        let shape = stage.inside(SHAPE).await.unwrap();
        assert_eq!(wrongs_of(format, &shape), [""; 0], "{format}: {shape}");
        let reached = "root.querySelector('.send').scrollIntoView(); const send = root.querySelector('.send').getBoundingClientRect();
            return send.top >= 0 && send.bottom <= innerHeight";
        assert_eq!(stage.inside(reached).await.unwrap(), json!(true), "{format}: its button cannot be reached");
        stage.run("pagepoll('close')").await.unwrap();
        stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
    }
}

async fn an_on_screen_keyboard_never_covers_the_field(setting: Setting) {
    let comment = kinds().iter().position(|kind| kind.name == "comment").unwrap();
    let stage = stage_with_formats(setting, KEYBOARD, comment).await;
    stage.resize(500, 700).await.unwrap();
    stage.visit("/page").await.unwrap();
    for (format, _) in formats() {
        if format == "inline" {
            // What stands within the page the browser scrolls into sight, as it does the page's own fields.
            continue;
        }
        stage.show(format, kinds()[comment].prompt).await.unwrap();
        stage.run("cover(300)").await.unwrap();
        let shape = stage.inside(SHAPE).await.unwrap();
        let free = shape["window"][1].as_i64().unwrap() - 300;
        assert!(shape["card"][3].as_i64().unwrap() <= free, "{format}: it is below the keyboard: {shape}");
        assert!(shape["card"][1].as_i64().unwrap() >= 0, "{format}: it is pushed out of the window: {shape}");
        stage.run("cover(0)").await.unwrap();
        stage.run("pagepoll('close')").await.unwrap();
        stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
    }
}

async fn the_tab_is_at_its_side_and_who_presses_it_is_in_the_survey(setting: Setting) {
    for (side, edge) in [("right", "right - innerWidth"), ("left", "left")] {
        let mut survey = shown_by_page("tab", &json!({ "side": side }), &[kinds()[1].question.clone()]);
        survey["triggers"] = json!(["feedback_tab"]);
        let stage = Stage::set(setting, &[with("tab_label", json!("Your opinion"), survey)]).await.unwrap();
        stage.put("/page", PAGE);
        stage.visit("/page").await.unwrap();
        stage.wait_for("button", "Your opinion").await.unwrap();
        let place = format!("const box = document.querySelector('pagepoll-tab').getBoundingClientRect(); const {{ left, right }} = box;
            return [Math.round({edge}), Math.abs(box.top + box.bottom - innerHeight) < innerHeight / 8, box.width >= 24 && box.height >= 44]");
        assert_eq!(stage.run(&place).await.unwrap(), json!([0, true, true]), "{side}");
        stage.press_on("button", "Your opinion").await.unwrap();
        stage.wait_for("heading", kinds()[1].prompt).await.unwrap();
        assert_eq!(stage.run("return document.activeElement.localName").await.unwrap(), json!("pagepoll-survey"));
        stage.press("Escape").await.unwrap();
        stage.wait_until_gone("heading", kinds()[1].prompt).await.unwrap();
        stage.wait_for_focus("button", "Your opinion").await.unwrap();
    }
}

async fn an_overlay_darkens_the_page(setting: Setting) {
    let stage = stage_with_formats(setting, "", 0).await;
    stage.visit("/page").await.unwrap();
    stage.show("modal", kinds()[0].prompt).await.unwrap();
    let backdrop = "return getComputedStyle(root.querySelector('dialog'), '::backdrop').backgroundColor";
    let colour = stage.inside(backdrop).await.unwrap();
    assert!(colour.as_str().is_some_and(|colour| colour.starts_with("rgba(") && !colour.ends_with(", 0)")), "{colour}");
}

async fn emulate(stage: &Stage, media: &str, name: &str, value: &str) {
    let media = json!({ "media": media, "features": [{ "name": name, "value": value }] });
    stage.devtools("Emulation.setEmulatedMedia", media).await.unwrap();
}

async fn it_is_not_printed(setting: Setting) {
    let stage = stage_with_formats(setting, "", 0).await;
    stage.visit("/page").await.unwrap();
    for (format, _) in kinds::main_formats() {
        stage.show(format, kinds()[0].prompt).await.unwrap();
        emulate(&stage, "print", "prefers-color-scheme", "light").await;
        let display = "return getComputedStyle(document.querySelector('pagepoll-survey')).display";
        assert_eq!(stage.run(display).await.unwrap(), json!("none"), "{format}");
        emulate(&stage, "", "prefers-color-scheme", "light").await;
        stage.run("pagepoll('close')").await.unwrap();
        stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
    }
}

async fn it_comes_in_moving_unless_the_visitor_wants_no_motion(setting: Setting) {
    let stage = stage_with_formats(setting, "", 0).await;
    for (wish, wanted) in [("no-preference", "enter"), ("reduce", "none")] {
        emulate(&stage, "", "prefers-reduced-motion", wish).await;
        stage.visit("/page").await.unwrap();
        stage.show("corner", kinds()[0].prompt).await.unwrap();
        let motion = "return getComputedStyle(root.querySelector('.card')).animationName";
        assert_eq!(stage.inside(motion).await.unwrap(), json!(wanted), "{wish}");
    }
}

async fn with_forced_colours_everything_has_an_outline(setting: Setting) {
    let stage = Stage::set(setting, &[kinds::asking_everything("everything", &json!({ "corner": "bottom_right" }))])
        .await
        .unwrap();
    stage.put_behind(STUB, "/page", PAGE);
    emulate(&stage, "", "forced-colors", "active").await;
    stage.visit("/page").await.unwrap();
    stage.show("everything", kinds()[0].prompt).await.unwrap();
    assert_eq!(stage.run("return matchMedia('(forced-colors: active)').matches").await.unwrap(), json!(true));
    for kind in kinds() {
        stage.wait_for("heading", kind.prompt).await.unwrap();
        let bare = "return [...root.querySelectorAll('.card, button, .choice, .field')].filter((one) => one.checkVisibility()).filter((one) => {
            const style = getComputedStyle(one); return style.borderTopWidth == '0px' || style.borderTopColor == style.backgroundColor; })
            .map((one) => one.className)";
        assert_eq!(stage.inside(bare).await.unwrap(), json!([]), "{}", kind.name);
        stage.press_on("button", if kind.name == "statement" { "Continue" } else { "Skip" }).await.unwrap();
    }
}

held! {
    [mouse, firefox, webkit] each_format_is_where_it_should_be_in_every_window;
    [mouse, firefox, webkit] at_200_percent_everything_is_within_reach;
    [mouse, firefox, webkit] an_on_screen_keyboard_never_covers_the_field;
    [mouse, firefox, webkit] the_tab_is_at_its_side_and_who_presses_it_is_in_the_survey;
    [mouse, firefox, webkit] an_overlay_darkens_the_page;
    // Only Chromium plays a printer, and a visitor with such wishes.
    [mouse] it_is_not_printed;
    [mouse] it_comes_in_moving_unless_the_visitor_wants_no_motion;
    [mouse] with_forced_colours_everything_has_an_outline;
}

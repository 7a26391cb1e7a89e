//! What must never work: scripts and markup in anything that somebody can write, and style sheets that reach out of the widget.

use std::time::Duration;

use serde_json::{Value, json};
use tests::attempts::{SCRIPTS, STYLES};
use tests::host_pages::{OPEN_ROOTS, STUB};
use tests::kinds::{PAGE, shown_by_page};
use tests::{Pages, Setting, Stage};

/// In a page's head, before everything else: notes whatever runs that should not.
const TRAP: &str = "<script>
    window.caught = [];
    window.pwned = (...words) => { caught.push('pwned ' + words); };
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => { caught.push(name); };
    console.error = (...words) => { caught.push('console.error ' + words); };
    addEventListener('error', (event) => caught.push('error ' + event.message));
    addEventListener('unhandledrejection', (event) => caught.push('rejection ' + event.reason));
    </script>";

/// Goes through the survey that is up without answering; tells every text with its place, and whatever is no text.
const WALK: &str = "
    const root = document.querySelector('pagepoll-survey').shadowRoot, seen = [], strange = [];
    const known = ['div', 'section', 'h2', 'p', 'span', 'button', 'svg', 'path', 'input', 'textarea', 'label', 'a', 'img', 'style'];
    const places = { h2: 'prompt', '.note': 'note', '.ends span': 'end', '.choice': 'choice', 'a': 'link' };
    for (let step = 0; step < 25; step += 1) {
        for (const [selector, place] of Object.entries(places))
            for (const one of root.querySelectorAll(selector)) seen.push(place + ' ' + one.textContent);
        for (const one of root.querySelectorAll('input, textarea')) seen.push('placeholder ' + one.placeholder);
        for (const one of root.querySelectorAll('*')) {
            if (!known.includes(one.localName)) strange.push(one.localName);
            for (const { name, value } of one.attributes)
                if (name.startsWith('on') || name == 'style' || ['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name) && !value.startsWith('/')) strange.push(name + '=' + value);
        }
        const button = root.querySelector('[part=skip]') || root.querySelector('[part=send]');
        if (root.querySelector('[part=ending]') || !button) break;
        button.click();
    }
    return [seen, strange];";

/// The payloads, with the name of a server that nobody should ask for anything.
fn scripts(evil: &Pages) -> Vec<String> {
    let host = evil.origin().replace("http://", "");
    SCRIPTS.iter().map(|script| script.replace("EVIL", &host)).collect()
}

fn styles(evil: &Pages) -> Vec<String> {
    let host = evil.origin().replace("http://", "");
    STYLES.iter().map(|style| style.replace("EVIL", &host)).collect()
}

async fn stage_with(setting: Setting, surveys: &[Value]) -> Stage {
    let stage = Stage::set(setting, surveys).await.unwrap();
    stage.put_behind(&format!("{TRAP}{OPEN_ROOTS}{STUB}"), "/page", PAGE);
    stage
}

async fn nothing_has_run(stage: &Stage, evil: &Pages) {
    assert_eq!(stage.run("return caught").await.unwrap(), json!([]));
    assert_eq!(evil.asked_for(), [""; 0]);
}

/// Five questions that have the payload in every text.
fn questions_with(payload: &str, number: usize) -> [Value; 5] {
    let question = |name: &str, prompt: &str, kind: Value| json!({ "id": format!("{name}-{number}"), "prompt": prompt, "required": false, "kind": kind });
    let choices = json!([{ "id": "a", "label": "A" }, { "id": "b", "label": payload }]);
    let mut statement =
        question("statement", payload, json!({ "statement": { "link": { "label": payload, "url": "/new" } } }));
    statement["note"] = json!(payload);
    statement.as_object_mut().unwrap().remove("required");
    [
        statement,
        question("score", "Score", json!({ "score": { "scale": "csat3", "low": payload, "high": payload } })),
        question("choice", "Choice", json!({ "single_choice": { "choices": choices, "other": payload } })),
        question("text", "Text", json!({ "short_text": { "placeholder": payload } })),
        question("consent", "Consent", json!({ "consent": { "label": payload } })),
    ]
}

async fn scripts_and_markup_in_the_texts_of_questions_are_shown_as_text(setting: Setting) {
    let evil = Pages::serve("").await.unwrap();
    let payloads = scripts(&evil);
    let format = json!({ "corner": "bottom_right" });
    let surveys: Vec<Value> = payloads
        .chunks(4)
        .enumerate()
        .map(|(place, some)| {
            let questions: Vec<Value> =
                some.iter().enumerate().flat_map(|(place, one)| questions_with(one, place)).collect();
            shown_by_page(&format!("survey-{place}"), &format, &questions)
        })
        .collect();
    let stage = stage_with(setting, &surveys).await;
    stage.visit("/page").await.unwrap();
    for (place, some) in payloads.chunks(4).enumerate() {
        stage.run(&format!("pagepoll('show', 'survey-{place}')")).await.unwrap();
        stage.wait_until("document.querySelector('pagepoll-survey')?.shadowRoot.querySelector('h2')").await.unwrap();
        let walked = stage.run(WALK).await.unwrap();
        assert_eq!(walked[1], json!([]), "in {some:?}");
        let seen = walked[0].as_array().unwrap();
        for payload in some {
            for field in ["prompt", "note", "end", "choice", "placeholder", "link"] {
                let wanted = json!(format!("{field} {payload}"));
                assert!(seen.contains(&wanted), "{wanted} is not among {seen:?}");
            }
            let choices = seen.iter().filter(|one| **one == json!(format!("choice {payload}"))).count();
            assert_eq!(choices, 3, "a choice, other, and what is consented to: {payload}");
        }
        stage.run("pagepoll('close')").await.unwrap();
        stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
    }
    nothing_has_run(&stage, &evil).await;
}

async fn scripts_and_markup_in_endings_are_shown_as_text(setting: Setting) {
    let evil = Pages::serve("").await.unwrap();
    let payloads = scripts(&evil);
    let survey = |(place, some): (usize, &[String])| {
        let ending = |(point, payload): (usize, &String)| {
            let mut ending = json!({ "title": payload, "text": payload, "link": { "label": payload, "url": "/new" } });
            if point + 1 < some.len() {
                ending["when"] = json!({ "question": "score", "is": { "score": { "from": point, "to": point } } });
            }
            ending
        };
        let question = json!({ "id": "score", "prompt": "Score", "kind": { "score": { "scale": "nps", "low": "Low", "high": "High" } } });
        let mut survey = shown_by_page(&format!("survey-{place}"), &json!({ "corner": "bottom_right" }), &[question]);
        survey["endings"] = some.iter().enumerate().map(ending).collect();
        survey
    };
    let surveys: Vec<Value> = payloads.chunks(10).enumerate().map(survey).collect();
    let stage = stage_with(setting, &surveys).await;
    stage.visit("/page").await.unwrap();
    for (place, payload) in payloads.iter().enumerate() {
        stage.show(&format!("survey-{}", place / 10), "Score").await.unwrap();
        let press = format!(
            "document.querySelector('pagepoll-survey').shadowRoot.querySelector('[value=\"{}\"]').click()",
            place % 10
        );
        stage.run(&press).await.unwrap();
        let walked = stage.run(WALK).await.unwrap();
        assert_eq!(
            walked[0],
            json!([format!("prompt {payload}"), format!("note {payload}"), format!("link {payload}")])
        );
        assert_eq!(walked[1], json!([]), "{payload}");
        stage.run("pagepoll('close')").await.unwrap();
        stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
    }
    nothing_has_run(&stage, &evil).await;
}

async fn scripts_and_markup_on_the_feedback_tab_are_shown_as_text(setting: Setting) {
    let evil = Pages::serve("").await.unwrap();
    // One in three: each has a survey and a route of its own, and the tab has one text.
    let payloads: Vec<String> = scripts(&evil).into_iter().step_by(3).collect();
    let tab = |(place, payload): (usize, &String)| {
        let question = json!({ "id": "text", "prompt": "Text", "kind": { "comment": {} } });
        let mut survey = shown_by_page(&format!("tab-{place}"), &json!({ "side": "right" }), &[question]);
        survey["triggers"] = json!(["feedback_tab"]);
        survey["tab_label"] = json!(payload);
        survey["when"] = json!({ "path": { "is": format!("/tab/{place}") } });
        survey
    };
    let surveys: Vec<Value> = payloads.iter().enumerate().map(tab).collect();
    let stage = stage_with(setting, &surveys).await;
    stage.visit("/page").await.unwrap();
    for (place, payload) in payloads.iter().enumerate() {
        stage.run(&format!("history.pushState({{}}, '', '/tab/{place}')")).await.unwrap();
        let label = "document.querySelector('pagepoll-tab')?.shadowRoot.querySelector('button').textContent";
        stage.wait_until(&format!("{label} == {}", json!(payload))).await.unwrap();
    }
    nothing_has_run(&stage, &evil).await;
}

async fn scripts_and_markup_that_are_filled_into_texts_are_shown_as_text(setting: Setting) {
    let evil = Pages::serve("").await.unwrap();
    let questions = [
        json!({ "id": "name", "prompt": "Name", "kind": { "short_text": {} } }),
        json!({ "id": "piped", "prompt": "{{answer.name}}", "note": "{{trait.plan|none}} {{page.title}}", "kind": { "comment": {} } }),
    ];
    let mut survey = shown_by_page("piped", &json!({ "corner": "bottom_right" }), &questions);
    survey["endings"] = json!([{ "title": "{{answer.name}}", "text": "{{page.title}}" }]);
    let stage = stage_with(setting, &[survey]).await;
    for (place, payload) in scripts(&evil).iter().enumerate() {
        if place % 10 == 0 {
            // In every part of an address, too.
            let (query, part) = (urlencoded(payload), urlencoded(&payload.replace(['/', '?', '#', '%'], "")));
            let path = format!("/page/{part}");
            stage.put_behind(&format!("{TRAP}{OPEN_ROOTS}{STUB}"), &path, PAGE);
            let address = format!("{}{path}?q={query}&{query}=1#{query}", stage.pages.origin());
            stage.open(&address).await.unwrap();
        }
        stage
            .run_with(
                "document.title = arguments[0]; pagepoll('identify', { plan: arguments[0] })",
                vec![json!(payload)],
            )
            .await
            .unwrap();
        stage.show("piped", "Name").await.unwrap();
        let answer = "const field = document.querySelector('pagepoll-survey').shadowRoot.querySelector('.field');
            field.value = arguments[0]; field.dispatchEvent(new Event('input', { bubbles: true }));
            document.querySelector('pagepoll-survey').shadowRoot.querySelector('.send').click()";
        stage.run_with(answer, vec![json!(payload)]).await.unwrap();
        let walked = stage.run(WALK).await.unwrap();
        let line = payload.replace('\n', "");
        let seen: Vec<&str> = walked[0].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        // A title has no line breaks, nor blanks at its ends or in a row; a line has no line breaks.
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(plain(seen[0]), plain(&format!("prompt {line}")), "{payload}");
        assert_eq!(plain(seen[1]), plain(&format!("note {payload} {payload}")), "{payload}");
        assert_eq!(walked[1], json!([]), "{payload}");
        stage.run("pagepoll('close')").await.unwrap();
        stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
        assert_eq!(stage.run("return caught").await.unwrap(), json!([]), "{payload}");
    }
    nothing_has_run(&stage, &evil).await;
}

fn urlencoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// How the page looks, element by element, and where the widget is.
const OUTSIDE: &str = "return [...document.querySelectorAll('*')].filter((one) => !one.localName.startsWith('pagepoll-'))
    .map((one) => [one.localName, Array.from(getComputedStyle(one), (name) => getComputedStyle(one).getPropertyValue(name)).join(';')].join(' '))";

async fn style_sheets_of_sites_reach_nothing_but_the_widget(setting: Setting) {
    let evil = Pages::serve("Access-Control-Allow-Origin: *\r\n").await.unwrap();
    let format = json!({ "corner": "bottom_right" });
    let questions = [json!({ "id": "email", "prompt": "E-mail", "required": false, "kind": { "email": {} } })];
    let plain = shown_by_page("plain", &format, &questions);
    let stage = stage_with(setting, std::slice::from_ref(&plain)).await;
    let mut published = Vec::new();
    for (place, style) in styles(&evil).into_iter().enumerate() {
        let mut survey = shown_by_page(&format!("styled-{place}"), &format, &questions);
        survey["theme"] = json!({ "css": style });
        // A style sheet may be refused as a whole; what is taken has to be harmless.
        match stage.site.publish(&survey).await {
            Ok(_) => published.push((place, style)),
            Err(error) => println!("refused: {style}: {}", format!("{error:#}").lines().next().unwrap_or_default()),
        }
    }
    println!("{} of {} style sheets are taken, in part", published.len(), STYLES.len());
    // The collector looks once a second.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    stage.visit("/page").await.unwrap();
    stage.show("plain", "E-mail").await.unwrap();
    let before = stage.run(OUTSIDE).await.unwrap();
    stage.run("pagepoll('close')").await.unwrap();
    for (place, style) in published {
        stage.wait_until("!document.querySelector('pagepoll-survey')").await.unwrap();
        stage.show(&format!("styled-{place}"), "E-mail").await.unwrap_or_else(|error| panic!("{style}: {error:#}"));
        let type_in = "const field = document.querySelector('pagepoll-survey').shadowRoot.querySelector('.field');
            field.value = 'ada@b.example'; field.setAttribute('value', field.value); field.dispatchEvent(new Event('input', { bubbles: true }))";
        stage.run(type_in).await.unwrap();
        let over = "return [[20, 20], [innerWidth / 2, innerHeight / 2], [20, innerHeight - 20], [innerWidth - 20, 20]]
            .map(([x, y]) => document.elementFromPoint(x, y)?.localName).filter((name) => (name || '').startsWith('pagepoll-'))";
        assert_eq!(stage.run(over).await.unwrap(), json!([]), "it covers the page: {style}");
        assert_eq!(stage.run(OUTSIDE).await.unwrap(), before, "it changes the page: {style}");
        assert_eq!(evil.asked_for(), [""; 0], "{style}");
        stage.run("pagepoll('close')").await.unwrap();
    }
    nothing_has_run(&stage, &evil).await;
}

async fn a_logo_or_a_font_that_is_missing_is_left_out_without_a_word(setting: Setting) {
    let questions = [json!({ "id": "text", "prompt": "Text", "kind": { "comment": {} } })];
    let mut survey = shown_by_page("missing", &json!({ "corner": "bottom_right" }), &questions);
    survey["theme"] =
        json!({ "logo": { "url": "/no-such-logo.png", "label": "Fernhill" }, "font": "No Such Font, serif" });
    let stage = stage_with(setting, &[survey]).await;
    stage.visit("/page").await.unwrap();
    stage.show("missing", "Text").await.unwrap();
    let logo = "document.querySelector('pagepoll-survey').shadowRoot.querySelector('img')";
    stage.wait_until(&format!("!{logo}")).await.unwrap();
    assert_eq!(stage.run("return caught").await.unwrap(), json!([]));
}

async fn a_question_of_4000_characters_scrolls_inside_the_card(setting: Setting) {
    let long = "A long question. ".repeat(240).chars().take(3_999).collect::<String>() + "?";
    let questions = [json!({ "id": "text", "prompt": long, "kind": { "comment": {} } })];
    let formats = tests::kinds::main_formats();
    let surveys: Vec<Value> = formats
        .iter()
        .filter(|(name, _)| *name != "inline")
        .map(|(name, format)| shown_by_page(name, format, &questions))
        .collect();
    let stage = stage_with(setting, &surveys).await;
    for size in [(1280, 900), (500, 600)] {
        stage.resize(size.0, size.1).await.unwrap();
        stage.visit("/page").await.unwrap();
        for survey in &surveys {
            let name = survey["id"].as_str().unwrap();
            stage.show(name, &long).await.unwrap();
            let shape = "const root = document.querySelector('pagepoll-survey').shadowRoot;
                const inside = (one) => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth; };
                const within = (one) => { const box = one.getBoundingClientRect(), at = root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); return one == at || one.contains(at); };
                const body = root.querySelector('.body'), card = root.querySelector('.card'), close = root.querySelector('.close');
                const scrolls = body.scrollHeight > body.clientHeight;
                root.querySelector('.send').scrollIntoView();
                return { card: inside(card), close: inside(close) && within(close), scrolls, send: inside(root.querySelector('.send')) && within(root.querySelector('.send')), sideways: body.scrollWidth > body.clientWidth };";
            let wanted = json!({ "card": true, "close": true, "scrolls": true, "send": true, "sideways": false });
            assert_eq!(stage.run(shape).await.unwrap(), wanted, "{name} at {size:?}");
            stage.closes_any().await.unwrap();
        }
    }
}

held! {
    [mouse, firefox, webkit] scripts_and_markup_in_the_texts_of_questions_are_shown_as_text;
    [mouse, firefox] scripts_and_markup_in_endings_are_shown_as_text;
    [mouse, webkit] scripts_and_markup_on_the_feedback_tab_are_shown_as_text;
    [mouse, firefox, webkit] scripts_and_markup_that_are_filled_into_texts_are_shown_as_text;
    [mouse, firefox, webkit] style_sheets_of_sites_reach_nothing_but_the_widget;
    [mouse, firefox, webkit] a_logo_or_a_font_that_is_missing_is_left_out_without_a_word;
    [mouse, firefox, webkit] a_question_of_4000_characters_scrolls_inside_the_card;
}

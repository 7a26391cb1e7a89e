//! Match my site: proposes a theme from what the browser computed for the page, shows it, and tries it on.
//!
//! Everything happens here: nothing is asked of the collector, and nothing is sent to it. The page itself is only read; what is tried
//! on is a style sheet for the survey's own elements, which goes away with the panel.

use std::rc::Rc;

use js_sys::Array;
use survey::theme::{Sample, Samples, Theme, propose};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CssStyleSheet, Element};

use super::super::browser::{self, Callback, ask, get};
use super::{append, element, folding};

/// The part of the panel.
pub struct Look {
    part: Element,
    trial: Trial,
    _listeners: Vec<Callback>,
}

/// The style sheet by which a theme is tried on.
#[derive(Clone)]
pub struct Trial {
    sheet: CssStyleSheet,
}

/// What is made anew whenever the page is read.
struct Shown {
    sample: Element,
    json: Element,
    copy: Element,
    attempt: Element,
}

impl Look {
    pub fn new() -> Result<Self, JsValue> {
        let verdict = element("span", "verdict", "A theme from the styles of this page")?;
        let part = folding("look", "Match my site", &verdict)?;
        let shown = Rc::new(Shown::new(&part)?);
        let trial = Trial::new()?;
        let listeners = vec![
            listen(&part, "toggle", reading(&part, &shown, &trial))?,
            listen(&shown.copy, "click", copying(&shown))?,
            listen(&shown.attempt, "click", trying(&shown, &trial))?,
        ];
        Ok(Self { part, trial, _listeners: listeners })
    }

    pub fn part(&self) -> &Element {
        &self.part
    }

    pub fn trial(&self) -> Trial {
        self.trial.clone()
    }

    pub fn forget(&self) {
        set_tab_aside(false);
        self.trial.end();
    }
}

impl Shown {
    fn new(part: &Element) -> Result<Self, JsValue> {
        let sample = element("div", "sample", "")?;
        let pieces = [
            ("span", "text", "Text"),
            ("span", "notes", "Notes"),
            ("span", "press", "Button"),
            ("span", "field", "Field"),
        ];
        for (name, class, text) in pieces {
            append(&sample, &[&element(name, class, text)?])?;
        }
        let json = element("pre", "", "")?;
        json.set_attribute("role", "group")?;
        json.set_attribute("aria-label", "The theme, as JSON")?;
        let buttons = element("div", "buttons", "")?;
        let copy = button("Copy")?;
        let attempt = button("Try it on this page")?;
        attempt.set_attribute("aria-pressed", "false")?;
        append(&buttons, &[&copy, &attempt])?;
        let note = "Read in this browser; nothing was sent. To keep it: the console’s Settings, “How surveys look”, does the same by one press";
        append(part, &[&sample, &buttons, &json, &element("p", "none", note)?])?;
        Ok(Self { sample, json, copy, attempt })
    }

    fn show(&self, theme: &Theme) {
        for (name, value) in theme.tokens() {
            if let Some(style) = get(&self.sample, "style") {
                ask(&style, "setProperty", &[name.into(), value.into()]);
            }
        }
        self.json.set_text_content(serde_json::to_string_pretty(theme).ok().as_deref());
        self.copy.set_text_content(Some("Copy"));
    }
}

impl Trial {
    /// On the page's own list of style sheets, because it is the page that may set the tokens.
    fn new() -> Result<Self, JsValue> {
        Ok(Self { sheet: CssStyleSheet::new()? })
    }

    fn begin(&self, theme: &Theme) -> Result<(), JsValue> {
        let tokens: String = theme.tokens().iter().map(|(name, value)| format!("{name}:{value};")).collect();
        self.sheet.replace_sync(&format!("pagepoll-survey,pagepoll-tab{{{tokens}}}"))?;
        let Some(document) = browser::document() else { return Ok(()) };
        let adopted = get(&document, "adoptedStyleSheets").map(|list| Array::from(&list)).unwrap_or_default();
        if !adopted.includes(&self.sheet, 0) {
            adopted.push(&self.sheet);
            browser::set(&document, "adoptedStyleSheets", &adopted);
        }
        Ok(())
    }

    /// The page has its list back as it was.
    pub fn end(&self) {
        let Some(document) = browser::document() else { return };
        let Some(adopted) = get(&document, "adoptedStyleSheets").map(|list| Array::from(&list)) else { return };
        let place = adopted.index_of(&self.sheet, 0);
        if place >= 0 {
            let others: Array = adopted.iter().filter(|sheet| *sheet != JsValue::from(self.sheet.clone())).collect();
            browser::set(&document, "adoptedStyleSheets", &others);
        }
    }
}

/// Tells the tab that opened this one, if that is the console's, which theme would fit. The page has loaded when the widget begins.
pub fn tell_opener(collector: &str) {
    if let Ok(theme) = serde_json::to_string(&propose(&samples())) {
        browser::tell_opener(&format!("pagepoll look {theme}"), collector);
    }
}

/// As the style sheet has it: there the part takes up the window.
const NARROW: &str = "(max-width: 480px)";

/// The feedback tab would stand above what is to be read.
pub fn set_tab_aside(is_aside: bool) {
    browser::elements("pagepoll-tab").iter().for_each(|tab| browser::set(tab, "hidden", &is_aside.into()));
}

/// Reads the page whenever the part is unfolded.
fn reading(part: &Element, shown: &Rc<Shown>, trial: &Trial) -> Callback {
    let (part, shown, trial) = (part.clone(), shown.clone(), trial.clone());
    browser::callback(move |_| {
        set_tab_aside(part.has_attribute("open") && browser::media_matches(NARROW));
        if part.has_attribute("open") {
            press(&shown.attempt, &trial, None);
            shown.show(&propose(&samples()));
        }
    })
}

fn copying(shown: &Rc<Shown>) -> Callback {
    let shown = shown.clone();
    browser::callback(move |_| {
        let shown = shown.clone();
        spawn_local(async move {
            let text = shown.json.text_content().unwrap_or_default();
            let clipboard = browser::read("navigator.clipboard");
            let written = clipboard.and_then(|clipboard| ask(&clipboard, "writeText", &[text.into()]));
            let is_copied = match written {
                Some(promise) => JsFuture::from(js_sys::Promise::resolve(&promise)).await.is_ok(),
                None => false,
            };
            let told = if is_copied { "Copied" } else { "Select it and copy: the page forbids more" };
            shown.copy.set_text_content(Some(told));
        });
    })
}

fn trying(shown: &Rc<Shown>, trial: &Trial) -> Callback {
    let (shown, trial) = (shown.clone(), trial.clone());
    browser::callback(move |_| {
        let is_on = shown.attempt.get_attribute("aria-pressed").as_deref() == Some("true");
        let theme = (!is_on).then(|| propose(&samples()));
        press(&shown.attempt, &trial, theme.as_ref());
    })
}

/// Tries a theme on, or nothing.
fn press(button: &Element, trial: &Trial, theme: Option<&Theme>) {
    let is_on = theme.is_some_and(|theme| trial.begin(theme).is_ok());
    if !is_on {
        trial.end();
    }
    // Fails for no name that can be written down.
    let _ = button.set_attribute("aria-pressed", if is_on { "true" } else { "false" });
}

/// What the page looks like. The panel and the surveys are in closed shadow roots and so not among what is found.
fn samples() -> Samples {
    const BUTTONS: [&str; 4] = [
        "button[class*=primary],a[class*=primary],input[class*=primary]",
        "main button[type=submit],main input[type=submit]",
        "button[type=submit],input[type=submit],a[class*=btn],a[class*=button]",
        "button",
    ];
    let body = first(&["body"]);
    let ground = first(&["html"]);
    let mut body = sample(body.as_ref());
    if is_clear(&body.background_color) {
        body.background_color = computed(ground.as_ref(), "backgroundColor");
    }
    Samples {
        color_scheme: computed(ground.as_ref(), "colorScheme"),
        body,
        heading: sample(first(&["h1,h2"]).as_ref()),
        paragraph: sample(first(&["main p,article p", "p"]).as_ref()),
        link: sample(first(&["main p a[href],article a[href]", "main a[href]", "a[href]"]).as_ref()),
        button: sample(first(&BUTTONS).as_ref()),
        input: sample(
            first(&["input[type=text],input[type=email],input[type=search],textarea", "input,select"]).as_ref(),
        ),
    }
}

/// The first that can be seen, by the first selector that finds one.
fn first(selectors: &[&str]) -> Option<JsValue> {
    selectors.iter().find_map(|selector| browser::elements(selector).into_iter().find(browser::is_rendered))
}

fn sample(element: Option<&JsValue>) -> Sample {
    Sample {
        color: computed(element, "color"),
        background_color: computed(element, "backgroundColor"),
        font_family: computed(element, "fontFamily"),
        border_radius: computed(element, "borderTopLeftRadius"),
    }
}

/// Empty where there is nothing.
fn computed(element: Option<&JsValue>, property: &str) -> String {
    let styles = element.and_then(|element| ask(&browser::window(), "getComputedStyle", std::slice::from_ref(element)));
    styles.and_then(|styles| get(&styles, property)?.as_string()).unwrap_or_default()
}

fn is_clear(color: &str) -> bool {
    color.is_empty() || color == "transparent" || color == "rgba(0, 0, 0, 0)"
}

fn button(label: &str) -> Result<Element, JsValue> {
    let button = element("button", "", label)?;
    button.set_attribute("type", "button")?;
    Ok(button)
}

fn listen(element: &Element, event: &str, act: Callback) -> Result<Callback, JsValue> {
    element.add_event_listener_with_callback(event, act.as_ref().unchecked_ref())?;
    Ok(act)
}

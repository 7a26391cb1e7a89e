//! Why: a panel for the team, on the page itself, that says for each survey what was decided and which rules it came from.
//!
//! Only in the bundle that the loader fetches for a link that asks why. Made of plain elements: nothing here is sent, and what
//! it shows is text. A survey's part is made anew only when it says something new, so that it can be read, and folded.

mod look;

use std::cell::RefCell;

use survey::definition::SurveyId;
use survey::script::Frame;
use survey::targeting::{Check, Decision, Outcome, Rules, Trace, VisitorFacts};
use survey::wire::SiteConfig;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::browser::{self, Callback};
use super::memory::Memory;
use super::panel::{place_of, shadow_with};
use look::{Look, Trial};

pub struct Explanation {
    panel: Option<Panel>,
}

struct Panel {
    host: HtmlElement,
    page: Element,
    list: Element,
    /// What is on the screen, survey by survey.
    told: RefCell<Vec<(Trace, Element)>>,
    look: Look,
    _close: Callback,
}

impl Explanation {
    pub fn of(config: &SiteConfig) -> Self {
        let panel = Panel::open(config).map_err(|error| browser::warn_of("the browser would not say why", &error)).ok();
        Self { panel }
    }

    /// Shows how things stand. Of the survey on the screen, by its place, it goes on saying why it came: having been shown, it would
    /// not be shown again. Says whether anybody sees it.
    pub fn tell(
        &self,
        rules: Rules<'_>,
        decision: &Decision<'_>,
        facts: &VisitorFacts,
        on_screen: Option<usize>,
    ) -> bool {
        let Some(panel) = self.panel.as_ref().filter(|panel| panel.host.is_connected()) else { return false };
        let traces = decision.judged.iter().map(|judged| judged.trace(rules, facts));
        if let Err(error) = panel.tell(traces, on_screen) {
            browser::warn_of("the browser would not say why", &error);
        }
        true
    }

    pub fn close(&self) {
        if let Some(panel) = &self.panel {
            panel.look.forget();
            panel.host.remove();
        }
    }
}

impl Panel {
    fn open(config: &SiteConfig) -> Result<Self, JsValue> {
        let (host, shadow) = shadow_with("pagepoll-why", include_str!("why.css"))?;
        let panel = element("section", "panel", "")?;
        panel.set_attribute("aria-label", "Pagepoll: why surveys show or do not")?;
        let head = element("header", "", "")?;
        let title = element("h2", "", "Why, on this page")?;
        let page = element("p", "page", "")?;
        let close = element("button", "close", "Close")?;
        close.set_attribute("type", "button")?;
        let list = element("div", "list", "")?;
        list.set_attribute("tabindex", "0")?;
        list.set_attribute("role", "group")?;
        list.set_attribute("aria-label", "Surveys")?;
        append(&head, &[&title, &page, &close])?;
        let look = Look::new()?;
        append(&panel, &[&head, &list, look.part()])?;
        for survey in &config.not_understood {
            append(&list, &[&not_understood(survey)?])?;
        }
        if config.surveys.is_empty() && config.not_understood.is_empty() {
            append(
                &list,
                &[&element(
                    "p",
                    "none",
                    "No survey is delivered to this site: none is published, or all are stopped, full or over.",
                )?],
            )?;
        }
        shadow.append_child(&panel)?;
        let on_close = closing(&host, Memory::of_site(&config.site, config.storage), look.trial());
        close.add_event_listener_with_callback("click", on_close.as_ref().unchecked_ref())?;
        panel.add_event_listener_with_callback("keydown", on_close.as_ref().unchecked_ref())?;
        place_of(&Frame::Floating).ok_or("the page has no body")?.append_child(&host)?;
        Ok(Self { host, page, list, told: RefCell::default(), look, _close: on_close })
    }

    fn tell(&self, traces: impl Iterator<Item = Trace>, on_screen: Option<usize>) -> Result<(), JsValue> {
        let address = browser::window().location().pathname().unwrap_or_default();
        if self.page.text_content().as_deref() != Some(address.as_str()) {
            self.page.set_text_content(Some(&address));
        }
        let mut told = self.told.borrow_mut();
        for (place, trace) in traces.enumerate() {
            match told.get_mut(place) {
                Some((known, _)) if *known == trace => {}
                Some((known, _)) if on_screen == Some(place) && known.outcome == Outcome::Shows => {}
                Some((known, part)) => {
                    let fresh = part_of(&trace, part.has_attribute("open"))?;
                    part.replace_with_with_node_1(&fresh)?;
                    (*known, *part) = (trace, fresh);
                }
                None => {
                    // Folded, where there are many that say nothing but no.
                    let part = part_of(&trace, place < 3 || trace.outcome != Outcome::Skips)?;
                    self.list.insert_before(&part, self.list.children().item(place as u32).as_deref())?;
                    told.push((trace, part));
                }
            }
        }
        Ok(())
    }
}

/// Ends why mode: takes the panel away, and the token that would bring it back on the next page.
fn closing(host: &HtmlElement, memory: Memory, trial: Trial) -> Callback {
    let host = host.clone();
    browser::callback(move |event| {
        let event: &Event = event.unchecked_ref();
        // The page's shortcuts are not for here.
        event.stop_propagation();
        if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() != "Escape") {
            return;
        }
        memory.forget("why");
        trial.end();
        host.remove();
    })
}

/// A survey, its verdict, and what led to it.
fn part_of(trace: &Trace, is_open: bool) -> Result<Element, JsValue> {
    let class = match trace.outcome {
        Outcome::Shows => "shows",
        Outcome::Waits => "waits",
        Outcome::Skips => "skips",
    };
    let part = element("details", class, "")?;
    if is_open {
        part.set_attribute("open", "")?;
    }
    let summary = element("summary", "", "")?;
    let name = element("b", "", trace.survey.as_str())?;
    let verdict = element("span", "verdict", &capitalised(&trace.verdict))?;
    append(&summary, &[&name, &verdict])?;
    let checks = element("ul", "", "")?;
    for check in &trace.checks {
        append(&checks, &[&line_of(check)?])?;
    }
    append(&part, &[&summary, &checks])?;
    Ok(part)
}

fn line_of(check: &Check) -> Result<Element, JsValue> {
    let line = element("li", if check.is_met { "met" } else { "unmet" }, "")?;
    line.set_attribute("data-depth", &check.depth.to_string())?;
    let mark = element("span", "mark", if check.is_met { "✓" } else { "✗" })?;
    mark.set_attribute("role", "img")?;
    mark.set_attribute("aria-label", if check.is_met { "Holds:" } else { "Does not hold:" })?;
    let words = element("span", "words", "")?;
    append(&words, &[&element("span", "rule", &check.rule)?])?;
    if !check.seen.is_empty() {
        append(&words, &[&element("span", "seen", &check.seen)?])?;
    }
    append(&line, &[&mark, &words])?;
    Ok(line)
}

fn not_understood(survey: &SurveyId) -> Result<Element, JsValue> {
    let part = element("details", "skips", "")?;
    let summary = element("summary", "", "")?;
    let verdict = element("span", "verdict", "Made for a newer Pagepoll: not shown")?;
    append(&summary, &[&element("b", "", survey.as_str())?, &verdict])?;
    let way_out =
        "This page still has an older version of the widget. Reload it; if that does not help, update the collector.";
    append(&part, &[&summary, &element("p", "none", way_out)?])?;
    Ok(part)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
}

fn element(name: &str, class: &str, text: &str) -> Result<Element, JsValue> {
    let element = browser::document().ok_or("there is no document")?.create_element(name)?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    Ok(element)
}

fn append(parent: &Element, children: &[&Element]) -> Result<(), JsValue> {
    children.iter().try_for_each(|child| parent.append_child(child).map(drop))
}

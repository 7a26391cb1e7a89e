//! Why: a panel for the team, on the page itself, that says for each survey what was decided and which rules it came from.
//!
//! Only in the bundle that the loader fetches for a link that asks why. Made of plain elements: nothing here is sent, and what
//! it shows is text. A survey's part is made anew only when it says something new, so that it can be read, and folded.

mod look;
mod names;
pub mod preview;

use std::cell::RefCell;
use std::rc::Rc;

use survey::definition::SurveyId;
use survey::script::Frame;
use survey::targeting::wording::English;
use survey::targeting::{Check, Decision, Outcome, Rules, Trace, VisitorFacts};
use survey::wire::SiteConfig;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::Installation;
use super::browser::{self, Callback};
use super::memory::Memory;
use super::panel::{place_of, shadow_with};
use look::{Look, Trial};
use names::Names;

pub struct Explanation {
    panel: Option<Panel>,
}

struct Panel {
    host: HtmlElement,
    page: Element,
    list: Element,
    count: Element,
    /// What is on the screen, survey by survey, in the order of their priority.
    told: RefCell<Vec<(Trace, Element)>>,
    names: Rc<Names>,
    look: Look,
    _close: Callback,
}

impl Explanation {
    pub fn of(installation: &Installation, config: &SiteConfig) -> Self {
        browser::tell_opener("pagepoll runs", &installation.origin);
        look::tell_opener(&installation.origin);
        if preview::is_on_stage(&installation.origin) {
            return Self { panel: None };
        }
        let panel = Panel::open(installation, config)
            .map_err(|error| browser::warn_of("the browser would not say why", &error))
            .ok();
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
        let traces = decision.judged.iter().map(|judged| judged.trace(rules, facts, &English));
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
    fn open(installation: &Installation, config: &SiteConfig) -> Result<Self, JsValue> {
        let (host, shadow) = shadow_with("pagepoll-why", include_str!("why.css"))?;
        let panel = element("section", "panel", "")?;
        panel.set_attribute("aria-label", "Pagepoll: why surveys show or do not")?;
        let head = element("header", "", "")?;
        let title =
            element("h2", "", if preview::is_one(config) { "Preview; nothing is sent" } else { "Why, on this page" })?;
        let page = element("p", "page", "")?;
        let close = element("button", "close", "Close")?;
        close.set_attribute("type", "button")?;
        append(&head, &[&title, &page, &close])?;
        let count = element("span", "verdict", "")?;
        let surveys = folding("surveys", "Surveys", &count)?;
        surveys.set_attribute("open", "")?;
        let list = list_of(config)?;
        append(&surveys, &[&list])?;
        let look = Look::new()?;
        let parts = element("div", "parts", "")?;
        append(&parts, &[&surveys, look.part()])?;
        append(&panel, &[&head, &parts])?;
        shadow.append_child(&panel)?;
        let memory = Memory::of_site(&config.site, config.storage);
        let names = Names::ask(installation, &memory, &list);
        let on_close = closing(&host, memory, look.trial());
        close.add_event_listener_with_callback("click", on_close.as_ref().unchecked_ref())?;
        panel.add_event_listener_with_callback("keydown", on_close.as_ref().unchecked_ref())?;
        place_of(&Frame::Floating).ok_or("the page has no body")?.append_child(&host)?;
        Ok(Self { host, page, list, count, told: RefCell::default(), names, look, _close: on_close })
    }

    fn tell(&self, traces: impl Iterator<Item = Trace>, on_screen: Option<usize>) -> Result<(), JsValue> {
        let address = browser::window().location().pathname().unwrap_or_default();
        say(&self.page, &address);
        let mut told = self.told.borrow_mut();
        for (place, trace) in traces.enumerate() {
            let known = told.get(place);
            if known.is_some_and(|(known, _)| {
                *known == trace || on_screen == Some(place) && known.outcome == Outcome::Shows
            }) {
                continue;
            }
            let part = part_of(&trace, is_open(known, trace.outcome), &self.names)?;
            if let Some((_, former)) = known {
                former.remove();
            }
            let stands_before = |(other, (told, _)): &(usize, &(Trace, Element))| {
                *other != place && (told.outcome as u8, *other) < (trace.outcome as u8, place)
            };
            let before = told.iter().enumerate().filter(stands_before).count();
            self.list.insert_before(&part, self.list.children().item(before as u32).as_deref())?;
            match told.get_mut(place) {
                Some(known) => *known = (trace, part),
                None => told.push((trace, part)),
            }
        }
        say(&self.count, &in_numbers(told.iter().map(|(trace, _)| trace.outcome)));
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
        look::set_tab_aside(false);
        trial.end();
        host.remove();
    })
}

/// What does not belong on this page is folded, until somebody unfolds it; what they were reading stays open.
fn is_open(known: Option<&(Trace, Element)>, outcome: Outcome) -> bool {
    let belongs = outcome != Outcome::Skips;
    known.map_or(belongs, |(known, part)| part.has_attribute("open") || belongs && known.outcome == Outcome::Skips)
}

/// "1 shows, 2 wait, 4 not on this page".
fn in_numbers(outcomes: impl Iterator<Item = Outcome>) -> String {
    let mut numbers = [0; 3];
    outcomes.for_each(|outcome| numbers[outcome as usize] += 1);
    let [shows, waits, skips] = numbers;
    let told = [
        (shows, if shows == 1 { "shows" } else { "show" }),
        (waits, if waits == 1 { "waits" } else { "wait" }),
        (skips, "not on this page"),
    ];
    let told: Vec<String> =
        told.iter().filter(|(number, _)| *number > 0).map(|(number, words)| format!("{number} {words}")).collect();
    told.join(", ")
}

fn list_of(config: &SiteConfig) -> Result<Element, JsValue> {
    let list = element("div", "list", "")?;
    for survey in &config.not_understood {
        append(&list, &[&not_understood(survey)?])?;
    }
    if config.surveys.is_empty() && config.not_understood.is_empty() {
        let none = "No survey is delivered to this site: none is published, or all are stopped, full or over.";
        append(&list, &[&element("p", "none", none)?])?;
    }
    Ok(list)
}

/// One of the panel's two parts. Being of one name, they are not unfolded both at once, where the browser knows that.
fn folding(class: &str, title: &str, verdict: &Element) -> Result<Element, JsValue> {
    let part = element("details", class, "")?;
    part.set_attribute("name", "why")?;
    let summary = element("summary", "", "")?;
    append(&summary, &[&element("b", "", title)?, verdict])?;
    append(&part, &[&summary])?;
    Ok(part)
}

/// A survey, its verdict, and what led to it.
fn part_of(trace: &Trace, is_open: bool, names: &Names) -> Result<Element, JsValue> {
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
    let name = element("b", "", "")?;
    names.put(&name, &trace.survey)?;
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
    let (class, sign, meaning) = match check {
        Check { is_met: true, .. } => ("met", "✓", "Holds:"),
        // A clock, which the style sheet draws.
        Check { may_come: true, .. } => ("coming", "", "Not yet:"),
        _ => ("unmet", "✗", "Does not hold:"),
    };
    let line = element("li", class, "")?;
    line.set_attribute("data-depth", &check.depth.to_string())?;
    let mark = element("span", "mark", sign)?;
    mark.set_attribute("role", "img")?;
    mark.set_attribute("aria-label", meaning)?;
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

fn say(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
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

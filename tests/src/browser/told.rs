//! What a screen reader would tell of a page.
//!
//! The widget lives in a closed shadow root, which a page cannot look into. Chromium's accessibility tree can, and it is what
//! matters: what is not there does not exist for many visitors. Firefox has no such door; there WebDriver hands out closed
//! roots, and what is in them is told by the same roles and names.

use anyhow::Context;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use super::{Browser, Engine, SOON};

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Something a screen reader would tell of.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    pub role: String,
    pub name: String,
    pub is_focused: bool,
    /// What the engine calls it.
    pub(super) handle: Value,
}

/// For Firefox: the visible elements of a root with their roles and names, plainly.
const TELL: &str = r#"
    const root = arguments[0];
    const roles = { H1: "heading", H2: "heading", H3: "heading", BUTTON: "button", TEXTAREA: "textbox", INPUT: "textbox",
                    A: "link", P: "StaticText", LI: "StaticText", TD: "StaticText", TH: "StaticText", SUMMARY: "button" };
    const named = (element) => element.getAttribute("aria-label")
        || (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => id && root.getElementById?.(id)?.textContent || "").join(" ").trim()
        || element.labels?.[0]?.textContent || element.textContent || element.placeholder || "";
    return [...root.querySelectorAll("h1,h2,h3,button,textarea,input,a,p,li,td,th,summary,[role]")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .map((element) => [element.getAttribute("role") || roles[element.tagName] || "", named(element).trim(),
                           (root.activeElement === element), element]);
"#;

/// The page's own document, and the hosts of our roots in it.
const HOSTS: &str = "return [...document.querySelectorAll('*')].filter((one) => one.localName.startsWith('pagepoll-'))";

impl Browser {
    /// Everything that a screen reader would tell of, in order.
    pub async fn told(&self) -> anyhow::Result<Vec<Told>> {
        match self.engine {
            Engine::Chromium => self.accessibility_tree().await,
            Engine::Firefox => self.told_by_roots().await,
        }
    }

    pub async fn tells_of(&self, role: &str, name: &str) -> anyhow::Result<bool> {
        Ok(self.find(role, name).await?.is_some())
    }

    /// Waits until a screen reader would tell of it.
    pub async fn wait_for(&self, role: &str, name: &str) -> anyhow::Result<()> {
        self.awaited(role, name).await.map(drop)
    }

    pub(super) async fn awaited(&self, role: &str, name: &str) -> anyhow::Result<Told> {
        let deadline = Instant::now() + SOON;
        loop {
            match self.find(role, name).await? {
                Some(told) => return Ok(told),
                None if Instant::now() > deadline => {
                    let there = self.told().await?;
                    let there: Vec<_> = there.iter().map(|told| format!("{} {:?}", told.role, told.name)).collect();
                    let state = self.run("return [document.visibilityState, window.warned || null]").await?;
                    anyhow::bail!("no {role} {name:?} within {SOON:?}; there is {}; {state}", there.join(", "))
                }
                None => sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// Waits until a screen reader would no longer tell of it.
    pub async fn wait_until_gone(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + SOON;
        while self.tells_of(role, name).await? {
            anyhow::ensure!(Instant::now() < deadline, "{role} {name:?} is still there after {SOON:?}");
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Waits until it has the focus.
    pub async fn wait_for_focus(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + SOON;
        while !self.find(role, name).await?.is_some_and(|told| told.is_focused) {
            anyhow::ensure!(Instant::now() < deadline, "{role} {name:?} has no focus after {SOON:?}");
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Waits until something of this role has this text in it: a live region, say. Chromium alone tells.
    pub async fn wait_for_text_within(&self, role: &str, text: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + SOON;
        while !self.texts_within(role).await?.iter().any(|found| found == text) {
            anyhow::ensure!(Instant::now() < deadline, "no {role} says {text:?} after {SOON:?}");
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    async fn texts_within(&self, role: &str) -> anyhow::Result<Vec<String>> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().context("no accessibility tree")?;
        let regions = nodes.iter().filter(|node| text_of(&node["role"]) == role);
        let children = regions.filter_map(|region| region["childIds"].as_array()).flatten();
        let texts = children.filter_map(|id| nodes.iter().find(|node| node["nodeId"] == *id));
        Ok(texts.map(|node| text_of(&node["name"])).collect())
    }

    pub(super) async fn find(&self, role: &str, name: &str) -> anyhow::Result<Option<Told>> {
        Ok(self.told().await?.into_iter().find(|told| told.role == role && told.name == name))
    }

    async fn accessibility_tree(&self) -> anyhow::Result<Vec<Told>> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await?;
        let nodes = tree["nodes"].as_array().context("no accessibility tree")?;
        let told = nodes.iter().filter(|node| node["ignored"] != true).map(|node| Told {
            role: text_of(&node["role"]),
            name: text_of(&node["name"]),
            is_focused: is_focused(node),
            handle: node["backendDOMNodeId"].clone(),
        });
        Ok(told.collect())
    }

    async fn told_by_roots(&self) -> anyhow::Result<Vec<Told>> {
        let mut told = self.told_below(&TELL.replace("arguments[0]", "document"), &Value::Null).await?;
        let hosts = self.run(HOSTS).await?;
        for host in hosts.as_array().into_iter().flatten() {
            let Some(id) = reference(host) else { continue };
            // A host that has left meanwhile has nothing to tell.
            let Ok(root) = self.get(&format!("element/{id}/shadow")).await else { continue };
            told.extend(self.told_below(TELL, &root).await.unwrap_or_default());
        }
        Ok(told)
    }

    async fn told_below(&self, script: &str, root: &Value) -> anyhow::Result<Vec<Told>> {
        let found = self.run_with(script, vec![root.clone()]).await?;
        let told = |one: &Value| Told {
            role: text(&one[0]),
            name: text(&one[1]),
            is_focused: one[2] == true,
            handle: one[3].clone(),
        };
        Ok(found.as_array().into_iter().flatten().map(told).collect())
    }
}

/// WebDriver's id in a reference to an element.
pub(super) fn reference(element: &Value) -> Option<&str> {
    element.as_object()?.values().next()?.as_str()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn text_of(property: &Value) -> String {
    text(&property["value"])
}

fn is_focused(node: &Value) -> bool {
    let properties = node["properties"].as_array();
    properties.is_some_and(|all| all.iter().any(|one| one["name"] == "focused" && one["value"]["value"] == true))
}

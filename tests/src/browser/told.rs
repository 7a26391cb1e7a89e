//! What a screen reader would tell of a page.
//!
//! The widget lives in a closed shadow root, which a page cannot look into. Chromium's accessibility tree can, and it is what
//! matters: what is not there does not exist for many visitors. Firefox has no such door; there WebDriver hands out closed
//! roots, and what is in them is told by the same roles and names. WebKit's driver does not: there the page leaves a
//! [`crate::host_pages::PEEPHOLE`] open.

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::{Browser, Engine, soon};

/// Something a screen reader would tell of.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    pub role: String,
    pub name: String,
    pub is_focused: bool,
    /// What the engine calls it.
    pub(super) handle: Value,
}

/// For Firefox and WebKit: the visible elements of a root with their roles and names, plainly.
const TELL: &str = r#"
    const root = arguments[0];
    const roles = { H1: "heading", H2: "heading", H3: "heading", BUTTON: "button", TEXTAREA: "textbox", INPUT: "textbox",
                    A: "link", P: "StaticText", LI: "StaticText", TD: "StaticText", TH: "StaticText", SUMMARY: "button", DIALOG: "dialog" };
    const role = (element) => element.type == "checkbox" ? "checkbox" : roles[element.tagName] || "";
    const named = (element) => element.getAttribute("aria-label")
        || (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => id && root.getElementById?.(id)?.textContent || "").join(" ").trim()
        || element.labels?.[0]?.textContent || element.textContent || element.placeholder || "";
    return [...root.querySelectorAll("h1,h2,h3,button,textarea,input,a,p,li,td,th,summary,dialog,[role]")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .map((element) => [element.getAttribute("role") || role(element), named(element).trim(),
                           (root.activeElement === element), element]);
"#;

/// The survey's own element.
const WIDGET: &str = "pagepoll-survey";

/// The hosts of our roots in the page.
const HOSTS: &str = "return [...document.querySelectorAll('*')].filter((one) => one.localName.startsWith('pagepoll-'))";

impl Browser {
    /// Everything that a screen reader would tell of, in order.
    pub async fn told(&self) -> anyhow::Result<Vec<Told>> {
        match self.engine {
            Engine::Chromium => self.accessibility_tree().await,
            Engine::Firefox | Engine::WebKit => self.told_by_roots().await,
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
        match soon(async || self.find(role, name).await, || format!("no {role} {name:?}")).await {
            Err(error) => bail!("{error:#}; {}", self.account().await),
            found => found,
        }
    }

    /// What there is instead of what was awaited.
    async fn account(&self) -> String {
        let there = self.told().await.unwrap_or_default();
        // Chromium tells of each line of a text once more.
        let there = there.iter().filter(|told| !told.name.is_empty() && told.role != "InlineTextBox");
        let there: Vec<_> = there.map(|told| format!("{} {:?}", told.role, told.name)).collect();
        let state = self.run("return [document.visibilityState, window.warned || null]").await.unwrap_or_default();
        format!("there is {}; {state}", there.join(", "))
    }

    /// Waits until a screen reader would no longer tell of it.
    pub async fn wait_until_gone(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let looked = async || Ok((!self.tells_of(role, name).await?).then_some(()));
        soon(looked, || format!("{role} {name:?} is still there")).await
    }

    /// Waits until it has the focus.
    pub async fn wait_for_focus(&self, role: &str, name: &str) -> anyhow::Result<()> {
        let looked = async || Ok(self.find(role, name).await?.filter(|told| told.is_focused));
        soon(looked, || format!("{role} {name:?} has no focus")).await.map(drop)
    }

    /// Waits until something of this role has this text in it: a live region, say. Chromium alone tells.
    pub async fn wait_for_text_within(&self, role: &str, text: &str) -> anyhow::Result<()> {
        let looked = async || Ok(self.texts_within(role).await?.into_iter().find(|found| found == text));
        soon(looked, || format!("no {role} says {text:?}")).await.map(drop)
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
        for host in self.hosts().await? {
            // A host that has left meanwhile has nothing to tell.
            if let Ok((script, root)) = self.root_of(&host, TELL).await {
                told.extend(self.told_below(&script, &root).await.unwrap_or_default());
            }
        }
        Ok(told)
    }

    /// Where there may be roots. That one leaves while Firefox's driver is about to name it is an error there: then it is asked again.
    async fn hosts(&self) -> anyhow::Result<Vec<Value>> {
        let found = match self.run(HOSTS).await {
            Ok(found) => found,
            Err(_) => self.run(HOSTS).await?,
        };
        Ok(found.as_array().cloned().unwrap_or_default())
    }

    /// A script about a root, and what to hand it so that it finds the root of this host. Not in Chromium.
    async fn root_of(&self, host: &Value, script: &str) -> anyhow::Result<(String, Value)> {
        let id = reference(host).context("no reference")?;
        Ok(match self.engine {
            Engine::WebKit => (script.replace("arguments[0]", "pagepollPeephole(arguments[0])"), host.clone()),
            _ => (script.to_owned(), self.get(&format!("element/{id}/shadow")).await?),
        })
    }

    /// Runs a script in the page that can look into the widget: `root` is its shadow root.
    pub async fn inside(&self, script: &str) -> anyhow::Result<Value> {
        self.inside_of(WIDGET, script).await
    }

    /// The same for the root of another host, which a selector finds.
    pub async fn inside_of(&self, selector: &str, script: &str) -> anyhow::Result<Value> {
        if self.engine == Engine::Chromium {
            return self.inside_by_devtools(selector, script).await;
        }
        let host = self.run_with("return document.querySelector(arguments[0])", vec![json!(selector)]).await?;
        let (script, root) = self.root_of(&host, &format!("const root = arguments[0]; {script}")).await?;
        self.run_with(&script, vec![root]).await
    }

    async fn inside_by_devtools(&self, selector: &str, script: &str) -> anyhow::Result<Value> {
        let expression = format!("document.querySelector({})", json!(selector));
        let host = self.devtools("Runtime.evaluate", json!({ "expression": expression })).await?;
        let host =
            host["result"]["objectId"].as_str().with_context(|| format!("the page has no {selector}"))?.to_owned();
        let node = json!({ "objectId": host, "depth": 1, "pierce": true });
        let node = self.devtools("DOM.describeNode", node).await?;
        let root = json!({ "backendNodeId": node["node"]["shadowRoots"][0]["backendNodeId"] });
        let root = self.devtools("DOM.resolveNode", root).await?;
        let call = json!({
            "functionDeclaration": format!("function () {{ const root = this; {script} }}"),
            "objectId": root["object"]["objectId"], "returnByValue": true, "awaitPromise": true,
        });
        let mut called = self.devtools("Runtime.callFunctionOn", call).await?;
        ensure!(called["exceptionDetails"].is_null(), "{script}: {}", called["exceptionDetails"]);
        Ok(called["result"]["value"].take())
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

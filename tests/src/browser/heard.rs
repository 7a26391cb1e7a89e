//! What went over the network, and what the page's console said.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Browser, Engine};

/// Something fetched over the network.
#[derive(Clone, PartialEq, Debug)]
pub struct Fetched {
    pub method: String,
    pub url: String,
    /// As it came over the wire, the answer's head included.
    pub bytes: u64,
}

impl Browser {
    /// Everything fetched since it was last asked. Chromium alone tells.
    pub async fn fetched(&self) -> anyhow::Result<Vec<Fetched>> {
        let events = self.log("performance").await?;
        let messages: Vec<Value> = events
            .iter()
            .filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok())
            .map(|message: Value| message["message"].clone())
            .collect();
        let of = |method: &'static str| messages.iter().filter(move |message| message["method"] == method);
        let fetched = of("Network.requestWillBeSent").map(|sent| {
            let id = &sent["params"]["requestId"];
            let end = of("Network.loadingFinished").find(|end| end["params"]["requestId"] == *id);
            Fetched {
                method: text(&sent["params"]["request"]["method"]),
                url: text(&sent["params"]["request"]["url"]),
                bytes: end.and_then(|end| end["params"]["encodedDataLength"].as_f64()).unwrap_or_default() as u64,
            }
        });
        Ok(fetched.collect())
    }

    /// What the page's console has said since it was last asked. Chromium alone tells.
    pub async fn console(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.log("browser").await?.iter().map(|entry| text(&entry["message"])).collect())
    }

    /// What the page itself knows to have been fetched from an origin, in order; in any engine.
    pub async fn loaded_from(&self, origin: &str) -> anyhow::Result<Vec<String>> {
        let script = "return performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.startsWith(arguments[0] + '/'))";
        Ok(serde_json::from_value(self.run_with(script, vec![json!(origin)]).await?)?)
    }

    async fn log(&self, kind: &str) -> anyhow::Result<Vec<Value>> {
        ensure!(self.engine == Engine::Chromium, "{} keeps no {kind} log", self.engine);
        let entries = self.post("se/log", json!({ "type": kind })).await?;
        entries.as_array().cloned().with_context(|| format!("no {kind} log: {entries}"))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

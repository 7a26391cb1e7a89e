//! PostHog as its pages have it: the real scripts from npm, compressed as a delivery network would, and a stub for its server.
//!
//! The stub answers what the real one would to a project with surveys and without recordings, flags and heat maps, which is as
//! little as its users can have: it is to look as good as it is.

use std::path::PathBuf;

use anyhow::Context;
use brotli::enc::BrotliEncoderParams;
use serde_json::{Value, json};
use tests::Pages;

/// Where `cargo xtask bench page` says that its scripts are.
const FOLDER: &str = "PAGEPOLL_POSTHOG";
const VERSION: &str = "PAGEPOLL_POSTHOG_VERSION";

const TOKEN: &str = "phc_stub";

/// Its own loader, as its documentation gives it, made readable.
const SNIPPET: &str = r#"
    !function (document, posthog) {
        window.posthog = posthog; posthog._i = []; posthog.people = [];
        posthog.init = function (token, config, name) {
            const script = document.createElement("script");
            script.async = true; script.crossOrigin = "anonymous"; script.src = config.api_host + "/static/array.js";
            const first = document.getElementsByTagName("script")[0];
            first.parentNode.insertBefore(script, first);
            posthog._i.push([token, config, name || "posthog"]);
        };
        posthog.__SV = 1;
    }(document, window.posthog || []);
"#;

pub struct Rival {
    server: Pages,
}

impl Rival {
    pub async fn serve() -> anyhow::Result<Self> {
        let folder = std::env::var_os(FOLDER).map(PathBuf::from);
        let folder = folder.with_context(|| format!("{FOLDER} is not set; measure with `cargo xtask bench page`"))?;
        let version = std::env::var(VERSION).with_context(|| format!("{VERSION} is not set"))?;
        let server = Pages::serve("Access-Control-Allow-Origin: *\r\nCache-Control: public, max-age=300\r\n").await?;
        for (file, path) in
            [("array.js", "/static/array.js".to_owned()), ("surveys.js", format!("/static/{version}/surveys.js"))]
        {
            let script =
                std::fs::read(folder.join(file)).with_context(|| format!("no {file} in {}", folder.display()))?;
            put(&server, &path, "text/javascript", &script)?;
        }
        put(&server, &format!("/array/{TOKEN}/config.js"), "text/javascript", settings_script().as_bytes())?;
        let surveys = json!({ "surveys": [asking_nps()] }).to_string();
        put(&server, "/api/surveys/", "application/json", surveys.as_bytes())?;
        for path in ["/e/", "/i/v0/e/", "/flags/"] {
            put(&server, path, "application/json", b"{\"status\":1}")?;
        }
        Ok(Self { server })
    }

    /// What stands in the head of its pages.
    pub fn snippet(&self) -> String {
        // Its filter for robots would drop what it sends for every real visitor.
        let settings = json!({ "api_host": self.server.origin(), "opt_out_useragent_filter": true });
        format!("<script>{SNIPPET}posthog.init({}, {settings})</script>", json!(TOKEN))
    }
}

fn put(server: &Pages, path: &str, kind: &str, content: &[u8]) -> anyhow::Result<()> {
    let settings = BrotliEncoderParams { quality: 11, size_hint: content.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &settings)?;
    server.put_file(path, &format!("Content-Type: {kind}\r\nContent-Encoding: br\r\n"), packed);
    Ok(())
}

fn settings_script() -> String {
    let settings = json!({
        "token": TOKEN, "supportedCompression": ["gzip", "gzip-js"], "hasFeatureFlags": false, "captureDeadClicks": false,
        "capturePerformance": false, "autocapture_opt_out": false, "autocaptureExceptions": false,
        "analytics": { "endpoint": "/i/v0/e/" }, "elementsChainAsString": true, "sessionRecording": false,
        "heatmaps": false, "surveys": true, "defaultIdentifiedOnly": true, "siteApps": [], "productTours": false,
        "conversations": false,
    });
    format!(
        "(function(){{window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{{}};\
         window._POSTHOG_REMOTE_CONFIG[{}]={{config:{settings},siteApps:[]}}}})();",
        json!(TOKEN)
    )
}

/// Its kind of NPS question, for the page on which it is to show.
fn asking_nps() -> Value {
    json!({
        "id": "nps", "name": "NPS", "description": "", "type": "popover", "schedule": "once",
        "linked_flag_key": null, "targeting_flag_key": null, "internal_targeting_flag_key": null,
        "questions": [{ "id": "score", "type": "rating", "question": "How likely are you to recommend us?",
            "description": "", "optional": false, "display": "number", "scale": 10, "buttonText": "Submit",
            "lowerBoundLabel": "Not likely", "upperBoundLabel": "Very likely" }],
        "appearance": { "position": "right", "displayThankYouMessage": true, "thankYouMessageHeader": "Thank you",
            "surveyPopupDelaySeconds": 0 },
        "conditions": { "url": crate::case::Case::RivalShown.path(), "urlMatchType": "icontains" },
        "start_date": "2026-01-01T00:00:00Z", "end_date": null,
        "current_iteration": null, "current_iteration_start_date": null, "enable_partial_responses": true,
    })
}

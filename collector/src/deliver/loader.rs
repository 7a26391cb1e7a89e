//! One site's loader and surveys, made when something is published and then delivered as they are.

use survey::definition::{SiteKey, Survey};
use survey::gate::Gate;
use survey::wire::SiteConfig;

use crate::assets::WidgetFiles;
use crate::representation::Representation;
use crate::store::SiteRecord;

/// What a site's pages fetch.
#[derive(Debug)]
pub struct Delivered {
    pub loader: Representation,
    pub config: Representation,
}

impl Delivered {
    pub fn new(site: &SiteRecord, surveys: &[Survey], widget: &WidgetFiles) -> Self {
        let config =
            SiteConfig { site: site.key.clone(), keep_query: site.keep_query.clone(), surveys: surveys.to_vec() };
        // Texts and numbers in vectors: there is nothing here that cannot be written down.
        let config = config.to_bytes().unwrap_or_default();
        let config = Representation::compressed("application/octet-stream", config);
        let script = fill_in(widget, &site.key, config.hash(), &Gate::of(surveys));
        Self { loader: Representation::compressed("text/javascript; charset=utf-8", script), config }
    }
}

/// Puts a site's own values into the loader's template.
fn fill_in(widget: &WidgetFiles, site: &SiteKey, config_hash: &str, gate: &Gate) -> String {
    // All stand inside quotes in the template, and are plain letters, digits, hyphens, dots and slashes; the gate stands bare,
    // and comes with its own quotes.
    let gate = serde_json::Value::String(gate.to_regex()).to_string();
    widget
        .loader_template
        .replace("__SITE__", site.as_str())
        .replace("__CONFIG__", &format!("/w/{site}.{config_hash}.bin"))
        .replace("__JS__", &format!("/w/{}", widget.js))
        .replace("__WASM__", &format!("/w/{}", widget.wasm))
        .replace("__GATE__", &gate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loader_is_filled_in_with_the_sites_own_values() {
        let widget = WidgetFiles {
            loader_template: r#"["__SITE__","__CONFIG__","__JS__","__WASM__",__GATE__]"#.into(),
            js: "widget.1.js".into(),
            wasm: "widget.2.wasm".into(),
        };
        let shut = Gate::of(&[]);
        let script = fill_in(&widget, &"shop".parse().unwrap(), "0f", &shut);
        let filled: Vec<String> = serde_json::from_str(&script).unwrap();
        assert_eq!(filled, ["shop", "/w/shop.0f.bin", "/w/widget.1.js", "/w/widget.2.wasm", &shut.to_regex()]);
    }
}

//! One site's loader: written when something is published, and once an hour, when it gets another ticket; in between it is
//! delivered as it is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use survey::definition::{Dimension, SiteKey, SiteSettings, StorageMode};
use survey::gate::Gate;
use survey::targeting::{Candidate, Field, FieldKind, Trigger};

use super::configs::{Configs, Unwritable};
use crate::assets::{Styles, WidgetFiles};
use crate::clock::Hour;
use crate::live::LiveSite;
use crate::representation::{Effort, Representation};

/// What a site's pages fetch.
#[derive(Debug)]
pub struct Delivered {
    pub loader: Loader,
    pub configs: Configs,
}

impl Delivered {
    pub fn new(site: &LiveSite, widget: &WidgetFiles, styles: &Styles) -> Result<Self, Unwritable> {
        let configs = Configs::new(site, styles)?;
        let surveys: Vec<Candidate> = site.deliverable().map(|survey| survey.candidate().clone()).collect();
        let fetched = Fetched { hash: configs.hash(), fills_in_traits: configs.fills_in_traits() };
        let script = fill_in(widget, site.key(), &site.record.settings, &surveys, &fetched);
        Ok(Self { loader: Loader { script, present: Mutex::default() }, configs })
    }
}

/// Where the key and its ticket stand in the loader.
const KEY: &str = "__KEY__";
const TICKET: &str = "__TICKET__";

/// A loader that lacks nothing but the key that it is asked for by, and that key's ticket.
#[derive(Debug)]
pub struct Loader {
    script: String,
    /// With the ticket of an hour. There are no more of them than the site has keys.
    present: Mutex<HashMap<SiteKey, (Hour, Representation)>>,
}

impl Loader {
    /// With the ticket of this hour. Whoever asks first in an hour has it written; the others wait those few milliseconds.
    pub fn of_hour(&self, key: &SiteKey, hour: Hour, ticket: impl FnOnce() -> String) -> Representation {
        // Nobody panics while holding it; what is behind it would be whole even then.
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        match present.get(key) {
            Some((written, loader)) if *written == hour => loader.clone(),
            _ => {
                let script = self.script.replace(KEY, key.as_str()).replace(TICKET, &ticket());
                let loader = Representation::compressed("text/javascript; charset=utf-8", script, Effort::Best);
                present.insert(key.clone(), (hour, loader.clone()));
                loader
            }
        }
    }
}

/// What the loader must know of the surveys that it fetches.
struct Fetched<'a> {
    hash: &'a str,
    fills_in_traits: bool,
}

/// Puts a site's own values into the loader's template.
///
/// Those in the first group stand inside quotes there, and are plain letters, digits, hyphens, dots and slashes; the others
/// stand bare, and the gate comes with its own quotes.
fn fill_in(
    widget: &WidgetFiles,
    site: &SiteKey,
    settings: &SiteSettings,
    surveys: &[Candidate],
    fetched: &Fetched<'_>,
) -> String {
    let counts = surveys.iter().any(counts_visits) || settings.dimensions.iter().any(is_counted);
    let listens = fetched.fills_in_traits || surveys.iter().any(listens_to_calls);
    let gate = serde_json::Value::String(Gate::of(surveys).to_regex()).to_string();
    let quoted = [
        ("__SITE__", site.to_string()),
        ("__CONFIG__", format!("/w/{KEY}.{}.bin", fetched.hash)),
        ("__JS__", format!("/w/{}", widget.js)),
        ("__WASM__", format!("/w/{}", widget.wasm)),
        ("__STORE__", storage_name(settings.storage).to_owned()),
    ];
    let bare = [
        ("__GATE__", gate),
        ("__COUNT__", counts.to_string()),
        ("__CALLS__", listens.to_string()),
        ("__GPC__", settings.honour_gpc.to_string()),
        ("__DNT__", settings.honour_dnt.to_string()),
        ("__VIEWS__", (settings.page_view_sample_percent / 100.0).to_string()),
    ];
    let blanks = quoted.into_iter().chain(bare);
    blanks.fold(widget.loader_template.clone(), |script, (blank, value)| script.replace(blank, &value))
}

/// The storage's name as a member of `window`; none for memory alone.
fn storage_name(mode: StorageMode) -> &'static str {
    match mode {
        StorageMode::Local => "localStorage",
        StorageMode::Session => "sessionStorage",
        StorageMode::Memory => "",
    }
}

/// Whether a survey asks about what is counted from page to page: then the loader counts, also where the gate is shut.
fn counts_visits(survey: &Candidate) -> bool {
    survey.when.asks(|Field { kind, .. }| {
        use FieldKind::{Event, Returning, SessionPages, SiteSeconds, Utm, Visits};
        // Events are counted within a visit, so somebody must know when it ends.
        matches!(kind, SessionPages | Visits | Returning | SiteSeconds | Utm | Event)
    })
}

/// Whether reports are to be filtered by what is counted from page to page.
fn is_counted(told: &Dimension) -> bool {
    matches!(told.field().kind, FieldKind::Returning | FieldKind::Utm)
}

/// Whether a survey depends on what the page tells by its own calls: then a call starts the widget, also where the gate is shut.
fn listens_to_calls(survey: &Candidate) -> bool {
    let asks = survey.when.asks(|field| matches!(field.kind, FieldKind::Trait | FieldKind::Event));
    asks || survey.triggers.iter().any(|trigger| matches!(trigger, Trigger::Event(_)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use survey::definition::Survey;

    use super::*;

    fn survey(when: Value, trigger: Value) -> Candidate {
        let survey = json!({
            "id": "a", "name": "A", "triggers": [trigger], "when": when, "endings": [{ "title": "Thanks", "text": "" }],
            "questions": [{ "id": "why", "prompt": "Why?", "kind": { "comment": { "placeholder": "" } } }],
        });
        serde_json::from_value::<Survey>(survey).unwrap().candidate().clone()
    }

    fn filled(surveys: Vec<Candidate>, settings: &SiteSettings) -> Value {
        filled_for(surveys, settings, false)
    }

    fn filled_for(surveys: Vec<Candidate>, settings: &SiteSettings, fills_in_traits: bool) -> Value {
        let blanks = r#"["__SITE__","__CONFIG__","__JS__","__WASM__","__STORE__",__GATE__,__COUNT__,__CALLS__,__GPC__,__DNT__,__VIEWS__]"#;
        let widget = WidgetFiles {
            loader_template: blanks.into(),
            js: "widget.1.js".into(),
            wasm: "widget.2.wasm".into(),
            why: None,
        };
        let site = "shop".parse().unwrap();
        serde_json::from_str(&fill_in(&widget, &site, settings, &surveys, &Fetched { hash: "0f", fills_in_traits }))
            .unwrap()
    }

    #[test]
    fn a_loader_is_filled_in_with_the_sites_own_values() {
        let shut = Gate::of(&[]).to_regex();
        let expected = json!([
            "shop",
            "/w/__KEY__.0f.bin",
            "/w/widget.1.js",
            "/w/widget.2.wasm",
            "localStorage",
            shut,
            false,
            false,
            false,
            false,
            0.01
        ]);
        assert_eq!(filled(Vec::new(), &SiteSettings::default()), expected);
        let settings = SiteSettings {
            storage: StorageMode::Memory,
            honour_gpc: true,
            honour_dnt: true,
            page_view_sample_percent: 100.0,
            ..SiteSettings::default()
        };
        let filled = filled(Vec::new(), &settings);
        assert_eq!(
            [&filled[4], &filled[8], &filled[9], &filled[10]],
            [&json!(""), &json!(true), &json!(true), &json!(1)]
        );
    }

    #[test]
    fn a_loader_changes_with_its_hour_and_not_before() {
        let loader = Loader { script: "start('/t/__KEY__.__TICKET__')".to_owned(), present: Mutex::default() };
        let shop: SiteKey = "shop".parse().unwrap();
        let plain = |hour: Hour| loader.of_hour(&shop, hour, || format!("of-{hour}")).plain().clone();
        assert_eq!(plain(7), "start('/t/shop.of-7')");
        assert_eq!(loader.of_hour(&shop, 7, || panic!("it is written already")).plain(), &plain(7));
        assert_eq!(plain(8), "start('/t/shop.of-8')");
    }

    #[test]
    fn the_loader_counts_and_listens_only_where_a_survey_needs_it() {
        let flags = |when: Value, trigger: Value| {
            let filled = filled(vec![survey(when, trigger)], &SiteSettings::default());
            (filled[6] == true, filled[7] == true)
        };
        assert_eq!(flags(json!({ "all": [] }), json!("immediately")), (false, false));
        assert_eq!(flags(json!({ "not": { "visits": { "<": 3 } } }), json!("immediately")), (true, false));
        assert_eq!(flags(json!({ "utm:source": { "is": "mail" } }), json!("immediately")), (true, false));
        assert_eq!(flags(json!({ "trait:plan": { "is": "pro" } }), json!("immediately")), (false, true));
        assert_eq!(flags(json!({ "all": [] }), json!({ "event": "bought" })), (false, true));
        assert_eq!(filled_for(Vec::new(), &SiteSettings::default(), true)[7], true, "a text says the visitor's name");
    }
}

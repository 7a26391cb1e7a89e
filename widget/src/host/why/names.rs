//! What the team calls its surveys. Visitors are told only their ids, so the names are asked for, with the leave to do so.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;
use survey::definition::SurveyId;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::super::Installation;
use super::super::browser;
use super::super::memory::Memory;
use super::{append, element};

/// The names by id; none before they have come, nor where they cannot.
#[derive(Default)]
pub struct Names(RefCell<BTreeMap<String, String>>);

/// Where the loader learns of this widget, the names stand too.
#[derive(Deserialize)]
struct Told {
    surveys: BTreeMap<String, String>,
}

impl Names {
    /// Asks for them, and puts them into a list of surveys once they come.
    pub fn ask(installation: &Installation, memory: &Memory, list: &Element) -> Rc<Self> {
        let names = Rc::<Self>::default();
        if let Some(address) = address(installation, memory) {
            let (names, list) = (Rc::clone(&names), list.clone());
            spawn_local(async move {
                let told = browser::text_of(&address).await;
                let Some(told) = told.and_then(|told| serde_json::from_str::<Told>(&told).ok()) else { return };
                names.0.replace(told.surveys);
                if let Err(error) = names.put_into(&list) {
                    browser::warn_of("the browser would not name the surveys", &error);
                }
            });
        }
        names
    }

    /// Says which survey it is: by its name with the id beside it, or by the id alone.
    pub fn put(&self, heading: &Element, survey: &SurveyId) -> Result<(), JsValue> {
        heading.set_attribute("data-id", survey.as_str())?;
        self.put_name(heading, survey.as_str())
    }

    fn put_into(&self, list: &Element) -> Result<(), JsValue> {
        let headings = list.query_selector_all("[data-id]")?;
        for place in 0..headings.length() {
            let Some(heading) = headings.item(place) else { continue };
            let heading: Element = heading.unchecked_into();
            let id = heading.get_attribute("data-id").unwrap_or_default();
            self.put_name(&heading, &id)?;
        }
        Ok(())
    }

    fn put_name(&self, heading: &Element, id: &str) -> Result<(), JsValue> {
        let names = self.0.borrow();
        let Some(name) = names.get(id).filter(|name| *name != id) else {
            heading.set_text_content(Some(id));
            return Ok(());
        };
        heading.set_text_content(Some(&format!("{name} ")));
        append(heading, &[&element("small", "", id)?])
    }
}

fn address(installation: &Installation, memory: &Memory) -> Option<String> {
    let (collector, _) = installation.origin.split_once("/t/")?;
    let key = installation.config_path.strip_prefix("/w/")?.split('.').next()?;
    Some(format!("{collector}/w/{key}.why.{}.json", memory.get("why")?))
}

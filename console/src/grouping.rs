//! A site's page groups and the stages of its journey, as somebody types them: what is read from the settings and goes back there.

use serde_json::{Map, Value, json};
use survey::definition::SiteSettings;
use survey::page::{PageGroup, Stage};

/// The groups in the order in which they are asked, and the stages in the order in which visitors come by.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TypedGroups {
    pub rows: Vec<TypedGroup>,
    /// One on each line.
    pub stages: String,
}

/// One group.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TypedGroup {
    pub name: String,
    pub pattern: String,
    /// Empty for none.
    pub stage: String,
}

impl TypedGroups {
    pub fn of(settings: &SiteSettings) -> Self {
        let stage_of = |group: &PageGroup| survey::page::stage_of(&settings.stages, group);
        let row = |group: &PageGroup| TypedGroup {
            name: group.name.clone(),
            pattern: group.pattern.to_string(),
            stage: stage_of(group).map(|stage| stage.name.clone()).unwrap_or_default(),
        };
        let stages: Vec<&str> = settings.stages.iter().map(|stage| stage.name.as_str()).collect();
        Self { rows: settings.page_groups.iter().map(row).collect(), stages: stages.join("\n") }
    }

    pub fn stage_names(&self) -> Vec<String> {
        let names = self.stages.lines().map(str::trim).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }

    /// Takes the stages as they are typed. Where one line alone has changed, it is the same stage by another name.
    pub fn type_stages(&mut self, typed: String) {
        let before: Vec<String> = self.stages.lines().map(str::to_owned).collect();
        self.stages = typed;
        let after: Vec<&str> = self.stages.lines().collect();
        if before.len() != after.len() {
            return;
        }
        let mut changed = before.iter().zip(after).filter(|(before, after)| before != after);
        if let (Some((old, new)), None) = (changed.next(), changed.next()) {
            for row in self.rows.iter_mut().filter(|row| row.stage == old.trim()) {
                row.stage = new.trim().to_owned();
            }
        }
    }

    pub fn add(&mut self) {
        self.rows.push(TypedGroup::default());
    }

    pub fn remove(&mut self, at: usize) {
        if at < self.rows.len() {
            self.rows.remove(at);
        }
    }

    /// Asks a group one place earlier.
    pub fn raise(&mut self, at: usize) {
        if (1..self.rows.len()).contains(&at) {
            self.rows.swap(at - 1, at);
        }
    }

    /// As a change of the settings: which of the two lists are not as the collector has them.
    pub fn patch(&self, kept: &Self) -> Value {
        let (mut lists, kept) = (self.lists(), kept.lists());
        lists.retain(|name, list| kept.get(name) != Some(list));
        Value::Object(lists)
    }

    fn lists(&self) -> Map<String, Value> {
        let groups: Vec<Value> =
            self.rows.iter().map(|row| json!({ "name": row.name.trim(), "pattern": row.pattern.trim() })).collect();
        let stages: Vec<Stage> = self.stage_names().into_iter().map(|name| self.stage(name)).collect();
        Map::from_iter([("page_groups".to_owned(), json!(groups)), ("stages".to_owned(), json!(stages))])
    }

    fn stage(&self, name: String) -> Stage {
        let within = self.rows.iter().filter(|row| row.stage == name);
        Stage { groups: within.map(|row| row.name.trim().to_owned()).collect(), name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> TypedGroups {
        let settings = json!({
            "page_groups": [{ "name": "Sale", "pattern": "/product/sale-*" }, { "name": "Product", "pattern": "/product/*" },
                            { "name": "Help", "pattern": "/help/**" }],
            "stages": [{ "name": "Choose", "groups": ["Sale", "Product"] }, { "name": "Get help", "groups": ["Help"] }],
        });
        TypedGroups::of(&serde_json::from_value(settings).unwrap())
    }

    #[test]
    fn what_was_read_goes_back_as_it_was() {
        let patch = typed().lists();
        assert_eq!(patch["page_groups"][1], json!({ "name": "Product", "pattern": "/product/*" }));
        assert_eq!(patch["stages"][0], json!({ "name": "Choose", "groups": ["Sale", "Product"] }));
        assert_eq!(patch["stages"][1], json!({ "name": "Get help", "groups": ["Help"] }));
        assert_eq!(typed().patch(&typed()), json!({}));
    }

    #[test]
    fn only_the_list_that_was_changed_is_sent() {
        let mut typed = typed();
        typed.rows[2].pattern = "/support/**".to_owned();
        let patch = typed.patch(&self::typed());
        assert_eq!((patch["page_groups"][2]["pattern"].as_str(), patch.get("stages")), (Some("/support/**"), None));
    }

    #[test]
    fn a_stage_keeps_its_groups_under_another_name() {
        let mut typed = typed();
        for name in ["Choos", "Choosing", "Look around"] {
            typed.type_stages(format!("{name}\nGet help"));
        }
        assert_eq!(typed.lists()["stages"][0], json!({ "name": "Look around", "groups": ["Sale", "Product"] }));
        typed.type_stages("Get help\nLook around".to_owned());
        assert_eq!(typed.lists()["stages"][1], json!({ "name": "Look around", "groups": ["Sale", "Product"] }));
        typed.type_stages("Get help".to_owned());
        assert_eq!(typed.lists()["stages"], json!([{ "name": "Get help", "groups": ["Help"] }]));
    }

    #[test]
    fn groups_are_added_moved_and_removed() {
        let mut typed = typed();
        typed.add();
        typed.rows[3] = TypedGroup { name: " Cart ".into(), pattern: "/cart".into(), stage: String::new() };
        typed.raise(3);
        typed.raise(0);
        typed.remove(0);
        typed.remove(7);
        let names: Vec<&str> = typed.rows.iter().map(|row| row.name.trim()).collect();
        assert_eq!(names, ["Product", "Cart", "Help"]);
        assert_eq!(typed.lists()["page_groups"][1]["name"], "Cart");
    }
}

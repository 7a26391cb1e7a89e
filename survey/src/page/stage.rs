//! Stages of a visitor's journey: find, choose, buy, get help. Each is a few page groups, in the order in which visitors come by.

use serde::{Deserialize, Serialize};

use super::PageGroup;
use super::name::{MAX_NAME, first_twice, is_name};

/// The most stages that a site may have.
pub const MAX_STAGES: usize = 20;

/// Page groups that are one step of the journey.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// At most 80 characters, unlike that of any other stage.
    pub name: String,
    /// The names of page groups; each is in at most one stage.
    pub groups: Vec<String>,
}

/// Why stages do not make sense. Each reason begins with the place.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum StageError {
    #[error("stages: {0} stages are too many; at most {MAX_STAGES}")]
    TooMany(usize),
    #[error("stages[{at}].name: {name:?} is not a name; write 1 to {MAX_NAME} characters, without spaces at the ends")]
    Name { at: usize, name: String },
    #[error("stages[{at}].name: stages[{earlier}] is called {name:?} already; names tell stages apart")]
    Twice { at: usize, earlier: usize, name: String },
    #[error("stages[{at}].groups: no group is named; name at least one, or leave the stage out")]
    Empty { at: usize },
    #[error("stages[{at}].groups[{group_at}]: there is no page group {name:?}; declare it in page_groups")]
    UnknownGroup { at: usize, group_at: usize, name: String },
    #[error("stages[{at}].groups[{group_at}]: {name:?} is in the stage {earlier:?} already; a group is in one stage")]
    GroupTwice { at: usize, group_at: usize, name: String, earlier: String },
}

/// Checks stages against the groups that are declared.
///
/// # Errors
/// Names the first stage that makes no sense.
pub fn check_stages(stages: &[Stage], groups: &[PageGroup]) -> Result<(), StageError> {
    if stages.len() > MAX_STAGES {
        return Err(StageError::TooMany(stages.len()));
    }
    let names: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
    if let Some(at) = names.iter().position(|name| !is_name(name)) {
        return Err(StageError::Name { at, name: stages[at].name.clone() });
    }
    if let Some((at, earlier)) = first_twice(&names) {
        return Err(StageError::Twice { at, earlier, name: stages[at].name.clone() });
    }
    if let Some(at) = stages.iter().position(|stage| stage.groups.is_empty()) {
        return Err(StageError::Empty { at });
    }
    check_named_groups(stages, groups)
}

fn check_named_groups(stages: &[Stage], groups: &[PageGroup]) -> Result<(), StageError> {
    let in_stage = |(at, stage): (usize, _)| named(stage).map(move |(group_at, name)| (at, group_at, name));
    let all: Vec<(usize, usize, &str)> = stages.iter().enumerate().flat_map(in_stage).collect();
    if let Some((at, group_at, name)) = all.iter().find(|(.., name)| groups.iter().all(|group| group.name != *name)) {
        return Err(StageError::UnknownGroup { at: *at, group_at: *group_at, name: (*name).to_owned() });
    }
    let names: Vec<&str> = all.iter().map(|(.., name)| *name).collect();
    match first_twice(&names) {
        Some((later, earlier)) => {
            let ((at, group_at, name), earlier) = (all[later], stages[all[earlier].0].name.clone());
            Err(StageError::GroupTwice { at, group_at, name: name.to_owned(), earlier })
        }
        None => Ok(()),
    }
}

fn named(stage: &Stage) -> impl Iterator<Item = (usize, &str)> {
    stage.groups.iter().map(String::as_str).enumerate()
}

/// The stage of a page group. None for a group that is in no stage.
pub fn stage_of<'s>(stages: &'s [Stage], group: &PageGroup) -> Option<&'s Stage> {
    stages.iter().find(|stage| stage.groups.contains(&group.name))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::group::tests::groups;
    use super::*;

    pub(crate) fn stages(declared: &[(&str, &[&str])]) -> Vec<Stage> {
        let stage = |(name, groups): &(&str, &[&str])| Stage {
            name: (*name).into(),
            groups: groups.iter().map(|group| (*group).into()).collect(),
        };
        declared.iter().map(stage).collect()
    }

    #[test]
    fn a_group_is_in_the_stage_that_names_it() {
        let groups = groups(&[("Product", "/product/*"), ("Help", "/help/**"), ("Blog", "/blog/**")]);
        let stages = stages(&[("Choose", &["Product"]), ("Use", &["Help"])]);
        let names: Vec<_> =
            groups.iter().map(|group| stage_of(&stages, group).map(|stage| stage.name.as_str())).collect();
        assert_eq!(names, [Some("Choose"), Some("Use"), None]);
    }

    #[test]
    fn stages_that_make_no_sense_are_refused_with_their_place() {
        let told = |declared: &[(&str, &[&str])]| {
            let groups = groups(&[("Product", "/product/*"), ("Cart", "/cart")]);
            check_stages(&stages(declared), &groups).map_err(|error| error.to_string())
        };
        assert_eq!(told(&[("Choose", &["Product"]), ("Buy", &["Cart"])]), Ok(()));
        let refused = |declared: &[(&str, &[&str])]| told(declared).unwrap_err();
        assert!(refused(&[("", &["Product"])]).starts_with("stages[0].name: "));
        assert!(
            refused(&[("Buy", &["Cart"]), ("Buy", &["Product"])]).starts_with("stages[1].name: stages[0] is called")
        );
        assert!(refused(&[("Buy", &[])]).starts_with("stages[0].groups: no group is named"));
        assert_eq!(
            refused(&[("Buy", &["Cart", "Till"])]),
            "stages[0].groups[1]: there is no page group \"Till\"; declare it in page_groups"
        );
        assert_eq!(
            refused(&[("Choose", &["Product"]), ("Buy", &["Cart", "Product"])]),
            "stages[1].groups[1]: \"Product\" is in the stage \"Choose\" already; a group is in one stage"
        );
        assert!(
            refused(&[("Buy", &["Cart", "Cart"])]).starts_with("stages[0].groups[1]: \"Cart\" is in the stage \"Buy\"")
        );
        let many: Vec<String> = (0..=MAX_STAGES).map(|stage| stage.to_string()).collect();
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), &["Cart"][..])).collect();
        assert_eq!(refused(&many), "stages: 21 stages are too many; at most 20");
    }
}

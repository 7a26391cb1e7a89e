//! A site's settings: what holds for all of its surveys.

use actix_web::web::{Bytes, Data, Json};
use actix_web::{get, patch, put};
use serde::Serialize;
use serde_json::{Map, Value};
use survey::api::Problem;
use survey::definition::{SettingsError, SiteSettings};
use survey::theme::custom_css::Dropped;
use utoipa::ToSchema;

use super::access::{Editor, SiteAccess, Viewer};
use crate::live::Watcher;
use crate::problem::ApiError;
use crate::store::{NoSuchSite, Store};
use crate::written;

/// A site's settings.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path)),
    responses((status = 200, body = SiteSettings), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/settings")]
pub async fn read(access: SiteAccess<Viewer>, store: Data<Store>) -> Result<Json<SiteSettings>, ApiError> {
    // From the store, so that whoever has just changed them reads what they wrote.
    let site = store.site(access.key()).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(site.settings))
}

/// Settings as they have been saved.
#[derive(Serialize, ToSchema)]
pub struct SavedSettings {
    #[serde(flatten)]
    settings: SiteSettings,
    /// What of the theme's style sheet is not delivered, because it could reach the network or the rest of the page.
    dropped: Vec<Dropped>,
}

/// Puts new settings in the place of a site's: all of them. To change some, send `PATCH`.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path)),
    request_body = SiteSettings,
    responses((status = 200, body = SavedSettings), (status = "4XX", body = Problem)),
)]
#[put("/sites/{site}/settings")]
pub async fn replace(
    access: SiteAccess<Editor>,
    request: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
) -> Result<Json<SavedSettings>, ApiError> {
    let settings: SiteSettings = written::read(&request)?;
    settings.check()?;
    require_all(&written::read(&request)?)?;
    let settings = store.change_settings(access.key(), &access.by(), |_| Ok::<_, ApiError>(settings)).await?;
    live.look_if_possible().await;
    Ok(Json(SavedSettings::of(settings)))
}

/// Changes some of a site's settings; those that are not named stay as they are. A JSON merge patch (RFC 7396): `null` gives a
/// setting its default.
#[utoipa::path(
    tag = "sites",
    params(("site" = String, Path)),
    request_body(content = Object, description = "Some members of `SiteSettings`: `{\"quiet_days\": 30}`"),
    responses((status = 200, body = SavedSettings), (status = "4XX", body = Problem)),
)]
#[patch("/sites/{site}/settings")]
pub async fn change(
    access: SiteAccess<Editor>,
    request: Bytes,
    (store, live): (Data<Store>, Data<Watcher>),
) -> Result<Json<SavedSettings>, ApiError> {
    let patch: Map<String, Value> = written::read(&request)?;
    let settings = store.change_settings(access.key(), &access.by(), |before| patched(&before, &patch)).await?;
    live.look_if_possible().await;
    Ok(Json(SavedSettings::of(settings)))
}

impl SavedSettings {
    fn of(settings: SiteSettings) -> Self {
        Self { dropped: settings.theme.dropped(), settings }
    }
}

/// Whoever leaves a setting out of a whole may not know of it: its default would be a surprise.
fn require_all(sent: &Map<String, Value>) -> Result<(), ApiError> {
    let known = as_object(&SiteSettings::default())?;
    match known.keys().find(|name| !sent.contains_key(*name)) {
        None => Ok(()),
        Some(missing) => Err(ApiError::BadParameter {
            field: missing.clone(),
            reason: format!("{missing}: missing; name every setting, or send those that change with PATCH"),
        }),
    }
}

/// Settings after a merge patch, if they make sense.
fn patched(before: &SiteSettings, patch: &Map<String, Value>) -> Result<SiteSettings, ApiError> {
    let mut settings = as_object(before)?;
    merge(&mut settings, patch);
    let settings: SiteSettings = written::read(Value::Object(settings).to_string().as_bytes())?;
    settings.check()?;
    Ok(settings)
}

/// RFC 7396: members that are objects are merged, `null` takes a member away, anything else takes its place.
fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.remove(name);
            }
            Value::Object(patch) => {
                let member = target.entry(name).or_insert_with(|| Value::Object(Map::new()));
                if !member.is_object() {
                    *member = Value::Object(Map::new());
                }
                if let Value::Object(member) = member {
                    merge(member, patch);
                }
            }
            value => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

fn as_object(settings: &SiteSettings) -> Result<Map<String, Value>, ApiError> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(settings)) => Ok(settings),
        other => Err(ApiError::Internal(format!("settings are no object: {other:?}").into())),
    }
}

impl From<NoSuchSite> for ApiError {
    fn from(_: NoSuchSite) -> Self {
        Self::NotFound
    }
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        Self::BadParameter { field: error.field(), reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_patch_does_what_its_rfc_says() {
        let mut target = json!({ "a": "b", "c": { "d": "e", "f": "g" }, "h": 1 });
        let patch = json!({ "a": "z", "c": { "f": null }, "h": { "i": null, "j": 2 } });
        merge(target.as_object_mut().unwrap(), patch.as_object().unwrap());
        assert_eq!(target, json!({ "a": "z", "c": { "d": "e" }, "h": { "j": 2 } }));
    }

    #[test]
    fn what_a_patch_does_not_name_stays() {
        let before = SiteSettings { honour_gpc: true, quiet_days: 7, ..SiteSettings::default() };
        let patch = json!({ "quiet_days": 30 });
        let after = patched(&before, patch.as_object().unwrap()).unwrap();
        assert_eq!(after, SiteSettings { quiet_days: 30, ..before });
    }

    #[test]
    fn a_list_is_put_in_the_place_of_the_one_before() {
        let groups = |names: &[&str]| -> SiteSettings {
            let groups: Vec<_> = names.iter().map(|name| json!({ "name": name, "pattern": "/a" })).collect();
            serde_json::from_value(json!({ "quiet_days": 7, "page_groups": groups })).unwrap()
        };
        let patch = json!({ "page_groups": [{ "name": "C", "pattern": "/a" }] });
        assert_eq!(patched(&groups(&["A", "B"]), patch.as_object().unwrap()).unwrap(), groups(&["C"]));
        let twice = json!({ "page_groups": [{ "name": "C", "pattern": "/a" }, { "name": "C", "pattern": "/b" }] });
        let refused = patched(&groups(&["A"]), twice.as_object().unwrap()).unwrap_err();
        assert!(matches!(refused, ApiError::BadParameter { field, .. } if field == "page_groups[1].name"));
    }
}

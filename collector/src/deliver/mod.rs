//! Delivery: what a site's pages fetch from the collector.
//!
//! `/w/SITE.js` is the one address that a snippet names. It is short-lived and leads to names made from their content,
//! which may be kept for ever: the site's surveys (`/w/SITE.HASH.bin?l=de,en`, in the first of these languages that each has) and the widget (`/w/widget.HASH.js`, `.wasm`).
//! Somebody who has leave to be told why surveys show there or do not gets a widget that explains itself
//! (`/w/why.HASH.js`, `.wasm`), by way of `/w/SITE.why.TOKEN.json`. Who has leave to preview a survey gets that widget, too, and
//! the one survey as it is now, by `/w/SITE.preview.TOKEN.bin`.

pub mod country;
mod preview;
pub mod stage;

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, route};
use survey::definition::{Language, SiteKey};

use crate::admission::ticket::TicketKey;
use crate::assets::Assets;
use crate::clock;
use crate::explain::token::WhyKey;
use crate::live::{LiveSite, Watcher, configs};
use crate::problem::ApiError;
use crate::representation::{IMMUTABLE, Representation};
use crate::store::Store;

/// Fresh for a minute; for another one the stale one is used while the new one is fetched. No longer, so that a survey that was stopped
/// is gone within two minutes wherever the loader is known.
const LOADER_CACHE: &str = "public, max-age=60, stale-while-revalidate=60";

const NOT_KEPT: &str = "no-store";

/// What a name under `/w/` stands for.
#[derive(Debug, PartialEq)]
enum Wanted {
    Loader(SiteKey),
    Config { site: SiteKey, hash: String },
    Why { site: SiteKey, token: String },
    Preview { site: SiteKey, token: String },
    Asset,
}

/// Delivers the loader, a site's surveys, a file of the widget, or its TypeScript declarations.
#[utoipa::path(
    method(get, head),
    tag = "delivery",
    params(
        ("l" = Option<String>, Query, description = "Of surveys: the languages that the visitor reads, the best first, with commas between them"),
        ("file" = String, Path, description = "`SITE.js`, `SITE.HASH.bin`, `SITE.why.TOKEN.json`, `SITE.preview.TOKEN.bin`, `pagepoll.d.ts`, and `.js` and `.wasm` of `widget.HASH` and `why.HASH`"),
    ),
    responses(
        (status = 200, description = "The file, compressed if the browser takes it"),
        (status = 304, description = "The browser has it"),
        (status = 403, description = "The token of a `why` or a `preview` is not good", body = survey::api::Problem),
        (status = 404, description = "No site or file has this name; a loader says so in a comment"),
        (status = 503, description = "The widget has not been built", body = survey::api::Problem),
    )
)]
#[route("/{file}", method = "GET", method = "HEAD")]
pub async fn deliver(
    request: HttpRequest,
    file: Path<String>,
    live: Data<Watcher>,
    assets: Data<Assets>,
    why_key: Data<WhyKey>,
    tickets: Data<TicketKey>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    match wanted(&file) {
        Wanted::Why { site: key, token } => {
            let now = clock::now();
            let snapshot = live.present();
            let site = snapshot.site_of(&key, now).ok_or(ApiError::NotFound)?;
            if let Some(survey) = why_key.previews(site.key(), &token, now) {
                return preview::name_files(&assets, &survey, &format!("/w/{key}.preview.{token}.bin"));
            }
            if !why_key.admits(site.key(), &token, now) {
                return Err(ApiError::NoLeave);
            }
            name_why_files(&assets, site)
        }
        Wanted::Preview { site, token } => {
            let now = clock::now();
            let site = live.present().site_of(&site, now).cloned().ok_or(ApiError::NotFound)?;
            let survey = why_key.previews(site.key(), &token, now).ok_or(ApiError::NoLeave)?;
            preview::deliver(&request, site, &survey, (&store, assets)).await
        }
        Wanted::Loader(site) => deliver_loader(&request, &live, &tickets, &site),
        Wanted::Config { site, hash } => deliver_config(&request, &live, assets, &site, &hash).await,
        Wanted::Asset => deliver_asset(&request, &assets, &file),
    }
}

fn wanted(file: &str) -> Wanted {
    let parts: Vec<&str> = file.split('.').collect();
    let wanted = match parts.as_slice() {
        [site, "js"] => site.parse().ok().map(Wanted::Loader),
        [site, "why", token, "json"] => site.parse().ok().map(|site| Wanted::Why { site, token: (*token).to_owned() }),
        [site, "preview", token, "bin"] => {
            site.parse().ok().map(|site| Wanted::Preview { site, token: (*token).to_owned() })
        }
        [site, hash, "bin"] => site.parse().ok().map(|site| Wanted::Config { site, hash: (*hash).to_owned() }),
        _ => None,
    };
    wanted.unwrap_or(Wanted::Asset)
}

fn deliver_loader(
    request: &HttpRequest,
    live: &Watcher,
    tickets: &TicketKey,
    key: &SiteKey,
) -> Result<HttpResponse, ApiError> {
    let snapshot = live.present();
    let now = clock::now();
    let Some(site) = snapshot.site_of(key, now) else { return Ok(no_such_site(key)) };
    let delivered = site.delivered.as_ref().ok_or(ApiError::NotBuilt("widget"))?;
    let hour = clock::hour_of(now);
    let loader = delivered.loader.of_hour(key, hour, || tickets.write(key, hour));
    Ok(loader.respond(request, LOADER_CACHE))
}

/// A script, because the browser's console shows its text where a mistyped snippet is looked for.
fn no_such_site(key: &SiteKey) -> HttpResponse {
    HttpResponse::NotFound()
        .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((CACHE_CONTROL, NOT_KEPT))
        // A site key is plain letters, digits and hyphens, so it cannot end the comment.
        .body(format!(
            "/* Pagepoll: there is no site {key} here. Copy the snippet from the console, or add the site with `pagepoll site add`. */\n"
        ))
}

async fn deliver_config(
    request: &HttpRequest,
    live: &Watcher,
    assets: Data<Assets>,
    key: &SiteKey,
    hash: &str,
) -> Result<HttpResponse, ApiError> {
    let site = live.present().site_of(key, clock::now()).cloned().ok_or(ApiError::NotFound)?;
    let delivered = site.delivered.as_ref().ok_or(ApiError::NotBuilt("widget"))?;
    // An old loader, still in some cache, asks for surveys that have been replaced. It gets the present ones, and must not
    // keep them under the old name.
    let cache = if delivered.configs.hash() == hash { IMMUTABLE } else { NOT_KEPT };
    let wanted = configs::wanted(request.query_string());
    let config = match delivered.configs.kept(&wanted) {
        Some(config) => config,
        None => make_config(site.clone(), wanted, assets).await?,
    };
    Ok(config.respond(request, cache))
}

/// Off the threads that answer requests, because compressing takes a while.
async fn make_config(
    site: Arc<LiveSite>,
    wanted: Vec<Language>,
    assets: Data<Assets>,
) -> Result<Representation, ApiError> {
    let make = move || {
        let delivered = site.delivered.as_ref().ok_or(ApiError::NotBuilt("widget"))?;
        delivered.configs.make(&site, &wanted, assets.styles()).map_err(|error| ApiError::Internal(error.into()))
    };
    web::block(make).await.map_err(|error| ApiError::Internal(error.into()))?
}

/// Where the widget that explains itself is, and what the team calls the surveys, which visitors are not told.
fn name_why_files(assets: &Assets, site: &LiveSite) -> Result<HttpResponse, ApiError> {
    let why = assets.widget().and_then(|widget| widget.why.as_ref()).ok_or(NO_WHY)?;
    let surveys: BTreeMap<&str, &str> =
        site.deliverable().map(|survey| (survey.id().as_str(), survey.name())).collect();
    let told = serde_json::json!({
        "js": format!("/w/{}", why.js), "wasm": format!("/w/{}", why.wasm), "surveys": surveys
    });
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, NOT_KEPT)).json(told))
}

const NO_WHY: ApiError = ApiError::NotBuilt("widget that explains itself");

/// Like a config, a widget asked for under the hash of an earlier build is the present one, not to be kept: an upgrade must not
/// leave the pages whose loader is still in some cache without surveys.
fn deliver_asset(request: &HttpRequest, assets: &Assets, file: &str) -> Result<HttpResponse, ApiError> {
    if file == TYPES {
        let types = assets.file(&format!("w/{TYPES}")).ok_or(ApiError::NotBuilt("TypeScript declarations"))?;
        return Ok(types.respond(request, TYPES_CACHE));
    }
    let present = present_name(assets, file)?;
    let asset = assets.file(&format!("w/{present}")).ok_or(ApiError::NotFound)?;
    let cache = if file == present { IMMUTABLE } else { NOT_KEPT };
    Ok(asset.respond(request, cache))
}

/// The declarations for TypeScript, for developers to fetch or to refer to.
const TYPES: &str = "pagepoll.d.ts";

const TYPES_CACHE: &str = "public, max-age=3600";

/// The name under which this build has what was asked for.
fn present_name<'a>(assets: &'a Assets, file: &str) -> Result<&'a str, ApiError> {
    let widget = || assets.widget().ok_or(ApiError::NotBuilt("widget"));
    let why = || widget()?.why.as_ref().ok_or(NO_WHY);
    match file.split('.').collect::<Vec<_>>().as_slice() {
        ["widget", _, "js"] => Ok(&widget()?.js),
        ["widget", _, "wasm"] => Ok(&widget()?.wasm),
        ["why", _, "js"] => Ok(&why()?.js),
        ["why", _, "wasm"] => Ok(&why()?.wasm),
        _ => Err(ApiError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_wanted() {
        let shop: SiteKey = "shop".parse().unwrap();
        assert_eq!(wanted("shop.js"), Wanted::Loader(shop.clone()));
        assert_eq!(wanted("shop.12ab.bin"), Wanted::Config { site: shop, hash: "12ab".into() });
        let why = Wanted::Why { site: "shop".parse().unwrap(), token: "aB-_".into() };
        assert_eq!(wanted("shop.why.aB-_.json"), why);
        let preview = Wanted::Preview { site: "shop".parse().unwrap(), token: "aB-_".into() };
        assert_eq!(wanted("shop.preview.aB-_.bin"), preview);
        for asset in ["widget.12ab.js", "widget.12ab.wasm", "why.12ab.js", "pagepoll.d.ts", "Shop.js", "..", ""] {
            assert_eq!(wanted(asset), Wanted::Asset);
        }
    }
}

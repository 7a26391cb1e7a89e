//! The stage: a page of the collector's own that stands for a page of the site, so that the editor can show the real widget beside its
//! form.
//!
//! It is shown in a frame, sandboxed by its own policy: what a survey's author writes runs in no origin, and reaches neither the console
//! nor its session.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use survey::definition::{Language, SiteKey};
use survey::theme::Theme;
use utoipa::IntoParams;

use super::NOT_KEPT;
use crate::origin::PublicUrl;
use crate::problem::{ApiError, wrong};
use crate::query::Query;
use crate::written;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StageParameters {
    /// The language that the page is in: `de`.
    #[param(value_type = Option<String>)]
    l: Option<Language>,
    /// Where the survey stands that is to stand within the page: `#feedback` or `.feedback`.
    within: Option<String>,
    /// A theme as JSON, to be tried on: its colours, fonts and shape.
    theme: Option<String>,
    /// What lets the loader show a draft: see the preview link of a survey. The loader reads it, and not the collector.
    #[serde(rename = "pagepoll")]
    _leave: Option<String>,
    /// Anything; another number makes another address.
    #[serde(rename = "r")]
    _revision: Option<u32>,
}

/// A page with the site's snippet and grey lines for text.
#[utoipa::path(
    tag = "delivery",
    params(("site" = String, Path), StageParameters),
    responses((status = 200, description = "A page", content_type = "text/html"), (status = "4XX", body = survey::api::Problem)),
)]
#[get("/preview/{site}")]
pub async fn show(
    site: Path<SiteKey>,
    query: Query<StageParameters>,
    public_url: Data<PublicUrl>,
) -> Result<HttpResponse, ApiError> {
    let language = query.l.as_ref().map_or("en", |language| language.as_str());
    let theme = query.theme.as_deref().map(theme_read).transpose()?.unwrap_or_default();
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy(&public_url)))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, NOT_KEPT))
        .body(page(&site, language, query.within.as_deref().and_then(container), &theme)))
}

/// A theme that can be tried on.
fn theme_read(json: &str) -> Result<Theme, ApiError> {
    let theme: Theme = written::read(json.as_bytes()).map_err(|mistake| wrong("theme", mistake))?;
    theme.check().map_err(|error| wrong("theme", error))?;
    Ok(theme)
}

/// As a page's own style sheet may set them. Values are made of what was read, so none can end the element that they stand in.
fn tokens(theme: &Theme) -> String {
    if theme.is_empty() {
        return String::new();
    }
    let tokens: Vec<String> = theme.tokens().iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("pagepoll-survey, pagepoll-tab {{ {} }}", tokens.join("; "))
}

/// No origin, so nothing of the console's; and no more than the widget needs. A theme's logo may come from anywhere.
fn policy(public_url: &PublicUrl) -> String {
    format!(
        "sandbox allow-scripts allow-popups; default-src 'none'; script-src 'self' {public_url} 'wasm-unsafe-eval'; \
         connect-src 'self' {public_url}; style-src 'unsafe-inline'; img-src http: https: data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}

/// What a simple selector finds: the attribute and its value.
fn container(selector: &str) -> Option<(&'static str, &str)> {
    let (attribute, name) = match selector.split_at_checked(1)? {
        ("#", name) => ("id", name),
        (".", name) => ("class", name),
        _ => return None,
    };
    let is_plain =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    is_plain.then_some((attribute, name))
}

/// Site keys, languages and plain names need no escaping.
fn page(site: &SiteKey, language: &str, within: Option<(&str, &str)>, theme: &Theme) -> String {
    let tokens = tokens(theme);
    let within = within.map(|(attribute, name)| format!(r#"<div {attribute}="{name}"></div>"#)).unwrap_or_default();
    format!(
        r#"<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Preview</title>
<style>
  body {{ margin: 0; padding: 24px; font: 16px/1.5 system-ui, sans-serif; }}
  p, header {{ background: color-mix(in srgb, currentcolor 9%, transparent); border-radius: 4px; }}
  header {{ height: 28px; width: 45%; }} p {{ height: 12px; margin: 16px 0; }} p:nth-of-type(3n) {{ width: 70%; }}
  {tokens}
</style>
<header></header><p></p><p></p><p></p>{within}<p></p><p></p><p></p><p></p><p></p><p></p>
<script async src="/w/{site}.js"></script>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_made_for_plain_names_and_nothing_else() {
        assert_eq!(container("#feed-back"), Some(("id", "feed-back")));
        assert_eq!(container(".feed_back"), Some(("class", "feed_back")));
        for other in ["", "#", "main", "#a b", "#a>b", "#\"><script>", ".ä"] {
            assert_eq!(container(other), None, "{other}");
        }
    }

    #[test]
    fn a_theme_is_tried_on_and_one_that_cannot_be_used_is_refused_with_its_member() {
        let tried = theme_read(r##"{"light":{"accent":"#0a7d33"},"radius":2}"##).unwrap();
        let page = page(&"shop".parse().unwrap(), "en", None, &tried);
        assert!(page.contains("pagepoll-survey, pagepoll-tab {") && page.contains("--pp-radius:2px"), "{page}");
        for (json, named) in [
            (r##"{"light":{"accent":"#ffcc00"}}"##, "theme: light.accent: #ffcc00 has a contrast"),
            (r#"{"font":"a</style>"}"#, "theme: font: "),
            ("{", "theme: this is not JSON"),
        ] {
            let refused = theme_read(json).unwrap_err().to_string();
            assert!(refused.contains(named), "{refused}");
        }
    }

    #[test]
    fn the_page_is_in_no_origin_and_shown_by_the_console_alone() {
        let policy = policy(&PublicUrl::new("https://polls.example".parse().unwrap()));
        assert!(policy.starts_with("sandbox allow-scripts allow-popups;") && policy.contains("frame-ancestors 'self'"));
        assert!(!policy.contains("allow-same-origin"));
    }
}

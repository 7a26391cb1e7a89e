//! Shares: links by which anybody who has one may look at a site's figures, until they end or are withdrawn.
//!
//! A share is a token without a role. The link's secret stands behind `#`, where browsers keep it to themselves: it is in no log and no
//! `Referer`. In the address of a badge it stands in the path, because pictures send no headers.

use actix_web::web::{Bytes, Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post};
use survey::api::Problem;
use survey::api::sharing::{Share, ShareMade, ShareRequest, SharedSite, Shown};
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::access::{Editor, Guest, Principal, SiteAccess};
use super::tokens::{Asked, NoToken, date, record};
use crate::clock;
use crate::origin::PublicUrl;
use crate::problem::ApiError;
use crate::secret::{Purpose, Secret};
use crate::store::{By, Provenance, Scope, Store, StoreError, TokenRecord};
use crate::written;

/// Makes a link; hands back what is shown once.
///
/// # Errors
/// Names the field of a request that makes no sense.
pub fn share(request: ShareRequest, by: &By) -> Result<(Secret, TokenRecord), NoToken> {
    let ShareRequest { name, shows, days } = request;
    let secret = Secret::make(Purpose::Share);
    let record = record(Asked { name, days }, &secret, Scope::Share(shows), by)?;
    Ok((secret, record))
}

/// A link with its addresses, below how browsers reach the collector.
pub fn made(public_url: &str, secret: &Secret, share: Share) -> ShareMade {
    let secret = secret.expose();
    let link = (share.shows == Shown::Figures).then(|| format!("{public_url}/shared#{secret}"));
    ShareMade { link, badge: format!("{public_url}/shared/{secret}/badge.svg"), share }
}

/// Makes a link by which anybody who has it may look at the site's figures, or at badges of them. It is shown this once.
///
/// Only for people: a link that a program made would outlive its token.
#[utoipa::path(
    tag = "sharing",
    params(("site" = String, Path)),
    request_body = ShareRequest,
    responses((status = 201, body = ShareMade), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/shares")]
pub async fn make(
    access: SiteAccess<Editor>,
    request: Bytes,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Result<HttpResponse, ApiError> {
    let Principal::Account(_) = access.principal else { return Err(ApiError::NeedsPerson) };
    let (by, request) = (access.by(), written::read::<ShareRequest>(&request)?);
    let shows = request.shows;
    let (secret, record) = share(request, &by)?;
    store.make_token(access.key(), &record, &by).await?;
    Ok(HttpResponse::Created().json(made(&public_url.to_string(), &secret, summary(shows, record))))
}

/// The links to a site's figures, without what makes them so.
#[utoipa::path(
    tag = "sharing",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<Share>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/shares")]
pub async fn list(access: SiteAccess<Editor>, store: Data<Store>) -> Result<Json<Vec<Share>>, ApiError> {
    Ok(Json(all(&store, access.key()).await?))
}

pub async fn all(store: &Store, site: &SiteKey) -> Result<Vec<Share>, StoreError> {
    let tokens = store.tokens(site, clock::now()).await?.into_iter();
    Ok(tokens.filter_map(|record| Some(summary(record.scope.share()?, record))).collect())
}

/// Withdraws a link: from now on it shows nothing.
#[utoipa::path(
    tag = "sharing",
    params(("site" = String, Path), ("share" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}/shares/{share}")]
pub async fn withdraw(
    access: SiteAccess<Editor>,
    path: Path<(String, String)>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    store.withdraw_share(access.key(), &path.1, &access.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whose figures a link shows. Its secret, what stands behind `#`, comes as `Authorization: Bearer pf_…`; and so it does for all
/// reports of scores.
#[utoipa::path(tag = "sharing", responses((status = 200, body = SharedSite), (status = "4XX", body = Problem)))]
#[get("/shared")]
pub async fn look(guest: Guest) -> Result<Json<SharedSite>, ApiError> {
    let (site, share) = guest.sees_figures()?;
    Ok(Json(SharedSite {
        key: site.key().to_string(),
        name: site.record.name.clone(),
        demo: site.record.provenance == Provenance::Demo,
        expires_at: Moment(share.expires_at).to_string(),
    }))
}

pub fn summary(shows: Shown, record: TokenRecord) -> Share {
    Share {
        id: record.hash.id(),
        name: record.name,
        shows,
        made_by: record.made_by,
        made_at: Moment(record.made_at).to_string(),
        expires_at: Moment(record.expires_at).to_string(),
        last_used: record.used_day.map(date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(shows: Shown) -> ShareMade {
        let by = By::command_line(0);
        let (secret, record) = share(ShareRequest { name: "board".into(), shows, days: None }, &by).unwrap();
        assert!(Secret::read(Purpose::Token, secret.expose()).is_none(), "it signs nobody in");
        made("https://polls.example", &secret, summary(shows, record))
    }

    #[test]
    fn a_link_keeps_its_secret_behind_the_sign_that_browsers_do_not_send() {
        let made = shared(Shown::Figures);
        let link = made.link.unwrap();
        assert!(link.starts_with("https://polls.example/shared#pf_"), "{link}");
        assert!(made.badge.starts_with("https://polls.example/shared/pf_"), "{}", made.badge);
    }

    #[test]
    fn whoever_may_see_badges_alone_gets_no_link_to_figures() {
        assert_eq!(shared(Shown::Badges).link, None);
    }
}

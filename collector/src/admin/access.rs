//! Rights, as arguments that a handler can only be called with by those who have them.
//!
//! Who a request comes from is found out here and nowhere else: a person by the session in their cookie, a program by the token
//! in its `Authorization` header. One look into the database tells that and what they may do on the site of the address.
//!
//! Whoever comes by a link that was shared is a [`Guest`], and that is no [`Principal`]: no handler that asks for a role can be called
//! with one. Those that show figures ask for [`FiguresAccess`], and nothing else lets guests in.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use survey::api::people::Role;
use survey::api::sharing::Shown;
use survey::definition::SiteKey;

use super::cookie;
use crate::clock::{self, DAY_MS, UnixMs, day_of};
use crate::limits::{Limits, Traffic};
use crate::live::{LiveSite, Watcher};
use crate::network::Network;
use crate::problem::ApiError;
use crate::secret::{Purpose, Secret, SecretHash};
use crate::store::{Actor, By, Scope, SignedInRecord, Store, TokenHolder, UserNumber};

/// For how long a session is good that is not used.
pub const IDLE_MS: i64 = 14 * DAY_MS;

/// For how long a session is good, however much it is used.
pub const LONGEST_MS: i64 = 90 * DAY_MS;

/// Not every request of an open console writes.
const NOTE_USE_EVERY_MS: i64 = 60 * 60 * 1_000;

/// Who a request comes from.
#[derive(Clone, Debug)]
pub enum Principal {
    Account(SignedIn),
    Token(TokenHolder),
}

impl Principal {
    /// Signs a change.
    pub fn by(&self, at: UnixMs) -> By {
        let actor = match self {
            Self::Account(account) => Actor::Account(account.email.clone()),
            Self::Token(token) => Actor::Token(token.name.clone()),
        };
        By { actor, at }
    }
}

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub number: UserNumber,
    pub email: String,
    pub session: SecretHash,
}

/// A right on a site, as a type.
pub trait Right {
    const NEEDED: Role;
}

/// Whoever may read reports.
pub struct Viewer;

/// Whoever may settle what is asked, and how.
pub struct Editor;

/// Whoever may say who may do what.
pub struct Owner;

impl Right for Viewer {
    const NEEDED: Role = Role::Viewer;
}

impl Right for Editor {
    const NEEDED: Role = Role::Editor;
}

impl Right for Owner {
    const NEEDED: Role = Role::Owner;
}

/// Somebody who has a right on the site that the address names.
pub struct SiteAccess<R: Right> {
    pub site: Arc<LiveSite>,
    pub principal: Principal,
    /// At least the one that is needed.
    pub role: Role,
    right: PhantomData<R>,
}

impl<R: Right> SiteAccess<R> {
    /// The site's permanent name.
    pub fn key(&self) -> &SiteKey {
        self.site.key()
    }

    /// Signs a change that is made now.
    pub fn by(&self) -> By {
        self.principal.by(clock::now())
    }
}

impl<R: Right + 'static> FromRequest for SiteAccess<R> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { site_access(&request).await })
    }
}

/// Whoever may look at the figures of the site that the address names: those who may read its reports, and guests whom it was shared
/// with.
pub struct FiguresAccess {
    pub site: Arc<LiveSite>,
    /// Whether they come by a link alone.
    pub is_guest: bool,
}

impl FromRequest for FiguresAccess {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(secret) = share(&request) else {
                return Ok(Self { site: site_access::<Viewer>(&request).await?.site, is_guest: false });
            };
            let guest = Guest::admit(&request, secret).await?;
            let (site, _) = guest.sees_figures()?;
            let is_named = request.match_info().query("site") == site.key().as_str();
            if is_named { Ok(Self { site: Arc::clone(site), is_guest: true }) } else { Err(ApiError::NotFound) }
        })
    }
}

/// Whoever comes by a link that was shared, while it is good.
pub struct Guest {
    pub site: Arc<LiveSite>,
    share: TokenHolder,
    shown: Shown,
}

impl Guest {
    /// Lets in whoever shows the secret of a share.
    pub async fn admit(request: &HttpRequest, secret: &str) -> Result<Self, ApiError> {
        let limits = provided::<Limits>(request)?;
        limits.take_from(Network::of_request(request), Traffic::Guests).map_err(ApiError::TooManyRequests)?;
        let hash = Secret::read(Purpose::Share, secret).ok_or(ApiError::BadShare)?.hash();
        let (store, now) = (provided::<Store>(request)?, clock::now());
        let share = store.token_holder(&hash, now).await?.ok_or(ApiError::BadShare)?;
        let shown = share.scope.share().ok_or(ApiError::BadShare)?;
        limits.take_for(&share.site, Traffic::Guests).map_err(ApiError::TooManyRequests)?;
        note_token(store, &share, now).await;
        let snapshot = provided::<Watcher>(request)?.with_sites(std::slice::from_ref(&share.site)).await;
        let site = snapshot.site(&share.site).cloned().ok_or(ApiError::BadShare)?;
        Ok(Self { site, share, shown })
    }

    /// The site, and the share by which its figures are seen; unless that shows badges alone.
    pub fn sees_figures(&self) -> Result<(&Arc<LiveSite>, &TokenHolder), ApiError> {
        match self.shown {
            Shown::Figures => Ok((&self.site, &self.share)),
            Shown::Badges => Err(ApiError::NotShared),
        }
    }
}

impl FromRequest for Guest {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::admit(&request, share(&request).ok_or(ApiError::BadShare)?).await })
    }
}

impl FromRequest for Principal {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(identify(&request, None).await?.0) })
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match identify(&request, None).await?.0 {
                Principal::Account(account) => Ok(account),
                Principal::Token(_) => Err(ApiError::NeedsPerson),
            }
        })
    }
}

/// A site that one has nothing to do with and a site that does not exist look the same.
async fn site_access<R: Right>(request: &HttpRequest) -> Result<SiteAccess<R>, ApiError> {
    let key: Option<SiteKey> = request.match_info().query("site").parse().ok();
    let (principal, role) = identify(request, key.as_ref()).await?;
    let (key, has) = key.zip(role).ok_or(ApiError::NotFound)?;
    let snapshot = provided::<Watcher>(request)?.with_sites(std::slice::from_ref(&key)).await;
    let site = snapshot.site(&key).cloned().ok_or(ApiError::NotFound)?;
    if has < R::NEEDED {
        return Err(ApiError::RoleTooSmall { needed: R::NEEDED, has });
    }
    Ok(SiteAccess { site, principal, role: has, right: PhantomData })
}

/// Who it is, and their role on a site, if they have one there.
async fn identify(request: &HttpRequest, site: Option<&SiteKey>) -> Result<(Principal, Option<Role>), ApiError> {
    if let Some(secret) = share(request) {
        // Who has a link that is good is told that it is not good for this.
        Guest::admit(request, secret).await?;
        return Err(ApiError::NotShared);
    }
    let (store, now) = (provided::<Store>(request)?, clock::now());
    if let Some(token) = bearer(request) {
        let hash = token.and_then(|text| Secret::read(Purpose::Token, text)).ok_or(ApiError::BadToken)?.hash();
        let holder = store.token_holder(&hash, now).await?.ok_or(ApiError::BadToken)?;
        let Scope::Role(token_role) = holder.scope else { return Err(ApiError::BadToken) };
        note_token(store, &holder, now).await;
        let role = site.filter(|site| **site == holder.site).map(|_| token_role);
        return Ok((Principal::Token(holder), role));
    }
    let session = cookie::read(request).ok_or(ApiError::SignedOut)?.hash();
    let found = store.signed_in(&session, site, now).await?.ok_or(ApiError::SignedOut)?;
    note_session(store, &session, &found, now).await;
    let SignedInRecord { user, email, role, .. } = found;
    Ok((Principal::Account(SignedIn { number: user, email, session }), role))
}

/// The token of a program. Other schemes are not for us: a proxy in front may ask for a password of its own.
fn bearer(request: &HttpRequest) -> Option<Option<&str>> {
    let header = request.headers().get(AUTHORIZATION)?;
    // A header that is no text can only be a token that is none.
    let Ok(header) = header.to_str() else { return Some(None) };
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(Some(token.trim()))
}

/// What comes as a token and says that it is a share's secret.
fn share(request: &HttpRequest) -> Option<&str> {
    bearer(request).flatten().filter(|text| Purpose::Share.is_named_by(text))
}

/// That it is in use is worth knowing, but no reason to refuse it: with a full disk reports are still read.
async fn note_session(store: &Store, session: &SecretHash, found: &SignedInRecord, now: UnixMs) {
    if now - found.used_at < NOTE_USE_EVERY_MS {
        return;
    }
    let expires_at = (now + IDLE_MS).min(found.began_at + LONGEST_MS);
    if let Err(error) = store.use_session(session, now, expires_at).await {
        tracing::warn!(%error, "that a session is in use was not stored");
    }
}

async fn note_token(store: &Store, holder: &TokenHolder, now: UnixMs) {
    let today = day_of(now);
    if holder.used_day == Some(today) {
        return;
    }
    if let Err(error) = store.use_token(holder, today).await {
        tracing::warn!(%error, "that a token is in use was not stored");
    }
}

/// What the application gave to every handler.
fn provided<T: 'static>(request: &HttpRequest) -> Result<&Data<T>, ApiError> {
    request.app_data::<Data<T>>().ok_or_else(|| ApiError::Internal("a handler was set up without its data".into()))
}

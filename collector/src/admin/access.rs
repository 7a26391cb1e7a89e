//! Rights, as arguments that a handler can only be called with by those who have them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_identity::Identity;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::problem::ApiError;
use crate::published::{Publications, PublishedSite};
use crate::store::{Store, UserNumber};

/// Somebody who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    pub number: UserNumber,
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        std::future::ready(signed_in(request, payload))
    }
}

fn signed_in(request: &HttpRequest, payload: &mut Payload) -> Result<SignedIn, ApiError> {
    let identity = Identity::from_request(request, payload).into_inner().map_err(|_| ApiError::SignedOut)?;
    let number = identity.id().ok().and_then(|id| id.parse().ok()).ok_or(ApiError::SignedOut)?;
    Ok(SignedIn { number: UserNumber(number) })
}

/// A member of the site that the address names.
pub struct SiteAccess {
    pub site: Arc<PublishedSite>,
}

impl FromRequest for SiteAccess {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = signed_in(request, payload);
        let request = request.clone();
        Box::pin(async move { site_access(&request, user?).await })
    }
}

/// A site that one is no member of and a site that does not exist look the same.
async fn site_access(request: &HttpRequest, user: SignedIn) -> Result<SiteAccess, ApiError> {
    let key = request.match_info().query("site").parse().map_err(|_| ApiError::NotFound)?;
    let is_member = provided::<Store>(request)?.sites_of(user.number).await?.contains(&key);
    let site = provided::<Publications>(request)?.present().site(&key).cloned();
    site.filter(|_| is_member).map(|site| SiteAccess { site }).ok_or(ApiError::NotFound)
}

/// What the application gave to every handler.
fn provided<T: 'static>(request: &HttpRequest) -> Result<&Data<T>, ApiError> {
    request.app_data::<Data<T>>().ok_or_else(|| ApiError::Internal("a handler was set up without its data".into()))
}

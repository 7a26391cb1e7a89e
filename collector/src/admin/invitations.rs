//! Invitations: an owner gets a link, and whoever has it joins the site. Nothing is mailed: the owner passes the link on.
//!
//! The link's secret stands behind `#`, where browsers keep it to themselves: it is in no log and no `Referer`.

use actix_web::web::{Bytes, Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use survey::api::people::{
    Acceptance, Invitation, InvitationMade, InvitationOffer, InvitationRequest, InvitationToken,
};
use survey::api::{Account, Problem};
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::access::{Owner, SiteAccess};
use super::email::Email;
use super::password::{self, Verdict};
use super::session;
use crate::clock::{self, DAY_MS};
use crate::limits::SignInThrottle;
use crate::network::Network;
use crate::origin::PublicUrl;
use crate::problem::{ApiError, ConflictName, wrong};
use crate::secret::{Purpose, Secret, SecretHash};
use crate::store::{AcceptError, By, InvitationRecord, InviteError, OfferRecord, Store, UserRecord};
use crate::written;

const GOOD_FOR_MS: i64 = 7 * DAY_MS;

/// Somebody who shall join, parsed.
pub struct Invited {
    pub email: Email,
    pub role: survey::api::people::Role,
}

/// Makes an invitation; hands back what is shown once.
pub async fn invite(
    store: &Store,
    site: &SiteKey,
    Invited { email, role }: Invited,
    by: &By,
) -> Result<(Secret, InvitationRecord), InviteError> {
    let secret = Secret::make(Purpose::Invitation);
    let invitation = InvitationRecord {
        hash: secret.hash(),
        email: email.into_string(),
        role,
        invited_by: by.actor.to_string(),
        expires_at: by.at + GOOD_FOR_MS,
    };
    store.invite(site, &invitation, by).await?;
    Ok((secret, invitation))
}

/// The address at which the console lets somebody join.
pub fn link(public_url: &str, secret: &Secret) -> String {
    format!("{public_url}/join#{}", secret.expose())
}

/// Invites somebody to a site. The link is shown this once, and good for a week.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    request_body = InvitationRequest,
    responses((status = 201, body = InvitationMade), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/invitations")]
pub async fn make(
    access: SiteAccess<Owner>,
    request: Bytes,
    store: Data<Store>,
    public_url: Data<PublicUrl>,
) -> Result<HttpResponse, ApiError> {
    let InvitationRequest { email, role } = written::read(&request)?;
    let email = email.parse().map_err(|error| wrong("email", error))?;
    let (secret, record) = invite(&store, access.key(), Invited { email, role }, &access.by()).await?;
    let link = link(&public_url.to_string(), &secret);
    Ok(HttpResponse::Created().json(InvitationMade { link, invitation: invitation(record) }))
}

/// The invitations to a site that nobody has accepted yet.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<Invitation>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/invitations")]
pub async fn list(access: SiteAccess<Owner>, store: Data<Store>) -> Result<Json<Vec<Invitation>>, ApiError> {
    let invitations = store.invitations(access.key(), clock::now()).await?;
    Ok(Json(invitations.into_iter().map(invitation).collect()))
}

/// Withdraws an invitation: its link is worth nothing any more.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path), ("invitation" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}/invitations/{invitation}")]
pub async fn withdraw(
    access: SiteAccess<Owner>,
    path: Path<(String, String)>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    store.withdraw_invitation(access.key(), &path.1, &access.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What an invitation is to. In the body, so that its secret stands in no log.
#[utoipa::path(
    tag = "session",
    request_body = InvitationToken,
    responses((status = 200, body = InvitationOffer), (status = "4XX", body = Problem)),
)]
#[post("/invitation")]
pub async fn look(request: Bytes, store: Data<Store>) -> Result<Json<InvitationOffer>, ApiError> {
    let InvitationToken { token } = written::read(&request)?;
    let (_, offer) = offer(&store, &token).await?;
    Ok(Json(InvitationOffer {
        site: offer.site.to_string(),
        site_name: offer.site_name,
        email: offer.email,
        role: offer.role,
        has_account: offer.account.is_some(),
    }))
}

/// Accepts an invitation: sets a new account's password, or proves that one's own account is there, and signs in.
#[utoipa::path(
    tag = "session",
    request_body = Acceptance,
    responses((status = 200, description = "A member, and signed in", body = Account), (status = "4XX", body = Problem)),
)]
#[post("/invitation/accept")]
pub async fn accept(
    request: HttpRequest,
    body: Bytes,
    network: Network,
    throttle: Data<SignInThrottle>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let Acceptance { token, password } = written::read(&body)?;
    let (hash, offer) = offer(&store, &token).await?;
    // Whoever made the invitation has its link, and could guess at the password of the one who is invited.
    throttle.take(&offer.email, network)?;
    let is_new = offer.account.is_none();
    let password_hash = match offer.account {
        None => password::hash_in_turn(password.into(), "password").await?,
        Some(account) => {
            if password::verify(password.into(), Some(account.password_hash.clone())).await? == Verdict::Wrong {
                return Err(ApiError::BadCredentials);
            }
            account.password_hash
        }
    };
    let new_hash = is_new.then_some(password_hash.as_str());
    let joined = store.accept_invitation(&hash, new_hash, clock::now()).await?;
    let user = UserRecord { number: joined.user, email: joined.email, password_hash };
    session::begin(&request, &store, user).await
}

async fn offer(store: &Store, token: &str) -> Result<(SecretHash, OfferRecord), ApiError> {
    let hash = Secret::read(Purpose::Invitation, token).ok_or(AcceptError::Gone)?.hash();
    let offer = store.offer(&hash, clock::now()).await?.ok_or(AcceptError::Gone)?;
    Ok((hash, offer))
}

fn invitation(record: InvitationRecord) -> Invitation {
    Invitation {
        id: record.hash.id(),
        email: record.email,
        role: record.role,
        invited_by: record.invited_by,
        expires_at: Moment(record.expires_at).to_string(),
    }
}

impl From<InviteError> for ApiError {
    fn from(error: InviteError) -> Self {
        let name = match error {
            InviteError::Store(error) => return Self::Store(error),
            InviteError::NoSuchSite(_) | InviteError::NoSuchInvitation { .. } => return Self::NotFound,
            InviteError::Member(_) => ConflictName::AlreadyMember,
            InviteError::TooMany => ConflictName::TooMany,
        };
        Self::Conflict { name, reason: error.to_string() }
    }
}

impl From<AcceptError> for ApiError {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Store(error) => Self::Store(error),
            AcceptError::Membership(error) => error.into(),
            AcceptError::Gone => Self::Conflict { name: ConflictName::InvitationGone, reason: error.to_string() },
        }
    }
}

//! The members of a site, and their roles.

use actix_web::web::{Bytes, Data, Json, Path};
use actix_web::{HttpResponse, delete, get, patch};
use survey::api::Problem;
use survey::api::people::{Member, OwnRole, RoleChange};

use super::access::{Owner, SiteAccess, Viewer};
use crate::problem::{ApiError, ConflictName};
use crate::store::{MemberRecord, MembershipError, Store, UserNumber};
use crate::written;

/// Who may see a site, and in what role.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<Member>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/members")]
pub async fn list(access: SiteAccess<Owner>, store: Data<Store>) -> Result<Json<Vec<Member>>, ApiError> {
    let members = store.members(access.key()).await?;
    Ok(Json(members.into_iter().map(member).collect()))
}

/// The role of the one who asks.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    responses((status = 200, body = OwnRole), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/role")]
pub async fn own_role(access: SiteAccess<Viewer>) -> Json<OwnRole> {
    Json(OwnRole { role: access.role })
}

/// Gives a member another role. With a smaller one, the tokens and invitations that they made and that allow more go. There is always
/// an owner left.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path), ("member" = i64, Path)),
    request_body = RoleChange,
    responses((status = 200, body = Member), (status = "4XX", body = Problem)),
)]
#[patch("/sites/{site}/members/{member}")]
pub async fn change_role(
    access: SiteAccess<Owner>,
    path: Path<(String, String)>,
    request: Bytes,
    store: Data<Store>,
) -> Result<Json<Member>, ApiError> {
    let user = number(&path.1)?;
    let RoleChange { role } = written::read(&request)?;
    let changed = store.change_role(access.key(), user, role, &access.by()).await?;
    Ok(Json(member(changed)))
}

/// Takes a member off a site, with the tokens and invitations that they made. Their account stays.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path), ("member" = i64, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}/members/{member}")]
pub async fn remove(
    access: SiteAccess<Owner>,
    path: Path<(String, String)>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    store.remove_member(access.key(), number(&path.1)?, &access.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is no number is no member.
fn number(text: &str) -> Result<UserNumber, ApiError> {
    text.parse().map(UserNumber).map_err(|_| ApiError::NotFound)
}

fn member(MemberRecord { user, email, role }: MemberRecord) -> Member {
    Member { number: user.0, email, role }
}

impl From<MembershipError> for ApiError {
    fn from(error: MembershipError) -> Self {
        let name = match error {
            MembershipError::Store(error) => return Self::Store(error),
            MembershipError::NoSuchSite(_) | MembershipError::NotAMember { .. } => return Self::NotFound,
            MembershipError::LastOwner { .. } => ConflictName::LastOwner,
            MembershipError::TooMany { .. } => ConflictName::TooMany,
            MembershipError::HasAccount { .. } => ConflictName::HasAccount,
            MembershipError::NoAccount { .. } => ConflictName::NoAccount,
        };
        Self::Conflict { name, reason: error.to_string() }
    }
}

//! Tokens: what programs sign in with, as `Authorization: Bearer pp_…`. Each is good on one site, in one role, for a while.

use actix_web::web::{Bytes, Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post};
use survey::api::Problem;
use survey::api::people::{Role, Token, TokenMade, TokenRequest};
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::access::{Owner, SiteAccess};
use crate::clock::{self, DAY_MS, Day, day_of};
use crate::problem::{ApiError, ConflictName};
use crate::secret::{Purpose, Secret};
use crate::store::{By, Scope, Store, TokenError, TokenRecord};
use crate::written;

const MAX_NAME: usize = 60;
const MAX_DAYS: u16 = 365;
const USUAL_DAYS: u16 = 90;

/// Why no such token can be made. Each begins with the field that it is about.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum NoToken {
    #[error("name: {0:?} does not say what it is for; use 1 to {MAX_NAME} characters")]
    Name(String),
    #[error("role: a program is no owner; give viewer or editor")]
    Owner,
    #[error("days: it can be good for 1 to {MAX_DAYS} days, not for {0}")]
    Days(u16),
}

/// What every kind of token is asked for with.
pub struct Asked {
    pub name: String,
    pub days: Option<u16>,
}

/// Makes a token; hands back what is shown once.
///
/// # Errors
/// Names the field of a request that makes no sense.
pub fn token(request: TokenRequest, by: &By) -> Result<(Secret, TokenRecord), NoToken> {
    let TokenRequest { name, role, days } = request;
    if role == Role::Owner {
        return Err(NoToken::Owner);
    }
    let secret = Secret::make(Purpose::Token);
    let record = record(Asked { name, days }, &secret, Scope::Role(role), by)?;
    Ok((secret, record))
}

/// What is stored of a token.
///
/// # Errors
/// Names the field of a request that makes no sense.
pub fn record(asked: Asked, secret: &Secret, scope: Scope, by: &By) -> Result<TokenRecord, NoToken> {
    let (name, days) = (asked.name.trim().to_owned(), asked.days.unwrap_or(USUAL_DAYS));
    if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(NoToken::Name(name.chars().take(MAX_NAME).collect()));
    }
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(NoToken::Days(days));
    }
    Ok(TokenRecord {
        hash: secret.hash(),
        name,
        scope,
        made_by: by.actor.to_string(),
        made_at: by.at,
        expires_at: by.at + i64::from(days) * DAY_MS,
        used_day: None,
    })
}

/// Makes a token for a program. Its secret is shown this once.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    request_body = TokenRequest,
    responses((status = 201, body = TokenMade), (status = "4XX", body = Problem)),
)]
#[post("/sites/{site}/tokens")]
pub async fn make(access: SiteAccess<Owner>, request: Bytes, store: Data<Store>) -> Result<HttpResponse, ApiError> {
    let by = access.by();
    let request: TokenRequest = written::read(&request)?;
    let role = request.role;
    let (secret, record) = token(request, &by)?;
    store.make_token(access.key(), &record, &by).await?;
    let token = summary(role, record);
    Ok(HttpResponse::Created().json(TokenMade { secret: secret.expose().to_owned(), token }))
}

/// The tokens of a site, without what makes them so.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path)),
    responses((status = 200, body = Vec<Token>), (status = "4XX", body = Problem)),
)]
#[get("/sites/{site}/tokens")]
pub async fn list(access: SiteAccess<Owner>, store: Data<Store>) -> Result<Json<Vec<Token>>, ApiError> {
    Ok(Json(all(&store, access.key()).await?))
}

pub async fn all(store: &Store, site: &SiteKey) -> Result<Vec<Token>, crate::store::StoreError> {
    let tokens = store.tokens(site, clock::now()).await?.into_iter();
    Ok(tokens.filter_map(|record| Some(summary(record.scope.role()?, record))).collect())
}

/// Revokes a token: from now on it signs nobody in.
#[utoipa::path(
    tag = "people",
    params(("site" = String, Path), ("token" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)),
)]
#[delete("/sites/{site}/tokens/{token}")]
pub async fn revoke(
    access: SiteAccess<Owner>,
    path: Path<(String, String)>,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    store.revoke_token(access.key(), &path.1, &access.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn summary(role: Role, record: TokenRecord) -> Token {
    Token {
        id: record.hash.id(),
        name: record.name,
        role,
        made_by: record.made_by,
        made_at: Moment(record.made_at).to_string(),
        expires_at: Moment(record.expires_at).to_string(),
        last_used: record.used_day.map(date),
    }
}

pub fn date(day: Day) -> String {
    let moment = Moment(i64::from(day) * DAY_MS).to_string();
    debug_assert_eq!(day_of(i64::from(day) * DAY_MS), day);
    moment.chars().take_while(|letter| *letter != 'T').collect()
}

impl From<NoToken> for ApiError {
    fn from(error: NoToken) -> Self {
        let field = match error {
            NoToken::Name(_) => "name",
            NoToken::Owner => "role",
            NoToken::Days(_) => "days",
        };
        Self::BadParameter { field: field.to_owned(), reason: error.to_string() }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Store(error) => Self::Store(error),
            TokenError::NoSuchSite(_) | TokenError::NoSuchToken(_) | TokenError::NoSuchShare(_) => Self::NotFound,
            TokenError::TooMany(_) => Self::Conflict { name: ConflictName::TooMany, reason: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_ninety_days_unless_something_else_is_said() {
        let by = By::command_line(0);
        let made = |role, days| token(TokenRequest { name: " nightly export ".into(), role, days }, &by);
        let (secret, record) = made(Role::Viewer, None).unwrap();
        assert!(secret.expose().starts_with("pp_"));
        assert_eq!((record.name.as_str(), record.expires_at), ("nightly export", 90 * DAY_MS));
        assert_eq!(made(Role::Editor, Some(1)).unwrap().1.expires_at, DAY_MS);
        assert_eq!(made(Role::Owner, None).unwrap_err(), NoToken::Owner);
        for days in [0, 366] {
            assert_eq!(made(Role::Viewer, Some(days)).unwrap_err(), NoToken::Days(days));
        }
    }

    #[test]
    fn a_day_is_written_as_a_date() {
        assert_eq!(date(20_413), "2025-11-21");
    }
}

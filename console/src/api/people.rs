//! What the console asks about people and sites: how the first comes in, who may do what, what programs sign in with.

use gloo_net::http::Request;
use serde::Serialize;
use serde::de::DeserializeOwned;
use survey::api::people::{
    Acceptance, Invitation, InvitationMade, InvitationOffer, InvitationRequest, InvitationToken, KeyInUse, LogReport,
    Member, PasswordChange, Role, RoleChange, Rotation, SessionSummary, Token, TokenMade, TokenRequest,
};
use survey::api::sites::{FirstAccount, NewSite, SetupStanding, SiteChange};
use survey::api::{Account, SiteSummary};
use survey::report::{AnswersReport, Erased};

use super::{Failure, accepted, get, of_site, read, unreadable};

/// Whether nobody has an account yet.
pub async fn setup() -> Result<SetupStanding, Failure> {
    get("/api/setup".to_owned()).await
}

pub async fn make_first_account(first: &FirstAccount) -> Result<Account, Failure> {
    post("/api/setup", first).await
}

pub async fn add_site(site: &NewSite) -> Result<SiteSummary, Failure> {
    post("/api/sites", site).await
}

pub async fn change_site(site: &str, change: &SiteChange) -> Result<SiteChange, Failure> {
    let request = Request::patch(&format!("/api/sites/{site}")).json(change).map_err(unreadable)?;
    read(accepted(request.send().await).await?).await
}

pub async fn remove_site(site: &str, confirm: &str) -> Result<(), Failure> {
    delete(crate::address::with_query(&format!("/api/sites/{site}"), &[("confirm", confirm)])).await
}

pub async fn members(site: &str) -> Result<Vec<Member>, Failure> {
    get(of_site(site, "members", &[])).await
}

pub async fn change_role(site: &str, member: i64, role: Role) -> Result<(), Failure> {
    let request = Request::patch(&of_site(site, &format!("members/{member}"), &[])).json(&RoleChange { role });
    accepted(request.map_err(unreadable)?.send().await).await.map(drop)
}

pub async fn remove_member(site: &str, member: i64) -> Result<(), Failure> {
    delete(of_site(site, &format!("members/{member}"), &[])).await
}

pub async fn invitations(site: &str) -> Result<Vec<Invitation>, Failure> {
    get(of_site(site, "invitations", &[])).await
}

pub async fn invite(site: &str, request: &InvitationRequest) -> Result<InvitationMade, Failure> {
    post(&of_site(site, "invitations", &[]), request).await
}

pub async fn withdraw_invitation(site: &str, id: &str) -> Result<(), Failure> {
    delete(of_site(site, &format!("invitations/{id}"), &[])).await
}

/// What somebody is invited to who has a link.
pub async fn offer(token: String) -> Result<InvitationOffer, Failure> {
    post("/api/invitation", &InvitationToken { token }).await
}

pub async fn accept(acceptance: &Acceptance) -> Result<Account, Failure> {
    post("/api/invitation/accept", acceptance).await
}

pub async fn tokens(site: &str) -> Result<Vec<Token>, Failure> {
    get(of_site(site, "tokens", &[])).await
}

pub async fn make_token(site: &str, request: &TokenRequest) -> Result<TokenMade, Failure> {
    post(&of_site(site, "tokens", &[]), request).await
}

pub async fn revoke_token(site: &str, id: &str) -> Result<(), Failure> {
    delete(of_site(site, &format!("tokens/{id}"), &[])).await
}

pub async fn keys(site: &str) -> Result<Vec<KeyInUse>, Failure> {
    get(of_site(site, "keys", &[])).await
}

pub async fn rotate_key(site: &str, rotation: &Rotation) -> Result<Vec<KeyInUse>, Failure> {
    post(&of_site(site, "keys", &[]), rotation).await
}

/// The newest lines of the log, or those before a number.
pub async fn log(site: &str, before: Option<i64>) -> Result<LogReport, Failure> {
    let before = before.map(|number| number.to_string());
    let query: Vec<_> = before.as_deref().map(|before| ("before", before)).into_iter().collect();
    get(of_site(site, "log", &query)).await
}

/// All that somebody has said who left this contact detail.
pub async fn respondent(site: &str, contact: &str) -> Result<AnswersReport, Failure> {
    get(of_site(site, "respondent", &[("contact", contact)])).await
}

pub async fn erase_respondent(site: &str, contact: &str) -> Result<Erased, Failure> {
    let request = Request::delete(&of_site(site, "respondent", &[("contact", contact)]));
    read(accepted(request.send().await).await?).await
}

pub async fn sessions() -> Result<Vec<SessionSummary>, Failure> {
    get("/api/account/sessions".to_owned()).await
}

pub async fn end_session(id: &str) -> Result<(), Failure> {
    delete(format!("/api/account/sessions/{id}")).await
}

pub async fn change_password(change: &PasswordChange) -> Result<(), Failure> {
    let request = Request::put("/api/account/password").json(change).map_err(unreadable)?;
    accepted(request.send().await).await.map(drop)
}

async fn post<T: DeserializeOwned>(address: &str, body: &impl Serialize) -> Result<T, Failure> {
    read(accepted(Request::post(address).json(body).map_err(unreadable)?.send().await).await?).await
}

async fn delete(address: String) -> Result<(), Failure> {
    accepted(Request::delete(&address).send().await).await.map(drop)
}

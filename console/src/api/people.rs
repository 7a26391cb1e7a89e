//! What the console asks about people and sites: how the first comes in, who may do what, what programs sign in with.

use gloo_net::http::Request;
use serde::Serialize;
use serde::de::DeserializeOwned;
use survey::api::people::{
    Acceptance, Invitation, InvitationMade, InvitationOffer, InvitationRequest, InvitationToken, KeyInUse, LogReport,
    Member, PasswordChange, Respondent, Role, RoleChange, Rotation, SessionSummary, Token, TokenMade, TokenRequest,
};
use survey::api::sites::{FirstAccount, NewSite, SetupState, SiteChange};
use survey::api::{Account, SiteSummary};
use survey::report::{AnswersReport, Erased};

use super::sending::{self, remove, send};
use super::{Failure, get, of_site};

/// Whether nobody has an account yet.
pub async fn setup() -> Result<SetupState, Failure> {
    get("/api/setup".to_owned()).await
}

pub async fn make_first_account(first: &FirstAccount) -> Result<Account, Failure> {
    post("/api/setup", first).await
}

pub async fn add_site(site: &NewSite) -> Result<SiteSummary, Failure> {
    post("/api/sites", site).await
}

pub async fn change_site(site: &str, change: &SiteChange) -> Result<SiteChange, Failure> {
    sending::change(Request::patch(&format!("/api/sites/{site}")), change).await
}

pub async fn remove_site(site: &str, confirm: &str) -> Result<(), Failure> {
    delete(crate::address::with_query(&format!("/api/sites/{site}"), &[("confirm", confirm)])).await
}

pub async fn members(site: &str) -> Result<Vec<Member>, Failure> {
    get(of_site(site, "members", &[])).await
}

pub async fn change_role(site: &str, member: i64, role: Role) -> Result<(), Failure> {
    send(Request::patch(&of_site(site, &format!("members/{member}"), &[])), &RoleChange { role }).await.map(drop)
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
    post(&of_site(site, "respondent", &[]), &meant(contact)).await
}

pub async fn erase_respondent(site: &str, contact: &str) -> Result<Erased, Failure> {
    post(&of_site(site, "respondent/erase", &[]), &meant(contact)).await
}

fn meant(contact: &str) -> Respondent {
    Respondent { contact: contact.to_owned() }
}

pub async fn sessions() -> Result<Vec<SessionSummary>, Failure> {
    get("/api/account/sessions".to_owned()).await
}

pub async fn end_session(id: &str) -> Result<(), Failure> {
    delete(format!("/api/account/sessions/{id}")).await
}

pub async fn change_password(change: &PasswordChange) -> Result<(), Failure> {
    send(Request::put("/api/account/password"), change).await.map(drop)
}

async fn post<T: DeserializeOwned>(address: &str, body: &impl Serialize) -> Result<T, Failure> {
    sending::change(Request::post(address), body).await
}

async fn delete(address: String) -> Result<(), Failure> {
    remove(&address).await.map(drop)
}

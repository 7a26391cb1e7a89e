//! `pagepoll invite`: a link by which somebody joins a site.

use clap::Args;
use survey::api::people::Role;
use survey::definition::SiteKey;
use survey::targeting::Moment;

use super::{DatabaseOption, operator};
use crate::admin::email::Email;
use crate::admin::invitations::{Invited, invite, link};
use crate::origin::Origin;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    database: DatabaseOption,
    /// Whom
    email: Email,
    /// The site
    #[arg(long)]
    site: SiteKey,
    /// What they may do there: owner, editor or viewer
    #[arg(long, default_value_t = Role::Viewer)]
    role: Role,
    /// How browsers reach the collector
    #[arg(long, env = "PAGEPOLL_PUBLIC_URL", default_value = "http://127.0.0.1:8700")]
    public_url: Origin,
}

pub async fn run(Options { database, email, site, role, public_url }: Options) -> anyhow::Result<()> {
    let store = database.open().await?;
    let (secret, invitation) = invite(&store, &site, Invited { email, role }, &operator()).await?;
    store.close().await;
    println!("{}", link(&public_url.to_string(), &secret));
    println!(
        "Send it to {} and to nobody else: whoever opens it first becomes {role} of site {site}. Until {}.",
        invitation.email,
        Moment(invitation.expires_at)
    );
    Ok(())
}

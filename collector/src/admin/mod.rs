//! Administration: who is signed in, what they may see and do, and who did what.
//!
//! Sessions live in the store; the browser has only a random key, in a cookie that scripts cannot read and other sites cannot
//! send. Handlers do not check rights: they take [`access::SignedIn`] or [`access::SiteAccess`] as an argument, and without
//! the right there is no argument. Every change is signed ([`crate::store::By`]) and leaves a line in the site's log.

pub mod access;
pub mod account;
pub mod cookie;
pub mod email;
pub mod invitations;
pub mod keys;
pub mod log;
pub mod members;
pub mod own_pages;
pub mod password;
pub mod session;
pub mod settings;
pub mod setup;
pub mod shares;
pub mod sites;
pub mod tokens;

//! Administration: who is signed in, and what they may see.
//!
//! Sessions live in the store; the browser has only a random key, in a cookie that scripts cannot read and other sites cannot
//! send. Handlers do not check rights: they take [`access::SignedIn`] or [`access::SiteAccess`] as an argument, and without
//! the right there is no argument.

pub mod access;
pub mod cookies;
pub mod own_pages;
pub mod password;
pub mod session;
pub mod settings;

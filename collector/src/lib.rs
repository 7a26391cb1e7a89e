//! The collector: delivers the widget, takes answers, reports scores.
//!
//! # Path of one answer
//!
//! 1. A page's snippet asks for `/w/SITE.js`. [`deliver`] answers with the loader, filled in from what is [`live`]; the
//!    loader fetches the immutable [`assets`] and the site's surveys only where something can show.
//! 2. The widget posts a batch to `/v1/events`. [`admission`] lets it in (limits, size, site, Origin), [`ingest`] accepts each event or says
//!    why not, and waits in the commit queue.
//! 3. One writer takes all that is queued. Within one transaction the [`store`] reads what is known of those responses,
//!    [`ingest::rollup`] plans, purely, what changes in rows and counts, and the store writes it.
//! 4. The transaction commits; only then is anything acknowledged. Every item has ended in exactly one
//!    [`ingest::outcome::Outcome`].
//! 5. [`report`] reads the counts and never the answers, so its cost does not grow with their number. [`admin`] lets in only
//!    members of the site. [`console`] is the program in the browser that asks for it.
//!
//! What becomes of answers later (set apart, erased, forgotten) is [`review`]'s. Beside that path, a share of page views tells of itself to [`views`], and [`explain`] says from those to whom a rule applies,
//! and from given facts why a survey shows or does not.

pub mod admin;
pub mod admission;
pub mod api;
pub mod application;
pub mod assets;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod deliver;
pub mod demo;
pub mod disk;
pub mod explain;
pub mod health;
mod in_words;
pub mod ingest;
pub mod json;
pub mod limits;
pub mod live;
pub mod network;
pub mod origin;
pub mod problem;
mod query;
pub mod report;
pub mod representation;
pub mod review;
pub mod secret;
mod signing;
mod sockets;
pub mod store;
pub mod telemetry;
mod templates;
pub mod views;
pub mod written;

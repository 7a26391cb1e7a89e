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
//!    members of the site. [`export`] streams the answers themselves. [`console`] is the program in the browser that asks for it.
//!
//! What becomes of answers later (set apart, erased, forgotten) is [`review`]'s. Beside that path, a share of page views tells of
//! itself to [`views`], and [`explain`] says from those to whom a rule applies, and from given facts why a survey shows or does not.
//!
//! All rooms are private, so that the compiler tells what nobody needs: `cargo doc --document-private-items` shows them.

#![allow(rustdoc::private_intra_doc_links, reason = "whoever reads this reads the rooms, too")]

mod admin;
mod admission;
mod api;
mod application;
mod assets;
mod cli;
mod clock;
mod comments;
mod config;
mod console;
mod counts;
mod deliver;
mod demo;
mod disk;
mod documentation;
mod editing;
mod explain;
mod export;
mod health;
mod ingest;
mod json;
mod limits;
mod live;
mod network;
mod origin;
mod problem;
mod query;
mod report;
mod representation;
mod review;
mod secret;
mod signing;
mod sockets;
mod store;
mod telemetry;
mod templates;
mod unseen;
mod views;
mod written;

pub use cli::run;

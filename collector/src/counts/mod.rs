//! Counts: from what changed in the counts to what reports read.
//!
//! Every answer changes counts in many places: on its page, on that day and in that week, among all visitors and among those with
//! phones. A commit writes down only what changed, as one [`Entry`] of the site's journal. A moment later the journal is folded into
//! blocks ([`fold`]), each a row: what was counted of one question, on one day or in one week, among one part of the visitors, on
//! up to [`PAGES`] pages. Reports read blocks, and whatever still waits in the journal, of one moment; so they are exact, and
//! what they cost depends on pages and days, and not on how many answers there are.

mod cells;
mod entry;
mod fold;
mod folder;
mod numbers;
mod segment;
mod span;

pub use cells::{Cells, Malformed, Unpacked, unpack};
pub use entry::{Change, Entry, Subject};
pub use fold::{Block, fold};
pub use folder::keep_folding;
pub use numbers::{Numbers, Series};
pub use segment::{BAND, Cut, Segment, primary_tag};
pub use span::{Grain, Tile, cover};

/// How many pages share a block: with a handful of bins each, it still fits into a page of the database.
pub const PAGES: i64 = 32;

//! Comments: what visitors say in their own words, as it is kept to be searched, and what a report finds in it.
//!
//! [`Said`] is made of an answer before it waits to be stored; a [`Search`] is made of what somebody types. Both are split and folded
//! by [`terms`], so that a search finds what was said, on either database and in whatever language. What the team calls an answer
//! is a [`Tag`].

mod language;
mod said;
mod search;
mod sentiment;
mod split;
mod tag;
mod terms;
mod told;

pub use said::{Said, band_of, band_term, first_band, language_in, language_term, page_term};
pub use search::Search;
pub use tag::{NotTags, Tag, Tags};
pub use told::Told;
